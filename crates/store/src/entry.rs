//! Entries: the elements of the logs, as bytes; and those that wait for something.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, HasQuery, Insertable, OptionalExtension, QueryDsl,
    RunQueryDsl, TextExpressionMethods,
};

use crate::{
    Conn, Error, Tx,
    schema::{entry, object, waiting},
    setting,
};

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = entry)]
pub struct Entry {
    /// Row key.
    pub id: i64,
    /// Log.
    pub log_id: i64,
    /// Place in it, from 1.
    pub seq: i64,
    /// Digest, hex.
    pub digest: String,
    /// Of the `Announce`.
    pub uri: String,
    /// Of the activity inside.
    pub activity_uri: String,
    /// The bytes, as made or received.
    pub body: String,
    /// Microseconds.
    pub received_at: i64,
    /// Stands in the chain and means nothing.
    pub is_void: bool,
}

/// Keeps an entry.
///
/// # Errors
/// The database's; also when the place in the log is taken.
pub fn add(tx: &mut Tx<'_>, row: &Entry) -> Result<(), Error> {
    diesel::insert_into(entry::table)
        .values(row)
        .execute(tx.conn())?;
    Ok(())
}

/// An entry that meant nothing has a meaning after all: the activity with this id.
///
/// # Errors
/// The database's.
pub fn set_meant(tx: &mut Tx<'_>, id: i64, activity_uri: &str) -> Result<(), Error> {
    diesel::update(entry::table.find(id))
        .set((
            entry::is_void.eq(false),
            entry::activity_uri.eq(activity_uri),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// The entries of a log from a place on mean nothing (for tests: as an older program kept them).
///
/// # Errors
/// The database's.
#[cfg(any(test, feature = "testing"))]
pub fn make_void(tx: &mut Tx<'_>, log_id: i64, seq: i64) -> Result<(), Error> {
    diesel::update(entry::table.filter(entry::log_id.eq(log_id).and(entry::seq.ge(seq))))
        .set(entry::is_void.eq(true))
        .execute(tx.conn())?;
    Ok(())
}

/// Entries of a log in whose bytes a text stands, in order.
///
/// # Errors
/// The database's.
pub fn list_naming(conn: &mut Conn, log_id: i64, text: &str) -> Result<Vec<Entry>, Error> {
    // A `_` in it stands for any character: the caller reads what it gets.
    Ok(Entry::query()
        .filter(entry::log_id.eq(log_id))
        .filter(entry::body.like(format!("%{text}%")))
        .order_by(entry::seq)
        .load(conn)?)
}

/// An entry loses its body, and its id with it: it means nothing from now on and waits for nothing.
///
/// # Errors
/// The database's.
pub fn blank(tx: &mut Tx<'_>, id: i64, uri: &str, body: &str) -> Result<(), Error> {
    diesel::delete(waiting::table.filter(waiting::entry_id.eq(id))).execute(tx.conn())?;
    diesel::update(entry::table.find(id))
        .set((
            entry::uri.eq(uri),
            entry::body.eq(body),
            entry::is_void.eq(true),
            entry::activity_uri.eq(""),
        ))
        .execute(tx.conn())?;
    changed(tx)
}

const CHANGES: &str = "log_changes";

/// How often entries were changed or taken away that stood in a log already: 0 almost always. What was
/// remembered of pages under another number does not hold any more.
///
/// # Errors
/// The database's.
pub fn changes(conn: &mut Conn) -> Result<i64, Error> {
    let held = setting::get(conn, CHANGES)?;
    Ok(held.and_then(|text| text.parse().ok()).unwrap_or(0))
}

/// Counts one more of these.
///
/// # Errors
/// The database's.
pub fn changed(tx: &mut Tx<'_>) -> Result<(), Error> {
    let next = changes(tx.conn())?.saturating_add(1);
    setting::put(tx, CHANGES, &next.to_string())
}

/// An entry means nothing after all.
///
/// # Errors
/// The database's.
pub fn set_void(tx: &mut Tx<'_>, id: i64) -> Result<(), Error> {
    diesel::update(entry::table.find(id))
        .set(entry::is_void.eq(true))
        .execute(tx.conn())?;
    Ok(())
}

/// Whether any entry means nothing.
///
/// # Errors
/// The database's.
pub fn any_void(conn: &mut Conn) -> Result<bool, Error> {
    let void = entry::table.filter(entry::is_void.eq(true));
    Ok(diesel::select(diesel::dsl::exists(void)).get_result(conn)?)
}

/// The digest of the entry at a place of a log.
///
/// # Errors
/// The database's.
pub fn digest_at(conn: &mut Conn, log_id: i64, seq: i64) -> Result<Option<String>, Error> {
    Ok(entry::table
        .filter(entry::log_id.eq(log_id).and(entry::seq.eq(seq)))
        .select(entry::digest)
        .get_result(conn)
        .optional()?)
}

/// The entry at a place of a log.
///
/// # Errors
/// The database's.
pub fn at(conn: &mut Conn, log_id: i64, seq: i64) -> Result<Option<Entry>, Error> {
    Ok(Entry::query()
        .filter(entry::log_id.eq(log_id).and(entry::seq.eq(seq)))
        .get_result(conn)
        .optional()?)
}

/// The bytes of the entries of a log after a place, in order.
///
/// # Errors
/// The database's.
pub fn bodies_after(
    conn: &mut Conn,
    log_id: i64,
    seq: i64,
    limit: i64,
) -> Result<Vec<String>, Error> {
    Ok(entry::table
        .filter(entry::log_id.eq(log_id).and(entry::seq.gt(seq)))
        .order_by(entry::seq)
        .limit(limit)
        .select(entry::body)
        .load(conn)?)
}

/// An entry by its own id or by the id of the activity inside; the first of a log in row order.
///
/// # Errors
/// The database's.
pub fn by_uri(conn: &mut Conn, uri: &str) -> Result<Option<Entry>, Error> {
    Ok(Entry::query()
        .filter(entry::uri.eq(uri).or(entry::activity_uri.eq(uri)))
        .order_by(entry::id)
        .first(conn)
        .optional()?)
}

/// One entry.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub fn by_id(conn: &mut Conn, id: i64) -> Result<Entry, Error> {
    Ok(Entry::query().filter(entry::id.eq(id)).get_result(conn)?)
}

/// Entries after a row key, in row order: the order in which they were taken in.
///
/// # Errors
/// The database's.
pub fn list_after(conn: &mut Conn, id: i64, limit: i64) -> Result<Vec<Entry>, Error> {
    Ok(Entry::query()
        .filter(entry::id.gt(id))
        .order_by(entry::id)
        .limit(limit)
        .load(conn)?)
}

/// An entry waits until the object `awaits` is here; `makes` is the object that it then creates,
/// empty when none.
///
/// # Errors
/// The database's.
pub fn wait_for(tx: &mut Tx<'_>, entry_id: i64, awaits: &str, makes: &str) -> Result<(), Error> {
    diesel::insert_into(waiting::table)
        .values((
            waiting::entry_id.eq(entry_id),
            waiting::awaits.eq(awaits),
            waiting::makes.eq(makes),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Whether an entry further up in the same log waits to create this object.
///
/// # Errors
/// The database's.
pub fn is_made_earlier(conn: &mut Conn, row: &Entry, uri: &str) -> Result<bool, Error> {
    // Two queries: joined, SQLite walks through the whole log (2026-11: 8 ms at 1,700 entries).
    let ids: Vec<i64> = waiting::table
        .filter(waiting::makes.eq(uri))
        .select(waiting::entry_id)
        .load(conn)?;
    for id in ids {
        let (log_id, seq): (i64, i64) = entry::table
            .find(id)
            .select((entry::log_id, entry::seq))
            .get_result(conn)?;
        if log_id == row.log_id && seq < row.seq {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether the activity of this entry stands further up in the same log, and not as a void.
///
/// # Errors
/// The database's.
pub fn is_repeated(conn: &mut Conn, row: &Entry) -> Result<bool, Error> {
    let count: i64 = entry::table
        .filter(entry::activity_uri.eq(&row.activity_uri))
        .filter(entry::log_id.eq(row.log_id).and(entry::seq.lt(row.seq)))
        .filter(entry::is_void.eq(false))
        .count()
        .get_result(conn)?;
    Ok(count > 0)
}

/// By digest (hex) within a log.
///
/// # Errors
/// The database's.
pub fn by_digest(conn: &mut Conn, log_id: i64, digest: &str) -> Result<Option<Entry>, Error> {
    Ok(Entry::query()
        .filter(entry::log_id.eq(log_id).and(entry::digest.eq(digest)))
        .first(conn)
        .optional()?)
}

/// Takes the entries that wait for this uri, in row order.
///
/// # Errors
/// The database's.
pub fn take_waiting(tx: &mut Tx<'_>, uri: &str) -> Result<Vec<Entry>, Error> {
    let ids: Vec<i64> = waiting::table
        .filter(waiting::awaits.eq(uri))
        .order_by(waiting::entry_id)
        .select(waiting::entry_id)
        .load(tx.conn())?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    diesel::delete(waiting::table.filter(waiting::awaits.eq(uri))).execute(tx.conn())?;
    ids.into_iter().map(|id| by_id(tx.conn(), id)).collect()
}

/// Which entries of a log are counted: those after a place that came since a time (microseconds).
#[derive(Debug, Clone, Copy)]
pub struct Recent {
    /// Log.
    pub log_id: i64,
    /// Bounds the work, however much came.
    pub after_seq: i64,
    /// Microseconds.
    pub since: i64,
}

/// How many of these carry an activity whose id is on `origin` (`https://host[:port]`).
///
/// # Errors
/// The database's.
pub fn count_from(conn: &mut Conn, recent: Recent, origin: &str) -> Result<i64, Error> {
    // A `_` in it stands for any character: at worst a neighbour is counted too.
    let on_origin = format!("{origin}/%");
    Ok(entry::table
        .filter(
            entry::log_id
                .eq(recent.log_id)
                .and(entry::seq.gt(recent.after_seq))
                .and(entry::received_at.ge(recent.since)),
        )
        .filter(entry::activity_uri.like(on_origin))
        .count()
        .get_result(conn)?)
}

/// How many objects of an author these made.
///
/// # Errors
/// The database's.
pub fn count_made_by(conn: &mut Conn, recent: Recent, author_id: i64) -> Result<i64, Error> {
    let made = entry::table
        .filter(
            entry::log_id
                .eq(recent.log_id)
                .and(entry::seq.gt(recent.after_seq))
                .and(entry::received_at.ge(recent.since)),
        )
        .select(entry::id);
    Ok(object::table
        .filter(object::id.eq_any(made).and(object::author_id.eq(author_id)))
        .count()
        .get_result(conn)?)
}

/// How many entries wait.
///
/// # Errors
/// The database's.
pub fn count_waiting(conn: &mut Conn) -> Result<i64, Error> {
    Ok(waiting::table.count().get_result(conn)?)
}
