//! A city that was away catches up over HTTP, for several sizes of the log that it holds already; both cities run in
//! this process. `cargo bench -p tequio-federation --bench catch_up -- 1000000` goes up to a million held.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    missing_docs,
    reason = "a measurement"
)]

use std::net::TcpListener;
use std::time::{Duration, Instant};

use actix_web::{App, HttpServer};
use futures::StreamExt as _;
use tequio_domain::{CitySlug, Locale, Oid, Role, ThreadKind, Timestamp, kit};
use tequio_engine::{
    Engine, Founding, FoundingTopic, Member, Moment, account, comment, state_digest, thread,
};
use tequio_federation::{Federation, FederationSettings, PeerSettings};
use tequio_store::testing::TestStore;
use tequio_store::{Conn, Store, log};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::runtime::Builder;
use tokio::sync::watch;

/// Entries that are missing each time.
const MISSING: usize = 10_000;
/// Entries that are held at first; ten times as many each round.
const HELD: usize = 10_000;
/// Held at most, unless said otherwise.
const HELD_MAX: usize = 100_000;
/// Writers at once.
const AT_ONCE: usize = 64;
const TOPIC: &str = "agua";
const CITIES: [&str; 2] = ["managua", "panama"];

fn clock() -> Timestamp {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap())
}

fn moment(n: usize) -> Moment {
    let mut entropy = [3; 32];
    for (to, from) in entropy.iter_mut().zip(n.to_be_bytes()) {
        *to = from;
    }
    Moment::new(clock(), entropy)
}

struct City {
    store: TestStore,
    engine: Engine,
    federation: Federation,
}

fn city(slug: &str, base_urls: &[String; 2]) -> City {
    let store = tequio_store::testing::sqlite();
    let both = |text: &str| kit::Bilingual {
        es: text.into(),
        en: text.into(),
    };
    let kit_city = |slug: &str| kit::City {
        slug: slug.to_owned(),
        name: slug.to_owned(),
        country: both("x"),
        summary: both("x"),
    };
    let place = CITIES.iter().position(|city| *city == slug).unwrap();
    let founding = Founding {
        network: kit::Network {
            slug: "medida".into(),
            name: both("x"),
            summary: both("x"),
            topics: vec![TOPIC.into()],
            cities: CITIES.map(kit_city).into(),
            coordination: None,
        },
        topics: vec![FoundingTopic {
            topic: kit::Topic {
                slug: TOPIC.into(),
                name: both("x"),
                summary: both("x"),
                for_deciders: both("x"),
                for_practitioners: both("x"),
            },
            glossary: kit::Glossary { terms: Vec::new() },
        }],
        city: CitySlug::parse(slug).unwrap(),
        base_url: base_urls[place].clone(),
        siblings: Vec::new(),
    };
    let engine = Engine::open(Store::clone(&store), founding, clock()).unwrap();
    let settings = FederationSettings {
        development: true,
        peers: vec![PeerSettings {
            city: CITIES[1 - place].to_owned(),
            base_url: base_urls[1 - place].clone(),
        }],
        heartbeat_s: 3600,
        alarm_after_s: 45,
        trusted_proxies: Vec::new(),
        extra_roots: tequio_federation::fetcher::ExtraRoots::default(),
    };
    let federation = Federation::new(settings, engine.clone(), clock).unwrap();
    City {
        store,
        engine,
        federation,
    }
}

fn serve(city: &City, listener: TcpListener) {
    let configure = city.federation.configure();
    let server = HttpServer::new(move || App::new().configure(configure.clone()))
        .workers(1)
        .disable_signals()
        .listen(listener)
        .unwrap()
        .run();
    tokio::spawn(server);
}

async fn open_thread(city: &City) -> (Member, Oid) {
    let new = account::NewAccount {
        name: "ana".into(),
        display_name: "Ana".into(),
        post: String::new(),
        password: "doce letras o más".into(),
        locale: Locale::Es,
    };
    let made = account::create_as_operator(&city.engine, moment(0), new, Role::Member);
    let member = made.await.unwrap();
    let new = thread::NewThread {
        topic: TOPIC.into(),
        kind: ThreadKind::Question,
        title: "¿Cómo cobrar la basura?".into(),
        body: "Pregunto.".into(),
    };
    let thread = thread::open(&city.engine, &member, moment(1), new).await;
    (member, thread.unwrap())
}

