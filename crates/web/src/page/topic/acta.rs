//! `/temas/{topic}/acta`: who coordinates, until when, who is next; everything that the cities said.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use i18n_embed_fl::fl;
use tequio_domain::CitySlug;
use tequio_domain::ledger::{End, Opening, Term, Until};
use tequio_engine::ledger::{self, Acta, Recorded, hand_over};
use tequio_engine::readiness::Readiness;
use tequio_protocol::activity::ledger::{ItemKind, Ruling, Say};
use tequio_store::log;
use tequio_store::person::{self, Person};

use super::{Head, Part, read};
use crate::failure::Failure;
use crate::form::Fields;
use crate::page::part::{self, ROWS, Words};
use crate::texts::Texts;
use crate::view::acta::{ActRow, ItemRow, MemberRow, Seat, SlotRow, TermRow, TopicActa};
use crate::view::form::Problem;
use crate::view::{Frame, Link};
use crate::visit::Visit;

pub mod act;
pub mod force;
pub mod form;
mod ready;
pub mod takeover;
mod task;
pub mod term;
mod words;

/// What every page of the acta needs.
struct Book {
    head: Head,
    acta: Acta,
    /// Who acted, by id.
    people: HashMap<String, Person>,
    /// Slugs of the cities whose group is known here.
    known: Vec<String>,
    /// For whoever speaks for this city.
    readiness: Option<Readiness>,
}

impl Book {
    async fn open(visit: &Visit, slug: String) -> Result<Self, Failure> {
        let asked = slug.clone();
        let acta = visit
            .state
            .store()
            .read(move |conn| ledger::read(conn, &asked))
            .await?;
        let named = acta.acts.iter().flat_map(people_in);
        let mut uris: Vec<String> = named.map(str::to_owned).collect();
        uris.sort_unstable();
        uris.dedup();
        let (speaks, now) = (Self::speaks(visit), (visit.state.settings.clock)());
        let rows = read(visit, slug, move |conn, topic_id| {
            let people = person::list_by_uris(conn, &uris)?;
            let readiness = speaks.then(|| Readiness::read(conn, topic_id, now));
            Ok((
                people,
                log::of_topic(conn, topic_id)?,
                readiness.transpose()?,
            ))
        });
        let (head, (people, logs, readiness)) = rows.await?;
        let people = people.into_iter().map(|row| (row.uri.clone(), row));
        Ok(Self {
            head,
            acta,
            people: people.collect(),
            known: logs.into_iter().map(|row| row.city).collect(),
            readiness,
        })
    }

    fn words<'a>(&'a self, visit: &'a Visit) -> Words<'a> {
        self.head.words(visit)
    }

    fn href(&self) -> String {
        acta_href(&self.head.topic.slug)
    }

    fn crumbs(&self, t: &Texts) -> Vec<Link> {
        let topic = part::topic_href(&self.head.topic.slug);
        vec![
            Link::new(topic, self.head.name(t)),
            Link::new(self.href(), fl!(t, "tab-acta")),
        ]
    }

    fn frame(&self, visit: &Visit, title: String) -> Frame {
        let mut f = self.head.frame(visit);
        f.title = format!("{title} · {}", self.head.name(&visit.t));
        f.alternate = None;
        f
    }

    /// The name of a city.
    fn city(&self, visit: &Visit, slug: &CitySlug) -> String {
        self.words(visit).chip(slug.as_str()).name
    }

    /// The name of a person; their id, where they are not known.
    fn name_of(&self, uri: &str) -> String {
        let known = self.people.get(uri);
        known.map_or_else(|| uri.to_owned(), |row| row.display_name.clone())
    }

    /// Whether the viewer speaks for this city.
    fn speaks(visit: &Visit) -> bool {
        visit
            .signed
            .as_ref()
            .is_some_and(|signed| signed.member.is_admin())
    }
}

/// The people of an act: who acted, and who is banned or not any more.
fn people_in(act: &Recorded) -> impl Iterator<Item = &str> {
    let about = match &act.act.say {
        Say::Rule {
            object,
            ruling: Ruling::Ban(_) | Ruling::Unban,
            ..
        } => Some(object.as_str()),
        _ => None,
    };
    std::iter::once(act.actor_uri.as_str()).chain(about)
}

pub(in crate::page) use act::problems as problems_of;

/// `/temas/{topic}/acta`.
fn acta_href(slug: &str) -> String {
    format!("{}/acta", part::topic_href(slug))
}

/// `GET /temas/{topic}/acta?pagina=`.
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
            let book = Book::open(&visit, slug.into_inner()).await?;
            render(&visit, &book, page, (&Fields::default(), Vec::new()))
        })
        .await
}

