//! When the majority has acknowledged a seal or certificate, nothing takes it back.
//!
//! Without this a city that coordinated years ago could sign a second entry at an old place of its
//! log and so void the hand-over on which everything since is built.

use std::collections::BTreeSet;

use super::book::Book;
use super::entry::{Act, Entry};
use super::handover;
use super::roster::majority;
use super::state::Term;
use super::takeover::{self, acknowledged_before, endorsed_before};
use crate::CitySlug;

/// The settled deed that ends a term: a certificate before a seal. Asked only where some log is
/// forked: elsewhere the order of each log decides alone, and a settled deed is the one it finds.
pub(super) fn find<'a>(book: &Book<'a>, term: &Term) -> Option<&'a Entry> {
    book.conflicts().next()?;
    let settled = |entry: &&Entry| {
        is_whole(book, term, entry)
            && witnesses(book, term, entry).len() >= majority(term.electors.len())
    };
    let certified = book
        .entries()
        .filter(|entry| matches!(entry.act, Act::Certificate(_)))
        .find(settled);
    certified.or_else(|| {
        book.entries()
            .filter(|entry| matches!(entry.act, Act::Seal(_)))
            .find(settled)
    })
}

fn is_whole(book: &Book<'_>, term: &Term, entry: &Entry) -> bool {
    let next = term.number.checked_add(1);
    match &entry.act {
        Act::Seal(seal) => {
            Some(seal.term) == next
                && entry.at.city == term.city
                && entry.at.seq > term.start
                && handover::is_whole(book, entry, seal)
        }
        Act::Certificate(certificate) => {
            Some(certificate.term) == next
                && certificate.base == term.deed.digest
                && takeover::is_whole(book, term, (&entry.at, certificate))
        }
        Act::Genesis(_)
        | Act::Offer(_)
        | Act::Undo { .. }
        | Act::Answer(_)
        | Act::Candidacy(_)
        | Act::Endorse(_)
        | Act::Acknowledge(_)
        | Act::Change(_)
        | Act::Leave
        | Act::KeyChange(_) => false,
    }
}

/// The electors whose acknowledgement of a deed binds them: their first for the end of this term, or
/// after one of a seal if the deed is a certificate; and for a seal, they have endorsed nobody.
pub(super) fn witnesses(book: &Book<'_>, term: &Term, deed: &Entry) -> BTreeSet<CitySlug> {
    let base = term.deed.digest;
    let certified = matches!(deed.act, Act::Certificate(_));
    let overruled = |before: &Entry| {
        let Act::Acknowledge(ack) = &before.act else {
            return false;
        };
        let seen = book.get(ack.deed);
        certified && seen.is_some_and(|seen| matches!(seen.act, Act::Seal(_)))
    };
    let binds = |entry: &&Entry| {
        let at = &entry.at;
        matches!(&entry.act, Act::Acknowledge(a) if a.deed == deed.at.digest && a.base == base)
            && book.is_one_chain(at)
            && book
                .as_member(at, term.electors.get(&at.city).copied())
                .is_ok()
            && acknowledged_before(book, at, base).all(overruled)
            && (certified || endorsed_before(book, at, base).is_none())
    };
    let bound = book.entries().filter(binds);
    bound.map(|entry| entry.at.city.clone()).collect()
}
