//! `/.well-known/webfinger` (RFC 7033): from `acct:name@host` or an address to an actor.
//!
//! People and groups share one name space. The host itself, as `acct:host@host` or `https://host/`,
//! is the city's Application (FEP-d556).

use activitypub_federation::fetch::webfinger::{Webfinger, WebfingerLink};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use tequio_domain::{AccountState, OFFICE};
use tequio_protocol::activity::actor::{group_uri, person_uri};
use tequio_store::{Conn, Error, account, log, topic};
use url::Url;

use super::{ACTIVITY, serve};
use crate::Inner;
use crate::cache::{Document, Lifetime};
use crate::problem::Problem;

const NEED: Problem =
    Problem::Query("`resource` must be acct:name@host or an address of this server");

/// The query.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    resource: Option<String>,
}

/// Whom a resource means.
enum Whom {
    Application,
    Name(String),
    Group(String),
    Person(String),
}

/// An actor that was found.
struct Found {
    id: String,
    name: String,
    page: String,
}

/// Answers.
pub(super) async fn answer(
    request: HttpRequest,
    query: Result<web::Query<Asked>, actix_web::Error>,
    inner: web::Data<Inner>,
) -> Result<HttpResponse, Problem> {
    let resource = query
        .ok()
        .and_then(|query| query.into_inner().resource)
        .ok_or(NEED)?;
    if resource.len() > 1024 {
        return Err(NEED);
    }
    let key = format!("webfinger {resource}");
    serve(&request, &inner, &key, async || {
        let whom = whom(&resource, &inner)?;
        let (base_url, host) = (inner.base_url().to_owned(), inner.host().to_owned());
        let read = move |conn: &mut Conn| find(conn, whom, &base_url, &host);
        let found = inner
            .engine
            .store()
            .read(read)
            .await?
            .ok_or(Problem::NotFound)?;
        let body = serde_json::to_string(&render(&found, inner.host())).map_err(Problem::fault)?;
        Ok(Document::new(
            "application/jrd+json",
            body,
            Lifetime::Version,
        ))
    })
    .await
}

/// Reads a resource: malformed is 400, another server's is 404.
fn whom(resource: &str, inner: &Inner) -> Result<Whom, Problem> {
    if let Some(account) = resource.strip_prefix("acct:") {
        let (name, host) = account.rsplit_once('@').ok_or(NEED)?;
        if name.is_empty() || host.is_empty() {
            return Err(NEED);
        }
        if !host.eq_ignore_ascii_case(inner.host()) {
            return Err(Problem::NotFound);
        }
        let is_host = name.eq_ignore_ascii_case(inner.host());
        return Ok(if is_host {
            Whom::Application
        } else {
            Whom::Name(name.to_ascii_lowercase())
        });
    }
    let url = Url::parse(resource).map_err(|_not_an_address| NEED)?;
    if !matches!(url.scheme(), "https" | "http") {
        return Err(NEED);
    }
    let rest = url
        .as_str()
        .strip_prefix(inner.base_url())
        .ok_or(Problem::NotFound)?;
    if rest == "/" {
        return Ok(Whom::Application);
    }
    let named = |prefix: &str| rest.strip_prefix(prefix).map(str::to_owned);
    named("/t/")
        .map(Whom::Group)
        .or_else(|| named("/u/").map(Whom::Person))
        .ok_or(Problem::NotFound)
}

fn find(conn: &mut Conn, whom: Whom, base_url: &str, host: &str) -> Result<Option<Found>, Error> {
    match whom {
        Whom::Application => Ok(Some(Found {
            id: format!("{base_url}/"),
            name: host.to_owned(),
            page: format!("{base_url}/"),
        })),
        Whom::Group(slug) => group(conn, base_url, &slug),
        Whom::Person(name) | Whom::Name(name) if name == OFFICE => Ok(Some(Found {
            id: person_uri(base_url, OFFICE),
            name,
            page: format!("{base_url}/ciudades"),
        })),
        Whom::Person(name) => person(conn, base_url, &name),
        // A group's name has underscores for the hyphens of its slug.
        Whom::Name(name) => match group(conn, base_url, &name.replace('_', "-"))? {
            Some(found) => Ok(Some(found)),
            None => person(conn, base_url, &name),
        },
    }
}

fn group(conn: &mut Conn, base_url: &str, slug: &str) -> Result<Option<Found>, Error> {
    match topic::by_slug(conn, slug) {
        Ok(_) => {}
        Err(Error::NotFound) => return Ok(None),
        Err(error) => return Err(error),
    }
    let id = group_uri(base_url, slug);
    let found = log::by_group(conn, &id)?.map(|row| Found {
        id: row.group_uri,
        name: slug.replace('-', "_"),
        page: format!("{base_url}/temas/{slug}"),
    });
    Ok(found)
}

fn person(conn: &mut Conn, base_url: &str, name: &str) -> Result<Option<Found>, Error> {
    let row = account::by_name(conn, name)?;
    let active = row.filter(|row| row.state == AccountState::Active.as_str());
    Ok(active.map(|row| Found {
        id: person_uri(base_url, &row.name),
        page: format!("{base_url}/personas/{}", row.name),
        name: row.name,
    }))
}

fn render(found: &Found, host: &str) -> Webfinger {
    let link = |rel: &str, kind: &str, href: &str| WebfingerLink {
        rel: Some(rel.to_owned()),
        kind: Some(kind.to_owned()),
        href: Url::parse(href).ok(),
        ..WebfingerLink::default()
    };
    Webfinger {
        subject: format!("acct:{}@{host}", found.name),
        aliases: Url::parse(&found.id).into_iter().collect(),
        links: vec![
            link("self", ACTIVITY, &found.id),
            link(
                "http://webfinger.net/rel/profile-page",
                "text/html",
                &found.page,
            ),
        ],
        ..Webfinger::default()
    }
}
