//! All rows as JSON, from one database and into another: what a backup is made of.
//!
//! Start at [`inspect`] (one snapshot of a database that may be in use), [`tables`] and [`rows`];
//! [`load`] is the way back.
//!
//! A copy of SQLite's file (its backup interface, `VACUUM INTO`) would do for one database only. Rows go
//! from SQLite to PostgreSQL and back, need no unsafe code, and leave out what can be made anew.
//!
//! # Invariants
//! - What the entries make (the view) is left out: it is filled anew. So are sessions, which a backup
//!   must not bring back to life, and whatever refers to tables that are left out.
//! - Parents come before children.

pub mod load;

use std::collections::BTreeMap;

use diesel::{
    PgConnection, RunQueryDsl, SqliteConnection, connection::DefaultLoadingMode, dsl::sql,
    pg::PgRowByRowLoadingMode, sql_types::Text,
};

use crate::{Conn, Database, Error, conn::Purpose, migrate, transaction};

/// Tables that are not taken along.
const LEFT_OUT: [&str; 16] = [
    // Made anew from the entries.
    "person",
    "author_key",
    "object",
    "thread",
    "knowledge",
    "revision",
    "attachment",
    "tally",
    "waiting",
    "ledger_entry",
    "ledger_term",
    "ledger_member",
    "ruling",
    // Of this machine and this moment.
    "session",
    "recovery",
    "__diesel_schema_migrations",
];

/// Runs the closure on one snapshot of a database, which may be in use; nothing in it is changed.
///
/// # Errors
/// [`Error::NewerDatabase`], [`Error::OlderDatabase`], [`Error::Unreachable`]; the closure's own.
pub fn inspect<T, E: From<Error>>(
    database: &Database,
    closure: impl FnOnce(&mut Conn) -> Result<T, E>,
) -> Result<T, E> {
    if let Database::Sqlite(path) = database
        && !path.exists()
    {
        return Err(Error::NoDatabase { path: path.clone() }.into());
    }
    migrate::refuse_newer(database)?;
    let mut conn = database.connect(Purpose::Read)?;
    migrate::refuse_older(&mut conn)?;
    transaction::begin_read(&mut conn)?;
    let outcome = closure(&mut conn);
    transaction::unwind(&mut conn, 0)?;
    outcome
}

/// Which migrations this database has.
///
/// # Errors
/// The database's.
pub fn versions(conn: &mut Conn) -> Result<Vec<String>, Error> {
    Ok(migrate::applied(conn)?.into_iter().collect())
}

/// Refuses migrations that this program does not know.
///
/// # Errors
/// [`Error::UnknownVersion`].
pub fn check_versions(versions: &[String]) -> Result<(), Error> {
    migrate::refuse_unknown(versions)
}

/// The tables that are taken along, parents first.
///
/// # Errors
/// The database's.
pub fn tables(conn: &mut Conn) -> Result<Vec<String>, Error> {
    let mut parents = parents(conn)?;
    for name in LEFT_OUT {
        parents.remove(name);
    }
    // What refers to a table that is left out, however indirectly, is left out too.
    loop {
        let known: Vec<String> = parents.keys().cloned().collect();
        let before = parents.len();
        parents.retain(|_, of| of.iter().all(|name| known.contains(name)));
        if parents.len() == before {
            break;
        }
    }
    let mut ordered: Vec<String> = Vec::new();
    while ordered.len() < parents.len() {
        let next: Vec<String> = parents
            .iter()
            .filter(|(name, of)| {
                !ordered.contains(name) && of.iter().all(|name| ordered.contains(name))
            })
            .map(|(name, _)| name.clone())
            .collect();
        if next.is_empty() {
            return Err(Error::Circle);
        }
        ordered.extend(next);
    }
    Ok(ordered)
}

/// Every table and those that it refers to, itself left out.
fn parents(conn: &mut Conn) -> Result<BTreeMap<String, Vec<String>>, Error> {
    let (names, references) = match conn {
        Conn::Sqlite(_) => (
            "SELECT name FROM sqlite_schema WHERE type = 'table'",
            "SELECT s.name || ' ' || f.\"table\" FROM sqlite_schema s, pragma_foreign_key_list(s.name) f \
             WHERE s.type = 'table'",
        ),
        Conn::Postgres(_) => (
            "SELECT CAST(table_name AS TEXT) FROM information_schema.tables \
             WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'",
            "SELECT child.relname || ' ' || parent.relname FROM pg_constraint \
             JOIN pg_class child ON child.oid = conrelid JOIN pg_class parent ON parent.oid = confrelid \
             WHERE contype = 'f' AND connamespace = CAST(current_schema() AS regnamespace)",
        ),
    };
    let mut parents: BTreeMap<String, Vec<String>> = sql::<Text>(names)
        .load::<String>(conn)?
        .into_iter()
        .map(|name| (name, Vec::new()))
        .collect();
    for reference in sql::<Text>(references).load::<String>(conn)? {
        if let Some((child, parent)) = reference.split_once(' ')
            && child != parent
            && let Some(of) = parents.get_mut(child)
        {
            of.push(parent.to_owned());
        }
    }
    Ok(parents)
}

fn columns(conn: &mut Conn, table: &str) -> Result<Vec<String>, Error> {
    let query = match conn {
        Conn::Sqlite(_) => format!("SELECT name FROM pragma_table_info('{table}')"),
        Conn::Postgres(_) => format!(
            "SELECT CAST(column_name AS TEXT) FROM information_schema.columns \
             WHERE table_schema = current_schema() AND table_name = '{table}' \
             ORDER BY ordinal_position"
        ),
    };
    Ok(sql::<Text>(&query).load(conn)?)
}

/// Hands every row of a table to `sink`, as one JSON object; answers how many there are. Only one row is
/// in memory at a time. `table` is one of [`tables`].
///
/// # Errors
/// The database's; the sink's own.
pub fn rows<E: From<Error>>(
    conn: &mut Conn,
    table: &str,
    mut sink: impl FnMut(&str) -> Result<(), E>,
) -> Result<u64, E> {
    let columns = columns(conn, table)?;
    let mut count = 0;
    let mut take = |row: diesel::QueryResult<String>| {
        count += 1;
        sink(&row.map_err(Error::from)?)
    };
    match conn {
        Conn::Sqlite(c) => of_sqlite(c, table, &columns)?.try_for_each(&mut take)?,
        Conn::Postgres(c) => of_postgres(c, table)?.try_for_each(&mut take)?,
    }
    Ok(count)
}

fn of_sqlite<'a>(
    conn: &'a mut SqliteConnection,
    table: &str,
    columns: &[String],
) -> Result<impl Iterator<Item = diesel::QueryResult<String>> + use<'a>, Error> {
    let members: Vec<String> = columns
        .iter()
        .map(|column| format!("'{column}', {column}"))
        .collect();
    let query = format!("SELECT json_object({}) FROM {table}", members.join(", "));
    Ok(sql::<Text>(&query).load_iter::<String, DefaultLoadingMode>(conn)?)
}

fn of_postgres<'a>(
    conn: &'a mut PgConnection,
    table: &str,
) -> Result<impl Iterator<Item = diesel::QueryResult<String>> + use<'a>, Error> {
    let query = format!("SELECT CAST(row_to_json({table}) AS TEXT) FROM {table}");
    Ok(sql::<Text>(&query).load_iter::<String, PgRowByRowLoadingMode>(conn)?)
}
