//! Asking the server that an id names: the only one that is believed about it.
//!
//! Start at [`Errand`]: all fetches that one activity, look-up or follow may cost.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tequio_domain::Timestamp;
use tequio_protocol::activity::{PUBLIC, Reader, same_origin};
use tequio_protocol::json;
use tequio_protocol::outside::{OutsideActor, OutsidePost};
use tokio::sync::SemaphorePermit;
use tokio::time::Instant;
use url::Url;

use crate::Inner;
use crate::address::UrlRefused;
use crate::fetcher::FetchError;

/// Most documents for one incoming activity.
pub(crate) const MAX_FETCHES: u32 = 20;
/// Whoever posted to us waits that long for our answer at most: Lemmy gives up after ten seconds.
const PATIENCE: Duration = Duration::from_secs(8);
/// Most actors that are kept.
const MAX_ACTORS: usize = 2000;
/// A fetched actor is good for this long, in seconds.
const ACTOR_S: i64 = 86_400;

/// Why there is no document.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Missing {
    /// Its origin says that it is not, or no longer, there.
    #[error("its origin has it no more")]
    Gone,
    /// It is not there in a form that is taken; asking again will not help.
    #[error("{0}")]
    Refused(String),
    /// It stands at an address that is not fetched.
    #[error("{0}")]
    NotAllowed(UrlRefused),
    /// Its origin does not answer now.
    #[error("its origin does not answer: {0}")]
    Unreachable(FetchError),
    /// So many documents were fetched already, or so long, that this one is left out.
    #[error("too many documents would have to be fetched")]
    TooMuch,
}

impl Missing {
    pub(crate) fn refused(why: impl Into<String>) -> Self {
        Self::Refused(why.into())
    }
}

impl From<FetchError> for Missing {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::Status(404 | 410) => Self::Gone,
            FetchError::Status(408 | 429 | 500..)
            | FetchError::TooSlow
            | FetchError::Connection(_)
            | FetchError::Key(_)
            | FetchError::Header(_) => Self::Unreachable(error),
            FetchError::Refused(refused) => Self::NotAllowed(refused),
            FetchError::Redirect
            | FetchError::TooManyRedirects
            | FetchError::Status(_)
            | FetchError::ContentType
            | FetchError::TooLarge(_)
            | FetchError::Unexpected(_) => Self::Refused(error.to_string()),
        }
    }
}

/// Fetches with a bound on their number and on the time they take together.
pub(crate) struct Errand<'a> {
    pub(crate) inner: &'a Inner,
    left: u32,
    until: Instant,
    /// The server on whose account it is, until the first fetch.
    payer: Option<String>,
    /// Its place among the errands under way, from the first fetch on.
    place: Option<SemaphorePermit<'a>>,
    /// Whether something was not had for a reason that may pass.
    is_cut_short: bool,
}

impl<'a> Errand<'a> {
    /// An errand on account of the server of `who` (an id): when that causes too many, none of its
    /// fetches happen.
    pub(crate) fn of(inner: &'a Inner, who: &str) -> Self {
        let server = Url::parse(who).map(|url| url.origin().ascii_serialization());
        Self {
            payer: Some(server.unwrap_or_default()),
            ..Self::with(inner, MAX_FETCHES)
        }
    }

    /// An errand on our own account, while somebody waits.
    pub(crate) fn with(inner: &'a Inner, fetches: u32) -> Self {
        Self::patient(inner, fetches, PATIENCE)
    }

    /// An errand for which nobody waits.
    pub(crate) fn patient(inner: &'a Inner, fetches: u32, patience: Duration) -> Self {
        Self {
            inner,
            left: fetches,
            until: Instant::now() + patience,
            payer: None,
            place: None,
            is_cut_short: false,
        }
    }

    /// Whether something was not had for a reason that may pass: no answer, no time, no room. That a
    /// thing takes too many fetches does not pass.
    pub(crate) const fn is_cut_short(&self) -> bool {
        self.is_cut_short
    }

