//! Logs, for siblings: pages of entries, heads, and the digest of a topic's state.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;
use tequio_engine::state_digest;
use tequio_protocol::activity::actor::group_uri;
use tequio_protocol::activity::{VERSION, context, log_page};
use tequio_store::peer::{self, Head};
use tequio_store::{entry, fork, log, topic};

use super::{ACTIVITY, activity, serve};
use crate::Inner;
use crate::cache::{Document, Lifetime};
use crate::heads::Vector;
use crate::problem::Problem;
use crate::puller::PAGE_ENTRIES;

/// `/t/{slug}/log`: which logs are held here, and how far.
pub(super) async fn index(
    request: HttpRequest,
    slug: web::Path<String>,
    inner: web::Data<Inner>,
) -> Result<HttpResponse, Problem> {
    let slug = slug.into_inner();
    serve(&request, &inner, request.path(), async || {
        let heads = of_topic(&inner, &slug).await?;
        let id = format!("{}/log", group_uri(inner.base_url(), &slug));
        let items: Vec<_> = heads
            .iter()
            .map(|head| {
                json!({
                    "id": format!("{id}/{}/1", head.city),
                    "type": "OrderedCollection",
                    "attributedTo": head.group_uri,
                    "tq:city": head.city,
                    "totalItems": head.head_seq,
                    "first": format!("{id}/{}/1", head.city),
                })
            })
            .collect();
        Ok(activity(&json!({
            "@context": context(),
            "id": id,
            "type": "Collection",
            "totalItems": items.len(),
            "items": items,
        })))
    })
    .await
}

/// `/t/{slug}/heads`.
pub(super) async fn heads(
    request: HttpRequest,
    slug: web::Path<String>,
    inner: web::Data<Inner>,
) -> Result<HttpResponse, Problem> {
    let slug = slug.into_inner();
    serve(&request, &inner, request.path(), async || {
        let group = group_uri(inner.base_url(), &slug);
        let read = move |conn: &mut tequio_store::Conn| {
            let topic = topic::by_slug(conn, &slug)?;
            Ok::<_, tequio_store::Error>((topic, Vector::read(conn)?))
        };
        let read = inner.engine.store().read(read).await;
        let (topic, vector) = read.map_err(not_found)?;
        let mut document = vector.document(&group, &topic.uri, &topic.slug);
        let signed = inner
            .engine
            .sign_as_group(&group, &mut document, inner.now())
            .await;
        signed.map_err(Problem::fault)?;
        Ok(activity(&document))
    })
    .await
}

/// `/t/{slug}/log/{city}/fork`: two entries of a log with one number, as they came.
pub(super) async fn fork(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    inner: web::Data<Inner>,
) -> Result<HttpResponse, Problem> {
    /// More than two ways are no better proof.
    const ENTRIES_MAX: i64 = 2;
    let (slug, city) = path.into_inner();
    serve(&request, &inner, request.path(), async || {
        let id = format!("{}/log/{city}/fork", group_uri(inner.base_url(), &slug));
        let read = move |conn: &mut tequio_store::Conn| {
            let topic = topic::by_slug(conn, &slug)?;
            let row = log::by_home(conn, topic.id, &city)?.ok_or(tequio_store::Error::NotFound)?;
            let fork = fork::of_log(conn, row.id)?.filter(|fork| fork.is_exact);
            let fork = fork.ok_or(tequio_store::Error::NotFound)?;
            let entries = fork::proof(conn, row.id, fork.seq, ENTRIES_MAX)?;
            Ok::<_, tequio_store::Error>((row, fork.seq, entries))
        };
        let read = inner.engine.store().read(read).await;
        let (row, seq, entries) = read.map_err(not_found)?;
        let head = json!({
            "@context": context(),
            "id": id,
            "type": "OrderedCollection",
            "attributedTo": row.group_uri,
            "tq:version": VERSION,
            "tq:seq": seq,
        });
        let bodies: Vec<String> = entries.into_iter().map(|entry| entry.body).collect();
        let text = log_page::write(&head, &bodies).ok_or(Problem::Fault)?;
        Ok(Document::new(ACTIVITY, text, Lifetime::Version))
    })
    .await
}

