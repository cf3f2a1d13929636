//! Small actions: one button each, 303 afterwards.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use tequio_domain::Locale;
use tequio_engine::{follow as follows, post, vote as votes};

use super::part;
use crate::cookie;
use crate::failure::Failure;
use crate::form::{self, Fields};
use crate::visit::{Theme, Visit};

/// `POST /preferencias`: language and colours, for this browser. Needs no token: it changes nothing
/// but how pages look here, and forms of other sites are refused before.
///
/// # Errors
/// Only faults of ours.
pub async fn preferences(req: HttpRequest, fields: Fields) -> Result<HttpResponse, Failure> {
    std::future::ready(()).await;
    let visit = Visit::glance(&req)?;
    let secure = visit.state.secure_cookies;
    let mut response = HttpResponse::SeeOther();
    response.insert_header((header::LOCATION, fields.back("/")));
    if let Some(locale) = Locale::parse(fields.get("lang")) {
        let cookie = cookie::preference(cookie::LANG, locale.as_str(), secure);
        response.append_header((header::SET_COOKIE, cookie));
    }
    if let Some(theme) = Theme::parse(fields.get("theme")) {
        let cookie = cookie::preference(cookie::THEME, theme.as_str(), secure);
        response.append_header((header::SET_COOKIE, cookie));
    }
    Ok(response.finish())
}

/// `POST /temas/{topic}/seguir`.
///
/// # Errors
/// [`Failure::NotFound`] for an unknown topic.
pub async fn follow(
    visit: Visit,
    topic: web::Path<String>,
    fields: Fields,
) -> Result<HttpResponse, Failure> {
    let signed = visit.sender(&fields)?;
    let engine = visit.state.engine();
    if fields.get("seguir") == "no" {
        follows::unfollow(engine, &signed.member, &topic).await?;
    } else {
        follows::follow(engine, &signed.member, visit.state.moment()?, &topic).await?;
    }
    Ok(visit.done(&part::topic_href(&topic), "saved"))
}

/// `POST /util/{oid}`.
///
/// # Errors
/// [`Failure::NotFound`]; [`Failure::Forbidden`] for one's own post.
pub async fn vote(
    visit: Visit,
    path: web::Path<String>,
    fields: Fields,
) -> Result<HttpResponse, Failure> {
    let signed = visit.sender(&fields)?;
    let (oid, _) = form::oid(&path)?;
    let vote = if fields.get("util") == "no" {
        votes::Vote::None
    } else {
        votes::Vote::Useful
    };
    let moment = visit.state.moment()?;
    votes::set_useful(visit.state.engine(), &signed.member, moment, oid, vote).await?;
    Ok(visit.done(&fields.back("/"), ""))
}

/// `POST /conversaciones/{oid}/aceptar/{comment}`.
///
/// # Errors
/// [`Failure::Forbidden`] for another's question; [`Failure::NotFound`].
pub async fn accept(
    visit: Visit,
    path: web::Path<(String, String)>,
    fields: Fields,
) -> Result<HttpResponse, Failure> {
    let signed = visit.sender(&fields)?;
    let (thread, comment) = path.into_inner();
    let ((thread, _), (comment, _)) = (form::oid(&thread)?, form::oid(&comment)?);
    let chosen = (fields.get("aceptar") != "no").then_some(comment);
    let moment = visit.state.moment()?;
    post::accept(visit.state.engine(), &signed.member, moment, thread, chosen).await?;
    Ok(visit.done(&format!("/comentarios/{}", comment.short()), "saved"))
}
