//! The mesh on bad days: cities that are gone, that lie, or that tell their log in two ways.

use actix_web::HttpResponse;
use serde_json::{Value, json};
use tequio_domain::{Digest, Timestamp};
use tequio_protocol::activity::{Entry, Heads, proof_key_id};
use tequio_protocol::keys::Ed25519PrivateKey;
use tequio_protocol::proof;
use tequio_store::key_word::{self, KeyWord};
use tequio_store::{Conn, entry, fork, log, peer_fault, setting};

use super::city::{City, Network, TOPIC, clock, until};
use crate::Inner;
use crate::claims::Holds;

/// Waits until both hold the same, something at all.
async fn agree(a: &City, b: &City) {
    until("both cities hold the same", async || {
        a.digest().await == b.digest().await
    })
    .await;
}

async fn found(city: &City, other: &str) {
    until("a sibling is found", async || {
        let sibling = city.inner().siblings.by_city(other).unwrap();
        !sibling.must_find()
    })
    .await;
}

fn group_of(city: &City) -> String {
    format!("{}/t/{TOPIC}", city.inner().base_url())
}

async fn log_of(city: &City, group: &str) -> Option<log::Log> {
    let group = group.to_owned();
    let read = move |conn: &mut Conn| log::by_group(conn, &group);
    city.store().read(read).await.unwrap()
}

async fn vouched(city: &City) -> Vec<i64> {
    city.store().read(key_word::vouched).await.unwrap()
}

async fn bodies(city: &City, group: &str) -> Vec<String> {
    let row = log_of(city, group).await.unwrap();
    let read = move |conn: &mut Conn| entry::bodies_after(conn, row.id, 0, 1000);
    city.store().read(read).await.unwrap()
}

#[actix_web::test]
async fn a_city_founded_after_another_is_gone_takes_its_log_by_the_word_of_a_sibling() {
    let network = Network::new();
    let mut gone = City::found(&network, "managua").await;
    let witness = City::found(&network, "panama").await;
    gone.open_thread("Lo que queda").await;
    let (first, second) = (gone.start(), witness.start());
    agree(&gone, &witness).await;
    first.stop().await;

    let new = City::found(&network, "tegucigalpa").await;
    let third = new.start();
    agree(&new, &witness).await;
    let group = group_of(&gone);
    let row = log_of(&new, &group).await.unwrap();
    assert!(row.head_seq >= 2);
    // Both topics of the one that is gone: known by word only.
    assert_eq!(vouched(&new).await.len(), 2);
    let words = new.store().read(key_word::all).await.unwrap();
    assert!(words.iter().all(|word| word.teller == "panama"));

    // When it comes back it says so itself.
    let first = gone.start();
    until("the word is confirmed", async || {
        vouched(&new).await.is_empty()
    })
    .await;
    assert!(new.store().read(key_word::all).await.unwrap().is_empty());
    for city in [first, second, third] {
        city.stop().await;
    }
}

#[actix_web::test]
async fn when_siblings_name_different_keys_none_is_taken() {
    let network = Network::new();
    let city = City::found(&network, "tegucigalpa").await;
    let group = format!("{}/t/{TOPIC}", network.base_url("managua"));
    for sibling in city.inner().siblings.iter() {
        sibling.set_must_find(false);
    }
    let home = city.inner().siblings.by_city("managua").unwrap();
    say(&city, &group, "panama", &key()).await;
    crate::words::settle(city.inner()).await.unwrap();
    assert!(
        log_of(&city, &group).await.is_none(),
        "its home can be asked"
    );

    home.set_failing(true);
    say(&city, &group, "managua", &key()).await;
    crate::words::settle(city.inner()).await.unwrap();
    assert!(log_of(&city, &group).await.is_none(), "they do not agree");

    let same = key();
    say(&city, &group, "managua", &same).await;
    say(&city, &group, "panama", &same).await;
    let panama = city.inner().siblings.by_city("panama").unwrap();
    panama.set_must_find(true);
    crate::words::settle(city.inner()).await.unwrap();
    assert!(log_of(&city, &group).await.is_none(), "one has not spoken");
    panama.set_must_find(false);
    crate::words::settle(city.inner()).await.unwrap();
    assert_eq!(log_of(&city, &group).await.unwrap().public_key, same);
}

