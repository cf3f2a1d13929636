//! What members do outside: follow, and stop following; [`super::like`] is the rest.

use serde_json::Value;
use tequio_domain::{Invalid, Oid};
use tequio_protocol::{
    activity::{same_origin, server_of},
    outside::{OutsideActor, write},
};
use tequio_store::{
    Conn, Tx,
    outside::{
        actor,
        follow::{self, Follow},
        item, outgoing, server,
    },
};

use super::{
    deed::keep_actor,
    plan::{Stop, nothing},
};
use crate::{Engine, Error, Member, Moment, materialize::outside::is_of_network};

/// Most actors outside that one member follows.
pub const FOLLOWS_MAX: i64 = 200;
/// Most activities that wait for one server.
const WAITING_MAX: i64 = 5000;

/// A member follows an actor outside, as its origin describes it now. Doing it again changes nothing,
/// unless the other side had refused.
///
/// # Errors
/// [`Error::Invalid`] for `actor` when it is of the network or cannot be written to;
/// [`Error::Forbidden`] beyond [`FOLLOWS_MAX`].
pub async fn follow(
    engine: &Engine,
    member: &Member,
    moment: Moment,
    actor: OutsideActor,
) -> Result<(), Error> {
    let (account_id, person_uri) = (member.account_id, member.person_uri.clone());
    let base_url = engine.identity().base_url.clone();
    engine
        .store()
        .write(move |tx| {
            let held = follow::by_key(tx.conn(), account_id, &actor.id)?;
            if held
                .as_ref()
                .is_some_and(|held| held.state != follow::REJECTED)
            {
                return Ok(());
            }
            if is_of_network(tx.conn(), &actor.id)? {
                return Err(Invalid::new("actor", "of-the-network").into());
            }
            let host = reachable(&actor)?;
            if held.is_none() && follow::count(tx.conn(), account_id)? >= FOLLOWS_MAX {
                return Err(Error::Forbidden("follow more actors outside"));
            }
            keep_actor(tx, &actor, moment.now().micros())?;
            let row = Follow {
                account_id,
                actor_uri: actor.id.clone(),
                state: follow::ASKED.to_owned(),
                created_at: moment.now().micros(),
            };
            follow::put(tx, &row)?;
            let id = follow_uri(&base_url, &person_uri, &row.actor_uri, row.created_at);
            let letter = Letter {
                host,
                inbox: actor.inbox,
                sender: person_uri.clone(),
                body: write::follow(&id, &person_uri, &actor.id),
            };
            letter.queue(tx, moment)
        })
        .await
}

/// A member stops following an actor outside.
///
/// # Errors
/// [`Error::NotFound`] when the member does not follow it.
pub async fn unfollow(
    engine: &Engine,
    member: &Member,
    moment: Moment,
    actor_uri: &str,
) -> Result<(), Error> {
    let (account_id, person_uri) = (member.account_id, member.person_uri.clone());
    let base_url = engine.identity().base_url.clone();
    let actor_uri = actor_uri.to_owned();
    engine
        .store()
        .write(move |tx| {
            let held = follow::by_key(tx.conn(), account_id, &actor_uri)?;
            let held = held.ok_or(Error::NotFound)?;
            let actor = actor::by_uri(tx.conn(), &actor_uri)?.ok_or(Error::NotFound)?;
            follow::remove(tx, account_id, &actor_uri)?;
            if !follow::is_followed(tx.conn(), &actor_uri)? {
                item::remove_of(tx, &actor_uri)?;
            }
            let Some(host) = host_of(&actor.inbox) else {
                return Ok(());
            };
            let asked = follow_uri(&base_url, &person_uri, &held.actor_uri, held.created_at);
            let asked = write::follow(&asked, &person_uri, &actor_uri);
            let id = activity_uri(&base_url, &moment, &format!("unfollow {actor_uri}"));
            let letter = Letter {
                host,
                inbox: actor.inbox,
                body: write::undo(&id, &person_uri, &asked),
                sender: person_uri,
            };
            letter.queue(tx, moment)
        })
        .await
}

/// The server of an actor that can be written to.
///
/// # Errors
/// [`Error::Invalid`] for `actor`.
pub(super) fn reachable(actor: &OutsideActor) -> Result<String, Error> {
    let host = host_of(&actor.inbox).filter(|_| same_origin(&actor.inbox, &actor.id));
    Ok(host.ok_or_else(|| Invalid::new("actor", "no-inbox"))?)
}

/// An activity for one inbox outside.
pub(super) struct Letter {
    pub(super) host: String,
    pub(super) inbox: String,
    pub(super) sender: String,
    pub(super) body: Value,
}

impl Letter {
    /// Queues it, unless too much waits for its server: what is not worth an error.
    pub(super) fn queue_if_room(self, tx: &mut Tx<'_>, moment: Moment) -> Result<(), Error> {
        if outgoing::count(tx.conn(), &self.host)? >= WAITING_MAX {
            return Ok(());
        }
        self.queue(tx, moment)
    }

    pub(super) fn queue(self, tx: &mut Tx<'_>, moment: Moment) -> Result<(), Error> {
        if outgoing::count(tx.conn(), &self.host)? >= WAITING_MAX {
            return Err(Error::Forbidden("write to a server that does not answer"));
        }
        server::ensure(tx, &self.host)?;
        let row = outgoing::Outgoing {
            id: tx.next_id()?,
            host: self.host,
            inbox: self.inbox,
            actor_uri: self.sender,
            body: self.body.to_string(),
            created_at: moment.now().micros(),
        };
        Ok(outgoing::add(tx, &row)?)
    }
}

/// Whether anything more may wait for a server.
pub(super) fn must_have_room(conn: &mut Conn, host: &str) -> Result<(), Stop> {
    if outgoing::count(conn, host)? >= WAITING_MAX {
        return Err(nothing("too much waits for its server"));
    }
    Ok(())
}

/// The server of an address.
pub(super) fn host_of(uri: &str) -> Option<String> {
    server_of(uri)
}

/// The id of a Follow of ours, the same whenever it is asked for; `at`: since when, in microseconds.
pub(super) fn follow_uri(base_url: &str, follower: &str, actor_uri: &str, at: i64) -> String {
    named_uri(base_url, "follow", follower, actor_uri, at)
}

pub(super) fn named_uri(base_url: &str, verb: &str, who: &str, what: &str, at: i64) -> String {
    let name = format!("{base_url}/a/{verb} {who} {what} {at}");
    format!("{base_url}/a/{}", Oid::of_uri(&name))
}

pub(super) fn activity_uri(base_url: &str, moment: &Moment, label: &str) -> String {
    format!("{base_url}/a/{}", moment.oid(label))
}
