//! The shortest history that still goes wrong.

use crate::{
    history::{History, Plan},
    template::Template,
};

/// Most histories that are tried.
const TRIES_MAX: usize = 500;

/// Takes steps out, many at once at first, as long as it still goes wrong. Answers the shortest plan
/// found, and its history.
pub fn shortest(plan: &Plan, template: &Template) -> (Plan, History) {
    shortest_by(
        plan,
        |plan| plan.run(template),
        |history| history.violation.is_some(),
    )
}

/// The same for anything that can be wrong with a history.
pub fn shortest_by(
    plan: &Plan,
    run: impl Fn(&Plan) -> History,
    is_wrong: impl Fn(&History) -> bool,
) -> (Plan, History) {
    let mut best = (plan.clone(), run(plan));
    let mut tries = 0;
    let mut size = plan.steps.len().div_ceil(2).max(1);
    loop {
        let mut was_shortened = false;
        let mut start = 0;
        while start < best.0.steps.len() && tries < TRIES_MAX {
            let mut shorter = best.0.clone();
            let end = (start + size).min(shorter.steps.len());
            shorter.steps.drain(start..end);
            tries += 1;
            let history = run(&shorter);
            if is_wrong(&history) {
                best = (shorter, history);
                was_shortened = true;
            } else {
                start += size;
            }
        }
        if tries >= TRIES_MAX || (size == 1 && !was_shortened) {
            return best;
        }
        size = size.div_ceil(2);
    }
}
