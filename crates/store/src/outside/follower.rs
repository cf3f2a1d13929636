//! Who from outside follows a group, a person or the instance.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, HasQuery, Insertable, QueryDsl, RunQueryDsl,
};

use crate::{Conn, Error, Tx, schema::outside_follower};

/// One follower of one own actor.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = outside_follower)]
pub struct Follower {
    /// Own actor.
    pub followed_uri: String,
    /// Who follows.
    pub actor_uri: String,
    /// Of the Follow.
    pub follow_uri: String,
    /// Its server, kept in `outside_server`.
    pub host: String,
    /// Its inbox.
    pub inbox: String,
    /// Empty = has none.
    pub shared_inbox: String,
    /// Microseconds.
    pub created_at: i64,
}

/// Inserts or replaces.
///
/// # Errors
/// The database's; also when the server is not kept.
pub fn put(tx: &mut Tx<'_>, row: &Follower) -> Result<(), Error> {
    remove(tx, &row.followed_uri, &row.actor_uri)?;
    diesel::insert_into(outside_follower::table)
        .values(row)
        .execute(tx.conn())?;
    Ok(())
}

/// Removes one. Answers whether it was there.
///
/// # Errors
/// The database's.
pub fn remove(tx: &mut Tx<'_>, followed_uri: &str, actor_uri: &str) -> Result<bool, Error> {
    let gone = diesel::delete(outside_follower::table.find((followed_uri, actor_uri)))
        .execute(tx.conn())?;
    Ok(gone > 0)
}

/// Removes the one that this Follow made. Answers whether it was there.
///
/// # Errors
/// The database's.
pub fn remove_by_follow(tx: &mut Tx<'_>, actor_uri: &str, follow_uri: &str) -> Result<bool, Error> {
    let of_follow = outside_follower::actor_uri
        .eq(actor_uri)
        .and(outside_follower::follow_uri.eq(follow_uri));
    let gone = diesel::delete(outside_follower::table.filter(of_follow)).execute(tx.conn())?;
    Ok(gone > 0)
}

/// Removes an actor from everything that it follows. Answers how much that was.
///
/// # Errors
/// The database's.
pub fn remove_actor(tx: &mut Tx<'_>, actor_uri: &str) -> Result<usize, Error> {
    let of_actor = outside_follower::table.filter(outside_follower::actor_uri.eq(actor_uri));
    Ok(diesel::delete(of_actor).execute(tx.conn())?)
}

/// The followers of an own actor, the oldest first.
///
/// # Errors
/// The database's.
pub fn list(conn: &mut Conn, followed_uri: &str, limit: i64) -> Result<Vec<Follower>, Error> {
    Ok(Follower::query()
        .filter(outside_follower::followed_uri.eq(followed_uri))
        .order_by((outside_follower::created_at, outside_follower::actor_uri))
        .limit(limit)
        .load(conn)?)
}

/// How many follow an own actor.
///
/// # Errors
/// The database's.
pub fn count(conn: &mut Conn, followed_uri: &str) -> Result<i64, Error> {
    Ok(outside_follower::table
        .filter(outside_follower::followed_uri.eq(followed_uri))
        .count()
        .get_result(conn)?)
}

/// How many followers a server has here.
///
/// # Errors
/// The database's.
pub fn count_of_host(conn: &mut Conn, host: &str) -> Result<i64, Error> {
    Ok(outside_follower::table
        .filter(outside_follower::host.eq(host))
        .count()
        .get_result(conn)?)
}

/// Whether this actor follows that own actor.
///
/// # Errors
/// The database's.
pub fn is_there(conn: &mut Conn, followed_uri: &str, actor_uri: &str) -> Result<bool, Error> {
    let held: i64 = outside_follower::table
        .find((followed_uri, actor_uri))
        .count()
        .get_result(conn)?;
    Ok(held > 0)
}

/// Whether an actor follows anything here, or has by this Follow.
///
/// # Errors
/// The database's.
pub fn any_of(conn: &mut Conn, actor_uri: &str, follow_uri: Option<&str>) -> Result<bool, Error> {
    let of_actor = outside_follower::table
        .filter(outside_follower::actor_uri.eq(actor_uri))
        .select(outside_follower::follow_uri)
        .load::<String>(conn)?;
    Ok(match follow_uri {
        None => !of_actor.is_empty(),
        Some(uri) => of_actor.iter().any(|held| held == uri),
    })
}
