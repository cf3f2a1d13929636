//! What came from actors that members follow outside; in no log.

use diesel::{
    AsChangeset, BoolExpressionMethods, ExpressionMethods, HasQuery, Insertable, OptionalExtension,
    QueryDsl, RunQueryDsl,
};

use crate::{Conn, Error, Tx, schema::outside_item};

/// One post.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable, AsChangeset)]
#[diesel(table_name = outside_item)]
pub struct Item {
    /// Row key.
    pub id: i64,
    /// ActivityPub id.
    pub uri: String,
    /// The followed actor through whom it came.
    pub actor_uri: String,
    /// Its author.
    pub author_uri: String,
    /// `Page`, `Article`, `Note`, `Video`, `Event`, `Question`.
    pub kind: String,
    /// Empty = has none.
    pub title: String,
    /// Sanitised.
    pub html: String,
    /// Its page for people.
    pub url: String,
    /// Empty = opens something.
    pub in_reply_to: String,
    /// Microseconds.
    pub published_at: i64,
    /// Microseconds.
    pub received_at: i64,
}

/// By ActivityPub id.
///
/// # Errors
/// The database's.
pub fn by_uri(conn: &mut Conn, uri: &str) -> Result<Option<Item>, Error> {
    Ok(Item::query()
        .filter(outside_item::uri.eq(uri))
        .get_result(conn)
        .optional()?)
}

/// Inserts, or replaces the one with this uri, which keeps its row key and through whom it came.
///
/// # Errors
/// The database's.
pub fn put(tx: &mut Tx<'_>, row: &Item) -> Result<(), Error> {
    let Some(held) = by_uri(tx.conn(), &row.uri)? else {
        diesel::insert_into(outside_item::table)
            .values(row)
            .execute(tx.conn())?;
        return Ok(());
    };
    let row = Item {
        id: held.id,
        actor_uri: held.actor_uri,
        received_at: held.received_at,
        ..row.clone()
    };
    diesel::update(outside_item::table.find(held.id))
        .set(&row)
        .execute(tx.conn())?;
    Ok(())
}

/// Removes one.
///
/// # Errors
/// The database's.
pub fn remove(tx: &mut Tx<'_>, uri: &str) -> Result<(), Error> {
    diesel::delete(outside_item::table.filter(outside_item::uri.eq(uri))).execute(tx.conn())?;
    Ok(())
}

/// Removes what came through an actor, or from an author. Answers how much that was.
///
/// # Errors
/// The database's.
pub fn remove_of(tx: &mut Tx<'_>, actor_uri: &str) -> Result<usize, Error> {
    let of_actor = outside_item::actor_uri
        .eq(actor_uri)
        .or(outside_item::author_uri.eq(actor_uri));
    Ok(diesel::delete(outside_item::table.filter(of_actor)).execute(tx.conn())?)
}

/// Removes all but the newest that came through an actor.
///
/// # Errors
/// The database's.
pub fn keep_newest(tx: &mut Tx<'_>, actor_uri: &str, count: i64) -> Result<(), Error> {
    let old: Vec<i64> = outside_item::table
        .filter(outside_item::actor_uri.eq(actor_uri))
        .order_by((outside_item::published_at.desc(), outside_item::id.desc()))
        .offset(count)
        .limit(500)
        .select(outside_item::id)
        .load(tx.conn())?;
    diesel::delete(outside_item::table.filter(outside_item::id.eq_any(old))).execute(tx.conn())?;
    Ok(())
}

/// What came through an actor, the newest first.
///
/// # Errors
/// The database's.
pub fn list(conn: &mut Conn, actor_uri: &str, limit: i64) -> Result<Vec<Item>, Error> {
    Ok(Item::query()
        .filter(outside_item::actor_uri.eq(actor_uri))
        .order_by((outside_item::published_at.desc(), outside_item::id.desc()))
        .limit(limit)
        .load(conn)?)
}

/// Forgets what came before a time. Answers how much.
///
/// # Errors
/// The database's.
pub fn forget_before(tx: &mut Tx<'_>, at: i64) -> Result<usize, Error> {
    let old = outside_item::table.filter(outside_item::received_at.lt(at));
    Ok(diesel::delete(old).execute(tx.conn())?)
}
