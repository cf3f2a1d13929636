//! HTTP signatures in the two formats that the fediverse speaks: draft-cavage-http-signatures-12 with
//! RSA and SHA-256 (`rsa-sha256`, or `hs2019` by which the same is meant), and RFC 9421 with
//! `rsa-v1_5-sha256` or `ed25519`.
//!
//! Start at [`parse`]: it does every check that needs no key, so that a bad request costs neither a
//! fetch nor an RSA operation. Then find the key of [`Parsed::key_id`] and call [`Parsed::verify`].
//! For requests of our own, [`sign_as`].
//!
//! What must stay true: it fails closed. Anything repeated, unknown, uncovered, unparsable or out of
//! its time is refused, and only [`Parsed::verify`] makes a [`Verified`]. That the key belongs to the
//! actor of the activity is for the caller to check.

mod headers;
mod message;
mod params;
mod parse;
mod sign;

use tequio_domain::{Digest, Timestamp};

use crate::digest::sha256;
use crate::keys::{PrivateKeyRef, PublicKeyRef};

pub use parse::parse;
pub use sign::{Outgoing, SignedHeaders, sign, sign_as, sign_message};

/// How far (seconds) the sender's clock may be from ours, in both directions.
pub const MAX_SKEW_S: i64 = 3600;

/// How a request is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// draft-cavage-http-signatures-12, which everybody takes.
    Cavage,
    /// RFC 9421 with `Content-Digest`.
    Rfc9421,
}

impl Format {
    /// The word for it in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cavage => "cavage",
            Self::Rfc9421 => "rfc9421",
        }
    }

    /// Reads [`Format::as_str`]; `None` for any other text.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Cavage, Self::Rfc9421]
            .into_iter()
            .find(|format| format.as_str() == word)
    }

    /// The one that this is not.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Cavage => Self::Rfc9421,
            Self::Rfc9421 => Self::Cavage,
        }
    }
}

/// By what a signature is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rsa,
    /// Ed25519.
    Ed25519,
}

impl Algorithm {
    /// Its name in the registry of RFC 9421.
    fn name(self) -> &'static str {
        match self {
            Self::Rsa => "rsa-v1_5-sha256",
            Self::Ed25519 => "ed25519",
        }
    }

    fn of(key: PrivateKeyRef<'_>) -> Self {
        match key {
            PrivateKeyRef::Rsa(_) => Self::Rsa,
            PrivateKeyRef::Ed25519(_) => Self::Ed25519,
        }
    }
}

/// A received request, in plain parts.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The method, e.g. `POST`.
    pub method: &'a str,
    /// Path and query exactly as in the request line, e.g. `/inbox?x=1`.
    pub target: &'a str,
    /// `https`, or `http`: how this server is reached, whatever stands between.
    pub scheme: &'a str,
    /// The values of `Host` that mean us, with port where it is not the default one.
    pub hosts: &'a [&'a str],
    /// All headers as received: names in any case, repeated ones repeatedly, values as bytes.
    pub headers: &'a [(&'a str, &'a [u8])],
    /// The whole body.
    pub body: &'a [u8],
}

impl Request<'_> {
    /// Whether the digest of a body must be there and covered.
    fn has_body(&self) -> bool {
        !(self.body.is_empty() && matches!(self.method, "GET" | "HEAD"))
    }

    /// Method and target are signed as they are: they may hold nothing that reads as something else.
    fn check_visible(&self) -> Result<(), SignatureError> {
        let visible = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
        if visible(self.method) && visible(self.target) {
            Ok(())
        } else {
            Err(SignatureError::UnsignableHeader(
                "(request-target)".to_owned(),
            ))
        }
    }
}

/// A request whose form is right; nobody vouches for it yet.
#[derive(Debug)]
#[must_use = "nothing is known about the sender until `verify`"]
pub struct Parsed {
    key_id: String,
    /// `None`: what the key is made for.
    algorithm: Option<Algorithm>,
    signature: Vec<u8>,
    signed_text: String,
    signed_at: Timestamp,
}

/// A request that the holder of the key `key_id` made. Only [`Parsed::verify`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    key_id: String,
    signed_at: Timestamp,
    replay_id: Digest,
}

/// Why a request counts as not signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// A header that is needed, or that is said to be covered, is not there.
    #[error("the header {0} is missing")]
    MissingHeader(String),
    /// A header that security depends on is there more than once.
    #[error("the header {0} is given more than once")]
    RepeatedHeader(String),
    /// A covered header holds bytes other than printable ASCII.
    #[error("the header {0} holds characters that cannot be signed")]
    UnsignableHeader(String),
    /// `Signature`, `Signature-Input` or `Content-Digest` does not follow the grammar.
    #[error("a header of the signature cannot be read: {0}")]
    Grammar(&'static str),
    /// A parameter of the signature is missing, repeated, unknown or not acceptable.
    #[error("the parameter {0} of the signature is missing, repeated or not acceptable")]
    Parameter(&'static str),
    /// A component is covered twice, has parameters, or is none that we know.
    #[error("the signature covers something that is not understood here")]
    Component,
    /// Several signatures could be meant.
    #[error("more than one signature is acceptable; send one")]
    Ambiguous,
    /// The signature does not cover what it must.
    #[error("the signature does not cover {0}")]
    NotCovered(&'static str),
    /// The request is addressed to somebody else.
    #[error("the Host header does not name this server")]
    WrongHost,
    /// `Date` is no date.
    #[error("the Date header is no HTTP date")]
    Date,
    /// `Date`, `created` or `expires` is more than [`MAX_SKEW_S`] away or over.
    #[error("the request was signed too long ago or in the future; check the clock")]
    OutOfTime,
    /// `Digest` or `Content-Digest` has no SHA-256 or is unreadable.
    #[error("the digest of the body holds no SHA-256")]
    Digest,
    /// `Digest` or `Content-Digest` is not that of the body.
    #[error("the digest does not match the body")]
    BodyChanged,
    /// The key did not make this signature.
    #[error("the signature does not hold for this key")]
    Invalid,
}

impl Parsed {
    /// The id of the key that the sender claims to have used: an http(s) URL, as written.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// Verifies the signature with the key that stands behind [`Parsed::key_id`]. A key of another
    /// kind than the signature names does not hold.
    ///
    /// May be called again with a freshly fetched key when it fails.
    ///
    /// # Errors
    /// [`SignatureError::Invalid`].
    pub fn verify<'k>(&self, key: impl Into<PublicKeyRef<'k>>) -> Result<Verified, SignatureError> {
        let key = key.into();
        let kind = match key {
            PublicKeyRef::Rsa(_) => Algorithm::Rsa,
            PublicKeyRef::Ed25519(_) => Algorithm::Ed25519,
        };
        let is_named = self.algorithm.is_none_or(|named| named == kind);
        if !is_named || !key.verify(self.signed_text.as_bytes(), &self.signature) {
            return Err(SignatureError::Invalid);
        }
        Ok(Verified {
            key_id: self.key_id.clone(),
            signed_at: self.signed_at,
            replay_id: sha256(&self.signature),
        })
    }
}

impl Verified {
    /// The id of the key that signed.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// When the sender signed, by its own clock: `created` where covered, else `Date`.
    #[must_use]
    pub fn signed_at(&self) -> Timestamp {
        self.signed_at
    }

    /// Equal for a replay of the same request; to be remembered while `signed_at` is within
    /// [`MAX_SKEW_S`].
    #[must_use]
    pub fn replay_id(&self) -> Digest {
        self.replay_id
    }
}

#[cfg(test)]
mod tests;
