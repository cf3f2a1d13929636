//! What is particular to PostgreSQL.

use std::{collections::BTreeSet, os::unix::fs::MetadataExt as _};

use diesel::{
    Connection, PgConnection, RunQueryDsl,
    connection::SimpleConnection,
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

/// A folder of the server's own on a disk of a few megabytes; unmounted with it.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// `None` where nothing can be mounted (it takes root).
    fn mount(owner: &str) -> Option<Self> {
        let folder = tempfile::TempDir::new().unwrap();
        let run = |program: &str, arguments: &[&str]| {
            let mut command = std::process::Command::new(program);
            let output = command.args(arguments).arg(folder.path()).output();
            output.is_ok_and(|output| output.status.success())
        };
        let mounted = run("mount", &["-t", "tmpfs", "-o", "size=8m", "tequio-test"]);
        (mounted && run("chown", &[owner])).then_some(Self(folder))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let mut command = std::process::Command::new("umount");
        let ended = command.arg("--lazy").arg(self.0.path()).status();
        assert!(
            ended.is_ok_and(|status| status.success()),
            "it is unmounted"
        );
    }
}

/// The user as whom the server runs on this machine: the owner of its data.
fn owner_of_server(store: &Store) -> String {
    let folder = store
        .read_blocking(|conn| {
            let query = sql::<Text>("SELECT current_setting('data_directory')");
            Ok::<String, Error>(query.get_result(conn)?)
        })
        .unwrap();
    let about = std::fs::metadata(folder).unwrap();
    format!("{}:{}", about.uid(), about.gid())
}

/// Class 53100, for real: the tables stand in a tablespace on a disk that fills up.
#[test]
fn a_full_disk_of_the_server_fails_the_write_and_harms_nothing() {
    let store = testing::postgres();
    says_full(&store);
    let Some(disk) = SmallDisk::mount(&owner_of_server(&store)) else {
        return;
    };
    let name = format!("small_{}", uuid::Uuid::new_v4().simple());
    let place = disk.0.path().display();
    // A tablespace is made outside of any transaction: by a connection of its own.
    let Database::Postgres(url) = &store.settings().database else {
        panic!("this store is on PostgreSQL");
    };
    let mut admin = PgConnection::establish(url).unwrap();
    let make = format!("CREATE TABLESPACE {name} LOCATION '{place}'");
    admin.batch_execute(&make).unwrap();
    admin
        .batch_execute(&format!("ALTER TABLE setting SET TABLESPACE {name}"))
        .unwrap();
    let ballast = disk.0.path().join("ballast");
    std::fs::write(&ballast, vec![0; 2 << 20]).unwrap();
    let piece = "INSERT INTO setting (name, value) SELECT md5(random()::text || n), \
                 repeat(md5(random()::text), 30) FROM generate_series(1, 1000) AS n";
    let written = (0..100).find_map(|_| {
        let written = store.write_blocking(|tx| execute(tx.conn(), piece));
        written.err()
    });
    assert!(matches!(written, Some(Error::DiskFull)), "{written:?}");
    let held = store.read_blocking(count).unwrap();
    assert!(held > 0 && held % 1000 == 0, "{held}");
    std::fs::remove_file(ballast).unwrap();
    store.write_blocking(|tx| add(tx, "a")).unwrap();
    assert_eq!(store.read_blocking(count).unwrap(), held + 1);
    admin
        .batch_execute("ALTER TABLE setting SET TABLESPACE pg_default")
        .unwrap();
    admin
        .batch_execute(&format!("DROP TABLESPACE {name}"))
        .unwrap();
}

/// The same error, raised by hand: also where nothing can be mounted.
fn says_full(store: &Store) {
    let raise = "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100', MESSAGE = \
                 'could not extend file \"base/5/1\": No space left on device'; END $$";
    let full = store.write_blocking(move |tx| execute(tx.conn(), raise));
    assert!(matches!(full, Err(Error::DiskFull)), "{full:?}");
}
