use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::Url;

use super::super::{Outgoing, Verified, parse as parse_any, sign_message};
use super::*;
use crate::keys::tests::{OTHER_RSA, RSA};
use crate::keys::{Ed25519PrivateKey, PublicKeyRef};

mod vectors;

const BODY: &str = r#"{"type":"Create"}"#;
const KEY_ID: &str = "https://b.example/t/agua#main-key";
const TARGET: &str = "/inbox?x=1";

fn now() -> Timestamp {
    Timestamp::parse_rfc3339("2026-11-23T12:00:00Z").unwrap()
}

/// A request in owned parts, right until a test spoils it.
#[derive(Debug, Clone)]
struct Post {
    method: String,
    target: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
    now: Timestamp,
}

impl Post {
    fn of(body: &str, headers: &[(&str, &str)], now: Timestamp) -> Self {
        let headers = headers
            .iter()
            .map(|(n, v)| ((*n).to_owned(), v.as_bytes().to_vec()));
        Self {
            method: "POST".into(),
            target: TARGET.into(),
            headers: headers.collect(),
            body: body.as_bytes().to_vec(),
            now,
        }
    }

    fn signed<'k>(key: impl Into<crate::keys::PrivateKeyRef<'k>>) -> Self {
        let url = Url::parse(&format!("https://a.example:8443{TARGET}#x")).unwrap();
        let request = Outgoing {
            method: "POST",
            url: &url,
            body: Some(BODY.as_bytes()),
            key_id: KEY_ID,
            at: now(),
        };
        let made = sign_message(&request, key).unwrap();
        let headers: Vec<_> = made.iter().filter(|(name, _)| *name != "date").collect();
        Self::of(BODY, &headers, now())
    }

    /// Signed with RSA over `covered` (as written between parentheses) with these parameters.
    fn custom(covered: &str, params: &str) -> Self {
        Self::labels(&[("sig1", covered, params)])
    }

    fn labels(labels: &[(&str, &str, &str)]) -> Self {
        let mut post = Self::signed(&*RSA);
        post.headers
            .push(("date".into(), b"Mon, 23 Nov 2026 12:00:00 GMT".to_vec()));
        let (mut inputs, mut signatures) = (Vec::new(), Vec::new());
        for (label, covered, params) in labels {
            let names: Vec<String> = covered
                .split_whitespace()
                .map(|name| name.trim_matches('"').to_owned())
                .collect();
            let params = format!("({covered}){params}");
            let text = post.with(|request, headers| base(request, headers, &names, &params));
            let text = text.unwrap_or_default();
            let value = STANDARD.encode(RSA.sign(text.as_bytes()).unwrap());
            inputs.push(format!("{label}={params}"));
            signatures.push(format!("{label}=:{value}:"));
        }
        post.set("signature-input", &inputs.join(", "));
        post.set("signature", &signatures.join(", "));
        post
    }

    fn with<T>(&self, run: impl FnOnce(&Request<'_>, Headers<'_>) -> T) -> T {
        let headers: Vec<(&str, &[u8])> = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_slice()))
            .collect();
        let request = Request {
            method: &self.method,
            target: &self.target,
            scheme: "https",
            hosts: &["a.example", "a.example:8443"],
            headers: &headers,
            body: &self.body,
        };
        run(&request, Headers(&headers))
    }

    fn get(&self, name: &str) -> String {
        let (_, value) = self.headers.iter().find(|(own, _)| own == name).unwrap();
        String::from_utf8(value.clone()).unwrap()
    }

    fn set(&mut self, name: &str, value: &str) {
        let header = self
            .headers
            .iter_mut()
            .find(|(own, _)| own == name)
            .unwrap();
        header.1 = value.as_bytes().to_vec();
    }

    fn check_with<'k>(&self, key: impl Into<PublicKeyRef<'k>>) -> Result<Verified, SignatureError> {
        let parsed = self.with(|request, _| parse_any(request, self.now))?;
        if parsed.key_id() != KEY_ID {
            return Err(SignatureError::Invalid);
        }
        parsed.verify(key)
    }

    fn check(&self) -> Result<Verified, SignatureError> {
        self.check_with(RSA.public())
    }

    fn refusal(&self) -> SignatureError {
        self.check().unwrap_err()
    }
}

const COVERED: &str = r#""@method" "@target-uri" "content-digest""#;

fn params() -> String {
    format!(";created={};keyid=\"{KEY_ID}\"", now().seconds())
}

