//! Why a request was not served, and the page that says so.
//!
//! One closed enum; [`Failure::status`] and [`page`] are the one table of statuses and words. Causes of
//! ours go to the log only.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use askama::Template;
use i18n_embed_fl::fl;
use tequio_domain::text;

use crate::texts::Texts;
use crate::view::form::{ErrorPage, Typed};
use crate::view::{Frame, Link};

/// Why a request was not served.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Not understood.
    #[error("bad request")]
    BadRequest,
    /// No such thing, or the asker may not know of it.
    #[error("not found")]
    NotFound,
    /// Not with this method.
    #[error("method not allowed")]
    NotThisWay,
    /// The asker may not do this.
    #[error("forbidden: {0}")]
    Forbidden(&'static str),
    /// Signing in comes first; holds the way back.
    #[error("sign in first")]
    SignIn(String),
    /// The form did not come from a page of ours, or too late.
    #[error("the form's token is wrong")]
    FormExpired(Vec<Typed>),
    /// The session ended while something was written.
    #[error("the session ended")]
    SessionEnded(Vec<Typed>),
    /// More bytes than are taken.
    #[error("too large")]
    TooLarge,
    /// Too often; holds the seconds to wait.
    #[error("too many requests")]
    TooMany(i64),
    /// The page lives elsewhere, for good.
    #[error("moved to {0}")]
    Moved(String),
    /// The page lives elsewhere, for now.
    #[error("see {0}")]
    See(String),
    /// No room to keep what was sent; reading goes on.
    #[error("the disk is full")]
    DiskFull,
    /// The database cannot now.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// This city's own log takes nothing new now.
    #[error("own log is held")]
    Held,
    /// A fault of ours.
    #[error("internal: {0}")]
    Internal(String),
}

impl Failure {
    /// A fault of ours, whose cause goes to the log.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        Self::Internal(cause.to_string())
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::NotThisWay => StatusCode::METHOD_NOT_ALLOWED,
            Self::Forbidden(_) | Self::FormExpired(_) | Self::SessionEnded(_) => {
                StatusCode::FORBIDDEN
            }
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Moved(_) => StatusCode::MOVED_PERMANENTLY,
            Self::SignIn(_) | Self::See(_) => StatusCode::SEE_OTHER,
            Self::DiskFull => StatusCode::INSUFFICIENT_STORAGE,
            Self::Unavailable(_) | Self::Held => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Where a redirection goes.
    #[must_use]
    pub fn location(&self) -> Option<&str> {
        match self {
            Self::SignIn(href) | Self::Moved(href) | Self::See(href) => Some(href),
            Self::BadRequest
            | Self::NotFound
            | Self::NotThisWay
            | Self::Forbidden(_)
            | Self::FormExpired(_)
            | Self::SessionEnded(_)
            | Self::TooLarge
            | Self::TooMany(_)
            | Self::DiskFull
            | Self::Unavailable(_)
            | Self::Held
            | Self::Internal(_) => None,
        }
    }

    /// The failure that a bare status of the framework stands for.
    #[must_use]
    pub fn of_status(status: StatusCode) -> Self {
        match status.as_u16() {
            404 => Self::NotFound,
            405 => Self::NotThisWay,
            403 => Self::Forbidden("framework"),
            413 => Self::TooLarge,
            400..=499 => Self::BadRequest,
            _ => Self::Internal(format!("status {status}")),
        }
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    /// Without a body: the page is made around the scope, where the reader's language is known.
    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status());
        if let Some(href) = self.location() {
            response.insert_header((header::LOCATION, href));
        }
        if let Self::TooMany(seconds) = self {
            response.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        response.finish()
    }
}

impl From<tequio_store::Error> for Failure {
    fn from(error: tequio_store::Error) -> Self {
        match error {
            tequio_store::Error::NotFound => Self::NotFound,
            tequio_store::Error::TooLarge { .. } => Self::TooLarge,
            tequio_store::Error::DiskFull => Self::DiskFull,
            other => Self::Unavailable(other.to_string()),
        }
    }
}

