//! The fediverse outside the network: who follows us from there, whom members follow there, what came
//! and what is to be sent.
//!
//! One module per table. Nothing here stands in a log; what outside authors say in our threads does,
//! and is in [`crate::object`] and [`crate::person`] like everybody's.

pub mod actor;
pub mod collection;
pub mod delivery;
pub mod follow;
pub mod follower;
pub mod item;
pub mod later;
pub mod message;
pub mod office;
pub mod outgoing;
pub mod report;
pub mod server;
pub mod vote;
