//! What members do outside: follow, stop following, like.

use serde_json::Value;
use tequio_domain::{Invalid, Oid};
use tequio_protocol::{
    activity::{Act, Activity, Entry, same_origin, server_of},
    outside::{OutsideActor, write},
};
use tequio_store::{
    Conn, Tx, entry, log,
    object::Object,
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
            let host = host_of(&actor.inbox).filter(|_| same_origin(&actor.inbox, &actor.id));
            let host = host.ok_or_else(|| Invalid::new("actor", "no-inbox"))?;
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
            let id = follow_uri(&base_url, &person_uri, &row);
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
            let asked = follow_uri(&base_url, &person_uri, &held);
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

/// A vote of a member for a post of an outside author: told to the author's server, as it expects.
pub(crate) struct Liking<'a> {
    /// Who votes.
    pub(crate) person_uri: &'a str,
    /// For what.
    pub(crate) held: &'a Object,
    /// Whose post it is.
    pub(crate) author_uri: &'a str,
    /// When the vote was given, microseconds: names the Like, so that it can be taken back.
    pub(crate) voted_at: i64,
    /// Whether it is taken back.
    pub(crate) is_undone: bool,
    pub(crate) base_url: &'a str,
    pub(crate) moment: Moment,
}

impl Liking<'_> {
    /// Queues it; nothing for an author whose inbox nobody has told, or for whom too much waits.
    pub(crate) fn queue(self, tx: &mut Tx<'_>) -> Result<(), Error> {
        let Some(inbox) = inbox_of(tx.conn(), self.held, self.author_uri)? else {
            return Ok(());
        };
        let Some(host) = host_of(&inbox).filter(|_| same_origin(&inbox, self.author_uri)) else {
            return Ok(());
        };
        let Self {
            person_uri, held, ..
        } = self;
        let id = named_uri(self.base_url, "like", person_uri, &held.uri, self.voted_at);
        let like = write::like(&id, person_uri, &held.uri, Some(&held.group_uri));
        let body = if self.is_undone {
            let label = format!("unlike {}", held.uri);
            let id = activity_uri(self.base_url, &self.moment, &label);
            write::undo(&id, person_uri, &like)
        } else {
            like
        };
        if outgoing::count(tx.conn(), &host)? >= WAITING_MAX {
            return Ok(());
        }
        let letter = Letter {
            host,
            inbox,
            sender: person_uri.to_owned(),
            body,
        };
        letter.queue(tx, self.moment)
    }
}

/// Where to write to an outside author: as we fetched it, or as the log's home attests it.
fn inbox_of(conn: &mut Conn, held: &Object, author_uri: &str) -> Result<Option<String>, Error> {
    if let Some(known) = actor::by_uri(conn, author_uri)? {
        return Ok(Some(known.inbox));
    }
    let Some((_, attest)) = log::author_key(conn, held.log_id, author_uri)? else {
        return Ok(None);
    };
    let Some(row) = entry::by_uri(conn, &attest)? else {
        return Ok(None);
    };
    let value: Value = serde_json::from_str(&row.body).map_err(Error::internal)?;
    let activity = Entry::read(&value).and_then(|entry| Activity::read(entry.object));
    Ok(match activity.map(|activity| activity.act) {
        Ok(Act::Attest(actor)) if actor.id == author_uri => Some(actor.inbox),
        Ok(_) | Err(_) => None,
    })
}

/// An activity for one inbox outside.
struct Letter {
    host: String,
    inbox: String,
    sender: String,
    body: Value,
}

impl Letter {
    fn queue(self, tx: &mut Tx<'_>, moment: Moment) -> Result<(), Error> {
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

/// The id of a member's Follow, the same whenever it is asked for.
pub(super) fn follow_uri(base_url: &str, person_uri: &str, row: &Follow) -> String {
    named_uri(
        base_url,
        "follow",
        person_uri,
        &row.actor_uri,
        row.created_at,
    )
}

fn named_uri(base_url: &str, verb: &str, who: &str, what: &str, at: i64) -> String {
    let name = format!("{base_url}/a/{verb} {who} {what} {at}");
    format!("{base_url}/a/{}", Oid::of_uri(&name))
}

fn activity_uri(base_url: &str, moment: &Moment, label: &str) -> String {
    format!("{base_url}/a/{}", moment.oid(label))
}
