use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::Url;

use super::*;
use crate::keys::tests::{OTHER_RSA, RSA};

const BODY: &[u8] = br#"{"type":"Create"}"#;
const KEY_ID: &str = "https://b.example/t/agua#main-key";
const TARGET: &str = "/inbox?x=1";

fn now() -> Timestamp {
    Timestamp::parse_rfc3339("2026-11-23T12:00:00Z").unwrap()
}

/// A request in owned parts, right until a test spoils it.
#[derive(Clone)]
struct Post {
    method: String,
    target: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

impl Post {
    fn signed() -> Self {
        let url = Url::parse(&format!("https://a.example:8443{TARGET}")).unwrap();
        let signed = sign("POST", &url, Some(BODY), KEY_ID, &RSA, now()).unwrap();
        let mut headers: Vec<_> = signed
            .iter()
            .map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec()))
            .collect();
        headers.push(("Content-Type".into(), b"application/activity+json".to_vec()));
        Self {
            method: "POST".into(),
            target: TARGET.into(),
            headers,
            body: BODY.to_vec(),
        }
    }

    /// Signed over `covered`, with these parameters between `keyId` and `headers`.
    fn custom(params: &str, covered: &str) -> Self {
        let mut post = Self::signed();
        let lines: Vec<String> = covered
            .split(' ')
            .map(|name| post.line(name, params))
            .collect();
        let value = STANDARD.encode(RSA.sign(lines.join("\n").as_bytes()).unwrap());
        post.set(
            "signature",
            &format!("keyId=\"{KEY_ID}\",{params}headers=\"{covered}\",signature=\"{value}\""),
        );
        post
    }

    fn line(&self, name: &str, params: &str) -> String {
        let value = match name {
            "(request-target)" => format!("post {TARGET}"),
            "(created)" | "(expires)" => {
                let start = format!("{}=", name.trim_matches(['(', ')']));
                let value = params.split(',').find_map(|item| item.strip_prefix(&start));
                value.unwrap_or_default().to_owned()
            }
            _ => self.get(name),
        };
        format!("{name}: {value}")
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

    fn without(name: &str) -> Self {
        let mut post = Self::signed();
        post.headers.retain(|(own, _)| own != name);
        post
    }

    fn parse_at(&self, now: Timestamp) -> Result<Parsed, SignatureError> {
        let headers: Vec<(&str, &[u8])> = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_slice()))
            .collect();
        let request = Request {
            method: &self.method,
            target: &self.target,
            scheme: "https",
            hosts: &["a.example", "A.example:8443"],
            headers: &headers,
            body: &self.body,
        };
        parse(&request, now)
    }

    fn check(&self) -> Result<Verified, SignatureError> {
        let parsed = self.parse_at(now())?;
        if parsed.key_id() != KEY_ID {
            return Err(SignatureError::Invalid);
        }
        parsed.verify(RSA.public())
    }

    fn refusal(&self) -> SignatureError {
        self.check().unwrap_err()
    }
}

#[test]
fn a_request_we_signed_verifies() {
    let verified = Post::signed().check().unwrap();
    assert_eq!(verified.key_id(), KEY_ID);
    assert_eq!(verified.signed_at(), now());
    assert_eq!(
        verified,
        Post::signed().check().unwrap(),
        "a replay is recognizable"
    );
}

#[test]
fn a_signed_fetch_verifies_without_digest() {
    let url = Url::parse("https://a.example/o/1").unwrap();
    let signed = sign("GET", &url, None, KEY_ID, &RSA, now()).unwrap();
    assert_eq!(signed.digest, None);
    let headers: Vec<(&str, &[u8])> = signed.iter().map(|(n, v)| (n, v.as_bytes())).collect();
    let hosts = ["a.example"];
    let request = Request {
        method: "GET",
        target: "/o/1",
        scheme: "https",
        hosts: &hosts,
        headers: &headers,
        body: b"",
    };
    assert!(parse(&request, now()).unwrap().verify(RSA.public()).is_ok());
    let with_body = Request {
        body: b"x",
        ..request
    };
    assert_eq!(
        parse(&with_body, now()).unwrap_err(),
        SignatureError::NotCovered("digest")
    );
    let posted = Request {
        method: "POST",
        ..request
    };
    assert_eq!(
        parse(&posted, now()).unwrap_err(),
        SignatureError::NotCovered("digest")
    );
}

