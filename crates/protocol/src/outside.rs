//! What software outside the network says, in one form, whoever wrote it.
//!
//! Lemmy, PieFed, Mbin, NodeBB, Discourse, Mastodon and the others say the same things in many shapes:
//! one value or a list, an object or its id, a title or none. [`OutsideActivity::read`] takes all of
//! them and gives one; what it does not know is [`OutsideAct::Other`], never an error.
//!
//! # Invariants
//! - Pure: a function of the document, so that a log is read alike in every city.
//! - What is read is what was checked: consumers look at these values only, never at the JSON again.
//! - Nothing here is believed: whoever calls has authenticated the actor, or says who attests it.
//!
//! # Rules of reading
//! - Ids are absolute http(s) addresses of at most 2000 bytes, with their server spelled canonically; an
//!   id is one value, never a list. Only `attributedTo` may be a list: its first `Person` counts,
//!   without one its first element.
//! - An activity without a readable `type`, `actor` or `id` is refused. All else that is wrong makes
//!   it [`OutsideAct::Other`]; a member that may be absent counts as absent where it is unreadable.
//! - Bounds: [`ADDRESSED_MAX`], [`MENTIONS_MAX`], [`NESTING_MAX`]; texts are cut at the limits of
//!   `tequio_domain::text`, content at [`CONTENT_MAX`].

mod activity;
mod actor;
mod attachment;
mod compose;
mod event;
mod image;
pub mod key;
mod member;
pub mod moderate;
pub mod nodeinfo;
mod post;
pub mod webfinger;
pub mod write;

use serde_json::Value;
use tequio_domain::Timestamp;

/// Most ids of `to`, `cc` and `audience` together; the public collection is kept wherever it stands.
pub const ADDRESSED_MAX: usize = 100;
/// Most mentioned actors of a post.
pub const MENTIONS_MAX: usize = 50;
/// Most activities inside one another: an Announce of an Undo of a Like.
pub const NESTING_MAX: usize = 3;
/// Most objects of one Flag.
pub const FLAGGED_MAX: usize = 100;
/// Longest content taken from a post or a profile, in bytes: two of our own posts.
pub const CONTENT_MAX: usize = 100_000;

/// An activity of another software.
#[derive(Debug, Clone, PartialEq)]
pub struct OutsideActivity {
    /// Its id; empty where the software gives none (some `Undo`s and `Accept`s).
    pub id: String,
    /// Who acts.
    pub actor: String,
    /// `type` as written.
    pub kind: String,
    /// When; `None` where it is not said.
    pub published: Option<Timestamp>,
    /// All of `to`, `cc`, `audience`, in this order, each once; the public collection is spelled
    /// [`super::activity::PUBLIC`] whatever way it was written.
    pub addressed: Vec<String>,
    /// What is done.
    pub act: OutsideAct,
}

/// What is done.
#[derive(Debug, Clone, PartialEq)]
pub enum OutsideAct {
    /// A new post.
    Create(Box<OutsidePost>),
    /// A changed post.
    Update(Box<OutsidePost>),
    /// A changed actor (its profile).
    UpdateActor(Box<OutsideActor>),
    /// Gone: an object's or an actor's id. `summary` is a moderator's reason (Lemmy).
    Delete {
        /// Id of what is deleted, from a string, an object or a `Tombstone`.
        object: String,
        /// Reason, plain text; empty where none is given.
        summary: String,
    },
    /// Takes an activity back.
    Undo(Box<Undone>),
    /// Likes an object (`Like`, `EmojiReact` without a content or with a thumb up).
    Like {
        /// Id of the object.
        object: String,
    },
    /// Dislikes an object.
    Dislike {
        /// Id of the object.
        object: String,
    },
    /// Passes something on.
    Announce(Announced),
    /// Closes a thread.
    Lock {
        /// Id of the object.
        object: String,
    },
    /// Adds to a collection (a moderator, a featured post).
    Add {
        /// Id of what is added.
        object: String,
        /// Id of the collection.
        target: String,
    },
    /// Takes from a collection.
    Remove {
        /// Id of what is removed.
        object: String,
        /// Id of the collection.
        target: String,
    },
    /// Blocks someone.
    Block {
        /// Id of the blocked actor.
        object: String,
    },
    /// Reports objects to those who look after them.
    Flag {
        /// Ids of the objects; Mastodon puts the account first.
        objects: Vec<String>,
        /// Reason, plain text.
        reason: String,
    },
    /// Wants to follow.
    Follow {
        /// Id of the followed actor.
        object: String,
    },
    /// Answers a Follow with yes.
    Accept {
        /// Id of the Follow; empty where only the inside is given.
        follow: String,
        /// The actor that had followed, where the Follow is embedded.
        follower: Option<String>,
    },
    /// Answers a Follow with no.
    Reject {
        /// Id of the Follow; empty where only the inside is given.
        follow: String,
        /// The actor that had followed, where the Follow is embedded.
        follower: Option<String>,
    },
    /// Anything else, well-formed or not: counted, without effect.
    Other,
}

