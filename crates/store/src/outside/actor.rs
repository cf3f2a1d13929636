//! Actors outside that were looked up, followed or heard.

use diesel::{
    AsChangeset, ExpressionMethods, HasQuery, Insertable, OptionalExtension, QueryDsl, RunQueryDsl,
};

use crate::{
    Conn, Error, Tx,
    schema::{outside_actor, outside_follow},
};

/// An actor outside, as its origin described it last.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable, AsChangeset)]
#[diesel(table_name = outside_actor)]
pub struct Actor {
    /// ActivityPub id.
    pub uri: String,
    /// `Person`, `Group`, `Service`, `Application`, `Organization`.
    pub kind: String,
    /// Its server.
    pub host: String,
    /// `preferredUsername`.
    pub name: String,
    /// Name shown.
    pub display_name: String,
    /// Sanitised HTML.
    pub summary: String,
    /// Its page for people.
    pub url: String,
    /// Where activities for it go.
    pub inbox: String,
    /// Empty = has none.
    pub shared_inbox: String,
    /// Microseconds; 0 = not fetched, a sibling's log told of it.
    pub fetched_at: i64,
}

/// One actor.
///
/// # Errors
/// The database's.
pub fn by_uri(conn: &mut Conn, uri: &str) -> Result<Option<Actor>, Error> {
    Ok(Actor::query()
        .filter(outside_actor::uri.eq(uri))
        .get_result(conn)
        .optional()?)
}

/// Inserts, or replaces what is older.
///
/// # Errors
/// The database's.
pub fn put(tx: &mut Tx<'_>, row: &Actor) -> Result<(), Error> {
    match by_uri(tx.conn(), &row.uri)? {
        None => diesel::insert_into(outside_actor::table)
            .values(row)
            .execute(tx.conn())?,
        Some(held) if held.fetched_at < row.fetched_at => {
            diesel::update(outside_actor::table.find(&row.uri))
                .set(row)
                .execute(tx.conn())?
        }
        Some(_) => 0,
    };
    Ok(())
}

/// Removes an actor, and that members or the office followed it.
///
/// # Errors
/// The database's.
pub fn remove(tx: &mut Tx<'_>, uri: &str) -> Result<(), Error> {
    diesel::delete(outside_follow::table.filter(outside_follow::actor_uri.eq(uri)))
        .execute(tx.conn())?;
    super::office::remove(tx, uri)?;
    diesel::delete(outside_actor::table.find(uri)).execute(tx.conn())?;
    Ok(())
}
