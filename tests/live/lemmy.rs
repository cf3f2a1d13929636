//! Two cities beside a real Lemmy, both ways: what FEDERATION.md says under "Seen with real servers".
//!
//! `cargo run -p tequio-tests --example live-lemmy -- http://lemmy.localhost:8536 ADMIN PASSWORD`;
//! CONTRIBUTING.md says how that Lemmy is built and started. It wants an empty database: the cities
//! are new ones at each run, and Lemmy would remember the old. Stops at the first thing that is not so.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    missing_docs,
    reason = "a program for the terminal; it may panic"
)]

#[path = "lemmy/api.rs"]
mod api;
#[path = "lemmy/fuera.rs"]
mod fuera;
#[path = "lemmy/guests.rs"]
mod guests;
#[expect(dead_code, reason = "the other tests need more of it")]
#[path = "../e2e/people.rs"]
mod people;

use std::time::Duration;

use tequio_tests::browser::Browser;
use tequio_tests::city::City;
use tequio_tests::network::Network;
use tequio_tests::{form, wait};

use api::Lemmy;

/// How long Lemmy and the cities may take to tell each other something.
const SPREAD: Duration = Duration::from_secs(60);
/// Where everybody talks.
const TOPIC: &str = "saneamiento";
/// The cities; their names, with `.localhost`, stand in `/etc/hosts` for Lemmy.
const CITIES: [&str; 2] = ["managua", "panama"];

/// Everybody.
struct Stage {
    network: Network,
    /// Administrators of the two cities, who are members too.
    ana: Browser,
    eva: Browser,
    /// Lemmy's administrator and two of its people.
    admin: Lemmy,
    marisol: Lemmy,
    zoe: Lemmy,
}

impl Stage {
    async fn set(base: &str, name: &str, password: &str) -> Self {
        let mut admin = Lemmy::new(base);
        admin.sign_in(name, password).await;
        admin.open_for_all().await;
        let mut marisol = Lemmy::new(base);
        marisol.register("marisol").await;
        let mut zoe = Lemmy::new(base);
        zoe.register("zoe").await;
        let mut network = Network::new(&CITIES);
        network.start().await;
        Self {
            ana: people::administrator(&network[0], "ana").await,
            eva: people::administrator(&network[1], "eva").await,
            network,
            admin,
            marisol,
            zoe,
        }
    }

    /// Waits until both cities show a text at a path, the same in both.
    async fn both_show(&self, path: &str, text: &str) {
        for city in self.network.cities() {
            shows(&mut Browser::new(city), city, path, text).await;
        }
    }

    /// Waits until neither shows it any more.
    async fn neither_shows(&self, path: &str, text: &str) {
        for city in self.network.cities() {
            let what = format!("{} shows {text:?} no more at {path}", city.slug);
            let mut browser = Browser::new(city);
            wait::until(SPREAD, &what, async || {
                let page = form::unescape(&browser.open(path).await.text());
                if page.contains(text) {
                    Err(page)
                } else {
                    Ok(())
                }
            })
            .await;
        }
    }

    /// `http://{city}.localhost:{port}/t/{topic}`.
    fn group(&self, index: usize) -> String {
        format!("{}/t/{TOPIC}", self.network[index].url)
    }
}

/// Waits until a page shows a text; answers the page.
async fn shows(browser: &mut Browser, city: &City, path: &str, text: &str) -> String {
    let what = format!("{} shows {text:?} at {path}", city.slug);
    wait::until(SPREAD, &what, async || {
        let page = form::unescape(&browser.open(path).await.text());
        if page.contains(text) {
            Ok(page)
        } else {
            Err(page)
        }
    })
    .await
}

fn said(what: &str) {
    println!("ok  {what}");
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [base, name, password] = arguments.as_slice() else {
        panic!("usage: live-lemmy http://lemmy.localhost:8536 ADMIN PASSWORD");
    };
    let mut stage = Stage::set(base, name, password).await;
    let community = guests::follow(&stage, 0).await;
    let talk = guests::talk(&mut stage, community).await;
    guests::change(&mut stage, &talk).await;
    guests::open_a_thread(&mut stage, community).await;
    guests::keep_to_one_community(&mut stage, community).await;
    guests::complain(&mut stage, &talk).await;
    guests::moderate(&stage, &talk).await;
    fuera::read(&mut stage).await;
    guests::leave(&stage, &talk).await;
    said("everything");
}
