//! What the inbox refuses, with the right status and nothing changed.

use actix_web::App;
use actix_web::http::header::{CONTENT_TYPE, DATE, HOST};
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use serde_json::{Value, json};
use tequio_protocol::activity::main_key_id;
use tequio_protocol::http_signature::sign;
use tequio_store::{Store, log};
use url::Url;

use super::city::{City, Network, TOPIC, clock, until};
use super::pair::{Pair, Post};
use crate::heads::Vector;

macro_rules! app {
    ($city:expr) => {
        init_service(App::new().configure($city.federation.configure())).await
    };
}

async fn state(store: &Store) -> (String, Vec<log::Log>) {
    store
        .read(|conn| {
            let digest = tequio_engine::state_digest::of_topic(conn, TOPIC)?
                .digest
                .to_hex();
            Ok::<_, tequio_engine::Error>((digest, log::all(conn)?))
        })
        .await
        .unwrap()
}

#[actix_web::test]
async fn a_signed_entry_is_taken_and_a_repeat_changes_nothing() {
    let pair = Pair::new().await;
    let app = app!(pair.receiver);
    for seq in [1, 2] {
        let response = pair.request(&pair.entry(seq).await).send(&app).await;
        assert_eq!(response.status(), 202);
        assert!(read_body(response).await.is_empty());
    }
    assert_eq!(pair.sender.digest().await, pair.receiver.digest().await);
    let before = state(pair.receiver.store()).await;
    let repeat = pair.request(&pair.entry(1).await);
    assert_eq!(repeat.clone().send(&app).await.status(), 202);
    assert_eq!(repeat.send(&app).await.status(), 202);
    assert_eq!(state(pair.receiver.store()).await, before);
}

#[actix_web::test]
async fn every_spoiled_request_is_refused_and_changes_nothing() {
    let pair = Pair::new().await;
    let app = app!(pair.receiver);
    let before = state(pair.receiver.store()).await;
    let body = pair.entry(1).await;
    let good = pair.request(&body);
    let header = |name| {
        good.headers
            .iter()
            .find(|(held, _)| *held == name)
            .unwrap()
            .1
            .clone()
    };
    let (signature, digest) = (header("signature"), header("digest"));
    let application_key = main_key_id(&format!("{}/", pair.sender.inner().base_url()));
    let other_key = Post::new(&body, &pair.signed(&body, &application_key, clock()));
    let late = clock().plus_seconds(-3700);
    let early = clock().plus_seconds(3700);
    let group_key = main_key_id(&pair.group());
    let altered = body.replacen("\"Announce\"", "\"Create\"  ", 1);
    let mut cases = vec![
        (
            "another content type",
            good.clone().with("content-type", "application/json"),
            415,
        ),
        ("no content type", good.clone().without("content-type"), 415),
        ("no signature", good.clone().without("signature"), 401),
        ("no digest", good.clone().without("digest"), 401),
        ("no date", good.clone().without("date"), 401),
        (
            "another host",
            good.clone().with("host", "otra.example"),
            401,
        ),
        (
            "another date",
            good.clone().with("date", "Mon, 02 Mar 2026 14:05:00 GMT"),
            401,
        ),
        (
            "another target",
            Post {
                path: "/inbox?x=1",
                ..good.clone()
            },
            401,
        ),
        (
            "another address",
            Post {
                path: "/u/ana/inbox",
                ..good.clone()
            },
            401,
        ),
        ("another body", good.clone().body(altered), 401),
        (
            "another body and its digest",
            good.clone().body("{}").with(
                "digest",
                "SHA-256=RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=",
            ),
            401,
        ),
        (
            "a cut signature",
            good.clone()
                .with("signature", signature.get(..signature.len() - 9).unwrap()),
            401,
        ),
        (
            "a changed signature",
            good.clone().with("signature", &flip(&signature)),
            401,
        ),
        (
            "another algorithm",
            good.clone()
                .with("signature", &signature.replace("rsa-sha256", "hmac-sha256")),
            401,
        ),
        (
            "less covered",
            good.clone()
                .with("signature", &signature.replace(" digest\"", "\"")),
            401,
        ),
        (
            "too late",
            Post::new(&body, &pair.signed(&body, &group_key, late)),
            401,
        ),
        (
            "too early",
            Post::new(&body, &pair.signed(&body, &group_key, early)),
            401,
        ),
        ("another actor's key", other_key, 401),
        (
            "too large",
            pair.request(&format!("{{\"a\":\"{}\"}}", "x".repeat(1024 * 1024))),
            413,
        ),
    ];
    for (name, value) in [
        ("signature", signature.as_str()),
        ("digest", digest.as_str()),
        ("date", "Mon, 02 Mar 2026 14:05:00 GMT"),
        ("host", "otra.example"),
        ("content-type", "application/activity+json"),
    ] {
        cases.push(("a header twice", good.clone().and(name, value), 400));
    }
    for name in ["content-digest", "signature-input"] {
        cases.push((
            "a header twice",
            good.clone().and(name, "a").and(name, "b"),
            400,
        ));
    }
    for (what, post, status) in cases {
        let response = post.send(&app).await;
        assert_eq!(response.status().as_u16(), status, "{what}");
        let kind = response.headers().get(CONTENT_TYPE).unwrap();
        assert_eq!(kind, "application/problem+json", "{what}");
    }
    assert_eq!(state(pair.receiver.store()).await, before);
    assert_eq!(good.send(&app).await.status(), 202);
}

