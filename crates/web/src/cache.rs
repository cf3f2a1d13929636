//! Rendered pages for visitors, remembered under the version of the database.
//!
//! A page is rendered once for each (address, language, theme) and version, however many ask at once.
//! What must stay true: only pages without anything personal come here; the version is read before the
//! rows, so a remembered page is never older than its version says.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use actix_web::http::header::HeaderValue;
use bytes::Bytes;
use tokio::sync::OnceCell;

use crate::compress;
use crate::failure::Failure;

/// A rendered page.
#[derive(Debug)]
pub struct Page {
    html: Bytes,
    brotli: OnceLock<Bytes>,
    etag: HeaderValue,
    etag_brotli: HeaderValue,
}

impl Page {
    /// The bytes to send and their ETag.
    #[must_use]
    pub fn body(&self, brotli: bool) -> (Bytes, HeaderValue) {
        if brotli {
            let bytes = self
                .brotli
                .get_or_init(|| Bytes::from(compress::brotli(&self.html)));
            (bytes.clone(), self.etag_brotli.clone())
        } else {
            (self.html.clone(), self.etag.clone())
        }
    }

    /// Bytes that it takes, its compressed form included.
    fn cost(&self, key: &str) -> usize {
        self.html.len() * 5 / 4 + key.len() + OVERHEAD_BYTES
    }

    fn new(html: String, tag: &str) -> Result<Self, Failure> {
        let value = |suffix: &str| {
            HeaderValue::try_from(format!("\"{tag}{suffix}\"")).map_err(Failure::internal)
        };
        Ok(Self {
            html: Bytes::from(html),
            brotli: OnceLock::new(),
            etag: value("")?,
            etag_brotli: value("-br")?,
        })
    }
}

#[derive(Debug)]
struct Slot {
    version: u64,
    page: OnceCell<Arc<Page>>,
}

/// Two generations: when the young one is full it becomes the old one, and the old one goes.
#[derive(Debug, Default)]
struct Generations {
    young: HashMap<String, Arc<Slot>>,
    old: HashMap<String, Arc<Slot>>,
    young_bytes: usize,
}

/// Remembered pages, bounded by bytes.
#[derive(Debug)]
pub struct Cache {
    half_bytes: usize,
    generations: Mutex<Generations>,
}

/// What a remembered page costs beside its bytes.
const OVERHEAD_BYTES: usize = 512;

impl Cache {
    /// Of at most about this many bytes.
    #[must_use]
    pub fn new(limit_bytes: usize) -> Self {
        Self {
            half_bytes: limit_bytes / 2,
            generations: Mutex::new(Generations::default()),
        }
    }

    /// The page of a key at a version, rendered if need be by one of those who ask.
    ///
    /// `boot` differs with every start; it makes the ETag of another run another one.
    ///
    /// # Errors
    /// The renderer's; nothing is remembered then.
    pub async fn page<F>(
        &self,
        key: String,
        version: u64,
        boot: &str,
        render: F,
    ) -> Result<Arc<Page>, Failure>
    where
        F: Future<Output = Result<String, Failure>>,
    {
        let slot = self.slot(&key, version);
        if let Some(page) = slot.page.get() {
            return Ok(Arc::clone(page));
        }
        let page = slot
            .page
            .get_or_try_init(|| async {
                let html = render.await?;
                let tag = format!("{boot}-{version}-{:016x}", fnv(&key));
                let page = Page::new(html, &tag)?;
                self.grew(page.cost(&key));
                Ok::<_, Failure>(Arc::new(page))
            })
            .await?;
        Ok(Arc::clone(page))
    }

    fn slot(&self, key: &str, version: u64) -> Arc<Slot> {
        let mut held = self
            .generations
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = held.young.get(key)
            && slot.version == version
        {
            return Arc::clone(slot);
        }
        let slot = match held.old.remove(key) {
            Some(slot) if slot.version == version => slot,
            Some(_) | None => Arc::new(Slot {
                version,
                page: OnceCell::new(),
            }),
        };
        held.young_bytes += slot.page.get().map_or(0, |page| page.cost(key));
        held.young.insert(key.to_owned(), Arc::clone(&slot));
        slot
    }

    fn grew(&self, bytes: usize) {
        let mut held = self
            .generations
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        held.young_bytes += bytes;
        if held.young_bytes > self.half_bytes {
            held.old = std::mem::take(&mut held.young);
            held.young_bytes = 0;
        }
    }
}

/// FNV-1a of 64 bits: names an address within an ETag, nothing more.
fn fnv(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::Cache;
    use crate::failure::Failure;
    use std::sync::atomic::{AtomicUsize, Ordering};

    async fn get(cache: &Cache, key: &str, version: u64, made: &AtomicUsize) -> String {
        let page = cache
            .page(key.to_owned(), version, "boot", async {
                made.fetch_add(1, Ordering::SeqCst);
                tokio::task::yield_now().await;
                Ok(format!("<p>{key} {version}</p>"))
            })
            .await
            .unwrap();
        String::from_utf8(page.body(false).0.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn many_who_ask_at_once_wait_for_one_rendering() {
        let (cache, made) = (Cache::new(1_000_000), AtomicUsize::new(0));
        let all = futures::future::join_all((0..50).map(|_| get(&cache, "a", 1, &made))).await;
        assert!(all.iter().all(|html| html == "<p>a 1</p>"));
        assert_eq!(made.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_new_version_is_rendered_anew() {
        let (cache, made) = (Cache::new(1_000_000), AtomicUsize::new(0));
        get(&cache, "a", 1, &made).await;
        assert_eq!(get(&cache, "a", 2, &made).await, "<p>a 2</p>");
        assert_eq!(made.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn a_failure_is_not_remembered() {
        let cache = Cache::new(1_000_000);
        let failed = cache
            .page("a".to_owned(), 1, "b", async { Err(Failure::NotFound) })
            .await;
        assert!(matches!(failed, Err(Failure::NotFound)));
        assert_eq!(
            get(&cache, "a", 1, &AtomicUsize::new(0)).await,
            "<p>a 1</p>"
        );
    }

    #[tokio::test]
    async fn memory_is_bounded_and_what_is_used_stays() {
        let (cache, made) = (Cache::new(20_000), AtomicUsize::new(0));
        for n in 0..1000 {
            get(&cache, &format!("page {n}"), 1, &made).await;
            get(&cache, "home", 1, &made).await;
        }
        assert_eq!(made.load(Ordering::SeqCst), 1001);
        let held = cache.generations.lock().unwrap();
        assert!(held.young.len() + held.old.len() < 60);
    }
}
