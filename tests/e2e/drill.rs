//! The drill: ten cities hand every topic on three times, take one over from a city that is cut off and
//! goes on as if nothing had happened, and see their founder leave and be switched off for good.

use std::net::{Ipv4Addr, TcpListener};

use tequio_tests::browser::Browser;
use tequio_tests::network::Network;
use tequio_tests::port;
use tequio_tests::proxy::{Proxy, Weather};
use tequio_tests::state::{self, TOPICS};

use crate::council::{self, acta_of, page_with, press};
use crate::people;

/// Slug and name; the first founds the coordination of all topics, and leaves.
const CITIES: [(&str, &str); 10] = [
    ("guatemala", "Ciudad de Guatemala"),
    ("la-habana", "La Habana"),
    ("managua", "Managua"),
    ("ciudad-de-mexico", "Ciudad de México"),
    ("panama", "Ciudad de Panamá"),
    ("san-jose", "San José"),
    ("san-juan", "San Juan"),
    ("san-salvador", "San Salvador"),
    ("santo-domingo", "Santo Domingo"),
    ("tegucigalpa", "Tegucigalpa"),
];
/// Planned beginnings of the terms after the first; each ends where the next begins.
const STARTS: [&str; 6] = [
    "2027-03-01",
    "2027-06-01",
    "2027-09-01",
    "2027-12-01",
    "2028-03-01",
    "2028-06-01",
];
const FOUNDER: usize = 0;
const CONFIG: &str = "founder = \"guatemala\"\nheartbeat_s = 1";

struct Drill {
    network: Network,
    /// In front of each city.
    lines: Vec<Proxy>,
    admins: Vec<Browser>,
    /// Who coordinates each topic, by position.
    holders: [usize; 7],
    /// What was written, and where it is to be read.
    written: Vec<(String, String)>,
}

impl Drill {
    async fn begin() -> Self {
        let slugs = CITIES.map(|(slug, _)| slug);
        let (ports, held): (Vec<u16>, Vec<_>) = slugs.iter().map(|_| port::free()).unzip();
        let mut network = Network::with_addresses(&slugs, |index, _| ports[index]);
        for index in 0..slugs.len() {
            network.configure(index, CONFIG);
        }
        drop(held);
        let cities = network.cities().iter().zip(&ports);
        let lines = cities.map(|(city, port)| Proxy::start(*port, city.port, 1));
        let lines = lines.collect();
        network.start().await;
        let mut admins = Vec::new();
        for city in network.cities() {
            admins.push(people::administrator(city, "jefa").await);
        }
        let names = CITIES.map(|(_, name)| name);
        for topic in TOPICS {
            council::found(&mut admins[FOUNDER], topic, slugs[FOUNDER], &names).await;
        }
        Self {
            network,
            lines,
            admins,
            holders: [FOUNDER; 7],
            written: Vec::new(),
        }
    }

    /// Somebody of each of these cities asks something in a topic.
    async fn all_write(&mut self, cities: std::ops::Range<usize>, round: usize) {
        for city in cities {
            let topic = TOPICS[(city + round) % TOPICS.len()];
            let title = format!("Pregunta de {} en la ronda {round}", CITIES[city].1);
            let path = people::open_thread(&mut self.admins[city], topic, &title, "¿Cómo?").await;
            self.written.push((path, title));
        }
    }

    /// Every topic goes to another city.
    async fn hand_on(&mut self, round: usize) {
        let next: Vec<usize> = (0..TOPICS.len())
            .map(|topic| 1 + (topic + 3 * round) % (CITIES.len() - 1))
            .collect();
        for (index, topic) in TOPICS.into_iter().enumerate() {
            let holder = &mut self.admins[self.holders[index]];
            page_with(holder, &acta_of(topic), &format!("Turno {round}")).await;
            let period = (STARTS[round - 1], STARTS[round]);
            let offered = council::offer(holder, topic, CITIES[next[index]].0, period).await;
            assert_eq!(offered.status, 303, "{}", offered.text());
        }
        for (topic, next) in TOPICS.into_iter().zip(&next) {
            press(&mut self.admins[*next], &acta_of(topic), "accept").await;
        }
        for (index, topic) in TOPICS.into_iter().enumerate() {
            press(
                &mut self.admins[self.holders[index]],
                &acta_of(topic),
                "seal",
            )
            .await;
            self.holders[index] = next[index];
        }
    }

