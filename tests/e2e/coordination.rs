//! Coordination passes from city to city, through the pages of real servers.

use tequio_tests::browser::{Browser, Page};
use tequio_tests::network::Network;
use tequio_tests::state;

use crate::council::{self, page_with, press};
use crate::people;

const TOPIC: &str = "saneamiento";
pub const ACTA: &str = "/temas/saneamiento/acta";
const DO: &str = "/temas/saneamiento/acta/hacer";
const TASK: &str = "Publicar la memoria del taller de mayo";
const CONTACT: &str = "Oficina de aguas de Managua";

/// Cities that know each other, each with its administrator; the first founds and coordinates.
pub async fn founded(slugs: &[&str], names: &[&str]) -> (Network, Vec<Browser>) {
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
    council::found(&mut admins[0], TOPIC, slugs[0], names).await;
    for admin in &mut admins {
        page_with(admin, ACTA, "Turno 1").await;
    }
    (network, admins)
}

async fn offer(browser: &mut Browser, to: &str) -> Page {
    council::offer(browser, TOPIC, to, ("2027-03-01", "2027-06-01")).await
}

/// All cities hold the same and show the same.
async fn assert_agreed(network: &Network) -> String {
    state::converged(network.cities()).await;
    let first = council::acta(&network[0], TOPIC).await;
    for city in network.cities() {
        assert_eq!(council::acta(city, TOPIC).await, first, "{}", city.slug);
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
    what_is_handed_over_is_gone_through(&mut admins).await;
    press(&mut admins[0], ACTA, "seal").await;
    for admin in &mut admins {
        page_with(admin, ACTA, "Firme: lo han visto 2 de 2 ciudades").await;
        let record = admin.open(&format!("{ACTA}/turno/2")).await.text();
        for text in [
            "Saneamiento ambiental, turno 2: Ciudad de Panamá",
            TASK,
            CONTACT,
            "Con gusto.",
            "Acepta el turno que le ofrecieron",
        ] {
            assert!(record.contains(text), "{text} in {record}");
        }
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
    the_next_turn_is_agreed_ahead(&network, &mut admins).await;
    let member = people::member(&network[1], &mut admins[1].clone(), "luis").await;
    a_member_has_no_say(member).await;
}

/// The next term is offered with what goes with it; it is accepted once every line was gone through.
async fn what_is_handed_over_is_gone_through(admins: &mut [Browser]) {
    let values = [
        ("city", "panama"),
        ("start", "2027-03-01"),
        ("end", "2027-06-01"),
        ("tasks", TASK),
        ("contacts", CONTACT),
    ];
    let form = admins[0].fill(&format!("{ACTA}/traspaso"), &values).await;
    assert_eq!(admins[0].done(&form).await, ACTA);
    let mut form = council::task(&mut admins[1], ACTA, "accept").await;
    form.set("note", "Con gusto.");
    form.tick("item", "1");
    let early = admins[1].send(&form).await;
    assert_eq!(early.status, 422);
    let again = early.text();
    for text in [
        "marque cada línea antes de aceptar",
        "value=\"1\" checked",
        "Con gusto.",
    ] {
        assert!(again.contains(text), "{text} in {again}");
    }
    form.tick("item", "0");
    assert_eq!(admins[1].done(&form).await, ACTA);
}

/// The coordinator proposes who is next, the other approves; pages, calendar and the next offer say so.
async fn the_next_turn_is_agreed_ahead(network: &Network, admins: &mut [Browser]) {
    let page = format!("{ACTA}/calendario");
    let line = |end| {
        [
            ("change", "slot"),
            ("city", "managua"),
            ("start", "2027-06-01"),
            ("end", end),
            ("note", "Como se acordó en el taller."),
        ]
    };
    let form = admins[1].fill(&page, &line("2027-05-01")).await;
    let wrong = admins[1].send(&form).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("Como se acordó en el taller."));
    let form = admins[1].fill(&page, &line("2027-09-01")).await;
    assert_eq!(admins[1].done(&form).await, ACTA);
    // Whoever approves sees what.
    let what = "Managua, del 1 de junio de 2027 al 1 de septiembre de 2027";
    page_with(&mut admins[0], ACTA, what).await;
    press(&mut admins[0], ACTA, "approve").await;
    press(&mut admins[1], ACTA, "enact").await;
    for admin in admins.iter_mut() {
        page_with(admin, "/traspasos", "Después le toca a Managua").await;
    }
    let mut visitor = Browser::new(&network[0]);
    for path in ["/traspasos.ics", "/temas/saneamiento/traspasos.ics"] {
        let calendar = visitor.get(path).await.text();
        for line in [
            "SUMMARY:Coordina Ciudad de Panamá: Saneamiento ambiental\r\n",
            "SUMMARY:Le toca coordinar a Managua: Saneamiento ambiental\r\n",
            "DTSTART;VALUE=DATE:20270601\r\nDTEND;VALUE=DATE:20270901\r\n",
        ] {
            assert!(calendar.contains(line), "{line} {calendar}");
        }
    }
    let missing = visitor.get("/temas/nada/traspasos.ics").await;
    assert_eq!(missing.status, 404);
    let offer = admins[1].open(&format!("{ACTA}/traspaso")).await.text();
    assert!(offer.contains("value=\"2027-06-01\"") && offer.contains("value=\"2027-09-01\""));
}

/// A member sees the acta and has no buttons; the addresses behind them are not there for him.
async fn a_member_has_no_say(mut member: Browser) {
    let page = member.open(ACTA).await;
    assert_eq!(page.status, 200);
    assert!(!page.text().contains(DO), "{}", page.text());
    let pages = [
        "traspaso",
        "fundar",
        "salir",
        "integrantes",
        "candidatura",
        "calendario",
    ];
    for path in pages {
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
