//! Nodeinfo 2.0 and 2.1, at the linked addresses and at the fixed ones that crawlers try.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};
use tequio_domain::{AccountState, ObjectKind};
use tequio_store::usage::{self, Usage};

use super::serve;
use crate::Inner;
use crate::cache::{Document, Lifetime};
use crate::problem::Problem;

const SCHEMA: &str = "http://nodeinfo.diaspora.software/ns/schema";
const REPOSITORY: &str = "https://tequio.org/";

/// `/.well-known/nodeinfo`, with the link to the Application (FEP-2677).
pub(super) async fn links(
    request: HttpRequest,
    inner: web::Data<Inner>,
) -> Result<HttpResponse, Problem> {
    serve(&request, &inner, request.path(), async || {
        let base = inner.base_url();
        let body = json!({ "links": [
            { "rel": format!("{SCHEMA}/2.1"), "href": format!("{base}/nodeinfo/2.1") },
            { "rel": format!("{SCHEMA}/2.0"), "href": format!("{base}/nodeinfo/2.0") },
            { "rel": "https://www.w3.org/ns/activitystreams#Application", "href": format!("{base}/") },
        ]});
        Ok(Document::new("application/json", body.to_string(), Lifetime::Version))
    })
    .await
}

/// `/nodeinfo/{2.0,2.1}[.json]`.
pub(super) async fn document(
    request: HttpRequest,
    version: web::Path<String>,
    inner: web::Data<Inner>,
) -> Result<HttpResponse, Problem> {
    let (version, content_type) = match version.trim_end_matches(".json") {
        "2.0" => (
            "2.0",
            "application/json; profile=\"http://nodeinfo.diaspora.software/ns/schema/2.0#\"",
        ),
        "2.1" => (
            "2.1",
            "application/json; profile=\"http://nodeinfo.diaspora.software/ns/schema/2.1#\"",
        ),
        _ => return Err(Problem::NotFound),
    };
    serve(&request, &inner, request.path(), async || {
        let now = inner.now().micros();
        let (active, comment) = (AccountState::Active.as_str(), ObjectKind::Comment.as_str());
        let read =
            move |conn: &mut tequio_store::Conn| usage::of_instance(conn, active, comment, now);
        let usage = inner.engine.store().read(read).await?;
        let body = render(&inner, version, usage).to_string();
        Ok(Document::new(content_type, body, Lifetime::Version))
    })
    .await
}

fn render(inner: &Inner, version: &str, usage: Usage) -> Value {
    let mut software = json!({ "name": "tequio", "version": env!("CARGO_PKG_VERSION") });
    if let (Some(members), "2.1") = (software.as_object_mut(), version) {
        members.insert("homepage".into(), json!(REPOSITORY));
    }
    json!({
        "version": version,
        "software": software,
        "protocols": ["activitypub"],
        "services": { "inbound": [], "outbound": [] },
        "openRegistrations": false,
        "usage": {
            "users": {
                "total": usage.accounts,
                "activeMonth": usage.active_month,
                "activeHalfyear": usage.active_half_year,
            },
            "localPosts": usage.posts,
            "localComments": usage.comments,
        },
        "metadata": {
            "nodeName": inner.engine.identity().city_name,
            "city": inner.city(),
        },
    })
}
