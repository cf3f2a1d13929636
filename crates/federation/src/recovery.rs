//! Asks siblings how far this city's own logs reach, and takes back what they have and we lack.
//!
//! Start at [`run`]. At each start every sibling is asked once; until then own acts wait at the engine's
//! gate, for at most [`FIRST_S`] seconds. Logs that are *held* (the engine found that the database was
//! set back, restored or copied) stay so until enough siblings have answered. Later, a sibling that
//! claims more of ours than we have starts the same again.
//!
//! # Invariants
//! - A claim alone holds nothing: only an entry that our own key signed does.
//! - A log is not let go while a sibling has shown such an entry that is not taken back yet.
//! - What came back was verified like any other entry, whoever had it.

use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use tequio_engine::receive::Received;
use tequio_engine::recovery as own;
use tequio_protocol::activity::{Heads, Reach};
use tequio_store::peer::{self, Head};
use tequio_store::recovery::{self, Recovery};
use tequio_store::{Conn, log};
use tokio::sync::watch;
use url::Url;

use crate::puller::{PAGE_ENTRIES, Stuck, fetch_page};
use crate::sibling::Sibling;
use crate::{Inner, back_off};

/// Own acts wait for the siblings' first answers so long at most.
const FIRST_S: u64 = 6;
/// A sibling has so long to say how far our log of a topic reaches; less than [`FIRST_S`], so that one who
/// is silent does not make the others unheard.
const ANSWER_S: u64 = 4;
/// So long after the beginning a held log waits for siblings that do not answer, when most of them did.
const PATIENCE_S: i64 = 10;
/// The same, when only a few did, or one says that it has more and does not give it: who has the last
/// entries may be among those that are silent.
const LONG_PATIENCE_S: i64 = 1800;
/// Longest pause between two rounds while logs are held.
const LONGEST_PAUSE_S: i64 = 30;
/// Pause after a round that claims of siblings started.
const CLAIM_PAUSE: Duration = Duration::from_secs(60);

/// What one sibling says of our log of one topic.
struct Answer {
    sibling: Arc<Sibling>,
    topic: String,
    /// `Ok(None)`: it knows nothing of it.
    reach: Result<Option<Reach>, String>,
}

/// Works until `stop` says true.
pub(crate) async fn run(inner: Arc<Inner>, mut stop: watch::Receiver<bool>) {
    let first = tokio::time::timeout(Duration::from_secs(FIRST_S), round(&inner)).await;
    inner.engine.open_gate();
    // When the first round took too long, the next one says.
    let mut is_held = first.unwrap_or(true);
    let mut rounds = 0_u32;
    while !*stop.borrow() {
        if is_held {
            let pause_s = back_off::pause_s(rounds, back_off::jitter()).clamp(1, LONGEST_PAUSE_S);
            rounds = rounds.saturating_add(1);
            tokio::select! {
                () = tokio::time::sleep(Duration::from_secs(u64::try_from(pause_s).unwrap_or(1))) => {}
                _ = stop.changed() => return,
            }
        } else {
            rounds = 0;
            tokio::select! {
                () = inner.claimed.notified() => {}
                _ = stop.changed() => return,
            }
        }
        tokio::select! {
            held = round(&inner) => {
                // A sibling that claims what it cannot show costs one round a minute.
                if !is_held && !held {
                    tokio::select! {
                        () = tokio::time::sleep(CLAIM_PAUSE) => {}
                        _ = stop.changed() => return,
                    }
                }
                is_held = held;
            }
            _ = stop.changed() => return,
        }
    }
}

/// Asks everybody, takes what they have, lets go what may go. Answers whether any log is held still.
async fn round(inner: &Arc<Inner>) -> bool {
    match try_round(inner).await {
        Ok(is_held) => is_held,
        Err(error) => {
            tracing::error!(%error, "cannot ask siblings about our own logs");
            true
        }
    }
}

async fn try_round(inner: &Arc<Inner>) -> Result<bool, Stuck> {
    let own = inner.engine.store().read(own_heads).await?;
    let topics: Vec<String> = own.iter().map(|head| head.topic.clone()).collect();
    let answers = ask_all(inner, &topics).await;
    for head in own {
        let of_topic: Vec<&Answer> = answers
            .iter()
            .filter(|answer| answer.topic == head.topic)
            .collect();
        let is_open_end = take_back(inner, &head, &of_topic).await?;
        settle(inner, head.log_id, &of_topic, is_open_end).await?;
    }
    let held = inner.engine.store().read(recovery::held).await?;
    Ok(!held.is_empty())
}

