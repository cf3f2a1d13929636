//! Support for tests that need whole servers.
//!
//! Start at [`network::Network`], which starts cities as an operator would: a configuration file, a
//! data directory, the program. [`browser::Browser`] is a person in front of one, [`state`] what a
//! city says it holds, [`wait`] how a test waits for it.
//!
//! # Invariants
//! - Nothing here knows the inside of the program: files, signals and HTTP only.
//! - A process that was started here ends when its value goes, also when a test fails.
//! - Nothing sleeps for a fixed time and nothing is skipped: what is missing fails with its name.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on must fail"
)]

pub mod browser;
pub mod city;
pub mod dice;
pub mod folder;
pub mod form;
pub mod network;
pub mod port;
pub mod program;
pub mod proxy;
pub mod raw;
pub mod small_disk;
pub mod state;
pub mod wait;
