//! `/temas/{topic}/suspension?persona=`: the coordinating city keeps a person from writing in a topic, or lets
//! them write again.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use i18n_embed_fl::fl;
use tequio_domain::{Invalid, Locale, Timestamp};
use tequio_engine::ledger::ruling::{self as rulings, Ban};
use tequio_engine::{Error as EngineError, Member};
use tequio_store::person::{self, Person};
use tequio_store::ruling::{self, BANNED, Ruling};
use tequio_store::topic::{self, Topic};
use tequio_store::{Conn, Error as StoreError};

use super::moderate::ruler;
use super::part;
use super::topic::acta::problems_of;
use crate::failure::Failure;
use crate::form::Fields;
use crate::view::Link;
use crate::view::acta::ActaForm;
use crate::view::form::{Choice, Field, Problem, Select};
use crate::visit::{Section, Visit};

/// Days of a ban that the form proposes.
const DAYS: i64 = 30;

/// Where a person is banned from a topic.
pub(super) fn href(topic: &str, person_uri: &str) -> String {
    let person: String = url::form_urlencoded::byte_serialize(person_uri.as_bytes()).collect();
    format!("{}/suspension?persona={person}", part::topic_href(topic))
}

/// Who, where, and how it is now.
struct Matter {
    topic: Topic,
    person: Person,
    held: Option<Ruling>,
}

async fn read(visit: &Visit, slug: String, person_uri: String) -> Result<Matter, Failure> {
    visit.member()?;
    // It comes from an address, and PostgreSQL fails on NUL instead of finding nothing.
    if person_uri.contains('\0') {
        return Err(Failure::NotFound);
    }
    let read = move |conn: &mut Conn| {
        let topic = topic::by_slug(conn, &slug)?;
        Ok::<_, StoreError>(Matter {
            person: person::by_uri(conn, &person_uri)?.ok_or(StoreError::NotFound)?,
            held: ruling::about(conn, topic.id, &person_uri, BANNED)?,
            topic,
        })
    };
    Ok(visit.state.store().read(read).await?)
}

/// `GET /temas/{topic}/suspension?persona=`.
///
/// # Errors
/// [`Failure::NotFound`] for members and for who is not known here.
pub async fn form(
    visit: Visit,
    req: HttpRequest,
    slug: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let asked = Fields::of_query(&req).get("persona").to_owned();
    let matter = read(&visit, slug.into_inner(), asked).await?;
    ruler(&visit, matter.topic.id).await?;
    let html = render(&visit, &matter, &Fields::default(), Vec::new())?;
    Ok(visit.fresh(StatusCode::OK, html))
}

/// `POST /temas/{topic}/suspension?persona=`.
///
/// # Errors
/// [`Failure::NotFound`] for members and for who is not known here; faults of ours.
pub async fn send(
    visit: Visit,
    req: HttpRequest,
    slug: web::Path<String>,
    fields: Fields,
) -> Result<HttpResponse, Failure> {
    visit.sender(&fields)?;
    let asked = Fields::of_query(&req).get("persona").to_owned();
    let matter = read(&visit, slug.into_inner(), asked).await?;
    let member = ruler(&visit, matter.topic.id).await?;
    match run(&visit, &matter, member, &fields).await {
        Ok(()) => {
            let acta = format!("{}/acta", part::topic_href(&matter.topic.slug));
            Ok(visit.done(&acta, "acta"))
        }
        Err(error) => {
            let problems = problems_of(&visit, &matter.topic.slug, error).await?;
            let html = render(&visit, &matter, &fields, problems)?;
            Ok(visit.fresh(StatusCode::UNPROCESSABLE_ENTITY, html))
        }
    }
}

async fn run(
    visit: &Visit,
    matter: &Matter,
    member: Member,
    fields: &Fields,
) -> Result<(), EngineError> {
    let (engine, note) = (visit.state.engine(), fields.get("note"));
    let moment = (visit.state.settings.moment)()?;
    let (topic, person_uri) = (matter.topic.slug.clone(), matter.person.uri.clone());
    if fields.get("ruling") == "unban" {
        return rulings::unban(engine, &member, moment, note, (&topic, person_uri)).await;
    }
    let until = last_day(fields.get("until"))?;
    let ban = Ban {
        topic,
        person_uri,
        until,
    };
    rulings::ban(engine, &member, moment, note, ban).await
}

/// The end of a day as browsers send it, `2027-01-31`; nothing is no end.
fn last_day(text: &str) -> Result<Option<Timestamp>, Invalid> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let day = Timestamp::parse_rfc3339(&format!("{}T23:59:59Z", text.trim()));
    day.map(Some).ok_or(Invalid::new("until", "day"))
}

fn render(
    visit: &Visit,
    matter: &Matter,
    fields: &Fields,
    problems: Vec<Problem>,
) -> Result<String, Failure> {
    let t = &visit.t;
    let topic = match t.locale() {
        Locale::Es => &matter.topic.name_es,
        Locale::En => &matter.topic.name_en,
    };
    let heading = fl!(t, "ban-heading", name = matter.person.display_name.as_str());
    let mut what = vec![
        fl!(t, "ban-what", topic = topic.as_str()),
        fl!(t, "moderate-what"),
    ];
    if let Some(held) = &matter.held {
        what.insert(0, until_text(visit, held.ends_at));
    }
    let choice = |value: &str, label: String| Choice {
        value: value.to_owned(),
        label,
        selected: value == fields.get("ruling"),
    };
    let mut options = vec![choice("ban", fl!(t, "ban-ban"))];
    if matter.held.is_some() {
        options.insert(0, choice("unban", fl!(t, "ban-unban")));
    }
    let usual = (visit.state.settings.clock)().plus_seconds(DAYS * 24 * 3600);
    let until = match fields.all("until").next() {
        Some(typed) => typed.to_owned(),
        None => usual.to_rfc3339().chars().take(10).collect(),
    };
    let mut until =
        Field::new("until", until).labelled(fl!(t, "field-until"), fl!(t, "hint-until"));
    until.kind = "date";
    let view = ActaForm {
        f: visit.frame(heading.clone(), Section::Topics),
        crumbs: vec![Link::new(
            part::topic_href(&matter.topic.slug),
            topic.clone(),
        )],
        heading,
        what,
        action: href(&matter.topic.slug, &matter.person.uri),
        selects: vec![Select {
            name: "ruling",
            label: fl!(t, "field-ruling"),
            options,
        }],
        fields: vec![until.with(&problems)],
        areas: Vec::new(),
        note: Field::reason(t, fields).with(&problems),
        submit: fl!(t, "moderate-do"),
        submit_class: "button-danger",
        cancel_href: part::topic_href(&matter.topic.slug),
        also: Vec::new(),
        problems,
    };
    Ok(view.render()?)
}

/// `Suspendida hasta el 3 de marzo de 2027`.
pub(super) fn until_text(visit: &Visit, ends_at: Option<i64>) -> String {
    match ends_at {
        Some(end) => {
            let end = visit.t.date(Timestamp::from_micros(end));
            fl!(visit.t, "ban-until", end = end)
        }
        None => fl!(visit.t, "ban-open"),
    }
}
