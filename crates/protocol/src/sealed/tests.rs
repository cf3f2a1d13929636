//! What was sealed opens, and nothing else does.

use std::io::{Read, Write};

use super::*;

fn seal(bytes: &[u8]) -> Vec<u8> {
    let mut sealer = Sealer::with_work_factor(Vec::new(), "correct horse", 8).unwrap();
    sealer.write_all(bytes).unwrap();
    sealer.finish().unwrap()
}

fn open(sealed: &[u8], passphrase: &str) -> Result<Vec<u8>, String> {
    let mut opener = Opener::new(sealed, passphrase).map_err(|error| error.to_string())?;
    let mut bytes = Vec::new();
    let read = opener.read_to_end(&mut bytes);
    read.map(|_| bytes).map_err(|error| error.to_string())
}

#[test]
fn what_the_tool_age_sealed_is_opened() {
    // Made by age 1.1.1: `age --passphrase --output passphrase.age`.
    let sealed = include_bytes!("../../tests/sealed/passphrase.age");
    assert!(is_sealed(sealed));
    let open = open(sealed, "correct horse").unwrap();
    assert_eq!(open, "Lo que guarda la ciudad.\n".as_bytes());
}

#[test]
fn every_length_comes_back() {
    for length in [
        0,
        1,
        CHUNK_BYTES - 1,
        CHUNK_BYTES,
        CHUNK_BYTES + 1,
        3 * CHUNK_BYTES,
    ] {
        let bytes: Vec<u8> = (0..length).map(|at| at.to_le_bytes()[0]).collect();
        let sealed = seal(&bytes);
        assert_eq!(open(&sealed, "correct horse").unwrap(), bytes, "{length}");
    }
}

#[test]
fn another_passphrase_opens_nothing() {
    let error = open(&seal(b"x"), "correct house").unwrap_err();
    assert_eq!(error, "the passphrase is wrong");
}

#[test]
fn a_changed_byte_anywhere_is_noticed() {
    let sealed = seal(b"some bytes of a backup");
    for at in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        assert!(open(&changed, "correct horse").is_err(), "byte {at}");
    }
}

#[test]
fn a_stream_that_was_cut_off_is_no_whole_one() {
    let sealed = seal(&vec![7; 2 * CHUNK_BYTES]);
    let body = sealed.len() - 2 * (CHUNK_BYTES + TAG_BYTES);
    for length in [
        body,
        body + 1,
        body + CHUNK_BYTES + TAG_BYTES,
        sealed.len() - 1,
    ] {
        assert!(
            open(&sealed[..length], "correct horse").is_err(),
            "{length}"
        );
    }
    for length in 0..body - 16 {
        assert!(Opener::new(&sealed[..length], "correct horse").is_err());
    }
}

#[test]
fn too_much_work_is_refused_before_it_begins() {
    let text = format!(
        "{}\n-> scrypt AAAA 30\nAAAA\n--- AAAA\n",
        header::FIRST_LINE
    );
    let refused = Opener::new(text.as_bytes(), "x").map(drop);
    assert!(matches!(refused, Err(SealError::WorkFactor(30))));
    for other in ["", "x", "PK\u{3}\u{4}", "age-encryption.org/v2\n"] {
        assert!(Opener::new(other.as_bytes(), "x").is_err(), "{other}");
    }
}
