//! Cities in one process: founded from a tiny kit, exchanging entries without a network.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicI64, Ordering},
    },
};

use tequio_domain::{CitySlug, Locale, Oid, Role, ThreadKind, Timestamp, kit, ledger::Quorum};
use tequio_engine::{
    Engine, Founding, FoundingTopic, Member, Moment, account, comment, post,
    receive::Received,
    state_digest::{self, TopicState},
    thread,
};
use tequio_protocol::{digest::sha256, keys::RsaPrivateKey};
use tequio_store::{
    Store, Tx, entry, log, setting,
    testing::{
        self, TestStore,
        dump::{self, Dump},
    },
    topic,
};

/// Slugs of all cities of the kit; a world has the first ones.
pub const CITIES: [&str; 4] = ["oaxaca", "quito", "rosario", "leon"];
/// The topic of most tests.
pub const WATER: &str = "agua";
/// The other one.
pub const WASTE: &str = "residuos";
/// Every member's.
pub const PASSWORD: &str = "una clave bastante larga";

/// The tables that the entries make.
pub const VIEW: [&str; 13] = [
    "person",
    "author_key",
    "object",
    "thread",
    "knowledge",
    "revision",
    "attachment",
    "tally",
    "waiting",
    "ledger_entry",
    "ledger_term",
    "ledger_member",
    "ruling",
];

/// Two seconds pass between any two actions of a world.
const TICK_MICROS: i64 = 2_000_000;
/// 2026-03-02T14:05:00Z.
const FIRST_MICROS: i64 = 1_772_460_300_000_000;

/// One city with its engine.
pub struct City {
    pub slug: &'static str,
    pub engine: Engine,
    clock: Arc<AtomicI64>,
    /// Keeps the data of all but a world's first city.
    own_store: Option<TestStore>,
}

/// Some cities, each with the logs of all.
pub struct World {
    pub cities: Vec<City>,
}

impl World {
    /// The first city lives in `store`, the others on SQLite of their own.
    pub fn new(store: &TestStore, count: usize) -> Self {
        let clock = Arc::new(AtomicI64::new(FIRST_MICROS));
        let mut cities = vec![City::found(CITIES[0], store, &clock)];
        for slug in &CITIES[1..count] {
            let own = testing::sqlite();
            let mut city = City::found(slug, &own, &clock);
            city.own_store = Some(own);
            cities.push(city);
        }
        let world = Self { cities };
        for reader in &world.cities {
            for home in &world.cities {
                reader.discover(home.groups());
            }
        }
        world
    }

    /// Every city takes what the others have written and it does not hold yet.
    pub async fn exchange(&self) {
        for reader in &self.cities {
            for home in self.cities.iter().filter(|home| home.slug != reader.slug) {
                for topic in [WATER, WASTE] {
                    reader.pull(home, topic).await;
                }
            }
        }
    }

    /// Fails unless all cities have the same state of both topics.
    pub async fn assert_agreed(&self) {
        for topic in [WATER, WASTE] {
            let first = self.cities[0].state(topic).await;
            for city in &self.cities[1..] {
                assert_eq!(city.state(topic).await, first, "{}", city.slug);
            }
        }
    }
}

/// A group as discovery finds it: city, topic, id, key.
pub type Group = (&'static str, &'static str, String, String);

impl City {
    fn found(slug: &'static str, store: &Store, clock: &Arc<AtomicI64>) -> Self {
        Self::found_as(slug, store, clock, founding(slug))
    }

    /// A city whose configuration names no sibling, some time after the first.
    pub fn alone(slug: &'static str, store: &Store) -> Self {
        let founding = Founding {
            siblings: Vec::new(),
            ..founding(slug)
        };
        let clock = Arc::new(AtomicI64::new(FIRST_MICROS));
        Self::found_as(slug, store, &clock, founding)
    }

    fn found_as(
        slug: &'static str,
        store: &Store,
        clock: &Arc<AtomicI64>,
        founding: Founding,
    ) -> Self {
        // An RSA key takes long to make, and no test here looks at it.
        static TRANSPORT: OnceLock<String> = OnceLock::new();
        let pem = TRANSPORT.get_or_init(|| RsaPrivateKey::generate().unwrap().to_pem().unwrap());
        store
            .write_blocking(|tx| setting::put(tx, "transport_key", pem))
            .unwrap();
        let now = Timestamp::from_micros(FIRST_MICROS);
        let engine = Engine::open(store.clone(), founding, now).unwrap();
        Self {
            slug,
            engine,
            clock: Arc::clone(clock),
            own_store: None,
        }
    }

