//! The actors: the city, its groups, its members.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::Value;
use tequio_domain::OFFICE;
use tequio_engine::{Engine, Error, actor_doc, handshake};
use tequio_store::Conn;

use super::{activity, see, serve, wants_page};
use crate::Inner;
use crate::cache::Document;
use crate::problem::Problem;

/// `/`, when ActivityPub is asked for.
pub(super) async fn application(
    request: HttpRequest,
    inner: web::Data<Inner>,
) -> Result<HttpResponse, Problem> {
    serve(&request, &inner, "/", async || {
        document(&inner, actor_doc::application).await
    })
    .await
}

/// `/introduction`: what the city says of itself to those who do not know it.
pub(super) async fn introduction(
    request: HttpRequest,
    inner: web::Data<Inner>,
) -> Result<HttpResponse, Problem> {
    serve(&request, &inner, "/introduction", async || {
        let document = handshake::introduced(&inner.engine, inner.now()).await;
        Ok(activity(&document.map_err(Problem::fault)?))
    })
    .await
}

/// `/t/{slug}`.
pub(super) async fn group(
    request: HttpRequest,
    slug: web::Path<String>,
    inner: web::Data<Inner>,
) -> Result<HttpResponse, Problem> {
    let slug = slug.into_inner();
    if wants_page(&request) {
        return Ok(see(&format!("/temas/{slug}")));
    }
    serve(&request, &inner, request.path(), async || {
        document(&inner, move |conn, engine| {
            actor_doc::group(conn, engine, &slug)
        })
        .await
    })
    .await
}

/// `/u/{name}`.
pub(super) async fn person(
    request: HttpRequest,
    name: web::Path<String>,
    inner: web::Data<Inner>,
) -> Result<HttpResponse, Problem> {
    let name = name.into_inner();
    if wants_page(&request) {
        return Ok(see(&if name == OFFICE {
            format!("/ciudades/{}", inner.city())
        } else {
            format!("/personas/{name}")
        }));
    }
    serve(&request, &inner, request.path(), async || {
        document(&inner, move |conn, engine| {
            actor_doc::person(conn, engine, &name)
        })
        .await
    })
    .await
}

async fn document<F>(inner: &Inner, make: F) -> Result<Document, Problem>
where
    F: FnOnce(&mut Conn, &Engine) -> Result<Value, Error> + Send + 'static,
{
    let engine = inner.engine.clone();
    let value = inner
        .engine
        .store()
        .read(move |conn| make(conn, &engine))
        .await;
    value.map(|value| activity(&value)).map_err(problem)
}

pub(super) fn problem(error: Error) -> Problem {
    match error {
        Error::NotFound => Problem::NotFound,
        other => Problem::fault(other),
    }
}
