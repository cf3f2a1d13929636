//! Objects (`/o/…`) and activities (`/a/…`) of this city, as their authors signed them.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use tequio_domain::{ObjectKind, Oid, Timestamp};
use tequio_protocol::activity::actor::object_uri;
use tequio_protocol::activity::context;
use tequio_protocol::json;
use tequio_store::object::{self, Object};
use tequio_store::{Conn, Error, carrier, entry};

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
            if object::is_withheld(conn, held.id)? {
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
        let read = move |conn: &mut Conn| {
            let found = subject_of(conn, &uri)?;
            Ok::<_, Error>(found.and_then(|found| found.held.as_ref().map(page_of_row)))
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
        let Subject {
            row,
            held,
            is_text,
            is_withheld,
        } = found.ok_or(Problem::NotFound)?;
        if let Some(held) = held.filter(|held| is_text && held.deleted_at.is_some()) {
            return Ok(tombstone(&held));
        }
        if is_text && is_withheld {
            return Err(Problem::NotFound);
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

/// An entry, and what it is about.
struct Subject {
    row: entry::Entry,
    held: Option<Object>,
    /// Whether the activity carries the text of the object.
    is_text: bool,
    is_withheld: bool,
}

/// An entry by its own id or that of its activity, and the object that it is about.
fn subject_of(conn: &mut Conn, uri: &str) -> Result<Option<Subject>, Error> {
    let Some(row) = entry::by_uri(conn, uri)? else {
        return Ok(None);
    };
    let entry = json::parse(row.body.as_bytes()).ok();
    let activity = entry.as_ref().and_then(|entry| entry.get("object"));
    let held = match activity.and_then(object_of) {
        // A post from outside may stand in several logs, and be removed in one topic only.
        Some(about) => match object::in_log(conn, &about, row.log_id)? {
            Some(held) => Some(held),
            None => object::by_uri(conn, &about)?,
        },
        None => None,
    };
    let is_withheld = match &held {
        Some(held) => object::is_withheld(conn, held.id)?,
        None => false,
    };
    Ok(Some(Subject {
        is_text: activity.is_some_and(is_text),
        row,
        held,
        is_withheld,
    }))
}

/// The id of what an activity is about.
pub(super) fn object_of(activity: &Value) -> Option<String> {
    let object = activity.get("object")?;
    let id = object.as_str().or_else(|| object.get("id")?.as_str())?;
    Some(id.to_owned())
}

/// Whether an activity carries the text of what it is about. (Nothing of the ledger that is about a post has
/// these types; what else stands in the activity is its author's word, and decides nothing.)
fn is_text(activity: &Value) -> bool {
    let kind = activity.get("type").and_then(Value::as_str);
    matches!(kind, Some("Create" | "Update"))
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
    document(&serde_json::json!({
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
