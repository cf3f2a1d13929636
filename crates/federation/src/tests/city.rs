//! A city of a small network, for tests: its own store, engine, port and tasks.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use actix_web::{App, HttpResponse, HttpServer, web};
use futures::TryStreamExt as _;
use tequio_domain::{CitySlug, Digest, Oid, Role, ThreadKind, Timestamp, kit};
use tequio_engine::{Engine, Founding, FoundingTopic, Member, Moment, account, comment, thread};
use tequio_store::Store;
use tequio_store::testing::TestStore;
use tokio::net::TcpSocket;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::{Federation, FederationSettings, Inner, PeerSettings};

pub const CITIES: [&str; 3] = ["managua", "panama", "tegucigalpa"];
pub const TOPIC: &str = "agua";

#[expect(clippy::disallowed_methods, reason = "tests have a real clock")]
pub fn clock() -> Timestamp {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap())
}

pub fn moment() -> Moment {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let mut entropy = [7; 32];
    entropy[..8].copy_from_slice(&COUNT.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    Moment::new(clock(), entropy)
}

/// Where each city of a network will listen. The ports are held, so that nobody else takes them, by
/// sockets that do not listen: a city that does not run refuses connections.
pub struct Network(Vec<(String, TcpSocket)>);

impl Network {
    pub fn new() -> Self {
        Self::of(&CITIES)
    }

    pub fn of(cities: &[&str]) -> Self {
        let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let bound = cities.iter().map(|city| ((*city).to_owned(), bind(any)));
        Self(bound.collect())
    }

    fn cities(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(city, _)| city.as_str())
    }

    fn address(&self, city: &str) -> SocketAddr {
        let (_, socket) = self.0.iter().find(|(name, _)| name == city).unwrap();
        socket.local_addr().unwrap()
    }

    pub fn base_url(&self, city: &str) -> String {
        format!("http://{city}.localhost:{}", self.address(city).port())
    }

    fn peers_of(&self, city: &str) -> Vec<PeerSettings> {
        let others = self.cities().filter(|other| *other != city);
        let settings = |other: &str| PeerSettings {
            city: other.to_owned(),
            base_url: self.base_url(other),
        };
        others.map(settings).collect()
    }
}

fn bind(address: SocketAddr) -> TcpSocket {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseaddr(true).unwrap();
    socket.bind(address).unwrap();
    socket
}

/// A founded city that is not serving yet.
pub struct City {
    pub slug: String,
    pub federation: Federation,
    address: SocketAddr,
    store: TestStore,
    member: Option<Member>,
}

impl City {
    pub async fn found(network: &Network, slug: &str) -> Self {
        Self::knowing(network, slug, network.peers_of(slug)).await
    }

    /// A city whose configuration names these siblings.
    pub async fn knowing(network: &Network, slug: &str, peers: Vec<PeerSettings>) -> Self {
        let store = tequio_store::testing::sqlite();
        let founding = founding(network, slug);
        let handle = Store::clone(&store);
        let engine =
            tokio::task::spawn_blocking(move || Engine::open(handle, founding, clock()).unwrap());
        let settings = FederationSettings {
            development: true,
            extra_roots: crate::fetcher::ExtraRoots::default(),
            peers,
            heartbeat_s: 3600,
            alarm_after_s: 45,
            trusted_proxies: Vec::new(),
        };
        let federation = Federation::new(settings, engine.await.unwrap(), clock).unwrap();
        let address = network.address(slug);
        Self {
            slug: slug.to_owned(),
            federation,
            address,
            store,
            member: None,
        }
    }

    pub fn inner(&self) -> &Inner {
        &self.federation.0
    }

    pub fn engine(&self) -> &Engine {
        &self.inner().engine
    }

    pub fn store(&self) -> &Store {
        &self.store
    }

    pub async fn member(&mut self) -> Member {
        if self.member.is_none() {
            let new = account::NewAccount {
                name: "ana".into(),
                display_name: "Ana".into(),
                post: "Aguas".into(),
                password: "doce letras o más".into(),
                locale: tequio_domain::Locale::Es,
            };
            let made = account::create_as_operator(self.engine(), moment(), new, Role::Member);
            self.member = Some(made.await.unwrap());
        }
        self.member.clone().unwrap()
    }

