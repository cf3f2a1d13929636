//! The coordination of a topic, from city to city.

use tequio_domain::{
    CitySlug, Digest, Timestamp,
    ledger::{CoordinatingAct, Counts, Period, Quorum, Reason, Reply},
};
use tequio_engine::{
    Error, Member,
    ledger::{
        self, Acta,
        founding::{self, Plan},
        hand_over::{self, Answer, NextTerm, Speech},
        membership::{self, Proposal},
        takeover,
    },
    rebuild,
};
use tequio_protocol::activity::ledger::{ITEM_MAX, ITEMS_MAX, Item, ItemKind};
use tequio_store::{on_both_databases, testing::TestStore};

use crate::world::{City, WATER, World};

/// Cities with an administrator each, and the topic of water founded; the first coordinates.
pub struct Scene {
    pub world: World,
    pub admins: Vec<Member>,
}

pub fn slug(city: &City) -> CitySlug {
    CitySlug::parse(city.slug).unwrap()
}

pub fn period(month: u32) -> Period {
    let at = |month: u32| Timestamp::parse_rfc3339(&format!("2027-{month:02}-01T00:00:00Z"));
    Period {
        start: at(month).unwrap(),
        end: at(month + 3).unwrap(),
    }
}

pub fn on_water(note: &str) -> Speech {
    Speech {
        topic: WATER.to_owned(),
        note: note.to_owned(),
    }
}

/// The ledger as a city has it.
pub fn acta(city: &City) -> Acta {
    let read = |conn: &mut tequio_store::Conn| ledger::read(conn, WATER);
    city.engine.store().read_blocking(read).unwrap()
}

/// Number and city of the term that lasts.
pub fn seat(city: &City) -> Option<(u32, String)> {
    let acta = acta(city);
    let term = acta.state.coordinator()?;
    Some((term.number, term.city.to_string()))
}

/// The digest of the last act of a kind in a city's log, as another has it.
pub fn last(city: &City, of: &City, word: &str) -> Digest {
    let acta = acta(city);
    let mut found = acta.acts.iter().rev();
    let found = found.find(|act| act.at.city == slug(of) && act.act.say.word() == word);
    found
        .unwrap_or_else(|| panic!("no {word} of {}", of.slug))
        .at
        .digest
}

impl Scene {
    pub async fn new(store: &TestStore, cities: usize) -> Self {
        Self::with_quorum(store, cities, Quorum::Majority).await
    }

    pub async fn with_quorum(store: &TestStore, cities: usize, quorum: Quorum) -> Self {
        let world = World::new(store, cities);
        let mut admins = Vec::new();
        for city in &world.cities {
            admins.push(city.admin("jefa").await);
        }
        let scene = Self { world, admins };
        let plan = scene.plan(quorum);
        let city = &scene.world.cities[0];
        founding::found(
            &city.engine,
            &scene.admins[0],
            city.moment(),
            on_water(""),
            plan,
        )
        .await
        .unwrap();
        scene.world.exchange().await;
        scene
    }

    fn plan(&self, quorum: Quorum) -> Plan {
        Plan {
            coordinator: slug(&self.world.cities[0]),
            term_days: 90,
            quorum,
            period: period(1),
        }
    }

    pub async fn offer(&self, from: usize, to: usize) -> Result<(), Error> {
        self.offer_with(from, to, Vec::new()).await
    }

    pub async fn offer_with(&self, from: usize, to: usize, items: Vec<Item>) -> Result<(), Error> {
        let (city, to) = (&self.world.cities[from], slug(&self.world.cities[to]));
        let mut next = NextTerm::new(to, period(4));
        next.items = items;
        hand_over::offer(
            &city.engine,
            &self.admins[from],
            city.moment(),
            on_water("Nos toca pasarla."),
            next,
        )
        .await
    }

    pub async fn withdraw(&self, from: usize) -> Result<(), Error> {
        let city = &self.world.cities[from];
        hand_over::withdraw(
            &city.engine,
            &self.admins[from],
            city.moment(),
            on_water(""),
        )
        .await
    }

    pub async fn answer(&self, by: usize, offer: Digest, reply: Reply) -> Result<(), Error> {
        self.answer_seen(by, offer, (reply, &[])).await
    }

    pub async fn answer_seen(
        &self,
        by: usize,
        offer: Digest,
        (reply, seen): (Reply, &[usize]),
    ) -> Result<(), Error> {
        let city = &self.world.cities[by];
        let seen = seen.iter().copied().collect();
        let answer = Answer { offer, reply, seen };
        let speech = on_water("");
        hand_over::answer(
            &city.engine,
            &self.admins[by],
            city.moment(),
            speech,
            answer,
        )
        .await
    }

