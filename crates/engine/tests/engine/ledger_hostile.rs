//! What must not be said in a ledger: a command hears the reason and nothing changes; what another
//! city's software writes all the same stands in every city with the same reason.

use serde_json::json;
use tequio_domain::{
    Digest,
    ledger::{Offer, Quorum, Reason, Reply, Seal, What},
};
use tequio_engine::{ledger::membership::Proposal, receive::Received};
use tequio_protocol::activity::{
    Act, LedgerAct,
    ledger::{Named, Plan, Say, Signed},
};
use tequio_store::on_both_databases;

use crate::{
    hand::{Author, Hand},
    ledger::{Scene, acta, last, period, reason, slug},
    world::{City, WATER},
};

/// Writes acts into a city's log as no honest software would, and hands them to all.
async fn write(scene: &Scene, by: usize, says: Vec<Say>) -> Vec<Digest> {
    let city = &scene.world.cities[by];
    let (author, mut hand) = (Author::of(city, "jefa"), Hand::of(city, WATER));
    let mut digests = Vec::new();
    let mut bodies = vec![hand.write(&author.introduce(&format!("card-{}", hand.seq)))];
    for say in says {
        let name = format!("ledger-{}", hand.seq);
        bodies.push(hand.write(&author.act(&name, said(city, &hand.group, say))));
        digests.push(hand.prev.unwrap());
    }
    let received = city.receive(bodies).await;
    assert!(
        matches!(received, Received::Appended { .. }),
        "{received:?}"
    );
    scene.world.exchange().await;
    scene.world.assert_agreed().await;
    digests
}

fn said(city: &City, group: &str, say: Say) -> Act {
    Act::Ledger(Box::new(LedgerAct {
        topic: acta(city).topic.uri,
        audience: group.to_owned(),
        note: String::new(),
        say,
    }))
}

fn offer(to: &City, term: u32) -> Say {
    Say::Offer {
        offer: Offer {
            term,
            to: slug(to),
            period: period(4),
        },
        group: format!("https://{}.example/t/agua", to.slug),
        items: Vec::new(),
    }
}

/// Why each city refuses an act.
#[track_caller]
fn refused(scene: &Scene, digest: Digest) -> Reason {
    let reasons = scene.world.cities.iter().map(|city| {
        let acta = acta(city);
        let at = &acta.find(digest).unwrap().at;
        acta.refusal(at).expect("refused").clone()
    });
    let reasons: Vec<Reason> = reasons.collect();
    assert!(reasons.windows(2).all(|two| two[0] == two[1]));
    reasons[0].clone()
}

