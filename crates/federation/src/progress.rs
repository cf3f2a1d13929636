//! How catching up goes on, for the page and the log of the program.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tequio_domain::Timestamp;
use tequio_store::peer::Head;

use crate::puller::Source;

/// Lines in the log of the program about one log come at most so often, in seconds.
const TELL_EVERY_S: i64 = 10;
/// Fewer missing entries are not worth a line.
const WORTH_TELLING: i64 = 500;

/// A log that is being pulled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pulling {
    /// Slug of the log's home.
    pub city: String,
    /// Slug of the topic.
    pub topic: String,
    /// Slug of the city that it comes from.
    pub from: String,
    /// Entries that are missing still, as far as is known or said.
    pub missing: i64,
    /// Entries a second since it began.
    pub per_s: i64,
}

#[derive(Debug, Clone)]
struct State {
    city: String,
    topic: String,
    from: String,
    first: i64,
    reached: i64,
    target: i64,
    began: Timestamp,
    told: Timestamp,
}

impl State {
    fn view(&self, now: Timestamp) -> Pulling {
        let taken = self.reached - self.first;
        let us = now.micros().saturating_sub(self.began.micros()).max(1);
        Pulling {
            city: self.city.clone(),
            topic: self.topic.clone(),
            from: self.from.clone(),
            missing: self.target.saturating_sub(self.reached),
            per_s: taken.saturating_mul(1_000_000) / us,
        }
    }
}

/// The logs that are being pulled, by row key.
#[derive(Default)]
pub(crate) struct Progress(Mutex<HashMap<i64, State>>);

impl Progress {
    fn lock(&self) -> MutexGuard<'_, HashMap<i64, State>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A log is held up to its head, and `source` is asked for the rest up to `target`.
    pub(crate) fn at(&self, head: &Head, target: i64, source: &Source, now: Timestamp) {
        let mut all = self.lock();
        let state = all.entry(head.log_id).or_insert_with(|| State {
            city: head.city.clone(),
            topic: head.topic.clone(),
            from: String::new(),
            first: head.head_seq,
            reached: head.head_seq,
            target,
            began: now,
            told: now.plus_seconds(-TELL_EVERY_S),
        });
        state.from.clone_from(&source.city);
        (state.reached, state.target) = (head.head_seq, target);
        let view = state.view(now);
        if view.missing >= WORTH_TELLING && now >= state.told.plus_seconds(TELL_EVERY_S) {
            state.told = now;
            tracing::info!(
                group = head.group_uri,
                missing = view.missing,
                per_s = view.per_s,
                from = view.from,
                "catching up"
            );
        }
    }

    /// It is over, for now.
    pub(crate) fn end(&self, log_id: i64) {
        self.lock().remove(&log_id);
    }

    /// All of them, by city and topic.
    pub(crate) fn list(&self, now: Timestamp) -> Vec<Pulling> {
        let mut all: Vec<_> = self.lock().values().map(|state| state.view(now)).collect();
        all.sort_by(|a, b| (&a.city, &a.topic).cmp(&(&b.city, &b.topic)));
        all
    }
}
