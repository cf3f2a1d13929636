//! The forms of the acta: offering, standing, founding, leaving, changing who takes part.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use i18n_embed_fl::fl;
use tequio_domain::ledger::{Period, Quorum, Slot};
use tequio_domain::{CitySlug, Invalid, Timestamp};
use tequio_engine::Error as EngineError;
use tequio_engine::ledger::hand_over::{self, NextTerm, Speech};
use tequio_engine::ledger::membership::{self, Proposal};
use tequio_engine::ledger::{self, founding, takeover};
use tequio_protocol::activity::ledger::{Item, ItemKind};
use tequio_store::Conn;

use super::{Book, acta_href};
use crate::failure::Failure;
use crate::form::Fields;
use crate::view::acta::ActaForm;
use crate::view::form::{Choice, Field, Problem, Select};
use crate::visit::Visit;

/// Seconds of a day.
const DAY_S: i64 = 24 * 3600;

/// Which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Offer,
    Stand,
    Found,
    Leave,
    Members,
    Schedule,
}

impl Kind {
    fn of(segment: &str) -> Option<Self> {
        Some(match segment {
            "traspaso" => Self::Offer,
            "candidatura" => Self::Stand,
            "fundar" => Self::Found,
            "salir" => Self::Leave,
            "integrantes" => Self::Members,
            "calendario" => Self::Schedule,
            _ => return None,
        })
    }
}

/// `GET /temas/{topic}/acta/{form}`.
///
/// # Errors
/// [`Failure::NotFound`] for members, and for a form that is none.
pub async fn show(
    visit: Visit,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    visit.admin()?;
    let (slug, segment) = path.into_inner();
    let kind = Kind::of(&segment).ok_or(Failure::NotFound)?;
    let book = Book::open(&visit, slug).await?;
    let html = render(
        &visit,
        &book,
        (kind, &segment),
        &Fields::default(),
        Vec::new(),
    )?;
    Ok(visit.fresh(StatusCode::OK, html))
}

/// `POST /temas/{topic}/acta/{form}`.
///
/// # Errors
/// [`Failure::NotFound`] for members, and for a form that is none; faults of ours.
pub async fn send(
    visit: Visit,
    path: web::Path<(String, String)>,
    fields: Fields,
) -> Result<HttpResponse, Failure> {
    visit.sender(&fields)?;
    visit.admin()?;
    let (slug, segment) = path.into_inner();
    let kind = Kind::of(&segment).ok_or(Failure::NotFound)?;
    match run(&visit, kind, &slug, &fields).await {
        Ok(()) if kind == Kind::Stand => {
            Ok(visit.done(&format!("{}/relevo", acta_href(&slug)), "acta"))
        }
        Ok(()) => Ok(visit.done(&acta_href(&slug), "acta")),
        Err(error) => {
            let problems = super::act::problems(&visit, &slug, error).await?;
            let book = Book::open(&visit, slug).await?;
            let html = render(&visit, &book, (kind, &segment), &fields, problems)?;
            Ok(visit.fresh(StatusCode::UNPROCESSABLE_ENTITY, html))
        }
    }
}

async fn run(visit: &Visit, kind: Kind, slug: &str, fields: &Fields) -> Result<(), EngineError> {
    let Some(signed) = visit.signed.as_deref() else {
        return Err(EngineError::NotFound);
    };
    let (engine, admin) = (visit.state.engine(), &signed.member);
    let moment = (visit.state.settings.moment)()?;
    let speech = Speech {
        topic: slug.to_owned(),
        note: fields.get("note").to_owned(),
    };
    let city = || CitySlug::parse(fields.get("city"));
    match kind {
        Kind::Offer => {
            let mut next = NextTerm::new(city()?, period(fields)?);
            next.items = items(fields);
            hand_over::offer(engine, admin, moment, speech, next).await
        }
        Kind::Stand => takeover::stand(engine, admin, moment, speech, period(fields)?).await,
        Kind::Leave => hand_over::leave(engine, admin, moment, speech).await,
        Kind::Found => {
            let plan = founding_plan(fields)?;
            founding::found(engine, admin, moment, speech, plan).await
        }
        Kind::Members => {
            let proposal = match fields.get("change") {
                "remove" => Proposal::Remove(city()?),
                "update" => Proposal::Update(city()?),
                _ => Proposal::Add(city()?),
            };
            membership::propose(engine, admin, moment, speech, proposal).await
        }
        Kind::Schedule => {
            let slots = slots(visit, slug, fields).await?;
            let proposal = Proposal::Schedule(slots);
            membership::propose(engine, admin, moment, speech, proposal).await
        }
    }
}

/// What goes with the seat: one thing a line.
fn items(fields: &Fields) -> Vec<Item> {
    let of = |kind| {
        let lines = fields.get(hand_over::field_of(kind)).lines();
        lines.map(move |line| Item {
            kind,
            text: line.to_owned(),
        })
    };
    ItemKind::ALL.into_iter().flat_map(of).collect()
}

