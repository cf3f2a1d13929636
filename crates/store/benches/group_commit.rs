//! Small durable writes per second: group commit against one transaction per call.
//!
//! `cargo bench -p tequio-store` measures SQLite in a directory below `target/`, so on a real disk;
//! with `TEQUIO_TEST_POSTGRES` set, PostgreSQL too (as durable as that server is).
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::as_conversions,
    missing_docs,
    reason = "a program for the terminal; it may panic"
)]

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    time::{Duration, Instant},
};

use diesel::{
    Connection, ExpressionMethods, QueryDsl, RunQueryDsl, SqliteConnection,
    connection::SimpleConnection,
};
use tequio_store::{
    Database, Error, Store, StoreSettings,
    epoch::{Epoch, Mark, Move},
    testing,
};
use tokio::{runtime::Runtime, sync::oneshot};

const CALLERS: [usize; 4] = [1, 16, 64, 256];
/// Other work on the machine changes what its disk can do: both ways are measured in turns.
const ROUNDS: usize = 5;
const LASTS: Duration = Duration::from_secs(1);

diesel::table! {
    received_activity (uri) {
        uri -> Text,
        received_at -> BigInt,
    }
}

/// What every call does: one row with a unique key.
macro_rules! insert {
    ($n:expr) => {
        diesel::insert_into(received_activity::table).values((
            received_activity::uri.eq(format!("https://example.org/a/{}", $n)),
            received_activity::received_at.eq(0),
        ))
    };
}

fn main() {
    let runtime = Runtime::new().unwrap();
    let directory = tempfile::TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    println!("small durable writes per second (p99 of one call in ms),");
    println!("median of {ROUNDS} rounds of {LASTS:?} each, taken in turns\n");
    println!("| callers | one transaction per call | group commit |  ratio | with epoch file |");
    println!("| ------: | -----------------------: | -----------: | -----: | --------------: |");
    for callers in CALLERS {
        let (mut singles, mut groups, mut guarded) = (Vec::new(), Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            let fresh = directory.path().join(format!("single-{callers}-{round}"));
            singles.push(runtime.block_on(single(&fresh, callers)));
            let fresh = directory.path().join(format!("group-{callers}-{round}"));
            let store = Store::open(&settings(&fresh)).unwrap();
            groups.push(runtime.block_on(group(&store, callers)));
            let fresh = directory.path().join(format!("epoch-{callers}-{round}"));
            let store = Store::open(&settings(&fresh)).unwrap();
            store.guard_by(Epoch::open(&fresh.join("epoch")).unwrap().0);
            guarded.push(runtime.block_on(group(&store, callers)));
        }
        let (single, group) = (median(singles), median(groups));
        println!(
            "| {callers:7} | {:>24} | {:>12} | {:6.1} | {:>15} |",
            single.to_string(),
            group.to_string(),
            group.per_second / single.per_second,
            median(guarded).to_string()
        );
    }
    if std::env::var("TEQUIO_TEST_POSTGRES").is_ok() {
        postgres(&runtime);
    }
}

fn postgres(runtime: &Runtime) {
    println!("\n| callers | PostgreSQL, group commit |");
    println!("| ------: | -----------------------: |");
    for callers in CALLERS {
        let rounds = (0..ROUNDS).map(|_| runtime.block_on(group(&testing::postgres(), callers)));
        println!(
            "| {callers:7} | {:>24} |",
            median(rounds.collect()).to_string()
        );
    }
}

fn median(mut rounds: Vec<Figure>) -> Figure {
    rounds.sort_by(|a, b| a.per_second.total_cmp(&b.per_second));
    rounds.swap_remove(rounds.len() / 2)
}

fn settings(directory: &Path) -> StoreSettings {
    StoreSettings {
        database: Database::Sqlite(directory.join("tequio.db")),
        readers: 1,
        files: directory.join("files"),
    }
}

struct Figure {
    calls: usize,
    per_second: f64,
    p99: Duration,
}

impl std::fmt::Display for Figure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{:.0} ({:.1})",
            self.per_second,
            self.p99.as_secs_f64() * 1000.0
        )
    }
}

/// Lets `callers` tasks call one after the other until the time is up.
async fn measure<F, C>(callers: usize, call: C) -> Figure
where
    C: Fn(u64) -> F + Clone + Send + 'static,
    F: Future<Output = ()> + Send,
{
    let counter = Arc::new(AtomicU64::new(0));
    let started = Instant::now();
    let tasks: Vec<_> = (0..callers)
        .map(|_| {
            let (call, counter) = (call.clone(), Arc::clone(&counter));
            tokio::spawn(async move {
                let mut waits = Vec::new();
                while started.elapsed() < LASTS {
                    let called = Instant::now();
                    call(counter.fetch_add(1, Ordering::Relaxed)).await;
                    waits.push(called.elapsed());
                }
                waits
            })
        })
        .collect();
    let mut waits = Vec::new();
    for task in tasks {
        waits.extend(task.await.unwrap());
    }
    let calls = waits.len();
    let per_second = calls as f64 / started.elapsed().as_secs_f64();
    waits.sort_unstable();
    Figure {
        calls,
        per_second,
        p99: waits
            .get(waits.len() * 99 / 100)
            .copied()
            .unwrap_or_default(),
    }
}

/// An own log moves by one entry.
fn step(seq: i64) -> Move {
    let mark = |seq: i64| Mark {
        seq,
        digest: format!("{seq:064x}"),
    };
    Move {
        group_uri: format!("https://city.example/t/topic-{}", seq % 7),
        base: mark(seq),
        last: mark(seq + 1),
    }
}

/// As the program does it.
async fn group(store: &Store, callers: usize) -> Figure {
    let writing = store.clone();
    let figure = measure(callers, move |n| {
        let store = writing.clone();
        async move {
            let write = store.write(move |tx| {
                insert!(n).execute(tx.conn())?;
                // Counts where there is an epoch file: every call is an own entry.
                tx.leaves(step(i64::try_from(n).unwrap()));
                Ok::<_, Error>(())
            });
            write.await.unwrap();
        }
    })
    .await;
    let rows: i64 = store
        .read(|conn| Ok::<_, Error>(received_activity::table.count().get_result(conn)?))
        .await
        .unwrap();
    assert_eq!(
        usize::try_from(rows).unwrap(),
        figure.calls,
        "every answered call is there"
    );
    figure
}

/// The same thread design and settings, but a transaction for each call.
async fn single(directory: &Path, callers: usize) -> Figure {
    Store::open(&settings(directory)).unwrap().close();
    let path = directory.join("tequio.db");
    let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    conn.batch_execute("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON")
        .unwrap();
    let (queue, calls) = mpsc::channel::<(u64, oneshot::Sender<()>)>();
    let writer = std::thread::spawn(move || {
        for (n, caller) in calls {
            conn.immediate_transaction(|c| insert!(n).execute(c))
                .unwrap();
            caller.send(()).unwrap();
        }
    });
    let figure = measure(callers, move |n| {
        let queue = queue.clone();
        async move {
            let (caller, answer) = oneshot::channel();
            queue.send((n, caller)).unwrap();
            answer.await.unwrap();
        }
    })
    .await;
    writer.join().unwrap();
    figure
}
