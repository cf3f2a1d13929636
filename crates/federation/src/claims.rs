//! What siblings say they hold and we do not.
//!
//! A number in a vector of heads proves nothing, so it lives here only, in memory, and raises nothing in the
//! database: the puller asks for the entries, at last from the sibling that claims to have them, and a
//! claim that is not met is gone, and held against its maker ([`crate::faults`]). After a restart the
//! siblings are asked anew.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Claims by group and by the city that makes them; bounded by the logs and siblings that we know.
#[derive(Default)]
pub struct Claims {
    heads: Mutex<HashMap<String, HashMap<String, i64>>>,
    /// By row key of the log: which city can show that it was told in two ways.
    forks: Mutex<HashMap<i64, Parted>>,
    /// Log, number, exact or not: the forks of which the siblings were told.
    told: Mutex<Vec<(i64, i64, bool)>>,
}

/// Who can show that a log was told in two ways, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parted {
    /// Slug of the city.
    pub city: String,
    /// What it has.
    pub holds: Holds,
}

/// What a city has of a log that was told in two ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// Two entries with one number.
    Proof,
    /// Another entry with this number than we.
    Other(i64),
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Claims {
    /// A city says that the log of a group reaches to `seq`.
    pub fn note(&self, group: &str, city: &str, seq: i64) {
        let mut heads = lock(&self.heads);
        let of_group = heads.entry(group.to_owned()).or_default();
        of_group.insert(city.to_owned(), seq);
    }

    /// How far the log of a group reaches in the word of whoever claims most; 0 = nobody claims.
    #[must_use]
    pub fn furthest(&self, group: &str) -> i64 {
        let heads = lock(&self.heads);
        let of_group = heads.get(group).map(HashMap::values);
        of_group.and_then(|all| all.copied().max()).unwrap_or(0)
    }

    /// Who claims most of the log of a group, and how much.
    #[must_use]
    pub fn furthest_of(&self, group: &str) -> Option<(String, i64)> {
        let heads = lock(&self.heads);
        let most = heads.get(group)?.iter().max_by_key(|(_, told)| **told);
        most.map(|(city, told)| (city.clone(), *told))
    }

    /// Whether a city claims to hold more than `seq`.
    #[must_use]
    pub fn has_more(&self, group: &str, city: &str, seq: i64) -> bool {
        let heads = lock(&self.heads);
        let told = heads.get(group).and_then(|of_group| of_group.get(city));
        told.is_some_and(|told| *told > seq)
    }

    /// A city was asked and had no more; answers whether it had claimed more.
    pub fn refute(&self, group: &str, city: &str, seq: i64) -> bool {
        let mut heads = lock(&self.heads);
        let Some(of_group) = heads.get_mut(group) else {
            return false;
        };
        if of_group.get(city).is_some_and(|told| *told > seq) {
            of_group.remove(city);
            return true;
        }
        false
    }

    /// A log is held up to `seq`: claims that are met are gone.
    pub fn met(&self, group: &str, seq: i64) {
        let mut heads = lock(&self.heads);
        if let Some(of_group) = heads.get_mut(group) {
            of_group.retain(|_, told| *told > seq);
            if of_group.is_empty() {
                heads.remove(group);
            }
        }
    }

    /// A city can show two histories of a log, if what it says is so.
    pub fn note_fork(&self, log_id: i64, city: &str, holds: Holds) {
        let city = city.to_owned();
        lock(&self.forks).insert(log_id, Parted { city, holds });
    }

    /// Whom to ask for the proof of two histories; the question is then no longer open.
    pub fn take_fork(&self, log_id: i64) -> Option<Parted> {
        lock(&self.forks).remove(&log_id)
    }

    /// Whether the siblings were told of these forks; from now on they are.
    pub fn are_told(&self, forks: Vec<(i64, i64, bool)>) -> bool {
        let mut told = lock(&self.told);
        let is_old = *told == forks;
        *told = forks;
        is_old
    }

    /// Logs about which [`Claims::take_fork`] has an answer.
    #[must_use]
    pub fn forks(&self) -> Vec<i64> {
        lock(&self.forks).keys().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_lasts_until_it_is_met_or_refuted() {
        let claims = Claims::default();
        assert_eq!(claims.furthest("g"), 0);
        claims.note("g", "panama", 7);
        claims.note("g", "managua", i64::MAX);
        assert_eq!(claims.furthest("g"), i64::MAX);
        assert!(claims.has_more("g", "managua", 7) && !claims.has_more("g", "panama", 7));

        assert!(claims.refute("g", "managua", 7));
        assert!(!claims.refute("g", "managua", 7), "only once");
        assert!(!claims.refute("g", "panama", 7), "it had said no more");
        assert_eq!(claims.furthest("g"), 7);
        claims.met("g", 7);
        assert_eq!(claims.furthest("g"), 0);
        assert!(claims.heads.lock().unwrap().is_empty());
    }
}
