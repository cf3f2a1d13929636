//! A group that tells its log in several ways: all cities end alike, whichever they heard first.

use proptest::prelude::{Just, Strategy};
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use tequio_domain::Digest;
use tequio_engine::{rebuild, receive::Received, state_digest::TopicState};
use tequio_protocol::proof;
use tequio_store::{Store, fork, on_both_databases, testing};

use crate::{
    hand::{Author, Hand},
    world::{CITIES, City, Group, WATER, World},
};

/// Where each other way leaves the first one: the number of its first own entry.
const PARTINGS: [i64; 3] = [6, 4, 9];
/// Own entries of each other way.
const OWN: i64 = 5;
/// Ways in all.
const WAYS: usize = 4;

/// The log of one city, told in several ways, and what all of them have in common.
struct Tale {
    groups: Vec<Group>,
    ways: Vec<Vec<String>>,
    /// The state of a city that has only the entries before the first parting.
    state: TopicState,
}

impl Tale {
    async fn new() -> Self {
        let store = testing::sqlite();
        let world = World::new(&store, 2);
        let quito = &world.cities[1];
        let ana = quito.member("ana").await;
        for n in 0..8 {
            let oid = quito.ask(&ana, &format!("Pregunta {n}")).await;
            if n % 3 == 0 {
                quito
                    .edit(&ana, oid, &format!("Pregunta {n} otra vez"), "Mejor dicha")
                    .await;
            }
        }
        let trunk = quito.bodies("quito", WATER, 0);
        let ana = Author::of(quito, "ana");
        let mut ways = vec![trunk.clone()];
        for (way, parting) in PARTINGS.into_iter().enumerate() {
            let shared = usize::try_from(parting - 1).unwrap();
            let mut hand = Hand::of(quito, WATER);
            (hand.seq, hand.prev) = (parting - 1, Some(digest(&trunk[shared - 1])));
            let mut bodies = trunk[..shared].to_vec();
            for n in 0..OWN {
                let name = format!("way-{way}-{n}");
                let act = ana.create(&name, hand.thread(&name, &ana, &name));
                bodies.push(hand.write(&act));
            }
            ways.push(bodies);
        }
        let groups = quito.groups();
        let least = usize::try_from(PARTINGS.iter().min().unwrap() - 1).unwrap();
        let plain = City::newcomer(CITIES[2], groups.clone());
        plain.receive(trunk[..least].to_vec()).await;
        Self {
            state: plain.state(WATER).await,
            groups,
            ways,
        }
    }

    /// A city gets parts of all ways in some order, and in the end, as when cities compare what they hold,
    /// each way from its beginning.
    async fn is_heard(&self, store: &Store, plan: &[(usize, usize, usize)], last: &[usize]) {
        let city = City::newcomer_on(CITIES[2], store, self.groups.clone());
        for (way, start, length) in plan {
            let part = self.ways[*way].iter().skip(*start).take(*length);
            let part: Vec<String> = part.cloned().collect();
            if !part.is_empty() {
                let received = city.receive(part).await;
                assert!(!matches!(received, Received::Refused(_)), "{received:?}");
            }
        }
        for way in last {
            city.receive(self.ways[*way].clone()).await;
        }
        assert_eq!(city.state(WATER).await, self.state, "{plan:?} {last:?}");
        let log = city.log_of("quito", WATER);
        assert!(log.is_frozen);
        let read = move |conn: &mut tequio_store::Conn| {
            let held = fork::of_log(conn, log.id)?.unwrap();
            let proof = fork::proof(conn, log.id, held.seq, 9)?;
            Ok::<_, tequio_store::Error>((held, proof.len()))
        };
        let (held, proof) = city.engine.store().read(read).await.unwrap();
        assert!(held.is_exact && proof >= 2, "{held:?} {proof}");
        assert_eq!(held.seq, *PARTINGS.iter().min().unwrap());
        let view = city.view();
        rebuild::rebuild(&city.engine).unwrap();
        assert_eq!(city.view(), view);
        // What is proven to one city convinces any other.
        let read = move |conn: &mut tequio_store::Conn| fork::proof(conn, held.log_id, held.seq, 2);
        let proof = city.engine.store().read(read).await.unwrap();
        let other = City::newcomer(CITIES[3], self.groups.clone());
        other.receive(self.ways[last[0]].clone()).await;
        let bodies = proof.into_iter().map(|entry| entry.body).collect();
        assert_eq!(other.receive(bodies).await, Received::Frozen);
        assert_eq!(other.state(WATER).await, self.state);
    }
}

