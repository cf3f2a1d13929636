//! Files that no post names any more because their post was erased: their bytes are to be removed.

use diesel::{BoolExpressionMethods, ExpressionMethods, QueryDsl, RunQueryDsl};

use crate::{
    Conn, Error, Tx,
    conn::on_backend,
    schema::{attachment, file, file_unwanted, file_wanted},
};

/// A file (by its digest, hex) is not wanted any more, unless a post names it.
///
/// # Errors
/// The database's.
pub fn unless_named(tx: &mut Tx<'_>, digest: &str) -> Result<(), Error> {
    let named: i64 = attachment::table
        .filter(attachment::digest.eq(digest))
        .count()
        .get_result(tx.conn())?;
    if named > 0 {
        return Ok(());
    }
    diesel::delete(file::table.find(digest)).execute(tx.conn())?;
    diesel::delete(file_wanted::table.find(digest)).execute(tx.conn())?;
    on_backend!(tx.conn(), |c| diesel::insert_into(file_unwanted::table)
        .values(file_unwanted::digest.eq(digest))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// Digests (hex) of files to be removed. One that is wanted or held again meanwhile is not among them.
///
/// # Errors
/// The database's.
pub fn list(conn: &mut Conn, limit: i64) -> Result<Vec<String>, Error> {
    Ok(file_unwanted::table
        .filter(still())
        .order_by(file_unwanted::digest)
        .limit(limit)
        .select(file_unwanted::digest)
        .load(conn)?)
}

/// Whether a file is still to be removed.
///
/// # Errors
/// The database's.
pub fn is_so(conn: &mut Conn, digest: &str) -> Result<bool, Error> {
    let count: i64 = file_unwanted::table
        .filter(file_unwanted::digest.eq(digest))
        .filter(still())
        .count()
        .get_result(conn)?;
    Ok(count > 0)
}

/// Neither held nor wanted again.
#[diesel::dsl::auto_type]
fn still() -> _ {
    let held = file::table.select(file::digest);
    let wanted = file_wanted::table.select(file_wanted::digest);
    let is_gone = file_unwanted::digest.ne_all(held);
    is_gone.and(file_unwanted::digest.ne_all(wanted))
}

/// The bytes are gone, or wanted again.
///
/// # Errors
/// The database's.
pub fn removed(tx: &mut Tx<'_>, digest: &str) -> Result<(), Error> {
    diesel::delete(file_unwanted::table.find(digest)).execute(tx.conn())?;
    Ok(())
}
