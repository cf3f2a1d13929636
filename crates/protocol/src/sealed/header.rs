//! The header: the file's key, wrapped by the passphrase, and a MAC over it all.

use std::io::Read;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use openssl::hash::MessageDigest;
use openssl::memcmp;
use openssl::pkcs5::scrypt;
use openssl::pkey::PKey;
use openssl::sign::Signer;

use super::chunk::{open_with, seal_with};
use super::{SealError, cut_off};
use crate::random;

/// How every such file begins.
pub(super) const FIRST_LINE: &str = "age-encryption.org/v1";
/// What the salt of scrypt begins with.
const LABEL: &[u8] = b"age-encryption.org/v1/scrypt";
/// A header of one recipient is much shorter.
const MAX_BYTES: usize = 1024;
/// 2^20 rounds take a gigabyte.
const MAX_WORK_FACTOR: u8 = 20;

pub(super) fn write(
    file_key: &[u8; 16],
    passphrase: &str,
    work_factor: u8,
) -> Result<String, SealError> {
    let salt = random::bytes::<16>()?;
    let key = wrapping_key(passphrase, &salt, work_factor)?;
    let body = seal_with(&key, &[0; 12], file_key)?;
    let (salt, body) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(body));
    let head = format!("{FIRST_LINE}\n-> scrypt {salt} {work_factor}\n{body}\n---");
    let mac = STANDARD_NO_PAD.encode(mac(file_key, &head)?);
    Ok(format!("{head} {mac}\n"))
}

/// Reads the header and answers the file's key.
pub(super) fn read(from: &mut impl Read, passphrase: &str) -> Result<[u8; 16], SealError> {
    let text = text_of(from)?;
    let lines: Vec<&str> = text.lines().collect();
    let [FIRST_LINE, recipient, body, end] = lines.as_slice() else {
        return Err(SealError::Format);
    };
    let words: Vec<&str> = recipient.split(' ').collect();
    let ["->", "scrypt", salt, work_factor] = words.as_slice() else {
        return Err(SealError::Format);
    };
    let given = end.strip_prefix("--- ").ok_or(SealError::Format)?;
    let work_factor: u8 = work_factor
        .parse()
        .map_err(|_not_a_number| SealError::Format)?;
    if !(1..=MAX_WORK_FACTOR).contains(&work_factor) {
        return Err(SealError::WorkFactor(work_factor));
    }
    let (salt, body, given) = (decoded(salt)?, decoded(body)?, decoded(given)?);
    let key = wrapping_key(passphrase, &salt, work_factor)?;
    let file_key = open_with(&key, &[0; 12], &body).map_err(|_wrong| SealError::Passphrase)?;
    let file_key: [u8; 16] = file_key.try_into().map_err(|_length| SealError::Format)?;
    let head = text.rsplit_once(" ").map_or("", |(head, _)| head);
    let made = mac(&file_key, head)?;
    if given.len() != made.len() || !memcmp::eq(&given, &made) {
        return Err(SealError::Broken);
    }
    Ok(file_key)
}

/// Up to and with the line of the MAC; byte by byte, since the body follows right behind it.
fn text_of(from: &mut impl Read) -> Result<String, SealError> {
    let mut bytes = Vec::new();
    let mut line_start = 0;
    while bytes.len() < MAX_BYTES {
        let mut byte = [0];
        from.read_exact(&mut byte).map_err(cut_off)?;
        bytes.extend_from_slice(&byte);
        let beginning = FIRST_LINE.as_bytes().iter().zip(&bytes);
        if beginning.into_iter().any(|(wanted, found)| wanted != found) {
            break;
        }
        if byte == *b"\n" {
            let line = bytes.get(line_start..).unwrap_or_default();
            if line.starts_with(b"---") {
                return String::from_utf8(bytes).map_err(|_not_text| SealError::Format);
            }
            line_start = bytes.len();
        }
    }
    Err(SealError::Format)
}

fn decoded(text: &str) -> Result<Vec<u8>, SealError> {
    STANDARD_NO_PAD
        .decode(text)
        .map_err(|_not_base64| SealError::Format)
}

fn wrapping_key(passphrase: &str, salt: &[u8], work_factor: u8) -> Result<[u8; 32], SealError> {
    let mut salted = LABEL.to_vec();
    salted.extend_from_slice(salt);
    let rounds = 1_u64.checked_shl(u32::from(work_factor)).unwrap_or(2);
    // 128 · r · N bytes, and a little for itself.
    let memory = rounds.saturating_mul(1024).saturating_add(1 << 20);
    let mut key = [0; 32];
    scrypt(
        passphrase.as_bytes(),
        &salted,
        rounds,
        8,
        1,
        memory,
        &mut key,
    )?;
    Ok(key)
}

fn mac(file_key: &[u8; 16], head: &str) -> Result<Vec<u8>, SealError> {
    hmac(&derive(file_key, &[], b"header")?, &[head.as_bytes()])
}

/// HKDF-SHA-256, one block (RFC 5869).
pub(super) fn derive(secret: &[u8], salt: &[u8], info: &[u8]) -> Result<[u8; 32], SealError> {
    let no_salt = [0; 32];
    let salt = if salt.is_empty() { &no_salt } else { salt };
    let extracted = hmac(salt, &[secret])?;
    let block = hmac(&extracted, &[info, &[1]])?;
    block
        .try_into()
        .map_err(|_length| SealError::Crypto("a digest of another length".to_owned()))
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> Result<Vec<u8>, SealError> {
    let key = PKey::hmac(key)?;
    let mut signer = Signer::new(MessageDigest::sha256(), &key)?;
    for part in parts {
        signer.update(part)?;
    }
    Ok(signer.sign_to_vec()?)
}
