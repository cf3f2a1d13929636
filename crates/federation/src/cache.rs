//! Documents as bytes, made once and served many times.
//!
//! Start at [`Cache::get`]. What is made under one version of the store is served until the store
//! changes; what only an erasure changes ([`Lifetime::Long`]) stays until there is one, or room is needed. Many
//! who ask at once for the same wait for one making.

use std::collections::HashMap;
use std::io::Write as _;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::sync::OnceCell;

use crate::problem::Problem;

/// How long a document holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifetime {
    /// Until the next commit.
    Version,
    /// Until an entry of a log is erased or cut off ([`Cache::begin_again`]).
    Long,
}

/// A finished answer.
#[derive(Debug, Clone)]
pub struct Document {
    /// 200, or 410 for what was deleted.
    pub status: u16,
    /// Content type.
    pub content_type: &'static str,
    /// The bytes.
    pub bytes: Bytes,
    /// The same compressed, for what is large and asked for by machines.
    pub gzip: Option<Bytes>,
    /// Strong entity tag, with its quotes: a hash of the bytes.
    pub etag: String,
    /// How long it holds.
    pub lifetime: Lifetime,
}

impl Document {
    /// A document of a content type; the tag is computed.
    #[must_use]
    pub fn new(content_type: &'static str, body: impl Into<Bytes>, lifetime: Lifetime) -> Self {
        let bytes = body.into();
        let digest = tequio_protocol::digest::sha256(&bytes).to_hex();
        let etag = format!("\"{}\"", digest.get(..32).unwrap_or_default());
        Self {
            status: 200,
            content_type,
            bytes,
            gzip: None,
            etag,
            lifetime,
        }
    }

    /// The same with its compressed form.
    ///
    /// # Errors
    /// The encoder's.
    pub fn compressed(self) -> std::io::Result<Self> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&self.bytes)?;
        let gzip = Some(encoder.finish()?.into());
        Ok(Self { gzip, ..self })
    }

    /// The same, for something that is gone.
    #[must_use]
    pub fn gone(self) -> Self {
        Self {
            status: 410,
            ..self
        }
    }
}

type Cell = Arc<OnceCell<Arc<Document>>>;

struct Slot {
    version: u64,
    cell: Cell,
}

/// Finished answers by address.
pub struct Cache {
    slots: Mutex<HashMap<String, Slot>>,
    /// How often entries had been changed when it was empty last.
    changes: AtomicI64,
    max_slots: usize,
    max_bytes: usize,
}

impl Cache {
    /// A cache of so many documents and (roughly) so many bytes.
    #[must_use]
    pub fn new(max_slots: usize, max_bytes: usize) -> Self {
        Self {
            slots: Mutex::default(),
            changes: AtomicI64::new(0),
            max_slots,
            max_bytes,
        }
    }

    /// Forgets everything when entries were changed that stood in a log already: what is erased is in no memory.
    /// `changes` is how often that happened; it is read before anything that a document is made of.
    pub fn begin_again(&self, changes: i64) {
        if self.changes.swap(changes, Ordering::Relaxed) != changes {
            let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
            slots.clear();
        }
    }

    /// The document at `key` under `version`, made by `make` when it is not here.
    ///
    /// `version` is read before anything that `make` reads. Failures are not kept.
    ///
    /// # Errors
    /// Those of `make`.
    pub async fn get<F>(&self, key: &str, version: u64, make: F) -> Result<Arc<Document>, Problem>
    where
        F: AsyncFnOnce() -> Result<Document, Problem>,
    {
        let cell = self.cell(key, version);
        if let Some(document) = cell.get() {
            return Ok(Arc::clone(document));
        }
        let made = cell
            .get_or_try_init(async || make().await.map(Arc::new))
            .await;
        match made {
            Ok(document) => Ok(Arc::clone(document)),
            Err(problem) => {
                self.forget(key, &cell);
                Err(problem)
            }
        }
    }

