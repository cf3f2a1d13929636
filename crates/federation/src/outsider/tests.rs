use super::*;
use crate::tests::city::clock;

fn key(n: usize, summary: usize, now: Timestamp) -> Known {
    let private = tequio_protocol::keys::Ed25519PrivateKey::from_multibase(
        "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq",
    );
    let id = format!("https://h{n}.example/u/a");
    Known::Key(Box::new(OutsideKey {
        owner: id.clone(),
        actor: Arc::new(OutsideActor {
            id: id.clone(),
            kind: "Person".into(),
            name: "a".into(),
            display_name: "a".into(),
            summary: "x".repeat(summary),
            url: id.clone(),
            inbox: id.clone(),
            shared_inbox: String::new(),
            outbox: String::new(),
            updated: None,
        }),
        key: PublicKey::Ed25519(private.unwrap().public().clone()),
        fetched_at: now,
    }))
}

#[test]
fn ten_thousand_hostile_hosts_take_bounded_room() {
    let (outsiders, now) = (Outsiders::default(), clock());
    for n in 0..10_000 {
        let known = match n % 3 {
            0 => Known::Failed(NoKey::Unusable, now),
            1 => Known::Failed(NoKey::Unreachable, now),
            // Actors that are as large as they may be.
            _ => key(n, 100_000, now),
        };
        outsiders.keep(&format!("https://h{n}.example/u/a#main-key"), known, now);
        let (count, bytes) = outsiders.held();
        assert!(count <= MAX_KEYS && bytes <= MAX_BYTES, "{count} {bytes}");
    }
}

#[test]
fn ten_thousand_hosts_to_fetch_from_are_limited() {
    let (outsiders, now) = (Outsiders::default(), clock());
    let mut admitted = 0;
    for n in 0..10_000 {
        let url = Url::parse(&format!("https://h{n}.example/")).unwrap();
        admitted += usize::from(outsiders.admit(&url, now).is_ok());
        assert!(outsiders.per_server.len() <= MAX_KEYS && outsiders.in_all.len() <= 1);
    }
    assert!(admitted <= 201, "{admitted}");
}

#[test]
fn what_failed_is_asked_again_when_it_may_have_changed() {
    let (outsiders, now) = (Outsiders::default(), clock());
    for (why, lasts_s) in [
        (NoKey::Unusable, FAILURE_S),
        (NoKey::Unreachable, KEY_RETRY_S),
    ] {
        outsiders.keep("k", Known::Failed(why, now), now);
        assert!(outsiders.kept("k", now.plus_seconds(lasts_s - 1)).is_some());
        assert!(outsiders.kept("k", now.plus_seconds(lasts_s)).is_none());
    }
    outsiders.keep("k", key(1, 1, now), now);
    assert!(outsiders.kept("k", now.plus_seconds(KEY_S - 1)).is_some());
    assert!(outsiders.kept("k", now.plus_seconds(KEY_S)).is_none());
}

#[tokio::test]
async fn a_place_is_given_back_by_the_last_who_leaves() {
    let flights = Flights::default();
    let (first, second) = (flights.board("k"), flights.board("k"));
    let turn = first.turn().await;
    assert_eq!(flights.len(), 1);
    drop(turn);
    drop(first);
    assert_eq!(flights.len(), 1);
    let turn = second.turn().await;
    drop(turn);
    drop(second);
    assert_eq!(flights.len(), 0);
}
