//! Keys that groups have given up. An entry is proven by the key that its group had when it stood at
//! the head: the first of these whose `until_seq` is not before it, or else `log.public_key`.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, HasQuery, Insertable, QueryDsl, RunQueryDsl,
};

use crate::{
    Conn, Error, Tx,
    log::Log,
    schema::{log, past_key},
};

/// A key that was given up.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = past_key)]
pub struct PastKey {
    /// Log.
    pub log_id: i64,
    /// The last entry that it proves.
    pub until_seq: i64,
    /// Ed25519, multibase.
    pub public_key: String,
}

/// The given-up keys of a log, oldest first.
///
/// # Errors
/// The database's.
pub fn of_log(conn: &mut Conn, log_id: i64) -> Result<Vec<PastKey>, Error> {
    Ok(PastKey::query()
        .filter(past_key::log_id.eq(log_id))
        .order_by(past_key::until_seq)
        .load(conn)?)
}

/// Those of all logs, by log, oldest first.
///
/// # Errors
/// The database's.
pub fn all(conn: &mut Conn) -> Result<Vec<PastKey>, Error> {
    Ok(PastKey::query()
        .order_by((past_key::log_id, past_key::until_seq))
        .load(conn)?)
}

/// The key that proves the first entry of a log: its identity for good.
///
/// # Errors
/// The database's.
pub fn first_of(conn: &mut Conn, row: &Log) -> Result<String, Error> {
    let past = of_log(conn, row.id)?;
    let first = past.into_iter().next().map(|key| key.public_key);
    Ok(first.unwrap_or_else(|| row.public_key.clone()))
}

/// The group names its next key in entry `seq`: later ones are proven by that. Nothing when this was
/// done before.
///
/// # Errors
/// The database's.
pub fn give_up(tx: &mut Tx<'_>, log_id: i64, seq: i64, next_key: &str) -> Result<(), Error> {
    let done: i64 = past_key::table
        .filter(past_key::log_id.eq(log_id).and(past_key::until_seq.ge(seq)))
        .count()
        .get_result(tx.conn())?;
    if done > 0 {
        return Ok(());
    }
    let held: String = log::table
        .find(log_id)
        .select(log::public_key)
        .get_result(tx.conn())?;
    let row = PastKey {
        log_id,
        until_seq: seq,
        public_key: held,
    };
    diesel::insert_into(past_key::table)
        .values(&row)
        .execute(tx.conn())?;
    set_current(tx, log_id, next_key)
}

/// Forgets changes of key that stand in entry `seq` or later.
///
/// # Errors
/// The database's.
pub fn take_back(tx: &mut Tx<'_>, log_id: i64, seq: i64) -> Result<(), Error> {
    let undone = of_log(tx.conn(), log_id)?
        .into_iter()
        .find(|key| key.until_seq >= seq);
    let Some(key) = undone else { return Ok(()) };
    diesel::delete(
        past_key::table.filter(past_key::log_id.eq(log_id).and(past_key::until_seq.ge(seq))),
    )
    .execute(tx.conn())?;
    set_current(tx, log_id, &key.public_key)
}

fn set_current(tx: &mut Tx<'_>, log_id: i64, key: &str) -> Result<(), Error> {
    diesel::update(log::table.find(log_id))
        .set(log::public_key.eq(key))
        .execute(tx.conn())?;
    Ok(())
}
