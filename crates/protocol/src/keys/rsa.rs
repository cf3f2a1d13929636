//! RSA keys and their PEM texts, for HTTP signatures (RSASSA-PKCS1-v1_5 with SHA-256).

use std::fmt;

use openssl::hash::MessageDigest;
use openssl::pkey::{HasPublic, PKey, Private, Public};
use openssl::rsa::{Rsa, RsaRef};
use openssl::sign::{Signer, Verifier};

use super::KeyError;

/// Size in bits of the keys we make.
const OUR_BITS: u32 = 2048;
const ACCEPTED_BITS: std::ops::RangeInclusive<i32> = 2048..=8192;
/// A PEM text longer than this (bytes) is no key that we accept.
const MAX_PEM_BYTES: usize = 16 * 1024;

/// The key of a sender, as published in `publicKeyPem`.
#[derive(Clone)]
pub struct RsaPublicKey(PKey<Public>);

impl RsaPublicKey {
    /// Reads SPKI (`BEGIN PUBLIC KEY`) or PKCS#1 (`BEGIN RSA PUBLIC KEY`).
    ///
    /// # Errors
    /// [`KeyError::Malformed`], [`KeyError::Size`] or [`KeyError::Exponent`].
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        const MALFORMED: KeyError = KeyError::Malformed {
            expected: "an RSA public key in PEM (SPKI or PKCS#1)",
        };
        // A colon marks PEM headers; one of them makes OpenSSL ask the terminal for a passphrase.
        if pem.len() > MAX_PEM_BYTES || pem.contains(':') {
            return Err(MALFORMED);
        }
        // Not `PKey::public_key_from_pem`: 80 times slower.
        let rsa = if pem.contains("BEGIN RSA PUBLIC KEY") {
            Rsa::public_key_from_pem_pkcs1(pem.as_bytes())
        } else {
            Rsa::public_key_from_pem(pem.as_bytes())
        };
        let rsa = rsa.map_err(|_parse_failure| MALFORMED)?;
        check(&rsa)?;
        Ok(Self(PKey::from_rsa(rsa)?))
    }

    /// The SPKI PEM text.
    ///
    /// # Errors
    /// [`KeyError::Library`].
    pub fn to_pem(&self) -> Result<String, KeyError> {
        text(self.0.public_key_to_pem()?)
    }

    /// Whether `signature` is this key's over `message`. A failure of the library counts as "no".
    #[must_use]
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        Verifier::new(MessageDigest::sha256(), &self.0)
            .and_then(|mut verifier| verifier.verify_oneshot(signature, message))
            .unwrap_or(false)
    }
}

impl PartialEq for RsaPublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.public_eq(&other.0)
    }
}

impl Eq for RsaPublicKey {}

impl fmt::Debug for RsaPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RsaPublicKey({} bits)", self.0.bits())
    }
}

/// The key with which this server signs its requests.
#[derive(Clone)]
pub struct RsaPrivateKey {
    key: PKey<Private>,
    public: RsaPublicKey,
}

impl RsaPrivateKey {
    /// A new random key of 2048 bits. Takes 140 ms of CPU: never in a request or a transaction.
    ///
    /// # Errors
    /// [`KeyError::Library`].
    pub fn generate() -> Result<Self, KeyError> {
        Self::from_rsa(Rsa::generate(OUR_BITS)?)
    }

    /// Reads PKCS#8 (`BEGIN PRIVATE KEY`) or PKCS#1 (`BEGIN RSA PRIVATE KEY`), not encrypted.
    ///
    /// # Errors
    /// [`KeyError::Malformed`], [`KeyError::Size`] or [`KeyError::Exponent`]; none repeats the text.
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        // The callback gives no passphrase; without it OpenSSL asks the terminal.
        let key = PKey::private_key_from_pem_callback(pem.as_bytes(), |_passphrase| Ok(0));
        let rsa = key
            .and_then(|key| key.rsa())
            .map_err(|_parse_failure| KeyError::Malformed {
                expected: "an unencrypted RSA private key in PEM (PKCS#8)",
            })?;
        Self::from_rsa(rsa)
    }

    /// The PKCS#8 PEM text: secret, for storage only.
    ///
    /// # Errors
    /// [`KeyError::Library`].
    pub fn to_pem(&self) -> Result<String, KeyError> {
        text(self.key.private_key_to_pem_pkcs8()?)
    }

    /// The other half.
    #[must_use]
    pub fn public(&self) -> &RsaPublicKey {
        &self.public
    }

    /// Signs `message`; the same message always gets the same bytes (256 for our keys).
    ///
    /// # Errors
    /// [`KeyError::Library`].
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        Ok(Signer::new(MessageDigest::sha256(), &self.key)?.sign_oneshot_to_vec(message)?)
    }

    fn from_rsa(rsa: Rsa<Private>) -> Result<Self, KeyError> {
        check(&rsa)?;
        let public = Rsa::from_public_components(rsa.n().to_owned()?, rsa.e().to_owned()?)?;
        let public = RsaPublicKey(PKey::from_rsa(public)?);
        Ok(Self {
            key: PKey::from_rsa(rsa)?,
            public,
        })
    }
}

impl fmt::Debug for RsaPrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RsaPrivateKey({} bits)", self.key.bits())
    }
}

/// Verifying takes time by the size of modulus and exponent, which a stranger chooses.
fn check<T: HasPublic>(rsa: &RsaRef<T>) -> Result<(), KeyError> {
    let bits = rsa.n().num_bits();
    if !ACCEPTED_BITS.contains(&bits) {
        return Err(KeyError::Size(u32::try_from(bits).unwrap_or_default()));
    }
    if rsa.e().num_bits() > 32 || rsa.e().num_bits() < 2 || !rsa.e().is_bit_set(0) {
        return Err(KeyError::Exponent);
    }
    Ok(())
}

fn text(pem: Vec<u8>) -> Result<String, KeyError> {
    String::from_utf8(pem).map_err(|_not_text| KeyError::Malformed { expected: "PEM" })
}
