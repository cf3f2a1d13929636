//! Doing what an activity from outside means, in one transaction.

use tequio_protocol::{
    html,
    outside::{OutsideActor, OutsidePost, write},
};
use tequio_store::{
    Tx, account, log,
    outside::{
        actor::{self, Actor},
        follow,
        follower::{self, Follower},
        item::{self, Item},
        message::{self, Message},
        office, outgoing, report, server, vote,
    },
    received_activity,
};

use super::{
    Taken, Visit, member,
    plan::{Asker, Deed},
};
use crate::{
    Error,
    append::Pen,
    materialize::outside::{Standing, handle_of, is_shown_as},
    meaning::html_of,
    vote::GATHER_S,
};

/// Most items that are kept of one followed actor.
const ITEMS_MAX: i64 = 500;
/// Most votes of one actor that its farewell takes back.
const VOTES_MAX: i64 = 10_000;

/// Does it, and remembers the activity.
pub(super) fn run(
    tx: &mut Tx<'_>,
    visit: &Visit,
    pens: &[Pen],
    deed: Deed,
) -> Result<Taken, Error> {
    if deed.needs_log() && pens.is_empty() {
        return Err(Error::internal("it means another thing than a moment ago"));
    }
    let (id, now) = (&visit.heard.activity.id, visit.moment.now().micros());
    if !id.is_empty() {
        received_activity::remember(tx, id, now)?;
    }
    if let Some(host) = member::host_of(&visit.heard.activity.actor) {
        server::heard(tx, &host, now)?;
    }
    do_it(tx, visit, pens, deed)?;
    Ok(Taken::Done)
}

fn do_it(tx: &mut Tx<'_>, visit: &Visit, pens: &[Pen], deed: Deed) -> Result<(), Error> {
    let (who, now) = (&visit.heard.activity.actor, visit.moment.now().micros());
    match deed {
        Deed::Write { group } => write_entry(tx, visit, pens, &group),
        Deed::Rename(new) => rename(tx, visit, pens, &new),
        Deed::Farewell => farewell(tx, visit, pens),
        Deed::Vote { object, likes } => set_vote(tx, visit, &object, likes),
        Deed::Follow { followed } => follow_us(tx, visit, &followed),
        Deed::Unfollow { followed, follow } => {
            match followed {
                Some(followed) => follower::remove(tx, &followed, who)?,
                None => follower::remove_by_follow(tx, who, &follow)?,
            };
            Ok(())
        }
        Deed::Answer { askers, state } => {
            for asker in askers {
                match asker {
                    Asker::Member(account_id) => follow::set_state(tx, account_id, who, state)?,
                    Asker::Office => office::set_state(tx, who, state)?,
                }
            }
            Ok(())
        }
        Deed::Report { objects, reason } => {
            for object_uri in objects {
                let row = report::Report {
                    id: tx.next_id()?,
                    reporter_uri: who.clone(),
                    object_uri,
                    reason: reason.clone(),
                    created_at: now,
                    closed_at: None,
                };
                report::add(tx, &row)?;
            }
            Ok(())
        }
        Deed::Message { post, accounts } => put_message(tx, visit, &post, &accounts),
        Deed::Retract { uri } => message::retract(tx, &uri, who)
            .map(drop)
            .map_err(Error::from),
        Deed::Item { post } => put_item(tx, visit, &post),
        Deed::ItemGone { uri } => Ok(item::remove(tx, &uri)?),
    }
}

fn write_entry(tx: &mut Tx<'_>, visit: &Visit, pens: &[Pen], group: &str) -> Result<(), Error> {
    let pen = pens.iter().find(|pen| pen.group.uri == group);
    let pen = pen.ok_or_else(|| Error::internal(format!("no pen for {group}")))?;
    // Before the entry: the server is handed what is written from now on, and so its own words too.
    keep_actor(tx, &visit.heard.author, visit.moment.now().micros())?;
    pen.write_outside(tx, &visit.heard.author, &visit.heard.body)
}

/// Keeps what an actor's origin says of it, and its server.
pub(super) fn keep_actor(tx: &mut Tx<'_>, actor: &OutsideActor, now: i64) -> Result<(), Error> {
    let no_host = || Error::internal(format!("{} is on no server", actor.id));
    let host = member::host_of(&actor.id).ok_or_else(no_host)?;
    server::ensure(tx, &host)?;
    let row = Actor {
        uri: actor.id.clone(),
        kind: actor.kind.clone(),
        host,
        name: actor.name.clone(),
        display_name: actor.display_name.clone(),
        summary: html::sanitize(&actor.summary).into_string(),
        url: actor.url.clone(),
        inbox: actor.inbox.clone(),
        shared_inbox: actor.shared_inbox.clone(),
        fetched_at: now,
    };
    Ok(actor::put(tx, &row)?)
}

