//! The inbox of a running city, asked byte by byte: what nobody vouches for changes nothing.
//!
//! Start at [`Scene`]: Managua runs; Panama was known to it, wrote one more entry while Managua was
//! down, and is gone, so that entry can only come from here, signed with Panama's own keys. San José
//! never ran.

mod letter;

use serde_json::{Value, json};
use tequio_domain::Digest;
use tequio_protocol::keys::{Ed25519PrivateKey, RsaPrivateKey};
use tequio_protocol::proof;
use tequio_store::{Database, Store, StoreSettings, setting};
use tequio_tests::browser::Browser;
use tequio_tests::network::Network;
use tequio_tests::raw::Request;
use tequio_tests::state::{self, State};

use crate::people;
use letter::{HOUR_S, Letter};

const TOPIC: &str = "saneamiento";

/// A city that listens and everything a sibling could say to it.
struct Scene {
    network: Network,
    /// Panama's next entry, which Managua lacks.
    entry: Value,
    transport: RsaPrivateKey,
    group_key: Ed25519PrivateKey,
}

impl Scene {
    async fn new() -> Self {
        let mut network = Network::new(&["managua", "panama", "san-jose"]);
        network[2].release_port();
        network[0].start().await;
        network[1].start().await;
        let mut ana = people::administrator(&network[1], "ana").await;
        people::open_thread(&mut ana, TOPIC, "Antes", "Lo que todos tienen.").await;
        let before = state::converged(&network.cities()[..2]).await;
        network[0].stop().await;
        people::open_thread(&mut ana, TOPIC, "Después", "Lo que Managua no tiene.").await;
        let entry = last_entry(&network, before[TOPIC].heads["panama"].0).await;
        network[1].stop().await;
        let group = format!("{}/t/{TOPIC}", network[1].url);
        let (transport, group_key) = keys(&network, &group);
        network[0].start().await;
        Self {
            network,
            entry,
            transport,
            group_key,
        }
    }

    fn group(&self, city: usize) -> String {
        format!("{}/t/{TOPIC}", self.network[city].url)
    }

    /// The entry as Panama's courier would bring it now.
    fn letter(&self) -> Letter<'_> {
        Letter {
            inbox: format!("{}/inbox", self.network[0].url),
            key_id: format!("{}#main-key", self.group(1)),
            key: &self.transport,
            age_s: 0,
            body: self.entry.to_string().into_bytes(),
        }
    }

    /// Another document in the entry's place, signed anew as a request; its proof too, by Panama's group.
    fn letter_of(&self, document: Value) -> Letter<'_> {
        self.chained(document).0
    }

    /// [`Scene::letter_of`], with the digest that the next entry would name.
    fn chained(&self, mut document: Value) -> (Letter<'_>, Digest) {
        let method = format!("{}#ed25519-key", self.group(1));
        let digest = proof::sign(&mut document, &self.group_key, &method, letter::now()).unwrap();
        (
            Letter {
                body: document.to_string().into_bytes(),
                ..self.letter()
            },
            digest,
        )
    }

    async fn state(&self) -> State {
        state::of_topic(&self.network[0], TOPIC).await.unwrap()
    }

    /// Sends it; the answer is one of `expected` and nothing has changed.
    async fn refused(&self, what: &str, request: &Request, expected: &[u16]) {
        let before = self.state().await;
        let status = request.send(&self.network[0]).await;
        assert!(
            expected.contains(&status),
            "{what}: {status}, expected {expected:?}"
        );
        assert_eq!(self.state().await, before, "{what}");
    }

    /// The untouched entry still goes in, exactly once.
    async fn accepts_the_true_entry(&self) {
        let before = self.state().await;
        let letter = self.letter();
        let request = letter.request();
        assert_eq!(request.send(&self.network[0]).await, 202);
        let after = self.state().await;
        assert_eq!(after.entries(), before.entries() + 1);
        assert_eq!(after.objects, before.objects + 1);
        for replay in [&request, &letter.request()] {
            let status = replay.send(&self.network[0]).await;
            assert!(
                (200..300).contains(&status),
                "a replay is no fault: {status}"
            );
            assert_eq!(self.state().await, after);
        }
    }
}

/// The entry after the first `held` of Panama's log, as Panama serves it.
async fn last_entry(network: &Network, held: i64) -> Value {
    let path = format!("/t/{TOPIC}/log/panama/1");
    let page = Browser::new(&network[1]).get(&path).await;
    let page: Value = serde_json::from_slice(&page.bytes).unwrap();
    let items = page["orderedItems"].as_array().unwrap();
    let entry = items.last().unwrap();
    assert_eq!(
        entry["tq:seq"],
        json!(held + 1),
        "one entry was written while Managua was down"
    );
    entry.clone()
}

