//! The coordination ledger: which cities take part in a topic, and which of them coordinates.
//!
//! A pure state machine. In go authenticated [`Entry`]s, each with its place in its city's log; out
//! comes a [`State`], which is a function of the *set* of entries: of no order of arrival and of no
//! clock. Start at [`Ledger`], then [`State::coordinator`] and [`State::counts`]; `walk` goes from term
//! to term, `sitting` reads one coordinator's log, `handover`, `takeover` and `settle` hold the rules
//! named so below.
//!
//! # The rules
//!
//! **Logs.** The author of an act is the city in whose log it stands. Of two acts in one log the one
//! with the lower place is the earlier; acts in two logs have no order, and no rule asks for one. An act
//! names another by the digest of its entry. What it names and is not here, it *waits* for; it is
//! *refused* only by what is here. One activity is one act: its second place in a log is a replay.
//!
//! **Terms.** The genesis opens term 1; its digest is known beforehand. Term n + 1 is opened by a
//! *deed*: a seal of term n's holder, or a certificate that names the deed of term n as its base. A
//! certificate outranks a seal. Everything built on a deed that lost is refused. Who votes on the end
//! of a term are its *electors*: the members at its start.
//!
//! **Hand-over.** The holder offers term n + 1 to another member; one offer at a time, the next only
//! after the holder's own `Undo` of the one before. The first answer of the successor is the answer; it
//! repeats id and digest of the offer. The holder's seal names both digests. The first seal that is not
//! refused ends the term at its place, even while the acceptance it names has not come: no second seal
//! may hand over what the first may still have handed over. So a holder whose seal names nothing real
//! has given up the seat, and the majority goes on. Acceptance binds; who accepted may leave.
//!
//! **Takeover.** An elector stands, naming the base. Electors endorse, each naming how far it holds the
//! silent holder's log. In each log the first endorsement per base counts, a second is refused and (if
//! for another candidate) shown as evidence; none can be undone; none counts after the city has
//! acknowledged a deed on that base. The certificate names endorsements of more than half of the
//! electors and the highest head they name. It may name leaves of electors who left without having
//! endorsed or acknowledged on that base: these are not counted. Two certificates on one base would need
//! one elector twice, or one who both voted and left unvoted; its own log says which came first. Of the
//! holder's changes of that term those hold on that the candidacy names. A city may accept an offer and
//! endorse a candidate: rank decides.
//!
//! (federation.md says that two endorsements void both. In candidates' lists they do: such a member is
//! in no [`OpenCandidacy::endorsed_by`]. A certificate that stands is not unmade by a second
//! endorsement: else any one voter could, years later, unmake a term and all that followed.)
//!
//! **What counts.** A coordinating act counts if its city holds the term it names, and it stands after
//! the term's start (the acceptance, the certificate, or the genesis) and not after its last place: before
//! the seal, the holder's own `Leave`, or a fork, and at or before the certificate's head.
//!
//! **Members.** The holder changes members and schedule with the quorum's approvals *embedded*, so that
//! who votes depends on the holder's log alone; changes count for the next term's electors. A `Leave`
//! takes effect in the leaver's log at once and ends a term it holds; it leaves the count of electors when
//! the holder takes it down, or a certificate names it. Whoever comes back says from which place of its
//! log. With too few electors left for a majority, the topic runs without coordinator.
//!
//! **Forks.** Two entries at one place of a log: from there on that log says nothing, and a holder's term
//! ends there. Except what is *settled*: when a majority of electors has acknowledged a deed (for a
//! seal: without having endorsed anyone), that deed stands, and forks in the logs it names, up to the
//! places it names, are left behind. Without this rule any former coordinator could sign a second entry at an
//! old place and so void every term since.
//!
//! # What must stay true
//! - The same set gives the same [`State`].
//! - One city per term number. A view that holds a prefix of each log of another, none of them forked,
//!   names the same deeds as far as its terms reach, up to the first number, if any, where it has an
//!   unsettled seal and the other a certificate. It never has more terms without that.
//! - A settled deed never gives way in a larger view, unless acknowledging cities fork their logs.
//! - No verdict turns because of what is missing: refusals of endorsements, answers and seals rest on the
//!   author's earlier entries, and on entries named by digest.
//!
//! Nothing here holds if somebody hands in entries of a log with holes before them: the engine takes each
//! log in its order.

mod book;
mod entry;
mod handover;
mod reason;
mod roster;
mod settle;
mod sitting;
mod state;
mod stray;
mod takeover;
mod walk;

use std::collections::BTreeSet;

pub use entry::{
    Acknowledge, Act, Answer, Candidacy, Certificate, Change, Endorse, Entry, Genesis, Head,
    KeyChange, MemberRecord, Offer, Period, Position, ProofKey, Quorum, Reply, Seal, Seq, Slot,
    TermNo, What,
};
pub use reason::{Reason, Wait};
pub use state::{
    CoordinatingAct, Counts, End, Evidence, Founding, Member, OpenCandidacy, OpenOffer, Opening,
    State, Term, Until,
};

use crate::Digest;

/// The entries of one topic's ledger: a set that only grows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    founded_by: Digest,
    entries: BTreeSet<Entry>,
}

impl Ledger {
    /// An empty ledger of the topic that the genesis entry with this digest founds. (The digest comes
    /// with the invitation: whoever could choose it could found another topic of the same name.)
    #[must_use]
    pub const fn new(founded_by: Digest) -> Self {
        Self {
            founded_by,
            entries: BTreeSet::new(),
        }
    }

    /// Takes an authenticated entry in; `false` if it was known. Order does not matter.
    pub fn insert(&mut self, entry: Entry) -> bool {
        self.entries.insert(entry)
    }

    /// The entries, by city and place.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    /// What the entries mean. Computed anew: a ledger has hundreds of entries, not thousands.
    #[must_use]
    pub fn state(&self) -> State {
        walk::state(self.founded_by, &self.entries)
    }
}

impl Extend<Entry> for Ledger {
    fn extend<I: IntoIterator<Item = Entry>>(&mut self, entries: I) {
        self.entries.extend(entries);
    }
}

#[cfg(test)]
mod tests;
