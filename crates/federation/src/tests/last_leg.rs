//! What servers of other software are brought, each in its shape.

use serde_json::{Value, json};
use tequio_domain::Oid;
use tequio_engine::{account, post};
use tequio_store::outside::{delivery, outgoing, server};
use tequio_store::{entry, log, peer};

use super::city::{City, Network, TOPIC, clock, moment, until};
use super::receiver::Receiver;
use crate::intake::Incoming;

pub fn group(city: &City) -> String {
    format!("{}/t/{TOPIC}", city.inner().base_url())
}

async fn edit(city: &mut City, oid: Oid) {
    let edit = post::Edit {
        title: "Otro título".into(),
        summary: String::new(),
        body: "Otro texto".into(),
    };
    let member = city.member().await;
    post::edit(city.engine(), &member, moment(), oid, edit)
        .await
        .unwrap();
}

async fn delete(city: &mut City, oid: Oid) {
    let member = city.member().await;
    post::delete(city.engine(), &member, moment(), oid)
        .await
        .unwrap();
}

pub async fn got(receiver: &Receiver, count: usize) {
    let what = format!("{} has got {count}", receiver.host);
    until(&what, async || receiver.received().len() >= count).await;
    assert_eq!(receiver.received().len(), count, "{:?}", receiver.kinds());
    assert_eq!(receiver.refused(), 0, "{}", receiver.host);
}

async fn row_of(city: &City, receiver: &Receiver) -> Option<server::Server> {
    let host = receiver.host.clone();
    let read = move |conn: &mut _| server::by_host(conn, &host);
    city.store().read(read).await.unwrap()
}

#[actix_web::test]
async fn each_software_gets_its_shape() {
    let mut city = City::found(&Network::new(), "managua").await;
    let running = city.start();
    let group = group(&city);
    // Before anybody follows: not brought.
    city.open_thread("Antes").await;
    let names = ["lemmy", "mbin", "piefed", "nodebb", "discourse", "mastodon"];
    let peers = names.map(|name| Receiver::started(name, &city));
    for peer in &peers {
        peer.follows(&city, &group).await;
    }
    let thread = city.open_thread("Después").await;
    let comment = city.comment(thread, "Una respuesta").await;
    edit(&mut city, thread).await;
    // What is deleted before it was brought is not brought at all.
    for peer in &peers {
        got(peer, 4).await;
    }
    delete(&mut city, comment).await;
    let uri = |oid: Oid| format!("{}/o/{oid}", city.inner().base_url());
    for peer in &peers[..4] {
        got(peer, 5).await;
        // NodeBB remembers what it fetched a moment ago, so it hears of an edit from the author.
        let edit = match peer.host.starts_with("nodebb") {
            true => "Update Article",
            false => "Announce Update",
        };
        let kinds = [
            "Accept Follow",
            "Announce Create",
            "Announce Create",
            edit,
            "Announce Delete",
        ];
        assert_eq!(peer.kinds(), kinds, "{}", peer.host);
        let received = peer.received();
        assert_eq!(received[0].path, "/u/marisol/inbox");
        for one in &received[1..] {
            assert_eq!(one.path, "/inbox");
            let speaker = one.body["actor"].as_str().unwrap();
            assert_eq!(one.key_id, format!("{speaker}#main-key"));
            if one.kind() == "Announce" {
                check_announce(&one.body, &group);
            }
        }
        assert_eq!(
            received[1].body["object"]["object"]["id"],
            json!(uri(thread))
        );
        assert!(
            received[1].body["tq:seq"].is_number(),
            "our own entry, as it stands in the log"
        );
    }
    for peer in &peers[4..] {
        got(peer, 6).await;
        let kinds = [
            "Accept Follow",
            "Announce",
            "Announce",
            "Update Article",
            "Delete",
            "Undo Announce",
        ];
        assert_eq!(peer.kinds(), kinds, "{}", peer.host);
        let received = peer.received();
        let path = if peer.host.starts_with("discourse") {
            "/u/marisol/inbox"
        } else {
            "/inbox"
        };
        assert!(received[1..].iter().all(|one| one.path == path));
        assert_eq!(received[1].body["object"], json!(uri(thread)));
        assert_eq!(received[2].body["object"], json!(uri(comment)));
        let author = format!("{}/u/ana", city.inner().base_url());
        assert_eq!(received[3].key_id, format!("{author}#main-key"));
        assert_eq!(received[4].body["object"], json!(uri(comment)));
        // What is taken back is what was said.
        assert_eq!(received[5].body["object"]["id"], received[2].body["id"]);
    }
    running.stop().await;
    for peer in &peers {
        let row = row_of(&city, peer).await.unwrap();
        let name = peer.host.split('.').next().unwrap();
        assert_eq!((row.software.as_str(), row.failures), (name, 0));
        assert!(row.sent_at.is_some() && row.last_error.is_empty());
        assert_eq!(row.signature, "cavage");
    }
}