/// Panama's private keys, from its database.
fn keys(network: &Network, group: &str) -> (RsaPrivateKey, Ed25519PrivateKey) {
    let data = network[1].data();
    let settings = StoreSettings {
        database: Database::Sqlite(data.join("tequio.sqlite")),
        readers: 1,
        files: data.join("files"),
    };
    let store = Store::open(&settings).unwrap();
    let group = group.to_owned();
    let (pem, key) = store
        .read_blocking(move |conn| {
            let pem = setting::get(conn, "transport_key")?;
            Ok::<_, tequio_store::Error>((pem, setting::actor_key(conn, &group)?))
        })
        .unwrap();
    store.close();
    (
        RsaPrivateKey::from_pem(&pem.unwrap()).unwrap(),
        Ed25519PrivateKey::from_multibase(&key.unwrap().private_key).unwrap(),
    )
}

#[tokio::test]
async fn a_request_that_nobody_signed_as_it_is_changes_nothing() {
    let scene = Scene::new().await;
    let good = scene.letter().request();
    let with = |change: &dyn Fn(&mut Request)| {
        let mut request = good.clone();
        change(&mut request);
        request
    };
    let other = letter::digest_header(b"{}");
    let mut flipped = good.body.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    let signature = good.header("signature");
    let uncovered = signature.replace(" digest\"", "\"");
    let cut = signature.replace("signature=\"", "signature=\"AAAA");
    let cases: Vec<(&str, Request, &[u16])> = vec![
        ("no signature", with(&|r| r.remove("signature")), &[401]),
        ("no digest", with(&|r| r.remove("digest")), &[401]),
        ("no date", with(&|r| r.remove("date")), &[401]),
        ("another digest", with(&|r| r.set("digest", &other)), &[401]),
        ("another body", with(&|r| r.body = b"{}".to_vec()), &[401]),
        (
            "one bit of the body",
            with(&|r| r.body.clone_from(&flipped)),
            &[401],
        ),
        (
            "digest not covered",
            with(&|r| r.set("signature", &uncovered)),
            &[401],
        ),
        (
            "another signature",
            with(&|r| r.set("signature", &cut)),
            &[401],
        ),
        (
            "another target",
            with(&|r| r.target = format!("/t/{TOPIC}/inbox")),
            &[401],
        ),
        (
            "another host",
            with(&|r| r.set("host", &scene.network[2].authority())),
            &[401],
        ),
        (
            "two signatures",
            with(&|r| r.add("signature", signature)),
            &[400],
        ),
        (
            "two dates",
            with(&|r| r.add("date", good.header("date"))),
            &[400],
        ),
        ("two digests", with(&|r| r.add("digest", &other)), &[400]),
        (
            "two hosts",
            with(&|r| r.add("host", &scene.network[2].authority())),
            &[400],
        ),
        (
            "two types",
            with(&|r| r.add("content-type", "text/plain")),
            &[400],
        ),
        ("GET", with(&|r| r.method = "GET".to_owned()), &[405]),
        ("PUT", with(&|r| r.method = "PUT".to_owned()), &[405]),
        (
            "plain text",
            with(&|r| r.set("content-type", "text/plain")),
            &[415],
        ),
        ("no type", with(&|r| r.remove("content-type")), &[415]),
    ];
    for (what, request, expected) in &cases {
        scene.refused(what, request, expected).await;
    }
    scene.accepts_the_true_entry().await;
}

#[tokio::test]
async fn a_signature_of_the_wrong_time_place_or_key_changes_nothing() {
    let scene = Scene::new().await;
    let stranger = RsaPrivateKey::generate().unwrap();
    let key_of = |owner: String| format!("{owner}#main-key");
    let letters = [
        (
            "two hours old",
            Letter {
                age_s: 2 * HOUR_S,
                ..scene.letter()
            },
        ),
        (
            "two hours ahead",
            Letter {
                age_s: -2 * HOUR_S,
                ..scene.letter()
            },
        ),
        (
            "signed for another host",
            Letter {
                inbox: format!("{}/inbox", scene.network[2].url),
                ..scene.letter()
            },
        ),
        (
            "a key that is not Panama's",
            Letter {
                key: &stranger,
                ..scene.letter()
            },
        ),
        (
            "the key of Panama's server, not of its group",
            Letter {
                key_id: key_of(format!("{}/", scene.network[1].url)),
                ..scene.letter()
            },
        ),
        (
            "the key of Panama's member",
            Letter {
                key_id: key_of(format!("{}/u/ana", scene.network[1].url)),
                ..scene.letter()
            },
        ),
        (
            "as if it were San José's key",
            Letter {
                key_id: key_of(scene.group(2)),
                ..scene.letter()
            },
        ),
        (
            "as if it were Managua's own key",
            Letter {
                key_id: key_of(scene.group(0)),
                ..scene.letter()
            },
        ),
    ];
    for (what, letter) in letters {
        scene.refused(what, &letter.request(), &[401]).await;
    }
    scene.accepts_the_true_entry().await;
}