#[test]
fn requests_we_signed_verify_with_either_kind_of_key_and_only_that() {
    let ed25519 = Ed25519PrivateKey::generate().unwrap();
    let by_rsa = Post::signed(&*RSA);
    let by_ed25519 = Post::signed(&ed25519);
    let verified = by_rsa.check().unwrap();
    assert_eq!((verified.key_id(), verified.signed_at()), (KEY_ID, now()));
    assert_eq!(
        verified,
        by_rsa.check().unwrap(),
        "a replay is recognizable"
    );
    assert!(by_ed25519.check_with(ed25519.public()).is_ok());
    assert!(by_rsa.check_with(ed25519.public()).is_err());
    assert!(by_ed25519.check().is_err());
    assert!(by_rsa.check_with(OTHER_RSA.public()).is_err());
    // An algorithm that is named is one with the key's kind.
    let mut post = by_rsa.clone();
    let renamed = post
        .get("signature-input")
        .replace("rsa-v1_5-sha256", "ed25519");
    post.set("signature-input", &renamed);
    assert_eq!(post.refusal(), SignatureError::Invalid);
}

#[test]
fn a_signed_fetch_verifies_without_digest() {
    let url = Url::parse("https://a.example:8443/inbox?x=1").unwrap();
    let request = Outgoing {
        method: "GET",
        url: &url,
        body: None,
        key_id: KEY_ID,
        at: now(),
    };
    let made = sign_message(&request, &*RSA).unwrap();
    assert_eq!(made.content_digest, None);
    let headers: Vec<_> = made.iter().collect();
    let mut post = Post::of("", &headers, now());
    post.method = "GET".into();
    assert!(post.check().is_ok());
    post.body = b"x".to_vec();
    assert_eq!(post.refusal(), SignatureError::NotCovered("content-digest"));
    post.body.clear();
    post.method = "POST".into();
    assert_eq!(post.refusal(), SignatureError::NotCovered("content-digest"));
}

#[test]
fn every_flipped_removed_and_doubled_byte_is_refused() {
    let ed25519 = Ed25519PrivateKey::generate().unwrap();
    for good in [Post::signed(&*RSA), Post::signed(&ed25519)] {
        let is_good =
            |post: &Post| post.check().is_ok() || post.check_with(ed25519.public()).is_ok();
        assert!(is_good(&good));
        for (header, (name, value)) in good.headers.iter().enumerate() {
            for (index, own) in value.iter().enumerate() {
                for bit in 0..8 {
                    let mut post = good.clone();
                    post.headers[header].1[index] ^= 1 << bit;
                    // The case of a host's letters means nothing (RFC 9421 §2.2.3).
                    if name == "host" && bit == 5 && own.is_ascii_alphabetic() {
                        continue;
                    }
                    assert!(!is_good(&post), "{name}, byte {index}, bit {bit}");
                }
                let mut post = good.clone();
                let byte = post.headers[header].1.remove(index);
                assert!(!is_good(&post), "{name} without byte {index}");
                post.headers[header].1.insert(index, byte);
                post.headers[header].1.insert(index, byte);
                assert!(!is_good(&post), "{name} with byte {index} twice");
            }
        }
        for index in 0..good.body.len() {
            let mut post = good.clone();
            post.body[index] ^= 1;
            assert_eq!(post.refusal(), SignatureError::BodyChanged);
        }
        for target in [
            "/inbox",
            "/inbox?x=2",
            "/Inbox?x=1",
            "/inbox?x=1#",
            "//inbox?x=1",
            "",
        ] {
            let mut post = good.clone();
            post.target = target.into();
            assert!(!is_good(&post), "{target}");
        }
        let mut post = good.clone();
        post.method = "PUT".into();
        assert!(!is_good(&post));
        for name in ["host", "content-digest", "signature", "signature-input"] {
            let mut post = good.clone();
            post.headers.retain(|(own, _)| own != name);
            assert!(!is_good(&post), "without {name}");
            let mut post = good.clone();
            let value = post.get(name);
            post.headers.push((name.to_uppercase(), value.into_bytes()));
            assert_eq!(post.refusal(), SignatureError::RepeatedHeader(name.into()));
        }
    }
}

