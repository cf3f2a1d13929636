//! Deliveries that overtake each other between being verified and being kept.

use std::{
    pin::{Pin, pin},
    sync::{Arc, mpsc},
    task::{Context, Poll, Wake, Waker},
};

use tequio_engine::receive::Received;
use tequio_store::{
    Error, on_both_databases,
    testing::{self, TestStore},
};

use crate::world::{WATER, World};

/// How many threads of a test's store read.
const READERS: usize = 2;

/// Tells when a future may go on.
struct Bell(mpsc::Sender<()>);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        // Fails when the test is over, and then nobody listens.
        self.0.send(()).ok();
    }
}

/// Polls a delivery until its entries are verified and stand in the writer's queue.
fn verify<F: Future>(readers: &TestStore, mut delivery: Pin<&mut F>) {
    let (sender, rung) = mpsc::channel();
    let waker = Waker::from(Arc::new(Bell(sender)));
    let mut context = Context::from_waker(&waker);
    // While no reader is free, the first poll cannot get further than to them.
    let gates = [(); READERS].map(|()| Gate::of_a_reader(readers));
    assert!(matches!(
        delivery.as_mut().poll(&mut context),
        Poll::Pending
    ));
    drop(gates);
    rung.recv().expect("the reader answers");
    assert!(matches!(
        delivery.as_mut().poll(&mut context),
        Poll::Pending
    ));
}

/// Keeps a thread of a store busy until it is dropped.
struct Gate {
    _open: mpsc::Sender<()>,
}

impl Gate {
    fn of_a_reader(store: &TestStore) -> Self {
        let (pass, gate, entered) = Self::halves();
        poll_once(pin!(store.read(move |_conn| pass())));
        entered.recv().expect("the reader is at work");
        gate
    }

    fn of_the_writer(store: &TestStore) -> Self {
        let (pass, gate, entered) = Self::halves();
        poll_once(pin!(store.write(move |_tx| pass())));
        entered.recv().expect("the writer is at work");
        gate
    }

    fn halves() -> (
        impl FnOnce() -> Result<(), Error> + Send,
        Self,
        mpsc::Receiver<()>,
    ) {
        let (open, closed) = mpsc::channel::<()>();
        let (inside, entered) = mpsc::channel();
        let pass = move || {
            inside.send(()).ok();
            // Ends when the gate is dropped.
            closed.recv().ok();
            Ok(())
        };
        (pass, Self { _open: open }, entered)
    }
}

/// Queues what a store is asked to do; it is done even though nobody waits for it.
fn poll_once<F: Future>(call: Pin<&mut F>) {
    assert!(
        call.poll(&mut Context::from_waker(Waker::noop()))
            .is_pending()
    );
}

on_both_databases! {
    /// The second delivery is verified while the card in the first is not committed yet: it must
    /// not be kept as if there were no card.
    fn an_entry_that_overtakes_its_authors_card_is_a_gap(store) {
        assert_eq!(store.settings().readers, READERS);
        let world = World::new(store, 2);
        let (reader, home) = (&world.cities[0], &world.cities[1]);
        testing::block_on(async {
            let ana = home.member("ana").await;
            home.ask(&ana, "¿Cuánto cuesta el agua?").await;
        });
        let bodies = home.bodies(home.slug, WATER, 0);
        assert_eq!(bodies.len(), 2);

        let gate = Gate::of_the_writer(store);
        let now = reader.moment().now();
        let mut first = pin!(reader.engine.receive(vec![bodies[0].clone()], now));
        let mut both = pin!(reader.engine.receive(bodies.clone(), now));
        let mut second = pin!(reader.engine.receive(vec![bodies[1].clone()], now));
        verify(store, first.as_mut());
        verify(store, second.as_mut());
        verify(store, both.as_mut());
        drop(gate);

        testing::block_on(async {
            let first = first.await.unwrap();
            assert_eq!(first, Received::Appended { count: 1, head_seq: 1 });
            assert_eq!(second.await.unwrap(), Received::Gap { head_seq: 1 });
            assert_eq!(both.await.unwrap(), Received::Appended { count: 1, head_seq: 2 });
            world.assert_agreed().await;
        });
    }
}
