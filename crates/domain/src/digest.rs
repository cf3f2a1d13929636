//! SHA-256 digests as values; computing them is `protocol`'s and `store`'s work.

use std::fmt;

/// The multihash header of SHA-256: code 0x12, length 32.
const MULTIHASH_SHA256: [u8; 2] = [0x12, 0x20];

/// A SHA-256 digest.
///
/// Text columns keep it as 64 lower-case hex digits; the wire as `digestMultibase` (FEP-1311):
/// `z` + base58btc of the multihash.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Wraps a computed digest.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// 64 lower-case hex digits.
    #[must_use]
    pub fn to_hex(&self) -> String {
        hex::encode(self.0)
    }

    /// Reads 64 hex digits, `None` for anything else.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Self(bytes))
    }

    /// `z…`: base58btc of the SHA-256 multihash.
    #[must_use]
    pub fn to_multibase(&self) -> String {
        let mut multihash = MULTIHASH_SHA256.to_vec();
        multihash.extend_from_slice(&self.0);
        format!("z{}", bs58::encode(multihash).into_string())
    }

    /// Reads what [`Digest::to_multibase`] writes, `None` for anything else.
    #[must_use]
    pub fn from_multibase(text: &str) -> Option<Self> {
        // 34 bytes are 46 or 47 characters; decoding is quadratic and the text may be a stranger's.
        let base58 = text.strip_prefix('z').filter(|rest| rest.len() <= 48)?;
        let multihash = bs58::decode(base58).into_vec().ok()?;
        let bytes = multihash.strip_prefix(&MULTIHASH_SHA256)?;
        Some(Self(bytes.try_into().ok()?))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_hex())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_hex())
    }
}

#[cfg(test)]
mod tests {
    use super::Digest;

    #[test]
    fn both_spellings_round_trip() {
        let digest = Digest::new([7; 32]);
        assert_eq!(Digest::from_hex(&digest.to_hex()), Some(digest));
        assert_eq!(Digest::from_multibase(&digest.to_multibase()), Some(digest));
        assert!(digest.to_multibase().starts_with("zQm"));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "z",
            "zQm",
            "u1234",
            "00",
            &"g".repeat(64),
            &"0".repeat(66),
        ] {
            assert_eq!(Digest::from_hex(text), None, "{text}");
            assert_eq!(Digest::from_multibase(text), None, "{text}");
        }
    }
}
