//! The library and its knowledge objects.

use askama::Template;
use i18n_embed_fl::fl;

use super::form::{Reply, Select};
use super::list::{Empty, ObjectRow, Paging, PersonCard, Post, When};
use super::{Frame, Link, Trusted};

/// `/biblioteca`.
#[derive(Debug, Template)]
#[template(path = "library.html")]
pub struct Library {
    /// Around it.
    pub f: Frame,
    /// Topic, kind, audience.
    pub selects: Vec<Select>,
    /// `12 fichas`.
    pub found: String,
    /// Whether anything is filtered.
    pub is_filtered: bool,
    /// This page.
    pub objects: Vec<ObjectRow>,
    /// What is said when there are none.
    pub empty: Empty,
    /// Pages.
    pub paging: Paging,
}

/// A file to download.
#[derive(Debug, Clone)]
pub struct Download {
    /// Address.
    pub href: String,
    /// Name.
    pub name: String,
    /// Format and size.
    pub note: String,
}

/// A line of the summary box.
#[derive(Debug, Clone)]
pub struct Fact {
    /// What.
    pub name: String,
    /// Value.
    pub value: String,
    /// Link, may be empty.
    pub href: String,
}

/// A version.
#[derive(Debug, Clone)]
pub struct Version {
    /// Its address.
    pub href: String,
    /// `Versión 2`.
    pub label: String,
    /// When it was made.
    pub made: When,
    /// Whether it is the one shown.
    pub current: bool,
}

/// `/biblioteca/{oid}-{slug}` and `/biblioteca/{oid}/v/{n}`.
#[derive(Debug, Template)]
#[template(path = "knowledge.html")]
pub struct Knowledge {
    /// Around it.
    pub f: Frame,
    /// Where it belongs.
    pub topic: Link,
    /// Kind.
    pub kind: String,
    /// Title.
    pub title: String,
    /// A note, when this is an old version, with the address of the current one.
    pub old_version: Option<Link>,
    /// Abstract.
    pub summary: String,
    /// Files.
    pub files: Vec<Download>,
    /// Text.
    pub body: Trusted,
    /// `Útil · 3`.
    pub useful: String,
    /// Whether the viewer may vote.
    pub can_vote: bool,
    /// Whether the viewer did.
    pub is_voted: bool,
    /// Where the vote goes.
    pub vote_action: String,
    /// That the vote leaves the network, and where to.
    pub vote_note: Option<String>,
    /// Where an adaptation is recorded.
    pub adapt_href: Option<String>,
    /// For the author.
    pub edit_href: Option<String>,
    /// For the author.
    pub delete_href: Option<String>,
    /// The object that it adapts.
    pub origin: Option<Link>,
    /// Its adaptations.
    pub adaptations: Vec<ObjectRow>,
    /// How to cite it.
    pub citation: String,
    /// `3 comentarios`.
    pub comments_heading: String,
    /// Comments of this page.
    pub posts: Vec<Post>,
    /// Pages of comments.
    pub paging: Paging,
    /// Where a comment is written.
    pub reply: Reply,
    /// The summary box.
    pub facts: Vec<Fact>,
    /// Whom to ask.
    pub author: PersonCard,
    /// Versions, newest first.
    pub versions: Vec<Version>,
    /// The same in the city it came from.
    pub origin_href: Option<String>,
}
