//! A user of Mastodon who answers a member, likes, boosts and goes.

use serde_json::{Value, json};
use tequio_protocol::activity::PUBLIC;
use tequio_store::outside::vote;

use super::peer::Peer;
use super::world::{World, held, rows, taken};

/// A reply as Mastodon writes it: the member is mentioned, the group is not named.
fn status(world: &World, path: &str, parent: &str, member: &str) -> (String, Value) {
    let id = world.peer.at(path);
    let object = json!({
        "id": id,
        "type": "Note",
        "summary": null,
        "inReplyTo": parent,
        "published": "2026-03-01T12:00:00Z",
        "url": id,
        "attributedTo": world.user,
        "to": [PUBLIC],
        "cc": [format!("{}/followers", world.user), member],
        "sensitive": false,
        "content": "<p><span class=\"h-card\"><a href=\"#\">@ana</a></span> Por peso.</p>",
        "contentMap": { "es": "<p>Por peso.</p>" },
        "attachment": [],
        "tag": [{ "type": "Mention", "href": member, "name": "@ana" }],
    });
    world.peer.serve(&object);
    let create = json!({
        "@context": ["https://www.w3.org/ns/activitystreams"],
        "id": format!("{id}/activity"),
        "type": "Create",
        "actor": world.user,
        "published": "2026-03-01T12:00:00Z",
        "to": object["to"],
        "cc": object["cc"],
        "object": object,
        "signature": { "type": "RsaSignature2017", "creator": "x", "signatureValue": "x" },
    });
    (id, create)
}

fn member(world: &World) -> String {
    format!("{}/u/ana", world.home.inner().base_url())
}

#[actix_web::test]
async fn a_reply_to_a_member_stands_in_the_thread() {
    let mut world = World::new("masto").await;
    let thread = world.thread("Una pregunta").await;
    let (id, create) = status(
        &world,
        "/users/marisol/statuses/1",
        &thread,
        &member(&world),
    );
    assert_eq!(world.peer.post(&world.home, &create).await, 202);
    world.agree().await;
    for city in [&world.home, &world.other] {
        let row = held(city, &id).await.unwrap();
        assert_eq!(row.root_id, held(city, &thread).await.unwrap().id);
        assert_eq!(
            (row.language.as_str(), row.group_uri),
            ("es", world.group())
        );
    }
    world.stop().await;
}

#[actix_web::test]
async fn a_boost_is_counted_and_changes_nothing_and_a_like_counts() {
    let mut world = World::new("masto").await;
    let thread = world.thread("Una pregunta").await;
    let before = rows(&world.home).await;
    let boost = json!({ "id": world.peer.at("/users/marisol/statuses/2/activity"), "type": "Announce",
                        "actor": world.user, "to": [PUBLIC], "object": thread });
    let of_nobody = json!({ "id": world.peer.at("/users/marisol/statuses/3/activity"), "type": "Announce",
                            "actor": world.user, "to": [PUBLIC], "object": world.peer.at("/statuses/9") });
    assert_eq!(world.peer.post(&world.home, &boost).await, 202);
    assert_eq!(world.peer.post(&world.home, &of_nobody).await, 202);
    assert_eq!(rows(&world.home).await, before);
    assert_eq!(world.peer.times_asked(&world.peer.at("/statuses/9")), 0);
    let counts = world.home.federation.outside_counts();
    assert_eq!(
        (counts[0].kind.as_str(), counts[0].received),
        ("Announce", 2)
    );
    let like = json!({ "id": format!("{}#likes/1", world.user), "type": "Like",
                       "actor": world.user, "object": thread });
    assert_eq!(world.peer.post(&world.home, &like).await, 202);
    let undo = json!({ "id": format!("{}#likes/1/undo", world.user), "type": "Undo",
                       "actor": world.user, "object": like });
    let count = async || {
        let thread = thread.clone();
        let read = move |conn: &mut _| vote::count(conn, &thread);
        world.home.store().read(read).await.unwrap()
    };
    assert_eq!(count().await, 1);
    assert_eq!(world.peer.post(&world.home, &undo).await, 202);
    assert_eq!(count().await, 0);
    world.stop().await;
}

