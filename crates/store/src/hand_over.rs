//! Acts of outside authors that stand in a sibling's thread, on their way to that sibling.
//!
//! Start at [`add`]; the courier of the sibling sends what is [`due`] and says [`done`] or
//! [`postpone`]. Times are microseconds since 1970 UTC.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, HasQuery, Insertable, QueryDsl, RunQueryDsl,
};

use crate::conn::Conn;
use crate::schema::hand_over;
use crate::{Error, Tx};

/// Most that wait for one sibling: outsiders cause them, so they have a cap.
pub const MAX_WAITING: i64 = 10_000;

/// One act on its way.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = hand_over)]
pub struct HandOver {
    /// Row key.
    pub id: i64,
    /// Slug of the sibling.
    pub city: String,
    /// Own group in whose name it is signed.
    pub group_uri: String,
    /// The document.
    pub body: String,
    /// How often it was refused.
    pub attempts: i32,
    /// When to try next.
    pub due_at: i64,
    /// When it came.
    pub created_at: i64,
}

/// Puts one on its way; answers false when too many wait already.
///
/// # Errors
/// [`Error`] of the database.
pub fn add(tx: &mut Tx<'_>, row: &HandOver) -> Result<bool, Error> {
    let waiting: i64 = hand_over::table
        .filter(hand_over::city.eq(&row.city))
        .count()
        .get_result(tx.conn())?;
    if waiting >= MAX_WAITING {
        return Ok(false);
    }
    diesel::insert_into(hand_over::table)
        .values(row)
        .execute(tx.conn())?;
    Ok(true)
}

/// What is due for a sibling at `now`, oldest first.
///
/// # Errors
/// [`Error`] of the database.
pub fn due(conn: &mut Conn, city: &str, now: i64, limit: i64) -> Result<Vec<HandOver>, Error> {
    Ok(HandOver::query()
        .filter(hand_over::city.eq(city).and(hand_over::due_at.le(now)))
        .order_by(hand_over::id)
        .limit(limit)
        .load(conn)?)
}

/// It arrived, or is given up.
///
/// # Errors
/// [`Error`] of the database.
pub fn done(tx: &mut Tx<'_>, id: i64) -> Result<(), Error> {
    diesel::delete(hand_over::table.filter(hand_over::id.eq(id))).execute(tx.conn())?;
    Ok(())
}

/// Tries again at `due_at`, after `attempts` attempts.
///
/// # Errors
/// [`Error`] of the database.
pub fn postpone(tx: &mut Tx<'_>, id: i64, attempts: i32, due_at: i64) -> Result<(), Error> {
    diesel::update(hand_over::table.filter(hand_over::id.eq(id)))
        .set((
            hand_over::attempts.eq(attempts),
            hand_over::due_at.eq(due_at),
        ))
        .execute(tx.conn())?;
    Ok(())
}
