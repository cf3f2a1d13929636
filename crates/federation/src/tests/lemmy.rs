//! A user of Lemmy in a group of ours. What a real Lemmy said is in [`recorded`].

mod recorded;

use serde_json::json;
use tequio_protocol::activity::PUBLIC;
use tequio_store::outside::{follower, message, report, vote};

use super::city::until;
use super::peer::page;
use super::world::{World, held, rows, taken};

#[actix_web::test]
async fn a_post_its_answers_edits_and_deletions_stand_in_both_cities() {
    let world = World::new("lemmy").await;
    let (home, other) = (&world.home, &world.other);
    let post = world.peer.at("/post/101");
    let mut object = page(&post, &world.user, &world.group(), "¿Qué filtro usan?");
    world.peer.serve(&object);
    let create = world.act("Create", "/activities/create/1", object.clone());
    assert_eq!(world.peer.post(home, &create).await, 202);
    world.agree().await;
    for city in [home, other] {
        let row = held(city, &post).await.unwrap();
        assert_eq!(
            (row.title.as_str(), row.group_uri),
            ("¿Qué filtro usan?", world.group())
        );
        assert!(row.html.contains("<strong>barato</strong>"), "{}", row.html);
    }
    let (comment, create) =
        world.comment("/comment/1", &post, "<p>De arena<script>1</script>.</p>");
    assert_eq!(world.peer.post(home, &create).await, 202);
    object["name"] = json!("¿Qué filtro usan antes de la cisterna?");
    object["updated"] = json!("2026-03-01T13:00:00Z");
    let update = world.act("Update", "/activities/update/1", object);
    assert_eq!(world.peer.post(home, &update).await, 202);
    world.agree().await;
    let answer = held(other, &comment).await.unwrap();
    assert_eq!(answer.html.trim(), "<p>De arena.</p>");
    assert_eq!(answer.root_id, held(other, &post).await.unwrap().id);
    let edited = held(other, &post).await.unwrap();
    assert_eq!(
        (edited.version, edited.title.ends_with("cisterna?")),
        (2, true)
    );
    let delete = world.act("Delete", "/activities/delete/1", json!(comment));
    assert_eq!(world.peer.post(home, &delete).await, 202);
    world.agree().await;
    assert!(held(other, &comment).await.unwrap().deleted_at.is_some());
    // A repeat of anything changes nothing.
    let before = home.digest().await;
    for again in [&create, &update, &delete] {
        assert_eq!(world.peer.post(home, again).await, 202);
    }
    assert_eq!(home.digest().await, before);
    assert_eq!(
        ["Create", "Update", "Delete"].map(|kind| taken(home, kind)),
        [2, 1, 1]
    );
    world.stop().await;
}

#[actix_web::test]
async fn a_vote_counts_until_it_is_taken_back_under_a_new_id() {
    let mut world = World::new("lemmy").await;
    let thread = world.thread("Una pregunta").await;
    let count = async |world: &World| {
        let thread = thread.clone();
        let read = move |conn: &mut _| vote::count(conn, &thread);
        world.home.store().read(read).await.unwrap()
    };
    let like = |id: &str| {
        json!({ "id": world.peer.at(id), "type": "Like", "actor": world.user,
                "object": thread, "audience": world.group() })
    };
    let undo = world.act("Undo", "/activities/undo/1", like("/activities/like/9"));
    let dislike = json!({ "id": world.peer.at("/activities/dislike/1"), "type": "Dislike",
                          "actor": world.user, "object": thread });
    let like = like("/activities/like/1");
    assert_eq!(world.peer.post(&world.home, &dislike).await, 202);
    assert_eq!(count(&world).await, 0);
    assert_eq!(world.peer.post(&world.home, &like).await, 202);
    assert_eq!(world.peer.post(&world.home, &like).await, 202);
    assert_eq!(count(&world).await, 1);
    assert_eq!(world.peer.post(&world.home, &undo).await, 202);
    assert_eq!(count(&world).await, 0);
    world.stop().await;
}

#[actix_web::test]
async fn a_follow_is_answered_with_itself_and_ends_with_an_undo() {
    let world = World::new("lemmy").await;
    let group = world.group();
    let follow = |id: &str| {
        json!({ "id": world.peer.at(id), "type": "Follow", "actor": world.user,
                "to": [group], "object": group })
    };
    let count = async || {
        let group = group.clone();
        let read = move |conn: &mut _| follower::count(conn, &group);
        world.home.store().read(read).await.unwrap()
    };
    let first = follow("/activities/follow/1");
    assert_eq!(world.peer.post(&world.home, &first).await, 202);
    assert_eq!(count().await, 1);
    until("the Accept is there", async || {
        let came = world.peer.came();
        let accept = came.iter().find(|came| came["type"] == "Accept");
        accept.is_some_and(|accept| accept["object"]["id"] == first["id"])
    })
    .await;
    let undo = json!({ "id": world.peer.at("/activities/undo/2"), "type": "Undo", "actor": world.user,
                       "to": [group], "object": follow("/activities/follow/2") });
    assert_eq!(world.peer.post(&world.home, &undo).await, 202);
    assert_eq!(count().await, 0);
    world.stop().await;
}