fn own_heads(conn: &mut Conn) -> Result<Vec<Head>, tequio_store::Error> {
    let mut heads = peer::heads(conn)?;
    heads.retain(|head| head.is_self);
    Ok(heads)
}

/// Asks every sibling about every topic, all at once.
async fn ask_all(inner: &Arc<Inner>, topics: &[String]) -> Vec<Answer> {
    let pairs = inner.siblings.iter().flat_map(|sibling| {
        topics
            .iter()
            .map(move |topic| (Arc::clone(&sibling), topic))
    });
    let asked = pairs.map(|(sibling, topic)| async move {
        let limit = Duration::from_secs(ANSWER_S);
        let reach = match tokio::time::timeout(limit, ask(inner, &sibling, topic)).await {
            Ok(reach) => reach,
            Err(_elapsed) => Err("no answer in time".to_owned()),
        };
        Answer {
            sibling,
            topic: topic.clone(),
            reach,
        }
    });
    join_all(asked).await
}

/// How far a sibling holds our log of a topic.
async fn ask(inner: &Inner, sibling: &Sibling, topic: &str) -> Result<Option<Reach>, String> {
    let url = format!("{}/t/{topic}/heads", sibling.base_url);
    let url = Url::parse(&url).map_err(|error| error.to_string())?;
    let document = inner.fetcher.object(&url).await;
    let document = document.map_err(|error| error.to_string())?;
    let told = Heads::read(&document).map_err(|error| error.to_string())?;
    if !sibling.owns(&told.group) {
        return Err("the heads are another city's".to_owned());
    }
    let ours = told.logs.into_iter().find(|log| inner.is_ours(&log.group));
    Ok(ours.filter(|reach| reach.seq > 0))
}

/// Takes from each sibling what it has and we lack. Answers whether somebody has more that could not be
/// fetched now.
async fn take_back(inner: &Inner, head: &Head, answers: &[&Answer]) -> Result<bool, Stuck> {
    let mut is_open_end = false;
    for answer in answers {
        let Ok(Some(reach)) = &answer.reach else {
            continue;
        };
        let row = read_log(inner, head.log_id).await?;
        if reach.seq <= row.head_seq && tells_the_same(inner, &row, reach).await? {
            continue;
        }
        match take_from(inner, head, answer, reach).await {
            Ok(()) => {}
            Err(Stuck::Store(error)) => return Err(Stuck::Store(error)),
            Err(Stuck::Engine(error)) => return Err(Stuck::Engine(error)),
            Err(stuck) => {
                let city = &answer.sibling.city;
                tracing::warn!(city, group = head.group_uri, error = %stuck, "cannot take back entries of ours");
                // What our key did not sign is no entry of ours; anything else may be.
                is_open_end |= !matches!(stuck, Stuck::NothingNew | Stuck::Page(_));
            }
        }
    }
    Ok(is_open_end)
}

async fn read_log(inner: &Inner, log_id: i64) -> Result<log::Log, Stuck> {
    let read = move |conn: &mut Conn| log::by_id(conn, log_id);
    Ok(inner.engine.store().read(read).await?)
}

/// Whether a sibling's last entry of our log is the one that stands there here.
async fn tells_the_same(inner: &Inner, row: &log::Log, reach: &Reach) -> Result<bool, Stuck> {
    let (log_id, seq) = (row.id, reach.seq);
    let read = move |conn: &mut Conn| tequio_store::entry::digest_at(conn, log_id, seq);
    let held = inner.engine.store().read(read).await?;
    Ok(held == reach.digest.as_ref().map(tequio_domain::Digest::to_hex))
}

