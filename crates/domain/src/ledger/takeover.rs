//! The way without the coordinator: candidacies, endorsements, certificates.
//!
//! All of them name the entry that opened the term to be ended (its *base*), so that those about
//! another course of events never mix with these.

use std::collections::{BTreeMap, BTreeSet};

use super::book::Book;
use super::entry::{Act, Candidacy, Certificate, Endorse, Entry, Head, Position, Seq};
use super::reason::{Reason, Verdict, Wait};
use super::roster::majority;
use super::state::{OpenCandidacy, Term};
use super::walk::Verdicts;
use crate::{CitySlug, Digest};

/// What was said about ending one term.
pub(super) struct Contest<'a> {
    /// The certificate that gives the next term.
    pub(super) best: Option<&'a Entry>,
    /// All certificates on this base.
    pub(super) certificates: Vec<&'a Entry>,
    /// For the pages: who stands, and with whom.
    pub(super) candidacies: Vec<OpenCandidacy>,
}

/// Judges everything that names the term's deed as its base.
pub(super) fn judge<'a>(book: &Book<'a>, term: &Term, verdicts: &mut Verdicts) -> Contest<'a> {
    let mut certificates = Vec::new();
    let mut candidacies = Vec::new();
    let base = term.deed.digest;
    for entry in book.entries() {
        if let Act::Candidacy(candidacy) = &entry.act
            && candidacy.base == base
        {
            let verdict = stands(book, term, entry, candidacy).into();
            if verdict == Verdict::Good {
                candidacies.push((entry, candidacy));
            }
            verdicts.set(entry.at.digest, verdict);
        }
    }
    for entry in book.entries() {
        if let Act::Endorse(endorse) = &entry.act
            && endorse.base == base
        {
            let verdict = endorses(book, term, (&entry.at, endorse), verdicts).into();
            verdicts.set(entry.at.digest, verdict);
        }
        if matches!(&entry.act, Act::Certificate(c) if c.base == base) {
            certificates.push(entry);
        }
    }
    Contest {
        best: certify(book, term, &certificates, verdicts),
        candidacies: open(book, term, &candidacies, verdicts),
        certificates,
    }
}

fn elector(book: &Book<'_>, term: &Term, at: &Position) -> Result<(), Verdict> {
    book.as_member(at, term.electors.get(&at.city).copied())
}

fn stands(
    book: &Book<'_>,
    term: &Term,
    entry: &Entry,
    candidacy: &Candidacy,
) -> Result<(), Verdict> {
    if Some(candidacy.term) != term.number.checked_add(1) {
        let named = candidacy.term;
        return Err(Reason::WrongTerm { named }.into());
    }
    if entry.at.city == term.city {
        return Err(Reason::OwnSeat.into());
    }
    elector(book, term, &entry.at)
}

/// The first entry before a place in its log that endorses somebody on this base.
pub(super) fn endorsed_before<'a>(
    book: &Book<'a>,
    at: &Position,
    base: Digest,
) -> Option<&'a Entry> {
    book.before(at)
        .find(|entry| matches!(&entry.act, Act::Endorse(e) if e.base == base))
}

/// The entries before a place in its log that acknowledge how the term of this base ended.
pub(super) fn acknowledged_before<'a>(
    book: &Book<'a>,
    at: &Position,
    base: Digest,
) -> impl Iterator<Item = &'a Entry> {
    book.before(at)
        .filter(move |entry| matches!(&entry.act, Act::Acknowledge(a) if a.base == base))
}

fn endorses(
    book: &Book<'_>,
    term: &Term,
    (at, endorse): (&Position, &Endorse),
    verdicts: &Verdicts,
) -> Result<(), Verdict> {
    elector(book, term, at)?;
    if let Some(first) = acknowledged_before(book, at, endorse.base).next() {
        let first = first.at.seq;
        return Err(Reason::AcknowledgedAlready { first }.into());
    }
    if let Some(first) = endorsed_before(book, at, endorse.base) {
        let first = first.at.seq;
        return Err(Reason::EndorsedAlready { first }.into());
    }
    let Some(candidacy) = book.get(endorse.candidacy) else {
        return Err(Wait::Entry(endorse.candidacy).into());
    };
    let on_base = matches!(&candidacy.act, Act::Candidacy(c) if c.base == endorse.base);
    if on_base && verdicts.get(candidacy.at.digest) == Some(&Verdict::Good) {
        Ok(())
    } else {
        Err(Reason::NotACandidacy.into())
    }
}

