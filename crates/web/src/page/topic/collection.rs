//! `/temas/{topic}/colecciones/{collection}`: knowledge objects that the coordination has put in order; and the
//! form by which it does.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use i18n_embed_fl::fl;
use tequio_domain::{CollectionSlug, Oid, slugify};
use tequio_engine::ledger::curation::{self as curated, NewCollection};
use tequio_engine::ledger::hand_over::Speech;
use tequio_engine::{Error as EngineError, erase};
use tequio_protocol::activity::ledger::{Collection, Part};
use tequio_store::page::list::{self, KnowledgeCard, KnowledgeFilter, Slice};
use tequio_store::{Conn, object};

use super::acta::problems_of;
use super::{Head, curation, read};
use crate::failure::Failure;
use crate::form::Fields;
use crate::page::moderate::ruler;
use crate::page::part::{self, Mixed};
use crate::view::Link;
use crate::view::acta::ActaForm;
use crate::view::form::{Field, Problem};
use crate::view::topic::{CollectionPart, TopicCollection};
use crate::visit::Visit;

/// Most knowledge objects read for one collection: an id may be held twice.
const ROWS_MAX: i64 = 200;

/// A collection with what of it is here and shown, by id.
struct Shown {
    collection: Collection,
    cards: HashMap<String, KnowledgeCard>,
    files: Vec<(i64, i64)>,
}

fn read_one(conn: &mut Conn, topic_id: i64, slug: &CollectionSlug) -> Result<Shown, EngineError> {
    let topic = tequio_store::topic::by_id(conn, topic_id)?;
    let collection = curated::collection(conn, &topic, slug)?;
    let parts = collection.parts.iter();
    let uris: Vec<String> = parts.flat_map(|part| part.items.clone()).collect();
    let filter = KnowledgeFilter {
        topic_id: Some(topic_id),
        uris: Some(uris),
        ..KnowledgeFilter::default()
    };
    let rows = list::knowledge(conn, &filter, Slice::first(ROWS_MAX))?;
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    Ok(Shown {
        files: list::file_counts(conn, &ids)?,
        cards: rows.into_iter().map(|row| (row.uri.clone(), row)).collect(),
        collection,
    })
}

impl Shown {
    /// The knowledge objects of a part that are here, in its order.
    fn cards(&self, part: &Part) -> Vec<KnowledgeCard> {
        let cards = part.items.iter().filter_map(|uri| self.cards.get(uri));
        cards.cloned().collect()
    }
}

fn slug_in(segment: &str) -> Result<CollectionSlug, Failure> {
    CollectionSlug::parse(segment).map_err(|_none| Failure::NotFound)
}

/// `GET /temas/{topic}/colecciones/{collection}`.
///
/// # Errors
/// [`Failure::NotFound`]; the database's.
pub async fn show(
    visit: Visit,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let (topic, segment) = path.into_inner();
    let slug = slug_in(&segment)?;
    visit
        .show(async {
            let asked = slug.clone();
            let one = move |conn: &mut Conn, topic_id| read_one(conn, topic_id, &asked);
            let (head, shown) = read(&visit, topic, one).await?;
            let (t, words) = (&visit.t, head.words(&visit));
            let href = part::topic_href(&head.topic.slug);
            let mut f = head.frame(&visit);
            f.title = format!("{} · {}", shown.collection.name, head.name(t));
            f.description.clone_from(&shown.collection.summary);
            f.alternate = None;
            let parts = shown.collection.parts.iter().map(|part| CollectionPart {
                name: part.name.clone(),
                objects: words.object_rows(&shown.cards(part), &shown.files, Mixed::OneTopic),
            });
            let view = TopicCollection {
                f,
                crumbs: vec![
                    Link::new(&href, head.name(t)),
                    Link::new(format!("{href}/biblioteca"), fl!(t, "tab-library")),
                ],
                heading: shown.collection.name.clone(),
                summary: shown.collection.summary.clone(),
                parts: parts.filter(|part| !part.objects.is_empty()).collect(),
                edit: head.may_rule.then(|| {
                    let href = format!("{href}/colecciones/{slug}/editar");
                    Link::new(href, fl!(t, "collection-edit"))
                }),
            };
            Ok(view.render()?)
        })
        .await
}

/// `GET /temas/{topic}/nueva-coleccion`.
///
/// # Errors
/// [`Failure::NotFound`], also for who may not.
pub async fn form(visit: Visit, topic: web::Path<String>) -> Result<HttpResponse, Failure> {
    let head = open(&visit, topic.into_inner()).await?;
    let html = render(&visit, &head, None, (&Fields::default(), Vec::new()))?;
    Ok(visit.fresh(StatusCode::OK, html))
}

