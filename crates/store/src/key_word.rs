//! What siblings say of groups that this city has not met: the key of the first entry of their log.
//!
//! Start at [`note`] and [`open`]. A log that was made by such words alone stands in `vouched_log`
//! until the group itself is met ([`confirm`]).

use diesel::{
    BoolExpressionMethods, ExpressionMethods, HasQuery, Insertable, QueryDsl, RunQueryDsl,
    dsl::{exists, not},
};

use crate::{
    Conn, Error, Tx,
    conn::on_backend,
    schema::{key_word, log, vouched_log},
};

/// One sibling's word about one group.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = key_word)]
pub struct KeyWord {
    /// The group.
    pub group_uri: String,
    /// Slug of the city that says so.
    pub teller: String,
    /// Row key of our topic.
    pub topic_id: i64,
    /// Slug of the group's city.
    pub city: String,
    /// The key of its first entry, multibase.
    pub public_key: String,
    /// Microseconds.
    pub told_at: i64,
}

/// Keeps a word; a later one of the same teller replaces it.
///
/// # Errors
/// The database's.
pub fn note(tx: &mut Tx<'_>, row: &KeyWord) -> Result<(), Error> {
    diesel::delete(key_word::table.find((&row.group_uri, &row.teller))).execute(tx.conn())?;
    diesel::insert_into(key_word::table)
        .values(row)
        .execute(tx.conn())?;
    Ok(())
}

/// All words that count still, by group and teller.
///
/// # Errors
/// The database's.
pub fn all(conn: &mut Conn) -> Result<Vec<KeyWord>, Error> {
    Ok(KeyWord::query()
        .order_by((key_word::group_uri, key_word::teller))
        .load(conn)?)
}

/// Words about groups of cities of which there is no log in that topic yet, by topic and city.
///
/// # Errors
/// The database's.
pub fn open(conn: &mut Conn) -> Result<Vec<KeyWord>, Error> {
    let known = log::table.filter(
        log::topic_id
            .eq(key_word::topic_id)
            .and(log::city.eq(key_word::city)),
    );
    Ok(KeyWord::query()
        .filter(not(exists(known)))
        .order_by((
            key_word::topic_id,
            key_word::city,
            key_word::group_uri,
            key_word::teller,
        ))
        .load(conn)?)
}

/// A log stands on words alone.
///
/// # Errors
/// The database's.
pub fn vouch(tx: &mut Tx<'_>, log_id: i64) -> Result<(), Error> {
    on_backend!(tx.conn(), |c| diesel::insert_into(vouched_log::table)
        .values(vouched_log::log_id.eq(log_id))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// The logs that stand on words alone.
///
/// # Errors
/// The database's.
pub fn vouched(conn: &mut Conn) -> Result<Vec<i64>, Error> {
    Ok(vouched_log::table
        .order_by(vouched_log::log_id)
        .select(vouched_log::log_id)
        .load(conn)?)
}

/// The group itself was met: words about it are needed no more.
///
/// # Errors
/// The database's.
pub fn confirm(tx: &mut Tx<'_>, log_id: i64, group_uri: &str) -> Result<(), Error> {
    diesel::delete(vouched_log::table.find(log_id)).execute(tx.conn())?;
    diesel::delete(key_word::table.filter(key_word::group_uri.eq(group_uri))).execute(tx.conn())?;
    Ok(())
}
