//! Everything that we send or serve, once, as `samples/sent` shows it.

use actix_web::ResponseError as _;
use actix_web::body::to_bytes;
use serde_json::{Value, json};
use tequio_domain::Oid;
use tequio_protocol::activity::introduction::Right;

use super::stage::{Made, Stage, get};
use super::{acts, compare, print};
use crate::problem::Problem;
use crate::tests::city::{City, TOPIC};
use crate::tests::world::{held, uri_of};

const AP: &str = "application/activity+json";

#[actix_web::test]
async fn what_is_sent_is_what_is_written_down() {
    let mut stage = Stage::new().await;
    let mut made = Made::new();
    let known = happen(&mut stage, &mut made).await;
    serve_actors(&stage, &mut made).await;
    serve_network(&stage, &mut made).await;
    for (name, problem) in problems() {
        let response = problem.error_response();
        let body = to_bytes(response.into_body()).await.unwrap();
        made.insert(name, serde_json::from_slice(&body).unwrap());
    }
    let mut redactor = stage.redactor();
    for oid in known {
        redactor.know(&oid.to_string());
    }
    let mut shown = print::all(&mut redactor, &made);
    stage.world.stop().await;
    shown.extend(acts::shown().await);
    compare(&shown);
}

/// What members do, what comes in, and what follows from it; answers the posts.
async fn happen(stage: &mut Stage, made: &mut Made) -> [Oid; 4] {
    let thread = stage.world.thread("¿Cómo cobrar la basura?").await;
    let root = Oid::parse(&held(&stage.world.home, &thread).await.unwrap().oid).unwrap();
    let case = stage.add_knowledge().await;
    let case_uri = uri_of(&stage.world.home, case);
    stage.world.agree().await;
    let answer = stage
        .world
        .other
        .comment(root, "Por peso, con **básculas**.")
        .await;
    let answer_uri = json!(uri_of(&stage.world.other, answer));
    stage.world.agree().await;
    let outside = stage.answer_from_outside(&thread).await;
    let deleted = stage.change(root, answer, case).await;
    let deleted_uri = json!(uri_of(&stage.world.home, deleted));
    stage.go_out(&outside).await;

    let thread_uri = json!(thread);
    for (name, peer, kind, object) in [
        ("announce-sibling", &stage.lemmy, "Announce", &answer_uri),
        ("announce-id", &stage.mastodon, "Announce", &thread_uri),
        ("announce-undo", &stage.mastodon, "Undo", &deleted_uri),
        ("member-create", &stage.friendica, "Create", &thread_uri),
        (
            "member-update",
            &stage.friendica,
            "Update",
            &json!(case_uri),
        ),
        ("member-delete", &stage.friendica, "Delete", &deleted_uri),
    ] {
        made.insert(name, stage.got(peer, kind, object).await);
    }
    let member = json!(format!("{}/u/ana", stage.world.home.inner().base_url()));
    made.insert(
        "member-profile",
        stage.got(&stage.friendica, "Update", &member).await,
    );
    made.insert("answer-outside", stage.came("Create").await);
    made.insert("follow", stage.came("Follow").await);
    made.insert("follow-undo", stage.came_of("Undo", "Follow").await);
    made.insert("like", stage.came("Like").await);
    made.insert("like-undo", stage.came_of("Undo", "Like").await);
    stage.world.agree().await;
    serve_objects(stage, made, &thread, &case_uri, &deleted_uri).await;
    made.insert("hand-over", stage.hand_over(&thread).await);
    follow_in(stage, made).await;
    [root, case, answer, deleted]
}

/// A follower's Follow, and our answer.
async fn follow_in(stage: &Stage, made: &mut Made) {
    let group = stage.world.group();
    let follow = json!({ "id": stage.world.peer.at("/activities/follow/1"), "type": "Follow",
        "actor": stage.world.user, "to": [group], "object": group });
    assert_eq!(stage.world.peer.post(&stage.world.home, &follow).await, 202);
    made.insert("accept", stage.came("Accept").await);
}

fn path_of<'a>(city: &City, uri: &'a str) -> &'a str {
    uri.strip_prefix(city.inner().base_url()).unwrap()
}

async fn served(city: &City, path: &str) -> Value {
    let (status, value) = get(city, path, AP).await;
    assert_eq!(status, 200, "{path}");
    value
}

