//! Talk with software outside the network.
//!
//! Out: [`courier`] brings to other servers what belongs to their followers and authors, in the shape
//! that their software takes ([`capability`]); [`status`] says how they are.

pub(crate) mod capability;
pub(crate) mod courier;
pub mod status;
