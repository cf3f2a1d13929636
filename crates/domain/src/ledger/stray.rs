//! What the walk did not meet: acts of others than the coordinator, of other terms, on bases that
//! opened no term, and what is nobody's office (leaving, keys, acknowledging).

use std::collections::BTreeSet;

use super::book::Book;
use super::entry::{Act, Entry, Seq, TermNo};
use super::handover::stray_answer;
use super::reason::{Reason, Verdict, Wait};
use super::roster::apply_own_keys;
use super::state::Evidence;
use super::takeover::endorses_another;
use super::walk::Walk;
use crate::{CitySlug, Digest};

/// Gives every entry that has none a verdict.
pub(super) fn judge(walk: &mut Walk<'_>, founded_by: Digest) {
    let judged = apply_own_keys(&walk.book, &mut walk.roster);
    for (digest, verdict) in judged {
        walk.verdicts.set(digest, verdict);
    }
    let left: Vec<&Entry> = unjudged(walk);
    if walk.state.founding.is_none() {
        for entry in left {
            let verdict = unfounded(walk, entry, founded_by);
            walk.verdicts.set(entry.at.digest, verdict);
        }
        return;
    }
    for entry in left {
        if let Some(verdict) = office(walk, entry) {
            walk.verdicts.set(entry.at.digest, verdict);
        }
    }
    while let Some((digest, verdict)) = on_judged_base(walk) {
        walk.verdicts.set(digest, verdict);
    }
    for entry in unjudged(walk) {
        let verdict = last_word(walk, entry);
        walk.verdicts.set(entry.at.digest, verdict);
    }
}

fn unjudged<'a>(walk: &Walk<'a>) -> Vec<&'a Entry> {
    let open = |entry: &&Entry| walk.verdicts.get(entry.at.digest).is_none();
    walk.book.entries().filter(open).collect()
}

fn unfounded(walk: &Walk<'_>, entry: &Entry, founded_by: Digest) -> Verdict {
    if walk.book.get(founded_by).is_some() {
        return Reason::BadGenesis.into();
    }
    match entry.act {
        Act::Genesis(_) => Reason::SecondGenesis.into(),
        Act::Offer(_)
        | Act::Undo { .. }
        | Act::Answer(_)
        | Act::Seal(_)
        | Act::Candidacy(_)
        | Act::Endorse(_)
        | Act::Certificate(_)
        | Act::Acknowledge(_)
        | Act::Change(_)
        | Act::Leave
        | Act::KeyChange(_) => Wait::Entry(founded_by).into(),
    }
}

/// Acts that need a term of their author's; `None` for all others.
fn office(walk: &Walk<'_>, entry: &Entry) -> Option<Verdict> {
    let city = &entry.at.city;
    let judged = match &entry.act {
        Act::Genesis(_) => Reason::SecondGenesis.into(),
        Act::Offer(offer) => holds(walk, city, offer.term.checked_sub(1), offer.term),
        Act::Seal(seal) => holds(walk, city, seal.term.checked_sub(1), seal.term),
        Act::Change(change) => holds(walk, city, Some(change.term), change.term),
        Act::Undo { entry } => match walk.book.get(*entry) {
            Some(_) => Reason::NotUndoable.into(),
            None => Wait::Entry(*entry).into(),
        },
        Act::Leave => leaves(walk, city, entry.at.seq),
        Act::Answer(_)
        | Act::Candidacy(_)
        | Act::Endorse(_)
        | Act::Certificate(_)
        | Act::Acknowledge(_)
        | Act::KeyChange(_) => return None,
    };
    Some(walk.book.unforked(&entry.at).err().unwrap_or(judged))
}

fn holds(walk: &Walk<'_>, city: &CitySlug, needs: Option<TermNo>, named: TermNo) -> Verdict {
    let Some(needs) = needs.filter(|needs| *needs > 0) else {
        return Reason::WrongTerm { named }.into();
    };
    match walk.state.term(needs) {
        None => Wait::Term(needs).into(),
        Some(term) if term.city != *city => Reason::NotCoordinator {
            term: needs,
            holder: term.city.clone(),
        }
        .into(),
        Some(term) => Reason::BeforeStart { start: term.start }.into(),
    }
}

fn leaves(walk: &Walk<'_>, city: &CitySlug, seq: Seq) -> Verdict {
    let Some(member) = walk.roster.members.get(city) else {
        return Reason::NotMember.into();
    };
    match walk.book.leave(city, member.from, seq) {
        Some(at) => Reason::HasLeft { at }.into(),
        None => Verdict::Good,
    }
}

/// What an act about the end of a term builds on.
fn base(act: &Act) -> Option<Digest> {
    match act {
        Act::Candidacy(candidacy) => Some(candidacy.base),
        Act::Endorse(endorse) => Some(endorse.base),
        Act::Certificate(certificate) => Some(certificate.base),
        Act::Genesis(_)
        | Act::Offer(_)
        | Act::Undo { .. }
        | Act::Answer(_)
        | Act::Seal(_)
        | Act::Acknowledge(_)
        | Act::Change(_)
        | Act::Leave
        | Act::KeyChange(_) => None,
    }
}

/// The next act whose base is here and judged. That base opened no term, or the walk had met the act.
fn on_judged_base(walk: &Walk<'_>) -> Option<(Digest, Verdict)> {
    unjudged(walk).into_iter().find_map(|entry| {
        let base = base(&entry.act)?;
        let verdict = match walk.verdicts.get(base)? {
            Verdict::Waits(_) => Wait::Entry(base).into(),
            Verdict::Good | Verdict::Refused(_) => Reason::NoSuchTerm.into(),
        };
        Some((entry.at.digest, verdict))
    })
}

fn last_word(walk: &Walk<'_>, entry: &Entry) -> Verdict {
    match &entry.act {
        Act::Answer(answer) => stray_answer(&walk.book, entry, answer, &walk.verdicts),
        Act::Acknowledge(ack) => match walk.book.get(ack.deed).map(|deed| &deed.act) {
            None => Wait::Entry(ack.deed).into(),
            Some(Act::Seal(_) | Act::Certificate(_)) => acknowledges(walk, entry, ack.base),
            Some(_) => Reason::NoSuchTerm.into(),
        },
        act => match base(act) {
            Some(base) => Wait::Entry(base).into(),
            None => Verdict::Good,
        },
    }
}

/// An acknowledgement of what was overruled later was right when it was made, and stays unblamed.
fn acknowledges(walk: &Walk<'_>, entry: &Entry, base: Digest) -> Verdict {
    let term = walk.state.terms.iter().find(|t| t.deed.digest == base);
    let Some(term) = term else {
        return Verdict::Good;
    };
    let from = term.electors.get(&entry.at.city).copied();
    walk.book.as_member(&entry.at, from).into()
}

/// What no honest member does.
pub(super) fn evidence(book: &Book<'_>) -> BTreeSet<Evidence> {
    let forks = book.conflicts().map(|(city, at)| Evidence::Fork {
        city: city.clone(),
        at,
    });
    let mut found: BTreeSet<Evidence> = forks.collect();
    for entry in book.entries() {
        let Act::Endorse(endorse) = &entry.act else {
            continue;
        };
        if !endorses_another(book, entry, endorse) {
            continue;
        }
        let first = book
            .log(&entry.at.city)
            .find(|e| matches!(&e.act, Act::Endorse(v) if v.base == endorse.base));
        if let Some(first) = first.filter(|first| first.at != entry.at) {
            let (first, second) = (first.at.clone(), entry.at.clone());
            found.insert(Evidence::TwoEndorsements { first, second });
        }
    }
    found
}
