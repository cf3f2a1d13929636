//! The collections of actors: what they say, who follows, who looks after them.
//!
//! Start at [`of_group`]. Who follows is nobody's business: how many is said, no names. What a group
//! says is in [`outbox`], what stands in a thread in [`thread`].

mod outbox;
mod thread;

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tequio_domain::{AccountState, OFFICE, Role};
use tequio_engine::ledger::ruling::FEATURED_READ;
use tequio_engine::outside::office::FOLLOWS_MAX;
use tequio_protocol::activity::actor::{group_uri, person_uri};
use tequio_protocol::activity::context;
use tequio_store::outside::follow::ACCEPTED;
use tequio_store::outside::{collection as stored, follower, office};
use tequio_store::{Conn, Error, account, ledger, object, peer, ruling, topic, topic_coordinator};

use super::log::not_found;
use super::{ACTIVITY, activity, serve};
use crate::Inner;
use crate::cache::{Document, Lifetime};
use crate::problem::Problem;

pub(super) use thread::{context as of_thread, replies};

/// Which page of a collection: `first`, a number, or the identity after which it goes on.
#[derive(Debug, Deserialize)]
pub(super) struct PageQuery {
    page: Option<String>,
}

/// `/outbox`, `/followers`: the city itself says nothing; its groups do.
pub(super) async fn of_application(
    request: HttpRequest,
    inner: web::Data<Inner>,
) -> Result<HttpResponse, Problem> {
    let id = format!("{}{}", inner.base_url(), request.path());
    serve(&request, &inner, request.path(), async || {
        if request.path() == "/outbox" {
            return Ok(ordered(&id, &[]));
        }
        followers(&inner, &id, format!("{}/", inner.base_url())).await
    })
    .await
}

/// `/t/{slug}/{outbox,followers,following,moderators,featured,feed}`.
pub(super) async fn of_group(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    query: web::Query<PageQuery>,
    inner: web::Data<Inner>,
) -> Result<HttpResponse, Problem> {
    let (slug, name) = path.into_inner();
    let group = group_uri(inner.base_url(), &slug);
    let id = format!("{group}/{name}");
    if name == "outbox" {
        return outbox::of_group(&request, &inner, group, query.into_inner()).await;
    }
    serve(&request, &inner, request.path(), async || {
        let asked = slug.clone();
        let read = move |conn: &mut Conn| topic::by_slug(conn, &asked);
        inner.engine.store().read(read).await.map_err(not_found)?;
        match name.as_str() {
            "followers" => followers(&inner, &id, group).await,
            "following" => Ok(ordered(&id, &groups(&inner, slug, false).await?)),
            "feed" => Ok(ordered(&id, &groups(&inner, slug, true).await?)),
            "moderators" => Ok(ordered(&id, &moderators(&inner, slug).await?)),
            "featured" => Ok(ordered(&id, &featured(&inner, slug, group).await?)),
            _ => Err(Problem::NotFound),
        }
    })
    .await
}

/// `/u/{name}/{outbox,followers,following}`. Whom a member follows is not said.
pub(super) async fn of_person(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    query: web::Query<PageQuery>,
    inner: web::Data<Inner>,
) -> Result<HttpResponse, Problem> {
    let (name, collection) = path.into_inner();
    let person = person_uri(inner.base_url(), &name);
    let id = format!("{person}/{collection}");
    if name == OFFICE {
        return of_office(&request, &inner, &collection, id).await;
    }
    let read = move |conn: &mut Conn| account::by_name(conn, &name);
    let held = inner.engine.store().read(read).await?;
    held.filter(|row| row.state == AccountState::Active.as_str())
        .ok_or(Problem::NotFound)?;
    match collection.as_str() {
        "outbox" => outbox::of_person(&request, &inner, person, query.into_inner()).await,
        "followers" => {
            serve(&request, &inner, request.path(), async || {
                followers(&inner, &id, person).await
            })
            .await
        }
        "following" => {
            serve(&request, &inner, request.path(), async || {
                Ok(unordered(&id, None))
            })
            .await
        }
        _ => Err(Problem::NotFound),
    }
}

/// `/u/oficina/{outbox,followers,following}`: it says nothing, and whom it follows is the city's business,
/// which is public.
async fn of_office(
    request: &HttpRequest,
    inner: &Inner,
    collection: &str,
    id: String,
) -> Result<HttpResponse, Problem> {
    let office = person_uri(inner.base_url(), OFFICE);
    serve(request, inner, request.path(), async || match collection {
        "outbox" => Ok(ordered(&id, &[])),
        "followers" => followers(inner, &id, office).await,
        "following" => {
            let read = |conn: &mut Conn| office::in_state(conn, ACCEPTED, FOLLOWS_MAX);
            Ok(ordered(&id, &inner.engine.store().read(read).await?))
        }
        _ => Err(Problem::NotFound),
    })
    .await
}

