//! The entries in the orders in which the rules look at them: by digest and log by log.
//!
//! # Invariants
//! - Nothing here depends on anything but the set of entries, except [`Book::forgive`], which the walk
//!   calls term by term.

use std::collections::{BTreeMap, BTreeSet};

use super::entry::{Act, Entry, Position, Seq};
use super::reason::{Reason, Verdict};
use crate::{CitySlug, Digest};

/// An index of the set.
pub(super) struct Book<'a> {
    by_digest: BTreeMap<Digest, &'a Entry>,
    logs: BTreeMap<&'a CitySlug, Vec<&'a Entry>>,
    replays: BTreeMap<Digest, Seq>,
    conflicts: BTreeMap<&'a CitySlug, BTreeSet<Seq>>,
    forgiven: BTreeMap<CitySlug, Seq>,
}

impl<'a> Book<'a> {
    pub(super) fn new(entries: &'a BTreeSet<Entry>) -> Self {
        let mut book = Self {
            by_digest: BTreeMap::new(),
            logs: BTreeMap::new(),
            replays: BTreeMap::new(),
            conflicts: BTreeMap::new(),
            forgiven: BTreeMap::new(),
        };
        let mut seen = BTreeMap::new();
        let mut before: Option<&Position> = None;
        for entry in entries {
            let at = &entry.at;
            book.by_digest.entry(at.digest).or_insert(entry);
            if before.is_some_and(|b| b.city == at.city && b.seq == at.seq) {
                let places = book.conflicts.entry(&at.city).or_default();
                places.insert(at.seq);
            }
            before = Some(at);
            let first = *seen.entry((&at.city, entry.id)).or_insert(at.seq);
            if first < at.seq {
                book.replays.insert(at.digest, first);
            } else {
                book.logs.entry(&at.city).or_default().push(entry);
            }
        }
        book
    }

    pub(super) fn get(&self, digest: Digest) -> Option<&'a Entry> {
        self.by_digest.get(&digest).copied()
    }

    pub(super) fn replays(&self) -> impl Iterator<Item = (Digest, Seq)> + '_ {
        self.replays.iter().map(|(digest, first)| (*digest, *first))
    }

    /// All entries but replays, log by log, each by place.
    pub(super) fn entries(&self) -> impl Iterator<Item = &'a Entry> + '_ {
        self.logs.values().flatten().copied()
    }

    /// One log, by place, without replays.
    pub(super) fn log(&self, city: &CitySlug) -> impl Iterator<Item = &'a Entry> + '_ {
        self.logs.get(city).into_iter().flatten().copied()
    }

    /// What stands before a place in its log.
    pub(super) fn before(&self, at: &Position) -> impl Iterator<Item = &'a Entry> + '_ {
        let seq = at.seq;
        self.log(&at.city)
            .take_while(move |entry| entry.at.seq < seq)
    }

    /// The first fork of a log that no settled deed has left behind.
    pub(super) fn fork(&self, city: &CitySlug) -> Option<Seq> {
        let forgiven = self.forgiven.get(city).copied().unwrap_or(0);
        let places = self.conflicts.get(city)?;
        places.iter().copied().find(|place| *place > forgiven)
    }

    /// All places with two entries.
    pub(super) fn conflicts(&self) -> impl Iterator<Item = (&'a CitySlug, Seq)> + '_ {
        let each = |(city, places): (&&'a CitySlug, &BTreeSet<Seq>)| {
            let city = *city;
            places
                .iter()
                .map(move |place| (city, *place))
                .collect::<Vec<_>>()
        };
        self.conflicts.iter().flat_map(each)
    }

    /// Whether a log was one chain up to a place, whatever was forgiven since.
    pub(super) fn is_one_chain(&self, at: &Position) -> bool {
        let first = self.conflicts.get(&at.city).and_then(BTreeSet::first);
        first.is_none_or(|first| *first > at.seq)
    }

    /// A settled deed names one chain: forks up to this place void nothing later.
    pub(super) fn forgive(&mut self, city: &CitySlug, up_to: Seq) {
        let forgiven = self.forgiven.entry(city.clone()).or_insert(up_to);
        *forgiven = up_to.max(*forgiven);
    }

    /// Refuses what stands at or after a fork.
    pub(super) fn unforked(&self, at: &Position) -> Result<(), Verdict> {
        let twin = self
            .conflicts
            .get(&at.city)
            .is_some_and(|c| c.contains(&at.seq));
        let fork = self.fork(&at.city).filter(|fork| *fork <= at.seq);
        match fork.or(twin.then_some(at.seq)) {
            Some(at) => Err(Reason::Forked { at }.into()),
            None => Ok(()),
        }
    }

    /// The first `Leave` of a city from one place of its log to before another.
    pub(super) fn leave(&self, city: &CitySlug, from: Seq, before: Seq) -> Option<Seq> {
        self.log(city)
            .filter(|entry| entry.act == Act::Leave && self.unforked(&entry.at).is_ok())
            .map(|entry| entry.at.seq)
            .find(|seq| (from..before).contains(seq))
    }

    /// Refuses what a city says before it was a member or after it left.
    pub(super) fn as_member(&self, at: &Position, from: Option<Seq>) -> Result<(), Verdict> {
        self.unforked(at)?;
        let Some(from) = from.filter(|from| *from <= at.seq) else {
            return Err(Reason::NotMember.into());
        };
        match self.leave(&at.city, from, at.seq) {
            Some(at) => Err(Reason::HasLeft { at }.into()),
            None => Ok(()),
        }
    }
}
