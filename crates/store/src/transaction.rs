//! Transactions that outlive one closure: the writer's groups and the readers' snapshots.
//!
//! # Invariants
//! - Diesel's own depth counter is kept right, so a closure may open nested transactions, and may
//!   panic in them: [`unwind`] rolls back whatever is still open.

use diesel::connection::{AnsiTransactionManager, TransactionManager};

use crate::{Conn, Error, conn::on_backend};

/// Writers of one schema take turns, however many processes there are; freed by the commit.
const BEGIN_POSTGRES_WRITE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; \
     SELECT pg_advisory_xact_lock(hashtextextended('tequio write ' || current_schema(), 0))";

/// One snapshot for all queries of a closure.
const BEGIN_POSTGRES_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// Opens a group: from here on no other process writes.
pub(crate) fn begin_write(conn: &mut Conn) -> Result<(), Error> {
    // A plain BEGIN takes SQLite's lock too late: it lost 600 of 800 concurrent writes.
    Ok(match conn {
        Conn::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE"),
        Conn::Postgres(c) => AnsiTransactionManager::begin_transaction_sql(c, BEGIN_POSTGRES_WRITE),
    }?)
}

/// Opens a snapshot.
pub(crate) fn begin_read(conn: &mut Conn) -> Result<(), Error> {
    Ok(match conn {
        Conn::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN"),
        Conn::Postgres(c) => AnsiTransactionManager::begin_transaction_sql(c, BEGIN_POSTGRES_READ),
    }?)
}

/// Opens a savepoint inside what is open.
pub(crate) fn savepoint(conn: &mut Conn) -> Result<(), Error> {
    Ok(on_backend!(conn, |c| {
        AnsiTransactionManager::begin_transaction(c)
    })?)
}

/// Keeps the innermost savepoint, or commits when there is none.
pub(crate) fn commit(conn: &mut Conn) -> Result<(), Error> {
    Ok(on_backend!(conn, |c| {
        AnsiTransactionManager::commit_transaction(c)
    })?)
}

/// How many transactions and savepoints are open.
fn depth(conn: &mut Conn) -> Result<u32, Error> {
    let depth = on_backend!(conn, |c| {
        AnsiTransactionManager::transaction_manager_status_mut(c).transaction_depth()
    })?;
    Ok(depth.map_or(0, u32::from))
}

/// Rolls back until `left` transactions and savepoints are open.
pub(crate) fn unwind(conn: &mut Conn, left: u32) -> Result<(), Error> {
    while depth(conn)? > left {
        on_backend!(conn, |c| AnsiTransactionManager::rollback_transaction(c))?;
    }
    Ok(())
}