impl From<tequio_engine::Error> for Failure {
    fn from(error: tequio_engine::Error) -> Self {
        use tequio_engine::Error as E;
        match error {
            E::NotFound => Self::NotFound,
            E::Forbidden(what) => Self::Forbidden(what),
            E::WrongCredentials => Self::Forbidden("credentials"),
            E::TooLarge => Self::TooLarge,
            E::Store(error) => Self::from(error),
            E::Invalid(_) => Self::BadRequest,
            E::Ledger(_) => Self::Forbidden("act against the ledger"),
            E::Held => Self::Held,
            other @ (E::OtherInstance { .. } | E::EmptyDatabase | E::Internal(_)) => {
                Self::internal(other)
            }
        }
    }
}

impl From<askama::Error> for Failure {
    fn from(error: askama::Error) -> Self {
        Self::internal(error)
    }
}

/// The page of a failure. The frame is the reader's; its title is set here. `sent` is what the form
/// held that could not be kept by a fault of ours.
///
/// # Errors
/// Only the template's.
pub fn page(
    failure: &Failure,
    mut f: Frame,
    back: String,
    sent: Vec<Typed>,
) -> Result<String, askama::Error> {
    let t = f.t.clone();
    let (heading, what) = words(failure, &t);
    f.title.clone_from(&heading);
    f.unlisted = true;
    let typed = match failure {
        Failure::FormExpired(typed) | Failure::SessionEnded(typed) => typed.clone(),
        Failure::DiskFull | Failure::Unavailable(_) | Failure::Held | Failure::Internal(_) => sent,
        Failure::BadRequest
        | Failure::NotFound
        | Failure::NotThisWay
        | Failure::Forbidden(_)
        | Failure::SignIn(_)
        | Failure::TooLarge
        | Failure::TooMany(_)
        | Failure::Moved(_)
        | Failure::See(_) => Vec::new(),
    };
    let mut next = Vec::new();
    if matches!(failure, Failure::SessionEnded(_)) {
        next.push(Link {
            current: true,
            ..Link::new(&f.sign_in, fl!(t, "nav-sign-in"))
        });
    } else if !back.is_empty() {
        next.push(Link {
            current: true,
            ..Link::new(back, fl!(t, "error-back"))
        });
    }
    if matches!(failure, Failure::Held) {
        next.push(Link::new("/red", fl!(t, "nav-network")));
    }
    next.push(Link::new("/", fl!(t, "to-home")));
    ErrorPage {
        status: failure.status().as_u16(),
        heading,
        what,
        typed,
        next,
        f,
    }
    .render()
}

fn words(failure: &Failure, t: &Texts) -> (String, String) {
    match failure {
        Failure::NotFound => (fl!(t, "error-404-heading"), fl!(t, "error-404")),
        Failure::NotThisWay => (fl!(t, "error-405-heading"), fl!(t, "error-405")),
        Failure::Forbidden("vote for your own post") => {
            (fl!(t, "error-403-heading"), fl!(t, "error-vote-own"))
        }
        Failure::Forbidden(_) => (fl!(t, "error-403-heading"), fl!(t, "error-403")),
        Failure::FormExpired(_) => (fl!(t, "error-403-form-heading"), fl!(t, "error-403-form")),
        Failure::SessionEnded(_) => (
            fl!(t, "error-403-session-heading"),
            fl!(t, "error-403-session"),
        ),
        Failure::TooLarge => (
            fl!(t, "error-413-heading"),
            fl!(
                t,
                "error-413",
                files = text::ATTACHMENTS_MAX.to_string(),
                megabytes = (text::FILE_MAX / 1_048_576).to_string()
            ),
        ),
        Failure::TooMany(seconds) => (
            fl!(t, "error-429-heading"),
            fl!(t, "error-429", seconds = seconds.to_string()),
        ),
        Failure::DiskFull => (fl!(t, "error-507-heading"), fl!(t, "error-507")),
        Failure::Unavailable(_) => (fl!(t, "error-503-heading"), fl!(t, "error-503")),
        Failure::Held => (fl!(t, "error-held-heading"), fl!(t, "error-held")),
        Failure::Internal(_) => (fl!(t, "error-500-heading"), fl!(t, "error-500")),
        Failure::BadRequest | Failure::SignIn(_) | Failure::Moved(_) | Failure::See(_) => {
            (fl!(t, "error-400-heading"), fl!(t, "error-400"))
        }
    }
}
