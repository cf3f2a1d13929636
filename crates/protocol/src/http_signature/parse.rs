//! Everything about a signed request that can be checked without a key.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tequio_domain::Timestamp;

use super::headers::{Headers, ONCE};
use super::params::{self, Params};
use super::{Algorithm, Parsed, Request, SignatureError, message};
use crate::digest::sha256;

/// Checks form, coverage, address, time and body of a request; the cheap checks first, the hash of
/// the body last. `now` is our clock.
///
/// With `Signature-Input` the signature is one of RFC 9421, and covers `@method`, the whole target
/// (`@target-uri`; or `@request-target` or `@path` and `@query`, with `@authority` or `host`) and
/// `created`. Without it, it is one of draft-cavage and covers `(request-target)`, `host`, and
/// `date` or `(created)`. The digest of the body is covered too, unless the method is GET or HEAD
/// and the body is empty.
///
/// # Errors
/// The first [`SignatureError`] found; never [`SignatureError::Invalid`].
pub fn parse(request: &Request<'_>, now: Timestamp) -> Result<Parsed, SignatureError> {
    let headers = Headers(request.headers);
    for name in ONCE {
        headers.at_most_once(name)?;
    }
    if headers.is_there("signature-input") {
        message::parse(request, headers, now)
    } else {
        parse_cavage(request, headers, now)
    }
}

fn parse_cavage(
    request: &Request<'_>,
    headers: Headers<'_>,
    now: Timestamp,
) -> Result<Parsed, SignatureError> {
    let params = params::read(headers.one("signature")?)?;
    check_coverage(&params, request.has_body())?;
    headers.host(request.hosts)?;
    let signed_at = headers.signed_at(params.created, params.expires, now)?;
    let signed_text = signed_text(request, &params, headers)?;
    if request.has_body() || headers.is_there("digest") {
        check_digest(headers.one("digest")?, request.body)?;
    }
    let key_id = params.key_id.to_owned();
    Ok(Parsed {
        key_id,
        algorithm: Some(Algorithm::Rsa),
        signature: params.signature,
        signed_text,
        signed_at,
    })
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

/// The text that is signed (draft §2.3).
fn signed_text(
    request: &Request<'_>,
    params: &Params<'_>,
    headers: Headers<'_>,
) -> Result<String, SignatureError> {
    let mut lines = Vec::with_capacity(params.covered.len());
    for name in &params.covered {
        lines.push(match (*name, params.created, params.expires) {
            ("(request-target)", _, _) => {
                request.check_visible()?;
                super::sign::target_line(request.method, request.target)
            }
            ("(created)", Some(seconds), _) => format!("(created): {seconds}"),
            ("(expires)", _, Some(seconds)) => format!("(expires): {seconds}"),
            _ => format!("{name}: {}", headers.one(name)?),
        });
    }
    Ok(lines.join("\n"))
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
