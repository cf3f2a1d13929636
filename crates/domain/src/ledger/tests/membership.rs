//! Joining, leaving, being put out, keys and the schedule.

use super::super::{
    Act, Candidacy, Change, End, KeyChange, ProofKey, Quorum, Reason, Slot, Until, What,
};
use super::world::{World, city, key, period, record};

fn world() -> World {
    World::of(&["ana", "bru", "cai", "dos", "eva"])
}

fn add(name: &str, from: i64) -> What {
    let record = record(name);
    What::Add { record, from }
}

#[test]
fn a_city_joins_with_coordinator_and_quorum() {
    let mut world = world();
    let short = world.change("ana", 1, add("fay", 1), &["bru"]);
    assert_eq!(
        world.refusal(short),
        Reason::ShortOfQuorum { have: 2, need: 3 }
    );
    world.change("ana", 1, add("fay", 1), &["bru", "cai"]);
    assert!(world.state().takes_part(&city("fay")));
    let again = world.change("ana", 1, add("fay", 1), &["bru", "cai", "dos"]);
    assert_eq!(world.refusal(again), Reason::AlreadyMember);
    world.hand_over("ana", "fay", 2);
    world.assert_seat(2, "fay");
}

#[test]
fn approvals_of_strangers_do_not_count() {
    let mut world = world();
    let change = world.change("ana", 1, add("fay", 1), &["fay", "gil", "hal"]);
    assert_eq!(
        world.refusal(change),
        Reason::ShortOfQuorum { have: 1, need: 3 }
    );
}

#[test]
fn only_the_coordinator_changes_members() {
    let mut world = world();
    let change = world.change("bru", 1, add("fay", 1), &["ana", "cai", "dos"]);
    assert!(matches!(
        world.refusal(change),
        Reason::NotCoordinator { term: 1, .. }
    ));
}

#[test]
fn who_joins_votes_from_the_next_term_on() {
    let mut world = world();
    world.change("ana", 1, add("fay", 1), &["bru", "cai"]);
    let candidacy = world.stand("cai", 2, world.founded_by);
    let early = world.endorse("fay", candidacy, "ana");
    assert_eq!(world.refusal(early), Reason::NotMember);
    world.hand_over("ana", "bru", 2);
    let candidacy = world.stand("cai", 3, world.deed(2));
    world.endorse("fay", candidacy, "bru");
    let open = &world.state().candidacies[0];
    assert_eq!((open.endorsed_by.len(), open.needed), (1, 4));
}

#[test]
fn a_coordinator_cannot_put_itself_out_or_a_stranger() {
    let mut world = world();
    let all = ["bru", "cai", "dos"];
    let own = world.change("ana", 1, What::Remove { city: city("ana") }, &all);
    assert_eq!(world.refusal(own), Reason::CoordinatorStays);
    let stranger = world.change("ana", 1, What::Remove { city: city("zoe") }, &all);
    assert_eq!(world.refusal(stranger), Reason::UnknownMember);
}

#[test]
fn who_is_put_out_can_no_longer_be_handed_the_seat() {
    let mut world = world();
    let offer = world.offer("ana", "bru", 2);
    let accept = world.accept("bru", offer);
    world.change(
        "ana",
        1,
        What::Remove { city: city("bru") },
        &["cai", "dos"],
    );
    let seal = world.seal("ana", "bru", 2, (offer, accept));
    assert_eq!(world.refusal(seal), Reason::OfferWithdrawn);
    let bru = world.state().members[&city("bru")].clone();
    assert!(matches!(bru.until, Some(Until::Removed(_))));
}

#[test]
fn the_founder_may_leave() {
    let mut world = world();
    world.hand_over("ana", "bru", 2);
    let leave = world.put("ana", Act::Leave);
    world.assert_seat(2, "bru");
    let seq = world.get(leave).at.seq;
    assert_eq!(
        world.state().members[&city("ana")].until,
        Some(Until::Left(seq))
    );
    let recorded = What::RecordLeave {
        city: city("ana"),
        seq,
        key: key("ana"),
    };
    world.change("bru", 2, recorded, &[]);
    world.hand_over("bru", "cai", 3);
    assert_eq!(world.state().terms[2].electors.len(), 4);
    let again = world.put("ana", Act::Leave);
    assert_eq!(world.refusal(again), Reason::HasLeft { at: seq });
}

