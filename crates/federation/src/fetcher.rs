//! The one HTTP client. Nothing else in the program dials out.
//!
//! Start at [`Fetcher::document`] (somebody's JSON), [`Fetcher::deliver`] (our JSON to a sibling),
//! [`crate::knock::send`] (our JSON to anybody else) and [`Fetcher::open`] (a file).
//!
//! # Invariants
//! - Every URL is checked before it is used, redirects included; every address when it is dialled.
//! - Every exchange has a total deadline and a cap on decompressed bytes.
//! - No proxy, no cookies, no redirect that was not looked at; a delivery follows none.
//! - Every request is signed with this instance's key, in the format that the server is known to take;
//!   a fetch that is refused for it is tried once in the other.

mod answer;
mod plain;
mod roots;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{
    ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, InvalidHeaderValue, LOCATION,
    RETRY_AFTER,
};
use reqwest::{Client, Method, Response, StatusCode};
use tequio_domain::Timestamp;
use tequio_protocol::activity::{MEDIA_TYPE, is_activity_type};
use tequio_protocol::http_signature::{self, Format, Outgoing};
use tequio_protocol::keys::{KeyError, RsaPrivateKey};
use url::Url;

pub use answer::Download;
pub use roots::{ExtraRoots, NoCertificates};

use crate::address::{Policy, UrlRefused};
use crate::knock::{self, Formats, Reply};
use crate::resolver::Resolver;

/// What we ask for.
const ACCEPT_ACTIVITY: &str = "application/activity+json, application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"";
/// Cap on a document, in bytes.
pub const DOCUMENT_MAX: usize = tequio_protocol::json::MAX_BYTES;
/// Cap on a page of a hundred entries, in bytes: an entry of our own making has at most 320 KiB (`ENTRY_MAX` of the engine).
pub const PAGE_MAX: usize = 32 * 1024 * 1024;
const MAX_REDIRECTS: usize = 3;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const DOCUMENT_DEADLINE: Duration = Duration::from_secs(10);
/// A server that has not begun to answer by then is taken for dead, whatever was asked.
const FIRST_WORD_DEADLINE: Duration = Duration::from_secs(10);
/// The body of an answer to a delivery is not waited for longer than this.
const REPLY_DEADLINE: Duration = Duration::from_secs(3);
const PAGE_DEADLINE: Duration = Duration::from_secs(60);
/// A file may take this long, and one second more per [`SLOWEST_BYTES_PER_S`].
const FILE_DEADLINE: Duration = Duration::from_secs(30);
const SLOWEST_BYTES_PER_S: u64 = 16 * 1024;

/// Who signs what this server sends.
#[derive(Clone)]
pub struct Signer {
    /// Id of the key that signs fetches: the Application's.
    pub key_id: String,
    /// The transport key of this instance, under whatever id.
    pub key: RsaPrivateKey,
}

/// What was fetched.
#[derive(Debug, Clone)]
pub struct Document {
    /// Where it stands, after redirects.
    pub url: Url,
    /// The bytes as received, decompressed.
    pub bytes: Bytes,
}

/// What a server said to a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// `Retry-After` in seconds, where it is given so.
    pub retry_after_s: Option<i64>,
}

