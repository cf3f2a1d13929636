//! What goes in: ledger entries, already authenticated, each with its place in its city's log.
//!
//! [`Entry`] is the place and the [`Act`]; each act names the ActivityStreams activity it is read
//! from. A signature is never looked at here: who hands an entry in has checked the proofs of the
//! group and of the author, and that the log's home is the city that acts.

use std::collections::{BTreeMap, BTreeSet};

use super::roster::majority;
use crate::text::Invalid;
use crate::{CitySlug, Digest, Oid, Timestamp};

/// Place in a log, from 1.
pub type Seq = i64;

/// Number of a term, from 1. A fencing token: it only grows.
pub type TermNo = u32;

/// Where an entry stands: the log of `city`, at `seq`, and the digest of the whole entry, which
/// covers the digest of the entry before. Two digests at one `seq` are a fork.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Home of the log, and author of the act.
    pub city: CitySlug,
    /// Place in that log.
    pub seq: Seq,
    /// Digest of the entry: the identity by which other acts name it.
    pub digest: Digest,
}

/// How far a log was held by somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Head {
    /// Last place held.
    pub seq: Seq,
    /// Digest of the entry there.
    pub digest: Digest,
}

/// One element of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entry {
    /// Where it stands.
    pub at: Position,
    /// Identity of the activity inside the `Announce`. One identity is one act: the first in a log
    /// is meant, a second is a replay.
    pub id: Oid,
    /// What it says.
    pub act: Act,
}

/// What an entry says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Act {
    /// `Create` of the topic's ledger, by the founder.
    Genesis(Genesis),
    /// `Offer` of `Relationship{subject: successor, relationship: tq:coordinates, object: topic}`.
    Offer(Offer),
    /// `Undo` of an entry of one's own. Only an offer can be undone.
    Undo {
        /// Digest of the entry to undo.
        entry: Digest,
    },
    /// `Accept` or `Reject` of an offer, by the city it is made to.
    Answer(Answer),
    /// `Add` of the successor to the topic's `coordinators`, by the coordinator.
    Seal(Seal),
    /// `Offer` of the same `Relationship` by a city for itself, because the coordinator is gone.
    Candidacy(Candidacy),
    /// `Accept` of a candidacy.
    Endorse(Endorse),
    /// `Add` of the candidate to the topic's `coordinators`, by the candidate, with the endorsements.
    Certificate(Certificate),
    /// `Update` of the city's own group that shows the new coordinator outside (federation.md, 5).
    Acknowledge(Acknowledge),
    /// `Add`, `Remove` or `Update` of a member, or `Update` of the schedule, by the coordinator.
    Change(Change),
    /// `Leave` of the topic by the city itself, the founder too.
    Leave,
    /// `Update` of the city's own group that replaces its proof key, proved by the old key.
    KeyChange(KeyChange),
}

/// The beginning of a topic.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Genesis {
    /// Who takes part at first; one line per city.
    pub members: Vec<MemberRecord>,
    /// Who coordinates first; one of the members.
    pub coordinator: CitySlug,
    /// Planned length of a term, in days. Nothing ends by it; it fills forms and reminders.
    pub term_days: u32,
    /// How many must approve a [`Change`].
    pub quorum: Quorum,
    /// Planned time of the first term.
    pub period: Period,
}

/// How many of the members frozen at term start must approve a [`Change`], the coordinator counted
/// in. (A takeover always needs more than half.)
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize)]
pub enum Quorum {
    /// The coordinator decides.
    #[serde(rename = "coordinator")]
    CoordinatorAlone,
    /// More than half.
    #[serde(rename = "majority")]
    Majority,
    /// At least two thirds.
    #[serde(rename = "two-thirds")]
    TwoThirds,
}

impl Quorum {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Majority, Self::TwoThirds, Self::CoordinatorAlone];

    /// How many of so many.
    #[must_use]
    pub const fn of(self, electors: usize) -> usize {
        match self {
            Self::CoordinatorAlone => 1,
            Self::Majority => majority(electors),
            Self::TwoThirds => electors.saturating_mul(2).div_ceil(3),
        }
    }

    /// The word on the wire, in kits and in forms.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CoordinatorAlone => "coordinator",
            Self::Majority => "majority",
            Self::TwoThirds => "two-thirds",
        }
    }

    /// Reads [`Self::as_str`], `None` for anything else.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|quorum| quorum.as_str() == word)
    }
}

/// Planned time of a term. Shown and reminded of; never judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    /// `startTime`.
    pub start: Timestamp,
    /// `endTime`.
    pub end: Timestamp,
}

/// The text of an Ed25519 Multikey (`z6Mk…`, FEP-521a), as a group publishes it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProofKey(String);

