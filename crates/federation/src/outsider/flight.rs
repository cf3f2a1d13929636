//! One fetch for many who want the same.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Mutex as Turns, MutexGuard};

/// What is being fetched now.
#[derive(Default)]
pub(super) struct Flights(Mutex<HashMap<String, Arc<Turns<()>>>>);

/// A place in the queue for one key; the last who leaves closes it.
pub(super) struct Flight<'a> {
    flights: &'a Flights,
    key_id: String,
    turns: Arc<Turns<()>>,
}

impl Flights {
    pub(super) fn board(&self, key_id: &str) -> Flight<'_> {
        let mut flights = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let turns = Arc::clone(flights.entry(key_id.to_owned()).or_default());
        Flight {
            flights: self,
            key_id: key_id.to_owned(),
            turns,
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

impl Flight<'_> {
    /// Waits until nobody else fetches this key.
    pub(super) async fn turn(&self) -> MutexGuard<'_, ()> {
        self.turns.lock().await
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        let mut flights = self
            .flights
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // The map's and this one's: nobody else is aboard, and nobody can board while it is locked.
        if Arc::strong_count(&self.turns) <= 2 {
            flights.remove(&self.key_id);
        }
    }
}
