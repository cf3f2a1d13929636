//! `/biblioteca`: everything that the cities keep, filtered.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use i18n_embed_fl::fl;
use tequio_domain::{Audience, KnowledgeKind};
use tequio_store::page::list::{self, KnowledgeCard, KnowledgeFilter};
use tequio_store::page::place::{self, Places};
use tequio_store::{Conn, Error as StoreError};

use super::part::{self, Mixed, ROWS, Words};
use crate::failure::Failure;
use crate::form::Fields;
use crate::texts::Texts;
use crate::view::Link;
use crate::view::form::{Choice, Select};
use crate::view::library::Library;
use crate::visit::{Section, Visit};

/// `GET /biblioteca?tema=&tipo=&audiencia=&pagina=`.
///
/// # Errors
/// [`Failure::NotFound`] for a page beyond the last; the database's.
pub async fn show(visit: Visit, req: HttpRequest) -> Result<HttpResponse, Failure> {
    let fields = Fields::of_query(&req);
    visit.show(render(&visit, fields)).await
}

async fn render(visit: &Visit, fields: Fields) -> Result<String, Failure> {
    let page = fields.page();
    let topic = fields.get("tema").to_owned();
    let kind = KnowledgeKind::parse(fields.get("tipo"));
    let audience = Audience::parse(fields.get("audiencia"));
    let asked = topic.clone();
    let filter = KnowledgeFilter {
        kind: kind.map(KnowledgeKind::as_str),
        audience: audience.map(Audience::as_str),
        ..KnowledgeFilter::default()
    };
    let rows = visit
        .state
        .store()
        .read(move |conn| read(conn, &asked, filter, page));
    let Rows {
        places,
        objects,
        files,
        total,
    } = rows.await?;
    if page > part::last_page(total, ROWS) {
        return Err(Failure::NotFound);
    }
    let t = &visit.t;
    let words = Words {
        t,
        places: &places,
        own: visit.state.city(),
    };
    let query = query(&topic, kind, audience);
    let names = places
        .topics
        .iter()
        .map(|row| (row.slug.clone(), words.topic_name(row)));
    let topics = Select {
        name: "tema",
        label: fl!(t, "field-topic"),
        ..choices(t, names, &topic)
    };
    let mut f = visit.frame(fl!(t, "library-heading"), Section::Library);
    f.description = fl!(t, "library-intro");
    let view = Library {
        f,
        selects: vec![topics, kinds(t, kind), audiences(t, audience)],
        found: fl!(t, "library-found", count = total, number = t.number(total)),
        is_filtered: query.iter().any(|(_, value)| !value.is_empty()),
        objects: words.object_rows(&objects, &files, Mixed::Topics),
        empty: part::empty(
            fl!(t, "objects-empty-what"),
            fl!(t, "objects-empty-why"),
            Some(Link::new("/biblioteca", fl!(t, "filter-clear"))),
        ),
        paging: words.paging(page, total, ROWS, |page| address(&query, page)),
    };
    Ok(view.render()?)
}

struct Rows {
    places: Places,
    objects: Vec<KnowledgeCard>,
    files: Vec<(i64, i64)>,
    total: i64,
}

fn read(
    conn: &mut Conn,
    topic: &str,
    filter: KnowledgeFilter,
    page: i64,
) -> Result<Rows, StoreError> {
    let places = place::places(conn)?;
    let topic = places.topics.iter().find(|row| row.slug == topic);
    let filter = KnowledgeFilter {
        topic_id: topic.map(|topic| topic.id),
        ..filter
    };
    let objects = list::knowledge(conn, &filter, part::slice(page, ROWS))?;
    let ids: Vec<i64> = objects.iter().map(|row| row.id).collect();
    let files = list::file_counts(conn, &ids)?;
    let total = list::count_knowledge(conn, &filter)?;
    Ok(Rows {
        places,
        objects,
        files,
        total,
    })
}

fn query(
    topic: &str,
    kind: Option<KnowledgeKind>,
    audience: Option<Audience>,
) -> [(&'static str, &str); 3] {
    [
        ("tema", topic),
        ("tipo", kind.map_or("", KnowledgeKind::as_str)),
        ("audiencia", audience.map_or("", Audience::as_str)),
    ]
}

fn address(query: &[(&str, &str)], page: i64) -> String {
    let mut out = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in query.iter().filter(|(_, value)| !value.is_empty()) {
        out.append_pair(name, value);
    }
    out.append_pair("pagina", &page.to_string());
    format!("/biblioteca?{}", out.finish())
}

fn choices(t: &Texts, values: impl Iterator<Item = (String, String)>, chosen: &str) -> Select {
    let any = Choice {
        value: String::new(),
        label: fl!(t, "filter-any"),
        selected: chosen.is_empty(),
    };
    let others = values.map(|(value, label)| Choice {
        selected: value == chosen,
        value,
        label,
    });
    Select {
        options: std::iter::once(any).chain(others).collect(),
        ..Select::default()
    }
}

fn kinds(t: &Texts, chosen: Option<KnowledgeKind>) -> Select {
    let values = KnowledgeKind::ALL
        .iter()
        .map(|k| (k.as_str().to_owned(), t.knowledge_kind(*k)));
    Select {
        name: "tipo",
        label: fl!(t, "field-kind-object"),
        ..choices(t, values, chosen.map_or("", KnowledgeKind::as_str))
    }
}

fn audiences(t: &Texts, chosen: Option<Audience>) -> Select {
    let values = [Audience::Deciders, Audience::Practitioners];
    let values = values
        .into_iter()
        .map(|a| (a.as_str().to_owned(), t.audience(a)));
    Select {
        name: "audiencia",
        label: fl!(t, "field-audience"),
        ..choices(t, values, chosen.map_or("", Audience::as_str))
    }
}