#[test]
fn somebody_elses_key_does_not_verify_and_the_right_one_still_may() {
    let parsed = Post::signed().parse_at(now()).unwrap();
    assert_eq!(
        parsed.verify(OTHER_RSA.public()).unwrap_err(),
        SignatureError::Invalid
    );
    assert!(parsed.verify(RSA.public()).is_ok());
}

#[test]
fn every_flipped_bit_of_a_security_header_is_refused() {
    let good = Post::signed();
    for (header, (name, value)) in good.headers.iter().enumerate() {
        if name == "Content-Type" {
            continue;
        }
        for index in 0..value.len() {
            for bit in 0..8 {
                let mut post = good.clone();
                post.headers[header].1[index] ^= 1 << bit;
                assert!(post.check().is_err(), "{name}, byte {index}, bit {bit}");
            }
        }
    }
}

#[test]
fn every_removed_or_doubled_byte_of_a_security_header_is_refused() {
    let good = Post::signed();
    for (header, (name, value)) in good.headers.iter().enumerate() {
        if name == "Content-Type" {
            continue;
        }
        for (index, byte) in value.iter().enumerate() {
            let mut post = good.clone();
            post.headers[header].1.remove(index);
            assert!(post.check().is_err(), "{name} without byte {index}");
            let mut post = good.clone();
            post.headers[header].1.insert(index, *byte);
            assert!(post.check().is_err(), "{name} with byte {index} twice");
        }
    }
}

#[test]
fn every_changed_byte_of_body_and_target_is_refused() {
    for index in 0..BODY.len() {
        let mut post = Post::signed();
        post.body[index] ^= 1;
        assert_eq!(post.refusal(), SignatureError::BodyChanged);
    }
    let mut post = Post::signed();
    post.body.push(b' ');
    assert_eq!(post.refusal(), SignatureError::BodyChanged);
    for target in [
        "/inbox",
        "/inbox?x=2",
        "/Inbox?x=1",
        "/u/ana/inbox?x=1",
        "",
        "/inbox?x=1\n",
        "/in box",
    ] {
        let mut post = Post::signed();
        post.target = target.into();
        assert!(post.check().is_err(), "{target:?}");
    }
    let mut post = Post::signed();
    post.method = "PUT".into();
    assert_eq!(post.refusal(), SignatureError::Invalid);
}

#[test]
fn repeated_security_headers_are_refused() {
    for name in [
        "Signature",
        "Signature-Input",
        "Digest",
        "Content-Digest",
        "Date",
        "Host",
        "Content-Type",
    ] {
        let mut post = Post::signed();
        let lower = name.to_ascii_lowercase();
        let own = post
            .headers
            .iter()
            .find(|(own, _)| own.eq_ignore_ascii_case(name))
            .cloned();
        let value = own.map_or(b"x".to_vec(), |(_, value)| value);
        post.headers
            .retain(|(own, _)| !own.eq_ignore_ascii_case(name));
        post.headers.push((name.into(), value.clone()));
        post.headers.push((lower.clone(), value));
        assert_eq!(post.refusal(), SignatureError::RepeatedHeader(lower));
    }
}

#[test]
fn a_covered_header_may_not_be_repeated_either() {
    let mut post = Post::signed();
    post.headers.push(("accept".into(), b"a".to_vec()));
    let signature = post.get("signature").replace("date", "date accept");
    post.set("signature", &signature);
    assert_eq!(post.refusal(), SignatureError::Invalid);
    post.headers.push(("Accept".into(), b"b".to_vec()));
    assert_eq!(
        post.refusal(),
        SignatureError::RepeatedHeader("accept".into())
    );
}

