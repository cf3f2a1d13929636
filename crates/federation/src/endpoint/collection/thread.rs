//! What stands in a thread: all of it (FEP-7888), and the answers to one post.
//!
//! Software that gets one post finds the others here. A small collection is given whole; a large one in
//! pages counted from 1. Only what is alive is listed.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tequio_domain::Oid;
use tequio_protocol::activity::actor::{group_uri, object_uri};
use tequio_protocol::activity::content::context_uri;
use tequio_store::object::{self, Object};
use tequio_store::outside::collection as stored;
use tequio_store::{Conn, Error, log};

use super::{PageQuery, carried, serve, with_items};
use crate::Inner;
use crate::endpoint::log::not_found;
use crate::problem::Problem;

/// Ids of a page of a thread.
const THREAD_PAGE: i64 = 100;
/// Posts of a page of answers.
const ANSWER_PAGE: i64 = 20;

/// Which page, from 1; `None`: the collection itself.
fn number(query: &PageQuery) -> Result<Option<i64>, Problem> {
    let Some(page) = &query.page else {
        return Ok(None);
    };
    let number = page.parse().ok().filter(|n| (1..=1_000_000).contains(n));
    number.map(Some).ok_or(Problem::NotFound)
}

/// `/t/{slug}/context/{uuid}`: ids of all posts of a thread of ours, the opening post first.
pub(in crate::endpoint) async fn context(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    query: web::Query<PageQuery>,
    inner: web::Data<Inner>,
) -> Result<HttpResponse, Problem> {
    let (slug, uuid) = path.into_inner();
    let oid = Oid::parse(&uuid).ok_or(Problem::NotFound)?;
    let page = number(&query)?;
    let group = group_uri(inner.base_url(), &slug);
    let key = key(&request, page);
    serve(&request, &inner, &key, async || {
        let asked = group.clone();
        let read = move |conn: &mut Conn| {
            let root = object::by_oid(conn, &oid.to_string())?
                .filter(|root| root.group_uri == asked && root.parent_id.is_none())
                .ok_or(Error::NotFound)?;
            let count = stored::count_thread(conn, &root)?;
            let ids = stored::thread_ids(conn, &root, slice(page, THREAD_PAGE))?;
            Ok::<_, Error>((root, count, ids))
        };
        let found = inner.engine.store().read(read).await;
        let (root, count, ids) = found.map_err(not_found)?;
        let id = context_uri(&group, oid);
        let mut head = head(&id, page, count, THREAD_PAGE)?;
        if let Some(members) = head.as_object_mut() {
            members.insert("name".into(), json!(root.title));
            members.insert("attributedTo".into(), json!(group));
            members.insert("audience".into(), json!(group));
        }
        let is_shown = page.is_some() || count <= THREAD_PAGE;
        let ids: Vec<String> = ids.iter().map(|id| json!(id).to_string()).collect();
        render(head, &ids, is_shown)
    })
    .await
}

/// `/o/{uuid}/replies`: the answers to a post of this city, whole, those of this city first.
pub(in crate::endpoint) async fn replies(
    request: HttpRequest,
    uuid: web::Path<String>,
    query: web::Query<PageQuery>,
    inner: web::Data<Inner>,
) -> Result<HttpResponse, Problem> {
    let oid = Oid::parse(&uuid).ok_or(Problem::NotFound)?;
    let page = number(&query)?;
    let key = key(&request, page);
    serve(&request, &inner, &key, async || {
        let uri = object_uri(inner.base_url(), oid);
        let (asked, city) = (uri.clone(), inner.city().to_owned());
        let read = move |conn: &mut Conn| answers(conn, &asked, &city, page);
        let found = inner.engine.store().read(read).await;
        let (count, bodies) = found.map_err(not_found)?;
        let head = head(&format!("{uri}/replies"), page, count, ANSWER_PAGE)?;
        let is_shown = page.is_some() || count <= ANSWER_PAGE;
        let posts: Result<Vec<String>, Problem> = bodies.iter().map(|body| post_in(body)).collect();
        render(head, &posts?, is_shown)
    })
    .await
}

fn answers(
    conn: &mut Conn,
    uri: &str,
    city: &str,
    page: Option<i64>,
) -> Result<(i64, Vec<String>), Error> {
    let held: Object = object::by_uri(conn, uri)?.ok_or(Error::NotFound)?;
    let own = log::by_home(conn, held.topic_id, city)?.map_or(0, |row| row.id);
    let count = stored::count_answers(conn, &held)?;
    let rows = stored::answers(conn, &held, own, slice(page, ANSWER_PAGE))?;
    let mut bodies = Vec::with_capacity(rows.len());
    for row in rows {
        bodies.extend(carried(conn, &row)?);
    }
    Ok((count, bodies))
}

fn key(request: &HttpRequest, page: Option<i64>) -> String {
    match page {
        None => request.path().to_owned(),
        Some(page) => format!("{}?page={page}", request.path()),
    }
}

/// Limit and offset.
fn slice(page: Option<i64>, size: i64) -> (i64, i64) {
    (size, (page.unwrap_or(1) - 1) * size)
}

fn head(id: &str, page: Option<i64>, count: i64, size: i64) -> Result<Value, Problem> {
    let last = (count.max(1) - 1) / size + 1;
    let Some(page) = page else {
        let mut head = json!({ "id": id, "type": "OrderedCollection", "totalItems": count });
        if let (Some(members), true) = (head.as_object_mut(), count > size) {
            members.insert("first".into(), json!(format!("{id}?page=1")));
            members.insert("last".into(), json!(format!("{id}?page={last}")));
        }
        return Ok(head);
    };
    if page > last {
        return Err(Problem::NotFound);
    }
    let mut head = json!({
        "id": format!("{id}?page={page}"),
        "type": "OrderedCollectionPage",
        "partOf": id,
        "totalItems": count,
    });
    if let Some(members) = head.as_object_mut() {
        if page > 1 {
            members.insert("prev".into(), json!(format!("{id}?page={}", page - 1)));
        }
        if page < last {
            members.insert("next".into(), json!(format!("{id}?page={}", page + 1)));
        }
    }
    Ok(head)
}

fn render(
    head: Value,
    items: &[String],
    is_shown: bool,
) -> Result<crate::cache::Document, Problem> {
    if !is_shown {
        let mut head = head;
        if let Some(members) = head.as_object_mut() {
            members.insert("@context".into(), tequio_protocol::activity::context());
        }
        return Ok(crate::endpoint::activity(&head));
    }
    let raw: Result<Vec<&RawValue>, _> = items
        .iter()
        .map(|item| serde_json::from_str::<&RawValue>(item))
        .collect();
    with_items(head, &raw.map_err(Problem::fault)?)
}

#[derive(Deserialize)]
struct Wrapper<'a> {
    #[serde(borrow)]
    object: &'a RawValue,
}

/// The post inside an entry, byte for byte.
fn post_in(body: &str) -> Result<String, Problem> {
    let entry: Wrapper<'_> = serde_json::from_str(body).map_err(Problem::fault)?;
    let activity: Wrapper<'_> = serde_json::from_str(entry.object.get()).map_err(Problem::fault)?;
    Ok(activity.object.get().to_owned())
}