#[actix_web::test]
async fn who_deletes_the_account_takes_the_posts_along() {
    let mut world = World::new("masto").await;
    let thread = world.thread("Una pregunta").await;
    let (id, create) = status(
        &world,
        "/users/marisol/statuses/1",
        &thread,
        &member(&world),
    );
    assert_eq!(world.peer.post(&world.home, &create).await, 202);
    let farewell = |actor: &str| {
        json!({ "id": format!("{actor}#delete"), "type": "Delete", "actor": actor,
                "to": [PUBLIC], "object": actor })
    };
    // The account is gone when it says so.
    world.peer.bury(&world.user);
    assert_eq!(
        world.peer.post(&world.home, &farewell(&world.user)).await,
        202
    );
    world.agree().await;
    for city in [&world.home, &world.other] {
        assert!(held(city, &id).await.unwrap().deleted_at.is_some());
    }
    // Mastodon tells everybody of everyone who goes.
    let stranger = world.peer.at("/users/nobody");
    world.peer.bury(&stranger);
    let before = rows(&world.home).await;
    let status = world.peer.post(&world.home, &farewell(&stranger)).await;
    assert!([202, 401].contains(&status), "{status}");
    assert_eq!(rows(&world.home).await, before);
    world.stop().await;
}

#[actix_web::test]
async fn a_reply_that_another_user_forwards_is_asked_of_its_server() {
    let mut world = World::new("masto").await;
    let thread = world.thread("Una pregunta").await;
    let elsewhere = Peer::start("another");
    let forwarder = elsewhere.actor("Person", "/users/luis");
    let (id, create) = status(
        &world,
        "/users/marisol/statuses/1",
        &thread,
        &member(&world),
    );
    let mut altered = create.clone();
    altered["object"]["content"] = json!("<p>Compren aquí.</p>");
    assert_eq!(
        elsewhere.post_as(&forwarder, &world.home, &altered).await,
        202
    );
    let row = held(&world.home, &id).await.unwrap();
    assert!(
        row.html.contains("Por peso.") && !row.html.contains("Compren"),
        "{}",
        row.html
    );
    assert_eq!(world.peer.times_asked(&id), 1);
    let before = rows(&world.home).await;
    // What the server does not confirm is nobody's.
    let (unserved, forged) = status(
        &world,
        "/users/marisol/statuses/2",
        &thread,
        &member(&world),
    );
    world.peer.say(&unserved, 404, "text/plain", String::new());
    assert_eq!(
        elsewhere.post_as(&forwarder, &world.home, &forged).await,
        401
    );
    let delete = json!({ "id": format!("{id}#delete"), "type": "Delete", "actor": world.user,
                         "to": [PUBLIC], "object": { "id": id, "type": "Tombstone" } });
    assert_eq!(
        elsewhere.post_as(&forwarder, &world.home, &delete).await,
        401
    );
    assert_eq!(rows(&world.home).await, before);
    world.peer.bury(&id);
    assert_eq!(
        elsewhere.post_as(&forwarder, &world.home, &delete).await,
        202
    );
    assert!(held(&world.home, &id).await.unwrap().deleted_at.is_some());
    assert_eq!(taken(&world.home, "Delete"), 1);
    world.stop().await;
}

#[actix_web::test]
async fn what_a_comment_answers_is_brought_when_it_ends_in_our_thread() {
    let mut world = World::new("masto").await;
    let thread = world.thread("Una pregunta").await;
    let ana = member(&world);
    let (first, _) = status(&world, "/statuses/1", &thread, &ana);
    let (second, _) = status(&world, "/statuses/2", &first, &ana);
    let (third, create) = status(&world, "/statuses/3", &second, &ana);
    assert_eq!(world.peer.post(&world.home, &create).await, 202);
    world.agree().await;
    let root = held(&world.other, &thread).await.unwrap().id;
    for (id, parent) in [(&first, &thread), (&second, &first), (&third, &second)] {
        let row = held(&world.other, id).await.unwrap();
        let parent = held(&world.other, parent).await.unwrap().id;
        assert_eq!((row.root_id, row.parent_id), (root, Some(parent)), "{id}");
    }
    // A chain that ends elsewhere, or never, brings nothing.
    let before = rows(&world.home).await;
    let (end, _) = status(&world, "/statuses/10", &thread, &ana);
    let mut opening: Value = json!({ "id": end, "type": "Note", "attributedTo": world.user,
                                     "to": [PUBLIC], "content": "Otra cosa" });
    world.peer.serve(&opening);
    let (_, create) = status(&world, "/statuses/11", &end, &ana);
    assert_eq!(world.peer.post(&world.home, &create).await, 202);
    assert_eq!(rows(&world.home).await, before);
    for n in 20..60 {
        opening["id"] = json!(world.peer.at(&format!("/statuses/{n}")));
        opening["inReplyTo"] = json!(world.peer.at(&format!("/statuses/{}", n + 1)));
        world.peer.serve(&opening);
    }
    let asked = world.peer.times_asked_below("/statuses/");
    let (_, create) = status(&world, "/statuses/12", &world.peer.at("/statuses/20"), &ana);
    assert_eq!(world.peer.post(&world.home, &create).await, 202);
    assert_eq!(world.peer.times_asked_below("/statuses/") - asked, 10);
    assert_eq!(rows(&world.home).await, before);
    world.stop().await;
}
