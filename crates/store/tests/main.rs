//! What other crates can rely on, through the public interface and on both databases.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failing test may panic"
)]

mod delivery;
mod files;
mod open;
mod postgres;
mod reader;
mod rows;
mod sqlite;
mod transfer;
mod writer;
