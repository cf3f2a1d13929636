//! Any text as a record of the epoch file, closed by its own hash: what was read is what is written again, and
//! neither what follows a record nor a changed byte makes another one of it.

#![no_main]

// The store brings SQLite and libpq; the text of a record needs neither.
#[path = "../../crates/store/src/epoch/record.rs"]
mod record;

use libfuzzer_sys::fuzz_target;
use record::Record;
use sha2::{Digest as _, Sha256};

fuzz_target!(|bytes: &[u8]| {
    let _record = Record::of_bytes(bytes);
    let (changes, body) = bytes.split_at(bytes.len().min(8));
    let mut closed = body.to_vec();
    let digest = tequio_domain::Digest::new(Sha256::digest(body).into());
    closed.extend_from_slice(format!("end {}\n", digest.to_hex()).as_bytes());
    let Some(record) = Record::of_bytes(&closed) else {
        return;
    };
    let written = record.to_text();
    assert_eq!(Record::of_bytes(written.as_bytes()).as_ref(), Some(&record));
    // An older and longer record lies behind a newer one.
    let behind = [written.as_bytes(), changes, closed.as_slice()].concat();
    assert_eq!(Record::of_bytes(&behind), Some(record));
    let mut torn = written.into_bytes();
    if let ([low, high, flip, ..], true) = (changes, !torn.is_empty()) {
        let at = usize::from(u16::from_le_bytes([*low, *high])) % torn.len();
        let is_last = at + 1 == torn.len();
        if let Some(byte) = torn.get_mut(at).filter(|_| *flip != 0 && !is_last) {
            *byte ^= *flip;
            assert_eq!(Record::of_bytes(&torn), None, "a changed record");
        }
    }
});