/// `GET /temas/{topic}/colecciones/{collection}/editar`.
///
/// # Errors
/// As [`form`].
pub async fn edit(
    visit: Visit,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let (topic, segment) = path.into_inner();
    let slug = slug_in(&segment)?;
    let head = open(&visit, topic).await?;
    let (topic_id, asked) = (head.topic.id, slug.clone());
    let one = move |conn: &mut Conn| read_one(conn, topic_id, &asked);
    let shown = visit.state.store().read(one).await?;
    let html = render(&visit, &head, Some(&slug), (&fields_of(&shown), Vec::new()))?;
    Ok(visit.fresh(StatusCode::OK, html))
}

/// `POST /temas/{topic}/nueva-coleccion`.
///
/// # Errors
/// As [`form`]; faults of ours.
pub async fn send_new(
    visit: Visit,
    topic: web::Path<String>,
    fields: Fields,
) -> Result<HttpResponse, Failure> {
    visit.sender(&fields)?;
    let head = open(&visit, topic.into_inner()).await?;
    send(&visit, &head, None, &fields).await
}

/// `POST /temas/{topic}/colecciones/{collection}/editar`.
///
/// # Errors
/// As [`form`]; faults of ours.
pub async fn send_edit(
    visit: Visit,
    path: web::Path<(String, String)>,
    fields: Fields,
) -> Result<HttpResponse, Failure> {
    visit.sender(&fields)?;
    let (topic, segment) = path.into_inner();
    let slug = slug_in(&segment)?;
    let head = open(&visit, topic).await?;
    send(&visit, &head, Some(&slug), &fields).await
}

/// The topic, for who may rule in it.
async fn open(visit: &Visit, topic: String) -> Result<Head, Failure> {
    visit.member()?;
    let (head, ()) = read(visit, topic, |_, _| Ok(())).await?;
    ruler(visit, head.topic.id).await?;
    Ok(head)
}

async fn send(
    visit: &Visit,
    head: &Head,
    slug: Option<&CollectionSlug>,
    fields: &Fields,
) -> Result<HttpResponse, Failure> {
    let problems = match run(visit, head, slug, fields).await? {
        Ok(href) => return Ok(visit.done(&href, "acta")),
        Err(problems) => problems,
    };
    let html = render(visit, head, slug, (fields, problems))?;
    Ok(visit.fresh(StatusCode::UNPROCESSABLE_ENTITY, html))
}

/// Puts it together; answers where it is read.
async fn run(
    visit: &Visit,
    head: &Head,
    slug: Option<&CollectionSlug>,
    fields: &Fields,
) -> Result<Result<String, Vec<Problem>>, Failure> {
    let member = ruler(visit, head.topic.id).await?;
    let parts = match parts(visit, head.topic.id, fields.get("items")).await? {
        Ok(parts) => parts,
        Err(problem) => return Ok(Err(vec![problem])),
    };
    let library = format!("{}/biblioteca", part::topic_href(&head.topic.slug));
    let is_dissolved = parts.iter().all(|(_, items)| items.is_empty());
    if is_dissolved && slug.is_none() {
        let text = fl!(visit.t, "need-collected");
        return Ok(Err(vec![Problem {
            field: "items",
            text,
        }]));
    }
    let slug = match slug {
        Some(slug) => slug.clone(),
        None => free_slug(visit, head, fields.get("title")).await?,
    };
    let new = NewCollection {
        name: fields.get("title").to_owned(),
        summary: fields.get("abstract").to_owned(),
        parts,
    };
    let speech = Speech {
        topic: head.topic.slug.clone(),
        note: fields.get("note").to_owned(),
    };
    let href = if is_dissolved {
        library
    } else {
        format!("{}/colecciones/{slug}", part::topic_href(&head.topic.slug))
    };
    let (engine, moment) = (visit.state.engine(), visit.state.moment()?);
    match curated::set_collection(engine, &member, moment, speech, (slug, new)).await {
        Ok(()) => Ok(Ok(href)),
        Err(error) => Ok(Err(problems_of(visit, &head.topic.slug, error).await?)),
    }
}