async fn followers(inner: &Inner, id: &str, actor: String) -> Result<Document, Problem> {
    let read = move |conn: &mut Conn| follower::count(conn, &actor);
    Ok(unordered(id, Some(inner.engine.store().read(read).await?)))
}

/// The groups of the topic in all cities that are known; a group itself is not among those it follows.
async fn groups(inner: &Inner, slug: String, with_own: bool) -> Result<Vec<String>, Problem> {
    let read = move |conn: &mut Conn| peer::heads_of_topic(conn, &slug);
    let mut heads = inner.engine.store().read(read).await?;
    heads.retain(|head| with_own || !head.is_self);
    heads.sort_by_key(|head| !head.is_self);
    Ok(heads.into_iter().map(|head| head.group_uri).collect())
}

/// What the coordination features among the group's own threads, the newest ruling first.
async fn featured(inner: &Inner, slug: String, group: String) -> Result<Vec<String>, Problem> {
    let read = move |conn: &mut Conn| {
        let topic = topic::by_slug(conn, &slug)?;
        let mut uris = Vec::new();
        for row in ruling::of_kind(conn, topic.id, ruling::FEATURED, FEATURED_READ)? {
            let held = object::shown_by_uri(conn, &row.object_uri)?;
            uris.extend(
                held.filter(|held| held.group_uri == group)
                    .map(|held| held.uri),
            );
        }
        Ok::<_, Error>(uris)
    };
    Ok(inner.engine.store().read(read).await?)
}

/// The coordinating city's people: who has spoken for it in the ledger. This city's own administrators
/// and those whom it chose for the topic when it coordinates, and when nobody does.
async fn moderators(inner: &Inner, slug: String) -> Result<Vec<String>, Problem> {
    let own = inner.engine.identity().city.to_string();
    // It tells other software what was ruled, whoever ruled it.
    let office = person_uri(inner.base_url(), OFFICE);
    let (role, state) = (Role::Admin.as_str(), AccountState::Active.as_str());
    let read = move |conn: &mut Conn| {
        let topic = topic::by_slug(conn, &slug)?;
        let terms = ledger::open_terms(conn)?;
        let term = terms.into_iter().find(|term| term.topic_id == topic.id);
        let mut people = match term.filter(|term| term.city != own) {
            Some(term) => ledger::speakers(conn, topic.id, &term.city)?,
            None => {
                let mut people = stored::with_role(conn, role, state)?;
                people.extend(topic_coordinator::people(conn, topic.id, state)?);
                people.sort_unstable();
                people.dedup();
                people
            }
        };
        people.push(office);
        Ok::<_, Error>(people)
    };
    Ok(inner.engine.store().read(read).await?)
}

/// Lemmy reads these two members and no others: complete, in this form.
fn ordered(id: &str, items: &[String]) -> Document {
    activity(&json!({
        "@context": context(),
        "id": id,
        "type": "OrderedCollection",
        "totalItems": items.len(),
        "orderedItems": items,
    }))
}

/// How many, and no names; Lemmy wants the empty list.
fn unordered(id: &str, count: Option<i64>) -> Document {
    let mut value = json!({
        "@context": context(),
        "id": id,
        "type": "Collection",
        "items": [],
    });
    if let (Some(members), Some(count)) = (value.as_object_mut(), count) {
        members.insert("totalItems".into(), json!(count));
    }
    activity(&value)
}

/// A document with `orderedItems` put in as they are kept, byte for byte.
fn with_items(mut head: Value, items: &[&RawValue]) -> Result<Document, Problem> {
    if let Some(members) = head.as_object_mut() {
        members.insert("@context".into(), context());
    }
    let head = head.to_string();
    let open = head.strip_suffix('}').ok_or(Problem::Fault)?;
    let items = serde_json::to_string(items).map_err(Problem::fault)?;
    let text = format!("{open},\"orderedItems\":{items}}}");
    Ok(Document::new(ACTIVITY, text, Lifetime::Version))
}

/// The entry that carries an object as it is now.
fn carried(conn: &mut Conn, held: &tequio_store::object::Object) -> Result<Option<String>, Error> {
    tequio_store::carrier::body_of(conn, held)
}
