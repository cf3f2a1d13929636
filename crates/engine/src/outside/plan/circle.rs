//! Who follows whom, what is sent to members alone, and what administrators should know.

use tequio_domain::{AccountState, OFFICE};
use tequio_protocol::{
    activity::{PUBLIC, actor::person_uri, same_origin},
    outside::{Announced, OutsideAct, OutsidePost},
};
use tequio_store::{
    Conn, account, log, object,
    outside::{follow, follower, item, message, office, report},
};

use super::{Asker, Deed, Stop, nothing, thread::is_ours};
use crate::{
    materialize::outside::is_of_network,
    outside::{Visit, door, member},
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

pub(super) fn follow_us(conn: &mut Conn, visit: &Visit, followed: &str) -> Result<Deed, Stop> {
    let who = &visit.heard.author;
    let is_instance = followed == format!("{}/", visit.base_url);
    let is_there = is_instance
        || followed == person_uri(&visit.base_url, OFFICE)
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
pub(super) fn answer(
    conn: &mut Conn,
    visit: &Visit,
    follow_uri: &str,
    follower: Option<&str>,
    state: &'static str,
) -> Result<Deed, Stop> {
    let who = &visit.heard.activity.actor;
    let is_meant = |person_uri: &str, at: i64| match follower {
        Some(follower) => follower == person_uri,
        None => follow_uri == member::follow_uri(&visit.base_url, person_uri, who, at),
    };
    let mut askers = Vec::new();
    for row in follow::list_of_actor(conn, who)? {
        let person_uri = account::by_id(conn, row.account_id)?.person_uri;
        if is_meant(&person_uri, row.created_at) && row.state != state {
            askers.push(Asker::Member(row.account_id));
        }
    }
    let office_uri = person_uri(&visit.base_url, OFFICE);
    let of_office = office::by_actor(conn, who)?
        .is_some_and(|row| is_meant(&office_uri, row.created_at) && row.state != state);
    if of_office {
        askers.push(Asker::Office);
    }
    if askers.is_empty() {
        return Err(nothing("nobody here waits for this answer"));
    }
    Ok(Deed::Answer { askers, state })
}

pub(super) fn flag(
    conn: &mut Conn,
    visit: &Visit,
    objects: &[String],
    reason: &str,
) -> Result<Deed, Stop> {
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
pub(super) fn send(conn: &mut Conn, visit: &Visit, post: &OutsidePost) -> Result<Deed, Stop> {
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
pub(super) fn keep(
    conn: &mut Conn,
    visit: &Visit,
    post: &OutsidePost,
    otherwise: &'static str,
) -> Result<Deed, Stop> {
    if !follow::is_followed(conn, &visit.heard.activity.actor)? {
        return Err(nothing(otherwise));
    }
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

pub(super) fn announce(
    conn: &mut Conn,
    visit: &Visit,
    announced: &Announced,
) -> Result<Deed, Stop> {
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
