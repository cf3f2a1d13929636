//! Time and randomness, handed in.

use tequio_domain::{Oid, Timestamp};
use tequio_protocol::{activity::content::new_oid, digest::sha256};

/// When an action happens, and the randomness that it may use.
///
/// The same moment gives the same ids, so a test or a demonstration can know them beforehand.
#[derive(Clone, Copy)]
pub struct Moment {
    now: Timestamp,
    entropy: [u8; 32],
}

impl Moment {
    /// Makes a moment; `entropy` must be unpredictable wherever a session or password is made.
    #[must_use]
    pub const fn new(now: Timestamp, entropy: [u8; 32]) -> Self {
        Self { now, entropy }
    }

    /// The time.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// 32 bytes for one purpose: the same for the same label.
    #[must_use]
    pub fn bytes(&self, label: &str) -> [u8; 32] {
        let mut message = self.entropy.to_vec();
        message.extend_from_slice(label.as_bytes());
        *sha256(&message).as_bytes()
    }

    /// A new identity for an object of this server.
    #[must_use]
    pub fn object_oid(&self, base_url: &str) -> Oid {
        let [a, b, c, d, ..] = self.bytes("object");
        new_oid(base_url, self.now, &[a, b, c, d])
    }

    /// A new identity of an activity or entry.
    #[must_use]
    pub fn oid(&self, label: &str) -> Oid {
        let bytes = self.bytes(label);
        let mut random = [0; 10];
        for (to, from) in random.iter_mut().zip(bytes) {
            *to = from;
        }
        Oid::at(self.now, &random)
    }
}
