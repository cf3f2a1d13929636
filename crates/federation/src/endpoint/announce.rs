//! Announces that stand in no log: a group passes on what is a sibling's, or an object by its id.
//!
//! They are not kept: what made them is, and it makes them again.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::Value;
use tequio_domain::{Oid, Timestamp};
use tequio_protocol::activity::actor::group_uri;
use tequio_protocol::json;
use tequio_store::object;
use tequio_store::outside::delivery::{self, LoggedEntry};
use tequio_store::{Conn, Error, topic};

use super::log::not_found;
use super::object::object_of;
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
            if object::is_withheld(conn, held.id)? {
                return Err(Error::NotFound);
            }
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
            let inside = inside(&entry).ok_or(Error::NotFound)?;
            let uri = object_of(&inside).ok_or(Error::NotFound)?;
            let held = object::in_log(conn, &uri, entry.log_id)?.ok_or(Error::NotFound)?;
            let is_shown = held.deleted_at.is_none() && !object::is_withheld(conn, held.id)?;
            // What is not shown is told of by its deletion alone.
            if !is_shown && inside.get("type").and_then(Value::as_str) != Some("Delete") {
                return Err(Error::NotFound);
            }
            Ok::<_, Error>((entry, inside))
        };
        let found = inner.engine.store().read(read).await;
        let (entry, inside) = found.map_err(not_found)?;
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

fn inside(entry: &LoggedEntry) -> Option<Value> {
    let mut value = json::parse(entry.body.as_bytes()).ok()?;
    value.get_mut("object").map(Value::take)
}
