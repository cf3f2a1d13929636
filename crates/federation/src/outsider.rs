//! Keys of servers outside the network, fetched once and kept for a day with their actors.
//!
//! Start at [`Outsiders::key`]. Everything here is caused by strangers, so everything has a cap and a
//! lifetime: keys, bytes, failures, fetches per server and fetches in all. Many who ask at once for one
//! key wait for one fetch.

mod document;
mod flight;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tequio_domain::Timestamp;
use tequio_protocol::keys::PublicKey;
use tequio_protocol::outside::OutsideActor;
use url::Url;

use crate::fetcher::{FetchError, Fetcher};
use crate::limiter::{Limiter, Rate, TooOften};
use crate::problem::{KEY_RETRY_S, Problem};
use flight::Flights;

/// Most keys (and failures) that are kept.
pub(crate) const MAX_KEYS: usize = 2000;
/// Most bytes of actors that are kept.
pub(crate) const MAX_BYTES: usize = 16 * 1024 * 1024;
/// A fetched key is good for this long, in seconds.
const KEY_S: i64 = 86_400;
/// A key that is none is not asked for again for this long, in seconds.
const FAILURE_S: i64 = 600;
/// A key that did not verify may be fetched anew after this long, in seconds.
const REFETCH_S: i64 = 3600;
/// Fetches from one server: twenty, and one more each second.
const PER_SERVER: Rate = Rate {
    burst: 20,
    interval_us: 1_000_000,
};
/// Fetches in all: two hundred, and twenty more each second.
const IN_ALL: Rate = Rate {
    burst: 200,
    interval_us: 50_000,
};

/// A stranger's key.
#[derive(Debug, Clone)]
pub struct OutsideKey {
    /// The actor that owns it, as its own document says.
    pub owner: String,
    /// The actor, from the same document.
    pub actor: Arc<OutsideActor>,
    /// The key.
    pub key: PublicKey,
    /// When it was fetched.
    pub fetched_at: Timestamp,
}

impl OutsideKey {
    /// Whether it is old enough to be fetched anew when it does not hold.
    #[must_use]
    pub fn may_have_changed(&self, now: Timestamp) -> bool {
        now >= self.fetched_at.plus_seconds(REFETCH_S)
    }

    fn size_bytes(&self) -> usize {
        let actor = &self.actor;
        [
            &actor.id,
            &actor.name,
            &actor.display_name,
            &actor.summary,
            &actor.url,
            &actor.inbox,
            &actor.shared_inbox,
            &actor.outbox,
            &self.owner,
        ]
        .iter()
        .fold(1024, |sum, text| sum.saturating_add(text.len()))
    }
}

/// Why there is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoKey {
    /// Its origin says that there is none, or shows something else.
    Unusable,
    /// Its origin does not answer, or not now.
    Unreachable,
    /// Too much is being fetched.
    TooOften(TooOften),
}

impl From<NoKey> for Problem {
    fn from(why: NoKey) -> Self {
        match why {
            NoKey::Unusable => {
                Self::Unauthenticated("the signer's key cannot be had from its origin".to_owned())
            }
            NoKey::Unreachable => Self::KeyUnreachable,
            NoKey::TooOften(often) => often.into(),
        }
    }
}

#[derive(Clone)]
enum Known {
    Key(Box<OutsideKey>),
    Failed(NoKey, Timestamp),
}

impl Known {
    /// What it says, as long as that holds.
    fn now(&self, now: Timestamp) -> Option<Result<OutsideKey, NoKey>> {
        match self {
            Self::Key(key) => {
                (now < key.fetched_at.plus_seconds(KEY_S)).then(|| Ok(OutsideKey::clone(key)))
            }
            Self::Failed(why, at) => {
                let lasts_s = match why {
                    NoKey::Unusable => FAILURE_S,
                    NoKey::Unreachable | NoKey::TooOften(_) => KEY_RETRY_S,
                };
                (now < at.plus_seconds(lasts_s)).then_some(Err(*why))
            }
        }
    }

    fn size_bytes(&self) -> usize {
        match self {
            Self::Key(key) => key.size_bytes(),
            Self::Failed(..) => 0,
        }
    }
}

/// The keys of strangers.
pub struct Outsiders {
    keys: Mutex<HashMap<String, Known>>,
    flights: Flights,
    per_server: Limiter,
    in_all: Limiter,
}

impl Default for Outsiders {
    fn default() -> Self {
        Self {
            keys: Mutex::default(),
            flights: Flights::default(),
            per_server: Limiter::new(PER_SERVER, MAX_KEYS),
            in_all: Limiter::new(IN_ALL, 1),
        }
    }
}

