//! Opening a store, and what is refused.

use tequio_store::{Conn, Database, Error, Store, on_both_databases};

use crate::rows::{add, count, execute, names};

on_both_databases! {
    fn rows_survive_closing(store) {
        let first = Store::open(store.settings()).unwrap();
        first.write_blocking(|tx| add(tx, "a")).unwrap();
        first.close();
        let second = Store::open(store.settings()).unwrap();
        assert_eq!(second.read_blocking(names).unwrap(), ["a"]);
        assert_eq!(second.version(), 0);
    }

    fn ids_go_on_after_opening_again(store) {
        let before = store.write_blocking(|tx| tx.next_id()).unwrap();
        let again = Store::open(store.settings()).unwrap();
        assert!(again.write_blocking(|tx| tx.next_id()).unwrap() > before);
        assert!(store.write_blocking(|tx| tx.next_id()).unwrap() > before + 1);
    }

    fn a_newer_database_is_refused_and_left_alone(store) {
        let add_future = "INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000000')";
        store.write_blocking(|tx| execute(tx.conn(), add_future)).unwrap();
        let before = contents(&store.settings().database);
        let refused = Store::open(store.settings()).unwrap_err();
        assert!(matches!(&refused, Error::NewerDatabase { found, .. } if found == "29990101000000"));
        assert!(refused.to_string().contains("newer than this program"), "{refused}");
        assert!(!refused.to_string().contains('\n'));
        assert_eq!(contents(&store.settings().database), before);
    }

    fn many_may_open_one_database_at_once(store) {
        let openers: Vec<_> = (0..4).map(|_| {
            let settings = store.settings().clone();
            std::thread::spawn(move || Store::open(&settings).map(drop))
        }).collect();
        for opener in openers {
            opener.join().unwrap().unwrap();
        }
    }

    fn a_damaged_sequence_is_an_error(store) {
        store.write_blocking(|tx| execute(tx.conn(), "DELETE FROM sequence")).unwrap();
        let refused = store.write_blocking(|tx| tx.next_id());
        assert!(matches!(refused, Err(Error::NoSequence)));
    }

    fn a_files_directory_that_cannot_be_made_is_named(store) {
        let plain = store.settings().files.join("plain");
        std::fs::write(&plain, "a file, not a directory").unwrap();
        let mut settings = store.settings().clone();
        settings.files = plain.join("files");
        let refused = Store::open(&settings).unwrap_err();
        assert!(matches!(&refused, Error::NotWritable { .. }), "{refused:?}");
        assert!(refused.to_string().contains("plain/files"), "{refused}");
        assert_eq!(store.read_blocking(|conn: &mut Conn| count(conn)).unwrap(), 0);
    }
}

/// The bytes of the database file; nothing for a server.
fn contents(database: &Database) -> Vec<u8> {
    match database {
        Database::Sqlite(path) => std::fs::read(path).unwrap(),
        Database::Postgres(_) => Vec::new(),
    }
}
