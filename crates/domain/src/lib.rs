//! The words of Tequio: ids, names, times, kinds, limits, the kit. Pure: no I/O, no clock, no randomness.
//!
//! Start at [`id`] and [`kind`]; [`text`] holds every limit on what people may write, [`kit`] what a
//! network is founded from; [`ledger`] who takes part in a topic and who coordinates it.
//!
//! # Invariants
//! - Nothing here knows a database, HTTP or JSON-LD.
//! - A value of one of these types is valid: the only makers check.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a failing test may panic"
    )
)]

pub mod digest;
pub mod id;
pub mod kind;
pub mod kit;
pub mod ledger;
pub mod name;
pub mod text;
pub mod time;

pub use digest::Digest;
pub use id::Oid;
pub use kind::{
    AccountState, Audience, KnowledgeKind, License, Locale, ObjectKind, Role, ThreadKind,
};
pub use name::{CitySlug, CollectionSlug, MemberName, OFFICE, TopicSlug, slugify};
pub use text::Invalid;
pub use time::Timestamp;
