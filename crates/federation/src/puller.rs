//! Fetches what this city is known to lack: pages of a hundred entries, from the log's home or, when
//! that is out of reach, from any sibling. Chain and proofs make the source irrelevant.
//!
//! Start at [`run`]. What must stay true: one log is pulled by one task at a time, in order; logs do
//! not wait for each other; what is lacking is in the database (`log.known_seq`), so nothing is
//! forgotten by a restart.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;
use tequio_domain::Timestamp;
use tequio_engine::receive::Received;
use tequio_store::peer::{self, Head};
use tokio::sync::watch;
use tokio::task::JoinSet;
use url::Url;

use crate::fetcher::FetchError;
use crate::sibling::Sibling;
use crate::{Inner, back_off};

/// Entries of a page.
pub const PAGE_ENTRIES: i64 = 100;
/// Logs that are pulled at once.
const MAX_AT_ONCE: usize = 8;
/// Without any news, look again so often: another process may have learned something.
const IDLE: Duration = Duration::from_secs(60);

/// Why a log could not be pulled further.
#[derive(Debug, thiserror::Error)]
enum Stuck {
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

/// When a log is tried again after failures.
#[derive(Debug, Clone, Copy)]
struct Pause {
    failures: u32,
    retry_at: Timestamp,
    known_seq: i64,
}

/// Works until `stop` says true.
pub(crate) async fn run(inner: Arc<Inner>, mut stop: watch::Receiver<bool>) {
    let mut tasks: JoinSet<(Head, Result<(), Stuck>)> = JoinSet::new();
    let mut busy: Vec<i64> = Vec::new();
    let mut pauses: HashMap<i64, Pause> = HashMap::new();
    while !*stop.borrow() {
        let behind = match inner.engine.store().read(peer::behind).await {
            Ok(behind) => behind,
            Err(error) => {
                tracing::error!(%error, "cannot see what is lacking");
                Vec::new()
            }
        };
        let now = inner.now();
        let mut wait = IDLE;
        for head in behind {
            if busy.contains(&head.log_id) || busy.len() >= MAX_AT_ONCE {
                continue;
            }
            if let Some(left) = left_of(pauses.get(&head.log_id), &head, now) {
                wait = wait.min(left);
                continue;
            }
            busy.push(head.log_id);
            let inner = Arc::clone(&inner);
            tasks.spawn(async move {
                let result = pull(&inner, head.clone()).await;
                (head, result)
            });
        }
        tokio::select! {
            Some(ended) = tasks.join_next() => {
                if let Ok((head, result)) = ended {
                    busy.retain(|id| *id != head.log_id);
                    settle(&mut pauses, &head, result, inner.now());
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

/// What is left of a pause. It is over at once when more of the log became known.
fn left_of(pause: Option<&Pause>, head: &Head, now: Timestamp) -> Option<Duration> {
    let pause = pause.filter(|pause| pause.known_seq >= head.known_seq)?;
    let left = pause.retry_at.micros().saturating_sub(now.micros());
    u64::try_from(left)
        .ok()
        .filter(|left| *left > 0)
        .map(Duration::from_micros)
}

fn settle(
    pauses: &mut HashMap<i64, Pause>,
    head: &Head,
    result: Result<(), Stuck>,
    now: Timestamp,
) {
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
    let retry_at = now.plus_seconds(pause_s);
    pauses.insert(
        head.log_id,
        Pause {
            failures,
            retry_at,
            known_seq: head.known_seq,
        },
    );
}

/// Pulls one log until nothing more of it is known.
async fn pull(inner: &Inner, mut head: Head) -> Result<(), Stuck> {
    let mut sources = sources(inner, &head);
    let mut stuck = Stuck::Nobody;
    while head.head_seq < head.known_seq {
        let Some(source) = sources.first() else {
            return Err(stuck);
        };
        match pull_page(inner, &head, source).await {
            Ok(head_seq) => head.head_seq = head_seq,
            Err(error) => {
                tracing::debug!(group = head.group_uri, source, %error, "no page from here");
                stuck = error;
                sources.remove(0);
            }
        }
        if head.head_seq >= head.known_seq {
            // More may have become known meanwhile.
            let topic = head.topic.clone();
            let heads = inner
                .engine
                .store()
                .read(move |conn| peer::heads_of_topic(conn, &topic))
                .await?;
            head = heads
                .into_iter()
                .find(|row| row.log_id == head.log_id)
                .unwrap_or(head);
        }
    }
    Ok(())
}

/// Base addresses to ask: the home first, then the others, beginning anywhere; those to which
/// deliveries fail come last.
fn sources(inner: &Inner, head: &Head) -> Vec<String> {
    let mut others: Vec<&Arc<Sibling>> = inner
        .siblings
        .iter()
        .filter(|sibling| sibling.city != head.city)
        .collect();
    let count = u64::try_from(others.len()).unwrap_or(0).max(1);
    others.rotate_left(usize::try_from(back_off::jitter() % count).unwrap_or(0));
    let home = inner.siblings.by_city(&head.city);
    let mut all: Vec<&Arc<Sibling>> = home.into_iter().chain(others).collect();
    all.retain(|sibling| sibling.contact().is_some());
    all.sort_by_key(|sibling| sibling.is_failing());
    all.into_iter()
        .map(|sibling| sibling.base_url.clone())
        .collect()
}

#[derive(Deserialize)]
struct Page<'a> {
    #[serde(rename = "orderedItems", borrow)]
    items: Vec<&'a RawValue>,
}

/// Fetches the page after the head and takes it in; answers the new head.
async fn pull_page(inner: &Inner, head: &Head, source: &str) -> Result<i64, Stuck> {
    let page = head.head_seq / PAGE_ENTRIES + 1;
    let url = format!("{source}/t/{}/log/{}/{page}", head.topic, head.city);
    let document = inner.fetcher.page(&Url::parse(&url)?).await?;
    let held = usize::try_from(head.head_seq % PAGE_ENTRIES).unwrap_or(0);
    let page: Page<'_> = serde_json::from_slice(&document.bytes)?;
    let new = page.items.iter().skip(held).take(100);
    // The bytes of each entry exactly as they stand in the page.
    let bodies: Vec<String> = new.map(|item| item.get().to_owned()).collect();
    if bodies.is_empty() {
        return Err(Stuck::NothingNew);
    }
    match inner.engine.receive(bodies, inner.now()).await? {
        Received::Appended { count, head_seq } if count > 0 || head_seq > head.head_seq => {
            Ok(head_seq)
        }
        Received::Gap { head_seq } if head_seq > head.head_seq => Ok(head_seq),
        other => Err(Stuck::NotTaken(other)),
    }
}
