//! The inbox of a running city, asked byte by byte: what nobody vouches for changes nothing.
//!
//! Start at [`Scene`]: Managua runs; Panama was known to it, wrote one more entry while Managua was
//! down, and is gone, so that entry can only come from here, signed with Panama's own keys. San José
//! never ran.

mod document;
mod letter;
mod request;

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
use letter::Letter;

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
