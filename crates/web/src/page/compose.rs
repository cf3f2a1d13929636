//! `/temas/{topic}/nueva`: a question or conversation is written.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use i18n_embed_fl::fl;
use tequio_domain::{Locale, ThreadKind};
use tequio_engine::{Error as EngineError, thread};
use tequio_protocol::html;
use tequio_store::topic::{self, Topic};

use super::part;
use crate::failure::Failure;
use crate::form::{self, Fields};
use crate::view::form::{Compose, Field, Problem};
use crate::view::{Link, Trusted};
use crate::visit::{Section, Visit};

/// `GET /temas/{topic}/nueva`.
///
/// # Errors
/// [`Failure::SignIn`]; [`Failure::NotFound`].
pub async fn form(visit: Visit, slug: web::Path<String>) -> Result<HttpResponse, Failure> {
    visit.member()?;
    let topic = find(&visit, slug.into_inner()).await?;
    page(
        &visit,
        &topic,
        &Fields::default(),
        Vec::new(),
        StatusCode::OK,
    )
}

/// `POST /temas/{topic}/nueva`.
///
/// # Errors
/// [`Failure::NotFound`]; faults of ours.
pub async fn send(
    visit: Visit,
    slug: web::Path<String>,
    fields: Fields,
) -> Result<HttpResponse, Failure> {
    let signed = visit.sender(&fields)?;
    let topic = find(&visit, slug.into_inner()).await?;
    if fields.is_preview() {
        return page(&visit, &topic, &fields, Vec::new(), StatusCode::OK);
    }
    let new = thread::NewThread {
        topic: topic.slug.clone(),
        kind: ThreadKind::parse(fields.get("kind")).unwrap_or(ThreadKind::Question),
        title: fields.get("title").to_owned(),
        body: fields.get("body").to_owned(),
    };
    let title = new.title.clone();
    let moment = visit.state.moment()?;
    match thread::open(visit.state.engine(), &signed.member, moment, new).await {
        Ok(oid) => Ok(visit.done(&part::thread_href(&oid.to_string(), &title), "published")),
        Err(EngineError::Invalid(invalid)) => {
            let problems = problems(&visit, &invalid, &fields);
            page(
                &visit,
                &topic,
                &fields,
                problems,
                StatusCode::UNPROCESSABLE_ENTITY,
            )
        }
        Err(other) => Err(other.into()),
    }
}

/// All problems at once: the engine names the first, an empty text beside it is named too.
fn problems(visit: &Visit, first: &tequio_domain::Invalid, fields: &Fields) -> Vec<Problem> {
    let mut problems = vec![form::problem(&visit.t, first)];
    if first.field != "body"
        && let Err(invalid) = tequio_domain::text::body(fields.get("body"))
    {
        problems.push(form::problem(&visit.t, &invalid));
    }
    problems
}

pub(super) async fn find(visit: &Visit, slug: String) -> Result<Topic, Failure> {
    Ok(visit
        .state
        .store()
        .read(move |conn| topic::by_slug(conn, &slug))
        .await?)
}

pub(super) fn topic_link(visit: &Visit, topic: &Topic) -> Link {
    let name = match visit.t.locale() {
        Locale::Es => &topic.name_es,
        Locale::En => &topic.name_en,
    };
    Link::new(part::topic_href(&topic.slug), name)
}

fn page(
    visit: &Visit,
    topic: &Topic,
    fields: &Fields,
    problems: Vec<Problem>,
    status: StatusCode,
) -> Result<HttpResponse, Failure> {
    let t = &visit.t;
    let topic = topic_link(visit, topic);
    let heading = fl!(t, "compose-heading");
    let mut f = visit.frame(heading.clone(), Section::Topics);
    f.unlisted = true;
    let view = Compose {
        f,
        heading,
        preview: fields
            .is_preview()
            .then(|| Trusted::from(html::markdown(fields.get("body")))),
        action: format!("{}/nueva", topic.href),
        asks_kind: true,
        is_question: fields.get("kind") != ThreadKind::Conversation.as_str(),
        asks_title: true,
        title: Field::new("title", fields.get("title")).with(&problems),
        body: Field::new("body", fields.get("body")).with(&problems),
        publish: fl!(t, "compose-publish"),
        cancel_href: topic.href.clone(),
        note: fl!(t, "compose-note"),
        problems,
        topic,
    };
    Ok(visit.fresh(status, view.render()?))
}