    /// Remembers why a fetch failed.
    fn noted(&mut self, error: FetchError) -> Missing {
        let missing = Missing::from(error);
        self.is_cut_short |= matches!(missing, Missing::Unreachable(_));
        missing
    }

    /// Counts a fetch.
    fn spend(&mut self) -> Result<(), Missing> {
        let outside = &self.inner.outside;
        if let Some(server) = self.payer.take()
            && outside.errands.admit(&server, self.inner.now()).is_err()
        {
            self.left = 0;
            self.is_cut_short = true;
        }
        if self.place.is_none() {
            let Ok(place) = outside.places.try_acquire() else {
                self.is_cut_short = true;
                return Err(Missing::TooMuch);
            };
            self.place = Some(place);
        }
        self.left = self.left.checked_sub(1).ok_or(Missing::TooMuch)?;
        Ok(())
    }

    /// The document with this id, or that to which this address leads, from the server where it stands:
    /// its `id` is its address. Nothing of the network's own: that comes by its logs.
    ///
    /// # Errors
    /// [`Missing`]; a `Tombstone` is [`Missing::Gone`].
    pub(crate) async fn fetch(&mut self, address: &str) -> Result<Value, Missing> {
        let (found, value) = self.get(address).await?;
        let id = Reader::new(&value, "document").and_then(|document| document.address("id"));
        let id = id.map_err(|error| Missing::refused(error.to_string()))?;
        let url = Url::parse(id).map_err(|error| Missing::refused(error.to_string()))?;
        let value = if url == found {
            value
        } else if url.origin() == found.origin() {
            // Another address of the same thing (a page for people): once more at its id.
            let id = id.to_owned();
            let (found, value) = self.get(&id).await?;
            let is_same = value.get("id").and_then(Value::as_str) == Some(&id) && found == url;
            is_same
                .then_some(value)
                .ok_or_else(|| Missing::refused("the document's id is not its address"))?
        } else {
            return Err(Missing::refused("the document's id is on another server"));
        };
        if value.get("type").and_then(Value::as_str) == Some("Tombstone") {
            return Err(Missing::Gone);
        }
        Ok(value)
    }

    /// A collection, or a page of one, at the address that its owner names. NodeBB gives those of its
    /// categories no `id`; a server may say what stands at its addresses.
    ///
    /// # Errors
    /// [`Missing`]; also when another server answers, or it says that it is another's.
    pub(crate) async fn collection(&mut self, address: &str) -> Result<Value, Missing> {
        let (found, value) = self.get(address).await?;
        let id = value.get("id").filter(|id| !id.is_null());
        let is_on_it = |id: &str| same_origin(id, address);
        let is_its_own = id.is_none_or(|id| id.as_str().is_some_and(is_on_it));
        if !is_its_own || !is_on_it(found.as_str()) {
            return Err(Missing::refused("the collection is another server's"));
        }
        Ok(value)
    }

    /// The public post with this id, and its document.
    ///
    /// # Errors
    /// [`Missing`]; also when its author is on another server or it is not for everybody.
    pub(crate) async fn post(&mut self, id: &str) -> Result<(OutsidePost, Value), Missing> {
        let value = self.fetch(id).await?;
        let post = read_post(&value)?;
        Ok((post, value))
    }

    /// The actor with this id: kept, or fetched.
    ///
    /// # Errors
    /// [`Missing`].
    pub(crate) async fn actor(&mut self, id: &str) -> Result<OutsideActor, Missing> {
        let now = self.inner.now();
        if let Some(actor) = self.inner.outside.actors.get(id, now) {
            return Ok(actor);
        }
        let value = self.fetch(id).await?;
        let actor =
            OutsideActor::read(&value).map_err(|error| Missing::refused(error.to_string()))?;
        if actor.id != id {
            return Err(Missing::refused("another actor stands at that address"));
        }
        self.inner.outside.actors.put(actor.clone(), now);
        Ok(actor)
    }

