//! A builder of ledgers: cities by name, each with a log that grows by one act at a time.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};

use super::super::{
    Acknowledge, Act, Answer, Candidacy, Certificate, Change, CoordinatingAct, Counts, Endorse,
    Entry, Genesis, Head, Ledger, MemberRecord, Offer, Period, Position, ProofKey, Quorum, Reason,
    Reply, Seal, Seq, State, TermNo, Wait, What,
};
use crate::{CitySlug, Digest, Oid, Timestamp};

pub fn city(name: &str) -> CitySlug {
    CitySlug::parse(name).unwrap()
}

pub fn period(start: i64) -> Period {
    Period {
        start: Timestamp::from_micros(start),
        end: Timestamp::from_micros(start + 1),
    }
}

pub fn key(name: &str) -> ProofKey {
    ProofKey::parse(&format!("z6Mk{:k<44}", name.replace('-', ""))).unwrap()
}

pub fn record(name: &str) -> MemberRecord {
    MemberRecord {
        city: city(name),
        group: format!("https://{name}.example/t/agua"),
        key: key(name),
    }
}

/// A digest that stands for nothing.
pub fn nothing() -> Digest {
    Digest::new([9; 32])
}

/// A digest that depends on the content, as the real one does.
fn digest(city: &CitySlug, seq: Seq, act: &Act) -> Digest {
    let mut hasher = DefaultHasher::new();
    (city, seq, act).hash(&mut hasher);
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&hasher.finish().to_be_bytes());
    Digest::new(bytes)
}

/// Entries that exist somewhere.
#[derive(Debug, Clone)]
pub struct World {
    pub founded_by: Digest,
    pub entries: Vec<Entry>,
    heads: BTreeMap<CitySlug, Seq>,
}

impl World {
    /// The first city founds the topic and coordinates; changes need a majority.
    pub fn of(names: &[&str]) -> Self {
        Self::with_quorum(names, Quorum::Majority)
    }

    pub fn with_quorum(names: &[&str], quorum: Quorum) -> Self {
        let genesis = Act::Genesis(Genesis {
            members: names.iter().map(|name| record(name)).collect(),
            coordinator: city(names[0]),
            term_days: 180,
            quorum,
            period: period(0),
        });
        let mut world = Self {
            founded_by: nothing(),
            entries: Vec::new(),
            heads: BTreeMap::new(),
        };
        world.founded_by = world.put(names[0], genesis);
        world
    }

    pub fn put(&mut self, by: &str, act: Act) -> Digest {
        let seq = self.head(by).seq + 1;
        self.put_at(by, seq, act)
    }

    /// Puts an entry at any place: a gap leaves room for what is no ledger entry, a place that is
    /// taken makes a fork.
    pub fn put_at(&mut self, by: &str, seq: Seq, act: Act) -> Digest {
        let by = city(by);
        let digest = digest(&by, seq, &act);
        let head = self.heads.entry(by.clone()).or_insert(0);
        *head = seq.max(*head);
        let at = Position {
            city: by,
            seq,
            digest,
        };
        let id = Oid::of_uri(&digest.to_hex());
        self.entries.push(Entry { at, id, act });
        digest
    }

    pub fn head(&self, of: &str) -> Head {
        let seq = self.heads.get(&city(of)).copied().unwrap_or(0);
        let last = self
            .entries
            .iter()
            .find(|e| e.at.city == city(of) && e.at.seq == seq);
        let digest = last.map_or(nothing(), |entry| entry.at.digest);
        Head { seq, digest }
    }

    pub fn get(&self, digest: Digest) -> &Entry {
        let found = self.entries.iter().find(|e| e.at.digest == digest);
        found.unwrap()
    }

    pub fn offer(&mut self, by: &str, to: &str, term: TermNo) -> Digest {
        let (to, period) = (city(to), period(i64::from(term)));
        self.put(by, Act::Offer(Offer { term, to, period }))
    }

    pub fn answer(&mut self, by: &str, offer: Digest, reply: Reply) -> Digest {
        let offer_id = self.get(offer).id;
        self.put(
            by,
            Act::Answer(Answer {
                offer_id,
                offer,
                reply,
            }),
        )
    }

    pub fn accept(&mut self, by: &str, offer: Digest) -> Digest {
        self.answer(by, offer, Reply::Accept)
    }

    pub fn seal(&mut self, by: &str, to: &str, term: TermNo, named: (Digest, Digest)) -> Digest {
        let (offer, accept) = named;
        let successor = city(to);
        self.put(
            by,
            Act::Seal(Seal {
                term,
                successor,
                offer,
                accept,
            }),
        )
    }

