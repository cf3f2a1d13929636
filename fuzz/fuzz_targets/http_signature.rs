//! Any headers and body: reading the signature of a request never panics, and no request verifies that
//! was not signed. The input is lines of `name: value`, an empty line, the body.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tequio_domain::Timestamp;
use tequio_protocol::http_signature::{self, Request};
use tequio_protocol::keys::{RsaPrivateKey, RsaPublicKey};

static KEY: LazyLock<RsaPublicKey> = LazyLock::new(|| {
    let key = RsaPrivateKey::generate().expect("a key");
    key.public().clone()
});

/// When the requests of the seeds were made.
const NOW: &str = "2026-11-24T00:00:00Z";

fuzz_target!(|bytes: &[u8]| {
    let (mut rest, mut headers) = (bytes, Vec::new());
    loop {
        let end = rest.iter().position(|byte| *byte == b'\n');
        let (line, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after.get(1..).unwrap_or_default();
        let Some(colon) = line.iter().position(|byte| *byte == b':') else {
            break;
        };
        let (name, value) = line.split_at(colon);
        let Ok(name) = std::str::from_utf8(name) else {
            return;
        };
        headers.push((name, value.get(1..).unwrap_or_default().trim_ascii()));
    }
    let request = Request {
        method: "POST",
        target: "/inbox?x=1",
        scheme: "https",
        hosts: &["oaxaca.example"],
        headers: &headers,
        body: rest,
    };
    let now = Timestamp::parse_rfc3339(NOW).expect("a time");
    if let Ok(parsed) = http_signature::parse(&request, now) {
        assert!(!parsed.key_id().is_empty());
        assert!(parsed.verify(&*KEY).is_err());
    }
});
