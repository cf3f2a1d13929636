//! What a real Lemmy 0.19.20 sent to two cities, recorded beside them on one machine: `recorded.json`.
//!
//! `guest`: its people in a group of ours. `host`: what a community of its own passes on to a member
//! who follows it. Names of hosts stand there as `{lemmy}`, `{home}`, `{other}`, posts of ours as
//! `{thread}` and `{answer}`.

use serde_json::Value;
use tequio_domain::Oid;
use tequio_store::outside::item::{self, Item};
use tequio_store::outside::{follower, message, report, vote};
use tequio_store::{Conn, Error};

use crate::tests::city::{City, Network, Running};
use crate::tests::peer::Peer;
use crate::tests::world::{World, follow, held, rows, uri_of};

const RECORDED: &str = include_str!("recorded.json");

/// One recording, with the names of this test in it.
struct Tape(Vec<Value>);

impl Tape {
    fn new(part: &str, names: &[(&str, &str)]) -> Self {
        let mut text = RECORDED.to_owned();
        for (name, value) in names {
            text = text.replace(name, value);
        }
        let mut all: Value = serde_json::from_str(&text).unwrap();
        Self(all[part].as_array_mut().unwrap().drain(..).collect())
    }

    fn step(&self, name: &str) -> &Value {
        let found = self.0.iter().find(|step| step["step"] == name);
        &found.unwrap_or_else(|| panic!("no step {name}"))["activity"]
    }

    /// Sends steps, each signed by its actor.
    async fn play(&self, peer: &Peer, city: &City, names: &[&str]) {
        for name in names {
            assert_eq!(peer.post(city, self.step(name)).await, 202, "{name}");
        }
    }
}

/// People of Lemmy in two cities.
struct Guests {
    world: World,
    tape: Tape,
    thread: String,
    answer: String,
}

impl Guests {
    async fn new() -> Self {
        let mut world = World::new("lemmy").await;
        let thread = world.thread("¿Cómo se cobra la recolección?").await;
        let root = held(&world.other, &thread).await.unwrap();
        let answer = world
            .other
            .comment(Oid::parse(&root.oid).unwrap(), "Con la luz.")
            .await;
        let answer = uri_of(&world.other, answer);
        world.agree().await;
        for name in ["jefa", "pedro", "zoe"] {
            world.peer.actor("Person", &format!("/u/{name}"));
        }
        let names = [
            ("{group}", world.group()),
            ("{thread}", thread.clone()),
            ("{answer}", answer.clone()),
            ("{lemmy}", world.peer.base.clone()),
            ("{home}", world.home.inner().base_url().to_owned()),
            ("{other}", world.other.inner().base_url().to_owned()),
        ];
        let names: Vec<(&str, &str)> = names
            .iter()
            .map(|(name, value)| (*name, &**value))
            .collect();
        let tape = Tape::new("guest", &names);
        Self {
            tape,
            thread,
            answer,
            world,
        }
    }

    async fn play(&self, names: &[&str]) {
        self.tape
            .play(&self.world.peer, &self.world.home, names)
            .await;
    }

    /// Sends steps that have no effect.
    async fn in_vain(&self, names: &[&str]) {
        self.world.agree().await;
        let before = rows(&self.world.home).await;
        for name in names {
            self.play(&[name]).await;
            assert_eq!(rows(&self.world.home).await, before, "{name}");
        }
    }

    /// Title and HTML of a post of theirs, the same in both cities; `None` for a tombstone.
    async fn shown(&self, path: &str) -> Option<(String, String)> {
        self.world.agree().await;
        let uri = self.world.peer.at(path);
        let [here, there] = [
            held(&self.world.home, &uri).await.unwrap(),
            held(&self.world.other, &uri).await.unwrap(),
        ];
        assert_eq!((&here.html, here.version), (&there.html, there.version));
        assert_eq!(here.deleted_at.is_none(), there.deleted_at.is_none());
        here.deleted_at.is_none().then_some((here.title, here.html))
    }

    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut Conn) -> Result<T, Error> + Send + 'static,
    ) -> T {
        self.world.home.store().read(read).await.unwrap()
    }

    async fn votes(&self, uri: &str) -> i64 {
        let uri = uri.to_owned();
        self.read(move |conn| vote::count(conn, &uri)).await
    }

    async fn followers(&self) -> i64 {
        let group = self.world.group();
        self.read(move |conn| follower::count(conn, &group)).await
    }

    async fn letters(&mut self) -> Vec<String> {
        let account_id = self.world.home.member().await.account_id();
        let letters = self
            .read(move |conn| message::list(conn, account_id, 9))
            .await;
        letters.into_iter().map(|letter| letter.html).collect()
    }
}

