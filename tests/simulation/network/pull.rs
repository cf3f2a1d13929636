//! What a city lacks, by the rules of `crates/federation/src/puller.rs`: claims are proven by the very last
//! entry first, sources that have nothing are left for others, and where two histories are told of, the
//! proof is fetched.

use tequio_engine::receive::Received;
use tequio_federation::claims::{Holds, Parted};
use tequio_store::{
    fork, log,
    peer::{self, Head},
};

use crate::{
    city::{place_of, topic_of},
    dice::Dice,
    liar,
    template::CITIES,
    world::{Violation, World},
};

/// Entries of a page: few, so that short histories have many pages.
const PAGE_ENTRIES: i64 = 4;

impl World {
    /// A city pulls whatever it is known or said to lack. Answers how many entries came.
    pub fn pull(&mut self, city: usize, dice: &mut Dice) -> Result<usize, Violation> {
        let mut count = 0;
        for head in self.cities[city].read(peer::heads) {
            let id = head.log_id;
            let fork = self.cities[city].read(move |conn| fork::of_log(conn, id));
            if let Some(parted) = self.cities[city].claims.take_fork(id) {
                self.take_proof(city, &head, &parted, dice)?;
            } else if let Some(fork) = fork.filter(|fork| !fork.is_exact) {
                self.part(city, &head, fork.seq, dice)?;
            } else {
                count += self.pull_log(city, head, dice)?;
            }
        }
        Ok(count)
    }

    /// How far a log is known or said to reach; what is frozen ends where it is.
    fn target(&self, city: usize, head: &Head) -> i64 {
        if head.is_self || head.is_frozen {
            return head.head_seq;
        }
        let claimed = self.cities[city].claims.furthest(&head.group_uri);
        head.known_seq.max(claimed)
    }

    fn pull_log(
        &mut self,
        city: usize,
        mut head: Head,
        dice: &mut Dice,
    ) -> Result<usize, Violation> {
        if self.target(city, &head) > head.head_seq {
            self.check_claims(city, &mut head, dice)?;
        }
        let mut count = 0;
        for source in self.sources(city, &head, dice) {
            while head.head_seq < self.target(city, &head) {
                let page = self.page(source, &head, head.head_seq + 1, dice);
                let held = usize::try_from(head.head_seq % PAGE_ENTRIES).unwrap();
                let bodies: Vec<String> = page.into_iter().skip(held).collect();
                let claims = &self.cities[city].claims;
                if bodies.is_empty() {
                    claims.refute(&head.group_uri, CITIES[source], head.head_seq);
                    break;
                }
                let (received, new) = self.receive(city, bodies)?;
                count += new;
                match received {
                    Received::Appended { head_seq, .. } | Received::Gap { head_seq }
                        if head_seq > head.head_seq =>
                    {
                        head.head_seq = head_seq;
                        claims.met(&head.group_uri, head_seq);
                    }
                    Received::Refused(_) => {
                        claims.refute(&head.group_uri, CITIES[source], head.head_seq);
                        break;
                    }
                    Received::Frozen => return Ok(count),
                    Received::Appended { .. } | Received::Gap { .. } => break,
                }
            }
        }
        Ok(count)
    }

    /// Asks whoever claims most for the very last entry.
    fn check_claims(&self, city: usize, head: &mut Head, dice: &mut Dice) -> Result<(), Violation> {
        let claims = &self.cities[city].claims;
        while let Some((teller, seq)) = claims.furthest_of(&head.group_uri) {
            if seq <= head.known_seq.max(head.head_seq + PAGE_ENTRIES) {
                return Ok(());
            }
            let source = place_of(&teller).filter(|source| !self.is_cut(city, *source));
            let Some(source) = source else {
                return Ok(());
            };
            let page = self.page(source, head, seq, dice);
            let place = usize::try_from((seq - 1) % PAGE_ENTRIES).unwrap();
            let Some(body) = page.into_iter().nth(place) else {
                claims.refute(&head.group_uri, &teller, head.head_seq);
                continue;
            };
            match self.receive(city, vec![body])?.0 {
                Received::Gap { .. } => {
                    let id = head.log_id;
                    head.known_seq = self.cities[city]
                        .read(move |conn| log::by_id(conn, id))
                        .known_seq;
                    if head.known_seq < seq {
                        claims.refute(&head.group_uri, &teller, head.head_seq);
                    }
                }
                Received::Refused(_) => {
                    claims.refute(&head.group_uri, &teller, head.head_seq);
                }
                Received::Appended { .. } | Received::Frozen => return Ok(()),
            }
        }
        Ok(())
    }

