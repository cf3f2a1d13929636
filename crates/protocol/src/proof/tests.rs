use proptest::prelude::*;

use super::*;
use crate::json;

/// The public test vector of FEP-8b32, its document signed.
const VECTOR: &str = r#"{
    "@context": [
        "https://www.w3.org/ns/activitystreams",
        "https://w3id.org/security/data-integrity/v2"
    ],
    "id": "https://server.example/activities/1",
    "type": "Create",
    "actor": "https://server.example/users/alice",
    "object": {
        "id": "https://server.example/objects/1",
        "type": "Note",
        "attributedTo": "https://server.example/users/alice",
        "content": "Hello world",
        "location": { "type": "Place", "longitude": -71.184902, "latitude": 25.273962 }
    },
    "proof": {
        "@context": [
            "https://www.w3.org/ns/activitystreams",
            "https://w3id.org/security/data-integrity/v2"
        ],
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "verificationMethod": "https://server.example/users/alice#ed25519-key",
        "proofPurpose": "assertionMethod",
        "proofValue": "z42ffGu6AUKPCFcFPiabmUvnGLPJzC7e4DGWC52NUasSSH37UMa9c58tdgVszUcZfytxa4fQ5TYHaJENCxUDe9SdL",
        "created": "2023-02-24T23:36:38Z"
    }
}"#;
const VECTOR_PRIVATE: &str = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq";
const VECTOR_PUBLIC: &str = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";
const VECTOR_METHOD: &str = "https://server.example/users/alice#ed25519-key";

fn vector() -> Value {
    json::parse(VECTOR.as_bytes()).unwrap()
}

fn vector_key() -> Ed25519PrivateKey {
    Ed25519PrivateKey::from_multibase(VECTOR_PRIVATE).unwrap()
}

fn vector_time() -> Timestamp {
    Timestamp::from_micros(1_677_281_798_000_000)
}

fn without_proof() -> Value {
    let mut doc = vector();
    doc.as_object_mut().unwrap().remove("proof");
    doc
}

fn signed() -> (Value, Ed25519PrivateKey) {
    let key = Ed25519PrivateKey::generate().unwrap();
    let mut doc = without_proof();
    sign(
        &mut doc,
        &key,
        "https://a.example/u/ana#ed25519-key",
        vector_time(),
    )
    .unwrap();
    (doc, key)
}

#[test]
fn signing_reproduces_the_public_vector() {
    let mut doc = without_proof();
    let digest = sign(&mut doc, &vector_key(), VECTOR_METHOD, vector_time()).unwrap();
    assert_eq!(doc, vector());
    assert_eq!(digest, document_digest(&without_proof()));
}

#[test]
fn the_public_vector_verifies() {
    let key = Ed25519PublicKey::from_multibase(VECTOR_PUBLIC).unwrap();
    assert_eq!(&key, vector_key().public());
    let digest = verify(&vector(), &key).unwrap();
    assert_eq!(digest, document_digest(&vector()));
    assert_eq!(
        digest,
        crate::digest::sha256(jcs::canonicalize(&without_proof()).as_bytes())
    );
    assert_eq!(method(&vector()), Some(VECTOR_METHOD));
    assert_eq!(created(&vector()), Some(vector_time()));
}

#[test]
fn a_signed_document_still_verifies_after_travel_with_other_spacing_and_order() {
    let (doc, key) = signed();
    let object = doc.as_object().unwrap();
    let reversed: Vec<String> = object
        .iter()
        .rev()
        .map(|(k, v)| format!("{k:?} : {v:#}"))
        .collect();
    let text = format!("{{{}}}", reversed.join(" , "));
    let received = json::parse(text.as_bytes()).unwrap();
    assert_eq!(
        verify(&received, key.public()).unwrap(),
        document_digest(&doc)
    );
}

#[test]
fn signing_again_replaces_the_proof_and_keeps_the_digest() {
    let (mut doc, _) = signed();
    let before = document_digest(&doc);
    let digest = sign(&mut doc, &vector_key(), VECTOR_METHOD, vector_time()).unwrap();
    assert_eq!(digest, before);
    assert_eq!(verify(&doc, vector_key().public()).unwrap(), before);
}

#[test]
fn a_configuration_without_context_is_taken_as_received() {
    let key = vector_key();
    let mut doc = vector();
    let mut config = doc["proof"].as_object().unwrap().clone();
    config.remove("@context");
    config.remove("proofValue");
    let mut bytes = crate::digest::sha256(jcs::canonicalize(&Value::Object(config)).as_bytes())
        .as_bytes()
        .to_vec();
    bytes.extend_from_slice(document_digest(&doc).as_bytes());
    let value = format!("z{}", bs58::encode(key.sign(&bytes)).into_string());
    doc["proof"].as_object_mut().unwrap().remove("@context");
    assert!(matches!(
        verify(&doc, key.public()),
        Err(ProofError::Invalid)
    ));
    doc["proof"]["proofValue"] = json!(value);
    assert!(verify(&doc, key.public()).is_ok());
}

#[test]
fn a_document_without_context_can_be_signed() {
    let key = vector_key();
    let mut doc = json!({"id": "https://a.example/1"});
    sign(&mut doc, &key, VECTOR_METHOD, vector_time()).unwrap();
    assert!(doc["proof"].get("@context").is_none());
    assert!(verify(&doc, key.public()).is_ok());
}

