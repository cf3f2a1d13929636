//! Any document as a sibling's log entry and as the activity inside: no panic, the same in every city, and
//! what was read is what is written again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tequio_protocol::activity::{Activity, Entry, Inside};
use tequio_protocol::{jcs, json};

fuzz_target!(|bytes: &[u8]| {
    let Ok(document) = json::parse(bytes) else {
        return;
    };
    check(&document);
    if let Ok(entry) = Entry::read(&document) {
        let value = entry.to_value();
        let again = Entry::read(&value).expect("a written entry can be read");
        assert_eq!(
            (again.id, again.group, again.seq),
            (entry.id, entry.group, entry.seq)
        );
        assert_eq!((again.prev, again.published), (entry.prev, entry.published));
        let inside = Inside::read(entry.object, entry.group);
        if let Ok(copy) = json::parse(jcs::canonicalize(entry.object).as_bytes()) {
            assert_eq!(Inside::read(&copy, entry.group), inside);
        }
        check(entry.object);
    }
});

fn check(document: &serde_json::Value) {
    if let Ok(activity) = Activity::read(document) {
        let again = Activity::read(&activity.to_value());
        assert_eq!(
            again.as_ref(),
            Ok(&activity),
            "what was written cannot be read"
        );
    }
}
