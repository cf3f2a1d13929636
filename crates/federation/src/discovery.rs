//! Finding a sibling: from the address in the configuration to its inbox, its keys and its groups.
//!
//! [`find`] asks the sibling itself, at start and again when one of its signatures does not hold.
//! What must stay true: the transport key may be fetched anew from its origin; the first key of a group never
//! changes by fetching (its log names the later ones), a different one is refused and told.

use serde_json::Value;
use tequio_protocol::activity::actor::group_uri;
use tequio_protocol::activity::{Heads, Malformed, SiblingCity, SiblingGroup};
use tequio_protocol::keys::{Ed25519PublicKey, RsaPublicKey};
use tequio_protocol::proof;
use tequio_store::peer::{Found, Peer};
use tequio_store::topic::{self, Topic};
use url::Url;

use crate::Inner;
use crate::bookkeeping::{self, FoundGroup};
use crate::fetcher::FetchError;
use crate::sibling::{Contact, Sibling};

/// Why a sibling was not found.
#[derive(Debug, thiserror::Error)]
pub enum NotFound {
    /// It cannot be asked.
    #[error("{0}")]
    Fetch(#[from] FetchError),
    /// What it says is not what a sibling says.
    #[error("its document is not as agreed: {0}")]
    Malformed(#[from] Malformed),
    /// The configured address is not one.
    #[error("its configured address is not one: {0}")]
    Address(#[from] url::ParseError),
    /// Our own database.
    #[error("our database: {0}")]
    Store(#[from] tequio_store::Error),
    /// Our own engine.
    #[error("our engine: {0}")]
    Engine(#[from] tequio_engine::Error),
}

/// What the database remembers of a sibling, when it was found before.
#[must_use]
pub fn remembered(row: &Peer) -> Option<Contact> {
    let inbox = Url::parse(&row.inbox).ok()?;
    let key = RsaPublicKey::from_pem(&row.transport_key).ok()?;
    Some(Contact { inbox, key })
}

/// Asks a sibling who it is, and keeps the answer; then asks how far its logs reach.
///
/// # Errors
/// [`NotFound`].
pub async fn find(inner: &Inner, sibling: &Sibling) -> Result<(), NotFound> {
    let fetcher = &inner.fetcher;
    let document = fetcher
        .object(&Url::parse(&format!("{}/", sibling.base_url))?)
        .await?;
    let (found, contact) = application(&document, sibling)?;
    let topics = inner.engine.store().read(topic::all).await?;
    let mut groups = Vec::new();
    for topic in &topics {
        groups.extend(group(inner, sibling, topic).await?);
    }
    let (groups, told): (Vec<_>, Vec<_>) = groups.into_iter().unzip();
    let count = groups.len();
    let (city, base_url) = (sibling.city.clone(), sibling.base_url.clone());
    let refused = bookkeeping::found(inner.engine.store(), city, base_url, found, groups).await?;
    for group in refused {
        tracing::error!(
            city = sibling.city,
            group = group.uri,
            "the group shows another key or address than the one known: refused"
        );
    }
    sibling.set_contact(contact);
    tracing::info!(city = sibling.city, groups = count, "found a sibling");
    for (document, heads) in told {
        inner.note_heads(sibling, &document, &heads).await?;
    }
    // Only now it has told what it knows of others.
    sibling.set_must_find(false);
    inner.pull.notify_one();
    Ok(())
}

/// Reads the sibling's Application.
fn application(document: &Value, sibling: &Sibling) -> Result<(Found, Contact), NotFound> {
    let said = SiblingCity::read(document, &sibling.city)?;
    let contact = Contact {
        inbox: Url::parse(&said.inbox)?,
        key: said.transport_key,
    };
    let found = Found {
        actor_uri: said.id,
        inbox: said.inbox,
        transport_key: said.transport_pem,
        software: said.software,
    };
    Ok((found, contact))
}

/// Reads the sibling's group of one topic, and how far the logs reach in its eyes; `None` when it takes no part.
async fn group(
    inner: &Inner,
    sibling: &Sibling,
    topic: &Topic,
) -> Result<Option<(FoundGroup, Told)>, NotFound> {
    let fetcher = &inner.fetcher;
    let uri = group_uri(&sibling.base_url, &topic.slug);
    let document = match fetcher.object(&Url::parse(&uri)?).await {
        Ok(document) => document,
        Err(FetchError::Status(404 | 410)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let Some(said) = SiblingGroup::read(&document, &uri, &topic.uri)? else {
        tracing::warn!(
            group = uri,
            "a group of that name is about another topic: not a sibling"
        );
        return Ok(None);
    };
    let told = heads_of(inner, sibling, &uri).await?;
    let found = FoundGroup {
        topic_id: topic.id,
        first_key: first_key(&said, &uri, &told),
        uri,
    };
    Ok(Some((found, told)))
}

/// What a group is known by for good: its document shows the newest key, and its heads, which that one has signed,
/// the key of its first entry.
fn first_key(said: &SiblingGroup, uri: &str, (document, heads): &Told) -> String {
    let newest = Ed25519PublicKey::from_multibase(&said.public_key);
    let is_signed = newest.is_ok_and(|key| proof::verify(document, &key).is_ok());
    let own = heads.logs.iter().find(|log| log.group == uri);
    let first = own.filter(|_| is_signed).and_then(|log| log.key.clone());
    let first = first.filter(|key| Ed25519PublicKey::from_multibase(key).is_ok());
    first.unwrap_or_else(|| said.public_key.clone())
}

/// A vector as it came, and as it was read.
type Told = (Value, Heads);

async fn heads_of(inner: &Inner, sibling: &Sibling, group: &str) -> Result<Told, NotFound> {
    let url = Url::parse(&format!("{group}/heads"))?;
    let document = inner.fetcher.object(&url).await?;
    let heads = Heads::read(&document)?;
    if !sibling.owns(&heads.group) {
        return Err(Malformed::new("actor", "must be a group of that city").into());
    }
    Ok((document, heads))
}

/// Asks a group (by its id) how far the logs of its topic reach, and remembers it.
///
/// # Errors
/// [`NotFound`].
pub async fn ask_heads(inner: &Inner, sibling: &Sibling, group: &str) -> Result<(), NotFound> {
    let (document, heads) = heads_of(inner, sibling, group).await?;
    inner.note_heads(sibling, &document, &heads).await?;
    Ok(())
}