/// The page once more, with what was sent and what is wrong.
async fn again(
    visit: &Visit,
    slug: String,
    fields: &Fields,
    problems: Vec<Problem>,
) -> Result<HttpResponse, Failure> {
    let book = Book::open(visit, slug).await?;
    let html = render(visit, &book, 1, (fields, problems))?;
    Ok(visit.fresh(StatusCode::UNPROCESSABLE_ENTITY, html))
}

fn render(
    visit: &Visit,
    book: &Book,
    page: i64,
    (fields, problems): (&Fields, Vec<Problem>),
) -> Result<String, Failure> {
    let (t, words) = (&visit.t, book.words(visit));
    let mut shown: Vec<&Recorded> = book
        .acta
        .acts
        .iter()
        .filter(|act| is_listed(book, act))
        .collect();
    shown.sort_by_key(|act| std::cmp::Reverse((act.made_at, act.entry_id)));
    let total = i64::try_from(shown.len()).map_err(Failure::internal)?;
    if page > part::last_page(total, ROWS) {
        return Err(Failure::NotFound);
    }
    let slice = part::slice(page, ROWS);
    let (skip, take) = (usize::try_from(slice.offset), usize::try_from(slice.limit));
    let rows = shown
        .into_iter()
        .skip(skip.unwrap_or(0))
        .take(take.unwrap_or(0));
    let href = book.href();
    let view = TopicActa {
        f: book.frame(visit, fl!(t, "tab-acta")),
        problems,
        seat: seat(visit, book),
        tasks: task::all(visit, book, fields),
        action: format!("{href}/hacer"),
        ready: ready::of(visit, book),
        terms: terms(visit, book),
        members: members(visit, book),
        schedule: schedule(&words, book),
        links: links(visit, book),
        acts: rows.map(|act| act_row(visit, book, act)).collect(),
        empty: part::empty(fl!(t, "acta-empty-what"), fl!(t, "acta-empty-why"), None),
        paging: words.paging(page, total, ROWS, |page| format!("{href}?pagina={page}")),
        topic: book.head.view(visit, Part::Acta),
    };
    Ok(view.render()?)
}

/// What software says by itself is counted at its term; here it would drown what people said.
fn is_listed(book: &Book, act: &Recorded) -> bool {
    let is_counted = matches!(act.act.say, Say::Acknowledge { .. });
    !is_counted || book.acta.refusal(&act.at).is_some()
}

fn seat(visit: &Visit, book: &Book) -> Seat {
    let (t, words, state) = (&visit.t, book.words(visit), &book.acta.state);
    let mut more = Vec::new();
    let says = match (state.coordinator(), state.founding.is_some()) {
        (Some(term), _) => {
            more.push(fl!(
                t,
                "acta-seat-term",
                number = term.number.to_string(),
                start = t.date(term.period.start),
                end = t.date(term.period.end)
            ));
            fl!(t, "acta-seat-says")
        }
        (None, true) => fl!(t, "acta-seat-none"),
        (None, false) => fl!(t, "acta-seat-unfounded"),
    };
    if let Some(next) = state.next() {
        let city = book.city(visit, &next.city);
        let start = t.date(next.period.start);
        more.push(fl!(t, "acta-seat-next", city = city, start = start));
    }
    more.push(fl!(t, "acta-seat-posting"));
    Seat {
        city: state
            .coordinator()
            .map(|term| words.chip(term.city.as_str())),
        says,
        more,
    }
}

fn terms(visit: &Visit, book: &Book) -> Vec<TermRow> {
    let newest_first = book.acta.state.terms.iter().rev();
    newest_first
        .map(|term| term_row(visit, book, term))
        .collect()
}

fn term_row(visit: &Visit, book: &Book, term: &Term) -> TermRow {
    let (t, words) = (&visit.t, book.words(visit));
    TermRow {
        name: fl!(t, "acta-term", number = term.number.to_string()),
        href: format!("{}/turno/{}", book.href(), term.number),
        city: words.chip(term.city.as_str()),
        start: words.when(term.period.start.micros()),
        end: words.when(term.period.end.micros()),
        facts: term_facts(visit, book, term),
        is_current: term.ended.is_none(),
        state: match term.ended {
            None => fl!(t, "acta-term-lasts"),
            Some(_) => fl!(t, "acta-term-over"),
        },
    }
}

