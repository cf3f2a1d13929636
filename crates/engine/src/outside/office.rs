//! What the city's office account follows outside, for a topic: some communities take no Group, and what a
//! topic reads should not hang on one member.
//!
//! Nothing that comes so stands in a log: it is read at `/fuera` by whoever follows the topic.

use tequio_domain::{Invalid, OFFICE};
use tequio_protocol::{
    activity::actor::person_uri,
    outside::{OutsideActor, write},
};
use tequio_store::{
    Tx,
    outside::{
        actor,
        follow::{ASKED, REJECTED, is_followed},
        item,
        office::{self, OfficeFollow},
    },
    topic,
};

use super::{
    deed::keep_actor,
    member::{Letter, activity_uri, follow_uri, host_of, reachable},
};
use crate::{Engine, Error, Member, Moment, materialize::outside::is_of_network};

/// Most communities outside that one city follows for its topics.
pub const FOLLOWS_MAX: i64 = 200;

/// An administrator makes the city follow a community outside for a topic. For a second topic, or again,
/// nothing is asked anew, unless the other side had refused.
///
/// # Errors
/// [`Error::Forbidden`] for others, and beyond [`FOLLOWS_MAX`]; [`Error::NotFound`] when there is no
/// such topic; [`Error::Invalid`] for `actor` when it is no community, of the network, or cannot be
/// written to.
pub async fn follow(
    engine: &Engine,
    admin: &Member,
    moment: Moment,
    topic: &str,
    actor: OutsideActor,
) -> Result<(), Error> {
    admin.require_admin()?;
    if actor.kind != "Group" {
        return Err(Invalid::new("actor", "not-a-community").into());
    }
    let (base_url, slug) = (engine.identity().base_url.clone(), topic.to_owned());
    engine
        .store()
        .write(move |tx| {
            let topic = topic::by_slug(tx.conn(), &slug)?;
            if is_of_network(tx.conn(), &actor.id)? {
                return Err(Invalid::new("actor", "of-the-network").into());
            }
            let held = office::by_actor(tx.conn(), &actor.id)?;
            if held.is_none() && office::count(tx.conn())? >= FOLLOWS_MAX {
                return Err(Error::Forbidden("follow more communities outside"));
            }
            if held.is_none_or(|held| held.state == REJECTED) {
                ask(tx, &base_url, moment, &actor)?;
            }
            Ok(office::add_topic(tx, &actor.id, topic.id)?)
        })
        .await
}

fn ask(tx: &mut Tx<'_>, base_url: &str, moment: Moment, actor: &OutsideActor) -> Result<(), Error> {
    let host = reachable(actor)?;
    let now = moment.now().micros();
    keep_actor(tx, actor, now)?;
    let row = OfficeFollow {
        actor_uri: actor.id.clone(),
        state: ASKED.to_owned(),
        created_at: now,
    };
    office::put(tx, &row)?;
    let sender = person_uri(base_url, OFFICE);
    let id = follow_uri(base_url, &sender, &actor.id, now);
    let letter = Letter {
        host,
        inbox: actor.inbox.clone(),
        body: write::follow(&id, &sender, &actor.id),
        sender,
    };
    letter.queue(tx, moment)
}

/// An administrator ends it for one topic; with the last topic the city stops following.
///
/// # Errors
/// [`Error::Forbidden`] for others; [`Error::NotFound`] when it is not followed for that topic.
pub async fn unfollow(
    engine: &Engine,
    admin: &Member,
    moment: Moment,
    topic: &str,
    actor_uri: &str,
) -> Result<(), Error> {
    admin.require_admin()?;
    let base_url = engine.identity().base_url.clone();
    let (slug, actor_uri) = (topic.to_owned(), actor_uri.to_owned());
    engine
        .store()
        .write(move |tx| {
            let topic = topic::by_slug(tx.conn(), &slug)?;
            let held = office::by_actor(tx.conn(), &actor_uri)?.ok_or(Error::NotFound)?;
            if !office::remove_topic(tx, &actor_uri, topic.id)? {
                return Err(Error::NotFound);
            }
            if office::count_topics(tx.conn(), &actor_uri)? > 0 {
                return Ok(());
            }
            leave(tx, &base_url, moment, &held)
        })
        .await
}

fn leave(
    tx: &mut Tx<'_>,
    base_url: &str,
    moment: Moment,
    held: &OfficeFollow,
) -> Result<(), Error> {
    office::remove(tx, &held.actor_uri)?;
    if !is_followed(tx.conn(), &held.actor_uri)? {
        item::remove_of(tx, &held.actor_uri)?;
    }
    let actor = actor::by_uri(tx.conn(), &held.actor_uri)?.ok_or(Error::NotFound)?;
    let Some(host) = host_of(&actor.inbox) else {
        return Ok(());
    };
    let sender = person_uri(base_url, OFFICE);
    let asked = follow_uri(base_url, &sender, &held.actor_uri, held.created_at);
    let asked = write::follow(&asked, &sender, &held.actor_uri);
    let id = activity_uri(
        base_url,
        &moment,
        &format!("office unfollow {}", held.actor_uri),
    );
    let letter = Letter {
        host,
        inbox: actor.inbox,
        body: write::undo(&id, &sender, &asked),
        sender,
    };
    letter.queue(tx, moment)
}
