//! All small ledgers: from a few beginnings, every act that any city could put next, to a depth.
//!
//! Cities keep to no rule but the single chain of their own log: they offer twice, seal twice, endorse
//! two, certify what they like, acknowledge what lost. So what honest cities do, on whatever part they
//! happen to hold, is among it. The search goes breadth first over sets of entries; orders of arrival
//! need no search, since they are no part of the state. Each ledger is compared with all those that
//! lack the last entry of one log; as the comparison chains, every pair of a part and a whole is covered.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{Hash, Hasher};

use super::super::{Act, Opening, State, TermNo};
use super::property::assert_behind;
use super::world::World;
use crate::Digest;

const CITIES: [&str; 3] = ["ana", "bru", "cai"];

/// What is compared: a ledger with one that lacks an entry.
type Check = fn(&State, &State);

/// What the search has seen.
#[derive(Debug, Default)]
struct Seen {
    ledgers: usize,
    by_seal: usize,
    by_certificate: usize,
    overruled: usize,
    settled: usize,
    third_term: usize,
}

/// Stands for the set of entries.
fn key(world: &World) -> u64 {
    let set: BTreeSet<Digest> = world.entries.iter().map(|entry| entry.at.digest).collect();
    let mut hasher = DefaultHasher::new();
    set.hash(&mut hasher);
    hasher.finish()
}

/// Searches to a depth; `moves` gives all ledgers that have one entry more.
fn search(begin: World, depth: usize, moves: fn(&World) -> Vec<World>, check: Check) -> Seen {
    let mut before: HashMap<u64, State> = HashMap::new();
    let mut level = vec![begin];
    let mut seen = Seen::default();
    for left in (0..=depth).rev() {
        let mut met = HashSet::new();
        let mut now = HashMap::new();
        let mut next = Vec::new();
        for world in level {
            let state = world.state();
            count(&mut seen, &state);
            for last in last_entries(&world) {
                let less = world.without(last);
                let less = before.entry(key(&less)).or_insert_with(|| less.state());
                check(less, &state);
                seen.overruled += usize::from(differs(less, &state));
            }
            now.insert(key(&world), state);
            if left > 0 {
                next.extend(moves(&world).into_iter().filter(|w| met.insert(key(w))));
            }
        }
        (before, level) = (now, next);
    }
    seen
}

fn count(seen: &mut Seen, state: &State) {
    let opened = |by| usize::from(state.terms.iter().any(|term| term.opened_by == by));
    seen.ledgers += 1;
    seen.by_seal += opened(Opening::Seal);
    seen.by_certificate += opened(Opening::Certificate);
    seen.settled += usize::from(state.terms.iter().skip(1).any(|term| term.settled));
    seen.third_term += usize::from(state.terms.len() > 2);
}

fn differs(less: &State, more: &State) -> bool {
    less.terms
        .iter()
        .zip(&more.terms)
        .any(|(old, new)| old.deed != new.deed)
}

/// The last entry of each log, but the genesis.
fn last_entries(world: &World) -> Vec<Digest> {
    let last = |name: &&str| {
        let own = world.entries.iter().filter(|e| e.at.city.as_str() == *name);
        own.max_by_key(|entry| entry.at.seq)
            .map(|entry| entry.at.digest)
    };
    let found = CITIES.iter().filter_map(last);
    found.filter(|digest| *digest != world.founded_by).collect()
}

/// A deed, counting or not: digest, number of the term it would open, its city.
type Base = (Digest, TermNo, String);

fn bases(world: &World) -> Vec<Base> {
    let base = |entry: &super::super::Entry| {
        let digest = entry.at.digest;
        match &entry.act {
            Act::Genesis(_) => Some((digest, 1, CITIES[0].to_owned())),
            Act::Seal(seal) => Some((digest, seal.term, seal.successor.to_string())),
            Act::Certificate(c) => Some((digest, c.term, entry.at.city.to_string())),
            _ => None,
        }
    };
    world.entries.iter().filter_map(base).collect()
}

fn digests(world: &World, by: &str, wanted: impl Fn(&Act) -> bool) -> Vec<Digest> {
    let own = world.entries.iter().filter(|e| e.at.city.as_str() == by);
    own.filter(|e| wanted(&e.act))
        .map(|e| e.at.digest)
        .collect()
}

