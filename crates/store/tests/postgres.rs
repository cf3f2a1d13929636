//! What is particular to PostgreSQL.

use std::collections::BTreeSet;

use diesel::{
    RunQueryDsl,
    dsl::sql,
    sql_types::{Integer, Text},
};
use tequio_store::{Conn, Database, Error, Store, StoreSettings, testing};

use crate::rows::{add, count, execute, names};

fn backend(conn: &mut Conn) -> Result<i32, Error> {
    Ok(sql::<Integer>("SELECT pg_backend_pid()").get_result(conn)?)
}

fn kill(pid: i32) -> impl FnOnce(&mut Conn) -> Result<(), Error> + Send {
    move |conn| execute(conn, &format!("SELECT pg_terminate_backend({pid})"))
}

#[test]
fn two_stores_write_at_once_and_share_the_ids() {
    let one = testing::postgres();
    let two = Store::open(one.settings()).unwrap();
    let ids = std::thread::scope(|scope| {
        let threads = [&*one, &two, &one, &two].map(|store| {
            scope.spawn(move || {
                let ids = (0..100).map(|_| {
                    store.write_blocking(|tx| {
                        let id = tx.next_id()?;
                        add(tx, &id.to_string())?;
                        Ok::<_, Error>(id)
                    })
                });
                ids.collect::<Result<Vec<_>, _>>().unwrap()
            })
        });
        threads.map(|thread| thread.join().unwrap())
    });
    let distinct: BTreeSet<i64> = ids.iter().flatten().copied().collect();
    assert_eq!(distinct.len(), 400);
    assert!(ids.iter().all(|own| own.is_sorted()));
    assert_eq!(one.read_blocking(count).unwrap(), 400);
}

#[test]
fn the_writer_connects_anew_after_a_lost_connection() {
    let store = testing::postgres();
    let pid = store.write_blocking(|tx| backend(tx.conn())).unwrap();
    store.read_blocking(kill(pid)).unwrap();
    store.write_blocking(|tx| add(tx, "a")).unwrap();
    assert_eq!(store.read_blocking(names).unwrap(), ["a"]);
}

#[test]
fn a_connection_lost_in_a_closure_fails_it_and_no_later_one() {
    let store = testing::postgres();
    let other = Store::clone(&store);
    let lost = store.write_blocking(move |tx| {
        let pid = backend(tx.conn())?;
        add(tx, "a")?;
        other.read_blocking(kill(pid))?;
        add(tx, "b")
    });
    assert!(lost.is_err());
    store.write_blocking(|tx| add(tx, "c")).unwrap();
    assert_eq!(store.read_blocking(names).unwrap(), ["c"]);
}

#[test]
fn readers_connect_anew_after_a_lost_connection() {
    let store = testing::postgres();
    for _ in 0..4 {
        let pid = store.read_blocking(backend).unwrap();
        store
            .write_blocking(move |tx| kill(pid)(tx.conn()))
            .unwrap();
    }
    for _ in 0..4 {
        assert_eq!(store.read_blocking(count).unwrap(), 0);
    }
}

#[test]
fn going_on_after_a_failed_statement_fails_the_closure() {
    let store = testing::postgres();
    let refused = store.write_blocking(|tx| {
        add(tx, "a")?;
        assert!(execute(tx.conn(), "SELECT nothing FROM nowhere").is_err());
        Ok::<_, Error>(())
    });
    assert!(matches!(refused, Err(Error::Database(_))), "{refused:?}");
    assert_eq!(store.read_blocking(count).unwrap(), 0);
    store.write_blocking(|tx| add(tx, "b")).unwrap();
}

#[test]
fn a_commit_waits_for_the_disk() {
    let store = testing::postgres();
    let setting = store.write_blocking(|tx| {
        Ok::<String, Error>(sql::<Text>("SHOW synchronous_commit").get_result(tx.conn())?)
    });
    assert_eq!(setting.unwrap(), "on");
}

#[test]
fn a_server_that_does_not_answer_is_an_error() {
    let directory = tempfile::TempDir::new().unwrap();
    let settings = StoreSettings {
        database: Database::Postgres(format!("postgres:///x?host={}", directory.path().display())),
        readers: 1,
        files: directory.path().join("files"),
    };
    assert!(matches!(Store::open(&settings), Err(Error::Unreachable(_))));
    assert!(!settings.files.exists());
}