    /// This city once more, on other data of its own; the clock goes on.
    pub fn again(&self, store: &Store) -> Self {
        Self::found(self.slug, store, &self.clock)
    }

    /// A city without content that knows these groups, on a fresh SQLite.
    pub fn newcomer(slug: &'static str, groups: Vec<Group>) -> Self {
        let own = testing::sqlite();
        let mut city = Self::newcomer_on(slug, &own, groups);
        city.own_store = Some(own);
        city
    }

    /// A city without content that knows these groups.
    pub fn newcomer_on(slug: &'static str, store: &Store, groups: Vec<Group>) -> Self {
        let clock = Arc::new(AtomicI64::new(FIRST_MICROS));
        let city = Self::found(slug, store, &clock);
        city.discover(groups);
        city
    }

    /// This city's own groups.
    pub fn groups(&self) -> Vec<Group> {
        let logs = |topic| {
            let row = self.log_of(self.slug, topic);
            (self.slug, topic, row.group_uri, row.public_key)
        };
        [WATER, WASTE].map(logs).to_vec()
    }

    /// Makes the logs of groups that are not known yet, as discovery does.
    fn discover(&self, groups: Vec<Group>) {
        let write = move |tx: &mut Tx<'_>| {
            for (city, topic, group_uri, public_key) in groups {
                let topic_id = topic::by_slug(tx.conn(), topic)?.id;
                if log::by_home(tx.conn(), topic_id, city)?.is_some() {
                    continue;
                }
                let row = log::Log {
                    id: tx.next_id()?,
                    topic_id,
                    city: city.to_owned(),
                    group_uri,
                    public_key,
                    head_seq: 0,
                    head_digest: String::new(),
                    known_seq: 0,
                    is_frozen: false,
                };
                log::add(tx, &row)?;
            }
            Ok::<_, tequio_store::Error>(())
        };
        self.engine.store().write_blocking(write).unwrap();
    }

    /// Takes what another city has written since.
    pub async fn pull(&self, home: &Self, topic: &'static str) {
        let held = self.log_of(home.slug, topic).head_seq;
        let bodies = home.bodies(home.slug, topic, held);
        if !bodies.is_empty() {
            let received = self.receive(bodies).await;
            assert!(
                matches!(received, Received::Appended { .. }),
                "{received:?}"
            );
        }
    }

    /// Hands entries to the engine.
    pub async fn receive(&self, bodies: Vec<String>) -> Received {
        self.engine
            .receive(bodies, self.moment().now())
            .await
            .unwrap()
    }

    /// A log as it is held here.
    pub fn log_of(&self, home: &'static str, topic: &'static str) -> log::Log {
        let find = move |conn: &mut tequio_store::Conn| {
            let topic = topic::by_slug(conn, topic)?;
            Ok::<_, tequio_store::Error>(log::by_home(conn, topic.id, home)?.unwrap())
        };
        self.engine.store().read_blocking(find).unwrap()
    }

    /// Entries of a log as held here, after a place.
    pub fn bodies(&self, home: &'static str, topic: &'static str, after: i64) -> Vec<String> {
        let id = self.log_of(home, topic).id;
        let read = move |conn: &mut tequio_store::Conn| entry::bodies_after(conn, id, after, 1000);
        self.engine.store().read_blocking(read).unwrap()
    }

    /// The next moment.
    pub fn moment(&self) -> Moment {
        let now = self.clock.fetch_add(TICK_MICROS, Ordering::SeqCst);
        let entropy = *sha256(format!("{} {now}", self.slug).as_bytes()).as_bytes();
        Moment::new(Timestamp::from_micros(now), entropy)
    }

    /// A new active member.
    pub async fn member(&self, name: &str) -> Member {
        let new = new_account(name);
        account::create_as_operator(&self.engine, self.moment(), new, Role::Member)
            .await
            .unwrap()
    }

    /// A new administrator.
    pub async fn admin(&self, name: &str) -> Member {
        let new = new_account(name);
        account::create_as_operator(&self.engine, self.moment(), new, Role::Admin)
            .await
            .unwrap()
    }

    /// Opens a question about water.
    pub async fn ask(&self, who: &Member, title: &str) -> Oid {
        let new = thread::NewThread {
            topic: WATER.to_owned(),
            kind: ThreadKind::Question,
            title: title.to_owned(),
            body: format!("Pregunta: **{title}**"),
        };
        thread::open(&self.engine, who, self.moment(), new)
            .await
            .unwrap()
    }

    /// Comments on anything.
    pub async fn answer(&self, who: &Member, parent: Oid, body: &str) -> Oid {
        comment::add(&self.engine, who, self.moment(), parent, body)
            .await
            .unwrap()
    }

    /// Gives a post new texts.
    pub async fn edit(&self, who: &Member, oid: Oid, title: &str, body: &str) {
        let edit = new_texts(title, body);
        post::edit(&self.engine, who, self.moment(), oid, edit)
            .await
            .unwrap();
    }

    /// Deletes a post.
    pub async fn delete(&self, who: &Member, oid: Oid) {
        post::delete(&self.engine, who, self.moment(), oid)
            .await
            .unwrap();
    }

    /// The state of a topic.
    pub async fn state(&self, topic: &'static str) -> TopicState {
        let read = move |conn: &mut tequio_store::Conn| state_digest::of_topic(conn, topic);
        self.engine.store().read(read).await.unwrap()
    }

    /// The tables that the entries make.
    pub fn view(&self) -> Dump {
        self.engine
            .store()
            .read_blocking(|conn| dump::of(conn, &VIEW))
            .unwrap()
    }

    /// All tables.
    pub fn everything(&self) -> Dump {
        self.engine.store().read_blocking(dump::all).unwrap()
    }

    /// One object.
    pub fn object(&self, oid: Oid) -> tequio_store::object::Object {
        let read = move |conn: &mut tequio_store::Conn| {
            tequio_store::object::by_oid(conn, &oid.to_string())
        };
        self.engine.store().read_blocking(read).unwrap().unwrap()
    }

    /// The identity of an object.
    pub fn by_uri(&self, uri: &str) -> Oid {
        let uri = uri.to_owned();
        let read = move |conn: &mut tequio_store::Conn| tequio_store::object::by_uri(conn, &uri);
        let row = self.engine.store().read_blocking(read).unwrap().unwrap();
        Oid::parse(&row.oid).unwrap()
    }

    /// How many entries wait for something.
    pub fn waiting(&self) -> i64 {
        self.engine
            .store()
            .read_blocking(entry::count_waiting)
            .unwrap()
    }
}

