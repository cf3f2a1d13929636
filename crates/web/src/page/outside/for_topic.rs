//! What the city follows outside for its topics: members read it, administrators decide it.

use actix_web::HttpResponse;
use i18n_embed_fl::fl;
use tequio_domain::Locale;
use tequio_engine::Error as EngineError;
use tequio_engine::outside::office;
use tequio_store::page::outside::ForTopic;
use tequio_store::topic::Topic;

use super::search::{look_up, refused, stay};
use super::{followed, link};
use crate::failure::Failure;
use crate::form::Fields;
use crate::outside::{Found, NotFound};
use crate::page::part;
use crate::texts::Texts;
use crate::view::Link;
use crate::view::form::{Choice, Select};
use crate::view::outside::{ActorCard, TopicFollow};
use crate::visit::Visit;

/// `POST /fuera/tema/seguir`: asks its server once more, so that what is kept is its own word.
///
/// # Errors
/// [`Failure::NotFound`] for members, and for no such topic; those of a form; faults of ours.
pub async fn follow(visit: Visit, fields: Fields) -> Result<HttpResponse, Failure> {
    let signed = visit.sender(&fields)?;
    let admin = visit.admin()?.member.clone();
    let (asked, topic) = (fields.get("actor").to_owned(), fields.get("topic"));
    let actor = match look_up(&visit, signed, &asked).await {
        Ok(Found::Actor(actor)) => *actor,
        Ok(Found::Post(..)) => return refused(&visit, &asked, NotFound::NotSocial),
        Err(cause) => return refused(&visit, &asked, cause),
    };
    let moment = visit.state.moment()?;
    match office::follow(visit.state.engine(), &admin, moment, topic, actor).await {
        Ok(()) => Ok(visit.done("/fuera", "topic-followed")),
        Err(EngineError::Invalid(_)) => stay(
            &visit,
            &asked,
            fl!(visit.t, "outside-topic-only-communities"),
        ),
        Err(EngineError::Forbidden(_)) => stay(&visit, &asked, fl!(visit.t, "outside-topic-limit")),
        Err(other) => Err(other.into()),
    }
}

/// `POST /fuera/tema/dejar`.
///
/// # Errors
/// [`Failure::NotFound`] for members, and when it is not followed for that topic; those of a form.
pub async fn unfollow(visit: Visit, fields: Fields) -> Result<HttpResponse, Failure> {
    visit.sender(&fields)?;
    let admin = visit.admin()?.member.clone();
    let (topic, actor) = (fields.get("topic"), fields.get("actor"));
    let moment = visit.state.moment()?;
    office::unfollow(visit.state.engine(), &admin, moment, topic, actor).await?;
    Ok(visit.done("/fuera", "unfollowed"))
}

/// Rows of the list.
pub(super) fn list(t: &Texts, rows: &[ForTopic]) -> Vec<TopicFollow> {
    let row = |row: &ForTopic| TopicFollow {
        actor: ActorCard {
            href: link(&row.followed.url),
            ..followed(t, &row.followed)
        },
        slug: row.topic.clone(),
        topic: Link::new(
            part::topic_href(&row.topic),
            name(t, &row.name_es, &row.name_en),
        ),
    };
    rows.iter().map(row).collect()
}

/// For which topic.
pub(super) fn select(t: &Texts, topics: &[Topic]) -> Select {
    let choice = |topic: &Topic| Choice {
        value: topic.slug.clone(),
        label: name(t, &topic.name_es, &topic.name_en),
        selected: false,
    };
    Select {
        name: "topic",
        label: fl!(t, "outside-topic-which"),
        options: topics.iter().map(choice).collect(),
    }
}

fn name(t: &Texts, es: &str, en: &str) -> String {
    match t.locale() {
        Locale::Es => es.to_owned(),
        Locale::En => en.to_owned(),
    }
}
