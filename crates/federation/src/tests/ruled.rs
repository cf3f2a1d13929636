//! What the coordination of a topic rules, as other software hears it: from the group that it follows, in
//! its own words, whatever city ruled.

use serde_json::{Value, json};
use tequio_domain::{Oid, Timestamp};
use tequio_engine::hide;
use tequio_engine::ledger::curation;
use tequio_engine::ledger::ruling::{self, Ban};
use tequio_protocol::activity::PUBLIC;
use tequio_protocol::activity::ledger::{PageTexts, Ruling, TopicPage};
use tequio_store::hidden::{self, Hidden};
use tequio_store::{Conn, entry};

use super::city::{TOPIC, moment, until};
use super::last_leg::{got, group};
use super::receiver::Receiver;
use super::samples::acts::found;
use super::samples::council::{Council, MANAGUA, PANAMA, on_topic};
use super::samples::stage::get;
use super::world::{World, held, uri_of};

/// Managua coordinates; servers follow the group of Panama.
async fn scene() -> (Council, [Receiver; 3]) {
    let council = Council::new().await;
    found(&council).await;
    let panama = &council.cities[PANAMA];
    let peers = ["lemmy", "nodebb", "mastodon"].map(|name| Receiver::started(name, panama));
    for peer in &peers {
        peer.follows(panama, &group(panama)).await;
    }
    (council, peers)
}

async fn rule(council: &Council, thread: Oid, ruling: Ruling, reason: &str) {
    let (engine, admin) = (council.engine(MANAGUA), council.admin(MANAGUA));
    ruling::rule(engine, admin, moment(), reason, (thread, ruling))
        .await
        .unwrap();
    council.agree().await;
}

/// The activity inside the last announcement, which the office of Panama says in its group.
async fn last_said(council: &Council, peer: &Receiver) -> Value {
    let panama = &council.cities[PANAMA];
    let last = peer.received().pop().unwrap();
    assert_eq!(
        (last.kind(), &last.body["actor"]),
        ("Announce", &json!(group(panama)))
    );
    let said = last.body["object"].clone();
    let base = panama.inner().base_url();
    assert_eq!(said["actor"], json!(format!("{base}/u/oficina")));
    assert_eq!(said["to"], json!([PUBLIC]));
    assert_eq!(said["cc"], json!([group(panama)]));
    // It can be read again at its id.
    let path = said["id"].as_str().unwrap().strip_prefix(base).unwrap();
    let (status, mut served) = get(panama, path, "application/activity+json").await;
    assert_eq!(status, 200, "{path}");
    served.as_object_mut().unwrap().remove("@context");
    assert_eq!(served, said);
    said
}

#[actix_web::test]
async fn posts_are_ruled_about_in_the_words_of_each_software() {
    let (mut council, [lemmy, nodebb, mastodon]) = scene().await;
    let thread = council.cities[PANAMA].open_thread("Vendo un carro").await;
    council.agree().await;
    got(&lemmy, 2).await;
    let uri = json!(uri_of(&council.cities[PANAMA], thread));
    let featured = json!(format!("{}/featured", group(&council.cities[PANAMA])));
    for (ruling, kind, inner) in [
        (Ruling::Feature, "Add", None),
        (Ruling::Unfeature, "Remove", None),
        (Ruling::Lock, "Lock", None),
        (Ruling::Unlock, "Undo", Some("Lock")),
        (Ruling::Remove, "Delete", None),
        (Ruling::Restore, "Undo", Some("Delete")),
    ] {
        let so_far = lemmy.received().len();
        rule(&council, thread, ruling, "Se habló con todos.").await;
        got(&lemmy, so_far + 1).await;
        let said = last_said(&council, &lemmy).await;
        assert_eq!(said["type"], kind);
        assert_eq!(said["summary"], "Se habló con todos. — managua");
        let act = match inner {
            Some(inner) => {
                assert_eq!(said["object"]["type"], inner);
                &said["object"]
            }
            None => &said,
        };
        assert_eq!(act["object"], uri);
        if matches!(kind, "Add" | "Remove") {
            assert_eq!(act["target"], featured);
        }
    }
    // Others see it go and come back.
    got(&mastodon, 4).await;
    let kinds = ["Accept Follow", "Announce", "Undo Announce", "Announce"];
    assert_eq!(mastodon.kinds(), kinds);
    got(&nodebb, 4).await;
    let kinds = [
        "Accept Follow",
        "Announce Create",
        "Announce Delete",
        "Announce",
    ];
    assert_eq!(nodebb.kinds(), kinds);
    council.stop().await;
}

