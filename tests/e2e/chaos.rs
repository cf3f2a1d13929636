//! Five cities behind bad lines, killed and started again, while their members write.
//!
//! `TEQUIO_CHAOS_S=600` makes it last that long, in seconds; `TEQUIO_SEED` has a course of events again
//! (the cities' own threads excepted).

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::Value;
use tequio_tests::browser::Browser;
use tequio_tests::city::City;
use tequio_tests::dice::{self, Dice};
use tequio_tests::network::Network;
use tequio_tests::proxy::{Proxy, Weather};
use tequio_tests::{port, state};

use crate::load::{Ledger, Writer, ledger_shows};
use crate::people;
use crate::story::TOPIC;

const CITIES: [&str; 5] = ["managua", "panama", "san-jose", "guatemala", "la-habana"];
/// How long it lasts in the tests of every change, in seconds.
const LASTS_S: u64 = 30;
/// How long the cities may take to agree when the weather is fair again.
const HEALING: Duration = Duration::from_secs(150);

/// The cities, each behind a line of its own, and those that are down.
struct Chaos {
    network: Network,
    lines: Vec<Proxy>,
    dice: Dice,
    /// When a city that was killed is started again.
    down: BTreeMap<usize, Instant>,
    kills: usize,
    changes: usize,
}

impl Chaos {
    async fn begin(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let (ports, held): (Vec<u16>, Vec<_>) = CITIES.iter().map(|_| port::free()).unzip();
        let mut network = Network::with_addresses(&CITIES, |index, _| ports[index]);
        for index in 0..CITIES.len() {
            network.configure(index, "heartbeat_s = 2\nlog = \"info\"");
        }
        drop(held);
        let lines = network
            .cities()
            .iter()
            .zip(&ports)
            .map(|(city, port)| Proxy::start(*port, city.port, dice.any()))
            .collect();
        network.start().await;
        Self {
            network,
            lines,
            dice,
            down: BTreeMap::new(),
            kills: 0,
            changes: 0,
        }
    }

    /// Lets something happen every now and then.
    async fn rage(&mut self, lasts: Duration) {
        let end = Instant::now() + lasts;
        while Instant::now() < end {
            let pause = 50 + self.dice.below(400);
            tokio::time::sleep(Duration::from_millis(pause)).await;
            self.start_those_due(Instant::now()).await;
            let index = self.dice.index(CITIES.len());
            if self.dice.one_in(4) {
                self.kill(index);
            } else {
                self.changes += 1;
                let weather = self.weather();
                self.lines[index].set(weather);
            }
        }
    }

    /// Clear every other time: what never works teaches nothing.
    fn weather(&mut self) -> Weather {
        match self.dice.below(12) {
            0 => Weather::Late(Duration::from_millis(20 + self.dice.below(400))),
            1 => Weather::Narrow(16 + self.dice.index(512)),
            2 => Weather::Silent,
            3 => Weather::Wrong(1 + self.dice.below(4)),
            4 => Weather::Cut(1 + self.dice.below(6)),
            5 => Weather::Dead,
            _ => Weather::Clear,
        }
    }

    fn kill(&mut self, index: usize) {
        if self.down.contains_key(&index) {
            return;
        }
        self.network[index].kill();
        self.kills += 1;
        let rest = Duration::from_millis(self.dice.below(3000));
        self.down.insert(index, Instant::now() + rest);
    }

    async fn start_those_due(&mut self, now: Instant) {
        let due: Vec<usize> = (self.down.iter())
            .filter(|(_, at)| **at <= now)
            .map(|(index, _)| *index)
            .collect();
        for index in due {
            self.down.remove(&index);
            self.network[index].start().await;
        }
    }

    /// Fair weather, everybody up.
    async fn calm(&mut self) {
        for line in &self.lines {
            line.set(Weather::Clear);
        }
        let later = Instant::now() + Duration::from_secs(3600);
        self.start_those_due(later).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_cities_agree_after_everything_went_wrong() {
    let lasts = Duration::from_secs(dice::number("TEQUIO_CHAOS_S", LASTS_S));
    let seed = Dice::seed_of("TEQUIO_SEED");
    eprintln!("TEQUIO_CHAOS_S={} TEQUIO_SEED={seed}", lasts.as_secs());
    let mut chaos = Chaos::begin(seed).await;
    let mut writers = Vec::new();
    for (index, city) in CITIES.iter().enumerate() {
        let member = people::administrator(&chaos.network[index], "ana").await;
        writers.push(Writer::begin(member, TOPIC, city, chaos.dice.any()).await);
    }
    chaos.rage(lasts).await;
    chaos.calm().await;
    let mut ledgers = Vec::new();
    for writer in writers {
        writer.goes_on(1).await;
        ledgers.push(writer.end().await);
    }
    let confirmed: usize = ledgers.iter().map(Ledger::confirmed).sum();
    let began = Instant::now();
    let states = state::converged_within(HEALING, chaos.network.cities()).await;
    eprintln!(
        "{} kills, {} changes of weather, {confirmed} actions confirmed, {} entries; healed in {:?}",
        chaos.kills,
        chaos.changes,
        states[TOPIC].entries(),
        began.elapsed()
    );
    // All hold the same: one is looked through, the others are seen to show it.
    for (index, city) in chaos.network.cities().iter().enumerate() {
        let every = if index == 0 { 1 } else { 10 };
        ledger_shows(city, &ledgers, every).await;
    }
    nothing_is_forged(&chaos.network[0], &states[TOPIC].heads, &ledgers).await;
    for city in chaos.network.cities_mut() {
        city.stop().await;
    }
    let digest = chaos.network[0].command_text("digest");
    for city in chaos.network.cities() {
        assert_eq!(city.command_text("digest"), digest, "{}", city.slug);
    }
    assert_eq!(chaos.network[4].is_sound(), digest);
}

/// Each entry of each log says something that one of the members sent.
async fn nothing_is_forged(
    city: &City,
    heads: &BTreeMap<String, (i64, String)>,
    ledgers: &[Ledger],
) {
    let mut browser = Browser::new(city);
    let mut seen = 0;
    for (home, (last, _)) in heads {
        for page in 1..=(last + 99) / 100 {
            let path = format!("/t/{TOPIC}/log/{home}/{page}");
            let page = browser.get(&path).await;
            let document: Value = serde_json::from_slice(&page.bytes).expect("a page of a log");
            for entry in document["orderedItems"].as_array().expect("entries") {
                seen += 1;
                is_somebodys(entry, ledgers);
            }
        }
    }
    assert_eq!(seen, heads.values().map(|(last, _)| last).sum::<i64>());
}

fn is_somebodys(entry: &Value, ledgers: &[Ledger]) {
    let activity = &entry["object"];
    if !matches!(activity["type"].as_str(), Some("Create" | "Update")) {
        return;
    }
    let object = &activity["object"];
    // The card of a member.
    if object["type"] == "Person" {
        return;
    }
    let text = match object["name"].as_str() {
        Some(title) => title,
        None => match object["source"]["content"].as_str() {
            Some(text) => text,
            None => return,
        },
    };
    let is_sent = ledgers.iter().any(|ledger| ledger.sent(text));
    assert!(is_sent, "nobody sent {text:?}: {entry}");
}
