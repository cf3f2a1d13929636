use std::sync::LazyLock;

use openssl::bn::BigNum;
use openssl::rsa::Rsa;

use super::*;

/// One key for all tests: making one takes long.
pub(crate) static RSA: LazyLock<RsaPrivateKey> =
    LazyLock::new(|| RsaPrivateKey::generate().unwrap());
/// Somebody else's.
pub(crate) static OTHER_RSA: LazyLock<RsaPrivateKey> =
    LazyLock::new(|| RsaPrivateKey::generate().unwrap());

const ED25519_PUBLIC: &str = "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK";
const ED25519_PUBLIC_HEX: &str = "2e6fcce36701dc791488e0d0b1745cc1e33a4c1c9fcc41c63bd343dbbe0970e6";
const ED25519_PRIVATE: &str = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq";

#[test]
fn the_public_vector_of_fep_521a_is_reproduced() {
    let key = Ed25519PublicKey::from_multibase(ED25519_PUBLIC).unwrap();
    let hex: String = key
        .as_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(hex, ED25519_PUBLIC_HEX);
    assert_eq!(key.to_multibase(), ED25519_PUBLIC);
}

#[test]
fn an_ed25519_private_key_survives_its_text() {
    let key = Ed25519PrivateKey::from_multibase(ED25519_PRIVATE).unwrap();
    assert_eq!(key.to_multibase(), ED25519_PRIVATE);
    let fresh = Ed25519PrivateKey::generate().unwrap();
    let again = Ed25519PrivateKey::from_multibase(&fresh.to_multibase()).unwrap();
    assert_eq!(fresh.public(), again.public());
    assert_eq!(fresh.sign(b"hola"), again.sign(b"hola"));
}

#[test]
fn an_ed25519_signature_holds_for_its_message_and_key_only() {
    let key = Ed25519PrivateKey::generate().unwrap();
    let signature = key.sign(b"hola");
    assert!(key.public().verify(b"hola", &signature));
    assert!(!key.public().verify(b"holA", &signature));
    assert!(
        !Ed25519PrivateKey::generate()
            .unwrap()
            .public()
            .verify(b"hola", &signature)
    );
    for length in [0, 63, 65] {
        let mut cut = signature.to_vec();
        cut.resize(length, 0);
        assert!(!key.public().verify(b"hola", &cut), "{length}");
    }
}

#[test]
fn every_changed_byte_breaks_an_ed25519_signature() {
    let key = Ed25519PrivateKey::generate().unwrap();
    let signature = key.sign(b"hola");
    for index in 0..signature.len() {
        let mut changed = signature;
        changed[index] ^= 1;
        assert!(!key.public().verify(b"hola", &changed), "{index}");
    }
}

#[test]
fn texts_that_are_no_ed25519_key_are_refused() {
    let long = format!("z{}", "6".repeat(100_000));
    let private_as_public = Ed25519PublicKey::from_multibase(ED25519_PRIVATE);
    assert!(matches!(private_as_public, Err(KeyError::Malformed { .. })));
    for text in [
        "",
        "z",
        "z6Mk",
        "6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
        "zñ",
        "z0OIl",
        &long,
    ] {
        assert!(
            Ed25519PublicKey::from_multibase(text).is_err(),
            "{text:.40}"
        );
        assert!(
            Ed25519PrivateKey::from_multibase(text).is_err(),
            "{text:.40}"
        );
    }
    assert!(Ed25519PrivateKey::from_multibase(ED25519_PUBLIC).is_err());
}

#[test]
fn a_key_with_which_anybody_could_sign_is_refused() {
    let mut neutral = [0; 32];
    neutral[0] = 1;
    assert!(Ed25519PublicKey::from_bytes(neutral).is_err());
    assert!(Ed25519PublicKey::from_bytes([0; 32]).is_err());
}

#[test]
fn an_rsa_key_survives_its_pem() {
    let private = RSA.to_pem().unwrap();
    assert!(private.starts_with("-----BEGIN PRIVATE KEY-----"));
    let again = RsaPrivateKey::from_pem(&private).unwrap();
    assert_eq!(again.public(), RSA.public());
    assert_ne!(OTHER_RSA.public(), RSA.public());
    let public = RSA.public().to_pem().unwrap();
    assert!(public.starts_with("-----BEGIN PUBLIC KEY-----"));
    assert_eq!(&RsaPublicKey::from_pem(&public).unwrap(), RSA.public());
    assert_eq!(
        &RsaPublicKey::from_pem(&public.replace('\n', "\r\n")).unwrap(),
        RSA.public()
    );
}

