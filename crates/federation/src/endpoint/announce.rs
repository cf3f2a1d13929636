//! Announces that stand in no log: a group passes on what is a sibling's, or an object by its id.
//!
//! They are not kept: what made them is, and it makes them again.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::Value;
use tequio_domain::{Oid, Timestamp};
use tequio_protocol::activity::actor::group_uri;
use tequio_protocol::json;
use tequio_store::object::{self, Object};
use tequio_store::outside::delivery::{self, LoggedEntry};
use tequio_store::{Conn, Error, topic};

use super::log::not_found;
use super::{activity, serve};
use crate::Inner;
use crate::outside::courier::ruled::{self, Deed};
use crate::outside::courier::shape;
use crate::problem::Problem;

/// `/t/{slug}/announce/{uuid}`: of an object by its id.
pub(super) async fn by_id(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    inner: web::Data<Inner>,
) -> Result<HttpResponse, Problem> {
    let (slug, uuid) = path.into_inner();
    let oid = Oid::parse(&uuid).ok_or(Problem::NotFound)?;
    serve(&request, &inner, request.path(), async || {
        let asked = slug.clone();
        let read = move |conn: &mut Conn| {
            let topic = topic::by_slug(conn, &asked)?;
            let held = object::by_oid(conn, &oid.to_string())?
                .filter(|held| held.topic_id == topic.id && held.deleted_at.is_none())
                .ok_or(Error::NotFound)?;
            let author = delivery::author(conn, &held)?;
            Ok::<_, Error>((held, author.uri))
        };
        let found = inner.engine.store().read(read).await;
        let (held, author) = found.map_err(not_found)?;
        let group = group_uri(inner.base_url(), &slug);
        let at = Timestamp::from_micros(held.created_at);
        let document = shape::by_id(&group, oid, (&held.uri, &author), at);
        Ok(activity(&document))
    })
    .await
}

/// `/t/{slug}/announce/{city}/{seq}`: of an activity in another city's log, embedded.
pub(super) async fn embedded(
    request: HttpRequest,
    path: web::Path<(String, String, String)>,
    inner: web::Data<Inner>,
) -> Result<HttpResponse, Problem> {
    let (slug, city, seq) = path.into_inner();
    let seq: i64 = seq.parse().map_err(|_not_a_number| Problem::NotFound)?;
    if city == inner.city() {
        return Err(Problem::NotFound);
    }
    serve(&request, &inner, request.path(), async || {
        let (asked, of) = (slug.clone(), city.clone());
        let read = move |conn: &mut Conn| {
            let topic = topic::by_slug(conn, &asked)?;
            let entry = delivery::entry_at(conn, topic.id, &of, seq)?;
            let inside = inside(&entry);
            let held = match inside.as_ref().and_then(object_of) {
                Some(uri) => object::in_log(conn, &uri, entry.log_id)?,
                None => None,
            };
            Ok::<_, Error>((entry, inside, held))
        };
        let found = inner.engine.store().read(read).await;
        let (entry, inside, held) = found.map_err(not_found)?;
        let inside = inside.ok_or(Problem::NotFound)?;
        if !may_show(&inside, held.as_ref()) {
            return Err(Problem::NotFound);
        }
        let group = group_uri(inner.base_url(), &slug);
        let at = Timestamp::from_micros(entry.received_at);
        let document = shape::embedded(&group, (&city, seq), inside, at);
        Ok(activity(&document))
    })
    .await
}

/// `/t/{slug}/ruling/{city}/{seq}`: what the coordination ruled, as the office says it to other software.
pub(super) async fn ruled(
    request: HttpRequest,
    path: web::Path<(String, String, String)>,
    inner: web::Data<Inner>,
) -> Result<HttpResponse, Problem> {
    let (slug, city, seq) = path.into_inner();
    let seq: i64 = seq.parse().map_err(|_not_a_number| Problem::NotFound)?;
    serve(&request, &inner, request.path(), async || {
        let (engine, asked, of) = (inner.engine.clone(), slug.clone(), city.clone());
        let group = group_uri(inner.base_url(), &slug);
        let read = move |conn: &mut Conn| {
            let topic = topic::by_slug(conn, &asked)?;
            let entry = delivery::entry_at(conn, topic.id, &of, seq)?;
            match Deed::read(conn, &entry)? {
                Some(deed) => deed.as_moderator(conn, &engine, &group),
                None => Ok(None),
            }
        };
        let found = inner.engine.store().read(read).await;
        let said = match found {
            Ok(said) => said.ok_or(Problem::NotFound)?,
            Err(tequio_engine::Error::NotFound) => return Err(Problem::NotFound),
            Err(error) => return Err(error.into()),
        };
        Ok(activity(&ruled::document(said)))
    })
    .await
}

/// What was deleted is not shown again, but by its deletion.
fn may_show(activity: &Value, held: Option<&Object>) -> bool {
    let is_delete = activity.get("type").and_then(Value::as_str) == Some("Delete");
    held.is_some_and(|held| is_delete || held.deleted_at.is_none())
}

fn inside(entry: &LoggedEntry) -> Option<Value> {
    let mut value = json::parse(entry.body.as_bytes()).ok()?;
    value.get_mut("object").map(Value::take)
}

/// The id of what an activity is about.
fn object_of(activity: &Value) -> Option<String> {
    let object = activity.get("object")?;
    let id = object.as_str().or_else(|| object.get("id")?.as_str())?;
    Some(id.to_owned())
}
