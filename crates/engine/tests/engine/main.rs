//! What people and other cities can do to an instance, through the public interface and on both
//! databases.
//!
//! Start at [`world::World`]: cities that exchange entries within one process. [`hand::Hand`]
//! writes into a city's log what the city itself would never write.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failing test may panic"
)]

mod accounts;
mod curation;
mod erasing;
mod forks;
mod hand;
mod handshake;
mod hiding;
mod history;
mod history_ledger;
mod history_outside;
mod hostile;
mod hostile_authors;
mod hostile_bytes;
mod hostile_order;
mod hostile_outside;
mod keys;
mod ledger;
mod ledger_hostile;
mod library;
mod office;
mod order;
mod outside_people;
mod outside_posts;
mod permissions;
mod posts;
mod race;
mod readiness;
mod rebuild;
mod recovery;
mod ruling;
mod simulated;
mod snapshot;
mod stranger;
mod verify;
mod versions;
mod votes;
mod world;
