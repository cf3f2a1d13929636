//! Fetches what this city lacks: pages of a hundred entries, from the log's home or, when that is out of
//! reach or serves what does not hold, from any sibling. Chain and proofs make the source irrelevant.
//!
//! Start at [`run`]; `wanted` says what is lacking, `source` whom to ask, `claim` what their word is worth. What must stay true: one log is pulled
//! by one task at a time, in order; logs do not wait for each other; the work follows what is missing, not
//! what is held; a source that fails, lies or is slow is left for another one, and remembered
//! ([`crate::faults`]).

mod claim;
mod page;
mod source;
mod wanted;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tequio_domain::Timestamp;
use tequio_engine::receive::Received;
use tequio_store::peer::Head;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::claims::{Holds, Parted};
use crate::fetcher::FetchError;
use crate::{Inner, back_off, words};
use page::Fetched;
pub(crate) use page::{PAGE_ENTRIES, fetch_page};
pub(crate) use source::Source;
use wanted::{Reason, Wanted};

/// Logs that are pulled at once.
const MAX_AT_ONCE: usize = 8;
/// Without any news, look again so often: another process may have learned something.
const IDLE: Duration = Duration::from_secs(60);
/// A source that takes longer for a page is left for another one, if there is one.
const SLOW: Duration = Duration::from_secs(15);

