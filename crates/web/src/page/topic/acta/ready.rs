//! Whether this city could coordinate, in words.

use i18n_embed_fl::fl;
use tequio_domain::CitySlug;
use tequio_engine::readiness::{BACKUP_DAYS, REHEARSAL_DAYS, Readiness};

use super::Book;
use crate::view::acta::{Ready, ReadyRow};
use crate::visit::Visit;

/// For administrators of a city that takes part.
pub(super) fn of(visit: &Visit, book: &Book) -> Option<Ready> {
    let own = CitySlug::parse(visit.state.city()).ok()?;
    let readiness = book
        .readiness
        .filter(|_| book.acta.state.takes_part(&own))?;
    let met = readiness.met();
    Some(Ready {
        says: fl!(
            visit.t,
            "ready-says",
            met = met.to_string(),
            of = Readiness::OF.to_string()
        ),
        met,
        of: Readiness::OF,
        rows: rows(visit, &readiness),
    })
}

fn rows(visit: &Visit, readiness: &Readiness) -> Vec<ReadyRow> {
    let t = &visit.t;
    let row = |is_met, text| ReadyRow { is_met, text };
    let administrators = readiness.administrators;
    vec![
        if administrators > 1 {
            row(
                true,
                fl!(t, "ready-deputy", count = administrators.to_string()),
            )
        } else {
            row(false, fl!(t, "ready-deputy-not"))
        },
        if readiness.is_whole {
            row(true, fl!(t, "ready-whole"))
        } else {
            row(false, fl!(t, "ready-whole-not"))
        },
        match readiness.backup {
            Some(at) => row(true, fl!(t, "ready-backup", date = t.date(at))),
            None => row(
                false,
                fl!(t, "ready-backup-not", days = BACKUP_DAYS.to_string()),
            ),
        },
        match readiness.rehearsal {
            Some(at) => row(true, fl!(t, "ready-rehearsal", date = t.date(at))),
            None => row(
                false,
                fl!(t, "ready-rehearsal-not", days = REHEARSAL_DAYS.to_string()),
            ),
        },
    ]
}
