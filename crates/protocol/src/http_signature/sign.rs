//! Signing our own requests.

use std::time::{Duration, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tequio_domain::Timestamp;
use url::Url;

use crate::digest::sha256;
use crate::keys::{KeyError, RsaPrivateKey};

/// The headers to be sent with a signed request, values as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedHeaders {
    /// `Host`: the name, with the port where the URL has an unusual one.
    pub host: String,
    /// `Date`, by our clock, in whole seconds.
    pub date: String,
    /// `Digest` of the body; `None` for a request without one.
    pub digest: Option<String>,
    /// `Signature` over all of these and the request line.
    pub signature: String,
}

impl SignedHeaders {
    /// Name (lower case) and value of each header, `Host` included.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let digest = self.digest.as_deref().map(|value| ("digest", value));
        [
            ("host", self.host.as_str()),
            ("date", &self.date),
            ("signature", &self.signature),
        ]
        .into_iter()
        .chain(digest)
    }
}

/// Signs a request for `url` as the key `key_id`; `body` is `None` for GET.
///
/// The algorithm is named `rsa-sha256`, which all peers we know accept (November 2026).
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
    let host = match (url.host_str().unwrap_or_default(), url.port()) {
        (name, Some(port)) => format!("{name}:{port}"),
        (name, None) => name.to_owned(),
    };
    let date = http_date(date);
    let digest = body.map(|body| format!("SHA-256={}", STANDARD.encode(sha256(body).as_bytes())));
    let mut covered = "(request-target) host date".to_owned();
    let mut text = format!(
        "{}\nhost: {host}\ndate: {date}",
        target_line(method, &target(url))
    );
    if let Some(digest) = &digest {
        covered.push_str(" digest");
        text.push_str("\ndigest: ");
        text.push_str(digest);
    }
    let value = STANDARD.encode(key.sign(text.as_bytes())?);
    let signature = format!(
        "keyId=\"{key_id}\",algorithm=\"rsa-sha256\",headers=\"{covered}\",signature=\"{value}\""
    );
    Ok(SignedHeaders {
        host,
        date,
        digest,
        signature,
    })
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
