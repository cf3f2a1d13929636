//! What an activity from outside means here. Nothing is changed yet.

use tequio_domain::{AccountState, ObjectKind};
use tequio_protocol::{
    activity::{PUBLIC, same_origin},
    outside::{Announced, OutsideAct, OutsideActivity, OutsideActor, OutsidePost, Undone},
};
use tequio_store::{
    Conn, account, log,
    object::{self, Object},
    outside::{actor, follow, follower, item, message, report, vote},
    person, received_activity,
};

use super::{Taken, Visit, door, member};
use crate::{
    Error,
    materialize::outside::{Standing, is_farewell, is_of_network, title_of},
    meaning::html_of,
    receive::may_stand,
};

/// Most followers of one server.
const FOLLOWERS_MAX: i64 = 20_000;
/// Most messages that a member's box holds.
const MESSAGES_MAX: i64 = 1000;
/// Most messages of one author to one member within an hour.
const MESSAGES_PER_AUTHOR: i64 = 30;
/// Most members that one message reaches.
const RECIPIENTS_MAX: usize = 10;
/// Most open reports of one reporter, and of all.
const REPORTS_MAX: (i64, i64) = (50, 5000);
/// Most objects of one report that are kept.
const REPORTED_MAX: usize = 10;

/// What is to be done.
pub(super) enum Deed {
    /// The activity goes into this group's log.
    Write { group: String },
    /// Somebody describes themselves anew.
    Rename(Box<OutsideActor>),
    /// Somebody deleted their account.
    Farewell,
    /// Somebody likes an object, or not any more.
    Vote { object: String, likes: bool },
    /// Somebody follows an own actor.
    Follow { followed: String },
    /// Somebody does not follow any more; `None`: what the Follow that is undone by its id made.
    Unfollow {
        followed: Option<String>,
        follow: String,
    },
    /// The other side answered members' Follows.
    Answer {
        accounts: Vec<i64>,
        state: &'static str,
    },
    /// Somebody reports what stands here.
    Report {
        objects: Vec<String>,
        reason: String,
    },
    /// A private message to these accounts.
    Message {
        post: Box<OutsidePost>,
        accounts: Vec<i64>,
    },
    /// A private message is taken back.
    Retract { uri: String },
    /// Something new, or newer, of an actor that members follow; through whom it came.
    Item { post: Box<OutsidePost> },
    /// It is gone.
    ItemGone { uri: String },
}

impl Deed {
    /// Whether an own log is written.
    pub(super) const fn needs_log(&self) -> bool {
        matches!(self, Self::Write { .. } | Self::Rename(_) | Self::Farewell)
    }
}

/// Why there is nothing to be done.
pub(super) enum Stop {
    /// It is decided.
    Taken(Taken),
    /// Our own fault.
    Fault(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Fault(error)
    }
}

impl From<tequio_store::Error> for Stop {
    fn from(error: tequio_store::Error) -> Self {
        Self::Fault(error.into())
    }
}

impl Stop {
    /// Our own faults on one side, everything that is decided on the other.
    pub(super) fn sort(planned: Result<Deed, Self>) -> Result<Result<Deed, Taken>, Error> {
        match planned {
            Ok(deed) => Ok(Ok(deed)),
            Err(Self::Taken(taken)) => Ok(Err(taken)),
            Err(Self::Fault(error)) => Err(error),
        }
    }
}

/// It has no effect.
pub(super) const fn nothing(why: &'static str) -> Stop {
    Stop::Taken(Taken::Nothing(why))
}

/// What the activity means.
pub(super) fn of(conn: &mut Conn, visit: &Visit) -> Result<Deed, Stop> {
    let activity = &visit.heard.activity;
    let (id, who) = (&activity.id, &activity.actor);
    if visit.heard.author.id != *who {
        return Err(nothing("its actor is described as another"));
    }
    if !id.is_empty() && !same_origin(id, who) {
        return Err(nothing("its id is on another server than its actor"));
    }
    if is_of_network(conn, who)? {
        return Err(nothing("its actor is of the network, whose logs speak"));
    }
    if !id.is_empty() && received_activity::is_known(conn, id)? {
        return Err(Stop::Taken(Taken::Repeated));
    }
    door::must_not_be_ahead(visit, &[activity.published])?;
    match &activity.act {
        OutsideAct::Create(post) => create(conn, visit, post),
        OutsideAct::Update(post) => update(conn, visit, post),
        OutsideAct::UpdateActor(actor) => rename(conn, visit, actor),
        OutsideAct::Delete { object, .. } => delete(conn, visit, object),
        OutsideAct::Like { object } => like(conn, visit, object),
        // Who turns a vote round says so by the new one alone.
        OutsideAct::Dislike { object } => unlike(conn, visit, object),
        OutsideAct::Undo(undone) => undo(conn, visit, undone),
        OutsideAct::Follow { object } => follow_us(conn, visit, object),
        OutsideAct::Accept {
            follow: id,
            follower,
        } => answer(conn, visit, id, follower.as_deref(), follow::ACCEPTED),
        OutsideAct::Reject {
            follow: id,
            follower,
        } => answer(conn, visit, id, follower.as_deref(), follow::REJECTED),
        OutsideAct::Flag { objects, reason } => flag(conn, visit, objects, reason),
        OutsideAct::Announce(announced) => announce(conn, visit, announced),
        // Who moderates our groups is not decided outside.
        OutsideAct::Lock { .. }
        | OutsideAct::Add { .. }
        | OutsideAct::Remove { .. }
        | OutsideAct::Block { .. } => Err(nothing("nobody outside moderates here")),
        OutsideAct::Other => Err(nothing("it is of a kind that has no meaning here")),
    }
}

