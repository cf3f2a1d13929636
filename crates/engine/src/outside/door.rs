//! Who may come in from outside, how often, and how much they may bring.

use serde_json::Value;
use tequio_domain::Timestamp;
use tequio_protocol::json;
use tequio_store::{Conn, entry, log, person, ruling, setting};

use super::{
    Visit,
    plan::{Stop, nothing},
};
use crate::{Engine, Error, Member};

/// How far a clock outside may be ahead of ours, in seconds.
const AHEAD_S: i64 = 300;
/// Most posts of one outside author in a topic within an hour.
pub const PER_AUTHOR: i64 = 30;
/// Most acts of the people of one outside server in a topic's log within an hour.
pub const PER_HOST: i64 = 300;
/// How many of the newest entries of a log are looked at for the two limits.
const WINDOW: i64 = 5000;
/// Longest activity that goes into a log, in bytes: with what is around it far below 1 MiB.
const BODY_MAX: usize = 256 * 1024;
/// The fact that the door is closed.
const CLOSED: &str = "outside_door_closed";

/// Whether new posts and messages from outside are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// They are.
    Open,
    /// They are not; deletions, votes and followers still are.
    Closed,
}

/// How the door stands.
///
/// # Errors
/// The database's.
pub async fn state(engine: &Engine) -> Result<Door, Error> {
    Ok(engine.store().read(look).await?)
}

/// An administrator opens or closes the door for new posts and messages from outside.
///
/// # Errors
/// [`Error::Forbidden`].
pub async fn set(engine: &Engine, admin: &Member, door: Door) -> Result<(), Error> {
    admin.require_admin()?;
    engine
        .store()
        .write(move |tx| match door {
            Door::Open => Ok(setting::remove(tx, CLOSED)?),
            Door::Closed => Ok(setting::put(tx, CLOSED, "true")?),
        })
        .await
}

fn look(conn: &mut Conn) -> Result<Door, tequio_store::Error> {
    Ok(match setting::get(conn, CLOSED)? {
        Some(_) => Door::Closed,
        None => Door::Open,
    })
}

/// Whether texts are taken at all now.
pub(super) fn must_be_open(conn: &mut Conn) -> Result<(), Stop> {
    match look(conn).map_err(Error::from)? {
        Door::Open => Ok(()),
        Door::Closed => Err(nothing("this instance takes no posts from outside now")),
    }
}

/// Whether no time that an activity names lies ahead of ours.
pub(super) fn must_not_be_ahead(visit: &Visit, times: &[Option<Timestamp>]) -> Result<(), Stop> {
    let latest = visit.moment.now().plus_seconds(AHEAD_S);
    if times.iter().flatten().any(|time| *time > latest) {
        return Err(nothing("it comes from the future"));
    }
    Ok(())
}

/// Whether every city will be able to read an entry with this activity inside.
pub(super) fn must_be_readable(body: &Value) -> Result<(), Stop> {
    let text = serde_json::json!({ "object": body }).to_string();
    if text.len() > BODY_MAX {
        return Err(nothing("it is too long"));
    }
    // The strict reader counts levels, and an entry is one more.
    match json::parse(text.as_bytes()) {
        Ok(_) => Ok(()),
        Err(_) => Err(nothing("it cannot be read strictly")),
    }
}

/// Whether the coordination of the log's topic lets the actor write.
pub(super) fn must_not_be_banned(
    conn: &mut Conn,
    visit: &Visit,
    log: &log::Log,
) -> Result<(), Stop> {
    let (actor, now) = (&visit.heard.activity.actor, visit.moment.now());
    let ban = ruling::ban_at(conn, log.topic_id, actor, now.micros()).map_err(Error::from)?;
    match ban {
        None => Ok(()),
        Some(_) => Err(nothing("its author may not write in this topic now")),
    }
}

/// Whether author and server have not had their share of this log for this hour.
pub(super) fn must_not_be_too_many(
    conn: &mut Conn,
    visit: &Visit,
    log: &log::Log,
) -> Result<(), Stop> {
    let recent = entry::Recent {
        log_id: log.id,
        after_seq: log.head_seq.saturating_sub(WINDOW),
        since: visit.moment.now().plus_seconds(-3600).micros(),
    };
    let actor = &visit.heard.activity.actor;
    let origin = origin_of(actor).ok_or_else(|| nothing("its actor is on no server"))?;
    if entry::count_from(conn, recent, &origin).map_err(Error::from)? >= PER_HOST {
        return Err(nothing("its server has said enough for this hour"));
    }
    let Some(author) = person::by_uri(conn, actor).map_err(Error::from)? else {
        return Ok(());
    };
    if entry::count_made_by(conn, recent, author.id).map_err(Error::from)? >= PER_AUTHOR {
        return Err(nothing("its author has said enough for this hour"));
    }
    Ok(())
}

/// `https://host[:port]`.
fn origin_of(uri: &str) -> Option<String> {
    let url = url::Url::parse(uri).ok()?;
    Some(url.origin().ascii_serialization())
}
