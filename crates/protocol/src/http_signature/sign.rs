//! Signing our own requests.

use std::time::{Duration, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tequio_domain::Timestamp;
use url::Url;

use super::{Algorithm, Format};
use crate::digest::sha256;
use crate::keys::{KeyError, PrivateKeyRef, RsaPrivateKey};

/// A request to be signed.
#[derive(Debug, Clone, Copy)]
pub struct Outgoing<'a> {
    /// The method, e.g. `POST`.
    pub method: &'a str,
    /// Where it goes.
    pub url: &'a Url,
    /// The whole body; `None` for GET.
    pub body: Option<&'a [u8]>,
    /// Id of the key that signs.
    pub key_id: &'a str,
    /// Our clock.
    pub at: Timestamp,
}

/// The headers to be sent with a signed request, values as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedHeaders {
    /// `Host`: the name, with the port where the URL has an unusual one.
    pub host: String,
    /// `Date`, by our clock, in whole seconds.
    pub date: String,
    /// `Digest` of the body (draft-cavage); `None` for a request without one.
    pub digest: Option<String>,
    /// `Content-Digest` of the body (RFC 9421); `None` for a request without one.
    pub content_digest: Option<String>,
    /// `Signature-Input` (RFC 9421).
    pub signature_input: Option<String>,
    /// `Signature` over all that is said above and in the request line.
    pub signature: String,
}

impl SignedHeaders {
    /// Name (lower case) and value of each header, `Host` included.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("host", Some(self.host.as_str())),
            ("date", Some(&self.date)),
            ("signature", Some(&self.signature)),
            ("digest", self.digest.as_deref()),
            ("content-digest", self.content_digest.as_deref()),
            ("signature-input", self.signature_input.as_deref()),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
    }
}

/// Signs a request for `url` as the key `key_id` in the format of draft-cavage; `body` is `None` for
/// GET.
///
/// # Errors
/// [`KeyError::Library`].
pub fn sign(
    method: &str,
    url: &Url,
    body: Option<&[u8]>,
    key_id: &str,
    key: &RsaPrivateKey,
    date: Timestamp,
) -> Result<SignedHeaders, KeyError> {
    let request = Outgoing {
        method,
        url,
        body,
        key_id,
        at: date,
    };
    sign_cavage(&request, key)
}

/// Signs a request in a format, with RSA.
///
/// # Errors
/// [`KeyError::Library`].
pub fn sign_as(
    request: &Outgoing<'_>,
    key: &RsaPrivateKey,
    format: Format,
) -> Result<SignedHeaders, KeyError> {
    match format {
        Format::Cavage => sign_cavage(request, key),
        Format::Rfc9421 => sign_message(request, key),
    }
}

/// The algorithm is named `rsa-sha256`, which all peers we know accept (November 2026).
fn sign_cavage(request: &Outgoing<'_>, key: &RsaPrivateKey) -> Result<SignedHeaders, KeyError> {
    let (host, date) = (host(request.url), http_date(request.at));
    let digest = request
        .body
        .map(|body| format!("SHA-256={}", STANDARD.encode(sha256(body).as_bytes())));
    let mut covered = "(request-target) host date".to_owned();
    let mut text = format!(
        "{}\nhost: {host}\ndate: {date}",
        target_line(request.method, &target(request.url))
    );
    if let Some(digest) = &digest {
        covered.push_str(" digest");
        text.push_str("\ndigest: ");
        text.push_str(digest);
    }
    let value = STANDARD.encode(key.sign(text.as_bytes())?);
    // No space after the commas: PieFed takes it for a part of the name that follows.
    let signature = format!(
        "keyId=\"{}\",algorithm=\"rsa-sha256\",headers=\"{covered}\",signature=\"{value}\"",
        request.key_id
    );
    Ok(SignedHeaders {
        host,
        date,
        digest,
        content_digest: None,
        signature_input: None,
        signature,
    })
}

/// Signs a request by RFC 9421, with either kind of key.
///
/// Covers what Mastodon requires (`@method`, `@target-uri`, `content-digest`, `created`) and no more:
/// every further header is one that a proxy on the way may change.
///
/// # Errors
/// [`KeyError::Library`].
pub fn sign_message<'k>(
    request: &Outgoing<'_>,
    key: impl Into<PrivateKeyRef<'k>>,
) -> Result<SignedHeaders, KeyError> {
    let key = key.into();
    let digest = request
        .body
        .map(|body| format!("sha-256=:{}:", STANDARD.encode(sha256(body).as_bytes())));
    let mut uri = request.url.clone();
    uri.set_fragment(None);
    let mut covered = "\"@method\" \"@target-uri\"".to_owned();
    let mut text = format!("\"@method\": {}\n\"@target-uri\": {uri}\n", request.method);
    if let Some(digest) = &digest {
        covered.push_str(" \"content-digest\"");
        text.push_str(&format!("\"content-digest\": {digest}\n"));
    }
    let params = format!(
        "({covered});created={};keyid=\"{}\";alg=\"{}\"",
        request.at.seconds(),
        request.key_id,
        Algorithm::of(key).name(),
    );
    text.push_str(&format!("\"@signature-params\": {params}"));
    let value = STANDARD.encode(key.sign(text.as_bytes())?);
    Ok(SignedHeaders {
        host: host(request.url),
        date: http_date(request.at),
        digest: None,
        content_digest: digest,
        signature_input: Some(format!("sig1={params}")),
        signature: format!("sig1=:{value}:"),
    })
}

fn host(url: &Url) -> String {
    match (url.host_str().unwrap_or_default(), url.port()) {
        (name, Some(port)) => format!("{name}:{port}"),
        (name, None) => name.to_owned(),
    }
}

/// The line of the signed text that stands for method and target.
pub(super) fn target_line(method: &str, target: &str) -> String {
    format!("(request-target): {} {target}", method.to_ascii_lowercase())
}

fn target(url: &Url) -> String {
    match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    }
}

/// IMF-fixdate; times that HTTP cannot write become the epoch, which nobody accepts.
fn http_date(time: Timestamp) -> String {
    const YEAR_9999_S: u64 = 253_402_300_799;
    let seconds = u64::try_from(time.seconds())
        .ok()
        .filter(|seconds| *seconds <= YEAR_9999_S);
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds.unwrap_or_default()))
}
