//! Integrity proofs: documents that vouch for themselves (`eddsa-jcs-2022`, FEP-8b32).
//!
//! Start at [`verify`]. A proof says that the holder of a key made the document; that the key
//! belongs to the document's actor is for the caller to check, with [`method`].
//!
//! What must stay true: the digest that is returned is the SHA-256 of the canonical document without
//! its `proof`, which is the very hash that the proof signs. Only the outermost `proof` is looked at;
//! an embedded activity is verified by passing it on its own.

use serde_json::{Map, Value, json};
use tequio_domain::{Digest, Timestamp};

use crate::jcs;
use crate::keys::{Ed25519PrivateKey, Ed25519PublicKey, KeyError};

const PROOF: &str = "proof";
const PROOF_VALUE: &str = "proofValue";
const CONTEXT: &str = "@context";
/// 64 bytes in base58 have at most 88 characters.
const MAX_SIGNATURE_CHARS: usize = 88;

/// Why a document is not vouched for. It means "unauthenticated: ask its origin", not "forged".
#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    /// The document is not a JSON object.
    #[error("only a JSON object can carry a proof")]
    NotAnObject,
    /// There is no `proof`.
    #[error("the document has no proof")]
    Missing,
    /// `proof` is not one object.
    #[error("the proof is not one object")]
    NotOneProof,
    /// A member of the proof is absent or is not what the suite demands.
    #[error("{member} of the proof is missing or not acceptable")]
    Member {
        /// The member's name.
        member: &'static str,
    },
    /// The proof repeats `@context`, but not the document's.
    #[error("the proof's @context is not the document's")]
    Context,
    /// Document, configuration or key are not what was signed.
    #[error("the proof does not hold for this document and key")]
    Invalid,
    /// The library failed while signing.
    #[error("could not sign")]
    Key(#[from] KeyError),
}

/// Signs `doc` and puts the proof into it, in place of one that may be there.
///
/// `verification_method` is the id of the key, e.g. `https://host/u/ana#ed25519-key`. The result is
/// the document's digest.
///
/// # Errors
/// [`ProofError::NotAnObject`]; [`ProofError::Key`] when the library fails. `doc` is then unchanged.
pub fn sign(
    doc: &mut Value,
    key: &Ed25519PrivateKey,
    verification_method: &str,
    created: Timestamp,
) -> Result<Digest, ProofError> {
    let object = doc.as_object_mut().ok_or(ProofError::NotAnObject)?;
    let mut proof = Map::new();
    if let Some(context) = object.get(CONTEXT) {
        proof.insert(CONTEXT.to_owned(), context.clone());
    }
    proof.insert("type".to_owned(), json!("DataIntegrityProof"));
    proof.insert("cryptosuite".to_owned(), json!("eddsa-jcs-2022"));
    proof.insert("created".to_owned(), json!(created.to_rfc3339()));
    proof.insert("verificationMethod".to_owned(), json!(verification_method));
    proof.insert("proofPurpose".to_owned(), json!("assertionMethod"));
    let digest = jcs::digest_without(object, PROOF);
    let signature = key.sign(&signed_bytes(&proof, digest));
    let value = format!("z{}", bs58::encode(signature).into_string());
    proof.insert(PROOF_VALUE.to_owned(), Value::String(value));
    object.insert(PROOF.to_owned(), Value::Object(proof));
    Ok(digest)
}

/// Verifies the proof of `doc` against `key` and gives the document's digest.
///
/// The proof's configuration is taken as received, with or without `@context`. A proof with
/// `expires` is refused: whether a log holds must not depend on when it is read.
///
/// # Errors
/// A [`ProofError`]; the signature is looked at last.
pub fn verify(doc: &Value, key: &Ed25519PublicKey) -> Result<Digest, ProofError> {
    let object = doc.as_object().ok_or(ProofError::NotAnObject)?;
    // What has no usable proof is not worth a hash.
    check_members(object, proof_of(object)?)?;
    verify_digest(doc, jcs::digest_without(object, PROOF), key)
}