    pub async fn seal(&self, by: usize) -> Result<(), Error> {
        let city = &self.world.cities[by];
        hand_over::seal(&city.engine, &self.admins[by], city.moment(), on_water("")).await
    }

    pub async fn leave(&self, by: usize) -> Result<(), Error> {
        let city = &self.world.cities[by];
        hand_over::leave(&city.engine, &self.admins[by], city.moment(), on_water("")).await
    }

    pub async fn stand(&self, by: usize) -> Result<(), Error> {
        let city = &self.world.cities[by];
        let speech = on_water("Hace meses que no contesta.");
        takeover::stand(
            &city.engine,
            &self.admins[by],
            city.moment(),
            speech,
            period(5),
        )
        .await
    }

    pub async fn endorse(&self, by: usize, candidacy: Digest) -> Result<(), Error> {
        let city = &self.world.cities[by];
        let speech = on_water("");
        takeover::endorse(
            &city.engine,
            &self.admins[by],
            city.moment(),
            speech,
            candidacy,
        )
        .await
    }

    pub async fn certify(&self, by: usize) -> Result<(), Error> {
        let city = &self.world.cities[by];
        takeover::certify(&city.engine, &self.admins[by], city.moment(), on_water("")).await
    }

    pub async fn propose(&self, by: usize, proposal: Proposal) -> Result<(), Error> {
        let city = &self.world.cities[by];
        let speech = on_water("");
        membership::propose(
            &city.engine,
            &self.admins[by],
            city.moment(),
            speech,
            proposal,
        )
        .await
    }

    pub async fn approve(&self, by: usize, proposal: Digest) -> Result<(), Error> {
        let city = &self.world.cities[by];
        let speech = on_water("");
        membership::approve(
            &city.engine,
            &self.admins[by],
            city.moment(),
            speech,
            proposal,
        )
        .await
    }

    pub async fn enact(&self, by: usize, proposal: Digest) -> Result<(), Error> {
        let city = &self.world.cities[by];
        let speech = on_water("");
        membership::enact(
            &city.engine,
            &self.admins[by],
            city.moment(),
            speech,
            proposal,
        )
        .await
    }

    pub async fn acknowledge(&self) {
        for city in &self.world.cities {
            takeover::acknowledge_due(&city.engine, city.moment())
                .await
                .unwrap();
        }
        self.world.exchange().await;
    }

    /// Offer, acceptance and seal, each heard of before the next.
    pub async fn hand_over(&self, from: usize, to: usize) {
        self.offer(from, to).await.unwrap();
        self.world.exchange().await;
        let cities = &self.world.cities;
        let offer = last(&cities[to], &cities[from], "offer");
        self.answer(to, offer, Reply::Accept).await.unwrap();
        self.world.exchange().await;
        self.seal(from).await.unwrap();
        self.world.exchange().await;
    }

    /// All cities have the same, and it is this.
    pub async fn assert_seat(&self, number: u32, of: usize) {
        self.world.assert_agreed().await;
        let expected = Some((number, self.world.cities[of].slug.to_owned()));
        for city in &self.world.cities {
            assert_eq!(seat(city), expected, "{}", city.slug);
        }
    }
}

