//! Actors that are gone, and servers that say so of others.

use serde_json::{Value, json};
use tequio_protocol::http_signature::Format;
use tequio_store::outside::actor::{self, Actor};

use super::stranger::Stranger;
use super::{behind_a_proxy, clock, state};
use crate::tests::city::{City, Network};

fn farewell(actor: &str) -> Value {
    json!({ "id": format!("{actor}#delete"), "type": "Delete", "actor": actor, "object": actor })
}

async fn know(city: &City, uri: &str) {
    let row = Actor {
        uri: uri.to_owned(),
        kind: "Person".into(),
        host: "mala.localhost".into(),
        name: "x".into(),
        display_name: "x".into(),
        summary: String::new(),
        url: uri.to_owned(),
        inbox: uri.to_owned(),
        shared_inbox: String::new(),
        fetched_at: 1,
    };
    city.store()
        .write(move |tx| actor::put(tx, &row))
        .await
        .unwrap();
}

#[actix_web::test]
async fn farewells_of_actors_nobody_knows_are_taken_without_a_storm_of_fetches() {
    let network = Network::new();
    let city = behind_a_proxy(&network, true).await;
    let stranger = Stranger::new("mala").await;
    let running = city.start();
    let before = state(&city).await;
    for n in 0..200 {
        let name = format!("gone{n}");
        stranger.say(&format!("/u/{name}"), (410, String::new(), String::new()));
        let body = farewell(&stranger.actor(&name));
        let post = stranger.post(&city, &name, Format::Cavage, &body).from(n);
        assert_eq!(post.send(&city).await, 202, "{n}");
        // What anything else of theirs would be:
        let body =
            json!({ "id": "x", "type": "Like", "actor": stranger.actor(&name), "object": "x" });
        let post = stranger.post(&city, &name, Format::Cavage, &body).from(n);
        let status = post.send(&city).await;
        assert!(matches!(status, 401 | 429), "{status}");
    }
    let fetches = stranger.asked().len();
    assert!(fetches < 120, "{fetches} for 400 requests");
    assert_eq!(state(&city).await, before);
    running.stop().await;
}

#[actix_web::test]
async fn of_a_known_actor_only_its_own_server_says_that_it_is_gone() {
    let network = Network::new();
    let city = behind_a_proxy(&network, true).await;
    let (mala, otra) = (Stranger::new("mala").await, Stranger::new("otra").await);
    let running = city.start();
    know(&city, &mala.actor("y")).await;
    know(&city, &mala.actor("w")).await;
    let before = state(&city).await;
    // A key of that server that is gone is not the actor.
    let gone = (410, String::new(), String::new());
    mala.say("/u/z", gone.clone());
    let post = mala.post(&city, "z", Format::Cavage, &farewell(&mala.actor("y")));
    assert_eq!(post.send(&city).await, 401);
    // The actor's server sends on to another, which says gone: that is not its business.
    otra.say("/gone", gone.clone());
    let to = format!("Location: {}/gone\r\n", otra.base);
    mala.say("/u/w", (302, to, String::new()));
    let post = mala.post(&city, "w", Format::Cavage, &farewell(&mala.actor("w")));
    assert_eq!(post.send(&city).await, 401);
    // Another server's key says nothing at all.
    let post = otra.post(&city, "z", Format::Cavage, &farewell(&mala.actor("y")));
    assert_eq!(post.send(&city).await, 401);
    assert_eq!(state(&city).await, before);
    mala.say("/u/v", gone);
    know(&city, &mala.actor("v")).await;
    let post = mala.post(&city, "v", Format::Cavage, &farewell(&mala.actor("v")));
    assert_eq!(post.send(&city).await, 202);
    let fetcher = city.federation.fetcher();
    let outsiders = &city.inner().outsiders;
    for (name, is_gone) in [("v", true), ("w", false), ("y", false), ("none", false)] {
        let found = outsiders.is_gone(fetcher, &mala.actor(name), clock()).await;
        assert_eq!(found, Ok(is_gone), "{name}");
    }
    running.stop().await;
}
