//! Own logs about which the database may be wrong, after it was set back, copied or restored; and what
//! the logs say of votes that were lost with it.
//!
//! Start at [`Recovery`]. A log is held, and takes nothing new of ours, while its row has no `ended_at`.

use std::collections::HashMap;

use diesel::{
    ExpressionMethods, HasQuery, Insertable, JoinOnDsl, OptionalExtension, QueryDsl, RunQueryDsl,
    dsl::count_star,
};

use crate::{
    Conn, Error, Tx,
    schema::{object, outside_vote, recovery, tally, tally_floor, vote},
};

/// How it stands with one own log.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = recovery)]
pub struct Recovery {
    /// The log.
    pub log_id: i64,
    /// Why: `lost`, `restored`, `copied`, `set-back`, `behind`.
    pub reason: String,
    /// Microseconds.
    pub began_at: i64,
    /// Microseconds; `None` = it is held.
    pub ended_at: Option<i64>,
    /// Last entry that was there at the beginning.
    pub first_seq: i64,
    /// How far it is known to have reached; 0 = not known.
    pub target_seq: i64,
    /// When siblings were asked last, microseconds.
    pub asked_at: Option<i64>,
    /// How many of them answered then.
    pub answers: i64,
    /// Entries that existed and that nobody had any more.
    pub lost: i64,
}

/// All that there are, by log.
///
/// # Errors
/// The database's.
pub fn all(conn: &mut Conn) -> Result<Vec<Recovery>, Error> {
    Ok(Recovery::query().order_by(recovery::log_id).load(conn)?)
}

/// Those of the logs that are held.
///
/// # Errors
/// The database's.
pub fn held(conn: &mut Conn) -> Result<Vec<Recovery>, Error> {
    Ok(Recovery::query()
        .filter(recovery::ended_at.is_null())
        .order_by(recovery::log_id)
        .load(conn)?)
}

/// Whether a log is held.
///
/// # Errors
/// The database's.
pub fn is_held(conn: &mut Conn, log_id: i64) -> Result<bool, Error> {
    let ended: Option<Option<i64>> = recovery::table
        .find(log_id)
        .select(recovery::ended_at)
        .get_result(conn)
        .optional()?;
    Ok(ended == Some(None))
}

/// Holds a log. One that is held already stays as it is, but for a target further on.
///
/// # Errors
/// The database's.
pub fn begin(tx: &mut Tx<'_>, row: &Recovery) -> Result<(), Error> {
    if is_held(tx.conn(), row.log_id)? {
        let behind = recovery::table
            .find(row.log_id)
            .filter(recovery::target_seq.lt(row.target_seq));
        diesel::update(behind)
            .set(recovery::target_seq.eq(row.target_seq))
            .execute(tx.conn())?;
        return Ok(());
    }
    diesel::delete(recovery::table.find(row.log_id)).execute(tx.conn())?;
    diesel::insert_into(recovery::table)
        .values(row)
        .execute(tx.conn())?;
    Ok(())
}

/// Siblings were asked: so many answered.
///
/// # Errors
/// The database's.
pub fn asked(tx: &mut Tx<'_>, log_id: i64, answers: i64, at: i64) -> Result<(), Error> {
    diesel::update(recovery::table.find(log_id))
        .set((
            recovery::asked_at.eq(Some(at)),
            recovery::answers.eq(answers),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Lets a log go on.
///
/// # Errors
/// The database's.
pub fn end(tx: &mut Tx<'_>, log_id: i64, lost: i64, at: i64) -> Result<(), Error> {
    diesel::update(recovery::table.find(log_id))
        .set((recovery::ended_at.eq(Some(at)), recovery::lost.eq(lost)))
        .execute(tx.conn())?;
    Ok(())
}

/// What the tally of an object does not fall below; 0 when nothing was lost.
///
/// # Errors
/// The database's.
pub fn floor(conn: &mut Conn, object_uri: &str) -> Result<i64, Error> {
    let amount: Option<i64> = tally_floor::table
        .find(object_uri)
        .select(tally_floor::amount)
        .get_result(conn)
        .optional()?;
    Ok(amount.unwrap_or(0))
}

/// Somebody takes a vote back: it was among those that were counted.
///
/// # Errors
/// The database's.
pub fn lower_floor(tx: &mut Tx<'_>, object_uri: &str) -> Result<(), Error> {
    match floor(tx.conn(), object_uri)? {
        0 => {}
        1 => {
            diesel::delete(tally_floor::table.find(object_uri)).execute(tx.conn())?;
        }
        amount => {
            diesel::update(tally_floor::table.find(object_uri))
                .set(tally_floor::amount.eq(amount - 1))
                .execute(tx.conn())?;
        }
    }
    Ok(())
}

/// Keeps, for each object of which a log's tally is more than the votes that are here, that tally.
///
/// # Errors
/// The database's.
pub fn set_floors(tx: &mut Tx<'_>, log_id: i64) -> Result<(), Error> {
    let conn = tx.conn();
    let told: Vec<(String, i64)> = tally::table
        .inner_join(object::table.on(object::id.eq(tally::object_id)))
        .filter(tally::log_id.eq(log_id))
        .select((object::uri, tally::amount))
        .load(conn)?;
    let members: Vec<(String, i64)> = vote::table
        .group_by(vote::object_uri)
        .select((vote::object_uri, count_star()))
        .load(conn)?;
    let outsiders: Vec<(String, i64)> = outside_vote::table
        .group_by(outside_vote::object_uri)
        .select((outside_vote::object_uri, count_star()))
        .load(conn)?;
    let mut counted: HashMap<String, i64> = HashMap::new();
    for (uri, count) in members.into_iter().chain(outsiders) {
        *counted.entry(uri).or_default() += count;
    }
    for (uri, amount) in told {
        if amount > counted.get(&uri).copied().unwrap_or(0) {
            diesel::delete(tally_floor::table.find(&uri)).execute(tx.conn())?;
            diesel::insert_into(tally_floor::table)
                .values((
                    tally_floor::object_uri.eq(&uri),
                    tally_floor::amount.eq(amount),
                ))
                .execute(tx.conn())?;
        }
    }
    Ok(())
}
