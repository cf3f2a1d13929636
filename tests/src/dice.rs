//! Chance that can be had again: one seed, one course of events.

/// A small generator (xorshift64*): for the course of a test, not for keys.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// The same seed gives the same numbers.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// From the environment variable, a number, or else from the clock.
    ///
    /// # Panics
    /// When the variable holds no number.
    #[must_use]
    pub fn seed_of(variable: &str) -> u64 {
        match std::env::var_os(variable) {
            Some(given) => given
                .to_str()
                .and_then(|text| text.parse().ok())
                .unwrap_or_else(|| panic!("{variable} must be a number")),
            None => {
                let since = std::time::SystemTime::UNIX_EPOCH.elapsed();
                since.map_or(1, |since| u64::from(since.subsec_nanos()) ^ since.as_secs())
            }
        }
    }

    /// Any number.
    pub fn any(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// From 0 up to, but not, `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        (self.any() >> 11) % bound.max(1)
    }

    /// [`Dice::below`] for a position.
    pub fn index(&mut self, len: usize) -> usize {
        usize::try_from(self.below(u64::try_from(len).unwrap_or(1))).unwrap_or(0)
    }

    /// Whether one chance in `of` comes.
    pub fn one_in(&mut self, of: u64) -> bool {
        self.below(of) == 0
    }
}

/// A number that an environment variable may set, for runs longer than those of every change.
///
/// # Panics
/// When it holds no number.
#[must_use]
pub fn number(variable: &str, otherwise: u64) -> u64 {
    match std::env::var_os(variable) {
        Some(given) => given
            .to_str()
            .and_then(|text| text.parse().ok())
            .unwrap_or_else(|| panic!("{variable} must be a number")),
        None => otherwise,
    }
}
