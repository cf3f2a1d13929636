//! Cities as they are on the first day, made once and copied for each seed: founding a city and
//! hashing passwords take longer than all that happens in a history.

use std::{
    fs,
    path::{Path, PathBuf},
};

use tempfile::TempDir;
use tequio_domain::{
    CitySlug, Locale, Role, Timestamp, kit,
    ledger::{Period, Quorum},
};
use tequio_engine::{
    Engine, Founding, FoundingTopic, Moment, account,
    ledger::{founding as coordination, hand_over::Speech},
    receive::Received,
};
use tequio_protocol::{
    activity::actor::{group_uri, person_uri},
    digest::sha256,
    keys::{Ed25519PrivateKey, RsaPrivateKey},
};
use tequio_store::{
    Conn, Database, Store, StoreSettings, Tx, entry, ledger, log, peer, setting, topic,
};
use tokio::runtime::Runtime;

/// Most cities of a world; each has the first ones.
pub const CITIES: [&str; 4] = ["leon", "oaxaca", "quito", "rosario"];
/// The topics of the network.
pub const TOPICS: [&str; 2] = ["agua", "residuos"];
/// The city that founds the coordination of topics, by its place.
pub const FOUNDER: usize = 0;
/// The members of each city; the first one runs it.
pub const MEMBERS: [&str; 2] = ["ana", "beto"];
/// 2026-03-02T14:05:00Z.
pub const FIRST_MICROS: i64 = 1_772_460_300_000_000;

/// Folders of founded cities that know each other's groups.
pub struct Template {
    folder: TempDir,
}

impl Template {
    /// Founds all cities.
    pub fn make() -> Self {
        let folder = scratch();
        let runtime = runtime();
        let transport = RsaPrivateKey::generate().unwrap().to_pem().unwrap();
        for slug in CITIES {
            let store = Store::open(&settings(&folder.path().join(slug))).unwrap();
            found(&runtime, slug, store, &transport);
        }
        found_coordination(&runtime, folder.path());
        Self { folder }
    }

    /// Copies a city into an empty folder.
    pub fn copy(&self, slug: &str, into: &Path) {
        copy_database(&self.folder.path().join(slug), into);
    }
}

/// A runtime on the calling thread: everything is waited for in turn.
pub fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
}

/// A folder in memory where there is one: durability is not what is tested here.
pub fn scratch() -> TempDir {
    TempDir::new_in("/dev/shm")
        .or_else(|_no_memory| TempDir::new())
        .unwrap()
}

/// Where a city of this folder keeps its data.
pub fn settings(folder: &Path) -> StoreSettings {
    StoreSettings {
        database: Database::Sqlite(folder.join("tequio.db")),
        readers: 1,
        files: folder.join("files"),
    }
}

/// Copies a database with its write-ahead log, as a crash would leave it. Nobody may be writing.
pub fn copy_database(from: &Path, into: &Path) {
    fs::create_dir_all(into).unwrap();
    for name in ["tequio.db", "tequio.db-wal"] {
        let (from, into): (PathBuf, PathBuf) = (from.join(name), into.join(name));
        if from.exists() {
            fs::copy(from, into).unwrap();
        } else if into.exists() {
            fs::remove_file(into).unwrap();
        }
    }
}

/// Where a city lives.
pub fn base_url(slug: &str) -> String {
    format!("https://{slug}.example")
}

/// The proof key of an actor of the network: known to all, so that the same seed signs the same.
pub fn key_of(actor: &str) -> Ed25519PrivateKey {
    let mut tagged = vec![0x80, 0x26];
    tagged.extend(sha256(actor.as_bytes()).as_bytes());
    let text = format!("z{}", bs58::encode(tagged).into_string());
    Ed25519PrivateKey::from_multibase(&text).unwrap()
}

fn found(runtime: &Runtime, slug: &'static str, store: Store, transport: &str) {
    let transport = transport.to_owned();
    store
        .write_blocking(move |tx| {
            setting::put(tx, "transport_key", &transport)?;
            let base_url = base_url(slug);
            put_key(tx, &format!("{base_url}/"))?;
            for topic in TOPICS {
                put_key(tx, &group_uri(&base_url, topic))?;
            }
            MEMBERS
                .iter()
                .try_for_each(|name| put_key(tx, &person_uri(&base_url, name)))
        })
        .unwrap();
    let engine = Engine::open(store, founding(slug), first()).unwrap();
    for (number, name) in MEMBERS.iter().enumerate() {
        let new = account::NewAccount {
            name: (*name).to_owned(),
            display_name: format!("{name} de {slug}"),
            post: String::new(),
            password: "una clave bastante larga".to_owned(),
            locale: Locale::Es,
        };
        let role = if number == 0 {
            Role::Admin
        } else {
            Role::Member
        };
        let entropy = *sha256(format!("{slug} {name}").as_bytes()).as_bytes();
        let moment = Moment::new(first(), entropy);
        let made = account::create_as_operator(&engine, moment, new, role);
        runtime.block_on(made).unwrap();
    }
    engine
        .store()
        .write_blocking(move |tx| meet_siblings(tx, slug))
        .unwrap();
}

