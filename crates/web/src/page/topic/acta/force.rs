//! `/temas/{topic}/acta/vigente`: what the coordination has ruled and is in force, with the reasons.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use i18n_embed_fl::fl;
use tequio_engine::Error as EngineError;
use tequio_engine::ledger::curation as curated;
use tequio_protocol::activity::ledger::Collection;
use tequio_store::Conn;
use tequio_store::ledger::LedgerEntry;
use tequio_store::object::{self, Object};
use tequio_store::person::{self, Person};
use tequio_store::ruling::{
    self, BANNED, COLLECTION, FEATURED, LOCKED, PAGE, PRIORITIES, REMOVED, Ruling,
};
use tequio_store::topic;

use super::super::{Head, read};
use super::acta_href;
use crate::failure::Failure;
use crate::form::Fields;
use crate::page::ban;
use crate::page::part::{self, ROWS};
use crate::view::Link;
use crate::view::acta::{ActaForce, ForceRow};
use crate::visit::Visit;

/// A ruling with what it is about and who said it.
struct Row {
    ruling: Ruling,
    act: LedgerEntry,
    /// The post, if it is here.
    post: Option<Object>,
    /// The person who is banned.
    person: Option<Person>,
    /// The name of a collection.
    collection: Option<String>,
    /// The person who ruled.
    by: Option<Person>,
}

/// `GET /temas/{topic}/acta/vigente?pagina=`.
///
/// # Errors
/// [`Failure::NotFound`]; the database's.
pub async fn show(
    visit: Visit,
    req: HttpRequest,
    slug: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let page = Fields::of_query(&req).page();
    visit
        .show(async {
            let rows = move |conn: &mut Conn, topic_id| {
                let total = ruling::count(conn, topic_id)?;
                Ok((rows(conn, topic_id, page)?, total))
            };
            let (head, (rows, total)) = read(&visit, slug.into_inner(), rows).await?;
            render(&visit, &head, &rows, (page, total))
        })
        .await
}

fn rows(conn: &mut Conn, topic_id: i64, page: i64) -> Result<Vec<Row>, EngineError> {
    let topic = topic::by_id(conn, topic_id)?;
    let mut rows = Vec::new();
    for (ruling, act) in ruling::with_acts(conn, topic_id, part::slice(page, ROWS))? {
        let collection = match Collection::slug_in(&topic.uri, &ruling.object_uri) {
            Some(slug) => Some(curated::collection(conn, &topic, &slug)?.name),
            None => None,
        };
        rows.push(Row {
            collection,
            post: object::by_uri(conn, &ruling.object_uri)?,
            person: person::by_uri(conn, &ruling.object_uri)?,
            by: person::by_uri(conn, &act.actor_uri)?,
            ruling,
            act,
        });
    }
    Ok(rows)
}

fn render(
    visit: &Visit,
    head: &Head,
    rows: &[Row],
    (page, total): (i64, i64),
) -> Result<String, Failure> {
    if page > part::last_page(total, ROWS) {
        return Err(Failure::NotFound);
    }
    let (t, words) = (&visit.t, head.words(visit));
    let href = format!("{}/vigente", acta_href(&head.topic.slug));
    let heading = fl!(t, "force-heading");
    let mut f = head.frame(visit);
    f.title = format!("{heading} · {}", head.name(t));
    f.alternate = None;
    let view = ActaForce {
        f,
        crumbs: vec![
            Link::new(part::topic_href(&head.topic.slug), head.name(t)),
            Link::new(acta_href(&head.topic.slug), fl!(t, "tab-acta")),
        ],
        heading,
        rows: rows.iter().map(|row| force_row(visit, head, row)).collect(),
        empty: part::empty(fl!(t, "force-empty-what"), fl!(t, "force-empty-why"), None),
        paging: words.paging(page, total, ROWS, |page| format!("{href}?pagina={page}")),
    };
    Ok(view.render()?)
}

fn force_row(visit: &Visit, head: &Head, row: &Row) -> ForceRow {
    let (t, words) = (&visit.t, head.words(visit));
    let own = visit.state.city();
    let person = |row: &Person| {
        let href = part::person_href(&row.name, &row.city, own);
        Link::new(href, row.display_name.clone())
    };
    let kind = row.ruling.kind.as_str();
    let about = match (kind, &row.post, &row.person) {
        (COLLECTION, ..) => collection_link(head, row),
        (BANNED, _, Some(banned)) => Some(person(banned)),
        // What it says is hidden, its title too.
        (REMOVED, Some(post), _) => Some(Link::new(
            part::object_href(post),
            fl!(t, "force-removed-post"),
        )),
        (LOCKED | FEATURED, Some(post), _) => {
            Some(Link::new(part::object_href(post), post.title.clone()))
        }
        _ => None,
    };
    ForceRow {
        kind: match kind {
            REMOVED => fl!(t, "force-removed"),
            LOCKED => fl!(t, "force-locked"),
            FEATURED => fl!(t, "force-featured"),
            BANNED => ban::until_text(visit, row.ruling.ends_at),
            PAGE => fl!(t, "force-page"),
            PRIORITIES => fl!(t, "force-priorities"),
            COLLECTION => fl!(t, "force-collection"),
            _ => String::new(),
        },
        class: match kind {
            REMOVED | BANNED => "badge-error",
            LOCKED => "badge-notice",
            _ => "badge-ok",
        },
        about,
        reason: row.act.note.clone(),
        by: row.by.as_ref().map(person),
        when: words.moment(Some(row.ruling.made_at)),
        change: head.may_rule.then(|| change(head, row)).flatten(),
    }
}

fn collection_link(head: &Head, row: &Row) -> Option<Link> {
    let slug = Collection::slug_in(&head.topic.uri, &row.ruling.object_uri)?;
    let topic = part::topic_href(&head.topic.slug);
    let name = row.collection.clone()?;
    Some(Link::new(format!("{topic}/colecciones/{slug}"), name))
}

/// Where a ruling is changed or taken back.
fn change(head: &Head, row: &Row) -> Option<String> {
    let topic = &head.topic.slug;
    Some(match (row.ruling.kind.as_str(), &row.post) {
        (BANNED, _) => ban::href(topic, &row.ruling.object_uri),
        (PAGE, _) => format!("{}/pagina", part::topic_href(topic)),
        (PRIORITIES, _) => format!("{}/prioridades", part::topic_href(topic)),
        (COLLECTION, _) => {
            let slug = Collection::slug_in(&head.topic.uri, &row.ruling.object_uri)?;
            format!("{}/colecciones/{slug}/editar", part::topic_href(topic))
        }
        (_, Some(post)) => format!("/moderar/{}", part::short(&post.oid)),
        (_, None) => return None,
    })
}
