//! What cannot be fetched in time is kept, tried again, and not for ever.

use std::sync::Arc;

use serde_json::{Value, json};
use tequio_protocol::activity::PUBLIC;
use tequio_store::outside::item;
use tequio_store::outside::later::{self, Later, MAX_OF_HOST};

use super::city::clock;
use super::peer::{Peer, page};
use super::world::{World, announce, follow, held, rows};
use crate::outside::later::{LIFETIME_S, round};

async fn waiting(world: &World) -> Vec<Later> {
    let read = |conn: &mut _| later::due(conn, i64::MAX, 1000);
    world.home.store().read(read).await.unwrap()
}

/// Makes all that waits due, and tries it; `age_s`: so many seconds older than it is.
async fn try_again(world: &World, age_s: i64) {
    world
        .home
        .store()
        .write(move |tx| {
            for row in later::due(tx.conn(), i64::MAX, 1000)? {
                later::done(tx, row.id)?;
                let row = Later {
                    due_at: 0,
                    created_at: row.created_at - age_s * 1_000_000,
                    ..row
                };
                later::add(tx, &row)?;
            }
            Ok::<_, tequio_store::Error>(())
        })
        .await
        .unwrap();
    round(&Arc::clone(&world.home.federation.0)).await.unwrap();
}

/// A server that is in trouble.
fn fail(world: &World, id: &str) {
    world.peer.say(id, 503, "text/plain", String::new());
}

#[actix_web::test]
async fn a_comment_waits_for_what_it_answers() {
    let mut world = World::new("masto").await;
    let thread = world.thread("Una pregunta").await;
    let (first, create_first) = world.comment("/comment/1", &thread, "<p>Uno.</p>");
    let (second, create) = world.comment("/comment/2", &first, "<p>Dos.</p>");
    fail(&world, &first);
    for _repeat in 0..2 {
        assert_eq!(world.peer.post(&world.home, &create).await, 202);
        assert_eq!(waiting(&world).await.len(), 1);
    }
    try_again(&world, 0).await;
    let row = waiting(&world).await.remove(0);
    assert!(
        row.attempts == 1 && row.due_at > clock().micros(),
        "{row:?}"
    );
    assert!(held(&world.home, &second).await.is_none());
    world.peer.serve(&create_first["object"]);
    try_again(&world, 0).await;
    let parent = held(&world.home, &first).await.unwrap().id;
    assert_eq!(
        held(&world.home, &second).await.unwrap().parent_id,
        Some(parent)
    );
    assert!(waiting(&world).await.is_empty());
    world.stop().await;
}

#[actix_web::test]
async fn an_announced_post_waits_for_its_server() {
    let mut world = World::new("lemmy").await;
    let group = world.peer.actor("Group", "/c/agua");
    follow(&mut world.home, &world.peer, &group).await;
    let id = world.peer.at("/post/9");
    fail(&world, &id);
    let act = announce(&world.peer.at("/announce/9"), &group, json!(id));
    assert_eq!(world.peer.post(&world.home, &act).await, 202);
    world.peer.serve(&page(&id, &world.user, &group, "Rutas"));
    try_again(&world, 0).await;
    let asked = move |conn: &mut _| item::by_uri(conn, &id);
    assert!(world.home.store().read(asked).await.unwrap().is_some());
    assert!(waiting(&world).await.is_empty());
    world.stop().await;
}

/// A comment that somebody at another server passes on.
async fn pass_on(world: &World, elsewhere: &Peer, create: &Value) -> u16 {
    let forwarder = elsewhere.actor("Person", "/u/otra");
    elsewhere.post_as(&forwarder, &world.home, create).await
}

#[actix_web::test]
async fn what_is_passed_on_waits_for_the_word_of_its_server_whatever_that_says() {
    let mut world = World::new("masto").await;
    let thread = world.thread("Una pregunta").await;
    let elsewhere = Peer::start("elsewhere");
    let (yes, create_yes) = world.comment("/comment/1", &thread, "<p>Sí.</p>");
    let (no, create_no) = world.comment("/comment/2", &thread, "<p>No.</p>");
    for (id, create) in [(&yes, &create_yes), (&no, &create_no)] {
        fail(&world, id);
        assert_eq!(pass_on(&world, &elsewhere, create).await, 202);
    }
    assert_eq!(waiting(&world).await.len(), 2);
    world.peer.serve(&create_yes["object"]);
    world.peer.say(&no, 404, "text/plain", String::new());
    // One of each server at a time.
    try_again(&world, 0).await;
    assert_eq!(waiting(&world).await.len(), 1);
    try_again(&world, 0).await;
    assert!(waiting(&world).await.is_empty());
    assert!(held(&world.home, &yes).await.is_some() && held(&world.home, &no).await.is_none());
    world.stop().await;
}

#[actix_web::test]
async fn it_is_given_up_after_three_days() {
    let mut world = World::new("masto").await;
    let thread = world.thread("Una pregunta").await;
    let (first, _) = world.comment("/comment/1", &thread, "<p>Uno.</p>");
    let (_, create) = world.comment("/comment/2", &first, "<p>Dos.</p>");
    fail(&world, &first);
    assert_eq!(world.peer.post(&world.home, &create).await, 202);
    let asked = world.peer.times_asked(&first);
    try_again(&world, LIFETIME_S + 1).await;
    assert!(waiting(&world).await.is_empty());
    assert_eq!(
        world.peer.times_asked(&first),
        asked,
        "given up without asking"
    );
    world.stop().await;
}

#[actix_web::test]
async fn one_server_fills_only_its_own_share() {
    let mut world = World::new("masto").await;
    let thread = world.thread("Una pregunta").await;
    let (first, _) = world.comment("/comment/1", &thread, "<p>Uno.</p>");
    fail(&world, &first);
    let host = world.peer.base.trim_start_matches("http://").to_owned();
    let signer = world.user.clone();
    world
        .home
        .store()
        .write(move |tx| {
            for n in 0..MAX_OF_HOST {
                let row = Later {
                    id: tx.next_id()?,
                    activity_id: format!("{signer}/{n}"),
                    host: host.clone(),
                    signer: signer.clone(),
                    body: "{}".into(),
                    attempts: 0,
                    due_at: i64::MAX,
                    created_at: 0,
                };
                later::add(tx, &row)?;
            }
            Ok::<_, tequio_store::Error>(())
        })
        .await
        .unwrap();
    let before = rows(&world.home).await;
    let (_, create) = world.comment("/comment/2", &first, "<p>Dos.</p>");
    assert_eq!(world.peer.post(&world.home, &create).await, 202);
    assert_eq!(rows(&world.home).await, before);
    // Another server has room, as long as what it passes on may be true.
    let elsewhere = Peer::start("elsewhere");
    let (id, create) = world.comment("/comment/3", &thread, "<p>Tres.</p>");
    fail(&world, &id);
    assert_eq!(pass_on(&world, &elsewhere, &create).await, 202);
    let ours = i64::try_from(waiting(&world).await.len()).unwrap();
    assert_eq!(ours, MAX_OF_HOST + 1);
    let mut forged = create.clone();
    forged["actor"] = json!(format!("{}/u/ana", world.home.inner().base_url()));
    forged["to"] = json!([PUBLIC]);
    assert_eq!(pass_on(&world, &elsewhere, &forged).await, 401);
    world.stop().await;
}
