//! From the founding, term by term: who holds it, what ended it, what opened the next.
//!
//! Start at [`state`].

use std::collections::{BTreeMap, BTreeSet};

use super::book::Book;
use super::entry::{Act, Certificate, Entry, Genesis, Period, Position, Quorum, Reply, Seq};
use super::handover::{self, Sealed};
use super::reason::{Reason, Verdict};
use super::roster::{Roster, majority};
use super::sitting::{Part, Sitting};
use super::state::{End, Founding, OpenOffer, Opening, State, Term, Until};
use super::takeover::{self, Contest};
use super::{settle, stray};
use crate::{CitySlug, Digest};

/// What each entry comes to, by digest.
#[derive(Default)]
pub(super) struct Verdicts(BTreeMap<Digest, Verdict>);

impl Verdicts {
    pub(super) fn get(&self, entry: Digest) -> Option<&Verdict> {
        self.0.get(&entry)
    }

    pub(super) fn set(&mut self, entry: Digest, verdict: Verdict) {
        self.0.insert(entry, verdict);
    }
}

/// The walk, as far as it has come.
pub(super) struct Walk<'a> {
    pub(super) book: Book<'a>,
    pub(super) verdicts: Verdicts,
    /// What is handed out. Its last term is the one walked to.
    pub(super) state: State,
    /// At the start of the last term.
    opening: Roster,
    /// At the end of the last term, or now.
    pub(super) roster: Roster,
}

/// The meaning of a set of entries, founded by the entry with this digest.
pub(super) fn state(founded_by: Digest, entries: &BTreeSet<Entry>) -> State {
    let mut walk = Walk {
        book: Book::new(entries),
        verdicts: Verdicts::default(),
        state: State::default(),
        opening: Roster::default(),
        roster: Roster::default(),
    };
    for (replay, first) in walk.book.replays() {
        let refused = Reason::Replayed { first }.into();
        walk.verdicts.set(replay, refused);
    }
    if let Some(mut term) = walk.found(founded_by) {
        while let Some(next) = walk.step(term) {
            term = next;
        }
    }
    stray::judge(&mut walk, founded_by);
    walk.finish(entries)
}

/// The certificate, if the deed is one and not a seal.
fn certificate(deed: &Entry) -> Option<&Certificate> {
    match &deed.act {
        Act::Certificate(certificate) => Some(certificate),
        Act::Genesis(_)
        | Act::Offer(_)
        | Act::Undo { .. }
        | Act::Answer(_)
        | Act::Seal(_)
        | Act::Candidacy(_)
        | Act::Endorse(_)
        | Act::Acknowledge(_)
        | Act::Change(_)
        | Act::Leave
        | Act::KeyChange(_) => None,
    }
}

/// What of the holder's log carries over: all to the end, or after a takeover what was endorsed.
fn kept_part<'a>(book: &Book<'a>, deed: Option<&Entry>, last: Option<Seq>) -> Part<'a> {
    if let Some(certificate) = deed.and_then(certificate)
        && let Some(entry) = book.get(certificate.candidacy)
        && let Act::Candidacy(candidacy) = &entry.act
    {
        return Part::Named(&candidacy.changes);
    }
    last.map_or(Part::All, Part::To)
}

impl<'a> Walk<'a> {
    fn found(&mut self, founded_by: Digest) -> Option<Term> {
        let entry = self.book.get(founded_by)?;
        let Act::Genesis(genesis) = &entry.act else {
            return None;
        };
        for record in &genesis.members {
            let new = self.roster.join(record, 1, &entry.at);
            if !new {
                return self.misfounded(entry);
            }
        }
        if self.roster.from(&genesis.coordinator).is_none() {
            return self.misfounded(entry);
        }
        self.verdicts.set(founded_by, Verdict::Good);
        self.book.forgive(&entry.at.city, entry.at.seq);
        self.opening = self.roster.clone();
        self.state.founding = Some(Founding {
            at: entry.at.clone(),
            term_days: genesis.term_days,
            quorum: genesis.quorum,
        });
        Some(self.first_term(&entry.at, genesis))
    }

    fn misfounded(&mut self, entry: &Entry) -> Option<Term> {
        self.roster = Roster::default();
        let refused = Reason::BadGenesis.into();
        self.verdicts.set(entry.at.digest, refused);
        None
    }

    fn first_term(&self, at: &Position, genesis: &Genesis) -> Term {
        let own = at.city == genesis.coordinator;
        Term {
            number: 1,
            city: genesis.coordinator.clone(),
            opened_by: Opening::Genesis,
            deed: at.clone(),
            start: if own { at.seq } else { 0 },
            period: genesis.period,
            electors: self.roster.electors(),
            acknowledged_by: BTreeSet::new(),
            settled: true,
            ended: None,
            last: None,
        }
    }