#[test]
fn a_coordinator_that_leaves_leaves_the_seat_empty() {
    let mut world = world();
    world.put("ana", Act::Leave);
    assert_eq!(world.seat(), None);
    assert_eq!(world.state().terms[0].ended, Some(End::Leave(2)));
    let late = world.offer("ana", "bru", 2);
    assert_eq!(world.refusal(late), Reason::HasLeft { at: 2 });
    world.take_over("cai", "ana", 2, &["cai", "dos", "eva"]);
    world.assert_seat(2, "cai");
}

#[test]
fn who_left_neither_accepts_nor_votes_nor_stands() {
    let mut world = world();
    world.put("bru", Act::Leave);
    let offer = world.offer("ana", "bru", 2);
    let accept = world.accept("bru", offer);
    assert_eq!(world.refusal(accept), Reason::HasLeft { at: 1 });
    let stand = world.stand("bru", 2, world.founded_by);
    assert_eq!(world.refusal(stand), Reason::HasLeft { at: 1 });
    let candidacy = world.stand("cai", 2, world.founded_by);
    let vote = world.endorse("bru", candidacy, "ana");
    assert_eq!(world.refusal(vote), Reason::HasLeft { at: 1 });
}

#[test]
fn a_successor_that_left_after_accepting_leaves_the_seat_empty() {
    let mut world = world();
    let offer = world.offer("ana", "bru", 2);
    let accept = world.accept("bru", offer);
    world.put("bru", Act::Leave);
    world.seal("ana", "bru", 2, (offer, accept));
    assert_eq!(world.seat(), None);
    assert_eq!(world.state().terms[1].ended, Some(End::Leave(2)));
}

#[test]
fn a_member_that_left_without_a_vote_need_not_be_counted() {
    let mut world = world();
    world.put("eva", Act::Leave);
    let left = world.head("eva").digest;
    let candidacy = world.stand("cai", 2, world.founded_by);
    let votes = ["bru", "cai"].map(|name| world.endorse(name, candidacy, "ana"));
    let mut certificate = world.certificate(candidacy, &votes);
    certificate.leaves.insert(left);
    let short = world.put("cai", Act::Certificate(certificate.clone()));
    assert_eq!(
        world.refusal(short),
        Reason::ShortOfQuorum { have: 2, need: 3 }
    );
    world.put("dos", Act::Leave);
    certificate.leaves.insert(world.head("dos").digest);
    world.put("cai", Act::Certificate(certificate));
    world.assert_seat(2, "cai");
    assert_eq!(world.state().terms[1].electors.len(), 3);
}

#[test]
fn a_member_that_left_after_its_vote_stays_in_the_count() {
    let mut world = world();
    let other = world.stand("bru", 2, world.founded_by);
    world.endorse("eva", other, "ana");
    world.put("eva", Act::Leave);
    world.put("dos", Act::Leave);
    let candidacy = world.stand("cai", 2, world.founded_by);
    let votes = ["cai", "ana"].map(|name| world.endorse(name, candidacy, "ana"));
    let mut certificate = world.certificate(candidacy, &votes);
    certificate.leaves.insert(world.head("eva").digest);
    certificate.leaves.insert(world.head("dos").digest);
    let short = world.put("cai", Act::Certificate(certificate));
    assert_eq!(
        world.refusal(short),
        Reason::ShortOfQuorum { have: 2, need: 3 }
    );
}

#[test]
fn a_member_that_left_after_acknowledging_stays_in_the_count() {
    let mut world = world();
    let seal = world.hand_over("ana", "bru", 2);
    for name in ["ana", "bru", "dos"] {
        world.acknowledge(name, seal, world.founded_by);
    }
    for name in ["ana", "dos"] {
        world.put(name, Act::Leave);
    }
    assert!(world.state().terms[1].settled);
    let candidacy = world.stand("cai", 2, world.founded_by);
    let votes = ["cai", "eva"].map(|name| world.endorse(name, candidacy, "ana"));
    let mut certificate = world.certificate(candidacy, &votes);
    certificate.leaves = ["ana", "dos"].map(|name| world.head(name).digest).into();
    let short = world.put("cai", Act::Certificate(certificate));
    assert_eq!(
        world.refusal(short),
        Reason::ShortOfQuorum { have: 2, need: 3 }
    );
    world.assert_seat(2, "bru");
}

#[test]
fn a_city_that_left_may_come_back() {
    let mut world = world();
    world.put("eva", Act::Leave);
    let recorded = What::RecordLeave {
        city: city("eva"),
        seq: 1,
        key: key("eva"),
    };
    world.change("ana", 1, recorded, &[]);
    world.change("ana", 1, add("eva", 2), &["bru", "cai"]);
    assert!(world.state().takes_part(&city("eva")));
    world.hand_over("ana", "eva", 2);
    world.assert_seat(2, "eva");
}

