//! The state of a topic is a function of the set of entries, never of their arrival.

use std::sync::OnceLock;

use proptest::prelude::{Just, ProptestConfig, Strategy, prop_assert, prop_assert_eq, proptest};
use tequio_engine::{rebuild, receive::Received, state_digest::TopicState};
use tequio_store::{object, on_both_databases, testing};

use crate::{
    history,
    world::{CITIES, City, Group, WATER, World},
};

/// What the makers have: the entries of each log, and the state they make.
struct Past {
    groups: Vec<Group>,
    logs: Vec<Vec<String>>,
    state: TopicState,
    shown: Vec<String>,
}

impl Past {
    fn get() -> &'static Self {
        static PAST: OnceLock<Past> = OnceLock::new();
        // On a thread of its own: whoever comes first may stand inside a runtime.
        PAST.get_or_init(|| std::thread::spawn(Self::make).join().unwrap())
    }

    fn make() -> Self {
        let store = testing::sqlite();
        let world = World::new(&store, 3);
        testing::block_on(history::write(&world));
        let city = &world.cities[0];
        let logs: Vec<_> = CITIES[..3]
            .iter()
            .map(|home| city.bodies(home, WATER, 0))
            .collect();
        assert!(logs.iter().map(Vec::len).sum::<usize>() >= 40);
        Self {
            groups: world.cities.iter().flat_map(City::groups).collect(),
            logs,
            state: testing::block_on(city.state(WATER)),
            shown: shown(city),
        }
    }
}

/// What readers see beyond the digest: HTML, sums, names.
fn shown(city: &City) -> Vec<String> {
    let topic_id = city.log_of(city.slug, WATER).topic_id;
    let read = move |conn: &mut tequio_store::Conn| {
        let mut shown = Vec::new();
        for row in object::snapshot::page(conn, topic_id, 0, 500)? {
            let author = tequio_store::person::by_uri(conn, &row.author_uri)?.unwrap();
            let object = object::by_id(conn, row.id)?;
            let (html, useful) = (object.html, object.useful_count);
            let (name, card) = (author.display_name, author.card_uri);
            let (of, from) = (author.name, author.city);
            let said = format!("{} {html} {useful} {name} {of} {from} {card}", row.uri);
            shown.push(format!(
                "{said} {} {:?} {:?}",
                row.version, row.updated_at, row.deleted_at
            ));
        }
        shown.sort();
        Ok::<_, tequio_store::Error>(shown)
    };
    city.engine.store().read_blocking(read).unwrap()
}

/// One delivery: of which log, how many entries again, how many new; and another one, anywhere.
#[derive(Debug, Clone)]
struct Delivery {
    log: usize,
    again: usize,
    new: usize,
    astray: (usize, usize, usize),
}

/// Every log in some order of its own batches; between them duplicates and batches out of order.
fn deliveries() -> impl Strategy<Value = Vec<Delivery>> {
    let lengths = Past::get().logs.iter().map(Vec::len);
    let turns: Vec<usize> = lengths
        .enumerate()
        .flat_map(|(log, length)| std::iter::repeat_n(log, length))
        .collect();
    let count = turns.len();
    let parts = (
        0..3_usize,
        1..5_usize,
        (0..3_usize, 0..25_usize, 1..4_usize),
    );
    (
        Just(turns).prop_shuffle(),
        proptest::collection::vec(parts, count),
    )
        .prop_map(|(turns, parts)| {
            let each = turns.into_iter().zip(parts);
            each.map(|(log, (again, new, astray))| Delivery {
                log,
                again,
                new,
                astray,
            })
            .collect()
        })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_order_of_arrival_makes_the_same_state(plan in deliveries()) {
        let past = Past::get();
        let city = City::newcomer(CITIES[3], past.groups.clone());
        testing::block_on(arrive(&city, past, &plan))?;
        prop_assert_eq!(&testing::block_on(city.state(WATER)), &past.state);
        prop_assert_eq!(&shown(&city), &past.shown);

        let view = city.view();
        rebuild::rebuild(&city.engine).unwrap();
        prop_assert_eq!(city.view(), view);
    }
}

async fn arrive(
    city: &City,
    past: &Past,
    plan: &[Delivery],
) -> Result<(), proptest::test_runner::TestCaseError> {
    let mut held = [0; 3];
    for (turn, delivery) in plan.iter().enumerate() {
        let (log, start, length) = delivery.astray;
        let astray: Vec<String> = past.logs[log]
            .iter()
            .skip(start)
            .take(length)
            .cloned()
            .collect();
        if turn % 3 == 0 && !astray.is_empty() {
            let received = city.receive(astray).await;
            if let Received::Appended { head_seq, .. } = received {
                held[log] = usize::try_from(head_seq).unwrap();
            }
            prop_assert!(!matches!(received, Received::Frozen | Received::Refused(_)));
        }
        if turn == plan.len() / 3 {
            let view = city.view();
            rebuild::rebuild(&city.engine).unwrap();
            prop_assert_eq!(city.view(), view);
        }
        let Delivery {
            log, again, new, ..
        } = *delivery;
        if held[log] == past.logs[log].len() {
            continue;
        }
        let from = held[log].saturating_sub(again);
        let to = (held[log] + new).min(past.logs[log].len());
        let batch = past.logs[log][from..to].to_vec();
        let head_seq = i64::try_from(to).unwrap();
        let count = to - held[log];
        prop_assert_eq!(
            city.receive(batch).await,
            Received::Appended { count, head_seq }
        );
        held[log] = to;
    }
    Ok(())
}

on_both_databases! {
    /// The last log first: answers before their question, tallies before what they count.
    async fn logs_may_come_one_after_the_other_in_any_order(store) {
        let past = Past::get();
        let city = City::newcomer_on(CITIES[3], store, past.groups.clone());
        let mut waited = Vec::new();
        for log in [2, 1, 0] {
            let (head_seq, count) = (past.logs[log].len().try_into().unwrap(), past.logs[log].len());
            let received = city.receive(past.logs[log].clone()).await;
            assert_eq!(received, Received::Appended { count, head_seq });
            waited.push(city.waiting());
        }
        // The orphans wait for ever, and with the outside one its edit.
        assert!(waited[0] > 3 && waited[1] > waited[0] && waited[2] == 3, "{waited:?}");
        assert_eq!(city.state(WATER).await, past.state);
        assert_eq!(shown(&city), past.shown);
    }
}
