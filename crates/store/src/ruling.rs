//! What the coordination of a topic has ruled and is in force: about posts, people and the topic
//! itself. A view.

use std::collections::BTreeSet;

use diesel::{
    BoolExpressionMethods, ExpressionMethods, HasQuery, Insertable, JoinOnDsl, OptionalExtension,
    QueryDsl, RunQueryDsl, SelectableHelper,
};

use crate::{
    Conn, Error, Tx,
    entry::Entry,
    ledger::LedgerEntry,
    page::list::Slice,
    schema::{entry, ledger_entry, object, ruling},
};

/// The object is hidden.
pub const REMOVED: &str = "removed";
/// The thread takes no more answers.
pub const LOCKED: &str = "locked";
/// The thread or knowledge object stands first.
pub const FEATURED: &str = "featured";
/// The person may not write.
pub const BANNED: &str = "banned";
/// The topic's page has its own texts.
pub const PAGE: &str = "page";
/// The topic's list of priorities.
pub const PRIORITIES: &str = "priorities";
/// A collection of the topic's library.
pub const COLLECTION: &str = "collection";

/// A ruling in force.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, HasQuery, Insertable)]
#[diesel(table_name = ruling)]
pub struct Ruling {
    /// Topic.
    pub topic_id: i64,
    /// The post or person, which may not be here yet, the topic, or a collection of it.
    pub object_uri: String,
    /// One of the constants above.
    pub kind: String,
    /// Row key of the act that says so.
    pub entry_id: i64,
    /// Microseconds.
    pub made_at: i64,
    /// When it ends by itself, microseconds.
    pub ends_at: Option<i64>,
}

/// What is in force in a topic, by object and kind.
///
/// # Errors
/// The database's.
pub fn of_topic(conn: &mut Conn, topic_id: i64) -> Result<Vec<Ruling>, Error> {
    Ok(Ruling::query()
        .filter(ruling::topic_id.eq(topic_id))
        .order_by((ruling::object_uri, ruling::kind))
        .load(conn)?)
}

/// What is in force about an object.
///
/// # Errors
/// The database's.
pub fn about(
    conn: &mut Conn,
    topic_id: i64,
    object_uri: &str,
    kind: &str,
) -> Result<Option<Ruling>, Error> {
    Ok(Ruling::query()
        .filter(ruling::topic_id.eq(topic_id).and(ruling::kind.eq(kind)))
        .filter(ruling::object_uri.eq(object_uri))
        .get_result(conn)
        .optional()?)
}

/// What is in force in a topic of one kind, the newest first, at most `limit`: a city that rules without
/// end must not make everybody's pages grow.
///
/// # Errors
/// The database's.
pub fn of_kind(
    conn: &mut Conn,
    topic_id: i64,
    kind: &str,
    limit: usize,
) -> Result<Vec<Ruling>, Error> {
    Ok(Ruling::query()
        .filter(ruling::topic_id.eq(topic_id).and(ruling::kind.eq(kind)))
        .order_by((ruling::made_at.desc(), ruling::object_uri))
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .load(conn)?)
}

/// What is in force in a topic, each with the act that says so, the newest first.
///
/// # Errors
/// The database's.
pub fn with_acts(
    conn: &mut Conn,
    topic_id: i64,
    slice: Slice,
) -> Result<Vec<(Ruling, LedgerEntry)>, Error> {
    Ok(ruling::table
        .inner_join(ledger_entry::table.on(ledger_entry::entry_id.eq(ruling::entry_id)))
        .filter(ruling::topic_id.eq(topic_id))
        .order_by((ruling::made_at.desc(), ruling::entry_id.desc()))
        .limit(slice.limit)
        .offset(slice.offset)
        .select((Ruling::as_select(), LedgerEntry::as_select()))
        .load(conn)?)
}

/// How much is in force in a topic.
///
/// # Errors
/// The database's.
pub fn count(conn: &mut Conn, topic_id: i64) -> Result<i64, Error> {
    Ok(ruling::table
        .filter(ruling::topic_id.eq(topic_id))
        .count()
        .get_result(conn)?)
}

/// The entries that say what is in force about topics themselves, by topic.
///
/// # Errors
/// The database's.
pub fn entries_of(conn: &mut Conn, kind: &str) -> Result<Vec<(i64, Entry)>, Error> {
    Ok(ruling::table
        .inner_join(entry::table)
        .filter(ruling::kind.eq(kind))
        .order_by(ruling::topic_id)
        .select((ruling::topic_id, Entry::as_select()))
        .load(conn)?)
}

