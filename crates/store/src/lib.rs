//! Rows, files, and the two doors to them: [`Store::read`] and [`Store::write`].
//!
//! Start at [`Store`]; one module per table or group of tables holds the queries. [`conn`] says how
//! both databases are served by one text, [`writer`] how many writes share one commit.
//!
//! # Invariants
//! - Rows change only in a closure handed to [`Store::write`]; functions that change rows take
//!   `&mut Tx`.
//! - A write that was answered with `Ok` survives a power loss.
//! - Closures are synchronous: no network, no `.await`, no clock, nothing slow inside.
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

pub mod account;
pub mod alarm;
pub mod carrier;
pub mod city;
pub mod conn;
mod directory;
pub mod entry;
pub mod epoch;
pub mod erasure;
pub mod error;
mod failpoint;
pub mod file;
pub mod file_unwanted;
pub mod file_wanted;
pub mod files;
pub mod fork;
pub mod hand_over;
pub mod handshake;
pub mod hidden;
pub mod key_word;
pub mod ledger;
pub mod log;
pub mod migrate;
pub mod object;
pub mod outside;
pub mod page;
pub mod past_key;
pub mod peer;
pub mod peer_fault;
pub mod person;
mod prepared;
mod queue;
pub mod reader;
pub mod received_activity;
pub mod recovery;
pub mod ruling;
pub(crate) mod schema;
pub mod setting;
mod store;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod topic;
pub mod topic_coordinator;
mod transaction;
pub mod transfer;
pub mod usage;
pub mod writer;

pub use conn::{Conn, Database};
pub use error::Error;
pub use files::{Files, OpenFile, StoredFile};
pub use store::{Store, StoreSettings};
pub use writer::Tx;