/// Takes pages of our log from one sibling, as far as it says that it has it.
async fn take_from(
    inner: &Inner,
    head: &Head,
    answer: &Answer,
    reach: &Reach,
) -> Result<(), Stuck> {
    let sibling = &answer.sibling;
    loop {
        let row = read_log(inner, head.log_id).await?;
        if row.is_frozen {
            return Ok(());
        }
        // The last one again when there is nothing new: it may be of another history.
        let after = row.head_seq.min(reach.seq.saturating_sub(1));
        let bodies = page_after(inner, head, &sibling.base_url, after).await?;
        let (mut first, mut last) = (None, None);
        if let (Some(one), Some(other)) = (bodies.first(), bodies.last()) {
            first = own::signed_by_us(&inner.engine, &row, one).await?;
            last = own::signed_by_us(&inner.engine, &row, other).await?;
        }
        if first != Some(after.saturating_add(1)) {
            let city = &sibling.city;
            tracing::warn!(
                city,
                group = row.group_uri,
                "a sibling claims entries of ours that we did not sign"
            );
            return Ok(());
        }
        let proven = last.max(first).unwrap_or(0);
        own::hold(&inner.engine, row.id, proven, inner.now()).await?;
        match inner.engine.receive(bodies, inner.now()).await? {
            Received::Appended { count, head_seq } if count > 0 => {
                tracing::info!(
                    group = row.group_uri,
                    city = sibling.city,
                    head_seq,
                    of = reach.seq,
                    "took back entries of ours"
                );
                if head_seq >= reach.seq {
                    return Ok(());
                }
            }
            Received::Appended { .. } => return Ok(()),
            other => return Err(Stuck::NotTaken(other)),
        }
    }
}

/// The entries of our log after a place, as far as they stand on one page of a sibling.
async fn page_after(
    inner: &Inner,
    head: &Head,
    source: &str,
    seq: i64,
) -> Result<Vec<String>, Stuck> {
    let page = fetch_page(inner, head, seq / PAGE_ENTRIES + 1, source).await?;
    let held = usize::try_from(seq % PAGE_ENTRIES).unwrap_or(0);
    let new: Vec<String> = page.bodies.into_iter().skip(held).collect();
    if new.is_empty() {
        return Err(Stuck::NothingNew);
    }
    Ok(new)
}

/// Lets a held log go when enough siblings have answered and nobody has more of it.
async fn settle(
    inner: &Inner,
    log_id: i64,
    answers: &[&Answer],
    is_open_end: bool,
) -> Result<(), Stuck> {
    let rows = inner.engine.store().read(recovery::held).await?;
    let Some(held) = rows.into_iter().find(|row| row.log_id == log_id) else {
        return Ok(());
    };
    let row = read_log(inner, log_id).await?;
    // A log with two histories takes nothing of ours anyway.
    let is_open_end = !row.is_frozen && is_open_end;
    let answered = answers.iter().filter(|answer| answer.reach.is_ok()).count();
    let now = inner.now();
    let count = i64::try_from(answered).unwrap_or(i64::MAX);
    own::asked(&inner.engine, log_id, count, now).await?;
    if !is_enough(inner, &held, &row, (answered, is_open_end)) {
        tracing::warn!(
            group = row.group_uri,
            reason = held.reason,
            answered,
            held = row.head_seq,
            known = held.target_seq,
            "our own log waits for siblings"
        );
        return Ok(());
    }
    let released = own::release(&inner.engine, log_id, now).await?;
    if released.lost > 0 {
        tracing::error!(
            group = released.group_uri,
            lost = released.lost,
            "entries of ours are lost: no sibling has them"
        );
    }
    tracing::warn!(
        group = released.group_uri,
        recovered = released.recovered,
        "our own log goes on"
    );
    Ok(())
}

/// Whether what siblings said is enough: all of them, or, when we hold as much as is known to have
/// existed, most of them after a little patience, or some after much. `is_open_end`: one says that it has
/// more, and does not give it.
fn is_enough(
    inner: &Inner,
    held: &Recovery,
    row: &log::Log,
    (answered, is_open_end): (usize, bool),
) -> bool {
    let all = inner.siblings.iter().count();
    if answered >= all && !is_open_end {
        return true;
    }
    let patience_s = if answered > all / 2 && !is_open_end {
        PATIENCE_S
    } else {
        LONG_PATIENCE_S
    };
    let patient_until = held
        .began_at
        .saturating_add(patience_s.saturating_mul(1_000_000));
    answered > 0 && row.head_seq >= held.target_seq && inner.now().micros() >= patient_until
}
