//! Objects (`/o/…`) and activities (`/a/…`) of this city, as their authors signed them.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;
use tequio_domain::{ObjectKind, Oid, Timestamp};
use tequio_protocol::activity::actor::object_uri;
use tequio_protocol::activity::context;
use tequio_store::object::{self, Object};
use tequio_store::{Conn, Error, carrier, entry, hidden, ruling};

use super::{ACTIVITY, activity as document, see, serve, wants_page};
use crate::Inner;
use crate::cache::{Document, Lifetime};
use crate::problem::Problem;

/// What is needed of an entry or activity to find what stands inside.
#[derive(Deserialize)]
struct Wrapper<'a> {
    #[serde(borrow)]
    object: &'a RawValue,
}

/// `/o/{uuid}`.
pub(super) async fn object(
    request: HttpRequest,
    uuid: web::Path<String>,
    inner: web::Data<Inner>,
) -> Result<HttpResponse, Problem> {
    let oid = Oid::parse(&uuid).ok_or(Problem::NotFound)?;
    if wants_page(&request) {
        let read = move |conn: &mut Conn| page_of(conn, oid);
        let page = inner
            .engine
            .store()
            .read(read)
            .await?
            .ok_or(Problem::NotFound)?;
        return Ok(see(&page));
    }
    serve(&request, &inner, request.path(), async || {
        let uri = object_uri(inner.base_url(), oid);
        let read = move |conn: &mut Conn| {
            let held = object::by_uri(conn, &uri)?.ok_or(Error::NotFound)?;
            // Hidden, and perhaps shown again: not gone.
            if ruling::about(conn, held.topic_id, &held.uri, ruling::REMOVED)?.is_some() {
                return Err(Error::NotFound);
            }
            if hidden::by_uri(conn, &held.uri)?.is_some() {
                return Err(Error::NotFound);
            }
            let body = carrier::body_of(conn, &held)?;
            Ok::<_, Error>((held, body))
        };
        let (held, body) = inner
            .engine
            .store()
            .read(read)
            .await
            .map_err(super::log::not_found)?;
        match (held.deleted_at, body) {
            (None, Some(body)) => carried(&body),
            (Some(_), _) => Ok(tombstone(&held)),
            (None, None) => Err(Problem::fault("an object without an entry")),
        }
    })
    .await
}

/// `/a/{uuid}`: an entry of our log, or the activity inside one.
pub(super) async fn activity(
    request: HttpRequest,
    uuid: web::Path<String>,
    inner: web::Data<Inner>,
) -> Result<HttpResponse, Problem> {
    let oid = Oid::parse(&uuid).ok_or(Problem::NotFound)?;
    let uri = format!("{}/a/{oid}", inner.base_url());
    if wants_page(&request) {
        let read = move |conn: &mut Conn| match subject_of(conn, &uri)? {
            Some((_, held)) => Ok(held.as_ref().map(page_of_row)),
            None => Ok::<_, Error>(None),
        };
        if let Some(page) = inner.engine.store().read(read).await? {
            return Ok(see(&page));
        }
    }
    serve(&request, &inner, request.path(), async || {
        let uri = format!("{}/a/{oid}", inner.base_url());
        let asked = uri.clone();
        let read = move |conn: &mut Conn| subject_of(conn, &asked);
        let found = inner.engine.store().read(read).await?;
        let (row, subject) = found.ok_or(Problem::NotFound)?;
        if let Some(held) = subject.filter(|held| held.deleted_at.is_some())
            && !row.body.contains("\"type\":\"Delete\"")
        {
            return Ok(tombstone(&held));
        }
        if row.uri == uri {
            return Ok(Document::new(ACTIVITY, row.body, Lifetime::Version));
        }
        let inside: Wrapper<'_> = serde_json::from_str(&row.body).map_err(Problem::fault)?;
        Ok(Document::new(
            ACTIVITY,
            inside.object.get().to_owned(),
            Lifetime::Version,
        ))
    })
    .await
}

/// An entry by its own id or that of its activity, and the object that it is about.
fn subject_of(conn: &mut Conn, uri: &str) -> Result<Option<(entry::Entry, Option<Object>)>, Error> {
    let Some(row) = entry::by_uri(conn, uri)? else {
        return Ok(None);
    };
    let about = serde_json::from_str::<Wrapper<'_>>(&row.body)
        .ok()
        .and_then(|entry| serde_json::from_str::<Wrapper<'_>>(entry.object.get()).ok())
        .and_then(|activity| id_of(activity.object.get()));
    let held = match about {
        Some(about) => object::by_uri(conn, &about)?,
        None => None,
    };
    Ok(Some((row, held)))
}

/// The id of what may be an id or an object with one.
fn id_of(text: &str) -> Option<String> {
    let value = tequio_protocol::json::parse(text.as_bytes()).ok()?;
    let id = value.as_str().or_else(|| value.get("id")?.as_str())?;
    Some(id.to_owned())
}

/// The object inside an entry, byte for byte, with the context that it had in the activity.
fn carried(body: &str) -> Result<Document, Problem> {
    let entry: Wrapper<'_> = serde_json::from_str(body).map_err(Problem::fault)?;
    let activity: Wrapper<'_> = serde_json::from_str(entry.object.get()).map_err(Problem::fault)?;
    let inside = activity
        .object
        .get()
        .strip_prefix('{')
        .ok_or(Problem::Fault)?;
    let text = format!("{{\"@context\":{},{inside}", context());
    Ok(Document::new(ACTIVITY, text, Lifetime::Version))
}

fn tombstone(held: &Object) -> Document {
    let kind = if held.kind == ObjectKind::Comment.as_str() {
        "Note"
    } else {
        "Article"
    };
    let deleted = held
        .deleted_at
        .map(|at| Timestamp::from_micros(at).to_rfc3339());
    document(&json!({
        "@context": context(),
        "id": held.uri,
        "type": "Tombstone",
        "formerType": kind,
        "deleted": deleted,
    }))
    .gone()
}

/// The page of an object of any city; that of a comment leads on to its place in the thread's.
fn page_of(conn: &mut Conn, oid: Oid) -> Result<Option<String>, Error> {
    Ok(object::by_oid(conn, &oid.to_string())?.map(|held| page_of_row(&held)))
}

fn page_of_row(held: &Object) -> String {
    let shelf = match ObjectKind::parse(&held.kind) {
        Some(ObjectKind::Knowledge) => "biblioteca",
        Some(ObjectKind::Comment) => "comentarios",
        Some(ObjectKind::Thread) | None => "conversaciones",
    };
    let short = Oid::parse(&held.oid)
        .map(|oid| oid.short())
        .unwrap_or_default();
    format!("/{shelf}/{short}")
}
