//! What pages read: rows that join what a list or a post shows, in few queries.
//!
//! Start at [`list`] (threads and knowledge objects in lists), [`post`] (a thread or knowledge object
//! with its comments), [`place`] (topics, cities, people, the network), [`outside`] (what comes from
//! beyond the network), [`standing`] (how each sibling stands). Read only.
//!
//! # Invariants
//! - The number of queries of a page does not grow with the number of its rows.
//! - Deleted objects are in no list.

pub mod list;
pub mod outside;
pub mod place;
pub mod post;
pub mod standing;