#[test]
fn missing_headers_are_named() {
    for name in ["signature", "date", "host", "digest"] {
        assert_eq!(
            Post::without(name).refusal(),
            SignatureError::MissingHeader(name.into())
        );
    }
}

#[test]
fn what_must_be_covered_must_be_covered() {
    let all = ["(request-target)", "host", "date", "digest"];
    for missing in all {
        let covered: Vec<&str> = all.into_iter().filter(|name| *name != missing).collect();
        let post = Post::custom("algorithm=\"rsa-sha256\",", &covered.join(" "));
        assert_eq!(post.refusal(), SignatureError::NotCovered(missing));
    }
    let post = Post::custom("", "digest date host (request-target)");
    assert!(post.check().is_ok(), "the order is the sender's");
}

#[test]
fn two_names_of_the_algorithm_are_accepted_and_others_are_not() {
    let covered = "(request-target) host date digest";
    for (params, accepted) in [
        ("", true),
        ("algorithm=\"rsa-sha256\",", true),
        ("algorithm=\"hs2019\",", true),
        ("algorithm=\"rsa-sha1\",", false),
        ("algorithm=\"rsa-sha512\",", false),
        ("algorithm=\"hmac-sha256\",", false),
        ("algorithm=\"none\",", false),
        ("algorithm=\"\",", false),
        ("algorithm=\"hs2019\",algorithm=\"hs2019\",", false),
        ("opaque=\"x\",", false),
    ] {
        assert_eq!(
            Post::custom(params, covered).check().is_ok(),
            accepted,
            "{params}"
        );
    }
}

#[test]
fn the_senders_clock_may_be_an_hour_off_and_no_more() {
    for (seconds, accepted) in [
        (0, true),
        (3600, true),
        (-3600, true),
        (3601, false),
        (-3601, false),
    ] {
        let parsed = Post::signed().parse_at(now().plus_seconds(seconds));
        match parsed {
            Ok(_) => assert!(accepted, "{seconds}"),
            Err(error) => assert_eq!((error, accepted), (SignatureError::OutOfTime, false)),
        }
    }
}

#[test]
fn created_may_stand_for_the_date() {
    let covered = "(request-target) (created) (expires) host digest";
    let at = now().seconds();
    let params = |created: i64, expires: i64| {
        format!("algorithm=\"hs2019\",created={created},expires={expires},")
    };
    let mut post = Post::custom(&params(at - 60, at + 60), covered);
    assert_eq!(post.check().unwrap().signed_at(), now().plus_seconds(-60));
    post.headers.retain(|(name, _)| name != "date");
    assert!(post.check().is_ok());
    for (created, expires) in [
        (at - 3601, at + 60),
        (at + 3601, at + 4000),
        (at - 60, at - 1),
    ] {
        let post = Post::custom(&params(created, expires), covered);
        assert_eq!(
            post.refusal(),
            SignatureError::OutOfTime,
            "{created} {expires}"
        );
    }
    let changed = Post::custom(&params(at, at + 60), covered);
    let mut post = changed.clone();
    post.set(
        "signature",
        &changed
            .get("signature")
            .replace(&at.to_string(), &(at + 1).to_string()),
    );
    assert_eq!(post.refusal(), SignatureError::Invalid);
}

#[test]
fn created_is_refused_where_it_means_nothing() {
    let at = now().seconds();
    let plain = "(request-target) host date digest";
    let with = "(request-target) (created) host date digest";
    for (params, covered) in [
        (format!("created={at},"), plain),
        (format!("algorithm=\"rsa-sha256\",created={at},"), with),
        ("algorithm=\"hs2019\",".to_owned(), with),
        (format!("created=\"{at}\","), with),
        ("created=,".to_owned(), with),
        ("created=9999999999999,".to_owned(), with),
    ] {
        let refusal = Post::custom(&params, covered).refusal();
        assert_eq!(refusal, SignatureError::Parameter("created"), "{params}");
    }
}