on_both_databases! {
    async fn offers_to_strangers_and_second_offers(store) {
        let scene = Scene::with_quorum(store, 3, Quorum::CoordinatorAlone).await;
        let cities = &scene.world.cities;
        scene.propose(0, Proposal::Remove(slug(&cities[2]))).await.unwrap();
        let before = cities[0].everything();
        assert_eq!(reason(scene.offer(0, 2).await), Reason::OfferToNonMember);
        assert_eq!(reason(scene.offer(0, 0).await), Reason::OfferToSelf);
        let not_yours = reason(scene.offer(1, 0).await);
        assert!(matches!(not_yours, Reason::NotCoordinator { .. }), "{not_yours}");
        assert_eq!(cities[0].everything(), before);
        scene.offer(0, 1).await.unwrap();
        let second = reason(scene.offer(0, 1).await);
        assert!(matches!(second, Reason::OfferOpen { .. }), "{second}");
        scene.world.exchange().await;

        let says = vec![offer(&cities[2], 2), offer(&cities[1], 2), offer(&cities[1], 5)];
        let [stranger, second, far] = write(&scene, 0, says).await[..] else { panic!() };
        assert_eq!(refused(&scene, stranger), Reason::OfferToNonMember);
        assert!(matches!(refused(&scene, second), Reason::OfferOpen { .. }));
        let far = acta(&cities[1]).find(far).unwrap().at.clone();
        assert!(acta(&cities[1]).wait(&far).is_some(), "no term 4 to offer from yet");
        let usurped = write(&scene, 1, vec![offer(&cities[1], 2)]).await;
        assert!(matches!(refused(&scene, usurped[0]), Reason::NotCoordinator { term: 1, .. }));
        scene.assert_seat(1, 0).await;
    }

    async fn an_answer_to_a_changed_offer_and_a_second_answer(store) {
        let scene = Scene::new(store, 3).await;
        let cities = &scene.world.cities;
        scene.offer(0, 1).await.unwrap();
        scene.world.exchange().await;
        let digest = last(&cities[1], &cities[0], "offer");
        let id = acta(&cities[1]).find(digest).unwrap().id.clone();
        assert_eq!(reason(scene.answer(2, digest, Reply::Accept).await), Reason::NotOfferedToYou);
        let accept = |id: &str, digest| Say::Answer {
            offer: Named { id: id.to_owned(), digest },
            reply: Reply::Accept,
        };
        let other_id = accept("https://oaxaca.example/a/other", digest);
        let other_words = accept(&id, Digest::new([1; 32]));
        let says = vec![other_words, accept(&id, digest), other_id, accept(&id, digest)];
        let [by_digest, good, by_id, again] = write(&scene, 1, says).await[..] else { panic!() };
        assert_eq!(refused(&scene, by_id), Reason::OfferChanged);
        assert_eq!(refused(&scene, by_digest), Reason::OfferChanged);
        assert!(matches!(refused(&scene, again), Reason::AnsweredAlready { .. }));
        let twice = reason(scene.answer(1, digest, Reply::Reject).await);
        assert!(matches!(twice, Reason::AnsweredAlready { .. }), "{twice}");

        let seal = |successor: &City, accept| Say::Seal {
            seal: Seal { term: 2, successor: slug(successor), offer: digest, accept },
            group: format!("https://{}.example/t/agua", successor.slug),
        };
        let forged = write(&scene, 2, vec![seal(&cities[2], good)]).await;
        assert!(matches!(refused(&scene, forged[0]), Reason::NotCoordinator { .. }));
        let says = vec![seal(&cities[2], good), seal(&cities[1], by_id), seal(&cities[1], good),
            seal(&cities[1], good)];
        let [other_city, no_accept, _, again] = write(&scene, 0, says).await[..] else { panic!() };
        assert_eq!(refused(&scene, other_city), Reason::SuccessorDiffers);
        assert_eq!(refused(&scene, no_accept), Reason::NotAccepted);
        let again = refused(&scene, again);
        assert!(matches!(again, Reason::AfterEnd { .. } | Reason::SealedAlready { .. }), "{again}");
        scene.assert_seat(2, 1).await;
    }

    async fn double_endorsements_and_short_certificates(store) {
        let scene = Scene::new(store, 4).await;
        let cities = &scene.world.cities;
        assert_eq!(reason(scene.stand(0).await), Reason::OwnSeat);
        scene.stand(1).await.unwrap();
        scene.stand(2).await.unwrap();
        scene.world.exchange().await;
        let candidacy = last(&cities[3], &cities[1], "stand");
        let rival = last(&cities[3], &cities[2], "stand");
        scene.endorse(3, candidacy).await.unwrap();
        let twice = reason(scene.endorse(3, rival).await);
        assert!(matches!(twice, Reason::EndorsedAlready { .. }), "{twice}");
        scene.endorse(1, candidacy).await.unwrap();
        scene.world.exchange().await;
        assert_eq!(reason(scene.certify(1).await), Reason::ShortOfQuorum { have: 2, need: 3 });
        assert_eq!(reason(scene.certify(3).await), Reason::NotACandidacy);

        let held = acta(&cities[1]);
        let open = held.state.candidacies.iter().find(|open| open.at.city == slug(&cities[1]));
        let open = open.unwrap();
        let short = Say::Certify(tequio_domain::ledger::Certificate {
            term: 2,
            base: held.state.terms[0].deed.digest,
            candidacy: open.at.digest,
            endorsements: open.endorsed_by.values().map(|(at, _)| at.digest).collect(),
            leaves: std::collections::BTreeSet::new(),
            head: open.endorsed_by.values().map(|(_, head)| *head).max().unwrap(),
        });
        let short = write(&scene, 1, vec![short]).await;
        assert_eq!(refused(&scene, short[0]), Reason::ShortOfQuorum { have: 2, need: 3 });
        let base = held.state.terms[0].deed.digest;
        let head = open.endorsed_by.values().next().unwrap().1;
        let vote = tequio_domain::ledger::Endorse { candidacy: rival, base, head };
        let candidacy = held.find(rival).unwrap().id.clone();
        let second = write(&scene, 3, vec![Say::Endorse { candidacy, endorse: vote }]).await;
        assert!(matches!(refused(&scene, second[0]), Reason::EndorsedAlready { .. }));
        assert_eq!(acta(&cities[0]).state.evidence.len(), 1);
        scene.assert_seat(1, 0).await;
    }

    async fn acts_of_an_old_term_and_replays(store) {
        let scene = Scene::new(store, 3).await;
        let cities = &scene.world.cities;
        scene.hand_over(0, 1).await;
        let old = write(&scene, 0, vec![offer(&cities[2], 2), offer(&cities[2], 3)]).await;
        assert!(matches!(refused(&scene, old[0]), Reason::AfterEnd { .. }));
        assert!(matches!(refused(&scene, old[1]), Reason::NotCoordinator { term: 2, .. }));

        // The whole activity of Quito's acceptance once more, in Quito's own log.
        let accept = last(&cities[1], &cities[1], "accept");
        let entry = cities[1].bodies("quito", WATER, 0).into_iter().find(|body| {
            let value: serde_json::Value = serde_json::from_str(body).unwrap();
            value["object"]["tq:act"] == "accept"
        });
        let entry: serde_json::Value = serde_json::from_str(&entry.unwrap()).unwrap();
        let mut hand = Hand::of(&cities[1], WATER);
        let body = hand.write(&entry["object"]);
        cities[1].receive(vec![body]).await;
        scene.world.exchange().await;
        assert!(matches!(refused(&scene, hand.prev.unwrap()), Reason::Replayed { .. }));
        assert!(acta(&cities[2]).refusal(&acta(&cities[2]).find(accept).unwrap().at).is_none());

        // In another city's log it is nobody's.
        let mut hand = Hand::of(&cities[2], WATER);
        let body = hand.write(&entry["object"]);
        let seq = hand.seq;
        cities[2].receive(vec![body]).await;
        scene.world.exchange().await;
        assert!(acta(&cities[0]).acts.iter().all(|act| (act.at.city.as_str(), act.at.seq) != ("rosario", seq)));
        scene.assert_seat(2, 1).await;
    }

    async fn what_is_not_proven_means_nothing(store) {
        let scene = Scene::new(store, 3).await;
        let cities = &scene.world.cities;
        let before: Vec<_> = cities.iter().map(|city| acta(city).state).collect();
        let (oaxaca, luis) = (&cities[0], cities[0].member("luis").await);
        let mut hand = Hand::of(oaxaca, WATER);
        let jefa = Author::of(oaxaca, "jefa");
        let luis = Author { uri: luis.person_uri().to_owned(), ..jefa.clone() };
        let elsewhere = said(&cities[1], "https://oaxaca.example/t/residuos", offer(&cities[1], 2));
        let group = hand.group.clone();
        let good = said(oaxaca, &group, offer(&cities[1], 2));
        let mut touched = jefa.act("touched", good.clone());
        touched["tq:city"] = json!("rosario");
        let forged_leave = Say::RecordLeave {
            term: 1,
            city: slug(&cities[2]),
            leave: Signed {
                key: acta(oaxaca).state.members[&slug(&cities[2])].record.key.clone(),
                entry: serde_json::from_str(&hand.draft(&jefa.act("left", said(oaxaca, &group, Say::Leave))).to_string()).unwrap(),
            },
        };
        let acts = [
            jefa.unsigned("bare", good.clone()),
            luis.act("luis", good.clone()),
            hand.group_author().act("group", good),
            jefa.act("elsewhere", elsewhere),
            touched,
            jefa.act("forged-leave", said(oaxaca, &group, forged_leave)),
        ];
        let bodies = acts.iter().map(|act| hand.write(act)).collect();
        let received = oaxaca.receive(bodies).await;
        assert!(matches!(received, Received::Appended { count: 6, .. }), "{received:?}");
        scene.world.exchange().await;
        scene.world.assert_agreed().await;
        for (city, before) in cities.iter().zip(before) {
            assert_eq!(acta(city).state, before, "{}", city.slug);
        }
    }

    async fn a_change_that_too_few_approve(store) {
        let scene = Scene::new(store, 4).await;
        let cities = &scene.world.cities;
        let plan = Plan { term: 1, what: What::Remove { city: slug(&cities[3]) } };
        let alone = Say::Change { plan, proposal: String::new(), approvals: Vec::new() };
        let alone = write(&scene, 0, vec![alone]).await;
        assert_eq!(refused(&scene, alone[0]), Reason::ShortOfQuorum { have: 1, need: 3 });
        let known = reason(scene.propose(0, Proposal::Add(slug(&cities[3]))).await);
        assert_eq!(known, Reason::AlreadyMember);
        assert_eq!(reason(scene.propose(0, Proposal::Remove(slug(&cities[0]))).await), Reason::CoordinatorStays);
        let second = write(&scene, 1, vec![Say::Genesis(genesis(&scene))]).await;
        assert_eq!(refused(&scene, second[0]), Reason::SecondGenesis);
        scene.assert_seat(1, 0).await;
    }
}

fn genesis(scene: &Scene) -> tequio_domain::ledger::Genesis {
    let acta = acta(&scene.world.cities[0]);
    let genesis = acta.acts.iter().find_map(|act| match &act.act.say {
        Say::Genesis(genesis) => Some(genesis.clone()),
        _ => None,
    });
    genesis.unwrap()
}