#[actix_web::test]
async fn the_featured_collection_has_what_is_featured_and_shown() {
    let (mut council, _) = scene().await;
    let ours = council.cities[PANAMA].open_thread("De Panamá").await;
    let theirs = council.cities[MANAGUA].open_thread("De Managua").await;
    council.agree().await;
    for thread in [ours, theirs] {
        rule(&council, thread, Ruling::Feature, "Vale la pena.").await;
    }
    let featured = async || {
        let path = format!("/t/{TOPIC}/featured");
        let (_, value) = get(&council.cities[PANAMA], &path, "application/activity+json").await;
        value["orderedItems"].clone()
    };
    assert_eq!(
        featured().await,
        json!([uri_of(&council.cities[PANAMA], ours)])
    );
    rule(&council, ours, Ruling::Remove, "Ya no.").await;
    assert_eq!(featured().await, json!([]));
    council.stop().await;
}

#[actix_web::test]
async fn a_ban_and_its_end_are_told_and_so_is_the_topics_new_page() {
    let (mut council, [lemmy, nodebb, mastodon]) = scene().await;
    council.cities[PANAMA]
        .open_thread("Para que me conozcan")
        .await;
    let luis = council.cities[PANAMA].member().await;
    let luis = luis.person_uri().to_owned();
    council.agree().await;
    got(&lemmy, 2).await;
    let (engine, admin) = (council.engine(MANAGUA), council.admin(MANAGUA));
    let ban = Ban {
        topic: TOPIC.to_owned(),
        person_uri: luis.clone(),
        until: Timestamp::parse_rfc3339("2099-01-31T23:59:59Z"),
    };
    ruling::ban(engine, admin, moment(), "Insultos.", ban)
        .await
        .unwrap();
    council.agree().await;
    got(&lemmy, 3).await;
    let said = last_said(&council, &lemmy).await;
    assert_eq!(
        (&said["type"], &said["object"]),
        (&json!("Block"), &json!(luis))
    );
    assert_eq!(said["target"], json!(group(&council.cities[PANAMA])));
    assert_eq!(said["endTime"], "2099-01-31T23:59:59Z");
    ruling::unban(
        engine,
        admin,
        moment(),
        "Se disculpó.",
        (TOPIC, luis.clone()),
    )
    .await
    .unwrap();
    council.agree().await;
    got(&lemmy, 4).await;
    let said = last_said(&council, &lemmy).await;
    assert_eq!(
        (&said["type"], &said["object"]["type"]),
        (&json!("Undo"), &json!("Block"))
    );

    let es = PageTexts {
        summary: "Lo que cuesta y lo que rinde".to_owned(),
        ..PageTexts::default()
    };
    let page = TopicPage {
        es,
        ..TopicPage::default()
    };
    let note = on_topic("Acordado en el taller.");
    curation::set_page(engine, admin, moment(), note, page)
        .await
        .unwrap();
    council.agree().await;
    got(&lemmy, 5).await;
    let said = last_said(&council, &lemmy).await;
    assert_eq!(said["object"]["id"], json!(group(&council.cities[PANAMA])));
    for peer in [&nodebb, &mastodon] {
        got(peer, 3).await;
        let last = peer.received().pop().unwrap();
        assert_eq!(
            (last.kinds().as_str(), &last.body["actor"]),
            ("Update Group", &last.body["object"]["id"])
        );
        assert_eq!(
            last.body["object"]["summary"],
            "<p>Lo que cuesta y lo que rinde</p>"
        );
    }
    council.stop().await;
}

#[actix_web::test]
async fn what_does_not_count_is_told_nobody() {
    let (mut council, [lemmy, _, mastodon]) = scene().await;
    let thread = council.cities[PANAMA].open_thread("¿Quién manda?").await;
    council.agree().await;
    got(&lemmy, 2).await;
    // Panama rules while Managua coordinates: refused here, so it is written as a hostile city would.
    let (engine, admin) = (council.engine(PANAMA), council.admin(PANAMA));
    let refused = ruling::rule(
        engine,
        admin,
        moment(),
        "Porque sí.",
        (thread, Ruling::Remove),
    )
    .await;
    assert!(refused.is_err());
    let later = council.cities[PANAMA].open_thread("Otra").await;
    council.agree().await;
    got(&lemmy, 3).await;
    got(&mastodon, 3).await;
    let path = format!("/t/{TOPIC}/ruling/{}/1", "managua");
    let (status, _) = get(&council.cities[PANAMA], &path, "application/activity+json").await;
    assert_eq!(status, 404, "no ruling stands there");
    let last = lemmy.received().pop().unwrap();
    assert_eq!(
        last.body["object"]["object"]["id"],
        json!(uri_of(&council.cities[PANAMA], later))
    );
    council.stop().await;
}

