//! The coordination ledger: its acts with their verdicts, the terms, the members. A view, but for
//! [`Founding`].

use diesel::{
    ExpressionMethods, HasQuery, Insertable, OptionalExtension, QueryDsl, RunQueryDsl,
    SelectableHelper,
};

use crate::{
    Conn, Error, Tx, entry,
    schema::{
        entry as entry_table, ledger_entry, ledger_member, ledger_term, ledger_topic, log, topic,
    },
};

/// How the coordination of a topic was founded, as this city was told.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = ledger_topic)]
pub struct Founding {
    /// Topic.
    pub topic_id: i64,
    /// Slug of the city whose first genesis counts; empty = nobody's.
    pub founder: String,
    /// Digest (hex) of the genesis entry, from an invitation; empty = the founder's first.
    pub founded_by: String,
}

/// An act of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = ledger_entry)]
pub struct LedgerEntry {
    /// Row key of the entry.
    pub entry_id: i64,
    /// Topic.
    pub topic_id: i64,
    /// Log.
    pub log_id: i64,
    /// Place in it.
    pub seq: i64,
    /// Digest of the entry, hex.
    pub digest: String,
    /// The wire's `tq:act`.
    pub word: String,
    /// Who acted.
    pub actor_uri: String,
    /// Microseconds, as the author says.
    pub made_at: i64,
    /// Plain text.
    pub note: String,
    /// Digest (hex) of what it acknowledges; empty for all else.
    pub deed: String,
    /// `good`, `refused`, `waits`.
    pub verdict: String,
    /// Code of a refusal, or what is waited for; empty when good.
    pub reason: String,
}

/// A term.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = ledger_term)]
pub struct LedgerTerm {
    /// Topic.
    pub topic_id: i64,
    /// From 1.
    pub number: i64,
    /// Slug of the city that coordinates.
    pub city: String,
    /// `genesis`, `seal`, `certificate`.
    pub opened_by: String,
    /// Digest (hex) of the entry that opened it.
    pub deed: String,
    /// Acts count after this place of the city's log.
    pub start_seq: i64,
    /// And up to this one; `None` while it lasts.
    pub last_seq: Option<i64>,
    /// Planned start, microseconds.
    pub starts_at: i64,
    /// Planned end, microseconds.
    pub ends_at: i64,
    /// `seal`, `certificate`, `leave`, `fork`; empty while it lasts.
    pub ended_by: String,
    /// Whether nothing can take its deed back.
    pub is_settled: bool,
}

/// A city's taking part.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = ledger_member)]
pub struct LedgerMember {
    /// Topic.
    pub topic_id: i64,
    /// Slug.
    pub city: String,
    /// Its group.
    pub group_uri: String,
    /// Ed25519 multibase on its record.
    pub public_key: String,
    /// It speaks as a member from this place of its log.
    pub from_seq: i64,
    /// `left`, `removed`; empty while it takes part.
    pub until_kind: String,
}

/// How a topic's coordination was founded; `None`: this city knows of no founder.
///
/// # Errors
/// The database's.
pub fn founding(conn: &mut Conn, topic_id: i64) -> Result<Option<Founding>, Error> {
    Ok(Founding::query()
        .filter(ledger_topic::topic_id.eq(topic_id))
        .get_result(conn)
        .optional()?)
}

/// Says which city founds a topic. A digest from an invitation stays.
///
/// # Errors
/// The database's.
pub fn put_founder(tx: &mut Tx<'_>, topic_id: i64, founder: &str) -> Result<(), Error> {
    let changed = diesel::update(ledger_topic::table.find(topic_id))
        .set(ledger_topic::founder.eq(founder))
        .execute(tx.conn())?;
    if changed == 0 {
        let row = Founding {
            topic_id,
            founder: founder.to_owned(),
            founded_by: String::new(),
        };
        diesel::insert_into(ledger_topic::table)
            .values(&row)
            .execute(tx.conn())?;
    }
    Ok(())
}

/// Keeps an act of the ledger.
///
/// # Errors
/// The database's.
pub fn add(tx: &mut Tx<'_>, row: &LedgerEntry) -> Result<(), Error> {
    diesel::insert_into(ledger_entry::table)
        .values(row)
        .execute(tx.conn())?;
    Ok(())
}

/// The act in an entry.
///
/// # Errors
/// The database's.
pub fn by_entry(conn: &mut Conn, entry_id: i64) -> Result<Option<LedgerEntry>, Error> {
    Ok(LedgerEntry::query()
        .filter(ledger_entry::entry_id.eq(entry_id))
        .get_result(conn)
        .optional()?)
}

/// The acts of a topic with the slug of their city and the entry, by log and place.
///
/// # Errors
/// The database's.
pub fn acts(
    conn: &mut Conn,
    topic_id: i64,
) -> Result<Vec<(LedgerEntry, String, entry::Entry)>, Error> {
    Ok(ledger_entry::table
        .inner_join(entry_table::table)
        .inner_join(log::table)
        .filter(ledger_entry::topic_id.eq(topic_id))
        .order_by((log::city, ledger_entry::seq))
        .select((
            LedgerEntry::as_select(),
            log::city,
            entry::Entry::as_select(),
        ))
        .load(conn)?)
}

