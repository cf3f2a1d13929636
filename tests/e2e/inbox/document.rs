//! Signed well, and not what it claims to be.

use serde_json::{Value, json};
use tequio_tests::browser::Browser;
use tequio_tests::state;

use super::letter::Letter;
use super::{Scene, TOPIC};

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
        ("not JSON", body(entry.replacen('{', "", 1)), 400),
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

    // With the true entry there are two histories: this log ends where they part, the city goes on.
    let second_history = scene.letter().request();
    assert_eq!(second_history.send(&scene.network[0]).await, 403);
    assert_eq!(scene.state().await, before);
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