/// The entries that say what is in force of one kind in a topic, by the ids of what they are about, at most
/// `limit`.
///
/// # Errors
/// The database's.
pub fn entries_in(
    conn: &mut Conn,
    topic_id: i64,
    kind: &str,
    limit: usize,
) -> Result<Vec<Entry>, Error> {
    Ok(ruling::table
        .inner_join(entry::table)
        .filter(ruling::topic_id.eq(topic_id).and(ruling::kind.eq(kind)))
        .order_by((ruling::object_uri, ruling::entry_id))
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select(Entry::as_select())
        .load(conn)?)
}

/// The entry that says what is in force about a thing.
///
/// # Errors
/// The database's.
pub fn entry_about(
    conn: &mut Conn,
    topic_id: i64,
    object_uri: &str,
    kind: &str,
) -> Result<Option<Entry>, Error> {
    Ok(ruling::table
        .inner_join(entry::table)
        .filter(ruling::topic_id.eq(topic_id).and(ruling::kind.eq(kind)))
        .filter(ruling::object_uri.eq(object_uri))
        .select(Entry::as_select())
        .first(conn)
        .optional()?)
}

/// The entry that says what is in force about the topic itself.
///
/// # Errors
/// The database's.
pub fn entry_of(conn: &mut Conn, topic_id: i64, kind: &str) -> Result<Option<Entry>, Error> {
    Ok(ruling::table
        .inner_join(entry::table)
        .filter(ruling::topic_id.eq(topic_id).and(ruling::kind.eq(kind)))
        .select(Entry::as_select())
        .first(conn)
        .optional()?)
}

/// The ban that keeps a person from writing in a topic at this time.
///
/// # Errors
/// The database's.
pub fn ban_at(
    conn: &mut Conn,
    topic_id: i64,
    person_uri: &str,
    now: i64,
) -> Result<Option<Ruling>, Error> {
    let ban = about(conn, topic_id, person_uri, BANNED)?;
    Ok(ban.filter(|ban| ban.ends_at.is_none_or(|end| now < end)))
}

/// Replaces what is in force in a topic; hides and shows objects accordingly.
///
/// # Errors
/// The database's.
pub fn put(tx: &mut Tx<'_>, topic_id: i64, rows: Vec<Ruling>) -> Result<(), Error> {
    let held: BTreeSet<Ruling> = of_topic(tx.conn(), topic_id)?.into_iter().collect();
    let rows: BTreeSet<Ruling> = rows.into_iter().collect();
    for gone in held.difference(&rows) {
        diesel::delete(ruling::table.find((topic_id, &gone.object_uri, &gone.kind)))
            .execute(tx.conn())?;
        if gone.kind == REMOVED {
            set_removed(tx, topic_id, &gone.object_uri, None)?;
        }
    }
    for new in rows.difference(&held) {
        diesel::insert_into(ruling::table)
            .values(new)
            .execute(tx.conn())?;
        if new.kind == REMOVED {
            set_removed(tx, topic_id, &new.object_uri, Some(new.made_at))?;
        }
    }
    Ok(())
}

/// An object has come: hides it if a ruling says so.
///
/// # Errors
/// The database's.
pub fn apply(tx: &mut Tx<'_>, topic_id: i64, object_uri: &str) -> Result<(), Error> {
    if let Some(row) = about(tx.conn(), topic_id, object_uri, REMOVED)? {
        set_removed(tx, topic_id, object_uri, Some(row.made_at))?;
    }
    Ok(())
}

fn set_removed(
    tx: &mut Tx<'_>,
    topic_id: i64,
    object_uri: &str,
    at: Option<i64>,
) -> Result<(), Error> {
    let held = object::topic_id
        .eq(topic_id)
        .and(object::uri.eq(object_uri));
    diesel::update(object::table.filter(held))
        .set(object::removed_at.eq(at))
        .execute(tx.conn())?;
    Ok(())
}

/// Empties the view.
pub(crate) fn clear(tx: &mut Tx<'_>) -> Result<(), Error> {
    diesel::delete(ruling::table).execute(tx.conn())?;
    Ok(())
}
