//! Keys: Ed25519 for identity (proofs), RSA for transport (HTTP signatures).
//!
//! Start at [`Ed25519PublicKey`] and [`RsaPublicKey`]. A key of these types is parsed and checked;
//! cloning one is counting a reference. Parsing costs more than verifying (measured November 2026:
//! a private key 355 µs, an RSA public key by the general reader 287 µs, by ours 3.5 µs; one RSA
//! verification 19 µs), so keep parsed keys and never parse per request.
//!
//! What must stay true: no text, however made, can prompt for a passphrase or make a verification
//! slow; private keys never appear in `Debug` output.

mod any;
mod ed25519;
mod rsa;

pub use any::{PrivateKeyRef, PublicKey, PublicKeyRef};
pub use ed25519::{Ed25519PrivateKey, Ed25519PublicKey};
pub use rsa::{RsaPrivateKey, RsaPublicKey};

/// Why a key could not be read, made or used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Not a key in the expected encoding; says which encoding that was.
    #[error("not a key: expected {expected}")]
    Malformed {
        /// The encoding that was expected.
        expected: &'static str,
    },
    /// An RSA key that is too small to trust or so large that verifying would be slow.
    #[error("the RSA key has {0} bits; 2048 to 8192 are accepted")]
    Size(u32),
    /// An RSA key whose public exponent is not an odd number of at most 32 bits.
    #[error("the RSA key has an unusual public exponent")]
    Exponent,
    /// The cryptographic library refused: our fault, not the peer's.
    #[error("the cryptographic library failed")]
    Library(#[from] openssl::error::ErrorStack),
    /// There is no randomness to make a key of: our fault.
    #[error(transparent)]
    Random(#[from] crate::random::RandomError),
}

#[cfg(test)]
pub(crate) mod tests;
