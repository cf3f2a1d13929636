//! Knocking twice: a delivery to a server outside the network, signed in the format that it is known
//! to take, and once more in the other when it does not believe the first.
//!
//! Start at [`send`]. What was learned is kept by host in [`Formats`], which forgets when the program
//! ends: [`Reply::format`] is for the caller to write down (`outside_server.signature`) and to bring
//! back with [`Formats::learned`] at the next start.
//!
//! What must stay true: at most two requests for one delivery, and one only to a host that refused
//! both formats within the hour; memory is bounded whatever the number of hosts.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use tequio_domain::Timestamp;
use tequio_protocol::http_signature::Format;
use url::Url;

use crate::fetcher::{FetchError, Fetcher};

/// Most hosts about which something is remembered.
pub(crate) const MAX_HOSTS: usize = 4096;
/// A host that refused both formats is knocked at once only for this long, in seconds.
const BOTH_REFUSED_S: i64 = 3600;
/// What is kept of an answer's body, in bytes.
pub(crate) const BODY_MAX: usize = 4096;

/// What a server said to a delivery.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// All headers.
    pub headers: HeaderMap,
    /// The beginning of the body as text, at most 4 KiB.
    pub body: String,
    /// The format of the request that this answers.
    pub format: Format,
}

impl Reply {
    /// Whether the server took it: a status of 200 to 299.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// `Retry-After` in seconds, where it is given so.
    #[must_use]
    pub fn retry_after_s(&self) -> Option<i64> {
        self.headers
            .get(RETRY_AFTER)?
            .to_str()
            .ok()?
            .trim()
            .parse()
            .ok()
    }

    /// Whether it may be the signature's format that was not liked.
    pub(crate) fn is_about_signature(&self) -> bool {
        let body = || self.body.to_ascii_lowercase();
        is_refusal(self.status)
            || (self.status == 400 && ["signature", "digest"].iter().any(|w| body().contains(w)))
    }
}

/// Whether a status says that a signature was not believed.
pub(crate) fn is_refusal(status: u16) -> bool {
    matches!(status, 401 | 403)
}

/// POSTs `body` to `inbox` in the name of the key `key_id` (`{actor}#main-key`), in the format that the
/// host is known or assumed to take; when the signature is refused, once more in the other.
///
/// Every status is an answer. When both are refused, the answer to the first.
///
/// # Errors
/// [`FetchError`] when there is no answer at all.
pub async fn send(
    fetcher: &Fetcher,
    inbox: &Url,
    body: Bytes,
    key_id: &str,
) -> Result<Reply, FetchError> {
    let (formats, host, now) = (fetcher.formats(), host_of(inbox), fetcher.now());
    let first = formats.of(&host);
    let answer = fetcher.post(inbox, body.clone(), key_id, first).await?;
    if !answer.is_about_signature() || !formats.may_knock_again(&host, now) {
        return Ok(answer);
    }
    let other = fetcher.post(inbox, body, key_id, first.other()).await;
    Ok(match other {
        Ok(second) if second.is_taken() => {
            formats.learned(&host, second.format);
            second
        }
        Ok(second) if !second.is_about_signature() => second,
        Ok(_) => {
            formats.refused_both(&host, now);
            answer
        }
        Err(_unreachable_now) => answer,
    })
}

/// The host of a URL, with the port where it is not the usual one: the key of `outside_server`.
#[must_use]
pub fn host_of(url: &Url) -> String {
    match (url.host_str().unwrap_or_default(), url.port()) {
        (name, Some(port)) => format!("{name}:{port}"),
        (name, None) => name.to_owned(),
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Host {
    format: Option<Format>,
    both_refused_at: Option<Timestamp>,
}

/// Which format each host takes, as far as it is not the assumed one.
#[derive(Debug, Default)]
pub struct Formats(Mutex<HashMap<String, Host>>);

impl Formats {
    /// The format to be tried first.
    #[must_use]
    pub fn of(&self, host: &str) -> Format {
        let held = self.with(|hosts| hosts.get(host).and_then(|host| host.format));
        held.unwrap_or(Format::Cavage)
    }

    /// The host took this format: it is tried first from now on.
    pub fn learned(&self, host: &str, format: Format) {
        self.change(host, |held| {
            *held = Host {
                format: Some(format),
                both_refused_at: None,
            };
        });
    }

    /// The host itself signs in this format: tried first unless more is known.
    pub fn hint(&self, host: &str, format: Format) {
        if self.with(|hosts| hosts.contains_key(host)) || format == Format::Cavage {
            return;
        }
        self.change(host, |held| held.format = held.format.or(Some(format)));
    }

    pub(crate) fn refused_both(&self, host: &str, now: Timestamp) {
        self.change(host, |held| held.both_refused_at = Some(now));
    }

    pub(crate) fn may_knock_again(&self, host: &str, now: Timestamp) -> bool {
        let refused = self.with(|hosts| hosts.get(host).and_then(|host| host.both_refused_at));
        refused.is_none_or(|at| now >= at.plus_seconds(BOTH_REFUSED_S))
    }

    /// About how many hosts something is remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.with(|hosts| hosts.len())
    }

    /// Whether nothing is remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn change(&self, host: &str, change: impl FnOnce(&mut Host)) {
        self.with(|hosts| {
            // What is forgotten costs one request more, once.
            if hosts.len() >= MAX_HOSTS && !hosts.contains_key(host) {
                hosts.clear();
            }
            change(hosts.entry(host.to_owned()).or_default());
        });
    }

    fn with<T>(&self, read: impl FnOnce(&mut HashMap<String, Host>) -> T) -> T {
        read(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests;
