//! The inbox. Every activity from another server comes in here.
//!
//! Start at [`receive`]; it reads as the order of checks: form, then body, then signature with a key
//! that is at hand, then strict JSON, then actor = owner of the key, and only then what is said.
//!
//! # Invariants
//! - Nothing is fetched for a request whose form is bad, and nothing changes for one that nobody
//!   vouches for.
//! - 202 only when what was said is on disk. Our own faults are 503.
//! - A repeat changes nothing and gets 2xx.

mod body;
mod dispatch;
mod stranger;

use std::sync::Arc;

use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use actix_web::{HttpRequest, HttpResponse, web};
use tequio_protocol::activity::Envelope;
use tequio_protocol::http_signature::{self, Parsed, Request, SignatureError};

pub(crate) use body::Room;
#[cfg(test)]
pub(crate) use body::{ROOM_BYTES, ROOM_OF_ONE_BYTES};

use crate::problem::Problem;
use crate::sibling::Sibling;
use crate::{Inner, discovery, visitor};

/// Headers on which security rests: given twice, two readers may read two things.
const ONCE: [&str; 7] = [
    "host",
    "date",
    "digest",
    "content-digest",
    "signature",
    "signature-input",
    "content-type",
];

/// `POST /inbox`, `/t/{slug}/inbox`, `/u/{name}/inbox`.
pub(crate) async fn receive(
    request: HttpRequest,
    payload: web::Payload,
    inner: web::Data<Inner>,
) -> Result<HttpResponse, Problem> {
    check_form(request.headers())?;
    let address = visitor::address(&request, &inner.settings.trusted_proxies);
    let mut share = inner.room.share(visitor::bucket(address));
    let body = body::read(payload, &mut share).await?;
    let parsed = parse(&request, &body, &inner)?;
    match inner.siblings.of_key(parsed.key_id()) {
        Some(sibling) => {
            inner.sibling_bucket.admit(&sibling.city, inner.now())?;
            verify_sibling(&sibling, &parsed, &inner).await?;
            let envelope = Envelope::read(&body)?;
            check_actor(&sibling, parsed.key_id(), &envelope.actor.0)?;
            sibling.heard(inner.now());
            dispatch::from_sibling(&inner, &sibling, &envelope, &body).await?;
        }
        None => stranger::receive(&inner, address, &parsed, &body).await?,
    }
    Ok(HttpResponse::Accepted().finish())
}

/// What can be seen without reading the body.
fn check_form(headers: &HeaderMap) -> Result<(), Problem> {
    for name in ONCE {
        if headers.get_all(name).nth(1).is_some() {
            return Err(Problem::Form(format!(
                "the header {name} is given more than once"
            )));
        }
    }
    if !headers
        .get(CONTENT_TYPE)
        .is_some_and(|value| value.to_str().is_ok_and(is_ours))
    {
        return Err(Problem::ContentType);
    }
    let length = headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok());
    if length.is_some_and(|text| text.parse().is_ok_and(|n: usize| n > body::MAX_BYTES)) {
        return Err(Problem::TooLarge);
    }
    Ok(())
}

/// `application/activity+json` or `application/ld+json`; some servers leave the profile out.
fn is_ours(text: &str) -> bool {
    let kind = text.split(';').next().unwrap_or_default().trim();
    ["application/activity+json", "application/ld+json"]
        .iter()
        .any(|t| kind.eq_ignore_ascii_case(t))
}

/// Checks the signature's form, coverage, host, time and digest: all that needs no key.
fn parse(request: &HttpRequest, body: &[u8], inner: &Inner) -> Result<Parsed, Problem> {
    let headers: Vec<(&str, &[u8])> = request
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_bytes()))
        .collect();
    let target = request
        .uri()
        .path_and_query()
        .map_or("/", |target| target.as_str());
    // In development servers call each other by names with and without ports.
    let host = inner.host();
    let bare = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let hosts = if inner.settings.development {
        [host, bare]
    } else {
        [host, host]
    };
    let plain = Request {
        method: request.method().as_str(),
        target,
        scheme: inner.scheme(),
        hosts: &hosts,
        headers: &headers,
        body,
    };
    http_signature::parse(&plain, inner.now()).map_err(|error| match error {
        SignatureError::RepeatedHeader(_) | SignatureError::UnsignableHeader(_) => {
            Problem::Form(error.to_string())
        }
        other => Problem::Unauthenticated(other.to_string()),
    })
}

/// With the key at hand; when it does not hold (or there is none yet), once more with a fetched one.
async fn verify_sibling(
    sibling: &Arc<Sibling>,
    parsed: &Parsed,
    inner: &Inner,
) -> Result<(), Problem> {
    if let Some(contact) = sibling.contact()
        && parsed.verify(&contact.key).is_ok()
    {
        return Ok(());
    }
    if inner
        .refind_bucket
        .admit(&sibling.city, inner.now())
        .is_err()
    {
        return Err(unauthenticated(SignatureError::Invalid));
    }
    if let Err(error) = discovery::find(inner, sibling).await {
        tracing::warn!(city = sibling.city, %error, "a signature does not hold and its key cannot be had");
        return Err(unauthenticated(SignatureError::Invalid));
    }
    sibling.wake.notify_one();
    let contact = sibling.contact().ok_or(Problem::Fault)?;
    parsed.verify(&contact.key).map_err(unauthenticated)?;
    Ok(())
}

/// Every actor of a sibling signs with the one key, as `{actor}#main-key`.
fn check_actor(sibling: &Sibling, key_id: &str, actor: &str) -> Result<(), Problem> {
    if sibling.owns(actor) && key_id.strip_suffix("#main-key") == Some(actor) {
        Ok(())
    } else {
        Err(not_the_actors())
    }
}

fn not_the_actors() -> Problem {
    Problem::Unauthenticated("the key does not belong to the actor".to_owned())
}

fn unauthenticated(error: SignatureError) -> Problem {
    Problem::Unauthenticated(error.to_string())
}
