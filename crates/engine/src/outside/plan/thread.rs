//! Posts: into our threads, or to whom else they are for.

use tequio_domain::ObjectKind;
use tequio_protocol::{
    activity::same_origin,
    outside::{OutsideActivity, OutsidePost, Undone},
};
use tequio_store::{
    Conn, log,
    object::{self, Object},
    outside::{item, message},
    person,
    ruling::{self, LOCKED},
};

use super::{
    Deed, Stop,
    circle::{keep, send},
    nothing,
};
use crate::{
    materialize::outside::{Standing, title_of},
    meaning::html_of,
    outside::{Taken, Visit, door},
    receive::{may_stand, restored},
};

/// Whether the coordination has closed the thread of a post.
fn is_closed(conn: &mut Conn, post: &Object) -> Result<bool, Stop> {
    let root = object::by_id(conn, post.root_id)?;
    Ok(ruling::about(conn, root.topic_id, &root.uri, LOCKED)?.is_some())
}

/// Whether a post is its actor's own.
fn must_be_own(visit: &Visit, post: &OutsidePost) -> Result<(), Stop> {
    let who = &visit.heard.activity.actor;
    if post.attributed_to != *who || !same_origin(&post.id, who) {
        return Err(nothing("it is not its author's"));
    }
    door::must_not_be_ahead(visit, &[post.published, post.updated])
}

pub(super) fn create(conn: &mut Conn, visit: &Visit, post: &OutsidePost) -> Result<Deed, Stop> {
    must_be_own(visit, post)?;
    door::must_be_open(conn)?;
    if !post.is_public() {
        return send(conn, visit, post);
    }
    if let Some(parent) = &post.in_reply_to {
        let held = object::list_by_uri(conn, parent)?;
        let here = held.iter().find(|row| is_ours(visit, &row.group_uri));
        return match here.or(held.first()) {
            Some(parent) if parent.deleted_at.is_some() => Err(nothing("what it answers is gone")),
            Some(parent) if is_closed(conn, parent)? => Err(nothing("the thread is closed")),
            Some(parent) => admit(conn, visit, post, &parent.group_uri),
            None => keep(conn, visit, post, "what it answers is not here"),
        };
    }
    let addressed = (post.audience.iter())
        .chain(&post.addressed)
        .chain(&visit.heard.activity.addressed);
    let named: Vec<&String> = addressed.filter(|id| is_ours(visit, id)).collect();
    for group in named {
        let is_home = may_stand(&visit.heard.activity, group);
        if is_home && log::by_group(conn, group)?.is_some() {
            return admit(conn, visit, post, group);
        }
    }
    keep(conn, visit, post, "it is for nobody here")
}

/// Whether an id is that of a group of this instance.
pub(super) fn is_ours(visit: &Visit, group: &str) -> bool {
    let rest = group.strip_prefix(&visit.base_url);
    rest.is_some_and(|rest| rest.starts_with("/t/"))
}

/// A post in a thread of this group.
fn admit(conn: &mut Conn, visit: &Visit, post: &OutsidePost, group: &str) -> Result<Deed, Stop> {
    if !is_ours(visit, group) {
        return Err(hand_over(group));
    }
    let log = log_to_write(conn, visit, group)?;
    if object::in_log(conn, &post.id, log.id)?.is_some() {
        return Err(nothing("it is here already"));
    }
    door::must_not_be_banned(conn, visit, &log)?;
    door::must_not_be_too_many(conn, visit, &log)?;
    Ok(write(group))
}

pub(super) fn write(group: &str) -> Deed {
    Deed::Write {
        group: group.to_owned(),
    }
}

pub(super) fn hand_over(group: &str) -> Stop {
    Stop::Taken(Taken::HandOver {
        group: group.to_owned(),
    })
}

/// Our log of this group, if the activity may stand in it as it is.
pub(super) fn log_to_write(conn: &mut Conn, visit: &Visit, group: &str) -> Result<log::Log, Stop> {
    let log = log::by_group(conn, group)?.ok_or_else(|| nothing("there is no such group here"))?;
    must_be_writable(visit, group)?;
    match Standing::of(conn, log.id, &visit.heard.activity.actor)? {
        Standing::Unknown | Standing::Attested => Ok(log),
        Standing::Gone(_) => Err(nothing("its author's account was deleted")),
    }
}

