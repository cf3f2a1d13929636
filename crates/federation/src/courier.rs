//! Brings this city's own entries to one sibling, in order, one at a time.
//!
//! Start at [`run`]: one task for each sibling, so that a dead one never slows another. Where the
//! courier stands is in the database (`peer.sent_id`, `failures`, `retry_at`), written at most once a
//! second; a crash repeats the last second's deliveries, which changes nothing over there.
//!
//! What must stay true: at least once, in order. When much is waiting, the sibling is told how far our
//! logs reach ([`crate::heads`]) and pulls pages, which costs a hundredth of the signatures.

mod acquaintance;
mod hand_over;
mod send;

use std::sync::Arc;
use std::time::Duration;

use tequio_domain::Timestamp;
use tequio_store::peer;
use tokio::sync::watch;

use crate::sibling::Sibling;
use crate::{Inner, back_off, bookkeeping, discovery, receipts};
use acquaintance::Acquaintance;
use send::Trouble;

/// With more than this waiting, the sibling is told to pull.
const MAX_PUSHED: usize = 32;
/// Deliveries of one entry that may be refused before the sibling is told to pull instead.
const MAX_REFUSALS: i32 = 3;
/// Pause between two writes of where the courier stands.
const WRITE_EVERY_S: i64 = 1;
/// Heads are sent to a sibling that is behind at most so often.
const ANSWER_EVERY_S: i64 = 60;
/// Pause between two writes of when the sibling was heard.
const HEARD_EVERY_S: i64 = 30;

/// Where a courier stands.
pub(crate) struct Courier {
    inner: Arc<Inner>,
    sibling: Arc<Sibling>,
    sent_id: i64,
    sent_at: Option<Timestamp>,
    failures: i32,
    retry_at: Timestamp,
    failed_at: Timestamp,
    heartbeat_at: Timestamp,
    /// Heads that answer a sibling that is behind are not sent before.
    answer_at: Timestamp,
    is_unwritten: bool,
    write_at: Timestamp,
    heard_written: Option<Timestamp>,
    acquaintance: Acquaintance,
}

/// Works until `stop` says true. `newest` is the id of the newest own entry.
pub(crate) async fn run(
    inner: Arc<Inner>,
    sibling: Arc<Sibling>,
    mut newest: watch::Receiver<i64>,
    mut stop: watch::Receiver<bool>,
) {
    let mut courier = match Courier::resume(inner, sibling).await {
        Ok(courier) => courier,
        Err(error) => return tracing::error!(%error, "a courier cannot start"),
    };
    while !*stop.borrow() && !courier.sibling.is_ended() {
        newest.mark_unchanged();
        let pause = tokio::select! {
            pause = courier.step() => pause,
            _ = stop.changed() => break,
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = newest.changed() => {}
            () = courier.sibling.wake.notified() => {}
            _ = stop.changed() => break,
        }
    }
    if courier.sibling.is_ended() {
        tracing::info!(city = courier.sibling.city, "no sibling any more");
    }
    courier.write().await;
}

impl Courier {
    async fn resume(inner: Arc<Inner>, sibling: Arc<Sibling>) -> Result<Self, tequio_store::Error> {
        let city = sibling.city.clone();
        let row = inner
            .engine
            .store()
            .read(move |conn| peer::by_city(conn, &city))
            .await?;
        if let Some(contact) = row.as_ref().and_then(discovery::remembered) {
            sibling.set_contact(contact);
        }
        sibling.set_must_find(true);
        let now = inner.now();
        Ok(Self {
            inner,
            sibling,
            sent_id: row.as_ref().map_or(0, |row| row.sent_id),
            sent_at: None,
            failures: row.as_ref().map_or(0, |row| row.failures),
            // A start is a new chance: whatever failed may have been here.
            retry_at: now,
            failed_at: now,
            heartbeat_at: now,
            answer_at: now,
            is_unwritten: false,
            write_at: now,
            heard_written: None,
            acquaintance: Acquaintance::new(now),
        })
    }

    /// Does what is due; answers how long nothing is.
    async fn step(&mut self) -> Duration {
        let now = self.inner.now();
        self.write_if_due(now).await;
        let sign = self.sibling.heard_at().max(self.sibling.answered_at());
        let was_heard = sign.is_some_and(|at| at > self.failed_at);
        if now < self.retry_at && !was_heard {
            return until(now, self.retry_at);
        }
        match self.work().await {
            Ok(()) => {
                self.sibling.set_failing(false);
                let now = self.inner.now();
                if let Some(at) = self.acquaintance.asks_at() {
                    return until(now, at);
                }
                let next = if self.is_unwritten {
                    self.write_at
                } else {
                    self.heartbeat_at
                };
                until(now, next.min(now.plus_seconds(HEARD_EVERY_S)))
            }
            Err(trouble) => self.fail(trouble).await,
        }
    }