#[test]
fn a_date_that_is_no_date_is_refused() {
    for date in [
        "",
        "yesterday",
        "2026-11-23T12:00:00Z",
        "Mon, 23 Nov 2026 25:00:00 GMT",
    ] {
        let mut post = Post::signed();
        post.set("date", date);
        assert_eq!(post.refusal(), SignatureError::Date, "{date}");
    }
}

#[test]
fn requests_to_somebody_else_are_refused() {
    for host in [
        "b.example",
        "a.example.evil.example",
        "a.example:80",
        "",
        "a.example, b.example",
    ] {
        let mut post = Post::signed();
        post.set("host", host);
        assert_eq!(post.refusal(), SignatureError::WrongHost, "{host}");
    }
}

#[test]
fn the_digest_must_be_one_sha256_of_the_body() {
    let right = STANDARD.encode(sha256(BODY).as_bytes());
    let covered = "(request-target) host date digest";
    for (digest, expected) in [
        (format!("sha-256={right}"), Ok(())),
        (format!("MD5=x, SHA-256={right}"), Ok(())),
        (
            format!("SHA-256={right},SHA-256={right}"),
            Err(SignatureError::Digest),
        ),
        (format!("SHA-512={right}"), Err(SignatureError::Digest)),
        (right.clone(), Err(SignatureError::Digest)),
        ("SHA-256=".into(), Err(SignatureError::BodyChanged)),
        ("SHA-256=%".into(), Err(SignatureError::Digest)),
        (
            format!("SHA-256={}", STANDARD.encode([0; 32])),
            Err(SignatureError::BodyChanged),
        ),
    ] {
        let mut post = Post::signed();
        post.set("digest", &digest);
        let text: Vec<String> = covered.split(' ').map(|name| post.line(name, "")).collect();
        let value = STANDARD.encode(RSA.sign(text.join("\n").as_bytes()).unwrap());
        let signature = format!("keyId=\"{KEY_ID}\",headers=\"{covered}\",signature=\"{value}\"");
        post.set("signature", &signature);
        assert_eq!(post.check().map(|_| ()), expected, "{digest}");
    }
}

#[test]
fn signature_headers_out_of_form_are_refused() {
    let good = Post::signed().get("signature");
    let value = good.rsplit_once("signature=").unwrap().1.to_owned();
    for header in [
        String::new(),
        "keyId".into(),
        "Signature ".to_owned() + &good,
        good.replace("\",", "\";"),
        format!("{good},"),
        format!("{good},x=\"y\""),
        format!("{good},{good}"),
        good.replace("keyId", "keyid"),
        good.replace(KEY_ID, "ana"),
        good.replace(KEY_ID, "ftp://b.example/key"),
        good.replace(KEY_ID, "https://user:pw@b.example/key"),
        good.replace(KEY_ID, &format!("https://b.example/{}", "x".repeat(3000))),
        good.replace(KEY_ID, "https://b.example/\\\"x"),
        good.replace("host date", "host  date"),
        good.replace("host date", "Host date"),
        good.replace("host date", "host host date"),
        good.replace("host date", "host date (nonsense)"),
        good.replace("(request-target) host date digest", &"a ".repeat(2000)),
        good.replace(&value, "\"\""),
        good.replace(&value, "\"####\""),
        "x".repeat(100_000),
    ] {
        let mut post = Post::signed();
        post.set("signature", &header);
        let refusal = post.refusal();
        let form = matches!(
            refusal,
            SignatureError::Grammar(_) | SignatureError::Parameter(_)
        );
        assert!(form, "{refusal:?} for {header:.120}");
    }
}

proptest::proptest! {
    #[test]
    fn no_signature_header_makes_it_panic(header in ".{0,200}", date in ".{0,40}") {
        let mut post = Post::signed();
        post.set("signature", &header);
        proptest::prop_assert!(post.check().is_err());
        let mut post = Post::signed();
        post.set("date", &date);
        proptest::prop_assert!(post.check().is_err());
    }
}
