//! Activities from outside that cannot be judged yet, because a server did not answer in time.
//!
//! Start at [`add`]; federation takes what is [`due`] and says [`done`] or [`postpone`]. Times are
//! microseconds since 1970 UTC.

use diesel::{ExpressionMethods, HasQuery, Insertable, QueryDsl, RunQueryDsl};

use crate::conn::Conn;
use crate::schema::fetch_later;
use crate::{Error, Tx};

/// Most that wait in all.
pub const MAX_WAITING: i64 = 2000;
/// Most that wait because of one server.
pub const MAX_OF_HOST: i64 = 100;

/// One activity that waits.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = fetch_later)]
pub struct Later {
    /// Row key.
    pub id: i64,
    /// Its id.
    pub activity_id: String,
    /// Server of the signer.
    pub host: String,
    /// The actor whose key signed the request.
    pub signer: String,
    /// As received.
    pub body: String,
    /// How often it was tried again.
    pub attempts: i32,
    /// When to try next.
    pub due_at: i64,
    /// When it came.
    pub created_at: i64,
}

/// What became of one that should wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// It waits, now or already.
    Waits,
    /// Too many wait, in all or of its server.
    Full,
}

/// Keeps one.
///
/// # Errors
/// The database's.
pub fn add(tx: &mut Tx<'_>, row: &Later) -> Result<Added, Error> {
    let held: i64 = fetch_later::table
        .filter(fetch_later::activity_id.eq(&row.activity_id))
        .count()
        .get_result(tx.conn())?;
    if held > 0 {
        return Ok(Added::Waits);
    }
    let of_host: i64 = fetch_later::table
        .filter(fetch_later::host.eq(&row.host))
        .count()
        .get_result(tx.conn())?;
    if of_host >= MAX_OF_HOST || count(tx.conn())? >= MAX_WAITING {
        return Ok(Added::Full);
    }
    diesel::insert_into(fetch_later::table)
        .values(row)
        .execute(tx.conn())?;
    Ok(Added::Waits)
}

/// How many wait.
///
/// # Errors
/// The database's.
pub fn count(conn: &mut Conn) -> Result<i64, Error> {
    Ok(fetch_later::table.count().get_result(conn)?)
}

/// What is due at `now`, the longest overdue first.
///
/// # Errors
/// The database's.
pub fn due(conn: &mut Conn, now: i64, limit: i64) -> Result<Vec<Later>, Error> {
    Ok(Later::query()
        .filter(fetch_later::due_at.le(now))
        .order_by((fetch_later::due_at, fetch_later::id))
        .limit(limit)
        .load(conn)?)
}

/// It was judged, or is given up.
///
/// # Errors
/// The database's.
pub fn done(tx: &mut Tx<'_>, id: i64) -> Result<(), Error> {
    diesel::delete(fetch_later::table.find(id)).execute(tx.conn())?;
    Ok(())
}

/// Tries again at `due_at`, after `attempts` attempts.
///
/// # Errors
/// The database's.
pub fn postpone(tx: &mut Tx<'_>, id: i64, attempts: i32, due_at: i64) -> Result<(), Error> {
    diesel::update(fetch_later::table.find(id))
        .set((
            fetch_later::attempts.eq(attempts),
            fetch_later::due_at.eq(due_at),
        ))
        .execute(tx.conn())?;
    Ok(())
}
