//! Talk with software outside the network.
//!
//! Out: [`courier`] brings to other servers what belongs to their followers and authors, in the shape
//! that their software takes ([`capability`]); [`status`] says how they are.
//!
//! In: start at [`inbound`] (an authenticated activity), then [`relay`] (what others pass on),
//! [`parents`] (what a comment answers and we have not got), [`hand_over`] (what belongs in the log of a
//! sibling), [`later`] (what could not be judged in time), [`lookup`] (the search box) and [`backfill`] (what an actor said before we followed it).
//!
//! # Invariants
//! - An object of host H is believed on the word of H only: a request signed there, a proof made with a key
//!   that H publishes, or a fetch from H ([`origin`]). Who passes it on does not matter, sibling or not.
//! - What strangers cause has a cap and a lifetime: fetches of one activity, errands of one server,
//!   counts, look-ups.
//! - A document that is bad gets 2xx or 4xx, never 5xx or 410: others would stop their queue.

pub(crate) mod backfill;
pub(crate) mod capability;
pub mod counts;
pub(crate) mod courier;
pub(crate) mod hand_over;
pub(crate) mod inbound;
pub(crate) mod later;
pub mod lookup;
pub(crate) mod origin;
pub(crate) mod parents;
pub(crate) mod relay;
pub mod status;

use tokio::sync::Semaphore;

use crate::limiter::{Limiter, Rate};
use backfill::Backfill;
use counts::Counts;
use lookup::Asked;
use origin::Actors;

/// Errands (fetches because of one activity) for one server: sixty, and one more each second.
const ERRAND_RATE: Rate = Rate {
    burst: 60,
    interval_us: 1_000_000,
};
/// Most errands under way at once.
const MAX_ERRANDS: usize = 64;
/// Most servers that are counted at once.
const MAX_SERVERS: usize = 5000;

/// What is kept in memory about the outside; all of it may be lost.
pub(crate) struct Outside {
    pub(crate) counts: Counts,
    pub(crate) actors: Actors,
    pub(crate) asked: Asked,
    pub(crate) backfill: Backfill,
    pub(crate) errands: Limiter,
    pub(crate) places: Semaphore,
}

impl Default for Outside {
    fn default() -> Self {
        Self {
            counts: Counts::default(),
            actors: Actors::default(),
            asked: Asked::default(),
            backfill: Backfill::default(),
            errands: Limiter::new(ERRAND_RATE, MAX_SERVERS),
            places: Semaphore::new(MAX_ERRANDS),
        }
    }
}