    /// Offer, accept and seal; gives the seal.
    pub fn hand_over(&mut self, by: &str, to: &str, term: TermNo) -> Digest {
        let offer = self.offer(by, to, term);
        let accept = self.accept(to, offer);
        self.seal(by, to, term, (offer, accept))
    }

    pub fn stand(&mut self, by: &str, term: TermNo, base: Digest) -> Digest {
        let period = period(i64::from(term));
        let changes = BTreeSet::new();
        self.put(
            by,
            Act::Candidacy(Candidacy {
                term,
                base,
                period,
                changes,
            }),
        )
    }

    /// Endorses, naming the head of the silent city's log as it is now.
    pub fn endorse(&mut self, by: &str, candidacy: Digest, silent: &str) -> Digest {
        let Act::Candidacy(Candidacy { base, .. }) = self.get(candidacy).act else {
            unreachable!("not a candidacy");
        };
        let head = self.head(silent);
        self.put(
            by,
            Act::Endorse(Endorse {
                candidacy,
                base,
                head,
            }),
        )
    }

    pub fn certify(&mut self, by: &str, candidacy: Digest, endorsements: &[Digest]) -> Digest {
        let certificate = self.certificate(candidacy, endorsements);
        self.put(by, Act::Certificate(certificate))
    }

    /// A certificate with the highest head among the endorsements.
    pub fn certificate(&self, candidacy: Digest, endorsements: &[Digest]) -> Certificate {
        let Act::Candidacy(Candidacy { base, term, .. }) = self.get(candidacy).act else {
            unreachable!("not a candidacy");
        };
        let heads = self.entries.iter().filter_map(|entry| match &entry.act {
            Act::Endorse(vote) if endorsements.contains(&entry.at.digest) => Some(vote.head),
            _ => None,
        });
        Certificate {
            term,
            base,
            candidacy,
            endorsements: endorsements.iter().copied().collect(),
            leaves: BTreeSet::new(),
            head: heads.max().unwrap_or(Head {
                seq: 0,
                digest: nothing(),
            }),
        }
    }

    /// A takeover with the endorsements of these; gives the certificate.
    pub fn take_over(&mut self, by: &str, from: &str, term: TermNo, voters: &[&str]) -> Digest {
        let base = self.deed(term - 1);
        let candidacy = self.stand(by, term, base);
        let votes: Vec<Digest> = voters
            .iter()
            .map(|voter| self.endorse(voter, candidacy, from))
            .collect();
        self.certify(by, candidacy, &votes)
    }

    pub fn acknowledge(&mut self, by: &str, deed: Digest, base: Digest) -> Digest {
        self.put(by, Act::Acknowledge(Acknowledge { deed, base }))
    }

    pub fn change(&mut self, by: &str, term: TermNo, what: What, approvals: &[&str]) -> Digest {
        let approved_by = approvals
            .iter()
            .map(|name| (city(name), key(name)))
            .collect();
        self.put(
            by,
            Act::Change(Change {
                term,
                what,
                approved_by,
            }),
        )
    }

    pub fn state(&self) -> State {
        let mut ledger = Ledger::new(self.founded_by);
        ledger.extend(self.entries.iter().cloned());
        ledger.state()
    }

    /// The digest of the entry that opened a term.
    pub fn deed(&self, term: TermNo) -> Digest {
        self.state().term(term).unwrap().deed.digest
    }

    /// Who holds the seat, `None` when nobody does.
    pub fn seat(&self) -> Option<(TermNo, String)> {
        let state = self.state();
        let term = state.coordinator()?;
        Some((term.number, term.city.to_string()))
    }

    #[track_caller]
    pub fn assert_seat(&self, number: TermNo, holder: &str) {
        assert_eq!(self.seat(), Some((number, holder.to_owned())));
    }

    /// Why an entry is refused.
    #[track_caller]
    pub fn refusal(&self, entry: Digest) -> Reason {
        let state = self.state();
        let found = state.refusals.get(&self.get(entry).at);
        found
            .unwrap_or_else(|| panic!("not refused: {state:#?}"))
            .clone()
    }

    /// What an entry waits for.
    pub fn wait(&self, entry: Digest) -> Option<Wait> {
        self.state().waiting.get(&self.get(entry).at).copied()
    }

    /// Whether an act at this place counts.
    pub fn counts(&self, term: TermNo, by: &str, seq: Seq) -> Counts {
        let city = city(by);
        self.state().counts(&CoordinatingAct { term, city, seq })
    }

    /// The same world without one entry.
    pub fn without(&self, entry: Digest) -> Self {
        let mut world = self.clone();
        world.entries.retain(|e| e.at.digest != entry);
        world
    }
}
