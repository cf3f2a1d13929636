//! `cargo xtask`: chores of the workspace that cargo alone cannot do.
//!
//! Start at [`test_run::run`]: `cargo xtask test` is the whole test run, on both databases and in a
//! browser; `cargo xtask simulate` runs the simulator for long. What must stay true: nothing is skipped silently (what is missing is installed or the
//! run fails), and whatever was started is stopped again, also when the run fails or is killed.

#![expect(clippy::print_stdout, reason = "a command-line program for developers")]

mod cluster;
mod command;
mod node;
mod options;
mod packages;
mod simulate;
mod test_run;
mod tests_summary;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match options::parse(&arguments) {
        Ok(options::Task::Help) => {
            println!("{}", options::HELP);
            return ExitCode::SUCCESS;
        }
        Ok(options::Task::Test(options)) => test_run::run(&options),
        Ok(options::Task::Simulate(seeds)) => simulate::run(&seeds),
        Err(problem) => {
            eprintln!("xtask: {problem}\n\n{}", options::HELP);
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("xtask: {problem}");
            ExitCode::FAILURE
        }
    }
}
