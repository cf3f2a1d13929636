//! Entries on their way from the inbox to the engine.
//!
//! A log takes one entry after the other, so entries of one log that arrive while an earlier one is
//! being written are gathered, put in order, and written together: one verification pass, one
//! transaction, however many connections they came on.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tequio_domain::Timestamp;
use tequio_engine::receive::Received;
use tequio_engine::{Engine, Error};
use tokio::sync::oneshot;

/// Most entries that are written together.
const MAX_BATCH: usize = 64;
/// Most entries of one log that wait; more are refused for now.
const MAX_WAITING: usize = 1024;

/// An entry that came in.
pub struct Incoming {
    /// Its place in its log, as it says.
    pub seq: i64,
    /// The bytes.
    pub body: String,
}

/// Why an entry was not taken, apart from what it is.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// Too many wait already.
    #[error("too many entries wait")]
    Full,
    /// Our fault.
    #[error("{0}")]
    Engine(#[from] Arc<Error>),
    /// The program is stopping.
    #[error("the server is stopping")]
    Stopping,
}

type Answer = Result<Received, IntakeError>;

#[derive(Default)]
struct Lane {
    waiting: Vec<(Incoming, oneshot::Sender<Answer>)>,
    is_running: bool,
}

/// One lane for each log in which something is moving.
#[derive(Clone)]
pub struct Intake {
    engine: Engine,
    clock: fn() -> Timestamp,
    lanes: Arc<Mutex<HashMap<String, Lane>>>,
}

impl Intake {
    /// An intake of an engine.
    #[must_use]
    pub fn new(engine: Engine, clock: fn() -> Timestamp) -> Self {
        Self {
            engine,
            clock,
            lanes: Arc::default(),
        }
    }

    /// Hands an entry of `group`'s log in, and answers when what became of it is on disk.
    ///
    /// # Errors
    /// [`IntakeError`]; the sender's faults are in [`Received::Refused`].
    pub async fn take(&self, group: &str, incoming: Incoming) -> Answer {
        let (sender, answer) = oneshot::channel();
        {
            let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
            let lane = lanes.entry(group.to_owned()).or_default();
            if lane.waiting.len() >= MAX_WAITING {
                return Err(IntakeError::Full);
            }
            lane.waiting.push((incoming, sender));
            if !lane.is_running {
                lane.is_running = true;
                // A task of its own: it goes on when the connection that began it is closed.
                tokio::spawn(self.clone().run(group.to_owned()));
            }
        }
        answer.await.unwrap_or(Err(IntakeError::Stopping))
    }

    async fn run(self, group: String) {
        while let Some((batch, senders)) = self.next(&group) {
            let answers = self.receive(batch).await;
            for (sender, answer) in senders.into_iter().zip(answers) {
                // Whoever waited may have gone.
                sender.send(answer).ok();
            }
        }
    }

    /// The next batch in the order of the log; `None` ends the lane.
    fn next(&self, group: &str) -> Option<(Vec<String>, Vec<oneshot::Sender<Answer>>)> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let lane = lanes.get_mut(group)?;
        if lane.waiting.is_empty() {
            lanes.remove(group);
            return None;
        }
        lane.waiting.sort_by_key(|(incoming, _)| incoming.seq);
        let rest = lane.waiting.split_off(lane.waiting.len().min(MAX_BATCH));
        let batch = std::mem::replace(&mut lane.waiting, rest);
        Some(
            batch
                .into_iter()
                .map(|(incoming, sender)| (incoming.body, sender))
                .unzip(),
        )
    }

    /// One answer for each entry. When a batch is refused, each is judged by itself.
    async fn receive(&self, batch: Vec<String>) -> Vec<Answer> {
        let now = (self.clock)();
        let count = batch.len();
        let again = if count > 1 { batch.clone() } else { Vec::new() };
        match self.engine.receive(batch, now).await {
            Ok(Received::Refused(_)) if count > 1 => {
                let mut answers = Vec::with_capacity(count);
                for body in again {
                    let answer = self.engine.receive(vec![body], now).await;
                    answers.push(answer.map_err(|error| Arc::new(error).into()));
                }
                answers
            }
            Ok(received) => (0..count).map(|_| Ok(received.clone())).collect(),
            Err(error) => {
                let error = Arc::new(error);
                (0..count).map(|_| Err(Arc::clone(&error).into())).collect()
            }
        }
    }
}