/// A slug from the name that no collection of the topic has.
async fn free_slug(visit: &Visit, head: &Head, name: &str) -> Result<CollectionSlug, Failure> {
    let topic = head.topic.clone();
    let read = move |conn: &mut Conn| curated::collections_of(conn, &topic);
    let taken = visit.state.store().read(read).await?;
    let stem: String = slugify(name).chars().take(50).collect();
    let candidates = (1..).map(|number| match number {
        1 => stem.trim_end_matches('-').to_owned(),
        _ => format!("{stem}-{number}").replace("--", "-"),
    });
    let mut free = candidates
        .take(1000)
        .filter_map(|slug| CollectionSlug::parse(&slug).ok())
        .filter(|slug| taken.iter().all(|(held, _)| held != slug));
    match free.next() {
        Some(slug) => Ok(slug),
        // A name of no letters: the forms say what is wrong with it.
        None => CollectionSlug::parse("coleccion").map_err(Failure::internal),
    }
}

/// Reads the list: `# a part`, and one knowledge object a line, its address last.
async fn parts(
    visit: &Visit,
    topic_id: i64,
    text: &str,
) -> Result<Result<Vec<(String, Vec<Oid>)>, Problem>, Failure> {
    let mut parts: Vec<(String, Vec<Oid>)> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(name) = line.strip_prefix('#') {
            parts.push((name.trim_start_matches('#').trim().to_owned(), Vec::new()));
            continue;
        }
        let Some(oid) = knowledge_at(visit, topic_id, line).await? else {
            let text = fl!(visit.t, "need-collected-here", line = line);
            return Ok(Err(Problem {
                field: "items",
                text,
            }));
        };
        if parts.is_empty() {
            parts.push(Default::default());
        }
        if let Some((_, items)) = parts.last_mut() {
            items.push(oid);
        }
    }
    Ok(Ok(parts))
}

async fn knowledge_at(visit: &Visit, topic_id: i64, line: &str) -> Result<Option<Oid>, Failure> {
    let (_, address) = curation::split(line);
    let Some(oid) = erase::named_by(address.unwrap_or(line)) else {
        return Ok(None);
    };
    let read = move |conn: &mut Conn| object::by_oid(conn, &oid.to_string());
    let held = visit.state.store().read(read).await?;
    let held = held.filter(|held| held.topic_id == topic_id && held.kind == "knowledge");
    Ok(held.map(|_| oid))
}

fn fields_of(shown: &Shown) -> Fields {
    let mut lines = Vec::new();
    for part in &shown.collection.parts {
        if !part.name.is_empty() {
            lines.push(format!("# {}", part.name));
        }
        for card in shown.cards(part) {
            let href = part::knowledge_href(&card.oid, &card.title);
            lines.push(format!("{} {href}", card.title));
        }
    }
    let mut fields = Fields::default();
    fields.push("title", shown.collection.name.clone());
    fields.push("abstract", shown.collection.summary.clone());
    fields.push("items", lines.join("\n"));
    fields
}

fn render(
    visit: &Visit,
    head: &Head,
    slug: Option<&CollectionSlug>,
    (fields, problems): (&Fields, Vec<Problem>),
) -> Result<String, Failure> {
    let t = &visit.t;
    let href = part::topic_href(&head.topic.slug);
    let (heading, action, cancel_href) = match slug {
        Some(slug) => {
            let page = format!("{href}/colecciones/{slug}");
            (fl!(t, "collection-edit"), format!("{page}/editar"), page)
        }
        None => (
            fl!(t, "collection-new"),
            format!("{href}/nueva-coleccion"),
            format!("{href}/biblioteca"),
        ),
    };
    let field = |name, label: String, hint: String| {
        Field::new(name, fields.get(name))
            .labelled(label, hint)
            .with(&problems)
    };
    let mut f = head.frame(visit);
    f.title = format!("{heading} · {}", head.name(t));
    f.alternate = None;
    let items = field("items", fl!(t, "field-items"), fl!(t, "hint-items"));
    let view = ActaForm {
        f,
        crumbs: vec![Link::new(&href, head.name(t))],
        heading,
        what: vec![fl!(t, "collection-what"), fl!(t, "moderate-what")],
        action,
        selects: Vec::new(),
        fields: vec![field("title", fl!(t, "field-title"), String::new()).required()],
        areas: vec![
            field(
                "abstract",
                fl!(t, "field-collection-summary"),
                fl!(t, "hint-collection-summary"),
            ),
            Field {
                kind: "long",
                ..items
            },
        ],
        note: Field::reason(t, fields).with(&problems),
        submit: fl!(t, "form-save"),
        submit_class: "",
        cancel_href,
        also: Vec::new(),
        problems,
    };
    Ok(view.render()?)
}
