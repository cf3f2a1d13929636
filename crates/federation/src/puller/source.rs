//! Whom to ask for a log.

use tequio_store::peer::Head;

use crate::{Inner, back_off};

/// A city that may have a log.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    /// Its slug.
    pub(crate) city: String,
    /// `https://host`, without a slash at the end.
    pub(crate) base_url: String,
}

/// The home first, then those that claim to have more, then the others, beginning anywhere; those to which
/// deliveries fail come after them, and last those that served what does not hold.
pub(crate) fn of(inner: &Inner, head: &Head) -> Vec<Source> {
    let now = inner.now();
    let mut all: Vec<_> = inner.siblings.iter().collect();
    let count = u64::try_from(all.len()).unwrap_or(0).max(1);
    all.rotate_left(usize::try_from(back_off::jitter() % count).unwrap_or(0));
    all.retain(|sibling| sibling.contact().is_some());
    all.sort_by_key(|sibling| {
        let is_home = sibling.city == head.city;
        let has_more = inner
            .claims
            .has_more(&head.group_uri, &sibling.city, head.head_seq);
        (
            inner.faults.is_resting(&sibling.city, now),
            sibling.is_failing(),
            !is_home,
            !has_more,
        )
    });
    all.into_iter()
        .map(|sibling| Source {
            city: sibling.city.clone(),
            base_url: sibling.base_url.clone(),
        })
        .collect()
}
