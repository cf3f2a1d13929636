//! The topic is founded, handed over, taken over; and what hostile software adds to its ledger.

use std::collections::BTreeSet;

use tequio_domain::ledger::{Quorum, Reply};
use tequio_engine::{
    Member,
    ledger::{
        founding::{self, Plan},
        hand_over::{self, Answer, NextTerm},
        takeover,
    },
};
use tequio_protocol::activity::{
    Act, LedgerAct,
    ledger::{Named, Say},
};

use crate::{
    hand::{Author, Hand},
    ledger::{acta, last, on_water, period, slug},
    world::{WATER, World},
};

/// A founding, a hand-over and a takeover; the seat ends with the third city.
pub async fn write(world: &World) {
    let mut admins = Vec::new();
    for city in &world.cities {
        admins.push(city.admin("jefa").await);
    }
    hand_over(world, &admins).await;
    for city in &world.cities {
        takeover::acknowledge_due(&city.engine, city.moment())
            .await
            .unwrap();
    }
    world.exchange().await;
    take_over(world, &admins).await;
    misbehave(world).await;
}

/// Oaxaca founds, and passes its term on to Quito.
async fn hand_over(world: &World, admins: &[Member]) {
    let (oaxaca, quito) = (&world.cities[0], &world.cities[1]);
    let plan = Plan {
        coordinator: slug(oaxaca),
        term_days: 90,
        quorum: Quorum::Majority,
        period: period(1),
    };
    founding::found(
        &oaxaca.engine,
        &admins[0],
        oaxaca.moment(),
        on_water(""),
        plan,
    )
    .await
    .unwrap();
    let offer = NextTerm::new(slug(quito), period(4));
    hand_over::offer(
        &oaxaca.engine,
        &admins[0],
        oaxaca.moment(),
        on_water("Le toca."),
        offer,
    )
    .await
    .unwrap();
    world.exchange().await;
    let accept = Answer {
        offer: last(quito, oaxaca, "offer"),
        reply: Reply::Accept,
        seen: BTreeSet::new(),
    };
    hand_over::answer(
        &quito.engine,
        &admins[1],
        quito.moment(),
        on_water(""),
        accept,
    )
    .await
    .unwrap();
    world.exchange().await;
    hand_over::seal(&oaxaca.engine, &admins[0], oaxaca.moment(), on_water(""))
        .await
        .unwrap();
    world.exchange().await;
}

/// Rosario takes over from Quito, which goes on without having heard of it.
async fn take_over(world: &World, admins: &[Member]) {
    let [oaxaca, quito, rosario] = [0, 1, 2].map(|index| &world.cities[index]);
    let (note, stand) = (on_water(""), period(7));
    takeover::stand(&rosario.engine, &admins[2], rosario.moment(), note, stand)
        .await
        .unwrap();
    world.exchange().await;
    let candidacy = last(rosario, rosario, "stand");
    for (city, admin) in [(oaxaca, &admins[0]), (rosario, &admins[2])] {
        takeover::endorse(&city.engine, admin, city.moment(), on_water(""), candidacy)
            .await
            .unwrap();
    }
    let offer = NextTerm::new(slug(oaxaca), period(7));
    hand_over::offer(
        &quito.engine,
        &admins[1],
        quito.moment(),
        on_water(""),
        offer,
    )
    .await
    .unwrap();
    rosario.pull(oaxaca, WATER).await;
    takeover::certify(&rosario.engine, &admins[2], rosario.moment(), on_water(""))
        .await
        .unwrap();
    world.exchange().await;
}

/// Quito repeats its offer and answers its own; Rosario seals what nobody accepted.
async fn misbehave(world: &World) {
    let (quito, rosario) = (&world.cities[1], &world.cities[2]);
    let own = last(quito, quito, "offer");
    let offer = acta(quito).find(own).unwrap().clone();
    let mut hand = Hand::of(quito, WATER);
    let jefa = Author::of(quito, "jefa");
    let said = |group: &str, say: Say| {
        Act::Ledger(Box::new(LedgerAct {
            audience: group.to_owned(),
            say,
            ..offer.act.clone()
        }))
    };
    let answer = Say::Answer {
        offer: Named {
            id: offer.id.clone(),
            digest: own,
        },
        reply: Reply::Accept,
    };
    let group = hand.group.clone();
    let again = said(&group, offer.act.say.clone());
    let bodies = vec![
        hand.write(&jefa.act("offer-again", again)),
        hand.write(&jefa.act("answer-own", said(&group, answer))),
        hand.write(&jefa.act("left", said(&group, Say::Leave))),
    ];
    quito.receive(bodies).await;
    let mut hand = Hand::of(rosario, WATER);
    let withdraw = Say::Withdraw(Named {
        id: "https://rosario.example/a/none".to_owned(),
        digest: tequio_domain::Digest::new([3; 32]),
    });
    let act = said(&hand.group, withdraw);
    let body = hand.write(&Author::of(rosario, "jefa").act("withdraw", act));
    rosario.receive(vec![body]).await;
}
