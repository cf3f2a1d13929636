//! Ed25519 keys and their multibase texts (FEP-521a, Multikey).
//!
//! By dalek and not by OpenSSL: each entry of a log is verified twice, and dalek does it in 36 µs
//! where OpenSSL takes 93 (measured November 2026).

use std::fmt;

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use super::KeyError;
use crate::random;

/// Multicodec `ed25519-pub` as a varint.
const PUBLIC_PREFIX: [u8; 2] = [0xed, 0x01];
/// Multicodec `ed25519-priv` as a varint.
const PRIVATE_PREFIX: [u8; 2] = [0x80, 0x26];

/// An actor's public key: whoever holds the other half speaks as the actor.
#[derive(Clone)]
pub struct Ed25519PublicKey {
    key: VerifyingKey,
}

impl Ed25519PublicKey {
    /// The key with these 32 bytes.
    ///
    /// # Errors
    /// [`KeyError::Malformed`] when they are no point of the curve, or one with which anybody could
    /// sign.
    pub fn from_bytes(bytes: [u8; 32]) -> Result<Self, KeyError> {
        match VerifyingKey::from_bytes(&bytes) {
            Ok(key) if !key.is_weak() => Ok(Self { key }),
            Ok(_) | Err(_) => Err(KeyError::Malformed {
                expected: "an Ed25519 public key of 32 bytes",
            }),
        }
    }

    /// Reads `z6Mk…`, as in `publicKeyMultibase`.
    ///
    /// # Errors
    /// [`KeyError::Malformed`] for anything else, keys of other kinds included.
    pub fn from_multibase(text: &str) -> Result<Self, KeyError> {
        let malformed = KeyError::Malformed {
            expected: "an Ed25519 public key z6Mk…",
        };
        Self::from_bytes(decode(text, PUBLIC_PREFIX).ok_or(malformed)?)
    }

    /// The text `z6Mk…`.
    #[must_use]
    pub fn to_multibase(&self) -> String {
        encode(self.key.to_bytes(), PUBLIC_PREFIX)
    }

    /// The 32 bytes of the key.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    /// Whether `signature` (64 bytes) is this key's over `message`, by the strict rule (RFC 8032 with
    /// no point of small order), so that every city judges alike.
    #[must_use]
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.key.verify_strict(message, &signature).is_ok())
    }
}

impl PartialEq for Ed25519PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Ed25519PublicKey {}

impl fmt::Debug for Ed25519PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ed25519PublicKey({})", self.to_multibase())
    }
}

/// The half of an actor's key that signs.
#[derive(Clone)]
pub struct Ed25519PrivateKey {
    key: SigningKey,
    public: Ed25519PublicKey,
}

impl Ed25519PrivateKey {
    /// A new random key.
    ///
    /// # Errors
    /// [`KeyError::Random`] when there is no randomness.
    pub fn generate() -> Result<Self, KeyError> {
        Ok(Self::from_seed(&random::bytes32()?))
    }

    /// Reads `z3u2…`.
    ///
    /// # Errors
    /// [`KeyError::Malformed`] for anything else. The error does not repeat the text.
    pub fn from_multibase(text: &str) -> Result<Self, KeyError> {
        let malformed = KeyError::Malformed {
            expected: "an Ed25519 private key z3u2…",
        };
        Ok(Self::from_seed(
            &decode(text, PRIVATE_PREFIX).ok_or(malformed)?,
        ))
    }

    /// The text `z3u2…`: secret, for storage only.
    #[must_use]
    pub fn to_multibase(&self) -> String {
        encode(self.key.to_bytes(), PRIVATE_PREFIX)
    }

    /// The other half.
    #[must_use]
    pub fn public(&self) -> &Ed25519PublicKey {
        &self.public
    }

    /// Signs `message`; the same message always gets the same 64 bytes.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
    }

    fn from_seed(seed: &[u8; 32]) -> Self {
        let key = SigningKey::from_bytes(seed);
        let public = Ed25519PublicKey {
            key: key.verifying_key(),
        };
        Self { key, public }
    }
}

impl fmt::Debug for Ed25519PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ed25519PrivateKey(of {})", self.public.to_multibase())
    }
}

fn encode(bytes: [u8; 32], prefix: [u8; 2]) -> String {
    let tagged: Vec<u8> = prefix.into_iter().chain(bytes).collect();
    format!("z{}", bs58::encode(tagged).into_string())
}

/// The 32 bytes of a base58btc multibase text with this multicodec; `None` for any other text.
fn decode(text: &str, prefix: [u8; 2]) -> Option<[u8; 32]> {
    // 34 bytes are 47 characters; a longer text is not worth decoding (the work is quadratic).
    let base58 = text.strip_prefix('z').filter(|rest| rest.len() <= 48)?;
    let tagged = bs58::decode(base58).into_vec().ok()?;
    tagged.strip_prefix(&prefix)?.try_into().ok()
}
