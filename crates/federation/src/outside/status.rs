//! How the servers outside are, for the page that shows it.

use tequio_domain::Timestamp;
use tequio_store::outside::delivery;

use crate::{Federation, Inner};

/// Most servers that are shown.
const MAX_SHOWN: i64 = 500;

/// One server outside the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutsideStatus {
    /// Host, with port where it is not the usual one.
    pub host: String,
    /// What it runs, in small letters; empty while it is not known.
    pub software: String,
    /// How many there follow something here.
    pub followers: i64,
    /// Entries that were not looked at for it yet, and activities that wait for it.
    pub waiting: i64,
    /// Last delivery that was taken.
    pub sent_at: Option<Timestamp>,
    /// Last authenticated word of theirs.
    pub heard_at: Option<Timestamp>,
    /// Failures in a row.
    pub failures: i32,
    /// When it is tried again, after a failure.
    pub retry_at: Option<Timestamp>,
    /// Why the last delivery failed; empty after a success.
    pub last_error: String,
}

impl Federation {
    /// How the servers outside the network are, by host; at most 500.
    ///
    /// # Errors
    /// The store's.
    pub async fn outside_status(&self) -> Result<Vec<OutsideStatus>, tequio_store::Error> {
        let inner: &Inner = &self.0;
        let rows = inner.engine.store().read(|conn| {
            let rows = delivery::list(conn, MAX_SHOWN)?;
            let mut all = Vec::with_capacity(rows.len());
            for (row, followers, letters) in rows {
                let entries = delivery::count_after(conn, row.sent_id)?;
                let time = |at: Option<i64>| at.map(Timestamp::from_micros);
                all.push(OutsideStatus {
                    host: row.host,
                    software: row.software,
                    followers,
                    waiting: entries.saturating_add(letters),
                    sent_at: time(row.sent_at),
                    heard_at: time(row.heard_at),
                    failures: row.failures,
                    retry_at: time(Some(row.retry_at).filter(|_| row.failures > 0)),
                    last_error: row.last_error,
                });
            }
            Ok(all)
        });
        rows.await
    }
}
