//! What actors say: a group its opening posts, a member all they have posted; newest first.
//!
//! A group's items are the entries that carry its opening posts as they are now (the log itself is at
//! `tq:log`), so that a server that sees the group for the first time gets what is worth having. Lemmy
//! reads what stands in the collection itself and no pages: so the newest are there too.

use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tequio_domain::Oid;
use tequio_store::object::{self, Object};
use tequio_store::outside::collection as stored;
use tequio_store::{Conn, Error, log};

use super::{PageQuery, carried, serve, with_items};
use crate::Inner;
use crate::cache::Document;
use crate::problem::Problem;

/// Items of a page, and in the collection itself: Lemmy reads 50 at most.
const PAGE: i64 = 50;
/// The page with the newest.
const FIRST: &str = "first";

/// Of whom.
#[derive(Clone)]
enum Whose {
    Group(String),
    Person(String),
}

impl Whose {
    fn uri(&self) -> &str {
        match self {
            Self::Group(uri) | Self::Person(uri) => uri,
        }
    }
}

/// `/t/{slug}/outbox`.
pub(super) async fn of_group(
    request: &HttpRequest,
    inner: &Inner,
    group: String,
    query: PageQuery,
) -> Result<HttpResponse, Problem> {
    answer(request, inner, Whose::Group(group), query).await
}

/// `/u/{name}/outbox`.
pub(super) async fn of_person(
    request: &HttpRequest,
    inner: &Inner,
    person: String,
    query: PageQuery,
) -> Result<HttpResponse, Problem> {
    answer(request, inner, Whose::Person(person), query).await
}

async fn answer(
    request: &HttpRequest,
    inner: &Inner,
    whose: Whose,
    query: PageQuery,
) -> Result<HttpResponse, Problem> {
    let after = match query.page.as_deref() {
        None | Some(FIRST) => None,
        Some(oid) => Some(Oid::parse(oid).ok_or(Problem::NotFound)?),
    };
    let key = match &query.page {
        None => request.path().to_owned(),
        Some(page) => format!("{}?page={page}", request.path()),
    };
    serve(request, inner, &key, async || {
        let asked = whose.clone();
        let read = move |conn: &mut Conn| read(conn, &asked, after);
        let found = inner.engine.store().read(read).await;
        let found = found.map_err(crate::endpoint::log::not_found)?;
        render(&whose, query.page.as_deref(), &found)
    })
    .await
}

struct Found {
    count: i64,
    posts: Vec<(Object, String)>,
}

fn read(conn: &mut Conn, whose: &Whose, after: Option<Oid>) -> Result<Found, Error> {
    let before = match after {
        None => i64::MAX,
        Some(oid) => {
            let held = object::by_oid(conn, &oid.to_string())?;
            held.ok_or(Error::NotFound)?.id
        }
    };
    let (count, rows) = match whose {
        Whose::Group(uri) => {
            let log = log::by_group(conn, uri)?.ok_or(Error::NotFound)?;
            let rows = stored::opening_posts(conn, log.id, before, PAGE)?;
            (stored::count_opening_posts(conn, log.id)?, rows)
        }
        Whose::Person(uri) => {
            let rows = stored::posts_of(conn, uri, before, PAGE)?;
            (stored::count_posts_of(conn, uri)?, rows)
        }
    };
    let mut posts = Vec::with_capacity(rows.len());
    for row in rows {
        if let Some(body) = carried(conn, &row)? {
            posts.push((row, body));
        }
    }
    Ok(Found { count, posts })
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow)]
    object: &'a RawValue,
}

fn render(whose: &Whose, page: Option<&str>, found: &Found) -> Result<Document, Problem> {
    let mut items: Vec<&RawValue> = Vec::with_capacity(found.posts.len());
    for (_, body) in &found.posts {
        let entry: &RawValue = serde_json::from_str(body).map_err(Problem::fault)?;
        items.push(match whose {
            Whose::Group(_) => entry,
            Whose::Person(_) => {
                let entry: Entry<'_> = serde_json::from_str(body).map_err(Problem::fault)?;
                entry.object
            }
        });
    }
    with_items(head(whose, page, found), &items)
}

fn head(whose: &Whose, page: Option<&str>, found: &Found) -> Value {
    let id = format!("{}/outbox", whose.uri());
    let is_full = i64::try_from(found.posts.len()).is_ok_and(|count| count == PAGE);
    let last = found.posts.last().filter(|_| is_full);
    let mut head = json!({
        "attributedTo": whose.uri(),
        "totalItems": found.count,
    });
    let Some(members) = head.as_object_mut() else {
        return head;
    };
    match page {
        None => {
            members.insert("id".into(), json!(id));
            members.insert("type".into(), json!("OrderedCollection"));
            // PieFed takes what stands here, unless there are pages: so none when all stands here.
            if found.count > PAGE {
                members.insert("first".into(), json!(format!("{id}?page={FIRST}")));
            }
        }
        Some(page) => {
            members.insert("id".into(), json!(format!("{id}?page={page}")));
            members.insert("type".into(), json!("OrderedCollectionPage"));
            members.insert("partOf".into(), json!(id));
            if let Some((last, _)) = last {
                members.insert("next".into(), json!(format!("{id}?page={}", last.oid)));
            }
        }
    }
    head
}
