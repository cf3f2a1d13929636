//! How each sibling stands: for the page of the network, the command line, metrics and the watchdog.
//!
//! Start at [`standings`]. All four show the same numbers because they read them here.

use diesel::dsl::{count_star, min};
use diesel::{BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};

use crate::alarm::{self, Alarm, Kind};
use crate::city::{self, City};
use crate::log::{self, Log};
use crate::peer::{self, Peer};
use crate::schema::{city as city_table, entry, log as log_table};
use crate::{Conn, Error};

/// Failed deliveries in a row from which a server counts as out of reach.
pub const FAILURES_UNREACHABLE: i32 = 3;

/// How a city stands, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeerState {
    /// This one.
    Own,
    /// It was never found.
    Unknown,
    /// It has everything of ours, and we have everything of its.
    UpToDate,
    /// Something is on its way.
    Behind,
    /// It does not answer, or takes nothing.
    Unreachable,
}

/// A city as it stands with this one. Times are microseconds since 1970 UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerStanding {
    /// Slug of the city.
    pub city: String,
    /// Its address; empty = not known yet.
    pub base_url: String,
    /// Name and version of its software; may be empty.
    pub software: String,
    /// Whether it is this city.
    pub is_self: bool,
    /// Whether it was ever found.
    pub is_found: bool,
    /// Entries of ours that it has not got.
    pub pending: i64,
    /// When the oldest of them was made; `None` = nothing is pending.
    pub pending_since: Option<i64>,
    /// Entries of its own logs that we know to exist and have not got.
    pub missing: i64,
    /// Since when it gave no sign of life; `None` = it does, or nobody watches.
    pub silent_since: Option<i64>,
    /// Its logs that are frozen here.
    pub frozen: i64,
    /// Last successful delivery.
    pub sent_at: Option<i64>,
    /// Last authenticated word of theirs.
    pub heard_at: Option<i64>,
    /// Last answer to anything that we asked.
    pub answered_at: Option<i64>,
    /// Failed deliveries in a row.
    pub failures: i32,
    /// Why the last delivery failed; empty after a success.
    pub last_error: String,
}

impl PeerStanding {
    /// In one word.
    #[must_use]
    pub fn state(&self) -> PeerState {
        if self.is_self {
            PeerState::Own
        } else if !self.is_found {
            PeerState::Unknown
        } else if self.silent_since.is_some() || self.failures >= FAILURES_UNREACHABLE {
            PeerState::Unreachable
        } else if self.failures > 0 || self.pending > 0 || self.missing > 0 {
            PeerState::Behind
        } else {
            PeerState::UpToDate
        }
    }

    /// When it last gave any sign of life; `None` = never.
    #[must_use]
    pub fn contact_at(&self) -> Option<i64> {
        self.sent_at.max(self.heard_at).max(self.answered_at)
    }
}

/// All cities of the network in its order, this one too.
///
/// # Errors
/// [`Error`] of the database.
pub fn standings(conn: &mut Conn) -> Result<Vec<PeerStanding>, Error> {
    let cities = city::all(conn)?;
    let around = Around::read(conn)?;
    cities.iter().map(|city| around.of(conn, city)).collect()
}

/// One city.
///
/// # Errors
/// [`Error`] of the database.
pub fn of_city(conn: &mut Conn, city: &City) -> Result<PeerStanding, Error> {
    Around::read(conn)?.of(conn, city)
}

/// What is read once for all cities.
struct Around {
    peers: Vec<Peer>,
    logs: Vec<Log>,
    alarms: Vec<Alarm>,
    newest: i64,
}

impl Around {
    fn read(conn: &mut Conn) -> Result<Self, Error> {
        Ok(Self {
            peers: peer::list(conn)?,
            logs: log::all(conn)?,
            alarms: alarm::list_open(conn)?,
            newest: peer::newest_own(conn)?,
        })
    }

    fn of(&self, conn: &mut Conn, city: &City) -> Result<PeerStanding, Error> {
        let peer = self.peers.iter().find(|peer| peer.city == city.slug);
        let (pending, pending_since) = match peer {
            // Most siblings have everything: only for the others is it counted what they lack.
            Some(peer) if peer.sent_id < self.newest => pending_after(conn, peer.sent_id)?,
            _ => (0, None),
        };
        let its = || self.logs.iter().filter(|log| log.city == city.slug);
        let missing = its().map(|log| (log.known_seq - log.head_seq).max(0));
        let frozen = its().filter(|log| log.is_frozen).count();
        let silent = Kind::Silent.as_str();
        let silence =
            (self.alarms.iter()).find(|alarm| alarm.kind == silent && alarm.subject == city.slug);
        let text = |of: fn(&Peer) -> &String| peer.map(of).cloned().unwrap_or_default();
        Ok(PeerStanding {
            city: city.slug.clone(),
            base_url: city.base_url.clone(),
            software: text(|peer| &peer.software),
            is_self: city.is_self,
            is_found: peer.is_some_and(|peer| !peer.actor_uri.is_empty()),
            pending,
            pending_since,
            missing: missing.sum(),
            silent_since: silence.map(|alarm| alarm.since),
            frozen: i64::try_from(frozen).unwrap_or(i64::MAX),
            sent_at: peer.and_then(|peer| peer.sent_at),
            heard_at: peer.and_then(|peer| peer.heard_at),
            answered_at: peer.and_then(|peer| peer.answered_at),
            failures: peer.map_or(0, |peer| peer.failures),
            last_error: text(|peer| &peer.last_error),
        })
    }
}

/// Entries of our own after this one: how many, and when the oldest was made.
fn pending_after(conn: &mut Conn, sent_id: i64) -> Result<(i64, Option<i64>), Error> {
    let (count, oldest): (i64, Option<i64>) = entry::table
        .inner_join(log_table::table.inner_join(city_table::table))
        .filter(city_table::is_self.eq(true).and(entry::id.gt(sent_id)))
        .select((count_star(), min(entry::id)))
        .get_result(conn)?;
    let Some(oldest) = oldest else {
        return Ok((0, None));
    };
    let since = entry::table
        .find(oldest)
        .select(entry::received_at)
        .get_result(conn)
        .optional()?;
    Ok((count, since))
}
