//! Why an entry means nothing, or not yet.
//!
//! A [`Reason`] has a code for the interface's texts and the facts that the text names. An entry is
//! refused only by what is there; for what is not there it waits ([`Wait`]).

use std::fmt;

use super::entry::{Position, Seq, TermNo};
use crate::{CitySlug, Digest};

/// Why an entry is refused.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The topic was founded already, by another entry.
    SecondGenesis,
    /// The genesis names a city twice, or a coordinator that is no member.
    BadGenesis,
    /// The same activity stands earlier in this log.
    Replayed {
        /// Where it stands first.
        first: Seq,
    },
    /// The log has two entries at one place, and this one stands there or later.
    Forked {
        /// The place.
        at: Seq,
    },
    /// The author was no member (for votes: not when the term began).
    NotMember,
    /// The author had left.
    HasLeft {
        /// Where its `Leave` stands in its log.
        at: Seq,
    },
    /// Another city holds the term that this act needs.
    NotCoordinator {
        /// The term.
        term: TermNo,
        /// Who holds it.
        holder: CitySlug,
    },
    /// The term named does not follow the one it ends.
    WrongTerm {
        /// The term named.
        named: TermNo,
    },
    /// It stands before the author's term began.
    BeforeStart {
        /// Where in the author's log the term began.
        start: Seq,
    },
    /// It stands after the end of the author's term.
    AfterEnd {
        /// The last place of the author's log that counts.
        last: Seq,
    },
    /// An earlier offer is still open; it must be undone first.
    OfferOpen {
        /// Where it stands.
        offer: Seq,
    },
    /// The city to which the seat is offered takes no part.
    OfferToNonMember,
    /// A coordinator offered the seat to itself.
    OfferToSelf,
    /// The answer is to other words than those of the offer.
    OfferChanged,
    /// The offer itself is refused.
    OfferRefused,
    /// The offer was undone.
    OfferWithdrawn,
    /// What is named as an offer is none.
    NotAnOffer,
    /// The offer is to another city.
    NotOfferedToYou,
    /// The city answered this offer before.
    AnsweredAlready {
        /// Where.
        first: Seq,
    },
    /// What is named as the acceptance is none, or not of this offer, or is refused.
    NotAccepted,
    /// The seal names another successor than the offer.
    SuccessorDiffers,
    /// The coordinator sealed this term before.
    SealedAlready {
        /// Where.
        first: Seq,
    },
    /// A higher-ranking entry opened the term.
    Outranked {
        /// Which.
        by: Position,
    },
    /// What it builds on opened no term of this ledger.
    NoSuchTerm,
    /// The coordinator stood for its own seat.
    OwnSeat,
    /// What is named as a candidacy is none, or is refused.
    NotACandidacy,
    /// The member has endorsed already for the end of this term. Evidence if for another candidate.
    EndorsedAlready {
        /// Where.
        first: Seq,
    },
    /// The member has acknowledged already how this term ended.
    AcknowledgedAlready {
        /// Where.
        first: Seq,
    },
    /// Too few endorsements or approvals.
    ShortOfQuorum {
        /// How many count.
        have: usize,
        /// How many are needed.
        need: usize,
    },
    /// The certificate's head is not the highest that its endorsers name.
    HeadDiffers {
        /// The highest.
        highest: Seq,
    },
    /// The candidate certified this term before.
    CertifiedAlready {
        /// Where.
        first: Seq,
    },
    /// The city takes part already.
    AlreadyMember,
    /// The city takes no part.
    UnknownMember,
    /// A coordinator cannot put itself out: it hands over, or leaves.
    CoordinatorStays,
    /// The key to be replaced is not the one in force.
    KeyNotCurrent,
    /// Only an offer of one's own that is still open can be undone.
    NotUndoable,
}

impl Reason {
    /// Message key of the text for people.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::SecondGenesis => "second-genesis",
            Self::BadGenesis => "bad-genesis",
            Self::Replayed { .. } => "replayed",
            Self::Forked { .. } => "forked",
            Self::NotMember => "not-member",
            Self::HasLeft { .. } => "has-left",
            Self::NotCoordinator { .. } => "not-coordinator",
            Self::WrongTerm { .. } => "wrong-term",
            Self::BeforeStart { .. } => "before-start",
            Self::AfterEnd { .. } => "after-end",
            Self::OfferOpen { .. } => "offer-open",
            Self::OfferToNonMember => "offer-to-non-member",
            Self::OfferToSelf => "offer-to-self",
            Self::OfferChanged => "offer-changed",
            Self::OfferRefused => "offer-refused",
            Self::OfferWithdrawn => "offer-withdrawn",
            Self::NotAnOffer => "not-an-offer",
            Self::NotOfferedToYou => "not-offered-to-you",
            Self::AnsweredAlready { .. } => "answered-already",
            Self::NotAccepted => "not-accepted",
            Self::SuccessorDiffers => "successor-differs",
            Self::SealedAlready { .. } => "sealed-already",
            Self::Outranked { .. } => "outranked",
            Self::NoSuchTerm => "no-such-term",
            Self::OwnSeat => "own-seat",
            Self::NotACandidacy => "not-a-candidacy",
            Self::EndorsedAlready { .. } => "endorsed-already",
            Self::AcknowledgedAlready { .. } => "acknowledged-already",
            Self::ShortOfQuorum { .. } => "short-of-quorum",
            Self::HeadDiffers { .. } => "head-differs",
            Self::CertifiedAlready { .. } => "certified-already",
            Self::AlreadyMember => "already-member",
            Self::UnknownMember => "unknown-member",
            Self::CoordinatorStays => "coordinator-stays",
            Self::KeyNotCurrent => "key-not-current",
            Self::NotUndoable => "not-undoable",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// What an entry or an act waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wait {
    /// The entry with this digest.
    Entry(Digest),
    /// That this term opens.
    Term(TermNo),
}

/// What an entry comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    Good,
    Refused(Reason),
    Waits(Wait),
}

impl From<Result<(), Verdict>> for Verdict {
    fn from(judged: Result<(), Self>) -> Self {
        judged.err().unwrap_or(Self::Good)
    }
}

impl From<Reason> for Verdict {
    fn from(reason: Reason) -> Self {
        Self::Refused(reason)
    }
}

impl From<Wait> for Verdict {
    fn from(wait: Wait) -> Self {
        Self::Waits(wait)
    }
}
