//! The ActivityStreams documents that Tequio makes and reads.
//!
//! [`Entry`] is one element of a log; [`Activity`] what stands inside it; [`Content`] a post.
//! Writing makes a [`serde_json::Value`], because that is what a proof signs; reading takes one,
//! because the strict reader ([`crate::json`]) made it. FEDERATION.md shows each document.
//!
//! # Invariants
//! - What is read is what was checked: no value is looked up twice under two rules.
//! - Where one value is meant, a list is refused.

pub mod actor;
pub mod content;
pub mod entry;
pub mod envelope;
pub mod erase;
pub mod heads;
pub mod introduction;
pub mod ledger;
pub mod log_page;
mod read;
pub mod sibling;

pub use actor::{Card, PublicKeys};
pub use content::{Attachment, Content, Detail, Links, Mention};
pub use entry::{Act, Activity, Entry, Inside};
pub use envelope::Envelope;
pub use erase::{Blank, ENTRIES_MAX, Erase};
pub use heads::{Heads, Reach};
pub use introduction::{Handshake, Introduction};
pub use ledger::LedgerAct;
pub(crate) use read::address;
pub use read::{Malformed, Reader, same_origin, server_of};
pub use sibling::{SiblingCity, SiblingGroup};

use serde_json::{Value, json};

/// The ActivityStreams context.
pub const AS: &str = "https://www.w3.org/ns/activitystreams";
/// The public collection.
pub const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";
/// The context of integrity proofs.
pub const DATA_INTEGRITY: &str = "https://w3id.org/security/data-integrity/v2";
/// The context of `publicKey`.
pub const SECURITY: &str = "https://w3id.org/security/v1";
/// The context of Multikey.
pub const MULTIKEY: &str = "https://w3id.org/security/multikey/v1";
/// Version of what cities say to each other: `tq:version` of heads and pages. What does not say one is
/// of version 0. A city understands its own version and the one before; of later ones it keeps what it cannot
/// read yet.
pub const VERSION: i64 = 1;
/// Our own terms, version 1.
pub const TEQUIO: &str = "https://tequio.org/ns/v1#";

/// What all of them are sent as.
pub const MEDIA_TYPE: &str = "application/activity+json";

/// Whether a content type is one of ActivityPub's: [`MEDIA_TYPE`], or `application/ld+json` with the ActivityStreams
/// profile; other parameters do not matter.
#[must_use]
pub fn is_activity_type(text: &str) -> bool {
    let (kind, parameters) = text.split_once(';').unwrap_or((text, ""));
    let kind = kind.trim();
    kind.eq_ignore_ascii_case(MEDIA_TYPE)
        || (kind.eq_ignore_ascii_case("application/ld+json") && parameters.contains(AS))
}

/// The `@context` of every document that we make.
#[must_use]
pub fn context() -> Value {
    json!([AS, DATA_INTEGRITY, { "tq": TEQUIO }])
}

/// The `@context` of actors.
#[must_use]
pub fn actor_context() -> Value {
    json!([AS, SECURITY, DATA_INTEGRITY, MULTIKEY, { "tq": TEQUIO }])
}

/// The key id of an actor's transport key.
#[must_use]
pub fn main_key_id(actor: &str) -> String {
    format!("{actor}#main-key")
}

/// The key id of an actor's proof key.
#[must_use]
pub fn proof_key_id(actor: &str) -> String {
    format!("{actor}#ed25519-key")
}
