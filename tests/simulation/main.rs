//! A network in one thread: cities over real SQLite, one clock, one seed.
//!
//! Start at [`command`]: everything that can happen, and how to add more. [`history`] draws a plan from
//! a seed and lets it happen in a [`world`], [`quiet`] lets the network come to rest, [`invariant`]
//! says what must be true then, [`shrink`] finds the shortest history of a seed that went wrong.
//!
//! ```text
//! cargo xtask simulate                         a few thousand seeds, as the tests do
//! cargo xtask simulate --seeds 1000000 --from 5000
//! cargo xtask simulate --seed 4711             one, with its shortest history if it goes wrong
//! ```
//!
//! What must stay true: the same seed makes the same history, byte for byte. No clock, no randomness and
//! no order of threads decides anything.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failing test may panic"
)]
#![allow(
    clippy::needless_range_loop,
    clippy::print_stdout,
    reason = "cities and topics are known by their numbers; a long run tells how far it is"
)]

mod book;
mod city;
mod command;
mod council;
mod dice;
mod fault;
mod hand;
mod history;
mod invariant;
mod liar;
mod member;
mod network;
mod outside;
mod quiet;
mod recovery;
mod run;
mod shrink;
mod stranger;
mod template;
mod world;
