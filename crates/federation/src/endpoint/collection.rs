//! The small collections that ActivityPub wants an actor to have.
//!
//! What a group says stands in its log; its outbox shows the same entries, newest first, a page at a
//! time. Who follows is nobody's business; how many is said once Follow is taken.

use activitypub_federation::protocol::context::WithContext;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tequio_protocol::activity::actor::{group_uri, person_uri};
use tequio_protocol::activity::context;
use tequio_store::{account, entry, log, peer, topic};

use super::log::not_found;
use super::{ACTIVITY, activity, serve};
use crate::Inner;
use crate::cache::{Document, Lifetime};
use crate::problem::Problem;

/// Entries of a page of an outbox.
const OUTBOX_PAGE: i64 = 20;

/// `/outbox`: the city itself says nothing; its groups do.
pub(super) async fn of_application(
    request: HttpRequest,
    inner: web::Data<Inner>,
) -> Result<HttpResponse, Problem> {
    let id = format!("{}/outbox", inner.base_url());
    serve(&request, &inner, "/outbox", async || {
        Ok(collection(&id, &[]))
    })
    .await
}

/// `/t/{slug}/{outbox,followers,following,moderators,featured}`.
pub(super) async fn of_group(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    query: web::Query<PageQuery>,
    inner: web::Data<Inner>,
) -> Result<HttpResponse, Problem> {
    let (slug, name) = path.into_inner();
    let group = group_uri(inner.base_url(), &slug);
    let id = format!("{group}/{name}");
    match (name.as_str(), query.page) {
        ("outbox", Some(page)) => {
            let key = format!("{}?page={page}", request.path());
            serve(&request, &inner, &key, async || {
                outbox_page(&inner, &group, page).await
            })
            .await
        }
        ("outbox", None) => {
            serve(&request, &inner, request.path(), async || {
                outbox(&inner, &group).await
            })
            .await
        }
        ("followers" | "moderators" | "featured", _) => {
            serve(&request, &inner, request.path(), async || {
                let read = move |conn: &mut tequio_store::Conn| topic::by_slug(conn, &slug);
                inner.engine.store().read(read).await.map_err(not_found)?;
                Ok(collection(&id, &[]))
            })
            .await
        }
        ("following", _) => {
            serve(&request, &inner, request.path(), async || {
                let read = move |conn: &mut tequio_store::Conn| {
                    topic::by_slug(conn, &slug)?;
                    peer::heads_of_topic(conn, &slug)
                };
                let heads = inner.engine.store().read(read).await.map_err(not_found)?;
                let siblings = heads.into_iter().filter(|head| !head.is_self);
                let groups: Vec<String> = siblings.map(|head| head.group_uri).collect();
                Ok(collection(&id, &groups))
            })
            .await
        }
        (_, _) => Err(Problem::NotFound),
    }
}

/// `/u/{name}/outbox`: what members say is said by the groups; nothing is listed twice.
pub(super) async fn of_person(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    inner: web::Data<Inner>,
) -> Result<HttpResponse, Problem> {
    let (name, collection_name) = path.into_inner();
    if collection_name != "outbox" {
        return Err(Problem::NotFound);
    }
    let id = format!("{}/outbox", person_uri(inner.base_url(), &name));
    serve(&request, &inner, request.path(), async || {
        let read = move |conn: &mut tequio_store::Conn| account::by_name(conn, &name);
        inner
            .engine
            .store()
            .read(read)
            .await?
            .ok_or(Problem::NotFound)?;
        Ok(collection(&id, &[]))
    })
    .await
}

/// Which page of an outbox.
#[derive(Debug, serde::Deserialize)]
pub(super) struct PageQuery {
    page: Option<i64>,
}

async fn outbox(inner: &Inner, group: &str) -> Result<Document, Problem> {
    let row = own_log(inner, group).await?;
    let last = (row.head_seq.max(1) - 1) / OUTBOX_PAGE + 1;
    let id = format!("{group}/outbox");
    Ok(activity(&json!({
        "@context": context(),
        "id": id,
        "type": "OrderedCollection",
        "attributedTo": group,
        "totalItems": row.head_seq,
        "first": format!("{id}?page={last}"),
        "last": format!("{id}?page=1"),
    })))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OutboxPage<'a> {
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    part_of: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    ordered_items: Vec<&'a RawValue>,
}

/// Pages are counted from the oldest, so that a full one never changes; inside, newest first.
async fn outbox_page(inner: &Inner, group: &str, page: i64) -> Result<Document, Problem> {
    let row = own_log(inner, group).await?;
    let before = page
        .checked_sub(1)
        .and_then(|before| before.checked_mul(OUTBOX_PAGE));
    let before = before.filter(|before| (0..=row.head_seq).contains(before));
    let before = before.ok_or(Problem::NotFound)?;
    let bodies = inner
        .engine
        .store()
        .read(move |conn| entry::bodies_after(conn, row.id, before, OUTBOX_PAGE))
        .await?;
    let items: Result<Vec<&RawValue>, _> = bodies
        .iter()
        .rev()
        .map(|body| serde_json::from_str(body))
        .collect();
    let id = format!("{group}/outbox");
    let page = OutboxPage {
        id: format!("{id}?page={page}"),
        kind: "OrderedCollectionPage",
        next: (page > 1).then(|| format!("{id}?page={}", page - 1)),
        part_of: id,
        ordered_items: items.map_err(Problem::fault)?,
    };
    // `WithContext` would flatten, which breaks `RawValue`: the context is put before by hand.
    let text = serde_json::to_string(&page).map_err(Problem::fault)?;
    let rest = text.strip_prefix('{').ok_or(Problem::Fault)?;
    let text = format!("{{\"@context\":{},{rest}", context());
    Ok(Document::new(ACTIVITY, text, Lifetime::Version))
}

async fn own_log(inner: &Inner, group: &str) -> Result<log::Log, Problem> {
    let uri = group.to_owned();
    let row = inner
        .engine
        .store()
        .read(move |conn| log::by_group(conn, &uri))
        .await?;
    row.ok_or(Problem::NotFound)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Collection<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    total_items: usize,
    ordered_items: &'a [String],
}

fn collection(id: &str, items: &[String]) -> Document {
    let collection = Collection {
        id,
        kind: "OrderedCollection",
        total_items: items.len(),
        ordered_items: items,
    };
    let document = serde_json::to_value(WithContext::new_default(collection));
    activity(&document.unwrap_or(Value::Null))
}
