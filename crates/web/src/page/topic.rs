//! `/temas/{topic}` and its tabs.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use i18n_embed_fl::fl;
use tequio_domain::{Audience, CollectionSlug, KnowledgeKind, Locale, ThreadKind, Timestamp};
use tequio_engine::ledger::{curation as curated, ruling};
use tequio_engine::{Error as EngineError, Member};
use tequio_protocol::activity::ledger::{Collection, TopicPage};
use tequio_protocol::html;
use tequio_store::ledger::{self, LedgerTerm};
use tequio_store::page::list::{self, KnowledgeCard, KnowledgeFilter, Slice, ThreadFilter};
use tequio_store::page::place::{self, Places};
use tequio_store::topic::{self, Topic};
use tequio_store::{Conn, account};

use super::follow;
use super::part::{self, Mixed, ROWS, Words};
use crate::failure::Failure;
use crate::form::Fields;
use crate::texts::Texts;
use crate::view::topic::{
    CollectionRow, Coordination, Shelf, ShelfGroup, Tab, TopicCities, TopicHead, TopicLibrary,
    TopicPeople, TopicThreads,
};
use crate::view::{Frame, Link, Trusted};
use crate::visit::{Section, Visit};
use first::First;

pub mod acta;
pub mod collection;
pub mod curation;
mod first;
pub mod glossary;

/// Most objects of a topic shown on its shelves; the library page has them all.
const SHELF_MAX: i64 = 200;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Threads,
    Library,
    Glossary,
    People,
    Cities,
    Acta,
}

/// What every tab needs.
struct Head {
    places: Places,
    topic: Topic,
    threads: i64,
    objects: i64,
    terms: i64,
    is_followed: bool,
    /// The term that lasts.
    term: Option<LedgerTerm>,
    /// What the topic says of itself.
    page: TopicPage,
    /// Whether the viewer may rule here for this city, which coordinates.
    may_rule: bool,
}

fn read_head(
    conn: &mut Conn,
    slug: &str,
    (own, member): (&str, Option<&Member>),
) -> Result<Head, EngineError> {
    let topic = topic::by_slug(conn, slug)?;
    let counts = place::kind_counts(conn)?;
    let count = |kind: &str| {
        let row = counts
            .iter()
            .find(|row| row.topic_id == topic.id && row.kind == kind);
        row.map_or(0, |row| row.count)
    };
    let terms = ledger::open_terms(conn)?;
    let term = terms.into_iter().find(|term| term.topic_id == topic.id);
    let may_rule = match member.filter(|_| term.as_ref().is_some_and(|term| term.city == own)) {
        Some(member) => ruling::may_rule(conn, member, topic.id)?,
        None => false,
    };
    Ok(Head {
        places: place::places(conn)?,
        threads: count("thread"),
        objects: count("knowledge"),
        terms: place::count_terms(conn, topic.id)?,
        is_followed: match member {
            Some(member) => account::follows(conn, member.account_id(), topic.id)?,
            None => false,
        },
        page: curated::page_of(conn, &topic)?,
        term,
        may_rule,
        topic,
    })
}

/// Reads the head and what a tab needs beside it, in one turn of a reader.
async fn read<T: Send + 'static>(
    visit: &Visit,
    slug: String,
    more: impl FnOnce(&mut Conn, i64) -> Result<T, EngineError> + Send + 'static,
) -> Result<(Head, T), Failure> {
    let member = visit.signed.as_ref().map(|signed| signed.member.clone());
    let own = visit.state.city().to_owned();
    let rows = visit.state.store().read(move |conn| {
        let head = read_head(conn, &slug, (&own, member.as_ref()))?;
        let more = more(conn, head.topic.id)?;
        Ok::<_, EngineError>((head, more))
    });
    Ok(rows.await?)
}

impl Head {
    fn name(&self, t: &Texts) -> String {
        match t.locale() {
            Locale::Es => self.topic.name_es.clone(),
            Locale::En => self.topic.name_en.clone(),
        }
    }