/// Comments until the log has so many entries.
async fn fill(home: &City, author: &(Member, Oid), goal: usize) {
    let (member, thread) = author;
    let first = usize::try_from(head(home).await).unwrap() + 1;
    let text = "En nuestra ciudad se cobra con la factura de agua. ".repeat(6);
    futures::stream::iter(first..=goal)
        .for_each_concurrent(AT_ONCE, |n| {
            let text = text.clone();
            async move {
                let made = comment::add(&home.engine, member, moment(n + 10), *thread, &text);
                made.await.unwrap();
            }
        })
        .await;
}

/// How far the home's log is held.
async fn head(city: &City) -> i64 {
    let read = |conn: &mut Conn| {
        let logs = log::all(conn)?;
        let home = logs.into_iter().find(|row| row.city == CITIES[0]);
        Ok::<_, tequio_store::Error>(home.map_or(0, |row| row.head_seq))
    };
    city.store.read(read).await.unwrap()
}

/// Works until all is held; answers how long that took.
async fn catch_up(away: &City, goal: usize) -> Duration {
    let goal = i64::try_from(goal).unwrap();
    let (stop, stopped) = watch::channel(false);
    let since = Instant::now();
    let mut tasks = away.federation.spawn(&stopped);
    while head(away).await < goal {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let took = since.elapsed();
    stop.send(true).unwrap();
    while tasks.join_next().await.is_some() {}
    took
}

/// Bytes of a full page as it travels.
async fn page_bytes(address: &str, host: &str, number: usize) -> usize {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "GET /t/{TOPIC}/log/{}/{number} HTTP/1.1\r\nhost: {host}\r\naccept-encoding: gzip\r\n\
         connection: close\r\n\r\n",
        CITIES[0]
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    answer.len()
}

/// The most memory of this process since it was asked last, in MiB (Linux).
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1));
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    kib.unwrap().parse::<u64>().unwrap() / 1024
}

fn tell(held: usize, missing: usize, took: Duration, bytes: usize) {
    let ms = took.as_millis().max(1);
    let per_s = u128::try_from(missing).unwrap() * 1000 / ms;
    let peak = peak_mib();
    println!(
        "held {held}, missing {missing}: {ms} ms, {per_s} entries/s, {bytes} bytes an entry on the \
         wire, peak {peak} MiB for both cities"
    );
}

fn main() {
    let asked = std::env::args().skip(1).find_map(|word| word.parse().ok());
    let held_max: usize = asked.unwrap_or(HELD_MAX);
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let listeners = CITIES.map(|_| TcpListener::bind("127.0.0.1:0").unwrap());
    let ports = [0, 1].map(|n: usize| listeners[n].local_addr().unwrap().port());
    let hosts = [0, 1].map(|n: usize| format!("{}.localhost:{}", CITIES[n], ports[n]));
    let base_urls = hosts.clone().map(|host| format!("http://{host}"));
    let [home, away] = CITIES.map(|slug| city(slug, &base_urls));
    let address = format!("127.0.0.1:{}", ports[0]);
    runtime.block_on(async {
        let [first, second] = listeners;
        serve(&home, first);
        serve(&away, second);
        let author = open_thread(&home).await;
        let mut held = 0;
        let mut goal = HELD;
        while goal <= held_max {
            for next in [goal, goal + MISSING] {
                let since = Instant::now();
                fill(&home, &author, next).await;
                let ms = since.elapsed().as_millis();
                println!("(written up to {next} in {ms} ms)");
                peak_mib();
                let took = catch_up(&away, next).await;
                let bytes = page_bytes(&address, &hosts[0], next / 100).await / 100;
                tell(held, next - held, took, bytes);
                held = next;
            }
            goal *= 10;
        }
        let digest = |conn: &mut Conn| state_digest::of_topic(conn, TOPIC);
        let (here, there) = (home.store.read(digest).await, away.store.read(digest).await);
        assert_eq!(here.unwrap().digest, there.unwrap().digest);
    });
}
