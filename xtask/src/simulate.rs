//! `cargo xtask simulate`: the simulator of `tests/simulation` over as many seeds as wanted.

use std::process::Command;

use crate::command::{self, Error};
use crate::options::Seeds;
use crate::test_run;

/// The test that runs the seeds.
const TEST: &str = "whatever_happens_all_cities_end_with_what_was_confirmed";

/// Runs the seeds, optimised; an error when one went wrong, whose history is on the terminal then.
pub fn run(seeds: &Seeds) -> Result<(), Error> {
    let mut test: Command = test_run::cargo(&test_run::workspace_root()?);
    test.args(["test", "--release", "--package", "tequio-tests"])
        .args(["--test", "simulation", "--", "--nocapture", "--exact"])
        .arg(format!("run::{TEST}"))
        .env("TEQUIO_SIMULATE_FROM", seeds.from.to_string())
        .env("TEQUIO_SIMULATE_SEEDS", seeds.count.to_string());
    command::run(&mut test)
}