/// Judges the certificates; each candidate's first that is not refused shuts out its later ones.
fn certify<'a>(
    book: &Book<'a>,
    term: &Term,
    certificates: &[&'a Entry],
    verdicts: &mut Verdicts,
) -> Option<&'a Entry> {
    let mut best = None;
    let mut first: BTreeMap<&CitySlug, Seq> = BTreeMap::new();
    for entry in certificates {
        let Act::Certificate(certificate) = &entry.act else {
            continue;
        };
        let verdict: Verdict = match first.get(&entry.at.city) {
            Some(first) => Reason::CertifiedAlready { first: *first }.into(),
            None => certifies(book, term, (&entry.at, certificate), verdicts).into(),
        };
        if !matches!(verdict, Verdict::Refused(_)) {
            first.insert(&entry.at.city, entry.at.seq);
        }
        if verdict == Verdict::Good {
            best = best.or(Some(*entry));
        }
        verdicts.set(entry.at.digest, verdict);
    }
    best
}

fn certifies(
    book: &Book<'_>,
    term: &Term,
    (at, certificate): (&Position, &Certificate),
    verdicts: &Verdicts,
) -> Result<(), Verdict> {
    if Some(certificate.term) != term.number.checked_add(1) {
        let named = certificate.term;
        return Err(Reason::WrongTerm { named }.into());
    }
    elector(book, term, at)?;
    let Some(candidacy) = book.get(certificate.candidacy) else {
        return Err(Wait::Entry(certificate.candidacy).into());
    };
    let own = candidacy.at.city == at.city && candidacy.at.seq < at.seq;
    let good = verdicts.get(candidacy.at.digest) == Some(&Verdict::Good);
    let Act::Candidacy(stood) = &candidacy.act else {
        return Err(Reason::NotACandidacy.into());
    };
    if !(own && good && stood.base == certificate.base) {
        return Err(Reason::NotACandidacy.into());
    }
    if let Some(missing) = stood.changes.iter().find(|c| book.get(**c).is_none()) {
        return Err(Wait::Entry(*missing).into());
    }
    let votes = votes(book, certificate, verdicts)?;
    let left = leavers(book, term, certificate)?;
    enough(term, certificate, &votes, &left)
}

/// The members whose named endorsements count, with the heads they name.
fn votes<'a>(
    book: &Book<'a>,
    certificate: &Certificate,
    verdicts: &Verdicts,
) -> Result<BTreeMap<&'a CitySlug, Head>, Verdict> {
    let mut votes = BTreeMap::new();
    for digest in &certificate.endorsements {
        let Some(entry) = book.get(*digest) else {
            return Err(Wait::Entry(*digest).into());
        };
        let verdict = verdicts.get(*digest);
        if let Some(Verdict::Waits(wait)) = verdict {
            return Err((*wait).into());
        }
        if let Act::Endorse(endorse) = &entry.act
            && endorse.candidacy == certificate.candidacy
            && verdict == Some(&Verdict::Good)
        {
            votes.insert(&entry.at.city, endorse.head);
        }
    }
    Ok(votes)
}

/// The members whose named leaves take them out of the count.
fn leavers<'a>(
    book: &Book<'a>,
    term: &Term,
    certificate: &Certificate,
) -> Result<BTreeSet<&'a CitySlug>, Verdict> {
    let mut left = BTreeSet::new();
    for digest in &certificate.leaves {
        let Some(entry) = book.get(*digest) else {
            return Err(Wait::Entry(*digest).into());
        };
        if left_without_a_vote(book, term, entry) {
            left.insert(&entry.at.city);
        }
    }
    Ok(left)
}