    fn quorum(&self) -> Quorum {
        let founding = self.state.founding.as_ref();
        founding.map_or(Quorum::Majority, |f| f.quorum)
    }

    /// Walks through a term; gives the next if it has been opened.
    fn step(&mut self, mut term: Term) -> Option<Term> {
        let settled = settle::find(&self.book, &term);
        if let Some(deed) = settled {
            self.forgive(&term, deed);
        }
        let from = (&self.opening, self.quorum());
        let sitting = Sitting::read(&self.book, &term, from, Part::All, &mut self.verdicts);
        handover::answers(&self.book, &sitting, &mut self.verdicts);
        let sealed = handover::seals(&self.book, &sitting, &mut self.verdicts);
        let contest = takeover::judge(&self.book, &term, &mut self.verdicts);
        let deed = settled.or(contest.best).or(sealed.good);
        self.close(&mut term, deed, (&sitting, &sealed));
        self.refuse_losers(&term, deed, (&sitting, &contest));
        let from = (&self.opening, self.quorum());
        let part = kept_part(&self.book, deed, term.last);
        let kept = Sitting::read(&self.book, &term, from, part, &mut self.verdicts);
        self.state.offers = self.open_offers(&kept, deed);
        self.state.candidacies = if deed.is_none() {
            contest.candidacies
        } else {
            Vec::new()
        };
        self.roster = kept.roster;
        let next = deed.and_then(|deed| self.open(&term, deed));
        self.state.terms.push(term);
        next
    }

    fn forgive(&mut self, term: &Term, deed: &Entry) {
        self.book.forgive(&deed.at.city, deed.at.seq);
        if let Some(certificate) = certificate(deed) {
            self.book.forgive(&term.city, certificate.head.seq);
        }
        if let Act::Seal(seal) = &deed.act
            && let Some(accept) = self.book.get(seal.accept)
        {
            self.book.forgive(&accept.at.city, accept.at.seq);
        }
    }

    /// Says how the term ended and what of its holder's log counts: as far as the earliest end.
    fn close(
        &self,
        term: &mut Term,
        deed: Option<&Entry>,
        (sitting, sealed): (&Sitting<'_>, &Sealed<'_>),
    ) {
        let before = |seq: Seq| seq.saturating_sub(1);
        let fork = self.book.fork(&term.city).filter(|at| *at > term.start);
        let mut ends = Vec::new();
        ends.extend(
            sealed
                .first
                .map(|s| (before(s.at.seq), End::Seal(s.at.clone()))),
        );
        ends.extend(sitting.left.map(|at| (before(at), End::Leave(at))));
        ends.extend(fork.map(|at| (before(at), End::Fork(at))));
        let opening = deed.map(|deed| {
            let at = deed.at.clone();
            match certificate(deed).map(|c| c.head) {
                Some(head) => (head.seq, End::Certificate { at, head }),
                None => (before(at.seq), End::Seal(at)),
            }
        });
        let earliest = ends.iter().min_by_key(|(last, _)| *last);
        term.last = opening.iter().chain(&ends).map(|(last, _)| *last).min();
        let by = opening.as_ref().or(earliest);
        term.ended = by.map(|(_, end)| end.clone());
    }

    /// Once it is known how the term ended: what stood after the end, and what was outranked.
    fn refuse_losers(
        &mut self,
        term: &Term,
        deed: Option<&Entry>,
        (sitting, contest): (&Sitting<'_>, &Contest<'_>),
    ) {
        if let Some(last) = term.last {
            for entry in sitting.acts.iter().filter(|entry| entry.at.seq > last) {
                let clearer = matches!(
                    self.verdicts.get(entry.at.digest),
                    Some(Verdict::Refused(
                        Reason::Forked { .. } | Reason::HasLeft { .. }
                    ))
                );
                if !clearer {
                    let late = Reason::AfterEnd { last }.into();
                    self.verdicts.set(entry.at.digest, late);
                }
            }
        }
        let Some(deed) = deed else {
            return;
        };
        let cut = certificate(deed).map(|c| c.head.seq);
        if cut.is_some() {
            for entry in &sitting.acts {
                self.lower(
                    entry,
                    Reason::Outranked {
                        by: deed.at.clone(),
                    },
                );
            }
        }
        for entry in sitting.seals.iter().chain(&contest.certificates) {
            let late = cut.filter(|last| entry.at.city == term.city && entry.at.seq > *last);
            let outranked = || Reason::Outranked {
                by: deed.at.clone(),
            };
            self.lower(
                entry,
                late.map_or_else(outranked, |last| Reason::AfterEnd { last }),
            );
        }
        self.verdicts.set(deed.at.digest, Verdict::Good);
    }

