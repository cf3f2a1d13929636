//! Who tries too often: a bounded table of counters in memory.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tequio_domain::Timestamp;

/// How often within how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Times.
    pub times: u32,
    /// Seconds.
    pub per_s: i64,
}

/// The limits of a city.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Sign-in attempts for one account.
    pub sign_in_by_account: Rate,
    /// Sign-in attempts from one address.
    pub sign_in_by_address: Rate,
    /// Requests for an account, and first set-up, from one address.
    pub register_by_address: Rate,
    /// Anything that is sent, from one address.
    pub post_by_address: Rate,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            sign_in_by_account: Rate {
                times: 5,
                per_s: 60,
            },
            sign_in_by_address: Rate {
                times: 20,
                per_s: 60,
            },
            register_by_address: Rate {
                times: 10,
                per_s: 3600,
            },
            post_by_address: Rate {
                times: 300,
                per_s: 300,
            },
        }
    }
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Count {
    /// Sign-in attempts for one account.
    SignInByAccount,
    /// Sign-in attempts from one address.
    SignInByAddress,
    /// Requests for an account.
    RegisterByAddress,
    /// Anything that is sent.
    PostByAddress,
}

/// Most counters kept: anything keyed by what strangers send has a cap.
const COUNTERS_MAX: usize = 20_000;
/// Most of a key that is kept, in characters.
const KEY_MAX: usize = 64;

/// Counters by what and whom.
#[derive(Debug)]
pub struct Limiter {
    limits: Limits,
    windows: Mutex<HashMap<(Count, String), Window>>,
}

#[derive(Debug, Clone, Copy)]
struct Window {
    ends_s: i64,
    used: u32,
}

impl Limiter {
    /// With these limits.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            windows: Mutex::new(HashMap::new()),
        }
    }

    /// Counts one try; `Err` holds the seconds to wait.
    ///
    /// # Errors
    /// When the limit is reached.
    pub fn take(&self, what: Count, whom: &str, now: Timestamp) -> Result<(), i64> {
        let rate = match what {
            Count::SignInByAccount => self.limits.sign_in_by_account,
            Count::SignInByAddress => self.limits.sign_in_by_address,
            Count::RegisterByAddress => self.limits.register_by_address,
            Count::PostByAddress => self.limits.post_by_address,
        };
        let now_s = now.seconds();
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.len() >= COUNTERS_MAX {
            windows.retain(|_, window| window.ends_s > now_s);
            if windows.len() >= COUNTERS_MAX {
                windows.clear();
            }
        }
        let key = (what, whom.chars().take(KEY_MAX).collect());
        let window = windows.entry(key).or_insert(Window { ends_s: 0, used: 0 });
        if window.ends_s <= now_s {
            *window = Window {
                ends_s: now_s.saturating_add(rate.per_s),
                used: 0,
            };
        }
        if window.used >= rate.times {
            return Err(window.ends_s - now_s);
        }
        window.used += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Count, Limiter, Limits};
    use tequio_domain::Timestamp;

    #[test]
    fn the_sixth_attempt_within_a_minute_waits() {
        let limiter = Limiter::new(Limits::default());
        let now = Timestamp::from_micros(0);
        for _ in 0..5 {
            assert_eq!(limiter.take(Count::SignInByAccount, "ana", now), Ok(()));
        }
        assert_eq!(limiter.take(Count::SignInByAccount, "ana", now), Err(60));
        assert_eq!(limiter.take(Count::SignInByAccount, "luis", now), Ok(()));
        assert_eq!(limiter.take(Count::SignInByAddress, "ana", now), Ok(()));
        let later = now.plus_seconds(60);
        assert_eq!(limiter.take(Count::SignInByAccount, "ana", later), Ok(()));
    }
}
