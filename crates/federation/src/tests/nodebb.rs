//! A forum on NodeBB beside two cities: what it asks, in its order, and what it says.

mod forum;

use serde_json::{Value, json};
use tequio_protocol::activity::PUBLIC;
use tequio_store::outside::item::{self, Item};
use tequio_store::outside::{follower, message, report, vote};

use super::city::{City, TOPIC, until};
use super::world::{backfill, follow, held, rows};
use forum::{Forum, ask};

async fn count(city: &City, thread: &str) -> i64 {
    let thread = thread.to_owned();
    let read = move |conn: &mut _| vote::count(conn, &thread);
    city.store().read(read).await.unwrap()
}

/// What came to the forum, by its activity's type and that of what is inside.
async fn came(forum: &Forum, kind: &str, inside: &str) -> Value {
    let find = || {
        let came = forum.peer().came();
        let is_it = |one: &&Value| {
            let found = one["object"]["type"].as_str().unwrap_or_default();
            one["type"] == kind && found == inside
        };
        came.iter().find(is_it).cloned()
    };
    until(&format!("{kind} {inside}"), async || find().is_some()).await;
    find().unwrap()
}

fn text<'a>(document: &'a Value, member: &str) -> &'a str {
    document[member].as_str().unwrap()
}

/// Whom NodeBB takes for an actor: name and address lead to one another.
async fn check_actor(id: &str) {
    let actor = ask(id).await;
    let host = id.split('/').nth(2).unwrap();
    let name = text(&actor, "preferredUsername");
    let account = format!("acct%3A{name}%40{}", host.replace(':', "%3A"));
    let base = id.split_once(host).unwrap().0;
    let said = ask(&format!(
        "{base}{host}/.well-known/webfinger?resource={account}"
    ))
    .await;
    let links = said["links"].as_array().unwrap();
    let own = links.iter().find(|link| link["rel"] == "self").unwrap();
    assert_eq!((text(&actor, "id"), text(own, "href")), (id, id));
    assert_eq!(text(&said, "subject"), format!("acct:{name}@{host}"));
    assert!(text(&actor["publicKey"], "publicKeyPem").contains("BEGIN PUBLIC KEY"));
    assert!(actor["inbox"].is_string() && actor["followers"].is_string());
}

#[actix_web::test]
async fn a_group_is_followed_and_its_threads_are_read_whole() {
    let mut forum = Forum::open().await;
    let group = forum.world.group();
    check_actor(&group).await;
    let follow = forum.follow(&forum.user(2), "/uid/2", &group);
    assert_eq!(forum.post(&forum.world.home, &follow).await, 202);
    let accept = came(&forum, "Accept", "Follow").await;
    assert_eq!(accept["object"]["id"], follow["id"]);
    assert_eq!(accept["object"]["actor"], follow["actor"]);
    // The other city answers before the forum hears of the thread.
    let thread = forum.world.thread("Una pregunta").await;
    let oid = tequio_domain::Oid::parse(thread.rsplit('/').next().unwrap()).unwrap();
    let answer = forum.world.other.comment(oid, "Desde otra ciudad").await;
    let answer = super::world::uri_of(&forum.world.other, answer);
    forum.world.agree().await;
    let announce = came(&forum, "Announce", "Create").await;
    assert_eq!(text(&announce, "actor"), group);
    // An activity of its announcer's host is taken as it is, of any other fetched by its id.
    let object = ask(text(&announce["object"]["object"], "id")).await;
    assert_eq!(text(&object, "id"), thread);
    assert_eq!(text(&object, "audience"), group);
    let context = ask(text(&object, "context")).await;
    assert_eq!(text(&context, "type"), "OrderedCollection");
    assert_eq!(text(&context, "attributedTo"), group);
    assert_eq!(context["orderedItems"], json!([thread, answer]));
    let second = ask(&answer).await;
    assert_eq!(text(&second, "inReplyTo"), thread);
    check_actor(text(&object, "attributedTo")).await;
    check_actor(text(&second, "attributedTo")).await;
    until("the answer of the other city came", async || {
        let came = forum.peer().came();
        came.iter()
            .any(|one| one["object"]["object"]["id"] == json!(answer))
    })
    .await;
    let passed_on = forum.peer().came();
    let passed_on = passed_on
        .iter()
        .find(|one| one["object"]["object"]["id"] == json!(answer));
    let activity = text(&passed_on.unwrap()["object"], "id").to_owned();
    assert_eq!(ask(&activity).await["object"]["id"], json!(answer));
    // A category follows as well as a person does.
    let by_category = forum.follow(&forum.category, "/cid/5", &group);
    let home = &forum.world.home;
    assert_eq!(forum.post(home, &by_category).await, 202);
    let count = async || {
        let group = group.clone();
        let read = move |conn: &mut _| follower::count(conn, &group);
        home.store().read(read).await.unwrap()
    };
    assert_eq!(count().await, 2);
    for follow in [follow, by_category] {
        assert_eq!(forum.post(home, &forum.unfollow(&follow)).await, 202);
    }
    assert_eq!(count().await, 0);
    forum.world.stop().await;
}

