//! Looking for somebody outside, following and leaving them.
//!
//! What must stay true: only members ask, not too often, and only by a form of ours, so that nobody
//! uses the city to knock at other servers.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use i18n_embed_fl::fl;
use tequio_engine::{Error as EngineError, outside as engine};
use tequio_protocol::html;
use tequio_protocol::outside::{OutsideActor, OutsidePost};
use tequio_store::outside::follow as follows;

use super::{frame, host_of, kind_name, link, local, problem, state, summary, text_card, when};
use crate::failure::Failure;
use crate::form::Fields;
use crate::outside::{Found, NotFound};
use crate::texts::Texts;
use crate::view::form::{Field, Problem};
use crate::view::outside::{ActorCard, FoundOutside, ItemCard, Origin};
use crate::view::{Trusted, initials};
use crate::visit::Visit;

/// Longest that is looked for, in characters.
const ASKED_MAX: usize = 500;

/// `POST /fuera/buscar`.
///
/// # Errors
/// [`Failure::TooMany`]; [`Failure::SessionEnded`], [`Failure::FormExpired`]; faults of ours.
pub async fn send(visit: Visit, fields: Fields) -> Result<HttpResponse, Failure> {
    visit.sender(&fields)?;
    let asked = fields.get("q").trim().to_owned();
    if let Some(href) = local::find(&visit, &asked).await? {
        return Err(Failure::See(href));
    }
    match look_up(&visit, &asked).await? {
        Ok(found) => show(&visit, &asked, found).await,
        Err(cause) => {
            let problems = problem(words(&visit.t, cause));
            let page = found_page(
                &visit,
                &asked,
                fl!(visit.t, "outside-none-heading"),
                problems,
            );
            Ok(visit.fresh(StatusCode::UNPROCESSABLE_ENTITY, page.render()?))
        }
    }
}

/// Asks the other server, within the member's measure.
async fn look_up(visit: &Visit, asked: &str) -> Result<Result<Found, NotFound>, Failure> {
    if asked.is_empty() || asked.chars().count() > ASKED_MAX {
        return Ok(Err(NotFound::NotUnderstood));
    }
    let account_id = visit.member()?.member.account_id();
    let outside = &visit.state.settings.outside;
    match outside.look_up(account_id, asked.to_owned()).await {
        Err(NotFound::TooOften { retry_after_s }) => Err(Failure::TooMany(retry_after_s)),
        answer => Ok(answer),
    }
}

async fn show(visit: &Visit, asked: &str, found: Found) -> Result<HttpResponse, Failure> {
    let t = &visit.t;
    let mut page = found_page(visit, asked, fl!(t, "outside-found-heading"), Vec::new());
    match found {
        Found::Actor(actor) => {
            let (account_id, uri) = (visit.member()?.member.account_id(), actor.id.clone());
            let store = visit.state.store();
            let held = store
                .read(move |conn| follows::by_key(conn, account_id, &uri))
                .await?;
            page.f.title.clone_from(&actor.display_name);
            let host = host_of(&actor.id);
            page.follow_note = fl!(t, "outside-follow-note", host = host.as_str());
            page.actor = Some(actor_card(t, &actor, held.as_ref()));
        }
        Found::Post(post, author) => {
            page.post = Some(post_card(t, &post, &author));
        }
    }
    Ok(visit.fresh(StatusCode::OK, page.render()?))
}

fn found_page(visit: &Visit, asked: &str, title: String, problems: Vec<Problem>) -> FoundOutside {
    FoundOutside {
        f: frame(visit, title),
        search: Field::new("q", asked).with(&problems),
        problems,
        actor: None,
        follow_note: String::new(),
        post: None,
    }
}

fn actor_card(t: &Texts, actor: &OutsideActor, held: Option<&follows::Follow>) -> ActorCard {
    ActorCard {
        uri: actor.id.clone(),
        name: actor.display_name.clone(),
        initials: initials(&actor.display_name),
        handle: format!("@{}@{}", actor.name, host_of(&actor.id)),
        kind: kind_name(t, &actor.kind),
        href: link(&actor.url),
        summary: summary(&actor.summary),
        state: held.map(|held| state(t, &held.state)),
        is_followed: held.is_some(),
    }
}

fn post_card(t: &Texts, post: &OutsidePost, author: &OutsideActor) -> (ItemCard, Trusted) {
    let html = html::sanitize(&post.html);
    let author = Origin {
        handle: format!("@{}@{}", author.name, host_of(&author.id)),
        href: link(&author.url),
        note: String::new(),
    };
    let made = post.published.map(|at| when(t, at.micros()));
    let card = ItemCard {
        author,
        is_reply: post.in_reply_to.is_some(),
        made: made.unwrap_or_default(),
        ..text_card(t, &post.title, &html.to_plain_text(), &post.url)
    };
    (card, Trusted::from(html))
}

/// `POST /fuera/seguir`: asks its server once more, so that what is kept is its own word.
///
/// # Errors
/// [`Failure::NotFound`] when it cannot be found any more; [`Failure::TooMany`]; those of a form.
pub async fn follow(visit: Visit, fields: Fields) -> Result<HttpResponse, Failure> {
    let signed = visit.sender(&fields)?;
    let asked = fields.get("actor").to_owned();
    let problems = match look_up(&visit, &asked).await? {
        Ok(Found::Actor(actor)) => {
            let moment = visit.state.moment()?;
            let engine = visit.state.engine();
            match engine::follow(engine, &signed.member, moment, *actor).await {
                Ok(()) => return Ok(visit.done("/fuera", "followed")),
                Err(EngineError::Invalid(_)) => words(&visit.t, NotFound::NotSocial),
                Err(EngineError::Forbidden(_)) => fl!(visit.t, "outside-follow-limit"),
                Err(other) => return Err(other.into()),
            }
        }
        Ok(Found::Post(..)) => words(&visit.t, NotFound::NotSocial),
        Err(cause) => words(&visit.t, cause),
    };
    let title = fl!(visit.t, "outside-none-heading");
    let page = found_page(&visit, &asked, title, problem(problems));
    Ok(visit.fresh(StatusCode::UNPROCESSABLE_ENTITY, page.render()?))
}

/// `POST /fuera/dejar`.
///
/// # Errors
/// [`Failure::NotFound`] when the member does not follow it; those of a form.
pub async fn unfollow(visit: Visit, fields: Fields) -> Result<HttpResponse, Failure> {
    let signed = visit.sender(&fields)?;
    let moment = visit.state.moment()?;
    let engine = visit.state.engine();
    engine::unfollow(engine, &signed.member, moment, fields.get("actor")).await?;
    Ok(visit.done("/fuera", "unfollowed"))
}

/// What to do about it, for each cause.
fn words(t: &Texts, cause: NotFound) -> String {
    match cause {
        NotFound::NotUnderstood => fl!(t, "outside-not-understood"),
        NotFound::NotAllowed => fl!(t, "outside-not-allowed"),
        NotFound::NoAnswer => fl!(t, "outside-no-answer"),
        NotFound::Unknown => fl!(t, "outside-unknown"),
        NotFound::NotSocial => fl!(t, "outside-not-social"),
        NotFound::TooOften { .. } | NotFound::Ours => fl!(t, "outside-ours"),
    }
}
