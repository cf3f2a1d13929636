//! What groups outside pass on to members who follow them.

use serde_json::{Value, json};
use tequio_domain::Timestamp;
use tequio_protocol::keys::Ed25519PrivateKey;
use tequio_protocol::proof;
use tequio_store::outside::item::{self, Item};

use super::city::{City, Network, Running};
use super::peer::{Peer, activity, page};
use super::world::{announce, backfill, follow, rows};

struct Scene {
    city: City,
    running: Running,
    /// Where the group is.
    lemmy: Peer,
    group: String,
    /// Where the author is.
    third: Peer,
    author: String,
}

impl Scene {
    async fn new() -> Self {
        let mut city = City::found(&Network::new(), "managua").await;
        let running = city.start();
        let (lemmy, third) = (Peer::start("lemmy"), Peer::start("third"));
        let group = lemmy.actor("Group", "/c/cisternas");
        let author = third.actor("Person", "/u/marisol");
        follow(&mut city, &lemmy, &group).await;
        Self {
            city,
            running,
            lemmy,
            group,
            third,
            author,
        }
    }

    fn page(&self, path: &str, title: &str) -> (String, Value) {
        let id = self.third.at(path);
        let object = page(&id, &self.author, &self.group, title);
        (id, object)
    }

    fn create(&self, path: &str, object: &Value) -> Value {
        activity(
            "Create",
            &self.third.at(path),
            &self.author,
            object.clone(),
            &self.group,
        )
    }

    async fn announce(&self, n: u32, object: Value) -> u16 {
        let id = self.lemmy.at(&format!("/activities/announce/{n}"));
        let announce = announce(&id, &self.group, object);
        self.lemmy.post(&self.city, &announce).await
    }

    async fn item(&self, id: &str) -> Option<Item> {
        let id = id.to_owned();
        let read = move |conn: &mut _| item::by_uri(conn, &id);
        self.city.store().read(read).await.unwrap()
    }
}

#[actix_web::test]
async fn a_third_servers_post_is_asked_of_that_server() {
    let scene = Scene::new().await;
    let (id, object) = scene.page("/post/1", "¿Qué filtro usan?");
    scene.third.serve(&object);
    let mut altered = scene.create("/activities/create/1", &object);
    altered["object"]["name"] = json!("Compren aquí");
    assert_eq!(scene.announce(1, altered).await, 202);
    let item = scene.item(&id).await.unwrap();
    assert_eq!(
        (item.title.as_str(), item.actor_uri),
        ("¿Qué filtro usan?", scene.group.clone())
    );
    // By its id, and an activity by its id.
    let (second, object) = scene.page("/post/2", "Por su id");
    scene.third.serve(&object);
    assert_eq!(scene.announce(2, json!(second)).await, 202);
    assert_eq!(scene.item(&second).await.unwrap().title, "Por su id");
    let (third, object) = scene.page("/post/3", "Por su actividad");
    let create = scene.create("/activities/create/3", &object);
    scene.third.serve(&object);
    scene.third.serve(&create);
    assert_eq!(scene.announce(3, create["id"].clone()).await, 202);
    assert_eq!(scene.item(&third).await.unwrap().title, "Por su actividad");
    // An announcement in an announcement, not deeper.
    let (fourth, object) = scene.page("/post/4", "Dos veces");
    scene.third.serve(&object);
    let inner = announce(
        &scene.lemmy.at("/activities/9"),
        &scene.group,
        json!(fourth),
    );
    assert_eq!(scene.announce(4, inner.clone()).await, 202);
    assert_eq!(scene.item(&fourth).await.unwrap().title, "Dos veces");
    // Gone when its server says so.
    scene.third.bury(&id);
    let delete = activity(
        "Delete",
        &scene.third.at("/a/5"),
        &scene.author,
        json!(id),
        &scene.group,
    );
    assert_eq!(scene.announce(5, delete).await, 202);
    assert!(scene.item(&id).await.is_none());
    scene.running.stop().await;
}