impl ProofKey {
    /// Checks the shape: `z6Mk` and base58 to 44–52 characters. That it is a key, `protocol` checks.
    ///
    /// # Errors
    /// [`Invalid`] of field `key`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let shaped = text.starts_with("z6Mk") && (44..=52).contains(&text.len());
        if shaped && text.bytes().all(|b| b.is_ascii_alphanumeric()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::new("key", "key-form"))
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What the ledger keeps of a city.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberRecord {
    /// The city.
    pub city: CitySlug,
    /// URL of its group in this topic.
    pub group: String,
    /// Proof key of that group.
    pub key: ProofKey,
}

/// The coordinator offers the next term.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Offer {
    /// The term offered: the coordinator's own plus one.
    pub term: TermNo,
    /// To whom.
    pub to: CitySlug,
    /// Planned time.
    pub period: Period,
}

/// The successor's word on an offer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Answer {
    /// Identity of the offer's activity.
    pub offer_id: Oid,
    /// Digest of the offer's entry, so that a changed offer is not what was answered.
    pub offer: Digest,
    /// Which word.
    pub reply: Reply,
}

/// Yes or no to an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reply {
    /// `Accept`.
    Accept,
    /// `Reject`.
    Reject,
}

/// The coordinator hands over. Its term ends here, the next begins.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seal {
    /// The term handed over: the coordinator's own plus one.
    pub term: TermNo,
    /// To whom.
    pub successor: CitySlug,
    /// Digest of the offer's entry.
    pub offer: Digest,
    /// Digest of the accept's entry.
    pub accept: Digest,
}

/// A city stands for the seat of a coordinator that is gone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Candidacy {
    /// The term stood for: the one that `base` opened, plus one.
    pub term: TermNo,
    /// Digest of the entry that opened the term to be ended (genesis, seal or certificate).
    pub base: Digest,
    /// Planned time.
    pub period: Period,
    /// Digests of the silent coordinator's [`Change`]s of that term which are to hold on. Named and
    /// so endorsed, because nobody can tell from a head which entries before it are missing here.
    pub changes: BTreeSet<Digest>,
}

/// A member's one vote to end a term and to give the next to the candidate.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Endorse {
    /// Digest of the candidacy's entry.
    pub candidacy: Digest,
    /// As in the candidacy. Repeated, so that a member's log alone shows how often it voted.
    pub base: Digest,
    /// How far the endorser holds the log of the silent coordinator.
    pub head: Head,
}

/// The candidate shows its majority. Its term begins here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Certificate {
    /// As in the candidacy.
    pub term: TermNo,
    /// As in the candidacy.
    pub base: Digest,
    /// Digest of the candidacy's entry.
    pub candidacy: Digest,
    /// Digests of the endorsements' entries.
    pub endorsements: BTreeSet<Digest>,
    /// Digests of `Leave` entries of members who left without a vote, and so need not be counted.
    pub leaves: BTreeSet<Digest>,
    /// The highest head of the silent coordinator's log that an endorser names.
    pub head: Head,
}

/// "I have seen this seal or certificate and show it outside." After it, the city can no longer
/// endorse anyone for the end of the same term.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Acknowledge {
    /// Digest of the seal's or certificate's entry.
    pub deed: Digest,
    /// Digest of the entry that opened the term which it ended.
    pub base: Digest,
}

/// The coordinator, with the quorum, changes who takes part or what is planned.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Change {
    /// The coordinator's term.
    pub term: TermNo,
    /// What changes.
    pub what: What,
    /// Cities whose signed `Accept` of exactly this change is embedded, each with the key by which its
    /// proof holds. It counts if that is the key on the city's record at this place. (Embedded, so that
    /// no other log is needed to judge it: who votes next must never depend on what has arrived.)
    pub approved_by: BTreeMap<CitySlug, ProofKey>,
}

/// What a [`Change`] changes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// A city joins, or joins again after having left.
    Add {
        /// The city.
        record: MemberRecord,
        /// From which place of its own log it speaks as a member: 1, or after its `Leave`.
        from: Seq,
    },
    /// A city is put out.
    Remove {
        /// The city.
        city: CitySlug,
    },
    /// A city's `Leave`, embedded, is taken down, so that it is no longer counted. No quorum.
    RecordLeave {
        /// The city.
        city: CitySlug,
        /// Where its `Leave` stands in its log.
        seq: Seq,
        /// The key by which the proof of that entry holds; must be the one on the city's record.
        key: ProofKey,
    },
    /// A city's group or key is replaced (its key is lost, its host has changed).
    Update {
        /// The city, with the new values.
        record: MemberRecord,
        /// From which place of its own log the new key holds; outranks its own changes before.
        from: Seq,
    },
    /// Who is to coordinate when. Replaces the schedule before.
    Schedule(Vec<Slot>),
}

/// One line of the schedule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot {
    /// When.
    pub period: Period,
    /// Who.
    pub city: CitySlug,
}

/// A city replaces its group's proof key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyChange {
    /// The key until now.
    pub old: ProofKey,
    /// The key from the next entry on.
    pub new: ProofKey,
}