    pub async fn open_thread(&mut self, title: &str) -> Oid {
        let member = self.member().await;
        let new = thread::NewThread {
            topic: TOPIC.into(),
            kind: ThreadKind::Question,
            title: title.into(),
            body: "¿Cómo cobrar la **basura**?".into(),
        };
        thread::open(self.engine(), &member, moment(), new)
            .await
            .unwrap()
    }

    pub async fn comment(&mut self, parent: Oid, text: &str) -> Oid {
        let member = self.member().await;
        comment::add(self.engine(), &member, moment(), parent, text)
            .await
            .unwrap()
    }

    /// The digest of the topic's shared state.
    pub async fn digest(&self) -> String {
        let read = |conn: &mut _| tequio_engine::state_digest::of_topic(conn, TOPIC);
        self.store.read(read).await.unwrap().digest.to_hex()
    }

    /// Serves and works until the returned handle is stopped.
    pub fn start(&self) -> Running {
        let tasks = |stopped: &watch::Receiver<bool>| self.federation.spawn(stopped);
        self.start_serving(|_| (), tasks)
    }

    /// Every page of its log is this one, and it sends nothing: who wants its entries has to ask.
    pub fn start_with_pages<F>(&self, page: F) -> Running
    where
        F: Fn() -> HttpResponse + Clone + Send + 'static,
    {
        let pages = move |config: &mut web::ServiceConfig| {
            let page = page.clone();
            let answer = web::get().to(move || std::future::ready(page()));
            config.route("/t/{slug}/log/{city}/{page}", answer);
        };
        self.start_serving(pages, |_| JoinSet::new())
    }

    fn start_serving<F>(
        &self,
        first: F,
        tasks: impl FnOnce(&watch::Receiver<bool>) -> JoinSet<()>,
    ) -> Running
    where
        F: Fn(&mut web::ServiceConfig) + Clone + Send + 'static,
    {
        let (configure, store) = (self.federation.configure(), Store::clone(&self.store));
        let server = HttpServer::new(move || {
            App::new()
                .configure(first.clone())
                .app_data(web::Data::new(store.clone()))
                .configure(configure.clone())
                .route("/archivos/{digest}/{name}", web::get().to(file))
        })
        .workers(1)
        .disable_signals()
        .shutdown_timeout(1)
        .listen(bind(self.address).listen(1024).unwrap().into_std().unwrap())
        .unwrap()
        .run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        let (stop, stopped) = watch::channel(false);
        Running {
            handle,
            stop,
            tasks: tasks(&stopped),
        }
    }
}

/// A city that serves.
pub struct Running {
    handle: actix_web::dev::ServerHandle,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Running {
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        while self.tasks.join_next().await.is_some() {}
        self.handle.stop(false).await;
    }
}

async fn file(
    path: web::Path<(String, String)>,
    store: web::Data<Store>,
) -> actix_web::Result<HttpResponse> {
    let digest = Digest::from_hex(&path.0).unwrap();
    let found = store
        .files()
        .get(&digest)
        .await
        .map_err(actix_web::error::ErrorNotFound)?;
    Ok(HttpResponse::Ok().streaming(found.bytes.map_err(std::io::Error::other)))
}

fn founding(network: &Network, slug: &str) -> Founding {
    let both = |text: &str| kit::Bilingual {
        es: text.into(),
        en: text.into(),
    };
    let city = |slug: &str| kit::City {
        slug: slug.to_owned(),
        name: slug.to_owned(),
        country: both("x"),
        summary: both("x"),
    };
    let topic = |slug: &str| FoundingTopic {
        topic: kit::Topic {
            slug: slug.into(),
            name: both(slug),
            summary: both("x"),
            for_deciders: both("x"),
            for_practitioners: both("x"),
        },
        glossary: kit::Glossary { terms: Vec::new() },
    };
    Founding {
        network: kit::Network {
            slug: "prueba".into(),
            name: both("Prueba"),
            summary: both("x"),
            topics: vec![TOPIC.into(), "basura-y-limpieza".into()],
            cities: network.cities().map(city).collect(),
            coordination: None,
        },
        topics: vec![topic(TOPIC), topic("basura-y-limpieza")],
        city: CitySlug::parse(slug).unwrap(),
        base_url: network.base_url(slug),
        siblings: Vec::new(),
    }
}

/// Waits until `is_so` answers true, at most twenty seconds.
pub async fn until<F: AsyncFnMut() -> bool>(what: &str, mut is_so: F) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !is_so().await {
        assert!(Instant::now() < deadline, "waited for: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
