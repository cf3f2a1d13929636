//! `tequio rebuild`: the tables anew from the log.

use tequio_domain::AccountState;
use tequio_protocol::activity::Entry;
use tequio_store::{
    Tx, account, entry,
    log::{self, Log},
    object,
};

use crate::{
    Engine, Error,
    account::show,
    ledger, materialize,
    meaning::{Meaning, kept_document},
    receive::Judge,
};

/// How many entries are read at a time.
const PAGE: i64 = 500;

/// Empties the shared tables and fills them from the log, in one transaction. Answers how many
/// entries were read. Proofs are not looked at again: they were when the entries came. Only what was
/// void is judged anew, for this may be a later version of the program.
///
/// # Errors
/// The database's; then nothing has changed.
pub fn rebuild(engine: &Engine) -> Result<u64, Error> {
    let city = engine.identity().city.to_string();
    engine.store().write_blocking(move |tx| refill(tx, &city))
}

/// Empties the shared tables and fills them from the log.
pub(crate) fn refill(tx: &mut Tx<'_>, city: &str) -> Result<u64, Error> {
    refill_judging(tx, city, None)
}

/// The same; every entry of one log is judged anew, as if it had just come.
pub(crate) fn refill_judging(
    tx: &mut Tx<'_>,
    city: &str,
    judged: Option<i64>,
) -> Result<u64, Error> {
    object::clear_view(tx)?;
    let mut accounts = account::all(tx.conn())?;
    accounts.sort_by_key(|row| row.id);
    for row in accounts
        .iter()
        .filter(|row| row.state != AccountState::Pending.as_str())
    {
        show(tx, row, city)?;
    }
    let logs = log::all(tx.conn())?;
    let (mut after, mut count) = (0, 0);
    loop {
        let page = entry::list_after(tx.conn(), after, PAGE)?;
        let Some(last) = page.last() else {
            ledger::judge(tx)?;
            return Ok(count);
        };
        after = last.id;
        for row in &page {
            let log = logs
                .iter()
                .find(|log| log.id == row.log_id)
                .ok_or(Error::NotFound)?;
            let meaning = if row.is_void || Some(row.log_id) == judged {
                judge_anew(tx, log, row)?
            } else {
                Meaning::of_kept(row)?
            };
            materialize::apply(tx, log, row, &meaning)?;
            count += 1;
        }
    }
}

/// What an entry means that meant nothing to this program when it came: perhaps it was of a kind that
/// only a later version knows. It is judged by what stands before it, as any entry is.
fn judge_anew(tx: &mut Tx<'_>, log: &Log, row: &entry::Entry) -> Result<Meaning, Error> {
    let value = kept_document(&row.body)?;
    let meaning = match Entry::read(&value) {
        Ok(read) => Judge::new(tx.conn(), log.clone())?.meaning(tx.conn(), &read)?,
        Err(_malformed) => Meaning::of_kept(row)?,
    };
    match (&meaning, row.is_void) {
        (Meaning::Void { .. }, false) => entry::set_void(tx, row.id)?,
        (Meaning::Act { .. } | Meaning::Outside { .. }, true) => {
            entry::set_meant(tx, row.id, meaning.activity_uri())?;
        }
        (Meaning::Void { .. }, true) | (Meaning::Act { .. } | Meaning::Outside { .. }, false) => {}
    }
    Ok(meaning)
}
