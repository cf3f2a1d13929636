//! What a server or reader is told when it does not get what it wants (RFC 9457).
//!
//! [`Problem::entry`] is the one table. Causes inside this server go to the log only. What stands in
//! `type` is promised in FEDERATION.md: programs tell problems apart by it, so it never changes.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use serde_json::json;

/// Why a request was not served.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// No such thing here, or nothing that may be known.
    #[error("there is nothing at this address")]
    NotFound,
    /// The method is not one that this address takes.
    #[error("this address does not take that method")]
    Method,
    /// A parameter of the address is missing or cannot be read.
    #[error("{0}")]
    Query(&'static str),
    /// An inbox takes ActivityPub documents only.
    #[error("send application/activity+json")]
    ContentType,
    /// A body over the limit.
    #[error("the body is larger than 1 MiB")]
    TooLarge,
    /// The body did not come in time.
    #[error("the body took too long")]
    TooSlow,
    /// The body broke off.
    #[error("the body broke off")]
    Interrupted,
    /// The form of the request is not acceptable: a header repeated or unreadable.
    #[error("{0}")]
    Form(String),
    /// Nobody vouches for the request.
    #[error("{0}")]
    Unauthenticated(String),
    /// The body is not acceptable JSON, or does not say what it must.
    #[error("{0}")]
    Document(String),
    /// The sender is who it says, and may not do this.
    #[error("{0}")]
    Forbidden(String),
    /// Too many requests.
    #[error("too many requests")]
    TooOften {
        /// Seconds to wait.
        retry_after_s: i64,
    },
    /// The signer's key could not be fetched: perhaps its server is down, perhaps our line.
    #[error("the signer's server does not answer with its key; try again later")]
    KeyUnreachable,
    /// Too many bodies are being read.
    #[error("too much is being received; try again soon")]
    Busy,
    /// No room to keep what came. Not 507: by RFC 4918 §11.5 that one is not to be repeated without a
    /// person's wish, and a server shall repeat it.
    #[error("this server has no room to keep it; send it again later")]
    DiskFull,
    /// Our fault: the same request may succeed later.
    #[error("this server has a problem; try again later")]
    Fault,
}

/// What every `type` begins with.
pub const TYPE_BASE: &str = "https://tequio.org/ns/problem#";
/// Seconds after which a request that failed by our fault may be repeated.
const FAULT_RETRY_S: i64 = 30;
/// Seconds after which a request that came at a bad moment may be repeated.
const BUSY_RETRY_S: i64 = 5;
/// Seconds after which a full disk may have been seen to.
const ROOM_RETRY_S: i64 = 60;
/// Seconds after which a key that could not be had is asked for again.
pub(crate) const KEY_RETRY_S: i64 = 60;

/// What is asked for with a 401 (RFC 9110 §11.6.1), in the words of draft-cavage.
const SCHEME: &str = "Signature realm=\"inbox\",headers=\"(request-target) host date digest\"";

impl Problem {
    /// Logs an inside cause and says only that it is ours.
    pub fn fault(cause: impl std::fmt::Display) -> Self {
        tracing::error!(%cause, "a request failed");
        Self::Fault
    }

    fn of_store(error: &tequio_store::Error) -> Self {
        if matches!(error, tequio_store::Error::DiskFull) {
            tracing::error!("the disk is full: what other servers send is refused for now");
            Self::DiskFull
        } else {
            Self::fault(error)
        }
    }