#[actix_web::test]
async fn an_answer_its_edit_and_its_deletion_stand_in_both_cities() {
    let mut forum = Forum::open().await;
    let thread = forum.world.thread("Una pregunta").await;
    let (home, other) = (&forum.world.home, &forum.world.other);
    let author = format!("{}/u/ana", home.inner().base_url());
    let mut note = forum.reply(4, &forum.world.group(), &thread, &[author.as_str()]);
    let id = text(&note, "id").to_owned();
    let create = forum.act("Create", &note);
    // It is sent to every server that takes part in the thread.
    assert_eq!(forum.post(other, &create).await, 202);
    assert_eq!(forum.post(home, &create).await, 202);
    until("both hold the answer", async || {
        held(home, &id).await.is_some() && held(other, &id).await.is_some()
    })
    .await;
    forum.world.agree().await;
    for city in [home, other] {
        let row = held(city, &id).await.unwrap();
        assert_eq!(row.title, "", "its `name` is the title of the topic");
        assert_eq!(row.html.trim(), "<p>Se cobra por <em>vivienda</em>.</p>");
        assert_eq!(row.root_id, held(city, &thread).await.unwrap().id);
    }
    let announced = came(&forum, "Announce", "").await;
    assert_eq!(text(&announced, "object"), id, "its author hears of it");
    note["content"] = json!("<p>Por <em>vivienda</em> y año.</p>\n");
    note["source"] = json!({ "content": "Por *vivienda* y año.", "mediaType": "text/markdown" });
    note["updated"] = json!("2026-03-02T01:55:56.620Z");
    let update = forum.act("Update", &note);
    assert_eq!(forum.post(home, &update).await, 202);
    forum.world.agree().await;
    assert!(held(other, &id).await.unwrap().html.contains("y año"));
    assert_eq!(forum.post(home, &forum.deletion(&note)).await, 202);
    forum.world.agree().await;
    assert!(held(other, &id).await.unwrap().deleted_at.is_some());
    // Who restores a post in NodeBB tells nobody; who edits it then does not bring it back here.
    note["updated"] = json!("2026-03-02T02:55:56.620Z");
    let before = home.digest().await;
    let mut again = forum.act("Update", &note);
    again["id"] = json!(format!("{id}#activity/update/1795661756620"));
    assert_eq!(forum.post(home, &again).await, 202);
    forum.world.agree().await;
    assert!(held(home, &id).await.unwrap().deleted_at.is_some());
    assert_eq!(home.digest().await, before);
    forum.world.stop().await;
}

#[actix_web::test]
async fn a_topic_in_a_category_from_elsewhere_is_a_thread_of_that_group() {
    let forum = Forum::open().await;
    let group = forum.world.group();
    let mut article = forum.topic(6, &group, "¿Qué bomba compran?");
    let name = format!("@{TOPIC}@managua.example");
    let mention = json!({ "type": "Mention", "href": group, "name": name });
    article["tag"].as_array_mut().unwrap().push(mention);
    let create = forum.act("Create", &article);
    assert_eq!(forum.post(&forum.world.home, &create).await, 202);
    forum.world.agree().await;
    let row = held(&forum.world.other, &forum.post_id(6)).await.unwrap();
    assert_eq!(
        (row.title.as_str(), row.group_uri.as_str()),
        ("¿Qué bomba compran?", group.as_str())
    );
    assert!(row.html.contains("<strong>pequeña</strong>"));
    forum.world.stop().await;
}

#[actix_web::test]
async fn votes_are_given_taken_back_and_given_again_under_one_id() {
    let mut forum = Forum::open().await;
    let thread = forum.world.thread("Una pregunta").await;
    let home = &forum.world.home;
    let author = format!("{}/u/ana", home.inner().base_url());
    let like = forum.vote("Like", &thread, &author);
    for (activity, expected) in [
        (&like, 1),
        (&forum.unvote(&like), 0),
        (&like, 1),
        // Who turns a vote round says so by the new one alone.
        (&forum.vote("Dislike", &thread, &author), 0),
        (&like, 1),
    ] {
        assert_eq!(forum.post(home, activity).await, 202);
        assert_eq!(count(home, &thread).await, expected, "{activity}");
    }
    forum.world.stop().await;
}

