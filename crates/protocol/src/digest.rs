//! SHA-256, of bytes at hand and of streams.

use openssl::sha::Sha256;
use tequio_domain::Digest;

/// The SHA-256 of `bytes`.
#[must_use]
pub fn sha256(bytes: &[u8]) -> Digest {
    Digest::new(openssl::sha::sha256(bytes))
}

/// A SHA-256 that is fed piece by piece, for content that is not held in memory.
#[derive(Clone, Default)]
pub struct Sha256Hasher(Sha256);

impl Sha256Hasher {
    /// A hasher that has seen nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in the next piece.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of all pieces in their order.
    #[must_use]
    pub fn finish(self) -> Digest {
        Digest::new(self.0.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_example_has_its_known_digest() {
        let hex = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256(b"abc").to_hex(), hex);
    }

    #[test]
    fn pieces_digest_like_the_whole() {
        let mut hasher = Sha256Hasher::new();
        hasher.update(b"mano ");
        hasher.update(b"");
        hasher.update(b"vuelta");
        assert_eq!(hasher.finish(), sha256(b"mano vuelta"));
    }
}
