//! Looking for somebody outside, following and leaving them.
//!
//! What must stay true: only members ask, not too often, and only by a form of ours, so that nobody
//! uses the city to knock at other servers.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use askama::Template;
use i18n_embed_fl::fl;
use tequio_engine::{Error as EngineError, outside as engine};
use tequio_protocol::html;
use tequio_protocol::outside::{OutsideActor, OutsidePost};
use tequio_store::outside::follow as follows;
use tequio_store::{Error as StoreError, topic};

use super::{
    for_topic, frame, host_of, kind_name, link, local, problem, state, summary, text_card, when,
};
use crate::failure::Failure;
use crate::form::Fields;
use crate::outside::{Found, NotFound};
use crate::texts::Texts;
use crate::view::form::{Field, Problem};
use crate::view::outside::{ActorCard, FoundOutside, ItemCard, Origin};
use crate::view::{Trusted, initials};
use crate::visit::{Signed, Visit};

/// Longest that is looked for, in characters.
const ASKED_MAX: usize = 500;

/// `POST /fuera/buscar`.
///
/// # Errors
/// [`Failure::See`] for what is in the network; those of a form; faults of ours.
pub async fn send(visit: Visit, fields: Fields) -> Result<HttpResponse, Failure> {
    let signed = visit.sender(&fields)?;
    let asked = fields.get("q").trim().to_owned();
    if let Some(href) = local::find(&visit, &asked).await? {
        return Err(Failure::See(href));
    }
    match look_up(&visit, signed, &asked).await {
        Ok(found) => show(&visit, &asked, found).await,
        Err(cause) => refused(&visit, &asked, cause),
    }
}

/// Asks the other server.
pub(super) async fn look_up(
    visit: &Visit,
    signed: &Signed,
    asked: &str,
) -> Result<Found, NotFound> {
    if asked.is_empty() || asked.chars().count() > ASKED_MAX {
        return Err(NotFound::NotUnderstood);
    }
    let account_id = signed.member.account_id();
    let outside = &visit.state.settings.outside;
    outside.look_up(account_id, asked.to_owned()).await
}

/// Says why nothing was found, with what was typed.
pub(super) fn refused(
    visit: &Visit,
    asked: &str,
    cause: NotFound,
) -> Result<HttpResponse, Failure> {
    let mut response = stay(visit, asked, words(&visit.t, cause))?;
    if let NotFound::TooOften { retry_after_s } = cause {
        *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
        let headers = response.headers_mut();
        headers.insert(header::RETRY_AFTER, HeaderValue::from(retry_after_s));
    }
    Ok(response)
}

/// The search box again, with what is wrong.
pub(super) fn stay(visit: &Visit, asked: &str, wrong: String) -> Result<HttpResponse, Failure> {
    let title = fl!(visit.t, "outside-none-heading");
    let page = found_page(visit, asked, title, problem(wrong));
    Ok(visit.fresh(StatusCode::UNPROCESSABLE_ENTITY, page.render()?))
}

async fn show(visit: &Visit, asked: &str, found: Found) -> Result<HttpResponse, Failure> {
    let t = &visit.t;
    let mut page = found_page(visit, asked, fl!(t, "outside-found-heading"), Vec::new());
    match found {
        Found::Actor(actor) => {
            let (account_id, uri) = (visit.member()?.member.account_id(), actor.id.clone());
            let store = visit.state.store();
            let may_be_for_topic = actor.kind == "Group" && visit.admin().is_ok();
            let (held, topics) = store
                .read(move |conn| {
                    let held = follows::by_key(conn, account_id, &uri)?;
                    Ok::<_, StoreError>((held, topic::all(conn)?))
                })
                .await?;
            page.for_topic = may_be_for_topic.then(|| for_topic::select(t, &topics));
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
        for_topic: None,
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
        // Who was refused may ask again.
        is_followed: held.is_some_and(|held| held.state != follows::REJECTED),
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
/// Those of a form; faults of ours.
pub async fn follow(visit: Visit, fields: Fields) -> Result<HttpResponse, Failure> {
    let signed = visit.sender(&fields)?;
    let asked = fields.get("actor").to_owned();
    let actor = match look_up(&visit, signed, &asked).await {
        Ok(Found::Actor(actor)) => *actor,
        Ok(Found::Post(..)) => return refused(&visit, &asked, NotFound::NotSocial),
        Err(cause) => return refused(&visit, &asked, cause),
    };
    let moment = visit.state.moment()?;
    match engine::follow(visit.state.engine(), &signed.member, moment, actor).await {
        Ok(()) => Ok(visit.done("/fuera", "followed")),
        Err(EngineError::Invalid(_)) => refused(&visit, &asked, NotFound::NotSocial),
        Err(EngineError::Forbidden(_)) => {
            stay(&visit, &asked, fl!(visit.t, "outside-follow-limit"))
        }
        Err(other) => Err(other.into()),
    }
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
        NotFound::TooOften { retry_after_s } => {
            fl!(t, "outside-too-often", seconds = retry_after_s.to_string())
        }
        NotFound::Ours => fl!(t, "outside-ours"),
    }
}