/// The schedule as it is, with one more line; or none.
async fn slots(visit: &Visit, slug: &str, fields: &Fields) -> Result<Vec<Slot>, EngineError> {
    if fields.get("change") == "clear" {
        return Ok(Vec::new());
    }
    let slot = Slot {
        period: period(fields)?,
        city: CitySlug::parse(fields.get("city"))?,
    };
    let asked = slug.to_owned();
    let read = move |conn: &mut Conn| ledger::read(conn, &asked);
    let acta = visit.state.store().read(read).await?;
    let mut slots = acta.state.schedule;
    slots.push(slot);
    slots.sort();
    Ok(slots)
}

fn founding_plan(fields: &Fields) -> Result<founding::Plan, EngineError> {
    let start = day(fields, "start")?;
    let term_days: u32 = fields
        .get("term_days")
        .trim()
        .parse()
        .map_err(|_not_a_number| Invalid::new("term_days", "term-days"))?;
    Ok(founding::Plan {
        coordinator: CitySlug::parse(fields.get("city"))?,
        term_days,
        quorum: Quorum::parse(fields.get("quorum")).ok_or(Invalid::new("quorum", "choice"))?,
        period: Period {
            start,
            end: start.plus_seconds(i64::from(term_days).saturating_mul(DAY_S)),
        },
    })
}

fn period(fields: &Fields) -> Result<Period, Invalid> {
    Ok(Period {
        start: day(fields, "start")?,
        end: day(fields, "end")?,
    })
}

/// A day as browsers send it, `2027-01-31`.
fn day(fields: &Fields, name: &'static str) -> Result<Timestamp, Invalid> {
    let text = fields.get(name).trim();
    Timestamp::parse_rfc3339(&format!("{text}T00:00:00Z")).ok_or(Invalid::new(name, "day"))
}

fn day_text(at: Timestamp) -> String {
    at.to_rfc3339().chars().take(10).collect()
}

fn render(
    visit: &Visit,
    book: &Book,
    (kind, segment): (Kind, &str),
    fields: &Fields,
    problems: Vec<Problem>,
) -> Result<String, Failure> {
    let t = &visit.t;
    let (heading, what, submit) = match kind {
        Kind::Offer => (
            fl!(t, "offer-heading"),
            vec![fl!(t, "offer-what"), fl!(t, "offer-after")],
            fl!(t, "offer-do"),
        ),
        Kind::Stand => (
            fl!(t, "stand-heading"),
            vec![fl!(t, "stand-what"), fl!(t, "takeover-rule-past")],
            fl!(t, "stand-do"),
        ),
        Kind::Found => (
            fl!(t, "found-heading"),
            vec![fl!(t, "found-what"), found_members(visit, book)],
            fl!(t, "found-do"),
        ),
        Kind::Leave => (
            fl!(t, "leave-heading"),
            vec![fl!(t, "leave-what"), fl!(t, "leave-after")],
            fl!(t, "leave-do"),
        ),
        Kind::Members => (
            fl!(t, "members-heading"),
            vec![fl!(t, "members-what")],
            fl!(t, "members-do"),
        ),
        Kind::Schedule => (
            fl!(t, "schedule-heading"),
            vec![fl!(t, "schedule-what"), fl!(t, "members-what")],
            fl!(t, "members-do"),
        ),
    };
    let href = book.href();
    let view = ActaForm {
        f: book.frame(visit, heading.clone()),
        crumbs: book.crumbs(t),
        heading,
        what,
        action: format!("{href}/{segment}"),
        selects: selects(visit, book, kind, fields),
        fields: inputs(visit, book, kind, (fields, &problems)),
        areas: areas(visit, kind, (fields, &problems)),
        note: Field::new("note", fields.get("note"))
            .labelled(fl!(t, "field-note"), fl!(t, "hint-note"))
            .with(&problems),
        submit,
        submit_class: if kind == Kind::Leave {
            "button-danger"
        } else {
            ""
        },
        cancel_href: href,
        also: Vec::new(),
        problems,
    };
    Ok(view.render()?)
}

fn selects(visit: &Visit, book: &Book, kind: Kind, fields: &Fields) -> Vec<Select> {
    let t = &visit.t;
    let (own, state) = (visit.state.city(), &book.acta.state);
    let takes_part = |slug: &str| CitySlug::parse(slug).is_ok_and(|city| state.takes_part(&city));
    let mut chosen = fields.get("city");
    if let Some(next) = state.next()
        && kind == Kind::Offer
        && chosen.is_empty()
    {
        chosen = next.city.as_str();
    }
    let cities = |wanted: &dyn Fn(&str) -> bool| Select {
        name: "city",
        label: fl!(t, "field-city"),
        options: (book.head.places.cities.iter())
            .filter(|city| wanted(&city.slug))
            .map(|city| Choice {
                value: city.slug.clone(),
                label: city.name.clone(),
                selected: city.slug == chosen,
            })
            .collect(),
    };
    match kind {
        Kind::Offer => vec![cities(&|slug| slug != own && takes_part(slug))],
        Kind::Found => {
            let known = |slug: &str| book.known.iter().any(|city| city == slug);
            vec![cities(&known), quorums(visit, fields)]
        }
        Kind::Members => vec![changes(visit, kind, fields), cities(&|slug| slug != own)],
        Kind::Schedule => vec![changes(visit, kind, fields), cities(&takes_part)],
        Kind::Stand | Kind::Leave => Vec::new(),
    }
}