/// The rules that Lemmy does not forgive.
fn check_announce(announce: &Value, group: &str) {
    const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";
    assert_eq!(announce["actor"], json!(group));
    assert_eq!(announce["to"], json!([PUBLIC]));
    assert!(announce["cc"].is_array() && announce["id"].is_string());
    let activity = &announce["object"];
    assert!(activity["to"].as_array().unwrap().contains(&json!(PUBLIC)));
    assert!(activity["cc"].is_array() && activity["id"].is_string());
    let post = &activity["object"];
    if post.is_string() {
        return;
    }
    assert_eq!(post["audience"], json!(group));
    assert_eq!(post["attributedTo"], activity["actor"]);
    assert!(post["to"].as_array().unwrap().contains(&json!(PUBLIC)));
    assert!(post["language"]["identifier"].is_string() && post["language"]["name"].is_string());
    assert!(post["context"].as_str().unwrap().starts_with(group));
}

#[actix_web::test]
async fn what_siblings_say_is_passed_on_once_and_parents_first() {
    let network = Network::new();
    let mut a = City::found(&network, "managua").await;
    let mut b = City::found(&network, "panama").await;
    let (first, second) = (a.start(), b.start());
    let peers = ["lemmy", "piefed", "mastodon"].map(|name| Receiver::started(name, &a));
    for peer in &peers {
        peer.follows(&a, &group(&a)).await;
    }
    let thread = a.open_thread("De aquí").await;
    until("b holds the thread", async || {
        a.digest().await == b.digest().await
    })
    .await;
    b.comment(thread, "Desde otra ciudad").await;
    b.open_thread("De allá").await;
    let [lemmy, piefed, mastodon] = &peers;
    got(lemmy, 3).await;
    got(piefed, 4).await;
    got(mastodon, 4).await;
    assert_eq!(lemmy.kinds()[1..], ["Announce Create", "Announce Create"]);
    assert_eq!(mastodon.kinds()[1..], ["Announce", "Announce", "Announce"]);
    let passed_on = lemmy.received()[2].body.clone();
    check_announce(&passed_on, &group(&a));
    let author = format!("{}/u/ana", b.inner().base_url());
    assert_eq!(passed_on["object"]["actor"], json!(author));
    assert!(
        passed_on["object"]["proof"].is_object(),
        "as it stands in the log"
    );
    // Whoever asks gets the same again.
    for sent in [passed_on, mastodon.received()[2].body.clone()] {
        let url = url::Url::parse(sent["id"].as_str().unwrap()).unwrap();
        let served = b.inner().fetcher.object(&url).await.unwrap();
        assert_eq!(served, sent);
    }
    first.stop().await;
    second.stop().await;
}

#[actix_web::test]
async fn nodebb_is_shown_what_a_sibling_has_edited_before_it_is_told_so() {
    let network = Network::new();
    let mut a = City::found(&network, "managua").await;
    let mut b = City::found(&network, "panama").await;
    let (first, second) = (a.start(), b.start());
    let nodebb = Receiver::started("nodebb", &a);
    nodebb.follows(&a, &group(&a)).await;
    let thread = a.open_thread("De aquí").await;
    until("b holds the thread", async || {
        a.digest().await == b.digest().await
    })
    .await;
    let comment = b.comment(thread, "Desde otra ciudad").await;
    let member = b.member().await;
    let new = post::Edit {
        title: String::new(),
        summary: String::new(),
        body: "Desde otra ciudad, mejor dicho".into(),
    };
    post::edit(b.engine(), &member, moment(), comment, new)
        .await
        .unwrap();
    got(&nodebb, 5).await;
    let kinds = [
        "Announce Create",
        "Announce Create",
        "Announce",
        "Announce Update",
    ];
    assert_eq!(nodebb.kinds()[1..], kinds);
    let received = nodebb.received();
    let (shown, told) = (&received[3].body, &received[4].body);
    let uri = format!("{}/o/{comment}", b.inner().base_url());
    assert_eq!(shown["object"], json!(uri));
    let id = told["id"].as_str().unwrap();
    assert_eq!(shown["id"], json!(format!("{id}#object")));
    first.stop().await;
    second.stop().await;
}

