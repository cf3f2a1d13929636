//! Seeds by the thousand.

use std::{
    sync::{
        OnceLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
};

use crate::{history::Plan, shrink, template::Template};

/// Seeds of an ordinary test run.
const SEEDS: u64 = 2000;

/// Founded once for all tests of the process.
pub fn template() -> &'static Template {
    static TEMPLATE: OnceLock<Template> = OnceLock::new();
    TEMPLATE.get_or_init(Template::make)
}

/// A number that `cargo xtask simulate` hands over.
fn number(variable: &str) -> Option<u64> {
    #[expect(clippy::disallowed_methods, reason = "tests have no configuration")]
    let text = std::env::var(variable).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{variable} is no number: {text}")),
    )
}

/// Runs seeds on all processors until one goes wrong; answers it.
fn first_wrong(from: u64, count: u64) -> Option<u64> {
    let (next, is_over) = (AtomicU64::new(from), AtomicBool::new(false));
    let wrong = AtomicU64::new(u64::MAX);
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let template = template();
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= from.saturating_add(count) {
                        return;
                    }
                    if (seed - from) % 1000 == 999 {
                        println!("{} seeds", seed - from + 1);
                    }
                    if Plan::of(seed).run(template).violation.is_some() {
                        wrong.fetch_min(seed, Ordering::Relaxed);
                        is_over.store(true, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    Some(wrong.into_inner()).filter(|seed| *seed != u64::MAX)
}

#[test]
fn whatever_happens_all_cities_end_with_what_was_confirmed() {
    let from = number("TEQUIO_SIMULATE_FROM").unwrap_or(0);
    let count = number("TEQUIO_SIMULATE_SEEDS").unwrap_or(SEEDS);
    let Some(seed) = first_wrong(from, count) else {
        return;
    };
    let (shortest, history) = shrink::shortest(&Plan::of(seed), template());
    panic!(
        "seed {seed} goes wrong; its shortest history ({} of {} steps, {} cities, liar {:?}):\n{}\n\
         again: cargo xtask simulate --seed {seed}",
        shortest.steps.len(),
        Plan::of(seed).steps.len(),
        shortest.cities,
        shortest.liar,
        history.to_text()
    );
}

#[test]
fn the_same_seed_makes_the_same_history() {
    let other = Template::make();
    for seed in [3, 14, 159, 2653, 58979] {
        let first = Plan::of(seed).run(template());
        assert_eq!(first, Plan::of(seed).run(&other), "seed {seed}");
        assert!(first.violation.is_some() || first.digests.len() >= 3);
    }
}

/// A storm in which nothing is ever handed over would look at nothing.
#[test]
fn seats_move_and_rulings_hold_in_these_storms() {
    let told: Vec<String> = (0..80)
        .map(|seed| Plan::of(seed).run(template()).to_text())
        .collect();
    for (deed, least) in [
        ("seals the hand-over of", 5),
        ("shows its majority of", 2),
        (" rules ", 10),
        ("bans a stranger of", 1),
        ("ranks the priorities of", 5),
    ] {
        let done = |text: &&String| {
            let mut said = text.split(['\n', ';']);
            said.any(|said| said.contains(deed) && !said.contains("may not: it"))
        };
        let count = told.iter().filter(done).count();
        assert!(
            count >= least,
            "{deed}: in {count} of {} storms",
            told.len()
        );
    }
}
