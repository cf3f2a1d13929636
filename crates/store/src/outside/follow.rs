//! What members follow outside.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, HasQuery, Insertable, OptionalExtension, QueryDsl,
    RunQueryDsl,
};

use crate::{Conn, Error, Tx, schema::outside_follow};

/// A member follows an actor outside.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = outside_follow)]
pub struct Follow {
    /// The member's account.
    pub account_id: i64,
    /// Kept in `outside_actor`.
    pub actor_uri: String,
    /// `asked`, `accepted`, `rejected`.
    pub state: String,
    /// Microseconds.
    pub created_at: i64,
}

/// The Follow was sent, or waits to be.
pub const ASKED: &str = "asked";
/// The other side said yes.
pub const ACCEPTED: &str = "accepted";
/// The other side said no.
pub const REJECTED: &str = "rejected";

/// Inserts or replaces.
///
/// # Errors
/// The database's; also when the actor is not kept.
pub fn put(tx: &mut Tx<'_>, row: &Follow) -> Result<(), Error> {
    remove(tx, row.account_id, &row.actor_uri)?;
    diesel::insert_into(outside_follow::table)
        .values(row)
        .execute(tx.conn())?;
    Ok(())
}

/// The other side answered.
///
/// # Errors
/// The database's.
pub fn set_state(
    tx: &mut Tx<'_>,
    account_id: i64,
    actor_uri: &str,
    state: &str,
) -> Result<(), Error> {
    diesel::update(outside_follow::table.find((account_id, actor_uri)))
        .set(outside_follow::state.eq(state))
        .execute(tx.conn())?;
    Ok(())
}

/// Removes one. Answers whether it was there.
///
/// # Errors
/// The database's.
pub fn remove(tx: &mut Tx<'_>, account_id: i64, actor_uri: &str) -> Result<bool, Error> {
    let gone =
        diesel::delete(outside_follow::table.find((account_id, actor_uri))).execute(tx.conn())?;
    Ok(gone > 0)
}

/// One.
///
/// # Errors
/// The database's.
pub fn by_key(conn: &mut Conn, account_id: i64, actor_uri: &str) -> Result<Option<Follow>, Error> {
    Ok(Follow::query()
        .filter(
            outside_follow::account_id
                .eq(account_id)
                .and(outside_follow::actor_uri.eq(actor_uri)),
        )
        .get_result(conn)
        .optional()?)
}

/// Who follows an actor, the oldest first.
///
/// # Errors
/// The database's.
pub fn list_of_actor(conn: &mut Conn, actor_uri: &str) -> Result<Vec<Follow>, Error> {
    Ok(Follow::query()
        .filter(outside_follow::actor_uri.eq(actor_uri))
        .order_by((outside_follow::created_at, outside_follow::account_id))
        .load(conn)?)
}

/// Whether any member, or the city's office, follows an actor and was not refused.
///
/// # Errors
/// The database's.
pub fn is_followed(conn: &mut Conn, actor_uri: &str) -> Result<bool, Error> {
    let count: i64 = outside_follow::table
        .filter(
            outside_follow::actor_uri
                .eq(actor_uri)
                .and(outside_follow::state.ne(REJECTED)),
        )
        .count()
        .get_result(conn)?;
    Ok(count > 0 || super::office::is_followed(conn, actor_uri)?)
}

/// What a member follows outside, the newest first.
///
/// # Errors
/// The database's.
pub fn list(conn: &mut Conn, account_id: i64) -> Result<Vec<Follow>, Error> {
    Ok(Follow::query()
        .filter(outside_follow::account_id.eq(account_id))
        .order_by((outside_follow::created_at.desc(), outside_follow::actor_uri))
        .load(conn)?)
}

/// How much a member follows outside.
///
/// # Errors
/// The database's.
pub fn count(conn: &mut Conn, account_id: i64) -> Result<i64, Error> {
    Ok(outside_follow::table
        .filter(outside_follow::account_id.eq(account_id))
        .count()
        .get_result(conn)?)
}