fn digest(body: &str) -> Digest {
    proof::document_digest(&serde_json::from_str(body).unwrap())
}

type Plan = (Vec<(usize, usize, usize)>, Vec<usize>);

fn plans() -> impl Strategy<Value = Plan> {
    let part = (0..WAYS, 0..12_usize, 0..14_usize);
    let parts = proptest::collection::vec(part, 0..7);
    (parts, Just((0..WAYS).collect::<Vec<_>>()).prop_shuffle())
}

async fn all_plans_end_alike(store: impl Fn() -> testing::TestStore, cases: usize) {
    let tale = Tale::new().await;
    let mut runner = TestRunner::deterministic();
    for _ in 0..cases {
        let (plan, last) = plans().new_tree(&mut runner).unwrap().current();
        tale.is_heard(&store(), &plan, &last).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_ends_before_its_ways_part_whichever_was_heard_first() {
    all_plans_end_alike(testing::sqlite, 24).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_ends_before_its_ways_part_on_postgres_too() {
    all_plans_end_alike(testing::postgres, 4).await;
}

on_both_databases! {
    /// One entry that does not follow what is held shows that there are two ways, not where they part.
    async fn a_fork_that_is_not_found_yet_stops_the_log_where_it_is(store) {
        let tale = Tale::new().await;
        let city = City::newcomer_on(CITIES[2], store, tale.groups.clone());
        city.receive(tale.ways[0].clone()).await;
        let before = city.state(WATER).await;
        let last = tale.ways[1].last().unwrap().clone();
        assert_eq!(city.receive(vec![last]).await, Received::Frozen);
        assert_eq!(city.state(WATER).await, before);
        let log_id = city.log_of("quito", WATER).id;
        let read = move |conn: &mut tequio_store::Conn| fork::of_log(conn, log_id);
        let held = city.engine.store().read(read).await.unwrap().unwrap();
        assert!(!held.is_exact && held.seq == PARTINGS[0] + OWN - 2, "{held:?}");

        city.receive(tale.ways[1].clone()).await;
        let held = city.engine.store().read(read).await.unwrap().unwrap();
        assert_eq!((held.seq, held.is_exact), (PARTINGS[0], true));
        assert_eq!(city.log_of("quito", WATER).head_seq, PARTINGS[0] - 1);
    }

    /// What others wrote below what is no more waits, and everything else goes on.
    async fn other_logs_go_on(store) {
        let tale = Tale::new().await;
        let city = City::newcomer_on(CITIES[2], store, tale.groups.clone());
        let luis = city.member("luis").await;
        city.receive(tale.ways[0].clone()).await;
        let lost = uri_of(tale.ways[0].last().unwrap());
        let kept = uri_of(&tale.ways[0][1]);
        let (lost, kept) = (city.by_uri(&lost), city.by_uri(&kept));
        city.answer(&luis, lost, "Se queda esperando").await;
        city.answer(&luis, kept, "Se queda").await;
        city.receive(tale.ways[2].clone()).await;
        assert_eq!(city.waiting(), 1);
        city.answer(&luis, kept, "Y sigue").await;
        assert_eq!(city.object(kept).comment_count, 2);
        let view = city.view();
        rebuild::rebuild(&city.engine).unwrap();
        assert_eq!(city.view(), view);
    }
}

fn uri_of(body: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(body).unwrap();
    value["object"]["object"]["id"].as_str().unwrap().to_owned()
}