/// Why nothing was fetched or delivered.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The URL, or one that it redirects to, may not be fetched.
    #[error("{0}")]
    Refused(#[from] UrlRefused),
    /// A redirect without a usable target.
    #[error("a redirect leads nowhere")]
    Redirect,
    /// More redirects than allowed.
    #[error("more than {MAX_REDIRECTS} redirects")]
    TooManyRedirects,
    /// The server said something other than 200.
    #[error("the server answered {0}")]
    Status(u16),
    /// Not an ActivityPub document.
    #[error("not an ActivityPub content type")]
    ContentType,
    /// More bytes than allowed.
    #[error("more than {0} bytes")]
    TooLarge(usize),
    /// The deadline passed.
    #[error("no complete answer in time")]
    TooSlow,
    /// No connection, or it broke.
    #[error("no connection: {0}")]
    Connection(#[source] reqwest::Error),
    /// Our key does not sign.
    #[error("cannot sign: {0}")]
    Key(#[from] KeyError),
    /// A header that cannot be sent.
    #[error("cannot be sent: {0}")]
    Header(#[from] InvalidHeaderValue),
    /// The document is not what was asked for.
    #[error("{0}")]
    Unexpected(&'static str),
}

impl From<reqwest::Error> for FetchError {
    fn from(error: reqwest::Error) -> Self {
        if error.is_timeout() {
            Self::TooSlow
        } else {
            Self::Connection(error.without_url())
        }
    }
}

/// The client; cheap to clone.
#[derive(Clone)]
pub struct Fetcher {
    client: Client,
    policy: Policy,
    signer: Signer,
    formats: Arc<Formats>,
    clock: fn() -> Timestamp,
}

impl Fetcher {
    /// A client under a policy, named `user_agent` towards others, that trusts `roots` besides the system's.
    ///
    /// # Errors
    /// [`FetchError::Connection`] when TLS cannot be set up.
    pub fn new(
        policy: Policy,
        user_agent: &str,
        signer: Signer,
        roots: ExtraRoots,
        clock: fn() -> Timestamp,
    ) -> Result<Self, FetchError> {
        let client = Client::builder()
            .user_agent(user_agent)
            .dns_resolver(Arc::new(Resolver::new(policy)))
            .redirect(reqwest::redirect::Policy::none())
            .https_only(policy == Policy::Public)
            .tls_certs_merge(roots.0)
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(Duration::from_secs(90))
            .pool_max_idle_per_host(4)
            .tcp_nodelay(true)
            .referer(false)
            .no_proxy()
            .build()?;
        Ok(Self {
            client,
            policy,
            signer,
            formats: Arc::default(),
            clock,
        })
    }

    /// Which format of signatures each host takes.
    #[must_use]
    pub fn formats(&self) -> &Formats {
        &self.formats
    }

    /// Which addresses it dials.
    pub(crate) fn policy(&self) -> Policy {
        self.policy
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Fetches an ActivityPub document of at most [`DOCUMENT_MAX`] bytes.
    ///
    /// # Errors
    /// [`FetchError`].
    pub async fn document(&self, url: &Url) -> Result<Document, FetchError> {
        self.get(url, DOCUMENT_MAX, DOCUMENT_DEADLINE).await
    }

    /// Fetches a page of entries: like [`Fetcher::document`], with room for a hundred.
    ///
    /// # Errors
    /// [`FetchError`].
    pub async fn page(&self, url: &Url) -> Result<Document, FetchError> {
        self.get(url, PAGE_MAX, PAGE_DEADLINE).await
    }

    /// Fetches a document and reads it strictly; its `id` must be the address where it stands.
    ///
    /// # Errors
    /// [`FetchError`]; [`FetchError::Unexpected`] for bad JSON or another id.
    pub async fn object(&self, url: &Url) -> Result<serde_json::Value, FetchError> {
        let document = self.document(url).await?;
        let value = tequio_protocol::json::parse(&document.bytes)
            .map_err(|_bad_json| FetchError::Unexpected("the document is not acceptable JSON"))?;
        let id = value.get("id").and_then(serde_json::Value::as_str);
        if id != Some(document.url.as_str()) {
            return Err(FetchError::Unexpected(
                "the document's id is not its address",
            ));
        }
        Ok(value)
    }

    /// Whether the server of `url` itself says that what was there is gone for good (410). A redirect to
    /// another server is none of its word.
    pub async fn is_gone(&self, url: &Url) -> bool {
        let exchange = async {
            let mut at = url.clone();
            at.set_fragment(None);
            for _ in 0..=MAX_REDIRECTS {
                self.policy.check_url(&at)?;
                let response = self.ask(&at, ACCEPT_ACTIVITY).await?;
                if !response.status().is_redirection() {
                    return Ok(response.status() == StatusCode::GONE);
                }
                at = redirect(&at, &response)?;
                if at.origin() != url.origin() {
                    return Ok(false);
                }
            }
            Err(FetchError::TooManyRedirects)
        };
        within(FIRST_WORD_DEADLINE, exchange).await.unwrap_or(false)
    }

    /// POSTs an activity to a sibling, signed as `key_id`. Every status is an answer.
    ///
    /// # Errors
    /// [`FetchError`] when there is no answer.
    pub async fn deliver(
        &self,
        inbox: &Url,
        body: Bytes,
        key_id: &str,
    ) -> Result<Answer, FetchError> {
        let exchange = async {
            let response = self.posted(inbox, body, key_id, Format::Cavage).await?;
            let answer = Answer {
                status: response.status().as_u16(),
                retry_after_s: retry_after_s(&response),
            };
            // Read to the end, so that the connection serves the next delivery.
            answer::read(response, DOCUMENT_MAX).await?;
            Ok(answer)
        };
        within(DOCUMENT_DEADLINE, exchange).await
    }

    /// POSTs once in a format. What the server says after its status matters little, so an answer
    /// that is too long or breaks off is an answer.
    pub(crate) async fn post(
        &self,
        inbox: &Url,
        body: Bytes,
        key_id: &str,
        format: Format,
    ) -> Result<Reply, FetchError> {
        let exchange = async {
            let response = self.posted(inbox, body, key_id, format).await?;
            let status = response.status().as_u16();
            let headers = response.headers().clone();
            let body = answer::beginning(response, knock::BODY_MAX, REPLY_DEADLINE).await;
            Ok(Reply {
                status,
                headers,
                body: String::from_utf8_lossy(&body).into_owned(),
                format,
            })
        };
        within(DOCUMENT_DEADLINE, exchange).await
    }

    async fn posted(
        &self,
        inbox: &Url,
        body: Bytes,
        key_id: &str,
        format: Format,
    ) -> Result<Response, FetchError> {
        self.policy.check_url(inbox)?;
        let mut headers = self.signed("POST", inbox, Some(&body), key_id, format)?;
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        let request = self.client.request(Method::POST, inbox.clone());
        Ok(request.headers(headers).body(body).send().await?)
    }

    /// Opens a file of a declared size.
    ///
    /// # Errors
    /// [`FetchError`] when there is no 200.
    pub async fn open(&self, url: &Url, size_bytes: u64) -> Result<Download, FetchError> {
        let patience = Duration::from_secs(size_bytes / SLOWEST_BYTES_PER_S);
        let deadline = tokio::time::Instant::now() + FILE_DEADLINE + patience;
        let response = within(FIRST_WORD_DEADLINE, self.follow(url, "*/*")).await?;
        Ok(Download::new(response, size_bytes, deadline))
    }

    async fn get(
        &self,
        url: &Url,
        max_bytes: usize,
        deadline: Duration,
    ) -> Result<Document, FetchError> {
        let exchange = async {
            let response = within(FIRST_WORD_DEADLINE, self.follow(url, ACCEPT_ACTIVITY)).await?;
            if !response
                .headers()
                .get(CONTENT_TYPE)
                .is_some_and(is_activity)
            {
                return Err(FetchError::ContentType);
            }
            let url = response.url().clone();
            Ok(Document {
                url,
                bytes: answer::read(response, max_bytes).await?,
            })
        };
        within(deadline, exchange).await
    }

    /// GETs, following at most [`MAX_REDIRECTS`], each checked like the first address.
    async fn follow(&self, url: &Url, accept: &'static str) -> Result<Response, FetchError> {
        let mut url = url.clone();
        url.set_fragment(None);
        for _ in 0..=MAX_REDIRECTS {
            self.policy.check_url(&url)?;
            let response = self.ask(&url, accept).await?;
            match response.status() {
                StatusCode::OK => return Ok(response),
                StatusCode::MOVED_PERMANENTLY
                | StatusCode::FOUND
                | StatusCode::SEE_OTHER
                | StatusCode::TEMPORARY_REDIRECT
                | StatusCode::PERMANENT_REDIRECT => url = redirect(&url, &response)?,
                other => return Err(FetchError::Status(other.as_u16())),
            }
        }
        Err(FetchError::TooManyRedirects)
    }

    /// One GET; when its signature is refused, once more in the other format.
    async fn ask(&self, url: &Url, accept: &'static str) -> Result<Response, FetchError> {
        let (host, now) = (knock::host_of(url), self.now());
        let first = self.formats.of(&host);
        let response = self.asked(url, accept, first).await?;
        if !knock::is_refusal(response.status().as_u16())
            || !self.formats.may_knock_again(&host, now)
        {
            return Ok(response);
        }
        let second = self.asked(url, accept, first.other()).await?;
        if second.status().is_success() {
            self.formats.learned(&host, first.other());
        } else if knock::is_refusal(second.status().as_u16()) {
            self.formats.refused_both(&host, now);
        }
        Ok(second)
    }

    async fn asked(
        &self,
        url: &Url,
        accept: &'static str,
        format: Format,
    ) -> Result<Response, FetchError> {
        let mut headers = self.signed("GET", url, None, &self.signer.key_id, format)?;
        headers.insert(ACCEPT, HeaderValue::from_static(accept));
        let request = self.client.request(Method::GET, url.clone());
        Ok(request.headers(headers).send().await?)
    }

    fn signed(
        &self,
        method: &str,
        url: &Url,
        body: Option<&[u8]>,
        key_id: &str,
        format: Format,
    ) -> Result<HeaderMap, FetchError> {
        let request = Outgoing {
            method,
            url,
            body,
            key_id,
            at: self.now(),
        };
        let made = http_signature::sign_as(&request, &self.signer.key, format)?;
        let mut headers = HeaderMap::with_capacity(6);
        // `Host` is set by the client, from the same URL.
        for (name, value) in made.iter().filter(|(name, _)| *name != "host") {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value)?);
        }
        Ok(headers)
    }
}

async fn within<T>(
    deadline: Duration,
    exchange: impl Future<Output = Result<T, FetchError>>,
) -> Result<T, FetchError> {
    tokio::time::timeout(deadline, exchange)
        .await
        .unwrap_or(Err(FetchError::TooSlow))
}

fn redirect(from: &Url, response: &Response) -> Result<Url, FetchError> {
    let target = response
        .headers()
        .get(LOCATION)
        .and_then(|value| value.to_str().ok());
    let mut url = target
        .and_then(|t| from.join(t).ok())
        .ok_or(FetchError::Redirect)?;
    url.set_fragment(None);
    Ok(url)
}

fn retry_after_s(response: &Response) -> Option<i64> {
    response
        .headers()
        .get(RETRY_AFTER)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()
}

/// Whether a content type is one of ActivityPub's.
pub(crate) fn is_activity(value: &HeaderValue) -> bool {
    value.to_str().is_ok_and(is_activity_type)
}

#[cfg(test)]
mod tests;
