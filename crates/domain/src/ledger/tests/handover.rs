//! Offers, answers and seals, and all that is wrong with some.

use super::super::{Act, Answer, Counts, End, Offer, Reason, Reply, Wait};
use super::world::{World, city, nothing, period};

fn world() -> World {
    World::of(&["ana", "bru", "cai", "dos", "eva"])
}

#[test]
fn offer_accept_and_seal_move_the_seat() {
    let mut world = world();
    world.hand_over("ana", "bru", 2);
    world.assert_seat(2, "bru");
    world.hand_over("bru", "cai", 3);
    world.assert_seat(3, "cai");
    assert!(world.state().refusals.is_empty());
    assert!(world.state().waiting.is_empty());
}

#[test]
fn an_open_offer_shows_its_answer() {
    let mut world = world();
    let offer = world.offer("ana", "bru", 2);
    assert_eq!(world.state().offers[0].answer, None);
    let reject = world.answer("bru", offer, Reply::Reject);
    let (reply, at) = world.state().offers[0].answer.clone().unwrap();
    assert_eq!((reply, at.digest), (Reply::Reject, reject));
    world.put("ana", Act::Undo { entry: offer });
    assert!(world.state().offers.is_empty());
    world.hand_over("ana", "cai", 2);
    world.assert_seat(2, "cai");
}

#[test]
fn an_offer_to_a_city_outside_is_refused() {
    let mut world = world();
    let offer = world.offer("ana", "zoe", 2);
    assert_eq!(world.refusal(offer), Reason::OfferToNonMember);
    let accept = world.accept("zoe", offer);
    assert_eq!(world.refusal(accept), Reason::OfferRefused);
    let seal = world.seal("ana", "zoe", 2, (offer, accept));
    assert_eq!(world.refusal(seal), Reason::OfferRefused);
    world.assert_seat(1, "ana");
}

#[test]
fn an_offer_to_oneself_is_refused() {
    let mut world = world();
    let offer = world.offer("ana", "ana", 2);
    assert_eq!(world.refusal(offer), Reason::OfferToSelf);
}

#[test]
fn a_second_offer_needs_the_first_undone() {
    let mut world = world();
    world.offer("ana", "bru", 2);
    let second = world.offer("ana", "cai", 2);
    assert!(matches!(
        world.refusal(second),
        Reason::OfferOpen { offer: 2 }
    ));
}

#[test]
fn a_seal_of_an_undone_offer_is_refused() {
    let mut world = world();
    let offer = world.offer("ana", "bru", 2);
    let accept = world.accept("bru", offer);
    world.put("ana", Act::Undo { entry: offer });
    let seal = world.seal("ana", "bru", 2, (offer, accept));
    assert_eq!(world.refusal(seal), Reason::OfferWithdrawn);
    let again = world.put("ana", Act::Undo { entry: offer });
    assert!(matches!(
        world.refusal(again),
        Reason::Replayed { .. } | Reason::NotUndoable
    ));
}

#[test]
fn an_accept_of_a_changed_offer_is_refused() {
    let mut world = world();
    let offer = world.offer("ana", "bru", 2);
    let offer_id = world.get(offer).id;
    let act = Act::Answer(Answer {
        offer_id,
        offer: nothing(),
        reply: Reply::Accept,
    });
    let accept = world.put("bru", act);
    assert_eq!(world.refusal(accept), Reason::OfferChanged);
    let seal = world.seal("ana", "bru", 2, (offer, accept));
    assert_eq!(world.refusal(seal), Reason::NotAccepted);
    world.assert_seat(1, "ana");
}

#[test]
fn an_accept_by_another_city_is_refused() {
    let mut world = world();
    let offer = world.offer("ana", "bru", 2);
    let accept = world.accept("cai", offer);
    assert_eq!(world.refusal(accept), Reason::NotOfferedToYou);
    let seal = world.seal("ana", "bru", 2, (offer, accept));
    assert_eq!(world.refusal(seal), Reason::NotAccepted);
}

#[test]
fn the_first_answer_is_the_answer() {
    let mut world = world();
    let offer = world.offer("ana", "bru", 2);
    let reject = world.answer("bru", offer, Reply::Reject);
    let accept = world.accept("bru", offer);
    assert_eq!(world.refusal(accept), Reason::AnsweredAlready { first: 1 });
    for answer in [reject, accept] {
        let seal = world.seal("ana", "bru", 2, (offer, answer));
        assert_eq!(world.refusal(seal), Reason::NotAccepted);
    }
}

#[test]
fn a_seal_to_another_than_the_offered_is_refused() {
    let mut world = world();
    let offer = world.offer("ana", "bru", 2);
    let accept = world.accept("bru", offer);
    let seal = world.seal("ana", "cai", 2, (offer, accept));
    assert_eq!(world.refusal(seal), Reason::SuccessorDiffers);
}

#[test]
fn a_seal_by_another_than_the_coordinator_is_refused() {
    let mut world = world();
    let offer = world.offer("cai", "bru", 2);
    let accept = world.accept("bru", offer);
    let seal = world.seal("cai", "bru", 2, (offer, accept));
    let reason = Reason::NotCoordinator {
        term: 1,
        holder: city("ana"),
    };
    assert_eq!(world.refusal(offer), reason);
    assert_eq!(world.refusal(accept), Reason::OfferRefused);
    assert_eq!(world.refusal(seal), reason);
}

