//! Why something was not done.

use tequio_domain::Invalid;
use thiserror::Error;

/// Everything that can go wrong in an action.
#[derive(Debug, Error)]
pub enum Error {
    /// What was given cannot be taken; names the field and what is needed.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// There is no such thing, or the asker may not know of it.
    #[error("not found")]
    NotFound,
    /// The asker may not do this.
    #[error("not allowed: {0}")]
    Forbidden(&'static str),
    /// Name or password are wrong, or the account is not active.
    #[error("name or password are wrong")]
    WrongCredentials,
    /// The instance was founded as another one; nothing was touched.
    #[error("this data directory belongs to {held}, not to {asked}")]
    OtherInstance {
        /// What the data say.
        held: String,
        /// What was asked for.
        asked: String,
    },
    /// The coordination ledger would refuse it.
    #[error("the ledger refuses it: {0}")]
    Ledger(tequio_domain::ledger::Reason),
    /// This city's own log of a topic takes nothing new now: the database was set back, and siblings
    /// are being asked how far the log reaches; or two histories of it were seen.
    #[error("this city's own log takes nothing new now")]
    Held,
    /// The epoch file is of a city that has written, and the database is empty; nothing was touched.
    #[error(
        "the epoch file says that this city has written, but its database is empty: restore a backup \
         (tequio restore), or, to found the city anew, move the epoch file away"
    )]
    EmptyDatabase,
    /// A file has more bytes than are taken.
    #[error("the file is too large")]
    TooLarge,
    /// The database or the files.
    #[error(transparent)]
    Store(tequio_store::Error),
    /// A key or a proof could not be made, or stored data cannot be read back.
    #[error("internal: {0}")]
    Internal(String),
}

impl From<tequio_store::Error> for Error {
    fn from(error: tequio_store::Error) -> Self {
        match error {
            tequio_store::Error::NotFound => Self::NotFound,
            tequio_store::Error::TooLarge { .. } => Self::TooLarge,
            other => Self::Store(other),
        }
    }
}

impl Error {
    /// The epoch file was not written.
    pub(crate) fn epoch(cause: std::io::Error) -> Self {
        Self::Store(tequio_store::Error::Epoch(cause))
    }

    /// For faults of ours, whose cause goes to the log only.
    pub(crate) fn internal(cause: impl std::fmt::Display) -> Self {
        Self::Internal(cause.to_string())
    }
}
