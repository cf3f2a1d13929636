//! Rows into a new database.

use diesel::{RunQueryDsl, connection::SimpleConnection, sql_query, sql_types::Text};

use super::{columns, tables};
use crate::{Conn, Database, Error, conn::Purpose, directory, migrate, transaction};

/// A database that is being filled; all in one transaction.
pub struct Loader {
    conn: Conn,
    tables: Vec<String>,
}

impl std::fmt::Debug for Loader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Loader({} tables)", self.tables.len())
    }
}

impl Loader {
    /// Makes a database of the shape that these migrations give, without rows.
    ///
    /// # Errors
    /// [`Error::NotEmpty`] when there is one already (nothing is touched); [`Error::UnknownVersion`] for
    /// migrations that this program does not have; [`Error::NotWritable`], [`Error::Unreachable`].
    pub fn create(database: &Database, versions: &[String]) -> Result<Self, Error> {
        if let Database::Sqlite(path) = database {
            if path.exists() {
                return Err(Error::NotEmpty);
            }
            migrate::refuse_unknown(versions)?;
            directory::make_writable(directory::parent(path))?;
            directory::make_writable_file(path)?;
        }
        let mut conn = database.connect(Purpose::Write)?;
        migrate::refuse_unknown(versions)?;
        if !migrate::applied(&mut conn)?.is_empty() {
            return Err(Error::NotEmpty);
        }
        migrate::run_these(&mut conn, versions)?;
        let tables = tables(&mut conn)?;
        transaction::begin_write(&mut conn)?;
        let mut loader = Self { conn, tables };
        for table in loader.tables.iter().rev() {
            let empty = format!("DELETE FROM {table}");
            loader.conn.batch_execute(&empty)?;
        }
        Ok(loader)
    }

    /// Adds rows to a table: a JSON array of objects.
    ///
    /// # Errors
    /// [`Error::UnknownTable`]; the database's, also for a row that its rules refuse.
    pub fn add(&mut self, table: &str, rows: &str) -> Result<(), Error> {
        if !self.tables.iter().any(|known| known == table) {
            return Err(Error::UnknownTable(table.to_owned()));
        }
        let columns = columns(&mut self.conn, table)?;
        let names = columns.join(", ");
        match &mut self.conn {
            Conn::Sqlite(c) => {
                let values: Vec<String> = columns
                    .iter()
                    .map(|column| format!("json_extract(value, '$.{column}')"))
                    .collect();
                let values = values.join(", ");
                let insert =
                    format!("INSERT INTO {table} ({names}) SELECT {values} FROM json_each(?)");
                sql_query(insert).bind::<Text, _>(rows).execute(c)?;
            }
            Conn::Postgres(c) => {
                let insert = format!(
                    "INSERT INTO {table} ({names}) SELECT {names} \
                     FROM json_populate_recordset(CAST(NULL AS {table}), CAST($1 AS JSON))"
                );
                sql_query(insert).bind::<Text, _>(rows).execute(c)?;
            }
        }
        Ok(())
    }

    /// Keeps all of it, and brings the database up to date.
    ///
    /// # Errors
    /// The database's.
    pub fn finish(mut self) -> Result<(), Error> {
        transaction::commit(&mut self.conn)?;
        migrate::run(&mut self.conn)
    }
}
