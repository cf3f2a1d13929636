//! Everything about a signed request that can be checked without a key.

use std::time::UNIX_EPOCH;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tequio_domain::Timestamp;

use super::params::{self, Params};
use super::{MAX_SKEW_S, Parsed, Request, SignatureError};
use crate::digest::sha256;

/// Headers that may not be there twice, whether the signature covers them or not.
const ONCE: [&str; 7] = [
    "signature",
    "signature-input",
    "digest",
    "content-digest",
    "date",
    "host",
    "content-type",
];

/// Checks form, coverage, address, time and body of a request; the cheap checks first, the hash of
/// the body last. `now` is our clock.
///
/// `(request-target)` and `host` must be covered, and `date` (or `(created)`); `digest` too unless
/// the method is GET or HEAD and the body is empty.
///
/// # Errors
/// The first [`SignatureError`] found; never [`SignatureError::Invalid`].
pub fn parse(request: &Request<'_>, now: Timestamp) -> Result<Parsed, SignatureError> {
    let headers = Headers(request.headers);
    for name in ONCE {
        headers.at_most_once(name)?;
    }
    let params = params::read(headers.one("signature")?)?;
    let has_body = !(request.body.is_empty() && matches!(request.method, "GET" | "HEAD"));
    check_coverage(&params, has_body)?;
    check_host(headers.one("host")?, request.hosts)?;
    let signed_at = check_time(&params, headers, now)?;
    let signed_text = signed_text(request, &params, headers)?;
    if has_body || headers.is_there("digest") {
        check_digest(headers.one("digest")?, request.body)?;
    }
    let key_id = params.key_id.to_owned();
    Ok(Parsed {
        key_id,
        signature: params.signature,
        signed_text,
        signed_at,
    })
}

#[derive(Clone, Copy)]
struct Headers<'a>(&'a [(&'a str, &'a [u8])]);

impl<'a> Headers<'a> {
    fn all(self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.0
            .iter()
            .filter(move |(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| *value)
    }

    fn is_there(self, name: &str) -> bool {
        self.all(name).next().is_some()
    }

    fn at_most_once(self, name: &str) -> Result<(), SignatureError> {
        match self.all(name).nth(1) {
            Some(_) => Err(SignatureError::RepeatedHeader(name.to_owned())),
            None => Ok(()),
        }
    }

    /// The value of a header that must be there once, in printable ASCII, without the white space
    /// around it.
    fn one(self, name: &str) -> Result<&'a str, SignatureError> {
        self.at_most_once(name)?;
        let value = self
            .all(name)
            .next()
            .ok_or_else(|| SignatureError::MissingHeader(name.to_owned()))?;
        std::str::from_utf8(value)
            .ok()
            .map(|text| text.trim_matches([' ', '\t']))
            .filter(|text| text.bytes().all(|b| matches!(b, b' '..=b'~' | b'\t')))
            .ok_or_else(|| SignatureError::UnsignableHeader(name.to_owned()))
    }
}

fn check_coverage(params: &Params<'_>, has_body: bool) -> Result<(), SignatureError> {
    let covers = |name: &str| params.covered.contains(&name);
    for (name, needed) in [
        ("(request-target)", true),
        ("host", true),
        ("date", !covers("(created)")),
        ("digest", has_body),
    ] {
        if needed && !covers(name) {
            return Err(SignatureError::NotCovered(name));
        }
    }
    Ok(())
}

fn check_host(host: &str, ours: &[&str]) -> Result<(), SignatureError> {
    if ours.iter().any(|our| our.eq_ignore_ascii_case(host)) {
        Ok(())
    } else {
        Err(SignatureError::WrongHost)
    }
}

/// When the request was signed. Every time that is given must be acceptable, covered or not.
fn check_time(
    params: &Params<'_>,
    headers: Headers<'_>,
    now: Timestamp,
) -> Result<Timestamp, SignatureError> {
    let created = params
        .created
        .map(|seconds| Timestamp::from_micros(0).plus_seconds(seconds));
    let date = if created.is_none() || headers.is_there("date") {
        Some(http_date(headers.one("date")?)?)
    } else {
        None
    };
    let skewed = |time: &Timestamp| {
        *time < now.plus_seconds(-MAX_SKEW_S) || *time > now.plus_seconds(MAX_SKEW_S)
    };
    let expired = params
        .expires
        .is_some_and(|seconds| seconds < now.seconds());
    if expired || created.iter().chain(&date).any(skewed) {
        return Err(SignatureError::OutOfTime);
    }
    created.or(date).ok_or(SignatureError::Date)
}

fn http_date(text: &str) -> Result<Timestamp, SignatureError> {
    httpdate::parse_http_date(text)
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
        .and_then(|since| i64::try_from(since.as_micros()).ok())
        .map(Timestamp::from_micros)
        .ok_or(SignatureError::Date)
}

/// The text that is signed (draft §2.3).
fn signed_text(
    request: &Request<'_>,
    params: &Params<'_>,
    headers: Headers<'_>,
) -> Result<String, SignatureError> {
    let mut lines = Vec::with_capacity(params.covered.len());
    for name in &params.covered {
        lines.push(match (*name, params.created, params.expires) {
            ("(request-target)", _, _) => target_line(request)?,
            ("(created)", Some(seconds), _) => format!("(created): {seconds}"),
            ("(expires)", _, Some(seconds)) => format!("(expires): {seconds}"),
            _ => format!("{name}: {}", headers.one(name)?),
        });
    }
    Ok(lines.join("\n"))
}

fn target_line(request: &Request<'_>) -> Result<String, SignatureError> {
    let visible = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
    if visible(request.method) && visible(request.target) {
        Ok(super::sign::target_line(request.method, request.target))
    } else {
        Err(SignatureError::UnsignableHeader(
            "(request-target)".to_owned(),
        ))
    }
}

/// The SHA-256 in a `Digest` header (RFC 3230) must be that of the body; digests by other functions
/// beside it are ignored.
fn check_digest(header: &str, body: &[u8]) -> Result<(), SignatureError> {
    let mut ours = header.split(',').filter_map(|item| {
        let (name, value) = item.trim_matches([' ', '\t']).split_once('=')?;
        name.eq_ignore_ascii_case("sha-256").then_some(value)
    });
    let (Some(value), None) = (ours.next(), ours.next()) else {
        return Err(SignatureError::Digest);
    };
    let claimed = STANDARD.decode(value).ok().ok_or(SignatureError::Digest)?;
    if claimed == sha256(body).as_bytes() {
        Ok(())
    } else {
        Err(SignatureError::BodyChanged)
    }
}