#[actix_web::test]
async fn a_report_and_a_chat_message_reach_whom_they_are_for() {
    let mut forum = Forum::open().await;
    let thread = forum.world.thread("Una pregunta").await;
    let account_id = forum.world.home.member().await.account_id();
    let home = &forum.world.home;
    let ana = format!("{}/u/ana", home.inner().base_url());
    let user = forum.user(2);
    let about = forum
        .peer()
        .at("/post/https%3A%2F%2Fmanagua.example%2Fo%2F1");
    let flag = json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "actor": user,
        "id": format!("{about}#activity/flag/2"),
        "type": "Flag",
        "object": [thread, ana],
        "content": "No es de agua",
    });
    assert_eq!(forum.post(home, &flag).await, 202);
    let read = |conn: &mut _| report::list_open(conn, 9);
    let reports = home.store().read(read).await.unwrap();
    assert_eq!(reports.len(), 2);
    assert!(
        reports
            .iter()
            .all(|report| report.reason == "No es de agua")
    );
    let id = forum.peer().at("/message/1");
    let letter = json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": id,
        "type": "Note",
        "to": [ana],
        "cc": [],
        "published": "2026-03-02T01:59:10.087Z",
        "url": id,
        "attributedTo": user,
        "summary": null,
        "content": "<p>Hola Ana, en <strong>privado</strong>.</p>\n",
        "source": { "content": "Hola Ana, en **privado**.", "mediaType": "text/markdown" },
        "tag": [{ "type": "Mention", "href": ana, "name": "ana@managua.example" }],
        "attachment": [],
    });
    let mut create = forum.act("Create", &letter);
    create.as_object_mut().unwrap().remove("cc");
    assert_eq!(forum.post(home, &create).await, 202);
    assert!(held(home, &id).await.is_none());
    let read = move |conn: &mut _| message::list(conn, account_id, 9);
    let letters = home.store().read(read).await.unwrap();
    assert_eq!((letters.len(), &letters[0].author_uri), (1, &user));
    forum.world.stop().await;
}

async fn read(forum: &Forum, pid: u32) -> Option<Item> {
    let id = forum.post_id(pid);
    let read = move |conn: &mut _| item::by_uri(conn, &id);
    forum.world.home.store().read(read).await.unwrap()
}

#[actix_web::test]
async fn a_category_that_a_member_follows_is_read() {
    let mut forum = Forum::open().await;
    let category = forum.category.clone();
    follow(&mut forum.world.home, &forum.world.peer, &category).await;
    let home = &forum.world.home;
    let article = forum.topic(29, &category, "Bombas solares");
    let create = forum.act("Create", &article);
    let by_marisol = forum.user(2);
    let announce = |tail: &str, object: &Value| forum.announce(29, tail, &by_marisol, object);
    // Of a new topic it tells the post and the Create, one after the other.
    for told in [
        announce("cid/5", &article),
        announce("1795658314040", &create),
    ] {
        assert_eq!(forum.post(home, &told).await, 202);
    }
    assert_eq!(read(&forum, 29).await.unwrap().title, "Bombas solares");
    let mut note = forum.reply(30, &category, &forum.post_id(29), &[]);
    let create = forum.act("Create", &note);
    assert_eq!(
        forum.post(home, &announce("1795658315621", &create)).await,
        202
    );
    assert_eq!(
        read(&forum, 30).await.unwrap().in_reply_to,
        forum.post_id(29)
    );
    note["content"] = json!("<p>En tres barrios.</p>\n");
    note["updated"] = json!("2026-03-02T01:58:37.161Z");
    let update = forum.act("Update", &note);
    assert_eq!(
        forum.post(home, &announce("1795658317189", &update)).await,
        202
    );
    assert!(
        read(&forum, 30)
            .await
            .unwrap()
            .html
            .contains("tres barrios")
    );
    let delete = forum.deletion(&note);
    assert_eq!(
        forum.post(home, &announce("1795658318855", &delete)).await,
        202
    );
    assert!(read(&forum, 30).await.is_none());
    // The addresses of local users and posts are sometimes bare numbers.
    let before = rows(home).await;
    let vote = json!({ "id": format!("{by_marisol}#activity/like/29"), "type": "Like", "actor": by_marisol,
                       "to": [PUBLIC], "cc": [3], "object": forum.post_id(29) });
    let cc = json!([format!("{category}/followers"), 2]);
    let announced = format!("{}#activity/announce/cid/5", forum.post_id(29));
    let undo = json!({ "actor": category, "id": format!("{}#activity/undo:announce/cid/5", forum.post_id(29)),
                       "type": "Undo", "to": [PUBLIC], "cc": cc, "object": {
                           "id": announced, "type": "Announce", "actor": category, "to": [PUBLIC], "cc": cc,
                           "object": 29 } });
    let topic = forum.peer().at("/topic/29");
    let moved = json!({ "actor": by_marisol, "id": format!("{topic}#activity/move/1795658321054"), "type": "Move",
                        "to": [PUBLIC], "cc": cc, "object": topic, "origin": category,
                        "target": forum.peer().at("/category/1") });
    // To where nobody else reads it, it says so instead.
    let mut removed = moved.clone();
    removed["id"] = json!(format!("{topic}#activity/remove/1795658321055"));
    removed["type"] = json!("Remove");
    removed["target"] = json!(category);
    removed.as_object_mut().unwrap().remove("origin");
    for activity in [announce("1795658317255", &vote), undo, moved, removed] {
        assert_eq!(forum.post(home, &activity).await, 202, "{activity}");
    }
    assert_eq!(rows(home).await, before);
    forum.world.stop().await;
}

