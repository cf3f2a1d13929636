//! `/temas/{topic}/acta/relevo`: what a majority is, who stands, who has endorsed whom.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use i18n_embed_fl::fl;
use tequio_domain::CitySlug;
use tequio_domain::ledger::{OpenCandidacy, Term};
use tequio_protocol::activity::ledger::Say;

use super::{Book, task::refilled};
use crate::failure::Failure;
use crate::form::Fields;
use crate::page::part;
use crate::view::Link;
use crate::view::acta::{Button, CandidacyBox, Takeover, Task};
use crate::view::form::Problem;
use crate::visit::Visit;

/// `GET /temas/{topic}/acta/relevo`.
///
/// # Errors
/// [`Failure::NotFound`]; the database's.
pub async fn show(visit: Visit, slug: web::Path<String>) -> Result<HttpResponse, Failure> {
    visit
        .show(async {
            let book = Book::open(&visit, slug.into_inner()).await?;
            render(&visit, &book, &Fields::default(), Vec::new())
        })
        .await
}

/// The page once more, with what is wrong.
pub(super) async fn again(
    visit: &Visit,
    slug: String,
    fields: &Fields,
    problems: Vec<Problem>,
) -> Result<HttpResponse, Failure> {
    let book = Book::open(visit, slug).await?;
    let html = render(visit, &book, fields, problems)?;
    Ok(visit.fresh(StatusCode::UNPROCESSABLE_ENTITY, html))
}

fn render(
    visit: &Visit,
    book: &Book,
    fields: &Fields,
    problems: Vec<Problem>,
) -> Result<String, Failure> {
    let t = &visit.t;
    let Some(term) = book.acta.state.terms.last() else {
        return Err(Failure::NotFound);
    };
    let own = CitySlug::parse(visit.state.city()).map_err(Failure::internal)?;
    let open = &book.acta.state.candidacies;
    let boxes = open.iter().map(|candidacy| CandidacyBox {
        task: task(visit, term, &own, candidacy).map(|task| refilled(task, fields)),
        ..candidacy_box(visit, book, candidacy)
    });
    let may_stand = Book::speaks(visit)
        && term.city != own
        && term.electors.contains_key(&own)
        && open.iter().all(|candidacy| candidacy.at.city != own);
    let stand = Link::new(
        format!("{}/candidatura", book.href()),
        fl!(t, "takeover-stand"),
    );
    let view = Takeover {
        f: book.frame(visit, fl!(t, "takeover-heading")),
        crumbs: book.crumbs(t),
        problems,
        facts: facts(visit, book, term),
        candidacies: boxes.collect(),
        empty: part::empty(
            fl!(t, "takeover-empty-what"),
            fl!(t, "takeover-empty-why"),
            None,
        ),
        action: format!("{}/hacer", book.href()),
        stand: may_stand.then_some(stand),
    };
    Ok(view.render()?)
}

fn facts(visit: &Visit, book: &Book, term: &Term) -> Vec<String> {
    let t = &visit.t;
    let of = term.electors.len();
    let need = of / 2 + 1;
    let city = book.city(visit, &term.city);
    vec![
        match term.ended {
            None => fl!(t, "takeover-holder", city = city),
            Some(_) => fl!(t, "takeover-no-holder", city = city),
        },
        fl!(
            t,
            "takeover-majority",
            of = of.to_string(),
            need = need.to_string()
        ),
    ]
}

fn candidacy_box(visit: &Visit, book: &Book, candidacy: &OpenCandidacy) -> CandidacyBox {
    let (t, words) = (&visit.t, book.words(visit));
    let have = candidacy.endorsed_by.len();
    let stood = book.acta.find(candidacy.at.digest);
    let period = stood.and_then(|stood| {
        if let Say::Stand(stand) = &stood.act.say {
            return Some(stand.period);
        }
        None
    });
    CandidacyBox {
        city: words.chip(candidacy.at.city.as_str()),
        what: period.map_or_else(String::new, |period| {
            fl!(
                t,
                "takeover-candidacy",
                number = candidacy.term.to_string(),
                start = t.date(period.start),
                end = t.date(period.end)
            )
        }),
        note: stood
            .map(|stood| stood.act.note.clone())
            .unwrap_or_default(),
        endorsed_by: candidacy
            .endorsed_by
            .keys()
            .map(|city| words.chip(city.as_str()))
            .collect(),
        count: fl!(
            t,
            "takeover-count",
            have = have.to_string(),
            need = candidacy.needed.to_string()
        ),
        have,
        needed: candidacy.needed,
        task: None,
    }
}

fn task(visit: &Visit, term: &Term, own: &CitySlug, candidacy: &OpenCandidacy) -> Option<Task> {
    let t = &visit.t;
    if !Book::speaks(visit) || !term.electors.contains_key(own) {
        return None;
    }
    let mut buttons = Vec::new();
    if !candidacy.endorsed_by.contains_key(own) {
        buttons.push(Button {
            word: "endorse",
            label: fl!(t, "takeover-endorse"),
            class: "",
        });
    }
    let is_own = candidacy.at.city == *own;
    if is_own && candidacy.endorsed_by.len() >= candidacy.needed {
        buttons.push(Button {
            word: "certify",
            label: fl!(t, "takeover-certify"),
            class: "",
        });
    }
    (!buttons.is_empty()).then(|| Task {
        heading: fl!(t, "takeover-your-turn"),
        what: if is_own {
            fl!(t, "takeover-own-what")
        } else {
            fl!(t, "takeover-endorse-what")
        },
        act: candidacy.at.digest.to_hex(),
        buttons,
        ..Task::default()
    })
}