#[actix_web::test]
async fn a_report_reaches_the_administrators_and_a_letter_its_member() {
    let mut world = World::new("lemmy").await;
    let thread = world.thread("Una pregunta").await;
    let flag = json!({ "id": world.peer.at("/activities/flag/1"), "type": "Flag", "actor": world.user,
                       "to": [world.group()], "object": thread, "summary": "No es de agua", "content": null });
    assert_eq!(world.peer.post(&world.home, &flag).await, 202);
    let read = |conn: &mut _| report::list_open(conn, 9);
    let reports = world.home.store().read(read).await.unwrap();
    assert_eq!(reports.len(), 1);
    assert_eq!(
        (&reports[0].object_uri, reports[0].reason.as_str()),
        (&thread, "No es de agua")
    );
    let ana = format!("{}/u/ana", world.home.inner().base_url());
    let account_id = world.home.member().await.account_id();
    for (n, kind) in ["ChatMessage", "Note"].iter().enumerate() {
        let id = world.peer.at(&format!("/private_message/{n}"));
        let letter = json!({ "id": id, "type": kind, "attributedTo": world.user, "to": [ana],
                             "content": "<p>Hola</p>", "mediaType": "text/html",
                             "published": "2026-03-01T12:00:00Z" });
        let create = json!({ "id": format!("{id}/create"), "type": "Create", "actor": world.user,
                             "to": [ana], "object": letter });
        assert_eq!(world.peer.post(&world.home, &create).await, 202);
        assert_eq!(world.peer.post(&world.home, &create).await, 202);
        assert!(held(&world.home, &id).await.is_none());
    }
    let read = move |conn: &mut _| message::list(conn, account_id, 9);
    let letters = world.home.store().read(read).await.unwrap();
    assert_eq!(letters.len(), 2);
    assert!(letters.iter().all(|letter| letter.author_uri == world.user));
    world.stop().await;
}

#[actix_web::test]
async fn nobody_speaks_for_another() {
    let world = World::new("lemmy").await;
    let (home, peer) = (&world.home, &world.peer);
    let (post, mine) = (peer.at("/post/1"), peer.at("/post/2"));
    let object = page(&post, &world.user, &world.group(), "Mía");
    peer.serve(&object);
    let create = world.act("Create", "/activities/create/1", object.clone());
    assert_eq!(peer.post(home, &create).await, 202);
    let attacker = super::peer::Peer::start("evil");
    let mallory = attacker.actor("Person", "/u/mallory");
    let colleague = peer.actor("Person", "/u/otro");
    let forged = |kind: &str, actor: &str, object| {
        json!({ "id": format!("{actor}/{kind}"), "type": kind, "actor": actor,
                "to": [PUBLIC], "cc": [world.group()], "object": object })
    };
    let mut stolen = object.clone();
    stolen["name"] = json!("Ya no es mía");
    let unserved = page(&mine, &world.user, &world.group(), "Nunca dicha");
    let actor = peer.actor_document("Person", &world.user);
    let thread = format!("{}/o/1", home.inner().base_url());
    let member = format!("{}/u/ana", home.inner().base_url());
    world.agree().await;
    let before = rows(home).await;
    let by_mallory = [
        forged("Create", &mallory, unserved.clone()),
        forged("Update", &mallory, stolen.clone()),
        forged("Update", &mallory, actor.clone()),
        forged("Delete", &mallory, json!(post)),
        forged(
            "Delete",
            &mallory,
            json!({ "id": post, "type": "Tombstone" }),
        ),
        forged("Delete", &mallory, json!(world.user)),
        forged("Delete", &mallory, json!(thread)),
        // In another's name, under the own key.
        forged("Create", &world.user, unserved.clone()),
        forged("Update", &world.user, actor),
        forged("Delete", &world.user, json!(post)),
        forged("Like", &world.user, json!(post)),
        forged("Follow", &world.user, json!(world.group())),
        forged(
            "Undo",
            &world.user,
            forged("Follow", &world.user, json!(world.group())),
        ),
        forged("Announce", &world.user, json!(post)),
        forged("Flag", &world.user, json!(post)),
        forged("Delete", &member, json!(thread)),
        forged(
            "Create",
            &member,
            page(&thread, &member, &world.group(), "Falsa"),
        ),
        forged("Delete", &world.group(), json!(thread)),
    ];
    for activity in &by_mallory {
        let status = attacker.post_as(&mallory, home, activity).await;
        assert_eq!(status, 401, "{activity}");
    }
    for activity in [
        forged("Create", &colleague, unserved),
        forged("Update", &colleague, stolen),
    ] {
        assert_eq!(peer.post(home, &activity).await, 401, "{activity}");
    }
    // The same server may say what it likes of its objects, but not in a colleague's name.
    assert_eq!(
        peer.post(home, &forged("Delete", &colleague, json!(post)))
            .await,
        202
    );
    assert_eq!(rows(home).await, before);
    world.stop().await;
}

#[actix_web::test]
async fn what_cannot_be_read_is_refused_and_what_is_unknown_only_counted() {
    let world = World::new("lemmy").await;
    let before = rows(&world.home).await;
    let id = world.peer.at("/activities/1");
    for (activity, status) in [
        (
            json!({ "id": id, "type": "Create", "actor": world.user }),
            202,
        ),
        (
            json!({ "id": id, "type": "Create", "actor": world.user, "object": [1] }),
            202,
        ),
        (
            json!({ "id": id, "type": "PollVote", "actor": world.user, "object": "x" }),
            202,
        ),
        (
            json!({ "id": "https://x.example/1", "type": "Like", "actor": world.user }),
            400,
        ),
        (json!({ "id": 7, "type": "Like", "actor": world.user }), 400),
    ] {
        let answer = world
            .peer
            .post_as(&world.user, &world.home, &activity)
            .await;
        assert_eq!(answer, status, "{activity}");
    }
    assert_eq!(rows(&world.home).await, before);
    let counts = world.home.federation.outside_counts();
    let counts: Vec<_> = counts
        .iter()
        .map(|c| (c.kind.as_str(), c.received, c.taken))
        .collect();
    assert_eq!(counts, [("Create", 2, 0), ("PollVote", 1, 0)]);
    world.stop().await;
}
