//! Strangers who mean harm, while others read.

use std::{cell::RefCell, net::Ipv4Addr, rc::Rc, time::Duration};

use serde_json::json;
use tokio::{io::AsyncWriteExt as _, net::TcpStream, task::LocalSet, time};

use super::{
    client::{Connection, Figures, figures},
    machine::{memory_of, processor_time_of},
    sections::{PAGE, mebibytes, topic_page},
    stage::Stage,
    table::Table,
};

/// Connections that read, and between two pages of each.
const READERS: usize = 4;
const READ_EVERY: Duration = Duration::from_millis(10);
/// Pages that each of them reads.
const PAGES: usize = 1000;
/// Connections that post in the names of keys that nobody serves, each time another host's and
/// from another address, and between two posts of each.
const FORGERS: usize = 20;
const FORGE_EVERY: Duration = Duration::from_millis(20);
/// Connections that promise a body and send a byte of it a second.
const SLOW: usize = 500;

/// The topic page, in quiet and beside forgers and slow posters.
pub async fn siege(stage: &Stage, table: &mut Table) {
    let quiet = visits(stage).await;
    table.requests("topic page, 400 a second", quiet);
    let before = memory_of(stage.server.target.process);
    let answers = Rc::new(RefCell::new(Vec::new()));
    let siege = LocalSet::new();
    for n in 0..SLOW {
        siege.spawn_local(slow(stage.server.target.address, slow_post(stage, n)));
    }
    let forged = forged(stage);
    for lane in 0..FORGERS {
        let (address, forged) = (stage.server.target.address, forged.clone());
        siege.spawn_local(forge(address, forged, lane, Rc::clone(&answers)));
    }
    let besieged = siege.run_until(visits(stage)).await;
    let after = memory_of(stage.server.target.process);
    drop(siege);
    let refused = answers.take();
    let (of, at) = (refused.len(), besieged.per_second / besieged.count as f64);
    assert!(
        refused
            .iter()
            .all(|status| matches!(status, 401 | 429 | 503))
    );
    let name = format!(
        "the same, beside {SLOW} slow posts and {:.0} forged ones a second",
        of as f64 * at
    );
    table.requests(&name, besieged);
    table.figure("memory before the siege", mebibytes(before));
    table.figure(
        &format!("memory in it, after {of} hosts that nobody knows"),
        mebibytes(after),
    );
}

/// Reads at a steady pace. The processor time is all that the server used meanwhile.
async fn visits(stage: &Stage) -> Figures {
    let request = stage.server.get(&topic_page(stage), &[PAGE]);
    let target = stage.server.target;
    let before = processor_time_of(target.process);
    let began = time::Instant::now();
    let read = |_| async {
        let mut connection = Connection::open(target.address).await.unwrap();
        let mut ticks = time::interval(READ_EVERY);
        let mut took = Vec::with_capacity(PAGES);
        for _ in 0..PAGES {
            let due = ticks.tick().await;
            assert_eq!(connection.ask(&request).await.unwrap(), 200);
            // From when it was due: waiting behind the one before counts.
            took.push(u32::try_from(due.elapsed().as_micros()).unwrap_or(u32::MAX));
        }
        took
    };
    let took = futures::future::join_all((0..READERS).map(read)).await;
    let used = processor_time_of(target.process).saturating_sub(before);
    figures(took.concat(), began.elapsed().as_secs_f64(), used)
}

/// A signed Like in the name of the host `h00000.localhost`, from address 10.0.0.0.
fn forged(stage: &Stage) -> String {
    let actor = "http://h00000.localhost:1/u/x";
    let like = json!({ "id": format!("{actor}/1"), "type": "Like", "actor": actor,
                       "object": stage.server.place.base_url() });
    let post = stage
        .sibling
        .signed(actor, &like.to_string(), &stage.server.place);
    let post = String::from_utf8(post).unwrap();
    post.replacen("\r\n", "\r\nx-forwarded-for: 10.0.0.0\r\n", 1)
}

async fn forge(
    address: std::net::SocketAddr,
    post: String,
    lane: usize,
    answers: Rc<RefCell<Vec<u16>>>,
) {
    let mut connection = Connection::open(address).await.unwrap();
    let mut ticks = time::interval(FORGE_EVERY);
    for n in (lane..100_000).step_by(FORGERS) {
        ticks.tick().await;
        let from = Ipv4Addr::from_bits(0x0a00_0000 + u32::try_from(n).unwrap());
        // Only the key's name: the signature need not hold, since nobody knows the key.
        let post = post
            .replace(
                "keyId=\"http://h00000.",
                &format!("keyId=\"http://h{n:05}."),
            )
            .replacen("10.0.0.0", &from.to_string(), 1);
        let answered = connection.ask(post.as_bytes()).await.unwrap();
        answers.borrow_mut().push(answered);
    }
}

/// The head of a post that promises 100,000 bytes.
fn slow_post(stage: &Stage, n: usize) -> String {
    let from = Ipv4Addr::from_bits(0x0b00_0000 + u32::try_from(n).unwrap());
    format!(
        "POST /inbox HTTP/1.1\r\nhost: {}\r\nx-forwarded-for: {from}\r\n\
         content-type: application/activity+json\r\ncontent-length: 100000\r\n\r\n",
        stage.server.place.host()
    )
}

/// Until the other side has had enough of it.
async fn slow(address: std::net::SocketAddr, head: String) {
    let mut line = TcpStream::connect(address).await.unwrap();
    let mut sent = line.write_all(head.as_bytes()).await;
    while sent.is_ok() {
        time::sleep(Duration::from_secs(1)).await;
        sent = line.write_all(b" ").await;
    }
}
