//! Candidacies, endorsements and certificates, and all that is wrong with some.

use super::super::{Act, Counts, End, Evidence, Head, Opening, Reason, Wait};
use super::world::{World, nothing};

fn world() -> World {
    World::of(&["ana", "bru", "cai", "dos", "eva"])
}

#[test]
fn a_majority_gives_the_next_term() {
    let mut world = world();
    world.offer("ana", "bru", 2);
    world.take_over("cai", "ana", 2, &["cai", "dos", "eva"]);
    world.assert_seat(2, "cai");
    let state = world.state();
    assert!(matches!(&state.terms[0].ended, Some(End::Certificate { head, .. }) if head.seq == 2));
    assert_eq!(state.terms[1].opened_by, Opening::Certificate);
    assert_eq!(world.counts(1, "ana", 2), Counts::Yes);
    assert_eq!(
        world.counts(1, "ana", 3),
        Counts::No(Reason::AfterEnd { last: 2 })
    );
    assert!(matches!(
        world.counts(2, "cai", 3),
        Counts::No(Reason::BeforeStart { .. })
    ));
    assert_eq!(world.counts(2, "cai", 4), Counts::Yes);
}

#[test]
fn a_certificate_short_of_quorum_is_refused() {
    let mut world = world();
    let short = world.take_over("cai", "ana", 2, &["cai", "dos"]);
    assert_eq!(
        world.refusal(short),
        Reason::ShortOfQuorum { have: 2, need: 3 }
    );
    world.assert_seat(1, "ana");
}

#[test]
fn a_certificate_may_follow_a_short_one() {
    let mut world = world();
    let base = world.founded_by;
    let candidacy = world.stand("cai", 2, base);
    let mut votes = vec![
        world.endorse("cai", candidacy, "ana"),
        world.endorse("dos", candidacy, "ana"),
    ];
    world.certify("cai", candidacy, &votes);
    votes.push(world.endorse("eva", candidacy, "ana"));
    world.certify("cai", candidacy, &votes);
    world.assert_seat(2, "cai");
    let third = world.certify("cai", candidacy, &votes);
    assert!(matches!(
        world.refusal(third),
        Reason::CertifiedAlready { .. }
    ));
}

#[test]
fn the_same_endorsement_is_counted_once() {
    let mut world = world();
    let candidacy = world.stand("cai", 2, world.founded_by);
    let first = world.endorse("dos", candidacy, "ana");
    let again = world.endorse("dos", candidacy, "ana");
    let own = world.endorse("cai", candidacy, "ana");
    assert_eq!(world.refusal(again), Reason::EndorsedAlready { first: 1 });
    let short = world.certify("cai", candidacy, &[first, again, own]);
    assert_eq!(
        world.refusal(short),
        Reason::ShortOfQuorum { have: 2, need: 3 }
    );
    assert!(world.state().evidence.is_empty());
}

#[test]
fn a_member_that_endorses_two_is_shown_and_collected_by_neither() {
    let mut world = world();
    let (one, two) = (
        world.stand("cai", 2, world.founded_by),
        world.stand("dos", 2, world.founded_by),
    );
    let first = world.endorse("eva", one, "ana");
    let second = world.endorse("eva", two, "ana");
    let state = world.state();
    assert!(state.candidacies.iter().all(|c| c.endorsed_by.is_empty()));
    assert_eq!(
        state.evidence.first(),
        Some(&Evidence::TwoEndorsements {
            first: world.get(first).at.clone(),
            second: world.get(second).at.clone(),
        })
    );
}

#[test]
fn a_second_endorsement_does_not_unmake_a_certificate() {
    let mut world = world();
    let certificate = world.take_over("cai", "ana", 2, &["cai", "dos", "eva"]);
    let other = world.stand("bru", 2, world.founded_by);
    let late = world.endorse("eva", other, "ana");
    assert!(matches!(
        world.refusal(late),
        Reason::EndorsedAlready { .. }
    ));
    let rival = world.take_over("bru", "ana", 2, &["bru", "ana"]);
    assert!(world.state().refusals.contains_key(&world.get(rival).at));
    assert_eq!(world.deed(2), certificate);
}

