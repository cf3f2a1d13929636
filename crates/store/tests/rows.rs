//! Small statements on the table `setting`, as a stand-in for real work.

use diesel::{
    RunQueryDsl,
    dsl::sql,
    sql_query,
    sql_types::{BigInt, Text},
};
use tequio_store::{Conn, Error, Tx};

/// Adds a row with this key.
pub fn add(tx: &mut Tx<'_>, name: &str) -> Result<(), Error> {
    execute(
        tx.conn(),
        &format!("INSERT INTO setting (name, value) VALUES ('{name}', '')"),
    )
}

/// Adds two rows, one statement each.
pub fn add_two(tx: &mut Tx<'_>, first: &str, second: &str) -> Result<(), Error> {
    add(tx, first)?;
    add(tx, second)
}

/// All keys, in order.
pub fn names(conn: &mut Conn) -> Result<Vec<String>, Error> {
    Ok(sql::<Text>("SELECT name FROM setting ORDER BY name").load(conn)?)
}

/// The number of rows.
pub fn count(conn: &mut Conn) -> Result<i64, Error> {
    Ok(sql::<BigInt>("SELECT COUNT(*) FROM setting").get_result(conn)?)
}

/// Runs one statement.
pub fn execute(conn: &mut Conn, statement: &str) -> Result<(), Error> {
    sql_query(statement).execute(conn)?;
    Ok(())
}
