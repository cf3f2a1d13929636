//! Any document: reading proof, entry and activity never panics, no document verifies that was not signed,
//! and one that we sign verifies with the same digest.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tequio_domain::Timestamp;
use tequio_protocol::activity::{Activity, Card, Entry};
use tequio_protocol::keys::Ed25519PrivateKey;
use tequio_protocol::{json, proof};

static KEY: LazyLock<Ed25519PrivateKey> =
    LazyLock::new(|| Ed25519PrivateKey::generate().expect("a key"));

fuzz_target!(|bytes: &[u8]| {
    let Ok(mut document) = json::parse(bytes) else {
        return;
    };
    assert!(proof::verify(&document, KEY.public()).is_err());
    let _method = proof::method(&document);
    let created = proof::created(&document);
    let _entry = Entry::read(&document);
    let _activity = Activity::read(&document);
    let _card = Card::read(&document);
    let digest = proof::document_digest(&document);
    let moment = created.unwrap_or(Timestamp::from_micros(0));
    let method = "https://oaxaca.example/u/ana#ed25519-key";
    if let Ok(signed) = proof::sign(&mut document, &KEY, method, moment) {
        assert_eq!(signed, digest);
        assert_eq!(proof::verify(&document, KEY.public()).ok(), Some(digest));
    }
});
