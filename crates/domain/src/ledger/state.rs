//! What comes out: who takes part, who coordinates, what is open, what is refused and why.
//!
//! Start at [`State::coordinator`] and [`State::counts`].

use std::collections::{BTreeMap, BTreeSet};

use super::entry::{Head, MemberRecord, Period, Position, Quorum, Reply, Seq, Slot, TermNo};
use super::reason::{Reason, Wait};
use crate::CitySlug;

/// The meaning of a set of ledger entries.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct State {
    /// How the topic was founded; `None` until the genesis is there.
    pub founding: Option<Founding>,
    /// Everyone who takes part or took part, by city; a city that came back has its latest stay.
    pub members: BTreeMap<CitySlug, Member>,
    /// The terms, from number 1, without gaps.
    pub terms: Vec<Term>,
    /// Offers of the latest term that are not undone, in the order of the coordinator's log.
    pub offers: Vec<OpenOffer>,
    /// Who stands for the seat of the latest term's coordinator, by position.
    pub candidacies: Vec<OpenCandidacy>,
    /// The schedule in force, by start.
    pub schedule: Vec<Slot>,
    /// What is refused, and why.
    pub refusals: BTreeMap<Position, Reason>,
    /// What waits, and for what.
    pub waiting: BTreeMap<Position, Wait>,
    /// What members did that no honest one does.
    pub evidence: BTreeSet<Evidence>,
}

/// What the genesis laid down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Founding {
    /// The genesis.
    pub at: Position,
    /// Planned length of a term, in days.
    pub term_days: u32,
    /// How many must approve a change.
    pub quorum: Quorum,
}

/// One city's taking part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Group and the proof key in force.
    pub record: MemberRecord,
    /// By which entry: the genesis or an `Add`.
    pub since: Position,
    /// From which place of its own log it speaks as a member.
    pub from: Seq,
    /// From which place of its own log its own key changes count: those before were overtaken when
    /// the coordinator and the quorum set the key.
    pub key_from: Seq,
    /// How it ended; `None` while it takes part.
    pub until: Option<Until>,
}

/// How a city's taking part ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Until {
    /// It left, at this place of its own log.
    Left(Seq),
    /// The coordinator and the quorum put it out.
    Removed(Position),
}

/// One period of coordination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// From 1.
    pub number: TermNo,
    /// Who holds it.
    pub city: CitySlug,
    /// What kind of entry opened it.
    pub opened_by: Opening,
    /// The entry that opened it. Candidacies name its digest as their base.
    pub deed: Position,
    /// Acts count from the place after this one in the holder's log.
    pub start: Seq,
    /// Planned time.
    pub period: Period,
    /// Who votes on its end: the members at its start, each with the place of its own log from
    /// which it is one.
    pub electors: BTreeMap<CitySlug, Seq>,
    /// Electors of the term before that have acknowledged the deed.
    pub acknowledged_by: BTreeSet<CitySlug>,
    /// Whether so many have acknowledged that nothing can take the deed back: no later certificate,
    /// no fork. (The genesis is always settled.)
    pub settled: bool,
    /// How it ended; `None` while it lasts. An ended last term means: nobody coordinates.
    pub ended: Option<End>,
    /// The last place of the holder's log that counts; `None` while the term lasts.
    pub last: Option<Seq>,
}

/// What opened a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Opening {
    /// The founding.
    Genesis,
    /// A hand-over.
    Seal,
    /// A takeover.
    Certificate,
}

/// What ended a term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// The holder handed over. (The next term opens when the acceptance is there too.)
    Seal(Position),
    /// The majority gave the next term to another city.
    Certificate {
        /// In whose log it stands, and where.
        at: Position,
        /// How far the holder's log counts.
        head: Head,
    },
    /// The holder left the topic.
    Leave(Seq),
    /// The holder's log has two entries at this place.
    Fork(Seq),
}

/// An offer that is not undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenOffer {
    /// Where it stands.
    pub at: Position,
    /// To whom.
    pub to: CitySlug,
    /// For which term.
    pub term: TermNo,
    /// Planned time.
    pub period: Period,
    /// The successor's answer and where it stands; `None` until there is one.
    pub answer: Option<(Reply, Position)>,
}

/// A candidacy that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenCandidacy {
    /// Where it stands; its city is the candidate.
    pub at: Position,
    /// For which term.
    pub term: TermNo,
    /// Who has endorsed it and may be named in a certificate, with where and the head they name. A
    /// member that endorsed two candidates is in neither list.
    pub endorsed_by: BTreeMap<CitySlug, (Position, Head)>,
    /// Members whose `Leave` may be named in a certificate, with where.
    pub leaves: BTreeMap<CitySlug, Position>,
    /// How many endorsements a certificate needs that names all these leaves.
    pub needed: usize,
}

/// A proof that a member broke the rules, for people to see.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evidence {
    /// A log has two entries at one place.
    Fork {
        /// Whose.
        city: CitySlug,
        /// Where.
        at: Seq,
    },
    /// A member endorsed two candidates for the end of one term.
    TwoEndorsements {
        /// The first.
        first: Position,
        /// Another.
        second: Position,
    },
}

/// A coordinating act, as far as the ledger judges it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoordinatingAct {
    /// The term that it names.
    pub term: TermNo,
    /// Whose log it stands in.
    pub city: CitySlug,
    /// Where.
    pub seq: Seq,
}

/// Whether a coordinating act counts, on everything known so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Counts {
    /// It does.
    Yes,
    /// It does not.
    No(Reason),
    /// The ledger does not reach so far yet; ask again when it has grown.
    Waits(Wait),
}

impl State {
    /// The term that lasts; `None` when nobody coordinates.
    #[must_use]
    pub fn coordinator(&self) -> Option<&Term> {
        self.terms.last().filter(|term| term.ended.is_none())
    }

    /// A term by its number.
    #[must_use]
    pub fn term(&self, number: TermNo) -> Option<&Term> {
        self.terms.iter().find(|term| term.number == number)
    }

    /// Whether a coordinating act counts. Ask again for all acts of a topic whenever [`State::terms`]
    /// changes: a grown ledger may turn any answer.
    #[must_use]
    pub fn counts(&self, act: &CoordinatingAct) -> Counts {
        let Some(term) = self.term(act.term) else {
            return if act.term == 0 {
                Counts::No(Reason::WrongTerm { named: act.term })
            } else {
                Counts::Waits(Wait::Term(act.term))
            };
        };
        if term.city != act.city {
            return Counts::No(Reason::NotCoordinator {
                term: term.number,
                holder: term.city.clone(),
            });
        }
        if act.seq <= term.start {
            return Counts::No(Reason::BeforeStart { start: term.start });
        }
        match term.last {
            Some(last) if act.seq > last => Counts::No(Reason::AfterEnd { last }),
            Some(_) | None => Counts::Yes,
        }
    }

    /// Whom the schedule has next: the first line that starts after the latest term's planned start
    /// and whose city takes part.
    #[must_use]
    pub fn next(&self) -> Option<&Slot> {
        let term = self.terms.last()?;
        self.schedule
            .iter()
            .find(|slot| slot.period.start > term.period.start && self.takes_part(&slot.city))
    }

    /// Whether a city takes part now.
    #[must_use]
    pub fn takes_part(&self, city: &CitySlug) -> bool {
        self.members
            .get(city)
            .is_some_and(|member| member.until.is_none())
    }
}
