//! Forked logs: what they void, and what no fork takes back.

use super::super::{Act, Counts, End, Evidence, Reason};
use super::world::{World, city};

fn world() -> World {
    World::of(&["ana", "bru", "cai", "dos", "eva"])
}

/// A hand-over from ana to bru that these have acknowledged, and one from bru to cai.
fn handed_over(witnesses: &[&str]) -> World {
    let mut world = world();
    let seal = world.hand_over("ana", "bru", 2);
    for name in witnesses {
        world.acknowledge(name, seal, world.founded_by);
    }
    world.hand_over("bru", "cai", 3);
    world
}

#[test]
fn a_sitting_coordinator_that_forks_its_log_loses_the_seat() {
    let mut world = world();
    world.offer("ana", "bru", 2);
    let twin = world.put_at("ana", 2, Act::Leave);
    assert_eq!(world.refusal(twin), Reason::Forked { at: 2 });
    assert_eq!(world.seat(), None);
    let state = world.state();
    assert_eq!(state.terms[0].ended, Some(End::Fork(2)));
    let city = city("ana");
    assert!(state.evidence.contains(&Evidence::Fork { city, at: 2 }));
    assert_eq!(
        world.counts(1, "ana", 2),
        Counts::No(Reason::AfterEnd { last: 1 })
    );
    world.take_over("cai", "ana", 2, &["cai", "dos", "eva"]);
    world.assert_seat(2, "cai");
}

#[test]
fn two_seals_at_one_place_hand_over_to_nobody() {
    let mut world = world();
    let to_bru = world.offer("ana", "bru", 2);
    let accept = world.accept("bru", to_bru);
    world.seal("ana", "bru", 2, (to_bru, accept));
    world.put_at("ana", 3, Act::Undo { entry: to_bru });
    assert_eq!(world.seat(), None);
}

#[test]
fn an_unsettled_hand_over_falls_with_a_fork_below_it() {
    let mut world = handed_over(&["bru", "cai"]);
    assert!(!world.state().terms[1].settled);
    world.put_at("ana", 2, Act::Leave);
    assert_eq!(world.seat(), None);
    assert_eq!(world.state().terms.len(), 1);
}

#[test]
fn a_settled_hand_over_outlives_any_later_fork_of_its_author() {
    let mut world = handed_over(&["bru", "cai", "dos"]);
    let before = world.state().terms;
    assert!(before[1].settled);
    for seq in [1, 2, 3] {
        world.put_at("ana", seq, Act::Leave);
        assert_eq!(world.state().terms, before, "fork at {seq}");
    }
    assert_eq!(world.counts(1, "ana", 2), Counts::Yes);
}

#[test]
fn a_settled_takeover_outlives_the_fork_of_a_voter() {
    let mut world = world();
    let certificate = world.take_over("cai", "ana", 2, &["cai", "dos", "eva"]);
    for name in ["bru", "cai", "dos"] {
        world.acknowledge(name, certificate, world.founded_by);
    }
    world.put_at("eva", 1, Act::Leave);
    world.assert_seat(2, "cai");
    assert!(world.state().terms[1].settled);
}

#[test]
fn an_unsettled_takeover_falls_with_the_fork_of_a_needed_voter() {
    let mut world = world();
    let certificate = world.take_over("cai", "ana", 2, &["cai", "dos", "eva"]);
    world.put_at("eva", 1, Act::Leave);
    let reason = Reason::ShortOfQuorum { have: 2, need: 3 };
    assert_eq!(world.refusal(certificate), reason);
    world.assert_seat(1, "ana");
}

#[test]
fn who_endorsed_before_does_not_settle_a_seal() {
    let mut world = world();
    let candidacy = world.stand("cai", 2, world.founded_by);
    let votes = ["cai", "dos", "eva"].map(|name| world.endorse(name, candidacy, "ana"));
    let seal = world.hand_over("ana", "bru", 2);
    for name in ["ana", "bru", "cai", "dos", "eva"] {
        world.acknowledge(name, seal, world.founded_by);
    }
    let state = world.state();
    assert_eq!(
        state.terms[1].acknowledged_by,
        [city("ana"), city("bru")].into()
    );
    assert!(!state.terms[1].settled);
    let certificate = world.certify("cai", candidacy, &votes);
    world.assert_seat(2, "cai");
    for name in ["ana", "bru", "dos"] {
        world.acknowledge(name, certificate, world.founded_by);
    }
    assert!(world.state().terms[1].settled);
}
