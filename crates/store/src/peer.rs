//! Sibling cities as this instance talks to them: where their inbox is, what they were sent, when
//! they were last heard.
//!
//! Start at [`Peer`]; [`backlog`] is what a sibling still has to get, [`Head`] what is said to it
//! about the logs. Times are microseconds since 1970 UTC.

use diesel::dsl::max;
use diesel::{
    BoolExpressionMethods, ExpressionMethods, HasQuery, Insertable, OptionalExtension, QueryDsl,
    RunQueryDsl,
};

use crate::conn::{Conn, on_backend};
use crate::failpoint::{self, Point};
use crate::schema::{city, entry, log, peer, topic};
use crate::{Error, Tx};

/// A sibling city.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery)]
#[diesel(table_name = peer)]
pub struct Peer {
    /// Slug of the city.
    pub city: String,
    /// Id of its Application; empty until it was found.
    pub actor_uri: String,
    /// Its shared inbox; empty until it was found.
    pub inbox: String,
    /// Its RSA key in PEM; empty until it was found.
    pub transport_key: String,
    /// Name and version of its software; may be empty.
    pub software: String,
    /// Id of the last entry of our own that was handed over to it.
    pub sent_id: i64,
    /// Failed deliveries in a row.
    pub failures: i32,
    /// No delivery before this time.
    pub retry_at: i64,
    /// Last successful delivery.
    pub sent_at: Option<i64>,
    /// Last authenticated word of theirs.
    pub heard_at: Option<i64>,
    /// Why the last delivery failed; empty after a success.
    pub last_error: String,
    /// Last time that it answered anything that we asked; written once a minute.
    pub answered_at: Option<i64>,
}

/// What a sibling says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Id of its Application.
    pub actor_uri: String,
    /// Its shared inbox.
    pub inbox: String,
    /// Its RSA key in PEM.
    pub transport_key: String,
    /// Name and version of its software; may be empty.
    pub software: String,
}

/// An entry of our own on its way to a sibling.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery)]
#[diesel(table_name = entry, base_query = entry::table.inner_join(log::table))]
pub struct Outgoing {
    /// Row key, growing in the order in which entries were made.
    pub id: i64,
    /// The bytes.
    pub body: String,
    /// The group that made it.
    #[diesel(select_expression = log::group_uri)]
    pub group_uri: String,
}

/// One log as siblings speak of it.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery)]
#[diesel(table_name = log, base_query = log::table.inner_join(topic::table).inner_join(city::table))]
pub struct Head {
    /// Row key of the log.
    #[diesel(select_expression = log::id)]
    pub log_id: i64,
    /// Slug of the topic.
    #[diesel(select_expression = topic::slug)]
    pub topic: String,
    /// Slug of the log's home.
    #[diesel(select_expression = log::city)]
    pub city: String,
    /// Where that home is; empty when not known.
    #[diesel(select_expression = city::base_url)]
    pub base_url: String,
    /// Whether it is our own.
    #[diesel(select_expression = city::is_self)]
    pub is_self: bool,
    /// The group.
    #[diesel(select_expression = log::group_uri)]
    pub group_uri: String,
    /// Its newest key, multibase.
    #[diesel(select_expression = log::public_key)]
    pub public_key: String,
    /// What is held.
    #[diesel(select_expression = log::head_seq)]
    pub head_seq: i64,
    /// Digest of the last entry that is held, hex; empty while nothing is.
    #[diesel(select_expression = log::head_digest)]
    pub head_digest: String,
    /// What is known to exist.
    #[diesel(select_expression = log::known_seq)]
    pub known_seq: i64,
    /// Whether equivocation stopped it.
    #[diesel(select_expression = log::is_frozen)]
    pub is_frozen: bool,
}

/// All siblings, by slug.
///
/// # Errors
/// [`Error`] of the database.
pub fn list(conn: &mut Conn) -> Result<Vec<Peer>, Error> {
    Ok(Peer::query().order_by(peer::city).load(conn)?)
}

/// The sibling of this slug.
///
/// # Errors
/// [`Error`] of the database.
pub fn by_city(conn: &mut Conn, slug: &str) -> Result<Option<Peer>, Error> {
    Ok(Peer::query()
        .filter(peer::city.eq(slug))
        .get_result(conn)
        .optional()?)
}