/// Somebody describes themselves anew: told in each log of ours that knows them.
fn rename(tx: &mut Tx<'_>, visit: &Visit, pens: &[Pen], new: &OutsideActor) -> Result<(), Error> {
    if actor::by_uri(tx.conn(), &new.id)?.is_some() {
        keep_actor(tx, new, visit.moment.now().micros())?;
    }
    if is_shown_as(tx, new)? {
        return Ok(());
    }
    for pen in pens {
        if Standing::of(tx.conn(), pen.log_id, &new.id)? == Standing::Attested {
            pen.attest(tx, new)?;
        }
    }
    Ok(())
}

/// Somebody deleted their account: said in each log of ours that knows them, and forgotten elsewhere.
fn farewell(tx: &mut Tx<'_>, visit: &Visit, pens: &[Pen]) -> Result<(), Error> {
    let who = &visit.heard.activity.actor;
    for pen in pens {
        let log = log::by_id(tx.conn(), pen.log_id)?;
        let standing = Standing::of(tx.conn(), log.id, who)?;
        if standing == Standing::Attested {
            pen.write_outside(tx, &visit.heard.author, &visit.heard.body)?;
        }
    }
    for object in vote::list_of(tx.conn(), who, VOTES_MAX)? {
        set_vote(tx, visit, &object, false)?;
    }
    follower::remove_actor(tx, who)?;
    item::remove_of(tx, who)?;
    Ok(actor::remove(tx, who)?)
}

fn set_vote(tx: &mut Tx<'_>, visit: &Visit, object: &str, likes: bool) -> Result<(), Error> {
    let voted_at = likes.then(|| visit.moment.now().micros());
    if vote::set(tx, object, &visit.heard.activity.actor, voted_at)? {
        let due_at = visit.moment.now().plus_seconds(GATHER_S).micros();
        account::tally_due(tx, object, due_at)?;
    }
    Ok(())
}

/// Somebody follows an own actor, and is told that it is so; again when asked again.
fn follow_us(tx: &mut Tx<'_>, visit: &Visit, followed: &str) -> Result<(), Error> {
    let who = &visit.heard.author;
    let no_host = || Error::internal(format!("{} is on no server", who.inbox));
    let host = member::host_of(&who.inbox).ok_or_else(no_host)?;
    let now = visit.moment.now().micros();
    server::ensure(tx, &host)?;
    let row = Follower {
        followed_uri: followed.to_owned(),
        actor_uri: who.id.clone(),
        follow_uri: visit.heard.activity.id.clone(),
        host: host.clone(),
        inbox: who.inbox.clone(),
        shared_inbox: who.shared_inbox.clone(),
        created_at: now,
    };
    follower::put(tx, &row)?;
    let label = format!("accept {} {followed}", who.id);
    let id = format!("{}/a/{}", visit.base_url, visit.moment.oid(&label));
    let accept = write::accept(&id, followed, &visit.heard.body);
    let row = outgoing::Outgoing {
        id: tx.next_id()?,
        host,
        inbox: who.inbox.clone(),
        actor_uri: followed.to_owned(),
        body: accept.to_string(),
        created_at: now,
    };
    Ok(outgoing::add(tx, &row)?)
}

fn put_message(
    tx: &mut Tx<'_>,
    visit: &Visit,
    post: &OutsidePost,
    accounts: &[i64],
) -> Result<(), Error> {
    let now = visit.moment.now();
    for account_id in accounts {
        let row = Message {
            id: tx.next_id()?,
            account_id: *account_id,
            uri: post.id.clone(),
            author_uri: visit.heard.activity.actor.clone(),
            author_name: handle_of(&visit.heard.author),
            html: html_of(post).into_string(),
            published_at: post.published.unwrap_or(now).micros(),
            received_at: now.micros(),
        };
        message::put(tx, &row)?;
    }
    Ok(())
}

fn put_item(tx: &mut Tx<'_>, visit: &Visit, post: &OutsidePost) -> Result<(), Error> {
    let (who, now) = (&visit.heard.activity.actor, visit.moment.now());
    let row = Item {
        id: tx.next_id()?,
        uri: post.id.clone(),
        actor_uri: who.clone(),
        author_uri: post.attributed_to.clone(),
        kind: post.kind.clone(),
        title: post.title.clone(),
        html: html_of(post).into_string(),
        url: post.url.clone(),
        in_reply_to: post.in_reply_to.clone().unwrap_or_default(),
        published_at: post.published.unwrap_or(now).micros(),
        received_at: now.micros(),
    };
    item::put(tx, &row)?;
    Ok(item::keep_newest(tx, who, ITEMS_MAX)?)
}