fn all(world: &World, wanted: impl Fn(&Act) -> bool) -> Vec<Digest> {
    CITIES
        .iter()
        .flat_map(|name| digests(world, name, &wanted))
        .collect()
}

/// Every ledger with one more act.
fn any_act(world: &World) -> Vec<World> {
    let mut found = Vec::new();
    let mut grow = |act: &dyn Fn(&mut World) -> Digest| {
        let mut grown = world.clone();
        act(&mut grown);
        found.push(grown);
    };
    for base in bases(world) {
        hold(world, &base, &mut grow);
        contest(world, &base, &mut grow);
    }
    for offer in all(world, |act| matches!(act, Act::Offer(_))) {
        answer(world, offer, &mut grow);
    }
    for name in CITIES {
        if digests(world, name, |act| *act == Act::Leave).is_empty() {
            grow(&|w| w.put(name, Act::Leave));
        }
    }
    found
}

type Grow<'g> = &'g mut dyn FnMut(&dyn Fn(&mut World) -> Digest);

/// What the city does that this deed gives the seat: up to two offers, two seals, and undoing.
fn hold(world: &World, (_, number, holder): &Base, grow: Grow<'_>) {
    let term = number + 1;
    let offers = digests(
        world,
        holder,
        |act| matches!(act, Act::Offer(o) if o.term == term),
    );
    for to in CITIES
        .iter()
        .filter(|to| **to != holder && offers.len() < 2)
    {
        grow(&|w| w.offer(holder, to, term));
    }
    let seals = digests(
        world,
        holder,
        |act| matches!(act, Act::Seal(s) if s.term == term),
    );
    for offer in offers {
        let undone = digests(world, holder, |act| *act == Act::Undo { entry: offer });
        if undone.is_empty() {
            grow(&|w| w.put(holder, Act::Undo { entry: offer }));
        }
        for accept in all(
            world,
            |act| matches!(act, Act::Answer(a) if a.offer == offer),
        ) {
            let to = world.get(accept).at.city.clone();
            if seals.len() < 2 {
                grow(&|w| w.seal(holder, to.as_str(), term, (offer, accept)));
            }
        }
    }
}

fn answer(world: &World, offer: Digest, grow: Grow<'_>) {
    let Act::Offer(offered) = &world.get(offer).act else {
        return;
    };
    let to = offered.to.as_str();
    if digests(
        world,
        to,
        |act| matches!(act, Act::Answer(a) if a.offer == offer),
    )
    .is_empty()
    {
        grow(&|w| w.accept(to, offer));
    }
}

/// What all do about the end of the term that this deed opened: each stands once, endorses up to two,
/// certifies with whatever there is, acknowledges each deed once.
fn contest(world: &World, (base, number, holder): &Base, grow: Grow<'_>) {
    let term = number + 1;
    let stands = all(
        world,
        |act| matches!(act, Act::Candidacy(c) if c.base == *base),
    );
    let deeds = bases(world)
        .into_iter()
        .filter(|(_, other, _)| *other == term);
    let deeds: Vec<Digest> = deeds.map(|(digest, _, _)| digest).collect();
    for name in CITIES {
        let own = |wanted: &dyn Fn(&Act) -> bool| digests(world, name, wanted).len();
        if name != holder && own(&|act| matches!(act, Act::Candidacy(c) if c.base == *base)) == 0 {
            grow(&|w| w.stand(name, term, *base));
        }
        let votes = own(&|act| matches!(act, Act::Endorse(e) if e.base == *base));
        for stand in stands.iter().filter(|_| votes < 2) {
            grow(&|w| w.endorse(name, *stand, holder));
        }
        let told = own(&|act| matches!(act, Act::Acknowledge(a) if a.base == *base));
        for deed in deeds.iter().filter(|_| told < 2) {
            grow(&|w| w.acknowledge(name, *deed, *base));
        }
    }
    for stand in stands {
        let votes = all(
            world,
            |act| matches!(act, Act::Endorse(e) if e.candidacy == stand),
        );
        let mut certificate = world.certificate(stand, &votes);
        certificate.leaves = all(world, |act| *act == Act::Leave).into_iter().collect();
        let name = world.get(stand).at.city.to_string();
        let same = digests(world, &name, |act| {
            *act == Act::Certificate(certificate.clone())
        });
        if same.is_empty() && !votes.is_empty() {
            grow(&|w| w.put(&name, Act::Certificate(certificate.clone())));
        }
    }
}

