//! The power goes at any moment: everything that was answered is there afterwards, and nothing is half
//! done.
//!
//! [`tap`] notes what the program asks of the operating system, [`disk`] makes of it what a disk may hold
//! when the power goes at some point, [`town`] writes and looks. `TEQUIO_CUTS=1000` looks at so many points;
//! `TEQUIO_SEED` has the same again.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "a failing test may panic"
)]

mod disk;
mod raw;
mod tap;
mod town;

use std::path::Path;

use tempfile::TempDir;
use tequio_tests::dice::{self, Dice};

use disk::{Disk, Lie, Op};
use raw::Raw;
use town::Deed;

/// Moments that are looked at in the tests of every change.
const CUTS: u64 = 40;
/// Moments among which a lying disk must be caught.
const CUTS_TO_CATCH: u64 = 40;

async fn recorded() -> (Vec<Op>, Vec<Deed>) {
    let folder = TempDir::new().unwrap();
    let recording = tap::record(folder.path());
    let deeds = town::write(folder.path(), &recording).await;
    (recording.end(), deeds)
}

/// What is found after a loss of power at a moment.
async fn find(ops: &[Op], deeds: &[Deed], lie: Lie, dice: &mut Dice) -> Result<(), String> {
    let cut = dice.index(ops.len() + 1);
    let disk = Disk::after(&ops[..cut], lie);
    let folder = TempDir::new().unwrap();
    disk.image(dice, folder.path());
    let told = disk.answered.last().map_or(0, |last| last + 1);
    let found = town::inspect(folder.path(), &deeds[..told]).await;
    found.map_err(|problem| format!("after {cut} of {} operations: {problem}", ops.len()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_answered_is_there_after_a_loss_of_power() {
    let seed = Dice::seed_of("TEQUIO_SEED");
    let cuts = dice::number("TEQUIO_CUTS", CUTS);
    eprintln!("TEQUIO_CUTS={cuts} TEQUIO_SEED={seed}");
    let (ops, deeds) = recorded().await;
    let count = |wanted: fn(&Op) -> bool| ops.iter().filter(|op| wanted(op)).count();
    eprintln!(
        "{} operations, {} syncs of files, {} of folders, {} answers",
        ops.len(),
        count(|op| matches!(op, Op::Synced(_))),
        count(|op| matches!(op, Op::SyncedFolder(_))),
        count(|op| matches!(op, Op::Answered(_))),
    );
    let mut dice = Dice::new(seed);
    for _ in 0..cuts {
        if let Err(problem) = find(&ops, &deeds, Lie::None, &mut dice).await {
            panic!("seed {seed}, {problem}");
        }
    }
}

/// That the test above can fail.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_lies_is_caught() {
    let (ops, deeds) = recorded().await;
    for lie in [Lie::Log, Lie::Folders] {
        let mut dice = Dice::new(11);
        let mut caught = None;
        for _ in 0..CUTS_TO_CATCH {
            if let Err(problem) = find(&ops, &deeds, lie, &mut dice).await {
                caught = Some(problem);
                break;
            }
        }
        eprintln!("{lie:?}: {caught:?}");
        assert!(caught.is_some(), "{lie:?} was not noticed");
    }
}

/// Rows that were committed and answered, under one setting of SQLite; how many cuts lost one.
fn losses(synchronous: &str) -> usize {
    let folder = TempDir::new().unwrap();
    let recording = tap::record(folder.path());
    let path = folder.path().join("rows.sqlite");
    let raw = Raw::open(&path);
    raw.execute("PRAGMA journal_mode = WAL; CREATE TABLE row (id INTEGER PRIMARY KEY, text TEXT)");
    raw.execute(&format!("PRAGMA synchronous = {synchronous}"));
    for number in 0..60 {
        raw.execute(&format!(
            "INSERT INTO row VALUES ({number}, 'Algo que decir.')"
        ));
        recording.answered(number);
        if number % 25 == 24 {
            raw.execute("PRAGMA wal_checkpoint(PASSIVE)");
        }
    }
    drop(raw);
    let ops = recording.end();
    let mut dice = Dice::new(5);
    (0..200).filter(|_| is_lost(&ops, &mut dice)).count()
}

fn is_lost(ops: &[Op], dice: &mut Dice) -> bool {
    let disk = Disk::after(&ops[..dice.index(ops.len() + 1)], Lie::None);
    let folder = TempDir::new().unwrap();
    disk.image(dice, folder.path());
    let told = disk.answered.len();
    if told == 0 {
        return false;
    }
    let raw = Raw::open(&folder.path().join("rows.sqlite"));
    let rows = raw.text("SELECT count(*) FROM row");
    let rows = rows
        .and_then(|rows| rows.parse::<usize>().ok())
        .unwrap_or(0);
    rows < told || raw.text("PRAGMA integrity_check").as_deref() != Some("ok")
}

/// Why the store asks for FULL.
#[test]
fn normal_and_off_lose_what_full_keeps() {
    assert_eq!(losses("FULL"), 0);
    for (setting, lost) in ["NORMAL", "OFF"].map(|setting| (setting, losses(setting))) {
        eprintln!("{setting}: {lost} of 200 cuts lost a row that was answered");
        assert!(lost > 0, "{setting} loses nothing");
    }
}

/// Nothing is missed on the way to the disk.
#[test]
fn the_tap_sees_what_sqlite_and_rust_do() {
    let folder = TempDir::new().unwrap();
    let recording = tap::record(folder.path());
    let raw = Raw::open(&folder.path().join("a.sqlite"));
    raw.execute("PRAGMA journal_mode = WAL; CREATE TABLE a (b); INSERT INTO a VALUES (1)");
    std::fs::create_dir(folder.path().join("sub")).unwrap();
    std::fs::write(folder.path().join("sub/x"), b"hola").unwrap();
    std::fs::rename(folder.path().join("sub/x"), folder.path().join("y")).unwrap();
    std::fs::hard_link(folder.path().join("y"), folder.path().join("z")).unwrap();
    std::fs::remove_file(folder.path().join("y")).unwrap();
    let ops = recording.end();
    let made = |name: &str| {
        let path = Path::new(name);
        ops.iter()
            .any(|op| matches!(op, Op::Made(made, _) if made == path))
    };
    assert!(
        made("a.sqlite") && made("a.sqlite-wal") && made("sub/x"),
        "{ops:?}"
    );
    assert!(ops.iter().any(|op| matches!(op, Op::Synced(_))));
    assert!(
        ops.contains(&Op::SyncedFolder("".into())),
        "SQLite syncs the folder"
    );
    assert!(
        ops.iter()
            .any(|op| matches!(op, Op::Wrote(_, 0, bytes) if bytes == b"hola"))
    );
    assert!(ops.iter().any(|op| matches!(op, Op::Moved(..))));
    assert!(ops.iter().any(|op| matches!(op, Op::Named(..))));
    assert!(ops.contains(&Op::Removed("y".into())));
}
