//! What this crate writes down: where siblings are, what they were sent, which files came.
//!
//! Nothing here is shared state: entries go through `engine` only. All writes of this crate are in
//! this file.

use tequio_domain::Timestamp;
use tequio_store::file_wanted::{self, FileWanted};
use tequio_store::log::{self, Log};
use tequio_store::peer::{self, Found};
use tequio_store::{Error, Store, received_activity};

/// A group of a sibling, as its document says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundGroup {
    /// Row key of our topic.
    pub topic_id: i64,
    /// Its id.
    pub uri: String,
    /// Its Ed25519 key, multibase.
    pub public_key: String,
}

/// Keeps what a sibling says about itself and its groups. Answers the groups whose key is not the
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
                        let row = new_log(tx.next_id()?, &city, &group);
                        log::add(tx, &row)?;
                    }
                    Some(held)
                        if held.public_key == group.public_key && held.group_uri == group.uri => {}
                    Some(_) => refused.push(group),
                }
            }
            Ok(refused)
        })
        .await
}

fn new_log(id: i64, city: &str, group: &FoundGroup) -> Log {
    Log {
        id,
        topic_id: group.topic_id,
        city: city.to_owned(),
        group_uri: group.uri.clone(),
        public_key: group.public_key.clone(),
        head_seq: 0,
        head_digest: String::new(),
        known_seq: 0,
        is_frozen: false,
    }
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
