//! A group that told its log in two ways (equivocation).
//!
//! The log ends at the last entry that both ways have in common, in every city that has seen two
//! different entries which follow it: so all cities agree, whichever way they were told first. What came
//! after is kept as evidence and means nothing. Nothing more is ever taken.
//!
//! A city may see first that the ways differ and only later where they part: until then the log is
//! frozen as it stands (`is_exact` false), and the federation looks at what the siblings hold.

use tequio_domain::{Digest, Timestamp};
use tequio_store::{
    Tx, entry,
    fork::{self, Fork, ForkEntry},
    log, object, past_key,
};

use super::{Chained, Received};
use crate::{Error, rebuild::refill};

/// A proven entry is not what the log holds at its place, or does not follow what is held before it.
pub(super) fn part(
    tx: &mut Tx<'_>,
    row: &log::Log,
    other: &Chained,
    now: Timestamp,
    city: &str,
) -> Result<Received, Error> {
    let before = other.seq.saturating_sub(1);
    let held = entry::digest_at(tx.conn(), row.id, before)?;
    let is_exact = held == other.prev.as_ref().map(Digest::to_hex);
    // The entry says by its `prev` that the one before it is another one, too.
    let seq = if is_exact { other.seq } else { before };
    let known = fork::of_log(tx.conn(), row.id)?;
    if known.is_some_and(|known| (known.seq, !known.is_exact) <= (seq, !is_exact)) {
        return Ok(Received::Frozen);
    }
    tracing::error!(
        group = row.group_uri,
        seq,
        is_exact,
        "two signed histories of one log: frozen"
    );
    let evidence = ForkEntry {
        log_id: row.id,
        digest: other.digest.to_hex(),
        seq: other.seq,
        body: other.body.clone(),
    };
    fork::keep(tx, &evidence)?;
    let found = Fork {
        log_id: row.id,
        seq,
        is_exact,
        seen_at: now.micros(),
    };
    fork::put(tx, &found)?;
    log::freeze(tx, row.id)?;
    if is_exact {
        cut(tx, row.id, seq, city)?;
    }
    Ok(Received::Frozen)
}

/// The log ends before `seq`, and the tables are made anew without what stood there.
fn cut(tx: &mut Tx<'_>, log_id: i64, seq: i64, city: &str) -> Result<(), Error> {
    object::clear_view(tx)?;
    fork::cut(tx, log_id, seq)?;
    past_key::take_back(tx, log_id, seq)?;
    refill(tx, city)?;
    Ok(())
}