    fn frame(&self, visit: &Visit) -> Frame {
        let mut f = visit.frame(self.name(&visit.t), Section::Topics);
        let summary = self.page.text(visit.t.locale(), |texts| &texts.summary);
        summary.clone_into(&mut f.description);
        f.alternate = Some(format!("{}/t/{}", visit.state.base_url(), self.topic.slug));
        f
    }

    fn words<'a>(&'a self, visit: &'a Visit) -> Words<'a> {
        Words {
            t: &visit.t,
            places: &self.places,
            own: visit.state.city(),
        }
    }

    fn view(&self, visit: &Visit, part: Part) -> TopicHead {
        let (t, topic) = (&visit.t, &self.topic);
        let text = |of| self.page.text(t.locale(), of);
        let href = part::topic_href(&topic.slug);
        TopicHead {
            name: self.name(t),
            summary: text(|texts| &texts.summary).to_owned(),
            deciders: Trusted::from(html::markdown(text(|texts| &texts.for_deciders))),
            practitioners: Trusted::from(html::markdown(text(|texts| &texts.for_practitioners))),
            ask_href: format!("{href}/nueva"),
            add_href: format!("{href}/nueva-ficha"),
            can_follow: visit.signed.is_some(),
            is_followed: self.is_followed,
            follow_action: format!("{href}/seguir"),
            follow: follow::topic(visit, &self.places, &topic.slug),
            coordination: self.term.as_ref().map(|term| {
                let (city, end) = (self.words(visit).chip(&term.city), term.ends_at);
                let end = t.date(Timestamp::from_micros(end));
                let says = fl!(t, "topic-coordinates", end = end);
                Coordination {
                    city,
                    says,
                    href: format!("{href}/acta"),
                }
            }),
            tools: self.tools(t, &href),
            tabs: self.tabs(t, &href, part),
        }
    }

    /// What the coordination's people do here.
    fn tools(&self, t: &Texts, href: &str) -> Vec<Link> {
        if !self.may_rule {
            return Vec::new();
        }
        vec![
            Link::new(format!("{href}/pagina"), fl!(t, "page-heading")),
            Link::new(format!("{href}/prioridades"), fl!(t, "issues-heading")),
            Link::new(format!("{href}/acta/vigente"), fl!(t, "force-heading")),
        ]
    }

    fn tabs(&self, t: &Texts, href: &str, current: Part) -> Vec<Tab> {
        let tab = |part: Part, end: &str, label: String, count: i64| Tab {
            href: format!("{href}{end}"),
            label,
            count: if count > 0 {
                t.number(count)
            } else {
                String::new()
            },
            current: part == current,
        };
        vec![
            tab(Part::Threads, "", fl!(t, "tab-threads"), self.threads),
            tab(
                Part::Library,
                "/biblioteca",
                fl!(t, "tab-library"),
                self.objects,
            ),
            tab(
                Part::Glossary,
                "/glosario",
                fl!(t, "tab-glossary"),
                self.terms,
            ),
            tab(Part::People, "/personas", fl!(t, "tab-people"), 0),
            tab(Part::Cities, "/ciudades", fl!(t, "tab-cities"), 0),
            tab(Part::Acta, "/acta", fl!(t, "tab-acta"), 0),
        ]
    }
}

/// `GET /temas/{topic}?ver=&pagina=`.
///
/// # Errors
/// [`Failure::NotFound`]; the database's.
pub async fn threads(
    visit: Visit,
    req: HttpRequest,
    slug: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let fields = Fields::of_query(&req);
    visit
        .show(render_threads(&visit, slug.into_inner(), fields))
        .await
}

