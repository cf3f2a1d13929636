//! Reports (`Flag`) about what stands here, for the administrators.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, HasQuery, Insertable, OptionalExtension, QueryDsl,
    RunQueryDsl,
};

use crate::{Conn, Error, Tx, schema::report};

/// A report about one object.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = report)]
pub struct Report {
    /// Row key.
    pub id: i64,
    /// Who reports.
    pub reporter_uri: String,
    /// What is reported: a post or an actor.
    pub object_uri: String,
    /// Plain text.
    pub reason: String,
    /// Microseconds.
    pub created_at: i64,
    /// Microseconds; `None` = open.
    pub closed_at: Option<i64>,
}

/// Keeps a report.
///
/// # Errors
/// The database's.
pub fn add(tx: &mut Tx<'_>, row: &Report) -> Result<(), Error> {
    diesel::insert_into(report::table)
        .values(row)
        .execute(tx.conn())?;
    Ok(())
}

/// One report.
///
/// # Errors
/// The database's.
pub fn by_id(conn: &mut Conn, id: i64) -> Result<Option<Report>, Error> {
    Ok(Report::query()
        .filter(report::id.eq(id))
        .get_result(conn)
        .optional()?)
}

/// Open reports, the oldest first.
///
/// # Errors
/// The database's.
pub fn list_open(conn: &mut Conn, limit: i64) -> Result<Vec<Report>, Error> {
    Ok(Report::query()
        .filter(report::closed_at.is_null())
        .order_by((report::created_at, report::id))
        .limit(limit)
        .load(conn)?)
}

/// How many reports are open.
///
/// # Errors
/// The database's.
pub fn count_open(conn: &mut Conn) -> Result<i64, Error> {
    Ok(report::table
        .filter(report::closed_at.is_null())
        .count()
        .get_result(conn)?)
}

/// How many open reports a reporter has made.
///
/// # Errors
/// The database's.
pub fn count_open_of(conn: &mut Conn, reporter_uri: &str) -> Result<i64, Error> {
    Ok(report::table
        .filter(
            report::closed_at
                .is_null()
                .and(report::reporter_uri.eq(reporter_uri)),
        )
        .count()
        .get_result(conn)?)
}

/// An administrator has dealt with a report.
///
/// # Errors
/// The database's.
pub fn close(tx: &mut Tx<'_>, id: i64, at: i64) -> Result<(), Error> {
    diesel::update(report::table.find(id))
        .set(report::closed_at.eq(Some(at)))
        .execute(tx.conn())?;
    Ok(())
}
