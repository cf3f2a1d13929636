//! All rows as text, for tests that compare what is there before and after.

use std::collections::BTreeMap;

use diesel::{RunQueryDsl, dsl::sql, sql_types::Text};

use crate::{Conn, Error};

/// Rows by table, each row its columns in one line; the rows sorted.
pub type Dump = BTreeMap<String, Vec<String>>;

/// Every table but those of the migrations and of the ids.
///
/// # Errors
/// The database's.
pub fn all(conn: &mut Conn) -> Result<Dump, Error> {
    let mut tables: Vec<String> = sql::<Text>(match conn {
        Conn::Sqlite(_) => "SELECT name FROM sqlite_master WHERE type = 'table'",
        Conn::Postgres(_) => {
            "SELECT CAST(table_name AS TEXT) FROM information_schema.tables \
             WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"
        }
    })
    .load(conn)?;
    tables.retain(|table| !table.contains("migrations") && table != "sequence");
    let tables: Vec<&str> = tables.iter().map(String::as_str).collect();
    of(conn, &tables)
}

/// These tables.
///
/// # Errors
/// The database's; also when there is no such table.
pub fn of(conn: &mut Conn, tables: &[&str]) -> Result<Dump, Error> {
    let mut dump = Dump::new();
    for table in tables {
        let columns: Vec<String> = sql::<Text>(&match conn {
            Conn::Sqlite(_) => format!("SELECT name FROM pragma_table_info('{table}')"),
            Conn::Postgres(_) => format!(
                "SELECT CAST(column_name AS TEXT) FROM information_schema.columns \
                 WHERE table_schema = current_schema() AND table_name = '{table}' \
                 ORDER BY ordinal_position"
            ),
        })
        .load(conn)?;
        let line: Vec<String> = columns
            .iter()
            .map(|column| format!("'{column}=' || COALESCE(CAST({column} AS TEXT), '∅')"))
            .collect();
        let query = format!("SELECT {} FROM {table}", line.join(" || ' ' || "));
        let mut rows: Vec<String> = sql::<Text>(&query).load(conn)?;
        rows.sort_unstable();
        dump.insert((*table).to_owned(), rows);
    }
    Ok(dump)
}
