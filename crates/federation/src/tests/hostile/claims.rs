//! Whoever signs as X speaks as X and as nobody else.

use serde_json::{Value, json};
use tequio_protocol::http_signature::Format;

use super::stranger::Stranger;
use super::{TOPIC, behind_a_proxy, effects, state};
use crate::tests::city::Network;

const KINDS: [&str; 20] = [
    "Create",
    "Update",
    "Delete",
    "Undo",
    "Like",
    "Dislike",
    "EmojiReact",
    "Announce",
    "Follow",
    "Accept",
    "Reject",
    "Flag",
    "Add",
    "Remove",
    "Block",
    "Lock",
    "Move",
    "Offer",
    "tq:Tally",
    "tq:Heads",
];

#[actix_web::test]
async fn no_kind_of_activity_is_taken_from_another_than_its_actor() {
    let network = Network::new();
    let city = behind_a_proxy(&network, true).await;
    let (stranger, other) = (Stranger::new("mala").await, Stranger::new("otra").await);
    let running = city.start();
    let before = state(&city).await;
    let ours = city.inner().base_url().to_owned();
    let sibling = network.base_url("managua");
    let victims = [
        stranger.actor("y"),
        other.actor("x"),
        format!("{sibling}/t/{TOPIC}"),
        format!("{sibling}/"),
        format!("{ours}/t/{TOPIC}"),
        format!("{ours}/u/ana"),
    ];
    let mut n = 0;
    for kind in KINDS {
        for victim in &victims {
            for (format, id) in [
                (Format::Cavage, format!("{victim}/a/{n}")),
                (Format::Rfc9421, format!("{}/a/{n}", stranger.base)),
            ] {
                let body = activity(kind, &id, victim);
                let post = stranger.post(&city, "x", format, &body).from(n);
                let status = post.send(&city).await;
                // That its object is gone is what the victim's own server says here.
                let is_true = kind == "Delete" && status == 202 && victims[..2].contains(victim);
                assert!(status == 401 || is_true, "{status}: {kind} of {victim}");
                n += 1;
            }
        }
    }
    // The key of a sibling is the sibling's: a stranger cannot use its name, whatever stands in it.
    for victim in victims.iter().skip(2) {
        let mut post = stranger.post(
            &city,
            "x",
            Format::Cavage,
            &activity("Like", victim, victim),
        );
        for (_, value) in &mut post.headers {
            let text = String::from_utf8(value.clone()).unwrap();
            *value = text.replace(&stranger.actor("x"), victim).into_bytes();
        }
        let status = post.send(&city).await;
        assert!(matches!(status, 401 | 503), "{status} as {victim}");
    }
    let after = state(&city).await;
    assert_eq!((after.0, after.1, after.2), (before.0, before.1, before.2));
    running.stop().await;
}

fn activity(kind: &str, id: &str, actor: &str) -> Value {
    json!({
        "id": id, "type": kind, "actor": actor, "tq:seq": 1,
        "object": {
            "id": format!("{id}/o"), "type": "Note", "attributedTo": actor, "content": "hola",
            "actor": actor,
        },
        "to": ["https://www.w3.org/ns/activitystreams#Public"],
    })
}

#[actix_web::test]
async fn a_key_that_its_owner_does_not_name_is_nobodys() {
    let network = Network::new();
    let city = behind_a_proxy(&network, true).await;
    let (mala, otra) = (Stranger::new("mala").await, Stranger::new("otra").await);
    let running = city.start();
    let before = state(&city).await;
    let pem = mala.rsa.public().to_pem().unwrap();
    let with_key = |name: &str, id: &str, owner: &str| {
        let key_id = format!("{}#main-key", mala.actor(name));
        let key = json!({ "id": key_id, "owner": owner, "publicKeyPem": pem });
        json!({ "id": id, "type": "Person", "preferredUsername": "x", "inbox": id, "publicKey": key })
    };
    // What stands at a key's address, each at its own: a failure is kept.
    let (id, other) = (|name| mala.actor(name), otra.actor("x"));
    for (what, name, document) in [
        ("another's key", "a", with_key("a", &id("a"), &other)),
        ("a neighbour's key", "b", with_key("b", &id("b"), &id("y"))),
        ("another's document", "c", with_key("c", &other, &other)),
        (
            "a neighbour's document",
            "d",
            with_key("d", &id("y"), &id("y")),
        ),
        (
            "no owner",
            "e",
            json!({ "id": id("e"), "publicKey": { "publicKeyPem": pem } }),
        ),
        ("no document", "f", json!([])),
    ] {
        mala.publish(&format!("/u/{name}"), &document);
        for actor in [&other, &id("y"), &id(name)] {
            let body = json!({ "id": format!("{actor}/1"), "type": "Like", "actor": actor, "object": "x" });
            let post = mala.post(&city, name, Format::Cavage, &body);
            assert_eq!(post.send(&city).await, 401, "{what} as {actor}");
        }
    }
    assert_eq!(state(&city).await, before);
    running.stop().await;
}

#[actix_web::test]
async fn each_format_and_each_kind_of_key_is_taken_once() {
    let network = Network::new();
    let city = behind_a_proxy(&network, true).await;
    let stranger = Stranger::new("mala").await;
    let running = city.start();
    let like = |n: u32| {
        let actor = json!({ "type": "Person", "id": stranger.actor("x") });
        json!({ "id": format!("{}/{n}", stranger.base), "type": "Like", "actor": actor, "object": "https://z.example/" })
    };
    let posts = [
        stranger.post(&city, "x", Format::Cavage, &like(1)),
        stranger.post(&city, "x", Format::Rfc9421, &like(2)),
        stranger.post_ed25519(&city, "x", &like(3)),
    ];
    for (n, post) in posts.iter().enumerate() {
        assert_eq!(post.send(&city).await, 202, "{n}");
        let taken = state(&city).await;
        assert_eq!(taken.3, n + 1, "the signature is remembered");
        assert_eq!(post.send(&city).await, 202);
        assert_eq!(state(&city).await, taken, "a repeat changes nothing");
    }
    // The same activity signed anew is known by its id.
    let count = effects(&city);
    assert_eq!(
        stranger
            .post_ed25519(&city, "x", &like(1))
            .send(&city)
            .await,
        202
    );
    assert_eq!(effects(&city), count);
    // Two keys, one fetch each, however often they are used.
    assert_eq!(stranger.asked(), ["/u/x", "/u/x"]);
    running.stop().await;
}
