//! Random ledgers, made by cities that keep to no rule but the single chain of their own log.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;

use super::super::{Act, Counts, Entry, Ledger, Opening, Reply, State, TermNo, What};
use super::world::{World, city, key, record};
use crate::{CitySlug, Digest};

const CITIES: [&str; 4] = ["ana", "bru", "cai", "dos"];

/// One step of a script: what, by whom, and which of the things that there are.
type Step = (u8, usize, usize, usize);

/// Plays a script. Every number means something, so that scripts shrink well.
pub fn play(script: &[Step]) -> World {
    let mut world = World::of(&CITIES);
    let mut bases: Vec<(Digest, TermNo, String)> = vec![(world.founded_by, 1, "ana".into())];
    for step in script {
        act(&mut world, &bases, *step);
        for term in world.state().terms {
            let base = (term.deed.digest, term.number, term.city.to_string());
            if !bases.contains(&base) {
                bases.push(base);
            }
        }
    }
    world
}

fn act(world: &mut World, bases: &[(Digest, TermNo, String)], (what, who, a, b): Step) {
    let by = CITIES[who % CITIES.len()];
    let other = CITIES[a % CITIES.len()];
    // Mostly the newest base, acted on by its holder.
    let back = if b % 4 == 0 { a % bases.len() } else { 0 };
    let (base, term, holder) = bases[bases.len() - 1 - back].clone();
    let holder = if b % 5 == 0 { by.to_owned() } else { holder };
    let offers = digests(world, |act| matches!(act, Act::Offer(_)));
    let answers = digests(world, |act| matches!(act, Act::Answer(_)));
    let stands = digests(world, |act| matches!(act, Act::Candidacy(_)));
    match what % 16 {
        0 => {
            world.offer(&holder, other, term + 1);
        }
        1 => {
            world.hand_over(&holder, other, term + 1);
        }
        2 | 3 => {
            if let Some(offer) = newest(&offers, b) {
                let to = addressee(world, offer);
                let by = if a % 6 == 0 { by } else { &to };
                let reply = if a % 5 == 0 {
                    Reply::Reject
                } else {
                    Reply::Accept
                };
                world.answer(by, offer, reply);
            }
        }
        4 | 5 => {
            if let (Some(offer), Some(accept)) = (newest(&offers, b), newest(&answers, a)) {
                let to = addressee(world, offer);
                world.seal(&holder, &to, term + 1, (offer, accept));
            }
        }
        6 => {
            world.stand(by, term + 1, base);
        }
        7..=9 => {
            if let Some(candidacy) = newest(&stands, b) {
                endorse(world, candidacy, &holder, (what, who));
            }
        }
        10 | 11 => certify(world, &stands, b, a),
        12 => acknowledge(world, bases, (who, a, b)),
        13 => {
            if let Some(offer) = newest(&offers, b) {
                world.put(&holder, Act::Undo { entry: offer });
            }
        }
        14 => {
            change(world, &holder, term, (a, b));
        }
        _ => {
            if a % 8 == 0 {
                world.put(by, Act::Leave);
            }
        }
    }
}

/// One endorses, or all but one.
fn endorse(world: &mut World, candidacy: Digest, silent: &str, (what, who): (u8, usize)) {
    for (n, voter) in CITIES.iter().enumerate() {
        if what.is_multiple_of(2) == (n == who % 4) {
            world.endorse(voter, candidacy, silent);
        }
    }
}

/// All but one acknowledge the newest deed, or one acknowledges some deed on some base.
fn acknowledge(
    world: &mut World,
    bases: &[(Digest, TermNo, String)],
    (who, a, b): (usize, usize, usize),
) {
    let (deed, term, _) = &bases[bases.len() - 1];
    let before = bases
        .iter()
        .rev()
        .find(|(_, number, _)| number + 1 == *term);
    if let (Some((base, _, _)), true) = (before, b % 3 > 0) {
        for voter in (1..4).map(|n| CITIES[(who + n) % 4]) {
            world.acknowledge(voter, *deed, *base);
        }
    } else {
        let (deed, base) = (bases[a % bases.len()].0, bases[b % bases.len()].0);
        world.acknowledge(CITIES[who % 4], deed, base);
    }
}

fn change(world: &mut World, by: &str, term: TermNo, (a, b): (usize, usize)) -> Digest {
    let named = ["dos", "eva", "fay"][a % 3];
    let what = match b % 3 {
        0 => What::Remove { city: city(named) },
        1 => What::RecordLeave {
            city: city(CITIES[a % 4]),
            seq: 1,
            key: key(CITIES[a % 4]),
        },
        _ => What::Add {
            record: record(named),
            from: 1,
        },
    };
    let approvals = if b % 4 == 0 {
        &CITIES[..1]
    } else {
        &CITIES[..]
    };
    world.change(by, term, what, approvals)
}

fn digests(world: &World, wanted: impl Fn(&Act) -> bool) -> Vec<Digest> {
    let found = world.entries.iter().filter(|entry| wanted(&entry.act));
    found.map(|entry| entry.at.digest).collect()
}

/// Mostly the newest, now and then another.
fn newest(of: &[Digest], pick: usize) -> Option<Digest> {
    let back = if pick.is_multiple_of(3) {
        pick % of.len().max(1)
    } else {
        0
    };
    of.iter().rev().nth(back).copied()
}

fn addressee(world: &World, offer: Digest) -> String {
    match &world.get(offer).act {
        Act::Offer(offer) => offer.to.to_string(),
        _ => unreachable!("not an offer"),
    }
}