#[actix_web::test]
async fn an_answer_that_came_before_its_parent_goes_after_it() {
    let network = Network::new();
    let mut a = City::found(&network, "managua").await;
    let mut b = City::found(&network, "panama").await;
    let (first, second) = (a.start(), b.start());
    let thread = a.open_thread("Una pregunta").await;
    until("b holds the thread", async || {
        a.digest().await == b.digest().await
    })
    .await;
    b.comment(thread, "Una respuesta").await;
    first.stop().await;
    second.stop().await;
    let c = City::found(&network, "tegucigalpa").await;
    let piefed = Receiver::started("piefed", &c);
    piefed.follows(&c, &group(&c)).await;
    for city in [&b, &a] {
        hand(city, &c).await;
    }
    let third = c.start();
    got(&piefed, 3).await;
    let received = piefed.received();
    assert_eq!(received[1].body["object"]["object"]["type"], "Article");
    assert_eq!(received[2].body["object"]["object"]["type"], "Note");
    third.stop().await;
}

/// Brings the log of one city to another, without any network.
async fn hand(from: &City, to: &City) {
    let uri = group(from);
    let asked = uri.clone();
    let read = move |conn: &mut _| {
        let row = log::by_group(conn, &asked)?.unwrap();
        let bodies = entry::bodies_after(conn, row.id, 0, 100)?;
        Ok::<_, tequio_store::Error>((row, bodies))
    };
    let (row, bodies) = from.store().read(read).await.unwrap();
    to.store()
        .write(move |tx| {
            peer::ensure(tx, &row.city)?;
            let topic_id = tequio_store::topic::by_slug(tx.conn(), TOPIC)?.id;
            let fresh = log::Log {
                id: tx.next_id()?,
                topic_id,
                head_seq: 0,
                head_digest: String::new(),
                known_seq: 0,
                ..row
            };
            log::add(tx, &fresh)
        })
        .await
        .unwrap();
    for (seq, body) in (1..).zip(bodies) {
        let taken = to.inner().intake.take(&uri, Incoming { seq, body }).await;
        taken.unwrap();
    }
}

#[actix_web::test]
async fn followers_of_a_member_get_what_the_member_signs() {
    let mut city = City::found(&Network::new(), "managua").await;
    city.member().await;
    let running = city.start();
    let author = format!("{}/u/ana", city.inner().base_url());
    let mastodon = Receiver::started("mastodon", &city);
    mastodon.follows(&city, &author).await;
    let thread = city.open_thread("Una pregunta").await;
    got(&mastodon, 2).await;
    delete(&mut city, thread).await;
    got(&mastodon, 3).await;
    assert_eq!(
        mastodon.kinds(),
        ["Accept Follow", "Create Article", "Delete"]
    );
    for one in &mastodon.received()[1..] {
        assert_eq!(one.key_id, format!("{author}#main-key"));
        assert!(one.body["@context"].is_array());
    }
    running.stop().await;
}

#[actix_web::test]
async fn followers_of_a_member_are_told_of_a_new_profile_once_for_each_inbox() {
    let mut city = City::found(&Network::new(), "managua").await;
    let member = city.member().await;
    let running = city.start();
    let [mastodon, lemmy] = ["mastodon", "lemmy"].map(|name| Receiver::started(name, &city));
    mastodon.follows(&city, member.person_uri()).await;
    lemmy.follows(&city, &group(&city)).await;
    // A card in a log must not make a second one.
    city.open_thread("Una pregunta").await;
    for peer in [&mastodon, &lemmy] {
        got(peer, 2).await;
    }
    let profile = account::Profile {
        display_name: "Ana Rodas".into(),
        post: "Dirección de Aguas".into(),
        summary: "Tarifas".into(),
        locale: tequio_domain::Locale::Es,
    };
    account::change_profile(city.engine(), &member, moment(), profile)
        .await
        .unwrap();
    city.open_thread("Otra pregunta").await;
    got(&mastodon, 4).await;
    got(&lemmy, 3).await;
    let received = mastodon.received();
    let update = received
        .iter()
        .find(|one| one.kinds() == "Update Person")
        .unwrap();
    assert_eq!(update.key_id, format!("{}#main-key", member.person_uri()));
    let person = &update.body["object"];
    assert_eq!(
        (&person["name"], &person["id"]),
        (&json!("Ana Rodas"), &json!(member.person_uri()))
    );
    assert!(person["publicKey"]["publicKeyPem"].is_string() && person["inbox"].is_string());
    assert!(update.body["proof"].is_object());
    running.stop().await;
}

