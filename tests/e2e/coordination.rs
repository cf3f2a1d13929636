//! Coordination passes from city to city, through the pages of real servers.

use std::time::Duration;

use tequio_tests::browser::{Browser, Page};
use tequio_tests::city::City;
use tequio_tests::network::Network;
use tequio_tests::{state, wait};

use crate::people;

const TOPIC: &str = "saneamiento";
const ACTA: &str = "/temas/saneamiento/acta";
const DO: &str = "/temas/saneamiento/acta/hacer";
/// How long something said may take to be read elsewhere.
const TRAVEL: Duration = Duration::from_secs(45);

/// Cities that know each other, each with its administrator; the first founds and coordinates.
async fn founded(slugs: &[&str], names: &[&str]) -> (Network, Vec<Browser>) {
    let mut network = Network::new(slugs);
    for index in 0..slugs.len() {
        network.configure(
            index,
            &format!("founder = \"{}\"\nheartbeat_s = 1", slugs[0]),
        );
    }
    network.start().await;
    let mut admins = Vec::new();
    for city in network.cities() {
        admins.push(people::administrator(city, "jefa").await);
    }
    let all = format!("Participarán: {}.", names.join(", "));
    page_with(&mut admins[0], "/temas/saneamiento/acta/fundar", &all).await;
    let form = [
        ("city", slugs[0]),
        ("quorum", "majority"),
        ("start", "2026-12-01"),
        ("term_days", "90"),
    ];
    let form = admins[0]
        .fill("/temas/saneamiento/acta/fundar", &form)
        .await;
    assert_eq!(admins[0].done(&form).await, ACTA);
    for admin in &mut admins {
        page_with(admin, ACTA, "Turno 1").await;
    }
    (network, admins)
}

/// Waits until a page says something.
async fn page_with(browser: &mut Browser, path: &str, text: &str) -> Page {
    wait::until(TRAVEL, &format!("{path} says {text}"), async || {
        let page = browser.open(path).await;
        if page.text().contains(text) {
            Ok(page)
        } else {
            Err(page.text())
        }
    })
    .await
}

/// Waits until a button is offered, and presses it.
async fn press(browser: &mut Browser, path: &str, word: &str) {
    let button = format!("name=\"do\" value=\"{word}\"");
    let page = page_with(browser, path, &button).await;
    let text = page.text();
    let forms = tequio_tests::form::Form::all(&text);
    let place = text
        .split("<form ")
        .skip(1)
        .filter(|form| form.contains("method=\"post\""));
    let form = forms
        .into_iter()
        .zip(place)
        .find(|(_, html)| html.contains(&button));
    let (mut form, _) = form.expect("a form with the button");
    form.set("do", word);
    browser.done(&form).await;
}

async fn offer(browser: &mut Browser, to: &str) -> Page {
    let values = [
        ("city", to),
        ("start", "2027-03-01"),
        ("end", "2027-06-01"),
        ("note", "Le toca."),
    ];
    let form = browser
        .fill("/temas/saneamiento/acta/traspaso", &values)
        .await;
    browser.send(&form).await
}

