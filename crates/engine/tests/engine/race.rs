//! Deliveries that overtake each other between being verified and being kept.

use std::{
    pin::{Pin, pin},
    sync::{Arc, mpsc},
    task::{Context, Poll, Wake, Waker},
};

use tequio_engine::receive::Received;
use tequio_store::{on_both_databases, testing};

use crate::world::{WATER, World};

/// Tells when a future may go on.
struct Bell(mpsc::Sender<()>);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        // Fails when the test is over, and then nobody listens.
        self.0.send(()).ok();
    }
}

/// Polls a delivery until its entries are verified and stand in the writer's queue.
fn verify<F: Future>(mut delivery: Pin<&mut F>) {
    let (sender, rung) = mpsc::channel();
    let waker = Waker::from(Arc::new(Bell(sender)));
    let mut context = Context::from_waker(&waker);
    assert!(matches!(
        delivery.as_mut().poll(&mut context),
        Poll::Pending
    ));
    rung.recv().expect("the reader answers");
    assert!(matches!(
        delivery.as_mut().poll(&mut context),
        Poll::Pending
    ));
}

on_both_databases! {
    /// The second delivery is verified while the card in the first is not committed yet: it must
    /// not be kept as if there were no card.
    fn an_entry_that_overtakes_its_authors_card_is_a_gap(store) {
        let world = World::new(store, 2);
        let (reader, home) = (&world.cities[0], &world.cities[1]);
        testing::block_on(async {
            let ana = home.member("ana").await;
            home.ask(&ana, "¿Cuánto cuesta el agua?").await;
        });
        let bodies = home.bodies(home.slug, WATER, 0);
        assert_eq!(bodies.len(), 2);

        let (open, closed) = mpsc::channel::<()>();
        let (inside, entered) = mpsc::channel();
        let blocker = reader.engine.store().write(move |_tx| {
            inside.send(()).unwrap();
            closed.recv().unwrap();
            Ok::<_, tequio_store::Error>(())
        });
        let mut blocker = pin!(blocker);
        let waker = Waker::noop();
        assert!(blocker.as_mut().poll(&mut Context::from_waker(waker)).is_pending());
        entered.recv().expect("the writer is at work");

        let now = reader.moment().now();
        let mut first = pin!(reader.engine.receive(vec![bodies[0].clone()], now));
        let mut both = pin!(reader.engine.receive(bodies.clone(), now));
        let mut second = pin!(reader.engine.receive(vec![bodies[1].clone()], now));
        verify(first.as_mut());
        verify(second.as_mut());
        verify(both.as_mut());
        open.send(()).unwrap();

        testing::block_on(async {
            blocker.await.unwrap();
            let first = first.await.unwrap();
            assert_eq!(first, Received::Appended { count: 1, head_seq: 1 });
            assert_eq!(second.await.unwrap(), Received::Gap { head_seq: 1 });
            assert_eq!(both.await.unwrap(), Received::Appended { count: 1, head_seq: 2 });
            world.assert_agreed().await;
        });
    }
}