/// Makes the row of a sibling that is not known yet; a known one stays as it is.
///
/// # Errors
/// [`Error`] of the database.
pub fn ensure(tx: &mut Tx<'_>, slug: &str) -> Result<(), Error> {
    let new = NewPeer::unknown(slug);
    on_backend!(tx.conn(), |c| diesel::insert_into(peer::table)
        .values(&new)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// Records where a sibling lives, in `peer` and as the city's base URL.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_found(tx: &mut Tx<'_>, slug: &str, base_url: &str, found: &Found) -> Result<(), Error> {
    diesel::update(city::table.filter(city::slug.eq(slug)))
        .set(city::base_url.eq(base_url))
        .execute(tx.conn())?;
    diesel::update(peer::table.filter(peer::city.eq(slug)))
        .set((
            peer::actor_uri.eq(&found.actor_uri),
            peer::inbox.eq(&found.inbox),
            peer::transport_key.eq(&found.transport_key),
            peer::software.eq(&found.software),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// A delivery succeeded: everything up to and including `sent_id` is with the sibling.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_sent(tx: &mut Tx<'_>, slug: &str, sent_id: i64, at: i64) -> Result<(), Error> {
    diesel::update(peer::table.filter(peer::city.eq(slug)))
        .set((
            peer::sent_id.eq(sent_id),
            peer::sent_at.eq(Some(at)),
            peer::failures.eq(0),
            peer::retry_at.eq(0),
            peer::last_error.eq(""),
        ))
        .execute(tx.conn())?;
    failpoint::reach(Point::Cursor)
}

/// A delivery failed, for the `failures`-th time in a row; not before `retry_at` again.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_failed(
    tx: &mut Tx<'_>,
    slug: &str,
    failures: i32,
    retry_at: i64,
    error: &str,
) -> Result<(), Error> {
    diesel::update(peer::table.filter(peer::city.eq(slug)))
        .set((
            peer::failures.eq(failures),
            peer::retry_at.eq(retry_at),
            peer::last_error.eq(error),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// A sibling was heard: its pause is over.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_heard(tx: &mut Tx<'_>, slug: &str, at: i64) -> Result<(), Error> {
    diesel::update(peer::table.filter(peer::city.eq(slug)))
        .set((peer::heard_at.eq(Some(at)), peer::retry_at.eq(0)))
        .execute(tx.conn())?;
    Ok(())
}

/// A sibling answered something that we asked.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_answered(tx: &mut Tx<'_>, slug: &str, at: i64) -> Result<(), Error> {
    diesel::update(peer::table.filter(peer::city.eq(slug)))
        .set(peer::answered_at.eq(Some(at)))
        .execute(tx.conn())?;
    Ok(())
}

/// Entries of a city's own logs after `sent_id`, oldest first.
///
/// # Errors
/// [`Error`] of the database.
pub fn backlog(
    conn: &mut Conn,
    city: &str,
    sent_id: i64,
    limit: i64,
) -> Result<Vec<Outgoing>, Error> {
    Ok(Outgoing::query()
        .filter(log::city.eq(city).and(entry::id.gt(sent_id)))
        .order_by(entry::id)
        .limit(limit)
        .load(conn)?)
}

/// How many entries of a city's own logs come after `sent_id`, and the id of the last (0 = none).
///
/// # Errors
/// [`Error`] of the database.
pub fn backlog_size(conn: &mut Conn, city: &str, sent_id: i64) -> Result<(i64, i64), Error> {
    let (count, last): (i64, Option<i64>) = entry::table
        .inner_join(log::table)
        .filter(log::city.eq(city).and(entry::id.gt(sent_id)))
        .select((diesel::dsl::count_star(), max(entry::id)))
        .get_result(conn)?;
    Ok((count, last.unwrap_or(0)))
}

/// Id of the newest entry of our own, 0 when there is none.
///
/// # Errors
/// [`Error`] of the database.
pub fn newest_own(conn: &mut Conn) -> Result<i64, Error> {
    let own: Vec<(i64, i64)> = log::table
        .inner_join(city::table)
        .filter(city::is_self.eq(true).and(log::head_seq.gt(0)))
        .select((log::id, log::head_seq))
        .load(conn)?;
    // One look-up for each log: joined, SQLite walks back through all that others wrote since.
    let mut newest = 0;
    for (log_id, seq) in own {
        let id: Option<i64> = entry::table
            .filter(entry::log_id.eq(log_id).and(entry::seq.eq(seq)))
            .select(entry::id)
            .get_result(conn)
            .optional()?;
        newest = newest.max(id.unwrap_or(0));
    }
    Ok(newest)
}

/// The heads of all logs, by topic and city.
///
/// # Errors
/// [`Error`] of the database.
pub fn heads(conn: &mut Conn) -> Result<Vec<Head>, Error> {
    Ok(Head::query()
        .order_by((topic::position, topic::slug, log::city))
        .load(conn)?)
}

/// The heads of one topic's logs, by city.
///
/// # Errors
/// [`Error`] of the database.
pub fn heads_of_topic(conn: &mut Conn, slug: &str) -> Result<Vec<Head>, Error> {
    Ok(Head::query()
        .filter(topic::slug.eq(slug))
        .order_by(log::city)
        .load(conn)?)
}

/// Logs of other cities of which more is known to exist than is held.
///
/// # Errors
/// [`Error`] of the database.
pub fn behind(conn: &mut Conn) -> Result<Vec<Head>, Error> {
    Ok(Head::query()
        .filter(log::known_seq.gt(log::head_seq))
        .filter(log::is_frozen.eq(false))
        .filter(city::is_self.eq(false))
        .order_by(log::id)
        .load(conn)?)
}

#[derive(Insertable)]
#[diesel(table_name = peer)]
struct NewPeer<'a> {
    city: &'a str,
    actor_uri: &'a str,
    inbox: &'a str,
    transport_key: &'a str,
    software: &'a str,
    sent_id: i64,
    failures: i32,
    retry_at: i64,
    last_error: &'a str,
}

impl<'a> NewPeer<'a> {
    fn unknown(city: &'a str) -> Self {
        Self {
            city,
            actor_uri: "",
            inbox: "",
            transport_key: "",
            software: "",
            sent_id: 0,
            failures: 0,
            retry_at: 0,
            last_error: "",
        }
    }
}

#[cfg(test)]
mod tests;
