//! The body: chunks of 64 KiB, each sealed with ChaCha20-Poly1305 under its number.

use openssl::symm::{Cipher, decrypt_aead, encrypt_aead};

use super::SealError;
use super::header::derive;

/// Bytes of a chunk.
pub(super) const CHUNK_BYTES: usize = 64 * 1024;
/// Bytes that sealing adds.
pub(super) const TAG_BYTES: usize = 16;

/// The key of the body and the number of the next chunk.
pub(super) struct Chunks {
    key: [u8; 32],
    number: u64,
}

impl Chunks {
    pub(super) fn new(file_key: &[u8; 16], nonce: &[u8; 16]) -> Result<Self, SealError> {
        Ok(Self {
            key: derive(file_key, nonce, b"payload")?,
            number: 0,
        })
    }

    pub(super) fn seal(&mut self, chunk: &[u8]) -> Result<Vec<u8>, SealError> {
        let nonce = self.next_nonce(0);
        seal_with(&self.key, &nonce, chunk)
    }

    pub(super) fn seal_last(&mut self, chunk: &[u8]) -> Result<Vec<u8>, SealError> {
        let nonce = self.next_nonce(1);
        seal_with(&self.key, &nonce, chunk)
    }

    pub(super) fn open(&mut self, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let nonce = self.next_nonce(0);
        open_with(&self.key, &nonce, sealed)
    }

    pub(super) fn open_last(&mut self, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let is_first = self.number == 0;
        let nonce = self.next_nonce(1);
        let chunk = open_with(&self.key, &nonce, sealed)?;
        // The format allows an empty last chunk only where there is nothing else.
        if chunk.is_empty() && !is_first {
            return Err(SealError::Broken);
        }
        Ok(chunk)
    }

    /// Eleven bytes of number, big end first, and one that marks the last chunk.
    fn next_nonce(&mut self, last: u8) -> [u8; 12] {
        let mut nonce = [0; 12];
        let number = self.number.to_be_bytes();
        for (to, from) in nonce.iter_mut().skip(3).zip(number) {
            *to = from;
        }
        if let Some(mark) = nonce.last_mut() {
            *mark = last;
        }
        self.number = self.number.saturating_add(1);
        nonce
    }
}

/// Seals; the tag stands behind.
pub(super) fn seal_with(key: &[u8], nonce: &[u8], bytes: &[u8]) -> Result<Vec<u8>, SealError> {
    let mut tag = [0; TAG_BYTES];
    let cipher = Cipher::chacha20_poly1305();
    let mut sealed = encrypt_aead(cipher, key, Some(nonce), &[], bytes, &mut tag)?;
    sealed.extend_from_slice(&tag);
    Ok(sealed)
}

/// Opens what [`seal_with`] sealed.
pub(super) fn open_with(key: &[u8], nonce: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
    let length = sealed.len().checked_sub(TAG_BYTES);
    let (bytes, tag) = sealed.split_at(length.ok_or(SealError::Broken)?);
    let cipher = Cipher::chacha20_poly1305();
    decrypt_aead(cipher, key, Some(nonce), &[], bytes, tag).map_err(|_wrong_tag| SealError::Broken)
}
