//! A key of either kind, where the kind is the sender's choice.

use super::{Ed25519PrivateKey, Ed25519PublicKey, KeyError, RsaPrivateKey, RsaPublicKey};

/// A public key of either kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicKey {
    /// RSA.
    Rsa(RsaPublicKey),
    /// Ed25519.
    Ed25519(Ed25519PublicKey),
}

/// A public key of either kind, borrowed.
#[derive(Debug, Clone, Copy)]
pub enum PublicKeyRef<'a> {
    /// RSA.
    Rsa(&'a RsaPublicKey),
    /// Ed25519.
    Ed25519(&'a Ed25519PublicKey),
}

/// A private key of either kind, borrowed.
#[derive(Debug, Clone, Copy)]
pub enum PrivateKeyRef<'a> {
    /// RSA.
    Rsa(&'a RsaPrivateKey),
    /// Ed25519.
    Ed25519(&'a Ed25519PrivateKey),
}

impl PublicKeyRef<'_> {
    /// Whether `signature` is this key's over `message`.
    #[must_use]
    pub fn verify(self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Rsa(key) => key.verify(message, signature),
            Self::Ed25519(key) => key.verify(message, signature),
        }
    }
}

impl PrivateKeyRef<'_> {
    /// Signs `message`.
    ///
    /// # Errors
    /// [`KeyError::Library`].
    pub fn sign(self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        match self {
            Self::Rsa(key) => key.sign(message),
            Self::Ed25519(key) => Ok(key.sign(message).to_vec()),
        }
    }
}

impl<'a> From<&'a PublicKey> for PublicKeyRef<'a> {
    fn from(key: &'a PublicKey) -> Self {
        match key {
            PublicKey::Rsa(key) => Self::Rsa(key),
            PublicKey::Ed25519(key) => Self::Ed25519(key),
        }
    }
}

impl<'a> From<&'a RsaPublicKey> for PublicKeyRef<'a> {
    fn from(key: &'a RsaPublicKey) -> Self {
        Self::Rsa(key)
    }
}

impl<'a> From<&'a Ed25519PublicKey> for PublicKeyRef<'a> {
    fn from(key: &'a Ed25519PublicKey) -> Self {
        Self::Ed25519(key)
    }
}

impl<'a> From<&'a RsaPrivateKey> for PrivateKeyRef<'a> {
    fn from(key: &'a RsaPrivateKey) -> Self {
        Self::Rsa(key)
    }
}

impl<'a> From<&'a Ed25519PrivateKey> for PrivateKeyRef<'a> {
    fn from(key: &'a Ed25519PrivateKey) -> Self {
        Self::Ed25519(key)
    }
}