/// What an `Undo` takes back.
#[derive(Debug, Clone, PartialEq)]
pub enum Undone {
    /// An activity known by its id only.
    Id(String),
    /// An embedded activity; its actor is the one of the Undo.
    Activity(OutsideActivity),
}

/// What an `Announce` passes on.
#[derive(Debug, Clone, PartialEq)]
pub enum Announced {
    /// An id: an object or an activity, to be fetched from its origin.
    Id(String),
    /// An embedded activity with its bytes as received.
    Activity(Box<OutsideActivity>, Box<Value>),
    /// An embedded object.
    Post(Box<OutsidePost>),
}

/// A post of another software: opening post, comment or private message.
#[derive(Debug, Clone, PartialEq)]
pub struct OutsidePost {
    /// Its id.
    pub id: String,
    /// `Page`, `Article`, `Note`, `Video`, `Event`, `Question`, `ChatMessage`, as written.
    pub kind: String,
    /// Its author: of several (`attributedTo` lists of PeerTube) the person.
    pub attributed_to: String,
    /// What it answers; `None`: it opens something.
    pub in_reply_to: Option<String>,
    /// `name`, one line; empty where there is none.
    pub title: String,
    /// HTML made of content, poll options, link, event time and place, and names and links of
    /// attachments: **not** sanitised yet. Images and videos are links in it.
    pub html: String,
    /// Markdown, where `source` gives some; else empty.
    pub source: String,
    /// BCP 47; empty where it is not said.
    pub language: String,
    /// When it was made.
    pub published: Option<Timestamp>,
    /// When it was last changed.
    pub updated: Option<Timestamp>,
    /// Its page for people; the id where none is given.
    pub url: String,
    /// A content warning, plain text (`summary` of a `sensitive` note); else empty.
    pub warning: String,
    /// All of `to`, `cc`, `audience`, each once, the public collection spelled one way.
    pub addressed: Vec<String>,
    /// Group named by `audience` (the first, where there are several).
    pub audience: Option<String>,
    /// Ids of mentioned actors (`tag` of type Mention).
    pub mentions: Vec<String>,
}

/// An actor of another software.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutsideActor {
    /// Its id.
    pub id: String,
    /// `Person`, `Group`, `Service`, `Application`, `Organization`.
    pub kind: String,
    /// `preferredUsername`.
    pub name: String,
    /// `name`, or `preferredUsername` where it is empty.
    pub display_name: String,
    /// HTML, not sanitised yet.
    pub summary: String,
    /// Its page for people; the id where none is given.
    pub url: String,
    /// Where activities for it go.
    pub inbox: String,
    /// Shared inbox of its server, on the same origin; empty where there is none.
    pub shared_inbox: String,
    /// Outbox; empty where there is none.
    pub outbox: String,
    /// When the document says that it changed.
    pub updated: Option<Timestamp>,
}

impl OutsidePost {
    /// Whether everybody may read it: the public collection is among `to` and `cc`.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.addressed
            .iter()
            .any(|id| id == crate::activity::PUBLIC)
    }
}