#[tokio::test]
async fn a_document_that_is_not_what_it_claims_changes_nothing() {
    let scene = Scene::new().await;
    let entry = scene.entry.to_string();
    let body = |text: String| Letter {
        body: text.into_bytes(),
        ..scene.letter()
    };
    // Twice the same member: at the front, and deep inside where only a strict reader looks.
    let twice = entry.replacen('{', "{\"type\":\"Delete\",", 1);
    let deep = entry.replacen("\"source\":{", "\"source\":{\"content\":\"otra\",", 1);
    assert_ne!(deep, entry);
    let letters = [
        ("a member twice", body(twice), 400),
        ("a member twice, deep inside", body(deep), 400),
        ("not JSON", body(entry[1..].to_owned()), 400),
        ("an array", body(format!("[{entry}]")), 400),
        (
            "a number beyond 2^53",
            body(entry.replacen('{', "{\"x\":9007199254740993,", 1)),
            400,
        ),
        (
            "a changed entry with the old proofs",
            body(retitled(&scene).to_string()),
            401,
        ),
        (
            "Panama speaking as San José's group",
            scene.letter_of(of_other_group(&scene)),
            401,
        ),
    ];
    for (what, letter, status) in letters {
        scene.refused(what, &letter.request(), &[status]).await;
    }
    scene.accepts_the_true_entry().await;
}

/// Panama's entry, said to be San José's.
fn of_other_group(scene: &Scene) -> Value {
    let text = scene.entry.to_string();
    let mut value: Value =
        serde_json::from_str(&text.replace(&scene.network[1].url, &scene.network[2].url)).unwrap();
    value["tq:seq"] = json!(1);
    value.as_object_mut().unwrap().remove("tq:prev");
    value
}

/// Panama's entry with another title, which its author did not sign.
fn retitled(scene: &Scene) -> Value {
    let mut value = scene.entry.clone();
    value["object"]["object"]["name"] = json!("Otro título");
    value
}

#[tokio::test]
async fn an_act_that_its_author_did_not_sign_stands_in_the_log_and_shows_nothing() {
    let scene = Scene::new().await;
    let before = scene.state().await;
    let (first, digest) = scene.chained(retitled(&scene));
    let mut second = by_other(&scene);
    second["id"] = json!(format!(
        "{}/a/0190d5e4-0000-7000-8000-000000000000",
        scene.network[1].url
    ));
    second["tq:seq"] = json!(scene.entry["tq:seq"].as_i64().unwrap() + 1);
    second["tq:prev"] = json!(digest.to_multibase());
    for (place, letter) in [(1, first), (2, scene.letter_of(second))] {
        assert_eq!(letter.request().send(&scene.network[0]).await, 202);
        let after = scene.state().await;
        assert_eq!(
            (after.objects, after.entries()),
            (before.objects, before.entries() + place)
        );
    }
    let topic = Browser::new(&scene.network[0])
        .open(&format!("/temas/{TOPIC}"))
        .await
        .text();
    assert!(
        topic.contains("Antes") && !topic.contains("Otro título"),
        "{topic}"
    );

    // With the true entry there are two histories: this log takes nothing more, the city goes on.
    scene
        .refused("a second history", &scene.letter().request(), &[403])
        .await;
    let page = Browser::new(&scene.network[0])
        .open(&format!("/temas/{TOPIC}"))
        .await;
    assert_eq!(page.status, 200);
}

/// Panama's entry, holding an act of somebody in San José.
fn by_other(scene: &Scene) -> Value {
    let mut value = scene.entry.clone();
    let inner = value["object"].to_string();
    let inner = inner.replace(&scene.network[1].url, &scene.network[2].url);
    value["object"] = serde_json::from_str(&inner).unwrap();
    value
}

#[tokio::test]
async fn a_body_over_a_mebibyte_is_not_read_to_its_end() {
    let scene = Scene::new().await;
    let padding = "x".repeat(1024 * 1024);
    let body = json!({ "padding": padding, "type": "Announce" })
        .to_string()
        .into_bytes();
    let mut request = Letter {
        body,
        ..scene.letter()
    }
    .request();
    scene
        .refused("announced as too large", &request, &[413])
        .await;
    request.chunk();
    scene
        .refused("too large, in chunks", &request, &[413])
        .await;
    scene.accepts_the_true_entry().await;
}

#[tokio::test]
async fn an_entry_from_further_ahead_waits_for_those_between() {
    let mut scene = Scene::new().await;
    let mut ahead = scene.entry.clone();
    ahead["tq:seq"] = json!(scene.entry["tq:seq"].as_i64().unwrap() + 5);
    let before = scene.state().await;
    let status = scene
        .letter_of(ahead)
        .request()
        .send(&scene.network[0])
        .await;
    assert!((200..500).contains(&status), "{status}");
    assert_eq!(scene.state().await, before);
    // The real one comes with its home.
    scene.network[1].start().await;
    let after = state::converged(&scene.network.cities()[..2]).await;
    assert_eq!(after[TOPIC].entries(), before.entries() + 1);
    assert_eq!(after[TOPIC].objects, before.objects + 1);
}