#[test]
fn what_must_be_covered_must_be_covered() {
    let whole_target = SignatureError::NotCovered("@target-uri");
    for (covered, expected) in [
        (COVERED, None),
        (r#""content-digest" "@target-uri" "@method""#, None),
        (
            r#""@method" "@path" "@query" "@authority" "content-digest""#,
            None,
        ),
        (
            r#""@method" "@path" "@query" "host" "content-digest""#,
            None,
        ),
        (
            r#""@method" "@request-target" "host" "content-digest" "@scheme""#,
            None,
        ),
        (
            r#""@method" "@target-uri""#,
            Some(SignatureError::NotCovered("content-digest")),
        ),
        (
            r#""@target-uri" "content-digest""#,
            Some(SignatureError::NotCovered("@method")),
        ),
        (r#""@method" "content-digest""#, Some(whole_target.clone())),
        (
            r#""@method" "@path" "@authority" "content-digest""#,
            Some(whole_target.clone()),
        ),
        (
            r#""@method" "@path" "@query" "content-digest""#,
            Some(whole_target.clone()),
        ),
        (
            r#""@method" "@request-target" "content-digest""#,
            Some(whole_target),
        ),
        ("", Some(SignatureError::NotCovered("@method"))),
    ] {
        let found = Post::custom(covered, &params()).check().err();
        assert_eq!(found, expected, "{covered}");
    }
}

#[test]
fn components_that_change_meaning_are_refused() {
    for more in [
        r#""@method""#,
        r#""@status""#,
        r#""@query-param";name="x""#,
        r#""@signature-params""#,
        r#""content-type";sf"#,
        r#""host";bs"#,
        r#""Host""#,
        "host",
        "7",
        r#""""#,
    ] {
        let post = Post::custom(&format!("{COVERED} {more}"), &params());
        assert_eq!(post.refusal(), SignatureError::Component, "{more}");
    }
    let many: String = (0..40).map(|n| format!(" \"x-{n}\"")).collect();
    let post = Post::custom(&format!("{COVERED}{many}"), &params());
    assert_eq!(post.refusal(), SignatureError::Component);
    let post = Post::custom(&format!("{COVERED} \"x-not-there\""), &params());
    assert_eq!(
        post.refusal(),
        SignatureError::MissingHeader("x-not-there".into())
    );
}

#[test]
fn parameters_are_known_and_of_their_kind() {
    let at = now().seconds();
    let key = format!(";keyid=\"{KEY_ID}\"");
    let bad = SignatureError::Parameter;
    for (params, expected) in [
        (format!(";created={at}{key};nonce=\"x\";tag=\"y\""), None),
        (format!(";created={at}{key};alg=\"rsa-v1_5-sha256\""), None),
        (
            format!(";created={at}{key};alg=\"rsa-pss-sha512\""),
            Some(bad("alg")),
        ),
        (
            format!(";created={at}{key};alg=\"hmac-sha256\""),
            Some(bad("alg")),
        ),
        (format!(";created={at}{key};alg=none"), Some(bad("alg"))),
        (key.clone(), Some(bad("created"))),
        (format!(";created=\"{at}\"{key}"), Some(bad("created"))),
        (format!(";created={at}.0{key}"), Some(bad("created"))),
        (
            format!(";created={at}{key};expires=\"x\""),
            Some(bad("expires")),
        ),
        (format!(";created={at}{key};nonce=1"), Some(bad("nonce"))),
        (format!(";created={at}"), Some(bad("keyid"))),
        (format!(";created={at};keyid=\"ana\""), Some(bad("keyid"))),
        (
            format!(";created={at};keyid=\"https://u:p@b.example/\""),
            Some(bad("keyid")),
        ),
        (format!(";created={at}{key};expires={}", at + 60), None),
        (
            format!(";created={at}{key};expires={}", at - 1),
            Some(SignatureError::OutOfTime),
        ),
        (format!(";created={}{key}", at - 3600), None),
        (
            format!(";created={}{key}", at - 3601),
            Some(SignatureError::OutOfTime),
        ),
        (
            format!(";created={}{key}", at + 3601),
            Some(SignatureError::OutOfTime),
        ),
    ] {
        let found = Post::custom(COVERED, &params).check().err();
        assert_eq!(found, expected, "{params}");
    }
    let unknown = Post::custom(COVERED, &format!(";created={at}{key};x=1")).refusal();
    assert!(matches!(unknown, SignatureError::Grammar(_)));
    // A date that is there must be in time, covered or not.
    let mut post = Post::custom(COVERED, &params());
    post.set("date", "Mon, 23 Nov 2026 13:00:01 GMT");
    assert_eq!(post.refusal(), SignatureError::OutOfTime);
}

#[test]
fn of_several_labels_exactly_one_may_be_meant() {
    let (good, less) = (params(), r#""@method""#);
    let proxy = format!(";created={};keyid=\"proxy\"", now().seconds());
    let one = Post::labels(&[("proxy", less, &proxy), ("sig1", COVERED, &good)]);
    assert!(one.check().is_ok());
    let two = Post::labels(&[("a", COVERED, &good), ("b", COVERED, &good)]);
    assert_eq!(two.refusal(), SignatureError::Ambiguous);
    let none = Post::labels(&[("a", less, &proxy), ("b", "", &good)]);
    assert_eq!(none.refusal(), SignatureError::NotCovered("@target-uri"));
    let many = ["a", "b", "c", "d", "e"].map(|label| (label, less, proxy.as_str()));
    assert!(matches!(
        Post::labels(&many).refusal(),
        SignatureError::Grammar(_)
    ));
    let mut swapped = one;
    let signature = swapped.get("signature").replace("proxy=", "other=");
    swapped.set("signature", &signature);
    assert!(matches!(swapped.refusal(), SignatureError::Grammar(_)));
}

#[test]
fn fields_have_one_spelling() {
    let good = Post::signed(&*RSA);
    let input = good.get("signature-input");
    let signature = good.get("signature");
    for (name, value) in [
        ("signature-input", input.replace(";created", "; created")),
        ("signature-input", input.replace("\" \"", "\"  \"")),
        ("signature-input", format!("{input},{input}")),
        ("signature-input", format!("{input}, {input}")),
        (
            "signature-input",
            input.replace(";created", ";created=1;created"),
        ),
        ("signature-input", input.replace("sig1", "Sig1")),
        ("signature-input", input.replace("sig1=", "")),
        ("signature-input", String::new()),
        ("signature-input", "sig1".to_owned()),
        (
            "signature-input",
            format!("{input}{}", " ".repeat(9000) + "x"),
        ),
        ("signature", signature.replace("=:", "=")),
        ("signature", signature.replace("==:", ":")),
        ("signature", format!("{signature};x")),
        ("signature", "sig1=::".to_owned()),
        ("signature", "sig1=\"x\"".to_owned()),
        (
            "signature",
            format!("sig1=:{}:", STANDARD.encode([1; 1025])),
        ),
    ] {
        let mut post = good.clone();
        post.set(name, &value);
        let refusal = post.refusal();
        let form = matches!(
            refusal,
            SignatureError::Grammar(_) | SignatureError::Parameter(_)
        );
        assert!(form, "{name}: {value:.80} {refusal:?}");
    }
}

#[test]
fn the_content_digest_must_be_the_sha256_of_the_body() {
    let right = STANDARD.encode(sha256(BODY.as_bytes()).as_bytes());
    for (digest, is_good) in [
        (format!("sha-256=:{right}:"), true),
        (format!("sha-512=:AAAA:, sha-256=:{right}:"), true),
        (format!("sha-256=:{right}:, sha-256=:{right}:"), false),
        (format!("sha-256=:{right}:;x"), false),
        (format!("SHA-256=:{right}:"), false),
        (format!("SHA-256={right}"), false),
        ("sha-512=:AAAA:".to_owned(), false),
        ("sha-256=::".to_owned(), false),
        (format!("sha-256=:{}:", STANDARD.encode([0; 32])), false),
    ] {
        let mut post = Post::signed(&*RSA);
        post.set("content-digest", &digest);
        let names = ["@method", "@target-uri", "content-digest"].map(str::to_owned);
        let params = format!("({COVERED}){}", params());
        let text = post.with(|request, headers| base(request, headers, &names, &params));
        let value = STANDARD.encode(RSA.sign(text.unwrap().as_bytes()).unwrap());
        post.set("signature-input", &format!("sig1={params}"));
        post.set("signature", &format!("sig1=:{value}:"));
        assert_eq!(post.check().is_ok(), is_good, "{digest}");
    }
}

proptest::proptest! {
    #[test]
    fn no_header_makes_it_panic(input in ".{0,200}", signature in ".{0,200}", digest in ".{0,80}") {
        for (name, value) in
            [("signature-input", &input), ("signature", &signature), ("content-digest", &digest)]
        {
            let mut post = Post::signed(&*RSA);
            post.set(name, value);
            proptest::prop_assert!(post.check().is_err());
        }
    }
}