/// Whether every city will take the activity, as it is, in an entry of this group.
pub(super) fn must_be_writable(visit: &Visit, group: &str) -> Result<(), Stop> {
    let heard = &visit.heard;
    if !may_stand(&heard.activity, group) {
        return Err(nothing("it may not stand in a log"));
    }
    if OutsideActivity::read(&heard.body).as_ref() != Ok(&heard.activity) {
        return Err(nothing("its body says something else"));
    }
    door::must_be_readable(&heard.body)
}

/// The objects with this id that the actor wrote and that are alive, those of our own groups first.
pub(super) fn own_posts(conn: &mut Conn, visit: &Visit, uri: &str) -> Result<Vec<Object>, Stop> {
    let mut held = written(conn, visit, uri)?;
    held.retain(|row| row.deleted_at.is_none());
    Ok(held)
}

/// The objects with this id that the actor wrote, tombstones too, those of our own groups first.
fn written(conn: &mut Conn, visit: &Visit, uri: &str) -> Result<Vec<Object>, Stop> {
    let mut held = object::list_by_uri(conn, uri)?;
    if held.is_empty() {
        return Ok(held);
    }
    let author = person::by_uri(conn, &visit.heard.activity.actor)?;
    let author_id = author.map(|author| author.id);
    held.retain(|row| Some(row.author_id) == author_id);
    held.sort_by_key(|row| !is_ours(visit, &row.group_uri));
    Ok(held)
}

pub(super) fn update(conn: &mut Conn, visit: &Visit, post: &OutsidePost) -> Result<Deed, Stop> {
    must_be_own(visit, post)?;
    door::must_be_open(conn)?;
    let who = &visit.heard.activity.actor;
    if let Some(held) = own_posts(conn, visit, &post.id)?.first() {
        if !is_ours(visit, &held.group_uri) {
            return Err(hand_over(&held.group_uri));
        }
        return change(conn, visit, post, held);
    }
    if message::is_there(conn, &post.id, who)? {
        return send(conn, visit, post);
    }
    if item::by_uri(conn, &post.id)?.is_some_and(|held| held.author_uri == *who) {
        return keep(conn, visit, post, "nobody follows its author");
    }
    Err(nothing("it is not here"))
}

/// The author of a tombstone in a thread of ours takes the deletion back.
pub(super) fn restore(conn: &mut Conn, visit: &Visit, undone: &Undone) -> Result<Deed, Stop> {
    let who = &visit.heard.activity.actor;
    let uri = restored(undone, who).ok_or_else(|| nothing("it brings back what is not a post"))?;
    door::must_be_open(conn)?;
    let held = written(conn, visit, uri)?;
    let gone = |row: &&Object| row.deleted_at.is_some() && is_ours(visit, &row.group_uri);
    let held = held.iter().find(gone);
    let held = held.ok_or_else(|| nothing("its actor deleted nothing of ours under this id"))?;
    let log = log_to_write(conn, visit, &held.group_uri)?;
    door::must_not_be_banned(conn, visit, &log)?;
    door::must_not_be_too_many(conn, visit, &log)?;
    Ok(write(&held.group_uri))
}

/// A new version of a post of ours.
fn change(conn: &mut Conn, visit: &Visit, post: &OutsidePost, held: &Object) -> Result<Deed, Stop> {
    if !post.is_public() {
        return Err(nothing("it is not public any more"));
    }
    let newest = held.updated_at.unwrap_or(held.created_at);
    if post.updated.is_some_and(|at| at.micros() < newest) {
        return Err(nothing("a newer version is here"));
    }
    let html = html_of(post);
    let kind = ObjectKind::parse(&held.kind).unwrap_or(ObjectKind::Comment);
    if held.html == html.as_str() && held.title == title_of(post, &html, kind) {
        return Err(nothing("it changes nothing that is shown"));
    }
    let log = log_to_write(conn, visit, &held.group_uri)?;
    door::must_not_be_banned(conn, visit, &log)?;
    door::must_not_be_too_many(conn, visit, &log)?;
    Ok(write(&held.group_uri))
}
