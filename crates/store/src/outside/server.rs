//! Servers outside the network with followers, authors or mail here.

use diesel::{ExpressionMethods, HasQuery, Insertable, OptionalExtension, QueryDsl, RunQueryDsl};

use crate::{
    Conn, Error, Tx,
    schema::{entry, outside_server},
};

/// A server outside the network.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = outside_server)]
pub struct Server {
    /// With port where it is not the usual one.
    pub host: String,
    /// NodeInfo's `software.name`; empty = not known yet.
    pub software: String,
    /// Signature that it took last: `cavage`, `rfc9421`; empty = not known.
    pub signature: String,
    /// Last entry that was looked at for it.
    pub sent_id: i64,
    /// In a row.
    pub failures: i32,
    /// Not before this time, microseconds.
    pub retry_at: i64,
    /// Last success of ours, microseconds.
    pub sent_at: Option<i64>,
    /// Last authenticated word of theirs, microseconds.
    pub heard_at: Option<i64>,
    /// Plain text; empty = none.
    pub last_error: String,
}

/// One server.
///
/// # Errors
/// The database's.
pub fn by_host(conn: &mut Conn, host: &str) -> Result<Option<Server>, Error> {
    Ok(Server::query()
        .filter(outside_server::host.eq(host))
        .get_result(conn)
        .optional()?)
}

/// All servers, by host.
///
/// # Errors
/// The database's.
pub fn all(conn: &mut Conn) -> Result<Vec<Server>, Error> {
    Ok(Server::query().order_by(outside_server::host).load(conn)?)
}

/// How many servers there are.
///
/// # Errors
/// The database's.
pub fn count(conn: &mut Conn) -> Result<i64, Error> {
    Ok(outside_server::table.count().get_result(conn)?)
}

/// Keeps a new server, which is handed what is written from now on. A known one stays as it is.
///
/// # Errors
/// The database's.
pub fn ensure(tx: &mut Tx<'_>, host: &str) -> Result<(), Error> {
    let held: i64 = outside_server::table
        .find(host)
        .count()
        .get_result(tx.conn())?;
    if held > 0 {
        return Ok(());
    }
    let newest: Option<i64> = entry::table
        .select(diesel::dsl::max(entry::id))
        .get_result(tx.conn())?;
    diesel::insert_into(outside_server::table)
        .values(Server {
            host: host.to_owned(),
            software: String::new(),
            signature: String::new(),
            sent_id: newest.unwrap_or(0),
            failures: 0,
            retry_at: 0,
            sent_at: None,
            heard_at: None,
            last_error: String::new(),
        })
        .execute(tx.conn())?;
    Ok(())
}

/// After a word of theirs a server that failed is tried again within this time, in microseconds.
const HEARD_PAUSE_US: i64 = 60_000_000;

/// A server said something that it proved: it is tried again soon. Of one that is not kept nothing is
/// noted.
///
/// # Errors
/// The database's.
pub fn heard(tx: &mut Tx<'_>, host: &str, at: i64) -> Result<(), Error> {
    diesel::update(outside_server::table.find(host))
        .set(outside_server::heard_at.eq(Some(at)))
        .execute(tx.conn())?;
    let soon = at.saturating_add(HEARD_PAUSE_US);
    diesel::update(
        outside_server::table
            .find(host)
            .filter(outside_server::retry_at.gt(soon)),
    )
    .set(outside_server::retry_at.eq(soon))
    .execute(tx.conn())?;
    Ok(())
}
