//! Logs: one for each topic and city.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, HasQuery, Insertable, IntoSql, OptionalExtension,
    QueryDsl, RunQueryDsl, TextExpressionMethods, dsl::case_when, sql_types::BigInt,
};

use crate::{
    Conn, Error, Tx,
    failpoint::{self, Point},
    prepared::Fixed,
    schema::{author_key, log},
};

/// A log and how far it is held.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = log)]
pub struct Log {
    /// Row key.
    pub id: i64,
    /// Topic.
    pub topic_id: i64,
    /// Slug of its home city.
    pub city: String,
    /// The home's group.
    pub group_uri: String,
    /// The group's Ed25519 key, multibase.
    pub public_key: String,
    /// Last entry held; 0 = none.
    pub head_seq: i64,
    /// Its digest, hex; empty when none.
    pub head_digest: String,
    /// Last entry known to exist; more than `head_seq` = to be pulled.
    pub known_seq: i64,
    /// Two signed entries with one seq were seen: nothing more is taken in.
    pub is_frozen: bool,
}

impl Log {
    /// A log of which nothing is held yet. `key` proves its first entry.
    #[must_use]
    pub fn unread(id: i64, topic_id: i64, city: &str, group_uri: &str, key: &str) -> Self {
        Self {
            id,
            topic_id,
            city: city.to_owned(),
            group_uri: group_uri.to_owned(),
            public_key: key.to_owned(),
            head_seq: 0,
            head_digest: String::new(),
            known_seq: 0,
            is_frozen: false,
        }
    }
}

/// All logs, by topic and city.
///
/// # Errors
/// The database's.
pub fn all(conn: &mut Conn) -> Result<Vec<Log>, Error> {
    Ok(Log::query()
        .order_by((log::topic_id, log::city))
        .load(conn)?)
}

/// The logs of one topic, by city.
///
/// # Errors
/// The database's.
pub fn of_topic(conn: &mut Conn, topic_id: i64) -> Result<Vec<Log>, Error> {
    Ok(Log::query()
        .filter(log::topic_id.eq(topic_id))
        .order_by(log::city)
        .load(conn)?)
}

/// One log.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub fn by_id(conn: &mut Conn, id: i64) -> Result<Log, Error> {
    Ok(Log::query().filter(log::id.eq(id)).get_result(conn)?)
}

/// The log of a group.
///
/// # Errors
/// The database's.
pub fn by_group(conn: &mut Conn, group_uri: &str) -> Result<Option<Log>, Error> {
    Ok(Log::query()
        .filter(log::group_uri.eq(group_uri))
        .get_result(conn)
        .optional()?)
}

/// The log of a city in a topic.
///
/// # Errors
/// The database's.
pub fn by_home(conn: &mut Conn, topic_id: i64, city: &str) -> Result<Option<Log>, Error> {
    Ok(Log::query()
        .filter(log::topic_id.eq(topic_id).and(log::city.eq(city)))
        .get_result(conn)
        .optional()?)
}

/// Keeps a new log.
///
/// # Errors
/// The database's.
pub fn add(tx: &mut Tx<'_>, row: &Log) -> Result<(), Error> {
    diesel::insert_into(log::table)
        .values(row)
        .execute(tx.conn())?;
    Ok(())
}

/// Moves the head of a log.
///
/// # Errors
/// The database's.
pub fn set_head(tx: &mut Tx<'_>, id: i64, seq: i64, digest: &str) -> Result<(), Error> {
    let known =
        case_when(log::known_seq.lt(seq), seq.into_sql::<BigInt>()).otherwise(log::known_seq);
    let update = diesel::update(log::table.find(id)).set((
        log::head_seq.eq(seq),
        log::head_digest.eq(digest),
        log::known_seq.eq(known),
    ));
    Fixed(update).execute(tx.conn())?;
    failpoint::reach(Point::Cursor)
}

/// Remembers that a log reaches at least to `seq`.
///
/// # Errors
/// The database's.
pub fn raise_known(tx: &mut Tx<'_>, id: i64, seq: i64) -> Result<(), Error> {
    diesel::update(log::table.filter(log::id.eq(id).and(log::known_seq.lt(seq))))
        .set(log::known_seq.eq(seq))
        .execute(tx.conn())?;
    Ok(())
}

/// Takes nothing more into a log.
///
/// # Errors
/// The database's.
pub fn freeze(tx: &mut Tx<'_>, id: i64) -> Result<(), Error> {
    diesel::update(log::table.find(id))
        .set(log::is_frozen.eq(true))
        .execute(tx.conn())?;
    Ok(())
}

/// The key that a log holds for an author, and the activity that brought it.
///
/// # Errors
/// The database's.
pub fn author_key(
    conn: &mut Conn,
    log_id: i64,
    person_uri: &str,
) -> Result<Option<(String, String)>, Error> {
    Ok(author_key::table
        .find((log_id, person_uri))
        .select((author_key::public_key, author_key::card_uri))
        .get_result(conn)
        .optional()?)
}

/// Whether any log names an author on a server (`https://host[:port]`).
///
/// # Errors
/// The database's.
pub fn any_author_on(conn: &mut Conn, base_url: &str) -> Result<bool, Error> {
    let there = author_key::table.filter(author_key::person_uri.like(format!("{base_url}/%")));
    Ok(diesel::select(diesel::dsl::exists(there)).get_result(conn)?)
}

/// Keeps the key that a card brought; empty = a group attests somebody from outside.
///
/// # Errors
/// The database's.
pub fn put_author_key(
    tx: &mut Tx<'_>,
    log_id: i64,
    person_uri: &str,
    public_key: &str,
    card_uri: &str,
) -> Result<(), Error> {
    diesel::delete(author_key::table.find((log_id, person_uri))).execute(tx.conn())?;
    diesel::insert_into(author_key::table)
        .values((
            author_key::log_id.eq(log_id),
            author_key::person_uri.eq(person_uri),
            author_key::public_key.eq(public_key),
            author_key::card_uri.eq(card_uri),
        ))
        .execute(tx.conn())?;
    Ok(())
}
