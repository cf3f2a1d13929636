//! Any bytes: what the strict reader takes has one canonical form, which it takes again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tequio_protocol::{jcs, json};

fuzz_target!(|bytes: &[u8]| {
    let Ok(value) = json::parse(bytes) else {
        return;
    };
    let canonical = jcs::canonicalize(&value);
    // A number may be written longer in its canonical form: only the size can be in the way.
    match json::parse(canonical.as_bytes()) {
        Ok(again) => {
            assert_eq!(again, value);
            assert_eq!(jcs::canonicalize(&again), canonical);
        }
        Err(json::JsonError::TooLarge(_)) => {}
        Err(error) => panic!("the canonical form is refused: {error}"),
    }
});
