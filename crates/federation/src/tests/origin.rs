//! What asking an id's own server costs and gives.

use serde_json::json;

use super::city::{City, Network};
use super::peer::{Peer, page};
use crate::outside::origin::{Errand, MAX_FETCHES, Missing};

async fn scene() -> (City, Peer) {
    let city = City::found(&Network::new(), "managua").await;
    (city, Peer::start("x"))
}

#[actix_web::test]
async fn one_activity_costs_so_many_fetches_and_no_more() {
    let (city, peer) = scene().await;
    let mut errand = Errand::of(city.inner(), &peer.base);
    for n in 0..30 {
        let id = peer.at(&format!("/post/{n}"));
        peer.serve(&json!({ "id": id, "type": "Note" }));
        let found = errand.fetch(&id).await;
        let is_over = matches!(found, Err(Missing::TooMuch));
        assert_eq!(is_over, n >= MAX_FETCHES, "{n} {found:?}");
    }
    assert_eq!(peer.times_asked_at_all(), 20);
}

#[actix_web::test]
async fn a_server_that_causes_too_much_gets_no_more_fetches_for_a_while() {
    let (city, peer) = scene().await;
    let other = Peer::start("other");
    let id = other.at("/post/1");
    other.serve(&json!({ "id": id, "type": "Note" }));
    let mut taken = 0;
    for _ in 0..80 {
        let who = peer.at("/u/marisol");
        taken += u32::from(Errand::of(city.inner(), &who).fetch(&id).await.is_ok());
    }
    assert!((60..70).contains(&taken), "{taken}");
    // Whom the fetch goes to does not matter, and who causes none pays nothing.
    assert!(Errand::of(city.inner(), &id).fetch(&id).await.is_ok());
}

#[actix_web::test]
async fn a_document_counts_at_its_own_id_only() {
    let (city, peer) = scene().await;
    let other = Peer::start("other");
    let (id, actor) = (peer.at("/post/1"), peer.actor("Person", "/u/ana"));
    peer.serve(&page(&id, &actor, &peer.at("/c/agua"), "Mía"));
    let mut errand = Errand::with(city.inner(), 99);
    // A copy under another address of the server leads to the original.
    let copy = page(&id, &actor, &peer.at("/c/agua"), "Copia");
    peer.say(
        &peer.at("/copy"),
        200,
        "application/activity+json",
        copy.to_string(),
    );
    let (post, _) = errand.post(&peer.at("/copy")).await.unwrap();
    assert_eq!(
        (post.id.as_str(), post.title.as_str()),
        (id.as_str(), "Mía")
    );
    // On another server it is nothing.
    other.say(
        &other.at("/copy"),
        200,
        "application/activity+json",
        copy.to_string(),
    );
    let found = errand.fetch(&other.at("/copy")).await;
    assert!(matches!(found, Err(Missing::Refused(_))), "{found:?}");
    // A redirect ends where it ends, and is no other actor.
    other.say(&other.at("/u/ana"), 302, "text/plain", actor.clone());
    let found = errand.actor(&other.at("/u/ana")).await;
    assert!(matches!(found, Err(Missing::Refused(_))), "{found:?}");
    // The fragment is not asked for, so what comes is not the Like.
    let found = errand.fetch(&format!("{actor}#likes/1")).await.unwrap();
    assert_eq!(found["id"], json!(actor));
    // A Tombstone with 200 is gone as well.
    peer.serve(&json!({ "id": id, "type": "Tombstone" }));
    assert!(matches!(errand.fetch(&id).await, Err(Missing::Gone)));
    assert!(errand.is_gone(&id).await.unwrap());
    assert!(!errand.is_gone(&actor).await.unwrap());
    peer.say(&id, 503, "text/plain", String::new());
    assert!(matches!(
        errand.is_gone(&id).await,
        Err(Missing::Unreachable(_))
    ));
}

#[actix_web::test]
async fn nothing_of_the_network_is_fetched_as_if_it_were_outside() {
    let network = Network::new();
    let city = City::found(&network, "managua").await;
    let sibling = City::found(&network, "panama").await;
    let running = sibling.start();
    let peer = Peer::start("x");
    let group = super::world::group_of(&sibling);
    peer.say(&peer.at("/away"), 302, "text/plain", group.clone());
    let mut errand = Errand::with(city.inner(), 99);
    for address in [group, peer.at("/away")] {
        let found = errand.fetch(&address).await;
        assert!(
            matches!(found, Err(Missing::Refused(_))),
            "{address} {found:?}"
        );
    }
    running.stop().await;
}
