//! Signatures that others made.

use super::*;
use crate::keys::{Ed25519PublicKey, RsaPublicKey};

#[test]
fn the_ed25519_vector_of_appendix_b_2_6_is_reproduced() {
    let request = Request {
        method: "POST",
        target: "/foo?param=Value&Pet=dog",
        scheme: "https",
        hosts: &["example.com"],
        headers: &[
            ("Host", b"example.com"),
            ("Date", b"Tue, 20 Apr 2021 02:07:55 GMT"),
            ("Content-Type", b"application/json"),
            ("Content-Length", b"18"),
        ],
        body: br#"{"hello": "world"}"#,
    };
    let input = "sig-b26=(\"date\" \"@method\" \"@path\" \"@authority\" \"content-type\" \
                 \"content-length\");created=1618884473;keyid=\"test-key-ed25519\"";
    let read = dictionary(input).unwrap();
    let ListEntry::InnerList(list) = read.get("sig-b26").unwrap() else {
        panic!("no list");
    };
    let params = input.strip_prefix("sig-b26=").unwrap();
    let text = base(
        &request,
        Headers(request.headers),
        &covered(list).unwrap(),
        params,
    )
    .unwrap();
    let expected = "\"date\": Tue, 20 Apr 2021 02:07:55 GMT\n\"@method\": POST\n\"@path\": /foo\n\
                    \"@authority\": example.com\n\"content-type\": application/json\n\
                    \"content-length\": 18\n\"@signature-params\": ";
    assert_eq!(text, format!("{expected}{params}"));
    let key = STANDARD
        .decode("JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=")
        .unwrap();
    let key = Ed25519PublicKey::from_bytes(key.try_into().unwrap()).unwrap();
    let value =
        "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==";
    assert!(key.verify(text.as_bytes(), &STANDARD.decode(value).unwrap()));
    // As a request to an inbox it lacks what we require.
    assert_eq!(
        the_acceptable(&read, true).map(|_| ()).unwrap_err(),
        SignatureError::NotCovered("@target-uri")
    );
}

/// Texts signed by the `openssl` program, not by us.
const VECTOR_BODY: &str = r#"{"id":"https://masto.example/1","type":"Like","actor":"https://masto.example/users/ana","object":"https://a.example/o/1"}"#;
const VECTOR_DIGEST: &str = "sha-256=:ammIXPm0+4+vWJ4qnbrkmbfKKWAFi3sjEx/yHkuam/k=:";
const VECTOR_KEY: &str = "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAsY/HBNCYjdptopVmRf/w
14aGH5vC1kPOaO85P2m4MB3Mf3P8oXehFdv83wpcnNaaFPc1IXfhWf+M36LpPLR4
fITPcfIBPsE9a3TFzlhq5txJTqG2wtasmN75ywiDyBOmS0Ki8vkiQjK1OqTg+Zsk
fJoPFsI2eMJkJwkp+XiANxQprbfguWqgLEkRUbUPRC8mG3aL+F0dURuBwRH7c+C3
vv16S0tkO2m1xXgpHjdJS0LvyJHnLqsv6Uhg5zz9IAKPAgXPhQsYuyxhA91VFS5e
dJTPx8TRJL0D/abhDlv7r4cYwoOQ5HByMN6oz0UJUK+sHsM8cY+r6kVJz4Jc4rqp
MwIDAQAB
-----END PUBLIC KEY-----
";
const MASTODON: (&str, &str) = (
    r#"sig1=("@method" "@target-uri" "content-digest");created=1764000000;keyid="https://masto.example/users/ana#main-key""#,
    "sig1=:kP4hGVAY+7ApAYcUocpaPDd3Tg6cmDTaekA5UnHewAdV/Eo0s4f5A8LN7iadLWDGpXDYMXvxEHyxcWVTdGmC4ECo74DmYq+leI3mALJf5ZB+2A8znIgilIoUbVrgqygXYSjwvbIoCeACNLyyugchvtFsh1pQsLY4YZ/NoK0ci8GJTeOi8wcBI6Y+KB5NJ6StDbGahWYYBP2BxgI6ta89H39Umou8hrrQZIe5kxq1TOrDPBl5cqEycBPCuFIxiKu1rDtbOIj5RDKVGLKkBqJCbtENXTPJ7JLYv35XOPTKaX8kpAsbUjbhyuPaasFw3PVHNThRnPMBWS/6HJy28lFr2w==:",
);
const FEDIFY: (&str, &str) = (
    r#"sig1=("@method" "@target-uri" "@authority" "host" "date" "content-digest");alg="rsa-v1_5-sha256";keyid="https://masto.example/users/ana#main-key";created=1764000000"#,
    "sig1=:LVSvc5VR+fJCNUVQ3WeIzgUwuw2AurwxmyFO40FHw/Gov8lPyYwv+zIxW9P02e7eRESOqW+MZIPd7H0vjezAnWiK8cUvnjzD6unbRMk/HJhPL+aL3QOwAli/jZc9KBDdAocoim0/7b8yV4JN8KAwI8bLIXcN/hWXhXCmQfZ7xvWC76Q2VxrTv/D2cPVl/oIjpn7t/OY0drjMxkUIupqBtHvcCMhJkM6BFRFNUhvFNospEjRrzD7ZkW7hkgWWJk3cd5/pqSAqOt8VEMbmsRbwN1j1NGK+lus2AcbQljtzYyiiWYp/y6NDRQEJYlScuAC9v0TBJl5E0DvaJFxgU2VKug==:",
);

#[test]
fn the_shapes_of_mastodon_and_fedify_verify() {
    let key = RsaPublicKey::from_pem(VECTOR_KEY).unwrap();
    for (input, signature) in [MASTODON, FEDIFY] {
        let headers = [
            ("Host", "a.example"),
            ("Date", "Mon, 24 Nov 2025 16:00:00 GMT"),
            ("Content-Digest", VECTOR_DIGEST),
            ("Signature-Input", input),
            ("Signature", signature),
        ];
        let mut post = Post::of(VECTOR_BODY, &headers, now());
        post.target = "/inbox".into();
        let at = Timestamp::parse_rfc3339("2025-11-24T16:10:00Z").unwrap();
        let parsed = post.with(|request, _| parse_any(request, at)).unwrap();
        assert_eq!(parsed.key_id(), "https://masto.example/users/ana#main-key");
        let verified = parsed.verify(&key).unwrap();
        assert_eq!(verified.signed_at().seconds(), 1_764_000_000);
        assert!(parsed.verify(RSA.public()).is_err());
    }
}
