//! Cities that exchange entries, heads and files over HTTP.

use tequio_domain::Digest;
use tequio_store::page::standing::PeerState;
use tequio_store::{file_wanted, log, peer};

use super::city::{City, Network, until};

async fn agree(one: &City, other: &City) {
    let what = format!("{} and {} hold the same", one.slug, other.slug);
    until(&what, async || one.digest().await == other.digest().await).await;
}

async fn found_all(city: &City) {
    until("all siblings are found", async || {
        let peers = city.federation.status().await.unwrap();
        peers.iter().all(|peer| peer.state() == PeerState::UpToDate)
    })
    .await;
}

#[actix_web::test]
async fn what_is_said_in_one_city_is_held_by_all() {
    let network = Network::new();
    let mut a = City::found(&network, "managua").await;
    let mut b = City::found(&network, "panama").await;
    let c = City::found(&network, "tegucigalpa").await;
    let running = [a.start(), b.start(), c.start()];
    for city in [&a, &b, &c] {
        found_all(city).await;
    }
    let thread = a.open_thread("¿Cómo cobrar la basura?").await;
    agree(&a, &b).await;
    let answer = b.comment(thread, "Por peso.").await;
    agree(&a, &b).await;
    agree(&a, &c).await;
    a.comment(answer, "Gracias.").await;
    agree(&b, &c).await;
    agree(&a, &c).await;
    for city in [&a, &b, &c] {
        assert_ne!(city.digest().await, "");
        found_all(city).await;
    }
    for city in running {
        city.stop().await;
    }
}

#[actix_web::test]
async fn a_city_that_starts_late_pulls_whole_pages() {
    let network = Network::new();
    let mut a = City::found(&network, "managua").await;
    let b = City::found(&network, "panama").await;
    let thread = a.open_thread("Una conversación larga").await;
    for n in 0..230 {
        a.comment(thread, &format!("Comentario {n}")).await;
    }
    let first = a.start();
    let second = b.start();
    agree(&a, &b).await;
    // And what comes after is pushed.
    a.comment(thread, "Uno más").await;
    agree(&a, &b).await;
    first.stop().await;
    second.stop().await;
}

#[actix_web::test]
async fn the_log_of_a_silent_home_comes_from_any_sibling() {
    let network = Network::new();
    let mut a = City::found(&network, "managua").await;
    let b = City::found(&network, "panama").await;
    let c = City::found(&network, "tegucigalpa").await;
    let running = [a.start(), b.start(), c.start()];
    for city in [&a, &b, &c] {
        found_all(city).await;
    }
    let [first, second, third] = running;
    third.stop().await;
    a.open_thread("Dicho mientras uno faltaba").await;
    agree(&a, &b).await;
    first.stop().await;
    let third = c.start();
    agree(&b, &c).await;
    second.stop().await;
    third.stop().await;
}

#[actix_web::test]
async fn deliveries_go_on_where_they_were_after_a_restart() {
    let network = Network::new();
    let mut a = City::found(&network, "managua").await;
    let b = City::found(&network, "panama").await;
    let (first, second) = (a.start(), b.start());
    let thread = a.open_thread("Antes").await;
    agree(&a, &b).await;
    let read = |conn: &mut _| peer::by_city(conn, "panama");
    let newest = a.store().read(peer::newest_own).await.unwrap();
    until("what was taken is written down", async || {
        let row = a.store().read(read).await.unwrap().unwrap();
        (row.sent_id, row.failures) == (newest, 0)
    })
    .await;
    first.stop().await;
    second.stop().await;
    a.comment(thread, "Mientras tanto").await;
    let first = a.start();
    until("the failure is written down", async || {
        let row = a.store().read(read).await.unwrap().unwrap();
        row.failures > 0 && !row.last_error.is_empty() && row.retry_at > 0
    })
    .await;
    let second = b.start();
    agree(&a, &b).await;
    first.stop().await;
    second.stop().await;
}

#[actix_web::test]
async fn a_sibling_that_comes_up_late_is_in_reach_then() {
    let network = Network::new();
    let a = City::found(&network, "managua").await;
    let b = City::found(&network, "panama").await;
    let first = a.start();
    let of_b = async || {
        let peers = a.federation.status().await.unwrap();
        peers
            .into_iter()
            .find(|peer| peer.city == "panama")
            .unwrap()
    };
    until("b is missed", async || of_b().await.failures > 0).await;
    let second = b.start();
    until("b is in reach", async || {
        let peer = of_b().await;
        peer.failures == 0 && peer.state() == PeerState::UpToDate && peer.sent_at.is_some()
    })
    .await;
    assert_eq!(of_b().await.last_error, "");
    first.stop().await;
    second.stop().await;
}

#[actix_web::test]
async fn a_wanted_file_is_fetched_and_checked() {
    let network = Network::new();
    let a = City::found(&network, "managua").await;
    let b = City::found(&network, "panama").await;
    let bytes = bytes::Bytes::from("costo;tarifa\n1;2\n");
    let stream = futures::stream::iter([Ok::<_, std::io::Error>(bytes.clone())]);
    let stored = a.store().files().put(stream, 1000).await.unwrap();
    let missing = Digest::new([9; 32]);
    let want = move |digest: Digest| file_wanted::FileWanted {
        digest: digest.to_hex(),
        size_bytes: i64::try_from(bytes.len()).unwrap(),
        name: "hoja de costos ñ.csv".into(),
        media_type: "text/csv".into(),
        origin: "managua".into(),
        attempts: 0,
        due_at: 0,
    };
    let (first, second) = (a.start(), b.start());
    b.store()
        .write(move |tx| {
            file_wanted::want(tx, &want(stored.digest))?;
            file_wanted::want(tx, &want(missing))
        })
        .await
        .unwrap();
    until("the file is here", async || {
        b.store().files().exists(&stored.digest).await.unwrap()
    })
    .await;
    until("only the missing one is wanted", async || {
        let now = i64::MAX;
        let left = b
            .store()
            .read(move |conn| file_wanted::due(conn, now, 9))
            .await
            .unwrap();
        left.len() == 1 && left[0].attempts > 0 && left[0].digest == missing.to_hex()
    })
    .await;
    first.stop().await;
    second.stop().await;
}

#[actix_web::test]
async fn another_key_of_a_known_group_is_refused() {
    let network = Network::new();
    let a = City::found(&network, "managua").await;
    let b = City::found(&network, "panama").await;
    let (first, second) = (a.start(), b.start());
    let group = format!("{}/t/{}", a.inner().base_url(), super::city::TOPIC);
    until("the group is known", async || {
        let group = group.clone();
        b.store()
            .read(move |conn| log::by_group(conn, &group))
            .await
            .unwrap()
            .is_some()
    })
    .await;
    let asked = group.clone();
    let known = b
        .store()
        .read(move |conn| log::by_group(conn, &asked))
        .await
        .unwrap()
        .unwrap();
    first.stop().await;
    // The same address, founded anew: other keys.
    let again = City::found(&network, "managua").await;
    let first = again.start();
    let sibling = b.inner().siblings.by_city("managua").unwrap();
    until("the sibling is asked again", async || {
        crate::discovery::find(b.inner(), &sibling).await.is_ok()
    })
    .await;
    let held = b
        .store()
        .read(move |conn| log::by_group(conn, &group))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(held.public_key, known.public_key);
    first.stop().await;
    second.stop().await;
}