/// The reason for which the ledger would refuse a command.
#[track_caller]
pub fn reason(answer: Result<(), Error>) -> Reason {
    match answer {
        Err(Error::Ledger(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

on_both_databases! {
    async fn a_term_is_handed_over_and_all_cities_know(store) {
        let scene = Scene::new(store, 3).await;
        scene.assert_seat(1, 0).await;
        scene.hand_over(0, 1).await;
        scene.assert_seat(2, 1).await;
        scene.acknowledge().await;
        let quito = acta(&scene.world.cities[1]);
        assert!(quito.state.refusals.is_empty() && quito.state.waiting.is_empty());
        let term = quito.state.coordinator().unwrap();
        assert!(term.settled, "{term:?}");
        assert_eq!(term.acknowledged_by.len(), 3);
        let offer = quito.find(last(&scene.world.cities[2], &scene.world.cities[0], "offer"));
        let offer = offer.unwrap();
        assert_eq!(offer.act.note, "Nos toca pasarla.");
        assert_eq!(offer.actor_uri, "https://oaxaca.example/u/jefa");

        let before = scene.world.cities[0].view();
        rebuild::rebuild(&scene.world.cities[0].engine).unwrap();
        assert_eq!(scene.world.cities[0].view(), before);
        scene.acknowledge().await;
        assert_eq!(scene.world.cities[0].view(), before, "nothing more to acknowledge");
    }

    async fn a_refused_or_withdrawn_offer_moves_nothing(store) {
        let scene = Scene::new(store, 3).await;
        let cities = &scene.world.cities;
        scene.offer(0, 1).await.unwrap();
        scene.world.exchange().await;
        let offer = last(&cities[1], &cities[0], "offer");
        scene.answer(1, offer, Reply::Reject).await.unwrap();
        scene.world.exchange().await;
        assert_eq!(reason(scene.seal(0).await), Reason::NotAccepted);
        scene.withdraw(0).await.unwrap();
        assert!(matches!(scene.withdraw(0).await, Err(Error::NotFound)));
        scene.offer(0, 2).await.unwrap();
        scene.world.exchange().await;
        scene.assert_seat(1, 0).await;
        assert_eq!(acta(&cities[2]).state.offers.len(), 1);
    }

    async fn the_majority_gives_the_seat_to_another_city(store) {
        let scene = Scene::new(store, 3).await;
        let cities = &scene.world.cities;
        scene.stand(1).await.unwrap();
        cities[2].pull(&cities[1], WATER).await;
        let candidacy = last(&cities[1], &cities[1], "stand");
        scene.endorse(1, candidacy).await.unwrap();
        assert_eq!(reason(scene.certify(1).await), Reason::ShortOfQuorum { have: 1, need: 2 });
        scene.endorse(2, candidacy).await.unwrap();
        cities[1].pull(&cities[2], WATER).await;
        // The coordinator is cut off, and goes on: what it does from here on counts nowhere.
        scene.offer(0, 2).await.unwrap();
        scene.certify(1).await.unwrap();
        scene.world.exchange().await;
        scene.assert_seat(2, 1).await;
        let acta = acta(&cities[2]);
        let term = &acta.state.terms[0];
        let late = cities[0].log_of("oaxaca", WATER).head_seq;
        assert!(term.last.unwrap() < late);
        let act = |seq| CoordinatingAct { term: 1, city: slug(&cities[0]), seq };
        assert!(matches!(acta.state.counts(&act(late)), Counts::No(Reason::AfterEnd { .. })));
        let offer = acta.find(last(&cities[2], &cities[0], "offer")).unwrap();
        assert!(matches!(acta.refusal(&offer.at), Some(Reason::AfterEnd { .. })));
        let stepped_down = reason(scene.offer(0, 2).await);
        assert!(matches!(stepped_down, Reason::NotCoordinator { term: 2, .. }), "{stepped_down}");
    }

    async fn members_come_and_go_with_the_approval_of_the_others(store) {
        let scene = Scene::new(store, 4).await;
        let cities = &scene.world.cities;
        let leon = slug(&cities[3]);
        scene.leave(3).await.unwrap();
        scene.world.exchange().await;
        let engine = &cities[0].engine;
        membership::record_leave(engine, &scene.admins[0], cities[0].moment(), on_water(""), leon.clone())
            .await
            .unwrap();
        scene.propose(0, Proposal::Add(leon.clone())).await.unwrap();
        scene.world.exchange().await;
        let proposal = last(&cities[1], &cities[0], "propose");
        assert_eq!(reason(scene.enact(0, proposal).await), Reason::ShortOfQuorum { have: 1, need: 3 });
        scene.approve(1, proposal).await.unwrap();
        scene.approve(2, proposal).await.unwrap();
        scene.world.exchange().await;
        scene.enact(0, proposal).await.unwrap();
        let twice = reason(scene.enact(0, proposal).await);
        assert!(matches!(twice, Reason::Replayed { .. }), "{twice}");
        scene.world.exchange().await;
        scene.assert_seat(1, 0).await;
        let acta = acta(&cities[3]);
        assert!(acta.state.takes_part(&leon));
        assert!(acta.state.refusals.is_empty(), "{:?}", acta.state.refusals);
        scene.hand_over(0, 3).await;
        scene.assert_seat(2, 3).await;
    }

    async fn a_schedule_is_agreed_ahead(store) {
        let scene = Scene::with_quorum(store, 3, Quorum::CoordinatorAlone).await;
        let cities = &scene.world.cities;
        let slot = |city: &City, month| tequio_domain::ledger::Slot {
            period: period(month),
            city: slug(city),
        };
        let slots = vec![slot(&cities[2], 4), slot(&cities[1], 7)];
        scene.propose(0, Proposal::Schedule(slots.clone())).await.unwrap();
        scene.world.exchange().await;
        scene.world.assert_agreed().await;
        let acta = acta(&cities[1]);
        assert_eq!(acta.state.schedule, slots);
        assert_eq!(acta.state.next().unwrap().city, slug(&cities[2]));
    }

    async fn without_a_founder_nobody_coordinates_and_everyone_posts(store) {
        let world = World::new(store, 2);
        let (oaxaca, quito) = (&world.cities[0], &world.cities[1]);
        let admin = quito.admin("jefa").await;
        let plan = Plan {
            coordinator: slug(quito),
            term_days: 90,
            quorum: Quorum::Majority,
            period: period(1),
        };
        let other = founding::found(&quito.engine, &admin, quito.moment(), on_water(""), plan).await;
        assert!(matches!(other, Err(Error::Forbidden(_))), "{other:?}");
        let offer = NextTerm::new(slug(oaxaca), period(4));
        let offer = hand_over::offer(&quito.engine, &admin, quito.moment(), on_water(""), offer).await;
        assert!(matches!(offer, Err(Error::Forbidden(_))), "{offer:?}");
        quito.ask(&admin, "¿Cuánto cuesta el agua?").await;
        world.exchange().await;
        world.assert_agreed().await;
        assert_eq!(seat(oaxaca), None);
    }

    async fn only_an_administrator_speaks_for_the_city(store) {
        let scene = Scene::new(store, 2).await;
        let city = &scene.world.cities[0];
        let luis = city.member("luis").await;
        let before = city.everything();
        let offer = NextTerm::new(slug(&scene.world.cities[1]), period(4));
        let answer = hand_over::offer(&city.engine, &luis, city.moment(), on_water(""), offer).await;
        assert!(matches!(answer, Err(Error::Forbidden(_))), "{answer:?}");
        let long = on_water(&"x".repeat(2001));
        let answer = hand_over::leave(&city.engine, &scene.admins[0], city.moment(), long).await;
        assert!(matches!(answer, Err(Error::Invalid(_))), "{answer:?}");
        let backwards = Period { start: period(4).end, end: period(4).start };
        let offer = NextTerm::new(slug(&scene.world.cities[1]), backwards);
        let admin = &scene.admins[0];
        let answer = hand_over::offer(&city.engine, admin, city.moment(), on_water(""), offer).await;
        assert!(matches!(answer, Err(Error::Invalid(_))), "{answer:?}");
        assert_eq!(city.everything(), before);
    }

    async fn what_is_handed_over_is_gone_through_before_it_is_accepted(store) {
        let scene = Scene::new(store, 2).await;
        let [managua, panama] = [&scene.world.cities[0], &scene.world.cities[1]];
        let item = |kind, text: &str| Item { kind, text: text.to_owned() };
        let handed = vec![
            item(ItemKind::Task, "  Publicar la memoria\n del taller  "),
            item(ItemKind::Note, " \n "),
            item(ItemKind::Contact, "Oficina de aguas"),
        ];
        scene.offer_with(0, 1, handed).await.unwrap();
        scene.world.exchange().await;
        let offer = last(panama, managua, "offer");
        let read = acta(panama);
        let texts: Vec<&str> = hand_over::items_of(read.find(offer).unwrap())
            .iter()
            .map(|item| item.text.as_str())
            .collect();
        assert_eq!(texts, ["Publicar la memoria del taller", "Oficina de aguas"]);
        for seen in [&[][..], &[0], &[1, 2], &[7]] {
            let refused = scene.answer_seen(1, offer, (Reply::Accept, seen)).await;
            let Err(Error::Invalid(invalid)) = refused else { panic!("{refused:?}") };
            assert_eq!((invalid.field, invalid.need), ("item", "each"));
        }
        scene.answer_seen(1, offer, (Reply::Accept, &[1, 0])).await.unwrap();
        scene.world.exchange().await;
        hand_over::seal(&managua.engine, &scene.admins[0], managua.moment(), on_water("")).await.unwrap();
        scene.world.exchange().await;
        assert_eq!(seat(panama), Some((2, panama.slug.to_owned())));
        assert_eq!(hand_over::items_of(acta(managua).find(offer).unwrap()).len(), 2);
    }

    async fn a_refusal_needs_no_reading_and_lists_have_limits(store) {
        let scene = Scene::new(store, 2).await;
        let [managua, panama] = [&scene.world.cities[0], &scene.world.cities[1]];
        let item = |text: String| Item { kind: ItemKind::Contact, text };
        for (items, need) in [
            (vec![item("ñ".repeat(ITEM_MAX + 1))], "line-too-long"),
            (vec![item("x".to_owned()); ITEMS_MAX + 1], "too-many-lines"),
        ] {
            let refused = scene.offer_with(0, 1, items).await;
            let Err(Error::Invalid(invalid)) = refused else { panic!("{refused:?}") };
            assert_eq!((invalid.field, invalid.need), ("contacts", need));
        }
        scene.offer_with(0, 1, vec![item("ñ".repeat(ITEM_MAX)); ITEMS_MAX]).await.unwrap();
        scene.world.exchange().await;
        let offer = last(panama, managua, "offer");
        scene.answer_seen(1, offer, (Reply::Reject, &[])).await.unwrap();
    }
}
