//! Activities from outside the network: remembered, so that a repeat changes nothing.

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};

use crate::conn::on_backend;
use crate::schema::received_activity;
use crate::{Conn, Error, Tx};

/// Remembers an activity; answers whether it is new.
///
/// # Errors
/// [`Error`] of the database.
pub fn remember(tx: &mut Tx<'_>, uri: &str, at: i64) -> Result<bool, Error> {
    let row = (
        received_activity::uri.eq(uri),
        received_activity::received_at.eq(at),
    );
    let added = on_backend!(tx.conn(), |c| diesel::insert_into(received_activity::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(added == 1)
}

/// Whether an activity is remembered.
///
/// # Errors
/// [`Error`] of the database.
pub fn is_known(conn: &mut Conn, uri: &str) -> Result<bool, Error> {
    let count: i64 = received_activity::table
        .find(uri)
        .count()
        .get_result(conn)?;
    Ok(count > 0)
}

/// Forgets what came before a time. Answers how many.
///
/// # Errors
/// [`Error`] of the database.
pub fn forget_before(tx: &mut Tx<'_>, at: i64) -> Result<usize, Error> {
    let old = received_activity::table.filter(received_activity::received_at.lt(at));
    Ok(diesel::delete(old).execute(tx.conn())?)
}