#[actix_web::test]
async fn a_dead_server_slows_nobody_and_gets_everything_later() {
    let mut city = City::found(&Network::new(), "managua").await;
    let running = city.start();
    let mut dead = Receiver::new("lemmy", &city);
    let alive = Receiver::started("piefed", &city);
    for peer in [&dead, &alive] {
        peer.follows(&city, &group(&city)).await;
    }
    city.open_thread("Una pregunta").await;
    got(&alive, 2).await;
    let failing = async || {
        let all = city.federation.outside_status().await.unwrap();
        all.into_iter().find(|one| one.failures > 0)
    };
    until("the failure is seen", async || failing().await.is_some()).await;
    let seen = failing().await.unwrap();
    assert_eq!(
        (seen.host.as_str(), seen.followers),
        (dead.host.as_str(), 1)
    );
    assert!(seen.retry_at.is_some() && !seen.last_error.is_empty());
    assert!(seen.waiting > 0 && seen.software.is_empty());
    dead.start();
    got(&dead, 2).await;
    assert_eq!(dead.kinds(), ["Accept Follow", "Announce Create"]);
    until("nothing fails any more", async || failing().await.is_none()).await;
    running.stop().await;
}

#[actix_web::test]
async fn an_inbox_that_is_gone_is_not_tried_again() {
    let mut city = City::found(&Network::new(), "managua").await;
    let running = city.start();
    let gone = Receiver::started("mastodon", &city);
    gone.follows(&city, &group(&city)).await;
    got(&gone, 1).await;
    gone.answer(410, "");
    city.open_thread("Una pregunta").await;
    let host = gone.host.clone();
    until("nobody follows from there", async || {
        let host = host.clone();
        let read = move |conn: &mut _| delivery::inboxes_at(conn, &host);
        city.store().read(read).await.unwrap().is_empty()
    })
    .await;
    let next = Receiver::started("mbin", &city);
    next.follows(&city, &group(&city)).await;
    city.open_thread("Otra pregunta").await;
    got(&next, 2).await;
    assert_eq!(gone.kinds(), ["Accept Follow"]);
    running.stop().await;
}

#[actix_web::test]
async fn answers_decide_what_becomes_of_a_delivery() {
    let mut city = City::found(&Network::new(), "managua").await;
    let running = city.start();
    let lemmy = Receiver::started("lemmy", &city);
    lemmy.follows(&city, &group(&city)).await;
    got(&lemmy, 1).await;
    // Known already; not liked; to be tried again: and the next comes all the same.
    lemmy.answer(400, r#"{"error":"unknown","message":"duplicate"}"#);
    city.open_thread("Repetida").await;
    lemmy.answer(404, "");
    city.open_thread("No se encuentra").await;
    lemmy.answer(503, "");
    city.open_thread("Más tarde").await;
    city.open_thread("Al final").await;
    got(&lemmy, 3).await;
    let titles: Vec<Value> = lemmy.received()[1..]
        .iter()
        .map(|one| one.body["object"]["object"]["name"].clone())
        .collect();
    assert_eq!(titles, ["Más tarde", "Al final"]);
    lemmy.answer(400, r#"{"error":"community_has_no_followers"}"#);
    city.open_thread("A nadie").await;
    let host = lemmy.host.clone();
    until("nobody follows from there", async || {
        let host = host.clone();
        let read = move |conn: &mut _| delivery::inboxes_at(conn, &host);
        city.store().read(read).await.unwrap().is_empty()
    })
    .await;
    running.stop().await;
}

#[actix_web::test]
async fn a_restart_goes_on_where_it_was() {
    let mut city = City::found(&Network::new(), "managua").await;
    let running = city.start();
    let lemmy = Receiver::started("lemmy", &city);
    lemmy.follows(&city, &group(&city)).await;
    city.open_thread("Antes").await;
    got(&lemmy, 2).await;
    running.stop().await;
    let newest = city.store().read(delivery::newest_entry).await.unwrap();
    assert_eq!(row_of(&city, &lemmy).await.unwrap().sent_id, newest);
    city.open_thread("Mientras tanto").await;
    let running = city.start();
    got(&lemmy, 3).await;
    running.stop().await;
    let host = lemmy.host.clone();
    let read = move |conn: &mut _| outgoing::count(conn, &host);
    assert_eq!(city.store().read(read).await.unwrap(), 0);
}

#[actix_web::test]
async fn a_server_that_is_silent_for_thirty_days_is_forgotten() {
    let city = City::found(&Network::new(), "managua").await;
    let (dead, slow) = (Receiver::new("lemmy", &city), Receiver::new("mbin", &city));
    let long_ago = clock().plus_seconds(-31 * 86_400);
    dead.follows_since(&city, &group(&city), long_ago).await;
    slow.follows(&city, &group(&city)).await;
    let running = city.start();
    until("the failures are written", async || {
        let row = row_of(&city, &slow).await;
        row.is_some_and(|row| row.failures > 0) && row_of(&city, &dead).await.is_none()
    })
    .await;
    running.stop().await;
    let left = city.store().read(|conn| delivery::list(conn, 9)).await;
    let left: Vec<_> = left.unwrap().into_iter().collect();
    assert_eq!(left.len(), 1);
    assert_eq!(
        (left[0].1, left[0].2),
        (1, 1),
        "its follower and its letter"
    );
}