fn term_facts(visit: &Visit, book: &Book, term: &Term) -> Vec<String> {
    let t = &visit.t;
    let by = book.city(visit, &term.deed.city);
    let mut facts = vec![match term.opened_by {
        Opening::Genesis => fl!(t, "acta-opened-genesis", city = by),
        Opening::Seal => fl!(t, "acta-opened-seal", city = by),
        Opening::Certificate => fl!(t, "acta-opened-certificate"),
    }];
    if term.number > 1 {
        let before = book.acta.state.term(term.number.saturating_sub(1));
        let of = before.map_or(0, |before| before.electors.len());
        let seen = term.acknowledged_by.len().to_string();
        facts.push(if term.settled {
            fl!(t, "acta-settled", seen = seen, of = of.to_string())
        } else {
            fl!(t, "acta-unsettled", seen = seen, of = of.to_string())
        });
    }
    match &term.ended {
        Some(End::Leave(_)) => facts.push(fl!(t, "acta-ended-leave")),
        Some(End::Fork(_)) => facts.push(fl!(t, "acta-ended-fork")),
        Some(End::Seal(_) | End::Certificate { .. }) | None => {}
    }
    facts
}

fn members(visit: &Visit, book: &Book) -> Vec<MemberRow> {
    let (t, words, state) = (&visit.t, book.words(visit), &book.acta.state);
    let seat = state.coordinator().map(|term| &term.city);
    let rows = state.members.iter().map(|(city, member)| {
        let (state, class) = match member.until {
            None if seat == Some(city) => (fl!(t, "acta-member-coordinates"), "badge-ok"),
            None => (fl!(t, "acta-member"), ""),
            Some(Until::Left(_)) => (fl!(t, "acta-member-left"), "badge-notice"),
            Some(Until::Removed(_)) => (fl!(t, "acta-member-removed"), "badge-error"),
        };
        MemberRow {
            city: words.chip(city.as_str()),
            state,
            class,
        }
    });
    rows.collect()
}

fn schedule(words: &Words<'_>, book: &Book) -> Vec<SlotRow> {
    let slots = book.acta.state.schedule.iter().map(|slot| SlotRow {
        city: words.chip(slot.city.as_str()),
        start: words.when(slot.period.start.micros()),
        end: words.when(slot.period.end.micros()),
    });
    slots.collect()
}

fn links(visit: &Visit, book: &Book) -> Vec<Link> {
    let (t, href, state) = (&visit.t, book.href(), &book.acta.state);
    if state.founding.is_none() {
        return Vec::new();
    }
    let topic = part::topic_href(&book.head.topic.slug);
    let mut links = vec![
        Link::new(format!("{href}/vigente"), fl!(t, "force-heading")),
        Link::new(format!("{href}/relevo"), fl!(t, "takeover-heading")),
        Link::new("/traspasos", fl!(t, "turns-all")),
        Link::new(format!("{topic}/traspasos.ics"), fl!(t, "turns-calendar")),
    ];
    let own = CitySlug::parse(visit.state.city());
    let takes_part = own.is_ok_and(|own| state.takes_part(&own));
    if Book::speaks(visit) && takes_part {
        links.push(Link::new(format!("{href}/salir"), fl!(t, "leave-heading")));
    }
    links
}

fn act_row(visit: &Visit, book: &Book, act: &Recorded) -> ActRow {
    let (t, words) = (&visit.t, book.words(visit));
    let (verdict, class, icon, why) = if let Some(reason) = book.acta.refusal(&act.at) {
        let why = words::reason(visit, book, reason);
        (fl!(t, "acta-verdict-refused"), "badge-error", "warn", why)
    } else if let Some(wait) = book.acta.wait(&act.at) {
        let why = words::wait(t, wait);
        (fl!(t, "acta-verdict-waits"), "badge-notice", "clock", why)
    } else {
        (
            fl!(t, "acta-verdict-good"),
            "badge-ok",
            "check",
            String::new(),
        )
    };
    let who = book.people.get(&act.actor_uri).map(|row| {
        let href = part::person_href(&row.name, &row.city, visit.state.city());
        Link::new(href, row.display_name.clone())
    });
    ActRow {
        anchor: format!("{}-{}", act.at.city, act.at.seq),
        when: words.moment(Some(act.made_at.micros())),
        city: words.chip(act.at.city.as_str()),
        who,
        said: words::said(visit, book, act),
        note: act.act.note.clone(),
        items: item_rows(t, act),
        digest: String::new(),
        verdict,
        class,
        icon,
        why,
    }
}

/// What an offer hands over.
fn item_rows(t: &Texts, act: &Recorded) -> Vec<ItemRow> {
    let rows = hand_over::items_of(act).iter().map(|item| ItemRow {
        kind: match item.kind {
            ItemKind::Note => fl!(t, "item-note"),
            ItemKind::Task => fl!(t, "item-task"),
            ItemKind::Contact => fl!(t, "item-contact"),
        },
        text: item.text.clone(),
        is_seen: false,
    });
    rows.collect()
}
