//! Bringing a database to the shape that this program knows.
//!
//! # Invariants
//! - A database that has seen a newer program is refused before anything in it changes.
//! - `migrations/` is one text for both databases.

use std::collections::BTreeSet;

use diesel::{
    RunQueryDsl,
    connection::SimpleConnection,
    dsl::sql,
    migration::{Migration, MigrationSource},
    sql_types::{Bool, Text},
    sqlite::Sqlite,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::{
    Conn, Database, Error,
    conn::{Purpose, on_backend},
};

#[cfg(test)]
mod kept;
#[cfg(test)]
mod parity;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations");

/// Held on PostgreSQL while migrating, so that processes that start together take turns.
const MIGRATION_LOCK: &str = "hashtextextended('tequio migration ' || current_schema(), 0)";

/// Refuses a database that is newer than the program, without changing it. A database that does
/// not exist yet is fine.
pub(crate) fn refuse_newer(database: &Database) -> Result<(), Error> {
    if let Database::Sqlite(path) = database
        && !path.exists()
    {
        return Ok(());
    }
    let applied = applied(&mut database.connect(Purpose::Inspect)?)?;
    let known = known()?;
    match applied.difference(&known).last() {
        None => Ok(()),
        Some(found) => Err(Error::NewerDatabase {
            found: found.clone(),
            known: known.last().cloned().unwrap_or_default(),
        }),
    }
}

/// Refuses a database that lacks migrations of this program: reading it would fail half-way.
pub(crate) fn refuse_older(conn: &mut Conn) -> Result<(), Error> {
    let applied = applied(conn)?;
    match known()?.difference(&applied).next() {
        None => Ok(()),
        Some(lacks) => Err(Error::OlderDatabase {
            lacks: lacks.clone(),
        }),
    }
}

/// Refuses versions that this program does not know.
pub(crate) fn refuse_unknown(versions: &[String]) -> Result<(), Error> {
    let known = known()?;
    match versions.iter().find(|version| !known.contains(*version)) {
        None => Ok(()),
        Some(found) => Err(Error::UnknownVersion {
            found: found.clone(),
            known: known.last().cloned().unwrap_or_default(),
        }),
    }
}

/// Applies these migrations and no others, oldest first.
pub(crate) fn run_these(conn: &mut Conn, versions: &[String]) -> Result<(), Error> {
    locked(conn, |conn| {
        on_backend!(conn, |c| {
            let pending = c.pending_migrations(MIGRATIONS).map_err(Error::Migration)?;
            for migration in pending {
                let version = migration.name().version().to_string();
                if versions.contains(&version) {
                    c.run_migration(&migration).map_err(Error::Migration)?;
                }
            }
            Ok(())
        })
    })
}

/// Applies what is pending, each migration in its own transaction.
pub(crate) fn run(conn: &mut Conn) -> Result<(), Error> {
    locked(conn, |conn| {
        on_backend!(conn, |c| c.run_pending_migrations(MIGRATIONS).map(drop))
            .map_err(Error::Migration)
    })
}

/// Takes everything back, newest first: all rows are lost.
#[cfg(test)]
fn revert_all(conn: &mut Conn) -> Result<(), Error> {
    locked(conn, |conn| {
        on_backend!(conn, |c| c.revert_all_migrations(MIGRATIONS).map(drop))
            .map_err(Error::Migration)
    })
}

fn locked(
    conn: &mut Conn,
    migrate: impl FnOnce(&mut Conn) -> Result<(), Error>,
) -> Result<(), Error> {
    match conn {
        Conn::Sqlite(_) => migrate(conn),
        Conn::Postgres(server) => {
            server.batch_execute(&format!("SELECT pg_advisory_lock({MIGRATION_LOCK})"))?;
            let outcome = migrate(conn);
            conn.batch_execute(&format!("SELECT pg_advisory_unlock({MIGRATION_LOCK})"))?;
            outcome
        }
    }
}

/// Versions of the migrations that are compiled in.
fn known() -> Result<BTreeSet<String>, Error> {
    let migrations: Vec<Box<dyn Migration<Sqlite>>> =
        MIGRATIONS.migrations().map_err(Error::Migration)?;
    Ok(migrations
        .iter()
        .map(|migration| migration.name().version().to_string())
        .collect())
}

/// Versions that the database says it has.
pub(crate) fn applied(conn: &mut Conn) -> Result<BTreeSet<String>, Error> {
    let there = match conn {
        Conn::Sqlite(c) => sql::<Bool>(
            "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = '__diesel_schema_migrations')",
        )
        .get_result::<bool>(c)?,
        Conn::Postgres(c) => {
            sql::<Bool>("SELECT to_regclass('__diesel_schema_migrations') IS NOT NULL")
                .get_result::<bool>(c)?
        }
    };
    if !there {
        return Ok(BTreeSet::new());
    }
    let versions = on_backend!(conn, |c| {
        sql::<Text>("SELECT version FROM __diesel_schema_migrations").get_results::<String>(c)
    })?;
    Ok(versions.into_iter().collect())
}
