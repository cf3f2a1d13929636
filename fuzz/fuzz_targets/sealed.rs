//! Bytes as a sealed backup: nothing comes out that was not sealed, and what was changed anywhere does not come to its
//! end.
//!
//! An input that begins like a sealed file is opened as it is; the seeds were sealed from the beginning of [`PLAIN`]
//! under [`PASSPHRASE`]. Any other input is a list of changes to a sealed file of several chunks.

#![no_main]

use std::io::{Read, Write};
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tequio_protocol::sealed::{Opener, Sealer, is_sealed};

const PASSPHRASE: &str = "correct horse";
/// Two whole chunks and a part of one.
const PLAIN_BYTES: usize = 2 * 64 * 1024 + 1000;
/// Rounds of scrypt that an input may ask for; 2^20 would take a second and a gigabyte.
const WORK_FACTORS: [&str; 4] = ["1", "2", "3", "4"];

static PLAIN: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let numbers = (0..PLAIN_BYTES).map(|at| at.wrapping_mul(31).to_le_bytes());
    numbers.map(|[low, high, ..]| low ^ high).collect()
});

static SEALED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let sealer = Sealer::with_work_factor(Vec::new(), PASSPHRASE, 1);
    let mut sealer = sealer.expect("sealing begins");
    sealer.write_all(&PLAIN).expect("it is written");
    sealer.finish().expect("sealing ends")
});

fuzz_target!(|bytes: &[u8]| {
    if is_sealed(bytes) {
        if is_cheap(bytes) {
            open(bytes);
        }
        return;
    }
    let mut changed = SEALED.clone();
    for change in bytes.chunks_exact(6).take(16) {
        apply(&mut changed, change);
    }
    // A change may fall on the work factor too.
    if is_cheap(&changed) {
        let is_whole = open(&changed);
        assert_eq!(is_whole, changed == *SEALED, "whole, and as it was sealed");
    }
});

/// One change: what, at which byte, how far.
fn apply(changed: &mut Vec<u8>, change: &[u8]) {
    let [what, a, b, c, d, e] = change else {
        return;
    };
    let number = |bytes: [u8; 3]| {
        let [low, middle, high] = bytes;
        let number = u32::from_le_bytes([low, middle, high, 0]);
        usize::try_from(number).unwrap_or(0)
    };
    let at = number([*a, *b, *c]) % (changed.len() + 1);
    let length = number([*d, *e, 0]);
    let end = at.saturating_add(length).min(changed.len());
    match what % 6 {
        0 => changed.truncate(at),
        1 => drop(changed.drain(at..end)),
        2 => changed.extend_from_within(at..end),
        3 => changed.insert(at, *d),
        4 => changed.rotate_left(at),
        _ => {
            if let Some(byte) = changed.get_mut(at) {
                *byte ^= *d;
            }
        }
    }
}

/// Whether the header asks for little work; who asks for too much is refused before it begins.
fn is_cheap(bytes: &[u8]) -> bool {
    let beginning = bytes.get(..bytes.len().min(1024)).unwrap_or_default();
    let text = String::from_utf8_lossy(beginning);
    let recipient = text.lines().nth(1).unwrap_or_default();
    let factor = recipient.rsplit(' ').next().unwrap_or_default();
    factor.parse::<u8>().is_err() || WORK_FACTORS.contains(&factor)
}

/// Opens as far as it goes: everything that comes out was sealed. Answers whether it came to its end.
fn open(sealed: &[u8]) -> bool {
    let Ok(mut opener) = Opener::new(sealed, PASSPHRASE) else {
        return false;
    };
    let mut opened = Vec::new();
    let end = opener.read_to_end(&mut opened);
    assert!(PLAIN.starts_with(&opened), "bytes that were not sealed");
    assert!(Opener::new(sealed, "correct house").is_err());
    end.is_ok()
}
