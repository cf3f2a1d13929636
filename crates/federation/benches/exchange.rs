//! Signed comments accepted, and ActivityPub documents served, by one city on this machine; the
//! sender and the reader run in the same process. `cargo bench -p tequio-federation`.
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
use tequio_domain::{CitySlug, Locale, Oid, Role, ThreadKind, Timestamp, kit};
use tequio_engine::{
    Engine, Founding, FoundingTopic, Member, Moment, account, comment, state_digest, thread,
};
use tequio_federation::{Federation, FederationSettings, PeerSettings};
use tequio_protocol::activity::main_key_id;
use tequio_protocol::http_signature::sign;
use tequio_store::page::standing::PeerState;
use tequio_store::testing::TestStore;
use tequio_store::{Conn, Store};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::runtime::Builder;
use tokio::sync::watch;
use url::Url;

/// Logs, each on a connection of its own: as many siblings or topics at once.
const LOGS: usize = 8;
const COMMENTS: usize = 500;
const READS: usize = 20_000;
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

fn topic(n: usize) -> String {
    format!("tema-{n}")
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
    let founding_topic = |n| FoundingTopic {
        topic: kit::Topic {
            slug: topic(n),
            name: both("x"),
            summary: both("x"),
            for_deciders: both("x"),
            for_practitioners: both("x"),
        },
        glossary: kit::Glossary { terms: Vec::new() },
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
            topics: (0..LOGS).map(topic).collect(),
            cities: CITIES.map(kit_city).into(),
            coordination: None,
        },
        topics: (0..LOGS).map(founding_topic).collect(),
        city: CitySlug::parse(slug).unwrap(),
        base_url: base_urls.get(place).unwrap().clone(),
        siblings: Vec::new(),
    };
    let engine = Engine::open(Store::clone(&store), founding, clock()).unwrap();
    let other = 1 - place;
    let peers = vec![PeerSettings {
        city: (*CITIES.get(other).unwrap()).to_owned(),
        base_url: base_urls.get(other).unwrap().clone(),
    }];
    let settings = FederationSettings {
        development: true,
        extra_roots: tequio_federation::fetcher::ExtraRoots::default(),
        peers,
        heartbeat_s: 3600,
        alarm_after_s: 45,
        trusted_proxies: Vec::new(),
    };
    let federation = Federation::new(settings, engine.clone(), clock).unwrap();
    City {
        store,
        engine,
        federation,
    }
}

fn serve(city: &City, listener: TcpListener, workers: usize) {
    let configure = city.federation.configure();
    let server = HttpServer::new(move || App::new().configure(configure.clone()))
        .workers(workers)
        .disable_signals()
        .listen(listener)
        .unwrap()
        .run();
    tokio::spawn(server);
}

async fn write_logs(sender: &City) -> (Oid, Vec<Vec<String>>) {
    let new = account::NewAccount {
        name: "ana".into(),
        display_name: "Ana".into(),
        post: String::new(),
        password: "doce letras o más".into(),
        locale: Locale::Es,
    };
    let made = account::create_as_operator(&sender.engine, moment(0), new, Role::Member);
    let member = made.await.unwrap();
    let logs = (0..LOGS).map(|n| write_log(sender, &member, n));
    let written = futures::future::join_all(logs).await;
    let thread = written[0].0;
    (
        thread,
        written.into_iter().map(|(_, entries)| entries).collect(),
    )
}

async fn write_log(sender: &City, member: &Member, n: usize) -> (Oid, Vec<String>) {
    let new = thread::NewThread {
        topic: topic(n),
        kind: ThreadKind::Question,
        title: "¿Cómo cobrar la basura?".into(),
        body: "Pregunto.".into(),
    };
    let first = moment((n + 1) * 1_000_000);
    let thread: Oid = thread::open(&sender.engine, member, first, new)
        .await
        .unwrap();
    let text = "En nuestra ciudad se cobra con la factura de agua. ".repeat(6);
    for m in 1..COMMENTS {
        let moment = moment((n + 1) * 1_000_000 + m);
        comment::add(&sender.engine, member, moment, thread, &text)
            .await
            .unwrap();
    }
    let group = format!("{}/t/{}", sender.engine.identity().base_url, topic(n));
    let read = move |conn: &mut Conn| {
        let row = tequio_store::log::by_group(conn, &group)?.unwrap();
        tequio_store::entry::bodies_after(conn, row.id, 0, 100_000)
    };
    (thread, sender.store.read(read).await.unwrap())
}

/// One request after the other on one connection; the answers have no or a known length.
async fn exchange(stream: &mut TcpStream, request: &[u8]) -> u16 {
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::with_capacity(8192);
    loop {
        let mut piece = [0; 16_384];
        let count = stream.read(&mut piece).await.unwrap();
        answer.extend_from_slice(piece.get(..count).unwrap());
        let text = String::from_utf8_lossy(&answer);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let head = head.to_ascii_lowercase();
        let length = head
            .split("content-length: ")
            .nth(1)
            .and_then(|rest| rest.lines().next());
        if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
            return head.get(9..12).unwrap().parse().unwrap();
        }
    }
}

