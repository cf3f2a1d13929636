//! One term in its holder's own log: changes, offers, what is undone, seals, leaving.
//!
//! Everything here is decided by that log alone, so that it never turns when another log grows.
//! What stands after the end of the term is refused by the walk, which knows the end.

use std::collections::BTreeSet;

use super::book::Book;
use super::entry::{Act, Entry, Offer, Position, Quorum, Seq};
use super::reason::{Reason, Verdict};
use super::roster::Roster;
use super::state::Term;
use super::walk::Verdicts;
use crate::{Digest, Oid};

/// A good offer.
pub(super) struct OfferFact<'a> {
    pub(super) at: &'a Position,
    pub(super) id: Oid,
    pub(super) offer: &'a Offer,
    /// From which place of its own log the successor is a member.
    pub(super) guest_from: Seq,
    /// Where it was undone.
    pub(super) undone: Option<Seq>,
}

/// Which part of the holder's log is read.
#[derive(Clone, Copy)]
pub(super) enum Part<'p> {
    /// From the start of the term to the end of the log.
    All,
    /// From the start of the term to this place.
    To(Seq),
    /// Of the changes, those named by a candidacy.
    Named(&'p BTreeSet<Digest>),
}

impl Part<'_> {
    fn has(self, entry: &Entry) -> bool {
        match self {
            Self::All => true,
            Self::To(last) => entry.at.seq <= last,
            Self::Named(changes) => changes.contains(&entry.at.digest) || entry.act == Act::Leave,
        }
    }
}

/// What the holder did.
pub(super) struct Sitting<'a> {
    pub(super) roster: Roster,
    pub(super) offers: Vec<OfferFact<'a>>,
    pub(super) seals: Vec<&'a Entry>,
    /// Good and bad alike, in order: what is refused if it stands after the end.
    pub(super) acts: Vec<&'a Entry>,
    pub(super) left: Option<Seq>,
}

impl<'a> Sitting<'a> {
    /// Reads a part of the holder's log.
    pub(super) fn read(
        book: &Book<'a>,
        term: &Term,
        (roster, quorum): (&Roster, Quorum),
        part: Part<'_>,
        verdicts: &mut Verdicts,
    ) -> Self {
        let mut sitting = Self {
            roster: roster.clone(),
            offers: Vec::new(),
            seals: Vec::new(),
            acts: Vec::new(),
            left: None,
        };
        let inside = |entry: &&Entry| entry.at.seq > term.start && part.has(entry);
        for entry in book.log(&term.city).filter(inside) {
            if let Some(verdict) = sitting.take(book, term, quorum, entry) {
                sitting.acts.push(entry);
                verdicts.set(entry.at.digest, verdict);
            }
        }
        sitting
    }

    /// `None` for what is not an act of this term's coordinator, and for what is judged elsewhere:
    /// seals, and leaving, which every member may.
    fn take(
        &mut self,
        book: &Book<'a>,
        term: &Term,
        quorum: Quorum,
        entry: &'a Entry,
    ) -> Option<Verdict> {
        if !self.concerns(term, &entry.act) {
            return None;
        }
        let at = &entry.at;
        if self.left.is_some() && entry.act == Act::Leave {
            return None;
        }
        let left = self.left.map(|at| Reason::HasLeft { at }.into());
        if let Some(refused) = book.unforked(at).err().or(left) {
            return Some(refused);
        }
        match &entry.act {
            Act::Change(change) => {
                let verdict = self.roster.change(at, change, term, quorum);
                self.drop_offers_to_strangers(at.seq);
                Some(verdict)
            }
            Act::Offer(offer) => Some(self.offer(term, entry, offer)),
            Act::Undo { entry } => Some(self.undo(at, *entry)),
            Act::Leave => {
                self.left = Some(at.seq);
                None
            }
            Act::Seal(_) => {
                self.seals.push(entry);
                None
            }
            Act::Genesis(_)
            | Act::Answer(_)
            | Act::Candidacy(_)
            | Act::Endorse(_)
            | Act::Certificate(_)
            | Act::Acknowledge(_)
            | Act::KeyChange(_) => None,
        }
    }

    fn concerns(&self, term: &Term, act: &Act) -> bool {
        let next = term.number.checked_add(1);
        match act {
            Act::Change(change) => change.term == term.number,
            Act::Offer(offer) => Some(offer.term) == next,
            Act::Seal(seal) => Some(seal.term) == next,
            Act::Undo { entry } => self.offers.iter().any(|fact| fact.at.digest == *entry),
            Act::Leave => true,
            Act::Genesis(_)
            | Act::Answer(_)
            | Act::Candidacy(_)
            | Act::Endorse(_)
            | Act::Certificate(_)
            | Act::Acknowledge(_)
            | Act::KeyChange(_) => false,
        }
    }

    fn offer(&mut self, term: &Term, entry: &'a Entry, offer: &'a Offer) -> Verdict {
        if offer.to == term.city {
            return Reason::OfferToSelf.into();
        }
        let Some(guest_from) = self.roster.from(&offer.to) else {
            return Reason::OfferToNonMember.into();
        };
        if let Some(open) = self.offers.iter().find(|fact| fact.undone.is_none()) {
            return Reason::OfferOpen { offer: open.at.seq }.into();
        }
        self.offers.push(OfferFact {
            at: &entry.at,
            id: entry.id,
            offer,
            guest_from,
            undone: None,
        });
        Verdict::Good
    }

    /// Whoever is put out, or whose leaving is taken down, can no longer be handed the seat.
    fn drop_offers_to_strangers(&mut self, seq: Seq) {
        for fact in &mut self.offers {
            if fact.undone.is_none() && self.roster.from(&fact.offer.to).is_none() {
                fact.undone = Some(seq);
            }
        }
    }

    fn undo(&mut self, at: &Position, offer: Digest) -> Verdict {
        let named = self.offers.iter_mut().find(|f| f.at.digest == offer);
        match named.filter(|fact| fact.undone.is_none()) {
            Some(fact) => {
                fact.undone = Some(at.seq);
                Verdict::Good
            }
            None => Reason::NotUndoable.into(),
        }
    }

    pub(super) fn fact(&self, offer: Digest) -> Option<&OfferFact<'a>> {
        self.offers.iter().find(|fact| fact.at.digest == offer)
    }
}
