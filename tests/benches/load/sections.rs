//! What is measured, one function for each part of the table.

use std::{
    cell::Cell,
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use super::{
    client::{Connection, drive, press, request},
    machine::{Memory, directory, memory_of, rest},
    server::{Place, Server},
    sibling::text,
    stage::Stage,
    table::Table,
};

/// How long each kind of request is asked.
const LASTS: Duration = Duration::from_secs(5);
/// Starts of which the middle one is told.
const STARTS: usize = 5;
/// Between two writes while pages are read.
const WRITE_EVERY: Duration = Duration::from_millis(100);
/// Signed comments of each topic.
const COMMENTS: usize = 1500;
/// Connections that send forms.
const WRITERS: usize = 16;

const ACTIVITY: &str = "accept: application/activity+json";
pub const PAGE: &str = "accept: text/html";

/// A new city in an empty directory, keys and all; and its memory when it does nothing.
pub async fn cold_start(table: &mut Table) {
    let mut took = Vec::new();
    let mut idle = None;
    for _ in 0..STARTS {
        let directory = directory();
        let place = Place::new("san-salvador", directory.path());
        let (mut server, first) = Server::start(&place, None).await;
        took.push(first);
        if took.len() == STARTS {
            rest(server.target.process).await;
            idle = Some(memory_of(server.target.process));
        }
        server.stop().await;
    }
    table.figure("start in an empty directory → first 200", middle(took));
    if let Some(memory) = idle {
        table.figure("memory, new and idle", mebibytes(memory));
    }
}

/// What a new city took from its full sibling.
pub fn pulled(stage: &Stage, table: &mut Table) {
    let pulled = stage.pulled;
    let rate = pulled.entries as f64 / pulled.took.as_secs_f64();
    let each = pulled.used.as_secs_f64() * 1e6 / pulled.entries as f64;
    let entries = pulled.entries;
    table.figure(
        &format!("{entries} entries pulled by a new city"),
        format!("{rate:.0}/s, {each:.0} µs of CPU each"),
    );
    table.figure("memory, after that", mebibytes(pulled.memory));
}

/// A city that holds content.
pub async fn start_with_data(stage: &mut Stage, table: &mut Table) {
    let mut took = Vec::new();
    for _ in 0..STARTS {
        took.push(stage.restart().await);
    }
    table.figure("start with that content → first 200", middle(took));
    rest(stage.server.target.process).await;
    let memory = memory_of(stage.server.target.process);
    table.figure("memory, started with content, idle", mebibytes(memory));
}

/// The four kinds of reading, nothing being written.
pub async fn reading(stage: &Stage, table: &mut Table) {
    let long = stage.page_of(stage.sibling.topics[0].threads[0]).await;
    let own = stage.page_of(stage.own_thread).await;
    let asked = [
        ("topic page", topic_page(stage), PAGE),
        ("thread page, 600 comments, 20 shown", long, PAGE),
        ("thread page, 20 comments", own, PAGE),
        (
            "ActivityPub JSON of a thread",
            format!("/o/{}", stage.own_thread),
            ACTIVITY,
        ),
        (
            "webfinger",
            format!(
                "/.well-known/webfinger?resource=acct:persona_0@{}",
                stage.server.place.host()
            ),
            "accept: application/jrd+json",
        ),
    ];
    for (name, path, accept) in asked {
        let request = stage.server.get(&path, &[accept]);
        let size = stage.server.ask(&request).await.body.len() / 1024;
        let figures = press(stage.server.target, &request, LASTS).await;
        table.requests(&format!("{name} ({size} KiB)"), figures);
    }
}

/// The path of a topic's page.
pub fn topic_page(stage: &Stage) -> String {
    format!("/temas/{}", stage.sibling.topics[0].slug)
}

/// The topic page while ten entries a second come into that topic.
pub async fn reading_while_written(stage: &Stage, table: &mut Table) {
    let sibling = &stage.sibling;
    let count = usize::try_from(LASTS.as_secs() + 5).unwrap() * 10;
    let entries = sibling.signed_comments(&sibling.topics[0], count, &stage.server.place);
    let mut entries = entries.await.into_iter();
    let request = stage.server.get(&topic_page(stage), &[PAGE]);
    let is_over = Cell::new(false);
    let writing = async {
        let mut connection = Connection::open(stage.server.target.address).await.unwrap();
        let mut ticks = tokio::time::interval(WRITE_EVERY);
        while !is_over.get()
            && let Some(entry) = entries.next()
        {
            ticks.tick().await;
            assert_eq!(connection.ask(&entry).await.unwrap(), 202);
        }
    };
    let reading = async {
        let figures = press(stage.server.target, &request, LASTS).await;
        is_over.set(true);
        figures
    };
    let (figures, ()) = tokio::join!(reading, writing);
    table.requests("topic page, ten writes a second", figures);
    // What is left, so that the log has no gap.
    drive(stage.server.target, vec![in_order(entries.collect())], 202).await;
}

/// Signed comments of all topics' logs, a connection for each log.
pub async fn accepting(stage: &Stage, table: &mut Table) {
    let mut lanes = Vec::new();
    for topic in &stage.sibling.topics {
        let place = &stage.server.place;
        let entries = stage.sibling.signed_comments(topic, COMMENTS, place);
        lanes.push(in_order(entries.await));
    }
    let name = format!("signed comments accepted, {} connections", lanes.len());
    let figures = drive(stage.server.target, lanes, 202).await;
    table.requests(&name, figures);
}

fn in_order(requests: Vec<Vec<u8>>) -> impl FnMut() -> Option<Vec<u8>> + 'static {
    let mut requests = requests.into_iter();
    move || requests.next()
}

