//! Two cities with content, each holding what the other wrote.

use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;
use tequio_domain::Oid;

use super::{
    machine::{Memory, directory, memory_of, processor_time_of},
    server::{Place, Server},
    sibling::{self, Sibling},
};

/// Threads of the sibling, comments in each, comments in the longest.
const CONTENT: (usize, usize, usize) = (200, 20, 600);
/// Comments in the server's own thread.
const OWN_COMMENTS: usize = 20;

/// What the sections measure on.
pub struct Stage {
    pub server: Server,
    pub sibling: Sibling,
    /// A thread that the server's own city wrote.
    pub own_thread: Oid,
    /// A session at the server.
    pub session: String,
    /// What the server took when it was first started beside the full sibling.
    pub pulled: Pulled,
    _directories: [TempDir; 2],
}

/// How a new city got all that its sibling had.
#[derive(Debug, Clone, Copy)]
pub struct Pulled {
    pub entries: i64,
    pub took: Duration,
    /// Processor time of the server.
    pub used: Duration,
    pub memory: Memory,
}

impl Stage {
    /// Fills both cities, starts the server, and waits until it holds all.
    pub async fn set() -> Self {
        let directories = [directory(), directory()];
        let here = Place::new("san-salvador", directories[0].path());
        let there = Place::new("managua", directories[1].path());
        let sibling = Sibling::new(&there, &here, CONTENT).await;
        sibling.serve(&here);
        let (own_thread, session) = own_content(&here, &there, &sibling).await;
        let (server, _) = Server::start(&here, Some(&there)).await;
        let pulled = pull(&server, &sibling).await;
        Self {
            server,
            sibling,
            own_thread,
            session,
            pulled,
            _directories: directories,
        }
    }

    /// Stops the server and starts it again; answers how long until the first page.
    pub async fn restart(&mut self) -> Duration {
        self.server.stop().await;
        let place = self.server.place.clone();
        let (server, took) = Server::start(&place, Some(&self.sibling.place)).await;
        self.server = server;
        took
    }

    /// The path of a thread's page, slug and all.
    pub async fn page_of(&self, thread: Oid) -> String {
        let path = format!("/conversaciones/{}", thread.short());
        let answer = self.server.ask(&self.server.get(&path, &[])).await;
        answer.header("location").unwrap_or(&path).to_owned()
    }
}

/// Written before the server starts, with the server's own database.
async fn own_content(here: &Place, there: &Place, sibling: &Sibling) -> (Oid, String) {
    let engine = sibling::open(here, there);
    let members = sibling::members(&engine).await;
    let topic = &sibling.topics[0].slug;
    let thread = sibling::talk(
        &engine,
        &members,
        topic,
        "Costos de la recolección",
        OWN_COMMENTS,
    );
    let (thread, session) = (thread.await, sibling::session(&engine).await);
    let store = engine.store().clone();
    drop(engine);
    store.close();
    (thread, session)
}

async fn pull(server: &Server, sibling: &Sibling) -> Pulled {
    let heads = sibling.heads().await;
    let (began, before) = (Instant::now(), processor_time_of(server.target.process));
    for (topic, group, seq) in &heads {
        let asked = server.get(
            &format!("/t/{topic}/heads"),
            &["accept: application/activity+json"],
        );
        while held(&server.ask(&asked).await.body, group) < *seq {
            assert!(
                began.elapsed() < Duration::from_secs(120),
                "{group} does not come"
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    Pulled {
        entries: heads.iter().map(|(_, _, seq)| seq).sum(),
        took: began.elapsed(),
        used: processor_time_of(server.target.process) - before,
        memory: memory_of(server.target.process),
    }
}

/// How far a vector of heads says that a group's log is held.
fn held(heads: &[u8], group: &str) -> i64 {
    let document: Value = serde_json::from_slice(heads).unwrap();
    let logs = document["tq:heads"].as_array();
    let log = logs.and_then(|logs| logs.iter().find(|log| log["tq:group"] == group));
    log.and_then(|log| log["tq:seq"].as_i64()).unwrap_or(0)
}
