//! What this crate writes down: where siblings are, what they were sent, which files came.
//!
//! Nothing here is shared state: entries go through `engine` only. All writes of this crate are in
//! this file.

use tequio_domain::Timestamp;
use tequio_protocol::activity::actor::host_of;
use tequio_protocol::html;
use tequio_protocol::outside::OutsideActor;
use tequio_store::erasure::{self, Receipt};
use tequio_store::file_unwanted;
use tequio_store::file_wanted::{self, FileWanted};
use tequio_store::key_word::{self, KeyWord};
use tequio_store::log::{self, Log};
use tequio_store::outside::actor;
use tequio_store::outside::later::{self, Added, Later};
use tequio_store::peer::{self, Found};
use tequio_store::{Error, Store, alarm, hand_over, handshake, past_key, received_activity};

/// A group of a sibling, as its document says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundGroup {
    /// Row key of our topic.
    pub topic_id: i64,
    /// Its id.
    pub uri: String,
    /// The Ed25519 key of its first entry, multibase.
    pub first_key: String,
}

/// Keeps what a sibling says about itself and its groups. Answers the groups whose first key is not the
/// one we know: those were left as they were.
///
/// # Errors
/// The store's.
pub async fn found(
    store: &Store,
    city: String,
    base_url: String,
    found: Found,
    groups: Vec<FoundGroup>,
) -> Result<Vec<FoundGroup>, Error> {
    store
        .write(move |tx| {
            peer::ensure(tx, &city)?;
            peer::set_found(tx, &city, &base_url, &found)?;
            let mut refused = Vec::new();
            for group in groups {
                match log::by_home(tx.conn(), group.topic_id, &city)? {
                    None => {
                        let (id, key) = (tx.next_id()?, &group.first_key);
                        let row = Log::unread(id, group.topic_id, &city, &group.uri, key);
                        log::add(tx, &row)?;
                    }
                    Some(held) => {
                        let key = past_key::first_of(tx.conn(), &held)?;
                        if key == group.first_key && held.group_uri == group.uri {
                            key_word::confirm(tx, held.id, &group.uri)?;
                        } else {
                            refused.push(group);
                        }
                    }
                }
            }
            Ok(refused)
        })
        .await
}

/// Keeps what a sibling says of the keys of groups that we have not met.
///
/// # Errors
/// The store's.
pub async fn note_words(store: &Store, words: Vec<KeyWord>) -> Result<(), Error> {
    store
        .write(move |tx| words.iter().try_for_each(|word| key_word::note(tx, word)))
        .await
}

/// Keeps what a sibling confirms of our erasures.
///
/// # Errors
/// The store's.
pub async fn note_receipts(store: &Store, receipts: Vec<Receipt>) -> Result<(), Error> {
    store
        .write(move |tx| {
            receipts
                .iter()
                .try_for_each(|row| erasure::put_receipt(tx, row))
        })
        .await
}

/// The bytes of a file of an erased post are gone.
///
/// # Errors
/// The store's.
pub async fn file_removed(store: &Store, digest: String) -> Result<(), Error> {
    store
        .write(move |tx| file_unwanted::removed(tx, &digest))
        .await
}

/// Makes the rows of configured siblings that have none.
///
/// # Errors
/// The store's; a city that the network does not have.
pub async fn know(store: &Store, cities: Vec<String>) -> Result<(), Error> {
    store
        .write(move |tx| cities.iter().try_for_each(|city| peer::ensure(tx, city)))
        .await
}

/// A sibling that was met says that it knows us.
///
/// # Errors
/// The store's.
pub async fn mutual(store: &Store, city: String) -> Result<(), Error> {
    store
        .write(move |tx| handshake::set_mutual(tx, &city))
        .await
}

/// Keeps how far a sibling's deliveries have come, and when it was last heard.
///
/// # Errors
/// The store's.
pub async fn sent(
    store: &Store,
    city: String,
    sent: Option<(i64, Timestamp)>,
    heard_at: Option<Timestamp>,
) -> Result<(), Error> {
    store
        .write(move |tx| {
            if let Some(at) = heard_at {
                peer::set_heard(tx, &city, at.micros())?;
            }
            match sent {
                Some((id, at)) => peer::set_sent(tx, &city, id, at.micros()),
                None => Ok(()),
            }
        })
        .await
}

/// What the watchdog saw, to be kept in one commit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Watched {
    /// Cities that answered, and when.
    pub answered: Vec<(String, Timestamp)>,
    /// New alarms: kind, city, since when.
    pub raised: Vec<(alarm::Kind, String, Timestamp)>,
    /// Alarms that are over.
    pub cleared: Vec<(alarm::Kind, String)>,
}

/// Keeps what the watchdog saw.
///
/// # Errors
/// The store's.
pub async fn watched(store: &Store, seen: Watched, now: Timestamp) -> Result<(), Error> {
    store
        .write(move |tx| {
            for (city, at) in &seen.answered {
                peer::set_answered(tx, city, at.micros())?;
            }
            for (kind, city, since) in &seen.raised {
                alarm::raise(tx, (*kind, city), since.micros(), now.micros())?;
            }
            for (kind, city) in &seen.cleared {
                alarm::clear(tx, (*kind, city), now.micros())?;
            }
            Ok(())
        })
        .await
}

