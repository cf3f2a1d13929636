//! The one writer: many callers' closures, one commit.
//!
//! Start at [`Tx`], which a closure gets, then read `Writer::run_group`.
//!
//! # Invariants
//! - A caller is answered after the commit that holds its effect is on disk.
//! - A closure that fails or panics undoes only itself; a failed commit fails the whole group.
//! - A lone caller never waits for others: a group takes only what is queued already.
//! - Order of commits is order of ids: nobody sees an id before all smaller ones are decided.
//! - A group with own entries is committed only after the epoch file says so ([`crate::epoch`]).

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use tokio::sync::{oneshot, watch};

use crate::{
    Conn, Database, Error,
    conn::Purpose,
    epoch::{Epoch, Move},
    failpoint::{self, Point},
    prepared::Fixed,
    queue::{Message, Queue, Receiver, panic_message},
    schema::sequence,
    transaction,
};

/// Most closures in one commit.
const GROUP_MAX: usize = 512;

/// A group that has worked this long takes no more closures.
const GROUP_TIME: Duration = Duration::from_millis(20);

/// An open write transaction. Only the writer makes one, so a function that takes `&mut Tx`
/// cannot run outside of it.
///
/// After a failed statement leave the closure with the error: PostgreSQL accepts no further
/// statement, and SQLite may have rolled back everything.
pub struct Tx<'a> {
    conn: &'a mut Conn,
    ids: &'a mut Ids,
    moves: &'a mut Vec<Move>,
}

impl Tx<'_> {
    /// The connection, inside the transaction.
    pub fn conn(&mut self) -> &mut Conn {
        self.conn
    }

    /// A row id never given before, greater than all earlier ones. Undone closures leave gaps.
    ///
    /// # Errors
    /// [`Error::NoSequence`] when the table `sequence` is damaged, or the database's error.
    pub fn next_id(&mut self) -> Result<i64, Error> {
        self.ids.next(self.conn)
    }

    /// An own log moves: the epoch file will say so before this is committed.
    pub fn leaves(&mut self, step: Move) {
        join(self.moves, step);
    }
}

/// Adds a step of a log to those of the group: one for each log, from its first to its last.
fn join(moves: &mut Vec<Move>, step: Move) {
    match moves
        .iter_mut()
        .find(|held| held.group_uri == step.group_uri)
    {
        Some(held) => held.last = step.last,
        None => moves.push(step),
    }
}

/// The ids of one group: read once, written back once.
///
/// Lives outside the savepoints, so a closure that is undone gives its ids up, but never back.
#[derive(Default)]
struct Ids {
    last: Option<i64>,
}

impl Ids {
    const NAME: &str = "id";

    fn next(&mut self, conn: &mut Conn) -> Result<i64, Error> {
        let last = match self.last {
            Some(last) => last,
            None => sequence::table
                .find(Self::NAME)
                .select(sequence::last)
                .get_result(conn)
                .optional()?
                .ok_or(Error::NoSequence)?,
        };
        let next = last.checked_add(1).ok_or(Error::NoSequence)?;
        self.last = Some(next);
        Ok(next)
    }

    fn write_back(&self, conn: &mut Conn) -> Result<(), Error> {
        if let Some(last) = self.last {
            let row = sequence::table.find(Self::NAME);
            Fixed(diesel::update(row).set(sequence::last.eq(last))).execute(conn)?;
        }
        Ok(())
    }
}

/// A caller's closure with its way back to the caller.
pub(crate) trait Job: Send {
    /// Runs the closure; whether its effect is to be kept.
    fn run(&mut self, tx: &mut Tx<'_>) -> bool;
    /// Its savepoint could not be kept although the closure succeeded.
    fn refuse(&mut self, error: Error);
    /// Tells the caller, after the commit (`Ok`) or its failure.
    fn answer(self: Box<Self>, group: Result<(), Error>);
}

struct Call<F, T, E> {
    closure: Option<F>,
    result: Option<Result<T, E>>,
    caller: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Job for Call<F, T, E>
where
    F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send,
    T: Send,
    E: From<Error> + Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        let Some(closure) = self.closure.take() else {
            return false;
        };
        // Safe to unwind: on a panic everything that the closure did to the database is undone.
        let result = catch_unwind(AssertUnwindSafe(|| closure(tx))).unwrap_or_else(|payload| {
            let message = panic_message(&*payload);
            tracing::error!(message, "a write panicked");
            Err(Error::Panicked(message).into())
        });
        self.result.insert(result).is_ok()
    }

    fn refuse(&mut self, error: Error) {
        self.result = Some(Err(error.into()));
    }

    fn answer(self: Box<Self>, group: Result<(), Error>) {
        let result = match (self.result, group) {
            (Some(Err(own)), _) => Err(own),
            (_, Err(error)) => Err(error.into()),
            (Some(ok), Ok(())) => ok,
            (None, Ok(())) => Err(Error::Closed.into()),
        };
        if self.caller.send(result).is_err() {
            tracing::debug!("the caller of a write has gone");
        }
    }
}

/// The queue of the writer thread.
pub(crate) type WriteQueue = Queue<Box<dyn Job>>;

