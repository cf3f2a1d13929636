//! What a caller of `Store::read` can rely on.

use std::sync::mpsc;

use diesel::Connection;
use futures::join;
use tequio_store::{Conn, Error, Store, on_both_databases};

use crate::rows::{add, count, execute, names};

on_both_databases! {
    fn a_reader_cannot_write(store) {
        let refused = store.read_blocking(|conn| {
            execute(conn, "INSERT INTO setting (name, value) VALUES ('a', '')")
        });
        assert!(matches!(refused, Err(Error::Database(_))), "{refused:?}");
        assert_eq!(store.read_blocking(count).unwrap(), 0);
    }

    async fn a_closure_sees_one_snapshot(store) {
        let (key, lock) = mpsc::channel();
        let reading = store.read(move |conn: &mut Conn| {
            let before = count(conn)?;
            lock.recv().map_err(|_gone| Error::Closed)?;
            Ok::<_, Error>((before, count(conn)?))
        });
        let writing = async {
            // The other reader is free: the first has begun once this one is answered, or begins
            // after the write and sees it twice.
            store.read(count).await.unwrap();
            store.write(|tx| add(tx, "a")).await.unwrap();
            key.send(()).unwrap();
        };
        let (seen, ()) = join!(reading, writing);
        let (before, after) = seen.unwrap();
        assert_eq!(before, after);
        assert_eq!(store.read(count).await.unwrap(), 1);
    }

    fn a_panicking_read_fails_only_itself(store) {
        for _ in 0..5 {
            let panicked = store.read_blocking(|conn| {
                conn.transaction(|_| -> Result<(), Error> { panic!("oh no") })
            });
            assert!(matches!(panicked, Err(Error::Panicked(why)) if why == "oh no"));
        }
        assert_eq!(store.read_blocking(count).unwrap(), 0);
    }

    fn a_failed_statement_does_not_harm_the_next_closure(store) {
        for _ in 0..5 {
            let wrong = store.read_blocking(|conn| execute(conn, "SELECT nothing FROM nowhere"));
            assert!(matches!(wrong, Err(Error::Database(_))));
        }
        assert_eq!(store.read_blocking(count).unwrap(), 0);
    }

    async fn blocking_calls_work_inside_a_runtime(store) {
        for n in 0..300 {
            store.write_blocking(move |tx| add(tx, &format!("{n:03}"))).unwrap();
        }
        assert_eq!(store.read_blocking(names).unwrap().len(), 300);
    }

    async fn a_closure_may_hold_the_last_handle(store) {
        let own = Store::open(store.settings()).unwrap();
        let inner = own.clone();
        own.read(move |conn| {
            drop(inner);
            count(conn)
        }).await.unwrap();
    }
}
