//! What the file remembers, and what becomes of it when it is torn or copied.

use std::fs;
use std::os::unix::fs::FileExt;

use tempfile::TempDir;

use super::*;

const GROUP: &str = "https://a.example/t/agua";

fn mark(seq: i64) -> Mark {
    Mark {
        seq,
        digest: format!("{seq:064x}"),
    }
}

fn step(from: i64, to: i64) -> [Move; 1] {
    [Move {
        group_uri: GROUP.to_owned(),
        base: mark(from),
        last: mark(to),
    }]
}

fn reopened(path: &Path) -> (Record, bool) {
    match Epoch::open(path).unwrap().1 {
        Found::Record { record, is_copy } => (record, is_copy),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_intention_names_both_places_until_it_is_confirmed() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("other disk/epoch");
    let (epoch, found) = Epoch::open(&path).unwrap();
    assert_eq!(found, Found::Nothing);
    epoch.adopt("one").unwrap();
    epoch.intend(&step(0, 3)).unwrap();
    let reached = reopened(&path).0.logs[GROUP].clone();
    assert_eq!((reached.held, reached.next), (mark(0), Some(mark(3))));
    epoch.confirm(&step(0, 3)).unwrap();
    let (record, is_copy) = reopened(&path);
    assert_eq!(record.logs[GROUP].held, mark(3));
    assert_eq!(record.logs[GROUP].next, None);
    assert_eq!((record.incarnation.as_str(), is_copy), ("one", false));
}

#[test]
fn a_late_confirmation_of_another_process_undoes_nothing() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("epoch");
    let (one, _) = Epoch::open(&path).unwrap();
    let (other, _) = Epoch::open(&path).unwrap();
    one.intend(&step(0, 1)).unwrap();
    other.intend(&step(1, 2)).unwrap();
    one.confirm(&step(0, 1)).unwrap();
    let reached = reopened(&path).0.logs[GROUP].clone();
    assert_eq!((reached.held, reached.next), (mark(1), Some(mark(2))));
}

#[test]
fn a_torn_write_leaves_the_record_before() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("epoch");
    let (epoch, _) = Epoch::open(&path).unwrap();
    for seq in 0..20 {
        epoch.intend(&step(seq, seq + 1)).unwrap();
        epoch.confirm(&step(seq, seq + 1)).unwrap();
    }
    epoch.intend(&step(20, 21)).unwrap();
    let whole = fs::read(&path).unwrap();
    // The newest intention and the unsynced confirmation are torn in one power loss.
    let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    let torn = older_slot(&fs::File::open(&path).unwrap()).unwrap() ^ 1;
    for slot in [torn, CONFIRMED] {
        file.write_all_at(b"###", slot * SLOT_BYTES + 100).unwrap();
    }
    let record = reopened(&path).0;
    assert_eq!(record.logs[GROUP].held, mark(19));
    assert_eq!(record.logs[GROUP].next, Some(mark(20)));
    // Whatever byte is lost, something true is read, or nothing.
    for at in (0..900).step_by(7) {
        fs::write(&path, &whole).unwrap();
        let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
        file.write_all_at(&[0], torn * SLOT_BYTES + at).unwrap();
        let held = reopened(&path).0.logs[GROUP].held.seq;
        assert!((19..=20).contains(&held), "{at}: {held}");
    }
}

#[test]
fn a_copy_is_known_and_can_be_adopted() {
    let folder = TempDir::new().unwrap();
    let (path, copy) = (folder.path().join("epoch"), folder.path().join("copy"));
    Epoch::open(&path).unwrap().0.intend(&step(0, 1)).unwrap();
    fs::copy(&path, &copy).unwrap();
    assert!(!reopened(&path).1);
    assert!(reopened(&copy).1);
    Epoch::open(&copy).unwrap().0.adopt("two").unwrap();
    let (record, is_copy) = reopened(&copy);
    assert_eq!((record.incarnation.as_str(), is_copy), ("two", false));
    assert_eq!(record.logs[GROUP].next, Some(mark(1)));
}

#[test]
fn rubbish_is_told_from_nothing() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("epoch");
    fs::write(&path, "").unwrap();
    assert_eq!(Epoch::open(&path).unwrap().1, Found::Nothing);
    fs::write(&path, "not what it was").unwrap();
    assert_eq!(Epoch::open(&path).unwrap().1, Found::Unreadable);
}

#[test]
fn a_record_is_read_as_it_was_written() {
    // A carriage return at the end of a line is part of the line.
    let record = Record {
        incarnation: "one\r".to_owned(),
        ..Record::default()
    };
    let text = record.to_text();
    assert_eq!(Record::of_bytes(text.as_bytes()), Some(record));
}
