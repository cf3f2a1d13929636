//! Activities that hang on a server that does not answer in time: kept on disk and tried again.
//!
//! Start at [`keep`] (the inbox) and [`run`] (the task). What is kept is the request's body and who signed
//! it, nothing that was concluded: each attempt judges it anew.
//!
//! # Invariants
//! - Strangers cause these rows: at most [`later::MAX_WAITING`], [`later::MAX_OF_HOST`] of one server, of
//!   [`BODY_MAX`] bytes, for [`LIFETIME_S`].
//! - One attempt at a time for what one server caused; nobody waits for a slow one.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tequio_protocol::activity::server_of;
use tequio_store::outside::later::{self, Added, Later};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::inbound::{self, Settled};
use super::origin::{Errand, MAX_FETCHES};
use crate::problem::Problem;
use crate::{Inner, back_off, bookkeeping};

/// What is not had by then is given up, in seconds: three days.
pub(crate) const LIFETIME_S: i64 = 3 * 86_400;
/// Pause before the first new attempt, in seconds.
const FIRST_PAUSE_S: i64 = 30;
/// Longest body that is kept, in bytes.
const BODY_MAX: usize = 64 * 1024;
/// Time for one attempt.
const PATIENCE: Duration = Duration::from_secs(30);
/// Attempts under way at once.
const AT_ONCE: usize = 8;
/// Due rows that are looked at for those.
const LOOK: i64 = 200;
/// How often is looked.
const EVERY: Duration = Duration::from_secs(5);

/// Keeps a received activity, unless there is no room for it.
///
/// # Errors
/// Only our own faults.
pub(crate) async fn keep(
    inner: &Inner,
    signer: &str,
    activity_id: &str,
    bytes: &[u8],
) -> Result<Added, Problem> {
    let (Some(host), Ok(body)) = (server_of(signer), std::str::from_utf8(bytes)) else {
        return Ok(Added::Full);
    };
    if activity_id.is_empty() || body.len() > BODY_MAX {
        return Ok(Added::Full);
    }
    let now = inner.now();
    let row = Later {
        id: 0,
        activity_id: activity_id.to_owned(),
        host,
        signer: signer.to_owned(),
        body: body.to_owned(),
        attempts: 0,
        due_at: now.plus_seconds(FIRST_PAUSE_S).micros(),
        created_at: now.micros(),
    };
    Ok(bookkeeping::keep_for_later(inner.engine.store(), row).await?)
}

/// Works until `stop` says true.
pub(crate) async fn run(inner: Arc<Inner>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        tokio::select! {
            done = round(&inner) => if let Err(problem) = done {
                tracing::error!(%problem, "cannot try again what was kept");
            },
            _ = stop.changed() => break,
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            _ = stop.changed() => break,
        }
    }
}

/// Tries what is due, the oldest of each server.
///
/// # Errors
/// Only our own faults.
pub(crate) async fn round(inner: &Arc<Inner>) -> Result<(), Problem> {
    let now = inner.now().micros();
    let store = inner.engine.store();
    let due = store.read(move |conn| later::due(conn, now, LOOK)).await?;
    let mut hosts = HashSet::new();
    let first = due.into_iter().filter(|row| hosts.insert(row.host.clone()));
    let mut attempts = JoinSet::new();
    for row in first.take(AT_ONCE) {
        attempts.spawn(attempt(Arc::clone(inner), row));
    }
    attempts.join_all().await.into_iter().collect()
}

async fn attempt(inner: Arc<Inner>, row: Later) -> Result<(), Problem> {
    let store = inner.engine.store();
    let now = inner.now();
    if now.micros() > row.created_at.saturating_add(LIFETIME_S * 1_000_000) {
        tracing::info!(
            id = row.activity_id,
            host = row.host,
            "given up: a server did not answer"
        );
        return Ok(bookkeeping::settled(store, row.id).await?);
    }
    let mut errand = Errand::patient(&inner, MAX_FETCHES, PATIENCE);
    match inbound::again(&mut errand, &row.signer, row.body.as_bytes()).await? {
        Settled::Settled => Ok(bookkeeping::settled(store, row.id).await?),
        Settled::NotYet => {
            let attempts = row.attempts.saturating_add(1);
            let failures = u32::try_from(attempts).unwrap_or(1);
            let pause_s = back_off::pause_s(failures, back_off::jitter()).max(FIRST_PAUSE_S);
            let due_at = now.plus_seconds(pause_s);
            Ok(bookkeeping::settle_later(store, row.id, attempts, due_at).await?)
        }
    }
}
