//! `/temas/{topic}/pagina` and `/temas/{topic}/prioridades`: the coordinating city edits what the topic says of
//! itself, and ranks its most pressing issues.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use i18n_embed_fl::fl;
use tequio_domain::{Locale, Oid};
use tequio_engine::ledger::curation::{self, Issue};
use tequio_engine::ledger::hand_over::Speech;
use tequio_engine::{Error as EngineError, Member, erase};
use tequio_protocol::activity::ledger::{PageTexts, Priority, TopicPage};
use tequio_store::object::{self, Object};
use tequio_store::topic::{self, Topic};
use tequio_store::{Conn, Error as StoreError};

use super::acta::problems_of;
use crate::failure::Failure;
use crate::form::Fields;
use crate::page::moderate::ruler;
use crate::page::part;
use crate::texts::Texts;
use crate::view::Link;
use crate::view::acta::ActaForm;
use crate::view::form::{Field, Problem};
use crate::visit::{Section, Visit};

/// Which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Page,
    Priorities,
}

/// `GET /temas/{topic}/pagina`.
///
/// # Errors
/// [`Failure::NotFound`], also for who may not.
pub async fn page(visit: Visit, slug: web::Path<String>) -> Result<HttpResponse, Failure> {
    show(&visit, slug.into_inner(), Kind::Page).await
}

/// `GET /temas/{topic}/prioridades`.
///
/// # Errors
/// As [`page`].
pub async fn priorities(visit: Visit, slug: web::Path<String>) -> Result<HttpResponse, Failure> {
    show(&visit, slug.into_inner(), Kind::Priorities).await
}

/// `POST /temas/{topic}/pagina`.
///
/// # Errors
/// As [`page`]; faults of ours.
pub async fn send_page(
    visit: Visit,
    slug: web::Path<String>,
    fields: Fields,
) -> Result<HttpResponse, Failure> {
    send(&visit, slug.into_inner(), Kind::Page, &fields).await
}

/// `POST /temas/{topic}/prioridades`.
///
/// # Errors
/// As [`page`]; faults of ours.
pub async fn send_priorities(
    visit: Visit,
    slug: web::Path<String>,
    fields: Fields,
) -> Result<HttpResponse, Failure> {
    send(&visit, slug.into_inner(), Kind::Priorities, &fields).await
}

async fn open(visit: &Visit, slug: String) -> Result<(Topic, Member), Failure> {
    visit.member()?;
    let read = move |conn: &mut Conn| topic::by_slug(conn, &slug);
    let topic = visit.state.store().read(read).await?;
    let member = ruler(visit, topic.id).await?;
    Ok((topic, member))
}

async fn show(visit: &Visit, slug: String, kind: Kind) -> Result<HttpResponse, Failure> {
    let (topic, _) = open(visit, slug).await?;
    let held = topic.clone();
    let read = move |conn: &mut Conn| match kind {
        Kind::Page => Ok(of_page(&curation::page_of(conn, &held)?)),
        Kind::Priorities => {
            let items = curation::priorities_of(conn, held.id)?;
            Ok::<_, EngineError>(of_priorities(&linked(conn, items)?))
        }
    };
    let fields = visit.state.store().read(read).await?;
    let html = render(visit, &topic, kind, (&fields, Vec::new()))?;
    Ok(visit.fresh(StatusCode::OK, html))
}

async fn send(
    visit: &Visit,
    slug: String,
    kind: Kind,
    fields: &Fields,
) -> Result<HttpResponse, Failure> {
    visit.sender(fields)?;
    let (topic, member) = open(visit, slug).await?;
    let href = part::topic_href(&topic.slug);
    let problems = match run(visit, &topic, (kind, member), fields).await? {
        Ok(()) => return Ok(visit.done(&href, "acta")),
        Err(problems) => problems,
    };
    let html = render(visit, &topic, kind, (fields, problems))?;
    Ok(visit.fresh(StatusCode::UNPROCESSABLE_ENTITY, html))
}

async fn run(
    visit: &Visit,
    topic: &Topic,
    (kind, member): (Kind, Member),
    fields: &Fields,
) -> Result<Result<(), Vec<Problem>>, Failure> {
    let (engine, moment) = (visit.state.engine(), visit.state.moment()?);
    let speech = Speech {
        topic: topic.slug.clone(),
        note: fields.get("note").to_owned(),
    };
    let outcome = match kind {
        Kind::Page => curation::set_page(engine, &member, moment, speech, page_in(fields)).await,
        Kind::Priorities => match issues(visit, topic, fields.get("issues")).await? {
            Ok(issues) => curation::set_priorities(engine, &member, moment, speech, issues).await,
            Err(problem) => return Ok(Err(vec![problem])),
        },
    };
    match outcome {
        Ok(()) => Ok(Ok(())),
        Err(error) => Ok(Err(problems_of(visit, &topic.slug, error).await?)),
    }
}

/// Names of the fields of a language: summary, for those who decide, for those who do it.
const FIELDS: [[&str; 3]; 2] = [
    ["summary-es", "deciders-es", "practitioners-es"],
    ["summary-en", "deciders-en", "practitioners-en"],
];

fn page_in(fields: &Fields) -> TopicPage {
    let [es, en] = FIELDS.map(|[summary, deciders, practitioners]| PageTexts {
        summary: fields.get(summary).to_owned(),
        for_deciders: fields.get(deciders).to_owned(),
        for_practitioners: fields.get(practitioners).to_owned(),
    });
    TopicPage { es, en }
}

