//! Three cities that know each other, each with an administrator who speaks for it.

use serde_json::Value;
use tequio_domain::{CitySlug, Digest, Role, Timestamp, ledger::Period};
use tequio_engine::ledger::{self, hand_over::Speech};
use tequio_engine::{Engine, Member, account};
use tequio_store::{Conn, Tx, log, topic};

use super::redact::Redactor;
use super::stage::get;
use crate::tests::city::{CITIES, City, Network, Running, TOPIC, moment, until};

/// Founds, and coordinates first.
pub const MANAGUA: usize = 0;
/// Takes the second term over.
pub const PANAMA: usize = 1;
/// Gets the third by the votes of the others.
pub const TEGUCIGALPA: usize = 2;

/// The three cities.
pub struct Council {
    pub cities: Vec<City>,
    admins: Vec<Member>,
    running: Vec<Running>,
}

impl Council {
    pub async fn new() -> Self {
        let network = Network::new();
        let (mut cities, mut admins) = (Vec::new(), Vec::new());
        for slug in CITIES {
            let city = City::found(&network, slug).await;
            admins.push(administrator(&city).await);
            city.store().write(name_founder).await.unwrap();
            cities.push(city);
        }
        let running = cities.iter().map(City::start).collect();
        let council = Self {
            cities,
            admins,
            running,
        };
        council.agree().await;
        council
    }

    pub fn engine(&self, of: usize) -> &Engine {
        self.cities[of].engine()
    }

    pub fn admin(&self, of: usize) -> &Member {
        &self.admins[of]
    }

    /// Waits until every city holds every log of the topic to the same entry.
    pub async fn agree(&self) {
        until("all cities hold the same logs", async || {
            let first = heads(&self.cities[0]).await;
            let mut is_same = first.len() == self.cities.len();
            for city in &self.cities[1..] {
                is_same &= heads(city).await == first;
            }
            is_same
        })
        .await;
    }

    /// The last act of a kind in a city's log.
    pub async fn last(&self, of: usize, word: &str) -> Digest {
        let read = |conn: &mut Conn| ledger::read(conn, TOPIC);
        let acta = self.cities[of].store().read(read).await.unwrap();
        let mut acts = acta.acts.iter().rev();
        let found = acts.find(|act| act.at.city == slug(CITIES[of]) && act.act.say.word() == word);
        found.unwrap_or_else(|| panic!("no {word}")).at.digest
    }

    /// The entries of a city's log, as it serves them; a sibling serves the same.
    pub async fn log(&self, of: usize) -> Vec<Value> {
        let path = format!("/t/{TOPIC}/log/{}/1", CITIES[of]);
        let mut pages = Vec::new();
        for city in &self.cities {
            let (status, page) = get(city, &path, "application/activity+json").await;
            assert_eq!(status, 200, "{path}");
            pages.push(page["orderedItems"].as_array().unwrap().clone());
        }
        assert!(pages.iter().all(|page| *page == pages[0]), "{path}");
        pages.remove(0)
    }

    /// That none of the acts was refused anywhere, nor waits: samples are of what counts.
    pub async fn assert_all_count(&self) {
        for city in &self.cities {
            let read = |conn: &mut Conn| ledger::read(conn, TOPIC);
            let state = city.store().read(read).await.unwrap().state;
            assert!(state.refusals.is_empty(), "{:?}", state.refusals);
            assert!(state.waiting.is_empty(), "{:?}", state.waiting);
        }
    }

    /// Hides what differs from run to run.
    pub fn redactor(&self) -> Redactor {
        let mut redactor = Redactor::default();
        for city in &self.cities {
            redactor.host(city.inner().base_url());
        }
        redactor
    }

    pub async fn stop(self) {
        for city in self.running {
            city.stop().await;
        }
    }
}

/// A city of the network by its name.
pub fn slug(city: &str) -> CitySlug {
    CitySlug::parse(city).unwrap()
}

/// What is said about the topic.
pub fn on_topic(note: &str) -> Speech {
    Speech {
        topic: TOPIC.to_owned(),
        note: note.to_owned(),
    }
}

/// From the first day of a month (`2027-01`) to that of another.
pub fn planned(from: &str, to: &str) -> Period {
    let first = |month: &str| Timestamp::parse_rfc3339(&format!("{month}-01T06:00:00Z")).unwrap();
    Period {
        start: first(from),
        end: first(to),
    }
}

async fn administrator(city: &City) -> Member {
    let new = account::NewAccount {
        name: "elena".into(),
        display_name: "Elena".into(),
        post: "Alcaldía".into(),
        password: "doce letras o más".into(),
        locale: tequio_domain::Locale::Es,
    };
    account::create_as_operator(city.engine(), moment(), new, Role::Admin)
        .await
        .unwrap()
}

/// As a configuration does that names the founder.
fn name_founder(tx: &mut Tx<'_>) -> Result<(), tequio_store::Error> {
    let topic_id = topic::by_slug(tx.conn(), TOPIC)?.id;
    tequio_store::ledger::put_founder(tx, topic_id, CITIES[MANAGUA])
}

async fn heads(city: &City) -> Vec<(String, i64, String)> {
    let read = |conn: &mut Conn| {
        let topic_id = topic::by_slug(conn, TOPIC)?.id;
        log::of_topic(conn, topic_id)
    };
    let logs = city.store().read(read).await.unwrap();
    logs.into_iter()
        .map(|log| (log.city, log.head_seq, log.head_digest))
        .collect()
}
