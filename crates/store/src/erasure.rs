//! What this city erased, and which siblings have said that they did so, too.

use diesel::{ExpressionMethods, HasQuery, Insertable, QueryDsl, RunQueryDsl};

use crate::{
    Conn, Error, Tx,
    schema::{erasure, erasure_receipt},
};

/// One erased post of this city.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = erasure)]
pub struct Erasure {
    /// Own log.
    pub log_id: i64,
    /// The entry that says so.
    pub seq: i64,
    /// The post.
    pub object_uri: String,
    /// Why, for the administrators only.
    pub reason: String,
    /// Name of the administrator.
    pub by_name: String,
    /// Microseconds.
    pub at: i64,
}

/// How far a sibling has carried out what an own log erases.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = erasure_receipt)]
pub struct Receipt {
    /// Own log.
    pub log_id: i64,
    /// Slug of the sibling.
    pub city: String,
    /// Everything up to this entry.
    pub seq: i64,
    /// When it came, microseconds.
    pub at: i64,
    /// The sibling's signed word, as it came.
    pub word: String,
}

/// Remembers an erasure.
///
/// # Errors
/// The database's.
pub fn add(tx: &mut Tx<'_>, row: &Erasure) -> Result<(), Error> {
    diesel::insert_into(erasure::table)
        .values(row)
        .execute(tx.conn())?;
    Ok(())
}

/// The newest erasures.
///
/// # Errors
/// The database's.
pub fn newest(conn: &mut Conn, limit: i64) -> Result<Vec<Erasure>, Error> {
    Ok(Erasure::query()
        .order_by((erasure::at.desc(), erasure::log_id, erasure::seq.desc()))
        .limit(limit)
        .load(conn)?)
}

/// The own logs that erase something, each with the number of the last entry by which it does.
///
/// # Errors
/// The database's.
pub fn lasts(conn: &mut Conn) -> Result<Vec<(i64, i64)>, Error> {
    let lasts: Vec<(i64, Option<i64>)> = erasure::table
        .group_by(erasure::log_id)
        .select((erasure::log_id, diesel::dsl::max(erasure::seq)))
        .order_by(erasure::log_id)
        .load(conn)?;
    let some = |(log_id, last): (i64, Option<i64>)| last.map(|last| (log_id, last));
    Ok(lasts.into_iter().filter_map(some).collect())
}

/// The own logs of which a sibling has not carried out everything yet.
///
/// # Errors
/// The database's.
pub fn unconfirmed(conn: &mut Conn, city: &str) -> Result<Vec<i64>, Error> {
    let lasts = lasts(conn)?;
    let receipts = receipts(conn)?;
    let is_open = |(log_id, last): &(i64, i64)| {
        !receipts
            .iter()
            .any(|row| row.city == *city && row.log_id == *log_id && row.seq >= *last)
    };
    let open = lasts.into_iter().filter(is_open);
    Ok(open.map(|(log_id, _)| log_id).collect())
}

/// All receipts, by log and city.
///
/// # Errors
/// The database's.
pub fn receipts(conn: &mut Conn) -> Result<Vec<Receipt>, Error> {
    Ok(Receipt::query()
        .order_by((erasure_receipt::log_id, erasure_receipt::city))
        .load(conn)?)
}

/// Keeps a receipt in place of an older one of the same city.
///
/// # Errors
/// The database's.
pub fn put_receipt(tx: &mut Tx<'_>, row: &Receipt) -> Result<(), Error> {
    diesel::delete(erasure_receipt::table.find((row.log_id, &row.city))).execute(tx.conn())?;
    diesel::insert_into(erasure_receipt::table)
        .values(row)
        .execute(tx.conn())?;
    Ok(())
}