impl Outsiders {
    /// The key of this id: kept, or fetched.
    ///
    /// # Errors
    /// [`NoKey`].
    pub async fn key(
        &self,
        fetcher: &Fetcher,
        key_id: &str,
        now: Timestamp,
    ) -> Result<OutsideKey, NoKey> {
        if let Some(known) = self.kept(key_id, now) {
            return known;
        }
        let flight = self.flights.board(key_id);
        let _turn = flight.turn().await;
        match self.kept(key_id, now) {
            Some(known) => known,
            None => self.fetch(fetcher, key_id, now).await,
        }
    }

    /// The key fetched anew, once for all who found at the same time that the kept one does not hold.
    ///
    /// # Errors
    /// [`NoKey`].
    pub async fn newer_key(
        &self,
        fetcher: &Fetcher,
        key_id: &str,
        now: Timestamp,
    ) -> Result<OutsideKey, NoKey> {
        let flight = self.flights.board(key_id);
        let _turn = flight.turn().await;
        match self.kept(key_id, now) {
            Some(Ok(key)) if key.may_have_changed(now) => self.fetch(fetcher, key_id, now).await,
            Some(known) => known,
            None => self.fetch(fetcher, key_id, now).await,
        }
    }

    /// An actor says that it changed: its keys are fetched anew when they are needed.
    pub fn forget(&self, owner: &str) {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.retain(|_, known| match known {
            Known::Key(key) => key.owner != owner,
            Known::Failed(..) => true,
        });
    }

    /// Whether the actor's own server says that it is gone for good (410).
    ///
    /// # Errors
    /// [`TooOften`].
    pub async fn is_gone(
        &self,
        fetcher: &Fetcher,
        actor: &str,
        now: Timestamp,
    ) -> Result<bool, TooOften> {
        let Ok(url) = Url::parse(actor) else {
            return Ok(false);
        };
        self.admit(&url, now)?;
        Ok(fetcher.is_gone(&url).await)
    }

    /// Keys and failures that are kept, and the bytes of the actors.
    #[cfg(test)]
    pub(crate) fn held(&self) -> (usize, usize) {
        let keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        (keys.len(), bytes(&keys))
    }

    fn kept(&self, key_id: &str, now: Timestamp) -> Option<Result<OutsideKey, NoKey>> {
        let keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.get(key_id).and_then(|known| known.now(now))
    }

    fn admit(&self, url: &Url, now: Timestamp) -> Result<(), TooOften> {
        self.per_server
            .admit(&url.origin().ascii_serialization(), now)?;
        self.in_all.admit("", now)
    }

    async fn fetch(
        &self,
        fetcher: &Fetcher,
        key_id: &str,
        now: Timestamp,
    ) -> Result<OutsideKey, NoKey> {
        let url = Url::parse(key_id).map_err(|_bad_url| NoKey::Unusable)?;
        self.admit(&url, now).map_err(NoKey::TooOften)?;
        let fetched = document::fetch(fetcher, &url, key_id, now).await;
        let fetched = fetched.map_err(|error| {
            tracing::debug!(key_id, %error, "no key of a stranger");
            match error {
                FetchError::TooSlow
                | FetchError::Connection(_)
                | FetchError::Status(408 | 429 | 500..) => NoKey::Unreachable,
                FetchError::Refused(_)
                | FetchError::Redirect
                | FetchError::TooManyRedirects
                | FetchError::Status(_)
                | FetchError::ContentType
                | FetchError::TooLarge(_)
                | FetchError::Key(_)
                | FetchError::Header(_)
                | FetchError::Unexpected(_) => NoKey::Unusable,
            }
        });
        let known = match &fetched {
            Ok(key) => Known::Key(Box::new(key.clone())),
            Err(why) => Known::Failed(*why, now),
        };
        self.keep(key_id, known, now);
        fetched
    }

    fn keep(&self, key_id: &str, known: Known, now: Timestamp) {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        let more = known.size_bytes();
        let is_full = |keys: &HashMap<String, Known>| {
            keys.len() >= MAX_KEYS || bytes(keys).saturating_add(more) > MAX_BYTES
        };
        if is_full(&keys) {
            keys.retain(|_, known| known.now(now).is_some());
            if is_full(&keys) {
                keys.clear();
            }
        }
        keys.insert(key_id.to_owned(), known);
    }
}

/// Only asked when a key was fetched, which costs more.
fn bytes(keys: &HashMap<String, Known>) -> usize {
    keys.values()
        .fold(0, |sum, known| sum.saturating_add(known.size_bytes()))
}

#[cfg(test)]
mod tests;