#[test]
fn two_candidates_cannot_both_have_a_majority() {
    let mut world = world();
    let base = world.founded_by;
    let (one, two) = (world.stand("bru", 2, base), world.stand("cai", 2, base));
    let votes = |world: &mut World, who: &[&str], what| {
        let vote = |name: &&str| world.endorse(name, what, "ana");
        who.iter().map(vote).collect::<Vec<_>>()
    };
    let for_one = votes(&mut world, &["bru", "dos", "eva"], one);
    let for_two = votes(&mut world, &["cai", "dos", "eva"], two);
    world.certify("bru", one, &for_one);
    let loser = world.certify("cai", two, &for_two);
    assert_eq!(
        world.refusal(loser),
        Reason::ShortOfQuorum { have: 1, need: 3 }
    );
    world.assert_seat(2, "bru");
}

#[test]
fn an_endorsement_cannot_be_undone() {
    let mut world = world();
    let candidacy = world.stand("cai", 2, world.founded_by);
    let vote = world.endorse("dos", candidacy, "ana");
    let undo = world.put("dos", Act::Undo { entry: vote });
    assert_eq!(world.refusal(undo), Reason::NotUndoable);
    assert_eq!(world.state().candidacies[0].endorsed_by.len(), 1);
}

#[test]
fn a_certificate_outranks_a_seal_of_the_same_term() {
    let mut world = world();
    let candidacy = world.stand("cai", 2, world.founded_by);
    let votes = ["cai", "dos", "eva"].map(|name| world.endorse(name, candidacy, "ana"));
    let seal = world.hand_over("ana", "bru", 2);
    let onward = world.hand_over("bru", "dos", 3);
    world.assert_seat(3, "dos");
    let certificate = world.certify("cai", candidacy, &votes);
    world.assert_seat(2, "cai");
    assert_eq!(world.refusal(seal), Reason::AfterEnd { last: 1 });
    assert!(matches!(
        world.refusal(onward),
        Reason::NotCoordinator { term: 2, .. }
    ));
    assert_eq!(world.deed(2), certificate);
}

#[test]
fn a_seal_inside_the_recorded_head_is_outranked_too() {
    let mut world = world();
    let seal = world.hand_over("ana", "bru", 2);
    let candidacy = world.stand("cai", 2, world.founded_by);
    let votes = ["cai", "dos", "eva"].map(|name| world.endorse(name, candidacy, "ana"));
    world.certify("cai", candidacy, &votes);
    assert!(matches!(world.refusal(seal), Reason::Outranked { .. }));
    assert_eq!(
        world.counts(1, "ana", 3),
        Counts::No(Reason::AfterEnd { last: 2 })
    );
    world.assert_seat(2, "cai");
}

#[test]
fn who_has_acknowledged_a_seal_cannot_endorse_against_it() {
    let mut world = world();
    let seal = world.hand_over("ana", "bru", 2);
    world.acknowledge("dos", seal, world.founded_by);
    let candidacy = world.stand("cai", 2, world.founded_by);
    let vote = world.endorse("dos", candidacy, "ana");
    assert_eq!(
        world.refusal(vote),
        Reason::AcknowledgedAlready { first: 1 }
    );
}

#[test]
fn a_member_may_both_accept_and_endorse() {
    let mut world = world();
    let offer = world.offer("ana", "bru", 2);
    let accept = world.accept("bru", offer);
    let certificate = world.take_over("cai", "ana", 2, &["bru", "cai", "dos"]);
    let seal = world.seal("ana", "bru", 2, (offer, accept));
    world.assert_seat(2, "cai");
    assert_eq!(world.deed(2), certificate);
    assert!(world.state().refusals.contains_key(&world.get(seal).at));
}

