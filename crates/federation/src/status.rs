//! How the siblings are, for the page that shows it.

use tequio_domain::Timestamp;
use tequio_store::{Conn, peer};

use crate::{Inner, sibling::Siblings};

/// Whether a sibling can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reachability {
    /// It was not found yet.
    Unknown,
    /// All that we made is with it.
    UpToDate,
    /// Something is on its way.
    Behind,
    /// Deliveries fail.
    OutOfReach,
}

/// One sibling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerStatus {
    /// Slug of the city.
    pub city: String,
    /// Its address.
    pub base_url: String,
    /// How it is.
    pub reachability: Reachability,
    /// Entries of ours that it has not got.
    pub pending: i64,
    /// Entries of its own logs that we know to exist and have not got.
    pub missing: i64,
    /// Last successful delivery.
    pub sent_at: Option<Timestamp>,
    /// Last authenticated word of theirs.
    pub heard_at: Option<Timestamp>,
    /// Failures in a row.
    pub failures: i32,
    /// Why the last delivery failed; empty after a success.
    pub last_error: String,
    /// Its software; may be empty.
    pub software: String,
}

impl Inner {
    /// The state of every configured sibling, in the order of the configuration.
    pub(crate) async fn status(&self) -> Result<Vec<PeerStatus>, tequio_store::Error> {
        let city = self.city().to_owned();
        let siblings = self.siblings.clone();
        self.engine
            .store()
            .read(move |conn| read(conn, &city, &siblings))
            .await
    }
}

fn read(
    conn: &mut Conn,
    own: &str,
    siblings: &Siblings,
) -> Result<Vec<PeerStatus>, tequio_store::Error> {
    let heads = peer::heads(conn)?;
    let mut all = Vec::new();
    for sibling in siblings.iter() {
        let row = peer::by_city(conn, &sibling.city)?;
        let sent_id = row.as_ref().map_or(0, |row| row.sent_id);
        let pending = peer::backlog_size(conn, own, sent_id)?.0;
        let missing = heads
            .iter()
            .filter(|head| head.city == sibling.city)
            .map(|head| head.known_seq.saturating_sub(head.head_seq).max(0))
            .sum();
        let failures = row.as_ref().map_or(0, |row| row.failures);
        let time = |at: Option<i64>| at.map(Timestamp::from_micros);
        let reachability = match (sibling.contact().is_some(), failures, pending + missing) {
            (false, _, _) => Reachability::Unknown,
            (true, 1.., _) => Reachability::OutOfReach,
            (true, _, 0) => Reachability::UpToDate,
            (true, _, _) => Reachability::Behind,
        };
        all.push(PeerStatus {
            city: sibling.city.clone(),
            base_url: sibling.base_url.clone(),
            reachability,
            pending,
            missing,
            sent_at: time(row.as_ref().and_then(|row| row.sent_at)),
            heard_at: sibling
                .heard_at()
                .max(time(row.as_ref().and_then(|row| row.heard_at))),
            failures,
            last_error: row
                .as_ref()
                .map_or_else(String::new, |row| row.last_error.clone()),
            software: row.map_or_else(String::new, |row| row.software),
        });
    }
    Ok(all)
}
