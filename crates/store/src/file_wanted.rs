//! Files that an attachment names and that are not held yet.
//!
//! Start at [`want`]; the federation fetches what is [`due`] and says [`fulfilled`] or [`postpone`].

use diesel::dsl::min;
use diesel::{ExpressionMethods, HasQuery, Insertable, QueryDsl, RunQueryDsl};

use crate::conn::{Conn, on_backend};
use crate::failpoint::{self, Point};
use crate::file::{self, File};
use crate::schema::file_wanted;
use crate::{Error, Tx};

/// A file to be fetched.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = file_wanted)]
pub struct FileWanted {
    /// SHA-256, hex.
    pub digest: String,
    /// Size as declared by the attachment.
    pub size_bytes: i64,
    /// Name as declared.
    pub name: String,
    /// Media type as declared.
    pub media_type: String,
    /// Slug of the city whose object names it.
    pub origin: String,
    /// How often it was tried.
    pub attempts: i32,
    /// When to try next, microseconds since 1970 UTC.
    pub due_at: i64,
}

/// Asks for a file, unless it is held or asked for already.
///
/// # Errors
/// [`Error`] of the database.
pub fn want(tx: &mut Tx<'_>, wanted: &FileWanted) -> Result<(), Error> {
    if file::by_digest(tx.conn(), &wanted.digest)?.is_some() {
        return Ok(());
    }
    on_backend!(tx.conn(), |c| diesel::insert_into(file_wanted::table)
        .values(wanted)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// What is due at `now`, longest due first.
///
/// # Errors
/// [`Error`] of the database.
pub fn due(conn: &mut Conn, now: i64, limit: i64) -> Result<Vec<FileWanted>, Error> {
    Ok(FileWanted::query()
        .filter(file_wanted::due_at.le(now))
        .order_by((file_wanted::due_at, file_wanted::digest))
        .limit(limit)
        .load(conn)?)
}

/// When the next file is due; `None` when none is wanted.
///
/// # Errors
/// [`Error`] of the database.
pub fn next_due_at(conn: &mut Conn) -> Result<Option<i64>, Error> {
    Ok(file_wanted::table
        .select(min(file_wanted::due_at))
        .get_result(conn)?)
}

/// How many files are wanted.
///
/// # Errors
/// [`Error`] of the database.
pub fn count(conn: &mut Conn) -> Result<i64, Error> {
    Ok(file_wanted::table.count().get_result(conn)?)
}

/// Tries again at `due_at`, after `attempts` attempts.
///
/// # Errors
/// [`Error`] of the database.
pub fn postpone(tx: &mut Tx<'_>, digest: &str, attempts: i32, due_at: i64) -> Result<(), Error> {
    diesel::update(file_wanted::table.filter(file_wanted::digest.eq(digest)))
        .set((
            file_wanted::attempts.eq(attempts),
            file_wanted::due_at.eq(due_at),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// The file is here: it is held from now on and no longer wanted.
///
/// # Errors
/// [`Error`] of the database.
pub fn fulfilled(
    tx: &mut Tx<'_>,
    wanted: &FileWanted,
    size_bytes: i64,
    at: i64,
) -> Result<(), Error> {
    let held = File {
        digest: wanted.digest.clone(),
        size_bytes,
        media_type: wanted.media_type.clone(),
        stored_at: at,
    };
    file::add(tx, &held)?;
    diesel::delete(file_wanted::table.filter(file_wanted::digest.eq(&wanted.digest)))
        .execute(tx.conn())?;
    failpoint::reach(Point::Cursor)
}