#[test]
fn a_certificate_waits_for_its_endorsements() {
    let mut world = world();
    let certificate = world.take_over("cai", "ana", 2, &["cai", "dos", "eva"]);
    let vote = world.entries[3].at.digest;
    assert_eq!(
        world.without(vote).wait(certificate),
        Some(Wait::Entry(vote))
    );
    world.without(vote).assert_seat(1, "ana");
}

#[test]
fn the_head_is_the_highest_that_an_endorser_names() {
    let mut world = world();
    let candidacy = world.stand("cai", 2, world.founded_by);
    let mut votes = vec![
        world.endorse("cai", candidacy, "ana"),
        world.endorse("dos", candidacy, "ana"),
    ];
    world.offer("ana", "bru", 2);
    votes.push(world.endorse("eva", candidacy, "ana"));
    let mut lower = world.certificate(candidacy, &votes);
    lower.head = Head {
        seq: 1,
        digest: world.founded_by,
    };
    let lower = world.put("cai", Act::Certificate(lower));
    assert_eq!(world.refusal(lower), Reason::HeadDiffers { highest: 2 });
    let mut higher = world.certificate(candidacy, &votes);
    higher.head.seq = 7;
    let higher = world.put("cai", Act::Certificate(higher));
    assert_eq!(world.refusal(higher), Reason::HeadDiffers { highest: 2 });
}

#[test]
fn what_builds_on_no_term_is_refused_or_waits() {
    let mut world = world();
    let lost = world.stand("cai", 2, nothing());
    assert_eq!(world.wait(lost), Some(Wait::Entry(nothing())));
    let offer = world.offer("ana", "bru", 2);
    let base = world.stand("cai", 2, offer);
    assert_eq!(world.refusal(base), Reason::NoSuchTerm);
    let number = world.stand("cai", 3, world.founded_by);
    assert_eq!(world.refusal(number), Reason::WrongTerm { named: 3 });
    let own = world.stand("ana", 2, world.founded_by);
    assert_eq!(world.refusal(own), Reason::OwnSeat);
    let outside = world.stand("zoe", 2, world.founded_by);
    assert_eq!(world.refusal(outside), Reason::NotMember);
    let vote = world.endorse("dos", outside, "ana");
    assert_eq!(world.refusal(vote), Reason::NotACandidacy);
}

#[test]
fn a_certificate_of_an_old_term_finds_no_votes() {
    let mut world = world();
    let seal = world.hand_over("ana", "bru", 2);
    for name in ["cai", "dos", "eva"] {
        world.acknowledge(name, seal, world.founded_by);
    }
    let candidacy = world.stand("cai", 2, world.founded_by);
    let votes = ["cai", "dos", "eva"].map(|name| world.endorse(name, candidacy, "ana"));
    let old = world.certify("cai", candidacy, &votes);
    assert_eq!(
        world.refusal(old),
        Reason::ShortOfQuorum { have: 0, need: 3 }
    );
    world.assert_seat(2, "bru");
}

#[test]
fn a_silent_pair_has_no_majority_and_goes_on_without() {
    let mut world = World::of(&["ana", "bru"]);
    let short = world.take_over("bru", "ana", 2, &["bru"]);
    assert_eq!(
        world.refusal(short),
        Reason::ShortOfQuorum { have: 1, need: 2 }
    );
    world.put("ana", Act::Leave);
    assert_eq!(world.seat(), None);
    let leave = world.head("ana").digest;
    let candidacy = world.stand("bru", 2, world.founded_by);
    let vote = world.entries[2].at.digest;
    assert_eq!(world.state().candidacies[1].needed, 1);
    // The vote is spent on the first candidacy, which still stands.
    let first = world.entries[1].at.digest;
    assert_ne!(candidacy, first);
    let mut certificate = world.certificate(first, &[vote]);
    certificate.leaves.insert(leave);
    world.put("bru", Act::Certificate(certificate));
    world.assert_seat(2, "bru");
    assert_eq!(world.state().terms[1].electors.len(), 1);
}