/// The candidate names all votes for it, and, every other time, all leaves.
fn certify(world: &mut World, stands: &[Digest], pick: usize, a: usize) {
    let Some(candidacy) = newest(stands, pick) else {
        return;
    };
    let votes = digests(
        world,
        |act| matches!(act, Act::Endorse(v) if v.candidacy == candidacy),
    );
    let mut certificate = world.certificate(candidacy, &votes);
    if a.is_multiple_of(2) {
        let leaves = digests(world, |act| *act == Act::Leave);
        certificate.leaves = leaves.into_iter().collect();
    }
    let by = world.get(candidacy).at.city.to_string();
    world.put(&by, Act::Certificate(certificate));
}

fn state(founded_by: Digest, entries: impl IntoIterator<Item = Entry>) -> State {
    let mut ledger = Ledger::new(founded_by);
    ledger.extend(entries);
    ledger.state()
}

/// The part of a world that a replica holds: of each log a prefix.
fn prefix(world: &World, held: &BTreeMap<CitySlug, i64>) -> State {
    let inside = |e: &&Entry| held.get(&e.at.city).is_none_or(|last| e.at.seq <= *last);
    state(
        world.founded_by,
        world.entries.iter().filter(inside).cloned(),
    )
}

/// What a replica may say that holds less: the terms are the same as far as it has come; where first
/// they differ, a certificate has taken the place of a seal.
pub fn assert_behind(less: &State, more: &State) {
    for (number, old) in less.terms.iter().enumerate() {
        let new = more.terms.get(number);
        let new = new.unwrap_or_else(|| panic!("a term vanished\n{less:#?}\n{more:#?}"));
        if old.deed == new.deed {
            assert_eq!((&old.city, old.start), (&new.city, new.start));
            assert_eq!(old.electors, new.electors, "voters changed");
            assert!(new.settled >= old.settled, "settled no more");
        } else {
            assert_eq!(
                (old.opened_by, new.opened_by),
                (Opening::Seal, Opening::Certificate)
            );
            assert!(!old.settled, "a settled seal was overruled");
            return;
        }
    }
}

fn scripts() -> impl Strategy<Value = Vec<Step>> {
    vec((any::<u8>(), 0..64_usize, 0..64_usize, 0..64_usize), 0..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn order_repetition_and_batches_do_not_matter(
        script in scripts(),
        keys in vec(any::<u32>(), 100),
        cut in 0..100_usize,
    ) {
        let world = play(&script);
        let whole = world.state();
        let mut shuffled: Vec<(u32, Entry)> = keys.iter().copied()
            .zip(world.entries.iter().chain(&world.entries).cloned()).collect();
        shuffled.sort_by_key(|(key, _)| *key);
        let shuffled = shuffled.into_iter().map(|(_, entry)| entry);
        let mut ledger = Ledger::new(world.founded_by);
        ledger.extend(shuffled.clone().take(cut));
        prop_assert!(ledger.state().terms.len() <= world.entries.len());
        for entry in shuffled.skip(cut).chain(world.entries.iter().rev().cloned()) {
            ledger.insert(entry);
        }
        prop_assert_eq!(ledger.state(), whole);
    }

    #[test]
    fn a_replica_that_holds_less_is_behind_or_overruled_by_a_certificate(
        script in scripts(),
        held in [0..20_i64, 0..20_i64, 0..20_i64, 0..20_i64],
    ) {
        let world = play(&script);
        let cities = CITIES.iter().map(|name| city(name));
        let mut held: BTreeMap<CitySlug, i64> = cities.zip(held).collect();
        let less = prefix(&world, &held);
        for last in held.values_mut() {
            *last += 2;
        }
        let more = prefix(&world, &held);
        assert_behind(&less, &more);
        assert_behind(&more, &world.state());
        assert_behind(&less, &world.state());
    }

    #[test]
    fn an_act_counts_for_one_city_only_and_every_entry_is_judged(script in scripts(), seq in 0..20_i64) {
        let world = play(&script);
        let state = world.state();
        for (number, term) in (1..).zip(&state.terms) {
            prop_assert_eq!(term.number, number);
            let cities = CITIES.iter().filter(|name| world.counts(number, name, seq) == Counts::Yes);
            prop_assert!(cities.count() <= 1);
        }
        let last = state.terms.len();
        let ended = state.terms.iter().take(last.saturating_sub(1)).all(|t| t.ended.is_some());
        prop_assert!(ended, "an earlier term goes on");
        for at in state.refusals.keys() {
            prop_assert!(!state.waiting.contains_key(at));
        }
    }

    #[test]
    fn forked_logs_are_judged_alike_everywhere(script in scripts(), places in vec((0..4_usize, 1..9_i64), 0..4)) {
        let mut world = play(&script);
        for (who, seq) in places {
            world.put_at(CITIES[who], seq, Act::Leave);
        }
        let backwards = world.entries.iter().rev().cloned();
        prop_assert_eq!(state(world.founded_by, backwards), world.state());
    }
}

/// Says how much of the rules the scripts reach; without it the properties could hold of nothing.
#[test]
fn scripts_reach_hand_overs_and_takeovers() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let (mut seals, mut certificates, mut settled, mut third) = (0, 0, 0, 0);
    for _ in 0..400 {
        let state = play(&scripts().new_tree(&mut runner).unwrap().current()).state();
        let opened = |by| usize::from(state.terms.iter().any(|t| t.opened_by == by));
        seals += opened(Opening::Seal);
        certificates += opened(Opening::Certificate);
        settled += usize::from(state.terms.iter().skip(1).any(|t| t.settled));
        third += usize::from(state.terms.len() > 2);
    }
    let reached = (seals, certificates, settled, third);
    assert!(
        seals > 80 && certificates > 40 && settled > 20 && third > 40,
        "{reached:?}"
    );
}
