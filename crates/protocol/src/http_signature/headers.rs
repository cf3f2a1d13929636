//! The headers of a request, read strictly, and what both formats check in them.

use std::time::UNIX_EPOCH;

use tequio_domain::Timestamp;

use super::{MAX_SKEW_S, SignatureError};

/// Headers that may not be there twice, whether the signature covers them or not.
pub(super) const ONCE: [&str; 7] = [
    "signature",
    "signature-input",
    "digest",
    "content-digest",
    "date",
    "host",
    "content-type",
];

/// All headers of a request.
#[derive(Clone, Copy)]
pub(super) struct Headers<'a>(pub(super) &'a [(&'a str, &'a [u8])]);

impl<'a> Headers<'a> {
    fn all(self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.0
            .iter()
            .filter(move |(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| *value)
    }

    pub(super) fn is_there(self, name: &str) -> bool {
        self.all(name).next().is_some()
    }

    pub(super) fn at_most_once(self, name: &str) -> Result<(), SignatureError> {
        match self.all(name).nth(1) {
            Some(_) => Err(SignatureError::RepeatedHeader(name.to_owned())),
            None => Ok(()),
        }
    }

    /// The value of a header that must be there once, in printable ASCII, without the white space
    /// around it.
    pub(super) fn one(self, name: &str) -> Result<&'a str, SignatureError> {
        self.at_most_once(name)?;
        let value = self
            .all(name)
            .next()
            .ok_or_else(|| SignatureError::MissingHeader(name.to_owned()))?;
        std::str::from_utf8(value)
            .ok()
            .map(|text| text.trim_matches([' ', '\t']))
            .filter(|text| text.bytes().all(|b| matches!(b, b' '..=b'~' | b'\t')))
            .ok_or_else(|| SignatureError::UnsignableHeader(name.to_owned()))
    }

    /// `Host`, which must be one of ours.
    pub(super) fn host(self, ours: &[&str]) -> Result<&'a str, SignatureError> {
        let host = self.one("host")?;
        if ours.iter().any(|our| our.eq_ignore_ascii_case(host)) {
            Ok(host)
        } else {
            Err(SignatureError::WrongHost)
        }
    }

    /// When the request was signed: `created` (seconds since the epoch), else `Date`. Every time that
    /// is given must be acceptable, covered or not.
    pub(super) fn signed_at(
        self,
        created: Option<i64>,
        expires: Option<i64>,
        now: Timestamp,
    ) -> Result<Timestamp, SignatureError> {
        let created = created.map(|seconds| Timestamp::from_micros(0).plus_seconds(seconds));
        let date = if created.is_none() || self.is_there("date") {
            Some(http_date(self.one("date")?)?)
        } else {
            None
        };
        let skewed = |time: &Timestamp| {
            *time < now.plus_seconds(-MAX_SKEW_S) || *time > now.plus_seconds(MAX_SKEW_S)
        };
        let expired = expires.is_some_and(|seconds| seconds < now.seconds());
        if expired || created.iter().chain(&date).any(skewed) {
            return Err(SignatureError::OutOfTime);
        }
        created.or(date).ok_or(SignatureError::Date)
    }
}

fn http_date(text: &str) -> Result<Timestamp, SignatureError> {
    httpdate::parse_http_date(text)
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
        .and_then(|since| i64::try_from(since.as_micros()).ok())
        .map(Timestamp::from_micros)
        .ok_or(SignatureError::Date)
}