#[actix_web::test]
async fn of_a_long_category_the_newest_is_read_and_not_the_oldest() {
    let mut forum = Forum::open().await;
    let category = forum.category.clone();
    follow(&mut forum.world.home, &forum.world.peer, &category).await;
    let outbox = format!("{category}/outbox");
    let page = |number: u32, pids: std::ops::Range<u32>| {
        let items: Vec<Value> = pids
            .map(|pid| {
                let create = forum.act("Create", &forum.topic(pid, &category, "Un tema"));
                forum.announce(pid, "cid/5", PUBLIC, &create)
            })
            .collect();
        let at = |number| format!("{outbox}?page={number}");
        // Neither the collection nor its pages have an `id`; without a page it is the first.
        json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "type": "OrderedCollectionPage",
            "totalItems": 25,
            "orderedItems": items,
            "partOf": outbox,
            "next": (number < 2).then(|| at(2)),
            "prev": (number > 1).then(|| at(1)),
            "first": at(1),
            "last": at(2),
        })
    };
    let json = "application/activity+json; charset=utf-8";
    let (first, second) = (page(1, 10..30), page(2, 30..35));
    forum.peer().say(&outbox, 200, json, first.to_string());
    for (number, page) in [(1, first), (2, second)] {
        let address = format!("{outbox}?page={number}");
        forum.peer().say(&address, 200, json, page.to_string());
    }
    let document = forum.category_document();
    assert_eq!(backfill(&forum.world.home, &document).await, 20);
    assert!(read(&forum, 34).await.is_some() && read(&forum, 15).await.is_some());
    assert!(read(&forum, 14).await.is_none());
    // Another server's word for it is nobody's.
    let foreign = json!({ "id": "https://x.example/outbox", "type": "OrderedCollection", "orderedItems": [] });
    forum.peer().say(&outbox, 200, json, foreign.to_string());
    assert_eq!(backfill(&forum.world.home, &document).await, 0);
    forum.world.stop().await;
}

#[actix_web::test]
async fn the_address_of_a_topic_leads_to_its_opening_post() {
    let forum = Forum::open().await;
    let article = forum.topic(2, &forum.category, "¿Cuánto cuesta un filtro?");
    let id = forum.peer().at("/topic/2");
    let at = |page: u32| format!("{id}?page={page}");
    let collection = |id: &str, items: Value| {
        json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": id,
            "url": forum.peer().at("/topic/2/cuanto-cuesta-un-filtro"),
            "name": "¿Cuánto cuesta un filtro?",
            "attributedTo": forum.category,
            "audience": forum.category,
            "type": "OrderedCollectionPage",
            "totalItems": 26,
            "orderedItems": items,
            "first": at(1),
            "last": at(2),
        })
    };
    // With several pages the collection itself leaves out the opening post.
    forum
        .peer()
        .serve(&collection(&id, json!([forum.post_id(3)])));
    let first = json!([article["id"], forum.post_id(3)]);
    forum.peer().serve(&collection(&at(1), first));
    let found = forum.world.home.federation.look_up(7, &id).await;
    let Ok(crate::Found::Post { post, author }) = found else {
        panic!("{found:?}");
    };
    assert_eq!((post.id, author.id), (forum.post_id(2), forum.user(2)));
    // By its name the category is found too, whose WebFinger has no page of a profile.
    let host = forum.peer().base.trim_start_matches("http://").to_owned();
    let name = format!("!agua-y-saneamiento@{host}");
    let found = forum.world.home.federation.look_up(7, &name).await;
    let Ok(crate::Found::Actor(actor)) = found else {
        panic!("{found:?}");
    };
    assert_eq!(
        (actor.id, actor.kind.as_str()),
        (forum.category.clone(), "Group")
    );
    forum.world.stop().await;
}
