//! A document on its way to an inbox, with the signature of its sender.

use std::time::UNIX_EPOCH;

use tequio_domain::Timestamp;
use tequio_protocol::http_signature;
use tequio_protocol::keys::RsaPrivateKey;
use tequio_tests::raw::Request;
use url::Url;

pub(super) const HOUR_S: i64 = 3600;

/// What is signed, by whom, when and for where.
#[derive(Debug, Clone)]
pub(super) struct Letter<'a> {
    /// The inbox that is signed for.
    pub(super) inbox: String,
    pub(super) key_id: String,
    pub(super) key: &'a RsaPrivateKey,
    /// How long ago it was signed, in seconds.
    pub(super) age_s: i64,
    pub(super) body: Vec<u8>,
}

impl Letter<'_> {
    /// The signed request.
    pub(super) fn request(&self) -> Request {
        let url = Url::parse(&self.inbox).unwrap();
        let date = now().plus_seconds(-self.age_s);
        let body = Some(self.body.as_slice());
        let signed = http_signature::sign("POST", &url, body, &self.key_id, self.key, date);
        let mut request = Request {
            method: "POST".to_owned(),
            target: url.path().to_owned(),
            headers: Vec::new(),
            body: self.body.clone(),
        };
        for (name, value) in signed.unwrap().iter() {
            request.add(name, value);
        }
        request.add("content-type", "application/activity+json");
        request
    }
}

/// The value of `Digest` for a body.
pub(super) fn digest_header(body: &[u8]) -> String {
    let url = Url::parse("http://localhost/").unwrap();
    let key = RsaPrivateKey::generate().unwrap();
    let signed = http_signature::sign("POST", &url, Some(body), "http://localhost/#k", &key, now());
    signed.unwrap().digest.unwrap()
}

/// The time.
pub(super) fn now() -> Timestamp {
    let since = UNIX_EPOCH.elapsed().unwrap();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap())
}
