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

use std::borrow::Cow;
use std::sync::Arc;

use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use tequio_protocol::http_signature::{self, Parsed, Request, SignatureError, Verified};

use crate::outside::inbound;
use crate::outsider::OutsideKey;
use crate::problem::Problem;
use crate::sibling::Sibling;
use crate::{Inner, discovery};

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

/// Who sent a request.
pub(crate) enum Sender {
    /// A city of the network.
    Sibling(Arc<Sibling>),
    /// Anyone else who proved to own a key.
    Outsider(OutsideKey),
}

/// What is looked at before anything else in the body; the rest of it is read strictly later, where
/// a member given twice is refused, so both readings see the same.
#[derive(Debug, Deserialize)]
pub(crate) struct Envelope<'a> {
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    actor: Cow<'a, str>,
    #[serde(rename = "tq:seq")]
    seq: Option<i64>,
}

/// `POST /inbox`, `/t/{slug}/inbox`, `/u/{name}/inbox`.
pub(crate) async fn receive(
    request: HttpRequest,
    payload: web::Payload,
    inner: web::Data<Inner>,
) -> Result<HttpResponse, Problem> {
    check_form(request.headers())?;
    let body = body::read(payload).await?;
    let parsed = parse(&request, &body, &inner)?;
    let sender = authenticate(&request, &parsed, &inner).await?;
    let envelope: Envelope<'_> = serde_json::from_slice(&body)
        .map_err(|error| Problem::Document(format!("not an activity: {error}")))?;
    check_actor(&sender, parsed.key_id(), &envelope.actor)?;
    match sender {
        Sender::Sibling(sibling) => {
            sibling.heard(inner.now());
            dispatch::from_sibling(&inner, &sibling, &envelope, &body).await?;
        }
        Sender::Outsider(key) => inbound::receive(&inner, &key, &body).await?,
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
    let plain = Request {
        method: request.method().as_str(),
        target,
        scheme: inner.scheme(),
        hosts: &[inner.host()],
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

/// Finds the key and verifies with it. A sibling's is at hand; a stranger's is fetched, within limits.
async fn authenticate(
    request: &HttpRequest,
    parsed: &Parsed,
    inner: &Inner,
) -> Result<Sender, Problem> {
    let now = inner.now();
    if let Some(sibling) = inner.siblings.of_key(parsed.key_id()) {
        inner.sibling_bucket.admit(&sibling.city, now)?;
        verify_sibling(sibling, parsed, inner).await?;
        return Ok(Sender::Sibling(Arc::clone(sibling)));
    }
    let from = request
        .peer_addr()
        .map(|address| address.ip().to_canonical().to_string());
    inner
        .stranger_bucket
        .admit(&from.unwrap_or_default(), now)?;
    let held = inner
        .outsiders
        .key(&inner.fetcher, parsed.key_id(), now)
        .await?;
    if parsed.verify(&held.key).is_ok() {
        return Ok(Sender::Outsider(held));
    }
    let newer = inner
        .outsiders
        .newer_key(&inner.fetcher, &held, parsed.key_id(), now)
        .await?;
    parsed.verify(&newer.key).map_err(unauthenticated)?;
    Ok(Sender::Outsider(newer))
}

/// With the key at hand; when it does not hold (or there is none yet), once more with a fetched one.
async fn verify_sibling(
    sibling: &Arc<Sibling>,
    parsed: &Parsed,
    inner: &Inner,
) -> Result<Verified, Problem> {
    if let Some(contact) = sibling.contact()
        && let Ok(verified) = parsed.verify(&contact.key)
    {
        return Ok(verified);
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
    parsed.verify(&contact.key).map_err(unauthenticated)
}

/// A sibling's key must be the actor's, which is `{actor}#main-key`. What an outsider has signed for
/// another actor is judged by what it says ([`inbound::receive`]).
fn check_actor(sender: &Sender, key_id: &str, actor: &str) -> Result<(), Problem> {
    let is_owner = match sender {
        Sender::Sibling(sibling) => {
            sibling.owns(actor) && key_id.strip_suffix("#main-key") == Some(actor)
        }
        Sender::Outsider(_) => true,
    };
    if is_owner {
        Ok(())
    } else {
        Err(Problem::Unauthenticated(
            "the key does not belong to the actor".to_owned(),
        ))
    }
}

fn unauthenticated(error: SignatureError) -> Problem {
    Problem::Unauthenticated(error.to_string())
}
