//! What this city's administrators hide from the readers of their instance: local, whatever the cities share.

use diesel::{ExpressionMethods, HasQuery, Insertable, OptionalExtension, QueryDsl, RunQueryDsl};

use crate::{
    Conn, Error, Tx,
    page::list::Slice,
    schema::{hidden, object},
};

/// An object that is hidden here.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = hidden)]
pub struct Hidden {
    /// The object, which may not be here yet.
    pub object_uri: String,
    /// Why.
    pub reason: String,
    /// Name of the administrator's account.
    pub by_name: String,
    /// Microseconds.
    pub hidden_at: i64,
}

/// Hides an object; one that is hidden already gets the new reason.
///
/// # Errors
/// The database's.
pub fn put(tx: &mut Tx<'_>, row: &Hidden) -> Result<(), Error> {
    diesel::delete(hidden::table.find(&row.object_uri)).execute(tx.conn())?;
    diesel::insert_into(hidden::table)
        .values(row)
        .execute(tx.conn())?;
    mark(tx, &row.object_uri, Some(row.hidden_at))
}

/// Shows an object again.
///
/// # Errors
/// The database's.
pub fn remove(tx: &mut Tx<'_>, object_uri: &str) -> Result<(), Error> {
    diesel::delete(hidden::table.find(object_uri)).execute(tx.conn())?;
    mark(tx, object_uri, None)
}

/// Whether and why an object is hidden.
///
/// # Errors
/// The database's.
pub fn by_uri(conn: &mut Conn, object_uri: &str) -> Result<Option<Hidden>, Error> {
    Ok(Hidden::query()
        .filter(hidden::object_uri.eq(object_uri))
        .get_result(conn)
        .optional()?)
}

/// What is hidden, the newest first.
///
/// # Errors
/// The database's.
pub fn list(conn: &mut Conn, slice: Slice) -> Result<Vec<Hidden>, Error> {
    Ok(Hidden::query()
        .order_by((hidden::hidden_at.desc(), hidden::object_uri))
        .limit(slice.limit)
        .offset(slice.offset)
        .load(conn)?)
}

/// How much is hidden.
///
/// # Errors
/// The database's.
pub fn count(conn: &mut Conn) -> Result<i64, Error> {
    Ok(hidden::table.count().get_result(conn)?)
}

/// An object has come: hides it if an administrator said so.
///
/// # Errors
/// The database's.
pub(crate) fn apply(tx: &mut Tx<'_>, object_uri: &str) -> Result<(), Error> {
    match by_uri(tx.conn(), object_uri)? {
        Some(row) => mark(tx, object_uri, Some(row.hidden_at)),
        None => Ok(()),
    }
}

fn mark(tx: &mut Tx<'_>, object_uri: &str, at: Option<i64>) -> Result<(), Error> {
    diesel::update(object::table.filter(object::uri.eq(object_uri)))
        .set(object::hidden_at.eq(at))
        .execute(tx.conn())?;
    Ok(())
}