async fn render_threads(visit: &Visit, slug: String, fields: Fields) -> Result<String, Failure> {
    let (seen, page) = (fields.get("ver").to_owned(), fields.page());
    let (kind, unanswered) = match seen.as_str() {
        "consultas" => (Some(ThreadKind::Question.as_str()), false),
        "conversaciones" => (Some(ThreadKind::Conversation.as_str()), false),
        "sin-respuesta" => (Some(ThreadKind::Question.as_str()), true),
        _ => (None, false),
    };
    let is_front = seen.is_empty() && page == 1;
    let (head, (rows, total, first)) = read(visit, slug, move |conn, id| {
        let filter = ThreadFilter {
            topic_id: Some(id),
            kind,
            unanswered,
            ..ThreadFilter::default()
        };
        let rows = list::threads(conn, &filter, part::slice(page, ROWS))?;
        let first = is_front.then(|| First::read(conn, id)).transpose()?;
        Ok((
            rows,
            list::count_threads(conn, &filter)?,
            first.unwrap_or_default(),
        ))
    })
    .await?;
    if page > part::last_page(total, ROWS) {
        return Err(Failure::NotFound);
    }
    let (t, words) = (&visit.t, head.words(visit));
    let topic = head.view(visit, Part::Threads);
    let href = part::topic_href(&head.topic.slug);
    let address = |ver: &str, page: i64| match (ver, page) {
        ("", 1) => href.clone(),
        ("", page) => format!("{href}?pagina={page}"),
        (ver, 1) => format!("{href}?ver={ver}"),
        (ver, page) => format!("{href}?ver={ver}&pagina={page}"),
    };
    let known = if kind.is_some() { seen.as_str() } else { "" };
    let view = TopicThreads {
        f: head.frame(visit),
        filters: filters(t, known, |ver| address(ver, 1)),
        priorities: first.priorities(),
        featured: words.thread_rows(&first.threads, Mixed::OneTopic),
        featured_objects: words.object_rows(&first.objects, &[], Mixed::OneTopic),
        threads: words.thread_rows(&rows, Mixed::OneTopic),
        empty: part::empty(
            fl!(t, "threads-empty-what"),
            fl!(t, "threads-empty-why"),
            Some(Link::new(&topic.ask_href, fl!(t, "topic-ask"))),
        ),
        paging: words.paging(page, total, ROWS, |page| address(known, page)),
        topic,
    };
    Ok(view.render()?)
}

fn filters(t: &Texts, known: &str, address: impl Fn(&str) -> String) -> Vec<Link> {
    let filter = |ver: &str, label: String| Link {
        current: ver == known,
        ..Link::new(address(ver), label)
    };
    vec![
        filter("", fl!(t, "filter-all")),
        filter("consultas", fl!(t, "filter-questions")),
        filter("conversaciones", fl!(t, "filter-conversations")),
        filter("sin-respuesta", fl!(t, "filter-unanswered")),
    ]
}

/// `GET /temas/{topic}/biblioteca`.
///
/// # Errors
/// [`Failure::NotFound`]; the database's.
pub async fn library(visit: Visit, slug: web::Path<String>) -> Result<HttpResponse, Failure> {
    visit
        .show(async {
            let (head, (rows, files, collections)) = read(&visit, slug.into_inner(), |conn, id| {
                let filter = KnowledgeFilter {
                    topic_id: Some(id),
                    ..KnowledgeFilter::default()
                };
                let rows = list::knowledge(conn, &filter, Slice::first(SHELF_MAX))?;
                let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
                let files = list::file_counts(conn, &ids)?;
                let topic = topic::by_id(conn, id)?;
                Ok((rows, files, curated::collections_of(conn, &topic)?))
            })
            .await?;
            let shelves = shelves(&head.words(&visit), &rows, &files);
            let topic = head.view(&visit, Part::Library);
            let topic_href = part::topic_href(&head.topic.slug);
            Ok(TopicLibrary {
                f: head.frame(&visit),
                collections: collection_rows(&visit.t, &topic_href, &collections),
                new_collection: head.may_rule.then(|| {
                    let href = format!("{topic_href}/nueva-coleccion");
                    Link::new(href, fl!(visit.t, "collection-new"))
                }),
                topic,
                shelves,
            }
            .render()?)
        })
        .await
}

fn collection_rows(
    t: &Texts,
    topic_href: &str,
    collections: &[(CollectionSlug, Collection)],
) -> Vec<CollectionRow> {
    let row = |(slug, collection): &(CollectionSlug, Collection)| CollectionRow {
        href: format!("{topic_href}/colecciones/{slug}"),
        name: collection.name.clone(),
        summary: collection.summary.clone(),
        objects: t.objects(i64::try_from(collection.len()).unwrap_or(i64::MAX)),
    };
    collections.iter().map(row).collect()
}

