//! Each document of `samples/accepted`, posted to a city by the server that it is from, and its effect.

use serde_json::{Value, json};
use tequio_engine::outside;
use tequio_protocol::outside::OutsideActor;
use tequio_store::outside::{follow, follower, item, message, report, vote};
use tequio_store::person;

use super::read;
use crate::tests::city::{City, moment};
use crate::tests::peer::page;
use crate::tests::world::{World, held, rows};

/// The thread of the samples.
const THREAD: &str = "https://managua.example/o/019cb000-0000-7000-8000-000000000001";

/// Two cities with a thread, and the forum.
struct Feeder {
    world: World,
    thread: String,
}

impl Feeder {
    async fn new() -> Self {
        let mut world = World::new("foro").await;
        let thread = world.thread("¿Cómo cobrar la basura?").await;
        Self { world, thread }
    }

    fn home(&self) -> &City {
        &self.world.home
    }

    /// An address of the samples as it is in this run.
    fn here(&self, text: &str) -> String {
        text.replace(THREAD, &self.thread)
            .replace("https://managua.example", self.home().inner().base_url())
            .replace("https://foro.example", &self.world.peer.base)
    }

    fn document(&self, name: &str) -> Value {
        serde_json::from_str(&self.here(&read("accepted", name))).unwrap()
    }

    /// Posts a sample.
    async fn feed(&self, name: &str) {
        let status = self
            .world
            .peer
            .post(self.home(), &self.document(name))
            .await;
        assert_eq!(status, 202, "{name}");
    }

    /// Makes Ana a follower of an actor of the forum, who was not yet answered.
    async fn ask(&mut self, kind: &str, path: &str) -> String {
        let id = self.world.peer.actor(kind, path);
        let actor = OutsideActor::read(&self.world.peer.actor_document(kind, &id)).unwrap();
        let member = self.world.home.member().await;
        outside::follow(self.home().engine(), &member, moment(), actor)
            .await
            .unwrap();
        id
    }

    async fn state(&mut self, actor: &str) -> String {
        let (id, actor) = (
            self.world.home.member().await.account_id(),
            actor.to_owned(),
        );
        let asked = move |conn: &mut _| follow::by_key(conn, id, &actor);
        self.home()
            .store()
            .read(asked)
            .await
            .unwrap()
            .unwrap()
            .state
    }

    async fn votes(&self) -> i64 {
        let thread = self.thread.clone();
        let count = move |conn: &mut _| vote::count(conn, &thread);
        self.home().store().read(count).await.unwrap()
    }

    async fn item(&self, path: &str) -> Option<item::Item> {
        let uri = self.world.peer.at(path);
        let asked = move |conn: &mut _| item::by_uri(conn, &uri);
        self.home().store().read(asked).await.unwrap()
    }
}

#[actix_web::test]
async fn posts_come_change_and_go() {
    let feeder = Feeder::new().await;
    let (post, comment) = (
        feeder.here("https://foro.example/post/1"),
        feeder.here("https://foro.example/comment/1"),
    );
    feeder.feed("create-thread").await;
    feeder.feed("create-comment").await;
    let row = held(feeder.home(), &post).await.unwrap();
    assert_eq!(
        (row.title.as_str(), row.parent_id),
        ("¿Qué filtro usan?", None)
    );
    let parent = held(feeder.home(), &feeder.thread).await.unwrap().id;
    assert_eq!(
        held(feeder.home(), &comment).await.unwrap().parent_id,
        Some(parent)
    );
    feeder.feed("update-post").await;
    let row = held(feeder.home(), &post).await.unwrap();
    assert_eq!(row.title, "¿Qué filtro usan antes de la cisterna?");
    feeder.feed("delete-post").await;
    assert!(
        held(feeder.home(), &comment)
            .await
            .unwrap()
            .deleted_at
            .is_some()
    );
    feeder.feed("undo-delete").await;
    let row = held(feeder.home(), &comment).await.unwrap();
    assert_eq!(
        (row.deleted_at, row.html.trim()),
        (None, "<p>Por peso.</p>")
    );
    feeder.feed("update-actor").await;
    let asked = feeder.world.user.clone();
    let known = move |conn: &mut _| person::by_uri(conn, &asked);
    let person = feeder.home().store().read(known).await.unwrap().unwrap();
    assert_eq!(person.display_name, "Marisol Paz");
    feeder.feed("delete-actor").await;
    assert!(
        held(feeder.home(), &post)
            .await
            .unwrap()
            .deleted_at
            .is_some()
    );
    feeder.world.stop().await;
}