    /// Refuses an entry that nothing else has refused.
    fn lower(&mut self, entry: &Entry, reason: Reason) {
        let digest = entry.at.digest;
        if !matches!(self.verdicts.get(digest), Some(Verdict::Refused(_))) {
            self.verdicts.set(digest, reason.into());
        }
    }

    /// The offers not undone; none once the next term is open.
    fn open_offers(&self, sitting: &Sitting<'_>, deed: Option<&Entry>) -> Vec<OpenOffer> {
        let facts = sitting.offers.iter().filter(|fact| fact.undone.is_none());
        let facts = facts.filter(|_| deed.is_none());
        let open = facts.map(|fact| OpenOffer {
            at: fact.at.clone(),
            to: fact.offer.to.clone(),
            term: fact.offer.term,
            period: fact.offer.period,
            answer: self.answer(&fact.offer.to, fact.at.digest),
        });
        open.collect()
    }

    fn answer(&self, city: &CitySlug, offer: Digest) -> Option<(Reply, Position)> {
        self.book.log(city).find_map(|entry| {
            let Act::Answer(answer) = &entry.act else {
                return None;
            };
            let good = self.verdicts.get(entry.at.digest) == Some(&Verdict::Good);
            (good && answer.offer == offer).then(|| (answer.reply, entry.at.clone()))
        })
    }

    fn open(&mut self, term: &Term, deed: &Entry) -> Option<Term> {
        let number = term.number.checked_add(1)?;
        let (opened_by, city, start, period) = match certificate(deed) {
            Some(certificate) => self.by_certificate(term, deed, certificate)?,
            None => self.by_seal(deed)?,
        };
        let acknowledged_by = settle::witnesses(&self.book, term, deed);
        self.opening = self.roster.clone();
        Some(Term {
            number,
            city,
            opened_by,
            deed: deed.at.clone(),
            start,
            period,
            electors: self.roster.electors(),
            settled: acknowledged_by.len() >= majority(term.electors.len()),
            acknowledged_by,
            ended: None,
            last: None,
        })
    }

    fn by_seal(&self, deed: &Entry) -> Option<(Opening, CitySlug, Seq, Period)> {
        let Act::Seal(seal) = &deed.act else {
            return None;
        };
        let accept = self.book.get(seal.accept)?;
        let offer = self.book.get(seal.offer)?;
        let Act::Offer(offer) = &offer.act else {
            return None;
        };
        let city = seal.successor.clone();
        Some((Opening::Seal, city, accept.at.seq, offer.period))
    }

    /// The leaves that the certificate names and counts are taken down with it.
    fn by_certificate(
        &mut self,
        term: &Term,
        deed: &Entry,
        certificate: &Certificate,
    ) -> Option<(Opening, CitySlug, Seq, Period)> {
        let candidacy = self.book.get(certificate.candidacy)?;
        let Act::Candidacy(candidacy) = &candidacy.act else {
            return None;
        };
        for leave in &certificate.leaves {
            let left = self.book.get(*leave);
            if let Some(entry) = left
                && takeover::left_without_a_vote(&self.book, term, entry)
                && self
                    .roster
                    .from(&entry.at.city)
                    .is_some_and(|from| from <= entry.at.seq)
            {
                self.roster.record_leave(&entry.at.city, entry.at.seq);
            }
        }
        let (at, period) = (&deed.at, candidacy.period);
        Some((Opening::Certificate, at.city.clone(), at.seq, period))
    }

    fn finish(mut self, entries: &BTreeSet<Entry>) -> State {
        for entry in entries {
            match self.verdicts.get(entry.at.digest) {
                Some(Verdict::Refused(reason)) => {
                    let at = entry.at.clone();
                    self.state.refusals.insert(at, reason.clone());
                }
                Some(Verdict::Waits(wait)) => {
                    self.state.waiting.insert(entry.at.clone(), *wait);
                }
                Some(Verdict::Good) | None => {}
            }
        }
        for (city, member) in &mut self.roster.members {
            let left = self.book.leave(city, member.from, Seq::MAX);
            if let (None, Some(seq)) = (&member.until, left) {
                member.until = Some(Until::Left(seq));
            }
        }
        self.state.evidence = stray::evidence(&self.book);
        self.state.members = self.roster.members;
        self.state.schedule = self.roster.schedule;
        self.state
    }
}
