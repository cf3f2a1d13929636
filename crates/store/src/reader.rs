//! Readers: threads with a connection each that can only query.
//!
//! # Invariants
//! - A closure sees one snapshot: everything that was committed before it began, nothing later.
//! - Nothing that a reader does waits for the writer.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex},
};

use tokio::sync::oneshot;

use crate::{
    Conn, Database, Error,
    conn::Purpose,
    queue::{Message, Queue, Receiver, lock, panic_message},
    transaction,
};

/// Runs the closure on a snapshot, or tells the caller why there is none.
type Job = Box<dyn FnOnce(Result<&mut Conn, Error>) + Send>;

/// The queue of the reader threads.
pub(crate) type ReadQueue = Queue<Job>;

/// Queues the closure and waits for its answer.
pub(crate) async fn read<F, T, E>(queue: &ReadQueue, closure: F) -> Result<T, E>
where
    F: FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    let (caller, answer) = oneshot::channel();
    let job = move |conn: Result<&mut Conn, Error>| {
        let result = conn
            .map_err(E::from)
            .and_then(|conn| guarded(closure, conn));
        if caller.send(result).is_err() {
            tracing::debug!("the caller of a read has gone");
        }
    };
    queue.push(Box::new(job)).await?;
    answer
        .await
        .unwrap_or_else(|_dropped| Err(Error::Closed.into()))
}

fn guarded<F, T, E>(closure: F, conn: &mut Conn) -> Result<T, E>
where
    F: FnOnce(&mut Conn) -> Result<T, E>,
    E: From<Error>,
{
    // Safe to unwind: the snapshot is thrown away after each closure.
    catch_unwind(AssertUnwindSafe(|| closure(conn))).unwrap_or_else(|payload| {
        let message = panic_message(&*payload);
        tracing::error!(message, "a read panicked");
        Err(Error::Panicked(message).into())
    })
}

/// Starts `count` readers (at least one) and opens their connections.
pub(crate) fn start(database: &Database, count: usize) -> Result<ReadQueue, Error> {
    let (queue, jobs) = Queue::new();
    let jobs = Arc::new(Mutex::new(jobs));
    for _ in 0..count.max(1) {
        let reader = Reader {
            database: database.clone(),
            conn: Some(database.connect(Purpose::Read)?),
            jobs: Arc::clone(&jobs),
        };
        queue.spawn("tequio-reader", move || reader.run())?;
    }
    Ok(queue)
}

struct Reader {
    database: Database,
    /// `None` after a failure: the next closure gets a new connection.
    conn: Option<Conn>,
    /// Shared: whoever is idle takes the next closure.
    jobs: Arc<Mutex<Receiver<Job>>>,
}

impl Reader {
    /// Works until the queue is closed and empty.
    fn run(mut self) {
        while let Some(job) = self.next() {
            self.run_job(job);
        }
    }

    fn next(&self) -> Option<Job> {
        let mut jobs = lock(&self.jobs);
        loop {
            match jobs.blocking_recv()? {
                Message::Job(job) => return Some(job),
                Message::Close => jobs.close(),
            }
        }
    }

    fn run_job(&mut self, job: Job) {
        let conn = match begin(&mut self.conn, &self.database) {
            Ok(conn) => conn,
            Err(error) => return job(Err(error)),
        };
        job(Ok(conn));
        if let Err(error) = transaction::unwind(conn, 0) {
            tracing::warn!(%error, "a reader connects anew");
            self.conn = None;
        }
    }
}

/// Opens the snapshot, on a new connection when the old one is lost.
fn begin<'a>(kept: &'a mut Option<Conn>, database: &Database) -> Result<&'a mut Conn, Error> {
    let is_open = kept
        .as_mut()
        .is_some_and(|conn| transaction::begin_read(conn).is_ok());
    if !is_open {
        transaction::begin_read(kept.insert(database.connect(Purpose::Read)?))?;
    }
    kept.as_mut().ok_or(Error::Closed)
}
