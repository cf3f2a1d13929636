//! Brings to servers outside the network what belongs to their followers and authors.
//!
//! Start at [`run`]: one task looks which hosts have something before them and gives each a [`turn`],
//! a few at once. What a host gets is decided in [`plan`] and [`shape`], what its answer means in
//! [`answer`]. Where each host stands is in the database (`outside_server`), written at most each two
//! seconds; a crash repeats what was delivered since, which changes nothing over there.
//!
//! # Invariants
//! - In the order of the log, at least once; parents before their answers.
//! - Few turns at once, and hosts that fail have half of them at most: the dead slow nobody.
//! - Memory holds what is not written yet and a page of hosts, however many there are.

mod answer;
mod plan;
pub(crate) mod ruled;
pub(crate) mod shape;
mod turn;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tequio_domain::Timestamp;
use tequio_store::outside::delivery::{self, Standing};
use tequio_store::outside::server::Server;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::{Inner, back_off};
use turn::{Outcome, Trouble};

/// Turns at once.
const SLOTS: usize = 8;
/// Of them for hosts that failed the last time.
const FAILING_SLOTS: usize = 4;
/// Hosts that are read at once.
const PAGE: usize = 200;
/// Look so often even without a commit of this process: there may be others.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Pause between two looks: commits come in swarms.
const LOOK_PAUSE: Duration = Duration::from_millis(100);
/// Pause between two writes of where hosts stand, in seconds.
const WRITE_EVERY_S: i64 = 2;
/// A host without a sign of life for this long is forgotten, in seconds.
const FORGET_S: i64 = 30 * 86_400;
/// Turns that are under way are waited for this long at the end.
const END_PATIENCE: Duration = Duration::from_secs(2);

/// Works until `stop` says true.
pub(crate) async fn run(inner: Arc<Inner>, mut stop: watch::Receiver<bool>) {
    let mut changed = inner.engine.store().changed();
    let mut desk = Desk::new(inner);
    let mut turns = JoinSet::new();
    while !*stop.borrow() {
        changed.mark_unchanged();
        desk.write_if_due().await;
        let pause = desk.look().await;
        while let Some(row) = desk.next() {
            turns.spawn(turn::run(Arc::clone(&desk.inner), row, stop.clone()));
        }
        tokio::select! {
            Some(done) = turns.join_next(), if !turns.is_empty() => desk.take(done),
            _ = changed.changed() => tokio::time::sleep(LOOK_PAUSE).await,
            () = tokio::time::sleep(pause) => {}
            _ = stop.changed() => {}
        }
    }
    let ends = async {
        while let Some(done) = turns.join_next().await {
            desk.take(done);
        }
    };
    if tokio::time::timeout(END_PATIENCE, ends).await.is_err() {
        tracing::debug!("deliveries outside are broken off");
    }
    desk.write().await;
}

/// Who is next, and where everybody stands.
struct Desk {
    inner: Arc<Inner>,
    /// Hosts that have something before them.
    queue: VecDeque<Server>,
    /// Hosts whose turn it is, and whether they had failed.
    under_way: HashMap<String, bool>,
    /// What is not in the database yet.
    unwritten: HashMap<String, Standing>,
    write_at: Timestamp,
    /// The page of hosts that was read last ends here.
    read_to: String,
}

impl Desk {
    fn new(inner: Arc<Inner>) -> Self {
        let write_at = inner.now();
        Self {
            inner,
            queue: VecDeque::new(),
            under_way: HashMap::new(),
            unwritten: HashMap::new(),
            write_at,
            read_to: String::new(),
        }
    }

    /// Sees who has something before them; answers how long nobody else will.
    async fn look(&mut self) -> Duration {
        if self.queue.len() >= PAGE {
            return LOOK_EVERY;
        }
        match self.read().await {
            Ok(pause) => pause,
            Err(error) => {
                tracing::error!(%error, "cannot see what is to be delivered outside");
                LOOK_EVERY
            }
        }
    }

    async fn read(&mut self) -> Result<Duration, tequio_store::Error> {
        let now = self.inner.now();
        let after = std::mem::take(&mut self.read_to);
        let store = self.inner.engine.store();
        let (newest, rows, letters, retry) = store
            .read(move |conn| {
                let newest = delivery::newest_entry(conn)?;
                let limit = i64::try_from(PAGE).unwrap_or(i64::MAX);
                let rows = delivery::due(conn, now.micros(), newest, &after, limit)?;
                let letters = delivery::hosts_with_letters(conn)?;
                let retry = delivery::next_retry(conn, now.micros())?;
                Ok::<_, tequio_store::Error>((newest, rows, letters, retry))
            })
            .await?;
        let is_full = rows.len() >= PAGE;
        if let Some(last) = rows.last().filter(|_| is_full) {
            self.read_to.clone_from(&last.host);
        }
        for row in rows {
            let has_letter = letters.contains(&row.host);
            self.enqueue(row, newest, has_letter, now);
        }
        let unwritten = self.unwritten.values().map(|standing| standing.retry_at);
        let retry = unwritten
            .filter(|at| *at > now.micros())
            .min()
            .min_some(retry);
        let mut pause = if is_full { LOOK_PAUSE } else { LOOK_EVERY };
        for at in [
            retry,
            (!self.unwritten.is_empty()).then_some(self.write_at.micros()),
        ]
        .into_iter()
        .flatten()
        {
            let us = u64::try_from(at.saturating_sub(now.micros())).unwrap_or(0);
            pause = pause.min(Duration::from_micros(us.max(1000)));
        }
        Ok(pause)
    }