/// Four siblings, of which one cannot be asked: one word about it, and then two, of the three others.
#[actix_web::test]
async fn one_sibling_among_several_is_not_believed_alone() {
    let network = Network::of(&["managua", "panama", "tegucigalpa", "sanjose", "habana"]);
    let city = City::found(&network, "habana").await;
    let group = format!("{}/t/{TOPIC}", network.base_url("managua"));
    for sibling in city.inner().siblings.iter() {
        sibling.set_must_find(false);
    }
    let home = city.inner().siblings.by_city("managua").unwrap();
    home.set_failing(true);
    let same = key();
    say(&city, &group, "panama", &same).await;
    crate::words::settle(city.inner()).await.unwrap();
    assert!(log_of(&city, &group).await.is_none(), "one of three");
    // Another place of the same group is another word, too.
    let elsewhere = format!("http://elsewhere.localhost:1/t/{TOPIC}");
    say(&city, &elsewhere, "sanjose", &same).await;
    say(&city, &group, "tegucigalpa", &same).await;
    crate::words::settle(city.inner()).await.unwrap();
    assert!(log_of(&city, &group).await.is_none(), "one denies it");
    city.store()
        .write(move |tx| {
            let held = key_word::all(tx.conn())?;
            assert_eq!(held.len(), 3);
            key_word::confirm(tx, 0, &elsewhere)
        })
        .await
        .unwrap();
    crate::words::settle(city.inner()).await.unwrap();
    assert_eq!(log_of(&city, &group).await.unwrap().public_key, same);
    // What is said of it afterwards opens nothing again.
    say(&city, &format!("{group}x"), "sanjose", &same).await;
    let open = city.store().read(key_word::open).await.unwrap();
    assert!(open.is_empty(), "{open:?}");
}

fn key() -> String {
    let key = Ed25519PrivateKey::generate().unwrap();
    key.public().to_multibase()
}

async fn say(city: &City, group: &str, teller: &str, key: &str) {
    let (group_uri, teller, public_key) = (group.to_owned(), teller.to_owned(), key.to_owned());
    let write = move |tx: &mut tequio_store::Tx<'_>| {
        let topic_id = tequio_store::topic::by_slug(tx.conn(), TOPIC)?.id;
        let word = KeyWord {
            group_uri,
            teller,
            topic_id,
            city: "managua".into(),
            public_key,
            told_at: 1,
        };
        key_word::note(tx, &word)
    };
    city.store().write(write).await.unwrap();
}

#[actix_web::test]
async fn a_home_that_serves_what_does_not_hold_is_left_for_a_sibling_and_remembered() {
    let network = Network::new();
    let mut liar = City::found(&network, "managua").await;
    let honest = City::found(&network, "panama").await;
    liar.open_thread("La verdad").await;
    let (first, second) = (liar.start(), honest.start());
    agree(&liar, &honest).await;
    first.stop().await;

    let mut pages = bodies(&liar, &group_of(&liar)).await;
    for body in &mut pages {
        *body = body.replace("La verdad", "La mentira");
    }
    let first = liar.start_with_pages(move || page_of(&pages));
    let new = City::found(&network, "tegucigalpa").await;
    let third = new.start();
    agree(&new, &honest).await;
    let faults = new.store().read(peer_fault::all).await.unwrap();
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(
        faults[0].city == "managua" && faults[0].reason.contains("proof"),
        "{faults:?}"
    );
    assert!(new.inner().faults.is_resting("managua", clock()));
    for city in [first, second, third] {
        city.stop().await;
    }
}

fn page_of(bodies: &[String]) -> HttpResponse {
    let items = bodies.join(",");
    HttpResponse::Ok()
        .content_type("application/activity+json")
        .body(format!("{{\"orderedItems\":[{items}]}}"))
}

#[actix_web::test]
async fn a_claim_without_entries_is_refuted_once_and_held_against_who_made_it() {
    let network = Network::new();
    let mut home = City::found(&network, "managua").await;
    let teller = City::found(&network, "panama").await;
    home.open_thread("Hasta aquí").await;
    let (first, second) = (home.start(), teller.start());
    agree(&home, &teller).await;
    let new = City::found(&network, "tegucigalpa").await;
    let third = new.start();
    agree(&new, &home).await;
    found(&new, "panama").await;

    let group = group_of(&home);
    let held = log_of(&new, &group).await.unwrap();
    let sibling = new.inner().siblings.by_city("panama").unwrap();
    let told = json!({
        "type": "tq:Heads", "actor": group_of(&teller), "tq:topic": "urn:uuid:1",
        "tq:heads": [{ "tq:city": "managua", "tq:group": group, "tq:seq": i64::MAX / 1024,
                       "tq:digest": Digest::new([7; 32]).to_multibase() }],
    });
    let heads = Heads::read(&told).unwrap();
    new.inner()
        .note_heads(&sibling, &told, &heads)
        .await
        .unwrap();
    until("the claim is gone", async || {
        new.inner().claims.furthest(&group) == 0
    })
    .await;
    until("it is written down", async || {
        let faults = new.store().read(peer_fault::all).await.unwrap();
        faults.len() == 1 && faults[0].city == "panama" && faults[0].faults == 1
    })
    .await;
    assert_eq!(log_of(&new, &group).await.unwrap(), held);
    // For a while its word counts nothing, so that it costs nothing.
    new.inner()
        .note_heads(&sibling, &told, &heads)
        .await
        .unwrap();
    assert_eq!(new.inner().claims.furthest(&group), 0);
    // What is really there is taken all the same.
    home.open_thread("Y después").await;
    agree(&new, &home).await;
    for city in [first, second, third] {
        city.stop().await;
    }
}