/// Queues the closure and waits for its commit.
pub(crate) async fn write<F, T, E>(queue: &WriteQueue, closure: F) -> Result<T, E>
where
    F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    let (caller, answer) = oneshot::channel();
    queue
        .push(Box::new(Call {
            closure: Some(closure),
            result: None,
            caller,
        }))
        .await?;
    answer
        .await
        .unwrap_or_else(|_dropped| Err(Error::Closed.into()))
}

/// The writer thread's state.
pub(crate) struct Writer {
    pub(crate) database: Database,
    /// `None` after a failure: the next group connects anew.
    pub(crate) conn: Option<Conn>,
    pub(crate) jobs: Receiver<Box<dyn Job>>,
    pub(crate) version: watch::Sender<u64>,
    /// Empty until the engine has compared file and database.
    pub(crate) epoch: Arc<OnceLock<Epoch>>,
}

impl Writer {
    /// Works until the queue is closed and empty.
    pub(crate) fn run(mut self) {
        while let Some(message) = self.jobs.blocking_recv() {
            match message {
                Message::Job(first) => self.run_group(first),
                Message::Close => self.jobs.close(),
            }
        }
    }

    fn run_group(&mut self, first: Box<dyn Job>) {
        let mut group = Vec::new();
        let outcome = self
            .commit_group(first, &mut group)
            .map_err(|error| self.database.explain(error));
        match &outcome {
            Ok(Kept::Something) => self.version.send_modify(|version| *version += 1),
            Ok(Kept::Nothing) => {}
            Err(error) => {
                tracing::error!(%error, calls = group.len(), "a group of writes was not committed");
                self.conn = None;
            }
        }
        let failure = outcome.err().map(Arc::new);
        for job in group {
            job.answer(
                failure
                    .as_ref()
                    .map_or(Ok(()), |cause| Err(Error::for_group(cause))),
            );
        }
    }

    /// Runs `first` and what is queued behind it in one transaction. All jobs that were taken are
    /// in `group` afterwards, whatever happened.
    fn commit_group(
        &mut self,
        first: Box<dyn Job>,
        group: &mut Vec<Box<dyn Job>>,
    ) -> Result<Kept, Error> {
        let conn = match begin(&mut self.conn, &self.database) {
            Ok(conn) => conn,
            Err(error) => {
                group.push(first);
                return Err(error);
            }
        };
        let mut next = Some(first);
        let mut ids = Ids::default();
        let mut moves = Vec::new();
        let mut kept = Kept::Nothing;
        let started = Instant::now();
        while let Some(mut job) = next.take() {
            let outcome = run_job(conn, &mut ids, &mut moves, &mut *job);
            group.push(job);
            if outcome? == Kept::Something {
                kept = Kept::Something;
            }
            if group.len() < GROUP_MAX && started.elapsed() < GROUP_TIME {
                next = take(&mut self.jobs);
            }
        }
        if kept == Kept::Something {
            ids.write_back(conn)?;
            let epoch = self.epoch.get().filter(|_| !moves.is_empty());
            if let Some(epoch) = epoch {
                epoch.intend(&moves).map_err(Error::epoch)?;
            }
            failpoint::reach(Point::BeforeCommit)?;
            transaction::commit(conn)?;
            failpoint::reach(Point::AfterCommit)?;
            if let Some(Err(error)) = epoch.map(|epoch| epoch.confirm(&moves)) {
                tracing::warn!(%error, "the epoch file was not confirmed");
            }
        } else {
            transaction::unwind(conn, 0)?;
        }
        Ok(kept)
    }
}

/// Whether anything is to be committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    Something,
    Nothing,
}

/// The next job that is queued already.
fn take(jobs: &mut Receiver<Box<dyn Job>>) -> Option<Box<dyn Job>> {
    loop {
        match jobs.try_recv() {
            Ok(Message::Job(job)) => return Some(job),
            Ok(Message::Close) => jobs.close(),
            Err(_) => return None,
        }
    }
}

/// Opens the group, on a new connection when the old one is lost.
fn begin<'a>(kept: &'a mut Option<Conn>, database: &Database) -> Result<&'a mut Conn, Error> {
    let is_open = match kept.as_mut().map(transaction::begin_write) {
        Some(Ok(())) => true,
        Some(Err(Error::Busy)) => return Err(Error::Busy),
        Some(Err(error)) => {
            tracing::warn!(%error, "the writer connects anew");
            false
        }
        None => false,
    };
    if !is_open {
        transaction::begin_write(kept.insert(database.connect(Purpose::Write)?))?;
    }
    kept.as_mut().ok_or(Error::Closed)
}

/// Runs one job in its savepoint. An error means that the whole group is lost.
fn run_job(
    conn: &mut Conn,
    ids: &mut Ids,
    moves: &mut Vec<Move>,
    job: &mut dyn Job,
) -> Result<Kept, Error> {
    transaction::savepoint(conn)?;
    let mut own = Vec::new();
    let moved = &mut own;
    if job.run(&mut Tx {
        conn,
        ids,
        moves: moved,
    }) {
        match transaction::commit(conn) {
            Ok(()) => {
                own.into_iter().for_each(|step| join(moves, step));
                return Ok(Kept::Something);
            }
            // The closure went on after a failed statement.
            Err(error) => job.refuse(error),
        }
    }
    transaction::unwind(conn, 1)?;
    Ok(Kept::Nothing)
}