#[test]
fn a_seal_that_borrows_anothers_offer_is_refused() {
    let mut world = world();
    let offer = world.offer("ana", "bru", 2);
    let accept = world.accept("bru", offer);
    let seal = world.seal("cai", "bru", 2, (offer, accept));
    assert!(matches!(world.refusal(seal), Reason::NotCoordinator { .. }));
    let own = world.seal("ana", "bru", 2, (accept, accept));
    assert_eq!(world.refusal(own), Reason::NotAnOffer);
    world.assert_seat(1, "ana");
}

#[test]
fn a_seal_waits_for_the_accept_and_ends_the_term_meanwhile() {
    let mut world = world();
    let offer = world.offer("ana", "bru", 2);
    let accept = world.accept("bru", offer);
    let seal = world.seal("ana", "bru", 2, (offer, accept));
    let later = world.hand_over("ana", "cai", 2);
    let behind = world.without(accept);
    assert_eq!(behind.wait(seal), Some(Wait::Entry(accept)));
    assert_eq!(behind.seat(), None);
    assert!(matches!(behind.state().terms[0].ended, Some(End::Seal(_))));
    assert!(matches!(
        behind.refusal(later),
        Reason::SealedAlready { .. }
    ));
    world.assert_seat(2, "bru");
}

#[test]
fn an_act_after_the_seal_does_not_count() {
    let mut world = world();
    world.hand_over("ana", "bru", 2);
    assert_eq!(world.counts(1, "ana", 2), Counts::Yes);
    assert_eq!(
        world.counts(1, "ana", 3),
        Counts::No(Reason::AfterEnd { last: 2 })
    );
    let late = world.offer("ana", "cai", 2);
    assert_eq!(world.refusal(late), Reason::AfterEnd { last: 2 });
}

#[test]
fn an_act_counts_only_from_the_city_that_holds_its_term() {
    let mut world = world();
    world.hand_over("ana", "bru", 2);
    assert!(matches!(
        world.counts(2, "ana", 9),
        Counts::No(Reason::NotCoordinator { .. })
    ));
    assert!(matches!(
        world.counts(1, "bru", 9),
        Counts::No(Reason::NotCoordinator { .. })
    ));
    assert_eq!(
        world.counts(2, "bru", 1),
        Counts::No(Reason::BeforeStart { start: 1 })
    );
    assert_eq!(world.counts(2, "bru", 2), Counts::Yes);
    assert_eq!(
        world.counts(0, "bru", 2),
        Counts::No(Reason::WrongTerm { named: 0 })
    );
}

#[test]
fn an_act_judged_early_is_judged_again() {
    let mut world = world();
    let seal = world.hand_over("ana", "bru", 2);
    let early = world.without(seal);
    assert_eq!(early.counts(2, "bru", 5), Counts::Waits(Wait::Term(2)));
    assert_eq!(world.counts(2, "bru", 5), Counts::Yes);
}

#[test]
fn an_old_coordinator_cannot_use_its_old_term_again() {
    let mut world = world();
    world.hand_over("ana", "bru", 2);
    world.hand_over("bru", "cai", 3);
    let old = world.offer("ana", "dos", 2);
    assert!(matches!(world.refusal(old), Reason::AfterEnd { .. }));
    let stolen = world.offer("ana", "dos", 4);
    assert!(matches!(
        world.refusal(stolen),
        Reason::NotCoordinator { term: 3, .. }
    ));
    let future = world.offer("ana", "dos", 9);
    assert_eq!(world.wait(future), Some(Wait::Term(8)));
    let none = world.offer("ana", "dos", 1);
    assert_eq!(world.refusal(none), Reason::WrongTerm { named: 1 });
}

#[test]
fn a_replayed_activity_is_refused() {
    let mut world = world();
    let offer = world.offer("ana", "bru", 2);
    world.put("ana", Act::Undo { entry: offer });
    let mut replay = world.get(offer).clone();
    replay.at.seq = 9;
    replay.at.digest = nothing();
    world.entries.push(replay);
    assert_eq!(world.refusal(nothing()), Reason::Replayed { first: 2 });
    assert!(world.state().offers.is_empty());
}

#[test]
fn what_stands_before_the_own_term_is_no_act_of_it() {
    let mut world = world();
    let early = world.put(
        "bru",
        Act::Offer(Offer {
            term: 3,
            to: city("cai"),
            period: period(3),
        }),
    );
    world.hand_over("ana", "bru", 2);
    assert_eq!(world.refusal(early), Reason::BeforeStart { start: 2 });
}

#[test]
fn a_second_genesis_is_refused() {
    let mut world = world();
    let genesis = world.entries[0].act.clone();
    let second = world.put("bru", genesis);
    assert_eq!(world.refusal(second), Reason::SecondGenesis);
    world.assert_seat(1, "ana");
}

#[test]
fn without_the_genesis_everything_waits() {
    let mut world = world();
    let offer = world.offer("ana", "bru", 2);
    let behind = world.without(world.founded_by);
    assert_eq!(behind.wait(offer), Some(Wait::Entry(world.founded_by)));
    assert_eq!(behind.seat(), None);
}

#[test]
fn a_genesis_that_contradicts_itself_founds_nothing() {
    let world = World::of(&["ana", "bru", "ana"]);
    assert_eq!(world.refusal(world.founded_by), Reason::BadGenesis);
    assert_eq!(world.seat(), None);
    assert!(world.state().members.is_empty());
}
