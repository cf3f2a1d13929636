//! What a caller of `Store::write` can rely on.

use std::{collections::BTreeSet, sync::mpsc};

use diesel::Connection;
use futures::{
    FutureExt,
    future::{self, join_all},
    join,
};
use tequio_store::{Error, Store, Tx, on_both_databases};

use crate::rows::{add, add_two, count, execute, names};

on_both_databases! {
    fn a_write_is_there_when_it_is_answered(store) {
        store.write_blocking(|tx| add(tx, "a")).unwrap();
        assert_eq!(store.read_blocking(names).unwrap(), ["a"]);
    }

    async fn callers_that_wait_together_share_one_commit(store) {
        let gate = Gate::new();
        let writes = join_all((0..20).map(|n| store.write(move |tx| add(tx, &format!("{n:02}")))));
        let (first, others, ()) = join!(store.write(gate.hold), writes, open(gate.key));
        first.unwrap();
        assert!(others.iter().all(Result::is_ok));
        // One, unless the machine is so slow that the group's time ran out.
        assert!(store.version() < 20, "{} commits", store.version());
        assert_eq!(store.read(count).await.unwrap(), 20);
    }

    async fn a_failing_closure_undoes_only_itself(store) {
        let gate = Gate::new();
        let fails = store.write(|tx| add(tx, "b").and(Err::<(), _>(Error::NotFound)));
        let (first, a, b, c, ()) = join!(
            store.write(gate.hold),
            store.write(|tx| add(tx, "a")),
            fails,
            store.write(|tx| add(tx, "c")),
            open(gate.key),
        );
        (first.and(a).and(c)).unwrap();
        assert!(matches!(b, Err(Error::NotFound)));
        assert_eq!(store.read(names).await.unwrap(), ["a", "c"]);
    }

    async fn a_failing_statement_undoes_only_its_closure(store) {
        let gate = Gate::new();
        let (first, a, twice, c, ()) = join!(
            store.write(gate.hold),
            store.write(|tx| add(tx, "a")),
            store.write(|tx| add_two(tx, "b", "a")),
            store.write(|tx| add(tx, "c")),
            open(gate.key),
        );
        (first.and(a).and(c)).unwrap();
        assert!(twice.unwrap_err().is_unique_violation());
        assert_eq!(store.read(names).await.unwrap(), ["a", "c"]);
    }

    async fn a_panicking_closure_fails_only_itself(store) {
        let gate = Gate::new();
        let panics = |tx: &mut Tx<'_>| -> Result<(), Error> {
            add(tx, "b")?;
            panic!("oh no");
        };
        let panics_deeper = |tx: &mut Tx<'_>| -> Result<(), Error> {
            tx.conn().transaction(|conn| {
                execute(conn, "INSERT INTO setting (name, value) VALUES ('d', '')")?;
                conn.transaction(|_| -> Result<(), Error> { panic!("deeper") })
            })
        };
        let (first, a, b, c, d, e, ()) = join!(
            store.write(gate.hold),
            store.write(|tx| add(tx, "a")),
            store.write(panics),
            store.write(|tx| add(tx, "c")),
            store.write(panics_deeper),
            store.write(|tx| add(tx, "e")),
            open(gate.key),
        );
        first.and(a).and(c).and(e).unwrap();
        assert!(matches!(b, Err(Error::Panicked(why)) if why == "oh no"));
        assert!(matches!(d, Err(Error::Panicked(why)) if why == "deeper"));
        assert_eq!(store.read(names).await.unwrap(), ["a", "c", "e"]);
    }

    async fn a_failed_commit_fails_all_of_its_group_and_no_later_one(store) {
        store.write(|tx| execute(tx.conn(), "CREATE TABLE parent (id BIGINT PRIMARY KEY)")).await.unwrap();
        let child = "CREATE TABLE child (id BIGINT REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)";
        store.write(|tx| execute(tx.conn(), child)).await.unwrap();
        let gate = Gate::new();
        let (first, a, orphan, refused, ()) = join!(
            store.write(gate.hold),
            store.write(|tx| add(tx, "a")),
            store.write(|tx| execute(tx.conn(), "INSERT INTO child (id) VALUES (7)")),
            store.write(|_| Err::<(), _>(Error::NotFound)),
            open(gate.key),
        );
        for outcome in [first, a, orphan] {
            assert!(matches!(outcome, Err(Error::NotCommitted(_))), "{outcome:?}");
        }
        assert!(matches!(refused, Err(Error::NotFound)));
        assert_eq!(store.version(), 2);
        store.write(|tx| add(tx, "b")).await.unwrap();
        assert_eq!(store.read(names).await.unwrap(), ["b"]);
    }

    async fn ids_are_never_given_twice_even_if_closures_fail(store) {
        let ids = join_all((0..200).map(|n| store.write(move |tx| {
            let id = tx.next_id()?;
            add(tx, &format!("{id:05}"))?;
            if n % 3 == 0 { Err(Error::NotFound) } else { Ok((id, tx.next_id()?)) }
        })));
        let pairs: Vec<_> = ids.await.into_iter().flatten().collect();
        assert!(pairs.iter().all(|(first, second)| second - first == 1));
        let distinct: BTreeSet<i64> = pairs.iter().flat_map(|(a, b)| [*a, *b]).collect();
        assert_eq!(distinct.len(), 2 * 133);
        let next = store.write(|tx| tx.next_id()).await.unwrap();
        assert!(next > *distinct.last().unwrap());
        assert_eq!(store.read(count).await.unwrap(), 133);
    }

    async fn only_a_commit_moves_the_version(store) {
        let mut changed = store.changed();
        store.write(|_| Err::<(), _>(Error::NotFound)).await.unwrap_err();
        assert_eq!((store.version(), changed.has_changed().unwrap()), (0, false));
        store.write(|tx| add(tx, "a")).await.unwrap();
        changed.changed().await.unwrap();
        assert_eq!((store.version(), *changed.borrow()), (1, 1));
    }

    async fn a_queued_write_happens_even_if_nobody_waits(store) {
        let gate = Gate::new();
        let hold = store.write(gate.hold);
        {
            let mut forgotten = Box::pin(store.write(|tx| add(tx, "a")));
            assert!(futures::poll!(forgotten.as_mut()).is_pending());
        }
        let (first, ()) = join!(hold, open(gate.key));
        first.unwrap();
        store.write(|tx| add(tx, "b")).await.unwrap();
        assert_eq!(store.read(names).await.unwrap(), ["a", "b"]);
    }

    async fn closing_finishes_what_is_queued(store) {
        let gate = Gate::new();
        let mut queued = vec![store.write(gate.hold).boxed()];
        queued.extend((0..50).map(|n| store.write(move |tx| add(tx, &n.to_string())).boxed()));
        for write in &mut queued {
            assert!(futures::poll!(write).is_pending());
        }
        let closing = Store::clone(store);
        let closed = std::thread::spawn(move || closing.close());
        gate.key.send(()).unwrap();
        assert!(join_all(queued).await.iter().all(Result::is_ok));
        closed.join().unwrap();
        assert!(matches!(store.write(|tx| add(tx, "x")).await, Err(Error::Closed)));
        assert!(matches!(store.read(count).await, Err(Error::Closed)));
        let again = Store::open(store.settings()).unwrap();
        assert_eq!(again.read(count).await.unwrap(), 50);
    }
}

/// Holds the writer in a closure until the key is used, so that others queue up behind it.
struct Gate<H> {
    hold: H,
    key: mpsc::Sender<()>,
}

impl Gate<()> {
    fn new() -> Gate<impl FnOnce(&mut Tx<'_>) -> Result<(), Error> + Send + 'static> {
        let (key, lock) = mpsc::channel();
        let hold = move |_: &mut Tx<'_>| lock.recv().map_err(|_gone| Error::Closed);
        Gate { hold, key }
    }
}

/// Ready when it is polled, so last in a `join!`: after everything before it was queued.
fn open(key: mpsc::Sender<()>) -> impl Future<Output = ()> {
    future::lazy(move |_| key.send(()).unwrap())
}