#[test]
fn another_context_in_the_proof_is_refused() {
    let mut doc = vector();
    doc["@context"]
        .as_array_mut()
        .unwrap()
        .push(json!("https://evil.example/ns"));
    assert!(matches!(
        verify(&doc, vector_key().public()),
        Err(ProofError::Context)
    ));
}

#[test]
fn somebody_elses_key_does_not_verify() {
    let (doc, _) = signed();
    assert!(matches!(
        verify(&doc, vector_key().public()),
        Err(ProofError::Invalid)
    ));
}

#[test]
fn every_changed_member_of_the_document_breaks_the_proof() {
    let key = vector_key();
    for pointer in [
        "/id",
        "/type",
        "/actor",
        "/object/id",
        "/object/content",
        "/object/location/type",
    ] {
        let mut doc = vector();
        *doc.pointer_mut(pointer).unwrap() = json!("x");
        assert!(
            matches!(verify(&doc, key.public()), Err(ProofError::Invalid)),
            "{pointer}"
        );
    }
    let mut doc = vector();
    doc["object"]["location"]["latitude"] = json!(25.273_963);
    assert!(matches!(
        verify(&doc, key.public()),
        Err(ProofError::Invalid)
    ));
    let mut doc = vector();
    doc["extra"] = json!(null);
    assert!(matches!(
        verify(&doc, key.public()),
        Err(ProofError::Invalid)
    ));
    let mut doc = vector();
    doc.as_object_mut().unwrap().remove("type");
    assert!(matches!(
        verify(&doc, key.public()),
        Err(ProofError::Invalid)
    ));
}

#[test]
fn every_changed_member_of_the_proof_is_refused() {
    let key = vector_key();
    for member in [
        "type",
        "cryptosuite",
        "verificationMethod",
        "proofPurpose",
        "proofValue",
        "created",
        "@context",
    ] {
        for wrong in [
            json!("x"),
            json!(null),
            json!(1),
            json!(["DataIntegrityProof"]),
            json!({}),
        ] {
            let mut doc = vector();
            doc["proof"][member] = wrong.clone();
            assert!(verify(&doc, key.public()).is_err(), "{member} {wrong}");
        }
        let mut doc = vector();
        doc["proof"].as_object_mut().unwrap().remove(member);
        assert!(verify(&doc, key.public()).is_err(), "without {member}");
    }
    for added in ["expires", "nonce", "domain"] {
        let mut doc = vector();
        doc["proof"][added] = json!("2099-01-01T00:00:00Z");
        assert!(verify(&doc, key.public()).is_err(), "with {added}");
    }
}

#[test]
fn every_changed_character_of_the_proof_value_is_refused() {
    let key = vector_key();
    let value = vector()["proof"]["proofValue"].as_str().unwrap().to_owned();
    for index in 0..value.len() {
        let mut changed = value.clone().into_bytes();
        changed[index] = if changed[index] == b'1' { b'2' } else { b'1' };
        let mut doc = vector();
        doc["proof"]["proofValue"] = json!(String::from_utf8(changed).unwrap());
        assert!(verify(&doc, key.public()).is_err(), "{index}");
    }
    let base58 = value.strip_prefix('z').unwrap();
    for wrong in [
        "",
        "z",
        "z1",
        &format!("{value}1"),
        base58,
        &format!("u{base58}"),
    ] {
        let mut doc = vector();
        doc["proof"]["proofValue"] = json!(wrong);
        assert!(
            matches!(verify(&doc, key.public()), Err(ProofError::Member { .. })),
            "{wrong}"
        );
    }
}

#[test]
fn documents_without_one_proof_are_told_apart() {
    let key = vector_key();
    assert!(matches!(
        verify(&json!([]), key.public()),
        Err(ProofError::NotAnObject)
    ));
    assert!(matches!(
        verify(&without_proof(), key.public()),
        Err(ProofError::Missing)
    ));
    let mut doc = vector();
    doc["proof"] = json!([doc["proof"]]);
    assert!(matches!(
        verify(&doc, key.public()),
        Err(ProofError::NotOneProof)
    ));
    assert_eq!(method(&doc), None);
    assert!(matches!(
        sign(&mut json!("x"), &key, VECTOR_METHOD, vector_time()),
        Err(ProofError::NotAnObject)
    ));
}

#[test]
fn an_embedded_activity_keeps_its_own_proof() {
    let (inner, author) = signed();
    let group = Ed25519PrivateKey::generate().unwrap();
    let mut entry =
        json!({"@context": "https://www.w3.org/ns/activitystreams", "object": inner, "tq:seq": 1});
    sign(
        &mut entry,
        &group,
        "https://a.example/t/agua#ed25519-key",
        vector_time(),
    )
    .unwrap();
    assert!(verify(&entry, group.public()).is_ok());
    assert!(verify(&entry["object"], author.public()).is_ok());
    entry["object"].as_object_mut().unwrap().remove("proof");
    assert!(matches!(
        verify(&entry, group.public()),
        Err(ProofError::Invalid)
    ));
}

proptest! {
    #[test]
    fn a_changed_byte_either_changes_nothing_or_is_refused(
        at in any::<prop::sample::Index>(), byte in 0x20_u8..0x7f,
    ) {
        let mut text = VECTOR.as_bytes().to_vec();
        let at = at.index(text.len());
        text[at] = byte;
        if let Ok(doc) = json::parse(&text) {
            prop_assert!(doc == vector() || verify(&doc, vector_key().public()).is_err());
        }
    }
}