#[actix_web::test]
async fn votes_count_and_are_taken_back() {
    let feeder = Feeder::new().await;
    for (name, count) in [
        ("like", 1),
        ("like-undo", 0),
        ("emoji-react", 1),
        ("dislike", 0),
    ] {
        feeder.feed(name).await;
        assert_eq!(feeder.votes().await, count, "{name}");
    }
    feeder.world.stop().await;
}

#[actix_web::test]
async fn followers_come_and_go_reports_and_letters_reach_their_readers() {
    let mut feeder = Feeder::new().await;
    for (name, expected) in [("follow", 1), ("follow-undo", 0)] {
        feeder.feed(name).await;
        let group = feeder.world.group();
        let count = move |conn: &mut _| follower::count(conn, &group);
        assert_eq!(
            feeder.home().store().read(count).await.unwrap(),
            expected,
            "{name}"
        );
    }
    feeder.feed("flag").await;
    let open = feeder
        .home()
        .store()
        .read(|conn| report::list_open(conn, 9))
        .await
        .unwrap();
    assert_eq!((open.len(), open[0].reason.as_str()), (1, "No es del tema"));
    feeder.feed("create-message").await;
    let account_id = feeder.world.home.member().await.account_id();
    let letters = move |conn: &mut _| message::list(conn, account_id, 9);
    let letters = feeder.home().store().read(letters).await.unwrap();
    assert_eq!(letters[0].html.trim(), "<p>Le escribo en privado.</p>");
    feeder.world.stop().await;
}

#[actix_web::test]
async fn what_a_member_follows_answers_and_is_read() {
    let mut feeder = Feeder::new().await;
    let (group, shy) = (
        feeder.ask("Group", "/c/residuos").await,
        feeder.ask("Person", "/u/reservado").await,
    );
    feeder.ask("Person", "/u/alicia").await;
    feeder.feed("accept").await;
    feeder.feed("reject").await;
    assert_eq!(feeder.state(&group).await, follow::ACCEPTED);
    assert_eq!(feeder.state(&shy).await, follow::REJECTED);
    let id = feeder.world.peer.at("/post/9");
    feeder
        .world
        .peer
        .serve(&page(&id, &feeder.world.user, &group, "Por su dirección"));
    for (name, path) in [
        ("announce-activity", "/comment/7"),
        ("announce-post", "/post/8"),
        ("announce-id", "/post/9"),
        ("create-followed", "/u/alicia/1"),
    ] {
        assert!(feeder.item(path).await.is_none(), "{name}");
        feeder.feed(name).await;
        assert!(feeder.item(path).await.is_some(), "{name}");
    }
    feeder.world.stop().await;
}

#[actix_web::test]
async fn what_has_no_effect_is_taken_and_counted() {
    let feeder = Feeder::new().await;
    let before = rows(feeder.home()).await;
    for name in ["announce-boost", "lock", "add", "remove", "block", "move"] {
        feeder.feed(name).await;
        let kind = feeder.document(name)["type"].clone();
        let counts = feeder.home().federation.outside_counts();
        let count = counts
            .iter()
            .find(|count| json!(count.kind) == kind)
            .unwrap();
        assert_eq!((count.received, count.taken), (1, 0), "{name}");
    }
    assert_eq!(rows(feeder.home()).await, before);
    feeder.world.stop().await;
}