#[actix_web::test]
async fn a_forgery_that_is_passed_on_leaves_no_trace() {
    let scene = Scene::new().await;
    let (id, object) = scene.page("/post/1", "De verdad");
    scene.third.serve(&object);
    let (unserved, never) = scene.page("/post/2", "Nunca dicha");
    let mut other_author = object.clone();
    other_author["attributedTo"] = json!(scene.third.actor("Person", "/u/otro"));
    let mut moved = scene.create("/activities/create/2", &never);
    // An object on the group's own server in the name of somebody elsewhere.
    moved["object"]["id"] = json!(scene.lemmy.at("/post/77"));
    let stranger = Peer::start("stranger");
    let unfollowed = stranger.actor("Group", "/c/otra");
    let deep = announce(&scene.lemmy.at("/a/1"), &scene.group, json!(id));
    let deeper = announce(&scene.lemmy.at("/a/2"), &scene.group, deep);
    let before = rows(&scene.city).await;
    let mut copy = page(
        &scene.lemmy.at("/activities/announce/x"),
        &scene.lemmy.at("/u/a"),
        &scene.group,
        "Copia",
    );
    copy["actor"] = json!(scene.lemmy.at("/u/a"));
    let delete = activity(
        "Delete",
        &scene.third.at("/a/3"),
        &scene.author,
        json!(id),
        &scene.group,
    );
    let like = activity(
        "Like",
        &scene.third.at("/a/4"),
        &scene.author,
        json!(id),
        &scene.group,
    );
    for (n, object) in [
        scene.create("/activities/create/2", &never),
        scene.create("/activities/create/3", &other_author),
        moved,
        json!(unserved),
        json!(scene.author),
        copy,
        delete,
        like,
        deeper,
        json!([]),
        json!({ "type": "OrderedCollection", "id": scene.third.at("/c") }),
    ]
    .into_iter()
    .enumerate()
    {
        let n = u32::try_from(n).unwrap();
        assert_eq!(scene.announce(n, object.clone()).await, 202, "{object}");
        assert_eq!(rows(&scene.city).await, before, "{object}");
    }
    let asked = scene.third.times_asked_at_all();
    let boost = announce(&stranger.at("/a/1"), &unfollowed, json!(id));
    assert_eq!(stranger.post(&scene.city, &boost).await, 202);
    assert_eq!(rows(&scene.city).await, before);
    assert_eq!(
        scene.third.times_asked_at_all(),
        asked,
        "nothing is fetched for nobody"
    );
    scene.running.stop().await;
}

#[actix_web::test]
async fn a_proof_by_the_authors_key_needs_no_fetch_of_the_post() {
    let scene = Scene::new().await;
    let key = Ed25519PrivateKey::generate().unwrap();
    let method = format!("{}#ed25519-key", scene.author);
    let mut author = scene.third.actor_document("Person", &scene.author);
    author["assertionMethod"] = json!([{
        "id": method, "type": "Multikey", "controller": scene.author,
        "publicKeyMultibase": key.public().to_multibase(),
    }]);
    scene.third.serve(&author);
    let (id, object) = scene.page("/post/1", "Con prueba");
    let mut create = scene.create("/activities/create/1", &object);
    proof::sign(
        &mut create,
        &key,
        &method,
        Timestamp::from_micros(1_772_000_000_000_000),
    )
    .unwrap();
    let mut altered = create.clone();
    altered["object"]["name"] = json!("Compren aquí");
    assert_eq!(scene.announce(1, altered).await, 202);
    assert!(scene.item(&id).await.is_none());
    assert_eq!(scene.announce(2, create).await, 202);
    assert_eq!(scene.item(&id).await.unwrap().title, "Con prueba");
    scene.running.stop().await;
}

#[actix_web::test]
async fn the_first_page_of_an_outbox_comes_in_its_order() {
    let scene = Scene::new().await;
    let mut items = Vec::new();
    for n in 0..30 {
        let id = scene.lemmy.at(&format!("/post/{n}"));
        let author = scene.lemmy.at("/u/luis");
        let object = page(&id, &author, &scene.group, &format!("Número {n}"));
        let create = activity(
            "Create",
            &format!("{id}/create"),
            &author,
            object,
            &scene.group,
        );
        items.push(announce(&format!("{id}/announce"), &scene.group, create));
    }
    // What another's group says is not this one's.
    items[3]["actor"] = json!(scene.lemmy.at("/c/otra"));
    let document = scene.lemmy.actor_document("Group", &scene.group);
    let outbox = document["outbox"].as_str().unwrap();
    let first = format!("{outbox}?page=1");
    scene.lemmy.serve(
        &json!({ "id": outbox, "type": "OrderedCollection", "totalItems": 30, "first": first }),
    );
    scene
        .lemmy
        .serve(&json!({ "id": first, "type": "OrderedCollectionPage", "orderedItems": items }));
    assert_eq!(backfill(&scene.city, &document).await, 19);
    let group = scene.group.clone();
    let read = move |conn: &mut _| item::list(conn, &group, 99);
    let held = scene.city.store().read(read).await.unwrap();
    assert_eq!(held.len(), 19);
    assert!(scene.item(&scene.lemmy.at("/post/3")).await.is_none());
    assert!(scene.item(&scene.lemmy.at("/post/25")).await.is_none());
    scene.running.stop().await;
}