/// The acts of a topic as every city knows them, for comparing replicas: city, place, digest, word,
/// verdict, reason.
///
/// # Errors
/// The database's.
pub fn verdicts(conn: &mut Conn, topic_id: i64) -> Result<Vec<Verdict>, Error> {
    Ok(ledger_entry::table
        .inner_join(log::table)
        .filter(ledger_entry::topic_id.eq(topic_id))
        .order_by((log::city, ledger_entry::seq))
        .select((
            log::city,
            ledger_entry::seq,
            ledger_entry::digest,
            ledger_entry::word,
            ledger_entry::verdict,
            ledger_entry::reason,
        ))
        .load(conn)?)
}

/// City, place, digest, word, verdict, reason.
pub type Verdict = (String, i64, String, String, String, String);

/// Says what an act comes to.
///
/// # Errors
/// The database's.
pub fn set_verdict(
    tx: &mut Tx<'_>,
    entry_id: i64,
    verdict: &str,
    reason: &str,
) -> Result<(), Error> {
    diesel::update(ledger_entry::table.find(entry_id))
        .set((
            ledger_entry::verdict.eq(verdict),
            ledger_entry::reason.eq(reason),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// The terms of a topic, in order.
///
/// # Errors
/// The database's.
pub fn terms(conn: &mut Conn, topic_id: i64) -> Result<Vec<LedgerTerm>, Error> {
    Ok(LedgerTerm::query()
        .filter(ledger_term::topic_id.eq(topic_id))
        .order_by(ledger_term::number)
        .load(conn)?)
}

/// The terms that last, of all topics.
///
/// # Errors
/// The database's.
pub fn open_terms(conn: &mut Conn) -> Result<Vec<LedgerTerm>, Error> {
    Ok(LedgerTerm::query()
        .filter(ledger_term::ended_by.eq(""))
        .order_by(ledger_term::topic_id)
        .load(conn)?)
}

/// Who takes part or took part in a topic, by city.
///
/// # Errors
/// The database's.
pub fn members(conn: &mut Conn, topic_id: i64) -> Result<Vec<LedgerMember>, Error> {
    Ok(LedgerMember::query()
        .filter(ledger_member::topic_id.eq(topic_id))
        .order_by(ledger_member::city)
        .load(conn)?)
}

/// Replaces the terms of a topic. Answers whether anything is different.
///
/// # Errors
/// The database's.
pub fn put_terms(tx: &mut Tx<'_>, topic_id: i64, rows: &[LedgerTerm]) -> Result<bool, Error> {
    if terms(tx.conn(), topic_id)? == rows {
        return Ok(false);
    }
    diesel::delete(ledger_term::table.filter(ledger_term::topic_id.eq(topic_id)))
        .execute(tx.conn())?;
    for row in rows {
        diesel::insert_into(ledger_term::table)
            .values(row)
            .execute(tx.conn())?;
    }
    Ok(true)
}

/// Replaces the members of a topic.
///
/// # Errors
/// The database's.
pub fn put_members(tx: &mut Tx<'_>, topic_id: i64, rows: &[LedgerMember]) -> Result<(), Error> {
    if members(tx.conn(), topic_id)? == rows {
        return Ok(());
    }
    diesel::delete(ledger_member::table.filter(ledger_member::topic_id.eq(topic_id)))
        .execute(tx.conn())?;
    for row in rows {
        diesel::insert_into(ledger_member::table)
            .values(row)
            .execute(tx.conn())?;
    }
    Ok(())
}

/// Slugs of the topics in which a term was opened by an act that the city's own log does not
/// acknowledge.
///
/// # Errors
/// The database's.
pub fn unacknowledged(conn: &mut Conn, city: &str) -> Result<Vec<String>, Error> {
    let seen = ledger_entry::table
        .inner_join(log::table)
        .filter(log::city.eq(city))
        .filter(ledger_entry::deed.eq(ledger_term::deed))
        .filter(ledger_entry::topic_id.eq(ledger_term::topic_id));
    Ok(ledger_term::table
        .inner_join(topic::table)
        .filter(ledger_term::number.gt(1))
        .filter(diesel::dsl::not(diesel::dsl::exists(seen)))
        .order_by(topic::slug)
        .select(topic::slug)
        .distinct()
        .load(conn)?)
}

/// The people who spoke for a city in a topic's ledger, so that it counts.
///
/// # Errors
/// The database's.
pub fn speakers(conn: &mut Conn, topic_id: i64, city: &str) -> Result<Vec<String>, Error> {
    Ok(ledger_entry::table
        .inner_join(log::table)
        .filter(ledger_entry::topic_id.eq(topic_id))
        .filter(log::city.eq(city))
        .filter(ledger_entry::verdict.eq("good"))
        .filter(ledger_entry::actor_uri.ne(log::group_uri))
        .order_by(ledger_entry::actor_uri)
        .select(ledger_entry::actor_uri)
        .distinct()
        .load(conn)?)
}

/// Empties the view.
pub(crate) fn clear(tx: &mut Tx<'_>) -> Result<(), Error> {
    crate::ruling::clear(tx)?;
    let conn = tx.conn();
    diesel::delete(ledger_entry::table).execute(conn)?;
    diesel::delete(ledger_term::table).execute(conn)?;
    diesel::delete(ledger_member::table).execute(conn)?;
    Ok(())
}
