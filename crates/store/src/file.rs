//! Files held here, by content.

use diesel::{ExpressionMethods, HasQuery, Insertable, OptionalExtension, QueryDsl, RunQueryDsl};

use crate::{
    Conn, Error, Tx,
    schema::{attachment, file, file_wanted},
};

/// A file held here.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = file)]
pub struct File {
    /// SHA-256, hex.
    pub digest: String,
    /// Bytes.
    pub size_bytes: i64,
    /// As sniffed where it was uploaded.
    pub media_type: String,
    /// Microseconds.
    pub stored_at: i64,
}

/// By content.
///
/// # Errors
/// The database's.
pub fn by_digest(conn: &mut Conn, digest: &str) -> Result<Option<File>, Error> {
    Ok(File::query()
        .filter(file::digest.eq(digest))
        .get_result(conn)
        .optional()?)
}

/// Files after a digest, by digest.
///
/// # Errors
/// The database's.
pub fn list_after(conn: &mut Conn, digest: &str, limit: i64) -> Result<Vec<File>, Error> {
    Ok(File::query()
        .filter(file::digest.gt(digest))
        .order_by(file::digest)
        .limit(limit)
        .load(conn)?)
}

/// Digests that attachments name and that are neither held nor wanted.
///
/// # Errors
/// The database's.
pub fn forgotten(conn: &mut Conn) -> Result<Vec<String>, Error> {
    let held = file::table.select(file::digest);
    let wanted = file_wanted::table.select(file_wanted::digest);
    Ok(attachment::table
        .filter(attachment::digest.ne_all(held))
        .filter(attachment::digest.ne_all(wanted))
        .select(attachment::digest)
        .distinct()
        .order_by(attachment::digest)
        .load(conn)?)
}

/// Notes that a file is held; again changes nothing.
///
/// # Errors
/// The database's.
pub fn add(tx: &mut Tx<'_>, row: &File) -> Result<(), Error> {
    if by_digest(tx.conn(), &row.digest)?.is_none() {
        diesel::insert_into(file::table)
            .values(row)
            .execute(tx.conn())?;
    }
    Ok(())
}

/// Whether any living object has this file: only then it is served.
///
/// # Errors
/// The database's.
pub fn is_attached(conn: &mut Conn, digest: &str) -> Result<bool, Error> {
    let count: i64 = attachment::table
        .filter(attachment::digest.eq(digest))
        .count()
        .get_result(conn)?;
    Ok(count > 0)
}
