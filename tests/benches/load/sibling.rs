//! The sibling city: an engine of its own in this process, whose documents and log pages the server
//! reads over HTTP. Its couriers are not started: what is handed over, and when, is the benchmark's.

use std::{net::Ipv4Addr, path::Path};

use actix_web::{App, HttpServer};
use futures::{StreamExt as _, stream};
use serde::de::DeserializeOwned;
use tequio_domain::{CitySlug, Locale, Oid, Role, ThreadKind, kit};
use tequio_engine::{Engine, Founding, FoundingTopic, Member, account, comment, thread};
use tequio_federation::{Federation, FederationSettings, PeerSettings};
use tequio_protocol::{activity::main_key_id, http_signature};
use tequio_store::{Database, Store, StoreSettings, entry, log};
use url::Url;

use super::{
    client::request,
    machine::{clock, moment},
    server::Place,
};

/// The password of every made-up member.
const PASSWORD: &str = "una frase bastante larga";
/// Commands under way at once.
const AT_ONCE: usize = 64;
/// Members who write.
const MEMBERS: usize = 8;

const KIT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../config/kits/ayuda-urbana");

fn read<T: DeserializeOwned>(path: &str) -> T {
    let path = Path::new(KIT).join(path);
    toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The kit's network; nobody coordinates its topics.
fn network() -> kit::Network {
    let mut network: toml::Table = read("network.toml");
    network.remove("coordination");
    network.try_into().unwrap()
}

/// Opens (and founds) a city of the kit. Blocks.
pub fn open(place: &Place, sibling: &Place) -> Engine {
    let network = network();
    let topics = network.topics.iter().map(|slug| FoundingTopic {
        topic: read(&format!("topics/{slug}/topic.toml")),
        glossary: read(&format!("topics/{slug}/glossary.toml")),
    });
    let founding = Founding {
        topics: topics.collect(),
        network,
        city: CitySlug::parse(place.city).unwrap(),
        base_url: place.base_url(),
        siblings: vec![(CitySlug::parse(sibling.city).unwrap(), sibling.base_url())],
    };
    let store = Store::open(&StoreSettings {
        database: Database::Sqlite(place.data().join("tequio.sqlite")),
        readers: 2,
        files: place.data().join("files"),
    });
    Engine::open(store.unwrap(), founding, clock()).unwrap()
}

/// Makes members who may write.
pub async fn members(engine: &Engine) -> Vec<Member> {
    let mut members = Vec::new();
    for n in 0..MEMBERS {
        let new = account::NewAccount {
            name: format!("persona_{n}"),
            display_name: format!("Persona {n}"),
            post: "Servicios urbanos".to_owned(),
            password: PASSWORD.to_owned(),
            locale: Locale::Es,
        };
        let role = if n == 0 { Role::Admin } else { Role::Member };
        let made = account::create_as_operator(engine, moment(), new, role).await;
        members.push(made.unwrap());
    }
    members
}

/// A session of the first member.
pub async fn session(engine: &Engine) -> String {
    let signed = tequio_engine::session::sign_in(engine, moment(), "persona_0", PASSWORD).await;
    signed.unwrap().token
}

/// Somebody opens a thread and others comment in it, some of them on comments.
pub async fn talk(
    engine: &Engine,
    members: &[Member],
    topic: &str,
    title: &str,
    comments: usize,
) -> Oid {
    let new = thread::NewThread {
        topic: topic.to_owned(),
        kind: ThreadKind::Question,
        title: title.to_owned(),
        body: text(0),
    };
    let root = thread::open(engine, &members[0], moment(), new)
        .await
        .unwrap();
    let mut parent = root;
    for n in 1..=comments {
        let author = &members[n % members.len()];
        let said = comment::add(engine, author, moment(), parent, &text(n)).await;
        parent = if n % 3 == 0 { said.unwrap() } else { root };
    }
    root
}

/// A comment such as people write, 500 characters.
pub fn text(n: usize) -> String {
    format!(
        "En nuestra ciudad lo hicimos en {n} meses y con **poco dinero**.\n\n\
         - Primero pesamos lo que se recoge en cada ruta, durante dos semanas.\n\
         - Después hablamos con las familias: ¿qué pagarían por un servicio cierto?\n\
         - Al final el concejo aprobó la tarifa, con un descuento para quien separa.\n\n\
         Lo más difícil fue explicar por qué antes era gratis. El cuadro de costos está en la \
         [biblioteca](https://example.org/biblioteca/costos-{n}) y puede adaptarse."
    )
}

/// One of our logs.
#[derive(Debug, Clone)]
pub struct Topic {
    pub slug: String,
    pub threads: Vec<Oid>,
}

/// The sibling.
pub struct Sibling {
    pub engine: Engine,
    pub place: Place,
    pub topics: Vec<Topic>,
    members: Vec<Member>,
}

impl Sibling {
    /// Founds it and fills it: `threads` threads over all topics with `comments` comments each;
    /// the very first has `most`.
    pub async fn new(
        place: &Place,
        server: &Place,
        (threads, comments, most): (usize, usize, usize),
    ) -> Self {
        let engine = open(place, server);
        let members = members(&engine).await;
        let topics: Vec<String> = network().topics;
        let count = topics.len();
        let talks = (0..threads).map(|n| {
            let comments = if n == 0 { most } else { comments };
            let title = format!("¿Cómo lo hacen en su ciudad? Pregunta {n}");
            let (engine, members, topic) = (&engine, &members, &topics[n % count]);
            async move { (n, talk(engine, members, topic, &title, comments).await) }
        });
        let mut opened: Vec<(usize, Oid)> = stream::iter(talks)
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        opened.sort_unstable_by_key(|(n, _)| *n);
        let topics = topics.into_iter().enumerate().map(|(index, slug)| {
            let here = opened.iter().filter(|(n, _)| n % count == index);
            Topic {
                slug,
                threads: here.map(|(_, oid)| *oid).collect(),
            }
        });
        Self {
            topics: topics.collect(),
            engine,
            place: place.clone(),
            members,
        }
    }

    /// Serves what siblings read, on a thread of its own, until the program ends.
    pub fn serve(&self, server: &Place) {
        let settings = FederationSettings {
            development: true,
            extra_roots: tequio_federation::fetcher::ExtraRoots::default(),
            peers: vec![PeerSettings {
                city: server.city.to_owned(),
                base_url: server.base_url(),
            }],
            heartbeat_s: 3600,
            alarm_after_s: 45,
            trusted_proxies: Vec::new(),
        };
        let federation = Federation::new(settings, self.engine.clone(), clock).unwrap();
        let configure = federation.configure();
        let address = (Ipv4Addr::LOCALHOST, self.place.port);
        let listener = std::net::TcpListener::bind(address).unwrap();
        std::thread::spawn(move || {
            let server = HttpServer::new(move || App::new().configure(configure.clone()))
                .workers(1)
                .disable_signals()
                .listen(listener)
                .unwrap()
                .run();
            actix_web::rt::System::new().block_on(server).unwrap();
        });
    }

    /// How far each of our logs reaches: `(topic, group, seq)`.
    pub async fn heads(&self) -> Vec<(String, String, i64)> {
        let mut heads = Vec::new();
        for topic in &self.topics {
            let row = self.log(&topic.slug).await;
            heads.push((topic.slug.clone(), row.group_uri, row.head_seq));
        }
        heads
    }

    async fn log(&self, topic: &str) -> log::Log {
        let group = format!("{}/t/{topic}", self.place.base_url());
        let read = move |conn: &mut _| log::by_group(conn, &group);
        self.engine.store().read(read).await.unwrap().unwrap()
    }

    /// Writes `count` more comments in a topic and answers their entries as requests to the
    /// server's shared inbox, each signed, in the order of the log.
    pub async fn signed_comments(
        &self,
        topic: &Topic,
        count: usize,
        server: &Place,
    ) -> Vec<Vec<u8>> {
        let before = self.log(&topic.slug).await;
        let comments = (0..count).map(|n| {
            let author = &self.members[n % self.members.len()];
            let thread = topic.threads[n % topic.threads.len()];
            async move {
                let said = comment::add(&self.engine, author, moment(), thread, &text(n)).await;
                said.unwrap();
            }
        });
        let () = stream::iter(comments)
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        let (id, from) = (before.id, before.head_seq);
        let limit = i64::try_from(count).unwrap() + 100;
        let read = move |conn: &mut _| entry::bodies_after(conn, id, from, limit);
        let bodies = self.engine.store().read(read).await.unwrap();
        let sign = |body: &String| self.signed(&before.group_uri, body, server);
        bodies.iter().map(sign).collect()
    }

    /// A post to the server's shared inbox, signed by our key in the name of an actor.
    pub fn signed(&self, actor: &str, body: &str, server: &Place) -> Vec<u8> {
        let inbox = Url::parse(&format!("{}/inbox", server.base_url())).unwrap();
        let key = &self.engine.identity().transport;
        let bytes = body.as_bytes();
        let key_id = main_key_id(actor);
        let signed = http_signature::sign("POST", &inbox, Some(bytes), &key_id, key, clock());
        let signed = signed.unwrap();
        let date = format!("date: {}", signed.date);
        let digest = format!("digest: {}", signed.digest.unwrap_or_default());
        let signature = format!("signature: {}", signed.signature);
        let kind = "content-type: application/activity+json";
        let headers = [date.as_str(), &digest, &signature, kind];
        request("POST", "/inbox", &signed.host, &headers, bytes)
    }
}