fn of_page(page: &TopicPage) -> Fields {
    let mut fields = Fields::default();
    for (texts, names) in [&page.es, &page.en].into_iter().zip(FIELDS) {
        let values = [
            &texts.summary,
            &texts.for_deciders,
            &texts.for_practitioners,
        ];
        for (name, value) in names.into_iter().zip(values) {
            fields.push(name, value.clone());
        }
    }
    fields
}

/// Priorities, each with the post in which it is dealt with, if that is here.
pub(super) fn linked(
    conn: &mut Conn,
    items: Vec<Priority>,
) -> Result<Vec<(Priority, Option<Object>)>, StoreError> {
    let link = |item: Priority| {
        let held = match &item.about {
            Some(about) => object::shown_by_uri(conn, about)?,
            None => None,
        };
        Ok((item, held))
    };
    items.into_iter().map(link).collect()
}

/// One line each, with the address of its post at the end.
fn of_priorities(items: &[(Priority, Option<Object>)]) -> Fields {
    let line = |(item, held): &(Priority, Option<Object>)| match held {
        Some(held) => format!("{} {}", item.name, part::object_href(held)),
        None => item.name.clone(),
    };
    let lines: Vec<String> = items.iter().map(line).collect();
    let mut fields = Fields::default();
    fields.push("issues", lines.join("\n"));
    fields
}

/// A line of the list: what, and perhaps the address of a post after it.
pub(super) fn split(line: &str) -> (&str, Option<&str>) {
    let is_address = |word: &str| {
        ["https://", "http://", "/"]
            .iter()
            .any(|start| word.starts_with(start))
    };
    match line.trim().rsplit_once(char::is_whitespace) {
        Some((name, word)) if is_address(word) => (name.trim(), Some(word)),
        Some(_) | None => (line.trim(), None),
    }
}

/// Reads the list; a line whose address is of no post of this topic is named.
async fn issues(
    visit: &Visit,
    topic: &Topic,
    text: &str,
) -> Result<Result<Vec<Issue>, Problem>, Failure> {
    let mut issues = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let (name, address) = split(line);
        let about = match address {
            None => None,
            Some(address) => match post_at(visit, topic.id, address).await? {
                Some(oid) => Some(oid),
                None => return Ok(Err(not_here(&visit.t, address))),
            },
        };
        issues.push(Issue {
            name: name.to_owned(),
            about,
        });
    }
    Ok(Ok(issues))
}

fn not_here(t: &Texts, address: &str) -> Problem {
    Problem {
        field: "issues",
        text: fl!(t, "need-issue-here", address = address),
    }
}

async fn post_at(visit: &Visit, topic_id: i64, address: &str) -> Result<Option<Oid>, Failure> {
    let Some(oid) = erase::named_by(address) else {
        return Ok(None);
    };
    let read = move |conn: &mut Conn| object::by_oid(conn, &oid.to_string());
    let held = visit.state.store().read(read).await?;
    Ok(held.filter(|held| held.topic_id == topic_id).map(|_| oid))
}

fn render(
    visit: &Visit,
    topic: &Topic,
    kind: Kind,
    (fields, problems): (&Fields, Vec<Problem>),
) -> Result<String, Failure> {
    let t = &visit.t;
    let name = match t.locale() {
        Locale::Es => &topic.name_es,
        Locale::En => &topic.name_en,
    };
    let (heading, what, segment) = match kind {
        Kind::Page => (fl!(t, "page-heading"), fl!(t, "page-what"), "pagina"),
        Kind::Priorities => (
            fl!(t, "issues-heading"),
            fl!(t, "issues-what"),
            "prioridades",
        ),
    };
    let href = part::topic_href(&topic.slug);
    let view = ActaForm {
        f: visit.frame(format!("{heading} · {name}"), Section::Topics),
        crumbs: vec![Link::new(&href, name.clone())],
        heading,
        what: vec![what, fl!(t, "moderate-what")],
        action: format!("{href}/{segment}"),
        selects: Vec::new(),
        fields: Vec::new(),
        areas: areas(t, kind, (fields, &problems)),
        note: Field::reason(t, fields).with(&problems),
        submit: fl!(t, "form-save"),
        submit_class: "",
        cancel_href: href,
        also: Vec::new(),
        problems,
    };
    Ok(view.render()?)
}

fn areas(t: &Texts, kind: Kind, (fields, problems): (&Fields, &[Problem])) -> Vec<Field> {
    let area = |name, hint| {
        Field::new(name, fields.get(name))
            .labelled(t.field(name), hint)
            .with(problems)
    };
    if kind == Kind::Priorities {
        return vec![area("issues", fl!(t, "hint-issues"))];
    }
    let long = |name| Field {
        kind: "long",
        ..area(name, fl!(t, "hint-markdown"))
    };
    let [es, en] = FIELDS.map(|[summary, deciders, practitioners]| {
        [
            area(summary, fl!(t, "hint-topic-summary")),
            long(deciders),
            long(practitioners),
        ]
    });
    es.into_iter().chain(en).collect()
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn an_address_at_the_end_of_a_line_is_no_part_of_its_text() {
        for (line, name, address) in [
            ("Cobrar el agua", "Cobrar el agua", None),
            (
                " Cobrar  /conversaciones/x ",
                "Cobrar",
                Some("/conversaciones/x"),
            ),
            (
                "Fugas https://a.example/o/1",
                "Fugas",
                Some("https://a.example/o/1"),
            ),
            ("Agua y/o drenaje", "Agua y/o drenaje", None),
            ("https://a.example/o/1", "https://a.example/o/1", None),
        ] {
            assert_eq!(split(line), (name, address), "{line}");
        }
    }
}
