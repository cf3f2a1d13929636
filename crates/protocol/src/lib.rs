//! What travels between servers, and how it is made safe to believe: strict JSON, canonical JSON,
//! integrity proofs, keys, HTTP signatures, and HTML that may be shown.
//!
//! Start in [`json`] (bytes become a document), then [`proof`] (who vouches for the document) and
//! [`http_signature`] (who sent the request).
//!
//! What must stay true:
//! - Pure: no network, no clock, no storage. The time is an argument.
//! - No input makes it panic; every refusal is a value of a closed error type.
//! - `openssl` is used here and nowhere else (TLS apart).
//! - A key of this crate is parsed once and cheap to clone: parsing costs more than verifying.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::panic,
        clippy::indexing_slicing,
        reason = "tests"
    )
)]

pub mod activity;
pub mod digest;
pub mod html;
pub mod http_signature;
pub mod jcs;
pub mod json;
pub mod keys;
pub mod outside;
pub mod proof;
pub mod random;
pub mod sealed;