    /// Whether the origin of an object says that it is gone.
    ///
    /// # Errors
    /// [`Missing::Unreachable`] and [`Missing::TooMuch`]: it does not say.
    pub(crate) async fn is_gone(&mut self, id: &str) -> Result<bool, Missing> {
        match self.fetch(id).await {
            Ok(_) | Err(Missing::Refused(_) | Missing::NotAllowed(_)) => Ok(false),
            Err(Missing::Gone) => Ok(true),
            Err(error @ (Missing::Unreachable(_) | Missing::TooMuch)) => Err(error),
        }
    }

    /// What WebFinger answers at an address.
    ///
    /// # Errors
    /// [`Missing`].
    pub(crate) async fn resource(&mut self, url: &Url) -> Result<Value, Missing> {
        self.spend()?;
        let fetch = self.inner.fetcher.json(url);
        let said = tokio::time::timeout_at(self.until, fetch).await;
        said.unwrap_or(Err(FetchError::TooSlow))
            .map_err(|error| self.noted(error))
    }

    async fn get(&mut self, address: &str) -> Result<(Url, Value), Missing> {
        if self.inner.is_in_network(address) {
            return Err(Missing::refused("it belongs to the network"));
        }
        let url = Url::parse(address).map_err(|error| Missing::refused(error.to_string()))?;
        self.spend()?;
        let fetch = self.inner.fetcher.document(&url);
        let document = tokio::time::timeout_at(self.until, fetch)
            .await
            .unwrap_or(Err(FetchError::TooSlow))
            .map_err(|error| self.noted(error))?;
        if self.inner.is_in_network(document.url.as_str()) {
            return Err(Missing::refused("it belongs to the network"));
        }
        let value =
            json::parse(&document.bytes).map_err(|error| Missing::refused(error.to_string()))?;
        Ok((document.url, value))
    }
}

/// A fetched document as a public post.
///
/// # Errors
/// [`Missing::Refused`].
pub(crate) fn read_post(document: &Value) -> Result<OutsidePost, Missing> {
    let post = OutsidePost::read(document);
    let post = post.map_err(|error| Missing::refused(error.to_string()))?;
    if !same_origin(&post.id, &post.attributed_to) {
        return Err(Missing::refused("its author is on another server"));
    }
    if !post.is_public() {
        return Err(Missing::refused("it is not public"));
    }
    Ok(post)
}

/// An activity around an object as its origin gives it, for a log: what the one who passed it on wrote
/// around it is not kept, but for `id`. `tq:fetched` says that its actor did not make these bytes.
#[must_use]
pub(crate) fn around(kind: &str, id: &str, actor: &str, object: Value, now: Timestamp) -> Value {
    let addressed = |member: &str| object.get(member).filter(|value| !value.is_null()).cloned();
    let mut activity = json!({
        "id": id,
        "type": kind,
        "actor": actor,
        "to": addressed("to").unwrap_or_else(|| json!([PUBLIC])),
        "cc": addressed("cc").unwrap_or_else(|| json!([])),
        "tq:fetched": now.to_rfc3339(),
    });
    if let Some(members) = activity.as_object_mut() {
        if let Some(audience) = addressed("audience") {
            members.insert("audience".into(), audience);
        }
        members.insert("object".into(), object);
    }
    activity
}

/// Actors fetched lately.
#[derive(Debug, Default)]
pub(crate) struct Actors(Mutex<HashMap<String, (OutsideActor, Timestamp)>>);

impl Actors {
    pub(crate) fn get(&self, id: &str, now: Timestamp) -> Option<OutsideActor> {
        let actors = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (actor, at) = actors.get(id)?;
        (now < at.plus_seconds(ACTOR_S)).then(|| actor.clone())
    }

    pub(crate) fn put(&self, actor: OutsideActor, now: Timestamp) {
        let mut actors = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if actors.len() >= MAX_ACTORS {
            actors.retain(|_, (_, at)| now < at.plus_seconds(ACTOR_S));
            if actors.len() >= MAX_ACTORS {
                actors.clear();
            }
        }
        actors.insert(actor.id.clone(), (actor, now));
    }

    /// Its profile changed: it is fetched anew when it is needed.
    pub(crate) fn forget(&self, id: &str) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(id);
    }
}
