//! How often each kind of activity came from outside, for the operator's page.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Most kinds that are told apart: strangers name them.
const MAX_KINDS: usize = 64;
/// Kinds beyond that, and names that are none.
const REST: &str = "…";
/// Longest name of a kind, in bytes.
const LONGEST_KIND: usize = 40;

/// Activities of one kind since the start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutsideCount {
    /// `type` as written; `…` for all those beyond the first 64.
    pub kind: String,
    /// How many came, authenticated and readable, repeats included.
    pub received: u64,
    /// How many of them changed something here.
    pub taken: u64,
}

/// The counts of this process.
#[derive(Debug, Default)]
pub(crate) struct Counts(Mutex<BTreeMap<String, (u64, u64)>>);

impl Counts {
    /// One more came.
    pub(crate) fn received(&self, kind: &str) {
        self.change(kind, |(received, _)| *received = received.saturating_add(1));
    }

    /// One more changed something.
    pub(crate) fn taken(&self, kind: &str) {
        self.change(kind, |(_, taken)| *taken = taken.saturating_add(1));
    }

    /// All of them, by name.
    pub(crate) fn list(&self) -> Vec<OutsideCount> {
        let kinds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kinds
            .iter()
            .map(|(kind, (received, taken))| OutsideCount {
                kind: kind.clone(),
                received: *received,
                taken: *taken,
            })
            .collect()
    }

    fn change(&self, kind: &str, change: impl FnOnce(&mut (u64, u64))) {
        let mut kinds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_name = kind.len() <= LONGEST_KIND && kind.bytes().all(|b| b.is_ascii_graphic());
        let fits = is_name && (kinds.contains_key(kind) || kinds.len() < MAX_KINDS);
        let kind = if fits { kind } else { REST };
        change(kinds.entry(kind.to_owned()).or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_counted_apart_up_to_a_bound() {
        let counts = Counts::default();
        counts.received("Like");
        counts.received("Like");
        counts.taken("Like");
        counts.received("a name with blanks");
        for n in 0..500 {
            counts.received(&format!("Kind{n}"));
        }
        let list = counts.list();
        assert!(list.len() <= MAX_KINDS + 1, "{}", list.len());
        let of = |kind| list.iter().find(|count| count.kind == kind).unwrap();
        assert_eq!((of("Like").received, of("Like").taken), (2, 1));
        let all: u64 = list.iter().map(|count| count.received).sum();
        assert_eq!((all, of(REST).received > 400), (503, true));
    }
}
