//! What is particular to SQLite.

use diesel::{
    RunQueryDsl,
    dsl::sql,
    sql_types::{BigInt, Text},
};
use tempfile::TempDir;
use tequio_store::{Conn, Database, Error, Store, StoreSettings, testing};

use crate::rows::{add, count, execute};

fn settings(directory: &TempDir, name: &str) -> StoreSettings {
    StoreSettings {
        database: Database::Sqlite(directory.path().join(name)),
        readers: 1,
        files: directory.path().join("files"),
    }
}

fn pragma(conn: &mut Conn, name: &str) -> Result<i64, Error> {
    Ok(sql::<BigInt>(&format!("PRAGMA {name}")).get_result(conn)?)
}

#[test]
fn the_writer_is_durable_and_checks_foreign_keys() {
    let store = testing::sqlite();
    let facts = store.write_blocking(|tx| {
        let mode: String = sql::<Text>("PRAGMA journal_mode").get_result(tx.conn())?;
        Ok::<_, Error>((
            mode,
            pragma(tx.conn(), "synchronous")?,
            pragma(tx.conn(), "foreign_keys")?,
        ))
    });
    assert_eq!(facts.unwrap(), ("wal".to_owned(), 2, 1));
}

/// Many times, because it depended on whether two readers closed in the same moment.
#[test]
fn closing_leaves_the_database_file_alone() {
    let directory = TempDir::new().unwrap();
    let settings = StoreSettings {
        readers: 4,
        ..settings(&directory, "tequio.db")
    };
    for _ in 0..50 {
        let store = Store::open(&settings).unwrap();
        assert!(directory.path().join("tequio.db-wal").exists());
        store.close();
        assert!(!directory.path().join("tequio.db-wal").exists());
        assert!(!directory.path().join("tequio.db-shm").exists());
    }
}

#[test]
fn a_full_disk_fails_the_write_and_harms_nothing() {
    let store = testing::sqlite();
    store
        .write_blocking(|tx| execute(tx.conn(), "PRAGMA max_page_count = 1"))
        .unwrap();
    let large = "INSERT INTO setting (name, value) VALUES ('big', hex(zeroblob(1000000)))";
    let full = store.write_blocking(|tx| execute(tx.conn(), large));
    assert!(matches!(full, Err(Error::DiskFull)), "{full:?}");
    assert_eq!(store.read_blocking(count).unwrap(), 0);
    store
        .write_blocking(|tx| execute(tx.conn(), "PRAGMA max_page_count = 1000000"))
        .unwrap();
    store
        .write_blocking(|tx| execute(tx.conn(), large))
        .unwrap();
    assert_eq!(store.read_blocking(count).unwrap(), 1);
}

#[test]
fn a_path_with_signs_of_a_uri_is_a_plain_path() {
    let directory = TempDir::new().unwrap();
    let settings = settings(&directory, "año #1?mode=ro%20.db");
    let store = Store::open(&settings).unwrap();
    store.write_blocking(|tx| add(tx, "a")).unwrap();
    assert!(directory.path().join("año #1?mode=ro%20.db").exists());
}

#[test]
#[cfg(unix)]
fn the_database_is_for_this_user_only() {
    use std::os::unix::fs::PermissionsExt;
    let directory = TempDir::new().unwrap();
    let store = Store::open(&settings(&directory, "tequio.db")).unwrap();
    store.write_blocking(|tx| add(tx, "a")).unwrap();
    for name in ["tequio.db", "tequio.db-wal", "tequio.db-shm"] {
        let about = std::fs::metadata(directory.path().join(name)).unwrap();
        assert_eq!(about.permissions().mode() & 0o777, 0o600, "{name}");
    }
}

#[test]
fn missing_directories_are_made() {
    let directory = TempDir::new().unwrap();
    let store = Store::open(&settings(&directory, "data/db/tequio.db")).unwrap();
    assert_eq!(store.read_blocking(count).unwrap(), 0);
}

#[test]
fn a_data_directory_that_is_a_file_is_named() {
    let directory = TempDir::new().unwrap();
    std::fs::write(directory.path().join("data"), "").unwrap();
    let refused = Store::open(&settings(&directory, "data/tequio.db")).unwrap_err();
    assert!(matches!(refused, Error::NotWritable { .. }), "{refused:?}");
    assert!(refused.to_string().contains("/data"), "{refused}");
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("tequio.db");
    let text = "These are the minutes of the meeting. ".repeat(100);
    std::fs::write(&path, &text).unwrap();
    let refused = Store::open(&settings(&directory, "tequio.db")).unwrap_err();
    assert!(refused.to_string().contains("not a database"), "{refused}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn two_processes_on_one_file_lose_no_write() {
    let one = testing::sqlite();
    let two = Store::open(one.settings()).unwrap();
    std::thread::scope(|scope| {
        for (name, store) in [("one", &*one), ("two", &two)] {
            scope.spawn(move || {
                for n in 0..100 {
                    store
                        .write_blocking(move |tx| {
                            let id = tx.next_id()?;
                            add(tx, &format!("{name} {n} {id}"))
                        })
                        .unwrap();
                }
            });
        }
    });
    assert_eq!(one.read_blocking(count).unwrap(), 200);
    assert_eq!(one.write_blocking(|tx| tx.next_id()).unwrap(), 201);
}
