//! In which order comments stand.

use std::collections::HashMap;

use tequio_store::page::post::Outline;

/// A comment in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// Row key.
    pub id: i64,
    /// The comment directly below the root to which it belongs; itself for those.
    pub top: i64,
}

/// Puts comments in order: those directly below the root by time, or by usefulness below a question;
/// the others by time below the one they belong to.
#[must_use]
pub fn arrange(outline: &[Outline], root_id: i64, by_useful: Sorting) -> Vec<Placed> {
    let parents: HashMap<i64, i64> = outline
        .iter()
        .map(|row| (row.id, row.parent_id.unwrap_or(root_id)))
        .collect();
    let top_of = |id: i64| {
        let mut top = id;
        for _ in 0..outline.len() {
            match parents.get(&top) {
                Some(parent) if *parent != root_id => top = *parent,
                Some(_) | None => break,
            }
        }
        top
    };
    let useful: HashMap<i64, (i64, i64)> = outline
        .iter()
        .map(|row| (row.id, (row.useful_count, row.created_at)))
        .collect();
    let mut rows: Vec<_> = outline
        .iter()
        .map(|row| {
            let top = top_of(row.id);
            let (count, created_at) = useful.get(&top).copied().unwrap_or_default();
            let rank = match by_useful {
                Sorting::Useful => -count,
                Sorting::Time => 0,
            };
            (
                (rank, created_at, top),
                row.id != top,
                row.created_at,
                row.id,
            )
        })
        .collect();
    rows.sort_unstable();
    rows.into_iter()
        .map(|((_, _, top), _, _, id)| Placed { id, top })
        .collect()
}

/// By what comments directly below the root are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sorting {
    /// Oldest first.
    Time,
    /// Most useful first, then oldest.
    Useful,
}

#[cfg(test)]
mod tests {
    use super::{Placed, Sorting, arrange};
    use tequio_store::page::post::Outline;

    fn row(id: i64, parent: i64, at: i64, useful: i64) -> Outline {
        Outline {
            id,
            parent_id: Some(parent),
            created_at: at,
            useful_count: useful,
            is_deleted: false,
            city: "managua".to_owned(),
        }
    }

    fn ids(placed: &[Placed]) -> Vec<i64> {
        placed.iter().map(|placed| placed.id).collect()
    }

    #[test]
    fn replies_stand_below_the_comment_they_belong_to() {
        let outline = [
            row(2, 1, 10, 0),
            row(3, 1, 20, 5),
            row(4, 2, 30, 9),
            row(5, 4, 40, 0),
        ];
        let by_time = arrange(&outline, 1, Sorting::Time);
        assert_eq!(ids(&by_time), [2, 4, 5, 3]);
        assert!(
            by_time
                .iter()
                .all(|placed| placed.top == if placed.id == 3 { 3 } else { 2 })
        );
        assert_eq!(ids(&arrange(&outline, 1, Sorting::Useful)), [3, 2, 4, 5]);
    }

    #[test]
    fn a_circle_of_parents_ends() {
        let outline = [row(2, 3, 10, 0), row(3, 2, 20, 0)];
        assert_eq!(arrange(&outline, 1, Sorting::Time).len(), 2);
    }
}