/// The next entry of a log that another one signs in its place: same number, same predecessor.
async fn another_way(home: &City, after: i64, text: &str) -> String {
    let group = group_of(home);
    let held = bodies(home, &group).await;
    let read: Vec<Value> = held
        .iter()
        .map(|body| serde_json::from_str(body).unwrap())
        .collect();
    let place = usize::try_from(after).unwrap();
    let asked = group.clone();
    let read_key = move |conn: &mut Conn| setting::actor_key(conn, &asked);
    let key = home.store().read(read_key).await.unwrap().unwrap();
    let key = Ed25519PrivateKey::from_multibase(&key.private_key).unwrap();
    let tally = json!({
        "type": "tq:Tally", "id": format!("{}/a/{text}", home.inner().base_url()), "actor": group,
        "published": "2026-04-01T08:00:00Z", "object": format!("{group}/nothing"), "tq:amount": 1,
    });
    let entry = Entry {
        id: &format!("{}/a/other-{text}", home.inner().base_url()),
        group: &group,
        published: Timestamp::parse_rfc3339("2026-04-01T08:00:00Z").unwrap(),
        seq: after + 1,
        prev: Some(proof::document_digest(&read[place - 1])),
        object: &tally,
    };
    let mut value = entry.to_value();
    proof::sign(&mut value, &key, &proof_key_id(&group), entry.published).unwrap();
    value.to_string()
}

async fn fork_at(city: &City, group: &str) -> Option<(i64, bool)> {
    let id = log_of(city, group).await?.id;
    let read = move |conn: &mut Conn| fork::of_log(conn, id);
    let fork = city.store().read(read).await.unwrap()?;
    Some((fork.seq, fork.is_exact))
}

#[actix_web::test]
async fn two_histories_are_found_out_and_end_alike_in_every_city_the_liar_too() {
    let network = Network::new();
    let mut liar = City::found(&network, "managua").await;
    let one = City::found(&network, "panama").await;
    let two = City::found(&network, "tegucigalpa").await;
    for n in 0..4 {
        liar.open_thread(&format!("Historia {n}")).await;
    }
    let running = [liar.start(), one.start(), two.start()];
    agree(&liar, &one).await;
    agree(&liar, &two).await;
    for running in running {
        running.stop().await;
    }
    let group = group_of(&liar);
    let common = log_of(&liar, &group).await.unwrap().head_seq;
    let before = one.digest().await;
    // One hears of two more entries, the other of a different one, and none of both from each other.
    let theirs = another_way(&liar, common, "way").await;
    two.engine().receive(vec![theirs], clock()).await.unwrap();
    liar.open_thread("Historia que solo uno oye").await;
    liar.open_thread("Y otra más").await;
    let ours = bodies(&liar, &group)
        .await
        .split_off(usize::try_from(common).unwrap());
    one.engine().receive(ours, clock()).await.unwrap();

    let running = [liar.start(), one.start(), two.start()];
    for city in [&one, &two, &liar] {
        until("the parting is found", async || {
            fork_at(city, &group).await == Some((common + 1, true))
        })
        .await;
        let row = log_of(city, &group).await.unwrap();
        assert!(row.is_frozen && row.head_seq == common, "{row:?}");
        assert_eq!(city.digest().await, before);
    }
    for running in running {
        running.stop().await;
    }
}

/// Their heads have one number, so neither pulls from the other, and no entry follows that would tell.
#[actix_web::test]
async fn two_histories_of_one_length_are_found_out_when_the_liar_is_gone() {
    let network = Network::new();
    let mut liar = City::found(&network, "managua").await;
    let one = City::found(&network, "panama").await;
    let two = City::found(&network, "tegucigalpa").await;
    liar.open_thread("Una historia").await;
    let running = [liar.start(), one.start(), two.start()];
    agree(&liar, &one).await;
    agree(&liar, &two).await;
    for running in running {
        running.stop().await;
    }
    let group = group_of(&liar);
    let common = log_of(&liar, &group).await.unwrap().head_seq;
    for (city, text) in [(&one, "one"), (&two, "two")] {
        let body = another_way(&liar, common, text).await;
        city.engine().receive(vec![body], clock()).await.unwrap();
    }
    let running = [one.start(), two.start()];
    for city in [&one, &two] {
        until("the parting is found", async || {
            fork_at(city, &group).await == Some((common + 1, true))
        })
        .await;
    }
    for running in running {
        running.stop().await;
    }
}

