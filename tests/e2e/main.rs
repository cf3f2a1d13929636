//! Cities as real processes, through their pages, their files and their signals.
//!
//! Start at [`convergence`], the main promise. `tequio_tests` (the package's library) starts cities
//! and reads their pages; [`people`] are the members who use them.
//!
//! `cargo xtask test` builds the program and names it; alone: `cargo build -p tequio-server`, then
//! `cargo test -p tequio-tests --test e2e`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failing test may panic"
)]

mod bad_start;
mod chaos;
mod convergence;
mod coordination;
mod council;
mod curation;
mod disk_full;
mod drill;
mod failpoints;
mod forms;
mod inbox;
mod invitation;
mod kills;
mod kit;
mod load;
mod lost_cities;
mod outside;
mod people;
mod postgres;
mod restart;
mod restore;
mod silence;
mod story;
mod stream;
