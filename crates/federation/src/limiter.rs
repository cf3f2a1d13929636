//! How often somebody may do something.
//!
//! One number per key (the generic cell rate algorithm: the time at which the bucket would be full
//! again), a bounded number of keys, integers only.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tequio_domain::Timestamp;

/// A rate: at most `burst` at once, and one more each `interval_us` microseconds.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// How many at once.
    pub burst: i64,
    /// Microseconds until one more is allowed.
    pub interval_us: i64,
}

/// Too often; ask again after so many seconds (at least one).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooOften {
    /// Whole seconds to wait.
    pub retry_after_s: i64,
}

/// Keeps a rate for each of at most `max_keys` keys.
#[derive(Debug)]
pub struct Limiter {
    rate: Rate,
    max_keys: usize,
    full_at_us: Mutex<HashMap<String, i64>>,
}

impl Limiter {
    /// A limiter that has seen nobody.
    #[must_use]
    pub fn new(rate: Rate, max_keys: usize) -> Self {
        Self {
            rate,
            max_keys,
            full_at_us: Mutex::default(),
        }
    }

    /// Counts one for `key`.
    ///
    /// # Errors
    /// [`TooOften`] when the rate is used up, or when so many others are being counted that there
    /// is no room for one more.
    pub fn admit(&self, key: &str, now: Timestamp) -> Result<(), TooOften> {
        let now_us = now.micros();
        let mut full_at = self
            .full_at_us
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let known = full_at.get_mut(key);
        let since = known.as_ref().map_or(now_us, |at| (**at).max(now_us));
        let next = since.saturating_add(self.rate.interval_us);
        let room = self.rate.burst.saturating_mul(self.rate.interval_us);
        let over_us = next.saturating_sub(now_us).saturating_sub(room);
        if over_us > 0 {
            return Err(wait(over_us));
        }
        if let Some(at) = known {
            *at = next;
            return Ok(());
        }
        if full_at.len() >= self.max_keys {
            full_at.retain(|_, at| *at > now_us);
            if full_at.len() >= self.max_keys {
                return Err(wait(self.rate.interval_us));
            }
        }
        full_at.insert(key.to_owned(), next);
        Ok(())
    }
}

#[cfg(test)]
impl Limiter {
    /// How many keys are being counted.
    pub(crate) fn len(&self) -> usize {
        self.full_at_us
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .len()
    }
}

fn wait(us: i64) -> TooOften {
    TooOften {
        retry_after_s: us.div_euclid(1_000_000).saturating_add(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);

    fn two_at_once_then_one_each_ten_seconds(max_keys: usize) -> Limiter {
        Limiter::new(
            Rate {
                burst: 2,
                interval_us: 10_000_000,
            },
            max_keys,
        )
    }

    #[test]
    fn a_burst_is_taken_and_then_the_rate_holds() {
        let limiter = two_at_once_then_one_each_ten_seconds(10);
        assert!(limiter.admit("a", START).is_ok());
        assert!(limiter.admit("a", START).is_ok());
        assert_eq!(limiter.admit("a", START).unwrap_err().retry_after_s, 11);
        assert!(limiter.admit("b", START).is_ok());
        assert!(limiter.admit("a", START.plus_seconds(9)).is_err());
        assert!(limiter.admit("a", START.plus_seconds(10)).is_ok());
        assert!(limiter.admit("a", START.plus_seconds(10)).is_err());
    }

    #[test]
    fn the_number_of_keys_is_bounded_and_room_comes_back() {
        let limiter = two_at_once_then_one_each_ten_seconds(2);
        assert!(limiter.admit("a", START).is_ok());
        assert!(limiter.admit("b", START).is_ok());
        assert!(limiter.admit("c", START).is_err());
        assert!(limiter.admit("c", START.plus_seconds(30)).is_ok());
    }
}