/// Objects, what is around them, and the log in which they stand.
async fn serve_objects(stage: &Stage, made: &mut Made, thread: &str, case: &str, deleted: &Value) {
    let home = &stage.world.home;
    let root = served(home, path_of(home, thread)).await;
    for (name, member) in [("context", "context"), ("replies", "replies")] {
        made.insert(
            name,
            served(home, path_of(home, root[member].as_str().unwrap())).await,
        );
    }
    made.insert("article-question", root);
    made.insert("article-knowledge", served(home, path_of(home, case)).await);
    let (status, tombstone) = get(home, path_of(home, deleted.as_str().unwrap()), AP).await;
    assert_eq!(status, 410);
    made.insert("tombstone", tombstone);

    let page = served(home, &format!("/t/{TOPIC}/log/managua/1")).await;
    // What is sent is what is taken: the sibling holds and serves the same bytes.
    let there = served(&stage.world.other, &format!("/t/{TOPIC}/log/managua/1")).await;
    assert_eq!(there["orderedItems"], page["orderedItems"]);
    let entries = page["orderedItems"].as_array().unwrap();
    for (name, kind, object) in [
        ("entry-card", "Update", "Person"),
        ("entry-create", "Create", "Article"),
        ("entry-comment", "Create", "Note"),
        ("entry-update", "Update", "Article"),
        ("entry-delete", "Delete", ""),
        ("entry-attest", "tq:Attest", "Person"),
        ("entry-tally", "tq:Tally", ""),
    ] {
        let entry = entries.iter().find(|entry| {
            let inner = &entry["object"];
            inner["type"] == kind && inner["object"]["type"].as_str().unwrap_or_default() == object
        });
        made.insert(name, entry.unwrap_or_else(|| panic!("{name}")).clone());
    }
    let is_outside = |entry: &&Value| entry["object"]["actor"] == json!(stage.world.user);
    made.insert(
        "entry-outside",
        entries.iter().find(is_outside).unwrap().clone(),
    );
}

/// Actors, their collections, and how they are found.
async fn serve_actors(stage: &Stage, made: &mut Made) {
    let home = &stage.world.home;
    for (name, path) in [
        ("application", "/".to_owned()),
        ("application-outbox", "/outbox".to_owned()),
        ("application-followers", "/followers".to_owned()),
        ("group", format!("/t/{TOPIC}")),
        ("group-outbox", format!("/t/{TOPIC}/outbox")),
        ("group-followers", format!("/t/{TOPIC}/followers")),
        ("group-following", format!("/t/{TOPIC}/following")),
        ("group-moderators", format!("/t/{TOPIC}/moderators")),
        ("group-featured", format!("/t/{TOPIC}/featured")),
        ("group-feed", format!("/t/{TOPIC}/feed")),
        ("person", "/u/ana".to_owned()),
        ("person-outbox", "/u/ana/outbox".to_owned()),
        ("person-followers", "/u/ana/followers".to_owned()),
        ("person-following", "/u/ana/following".to_owned()),
        ("service", "/u/oficina".to_owned()),
        ("service-following", "/u/oficina/following".to_owned()),
    ] {
        made.insert(name, served(home, &path).await);
    }
    let base = home.inner().base_url();
    for (name, resource) in [
        ("webfinger-group", format!("{base}/t/{TOPIC}")),
        ("webfinger-person", format!("{base}/u/ana")),
        ("webfinger-service", format!("{base}/u/oficina")),
        ("webfinger-application", format!("{base}/")),
    ] {
        let path = format!("/.well-known/webfinger?resource={resource}");
        made.insert(name, served(home, &path).await);
    }
    for (name, path) in [
        ("nodeinfo-links", "/.well-known/nodeinfo"),
        ("nodeinfo-2.0", "/nodeinfo/2.0"),
        ("nodeinfo-2.1", "/nodeinfo/2.1"),
    ] {
        made.insert(name, served(home, path).await);
    }
}

/// What siblings read to catch up.
async fn serve_network(stage: &Stage, made: &mut Made) {
    let home = &stage.world.home;
    for (name, path) in [
        ("introduction", "/introduction".to_owned()),
        ("heads", format!("/t/{TOPIC}/heads")),
        ("log", format!("/t/{TOPIC}/log")),
        ("log-page", format!("/t/{TOPIC}/log/panama/1")),
        ("digest", format!("/t/{TOPIC}/digest")),
    ] {
        made.insert(name, served(home, &path).await);
    }
    let right = Right::Secret("0".repeat(64));
    let brought = crate::handshake::document(home.inner(), &right).await;
    made.insert("handshake", brought.unwrap());
    let inbox = format!("{}/inbox", stage.world.other.inner().base_url())
        .parse()
        .unwrap();
    let key_id = tequio_protocol::activity::main_key_id(&stage.world.group());
    let heads = made["heads"].to_string().into();
    let answer = home.inner().fetcher.deliver(&inbox, heads, &key_id).await;
    assert_eq!(answer.unwrap().status, 202, "a sibling takes the heads");
}

/// One of each that a program may want to tell apart.
fn problems() -> [(&'static str, Problem); 5] {
    [
        ("problem-not-found", Problem::NotFound),
        (
            "problem-document",
            Problem::Document("`actor` is missing".into()),
        ),
        (
            "problem-unauthenticated",
            Problem::Unauthenticated(
                "the signer does not speak for the actor or the object".into(),
            ),
        ),
        ("problem-too-often", Problem::TooOften { retry_after_s: 7 }),
        ("problem-busy", Problem::Busy),
    ]
}
