//! Private messages from outside to members: never public, never in a log.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, HasQuery, Insertable, QueryDsl, RunQueryDsl,
};

use crate::{Conn, Error, Tx, schema::message};

/// A message.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = message)]
pub struct Message {
    /// Row key.
    pub id: i64,
    /// Whose it is.
    pub account_id: i64,
    /// ActivityPub id.
    pub uri: String,
    /// Who wrote it.
    pub author_uri: String,
    /// `name@host`.
    pub author_name: String,
    /// Sanitised.
    pub html: String,
    /// Microseconds.
    pub published_at: i64,
    /// Microseconds.
    pub received_at: i64,
}

/// Inserts, or replaces the one of this account and uri.
///
/// # Errors
/// The database's.
pub fn put(tx: &mut Tx<'_>, row: &Message) -> Result<(), Error> {
    let held = message::account_id
        .eq(row.account_id)
        .and(message::uri.eq(&row.uri));
    diesel::delete(message::table.filter(held)).execute(tx.conn())?;
    diesel::insert_into(message::table)
        .values(row)
        .execute(tx.conn())?;
    Ok(())
}

/// Removes a message of an author from every account. Answers how many there were.
///
/// # Errors
/// The database's.
pub fn retract(tx: &mut Tx<'_>, uri: &str, author_uri: &str) -> Result<usize, Error> {
    let of_author = message::uri.eq(uri).and(message::author_uri.eq(author_uri));
    Ok(diesel::delete(message::table.filter(of_author)).execute(tx.conn())?)
}

/// Removes one message of an account. Answers whether it was there.
///
/// # Errors
/// The database's.
pub fn remove(tx: &mut Tx<'_>, account_id: i64, id: i64) -> Result<bool, Error> {
    let own = message::account_id.eq(account_id).and(message::id.eq(id));
    let gone = diesel::delete(message::table.filter(own)).execute(tx.conn())?;
    Ok(gone > 0)
}

/// Whether an author's message is here.
///
/// # Errors
/// The database's.
pub fn is_there(conn: &mut Conn, uri: &str, author_uri: &str) -> Result<bool, Error> {
    let count: i64 = message::table
        .filter(message::uri.eq(uri).and(message::author_uri.eq(author_uri)))
        .count()
        .get_result(conn)?;
    Ok(count > 0)
}

/// The messages of an account, the newest first.
///
/// # Errors
/// The database's.
pub fn list(conn: &mut Conn, account_id: i64, limit: i64) -> Result<Vec<Message>, Error> {
    Ok(Message::query()
        .filter(message::account_id.eq(account_id))
        .order_by((message::received_at.desc(), message::id.desc()))
        .limit(limit)
        .load(conn)?)
}

/// How many messages an account has.
///
/// # Errors
/// The database's.
pub fn count(conn: &mut Conn, account_id: i64) -> Result<i64, Error> {
    Ok(message::table
        .filter(message::account_id.eq(account_id))
        .count()
        .get_result(conn)?)
}

/// How many messages an account got from an author since a time.
///
/// # Errors
/// The database's.
pub fn count_since(
    conn: &mut Conn,
    account_id: i64,
    author_uri: &str,
    since: i64,
) -> Result<i64, Error> {
    Ok(message::table
        .filter(
            message::account_id
                .eq(account_id)
                .and(message::author_uri.eq(author_uri))
                .and(message::received_at.ge(since)),
        )
        .count()
        .get_result(conn)?)
}