#[test]
fn only_the_key_on_its_record_speaks_for_a_city() {
    let mut world = world();
    let approved_by = [("bru", "fay"), ("cai", "cai")].map(|(name, k)| (city(name), key(k)));
    let forged = Change {
        term: 1,
        what: add("fay", 1),
        approved_by: approved_by.into(),
    };
    let forged = world.put("ana", Act::Change(forged));
    assert_eq!(
        world.refusal(forged),
        Reason::ShortOfQuorum { have: 2, need: 3 }
    );
    let recorded = What::RecordLeave {
        city: city("eva"),
        seq: 1,
        key: key("fay"),
    };
    let invented = world.change("ana", 1, recorded, &[]);
    assert_eq!(world.refusal(invented), Reason::KeyNotCurrent);
    assert!(world.state().takes_part(&city("eva")));
}

#[test]
fn a_takeover_keeps_the_changes_that_were_endorsed_with_it() {
    let mut world = world();
    let kept = world.change("ana", 1, add("fay", 1), &["bru", "cai"]);
    let dropped = world.change("ana", 1, add("gil", 1), &["bru", "cai"]);
    let stand = Candidacy {
        term: 2,
        base: world.founded_by,
        period: period(2),
        changes: [kept].into(),
    };
    let candidacy = world.put("cai", Act::Candidacy(stand));
    let votes = ["cai", "dos", "eva"].map(|name| world.endorse(name, candidacy, "ana"));
    let certificate = world.certify("cai", candidacy, &votes);
    world.assert_seat(2, "cai");
    assert!(world.state().takes_part(&city("fay")));
    assert!(!world.state().takes_part(&city("gil")));
    assert!(matches!(world.refusal(dropped), Reason::Outranked { .. }));
    let behind = world.without(kept);
    assert!(behind.wait(certificate).is_some());
}

#[test]
fn a_key_is_turned_by_its_owner_and_set_by_the_quorum() {
    let turned = |old: &ProofKey, new: &str| {
        let (old, new) = (old.clone(), key(new));
        Act::KeyChange(KeyChange { old, new })
    };
    let mut world = world();
    let in_force = |world: &World| world.state().members[&city("bru")].record.key.clone();
    world.put("bru", turned(&key("bru"), "second"));
    assert_eq!(in_force(&world), key("second"));
    let stale = world.put("bru", turned(&key("bru"), "third"));
    assert_eq!(world.refusal(stale), Reason::KeyNotCurrent);
    let mut lost = record("bru");
    lost.key = key("fourth");
    let update = What::Update {
        record: lost,
        from: 3,
    };
    world.change("ana", 1, update, &["cai", "dos"]);
    assert_eq!(in_force(&world), key("fourth"));
    world.put("bru", turned(&key("fourth"), "fifth"));
    assert_eq!(in_force(&world), key("fifth"));
    let stranger = world.put("zoe", turned(&key("zoe"), "sixth"));
    assert_eq!(world.refusal(stranger), Reason::NotMember);
}

#[test]
fn the_schedule_says_who_is_next() {
    let mut world = world();
    let slot = |start, name| Slot {
        period: period(start),
        city: city(name),
    };
    let slots = vec![
        slot(9, "dos"),
        slot(3, "zoe"),
        slot(2, "bru"),
        slot(4, "cai"),
    ];
    world.change("ana", 1, What::Schedule(slots), &["bru", "cai"]);
    assert_eq!(world.state().next().unwrap().city, city("bru"));
    world.hand_over("ana", "bru", 2);
    assert_eq!(world.state().next().unwrap().city, city("cai"));
}

#[test]
fn quorums_are_counted_as_they_are_named() {
    for (quorum, approvals, good) in [
        (Quorum::CoordinatorAlone, vec![], true),
        (Quorum::Majority, vec!["bru"], false),
        (Quorum::Majority, vec!["bru", "cai"], true),
        (Quorum::TwoThirds, vec!["bru", "cai"], false),
        (Quorum::TwoThirds, vec!["bru", "cai", "dos"], true),
    ] {
        let mut world = World::with_quorum(&["ana", "bru", "cai", "dos", "eva"], quorum);
        world.change("ana", 1, add("fay", 1), &approvals);
        assert_eq!(
            world.state().takes_part(&city("fay")),
            good,
            "{quorum:?} {approvals:?}"
        );
    }
}
