//! Siblings that served what does not hold, or much too slowly.
//!
//! For a while such a sibling is asked last; the while doubles with each fault, up to a day. What it
//! did is in the database (`peer_fault`), for the page and for the next start.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tequio_domain::Timestamp;
use tequio_store::{Error, Store, peer_fault};

use crate::back_off;

/// A first fault counts like so many failed deliveries: half a minute.
const WEIGHT: u32 = 4;

#[derive(Debug, Clone, Copy)]
struct Rest {
    faults: u32,
    until: Timestamp,
}

/// Who is asked last, and until when.
#[derive(Default)]
pub(crate) struct Faults(Mutex<HashMap<String, Rest>>);

impl Faults {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Rest>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes up what was remembered before this start.
    pub(crate) async fn resume(&self, store: &Store) -> Result<(), Error> {
        let rows = store.read(peer_fault::all).await?;
        let mut held = self.lock();
        for row in rows {
            let faults = u32::try_from(row.faults).unwrap_or(1);
            let pause_s = back_off::pause_s(faults.saturating_add(WEIGHT), 0);
            let until = Timestamp::from_micros(row.at).plus_seconds(pause_s);
            held.insert(row.city, Rest { faults, until });
        }
        Ok(())
    }

    /// Whether a city is better left alone now.
    pub(crate) fn is_resting(&self, city: &str, now: Timestamp) -> bool {
        self.lock().get(city).is_some_and(|rest| rest.until > now)
    }

    /// A city did something that it should not.
    pub(crate) async fn note(&self, store: &Store, city: &str, reason: String, now: Timestamp) {
        tracing::warn!(city, reason, "a sibling served what does not hold");
        {
            let mut held = self.lock();
            let faults = held.get(city).map_or(0, |rest| rest.faults);
            let faults = faults.saturating_add(1);
            let pause_s = back_off::pause_s(faults.saturating_add(WEIGHT), back_off::jitter());
            let until = now.plus_seconds(pause_s);
            held.insert(city.to_owned(), Rest { faults, until });
        }
        let city = city.to_owned();
        let reason: String = reason.chars().take(200).collect();
        let written = store
            .write(move |tx| peer_fault::note(tx, &city, &reason, now.micros()))
            .await;
        if let Err(error) = written {
            tracing::error!(%error, "cannot keep what a sibling did");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_fault_is_remembered_over_a_restart_and_forgiven_in_time() {
        let store = tequio_store::testing::sqlite();
        store
            .write_blocking(|tx| {
                let city = tequio_store::city::City {
                    slug: "panama".into(),
                    position: 0,
                    name: "Panamá".into(),
                    country_es: "x".into(),
                    country_en: "x".into(),
                    summary_es: "x".into(),
                    summary_en: "x".into(),
                    base_url: String::new(),
                    is_self: false,
                };
                tequio_store::city::put(tx, &city)
            })
            .unwrap();
        let now = Timestamp::from_micros(1_772_460_300_000_000);
        let faults = Faults::default();
        faults.note(&store, "panama", "bad".into(), now).await;
        faults.note(&store, "panama", "worse".into(), now).await;
        assert!(faults.is_resting("panama", now));

        let after = Faults::default();
        after.resume(&store).await.unwrap();
        assert!(after.is_resting("panama", now.plus_seconds(30)));
        assert!(!after.is_resting("panama", now.plus_seconds(back_off::LONGEST_S + 1)));
        assert!(!after.is_resting("managua", now));
        let rows = store.read(peer_fault::all).await.unwrap();
        assert_eq!((rows[0].faults, rows[0].reason.as_str()), (2, "worse"));
    }
}