    async fn work(&mut self) -> Result<(), Trouble> {
        if self.sibling.must_find() || self.sibling.contact().is_none() {
            discovery::find(&self.inner, &self.sibling).await?;
        }
        if !self
            .acquaintance
            .is_known(&self.inner, &self.sibling)
            .await?
        {
            return Ok(());
        }
        let mut has_delivered = false;
        loop {
            let (city, sent_id) = (self.inner.city().to_owned(), self.sent_id);
            let limit = i64::try_from(MAX_PUSHED.saturating_add(1)).unwrap_or(i64::MAX);
            let waiting = self
                .inner
                .engine
                .store()
                .read(move |conn| peer::backlog(conn, &city, sent_id, limit))
                .await?;
            let refused_for_good = self.failures >= MAX_REFUSALS && !waiting.is_empty();
            if waiting.len() > MAX_PUSHED || refused_for_good {
                self.tell_to_pull().await?;
                continue;
            }
            if waiting.is_empty() {
                break;
            }
            for entry in waiting {
                self.deliver(entry.body.into(), &entry.group_uri).await?;
                self.passed(entry.id);
                has_delivered = true;
            }
        }
        self.hand_over().await?;
        let now = self.inner.now();
        let must_answer = now >= self.answer_at && self.sibling.take_behind();
        // After a delivery, too: so a gap in any log is seen in a minute, not in an hour.
        let must_tell = self.sibling.take_must_tell() || (has_delivered && now >= self.answer_at);
        if now >= self.heartbeat_at || must_answer || must_tell {
            self.send_heads().await?;
            self.passed(self.sent_id);
            has_delivered = true;
        }
        if has_delivered {
            receipts::ask(&self.inner, &self.sibling).await?;
        }
        Ok(())
    }

    /// Says how far our logs reach and counts everything as handed over.
    async fn tell_to_pull(&mut self) -> Result<(), Trouble> {
        let (city, sent_id) = (self.inner.city().to_owned(), self.sent_id);
        let store = self.inner.engine.store();
        let (_, last) = store
            .read(move |conn| peer::backlog_size(conn, &city, sent_id))
            .await?;
        self.send_heads().await?;
        self.passed(last.max(self.sent_id));
        Ok(())
    }

    fn passed(&mut self, id: i64) {
        let now = self.inner.now();
        self.sent_id = id;
        self.sent_at = Some(now);
        self.failures = 0;
        if !self.is_unwritten {
            self.is_unwritten = true;
            self.write_at = now.plus_seconds(WRITE_EVERY_S);
        }
    }

    async fn fail(&mut self, trouble: Trouble) -> Duration {
        let now = self.inner.now();
        self.failures = self.failures.saturating_add(1);
        let failures = u32::try_from(self.failures).unwrap_or(1);
        let pause_s = trouble
            .retry_after_s()
            .unwrap_or_else(|| back_off::pause_s(failures, back_off::jitter()))
            .clamp(1, back_off::LONGEST_S);
        self.failed_at = now;
        self.retry_at = now.plus_seconds(pause_s);
        // The first word after the pause, even if nothing is waiting.
        self.heartbeat_at = now;
        if !self.sibling.is_failing() {
            self.sibling.set_failing(true);
            // Others may be asked now for what only they have of it.
            self.inner.pull.notify_one();
        }
        let text: String = trouble.to_string().chars().take(200).collect();
        if trouble.is_key() {
            self.sibling.set_must_find(true);
        }
        tracing::debug!(
            city = self.sibling.city,
            failures,
            pause_s,
            error = text,
            "not delivered"
        );
        self.write().await;
        let city = self.sibling.city.clone();
        let store = self.inner.engine.store();
        let written = bookkeeping::failed(store, city, self.failures, self.retry_at, text).await;
        if let Err(error) = written {
            tracing::error!(%error, "cannot keep that a delivery failed");
        }
        Duration::from_secs(u64::try_from(pause_s).unwrap_or(1))
    }

    async fn write_if_due(&mut self, now: Timestamp) {
        let heard = self.sibling.heard_at();
        let is_news = heard.is_some_and(|heard| {
            self.heard_written
                .is_none_or(|held| heard > held.plus_seconds(HEARD_EVERY_S))
        });
        if is_news || (self.is_unwritten && now >= self.write_at) {
            self.write().await;
        }
    }

    async fn write(&mut self) {
        let heard = self
            .sibling
            .heard_at()
            .filter(|heard| Some(*heard) != self.heard_written);
        let sent = self
            .sent_at
            .filter(|_| self.is_unwritten)
            .map(|at| (self.sent_id, at));
        if heard.is_none() && sent.is_none() {
            return;
        }
        let city = self.sibling.city.clone();
        match bookkeeping::sent(self.inner.engine.store(), city, sent, heard).await {
            Ok(()) => {
                self.is_unwritten = false;
                self.heard_written = heard.or(self.heard_written);
            }
            Err(error) => tracing::error!(%error, "cannot keep where a courier stands"),
        }
    }
}

fn until(now: Timestamp, then: Timestamp) -> Duration {
    let us = then.micros().saturating_sub(now.micros()).max(1000);
    Duration::from_micros(u64::try_from(us).unwrap_or(1000))
}
