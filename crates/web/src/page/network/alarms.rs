//! What is wrong between the cities, and what was, as administrators see it.

use i18n_embed_fl::fl;
use tequio_store::alarm::{Alarm, Kind};

use super::Read;
use crate::page::part::Words;
use crate::view::place::{AlarmRow, Alarms};

/// Most alarms shown that are over.
pub(super) const CLOSED_MAX: i64 = 20;

/// Both lists.
pub(super) fn view(words: &Words<'_>, read: &Read) -> Alarms {
    let error = |alarm: &Alarm| {
        let standing = (read.standings.iter()).find(|row| row.city == alarm.subject);
        standing.map_or_else(String::new, |row| row.last_error.clone())
    };
    Alarms {
        open: (read.open.iter())
            .map(|alarm| row(words, alarm, error(alarm)))
            .collect(),
        closed: (read.closed.iter())
            .map(|alarm| row(words, alarm, String::new()))
            .collect(),
    }
}

fn row(words: &Words<'_>, alarm: &Alarm, error: String) -> AlarmRow {
    let t = words.t;
    let what = match Kind::parse(&alarm.kind) {
        Some(Kind::Silent) => fl!(t, "alarm-silent"),
        Some(Kind::Queue) => fl!(t, "alarm-queue"),
        Some(Kind::Stuck) => fl!(t, "alarm-stuck"),
        Some(Kind::Frozen) => fl!(t, "alarm-frozen"),
        None => String::new(),
    };
    AlarmRow {
        city: words.chip(&alarm.subject),
        what,
        error,
        since: words.moment(Some(alarm.since)),
        until: words.moment(alarm.cleared_at),
    }
}