/// Comments through the form of a thread's page.
pub async fn commenting(stage: &Stage, table: &mut Table) {
    let page = stage.page_of(stage.own_thread).await;
    let cookie = format!("cookie: tequio={}", stage.session);
    let shown = stage.server.ask(&stage.server.get(&page, &[&cookie])).await;
    let shown = shown.text();
    let (_, rest) = shown.split_once("name=\"csrf\" value=\"").expect("a form");
    let token = rest.split('"').next().unwrap_or_default().to_owned();
    let until = Instant::now() + LASTS;
    let lane = || {
        let (page, cookie, token) = (page.clone(), cookie.clone(), token.clone());
        let host = stage.server.place.host();
        move || (Instant::now() < until).then(|| form(&page, &host, &cookie, &token))
    };
    let lanes = (0..WRITERS).map(|_| lane()).collect();
    let figures = drive(stage.server.target, lanes, 303).await;
    table.requests(
        &format!("comments through the form, {WRITERS} connections"),
        figures,
    );
}

/// A comment, each from another address: one address may only send 300 in five minutes.
fn form(page: &str, host: &str, cookie: &str, token: &str) -> Vec<u8> {
    static COUNT: AtomicU32 = AtomicU32::new(0x0a00_0000);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let from = format!("x-forwarded-for: {}", std::net::Ipv4Addr::from(count));
    let said = text(usize::try_from(count).unwrap());
    let body = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("csrf", token)
        .append_pair("body", &said)
        .finish();
    let kind = "content-type: application/x-www-form-urlencoded";
    let path = format!("{page}/responder");
    request("POST", &path, host, &[cookie, &from, kind], body.as_bytes())
}

/// After all of it.
pub fn memory(stage: &Stage, table: &mut Table) {
    let memory = memory_of(stage.server.target.process);
    table.figure("memory, after all of this", mebibytes(memory));
}

fn middle(mut took: Vec<Duration>) -> String {
    took.sort_unstable();
    let [first, .., last] = took.as_slice() else {
        return String::new();
    };
    let ms = |took: &Duration| took.as_secs_f64() * 1000.0;
    let middle = &took[took.len() / 2];
    format!("{:.0} ms ({:.0}–{:.0})", ms(middle), ms(first), ms(last))
}

/// As text.
pub fn mebibytes(memory: Memory) -> String {
    let mib = |kib: u64| kib as f64 / 1024.0;
    format!(
        "PSS {:.0} MiB, RSS {:.0} MiB",
        mib(memory.proportional),
        mib(memory.resident)
    )
}
