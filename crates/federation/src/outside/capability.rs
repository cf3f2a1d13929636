//! What a server outside the network runs, and so in which shape it takes things.
//!
//! Start at [`Family::of`]. The name comes from NodeInfo, asked for once a day and kept in
//! `outside_server.software`.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;
use tequio_domain::Timestamp;
use tequio_protocol::outside::nodeinfo;
use tequio_store::outside::delivery;
use url::Url;

use crate::Inner;
use crate::fetcher::FetchError;

/// NodeInfo is asked for again after this time, in seconds.
const FRESH_S: i64 = 86_400;
/// Most hosts of which it is remembered when they were asked.
const MAX_HOSTS: usize = 10_000;
/// What is kept when a server answers but does not say what it runs.
const UNKNOWN: &str = "unknown";

/// Software that takes things in one shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    /// Lemmy, Mbin: an object belongs to one community, and only that one may announce it.
    Lemmy,
    /// `PieFed`: like Lemmy, but any community that it knows may announce. So do cities of another network.
    PieFed,
    /// `NodeBB`: takes announced activities when it can fetch them.
    NodeBb,
    /// Discourse: objects by id, to each follower's own inbox.
    Discourse,
    /// Mastodon and everything else: objects by id.
    Microblog,
}

impl Family {
    /// By NodeInfo's name, in any case.
    #[must_use]
    pub(crate) fn of(software: &str) -> Self {
        match software.to_ascii_lowercase().as_str() {
            "lemmy" | "mbin" | "kbin" => Self::Lemmy,
            "piefed" | "tequio" => Self::PieFed,
            "nodebb" => Self::NodeBb,
            "discourse" => Self::Discourse,
            _ => Self::Microblog,
        }
    }
}

/// When hosts were asked what they run.
#[derive(Default)]
pub(crate) struct Asked(Mutex<HashMap<String, Timestamp>>);

impl Asked {
    fn is_fresh(&self, host: &str, now: Timestamp) -> bool {
        let asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        asked
            .get(host)
            .is_some_and(|at| now < at.plus_seconds(FRESH_S))
    }

    fn asked(&self, host: &str, now: Timestamp) {
        let mut asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // What is forgotten costs two requests more, once.
        if asked.len() >= MAX_HOSTS {
            asked.clear();
        }
        asked.insert(host.to_owned(), now);
    }
}

/// What a host runs: what is kept (`held`), or what it says now when that is old or nothing.
///
/// # Errors
/// [`FetchError`] when it cannot be reached and nothing is kept; the store's, as text in the log only.
pub(crate) async fn family_of(inner: &Inner, host: &str, held: &str) -> Result<Family, FetchError> {
    let now = inner.now();
    let is_fresh = inner.asked.is_fresh(host, now);
    if is_fresh && !held.is_empty() {
        return Ok(Family::of(held));
    }
    let told = match ask(inner, host).await {
        Ok(told) => told,
        Err(error) if held.is_empty() => return Err(error),
        // It will be seen at the delivery whether the host is there.
        Err(_) => return Ok(Family::of(held)),
    };
    inner.asked.asked(host, now);
    let name = told.unwrap_or_else(|| UNKNOWN.to_owned());
    if name != held {
        let (host, name) = (host.to_owned(), name.clone());
        let store = inner.engine.store();
        let written = store
            .write(move |tx| delivery::set_software(tx, &host, &name))
            .await;
        if let Err(error) = written {
            tracing::error!(%error, "cannot keep what a server runs");
        }
    }
    Ok(Family::of(&name))
}

/// Asks by NodeInfo; `None` when the server answers something else.
async fn ask(inner: &Inner, host: &str) -> Result<Option<String>, FetchError> {
    let address = format!("{}://{host}/.well-known/nodeinfo", inner.scheme());
    let Ok(url) = Url::parse(&address) else {
        return Ok(None);
    };
    let Some(links) = answered(inner.fetcher.json(&url).await)? else {
        return Ok(None);
    };
    let Some(document) = nodeinfo::document_of(&links, host) else {
        return Ok(None);
    };
    let document = answered(inner.fetcher.json(&document).await)?;
    Ok(document.as_ref().and_then(nodeinfo::software))
}

/// A wrong answer is an answer; none is not.
fn answered(fetched: Result<Value, FetchError>) -> Result<Option<Value>, FetchError> {
    match fetched {
        Ok(value) => Ok(Some(value)),
        Err(FetchError::Status(500..=599)) => Err(FetchError::Unexpected("it is in trouble")),
        Err(
            FetchError::Refused(_)
            | FetchError::Redirect
            | FetchError::TooManyRedirects
            | FetchError::Status(_)
            | FetchError::ContentType
            | FetchError::TooLarge(_)
            | FetchError::Unexpected(_),
        ) => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::Family;

    #[test]
    fn families_are_known_by_name_in_any_case() {
        for (name, family) in [
            ("lemmy", Family::Lemmy),
            ("mbin", Family::Lemmy),
            ("PieFed", Family::PieFed),
            ("tequio", Family::PieFed),
            ("NodeBB", Family::NodeBb),
            ("discourse", Family::Discourse),
            ("mastodon", Family::Microblog),
            ("unknown", Family::Microblog),
        ] {
            assert_eq!(Family::of(name), family, "{name}");
        }
    }
}
