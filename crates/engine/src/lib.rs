//! What people can do, and what an entry means: one public function for each action.
//!
//! Start at [`Engine`], then open the file named after the thing you care about: [`thread`],
//! [`comment`], [`knowledge`], [`post`] (edit, delete), [`vote`], [`account`], [`session`].
//! What an entry does to the tables is in [`materialize`]; how one comes in from another city in
//! [`receive`].
//!
//! # Invariants
//! - Only this crate opens write transactions.
//! - A local action and an activity from another city end in the same function: an own entry is
//!   built, read back and materialized like any other.
//! - No network and no clock: time and randomness come with each call, as a [`Moment`].
//! - The shared tables are a function of the set of entries, whatever their order of arrival.
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
pub mod actor_doc;
mod adopt;
mod append;
pub mod comment;
pub mod erase;
mod error;
pub mod follow;
mod found;
pub mod handshake;
pub mod hide;
pub mod identity;
pub mod knowledge;
pub mod ledger;
pub mod materialize;
mod meaning;
pub mod message;
pub mod moment;
pub mod outside;
pub mod password;
pub mod post;
mod publish;
pub mod readiness;
pub mod rebuild;
pub mod receive;
pub mod recovery;
pub mod report;
pub mod rotate;
pub mod session;
pub mod state_digest;
pub mod thread;
pub mod upload;
pub mod verify;
pub mod vote;

pub use error::Error;
pub use found::{Founding, FoundingTopic};
pub use identity::{Engine, Identity};
pub use moment::Moment;
pub use session::Member;