#[test]
fn a_pkcs1_public_key_is_read_too() {
    let spki = RSA.public().to_pem().unwrap();
    let pkcs1 = Rsa::public_key_from_pem(spki.as_bytes())
        .unwrap()
        .public_key_to_pem_pkcs1()
        .unwrap();
    let key = RsaPublicKey::from_pem(std::str::from_utf8(&pkcs1).unwrap()).unwrap();
    assert_eq!(&key, RSA.public());
}

#[test]
fn an_rsa_signature_holds_for_its_message_and_key_only() {
    let signature = RSA.sign(b"hola").unwrap();
    assert!(RSA.public().verify(b"hola", &signature));
    assert!(!RSA.public().verify(b"holA", &signature));
    assert!(!OTHER_RSA.public().verify(b"hola", &signature));
    assert!(!RSA.public().verify(b"hola", &[]));
    for index in 0..signature.len() {
        let mut changed = signature.clone();
        changed[index] ^= 0x10;
        assert!(!RSA.public().verify(b"hola", &changed), "{index}");
    }
}

#[test]
fn an_encrypted_pem_is_refused_without_asking_for_a_passphrase() {
    let headers =
        "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00000000000000000000000000000000\n\n";
    let begin = "-----BEGIN PUBLIC KEY-----\n";
    let pem = RSA
        .public()
        .to_pem()
        .unwrap()
        .replace(begin, &format!("{begin}{headers}"));
    assert!(matches!(
        RsaPublicKey::from_pem(&pem),
        Err(KeyError::Malformed { .. })
    ));
    let key = openssl::pkey::PKey::private_key_from_pem(RSA.to_pem().unwrap().as_bytes()).unwrap();
    let cipher = openssl::symm::Cipher::aes_128_cbc();
    let locked = key
        .private_key_to_pem_pkcs8_passphrase(cipher, b"secreto")
        .unwrap();
    let locked = std::str::from_utf8(&locked).unwrap();
    assert!(matches!(
        RsaPrivateKey::from_pem(locked),
        Err(KeyError::Malformed { .. })
    ));
}

#[test]
fn rsa_keys_of_odd_sizes_or_exponents_are_refused() {
    let pem = |rsa: &Rsa<openssl::pkey::Public>| {
        String::from_utf8(rsa.public_key_to_pem().unwrap()).unwrap()
    };
    let small = Rsa::generate(1024).unwrap();
    let small =
        Rsa::from_public_components(small.n().to_owned().unwrap(), small.e().to_owned().unwrap());
    assert!(matches!(
        RsaPublicKey::from_pem(&pem(&small.unwrap())),
        Err(KeyError::Size(1024))
    ));
    let ours = Rsa::public_key_from_pem(RSA.public().to_pem().unwrap().as_bytes()).unwrap();
    for exponent in ["1", "4", "4294967297"] {
        let e = BigNum::from_dec_str(exponent).unwrap();
        let odd = Rsa::from_public_components(ours.n().to_owned().unwrap(), e).unwrap();
        assert!(
            matches!(RsaPublicKey::from_pem(&pem(&odd)), Err(KeyError::Exponent)),
            "{exponent}"
        );
    }
    let mut huge = BigNum::new().unwrap();
    huge.set_bit(15_999).unwrap();
    let huge = Rsa::from_public_components(huge, BigNum::from_u32(65537).unwrap()).unwrap();
    assert!(matches!(
        RsaPublicKey::from_pem(&pem(&huge)),
        Err(KeyError::Size(16_000))
    ));
}

#[test]
fn texts_that_are_no_rsa_key_are_refused() {
    let ed25519 = openssl::pkey::PKey::generate_ed25519().unwrap();
    let ed25519 = String::from_utf8(ed25519.public_key_to_pem().unwrap()).unwrap();
    let private = RSA.to_pem().unwrap();
    for text in [
        "",
        "z6Mk",
        "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n",
        &ed25519,
        &private,
    ] {
        assert!(
            matches!(
                RsaPublicKey::from_pem(text),
                Err(KeyError::Malformed { .. })
            ),
            "{text:.40}"
        );
    }
    let public = RSA.public().to_pem().unwrap();
    assert!(RsaPrivateKey::from_pem(&public).is_err());
}

#[test]
fn private_keys_do_not_show_in_debug_output() {
    let key = Ed25519PrivateKey::from_multibase(ED25519_PRIVATE).unwrap();
    let shown = format!("{key:?} {:?}", *RSA);
    assert!(!shown.contains("z3u2"), "{shown}");
    assert!(
        shown.contains("2048 bits") && !shown.contains("BEGIN"),
        "{shown}"
    );
}
