//! The coordination of a topic: what the cities say about it, and what that comes to.
//!
//! Start at [`read`], which gives an [`Acta`]; the commands are in [`hand_over`], [`takeover`],
//! [`membership`], [`founding`], [`ruling`] and [`curation`]. The rules are `tequio_domain::ledger`'s: a command asks them
//! before it writes, by judging its own act as the next one of the city's log.
//!
//! # Who may
//! An administrator of a city speaks for the city; their name stands under what they say. In a topic
//! that it coordinates, so do the members whom it chose for it ([`ruling`]). That a
//! person may speak for the city is the city's own matter: its group's proof on the entry says so.
//! What software does by itself (to acknowledge) the group says.
//!
//! # Invariants
//! - Verdicts, terms and members are made anew from all acts of the topic whenever some came
//!   ([`take`], [`judge`]), so they are a function of the set.

mod acta;
pub mod curation;
pub mod founding;
pub mod hand_over;
pub mod membership;
pub mod ruling;
mod speak;
pub mod takeover;
mod view;

pub use acta::{Acta, Recorded, read};
pub(crate) use view::{judge, take};