#[actix_web::test]
async fn what_its_people_write_change_delete_and_restore_shows_in_both_cities() {
    let guests = Guests::new().await;
    guests.play(&["follow", "open"]).await;
    assert_eq!(guests.followers().await, 1);
    let (title, html) = guests.shown("/post/4").await.unwrap();
    assert_eq!(title, "¿Alguien composta en mercados?");
    assert!(html.contains("https://example.org/compost"), "{html}");
    guests.play(&["edit-post"]).await;
    let edited = guests.shown("/post/4").await.unwrap();
    assert_eq!(edited.0, "¿Alguien composta en los mercados?");
    guests.play(&["delete-post"]).await;
    assert_eq!(guests.shown("/post/4").await, None);
    guests.play(&["restore-post"]).await;
    assert_eq!(guests.shown("/post/4").await, Some(edited));
    guests
        .play(&["answer", "answer-sibling", "edit", "delete"])
        .await;
    assert_eq!(guests.shown("/comment/3").await, None);
    guests.play(&["restore"]).await;
    let (_, html) = guests.shown("/comment/3").await.unwrap();
    assert!(html.contains("<strong>cuadrado</strong>"), "{html}");
    let root = held(&guests.world.home, &guests.thread).await.unwrap();
    assert_eq!(root.comment_count, 3);
    let uri = guests.world.peer.at("/comment/5");
    let answer = held(&guests.world.other, &uri).await.unwrap();
    let above = held(&guests.world.other, &guests.answer).await.unwrap();
    assert_eq!(answer.parent_id, Some(above.id));
    guests.world.stop().await;
}

#[actix_web::test]
async fn an_edit_of_what_never_came_brings_it() {
    let guests = Guests::new().await;
    guests.play(&["open", "edit"]).await;
    let (_, html) = guests.shown("/comment/3").await.unwrap();
    assert!(html.contains("<strong>cuadrado</strong>"), "{html}");
    let uri = guests.world.peer.at("/comment/3");
    assert_eq!(held(&guests.world.home, &uri).await.unwrap().version, 1);
    // It is there now: what comes late changes nothing, and a tombstone is not brought back so.
    guests.in_vain(&["answer"]).await;
    guests.play(&["delete"]).await;
    guests.world.agree().await;
    let update = guests
        .tape
        .step("edit")
        .to_string()
        .replace("activities/update/", "activities/update/x");
    let update = serde_json::from_str(&update).unwrap();
    assert_eq!(
        guests.world.peer.post(&guests.world.home, &update).await,
        202
    );
    assert_eq!(guests.shown("/comment/3").await, None);
    guests.world.stop().await;
}

#[actix_web::test]
async fn its_votes_reports_and_letters_arrive() {
    let mut guests = Guests::new().await;
    guests.play(&["like", "like-sibling"]).await;
    let (thread, answer) = (guests.thread.clone(), guests.answer.clone());
    assert_eq!(
        (guests.votes(&thread).await, guests.votes(&answer).await),
        (1, 1)
    );
    for (step, count) in [
        ("unlike-sibling", 0),
        ("like-sibling-again", 1),
        ("dislike-sibling", 0),
    ] {
        guests.play(&[step]).await;
        assert_eq!(guests.votes(&answer).await, count, "{step}");
    }
    guests.play(&["report", "report-sibling"]).await;
    let reports = guests.read(|conn| report::list_open(conn, 9)).await;
    let reports: Vec<_> = reports
        .iter()
        .map(|row| (row.object_uri.clone(), &*row.reason))
        .collect();
    assert!(reports.contains(&(thread, "Sin fuentes")), "{reports:?}");
    assert!(
        reports.contains(&(answer, "Spam en hermana")),
        "{reports:?}"
    );
    guests.play(&["letter"]).await;
    assert!(guests.letters().await[0].contains("en privado"));
    guests.play(&["edit-letter"]).await;
    assert!(guests.letters().await[0].contains("corregido"));
    guests.play(&["delete-letter"]).await;
    // A letter is not kept once it was taken back.
    guests.in_vain(&["restore-letter"]).await;
    assert_eq!(guests.letters().await, Vec::<String>::new());
    guests.world.stop().await;
}

