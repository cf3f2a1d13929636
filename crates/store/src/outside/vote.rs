//! "Útil" from outside, as it reached this city: part of its tally.

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};

use crate::{Conn, Error, Tx, schema::outside_vote};

/// An outside actor likes an object, or not any more. Answers whether anything changed.
///
/// # Errors
/// The database's.
pub fn set(
    tx: &mut Tx<'_>,
    object_uri: &str,
    actor_uri: &str,
    voted_at: Option<i64>,
) -> Result<bool, Error> {
    let held = is_there(tx.conn(), object_uri, actor_uri)?;
    match voted_at {
        Some(at) if !held => {
            diesel::insert_into(outside_vote::table)
                .values((
                    outside_vote::object_uri.eq(object_uri),
                    outside_vote::actor_uri.eq(actor_uri),
                    outside_vote::created_at.eq(at),
                ))
                .execute(tx.conn())?;
            Ok(true)
        }
        None if held => {
            diesel::delete(outside_vote::table.find((object_uri, actor_uri))).execute(tx.conn())?;
            Ok(true)
        }
        Some(_) | None => Ok(false),
    }
}

/// Whether an outside actor likes an object.
///
/// # Errors
/// The database's.
pub fn is_there(conn: &mut Conn, object_uri: &str, actor_uri: &str) -> Result<bool, Error> {
    let held: i64 = outside_vote::table
        .find((object_uri, actor_uri))
        .count()
        .get_result(conn)?;
    Ok(held > 0)
}

/// How many like an object.
///
/// # Errors
/// The database's.
pub fn count(conn: &mut Conn, object_uri: &str) -> Result<i64, Error> {
    Ok(outside_vote::table
        .filter(outside_vote::object_uri.eq(object_uri))
        .count()
        .get_result(conn)?)
}

/// What an actor likes, at most `limit`.
///
/// # Errors
/// The database's.
pub fn list_of(conn: &mut Conn, actor_uri: &str, limit: i64) -> Result<Vec<String>, Error> {
    Ok(outside_vote::table
        .filter(outside_vote::actor_uri.eq(actor_uri))
        .order_by(outside_vote::object_uri)
        .limit(limit)
        .select(outside_vote::object_uri)
        .load(conn)?)
}
