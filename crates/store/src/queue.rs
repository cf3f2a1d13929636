//! A bounded queue in front of threads that own a connection each.

use std::{
    any::Any,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Wake},
    thread::{self, JoinHandle, Thread},
};

use tokio::{sync::mpsc, task::unconstrained};

use crate::Error;

/// Calls that may wait in one queue; further callers wait for a place.
const LENGTH: usize = 1024;

/// What travels in a queue.
pub(crate) enum Message<J> {
    Job(J),
    /// Take nothing more, finish what is queued, and end.
    Close,
}

/// The receiving end.
pub(crate) type Receiver<J> = mpsc::Receiver<Message<J>>;

/// The sending end, and the threads behind it.
pub(crate) struct Queue<J> {
    sender: mpsc::Sender<Message<J>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl<J> Queue<J> {
    pub(crate) fn new() -> (Self, Receiver<J>) {
        let (sender, receiver) = mpsc::channel(LENGTH);
        (
            Self {
                sender,
                threads: Mutex::default(),
            },
            receiver,
        )
    }

    /// Starts a thread that [`Queue::close`] waits for.
    pub(crate) fn spawn(
        &self,
        name: &str,
        body: impl FnOnce() + Send + 'static,
    ) -> Result<(), Error> {
        let thread = thread::Builder::new().name(name.to_owned()).spawn(body);
        lock(&self.threads).push(thread.map_err(Error::Thread)?);
        Ok(())
    }

    /// Queues a job; waits while the queue is full.
    pub(crate) async fn push(&self, job: J) -> Result<(), Error> {
        self.sender
            .send(Message::Job(job))
            .await
            .map_err(|_closed| Error::Closed)
    }

    /// Lets the threads finish what is queued, and waits for them. Repeating it does nothing.
    pub(crate) fn close(&self) {
        if block_on(self.sender.send(Message::Close)).is_err() {
            tracing::debug!("queue was closed already");
        }
        let threads = std::mem::take(&mut *lock(&self.threads));
        for thread in threads {
            // The last handle of a store may be dropped by a closure on one of its own threads.
            if thread.thread().id() != thread::current().id() && thread.join().is_err() {
                tracing::error!("a database thread panicked");
            }
        }
    }
}

/// Locks, also after a panic of another holder: the data of this crate stay valid then.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a panic said.
pub(crate) fn panic_message(payload: &(dyn Any + Send)) -> String {
    let text = payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned())
}

/// Waits for a future of this crate on the current thread, with or without a runtime around it.
///
/// Unconstrained, because a runtime's cooperative budget is only refilled by yielding to it.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Arc::new(Unpark(thread::current())).into();
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(unconstrained(future));
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}