/// Why a log could not be pulled further.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Stuck {
    #[error("{0}")]
    Fetch(#[from] FetchError),
    #[error("the address of the page is not one: {0}")]
    Address(#[from] url::ParseError),
    #[error("the page is not one: {0}")]
    Page(#[from] serde_json::Error),
    #[error("the page has nothing new")]
    NothingNew,
    #[error("its entries were not taken: {0:?}")]
    NotTaken(Received),
    #[error("no sibling has it")]
    Nobody,
    #[error("our engine: {0}")]
    Engine(#[from] tequio_engine::Error),
    #[error("our database: {0}")]
    Store(#[from] tequio_store::Error),
}

impl Stuck {
    /// Whether the source did what no sound sibling does. Being away, or not having something that it
    /// never claimed to have, is none of that.
    fn is_fault(&self) -> bool {
        match self {
            Self::Fetch(error) => matches!(
                error,
                FetchError::TooSlow | FetchError::TooLarge(_) | FetchError::ContentType
            ),
            Self::Page(_) | Self::NotTaken(Received::Refused(_)) => true,
            Self::Address(_)
            | Self::NothingNew
            | Self::NotTaken(_)
            | Self::Nobody
            | Self::Engine(_)
            | Self::Store(_) => false,
        }
    }

    /// Whether the source has answered, and has no more.
    fn is_the_end(&self) -> bool {
        matches!(
            self,
            Self::NothingNew | Self::Fetch(FetchError::Status(404 | 410))
        )
    }
}

/// When a log is tried again after failures.
#[derive(Debug, Clone, Copy)]
struct Pause {
    failures: u32,
    retry_at: Timestamp,
    reason: Reason,
}

/// Works until `stop` says true.
pub(crate) async fn run(inner: Arc<Inner>, mut stop: watch::Receiver<bool>) {
    let mut tasks: JoinSet<(Wanted, Result<(), Stuck>)> = JoinSet::new();
    let mut busy: Vec<i64> = Vec::new();
    let mut pauses: HashMap<i64, Pause> = HashMap::new();
    if let Err(error) = inner.faults.resume(inner.engine.store()).await {
        tracing::error!(%error, "cannot see which siblings failed before");
    }
    while !*stop.borrow() {
        let now = inner.now();
        let mut wait = IDLE;
        for wanted in look(&inner).await {
            let log_id = wanted.head.log_id;
            if busy.contains(&log_id) || busy.len() >= MAX_AT_ONCE {
                continue;
            }
            if let Some(left) = left_of(pauses.get(&log_id), wanted.reason, now) {
                wait = wait.min(left);
                continue;
            }
            busy.push(log_id);
            let inner = Arc::clone(&inner);
            tasks.spawn(async move {
                let result = work(&inner, &wanted).await;
                (wanted, result)
            });
        }
        tokio::select! {
            Some(ended) = tasks.join_next() => {
                if let Ok((wanted, result)) = ended {
                    busy.retain(|id| *id != wanted.head.log_id);
                    inner.progress.end(wanted.head.log_id);
                    settle(&mut pauses, &wanted, result, inner.now());
                } else {
                    // A task that panicked: which one is not told, so all may be tried again.
                    busy.clear();
                }
            }
            () = inner.pull.notified() => {}
            () = tokio::time::sleep(wait) => {}
            _ = stop.changed() => break,
        }
    }
}

/// What is lacking now.
async fn look(inner: &Inner) -> Vec<Wanted> {
    if let Err(error) = words::settle(inner).await {
        tracing::error!(%error, "cannot take the word of siblings");
    }
    match wanted::list(inner).await {
        Ok(wanted) => wanted,
        Err(error) => {
            tracing::error!(%error, "cannot see what is lacking");
            Vec::new()
        }
    }
}

/// What is left of a pause. It is over at once when there is more to do than before.
fn left_of(pause: Option<&Pause>, reason: Reason, now: Timestamp) -> Option<Duration> {
    let pause = pause.filter(|pause| pause.reason >= reason)?;
    let left = pause.retry_at.micros().saturating_sub(now.micros());
    u64::try_from(left)
        .ok()
        .filter(|left| *left > 0)
        .map(Duration::from_micros)
}

fn settle(
    pauses: &mut HashMap<i64, Pause>,
    wanted: &Wanted,
    result: Result<(), Stuck>,
    now: Timestamp,
) {
    let head = &wanted.head;
    let Err(stuck) = result else {
        pauses.remove(&head.log_id);
        return;
    };
    let failures = pauses
        .get(&head.log_id)
        .map_or(0, |pause| pause.failures)
        .saturating_add(1);
    let pause_s = back_off::pause_s(failures, back_off::jitter());
    tracing::warn!(group = head.group_uri, failures, pause_s, error = %stuck, "a log is behind");
    pauses.insert(
        head.log_id,
        Pause {
            failures,
            retry_at: now.plus_seconds(pause_s),
            reason: wanted.reason,
        },
    );
}

async fn work(inner: &Inner, wanted: &Wanted) -> Result<(), Stuck> {
    match wanted.reason {
        Reason::More(_) => pull(inner, wanted.head.clone()).await,
        Reason::Parts(seq) => part(inner, &wanted.head, seq).await,
        Reason::IsForked => take_proof(inner, &wanted.head).await,
    }
}

/// Pulls one log until nothing more of it is known or claimed.
async fn pull(inner: &Inner, mut head: Head) -> Result<(), Stuck> {
    let began = Instant::now();
    let first = head.head_seq;
    claim::check(inner, &mut head).await?;
    let mut sources = source::of(inner, &head);
    let mut stuck = Stuck::Nobody;
    let mut ahead: Option<Fetched> = None;
    while head.head_seq < wanted::target(inner, &head) {
        let Some(source) = sources.first().cloned() else {
            break;
        };
        inner
            .progress
            .at(&head, wanted::target(inner, &head), &source, inner.now());
        match step(inner, &mut head, &source, ahead.take()).await {
            Ok(next) => ahead = next,
            Err(error) => {
                tracing::debug!(group = head.group_uri, city = source.city, %error, "no page from here");
                blame(inner, &head, &source, &error).await;
                if matches!(error, Stuck::NotTaken(Received::Frozen)) {
                    inner.tell_of_fork().await?;
                    return Ok(());
                }
                stuck = error;
                sources.remove(0);
            }
        }
        if inner.faults.is_resting(&source.city, inner.now()) && sources.len() > 1 {
            sources = source::of(inner, &head);
            ahead = None;
        }
    }
    let taken = head.head_seq - first;
    if taken > PAGE_ENTRIES {
        let seconds = began.elapsed().as_secs_f64();
        tracing::info!(group = head.group_uri, taken, seconds, "caught up");
    }
    if head.head_seq < head.known_seq {
        return Err(stuck);
    }
    Ok(())
}

/// Takes in the page after the head, and fetches the one after it meanwhile.
async fn step(
    inner: &Inner,
    head: &mut Head,
    source: &Source,
    ahead: Option<Fetched>,
) -> Result<Option<Fetched>, Stuck> {
    let number = head.head_seq / PAGE_ENTRIES + 1;
    let page = match ahead.filter(|page| page.number == number) {
        Some(page) => page,
        None => fetch_page(inner, head, number, &source.base_url).await?,
    };
    if page.took > SLOW {
        let reason = format!("{} s for a page", page.took.as_secs());
        let store = inner.engine.store();
        inner
            .faults
            .note(store, &source.city, reason, inner.now())
            .await;
    }
    let held = usize::try_from(head.head_seq % PAGE_ENTRIES).unwrap_or(0);
    let is_full = page.is_full();
    let mut bodies = page.bodies;
    bodies.drain(..held.min(bodies.len()));
    if bodies.is_empty() {
        return Err(Stuck::NothingNew);
    }
    let is_more = is_full && wanted::target(inner, head) > number * PAGE_ENTRIES;
    let next = async {
        if is_more {
            fetch_page(inner, head, number + 1, &source.base_url)
                .await
                .ok()
        } else {
            None
        }
    };
    let (received, next) = tokio::join!(inner.engine.receive(bodies, inner.now()), next);
    let head_seq = match received? {
        Received::Appended { head_seq, .. } | Received::Gap { head_seq }
            if head_seq > head.head_seq =>
        {
            head_seq
        }
        other => return Err(Stuck::NotTaken(other)),
    };
    head.head_seq = head_seq;
    inner.claims.met(&head.group_uri, head_seq);
    Ok(next)
}

/// What a source did wrong is remembered, and what it claimed and has not is forgotten.
async fn blame(inner: &Inner, head: &Head, source: &Source, error: &Stuck) {
    let claimed = inner
        .claims
        .has_more(&head.group_uri, &source.city, head.head_seq);
    let is_liar = error.is_the_end() && claimed;
    if is_liar || error.is_fault() {
        inner
            .claims
            .refute(&head.group_uri, &source.city, head.head_seq);
        let reason = if is_liar {
            format!("claims entries after {} and has none", head.head_seq)
        } else {
            error.to_string()
        };
        let store = inner.engine.store();
        let reason = format!("{}: {reason}", head.group_uri);
        inner
            .faults
            .note(store, &source.city, reason, inner.now())
            .await;
    }
}

/// Looks where two histories of a log part: in what the siblings hold at the place where they differ.
async fn part(inner: &Inner, head: &Head, seq: i64) -> Result<(), Stuck> {
    let number = (seq - 1) / PAGE_ENTRIES + 1;
    for source in source::of(inner, head) {
        let page = match fetch_page(inner, head, number, &source.base_url).await {
            Ok(page) => page,
            Err(error) => {
                tracing::debug!(city = source.city, %error, "no other history from here");
                continue;
            }
        };
        // Whatever differs here makes the place known better, page by page up to where they part.
        inner.engine.receive(page.bodies, inner.now()).await?;
        if wanted::open_fork(inner, head.log_id).await? != Some(seq) {
            inner.tell_of_fork().await?;
            return Ok(());
        }
    }
    Err(Stuck::Nobody)
}

/// Fetches two entries with one number, or the other one of two, from the city that says it has them.
async fn take_proof(inner: &Inner, head: &Head) -> Result<(), Stuck> {
    let Some(Parted { city, holds }) = inner.claims.take_fork(head.log_id) else {
        return Ok(());
    };
    let Some(sibling) = inner.siblings.by_city(&city) else {
        return Ok(());
    };
    let bodies = match holds {
        Holds::Proof => page::fetch_fork(inner, head, &sibling.base_url).await?,
        Holds::Other(seq) => {
            let number = (seq - 1) / PAGE_ENTRIES + 1;
            let page = fetch_page(inner, head, number, &sibling.base_url).await?;
            page.bodies
        }
    };
    let received = inner.engine.receive(bodies, inner.now()).await?;
    if received != Received::Frozen && holds == Holds::Proof {
        let store = inner.engine.store();
        let reason = format!("{}: its proof of two histories is none", head.group_uri);
        inner.faults.note(store, &city, reason, inner.now()).await;
        return Ok(());
    }
    Ok(inner.tell_of_fork().await?)
}
