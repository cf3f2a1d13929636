//! One city: an engine over a real SQLite, which can crash and be set back.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use tequio_domain::Timestamp;
use tequio_engine::{Engine, Member, account};
use tequio_federation::claims::Claims;
use tequio_store::{Conn, Store, Tx, entry, log, peer, topic};
use tokio::runtime::Runtime;

use crate::template::{self, CITIES, MEMBERS, TOPICS, Template};

/// A running city.
pub struct City {
    /// Its place in the world and in [`CITIES`].
    pub index: usize,
    /// Its slug.
    pub slug: &'static str,
    /// Who may act here.
    pub members: Vec<Member>,
    /// How far its clock is from the world's, in seconds.
    pub skew_s: i64,
    /// Up to which own entry each sibling has everything, by index: written down now and then.
    pub sent: BTreeMap<usize, i64>,
    /// Refused deliveries in a row, by index of the sibling.
    pub refusals: BTreeMap<usize, i32>,
    /// A copy of its database, if one was made.
    pub backup: Option<PathBuf>,
    /// What siblings say they hold; forgotten by a crash.
    pub claims: Claims,
    log_ids: BTreeMap<(usize, usize), i64>,
    folder: PathBuf,
    /// `None` only while it is down.
    engine: Option<Engine>,
}

impl City {
    /// A city of the first day.
    pub fn start(runtime: &Runtime, template: &Template, world: &Path, index: usize) -> Self {
        let slug = CITIES[index];
        let folder = world.join(slug);
        template.copy(slug, &folder);
        let mut city = Self {
            index,
            slug,
            members: Vec::new(),
            skew_s: 0,
            sent: BTreeMap::new(),
            refusals: BTreeMap::new(),
            backup: None,
            claims: Claims::default(),
            log_ids: BTreeMap::new(),
            folder,
            engine: None,
        };
        city.open(template::FIRST_MICROS);
        city.log_ids = city.read(ids_of_logs);
        city.members = MEMBERS
            .iter()
            .map(|name| runtime.block_on(account::member(city.engine(), name)))
            .collect::<Result<_, _>>()
            .unwrap();
        city
    }

    fn open(&mut self, now: i64) {
        let store = Store::open(&template::settings(&self.folder)).unwrap();
        let now = Timestamp::from_micros(now);
        let engine = Engine::open(store, template::founding(self.slug), now).unwrap();
        self.sent = engine
            .store()
            .read_blocking(peer::list)
            .unwrap()
            .iter()
            .filter_map(|row| Some((place_of(&row.city)?, row.sent_id)))
            .collect();
        self.refusals.clear();
        self.claims = Claims::default();
        self.engine = Some(engine);
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        self.engine.as_ref().unwrap()
    }

    /// The process is killed and started again: only what is on disk is left.
    pub fn crash(&mut self, now: i64) {
        let left = self.folder.join("left");
        template::copy_database(&self.folder, &left);
        self.put_back(&left, now);
        fs::remove_dir_all(left).unwrap();
    }

    /// Keeps a copy of the database.
    pub fn back_up(&mut self) {
        let backup = self.folder.join("backup");
        template::copy_database(&self.folder, &backup);
        self.backup = Some(backup);
    }

    /// The backup takes the place of the database. Files are not set back.
    pub fn restore(&mut self, now: i64) {
        if let Some(backup) = self.backup.clone() {
            self.put_back(&backup, now);
        }
    }

    fn put_back(&mut self, from: &Path, now: i64) {
        self.engine = None;
        for name in ["tequio.db", "tequio.db-wal", "tequio.db-shm"] {
            let path = self.folder.join(name);
            if path.exists() {
                fs::remove_file(path).unwrap();
            }
        }
        template::copy_database(from, &self.folder);
        self.open(now);
    }

    /// Reads rows.
    pub fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut Conn) -> Result<T, tequio_store::Error> + Send + 'static,
    ) -> T {
        self.engine().store().read_blocking(query).unwrap()
    }

    /// Writes rows that are no entries: what the federation keeps for itself.
    pub fn write(
        &self,
        change: impl FnOnce(&mut Tx<'_>) -> Result<(), tequio_store::Error> + Send + 'static,
    ) {
        self.engine().store().write_blocking(change).unwrap();
    }

    /// A log as it is held here.
    pub fn log_of(&self, home: usize, topic: usize) -> log::Log {
        let id = self.log_ids[&(home, topic)];
        self.read(move |conn| log::by_id(conn, id))
    }

    /// Row keys of the logs, by home and topic; they never change.
    pub fn log_ids(&self) -> &BTreeMap<(usize, usize), i64> {
        &self.log_ids
    }

    /// Entries of a log as held here, after a place.
    pub fn bodies(&self, home: usize, topic: usize, after: i64, limit: i64) -> Vec<String> {
        let id = self.log_ids[&(home, topic)];
        self.read(move |conn| entry::bodies_after(conn, id, after, limit))
    }
}

fn ids_of_logs(conn: &mut Conn) -> Result<BTreeMap<(usize, usize), i64>, tequio_store::Error> {
    let mut ids = BTreeMap::new();
    for (topic, slug) in TOPICS.into_iter().enumerate() {
        let topic_id = topic::by_slug(conn, slug)?.id;
        for row in log::of_topic(conn, topic_id)? {
            ids.extend(place_of(&row.city).map(|home| ((home, topic), row.id)));
        }
    }
    Ok(ids)
}

/// The place of a slug in [`CITIES`].
pub fn place_of(slug: &str) -> Option<usize> {
    CITIES.iter().position(|known| *known == slug)
}

/// The place of a slug in [`TOPICS`].
pub fn topic_of(slug: &str) -> Option<usize> {
    TOPICS.iter().position(|known| *known == slug)
}

/// The city on whose server something is; `None`: it is outside the network.
pub fn city_of(uri: &str) -> Option<usize> {
    let (_, rest) = uri.split_once("://")?;
    place_of(rest.split_once(".example")?.0)
}
