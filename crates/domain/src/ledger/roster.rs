//! Who takes part and what is planned, as the coordinators' logs say it.

use std::collections::BTreeMap;

use super::book::Book;
use super::entry::{
    Act, Change, KeyChange, MemberRecord, Position, ProofKey, Quorum, Seq, Slot, What,
};
use super::reason::{Reason, Verdict};
use super::state::{Member, Term, Until};
use crate::{CitySlug, Digest};

/// Members and schedule at one place of a coordinator's log.
#[derive(Debug, Clone, Default)]
pub(super) struct Roster {
    pub(super) members: BTreeMap<CitySlug, Member>,
    pub(super) schedule: Vec<Slot>,
}

impl Roster {
    /// The place of its own log from which a city is a member; `None` if it is none.
    pub(super) fn from(&self, city: &CitySlug) -> Option<Seq> {
        let member = self.members.get(city)?;
        member.until.is_none().then_some(member.from)
    }

    /// Who votes, if a term begins here.
    pub(super) fn electors(&self) -> BTreeMap<CitySlug, Seq> {
        let present = self.members.iter().filter(|(_, m)| m.until.is_none());
        present.map(|(city, m)| (city.clone(), m.from)).collect()
    }

    /// Adds a member; `false` if it is one already.
    pub(super) fn join(&mut self, record: &MemberRecord, from: Seq, since: &Position) -> bool {
        let new = self.from(&record.city).is_none();
        if new {
            let member = Member {
                record: record.clone(),
                since: since.clone(),
                from,
                key_from: from,
                until: None,
            };
            self.members.insert(record.city.clone(), member);
        }
        new
    }

    /// Takes down that a member left.
    pub(super) fn record_leave(&mut self, city: &CitySlug, seq: Seq) {
        if let Some(member) = self.members.get_mut(city) {
            member.until = Some(Until::Left(seq));
        }
    }

    /// Judges a change and, if it is good, makes it.
    pub(super) fn change(
        &mut self,
        at: &Position,
        change: &Change,
        term: &Term,
        quorum: Quorum,
    ) -> Verdict {
        let judged = self
            .approved(change, term, quorum)
            .and_then(|()| self.make(at, change, term));
        judged.map_err(Verdict::Refused).into()
    }

    fn make(&mut self, at: &Position, change: &Change, term: &Term) -> Result<(), Reason> {
        match &change.what {
            What::Add { record, from } => {
                let new = self.join(record, *from, at);
                new.then_some(()).ok_or(Reason::AlreadyMember)
            }
            What::Remove { city } if *city == term.city => Err(Reason::CoordinatorStays),
            What::Remove { city } => {
                self.present(city)?.until = Some(Until::Removed(at.clone()));
                Ok(())
            }
            What::RecordLeave { city, seq, key } => {
                let member = self.present(city)?;
                if *seq < member.from {
                    return Err(Reason::UnknownMember);
                }
                if member.record.key != *key {
                    return Err(Reason::KeyNotCurrent);
                }
                member.until = Some(Until::Left(*seq));
                Ok(())
            }
            What::Update { record, from } => {
                let member = self.present(&record.city)?;
                member.record = record.clone();
                member.key_from = *from;
                Ok(())
            }
            What::Schedule(slots) => {
                self.schedule.clone_from(slots);
                self.schedule.sort();
                Ok(())
            }
        }
    }

    fn present(&mut self, city: &CitySlug) -> Result<&mut Member, Reason> {
        let member = self.members.get_mut(city);
        member
            .filter(|m| m.until.is_none())
            .ok_or(Reason::UnknownMember)
    }

    /// Whether enough electors approve.
    fn approved(&self, change: &Change, term: &Term, quorum: Quorum) -> Result<(), Reason> {
        let of = term.electors.len();
        if matches!(change.what, What::RecordLeave { .. }) {
            return Ok(());
        }
        let need = quorum.of(of);
        let approves = |city: &&CitySlug| {
            **city == term.city
                || change
                    .approved_by
                    .get(*city)
                    .is_some_and(|key| self.has_key(city, key))
        };
        let have = term.electors.keys().filter(approves).count().max(1);
        if have < need {
            return Err(Reason::ShortOfQuorum { have, need });
        }
        Ok(())
    }

    fn has_key(&self, city: &CitySlug, key: &ProofKey) -> bool {
        let member = self.members.get(city);
        member.is_some_and(|member| member.record.key == *key)
    }
}

/// More than half.
pub(super) const fn majority(of: usize) -> usize {
    of / 2 + 1
}

/// Puts the keys in force into the members' records: the last one set by genesis, `Add` or `Update`,
/// then the city's own changes after it, each naming the one before. A city that left may still turn
/// its key: its log goes on being verified. Returns what each change comes to.
pub(super) fn apply_own_keys(book: &Book<'_>, roster: &mut Roster) -> Vec<(Digest, Verdict)> {
    let mut judged = Vec::new();
    for entry in book.entries() {
        if let Act::KeyChange(change) = &entry.act {
            let member = roster.members.get_mut(&entry.at.city);
            let verdict = book
                .unforked(&entry.at)
                .and_then(|()| turn_key(entry.at.seq, member, change));
            judged.push((entry.at.digest, verdict.into()));
        }
    }
    judged
}

fn turn_key(seq: Seq, member: Option<&mut Member>, change: &KeyChange) -> Result<(), Verdict> {
    let member = member.ok_or(Reason::NotMember)?;
    if seq >= member.key_from {
        if member.record.key != change.old {
            return Err(Reason::KeyNotCurrent.into());
        }
        member.record.key = change.new.clone();
    }
    Ok(())
}