/// What the acta says below who coordinates, without markup.
async fn acta(city: &City) -> String {
    let text = Browser::new(city).get(ACTA).await.text();
    let (_, below) = text.split_once("id=\"turnos\"").expect("a timeline");
    let main = below.split("</main>").next().unwrap();
    let pieces = main.split('<').filter_map(|piece| piece.split_once('>'));
    pieces
        .map(|(_, text)| text.trim())
        .filter(|text| !text.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// All cities hold the same and show the same.
async fn assert_agreed(network: &Network) -> String {
    state::converged(network.cities()).await;
    let first = acta(&network[0]).await;
    for city in network.cities() {
        assert_eq!(acta(city).await, first, "{}", city.slug);
    }
    first
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_cities_hand_a_term_over() {
    let (network, mut admins) =
        founded(&["managua", "panama"], &["Managua", "Ciudad de Panamá"]).await;
    assert_eq!(offer(&mut admins[0], "panama").await.status, 303);
    let second = offer(&mut admins[0], "panama").await;
    assert_eq!(second.status, 422);
    assert!(
        second.text().contains("Hay otra oferta sin resolver"),
        "{}",
        second.text()
    );
    assert!(
        second.text().contains("Le toca."),
        "what was typed comes back"
    );
    let usurped = offer(&mut admins[1], "managua").await;
    assert!(
        usurped.text().contains("El turno 1 es de Managua."),
        "{}",
        usurped.text()
    );

    press(&mut admins[1], ACTA, "reject").await;
    press(&mut admins[0], ACTA, "withdraw").await;
    assert_eq!(offer(&mut admins[0], "panama").await.status, 303);
    press(&mut admins[1], ACTA, "accept").await;
    press(&mut admins[0], ACTA, "seal").await;
    for admin in &mut admins {
        page_with(admin, ACTA, "Firme: lo han visto 2 de 2 ciudades").await;
    }
    let shown = assert_agreed(&network).await;
    assert!(
        shown.contains("Entrega el turno 2 a Ciudad de Panamá"),
        "{shown}"
    );
    let topic = Browser::new(&network[0])
        .get("/temas/saneamiento")
        .await
        .text();
    assert!(
        topic.contains("Coordina") && topic.contains("/ciudades/panama"),
        "{topic}"
    );
    let member = people::member(&network[1], &mut admins[1].clone(), "luis").await;
    a_member_has_no_say(member).await;
}

/// A member sees the acta and has no buttons; the addresses behind them are not there for him.
async fn a_member_has_no_say(mut member: Browser) {
    let page = member.open(ACTA).await;
    assert_eq!(page.status, 200);
    assert!(!page.text().contains(DO), "{}", page.text());
    for path in ["traspaso", "fundar", "salir", "integrantes", "candidatura"] {
        assert_eq!(
            member.open(&format!("{ACTA}/{path}")).await.status,
            404,
            "{path}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_majority_takes_over_while_the_coordinator_is_off() {
    let names = ["Managua", "Ciudad de Panamá", "San José"];
    let (mut network, mut admins) = founded(&["managua", "panama", "san-jose"], &names).await;
    network[0].stop().await;
    let stand = [
        ("start", "2027-01-01"),
        ("end", "2027-04-01"),
        ("note", "No contesta."),
    ];
    let form = admins[2]
        .fill("/temas/saneamiento/acta/candidatura", &stand)
        .await;
    assert_eq!(
        admins[2].done(&form).await,
        "/temas/saneamiento/acta/relevo"
    );
    let relief = "/temas/saneamiento/acta/relevo";
    press(&mut admins[1], relief, "endorse").await;
    press(&mut admins[2], relief, "endorse").await;
    press(&mut admins[2], relief, "certify").await;
    page_with(&mut admins[1], ACTA, "Turno 2").await;

    // The coordinator comes back alone, and goes on as if nothing had happened.
    network[1].stop().await;
    network[2].stop().await;
    network[0].start().await;
    assert_eq!(offer(&mut admins[0], "panama").await.status, 303);
    let thread = people::open_thread(&mut admins[0], TOPIC, "¿Quién recoge hoy?", "Nadie.").await;
    network[1].start().await;
    network[2].start().await;
    for admin in &mut admins {
        page_with(admin, ACTA, "Su turno ya había terminado").await;
        page_with(admin, &thread, "¿Quién recoge hoy?").await;
    }
    let shown = assert_agreed(&network).await;
    assert!(shown.contains("Toma el turno 2 con 2 respaldos"), "{shown}");
    let late = offer(&mut admins[0], "panama").await;
    assert!(
        late.text().contains("El turno 2 es de San José."),
        "{}",
        late.text()
    );
}
