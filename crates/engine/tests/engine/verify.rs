//! What was changed behind the program's back is found, and where.

use serde_json::Value;
use tempfile::TempDir;
use tequio_domain::Timestamp;
use tequio_engine::{
    rebuild,
    verify::{self, Checked, Kind},
};
use tequio_store::{
    Database, StoreSettings, object, on_both_databases,
    testing::{self, TestStore},
    transfer,
};

use crate::{
    history,
    snapshot::Snapshot,
    world::{CITIES, WATER, World, founding},
};

fn check(database: &Database) -> Checked {
    let folder = TempDir::new().unwrap();
    let scratch = StoreSettings {
        database: Database::Sqlite(folder.path().join("scratch.sqlite")),
        readers: 1,
        files: folder.path().join("files"),
    };
    transfer::inspect(database, |conn| {
        let store = verify::scratch(conn, &scratch)?;
        let now = Timestamp::from_micros(0);
        verify::verify(conn, store, founding(CITIES[0]), now, |_| {})
    })
    .unwrap()
}

/// The first city's data with one entry of its log about water changed, and what is found then.
fn tampered(snapshot: &Snapshot, seq: i64, change: impl Fn(&mut Value)) -> Checked {
    with_entries(snapshot, |rows| {
        for row in rows {
            if row["seq"] == seq
                && row["uri"]
                    .as_str()
                    .is_some_and(|uri| uri.contains(CITIES[0]))
            {
                change(row);
            }
        }
    })
}

fn with_entries(snapshot: &Snapshot, change: impl Fn(&mut Vec<Value>)) -> Checked {
    let folder = TempDir::new().unwrap();
    let mut tables = snapshot.tables.clone();
    let entries = tables.iter_mut().find(|(name, _)| name == "entry").unwrap();
    let mut rows: Vec<Value> = serde_json::from_str(&entries.1).unwrap();
    change(&mut rows);
    entries.1 = serde_json::to_string(&rows).unwrap();
    let changed = Snapshot {
        versions: snapshot.versions.clone(),
        tables,
    };
    let store = changed.fill(folder.path());
    let world = testing::sqlite();
    let city = World::new(&world, 1).cities[0].again(&store);
    rebuild::rebuild(&city.engine).unwrap();
    drop((city, store));
    check(&Database::Sqlite(folder.path().join("tequio.sqlite")))
}

/// Kind and place of all that was found.
fn found(checked: &Checked) -> Vec<(Kind, &str)> {
    let problems = checked.problems.iter();
    problems
        .map(|problem| (problem.kind, problem.place.as_str()))
        .collect()
}

async fn written() -> (TestStore, World) {
    let store = testing::sqlite();
    let world = World::new(&store, 2);
    let ana = world.cities[0].member("ana").await;
    for title in ["Uno", "Dos", "Tres"] {
        world.cities[0].ask(&ana, title).await;
    }
    world.exchange().await;
    (store, world)
}

const PLACE: &str = "https://oaxaca.example/t/agua 3";

on_both_databases! {
    async fn what_is_right_is_found_right(store) {
        let world = World::new(store, 3);
        history::write(&world).await;
        world.exchange().await;
        let checked = check(&store.settings().database);
        assert_eq!(checked.problems, []);
        let all = world.cities[0].everything();
        assert_eq!(usize::try_from(checked.entries).unwrap(), all["entry"].len());
        assert_eq!((checked.topics, checked.logs > 2), (2, true));
    }

    async fn a_table_that_is_not_what_its_entries_make_is_found(store) {
        let world = World::new(store, 2);
        let ana = world.cities[0].member("ana").await;
        let question = world.cities[0].ask(&ana, "Uno").await;
        let (id, log) = (world.cities[0].object(question).id, world.cities[0].log_of(CITIES[0], WATER));
        store
            .write_blocking(move |tx| object::set_tally(tx, id, log.id, 99))
            .unwrap();
        let checked = check(&store.settings().database);
        assert_eq!(found(&checked), [(Kind::Table, WATER)]);
    }
}

#[test]
fn a_changed_byte_breaks_the_proof_of_its_entry() {
    testing::block_on(async {
        let (store, _world) = written().await;
        let snapshot = Snapshot::of(&store);
        let checked = tampered(&snapshot, 3, |row| {
            row["body"] = row["body"].as_str().unwrap().replace("Dos", "Doz").into();
        });
        assert_eq!(found(&checked), [(Kind::Proof, PLACE)]);
        assert!(
            checked
                .notes
                .iter()
                .any(|note| note.contains("not compared"))
        );
    });
}

#[test]
fn columns_that_say_otherwise_than_the_bytes_are_found() {
    testing::block_on(async {
        let (store, _world) = written().await;
        let snapshot = Snapshot::of(&store);
        let digest = tampered(&snapshot, 3, |row| row["digest"] = "00".repeat(32).into());
        assert!(found(&digest).contains(&(Kind::Chain, PLACE)), "{digest:?}");
        let uri = tampered(&snapshot, 3, |row| {
            row["uri"] = "https://oaxaca.example/a/x".into()
        });
        assert!(found(&uri).contains(&(Kind::Table, PLACE)), "{uri:?}");
    });
}

#[test]
fn an_entry_that_is_missing_or_moved_breaks_the_chain() {
    testing::block_on(async {
        let (store, world) = written().await;
        let snapshot = Snapshot::of(&store);
        let is_of = |row: &Value, seq: i64| {
            row["seq"] == seq
                && row["uri"]
                    .as_str()
                    .is_some_and(|uri| uri.contains(CITIES[0]))
        };
        let missing = with_entries(&snapshot, |rows| rows.retain(|row| !is_of(row, 2)));
        assert_eq!(found(&missing), [(Kind::Chain, PLACE)]);
        let last = world.cities[0].log_of(CITIES[0], WATER).head_seq;
        let cut = with_entries(&snapshot, |rows| rows.retain(|row| !is_of(row, last)));
        assert_eq!(
            found(&cut)[0],
            (Kind::Table, "https://oaxaca.example/t/agua")
        );
    });
}
