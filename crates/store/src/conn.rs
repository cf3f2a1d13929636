//! One connection type for both databases, and how a connection is opened.
//!
//! Start at [`Conn`]. What the joint backend cannot express (`on_conflict`, many rows in one
//! insert, `as_returning`) goes through `on_backend!`.
//!
//! # Invariants
//! - SQLite: write-ahead log, `synchronous = FULL`, foreign keys on; readers cannot write.
//! - PostgreSQL: a confirmed commit is on disk, whatever the server's default says.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use diesel::{
    Connection, PgConnection, RunQueryDsl, SqliteConnection, connection::SimpleConnection,
    dsl::sql, sql_types::Text,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{Error, directory};

/// The oldest SQLite that is accepted: earlier ones can lose a commit in write-ahead-log mode.
const OLDEST_SQLITE: (&str, [u32; 3]) = ("3.51.3", [3, 51, 3]);

/// Milliseconds that SQLite waits for another process.
const BUSY_TIMEOUT_MS: u32 = 10_000;

/// What stays as it is in a `file:` URI.
const PATH_ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Private, because the derive makes items public that it does not document.
mod joint {
    use diesel::{PgConnection, SqliteConnection};

    /// A connection to either database; queries are written once against it.
    #[derive(diesel::MultiConnection)]
    pub enum Conn {
        /// The embedded database, the default.
        Sqlite(SqliteConnection),
        /// A database server.
        Postgres(PgConnection),
    }
}
pub use joint::Conn;

/// Compiles `body` once per database and runs the live one. For what the joint backend cannot
/// express.
macro_rules! on_backend {
    ($conn:expr, |$c:ident| $body:expr) => {
        match $conn {
            $crate::Conn::Postgres($c) => $body,
            $crate::Conn::Sqlite($c) => $body,
        }
    };
}
pub(crate) use on_backend;

/// Where the rows are.
#[derive(Clone, PartialEq, Eq)]
pub enum Database {
    /// An SQLite file; it and its directory are made when missing.
    Sqlite(PathBuf),
    /// A PostgreSQL server, as a `postgres://` URL.
    Postgres(String),
}

/// Without the URL: it may hold a password.
impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "Sqlite({})", path.display()),
            Self::Postgres(_) => f.write_str("Postgres(…)"),
        }
    }
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To look before anything is changed: SQLite's file is not made and not converted.
    Inspect,
    /// The writer, and migrations.
    Write,
    /// Queries only; the database refuses anything else.
    Read,
}

impl Database {
    /// Says that the disk is full when that is what a failure came from. SQLite tells it plainly only
    /// when a write of its own is refused: not when it cannot lengthen the index of its log ("disk I/O
    /// error"), open a file, or go back to a savepoint of a transaction that it has given up.
    pub(crate) fn explain(&self, error: Error) -> Error {
        match self {
            Self::Sqlite(path) if !matches!(error, Error::DiskFull | Error::Busy) => {
                if directory::has_room(directory::parent(path)) {
                    error
                } else {
                    tracing::error!(%error, "there is no room on the disk");
                    Error::DiskFull
                }
            }
            Self::Sqlite(_) | Self::Postgres(_) => error,
        }
    }

    /// Opens a connection and sets it up for its purpose.
    pub(crate) fn connect(&self, purpose: Purpose) -> Result<Conn, Error> {
        match self {
            Self::Sqlite(path) => {
                let mode = match purpose {
                    // Without a log beside it the file is complete, and no `-wal` and `-shm` are left.
                    Purpose::Inspect if !has_log(path) => "ro&immutable=1",
                    Purpose::Inspect => "ro",
                    Purpose::Write => "rwc",
                    Purpose::Read => "rw",
                };
                let path = path.to_str().ok_or_else(|| Error::NotWritable {
                    path: path.clone(),
                    source: std::io::Error::other("the path is not UTF-8"),
                })?;
                let uri = format!(
                    "file:{}?mode={mode}",
                    utf8_percent_encode(path, PATH_ENCODED)
                );
                let mut conn = SqliteConnection::establish(&uri).map_err(Error::Unreachable)?;
                prepare_sqlite(&mut conn, purpose)?;
                Ok(Conn::Sqlite(conn))
            }
            Self::Postgres(url) => {
                let mut conn = PgConnection::establish(url).map_err(Error::Unreachable)?;
                prepare_postgres(&mut conn, purpose)?;
                Ok(Conn::Postgres(conn))
            }
        }
    }
}

/// Whether a write-ahead log lies beside the file: the program runs, or was killed.
fn has_log(path: &Path) -> bool {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    Path::new(&log).exists()
}

fn prepare_sqlite(conn: &mut SqliteConnection, purpose: Purpose) -> Result<(), Error> {
    let version = sql::<Text>("SELECT sqlite_version()").get_result::<String>(conn)?;
    check_sqlite_version(&version)?;
    conn.batch_execute(&format!("PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}"))?;
    if purpose == Purpose::Inspect {
        return Ok(());
    }
    if purpose == Purpose::Write {
        let mode = sql::<Text>("PRAGMA journal_mode = WAL").get_result::<String>(conn)?;
        if mode != "wal" {
            return Err(Error::NoWriteAheadLog { found: mode });
        }
    }
    conn.batch_execute(
        "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; \
         PRAGMA journal_size_limit = 67108864; PRAGMA secure_delete = ON; \
         PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 4000;",
    )?;
    if purpose == Purpose::Read {
        conn.batch_execute("PRAGMA query_only = ON")?;
    }
    Ok(())
}

fn prepare_postgres(conn: &mut PgConnection, purpose: Purpose) -> Result<(), Error> {
    conn.batch_execute(
        "SET client_min_messages = warning; \
         SELECT set_config('synchronous_commit', 'on', false) \
         WHERE current_setting('synchronous_commit') = 'off';",
    )?;
    if purpose != Purpose::Write {
        conn.batch_execute("SET default_transaction_read_only = on")?;
    }
    Ok(())
}

fn check_sqlite_version(found: &str) -> Result<(), Error> {
    let (needed, oldest) = OLDEST_SQLITE;
    let parts: Option<Vec<u32>> = found.split('.').map(|part| part.parse().ok()).collect();
    match parts {
        Some(parts) if parts.as_slice() >= oldest.as_slice() => Ok(()),
        _ => Err(Error::OldSqlite {
            found: found.to_owned(),
            needed,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::{Database, check_sqlite_version};
    use crate::Error;

    #[test]
    fn old_sqlite_is_refused() {
        for version in ["3.51.3", "3.51.10", "3.52.0", "4.0.0"] {
            assert!(check_sqlite_version(version).is_ok(), "{version}");
        }
        for version in ["3.51.2", "3.9.99", "2.99.99", "", "next"] {
            let refused = check_sqlite_version(version);
            assert!(matches!(refused, Err(Error::OldSqlite { .. })), "{version}");
        }
    }

    #[test]
    fn a_password_is_not_printed() {
        let database = Database::Postgres("postgres://tequio:hunter2@db/tequio".into());
        assert!(!format!("{database:?}").contains("hunter2"));
    }
}
