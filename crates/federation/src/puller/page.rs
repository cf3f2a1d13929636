//! Pages of entries, as siblings serve them.

use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::value::RawValue;
use tequio_store::peer::Head;
use url::Url;

use super::Stuck;
use crate::Inner;

/// Entries of a page.
pub(crate) const PAGE_ENTRIES: i64 = 100;

/// A page as it came.
pub(crate) struct Fetched {
    /// Its number, from 1.
    pub(crate) number: i64,
    /// The bytes of each entry exactly as they stand in the page; at most [`PAGE_ENTRIES`].
    pub(crate) bodies: Vec<String>,
    /// How long it took to come.
    pub(crate) took: Duration,
}

impl Fetched {
    /// Whether there may be another page after it.
    pub(crate) fn is_full(&self) -> bool {
        i64::try_from(self.bodies.len()).is_ok_and(|count| count >= PAGE_ENTRIES)
    }
}

#[derive(Deserialize)]
struct Page<'a> {
    #[serde(rename = "orderedItems", borrow)]
    items: Vec<&'a RawValue>,
}

/// Fetches a page of a log from a base address.
pub(crate) async fn fetch_page(
    inner: &Inner,
    head: &Head,
    number: i64,
    source: &str,
) -> Result<Fetched, Stuck> {
    let began = Instant::now();
    let url = format!("{source}/t/{}/log/{}/{number}", head.topic, head.city);
    let bodies = fetch(inner, &url).await?;
    Ok(Fetched {
        number,
        bodies,
        took: began.elapsed(),
    })
}

/// Fetches what proves that a log was told in two ways.
pub(crate) async fn fetch_fork(
    inner: &Inner,
    head: &Head,
    source: &str,
) -> Result<Vec<String>, Stuck> {
    let url = format!("{source}/t/{}/log/{}/fork", head.topic, head.city);
    fetch(inner, &url).await
}

async fn fetch(inner: &Inner, url: &str) -> Result<Vec<String>, Stuck> {
    let document = inner.fetcher.page(&Url::parse(url)?).await?;
    let page: Page<'_> = serde_json::from_slice(&document.bytes)?;
    let entries = usize::try_from(PAGE_ENTRIES).unwrap_or(usize::MAX);
    let items = page.items.iter().take(entries);
    Ok(items.map(|item| item.get().to_owned()).collect())
}
