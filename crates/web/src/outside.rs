//! What the pages ask of the part that talks to other servers, which is handed over at the start.
//!
//! The pages dial nobody themselves. Start at [`Outside`]. What must stay true: whatever comes back was
//! fetched from its own server, and is not sanitised yet.

use futures::future::BoxFuture;
use tequio_engine::Member;
use tequio_protocol::outside::{OutsideActor, OutsidePost};

/// Asks servers outside the network, and knows what came from there.
pub trait Outside: Send + Sync {
    /// Finds what `@name@host`, `!community@host` or an address names, on its own server. Counts how
    /// often an account asks.
    fn look_up(
        &self,
        account_id: i64,
        asked: String,
    ) -> BoxFuture<'static, Result<Found, NotFound>>;

    /// Brings this city to the one whose invitation an administrator was given. Answers the slug of that city.
    fn join(&self, admin: Member, link: String) -> BoxFuture<'static, Result<String, NotJoined>>;

    /// Activities that came since the start, by kind.
    fn counts(&self) -> Vec<KindCount>;

    /// Logs of sibling cities that are being fetched now.
    fn pulling(&self) -> Vec<Pulling>;
}

/// What an address names.
#[derive(Debug, Clone)]
pub enum Found {
    /// A person, a community or the like.
    Actor(Box<OutsideActor>),
    /// A post and its author.
    Post(Box<OutsidePost>, Box<OutsideActor>),
}

/// Why nothing was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotFound {
    /// It is neither `@name@host` nor an address.
    NotUnderstood,
    /// Its server is not to be asked: a private address, or ours.
    NotAllowed,
    /// The server is not there, or does not answer in time.
    NoAnswer,
    /// The server knows of no such thing, or it was deleted.
    Unknown,
    /// What was answered is nothing that can be followed or read here.
    NotSocial,
    /// This account asks too often.
    TooOften {
        /// Seconds to wait.
        retry_after_s: i64,
    },
    /// A fault of ours.
    Ours,
}

/// Why this city was not brought to another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotJoined {
    /// It is not the address of an invitation.
    NotALink,
    /// It invites another city: its slug.
    ForAnother(String),
    /// There is no city that can be asked: why.
    NoCity(String),
    /// The city does not take the invitation: what it says.
    NotTaken(String),
    /// The city cannot see this server at its public address.
    Unseen,
    /// It has no topic of this network.
    OtherNetwork,
    /// It is known by another address or other keys, or it is this city.
    OtherKeys,
    /// A fault of ours.
    Ours,
}

/// A log that is being fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pulling {
    /// Slug of its home.
    pub city: String,
    /// Slug of the topic.
    pub topic: String,
    /// Slug of the city that it comes from.
    pub from: String,
    /// Entries that are missing, as far as is known or said.
    pub missing: i64,
    /// Entries a second.
    pub per_s: i64,
}

/// Activities of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KindCount {
    /// `type` as written.
    pub kind: String,
    /// How many came.
    pub received: u64,
    /// How many changed something here.
    pub taken: u64,
}
