//! `tequio rebuild`: the tables anew from the log.

use tequio_domain::AccountState;
use tequio_store::{Tx, account, entry, log, object};

use crate::{Engine, Error, account::show, materialize, meaning::Meaning};

/// How many entries are read at a time.
const PAGE: i64 = 500;

/// Empties the shared tables and fills them from the log, in one transaction. Answers how many
/// entries were read. Proofs are not looked at again: they were when the entries came.
///
/// # Errors
/// The database's; then nothing has changed.
pub fn rebuild(engine: &Engine) -> Result<u64, Error> {
    let city = engine.identity().city.to_string();
    engine.store().write_blocking(move |tx| refill(tx, &city))
}

/// Empties the shared tables and fills them from the log.
pub(crate) fn refill(tx: &mut Tx<'_>, city: &str) -> Result<u64, Error> {
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
            return Ok(count);
        };
        after = last.id;
        for row in &page {
            let log = logs
                .iter()
                .find(|log| log.id == row.log_id)
                .ok_or(Error::NotFound)?;
            materialize::apply(tx, log, row, &Meaning::of_kept(row)?)?;
            count += 1;
        }
    }
}