/// `/t/{slug}/digest`: equal in two cities that show the same.
pub(super) async fn digest(
    request: HttpRequest,
    slug: web::Path<String>,
    inner: web::Data<Inner>,
) -> Result<HttpResponse, Problem> {
    let slug = slug.into_inner();
    serve(&request, &inner, request.path(), async || {
        let state = inner
            .engine
            .store()
            .read(move |conn| state_digest::of_topic(conn, &slug))
            .await
            .map_err(|error| match error {
                tequio_engine::Error::NotFound => Problem::NotFound,
                other => Problem::fault(other),
            })?;
        let heads: Vec<_> = state
            .heads
            .iter()
            .map(|(city, seq, digest)| json!({ "city": city, "seq": seq, "digest": digest }))
            .collect();
        let body = json!({
            "topic": state.topic,
            "digest": state.digest.to_hex(),
            "objects": state.objects,
            "heads": heads,
        });
        Ok(Document::new(
            "application/json",
            body.to_string(),
            Lifetime::Version,
        ))
    })
    .await
}

/// `/t/{slug}/log/{city}/{page}`: a hundred entries as they came, those that were erased without their bodies.
pub(super) async fn page(
    request: HttpRequest,
    path: web::Path<(String, String, i64)>,
    inner: web::Data<Inner>,
) -> Result<HttpResponse, Problem> {
    let (slug, city, page) = path.into_inner();
    // A full page never changes, but for what is erased from it or cut off.
    let changes = inner.engine.store().read(entry::changes).await?;
    inner.cache.begin_again(changes);
    serve(&request, &inner, request.path(), async || {
        if !(1..=i64::MAX / PAGE_ENTRIES).contains(&page) {
            return Err(Problem::NotFound);
        }
        let before = (page - 1) * PAGE_ENTRIES;
        let id = format!("{}/log/{city}", group_uri(inner.base_url(), &slug));
        let (row, bodies) = inner
            .engine
            .store()
            .read(move |conn| {
                let topic = topic::by_slug(conn, &slug)?;
                let row =
                    log::by_home(conn, topic.id, &city)?.ok_or(tequio_store::Error::NotFound)?;
                let bodies = entry::bodies_after(conn, row.id, before, PAGE_ENTRIES)?;
                Ok::<_, tequio_store::Error>((row, bodies))
            })
            .await
            .map_err(not_found)?;
        if bodies.is_empty() && page > 1 {
            return Err(Problem::NotFound);
        }
        let is_full = i64::try_from(bodies.len()).is_ok_and(|count| count == PAGE_ENTRIES);
        let text = render(&id, page, &row, &bodies, is_full)?;
        let lifetime = if is_full {
            Lifetime::Long
        } else {
            Lifetime::Version
        };
        let document = Document::new(ACTIVITY, text, lifetime);
        document.compressed().map_err(Problem::fault)
    })
    .await
}

/// Puts the entries' bytes into the page without reading them again.
fn render(
    id: &str,
    page: i64,
    row: &log::Log,
    bodies: &[String],
    is_full: bool,
) -> Result<String, Problem> {
    let mut head = json!({
        "@context": context(),
        "id": format!("{id}/{page}"),
        "type": "OrderedCollectionPage",
        "partOf": id,
        "attributedTo": row.group_uri,
        "tq:version": VERSION,
        "startIndex": (page - 1) * PAGE_ENTRIES,
    });
    if let Some(members) = head.as_object_mut() {
        if page > 1 {
            members.insert("prev".into(), json!(format!("{id}/{}", page - 1)));
        }
        if is_full {
            members.insert("next".into(), json!(format!("{id}/{}", page + 1)));
        }
    }
    log_page::write(&head, bodies).ok_or(Problem::Fault)
}

/// The heads of a topic's logs.
async fn of_topic(inner: &Inner, slug: &str) -> Result<Vec<Head>, Problem> {
    let slug = slug.to_owned();
    let read = move |conn: &mut tequio_store::Conn| {
        topic::by_slug(conn, &slug)?;
        peer::heads_of_topic(conn, &slug)
    };
    inner.engine.store().read(read).await.map_err(not_found)
}

pub(super) fn not_found(error: tequio_store::Error) -> Problem {
    match error {
        tequio_store::Error::NotFound => Problem::NotFound,
        other => Problem::fault(other),
    }
}