/// Whether a post is its actor's own.
fn must_be_own(visit: &Visit, post: &OutsidePost) -> Result<(), Stop> {
    let who = &visit.heard.activity.actor;
    if post.attributed_to != *who || !same_origin(&post.id, who) {
        return Err(nothing("it is not its author's"));
    }
    door::must_not_be_ahead(visit, &[post.published, post.updated])
}

fn create(conn: &mut Conn, visit: &Visit, post: &OutsidePost) -> Result<Deed, Stop> {
    must_be_own(visit, post)?;
    door::must_be_open(conn)?;
    door::must_fit(post)?;
    if !post.is_public() {
        return send(conn, visit, post);
    }
    if let Some(parent) = &post.in_reply_to {
        let held = object::list_by_uri(conn, parent)?;
        let here = held.iter().find(|row| is_ours(visit, &row.group_uri));
        return match here.or(held.first()) {
            Some(parent) if parent.deleted_at.is_some() => Err(nothing("what it answers is gone")),
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
fn is_ours(visit: &Visit, group: &str) -> bool {
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
    door::must_not_be_too_many(conn, visit, &log)?;
    Ok(write(group))
}

fn write(group: &str) -> Deed {
    Deed::Write {
        group: group.to_owned(),
    }
}

fn hand_over(group: &str) -> Stop {
    Stop::Taken(Taken::HandOver {
        group: group.to_owned(),
    })
}

/// Our log of this group, if the activity may stand in it as it is.
fn log_to_write(conn: &mut Conn, visit: &Visit, group: &str) -> Result<log::Log, Stop> {
    let log = log::by_group(conn, group)?.ok_or_else(|| nothing("there is no such group here"))?;
    must_be_writable(visit, group)?;
    match Standing::of(conn, log.id, &visit.heard.activity.actor)? {
        Standing::Unknown | Standing::Attested => Ok(log),
        Standing::Gone(_) => Err(nothing("its author's account was deleted")),
    }
}

/// Whether every city will take the activity, as it is, in an entry of this group.
fn must_be_writable(visit: &Visit, group: &str) -> Result<(), Stop> {
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
fn own_posts(conn: &mut Conn, visit: &Visit, uri: &str) -> Result<Vec<Object>, Stop> {
    let mut held = object::list_by_uri(conn, uri)?;
    if held.is_empty() {
        return Ok(held);
    }
    let author = person::by_uri(conn, &visit.heard.activity.actor)?;
    let author_id = author.map(|author| author.id);
    held.retain(|row| Some(row.author_id) == author_id && row.deleted_at.is_none());
    held.sort_by_key(|row| !is_ours(visit, &row.group_uri));
    Ok(held)
}

fn update(conn: &mut Conn, visit: &Visit, post: &OutsidePost) -> Result<Deed, Stop> {
    must_be_own(visit, post)?;
    door::must_be_open(conn)?;
    door::must_fit(post)?;
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
    door::must_not_be_too_many(conn, visit, &log)?;
    Ok(write(&held.group_uri))
}

fn rename(conn: &mut Conn, visit: &Visit, new: &OutsideActor) -> Result<Deed, Stop> {
    let who = &visit.heard.activity.actor;
    if new.id != *who {
        return Err(nothing("it is about another actor"));
    }
    if actor::by_uri(conn, who)?.is_none() && person::by_uri(conn, who)?.is_none() {
        return Err(nothing("nobody here knows its actor"));
    }
    Ok(Deed::Rename(Box::new(new.clone())))
}

fn delete(conn: &mut Conn, visit: &Visit, uri: &str) -> Result<Deed, Stop> {
    let who = &visit.heard.activity.actor;
    if is_farewell(&visit.heard.activity) {
        let is_known = actor::by_uri(conn, who)?.is_some()
            || person::by_uri(conn, who)?.is_some()
            || follower::any_of(conn, who, None)?;
        if !is_known {
            return Err(nothing("nobody here knows its actor"));
        }
        must_be_writable(visit, &format!("{}/t/", visit.base_url))?;
        return Ok(Deed::Farewell);
    }
    if !same_origin(uri, who) {
        return Err(nothing("it is about what is on another server"));
    }
    if let Some(held) = own_posts(conn, visit, uri)?.first() {
        if !is_ours(visit, &held.group_uri) {
            return Err(hand_over(&held.group_uri));
        }
        log_to_write(conn, visit, &held.group_uri)?;
        return Ok(write(&held.group_uri));
    }
    let uri = uri.to_owned();
    if message::is_there(conn, &uri, who)? {
        return Ok(Deed::Retract { uri });
    }
    if item::by_uri(conn, &uri)?.is_some_and(|held| held.author_uri == *who) {
        return Ok(Deed::ItemGone { uri });
    }
    Err(nothing("nothing of its actor's is here under this id"))
}

fn like(conn: &mut Conn, visit: &Visit, uri: &str) -> Result<Deed, Stop> {
    let who = &visit.heard.activity.actor;
    let held = object::by_uri(conn, uri)?.filter(|held| held.deleted_at.is_none());
    let held = held.ok_or_else(|| nothing("what it likes is not here"))?;
    if person::by_id(conn, held.author_id)?.uri == *who {
        return Err(nothing("it is about its actor's own post"));
    }
    if vote::is_there(conn, uri, who)? {
        return Err(nothing("it is known"));
    }
    Ok(Deed::Vote {
        object: uri.to_owned(),
        likes: true,
    })
}

fn unlike(conn: &mut Conn, visit: &Visit, uri: &str) -> Result<Deed, Stop> {
    if !vote::is_there(conn, uri, &visit.heard.activity.actor)? {
        return Err(nothing("there is no vote to take back"));
    }
    Ok(Deed::Vote {
        object: uri.to_owned(),
        likes: false,
    })
}

fn undo(conn: &mut Conn, visit: &Visit, undone: &Undone) -> Result<Deed, Stop> {
    let who = &visit.heard.activity.actor;
    match undone {
        Undone::Id(id) if follower::any_of(conn, who, Some(id))? => Ok(Deed::Unfollow {
            followed: None,
            follow: id.clone(),
        }),
        Undone::Id(_) => Err(nothing("what it takes back is not known by its id")),
        Undone::Activity(inner) => match &inner.act {
            OutsideAct::Like { object } | OutsideAct::Dislike { object } => {
                unlike(conn, visit, object)
            }
            OutsideAct::Follow { object } if follower::is_there(conn, object, who)? => {
                Ok(Deed::Unfollow {
                    followed: Some(object.clone()),
                    follow: inner.id.clone(),
                })
            }
            OutsideAct::Follow { .. } => Err(nothing("it did not follow")),
            OutsideAct::Delete { .. } => Err(nothing("what is deleted stays deleted")),
            _ => Err(nothing("it takes nothing back that had an effect")),
        },
    }
}

fn follow_us(conn: &mut Conn, visit: &Visit, followed: &str) -> Result<Deed, Stop> {
    let who = &visit.heard.author;
    let is_instance = followed == format!("{}/", visit.base_url);
    let is_there = is_instance
        || (is_ours(visit, followed) && log::by_group(conn, followed)?.is_some())
        || active_account(conn, followed)?.is_some();
    if !is_there {
        return Err(nothing("there is nobody here to follow"));
    }
    let host = member::host_of(&who.inbox).ok_or_else(|| nothing("its actor has no inbox"))?;
    if !same_origin(&who.inbox, &who.id) {
        return Err(nothing("its actor's inbox is on another server"));
    }
    let is_new = !follower::is_there(conn, followed, &who.id)?;
    if is_new && follower::count_of_host(conn, &host)? >= FOLLOWERS_MAX {
        return Err(nothing("its server has enough followers here"));
    }
    member::must_have_room(conn, &host)?;
    Ok(Deed::Follow {
        followed: followed.to_owned(),
    })
}

/// The account of a member who may act.
fn active_account(conn: &mut Conn, person_uri: &str) -> Result<Option<i64>, Stop> {
    let held = account::by_person(conn, person_uri)?;
    Ok(held
        .filter(|held| held.state == AccountState::Active.as_str())
        .map(|held| held.id))
}

/// Whose Follows of the actor are answered: by the follower, or else by the id of the Follow.
fn answer(
    conn: &mut Conn,
    visit: &Visit,
    follow_uri: &str,
    follower: Option<&str>,
    state: &'static str,
) -> Result<Deed, Stop> {
    let mut accounts = Vec::new();
    for row in follow::list_of_actor(conn, &visit.heard.activity.actor)? {
        let person_uri = account::by_id(conn, row.account_id)?.person_uri;
        let is_meant = match follower {
            Some(follower) => follower == person_uri,
            None => follow_uri == member::follow_uri(&visit.base_url, &person_uri, &row),
        };
        if is_meant && row.state != state {
            accounts.push(row.account_id);
        }
    }
    if accounts.is_empty() {
        return Err(nothing("nobody here waits for this answer"));
    }
    Ok(Deed::Answer { accounts, state })
}

fn flag(conn: &mut Conn, visit: &Visit, objects: &[String], reason: &str) -> Result<Deed, Stop> {
    let mut found = Vec::new();
    for uri in objects {
        let is_here = same_origin(uri, &visit.base_url) || object::by_uri(conn, uri)?.is_some();
        if is_here && found.len() < REPORTED_MAX {
            found.push(uri.clone());
        }
    }
    if found.is_empty() {
        return Err(nothing("what it reports is not here"));
    }
    let (of_one, of_all) = REPORTS_MAX;
    if report::count_open_of(conn, &visit.heard.activity.actor)? >= of_one
        || report::count_open(conn)? >= of_all
    {
        return Err(nothing("there are enough open reports"));
    }
    Ok(Deed::Report {
        objects: found,
        reason: reason.to_owned(),
    })
}

/// A private message to members.
fn send(conn: &mut Conn, visit: &Visit, post: &OutsidePost) -> Result<Deed, Stop> {
    if post.is_public() {
        return Err(nothing("a private message does not become public"));
    }
    let who = &visit.heard.activity.actor;
    let since = visit.moment.now().plus_seconds(-3600).micros();
    let mut accounts = Vec::new();
    for uri in post.addressed.iter().chain(&visit.heard.activity.addressed) {
        if uri == PUBLIC || accounts.len() == RECIPIENTS_MAX {
            continue;
        }
        let Some(id) = active_account(conn, uri)?.filter(|id| !accounts.contains(id)) else {
            continue;
        };
        let is_full = message::count(conn, id)? >= MESSAGES_MAX
            || message::count_since(conn, id, who, since)? >= MESSAGES_PER_AUTHOR;
        if !is_full {
            accounts.push(id);
        }
    }
    if accounts.is_empty() {
        return Err(nothing("it is for nobody here who has room for it"));
    }
    Ok(Deed::Message {
        post: Box::new(post.clone()),
        accounts,
    })
}

/// Something of an actor that members follow.
fn keep(
    conn: &mut Conn,
    visit: &Visit,
    post: &OutsidePost,
    otherwise: &'static str,
) -> Result<Deed, Stop> {
    if !follow::is_followed(conn, &visit.heard.activity.actor)? {
        return Err(nothing(otherwise));
    }
    door::must_fit(post)?;
    door::must_not_be_ahead(visit, &[post.published, post.updated])?;
    if !post.is_public() || is_of_network(conn, &post.id)? {
        return Err(nothing("it is not for the list of what members follow"));
    }
    let known = item::by_uri(conn, &post.id)?;
    if known.is_some_and(|known| known.author_uri != post.attributed_to) {
        return Err(nothing("it is known as another's"));
    }
    Ok(Deed::Item {
        post: Box::new(post.clone()),
    })
}

fn announce(conn: &mut Conn, visit: &Visit, announced: &Announced) -> Result<Deed, Stop> {
    const FETCH: Stop = nothing("what it passes on must be fetched from its origin");
    let who = &visit.heard.activity.actor;
    if !follow::is_followed(conn, who)? {
        return Err(nothing("nobody here follows its actor"));
    }
    let near = |post: &OutsidePost| {
        same_origin(&post.id, who) && same_origin(&post.attributed_to, &post.id)
    };
    if let Some(post) = &visit.fetched {
        if !same_origin(&post.attributed_to, &post.id) {
            return Err(nothing("it is not its author's"));
        }
        return keep(conn, visit, post, "nobody here follows its actor");
    }
    match announced {
        Announced::Post(post) if near(post) => keep(conn, visit, post, ""),
        Announced::Activity(inner, _) => match &inner.act {
            OutsideAct::Create(post) | OutsideAct::Update(post) if near(post) => {
                keep(conn, visit, post, "")
            }
            OutsideAct::Create(_) | OutsideAct::Update(_) => Err(FETCH),
            OutsideAct::Delete { object, .. } if same_origin(object, who) => {
                match item::by_uri(conn, object)? {
                    Some(held) => Ok(Deed::ItemGone { uri: held.uri }),
                    None => Err(nothing("it is not here")),
                }
            }
            _ => Err(nothing("it passes on what has no effect here")),
        },
        Announced::Post(_) | Announced::Id(_) => Err(FETCH),
    }
}
