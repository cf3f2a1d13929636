//! Pages of entries, as siblings serve them.

use std::time::{Duration, Instant};

use tequio_protocol::activity::log_page;
pub(crate) use tequio_protocol::activity::log_page::PAGE_ENTRIES;
use tequio_store::peer::Head;
use url::Url;

use super::Stuck;
use crate::Inner;

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
    Ok(log_page::read(&document.bytes)?)
}