/// Who would take part if the topic were founded now.
fn found_members(visit: &Visit, book: &Book) -> String {
    let words = book.words(visit);
    let names: Vec<String> = book
        .known
        .iter()
        .map(|slug| words.chip(slug).name)
        .collect();
    fl!(visit.t, "found-members", cities = names.join(", "))
}

fn quorums(visit: &Visit, fields: &Fields) -> Select {
    let t = &visit.t;
    let label = |quorum| match quorum {
        Quorum::Majority => fl!(t, "quorum-majority"),
        Quorum::TwoThirds => fl!(t, "quorum-two-thirds"),
        Quorum::CoordinatorAlone => fl!(t, "quorum-coordinator"),
    };
    Select {
        name: "quorum",
        label: fl!(t, "field-quorum"),
        options: (Quorum::ALL.into_iter())
            .map(|quorum| Choice {
                value: quorum.as_str().to_owned(),
                label: label(quorum),
                selected: quorum.as_str() == fields.get("quorum"),
            })
            .collect(),
    }
}

fn changes(visit: &Visit, kind: Kind, fields: &Fields) -> Select {
    let t = &visit.t;
    let choice = |value: &str, label: String| Choice {
        value: value.to_owned(),
        label,
        selected: value == fields.get("change"),
    };
    Select {
        name: "change",
        label: fl!(t, "field-change"),
        options: if kind == Kind::Schedule {
            vec![
                choice("slot", fl!(t, "change-choice-slot")),
                choice("clear", fl!(t, "change-choice-clear")),
            ]
        } else {
            vec![
                choice("add", fl!(t, "change-choice-add")),
                choice("remove", fl!(t, "change-choice-remove")),
                choice("update", fl!(t, "change-choice-update")),
            ]
        },
    }
}

/// What goes with the seat, as lists.
fn areas(visit: &Visit, kind: Kind, (fields, problems): (&Fields, &[Problem])) -> Vec<Field> {
    if kind != Kind::Offer {
        return Vec::new();
    }
    let t = &visit.t;
    let area = |kind: ItemKind| {
        let hint = match kind {
            ItemKind::Note => fl!(t, "hint-notes"),
            ItemKind::Task => fl!(t, "hint-tasks"),
            ItemKind::Contact => fl!(t, "hint-contacts"),
        };
        let name = hand_over::field_of(kind);
        Field::new(name, fields.get(name))
            .labelled(t.field(name), hint)
            .with(problems)
    };
    ItemKind::ALL.map(area).to_vec()
}

fn inputs(
    visit: &Visit,
    book: &Book,
    kind: Kind,
    (fields, problems): (&Fields, &[Problem]),
) -> Vec<Field> {
    let t = &visit.t;
    let now = (visit.state.settings.clock)();
    let state = &book.acta.state;
    let days = state
        .founding
        .as_ref()
        .map_or(180, |founding| founding.term_days);
    let planned = state.terms.last().map_or(now, |term| term.period.end);
    let last = state.schedule.last().map(|slot| slot.period.end);
    let start = match kind {
        Kind::Offer => planned,
        Kind::Schedule => last.map_or(planned, |last| last.max(planned)),
        Kind::Stand | Kind::Found | Kind::Leave | Kind::Members => now,
    };
    let end = start.plus_seconds(i64::from(days).saturating_mul(DAY_S));
    // What was agreed ahead proposes itself.
    let agreed = state.next().filter(|_| kind == Kind::Offer);
    let (start, end) = agreed.map_or((start, end), |slot| (slot.period.start, slot.period.end));
    let input = |name: &'static str, kind: &'static str, usual: String, label: String| {
        let typed = fields.get(name);
        let value = if typed.is_empty() {
            usual
        } else {
            typed.to_owned()
        };
        let mut field = Field::new(name, value).labelled(label, String::new());
        field.kind = kind;
        field.required().with(problems)
    };
    let from = || input("start", "date", day_text(start), fl!(t, "field-start"));
    match kind {
        Kind::Offer | Kind::Stand | Kind::Schedule => {
            vec![
                from(),
                input("end", "date", day_text(end), fl!(t, "field-end")),
            ]
        }
        Kind::Found => {
            let days = days.to_string();
            vec![
                from(),
                input("term_days", "number", days, fl!(t, "field-term-days")),
            ]
        }
        Kind::Leave | Kind::Members => Vec::new(),
    }
}
