//! Someone outside whose post stands in our log: told that it does, and of what is answered.

use serde_json::json;
use tequio_domain::Oid;
use tequio_store::outside::server;
use tequio_store::{entry, log, object, person};

use super::city::{City, Network, clock};
use super::last_leg::{got, group};
use super::receiver::Receiver;

/// Puts a post of someone outside into the log of a city, as if it had been taken in; answers it.
async fn take_in(city: &City, receiver: &Receiver) -> Oid {
    let author = format!("http://{}/u/marisol", receiver.host);
    let (group, uri) = (group(city), format!("http://{}/post/1", receiver.host));
    let oid = tequio_protocol::activity::content::oid_of(&uri);
    let activity = json!({
        "id": format!("{author}/create"), "type": "Create", "actor": author, "to": [group], "cc": [],
        "object": { "id": uri, "type": "Page", "attributedTo": author, "name": "De fuera" },
    });
    let host = receiver.host.clone();
    let take = move |tx: &mut tequio_store::Tx<'_>| {
        server::ensure(tx, &host)?;
        let log = log::by_group(tx.conn(), &group)?.unwrap();
        let (id, person_id) = (tx.next_id()?, tx.next_id()?);
        person::put(tx, &outsider(person_id, &author, &host))?;
        let digest = "ab".repeat(32);
        let row = entry::Entry {
            id,
            log_id: log.id,
            seq: log.head_seq + 1,
            digest: digest.clone(),
            uri: format!("{group}/a/1"),
            activity_uri: format!("{author}/create"),
            body: json!({ "type": "Announce", "actor": group, "object": activity }).to_string(),
            received_at: clock().micros(),
            is_void: false,
        };
        entry::add(tx, &row)?;
        log::set_head(tx, log.id, row.seq, &digest)?;
        object::add(tx, &opening(id, person_id, &log, (&uri, oid)), &digest)
    };
    city.store().write(take).await.unwrap();
    oid
}

fn outsider(id: i64, uri: &str, host: &str) -> person::Person {
    person::Person {
        id,
        uri: uri.to_owned(),
        city: String::new(),
        name: format!("marisol@{host}"),
        display_name: "Marisol".into(),
        post: String::new(),
        summary: String::new(),
        public_key: String::new(),
        updated_at: 0,
        card_uri: String::new(),
    }
}

fn opening(id: i64, author_id: i64, log: &log::Log, name: (&str, Oid)) -> object::Object {
    object::Object {
        id,
        oid: name.1.to_string(),
        uri: name.0.to_owned(),
        kind: "thread".into(),
        topic_id: log.topic_id,
        log_id: log.id,
        group_uri: log.group_uri.clone(),
        author_id,
        parent_id: None,
        root_id: id,
        title: "De fuera".into(),
        source: String::new(),
        html: String::new(),
        language: "es".into(),
        created_at: 1,
        updated_at: None,
        deleted_at: None,
        version: 1,
        comment_count: 0,
        last_activity_at: 1,
        useful_count: 0,
    }
}

#[actix_web::test]
async fn outside_authors_hear_that_they_were_taken_and_what_is_answered() {
    let mut city = City::found(&Network::new(), "managua").await;
    let running = city.start();
    let peers = ["lemmy", "mastodon"].map(|name| Receiver::started(name, &city));
    for peer in &peers {
        let post = take_in(&city, peer).await;
        city.comment(post, "Gracias").await;
        got(peer, 2).await;
    }
    let [lemmy, mastodon] = &peers;
    assert_eq!(lemmy.kinds(), ["Announce Create", "Announce Create"]);
    assert_eq!(mastodon.kinds(), ["Announce", "Create Note"]);
    let (echo, answer) = (&mastodon.received()[0], &mastodon.received()[1]);
    assert_eq!(
        echo.body["object"],
        json!(format!("http://{}/post/1", mastodon.host))
    );
    // Without a mention nobody there is told.
    let author = format!("http://{}/u/marisol", mastodon.host);
    let note = &answer.body["object"];
    assert_eq!(note["inReplyTo"], echo.body["object"]);
    assert_eq!(note["cc"], json!([author]));
    let mention = json!({ "type": "Mention", "href": author,
        "name": format!("@marisol@{}", mastodon.host) });
    assert!(note["tag"].as_array().unwrap().contains(&mention));
    assert_eq!(
        answer.key_id,
        format!("{}/u/ana#main-key", city.inner().base_url())
    );
    assert_eq!(answer.path, "/inbox", "the actor was asked for its inbox");
    running.stop().await;
}
