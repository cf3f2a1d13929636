//! Why the database or the files did not do what was asked.

use std::{path::PathBuf, sync::Arc};

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use tequio_domain::Digest;

/// Everything that can go wrong in this crate.
///
/// None of it is the reader's fault: outside [`Error::NotFound`], [`Error::TooLarge`],
/// [`Error::WrongDigest`] and [`Error::Interrupted`] the right answer to a client is "try later".
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such row or file.
    #[error("not found")]
    NotFound,
    /// The statement failed; see [`Error::is_unique_violation`].
    #[error("database: {0}")]
    Database(#[source] DieselError),
    /// No room left for the database or the files; nothing of the call was kept.
    #[error("the disk is full")]
    DiskFull,
    /// Another process held the database for longer than the busy timeout.
    #[error("the database is busy")]
    Busy,
    /// The store was closed before the call was taken.
    #[error("the store is closed")]
    Closed,
    /// The closure panicked; nothing of it was kept. Holds the panic's message.
    #[error("a database call panicked: {0}")]
    Panicked(String),
    /// The group's commit failed, or was not confirmed before the connection was lost. In the
    /// second case the effect may still be there: a repeat must be harmless.
    #[error("not committed: {0}")]
    NotCommitted(#[source] Arc<Error>),
    /// The row of `sequence` is missing or exhausted.
    #[error("table sequence has no usable row 'id'")]
    NoSequence,
    /// The database server does not answer, or the file is not a database.
    #[error("cannot open the database: {0}")]
    Unreachable(#[source] diesel::ConnectionError),
    /// The database was migrated by a later version of the program; nothing was touched.
    #[error(
        "the database is newer than this program: it has migration {found}, the program knows \
         migrations up to {known}; install the newer program or restore the backup made before it"
    )]
    NewerDatabase {
        /// The newest migration in the database that this program does not know.
        found: String,
        /// The newest migration that this program knows.
        known: String,
    },
    /// The database was not migrated to this program yet; nothing was touched.
    #[error(
        "the database is older than this program: it lacks migration {lacks}; start the city once \
         (tequio serve), which brings it up to date"
    )]
    OlderDatabase {
        /// The first migration that it lacks.
        lacks: String,
    },
    /// Rows of a newer program.
    #[error(
        "it was made by a newer program: it has migration {found}, this program knows migrations up to \
         {known}; install the newer program"
    )]
    UnknownVersion {
        /// A migration that this program does not know.
        found: String,
        /// The newest that it knows.
        known: String,
    },
    /// There is no database file.
    #[error("there is no database: {} is missing", path.display())]
    NoDatabase {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The database to be filled has something in it; nothing was touched.
    #[error("the database is not empty")]
    NotEmpty,
    /// Rows for a table that is not here or is not filled from outside.
    #[error("there is no table {0} to be filled")]
    UnknownTable(String),
    /// Tables refer to each other in a circle: no order fills them.
    #[error("the tables refer to each other in a circle")]
    Circle,
    /// A migration failed; it was rolled back.
    #[error("migration: {0}")]
    Migration(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The linked SQLite has known ways to lose data.
    #[error("SQLite {found} is too old: {needed} or later is needed")]
    OldSqlite {
        /// What is linked.
        found: String,
        /// The oldest that is accepted.
        needed: &'static str,
    },
    /// The file system does not let SQLite use its write-ahead log.
    #[error("SQLite cannot use a write-ahead log here (it says {found}): is this a network disk?")]
    NoWriteAheadLog {
        /// The journal mode that SQLite fell back to.
        found: String,
    },
    /// The directory or database file cannot be written, or the path cannot be used.
    #[error("cannot write {}: {source}", path.display())]
    NotWritable {
        /// The directory or file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The file that notices a database set back cannot be written: nothing of our own is committed.
    #[error("the epoch file cannot be written: {0}")]
    Epoch(#[source] std::io::Error),
    /// A thread could not be started.
    #[error("cannot start a database thread: {0}")]
    Thread(#[source] std::io::Error),
    /// The file storage failed.
    #[error("files: {0}")]
    Files(#[source] object_store::Error),
    /// The incoming stream has more bytes than are allowed; nothing was kept.
    #[error("the file is larger than {limit_bytes} bytes")]
    TooLarge {
        /// The limit that the caller gave.
        limit_bytes: u64,
    },
    /// The incoming bytes are not those that were asked for; nothing was kept.
    #[error("the file's digest is {found}, expected {expected}")]
    WrongDigest {
        /// What the caller asked for.
        expected: Digest,
        /// What came.
        found: Digest,
    },
    /// The incoming stream broke off; nothing was kept.
    #[error("the upload broke off: {0}")]
    Interrupted(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// Whether a row with the same key is there already.
    #[must_use]
    pub fn is_unique_violation(&self) -> bool {
        matches!(
            self,
            Self::Database(DieselError::DatabaseError(
                DatabaseErrorKind::UniqueViolation,
                _
            ))
        )
    }

    /// Why the epoch file was not written.
    pub(crate) fn epoch(error: std::io::Error) -> Self {
        if is_disk_full(&error) {
            Self::DiskFull
        } else {
            Self::Epoch(error)
        }
    }

    /// The same fact for another caller of the same group.
    pub(crate) fn for_group(cause: &Arc<Self>) -> Self {
        match **cause {
            Self::DiskFull => Self::DiskFull,
            Self::Busy => Self::Busy,
            _ => Self::NotCommitted(Arc::clone(cause)),
        }
    }
}

impl From<DieselError> for Error {
    fn from(error: DieselError) -> Self {
        match error {
            DieselError::NotFound => Self::NotFound,
            // The rollback fails when SQLite has rolled back by itself; the commit says why.
            DieselError::RollbackErrorOnCommit { commit_error, .. } => Self::from(*commit_error),
            DieselError::DatabaseError(_, ref about) => {
                trouble(about.message()).unwrap_or(Self::Database(error))
            }
            error => Self::Database(error),
        }
    }
}

impl From<object_store::Error> for Error {
    fn from(error: object_store::Error) -> Self {
        if matches!(error, object_store::Error::NotFound { .. }) {
            Self::NotFound
        } else if is_disk_full(&error) {
            Self::DiskFull
        } else {
            Self::Files(error)
        }
    }
}

/// How a full disk reads. Diesel keeps no error code, neither SQLite's nor PostgreSQL's 53100, so the
/// messages have to do: SQLite's is fixed, PostgreSQL ends its own with the operating system's words
/// for `ENOSPC` and `EDQUOT`, in the language of the server.
const FULL: [&str; 5] = [
    "database or disk is full",
    "No space left on device",
    "No queda espacio en el dispositivo",
    "Disk quota exceeded",
    "Se ha excedido la cuota de disco",
];

fn trouble(message: &str) -> Option<Error> {
    if FULL.iter().any(|words| message.contains(words)) {
        Some(Error::DiskFull)
    } else if message.starts_with("database is locked") {
        Some(Error::Busy)
    } else {
        None
    }
}

/// Looks for `ENOSPC` or an exhausted quota down the chain of causes.
fn is_disk_full(error: &(dyn std::error::Error + 'static)) -> bool {
    std::iter::successors(Some(error), |error| error.source())
        .filter_map(|error| error.downcast_ref::<std::io::Error>())
        .any(|error| crate::directory::is_full(error.kind()))
}

#[cfg(test)]
mod tests {
    use super::{Error, trouble};

    #[test]
    fn a_full_disk_has_its_own_error() {
        let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
        let error = object_store::Error::Generic {
            store: "local",
            source: Box::new(full),
        };
        assert!(matches!(Error::from(error), Error::DiskFull));
        assert!(matches!(
            trouble("database or disk is full"),
            Some(Error::DiskFull)
        ));
        let postgres = "could not extend file \"base/5/1\": No space left on device";
        assert!(matches!(trouble(postgres), Some(Error::DiskFull)));
        let spanish =
            "no se pudo extender el archivo «base/5/1»: No queda espacio en el dispositivo";
        assert!(matches!(trouble(spanish), Some(Error::DiskFull)));
        assert!(trouble("UNIQUE constraint failed: city.slug").is_none());
    }
}
