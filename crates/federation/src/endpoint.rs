//! What other servers (and people who ask for it) can read here.
//!
//! Start at [`configure`], the table of addresses. Every document is made once for each version of
//! the store and served as bytes ([`crate::cache`]); asked for HTML, an address sends to its page.

mod actor;
mod announce;
mod collection;
mod icon;
mod log;
mod nodeinfo;
mod object;
mod webfinger;

use std::sync::Arc;

use actix_web::guard::{self, Guard};
use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCEPT_ENCODING, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE,
    ETAG, IF_NONE_MATCH, LOCATION, VARY,
};
use actix_web::{HttpRequest, HttpResponse, Resource, web};

use crate::Inner;
use crate::accept::{AsksActivity, Wanted, wanted};
use crate::cache::{Document, Lifetime};
use crate::gateway;
use crate::problem::Problem;

/// Content type of ActivityPub documents.
pub(crate) const ACTIVITY: &str = activitypub_federation::FEDERATION_CONTENT_TYPE;

/// Adds every address of this crate to an application.
pub(crate) fn configure(config: &mut web::ServiceConfig, inner: &Arc<Inner>) {
    config.app_data(web::Data::from(Arc::clone(inner)));
    config.service(
        web::resource("/")
            .guard(AsksActivity)
            .route(reads().to(actor::application)),
    );
    for (path, handler) in [
        ("/inbox", web::post().to(gateway::receive)),
        ("/t/{slug}/inbox", web::post().to(gateway::receive)),
        ("/u/{name}/inbox", web::post().to(gateway::receive)),
        ("/introduction", reads().to(actor::introduction)),
        ("/outbox", reads().to(collection::of_application)),
        ("/followers", reads().to(collection::of_application)),
        ("/t/{slug}", reads().to(actor::group)),
        ("/t/{slug}/log", reads().to(log::index)),
        ("/t/{slug}/log/{city}/fork", reads().to(log::fork)),
        ("/t/{slug}/log/{city}/{page}", reads().to(log::page)),
        ("/t/{slug}/heads", reads().to(log::heads)),
        ("/t/{slug}/digest", reads().to(log::digest)),
        (
            "/t/{slug}/context/{uuid}",
            reads().to(collection::of_thread),
        ),
        ("/t/{slug}/announce/{uuid}", reads().to(announce::by_id)),
        (
            "/t/{slug}/announce/{city}/{seq}",
            reads().to(announce::embedded),
        ),
        ("/t/{slug}/ruling/{city}/{seq}", reads().to(announce::ruled)),
        ("/icon.png", reads().to(icon::of_city)),
        ("/t/{slug}/icon.png", reads().to(icon::of_group)),
        ("/u/{name}/icon.png", reads().to(icon::of_person)),
        ("/t/{slug}/{collection}", reads().to(collection::of_group)),
        ("/u/{name}", reads().to(actor::person)),
        ("/u/{name}/{collection}", reads().to(collection::of_person)),
        ("/o/{uuid}", reads().to(object::object)),
        ("/o/{uuid}/replies", reads().to(collection::replies)),
        ("/a/{uuid}", reads().to(object::activity)),
        ("/.well-known/webfinger", reads().to(webfinger::answer)),
        ("/.well-known/nodeinfo", reads().to(nodeinfo::links)),
        ("/nodeinfo/{version}", reads().to(nodeinfo::document)),
    ] {
        config.service(resource(path).route(handler));
    }
}

fn resource(path: &str) -> Resource {
    web::resource(path).default_service(web::to(async || Err::<HttpResponse, _>(Problem::Method)))
}

/// GET and HEAD.
fn reads() -> actix_web::Route {
    web::route().guard(is_read())
}

fn is_read() -> impl Guard {
    guard::Any(guard::Get()).or(guard::Head())
}

/// Whether a page is wanted rather than a document.
fn wants_page(request: &HttpRequest) -> bool {
    wanted(request.headers()) == Wanted::Page
}

/// Sends to a page.
fn see(path: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((LOCATION, path))
        .insert_header((VARY, "Accept"))
        .finish()
}

/// Serves the document of `key` (an address of this server), made when it is not at hand.
async fn serve<F>(
    request: &HttpRequest,
    inner: &Inner,
    key: &str,
    make: F,
) -> Result<HttpResponse, Problem>
where
    F: AsyncFnOnce() -> Result<Document, Problem>,
{
    let version = inner.engine.store().version();
    let document = inner.cache.get(key, version, make).await?;
    Ok(respond(request, &document))
}

fn respond(request: &HttpRequest, document: &Document) -> HttpResponse {
    let asked = request
        .headers()
        .get(IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok());
    let is_same = asked.is_some_and(|tags| names(tags, &document.etag));
    let status = match (is_same && document.status == 200, document.status) {
        (true, _) => StatusCode::NOT_MODIFIED,
        (false, 410) => StatusCode::GONE,
        (false, _) => StatusCode::OK,
    };
    let mut response = HttpResponse::build(status);
    response.insert_header((ETAG, document.etag.as_str()));
    response.insert_header((VARY, "Accept"));
    response.insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*"));
    // Asked again each time, also for a full page of a log: it changes when a text is erased from it.
    response.insert_header((CACHE_CONTROL, "public, no-cache"));
    if status == StatusCode::NOT_MODIFIED {
        return response.finish();
    }
    response.insert_header((CONTENT_TYPE, document.content_type));
    match document.gzip.as_ref().filter(|_| takes_gzip(request)) {
        Some(gzip) => {
            // One tag names one sequence of bytes (RFC 9110 §8.8.3).
            let etag = document.etag.replacen('"', "\"gzip-", 1);
            response.insert_header((ETAG, etag));
            response.insert_header((CONTENT_ENCODING, "gzip"));
            response.insert_header((VARY, "Accept, Accept-Encoding"));
            response.body(gzip.clone())
        }
        None => response.body(document.bytes.clone()),
    }
}

fn takes_gzip(request: &HttpRequest) -> bool {
    let accepted = request
        .headers()
        .get(ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok());
    accepted.is_some_and(|list| list.split(',').any(|coding| coding.trim() == "gzip"))
}

/// Whether `If-None-Match` names a tag, of either encoding (weak comparison, RFC 9110 §13.1.2).
fn names(tags: &str, etag: &str) -> bool {
    let is_it = |tag: &str| tag.trim_start_matches("W/").replacen("gzip-", "", 1) == etag;
    tags.split(',')
        .map(str::trim)
        .any(|tag| tag == "*" || is_it(tag))
}

/// An ActivityPub document that holds until the next commit.
fn activity(value: &serde_json::Value) -> Document {
    Document::new(ACTIVITY, value.to_string(), Lifetime::Version)
}
