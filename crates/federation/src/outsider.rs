//! Keys of servers outside the network, fetched once and kept for a day.
//!
//! Start at [`Outsiders::key`]. Everything here is caused by strangers, so everything has a cap and a
//! lifetime: keys, failures, fetches per server and fetches in all.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;
use tequio_domain::Timestamp;
use tequio_protocol::activity::actor::read_public_key;
use tequio_protocol::activity::{Reader, same_origin};
use tequio_protocol::keys::RsaPublicKey;
use url::Url;

use crate::fetcher::{FetchError, Fetcher};
use crate::limiter::{Limiter, Rate};
use crate::problem::Problem;

/// Most keys (and failures) that are kept.
const MAX_KEYS: usize = 2000;
/// A fetched key is good for this long, in seconds.
const KEY_S: i64 = 86_400;
/// A key that could not be had is not asked for again for this long, in seconds.
const FAILURE_S: i64 = 600;
/// A key that did not verify may be fetched anew after this long, in seconds.
const REFETCH_S: i64 = 3600;
/// Fetches from one server: five, and one more each ten seconds.
const PER_SERVER: Rate = Rate {
    burst: 5,
    interval_us: 10_000_000,
};
/// Fetches in all: fifty, and five more each second.
const IN_ALL: Rate = Rate {
    burst: 50,
    interval_us: 200_000,
};

/// A stranger's key.
#[derive(Debug, Clone)]
pub struct OutsideKey {
    /// The actor that owns it, as its own document says.
    pub owner: String,
    /// The key.
    pub key: RsaPublicKey,
    /// When it was fetched.
    pub fetched_at: Timestamp,
}

#[derive(Clone)]
enum Known {
    Key(OutsideKey),
    Failed(Timestamp),
}

/// The keys of strangers.
pub struct Outsiders {
    keys: Mutex<HashMap<String, Known>>,
    per_server: Limiter,
    in_all: Limiter,
}

impl Default for Outsiders {
    fn default() -> Self {
        Self {
            keys: Mutex::default(),
            per_server: Limiter::new(PER_SERVER, MAX_KEYS),
            in_all: Limiter::new(IN_ALL, 1),
        }
    }
}

impl Outsiders {
    /// The key of this id: kept, or fetched.
    ///
    /// # Errors
    /// [`Problem::Unauthenticated`] when it cannot be had; [`Problem::TooOften`].
    pub async fn key(
        &self,
        fetcher: &Fetcher,
        key_id: &str,
        now: Timestamp,
    ) -> Result<OutsideKey, Problem> {
        match self.kept(key_id) {
            Some(Known::Key(key)) if now < key.fetched_at.plus_seconds(KEY_S) => Ok(key),
            Some(Known::Failed(at)) if now < at.plus_seconds(FAILURE_S) => Err(unknown_key()),
            Some(_) | None => self.fetch(fetcher, key_id, now).await,
        }
    }

    /// The key fetched anew, when the kept one is old enough to have changed.
    ///
    /// # Errors
    /// As [`Outsiders::key`].
    pub async fn newer_key(
        &self,
        fetcher: &Fetcher,
        held: &OutsideKey,
        key_id: &str,
        now: Timestamp,
    ) -> Result<OutsideKey, Problem> {
        if now < held.fetched_at.plus_seconds(REFETCH_S) {
            return Err(Problem::Unauthenticated(
                "the signature does not hold".to_owned(),
            ));
        }
        self.fetch(fetcher, key_id, now).await
    }

    /// An actor says that it changed: its keys are fetched anew when they are needed.
    pub fn forget(&self, owner: &str) {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.retain(|_, known| match known {
            Known::Key(key) => key.owner != owner,
            Known::Failed(_) => true,
        });
    }

    fn kept(&self, key_id: &str) -> Option<Known> {
        self.keys
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(key_id)
            .cloned()
    }

    async fn fetch(
        &self,
        fetcher: &Fetcher,
        key_id: &str,
        now: Timestamp,
    ) -> Result<OutsideKey, Problem> {
        let url = Url::parse(key_id).map_err(|_bad_url| unknown_key())?;
        self.per_server
            .admit(&url.origin().ascii_serialization(), now)?;
        self.in_all.admit("", now)?;
        let fetched = fetch(fetcher, &url, key_id, now).await;
        let known = match &fetched {
            Ok(key) => Known::Key(key.clone()),
            Err(error) => {
                tracing::debug!(key_id, %error, "no key of a stranger");
                Known::Failed(now)
            }
        };
        self.keep(key_id, known, now);
        fetched.map_err(|_told_in_the_log| unknown_key())
    }

    fn keep(&self, key_id: &str, known: Known, now: Timestamp) {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if keys.len() >= MAX_KEYS {
            keys.retain(|_, known| match known {
                Known::Key(key) => now < key.fetched_at.plus_seconds(KEY_S),
                Known::Failed(at) => now < at.plus_seconds(FAILURE_S),
            });
            if keys.len() >= MAX_KEYS {
                keys.clear();
            }
        }
        keys.insert(key_id.to_owned(), known);
    }
}

fn unknown_key() -> Problem {
    Problem::Unauthenticated("the signer's key cannot be had from its origin".to_owned())
}

/// At most two documents: what stands at the key's address, and its owner when that is another one.
async fn fetch(
    fetcher: &Fetcher,
    url: &Url,
    key_id: &str,
    now: Timestamp,
) -> Result<OutsideKey, FetchError> {
    const NOT_A_KEY: FetchError = FetchError::Unexpected("there is no usable key");
    let document = fetcher.document(url).await?;
    let value = tequio_protocol::json::parse(&document.bytes)
        .map_err(|_bad_json| FetchError::Unexpected("the document is not acceptable JSON"))?;
    let owner = owner_of(&value).ok_or(NOT_A_KEY)?;
    if !same_origin(owner, key_id) {
        return Err(FetchError::Unexpected("key and owner are on two servers"));
    }
    let is_owner = value.get("id").and_then(Value::as_str) == Some(document.url.as_str())
        && owner == document.url.as_str();
    let actor = if is_owner {
        value
    } else {
        let owner = Url::parse(owner).map_err(|_bad_url| NOT_A_KEY)?;
        fetcher.object(&owner).await?
    };
    let reader = Reader::new(&actor, "actor").map_err(|_no_object| NOT_A_KEY)?;
    let id = reader.address("id").map_err(|_no_id| NOT_A_KEY)?;
    let (found_id, pem) = read_public_key(reader, id).map_err(|_no_key| NOT_A_KEY)?;
    if found_id != key_id {
        return Err(FetchError::Unexpected("the owner has another key"));
    }
    let key = RsaPublicKey::from_pem(pem).map_err(|_bad_key| NOT_A_KEY)?;
    Ok(OutsideKey {
        owner: id.to_owned(),
        key,
        fetched_at: now,
    })
}

/// The owner named by an actor document or by a key document.
fn owner_of(value: &Value) -> Option<&str> {
    let nested = value.get("publicKey").and_then(|key| key.get("owner"));
    nested
        .or_else(|| value.get("owner"))
        .and_then(Value::as_str)
}