    /// The coordinator of the first topic is cut off, does not know it, and goes on coordinating; the
    /// others give the term to another city, and hear of it only afterwards.
    async fn take_over(&mut self) {
        let (topic, lost) = (TOPICS[0], self.holders[0]);
        let acta = acta_of(topic);
        page_with(&mut self.admins[lost], &acta, "Turno 4").await;
        state::converged(self.network.cities()).await;
        self.lines[lost].set(Weather::Dead);
        self.network[lost].stop().await;
        self.network.configure_without(lost, CONFIG, |_| true);
        self.network[lost].start().await;

        let others: Vec<usize> = (1..CITIES.len()).filter(|city| *city != lost).collect();
        let (candidate, endorsing) = (others[0], &others[..6]);
        let values = [
            ("start", STARTS[3]),
            ("end", STARTS[4]),
            ("note", "No contesta."),
        ];
        let admin = &mut self.admins[candidate];
        let form = admin.fill(&format!("{acta}/candidatura"), &values).await;
        admin.done(&form).await;
        let relief = format!("{acta}/relevo");
        for city in endorsing {
            press(&mut self.admins[*city], &relief, "endorse").await;
        }
        press(&mut self.admins[candidate], &relief, "certify").await;
        for city in &others {
            page_with(&mut self.admins[*city], &acta, "Turno 5").await;
        }

        let admin = &mut self.admins[lost];
        let late = council::offer(admin, topic, "managua", (STARTS[4], STARTS[5])).await;
        assert_eq!(late.status, 303, "{}", late.text());
        let title = "Escrito sin saber del relevo";
        let path = people::open_thread(admin, topic, title, "¿Cómo?").await;
        self.written.push((path, title.to_owned()));

        self.network[lost].stop().await;
        self.network.configure(lost, CONFIG);
        self.network[lost].start().await;
        self.lines[lost].set(Weather::Clear);
        self.holders[0] = candidate;
        for admin in &mut self.admins {
            page_with(admin, &acta, "Su turno ya había terminado").await;
        }
    }

    /// The founder leaves every topic, and is switched off; nobody knows it as a sibling any more. Answers
    /// who listens in its place.
    async fn founder_leaves(&mut self) -> TcpListener {
        for (index, topic) in TOPICS.into_iter().enumerate() {
            let founder = &mut self.admins[FOUNDER];
            let page = format!("{}/salir", acta_of(topic));
            let form = founder.fill(&page, &[("note", "Gracias a todas.")]).await;
            founder.done(&form).await;
            let holder = &mut self.admins[self.holders[index]];
            press(holder, &acta_of(topic), "record-leave").await;
        }
        state::converged(self.network.cities()).await;
        self.network[FOUNDER].destroy();
        for city in 1..CITIES.len() {
            self.network[city].stop().await;
            let is_founder = |city: &tequio_tests::city::City| city.slug == CITIES[FOUNDER].0;
            self.network.configure_without(city, CONFIG, is_founder);
        }
        // What connects to its line from now on is seen here.
        let port = self.network[FOUNDER].port;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
        listener.set_nonblocking(true).unwrap();
        for city in 1..CITIES.len() {
            self.network[city].start().await;
        }
        listener
    }

    /// Those that are left hold the same and show the same.
    async fn agree(&self) {
        let left = &self.network.cities()[1..];
        state::converged(left).await;
        for topic in TOPICS {
            let first = council::acta(&left[0], topic).await;
            for city in left {
                assert_eq!(council::acta(city, topic).await, first, "{}", city.slug);
            }
        }
        for city in left {
            let mut visitor = Browser::new(city);
            for (path, title) in &self.written {
                let page = visitor.open(path).await;
                assert!(page.text().contains(title), "{path} in {}", city.slug);
            }
            assert!(!city.log().contains("two signed histories"));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_cities_pass_every_topic_on_and_their_founder_leaves() {
    let mut drill = Drill::begin().await;
    let follow = format!("/temas/{}/seguir", TOPICS[1]);
    let mut member = {
        let mut admin = drill.admins[2].clone();
        people::member(&drill.network[2], &mut admin, "luis").await
    };
    let topic_page = format!("/temas/{}", TOPICS[1]);
    let mut form = member.open(&topic_page).await.form_to(&follow);
    form.set("seguir", "si");
    member.done(&form).await;
    let own = people::open_thread(&mut member, TOPICS[1], "¿Cuánto cuesta?", "Pregunto.").await;

    for round in 1..=3 {
        drill.all_write(0..CITIES.len(), round).await;
        drill.hand_on(round).await;
    }
    people::reply(&mut drill.admins[5], &own, "Cuesta poco.").await;
    drill.take_over().await;
    drill.all_write(0..CITIES.len(), 4).await;
    let old_home = drill.founder_leaves().await;

    // Posting works from every city in every topic, without a coordinator's help.
    for round in 5..5 + TOPICS.len() {
        drill.all_write(1..CITIES.len(), round).await;
    }
    drill.agree().await;
    for (index, topic) in TOPICS.into_iter().enumerate() {
        let acta = council::acta(&drill.network[3], topic).await;
        assert!(acta.contains("Gracias a todas."), "{acta}");
        let terms = if index == 0 { 5 } else { 4 };
        assert!(acta.contains(&format!("Turno {terms}")), "{acta}");
        assert!(!acta.contains(&format!("Turno {}", terms + 1)), "{acta}");
    }
    let nobody = old_home.accept().map(|(_, from)| from);
    assert!(nobody.is_err(), "somebody asked the founder: {nobody:?}");

    // To a member nothing has happened.
    let page = member.open(&topic_page).await.text();
    assert!(
        page.contains("aria-pressed=\"true\""),
        "still followed: {page}"
    );
    page_with(&mut member, &own, "Cuesta poco.").await;
}
