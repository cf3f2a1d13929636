//! Ed25519 keys and their multibase texts (FEP-521a, Multikey).

use std::fmt;

use openssl::pkey::{Id, PKey, Private, Public};
use openssl::sign::{Signer, Verifier};

use super::KeyError;

/// Multicodec `ed25519-pub` as a varint.
const PUBLIC_PREFIX: [u8; 2] = [0xed, 0x01];
/// Multicodec `ed25519-priv` as a varint.
const PRIVATE_PREFIX: [u8; 2] = [0x80, 0x26];

/// An actor's public key: whoever holds the other half speaks as the actor.
#[derive(Clone)]
pub struct Ed25519PublicKey {
    bytes: [u8; 32],
    key: PKey<Public>,
}

impl Ed25519PublicKey {
    /// The key with these 32 bytes.
    ///
    /// # Errors
    /// [`KeyError::Library`] when the library refuses them.
    pub fn from_bytes(bytes: [u8; 32]) -> Result<Self, KeyError> {
        let key = PKey::public_key_from_raw_bytes(&bytes, Id::ED25519)?;
        Ok(Self { bytes, key })
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
        encode(self.bytes, PUBLIC_PREFIX)
    }

    /// The 32 bytes of the key.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    /// Whether `signature` (64 bytes) is this key's over `message`. A failure of the library counts
    /// as "no".
    #[must_use]
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        Verifier::new_without_digest(&self.key)
            .and_then(|mut verifier| verifier.verify_oneshot(signature, message))
            .unwrap_or(false)
    }
}

impl PartialEq for Ed25519PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
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
    key: PKey<Private>,
    public: Ed25519PublicKey,
}

impl Ed25519PrivateKey {
    /// A new random key.
    ///
    /// # Errors
    /// [`KeyError::Library`] when there is no randomness.
    pub fn generate() -> Result<Self, KeyError> {
        Self::from_pkey(PKey::generate_ed25519()?)
    }

    /// Reads `z3u2…`.
    ///
    /// # Errors
    /// [`KeyError::Malformed`] for anything else. The error does not repeat the text.
    pub fn from_multibase(text: &str) -> Result<Self, KeyError> {
        let malformed = KeyError::Malformed {
            expected: "an Ed25519 private key z3u2…",
        };
        let seed = decode(text, PRIVATE_PREFIX).ok_or(malformed)?;
        Self::from_pkey(PKey::private_key_from_raw_bytes(&seed, Id::ED25519)?)
    }

    /// The text `z3u2…`: secret, for storage only.
    ///
    /// # Errors
    /// [`KeyError::Library`].
    pub fn to_multibase(&self) -> Result<String, KeyError> {
        Ok(encode(seed(self.key.raw_private_key()?)?, PRIVATE_PREFIX))
    }

    /// The other half.
    #[must_use]
    pub fn public(&self) -> &Ed25519PublicKey {
        &self.public
    }

    /// Signs `message`; the same message always gets the same 64 bytes.
    ///
    /// # Errors
    /// [`KeyError::Library`].
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        Ok(Signer::new_without_digest(&self.key)?.sign_oneshot_to_vec(message)?)
    }

    fn from_pkey(key: PKey<Private>) -> Result<Self, KeyError> {
        let public = Ed25519PublicKey::from_bytes(seed(key.raw_public_key()?)?)?;
        Ok(Self { key, public })
    }
}

impl fmt::Debug for Ed25519PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ed25519PrivateKey(of {})", self.public.to_multibase())
    }
}

fn seed(bytes: Vec<u8>) -> Result<[u8; 32], KeyError> {
    bytes
        .try_into()
        .map_err(|_wrong_length| KeyError::Malformed {
            expected: "32 bytes",
        })
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
