//! Many strangers, slow strangers, and those who want us to look inside.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::json;
use tequio_protocol::http_signature::Format;
use tokio::net::TcpListener;

use super::stranger::{Bytes, Line, Stranger};
use super::{behind_a_proxy, state};
use crate::gateway::{ROOM_BYTES, ROOM_OF_ONE_BYTES};
use crate::knock::MAX_HOSTS;
use crate::outsider::{MAX_BYTES, MAX_KEYS};
use crate::tests::city::{Network, until};
use crate::{MAX_REPLAYS, MAX_STRANGERS};

/// The same request in the name of a key elsewhere; nobody's signature.
fn as_key_of(good: &Bytes, old: &str, new: &str) -> Bytes {
    let mut post = good.clone();
    for (name, value) in &mut post.headers {
        if name == "signature" {
            let text = String::from_utf8(value.clone()).unwrap();
            *value = text.replace(old, new).into_bytes();
        }
    }
    post
}

#[actix_web::test]
async fn ten_thousand_hostile_hosts_leave_every_store_bounded() {
    let network = Network::new();
    let city = behind_a_proxy(&network, true).await;
    let stranger = Stranger::new("mala").await;
    let running = city.start();
    let like = |n: u32| {
        let actor = stranger.actor("x");
        json!({ "id": format!("{}/{n}", stranger.base), "type": "Like", "actor": actor, "object": "x" })
    };
    let good = stranger.post(&city, "x", Format::Cavage, &like(1));
    assert_eq!(good.send(&city).await, 202);
    let before = state(&city).await;
    let mut line = Line::to(&city).await;
    let inner = city.inner();
    for n in 0..10_000 {
        // Nothing listens there.
        let host = format!("http://h{n}.localhost:1/u/x");
        let post = as_key_of(&good, &stranger.actor("x"), &host).from(n);
        line.write(&post.whole()).await;
        let status = line.status().await;
        assert!(matches!(status, 401 | 429 | 503), "{status}");
        let (keys, bytes) = inner.outsiders.held();
        assert!(keys <= MAX_KEYS && bytes <= MAX_BYTES);
        assert!(inner.stranger_bucket.len() <= MAX_STRANGERS);
        assert!(inner.replays.len() <= MAX_REPLAYS);
        assert!(inner.fetcher.formats().len() <= MAX_HOSTS);
    }
    assert_eq!(inner.room.held(), (0, 0));
    assert_eq!(state(&city).await, before);
    // Who was known before is served as before.
    let good = stranger.post(&city, "x", Format::Cavage, &like(2));
    assert_eq!(good.from(10_001).send(&city).await, 202);
    running.stop().await;
}

#[actix_web::test]
async fn slow_posters_block_nobody_and_hold_bounded_room() {
    let network = Network::new();
    let city = behind_a_proxy(&network, true).await;
    let stranger = Stranger::new("mala").await;
    let running = city.start();
    let body = json!({ "id": format!("{}/1", stranger.base), "type": "Like", "actor": stranger.actor("x"), "object": "x" });
    let good = stranger.post(&city, "x", Format::Rfc9421, &body);
    // Each promises almost a MiB and sends all but one byte; forty of one address.
    let mut slow = Vec::new();
    for n in 0..40 {
        let mut post = good.clone().from(7);
        for (name, value) in &mut post.headers {
            if name == "content-length" {
                *value = b"1000000".to_vec();
            }
        }
        let mut line = Line::to(&city).await;
        line.write(&post.head()).await;
        if n < 30 {
            line.write(&vec![b' '; 999_999]).await;
        }
        slow.push(line);
    }
    let held = || city.inner().room.held();
    until("the room of one address is full", async || {
        held().0 > ROOM_OF_ONE_BYTES - 1_000_000
    })
    .await;
    assert!(held().0 <= ROOM_OF_ONE_BYTES && ROOM_OF_ONE_BYTES < ROOM_BYTES);
    // Others are served while all of them still wait.
    for n in 0..20 {
        let like = json!({ "id": format!("{}/{n}", stranger.base), "type": "Like", "actor": stranger.actor("x"), "object": "x" });
        let post = stranger
            .post(&city, "x", Format::Rfc9421, &like)
            .from(n + 100);
        assert_eq!(post.send(&city).await, 202);
        assert!(held().0 > 0);
    }
    drop(slow);
    until("the room is given back", async || held() == (0, 0)).await;
    running.stop().await;
}

#[actix_web::test]
async fn no_key_is_looked_for_inside_in_production() {
    let network = Network::new();
    let city = behind_a_proxy(&network, false).await;
    let stranger = Stranger::new("mala").await;
    let canary = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = canary.local_addr().unwrap().port();
    let visits = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&visits);
    tokio::spawn(async move {
        while canary.accept().await.is_ok() {
            counted.fetch_add(1, Ordering::Relaxed);
        }
    });
    let running = city.start();
    let before = state(&city).await;
    let body = json!({ "id": "x", "type": "Delete", "actor": stranger.actor("x"), "object": "x" });
    let good = stranger.post(&city, "x", Format::Cavage, &body);
    let hosts = [
        "127.0.0.1",
        "localhost",
        "mala.localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0x7f.1",
        "2130706433",
        "0",
        "10.0.0.1",
    ];
    for (n, host) in hosts.iter().enumerate() {
        for scheme in ["http", "https"] {
            let key = format!("{scheme}://{host}:{port}/u/x");
            let post = as_key_of(&good, &stranger.actor("x"), &key).from(n);
            let status = post.send(&city).await;
            assert!(matches!(status, 401 | 503), "{status} {key}");
        }
    }
    assert_eq!(visits.load(Ordering::Relaxed), 0);
    assert!(stranger.asked().is_empty());
    assert_eq!(state(&city).await, before);
    running.stop().await;
}
