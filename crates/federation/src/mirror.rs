//! Fetches files that attachments name, by their content: from the city of origin or, when that is
//! out of reach, from any sibling that has them. Removes those whose posts were erased.

use std::sync::Arc;
use std::time::Duration;

use tequio_domain::{Digest, text};
use tequio_store::Store;
use tequio_store::file_unwanted;
use tequio_store::file_wanted::{self, FileWanted};
use tokio::sync::watch;
use tokio::task::JoinSet;
use url::Url;

use crate::fetcher::FetchError;
use crate::{Inner, back_off, bookkeeping};

/// Files that are fetched at once.
const MAX_AT_ONCE: usize = 3;
/// Without any news, look again so often.
const IDLE: Duration = Duration::from_secs(60);
/// After a commit, look at most so often.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Why a file did not come.
#[derive(Debug, thiserror::Error)]
enum Missing {
    #[error("{0}")]
    Fetch(#[from] FetchError),
    #[error("{0}")]
    Store(#[from] tequio_store::Error),
    #[error("its address is not one")]
    Address,
    #[error("what is wanted has no usable digest or size")]
    Unusable,
    #[error("no sibling has it")]
    Nobody,
}

/// Works until `stop` says true.
pub(crate) async fn run(inner: Arc<Inner>, mut stop: watch::Receiver<bool>) {
    let mut changed = inner.engine.store().changed();
    while !*stop.borrow() {
        changed.mark_unchanged();
        let round = async {
            let pause = round(&inner).await;
            tokio::time::sleep(LOOK_EVERY).await;
            pause
        };
        let pause = tokio::select! {
            pause = round => pause,
            _ = stop.changed() => break,
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = changed.changed() => {}
            _ = stop.changed() => break,
        }
    }
}

/// Fetches all that is due; answers how long nothing is.
async fn round(inner: &Arc<Inner>) -> Duration {
    let store = inner.engine.store();
    if let Err(error) = remove(inner).await {
        tracing::error!(%error, "files of erased posts could not be removed");
    }
    loop {
        let now = inner.now().micros();
        let limit = i64::try_from(MAX_AT_ONCE).unwrap_or(1);
        let due = store
            .read(move |conn| file_wanted::due(conn, now, limit))
            .await;
        let due = match due {
            Ok(due) if !due.is_empty() => due,
            Ok(_) => break,
            Err(error) => {
                tracing::error!(%error, "cannot see which files are wanted");
                return IDLE;
            }
        };
        let mut tasks = JoinSet::new();
        for wanted in due {
            tasks.spawn(fetch(Arc::clone(inner), wanted));
        }
        let results = tasks.join_all().await;
        if results.iter().any(Result::is_err) {
            return IDLE;
        }
    }
    let next = store.read(file_wanted::next_due_at).await.ok().flatten();
    next.map_or(IDLE, |due_at| {
        let left = due_at.saturating_sub(inner.now().micros());
        Duration::from_micros(u64::try_from(left).unwrap_or(0)).min(IDLE)
    })
}

/// Removes the files that no post names any more since theirs was erased.
async fn remove(inner: &Inner) -> Result<(), tequio_store::Error> {
    const MAX_AT_ONCE: i64 = 100;
    let store = inner.engine.store();
    let unwanted = store
        .read(|conn| file_unwanted::list(conn, MAX_AT_ONCE))
        .await?;
    for hex in unwanted {
        // Somebody may send the same file again just now.
        let _alone = store.files().removing().await;
        let asked = hex.clone();
        let is_unwanted = store.read(move |conn| file_unwanted::is_so(conn, &asked));
        if is_unwanted.await?
            && let Some(digest) = Digest::from_hex(&hex)
        {
            store.files().remove(&digest).await?;
            tracing::info!(digest = hex, "removed a file of an erased post");
        }
        bookkeeping::file_removed(store, hex).await?;
    }
    Ok(())
}

/// Fetches one file and writes down what became of it.
///
/// # Errors
/// Only that this could not be written down.
async fn fetch(inner: Arc<Inner>, wanted: FileWanted) -> Result<(), tequio_store::Error> {
    let store = inner.engine.store();
    let brought = bring(&inner, store, &wanted).await;
    let _steady = store.files().steady().await;
    match brought {
        Ok(size_bytes) if is_here(store, &wanted).await? => {
            tracing::debug!(digest = wanted.digest, "a file came");
            bookkeeping::file_came(store, wanted, size_bytes, inner.now()).await
        }
        other => {
            let missing = other.err().unwrap_or(Missing::Nobody);
            let attempts = wanted.attempts.saturating_add(1);
            let failures = u32::try_from(attempts).unwrap_or(1);
            let pause_s = back_off::pause_s(failures, back_off::jitter());
            tracing::debug!(digest = wanted.digest, attempts, pause_s, error = %missing, "a file did not come");
            let due_at = inner.now().plus_seconds(pause_s);
            bookkeeping::file_failed(store, wanted.digest, attempts, due_at).await
        }
    }
}

/// Whether it is here still: it may have been removed with an erased post while it came.
async fn is_here(store: &Store, wanted: &FileWanted) -> Result<bool, tequio_store::Error> {
    match Digest::from_hex(&wanted.digest) {
        Some(digest) => store.files().exists(&digest).await,
        None => Ok(false),
    }
}

async fn bring(inner: &Inner, store: &Store, wanted: &FileWanted) -> Result<i64, Missing> {
    let digest = Digest::from_hex(&wanted.digest).ok_or(Missing::Unusable)?;
    let size_bytes = u64::try_from(wanted.size_bytes).unwrap_or(u64::MAX);
    if size_bytes > text::FILE_MAX {
        return Err(Missing::Unusable);
    }
    if store.files().exists(&digest).await? {
        return Ok(wanted.size_bytes);
    }
    let mut last = Missing::Nobody;
    let others = inner
        .siblings
        .iter()
        .filter(|sibling| sibling.city != wanted.origin);
    let mut sources: Vec<_> = inner
        .siblings
        .by_city(&wanted.origin)
        .into_iter()
        .chain(others)
        .collect();
    sources.sort_by_key(|sibling| sibling.is_failing());
    for sibling in sources {
        let Some(url) = address(&sibling.base_url, wanted) else {
            return Err(Missing::Address);
        };
        match download(inner, store, &url, size_bytes, &digest).await {
            Ok(size_bytes) => return Ok(i64::try_from(size_bytes).unwrap_or(wanted.size_bytes)),
            Err(missing) => last = missing,
        }
    }
    Err(last)
}

async fn download(
    inner: &Inner,
    store: &Store,
    url: &Url,
    size_bytes: u64,
    digest: &Digest,
) -> Result<u64, Missing> {
    let download = inner.fetcher.open(url, size_bytes).await?;
    let stored = store
        .files()
        .put_expected(download.into_stream(), size_bytes, digest)
        .await?;
    Ok(stored.size_bytes)
}

fn address(base_url: &str, wanted: &FileWanted) -> Option<Url> {
    let mut url = Url::parse(base_url).ok()?;
    url.path_segments_mut()
        .ok()?
        .clear()
        .extend(["archivos", &wanted.digest, &wanted.name]);
    Some(url)
}
