//! What the city's office account follows outside, and for which topics.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, HasQuery, Insertable, OptionalExtension, QueryDsl,
    RunQueryDsl,
};

use super::follow::REJECTED;
use crate::{
    Conn, Error, Tx,
    schema::{office_follow, office_follow_topic},
};

/// The office follows an actor outside.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = office_follow)]
pub struct OfficeFollow {
    /// Kept in `outside_actor`.
    pub actor_uri: String,
    /// `asked`, `accepted`, `rejected`.
    pub state: String,
    /// Microseconds; names the Follow, so that it can be taken back.
    pub created_at: i64,
}

#[derive(Insertable)]
#[diesel(table_name = office_follow_topic)]
struct ForTopic<'a> {
    actor_uri: &'a str,
    topic_id: i64,
}

/// Inserts, or replaces what was asked before; its topics stay.
///
/// # Errors
/// The database's; also when the actor is not kept.
pub fn put(tx: &mut Tx<'_>, row: &OfficeFollow) -> Result<(), Error> {
    let changed = diesel::update(office_follow::table.find(&row.actor_uri))
        .set((
            office_follow::state.eq(&row.state),
            office_follow::created_at.eq(row.created_at),
        ))
        .execute(tx.conn())?;
    if changed == 0 {
        diesel::insert_into(office_follow::table)
            .values(row)
            .execute(tx.conn())?;
    }
    Ok(())
}

/// One.
///
/// # Errors
/// The database's.
pub fn by_actor(conn: &mut Conn, actor_uri: &str) -> Result<Option<OfficeFollow>, Error> {
    Ok(OfficeFollow::query()
        .filter(office_follow::actor_uri.eq(actor_uri))
        .get_result(conn)
        .optional()?)
}

/// The other side answered.
///
/// # Errors
/// The database's.
pub fn set_state(tx: &mut Tx<'_>, actor_uri: &str, state: &str) -> Result<(), Error> {
    diesel::update(office_follow::table.find(actor_uri))
        .set(office_follow::state.eq(state))
        .execute(tx.conn())?;
    Ok(())
}

/// Removes one with its topics.
///
/// # Errors
/// The database's.
pub fn remove(tx: &mut Tx<'_>, actor_uri: &str) -> Result<(), Error> {
    diesel::delete(office_follow::table.find(actor_uri)).execute(tx.conn())?;
    Ok(())
}

/// It is followed for a topic too; again changes nothing.
///
/// # Errors
/// The database's; also when the office does not follow it.
pub fn add_topic(tx: &mut Tx<'_>, actor_uri: &str, topic_id: i64) -> Result<(), Error> {
    remove_topic(tx, actor_uri, topic_id)?;
    diesel::insert_into(office_follow_topic::table)
        .values(&ForTopic {
            actor_uri,
            topic_id,
        })
        .execute(tx.conn())?;
    Ok(())
}

/// Not for this topic any more. Answers whether it was.
///
/// # Errors
/// The database's.
pub fn remove_topic(tx: &mut Tx<'_>, actor_uri: &str, topic_id: i64) -> Result<bool, Error> {
    let gone = diesel::delete(office_follow_topic::table.find((actor_uri, topic_id)))
        .execute(tx.conn())?;
    Ok(gone > 0)
}

/// For how many topics an actor is followed.
///
/// # Errors
/// The database's.
pub fn count_topics(conn: &mut Conn, actor_uri: &str) -> Result<i64, Error> {
    Ok(office_follow_topic::table
        .filter(office_follow_topic::actor_uri.eq(actor_uri))
        .count()
        .get_result(conn)?)
}

/// How many actors the office follows.
///
/// # Errors
/// The database's.
pub fn count(conn: &mut Conn) -> Result<i64, Error> {
    Ok(office_follow::table.count().get_result(conn)?)
}

/// Whether the office follows an actor and was not refused.
///
/// # Errors
/// The database's.
pub fn is_followed(conn: &mut Conn, actor_uri: &str) -> Result<bool, Error> {
    let count: i64 = office_follow::table
        .filter(
            office_follow::actor_uri
                .eq(actor_uri)
                .and(office_follow::state.ne(REJECTED)),
        )
        .count()
        .get_result(conn)?;
    Ok(count > 0)
}

/// Ids of the actors in this state, sorted; at most `limit`.
///
/// # Errors
/// The database's.
pub fn in_state(conn: &mut Conn, state: &str, limit: i64) -> Result<Vec<String>, Error> {
    Ok(office_follow::table
        .filter(office_follow::state.eq(state))
        .order_by(office_follow::actor_uri)
        .limit(limit)
        .select(office_follow::actor_uri)
        .load(conn)?)
}
