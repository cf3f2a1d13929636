//! A city comes into a running network by an invitation: nobody edits a configuration and nobody starts anew.

use std::time::Duration;

use serde_json::Value;
use tequio_tests::browser::Browser;
use tequio_tests::city::City;
use tequio_tests::network::Network;
use tequio_tests::{state, wait};

use crate::council::page_with;
use crate::people;
use crate::story::TOPIC;

const HERE: &str = "/admin/ciudades";
const AGREEMENT: Duration = Duration::from_secs(45);

/// Presses a button of the page for a city.
async fn decide(browser: &mut Browser, city: &str, word: &str) {
    let page = browser.open(HERE).await.text();
    let is_offered = page.contains(&format!("name=\"do\" value=\"{word}\""))
        && page.contains(&format!("name=\"city\" value=\"{city}\""));
    assert!(is_offered, "{word} {city}: {page}");
    let form = browser.fill(HERE, &[("city", city), ("do", word)]).await;
    assert_eq!(browser.done(&form).await, HERE);
}

/// The address that an administrator is shown once.
async fn invite(browser: &mut Browser, city: &str) -> String {
    let form = browser
        .fill(HERE, &[("city", city), ("do", "invite")])
        .await;
    let page = browser.send(&form).await;
    assert_eq!(page.status, 200, "{}", page.text());
    let text = page.text();
    let (_, rest) = text.split_once("<code class=\"address\">").expect("a link");
    let (link, _) = rest.split_once('<').expect("a link");
    assert!(
        !browser.open(HERE).await.text().contains(link),
        "shown once"
    );
    link.to_owned()
}

/// Types an invitation in. Answers the page that names a problem; `None` when there is none.
async fn join(browser: &mut Browser, link: &str) -> Option<String> {
    let form = browser.fill(HERE, &[("link", link), ("do", "join")]).await;
    let page = browser.send(&form).await;
    match page.status {
        303 => None,
        422 => Some(page.text()),
        other => panic!("{other}: {}", page.text()),
    }
}

/// The six words that a page shows of a city that was met, and those of the city itself.
async fn words(browser: &mut Browser) -> (String, String) {
    let text = browser.open(HERE).await.text();
    let shown = text.split("<dd lang=\"es\">").skip(1);
    let mut shown = shown.map(|rest| rest.split('<').next().unwrap_or_default().to_owned());
    let both = (shown.next().expect("theirs"), shown.next().expect("ours"));
    for words in [&both.0, &both.1] {
        assert_eq!(words.split(' ').count(), 6, "{words}");
    }
    both
}

/// The server looks once a second who is a sibling: waits until it has seen it.
async fn logged(city: &City, word: &str) {
    wait::until(AGREEMENT, word, async || {
        let log = city.log();
        log.contains(word).then_some(()).ok_or(log)
    })
    .await;
}

