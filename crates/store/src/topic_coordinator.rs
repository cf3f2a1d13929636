//! Members who coordinate a topic for their city: this city's own choice.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, Insertable, QueryDsl, RunQueryDsl, dsl::exists,
    select,
};

use crate::{
    Conn, Error, Tx,
    schema::{account, topic, topic_coordinator},
};

#[derive(Insertable)]
#[diesel(table_name = topic_coordinator)]
struct Row {
    account_id: i64,
    topic_id: i64,
}

/// Whether a member coordinates a topic for the city.
///
/// # Errors
/// The database's.
pub fn is(conn: &mut Conn, account_id: i64, topic_id: i64) -> Result<bool, Error> {
    Ok(select(exists(
        topic_coordinator::table.find((account_id, topic_id)),
    ))
    .get_result(conn)?)
}

/// Account and slug of the topic, by account and the topics' order.
///
/// # Errors
/// The database's.
pub fn all(conn: &mut Conn) -> Result<Vec<(i64, String)>, Error> {
    Ok(topic_coordinator::table
        .inner_join(topic::table)
        .order_by((topic_coordinator::account_id, topic::position, topic::id))
        .select((topic_coordinator::account_id, topic::slug))
        .load(conn)?)
}

/// The people who coordinate a topic for the city, by id; accounts in another state are left out.
///
/// # Errors
/// The database's.
pub fn people(conn: &mut Conn, topic_id: i64, state: &str) -> Result<Vec<String>, Error> {
    let of_topic = topic_coordinator::topic_id.eq(topic_id);
    Ok(topic_coordinator::table
        .inner_join(account::table)
        .filter(of_topic.and(account::state.eq(state)))
        .order_by(account::person_uri)
        .select(account::person_uri)
        .load(conn)?)
}

/// Replaces the topics that a member coordinates.
///
/// # Errors
/// The database's.
pub fn put(tx: &mut Tx<'_>, account_id: i64, topic_ids: &[i64]) -> Result<(), Error> {
    let of_member = topic_coordinator::account_id.eq(account_id);
    diesel::delete(topic_coordinator::table.filter(of_member)).execute(tx.conn())?;
    for topic_id in topic_ids {
        let row = Row {
            account_id,
            topic_id: *topic_id,
        };
        diesel::insert_into(topic_coordinator::table)
            .values(row)
            .execute(tx.conn())?;
    }
    Ok(())
}
