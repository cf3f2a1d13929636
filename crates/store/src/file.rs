//! Files held here, by content.

use diesel::{ExpressionMethods, HasQuery, Insertable, OptionalExtension, QueryDsl, RunQueryDsl};

use crate::{
    Conn, Error, Tx,
    schema::{attachment, file},
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