/// The structure with which every topic starts; an empty part says that it is missing.
const DECIDERS: &[KnowledgeKind] = &[
    KnowledgeKind::TopicDescription,
    KnowledgeKind::Importance,
    KnowledgeKind::Issue,
];
/// The same for those who do the work.
const PRACTITIONERS: &[KnowledgeKind] = &[
    KnowledgeKind::Process,
    KnowledgeKind::Lesson,
    KnowledgeKind::CaseStudy,
    KnowledgeKind::Tool,
];

fn shelves(words: &Words<'_>, rows: &[KnowledgeCard], files: &[(i64, i64)]) -> Vec<Shelf> {
    let shelf = |id, audience: Audience, always: &[KnowledgeKind]| {
        let group = |kind: &KnowledgeKind| {
            let on_shelf = |row: &&KnowledgeCard| {
                let is_for = row.audience == audience.as_str()
                    || (row.audience == Audience::Both.as_str()
                        && (kind.usual_audience() == audience
                            || kind.usual_audience() == Audience::Both));
                row.kind == kind.as_str() && is_for
            };
            let rows: Vec<KnowledgeCard> = rows.iter().filter(on_shelf).cloned().collect();
            let objects = words.object_rows(&rows, files, Mixed::OneTopic);
            let is_shown = !objects.is_empty() || always.contains(kind);
            is_shown.then(|| ShelfGroup {
                name: words.t.knowledge_kind(*kind),
                objects,
            })
        };
        Shelf {
            id,
            name: words.t.audience(audience),
            groups: KnowledgeKind::ALL.iter().filter_map(group).collect(),
        }
    };
    vec![
        shelf("decisores", Audience::Deciders, DECIDERS),
        shelf("practicantes", Audience::Practitioners, PRACTITIONERS),
    ]
}

/// `GET /temas/{topic}/personas?pagina=`.
///
/// # Errors
/// [`Failure::NotFound`]; the database's.
pub async fn people(
    visit: Visit,
    req: HttpRequest,
    slug: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let page = Fields::of_query(&req).page();
    visit
        .show(async {
            let (head, (people, total)) = read(&visit, slug.into_inner(), move |conn, id| {
                let people = place::contributors(conn, id, part::slice(page, ROWS))?;
                Ok((people, place::count_contributors(conn, id)?))
            })
            .await?;
            if page > part::last_page(total, ROWS) {
                return Err(Failure::NotFound);
            }
            let (t, words) = (&visit.t, head.words(&visit));
            let topic = head.view(&visit, Part::People);
            let href = format!("{}/personas", part::topic_href(&head.topic.slug));
            let view = TopicPeople {
                f: head.frame(&visit),
                people: people
                    .iter()
                    .map(|(row, count)| words.person_card(row, &t.contributions(*count)))
                    .collect(),
                empty: part::empty(
                    fl!(t, "people-empty-what"),
                    fl!(t, "people-empty-why"),
                    Some(Link::new(&topic.ask_href, fl!(t, "topic-ask"))),
                ),
                paging: words.paging(page, total, ROWS, |page| format!("{href}?pagina={page}")),
                topic,
            };
            Ok(view.render()?)
        })
        .await
}

/// `GET /temas/{topic}/ciudades`.
///
/// # Errors
/// [`Failure::NotFound`]; the database's.
pub async fn cities(visit: Visit, slug: web::Path<String>) -> Result<HttpResponse, Failure> {
    visit
        .show(async {
            let counts = |conn: &mut Conn, id| Ok(place::city_counts(conn, id)?);
            let (head, counts) = read(&visit, slug.into_inner(), counts).await?;
            let words = head.words(&visit);
            let count = |slug: &str| {
                counts
                    .iter()
                    .find(|(city, _)| city == slug)
                    .map_or(0, |(_, n)| *n)
            };
            let cities = head.places.cities.iter();
            let cities = cities
                .map(|city| words.city_card(city, visit.t.contributions(count(&city.slug))))
                .collect();
            let topic = head.view(&visit, Part::Cities);
            Ok(TopicCities {
                f: head.frame(&visit),
                topic,
                cities,
            }
            .render()?)
        })
        .await
}