/// Managua and Panamá know each other; Tegucigalpa knows nobody and nobody knows it.
async fn network() -> (Network, [Browser; 3]) {
    let mut network = Network::new(&["managua", "panama", "tegucigalpa"]);
    for index in [0, 1] {
        network.configure_without(index, "", |city| city.slug == "tegucigalpa");
    }
    network.configure_without(2, "", |_| true);
    network.start().await;
    let browsers = [
        people::administrator(&network[0], "ana").await,
        people::administrator(&network[1], "berta").await,
        people::administrator(&network[2], "carla").await,
    ];
    (network, browsers)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invited_city_takes_part_after_both_sides_compared_words() {
    let (mut network, [mut ana, mut berta, mut carla]) = network().await;
    let before = people::open_thread(&mut ana, TOPIC, "¿Quién paga?", "Antes.").await;
    page_with(&mut berta, &before, "Antes.").await;
    // Who comes later must read what keys proved that are no more.
    network[0].stop().await;
    let said = network[0].run_text(&["rotate-keys", "--topic", TOPIC, "--transport"]);
    assert!(said.contains("has a new key"), "{said}");
    network[0].start().await;

    let link = invite(&mut ana, "tegucigalpa").await;
    assert_eq!(join(&mut carla, &link).await, None);
    let (theirs, ours) = words(&mut ana).await;
    assert_eq!(words(&mut carla).await, (ours, theirs));
    // Nothing counts until somebody has compared them.
    assert!(
        people::open_thread(&mut carla, TOPIC, "Hola", "Aquí estamos.")
            .await
            .starts_with('/')
    );
    assert_eq!(ana.get("/ciudades/tegucigalpa").await.status, 200);
    assert!(
        !ana.open(&format!("/temas/{TOPIC}"))
            .await
            .text()
            .contains("Hola")
    );

    decide(&mut carla, "managua", "accept").await;
    let page = carla.open(HERE).await.text();
    assert!(page.contains("Falta que ella acepte"), "{page}");
    page_with(&mut carla, &before, "Antes.").await;
    decide(&mut ana, "tegucigalpa", "accept").await;
    page_with(&mut ana, &format!("/temas/{TOPIC}"), "Hola").await;

    // Managua presents it to Panamá, where one press of a button is enough.
    page_with(&mut berta, "/", "Una ciudad espera que usted la acepte.").await;
    let page = berta.open(HERE).await.text();
    assert!(page.contains("La presenta Managua."), "{page}");
    decide(&mut berta, "tegucigalpa", "accept").await;
    let reply = people::reply(&mut carla, &before, "Después.").await;
    assert!(reply.starts_with("/comentarios/"));
    page_with(&mut berta, &before, "Después.").await;
    let held = state::agreed_on(TOPIC, AGREEMENT, network.cities()).await;
    assert!(held.entries() >= 3, "{held:?}");

    // It is known after a new start, and to the commands.
    for index in [0, 2] {
        network[index].stop().await;
        network[index].start().await;
    }
    let after = people::open_thread(&mut carla, TOPIC, "Otra vez", "De nuevo.").await;
    page_with(&mut berta, &after, "De nuevo.").await;
    page_with(&mut ana, &after, "De nuevo.").await;
    state::agreed_on(TOPIC, AGREEMENT, network.cities()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_comes_without_a_right_is_told_why() {
    let (network, [mut ana, mut berta, mut carla]) = network().await;
    for (city, need) in [
        ("panama", "ya la conoce"),
        ("managua", "es ella misma"),
        ("León", "letras minúsculas"),
    ] {
        let form = ana.fill(HERE, &[("city", city), ("do", "invite")]).await;
        let page = ana.send(&form).await;
        assert_eq!(page.status, 422, "{city}");
        assert!(page.text().contains(need), "{}", page.text());
        assert!(page.text().contains(&format!("value=\"{city}\"")), "kept");
    }

    let link = network[0].run_text(&["invite", "tegucigalpa"]);
    let link = link.trim();
    let secret = link.rsplit_once('.').expect("a secret").1;
    let at = |url: &str, rest: &str| format!("{url}/invitacion#{rest}");
    let own = format!("tegucigalpa.{secret}");
    let none = tequio_tests::port::free().0;
    for (typed, need) in [
        ("hola".to_owned(), "pegue la dirección completa"),
        (
            link.trim_end_matches(secret).to_owned(),
            "pegue la dirección completa",
        ),
        (at("http://10.0.0.1", &own), "pegue la dirección completa"),
        (
            at(&network[0].url, &format!("leon.{secret}")),
            "es para «leon»",
        ),
        (
            at(&format!("http://x.localhost:{none}"), &own),
            "no contesta ninguna ciudad",
        ),
        (at(&network[1].url, &own), "Pida una nueva"),
        (
            at(&network[0].url, &format!("tegucigalpa.{}", "0".repeat(64))),
            "Pida una nueva",
        ),
        (at(&network[2].url, &own), "o es esta misma"),
    ] {
        let page = join(&mut carla, &typed).await.expect("a problem");
        assert!(page.contains(need), "{typed}: {page}");
    }
    assert!(!ana.open(HERE).await.text().contains("Por comparar"));

    // Another city that got hold of the invitation comes under its own name.
    let page = join(&mut berta, link).await.expect("a problem");
    assert!(page.contains("es para «tegucigalpa»"), "{page}");

    // Refused by one side: the other waits in vain, and an ended invitation serves nobody.
    assert_eq!(join(&mut carla, link).await, None);
    decide(&mut ana, "tegucigalpa", "refuse").await;
    decide(&mut carla, "managua", "refuse").await;
    let page = join(&mut carla, link).await.expect("a problem");
    assert!(page.contains("Pida una nueva"), "{page}");
    let link = invite(&mut ana, "tegucigalpa").await;
    decide(&mut ana, "tegucigalpa", "withdraw").await;
    assert!(join(&mut carla, &link).await.is_some());

    // Members and visitors see nothing of it, and nobody who is not signed in changes anything.
    let mut member = people::member(&network[0], &mut ana, "marta").await;
    assert_eq!(member.get(HERE).await.status, 404);
    assert_eq!(Browser::new(&network[0]).get(HERE).await.status, 303);
    let page = Browser::new(&network[0]).open("/invitacion").await.text();
    assert!(page.contains("Managua invita a una ciudad"), "{page}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_city_that_is_known_no_more_gets_nothing_more() {
    let (network, [mut ana, _, mut carla]) = network().await;
    let link = invite(&mut ana, "tegucigalpa").await;
    assert_eq!(join(&mut carla, &link).await, None);
    decide(&mut carla, "managua", "accept").await;
    decide(&mut ana, "tegucigalpa", "accept").await;
    logged(&network[0], "a new sibling").await;
    let first = people::open_thread(&mut ana, TOPIC, "Primera", "Llega.").await;
    page_with(&mut carla, &first, "Llega.").await;
    let end = format!("{HERE}/tegucigalpa/dejar");
    let form = ana.open(&end).await.form_to(&end);
    assert_eq!(ana.done(&form).await, HERE);
    logged(&network[0], "no sibling any more").await;
    // What was written before stays.
    let second = people::open_thread(&mut carla, TOPIC, "Segunda", "No llega.").await;
    page_with(&mut carla, &second, "No llega.").await;
    assert!(ana.open(&first).await.text().contains("Llega."));
    let third = people::open_thread(&mut ana, TOPIC, "Tercera", "De aquí.").await;
    page_with(&mut ana, &third, "De aquí.").await;
    // The other side has brought it here, and was heard or refused.
    wait::until(AGREEMENT, "Tegucigalpa tried", async || {
        let told = network[2].run(&["peers", "--json"]).stdout;
        let told: Value = serde_json::from_slice(&told).expect("a report");
        let cities = told["cities"].as_array().expect("cities");
        let there = cities.iter().find(|city| city["city"] == "managua");
        let there = there.expect("Managua");
        let has_tried = there["pending"] == 0 || there["failures"] != 0;
        has_tried.then_some(()).ok_or_else(|| told.to_string())
    })
    .await;
    assert_eq!(ana.get(&second).await.status, 404);
    assert_eq!(carla.get(&third).await.status, 404);
    let link = invite(&mut ana, "tegucigalpa").await;
    assert_eq!(join(&mut carla, &link).await, None);
    decide(&mut ana, "tegucigalpa", "accept").await;
    page_with(&mut ana, &second, "No llega.").await;
    page_with(&mut carla, &third, "De aquí.").await;
}