#[actix_web::test]
async fn a_fork_that_nobody_can_prove_freezes_nothing() {
    let network = Network::new();
    let mut home = City::found(&network, "managua").await;
    let teller = City::found(&network, "panama").await;
    home.open_thread("Una sola historia").await;
    let (first, second) = (home.start(), teller.start());
    agree(&home, &teller).await;
    found(&teller, "managua").await;
    let group = group_of(&home);
    let inner: &Inner = teller.inner();
    let log_id = log_of(&teller, &group).await.unwrap().id;
    inner.claims.note_fork(log_id, "managua", Holds::Proof);
    inner.pull.notify_one();
    until("it was asked for", async || inner.claims.forks().is_empty()).await;
    home.open_thread("Que sigue").await;
    agree(&home, &teller).await;
    assert!(!log_of(&teller, &group).await.unwrap().is_frozen);
    first.stop().await;
    second.stop().await;
}

/// Pages are compressed, say how long they hold, and are not sent again to who has them.
#[actix_web::test]
async fn pages_have_a_tag_and_are_compressed() {
    use actix_web::App;
    use actix_web::test::{TestRequest, call_service, init_service};
    let network = Network::new();
    let mut city = City::found(&network, "managua").await;
    let thread = city.open_thread("Mucho").await;
    for n in 0..100 {
        city.comment(thread, &format!("Comentario {n}")).await;
    }
    let app = init_service(App::new().configure(city.federation.configure())).await;
    let get = |path: &str| {
        TestRequest::get()
            .uri(path)
            .insert_header(("accept-encoding", "gzip"))
    };
    for page in [1, 2] {
        let path = format!("/t/{TOPIC}/log/managua/{page}");
        let answer = call_service(&app, get(&path).to_request()).await;
        let header = |name: &str| answer.headers().get(name).unwrap().to_str().unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(header("content-encoding"), "gzip");
        assert!(header("cache-control").contains("no-cache"), "{page}");
        let tag = header("etag").to_owned();
        let again = get(&path)
            .insert_header(("if-none-match", tag))
            .to_request();
        assert_eq!(call_service(&app, again).await.status(), 304);
    }
    let path = format!("/t/{TOPIC}/log/managua/3");
    assert_eq!(
        call_service(&app, get(&path).to_request()).await.status(),
        404
    );
    let path = format!("/t/{TOPIC}/log/managua/fork");
    assert_eq!(
        call_service(&app, get(&path).to_request()).await.status(),
        404
    );
}

#[actix_web::test]
async fn an_erased_post_is_gone_from_every_city_and_each_confirms_it() {
    let network = Network::new();
    let mut home = City::found(&network, "managua").await;
    let one = City::found(&network, "panama").await;
    let two = City::found(&network, "tegucigalpa").await;
    let thread = home.open_thread("Con datos de alguien").await;
    home.open_thread("Sin ellos").await;
    let running = [home.start(), one.start(), two.start()];
    agree(&home, &one).await;
    agree(&home, &two).await;
    let group = group_of(&home);
    assert!(bodies(&two, &group).await.concat().contains("Con datos"));

    let order = tequio_engine::erase::Order {
        oid: thread,
        reason: "Lo pide".into(),
        by_name: "ana".into(),
    };
    tequio_engine::erase::post(home.engine(), super::city::moment(), order)
        .await
        .unwrap();
    until("all cities confirm", async || {
        let read = |conn: &mut Conn| {
            Ok::<_, tequio_store::Error>((
                tequio_store::erasure::lasts(conn)?,
                tequio_store::erasure::receipts(conn)?,
            ))
        };
        let (lasts, receipts) = home.store().read(read).await.unwrap();
        let last = lasts[0].1;
        receipts.len() == 2
            && receipts
                .iter()
                .all(|row| row.seq >= last && !row.word.is_empty())
    })
    .await;
    for city in [&home, &one, &two] {
        let log = bodies(city, &group).await.concat();
        assert!(!log.contains("Con datos") && log.contains("Sin ellos"));
    }
    agree(&home, &two).await;
    for running in running {
        running.stop().await;
    }
}