/// Keeps that a delivery failed.
///
/// # Errors
/// The store's.
pub async fn failed(
    store: &Store,
    city: String,
    failures: i32,
    retry_at: Timestamp,
    error: String,
) -> Result<(), Error> {
    store
        .write(move |tx| peer::set_failed(tx, &city, failures, retry_at.micros(), &error))
        .await
}

/// A file is here.
///
/// # Errors
/// The store's.
pub async fn file_came(
    store: &Store,
    wanted: FileWanted,
    size_bytes: i64,
    now: Timestamp,
) -> Result<(), Error> {
    store
        .write(move |tx| file_wanted::fulfilled(tx, &wanted, size_bytes, now.micros()))
        .await
}

/// A file did not come.
///
/// # Errors
/// The store's.
pub async fn file_failed(
    store: &Store,
    digest: String,
    attempts: i32,
    due_at: Timestamp,
) -> Result<(), Error> {
    store
        .write(move |tx| file_wanted::postpone(tx, &digest, attempts, due_at.micros()))
        .await
}

/// Remembers an activity from outside; answers whether it is new.
///
/// # Errors
/// The store's.
pub async fn remember(store: &Store, uri: String, now: Timestamp) -> Result<bool, Error> {
    store
        .write(move |tx| received_activity::remember(tx, &uri, now.micros()))
        .await
}

/// Forgets activities from outside that came before a time.
///
/// # Errors
/// The store's.
pub async fn forget_before(store: &Store, at: Timestamp) -> Result<usize, Error> {
    store
        .write(move |tx| received_activity::forget_before(tx, at.micros()))
        .await
}

/// An act of an outside author for a sibling.
#[derive(Debug, Clone)]
pub struct HandOver {
    /// Id of the act.
    pub activity_id: String,
    /// Slug of the sibling.
    pub city: String,
    /// Own group that hands it over.
    pub group_uri: String,
    /// The document.
    pub body: String,
}

/// Puts an act on its way to a sibling and remembers it, both or none; nothing when it is known already.
///
/// # Errors
/// The store's.
pub async fn hand_over(store: &Store, new: HandOver, now: Timestamp) -> Result<(), Error> {
    store
        .write(move |tx| {
            let at = now.micros();
            if !received_activity::remember(tx, &new.activity_id, at)? {
                return Ok(());
            }
            let row = hand_over::HandOver {
                id: tx.next_id()?,
                city: new.city,
                group_uri: new.group_uri,
                body: new.body,
                attempts: 0,
                due_at: at,
                created_at: at,
            };
            if !hand_over::add(tx, &row)? {
                tracing::warn!(
                    city = row.city,
                    "too much waits to be handed over: one act is left out"
                );
            }
            Ok(())
        })
        .await
}

/// An act arrived at its sibling, or is given up.
///
/// # Errors
/// The store's.
pub async fn handed_over(store: &Store, id: i64) -> Result<(), Error> {
    store.write(move |tx| hand_over::done(tx, id)).await
}

/// An act is to be tried again.
///
/// # Errors
/// The store's.
pub async fn hand_over_later(
    store: &Store,
    id: i64,
    attempts: i32,
    due_at: Timestamp,
) -> Result<(), Error> {
    store
        .write(move |tx| hand_over::postpone(tx, id, attempts, due_at.micros()))
        .await
}

/// Keeps an activity that hangs on a server that does not answer; gives it its row key.
///
/// # Errors
/// The store's.
pub async fn keep_for_later(store: &Store, row: Later) -> Result<Added, Error> {
    store
        .write(move |tx| {
            let row = Later {
                id: tx.next_id()?,
                ..row
            };
            later::add(tx, &row)
        })
        .await
}

/// Such an activity was judged, or is given up.
///
/// # Errors
/// The store's.
pub async fn settled(store: &Store, id: i64) -> Result<(), Error> {
    store.write(move |tx| later::done(tx, id)).await
}

/// Such an activity is to be tried again.
///
/// # Errors
/// The store's.
pub async fn settle_later(
    store: &Store,
    id: i64,
    attempts: i32,
    due_at: Timestamp,
) -> Result<(), Error> {
    store
        .write(move |tx| later::postpone(tx, id, attempts, due_at.micros()))
        .await
}

/// Keeps an actor that was looked up.
///
/// # Errors
/// The store's.
pub async fn outside_actor(
    store: &Store,
    found: &OutsideActor,
    now: Timestamp,
) -> Result<(), Error> {
    let row = actor::Actor {
        uri: found.id.clone(),
        kind: found.kind.clone(),
        host: host_of(&found.id)
            .split('/')
            .next()
            .unwrap_or_default()
            .to_owned(),
        name: found.name.clone(),
        display_name: found.display_name.clone(),
        summary: html::sanitize(&found.summary).into_string(),
        url: found.url.clone(),
        inbox: found.inbox.clone(),
        shared_inbox: found.shared_inbox.clone(),
        fetched_at: now.micros(),
    };
    store.write(move |tx| actor::put(tx, &row)).await
}
