//! How long to leave a peer alone that does not answer.

/// Longest pause, in seconds: one day.
pub const LONGEST_S: i64 = 86_400;
/// Pause after the first failure, in seconds, before jitter.
const FIRST_S: i64 = 2;
/// After so many doublings every pause is the longest.
const MOST_DOUBLINGS: u32 = 20;

/// Seconds to wait after `failures` failures in a row (at least one).
///
/// Doubles from two seconds to one day; `random` takes up to half of it away, so that many cities
/// that lost the same peer do not come back in the same second.
#[must_use]
pub fn pause_s(failures: u32, random: u64) -> i64 {
    let doublings = failures.saturating_sub(1).min(MOST_DOUBLINGS);
    let full = FIRST_S.saturating_mul(1 << doublings).min(LONGEST_S);
    let spread = u64::try_from(full / 2).unwrap_or(0).saturating_add(1);
    let off = i64::try_from(random % spread).unwrap_or(0);
    full.saturating_sub(off)
}

/// A number for [`pause_s`]; when the system gives no randomness, peers lose only the jitter.
#[must_use]
pub fn jitter() -> u64 {
    getrandom::u64().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_one_day() {
        assert_eq!([1, 2, 3, 4].map(|n| pause_s(n, 0)), [2, 4, 8, 16]);
        assert_eq!(pause_s(0, 0), 2);
        assert_eq!(
            [16, 17, 40, u32::MAX].map(|n| pause_s(n, 0)),
            [65_536, LONGEST_S, LONGEST_S, LONGEST_S]
        );
    }

    #[test]
    fn jitter_takes_at_most_half() {
        for failures in [1, 5, 17, 99] {
            for random in [0, 1, 7, u64::MAX / 3, u64::MAX] {
                let full = pause_s(failures, 0);
                let pause = pause_s(failures, random);
                assert!(
                    pause >= full / 2 && pause <= full && pause > 0,
                    "{failures} {random}"
                );
            }
        }
    }
}
