//! The `tequio` program: reads the command line, then serves, demonstrates or repairs.
//!
//! Start at [`cli`]; [`serve`] starts and stops one city, [`demo`] ten of them.
//!
//! # Invariants
//! - Everything that the program reads from outside (files, environment, clock, random source) is
//!   read here and handed down.
//! - Exit codes: 0 done, 1 failed, 2 the configuration cannot be used (nothing was touched).
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        reason = "a failing test may panic"
    )
)]

mod backup;
mod cli;
mod clock;
mod config;
mod demo;
mod epoch;
mod feeder;
mod init;
mod kits;
mod logging;
mod maintain;
mod metrics;
mod outside;
mod peers;
mod restore;
mod serve;
mod terminal;
mod verify;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