async fn post_all(sender: &Engine, inbox: Url, address: String, n: usize, entries: Vec<String>) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let key_id = main_key_id(&format!("{}/t/{}", sender.identity().base_url, topic(n)));
    for body in entries {
        let bytes = Some(body.as_bytes());
        let made = sign(
            "POST",
            &inbox,
            bytes,
            &key_id,
            &sender.identity().transport,
            clock(),
        )
        .unwrap();
        let request = format!(
            "POST /inbox HTTP/1.1\r\nhost: {}\r\ndate: {}\r\ndigest: {}\r\nsignature: {}\r\n\
             content-type: application/activity+json\r\ncontent-length: {}\r\n\r\n{body}",
            made.host,
            made.date,
            made.digest.unwrap(),
            made.signature,
            body.len(),
        );
        assert_eq!(exchange(&mut stream, request.as_bytes()).await, 202);
    }
}

async fn read_all(address: String, host: String, path: String, count: usize) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let request =
        format!("GET {path} HTTP/1.1\r\nhost: {host}\r\naccept: application/activity+json\r\n\r\n");
    for _ in 0..count {
        assert_eq!(exchange(&mut stream, request.as_bytes()).await, 200);
    }
}

fn rate(what: &str, count: usize, since: Instant) {
    let us = since.elapsed().as_micros().max(1);
    let per_s = u128::try_from(count).unwrap() * 1_000_000 / us;
    println!("{what}: {count} in {} ms, {per_s}/s", us / 1000);
}

/// The receiver finds the sender while that has nothing to say.
async fn introduce(receiver: &City) {
    let (stop, stopped) = watch::channel(false);
    let mut tasks = receiver.federation.spawn(&stopped);
    loop {
        let peers = receiver.federation.status().await.unwrap();
        if peers.iter().all(|peer| peer.state() == PeerState::UpToDate) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    stop.send(true).unwrap();
    while tasks.join_next().await.is_some() {}
}

async fn measure_accepts(sender: &City, receiver: &City, host: &str, address: &str) -> Oid {
    let since = Instant::now();
    let (thread, logs) = write_logs(sender).await;
    rate("own comments written", LOGS * COMMENTS, since);
    let inbox = Url::parse(&format!("http://{host}/inbox")).unwrap();
    let since = Instant::now();
    let posts: Vec<_> = logs
        .into_iter()
        .enumerate()
        .map(|(n, entries)| {
            let (engine, inbox, address) =
                (sender.engine.clone(), inbox.clone(), address.to_owned());
            tokio::spawn(async move { post_all(&engine, inbox, address, n, entries).await })
        })
        .collect();
    for post in posts {
        post.await.unwrap();
    }
    rate("signed comments accepted", LOGS * COMMENTS, since);
    for n in 0..LOGS {
        let slug = topic(n);
        let digest = move |conn: &mut Conn| state_digest::of_topic(conn, &slug);
        let here = sender.store.read(digest.clone()).await.unwrap();
        let there = receiver.store.read(digest).await.unwrap();
        assert_eq!(here.digest, there.digest);
    }
    thread
}

async fn measure_reads(host: &str, address: &str, path: &str) {
    let since = Instant::now();
    let read = || {
        read_all(
            address.to_owned(),
            host.to_owned(),
            path.to_owned(),
            READS / 8,
        )
    };
    let reads: Vec<_> = (0..8).map(|_| tokio::spawn(read())).collect();
    for read in reads {
        read.await.unwrap();
    }
    rate(path, READS, since);
}

fn main() {
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let listeners = CITIES.map(|_| TcpListener::bind("127.0.0.1:0").unwrap());
    let ports = [0, 1].map(|n: usize| listeners[n].local_addr().unwrap().port());
    let hosts = [0, 1].map(|n: usize| format!("{}.localhost:{}", CITIES[n], ports[n]));
    let base_urls = hosts.clone().map(|host| format!("http://{host}"));
    let [sender, receiver] = CITIES.map(|slug| city(slug, &base_urls));
    let addresses = ports.map(|port| format!("127.0.0.1:{port}"));
    runtime.block_on(async {
        let [first, second] = listeners;
        serve(&sender, first, 2);
        serve(&receiver, second, 2);
        introduce(&receiver).await;
        let thread = measure_accepts(&sender, &receiver, &hosts[1], &addresses[1]).await;
        for path in ["/t/tema-0", "/t/tema-0/heads", &format!("/o/{thread}")] {
            measure_reads(&hosts[0], &addresses[0], path).await;
        }
    });
}