    /// Looks where two histories part, in what the others hold.
    fn part(&self, city: usize, head: &Head, seq: i64, dice: &mut Dice) -> Result<(), Violation> {
        for source in self.sources(city, head, dice) {
            let bodies = self.page(source, head, seq, dice);
            if !bodies.is_empty() {
                self.receive(city, bodies)?;
            }
        }
        Ok(())
    }

    /// Fetches two entries with one number, or the other one of two, from the city that says it has them.
    fn take_proof(
        &self,
        city: usize,
        head: &Head,
        parted: &Parted,
        dice: &mut Dice,
    ) -> Result<(), Violation> {
        let source = place_of(&parted.city).filter(|source| !self.is_cut(city, *source));
        let (Some(source), Some(place)) = (source, log_place(head)) else {
            return Ok(());
        };
        let bodies = match parted.holds {
            Holds::Proof => self.proof(source, place),
            Holds::Other(seq) => self.page(source, head, seq, dice),
        };
        if !bodies.is_empty() {
            self.receive(city, bodies)?;
        }
        Ok(())
    }

    /// What a city serves as proof of two histories of a log.
    fn proof(&self, source: usize, log: (usize, usize)) -> Vec<String> {
        let id = self.cities[source].log_ids()[&log];
        self.cities[source].read(move |conn| {
            let fork = fork::of_log(conn, id)?.filter(|fork| fork.is_exact);
            let Some(fork) = fork else {
                return Ok(Vec::new());
            };
            let entries = fork::proof(conn, id, fork.seq, 2)?;
            Ok(entries.into_iter().map(|entry| entry.body).collect())
        })
    }

    /// Whom to ask: the home first, then those that claim to have more, then the others, beginning
    /// anywhere; who is out of reach not.
    fn sources(&self, city: usize, head: &Head, dice: &mut Dice) -> Vec<usize> {
        let mut all: Vec<usize> = (0..self.cities.len())
            .filter(|source| *source != city && !self.is_cut(city, *source))
            .collect();
        if !all.is_empty() {
            let start = dice.below(all.len());
            all.rotate_left(start);
        }
        let claims = &self.cities[city].claims;
        all.sort_by_key(|source| {
            let is_home = Some(*source) == place_of(&head.city);
            let has_more = claims.has_more(&head.group_uri, CITIES[*source], head.head_seq);
            (!is_home, !has_more)
        });
        all
    }

    /// What a city serves of the page with this entry; a lying one serves what it likes.
    fn page(&self, source: usize, head: &Head, seq: i64, dice: &mut Dice) -> Vec<String> {
        let Some((home, topic)) = log_place(head) else {
            return Vec::new();
        };
        let before = (seq - 1) / PAGE_ENTRIES * PAGE_ENTRIES;
        let items = self.cities[source].bodies(home, topic, before, PAGE_ENTRIES);
        // In the end a liar at least gives its own log: what it withholds for ever nobody can have.
        let may_lie = self.liar == Some(source) && (!self.is_quiet || home != source);
        if may_lie && dice.percent(30) {
            return liar::serve(self, source, items, dice);
        }
        items
    }
}

/// Home and topic of a log.
fn log_place(head: &Head) -> Option<(usize, usize)> {
    Some((place_of(&head.city)?, topic_of(&head.topic)?))
}
