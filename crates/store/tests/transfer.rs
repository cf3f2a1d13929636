//! Rows go from one database into another and are the same there.

use tempfile::TempDir;
use tequio_store::{
    Database, Error, Store, StoreSettings, account, outside, setting,
    testing::{self, TestStore, dump},
    transfer::{self, load::Loader},
};

/// What a row may hold: quotes, backslashes, lines, signs outside the basic plane, and the greatest number.
const TEXT: &str = "«Ñandú» \u{1F30E} \"x\" \\ 'y'\n\tz";

fn fill(store: &TestStore) {
    let row = account::Account {
        id: i64::MAX,
        name: "ana".to_owned(),
        person_uri: "https://a.example/u/ana".to_owned(),
        password_hash: TEXT.to_owned(),
        role: "member".to_owned(),
        state: "active".to_owned(),
        locale: "es".to_owned(),
        card: String::new(),
        created_at: -1,
    };
    store
        .write_blocking(move |tx| {
            account::add(tx, &row)?;
            for number in 0..50 {
                setting::put(tx, &format!("fact {number}"), TEXT)?;
            }
            outside::server::ensure(tx, "b.example")?;
            tx.next_id().map(drop)
        })
        .unwrap();
}

fn take(from: &Database, loader: &mut Loader) {
    transfer::inspect(from, |conn| {
        for table in transfer::tables(conn)? {
            let mut rows = Vec::new();
            let count = transfer::rows(conn, &table, |row| {
                rows.push(row.to_owned());
                Ok::<_, Error>(())
            })?;
            assert_eq!(count, u64::try_from(rows.len()).unwrap());
            for part in rows.chunks(7) {
                loader.add(&table, &format!("[{}]", part.join(",")))?;
            }
        }
        Ok::<_, Error>(())
    })
    .unwrap();
}

fn versions(database: &Database) -> Vec<String> {
    transfer::inspect(database, transfer::versions).unwrap()
}

/// Booleans are numbers in one and words in the other; all else is the same.
fn rows(database: &Database) -> dump::Dump {
    let mut all = transfer::inspect(database, dump::all).unwrap();
    for line in all.values_mut().flatten() {
        *line = line.replace("=true", "=1").replace("=false", "=0");
    }
    all
}

#[test]
fn rows_go_from_each_database_into_each() {
    for source in [testing::sqlite(), testing::postgres()] {
        fill(&source);
        let from = &source.settings().database;
        let folder = TempDir::new().unwrap();
        let file = Database::Sqlite(folder.path().join("new/tequio.sqlite"));
        let (server, _schema) = testing::bare_postgres();
        for to in [file, server] {
            let mut loader = Loader::create(&to, &versions(from)).unwrap();
            take(from, &mut loader);
            loader.finish().unwrap();
            assert_eq!(rows(&to), rows(from));
            let settings = StoreSettings {
                database: to.clone(),
                readers: 1,
                files: folder.path().join("files"),
            };
            let store = Store::open(&settings).unwrap();
            let last = store.write_blocking(|tx| tx.next_id()).unwrap();
            assert_eq!(last, 2, "ids go on after those that were given");
            drop(store);
            let again = Loader::create(&to, &versions(from)).map(drop);
            assert!(matches!(again, Err(Error::NotEmpty)), "{again:?}");
        }
    }
}

#[test]
fn what_the_program_does_not_know_is_refused() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("tequio.sqlite");
    let database = Database::Sqlite(path.clone());
    let newer = Loader::create(&database, &["20991231000001".to_owned()]).map(drop);
    assert!(
        matches!(newer, Err(Error::UnknownVersion { .. })),
        "{newer:?}"
    );
    assert!(!path.exists());
    let store = testing::sqlite();
    let mut loader = Loader::create(&database, &versions(&store.settings().database)).unwrap();
    for table in [
        "object",
        "session",
        "nothing",
        "account; DROP TABLE account",
    ] {
        let refused = loader.add(table, "[]");
        assert!(
            matches!(refused, Err(Error::UnknownTable(_))),
            "{table}: {refused:?}"
        );
    }
    assert!(loader.add("account", "not JSON").is_err());
    let gone = Database::Sqlite(folder.path().join("gone"));
    let missing = transfer::inspect(&gone, transfer::versions);
    assert!(
        matches!(missing, Err(Error::NoDatabase { .. })),
        "{missing:?}"
    );
}