/// Changes one character inside the signature itself.
fn flip(signature: &str) -> String {
    let (head, value) = signature.split_once("signature=\"").unwrap();
    let first = if value.starts_with('A') { "B" } else { "A" };
    format!("{head}signature=\"{first}{}", value.get(1..).unwrap())
}

#[actix_web::test]
async fn documents_that_do_not_say_what_they_must_are_refused() {
    let pair = Pair::new().await;
    let app = app!(pair.receiver);
    let before = state(pair.receiver.store()).await;
    let group = pair.group();
    let entry: Value = serde_json::from_str(&pair.entry(1).await).unwrap();
    let changed = |pointer: &str, value: Value| {
        let mut entry = entry.clone();
        *entry.pointer_mut(pointer).unwrap() = value;
        entry.to_string()
    };
    let person = format!("{}/u/ana", pair.sender.inner().base_url());
    let ours = format!("{}/t/{TOPIC}", pair.receiver.inner().base_url());
    for (what, body, status) in [
        ("no JSON", "hola".to_owned(), 400),
        ("no object", "[]".to_owned(), 400),
        ("no actor", json!({ "type": "Announce" }).to_string(), 400),
        (
            "a list of actors",
            json!({ "type": "Announce", "actor": [group] }).to_string(),
            400,
        ),
        (
            "a member twice",
            format!("{{\"type\":\"Announce\",\"type\":\"Announce\",\"actor\":\"{group}\"}}"),
            400,
        ),
        (
            "an inner member twice",
            changed("/published", json!("2026-03-02T14:05:00Z")).replacen(
                "\"published\"",
                "\"tq:x\":{\"a\":1,\"a\":2},\"published\"",
                1,
            ),
            400,
        ),
        (
            "a member claims to be the group",
            changed("/actor", json!(person)),
            401,
        ),
        ("our own group", changed("/actor", json!(ours)), 401),
        (
            "an outside actor",
            changed("/actor", json!("https://x.example/t/agua")),
            401,
        ),
        ("another place", changed("/tq:seq", json!(7)), 400),
        (
            "another time",
            changed("/published", json!("2026-03-02T14:05:00Z")),
            401,
        ),
        ("another's post", changed("/object/actor", json!(ours)), 401),
        (
            "heads of nothing",
            json!({ "type": "tq:Heads", "actor": group }).to_string(),
            400,
        ),
        (
            "an id from elsewhere",
            json!({ "id": "https://x.example/1", "type": "Like", "actor": group }).to_string(),
            400,
        ),
        (
            "no id",
            json!({ "type": "Like", "actor": group }).to_string(),
            400,
        ),
    ] {
        let response = pair.request(&body).send(&app).await;
        assert_eq!(response.status().as_u16(), status, "{what}");
    }
    assert_eq!(state(pair.receiver.store()).await, before);
}

#[actix_web::test]
async fn an_entry_before_its_turn_is_remembered_and_pulled_later() {
    let mut pair = Pair::new().await;
    let thread = pair.sender.open_thread("Otra").await;
    pair.sender.comment(thread, "Y más").await;
    let app = app!(pair.receiver);
    assert_eq!(
        pair.request(&pair.entry(3).await).send(&app).await.status(),
        202
    );
    let row = pair.log_at(&pair.receiver).await;
    assert_eq!((row.head_seq, row.known_seq), (0, 3));
    let (first, second) = (pair.sender.start(), pair.receiver.start());
    until("the gap is closed", async || {
        pair.sender.digest().await == pair.receiver.digest().await
    })
    .await;
    first.stop().await;
    second.stop().await;
}

