//! `/temas/{topic}/acta/turno/{number}`: how a term began, to keep or to print.

use actix_web::{HttpResponse, web};
use askama::Template;
use i18n_embed_fl::fl;
use tequio_domain::Digest;
use tequio_domain::ledger::{Term, TermNo};
use tequio_engine::ledger::{Acta, Recorded};
use tequio_protocol::activity::ledger::Say;

use super::{Book, act_row, term_row};
use crate::failure::Failure;
use crate::view::acta::{ActRow, ActaTerm};
use crate::visit::Visit;

/// `GET /temas/{topic}/acta/turno/{number}`.
///
/// # Errors
/// [`Failure::NotFound`]; the database's.
pub async fn show(
    visit: Visit,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let (slug, number) = path.into_inner();
    let number: TermNo = number.parse().map_err(|_no_number| Failure::NotFound)?;
    visit
        .show(async {
            let book = Book::open(&visit, slug).await?;
            let term = book.acta.state.term(number).ok_or(Failure::NotFound)?;
            render(&visit, &book, term)
        })
        .await
}

fn render(visit: &Visit, book: &Book, term: &Term) -> Result<String, Failure> {
    let t = &visit.t;
    let heading = fl!(
        t,
        "term-heading",
        topic = book.head.name(t),
        number = term.number.to_string(),
        city = book.city(visit, &term.city)
    );
    let shown = |act: &Recorded| ActRow {
        digest: act.at.digest.to_hex(),
        ..act_row(visit, book, act)
    };
    let row = term_row(visit, book, term);
    let view = ActaTerm {
        f: book.frame(visit, row.name.clone()),
        crumbs: book.crumbs(t),
        heading,
        term: row,
        acts: deeds(&book.acta, term).into_iter().map(shown).collect(),
    };
    Ok(view.render()?)
}

/// What opened a term, in the order in which one had to follow the other.
fn deeds<'a>(acta: &'a Acta, term: &Term) -> Vec<&'a Recorded> {
    let Some(deed) = acta.find(term.deed.digest) else {
        return Vec::new();
    };
    let before: Vec<Digest> = match &deed.act.say {
        Say::Seal { seal, .. } => vec![seal.offer, seal.accept],
        Say::Certify(certificate) => {
            let endorsements = certificate.endorsements.iter().copied();
            std::iter::once(certificate.candidacy)
                .chain(endorsements)
                .collect()
        }
        _ => Vec::new(),
    };
    let before = before.into_iter().filter_map(|digest| acta.find(digest));
    before.chain([deed]).collect()
}