/// What makes an account.
pub fn new_account(name: &str) -> account::NewAccount {
    account::NewAccount {
        name: name.to_owned(),
        display_name: format!("{name} de prueba"),
        post: "Obras".to_owned(),
        password: PASSWORD.to_owned(),
        locale: Locale::Es,
    }
}

/// New texts of a post.
pub fn new_texts(title: &str, body: &str) -> post::Edit {
    post::Edit {
        title: title.to_owned(),
        summary: String::new(),
        body: body.to_owned(),
    }
}

/// Where a city lives.
pub fn base_url(slug: &str) -> String {
    format!("https://{slug}.example")
}

/// What a city of the kit is founded from.
pub fn founding(slug: &str) -> Founding {
    let others = CITIES.iter().filter(|other| **other != slug);
    Founding {
        network: kit::Network {
            slug: "prueba".to_owned(),
            name: words("Prueba"),
            summary: words("Una red."),
            topics: vec![WATER.to_owned(), WASTE.to_owned()],
            cities: CITIES.iter().map(|slug| kit_city(slug)).collect(),
            coordination: Some(kit::Coordination {
                founder: CITIES[0].to_owned(),
                term_days: 90,
                quorum: Quorum::Majority,
                first_term: "2026-03-01T00:00:00Z".to_owned(),
                coordinators: BTreeMap::new(),
            }),
        },
        topics: [WATER, WASTE]
            .iter()
            .map(|slug| founding_topic(slug))
            .collect(),
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