#[actix_web::test]
async fn heads_say_what_is_lacking() {
    let pair = Pair::new().await;
    let app = app!(pair.receiver);
    let vector = pair.sender.store().read(Vector::read).await.unwrap();
    let document = vector.document(&pair.group(), "urn:uuid:1", TOPIC);
    let body = document.to_string();
    assert_eq!(pair.request(&body).send(&app).await.status(), 202);
    assert_eq!(pair.receiver.inner().claims.furthest(&pair.group()), 2);
    // It is a claim: the database believes what is proven.
    let row = pair.log_at(&pair.receiver).await;
    assert_eq!((row.head_seq, row.known_seq), (0, 0));
}

#[actix_web::test]
async fn entries_that_arrive_together_are_all_taken() {
    let mut pair = Pair::new().await;
    let thread = pair.sender.open_thread("Otra").await;
    for n in 0..20 {
        pair.sender
            .comment(thread, &format!("Comentario {n}"))
            .await;
    }
    let app = app!(pair.receiver);
    let mut posts = Vec::new();
    for seq in 1..=23 {
        posts.push(pair.request(&pair.entry(seq).await));
    }
    let answers =
        futures::future::join_all(posts.into_iter().rev().map(|post| post.send(&app))).await;
    assert!(answers.iter().all(|answer| answer.status() == 202));
    // The first to arrive was written by itself and was too early; its place is known.
    let row = pair.log_at(&pair.receiver).await;
    assert!(row.known_seq == 23 && row.head_seq >= 22, "{row:?}");
}

#[actix_web::test]
async fn strangers_are_believed_only_when_their_key_can_be_had() {
    let network = Network::new();
    let stranger = City::found(&network, "tegucigalpa").await;
    let mut receiver = City::found(&network, "panama").await;
    receiver.member().await;
    let group = format!("{}/t/{TOPIC}", stranger.inner().base_url());
    // Configured siblings are none of its business here.
    let mut settings = receiver.inner().settings.clone();
    settings.peers.clear();
    let alone = crate::Federation::new(settings, receiver.engine().clone(), clock).unwrap();
    let app = init_service(App::new().configure(alone.configure())).await;
    let inbox = Url::parse(&format!("{}/u/ana/inbox", receiver.inner().base_url())).unwrap();
    let key = &stranger.engine().identity().transport;
    let post = |id: &str, key_id: &str| {
        let body = json!({ "id": id, "type": "Follow", "actor": group, "object": "https://x.example/t/agua" }).to_string();
        let signed = sign("POST", &inbox, Some(body.as_bytes()), key_id, key, clock()).unwrap();
        Post {
            path: "/u/ana/inbox",
            ..Post::new(&body, &signed)
        }
    };
    let id = format!("{group}/follow/1");
    let main_key = main_key_id(&group);
    assert_eq!(
        post(&id, &format!("{group}/2#main-key"))
            .send(&app)
            .await
            .status(),
        503
    );
    let running = stranger.start();
    // Signed once: a second later it would be another signature.
    let signed = post(&id, &main_key);
    assert_eq!(signed.clone().send(&app).await.status(), 202);
    assert_eq!(signed.send(&app).await.status(), 202);
    let follows = || alone.outside_counts()[0].received;
    assert_eq!(follows(), 1, "a signature is taken once");
    // The key is kept: its server may go.
    running.stop().await;
    assert_eq!(
        post(&format!("{group}/follow/2"), &main_key)
            .send(&app)
            .await
            .status(),
        202
    );
    assert_eq!(
        post("https://x.example/1", &main_key)
            .send(&app)
            .await
            .status(),
        400
    );
    assert_eq!(follows(), 2);
}

#[actix_web::test]
async fn only_post_reaches_an_inbox() {
    let pair = Pair::new().await;
    let app = app!(pair.receiver);
    for path in ["/inbox", "/t/agua/inbox"] {
        let request = TestRequest::get()
            .uri(path)
            .insert_header((HOST, "x"))
            .insert_header((DATE, "x"));
        let status = call_service(&app, request.to_request()).await.status();
        assert!(status == 405 || status == 404, "{path} {status}");
    }
}
