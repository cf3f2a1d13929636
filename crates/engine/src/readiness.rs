//! Whether this city could carry the coordination of a topic: what its people can do about it beforehand.
//!
//! Advice for this city's administrators. No rule of the ledger looks at it, and no other city learns it.

use tequio_domain::{AccountState, Role, Timestamp};
use tequio_store::{Conn, Error, account, log, setting};

/// When the last backup was made, microseconds; in the table `setting`.
pub const BACKUP_MADE_AT: &str = "backup_made_at";
/// When a trial restore last went well, microseconds; in the table `setting`.
pub const RESTORE_REHEARSED_AT: &str = "restore_rehearsed_at";
/// A backup that is older, in days, is none to rely on.
pub const BACKUP_DAYS: i64 = 7;
/// A rehearsal that is older, in days, says little of today's backups.
pub const REHEARSAL_DAYS: i64 = 45;

/// How ready a city is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Readiness {
    /// How many people administer: one is too few.
    pub administrators: i64,
    /// Whether everything that is known to have been said in the topic is here, and no log of it is frozen.
    pub is_whole: bool,
    /// When the last backup was made, if within [`BACKUP_DAYS`].
    pub backup: Option<Timestamp>,
    /// When a restore was last tried out, if within [`REHEARSAL_DAYS`].
    pub rehearsal: Option<Timestamp>,
}

impl Readiness {
    /// How many questions there are.
    pub const OF: usize = 4;

    /// Looks at the city as it is now.
    ///
    /// # Errors
    /// The database's.
    pub fn read(conn: &mut Conn, topic_id: i64, now: Timestamp) -> Result<Self, Error> {
        let mut within = |name: &str, days: i64| {
            let held = setting::get(conn, name)?.and_then(|text| text.parse().ok());
            let oldest = now.plus_seconds(days.saturating_mul(-86_400));
            let at = held.map(Timestamp::from_micros);
            Ok::<_, Error>(at.filter(|at| *at >= oldest))
        };
        let backup = within(BACKUP_MADE_AT, BACKUP_DAYS)?;
        let rehearsal = within(RESTORE_REHEARSED_AT, REHEARSAL_DAYS)?;
        let logs = log::of_topic(conn, topic_id)?;
        let (role, state) = (Role::Admin.as_str(), AccountState::Active.as_str());
        Ok(Self {
            administrators: account::count_with_role(conn, role, state)?,
            is_whole: logs
                .iter()
                .all(|log| log.head_seq >= log.known_seq && !log.is_frozen),
            backup,
            rehearsal,
        })
    }

    /// How many questions are answered with yes.
    #[must_use]
    pub fn met(&self) -> usize {
        let answers = [
            self.administrators > 1,
            self.is_whole,
            self.backup.is_some(),
            self.rehearsal.is_some(),
        ];
        answers.into_iter().filter(|is_met| *is_met).count()
    }
}
