//! What the fediverse outside the network does here, and what members do there.
//!
//! Start at [`Engine::take_outside`]: one authenticated activity in, its whole effect in one
//! transaction. `plan` says what it means, `deed` does it. What an outside author says in our threads
//! becomes an entry of our group's log and goes through the same materializer as everything else; all
//! other effects are rows of this city. What members do outside is in [`member`].
//!
//! # Invariants
//! - State of an outside host changes only by what that host has proved, or was fetched from it.
//! - The effect and the memory of the activity ([`tequio_store::received_activity`]) commit together.
//! - What has no effect writes nothing.

mod deed;
pub mod door;
pub mod like;
pub mod member;
pub mod office;
mod plan;
pub(crate) mod profile;

use std::sync::Arc;

use serde_json::Value;
use tequio_protocol::outside::{OutsideActivity, OutsideActor, OutsidePost};

use crate::{Engine, Error, Moment};
pub use member::{follow, unfollow};
use plan::Stop;

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
    /// It has no effect here, and why; nothing was written.
    Nothing(&'static str),
    /// It belongs into a sibling's thread: hand it to that group's city. Nothing was written.
    HandOver {
        /// The sibling's group.
        group: String,
    },
}

/// An activity at the door.
struct Visit {
    heard: Heard,
    /// What an `Announce` passes on, fetched from its own server.
    fetched: Option<OutsidePost>,
    moment: Moment,
    /// `https://host[:port]` of this instance.
    base_url: String,
}

impl Engine {
    /// Takes one authenticated activity from outside. Of an `Announce` only what is on the announcer's
    /// own server is believed; see [`Engine::take_passed_on`].
    ///
    /// # Errors
    /// Only our own faults: answer 503, and the sender tries again.
    pub async fn take_outside(&self, heard: Heard, moment: Moment) -> Result<Taken, Error> {
        self.take(heard, None, moment).await
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
        self.take(heard, Some(fetched), moment).await
    }

    /// Whether a member follows this actor outside: only then is it worth fetching what it passes on.
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

    async fn take(
        &self,
        heard: Heard,
        fetched: Option<OutsidePost>,
        moment: Moment,
    ) -> Result<Taken, Error> {
        let visit = Arc::new(Visit {
            heard,
            fetched,
            moment,
            base_url: self.identity().base_url.clone(),
        });
        let reader = Arc::clone(&visit);
        // Looked at first without writing: most of what strangers send means nothing, and a commit
        // makes all remembered pages old.
        let planned = self
            .store()
            .read(move |conn| Stop::sort(plan::of(conn, &reader)))
            .await?;
        let pens = match planned {
            Ok(deed) if deed.needs_log() => self.pens(moment).await?,
            Ok(_) => Vec::new(),
            Err(taken) => return Ok(taken),
        };
        self.store()
            .write(move |tx| match Stop::sort(plan::of(tx.conn(), &visit))? {
                Ok(deed) => deed::run(tx, &visit, &pens, deed),
                Err(taken) => Ok(taken),
            })
            .await
    }
}