    fn entry(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::NotFound => (StatusCode::NOT_FOUND, "not-found", "Not found"),
            Self::Method => (
                StatusCode::METHOD_NOT_ALLOWED,
                "method",
                "Method not allowed",
            ),
            Self::Query(_) => (StatusCode::BAD_REQUEST, "query", "Bad request"),
            Self::ContentType => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "content-type",
                "Unsupported content type",
            ),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too-large", "Too large"),
            Self::TooSlow => (StatusCode::REQUEST_TIMEOUT, "too-slow", "Too slow"),
            Self::Interrupted => (StatusCode::BAD_REQUEST, "interrupted", "Broken off"),
            Self::Form(_) => (StatusCode::BAD_REQUEST, "form", "Bad request"),
            Self::Unauthenticated(_) => (
                StatusCode::UNAUTHORIZED,
                "unauthenticated",
                "Not authenticated",
            ),
            Self::Document(_) => (StatusCode::BAD_REQUEST, "document", "Bad document"),
            Self::Forbidden(_) => (StatusCode::FORBIDDEN, "forbidden", "Forbidden"),
            Self::TooOften { .. } => (
                StatusCode::TOO_MANY_REQUESTS,
                "too-often",
                "Too many requests",
            ),
            Self::KeyUnreachable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "key-unreachable",
                "Key cannot be fetched",
            ),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy", "Busy"),
            Self::DiskFull => (StatusCode::SERVICE_UNAVAILABLE, "disk-full", "No room"),
            Self::Fault => (StatusCode::SERVICE_UNAVAILABLE, "fault", "Try again later"),
        }
    }

    fn retry_after_s(&self) -> Option<i64> {
        match self {
            Self::TooOften { retry_after_s } => Some(*retry_after_s),
            Self::Fault => Some(FAULT_RETRY_S),
            Self::DiskFull => Some(ROOM_RETRY_S),
            Self::Busy => Some(BUSY_RETRY_S),
            Self::KeyUnreachable => Some(KEY_RETRY_S),
            Self::NotFound
            | Self::Method
            | Self::Query(_)
            | Self::ContentType
            | Self::TooLarge
            | Self::TooSlow
            | Self::Interrupted
            | Self::Form(_)
            | Self::Unauthenticated(_)
            | Self::Document(_)
            | Self::Forbidden(_) => None,
        }
    }
}

impl From<crate::limiter::TooOften> for Problem {
    fn from(often: crate::limiter::TooOften) -> Self {
        Self::TooOften {
            retry_after_s: often.retry_after_s,
        }
    }
}

impl From<tequio_protocol::activity::envelope::NoEnvelope> for Problem {
    fn from(why: tequio_protocol::activity::envelope::NoEnvelope) -> Self {
        Self::Document(why.to_string())
    }
}

impl From<tequio_store::Error> for Problem {
    fn from(error: tequio_store::Error) -> Self {
        Self::of_store(&error)
    }
}

impl From<&tequio_engine::Error> for Problem {
    fn from(error: &tequio_engine::Error) -> Self {
        use tequio_engine::Error as E;
        match error {
            E::Store(error) => Self::of_store(error),
            E::Invalid(_)
            | E::NotFound
            | E::Forbidden(_)
            | E::WrongCredentials
            | E::OtherInstance { .. }
            | E::Ledger(_)
            | E::Held
            | E::EmptyDatabase
            | E::TooLarge
            | E::Internal(_) => Self::fault(error),
        }
    }
}

impl From<tequio_engine::Error> for Problem {
    fn from(error: tequio_engine::Error) -> Self {
        Self::from(&error)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.entry().0
    }

    fn error_response(&self) -> HttpResponse {
        let (status, kind, title) = self.entry();
        let mut response = HttpResponse::build(status);
        response.insert_header((CONTENT_TYPE, "application/problem+json"));
        response.insert_header((CACHE_CONTROL, "no-store"));
        if status == StatusCode::UNAUTHORIZED {
            response.insert_header((WWW_AUTHENTICATE, SCHEME));
        }
        if let Some(seconds) = self.retry_after_s() {
            response.insert_header((RETRY_AFTER, seconds.to_string()));
        }
        let body = json!({
            "type": format!("{TYPE_BASE}{kind}"),
            "title": title,
            "status": status.as_u16(),
            "detail": self.to_string(),
        });
        response.body(body.to_string())
    }
}

#[cfg(test)]
mod tests {
    use actix_web::body::to_bytes;

    use super::*;

    #[actix_web::test]
    async fn inside_causes_are_not_told() {
        let response = Problem::fault("password=hunter2").error_response();
        assert_eq!(response.status(), 503);
        assert_eq!(response.headers().get(RETRY_AFTER).unwrap(), "30");
        assert_eq!(
            response.headers().get(CONTENT_TYPE).unwrap(),
            "application/problem+json"
        );
        let body = to_bytes(response.into_body()).await.unwrap();
        assert!(!String::from_utf8_lossy(&body).contains("hunter2"));
    }

    #[test]
    fn a_full_disk_asks_the_sender_to_come_back() {
        let full = tequio_engine::Error::Store(tequio_store::Error::DiskFull);
        let response = Problem::from(full).error_response();
        assert_eq!(response.status(), 503);
        assert_eq!(response.headers().get(RETRY_AFTER).unwrap(), "60");
    }

    #[test]
    fn who_asks_too_often_is_told_when_to_come_back() {
        let response = Problem::TooOften { retry_after_s: 7 }.error_response();
        assert_eq!(response.status(), 429);
        assert_eq!(response.headers().get(RETRY_AFTER).unwrap(), "7");
    }
}
