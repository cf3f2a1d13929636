//! An outside reply that reaches one city and belongs in another city's log.

use serde_json::json;
use tequio_store::{hand_over, log};

use super::city::until;
use super::world::{World, group_of, held, rows};
use crate::outside;

/// What waits at the other city to be handed over to the home.
async fn waiting(world: &World) -> Vec<hand_over::HandOver> {
    let read = |conn: &mut _| hand_over::due(conn, "managua", i64::MAX, 99);
    world.other.store().read(read).await.unwrap()
}

/// Where an object's log is at home.
async fn log_of(world: &World, id: &str) -> String {
    let row = held(&world.other, id).await.unwrap();
    let read = move |conn: &mut _| log::by_id(conn, row.log_id);
    world.other.store().read(read).await.unwrap().city
}

#[actix_web::test]
async fn it_comes_to_the_home_which_asks_its_server_and_back() {
    let mut world = World::new("masto").await;
    let thread = world.thread("Una pregunta").await;
    let (id, create) = world.comment("/comment/1", &thread, "<p>Por peso.</p>");
    let mut altered = create.clone();
    // Whatever the sibling received: the home shows what the server says.
    altered["object"]["content"] = json!("<p>Otra cosa.</p>");
    assert_eq!(world.peer.post(&world.other, &altered).await, 202);
    until("the comment is in both cities", async || {
        held(&world.home, &id).await.is_some() && held(&world.other, &id).await.is_some()
    })
    .await;
    world.agree().await;
    assert_eq!(log_of(&world, &id).await, "managua");
    assert_eq!(
        held(&world.other, &id).await.unwrap().html.trim(),
        "<p>Por peso.</p>"
    );
    until("nothing waits", async || waiting(&world).await.is_empty()).await;
    // The same activity to the home itself, or again to the sibling, changes nothing.
    let before = world.home.digest().await;
    assert_eq!(world.peer.post(&world.home, &create).await, 202);
    assert_eq!(world.peer.post(&world.other, &create).await, 202);
    world.agree().await;
    assert_eq!(world.home.digest().await, before);
    // So do an edit and the end.
    let mut object = create["object"].clone();
    object["content"] = json!("<p>Por kilo.</p>");
    object["updated"] = json!("2026-03-01T14:00:00Z");
    world.peer.serve(&object);
    let update = world.act("Update", "/activities/update/1", object);
    assert_eq!(world.peer.post(&world.other, &update).await, 202);
    until("the edit is at home", async || {
        held(&world.home, &id).await.unwrap().html.contains("kilo")
    })
    .await;
    world.peer.bury(&id);
    let delete = world.act("Delete", "/activities/delete/1", json!(id));
    assert_eq!(world.peer.post(&world.other, &delete).await, 202);
    until("the end is at home", async || {
        held(&world.home, &id).await.unwrap().deleted_at.is_some()
    })
    .await;
    world.agree().await;
    world.stop().await;
}

#[actix_web::test]
async fn it_waits_for_a_home_that_is_down_and_survives_a_restart() {
    let mut world = World::new("masto").await;
    let thread = world.thread("Una pregunta").await;
    let (id, create) = world.comment("/comment/1", &thread, "<p>Por peso.</p>");
    world.stop_home().await;
    assert_eq!(world.peer.post(&world.other, &create).await, 202);
    assert_eq!(waiting(&world).await.len(), 1);
    world.restart_other().await;
    world.start_home();
    until("the comment came", async || {
        held(&world.home, &id).await.is_some()
    })
    .await;
    world.agree().await;
    until("nothing waits", async || waiting(&world).await.is_empty()).await;
    world.stop().await;
}

#[actix_web::test]
async fn it_waits_for_the_authors_server_without_holding_up_entries() {
    let mut world = World::new("masto").await;
    let thread = world.thread("Una pregunta").await;
    let (id, create) = world.comment("/comment/1", &thread, "<p>Por peso.</p>");
    world.peer.say(&id, 503, "text/plain", String::new());
    assert_eq!(world.peer.post(&world.other, &create).await, 202);
    until("the home did not take it", async || {
        waiting(&world).await.iter().any(|act| act.attempts > 0)
    })
    .await;
    let own = world.other.open_thread("Mientras tanto").await;
    let own = super::world::uri_of(&world.other, own);
    until("entries go on", async || {
        held(&world.home, &own).await.is_some()
    })
    .await;
    world.peer.serve(&create["object"]);
    // The pause of the act is in the way; a restart of the sibling is not needed.
    let city = "managua".to_owned();
    world
        .other
        .store()
        .write(move |tx| {
            for act in hand_over::due(tx.conn(), &city, i64::MAX, 9)? {
                hand_over::postpone(tx, act.id, act.attempts, 0)?;
            }
            Ok::<_, tequio_store::Error>(())
        })
        .await
        .unwrap();
    world
        .other
        .inner()
        .siblings
        .by_city("managua")
        .unwrap()
        .wake
        .notify_one();
    until("the comment came", async || {
        held(&world.home, &id).await.is_some()
    })
    .await;
    world.stop().await;
}

#[actix_web::test]
async fn what_the_authors_server_does_not_confirm_never_enters_a_log() {
    let mut world = World::new("masto").await;
    let thread = world.thread("Una pregunta").await;
    let (group, of_other) = (world.group(), group_of(&world.other));
    let (real, create) = world.comment("/comment/1", &thread, "<p>Por peso.</p>");
    assert_eq!(world.peer.post(&world.home, &create).await, 202);
    world.agree().await;
    let (_, forged) = world.comment("/comment/2", &thread, "<p>Nunca dicho.</p>");
    let unserved = forged["object"]["id"].as_str().unwrap().to_owned();
    world.peer.say(&unserved, 404, "text/plain", String::new());
    let other_author = world.peer.actor("Person", "/u/otro");
    let mut stolen = create.clone();
    stolen["id"] = json!(world.peer.at("/activities/create/9"));
    stolen["actor"] = json!(other_author);
    stolen["object"]["attributedTo"] = json!(other_author);
    let member = format!("{}/u/ana", world.home.inner().base_url());
    let mut members = forged.clone();
    members["actor"] = json!(member);
    let before = rows(&world.home).await;
    let acts = [
        forged,
        stolen,
        members,
        world.act("Delete", "/activities/delete/1", json!(real)),
        world.act("Like", "/activities/like/1", json!(thread)),
        world.act("Follow", "/activities/follow/1", json!(group)),
        json!({ "id": world.peer.at("/x"), "type": "Create" }),
    ];
    for (n, act) in acts.into_iter().enumerate() {
        let id = format!("{of_other}/act/{n}");
        outside::hand_over::keep(world.other.inner(), &group, &id, act)
            .await
            .unwrap();
    }
    until("nothing waits", async || waiting(&world).await.is_empty()).await;
    assert_eq!(rows(&world.home).await, before);
    world.stop().await;
}

#[actix_web::test]
async fn a_reply_to_a_reply_that_the_sibling_never_saw_goes_home_too() {
    let mut world = World::new("masto").await;
    let thread = world.thread("Una pregunta").await;
    let (first, _) = world.comment("/comment/1", &thread, "<p>Uno.</p>");
    let (second, create) = world.comment("/comment/2", &first, "<p>Dos.</p>");
    assert_eq!(world.peer.post(&world.other, &create).await, 202);
    until("both are in both cities", async || {
        held(&world.other, &first).await.is_some() && held(&world.other, &second).await.is_some()
    })
    .await;
    world.agree().await;
    assert_eq!(log_of(&world, &second).await, "managua");
    world.stop().await;
}
