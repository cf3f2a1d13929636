//! What surrounds every page: the gate for forms, the page of a failure, the security headers.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpResponse, web};

use crate::failure::{self, Failure};
use crate::form::Fields;
use crate::limit::Count;
use crate::state::State;
use crate::visit::{Section, Visit};

/// `interface.md`: nothing inline, nothing from elsewhere.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
     manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
);

/// Wraps the scope of all pages.
///
/// # Errors
/// Only the framework's own.
pub async fn around(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let refused = if req.method().is_safe() {
        None
    } else {
        refuse(&req)
    };
    let response = match refused {
        Some(failure) => {
            let (req, _) = req.into_parts();
            ServiceResponse::from_err(failure, req)
        }
        None => next.call(req).await?.map_into_boxed_body(),
    };
    let mut response = with_error_page(response);
    protect(response.headers_mut());
    Ok(response)
}

/// Why something sent is not even looked at: it comes from another site's page, or too often.
fn refuse(req: &ServiceRequest) -> Option<Failure> {
    let state = req.app_data::<web::Data<State>>()?;
    if !comes_from_us(req.headers(), state.base_url()) {
        return Some(Failure::Forbidden("another origin"));
    }
    let visit = Visit::glance(req.request()).ok()?;
    let address = visit.address.to_string();
    let taken = state
        .limiter
        .take(Count::PostByAddress, &address, state.now());
    taken.err().map(Failure::TooMany)
}

/// Browsers say where a form was: `Sec-Fetch-Site`, and `Origin`. What says nothing (not a browser)
/// still needs the form's token.
fn comes_from_us(headers: &HeaderMap, base_url: &str) -> bool {
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    let origin = headers.get(header::ORIGIN).map(HeaderValue::as_bytes);
    site.is_none_or(|site| site == b"same-origin")
        && origin.is_none_or(|origin| origin == base_url.as_bytes())
}

/// Gives a failure its page. A bare status of the framework is treated as the failure it stands for.
fn with_error_page(response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
    let status = response.status();
    let is_bare = !response.headers().contains_key(header::CONTENT_TYPE);
    if !(status.is_client_error() || status.is_server_error()) || !is_bare {
        return response;
    }
    let failure = response
        .response()
        .error()
        .map(|error| error.as_error::<Failure>());
    let other;
    let failure = match failure {
        Some(Some(failure)) => failure,
        Some(None) | None => {
            other = Failure::of_status(status);
            &other
        }
    };
    if status.is_server_error() {
        tracing::error!(cause = %failure, path = response.request().path(), "request failed");
    }
    let page = Visit::glance(response.request()).and_then(|visit| {
        let back = back_href(response.request().headers(), visit.state.base_url());
        let extensions = response.request().extensions();
        let sent = extensions.get::<Fields>();
        let sent = sent.map(|fields| visit.typed(fields)).unwrap_or_default();
        Ok(failure::page(
            failure,
            visit.frame("", Section::Elsewhere),
            back,
            sent,
        )?)
    });
    let Ok(html) = page else { return response };
    let mut made = HttpResponse::build(failure.status());
    made.insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"));
    made.insert_header((header::CACHE_CONTROL, "no-store"));
    if let Failure::TooMany(seconds) = failure {
        made.insert_header((header::RETRY_AFTER, seconds.to_string()));
    }
    let made = made.body(html);
    let (req, _) = response.into_parts();
    ServiceResponse::new(req, made)
}

/// The page of ours from which somebody came.
fn back_href(headers: &HeaderMap, base_url: &str) -> String {
    let from = headers
        .get(header::REFERER)
        .and_then(|value| value.to_str().ok());
    let path = from
        .and_then(|from| from.strip_prefix(base_url))
        .unwrap_or_default();
    if path.starts_with('/') && !path.starts_with("//") {
        path.to_owned()
    } else {
        String::new()
    }
}

fn protect(headers: &mut HeaderMap) {
    let set = |headers: &mut HeaderMap, name: HeaderName, value: HeaderValue| {
        if !headers.contains_key(&name) {
            headers.insert(name, value);
        }
    };
    set(headers, header::CONTENT_SECURITY_POLICY, POLICY);
    set(
        headers,
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    set(
        headers,
        header::REFERRER_POLICY,
        HeaderValue::from_static("same-origin"),
    );
    set(
        headers,
        header::X_FRAME_OPTIONS,
        HeaderValue::from_static("DENY"),
    );
    set(
        headers,
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    );
    set(
        headers,
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    );
    set(
        headers,
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=()"),
    );
}

#[cfg(test)]
mod tests {
    use super::comes_from_us;
    use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
        headers
    }

    #[test]
    fn forms_of_other_sites_are_refused() {
        let ours = "https://a.example";
        for good in [
            &[][..],
            &[("origin", "https://a.example")],
            &[
                ("origin", "https://a.example"),
                ("sec-fetch-site", "same-origin"),
            ],
        ] {
            assert!(comes_from_us(&headers(good), ours), "{good:?}");
        }
        for bad in [
            &[("origin", "null")][..],
            &[("origin", "https://a.example.evil.example")],
            &[("origin", "http://a.example")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[
                ("origin", "https://a.example"),
                ("sec-fetch-site", "cross-site"),
            ],
        ] {
            assert!(!comes_from_us(&headers(bad), ours), "{bad:?}");
        }
    }
}
