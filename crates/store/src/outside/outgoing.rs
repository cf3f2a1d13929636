//! Activities for outside that stand in no log, until they are taken.

use diesel::{ExpressionMethods, HasQuery, Insertable, QueryDsl, RunQueryDsl};

use crate::{Conn, Error, Tx, schema::outgoing};

/// One activity on its way.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = outgoing)]
pub struct Outgoing {
    /// Row key: the order of sending.
    pub id: i64,
    /// Server, kept in `outside_server`.
    pub host: String,
    /// Where it is posted.
    pub inbox: String,
    /// Own actor in whose name it is signed.
    pub actor_uri: String,
    /// JSON.
    pub body: String,
    /// Microseconds.
    pub created_at: i64,
}

/// Queues an activity.
///
/// # Errors
/// The database's; also when the server is not kept.
pub fn add(tx: &mut Tx<'_>, row: &Outgoing) -> Result<(), Error> {
    diesel::insert_into(outgoing::table)
        .values(row)
        .execute(tx.conn())?;
    Ok(())
}

/// Removes what was taken, or given up.
///
/// # Errors
/// The database's.
pub fn remove(tx: &mut Tx<'_>, id: i64) -> Result<(), Error> {
    diesel::delete(outgoing::table.find(id)).execute(tx.conn())?;
    Ok(())
}

/// What waits for a server, the oldest first.
///
/// # Errors
/// The database's.
pub fn list(conn: &mut Conn, host: &str, limit: i64) -> Result<Vec<Outgoing>, Error> {
    Ok(Outgoing::query()
        .filter(outgoing::host.eq(host))
        .order_by(outgoing::id)
        .limit(limit)
        .load(conn)?)
}

/// How much waits for a server.
///
/// # Errors
/// The database's.
pub fn count(conn: &mut Conn, host: &str) -> Result<i64, Error> {
    Ok(outgoing::table
        .filter(outgoing::host.eq(host))
        .count()
        .get_result(conn)?)
}