    fn cell(&self, key: &str, version: u64) -> Cell {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = slots.get(key)
            && (slot.version == version || is_long(slot))
        {
            return Arc::clone(&slot.cell);
        }
        if slots.len() >= self.max_slots || held_bytes_over(&slots, self.max_bytes) {
            slots.retain(|_, slot| slot.version == version);
            if slots.len() >= self.max_slots || held_bytes_over(&slots, self.max_bytes) {
                slots.clear();
            }
        }
        let cell = Cell::default();
        slots.insert(
            key.to_owned(),
            Slot {
                version,
                cell: Arc::clone(&cell),
            },
        );
        cell
    }

    fn forget(&self, key: &str, failed: &Cell) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if slots
            .get(key)
            .is_some_and(|slot| Arc::ptr_eq(&slot.cell, failed))
        {
            slots.remove(key);
        }
    }
}

fn is_long(slot: &Slot) -> bool {
    slot.cell
        .get()
        .is_some_and(|document| document.lifetime == Lifetime::Long)
}

/// Only asked on a miss, which costs a query anyway.
fn held_bytes_over(slots: &HashMap<String, Slot>, max_bytes: usize) -> bool {
    let held = slots.values().filter_map(|slot| slot.cell.get());
    held.fold(0_usize, |sum, document| {
        sum.saturating_add(document.bytes.len())
    }) > max_bytes
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    async fn get(
        cache: &Cache,
        version: u64,
        made: &AtomicU32,
        lifetime: Lifetime,
    ) -> Arc<Document> {
        let make = async || {
            let nth = made.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
            Ok(Document::new("text/plain", nth.to_string(), lifetime))
        };
        cache.get("/o/1", version, make).await.unwrap()
    }

    #[tokio::test]
    async fn one_making_serves_all_until_the_store_changes() {
        let (cache, made) = (Cache::new(10, 1000), AtomicU32::new(0));
        let (a, b) = tokio::join!(
            get(&cache, 1, &made, Lifetime::Version),
            get(&cache, 1, &made, Lifetime::Version)
        );
        assert_eq!((&a.bytes, made.load(Ordering::Relaxed)), (&b.bytes, 1));
        let c = get(&cache, 2, &made, Lifetime::Version).await;
        assert_eq!(made.load(Ordering::Relaxed), 2);
        assert_ne!(a.etag, c.etag);
    }

    #[tokio::test]
    async fn what_cannot_change_is_made_once() {
        let (cache, made) = (Cache::new(10, 1000), AtomicU32::new(0));
        get(&cache, 1, &made, Lifetime::Long).await;
        get(&cache, 2, &made, Lifetime::Long).await;
        assert_eq!(made.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn room_is_bounded() {
        let cache = Cache::new(3, 1000);
        for n in 0..20 {
            let make = async || Ok(Document::new("text/plain", "x", Lifetime::Long));
            cache.get(&format!("/{n}"), 1, make).await.unwrap();
            assert!(cache.slots.lock().unwrap().len() <= 3);
        }
        let cache = Cache::new(100, 10);
        for n in 0..20 {
            let make = async || Ok(Document::new("text/plain", "12345678", Lifetime::Long));
            cache.get(&format!("/{n}"), 1, make).await.unwrap();
        }
        assert!(cache.slots.lock().unwrap().len() <= 3);
    }

    #[tokio::test]
    async fn failures_are_not_kept() {
        let cache = Cache::new(3, 1000);
        assert!(
            cache
                .get("/", 1, async || Err(Problem::Fault))
                .await
                .is_err()
        );
        let make = async || Ok(Document::new("text/plain", "x", Lifetime::Version));
        assert!(cache.get("/", 1, make).await.is_ok());
        assert!(
            cache
                .get("/missing", 1, async || Err(Problem::NotFound))
                .await
                .is_err()
        );
        assert_eq!(cache.slots.lock().unwrap().len(), 1);
    }
}
