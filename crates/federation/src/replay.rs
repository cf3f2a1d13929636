//! Signed requests that were taken: the same bytes a second time change nothing.
//!
//! Activities are also known by their ids, on disk; this is for those that have none and for the time
//! within which a signature is good. What must stay true: only what was taken is remembered, so that a
//! request that failed by our fault may come again; memory is bounded.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tequio_domain::{Digest, Timestamp};
use tequio_protocol::http_signature::{MAX_SKEW_S, Verified};

/// Signatures that were taken, each as long as it would be good again.
pub(crate) struct Replays {
    max: usize,
    /// Until when the signature is good.
    taken: Mutex<HashMap<Digest, Timestamp>>,
}

impl Replays {
    /// Remembers at most `max`.
    pub(crate) fn new(max: usize) -> Self {
        Self {
            max,
            taken: Mutex::default(),
        }
    }

    /// Whether this request was taken before.
    pub(crate) fn was_taken(&self, verified: &Verified) -> bool {
        self.with(|taken| taken.contains_key(&verified.replay_id()))
    }

    /// Remembers a request that was taken.
    pub(crate) fn remember(&self, verified: &Verified, now: Timestamp) {
        self.with(|taken| {
            if taken.len() >= self.max {
                taken.retain(|_, until| *until >= now);
            }
            if taken.len() >= self.max {
                let mut ends: Vec<Timestamp> = taken.values().copied().collect();
                let middle = ends.len() / 2;
                // The half that ends first goes.
                let (_, median, _) = ends.select_nth_unstable(middle);
                let median = *median;
                taken.retain(|_, until| *until > median);
            }
            let until = verified.signed_at().plus_seconds(MAX_SKEW_S);
            taken.insert(verified.replay_id(), until);
        });
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.with(|taken| taken.len())
    }

    fn with<T>(&self, run: impl FnOnce(&mut HashMap<Digest, Timestamp>) -> T) -> T {
        run(&mut self.taken.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use tequio_protocol::http_signature::{Outgoing, Request, parse, sign_message};
    use tequio_protocol::keys::Ed25519PrivateKey;
    use url::Url;

    use super::*;
    use crate::tests::city::clock;

    fn verified(key: &Ed25519PrivateKey, n: usize, at: Timestamp) -> Verified {
        let url = Url::parse(&format!("https://a.example/{n}")).unwrap();
        let request = Outgoing {
            method: "GET",
            url: &url,
            body: None,
            key_id: "https://b.example/#k",
            at,
        };
        let made = sign_message(&request, key).unwrap();
        let headers: Vec<_> = made.iter().map(|(n, v)| (n, v.as_bytes())).collect();
        let request = Request {
            method: "GET",
            target: url.path(),
            scheme: "https",
            hosts: &["a.example"],
            headers: &headers,
            body: b"",
        };
        parse(&request, at).unwrap().verify(key.public()).unwrap()
    }

    #[test]
    fn what_was_taken_is_known_and_room_is_bounded() {
        let (key, now) = (Ed25519PrivateKey::generate().unwrap(), clock());
        let replays = Replays::new(100);
        for n in 0..500 {
            let second = i64::try_from(n).unwrap();
            let request = verified(&key, n, now.plus_seconds(second));
            assert!(!replays.was_taken(&request));
            replays.remember(&request, now);
            assert!(replays.was_taken(&request) && replays.len() <= 100);
        }
        // The ones that stay good longest are kept.
        assert!(replays.was_taken(&verified(&key, 470, now.plus_seconds(470))));
        let later = now.plus_seconds(499 + MAX_SKEW_S + 1);
        for n in 0..100 {
            replays.remember(&verified(&key, 1000 + n, later), later);
        }
        assert_eq!(replays.len(), 100, "what is over was forgotten first");
    }
}