    /// What is not written yet counts more than the row.
    fn enqueue(&mut self, mut row: Server, newest: i64, has_letter: bool, now: Timestamp) {
        if let Some(standing) = self.unwritten.get(&row.host) {
            row.sent_id = standing.sent_id;
            row.failures = standing.failures;
            row.retry_at = standing.retry_at;
        }
        let is_known = self.under_way.contains_key(&row.host)
            || self.queue.iter().any(|held| held.host == row.host);
        let has_work = has_letter || row.sent_id < newest;
        if has_work && !is_known && row.retry_at <= now.micros() {
            self.queue.push_back(row);
        }
    }

    /// The next host that may have a turn now.
    fn next(&mut self) -> Option<Server> {
        if self.under_way.len() >= SLOTS {
            return None;
        }
        let failing = self.under_way.values().filter(|failed| **failed).count();
        let may = |row: &Server| row.failures == 0 || failing < FAILING_SLOTS;
        let place = self.queue.iter().position(may)?;
        let row = self.queue.remove(place)?;
        self.under_way.insert(row.host.clone(), row.failures > 0);
        let held = Standing {
            sent_id: row.sent_id,
            sent_at: None,
            failures: row.failures,
            retry_at: row.retry_at,
            last_error: row.last_error.clone(),
        };
        self.unwritten.entry(row.host.clone()).or_insert(held);
        Some(row)
    }

    /// Takes note of how a turn went.
    fn take(&mut self, done: Result<Outcome, tokio::task::JoinError>) {
        let outcome = match done {
            Ok(outcome) => outcome,
            Err(error) => {
                // Whose turn it was is not known: all are seen again when the others end.
                tracing::error!(%error, "a turn ended badly");
                self.under_way.clear();
                return;
            }
        };
        let now = self.inner.now();
        self.under_way.remove(&outcome.host);
        let Some(standing) = self.unwritten.get_mut(&outcome.host) else {
            return;
        };
        standing.sent_id = outcome.sent_id;
        match outcome.trouble {
            None => {
                standing.failures = 0;
                standing.retry_at = 0;
                standing.last_error.clear();
                if outcome.delivered > 0 {
                    standing.sent_at = Some(now.micros());
                }
            }
            Some(trouble) => {
                fail(standing, &trouble, now);
                tracing::debug!(host = outcome.host, error = standing.last_error, "outside");
            }
        }
    }

    async fn write_if_due(&mut self) {
        if !self.unwritten.is_empty() && self.inner.now() >= self.write_at {
            self.write().await;
        }
    }

    /// Writes down where hosts stand, and forgets who is silent for too long.
    async fn write(&mut self) {
        let all: Vec<(String, Standing)> = self
            .unwritten
            .iter()
            .filter(|(host, _)| !self.under_way.contains_key(*host))
            .map(|(host, standing)| (host.clone(), standing.clone()))
            .collect();
        let now = self.inner.now();
        self.write_at = now.plus_seconds(WRITE_EVERY_S);
        if all.is_empty() {
            return;
        }
        let hosts: Vec<String> = all.iter().map(|(host, _)| host.clone()).collect();
        let silent_since = now.plus_seconds(-FORGET_S).micros();
        let store = self.inner.engine.store();
        let written = store
            .write(move |tx| {
                delivery::set_standing(tx, &all)?;
                for (host, _) in all.iter().filter(|(_, standing)| standing.failures > 0) {
                    let sign = delivery::last_sign(tx.conn(), host)?;
                    if sign.is_some_and(|at| at < silent_since) {
                        tracing::warn!(host, "silent for thirty days: forgotten");
                        delivery::retire_host(tx, host)?;
                    }
                }
                Ok::<_, tequio_store::Error>(())
            })
            .await;
        match written {
            Ok(()) => self.unwritten.retain(|host, _| !hosts.contains(host)),
            Err(error) => tracing::error!(%error, "cannot keep where hosts outside stand"),
        }
    }
}

fn fail(standing: &mut Standing, trouble: &Trouble, now: Timestamp) {
    standing.failures = standing.failures.saturating_add(1);
    let failures = u32::try_from(standing.failures).unwrap_or(1);
    let pause_s = trouble
        .retry_after_s()
        .unwrap_or_else(|| back_off::pause_s(failures, back_off::jitter()))
        .clamp(1, back_off::LONGEST_S);
    standing.retry_at = now.plus_seconds(pause_s).micros();
    standing.last_error = trouble.to_string().chars().take(200).collect();
}

/// The earlier of two times that may not be.
trait MinSome {
    fn min_some(self, other: Self) -> Self;
}

impl MinSome for Option<i64> {
    fn min_some(self, other: Self) -> Self {
        match (self, other) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        }
    }
}