/// Every ledger in which ana has signed another entry at one of her places.
fn ana_forks(world: &World) -> Vec<World> {
    let mut found = any_act(world);
    for seq in 1..=world.head("ana").seq {
        let mut forked = world.clone();
        let twins = forked
            .entries
            .iter()
            .filter(|e| e.at.city.as_str() == "ana" && e.at.seq == seq);
        if twins.count() < 2 {
            forked.put_at("ana", seq, Act::Leave);
            found.push(forked);
        }
    }
    found
}

/// A settled deed stays, and so does every one below it.
fn settled_stays(less: &State, more: &State) {
    let Some(last) = less.terms.iter().rposition(|term| term.settled) else {
        return;
    };
    for (old, new) in less.terms.iter().zip(&more.terms).take(last + 1) {
        assert_eq!((&old.deed, &old.city), (&new.deed, &new.city));
    }
    assert!(more.terms.len() > last, "a settled term vanished");
}

#[test]
fn no_small_ledger_from_the_beginning_names_two_cities_for_a_term() {
    let seen = search(World::of(&CITIES), 5, any_act, assert_behind);
    assert!(seen.by_seal > 0 && seen.by_certificate > 0, "{seen:?}");
}

#[test]
fn no_small_race_of_seals_and_certificates_names_two_cities_for_a_term() {
    let mut world = World::of(&CITIES);
    let offer = world.offer("ana", "bru", 2);
    world.accept("bru", offer);
    world.stand("cai", 2, world.founded_by);
    let seen = search(world, 4, any_act, assert_behind);
    let all = [
        seen.by_seal,
        seen.by_certificate,
        seen.overruled,
        seen.settled,
        seen.third_term,
    ];
    assert!(all.iter().all(|n| *n > 0), "{seen:?}");
}

#[test]
fn no_small_race_in_the_second_term_names_two_cities_for_a_term() {
    let mut world = World::of(&CITIES);
    let candidacy = world.stand("cai", 2, world.founded_by);
    world.endorse("cai", candidacy, "ana");
    world.endorse("bru", candidacy, "ana");
    let seal = world.hand_over("ana", "bru", 2);
    world.offer("bru", "ana", 3);
    world.stand("cai", 3, seal);
    let seen = search(world, 3, any_act, assert_behind);
    assert!(seen.overruled > 0 && seen.third_term > 0, "{seen:?}");
}

#[test]
fn no_small_race_of_two_candidates_names_two_cities_for_a_term() {
    let mut world = World::of(&CITIES);
    let one = world.stand("bru", 2, world.founded_by);
    world.stand("cai", 2, world.founded_by);
    world.endorse("ana", one, "ana");
    world.endorse("bru", one, "ana");
    let seen = search(world, 4, any_act, assert_behind);
    assert!(seen.by_certificate > 0, "{seen:?}");
}

#[test]
fn no_small_ledger_overrules_a_settled_seal() {
    let mut world = World::of(&CITIES);
    let seal = world.hand_over("ana", "bru", 2);
    world.acknowledge("ana", seal, world.founded_by);
    world.acknowledge("bru", seal, world.founded_by);
    world.stand("cai", 2, world.founded_by);
    let seen = search(world, 3, any_act, assert_behind);
    assert_eq!(
        (seen.settled, seen.overruled),
        (seen.ledgers, 0),
        "{seen:?}"
    );
}

#[test]
fn no_fork_of_one_city_takes_a_settled_deed_back() {
    let mut world = World::of(&CITIES);
    let seal = world.hand_over("ana", "bru", 2);
    world.acknowledge("bru", seal, world.founded_by);
    world.stand("cai", 2, world.founded_by);
    let seen = search(world, 3, ana_forks, settled_stays);
    assert!(seen.settled > 0, "{seen:?}");
}