#[actix_web::test]
async fn its_moderators_change_nothing_here_and_who_leaves_it_leaves_here() {
    let guests = Guests::new().await;
    guests.play(&["follow", "open", "answer-pedro"]).await;
    guests.world.agree().await;
    // Of a post of ours it is not even theirs to say.
    let before = rows(&guests.world.home).await;
    let remove = guests.tape.step("remove");
    assert_eq!(
        guests.world.peer.post(&guests.world.home, remove).await,
        401
    );
    assert_eq!(rows(&guests.world.home).await, before);
    guests
        .in_vain(&[
            "restore-removed",
            "lock",
            "unlock",
            "pin",
            "unpin",
            "remove-post",
            "remove-pedro",
            "restore-pedro",
            "ban",
            "ban-everywhere",
            "unban-everywhere",
        ])
        .await;
    guests.play(&["follow-zoe", "answer-zoe", "like-zoe"]).await;
    assert_eq!(
        (guests.followers().await, guests.votes(&guests.thread).await),
        (2, 1)
    );
    guests.play(&["unfollow"]).await;
    assert_eq!(guests.followers().await, 1);
    assert!(guests.shown("/comment/17").await.is_some());
    let zoe = guests.world.peer.at("/u/zoe");
    guests.world.peer.bury(&zoe);
    guests.play(&["leave"]).await;
    assert_eq!(guests.shown("/comment/17").await, None);
    assert_eq!(guests.votes(&guests.thread).await, 0);
    assert!(guests.shown("/post/4").await.is_some());
    guests.world.stop().await;
}

/// A member of ours who follows a community of Lemmy's.
struct Hosted {
    city: City,
    running: Running,
    peer: Peer,
    tape: Tape,
}

impl Hosted {
    async fn new() -> Self {
        let mut city = City::found(&Network::new(), "managua").await;
        let running = city.start();
        let peer = Peer::start("lemmy");
        let group = peer.actor("Group", "/c/cisternas");
        for name in ["marisol", "pedro", "jefa"] {
            peer.actor("Person", &format!("/u/{name}"));
        }
        follow(&mut city, &peer, &group).await;
        let tape = Tape::new("host", &[("{lemmy}", &peer.base)]);
        Self {
            city,
            running,
            peer,
            tape,
        }
    }

    async fn play(&self, name: &str) {
        self.tape.play(&self.peer, &self.city, &[name]).await;
    }

    async fn item(&self, path: &str) -> Option<Item> {
        let uri = self.peer.at(path);
        let read = move |conn: &mut Conn| item::by_uri(conn, &uri);
        self.city.store().read(read).await.unwrap()
    }
}

#[actix_web::test]
async fn what_a_community_passes_on_is_read_here_and_restored_with_it() {
    let hosted = Hosted::new().await;
    hosted.play("create").await;
    assert_eq!(
        hosted.item("/post/6").await.unwrap().title,
        "Filtro de grava"
    );
    let before = rows(&hosted.city).await;
    hosted.play("copy").await;
    assert_eq!(rows(&hosted.city).await, before);
    hosted.play("comment").await;
    let comment = hosted.item("/comment/15").await.unwrap();
    assert_eq!(comment.in_reply_to, hosted.peer.at("/post/6"));
    hosted.play("update").await;
    let edited = hosted.item("/post/6").await.unwrap();
    assert_eq!(edited.title, "Filtro de grava fina");
    for (gone, back, path, of) in [
        ("delete", "restore", "/comment/15", "comment"),
        ("remove", "restore-removed", "/comment/15", "comment"),
        ("delete-post", "restore-post", "/post/6", "update"),
    ] {
        hosted.peer.bury(&hosted.peer.at(path));
        hosted.play(gone).await;
        assert_eq!(hosted.item(path).await, None, "{gone}");
        hosted.peer.serve(&hosted.tape.step(of)["object"]["object"]);
        hosted.play(back).await;
        let item = hosted.item(path).await.unwrap();
        let whole = if of == "comment" { &comment } else { &edited };
        assert_eq!(
            (&item.title, &item.html),
            (&whole.title, &whole.html),
            "{back}"
        );
    }
    hosted.running.stop().await;
}

#[actix_web::test]
async fn what_its_server_does_not_show_again_is_not_restored() {
    let hosted = Hosted::new().await;
    hosted.play("create").await;
    hosted.play("delete-post").await;
    hosted.peer.bury(&hosted.peer.at("/post/6"));
    hosted.play("restore-post").await;
    assert_eq!(hosted.item("/post/6").await, None);
    hosted.running.stop().await;
}