/// The first city founds the coordination of each topic, each with another coordinator; all know it.
fn found_coordination(runtime: &Runtime, folder: &Path) {
    let open = |slug: &str| {
        let store = Store::open(&settings(&folder.join(slug))).unwrap();
        Engine::open(store, founding(slug), first()).unwrap()
    };
    let engine = open(CITIES[FOUNDER]);
    let admin = runtime
        .block_on(account::member(&engine, MEMBERS[0]))
        .unwrap();
    let start = first();
    let mut logs = Vec::new();
    for (topic, coordinator) in TOPICS.into_iter().zip(CITIES) {
        let plan = coordination::Plan {
            coordinator: CitySlug::parse(coordinator).unwrap(),
            term_days: 180,
            quorum: Quorum::Majority,
            period: Period {
                start,
                end: start.plus_seconds(180 * 24 * 3600),
            },
        };
        let moment = Moment::new(start, *sha256(topic.as_bytes()).as_bytes());
        let speech = Speech::on(topic);
        let founded = coordination::found(&engine, &admin, moment, speech, plan);
        runtime.block_on(founded).unwrap();
        let read = move |conn: &mut Conn| {
            let topic_id = topic::by_slug(conn, topic)?.id;
            let log = log::by_home(conn, topic_id, CITIES[FOUNDER])?.unwrap();
            entry::bodies_after(conn, log.id, 0, 100)
        };
        logs.push(engine.store().read_blocking(read).unwrap());
    }
    for slug in &CITIES[1..] {
        let engine = open(slug);
        for bodies in &logs {
            let received = runtime
                .block_on(engine.receive(bodies.clone(), start))
                .unwrap();
            assert!(
                matches!(received, Received::Appended { .. }),
                "{received:?}"
            );
        }
    }
}

fn first() -> Timestamp {
    Timestamp::from_micros(FIRST_MICROS)
}

fn put_key(tx: &mut Tx<'_>, actor: &str) -> Result<(), tequio_store::Error> {
    let key = key_of(actor);
    let row = setting::ActorKey {
        actor_uri: actor.to_owned(),
        private_key: key.to_multibase(),
        public_key: key.public().to_multibase(),
        created_at: FIRST_MICROS,
    };
    setting::add_actor_key(tx, &row)
}

/// Makes the logs of the other cities, as discovery does.
fn meet_siblings(tx: &mut Tx<'_>, own: &str) -> Result<(), tequio_store::Error> {
    for topic in TOPICS {
        let topic_id = topic::by_slug(tx.conn(), topic)?.id;
        ledger::put_founder(tx, topic_id, CITIES[FOUNDER])?;
    }
    for slug in CITIES.into_iter().filter(|slug| *slug != own) {
        peer::ensure(tx, slug)?;
        for topic in TOPICS {
            let group_uri = group_uri(&base_url(slug), topic);
            let row = log::Log {
                id: tx.next_id()?,
                topic_id: topic::by_slug(tx.conn(), topic)?.id,
                city: slug.to_owned(),
                public_key: key_of(&group_uri).public().to_multibase(),
                group_uri,
                head_seq: 0,
                head_digest: String::new(),
                known_seq: 0,
                is_frozen: false,
            };
            log::add(tx, &row)?;
        }
    }
    Ok(())
}

/// What a city is founded from.
pub fn founding(slug: &str) -> Founding {
    let others = CITIES.into_iter().filter(|other| *other != slug);
    Founding {
        network: kit::Network {
            slug: "prueba".to_owned(),
            name: words("Prueba"),
            summary: words("Una red."),
            topics: TOPICS.map(str::to_owned).to_vec(),
            cities: CITIES.map(kit_city).to_vec(),
            coordination: None,
        },
        topics: TOPICS.map(founding_topic).to_vec(),
        city: CitySlug::parse(slug).unwrap(),
        base_url: base_url(slug),
        siblings: others
            .map(|slug| (CitySlug::parse(slug).unwrap(), base_url(slug)))
            .collect(),
    }
}

fn kit_city(slug: &str) -> kit::City {
    kit::City {
        slug: slug.to_owned(),
        name: slug.to_uppercase(),
        country: words("México"),
        summary: words("Una ciudad."),
    }
}

fn founding_topic(slug: &str) -> FoundingTopic {
    FoundingTopic {
        topic: kit::Topic {
            slug: slug.to_owned(),
            name: words(slug),
            summary: words("Un tema."),
            for_deciders: words("Para decidir."),
            for_practitioners: words("Para hacer."),
        },
        glossary: kit::Glossary { terms: Vec::new() },
    }
}

fn words(text: &str) -> kit::Bilingual {
    kit::Bilingual {
        es: text.to_owned(),
        en: text.to_owned(),
    }
}
