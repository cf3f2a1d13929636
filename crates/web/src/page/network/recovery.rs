//! Own logs that are or were being taken back from siblings, after the database was set back.

use i18n_embed_fl::fl;
use tequio_store::Conn;
use tequio_store::log::{self, Log};
use tequio_store::recovery::{self, Recovery as Row};

use crate::page::part::Words;
use crate::view::place::{Recovery, RecoveryRow};

/// Every row with its log.
///
/// # Errors
/// The database's.
pub(super) fn read(conn: &mut Conn) -> Result<Vec<(Row, Log)>, tequio_store::Error> {
    let rows = recovery::all(conn)?;
    rows.into_iter()
        .map(|row| Ok((log::by_id(conn, row.log_id)?, row)))
        .map(|pair: Result<_, tequio_store::Error>| pair.map(|(log, row)| (row, log)))
        .collect()
}

/// `None`: it never happened.
pub(super) fn view(words: &Words<'_>, rows: &[(Row, Log)]) -> Option<Recovery> {
    if rows.is_empty() {
        return None;
    }
    let t = words.t;
    let is_over = rows.iter().all(|(row, _)| row.ended_at.is_some());
    let verdict = if is_over {
        fl!(t, "recovery-over")
    } else {
        fl!(t, "recovery-running")
    };
    Some(Recovery {
        verdict,
        rows: rows
            .iter()
            .map(|(row, log)| view_row(words, row, log))
            .collect(),
    })
}

fn view_row(words: &Words<'_>, row: &Row, log: &Log) -> RecoveryRow {
    let t = words.t;
    let is_over = row.ended_at.is_some();
    let (state, state_class, icon) = match (is_over, row.asked_at) {
        (true, _) if row.lost > 0 => (fl!(t, "recovery-lost"), "badge-error", "cut"),
        (true, _) => (fl!(t, "recovery-done"), "badge-ok", "check"),
        (false, None) => (fl!(t, "recovery-asking"), "badge-notice", "clock"),
        (false, Some(_)) if row.answers == 0 => {
            (fl!(t, "recovery-no-answer"), "badge-error", "cut")
        }
        (false, Some(_)) => (fl!(t, "recovery-waiting"), "badge-notice", "clock"),
    };
    RecoveryRow {
        topic: words.topic_link(log.topic_id),
        state,
        state_class,
        icon,
        began: words.moment(Some(row.began_at)),
        asked: words.moment(row.asked_at),
        held: t.number(log.head_seq),
        recovered: t.number(log.head_seq.saturating_sub(row.first_seq).max(0)),
        lost: t.number(row.lost),
    }
}
