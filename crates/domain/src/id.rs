//! The identity of shared things.

use std::fmt;

use uuid::Uuid;

/// The identity of an object, the same in every city.
///
/// UUIDv7 for what is made on our software, UUIDv5 of the ActivityPub id for everything else.
/// Text columns and ActivityPub ids keep the hyphenated form; page addresses the short one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Oid(Uuid);

impl Oid {
    /// Wraps a UUID.
    #[must_use]
    pub const fn new(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// A UUIDv7 from a time and ten random bytes, so that the caller decides both.
    #[must_use]
    pub fn at(time: crate::Timestamp, random: &[u8; 10]) -> Self {
        let millis = u64::try_from(time.micros() / 1000).unwrap_or(0);
        Self(uuid::Builder::from_unix_timestamp_millis(millis, random).into_uuid())
    }

    /// A UUIDv7 whose last six bytes are the maker's mark, so that no other server can make the same
    /// (see [`Oid::has_mark`]); 26 random bits and the millisecond tell a maker's own apart.
    #[must_use]
    pub fn marked(time: crate::Timestamp, random: &[u8; 4], mark: &[u8; 6]) -> Self {
        let mut tail = [0; 10];
        for (to, from) in tail.iter_mut().zip(random.iter().chain(mark)) {
            *to = *from;
        }
        Self::at(time, &tail)
    }

    /// Whether this is a UUIDv7 that carries the mark.
    #[must_use]
    pub fn has_mark(&self, mark: &[u8; 6]) -> bool {
        self.0.get_version_num() == 7 && self.0.as_bytes().ends_with(mark)
    }

    /// The identity of an object with a foreign ActivityPub id (UUIDv5, namespace URL).
    #[must_use]
    pub fn of_uri(uri: &str) -> Self {
        Self(Uuid::new_v5(&Uuid::NAMESPACE_URL, uri.as_bytes()))
    }

    /// Reads the hyphenated lower-case form only, so that one identity has one spelling.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let uuid = Uuid::try_parse(text).ok()?;
        (uuid.hyphenated().to_string() == text).then_some(Self(uuid))
    }

    /// The short form used in page addresses: base58 of the 16 bytes, at most 22 characters.
    #[must_use]
    pub fn short(&self) -> String {
        bs58::encode(self.0.as_bytes()).into_string()
    }

    /// Reads [`Oid::short`].
    #[must_use]
    pub fn from_short(text: &str) -> Option<Self> {
        if text.len() > 22 {
            return None;
        }
        let bytes: [u8; 16] = bs58::decode(text).into_vec().ok()?.try_into().ok()?;
        Some(Self(Uuid::from_bytes(bytes)))
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0.hyphenated(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::Oid;
    use crate::Timestamp;

    #[test]
    fn short_and_long_forms_round_trip() {
        let oid = Oid::at(Timestamp::from_micros(1_772_460_300_000_000), &[9; 10]);
        assert_eq!(Oid::from_short(&oid.short()), Some(oid));
        assert_eq!(Oid::parse(&oid.to_string()), Some(oid));
        assert!(oid.short().len() <= 22);
    }

    #[test]
    fn other_spellings_of_one_uuid_are_refused() {
        assert_eq!(Oid::parse("0195B2A0-0000-7000-8000-000000000000"), None);
        assert_eq!(Oid::parse("{0195b2a0-0000-7000-8000-000000000000}"), None);
        assert_eq!(Oid::from_short(""), None);
        assert_eq!(Oid::from_short("0OIl"), None);
    }

    #[test]
    fn a_mark_stays_readable() {
        let oid = Oid::marked(Timestamp::from_micros(1_000_000_000), &[255; 4], b"abcdef");
        assert!(oid.has_mark(b"abcdef"));
        assert!(!oid.has_mark(b"abcdeg"));
        assert!(!Oid::of_uri("https://a.example/x").has_mark(b"abcdef"));
    }

    #[test]
    fn ids_sort_by_their_time() {
        let earlier = Oid::at(Timestamp::from_micros(1_000_000_000), &[255; 10]);
        let later = Oid::at(Timestamp::from_micros(1_000_001_000), &[0; 10]);
        assert!(earlier < later);
    }
}
