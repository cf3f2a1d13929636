//! What the fediverse outside the network does here, and what members do there.
//!
//! Start at [`Engine::take_outside`]: one authenticated activity in, its whole effect in one
//! transaction. What an outside author says in our threads becomes an entry of our group's log and goes
//! through the same materializer as everything else; all other effects are rows of this city.
//!
//! # Invariants
//! - State of an outside host changes only by what that host has proved, or was fetched from it.
//! - The effect and the memory of the activity ([`tequio_store::received_activity`]) commit together.
//! - What has no effect writes nothing.

use serde_json::Value;
use tequio_protocol::outside::{OutsideActivity, OutsideActor, OutsidePost};

use crate::{Engine, Error, Member, Moment};

/// One authenticated activity from outside: its actor has proved it, or it was fetched from its origin.
#[derive(Debug, Clone)]
pub struct Heard {
    /// What was read from `body`.
    pub activity: OutsideActivity,
    /// The activity, as received.
    pub body: Value,
    /// The actor of the activity, as its origin describes it.
    pub author: OutsideActor,
}

/// What became of an activity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// It had its effect, which is on disk.
    Done,
    /// It was here before; nothing changed.
    Repeated,
    /// It has no effect here, and why.
    Nothing(&'static str),
    /// It belongs into a sibling's thread: hand it to that group's city.
    HandOver {
        /// The sibling's group.
        group: String,
    },
}

impl Engine {
    /// Takes one authenticated activity from outside. Of an `Announce` only what is on the announcer's
    /// own server is believed; see [`Engine::take_passed_on`].
    ///
    /// # Errors
    /// Only our own faults: answer 503, and the sender tries again.
    pub async fn take_outside(&self, heard: Heard, moment: Moment) -> Result<Taken, Error> {
        let _ = (heard, moment);
        Ok(Taken::Nothing("not built yet"))
    }

    /// Takes an `Announce` (`heard`) together with the post that it passes on, which the caller has
    /// fetched from the post's own server.
    ///
    /// # Errors
    /// Only our own faults.
    pub async fn take_passed_on(
        &self,
        heard: Heard,
        fetched: OutsidePost,
        moment: Moment,
    ) -> Result<Taken, Error> {
        let _ = (heard, fetched, moment);
        Ok(Taken::Nothing("not built yet"))
    }

    /// Whether anything from this actor could have an effect that needs its posts to be fetched: a
    /// member follows it.
    ///
    /// # Errors
    /// The database's.
    pub async fn is_followed_outside(&self, actor_uri: &str) -> Result<bool, Error> {
        let uri = actor_uri.to_owned();
        Ok(self
            .store()
            .read(move |conn| tequio_store::outside::follow::is_followed(conn, &uri))
            .await?)
    }
}

/// A member follows an actor outside, as its origin describes it now.
///
/// # Errors
/// [`Error::Invalid`] for `actor`; [`Error::Forbidden`] beyond the limit.
pub async fn follow(
    engine: &Engine,
    member: &Member,
    moment: Moment,
    actor: OutsideActor,
) -> Result<(), Error> {
    let _ = (engine, member, moment, actor);
    Err(Error::NotFound)
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
    let _ = (engine, member, moment, actor_uri);
    Err(Error::NotFound)
}

/// Whether new posts and messages from outside are taken.
///
/// # Errors
/// The database's.
pub async fn is_door_open(engine: &Engine) -> Result<bool, Error> {
    let _ = engine;
    Ok(true)
}

/// An administrator opens or closes the door for new posts and messages from outside.
///
/// # Errors
/// [`Error::Forbidden`].
pub async fn set_door(engine: &Engine, admin: &Member, door: Door) -> Result<(), Error> {
    let _ = (engine, admin, door);
    Err(Error::NotFound)
}

/// Whether new posts and messages from outside are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// They are.
    Open,
    /// They are not; deletions still are.
    Closed,
}