/// Verifies the proof of a document of which only the digest is left, beside its `@context` and `proof`.
///
/// # Errors
/// As [`verify`].
pub fn verify_digest(
    doc: &Value,
    digest: Digest,
    key: &Ed25519PublicKey,
) -> Result<Digest, ProofError> {
    let object = doc.as_object().ok_or(ProofError::NotAnObject)?;
    let proof = proof_of(object)?;
    let signature = check_members(object, proof)?;
    if key.verify(&signed_bytes(proof, digest), &signature) {
        Ok(digest)
    } else {
        Err(ProofError::Invalid)
    }
}

/// The id of the key that the proof of `doc` claims; `None` without a proof that names one.
/// Nothing is verified.
#[must_use]
pub fn method(doc: &Value) -> Option<&str> {
    doc.get(PROOF)?.get("verificationMethod")?.as_str()
}

/// When the proof of `doc` claims to have been made; `None` if it does not say. Nothing is verified.
#[must_use]
pub fn created(doc: &Value) -> Option<Timestamp> {
    Timestamp::parse_rfc3339(doc.get(PROOF)?.get("created")?.as_str()?)
}

/// The digest of `doc` without its proof: what [`sign`] and [`verify`] return, without looking at
/// any signature. A value that is no object has the digest of its canonical form.
#[must_use]
pub fn document_digest(doc: &Value) -> Digest {
    match doc {
        Value::Object(object) => jcs::digest_without(object, PROOF),
        other => jcs::digest(other),
    }
}

fn proof_of(object: &Map<String, Value>) -> Result<&Map<String, Value>, ProofError> {
    let proof = object.get(PROOF).ok_or(ProofError::Missing)?;
    proof.as_object().ok_or(ProofError::NotOneProof)
}

/// Checks everything but the signature, which it returns decoded.
fn check_members(
    object: &Map<String, Value>,
    proof: &Map<String, Value>,
) -> Result<[u8; 64], ProofError> {
    let text = |member: &'static str| {
        proof
            .get(member)
            .and_then(Value::as_str)
            .ok_or(ProofError::Member { member })
    };
    for (member, expected) in [
        ("type", "DataIntegrityProof"),
        ("cryptosuite", "eddsa-jcs-2022"),
        ("proofPurpose", "assertionMethod"),
    ] {
        if text(member)? != expected {
            return Err(ProofError::Member { member });
        }
    }
    text("verificationMethod")?;
    if let Some(created) = proof.get("created") {
        let valid = created
            .as_str()
            .is_some_and(|text| Timestamp::parse_rfc3339(text).is_some());
        valid
            .then_some(())
            .ok_or(ProofError::Member { member: "created" })?;
    }
    if proof.contains_key("expires") {
        return Err(ProofError::Member { member: "expires" });
    }
    if proof
        .get(CONTEXT)
        .is_some_and(|context| object.get(CONTEXT) != Some(context))
    {
        return Err(ProofError::Context);
    }
    decode(text(PROOF_VALUE)?).ok_or(ProofError::Member {
        member: PROOF_VALUE,
    })
}

fn decode(proof_value: &str) -> Option<[u8; 64]> {
    let base58 = proof_value
        .strip_prefix('z')
        .filter(|rest| rest.len() <= MAX_SIGNATURE_CHARS)?;
    bs58::decode(base58).into_vec().ok()?.try_into().ok()
}

/// Hash of the configuration, then hash of the document (Data Integrity EdDSA §3.3.4).
fn signed_bytes(proof: &Map<String, Value>, digest: Digest) -> [u8; 64] {
    let config = jcs::digest_without(proof, PROOF_VALUE);
    let mut bytes = [0; 64];
    for (slot, byte) in bytes
        .iter_mut()
        .zip(config.as_bytes().iter().chain(digest.as_bytes()))
    {
        *slot = *byte;
    }
    bytes
}

#[cfg(test)]
mod tests;
