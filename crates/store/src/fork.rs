//! Logs that were told in two ways: where the ways part, and the entries that prove it.
//!
//! What must stay true: `fork.seq` only ever goes down; once it is exact, the log holds nothing from
//! there on, and the entries that it held are here.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, HasQuery, Insertable, OptionalExtension, QueryDsl,
    RunQueryDsl,
};

use crate::{
    Conn, Error, Tx,
    conn::on_backend,
    schema::{entry, fork, fork_entry, log},
};

/// Where a log parts into two.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = fork)]
pub struct Fork {
    /// Log.
    pub log_id: i64,
    /// The first number that is known to stand there twice.
    pub seq: i64,
    /// Whether both entries with that number are at hand, and follow the same one.
    pub is_exact: bool,
    /// When it was seen here first, microseconds.
    pub seen_at: i64,
}

/// An entry outside of its log.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = fork_entry)]
pub struct ForkEntry {
    /// Log.
    pub log_id: i64,
    /// Digest, hex.
    pub digest: String,
    /// The place it claims.
    pub seq: i64,
    /// The bytes.
    pub body: String,
}

/// All forks, by log.
///
/// # Errors
/// The database's.
pub fn all(conn: &mut Conn) -> Result<Vec<Fork>, Error> {
    Ok(Fork::query().order_by(fork::log_id).load(conn)?)
}

/// The fork of a log.
///
/// # Errors
/// The database's.
pub fn of_log(conn: &mut Conn, log_id: i64) -> Result<Option<Fork>, Error> {
    Ok(Fork::query()
        .filter(fork::log_id.eq(log_id))
        .get_result(conn)
        .optional()?)
}

/// Remembers a fork, or that it is further up than was known.
///
/// # Errors
/// The database's.
pub fn put(tx: &mut Tx<'_>, row: &Fork) -> Result<(), Error> {
    let changed = diesel::update(fork::table.find(row.log_id))
        .set((fork::seq.eq(row.seq), fork::is_exact.eq(row.is_exact)))
        .execute(tx.conn())?;
    if changed == 0 {
        diesel::insert_into(fork::table)
            .values(row)
            .execute(tx.conn())?;
    }
    Ok(())
}

/// The entries with one number, by digest: from two of them on they are the proof.
///
/// # Errors
/// The database's.
pub fn proof(conn: &mut Conn, log_id: i64, seq: i64, limit: i64) -> Result<Vec<ForkEntry>, Error> {
    Ok(ForkEntry::query()
        .filter(fork_entry::log_id.eq(log_id).and(fork_entry::seq.eq(seq)))
        .order_by(fork_entry::digest)
        .limit(limit)
        .load(conn)?)
}

/// Keeps an entry that contradicts the log.
///
/// # Errors
/// The database's.
pub fn keep(tx: &mut Tx<'_>, row: &ForkEntry) -> Result<(), Error> {
    on_backend!(tx.conn(), |c| diesel::insert_into(fork_entry::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// An entry outside of its log loses its body, too.
///
/// # Errors
/// The database's.
pub fn blank(tx: &mut Tx<'_>, log_id: i64, digest: &str, body: &str) -> Result<(), Error> {
    diesel::update(fork_entry::table.find((log_id, digest)))
        .set(fork_entry::body.eq(body))
        .execute(tx.conn())?;
    Ok(())
}

/// Takes everything from `seq` on out of a log and keeps it here; the head moves before it. The view
/// must be empty.
///
/// # Errors
/// The database's.
pub fn cut(tx: &mut Tx<'_>, log_id: i64, seq: i64) -> Result<(), Error> {
    const AT_ONCE: i64 = 500;
    let of_log = entry::log_id.eq(log_id);
    loop {
        let rows: Vec<(i64, String, i64, String)> = entry::table
            .filter(of_log.and(entry::seq.ge(seq)))
            .order_by(entry::seq.desc())
            .limit(AT_ONCE)
            .select((entry::id, entry::digest, entry::seq, entry::body))
            .load(tx.conn())?;
        if rows.is_empty() {
            break;
        }
        for (id, digest, seq, body) in rows {
            let row = ForkEntry {
                log_id,
                digest,
                seq,
                body,
            };
            keep(tx, &row)?;
            diesel::delete(entry::table.find(id)).execute(tx.conn())?;
        }
    }
    let before: Option<String> = entry::table
        .filter(of_log.and(entry::seq.eq(seq - 1)))
        .select(entry::digest)
        .get_result(tx.conn())
        .optional()?;
    diesel::update(log::table.find(log_id))
        .set((
            log::head_seq.eq(seq - 1),
            log::head_digest.eq(before.unwrap_or_default()),
            log::known_seq.eq(seq - 1),
        ))
        .execute(tx.conn())?;
    crate::entry::changed(tx)
}