/// Where Panama serves a text of its own, and the announcements of that and of one of Managua's.
async fn addresses(council: &Council, ours: Oid, theirs: Oid) -> Vec<String> {
    let panama = &council.cities[PANAMA];
    let base = panama.inner().base_url();
    let entries = [council.log(PANAMA).await, council.log(MANAGUA).await];
    let created = |of: usize, oid: Oid| {
        let uri = json!(uri_of(&council.cities[[PANAMA, MANAGUA][of]], oid));
        let is_it = |entry: &&Value| entry["object"]["object"]["id"] == uri;
        entries[of].iter().find(is_it).unwrap().clone()
    };
    let (own, sibling) = (created(0, ours), created(1, theirs));
    let path = |id: &Value| id.as_str().unwrap().strip_prefix(base).unwrap().to_owned();
    vec![
        path(&own["object"]["object"]["id"]),
        path(&own["object"]["id"]),
        path(&own["id"]),
        format!("/t/{TOPIC}/announce/{ours}"),
        format!("/t/{TOPIC}/announce/{theirs}"),
        format!("/t/{TOPIC}/announce/managua/{}", sibling["tq:seq"]),
    ]
}

async fn all_answer(council: &Council, paths: &[String], expected: u16) {
    for path in paths {
        let accept = "application/activity+json";
        let (status, _) = get(&council.cities[PANAMA], path, accept).await;
        assert_eq!(status, expected, "{path}");
    }
}

#[actix_web::test]
async fn what_is_withheld_is_served_at_none_of_its_addresses() {
    let (mut council, _) = scene().await;
    let ours = council.cities[PANAMA].open_thread("De Panamá").await;
    let theirs = council.cities[MANAGUA].open_thread("De Managua").await;
    council.agree().await;
    let paths = addresses(&council, ours, theirs).await;
    all_answer(&council, &paths, 200).await;
    for thread in [ours, theirs] {
        rule(&council, thread, Ruling::Remove, "No es de este tema.").await;
    }
    all_answer(&council, &paths, 404).await;
    for thread in [ours, theirs] {
        rule(&council, thread, Ruling::Restore, "Sí es.").await;
    }
    all_answer(&council, &paths, 200).await;

    let (engine, admin) = (council.engine(PANAMA), council.admin(PANAMA));
    for thread in [ours, theirs] {
        let reason = "Orden de un juez.";
        hide::hide(engine, admin, moment(), thread, reason)
            .await
            .unwrap();
    }
    all_answer(&council, &paths, 404).await;
    // Siblings still get the log, whole: what is hidden is hidden here.
    assert!(council.log(PANAMA).await.len() > 1);
    for thread in [ours, theirs] {
        hide::show(engine, admin, thread).await.unwrap();
    }
    all_answer(&council, &paths, 200).await;
    council.stop().await;
}

fn hidden_row(object_uri: String) -> Hidden {
    Hidden {
        object_uri,
        reason: "Datos personales.".to_owned(),
        by_name: "admin".to_owned(),
        hidden_at: moment().now().micros(),
    }
}

#[actix_web::test]
async fn what_is_hidden_here_is_not_passed_on() {
    let (mut council, [_, _, mastodon]) = scene().await;
    let hidden_one = council.cities[MANAGUA]
        .open_thread("Nombres y cédulas")
        .await;
    let row = hidden_row(uri_of(&council.cities[MANAGUA], hidden_one));
    let panama = &council.cities[PANAMA];
    panama
        .store()
        .write(move |tx| hidden::put(tx, &row))
        .await
        .unwrap();
    council.agree().await;
    let shown = council.cities[MANAGUA].open_thread("Tarifas de 2027").await;
    council.agree().await;
    got(&mastodon, 2).await;
    let announced = mastodon.received().pop().unwrap().body["object"].clone();
    assert_eq!(announced, json!(uri_of(&council.cities[MANAGUA], shown)));
    council.stop().await;
}

/// What stands beside the text is its author's word: it does not open the door again.
#[actix_web::test]
async fn a_hidden_text_from_outside_is_not_served_for_calling_itself_a_ruling() {
    let mut world = World::new("lemmy").await;
    let thread = world.thread("¿Cuánto cuesta?").await;
    let (uri, mut create) = world.comment("/comment/1", &thread, "<p>Compre aquí.</p>");
    create["tq:act"] = json!("remove");
    create["object"]["tq:act"] = json!("remove");
    assert_eq!(world.peer.post(&world.home, &create).await, 202);
    let home = &world.home;
    until("the comment is here", async || {
        held(home, &uri).await.is_some()
    })
    .await;
    let comment = held(home, &uri).await.unwrap();
    let read = move |conn: &mut Conn| entry::by_id(conn, comment.id);
    let attested = home.store().read(read).await.unwrap();
    assert!(attested.body.contains("\"tq:act\":"), "{}", attested.body);
    let base = home.inner().base_url();
    let path = attested.uri.strip_prefix(base).unwrap();
    let accept = "application/activity+json";
    assert_eq!(get(home, path, accept).await.0, 200, "{path}");
    let row = hidden_row(uri);
    home.store()
        .write(move |tx| hidden::put(tx, &row))
        .await
        .unwrap();
    assert_eq!(get(home, path, accept).await.0, 404, "{path}");
    world.stop().await;
}