/// A member that voted, or acknowledged, and left afterwards stays in the count: else two
/// majorities could be made of one membership.
pub(super) fn left_without_a_vote(book: &Book<'_>, term: &Term, entry: &Entry) -> bool {
    let (at, base) = (&entry.at, term.deed.digest);
    entry.act == Act::Leave
        && elector(book, term, at).is_ok()
        && endorsed_before(book, at, base).is_none()
        && acknowledged_before(book, at, base).next().is_none()
}

fn enough(
    term: &Term,
    certificate: &Certificate,
    votes: &BTreeMap<&CitySlug, Head>,
    left: &BTreeSet<&CitySlug>,
) -> Result<(), Verdict> {
    let need = majority(term.electors.len().saturating_sub(left.len()));
    let have = votes.len();
    if have < need {
        return Err(Reason::ShortOfQuorum { have, need }.into());
    }
    let highest = votes.values().map(|head| head.seq).max().unwrap_or(0);
    let named = votes.values().any(|head| *head == certificate.head);
    if named && certificate.head.seq == highest {
        Ok(())
    } else {
        Err(Reason::HeadDiffers { highest }.into())
    }
}

fn open(
    book: &Book<'_>,
    term: &Term,
    candidacies: &[(&Entry, &Candidacy)],
    verdicts: &Verdicts,
) -> Vec<OpenCandidacy> {
    let leaves: BTreeMap<CitySlug, Position> = book
        .entries()
        .filter(|entry| left_without_a_vote(book, term, entry))
        .map(|entry| (entry.at.city.clone(), entry.at.clone()))
        .collect();
    let needed = majority(term.electors.len().saturating_sub(leaves.len()));
    let stand = |(entry, candidacy): &(&Entry, &Candidacy)| OpenCandidacy {
        at: entry.at.clone(),
        term: candidacy.term,
        endorsed_by: collected(book, entry, verdicts),
        leaves: leaves.clone(),
        needed,
    };
    candidacies.iter().map(stand).collect()
}

/// The endorsements of a candidacy that an honest candidate names.
fn collected(
    book: &Book<'_>,
    candidacy: &Entry,
    verdicts: &Verdicts,
) -> BTreeMap<CitySlug, (Position, Head)> {
    let mut found = BTreeMap::new();
    for entry in book.entries() {
        if let Act::Endorse(endorse) = &entry.act
            && endorse.candidacy == candidacy.at.digest
            && verdicts.get(entry.at.digest) == Some(&Verdict::Good)
            && !endorses_another(book, entry, endorse)
        {
            let place = (entry.at.clone(), endorse.head);
            found.insert(entry.at.city.clone(), place);
        }
    }
    found
}

/// Whether the same member endorses another candidacy on the same base anywhere in its log.
pub(super) fn endorses_another(book: &Book<'_>, entry: &Entry, endorse: &Endorse) -> bool {
    book.log(&entry.at.city).any(|other| {
        matches!(&other.act, Act::Endorse(e)
            if e.base == endorse.base && e.candidacy != endorse.candidacy)
    })
}

/// Whether a certificate and what it names fit together, whatever stands around them. Enough when
/// the majority has acknowledged it.
pub(super) fn is_whole(
    book: &Book<'_>,
    term: &Term,
    (at, certificate): (&Position, &Certificate),
) -> bool {
    let candidacy = book.get(certificate.candidacy);
    let stands = candidacy.is_some_and(|entry| {
        entry.at.city == at.city
            && matches!(&entry.act, Act::Candidacy(c)
                if c.base == certificate.base && c.term == certificate.term)
    });
    let votes: BTreeSet<&CitySlug> = certificate
        .endorsements
        .iter()
        .filter_map(|digest| book.get(*digest))
        .filter(|e| matches!(&e.act, Act::Endorse(v) if v.candidacy == certificate.candidacy))
        .map(|entry| &entry.at.city)
        .filter(|city| term.electors.contains_key(*city))
        .collect();
    let left = leavers(book, term, certificate).map_or(0, |left| left.len());
    let need = majority(term.electors.len().saturating_sub(left));
    stands && term.electors.contains_key(&at.city) && votes.len() >= need
}
