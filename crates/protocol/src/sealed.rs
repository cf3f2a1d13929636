//! Bytes sealed with a passphrase, in the format of the tool `age` (v1, recipient `scrypt`), so that a
//! backup can be opened without this program: `age --decrypt`.
//!
//! Start at [`Sealer`] (writes) and [`Opener`] (reads). Format: <https://age-encryption.org/v1>. The
//! primitives are OpenSSL's; the crate `age` would bring forty more (2026-11: curves and post-quantum
//! pre-releases among them) for this one recipient.
//!
//! # Invariants
//! - Nothing unauthenticated comes out of an [`Opener`]: 64 KiB at a time, each with its tag.
//! - A stream that was cut off ends in an error, not in an end.

mod chunk;
mod header;
#[cfg(test)]
mod tests;

use std::io::{self, Read, Write};

use crate::random;
use chunk::{CHUNK_BYTES, Chunks, TAG_BYTES};

/// 2^17 rounds of scrypt with r = 8: 128 MiB and about half a second.
const WORK_FACTOR: u8 = 17;

/// Why something sealed was not opened.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// Not in this format.
    #[error("it is not a file sealed with a passphrase")]
    Format,
    /// It asks for more memory than this program gives (2^20 rounds are a gigabyte).
    #[error("it asks for a work factor of {0}; at most 20 is taken")]
    WorkFactor(u8),
    /// The passphrase is another one, or the beginning of the file was changed.
    #[error("the passphrase is wrong")]
    Passphrase,
    /// The bytes were changed or cut off.
    #[error("it was changed or cut off")]
    Broken,
    /// OpenSSL or the random generator failed.
    #[error("cryptography failed: {0}")]
    Crypto(String),
    /// What is below failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl From<openssl::error::ErrorStack> for SealError {
    fn from(error: openssl::error::ErrorStack) -> Self {
        Self::Crypto(error.to_string())
    }
}

impl From<random::RandomError> for SealError {
    fn from(error: random::RandomError) -> Self {
        Self::Crypto(error.to_string())
    }
}

fn to_io(error: SealError) -> io::Error {
    match error {
        SealError::Io(error) => error,
        other => io::Error::new(io::ErrorKind::InvalidData, other),
    }
}

/// Whether bytes begin like something sealed.
#[must_use]
pub fn is_sealed(beginning: &[u8]) -> bool {
    beginning.starts_with(header::FIRST_LINE.as_bytes())
}

/// Seals what is written into it. [`Sealer::finish`] makes it whole: without, it cannot be opened.
pub struct Sealer<W: Write> {
    out: W,
    chunks: Chunks,
    waiting: Vec<u8>,
}

impl<W: Write> Sealer<W> {
    /// Begins: makes a key and writes the header.
    ///
    /// # Errors
    /// [`SealError::Crypto`], [`SealError::Io`].
    pub fn new(out: W, passphrase: &str) -> Result<Self, SealError> {
        Self::with_work_factor(out, passphrase, WORK_FACTOR)
    }

    /// Like [`Sealer::new`], with 2^`work_factor` rounds of scrypt: for tests, since few rounds let a passphrase be
    /// guessed.
    ///
    /// # Errors
    /// [`SealError::Crypto`], [`SealError::Io`].
    pub fn with_work_factor(
        mut out: W,
        passphrase: &str,
        work_factor: u8,
    ) -> Result<Self, SealError> {
        let file_key = random::bytes::<16>()?;
        let head = header::write(&file_key, passphrase, work_factor)?;
        out.write_all(head.as_bytes())?;
        let nonce = random::bytes::<16>()?;
        out.write_all(&nonce)?;
        Ok(Self {
            out,
            chunks: Chunks::new(&file_key, &nonce)?,
            waiting: Vec::with_capacity(CHUNK_BYTES),
        })
    }

    /// Ends; answers what was written into.
    ///
    /// # Errors
    /// [`SealError::Crypto`], [`SealError::Io`].
    pub fn finish(mut self) -> Result<W, SealError> {
        let sealed = self.chunks.seal_last(&self.waiting)?;
        self.out.write_all(&sealed)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

impl<W: Write> Write for Sealer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full chunk waits until more comes: only then it is not the last.
        if self.waiting.len() == CHUNK_BYTES && !bytes.is_empty() {
            let sealed = self.chunks.seal(&self.waiting).map_err(to_io)?;
            self.out.write_all(&sealed)?;
            self.waiting.clear();
        }
        let room = CHUNK_BYTES.saturating_sub(self.waiting.len());
        let taken = bytes.get(..room.min(bytes.len())).unwrap_or_default();
        self.waiting.extend_from_slice(taken);
        Ok(taken.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Opens what was sealed.
pub struct Opener<R: Read> {
    from: R,
    chunks: Chunks,
    /// Sealed bytes that were read ahead: whether a chunk is the last shows only behind it.
    ahead: Vec<u8>,
    open: Vec<u8>,
    at: usize,
    is_over: bool,
}

impl<R: Read> Opener<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn new(mut from: R, passphrase: &str) -> Result<Self, SealError> {
        let file_key = header::read(&mut from, passphrase)?;
        let mut nonce = [0; 16];
        from.read_exact(&mut nonce).map_err(cut_off)?;
        Ok(Self {
            from,
            chunks: Chunks::new(&file_key, &nonce)?,
            ahead: Vec::new(),
            open: Vec::new(),
            at: 0,
            is_over: false,
        })
    }

    fn next_chunk(&mut self) -> Result<(), SealError> {
        const SEALED_BYTES: usize = CHUNK_BYTES + TAG_BYTES;
        let wanted = (SEALED_BYTES + 1).saturating_sub(self.ahead.len());
        let wanted = u64::try_from(wanted).unwrap_or(0);
        (&mut self.from).take(wanted).read_to_end(&mut self.ahead)?;
        let length = self.ahead.len().min(SEALED_BYTES);
        let rest = self.ahead.split_off(length);
        let sealed = std::mem::replace(&mut self.ahead, rest);
        self.is_over = self.ahead.is_empty();
        self.open = if self.is_over {
            self.chunks.open_last(&sealed)?
        } else {
            self.chunks.open(&sealed)?
        };
        self.at = 0;
        Ok(())
    }
}

impl<R: Read> Read for Opener<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.open.len() && !self.is_over {
            self.next_chunk().map_err(to_io)?;
        }
        let rest = self.open.get(self.at..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(rest) {
            *to = *from;
        }
        self.at = self.at.saturating_add(count);
        Ok(count)
    }
}

/// An early end is a fault of the file, not of the disk.
fn cut_off(error: io::Error) -> SealError {
    if error.kind() == io::ErrorKind::UnexpectedEof {
        SealError::Broken
    } else {
        SealError::Io(error)
    }
}
