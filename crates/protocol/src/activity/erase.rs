//! Erasing: what is left of a post, and entries without their bodies.
//!
//! A proof signs the digest of a document, and the chain holds digests only: so an entry can lose its body
//! and still be verified. What must stay true: whoever gets an entry without body gets with it the
//! entry by which its group erased it, which names both its number and its digest. So nobody else can hide
//! an entry, or put another document's digest in its place. What a document without body says beside that
//! is proven by nobody: it is not kept ([`Blank::of`]), and its `tq:prev` holds only where it follows what is
//! held.

use serde_json::{Map, Value, json};
use tequio_domain::Digest;

use super::{Content, Detail, Malformed, Reader};

/// Entries that one act may erase: each of them keeps the act as its witness, so room grows with the square.
pub const ENTRIES_MAX: usize = 100;
/// Entries that may come with one without body: the erasure, and the changes of key before it.
const WITNESSES_MAX: usize = 100;
/// Title of what is left of a post with title.
const NO_TITLE: &str = "—";

/// A post loses all that its author wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erase {
    /// What is left: who, when, in answer to what. No texts, no files.
    pub left: Content,
    /// The entries that lose their bodies: number and digest.
    pub entries: Vec<(i64, Digest)>,
}

impl Erase {
    /// Of a post as it was made, and of the entries that carry its texts.
    #[must_use]
    pub fn of(post: &Content, entries: Vec<(i64, Digest)>) -> Self {
        let detail = match &post.detail {
            Detail::Thread { kind, .. } => Detail::Thread {
                kind: *kind,
                answer: None,
            },
            Detail::Comment { in_reply_to } => Detail::Comment {
                in_reply_to: in_reply_to.clone(),
            },
            Detail::Knowledge {
                kind,
                audience,
                license,
                ..
            } => Detail::Knowledge {
                kind: *kind,
                audience: *audience,
                license: *license,
                summary: String::new(),
                adaptation_of: None,
            },
        };
        let title = match detail {
            Detail::Comment { .. } => String::new(),
            Detail::Thread { .. } | Detail::Knowledge { .. } => NO_TITLE.to_owned(),
        };
        let left = Content {
            updated: None,
            title,
            source: String::new(),
            content: String::new(),
            attachments: Vec::new(),
            detail,
            links: super::Links::default(),
            ..post.clone()
        };
        Self { left, entries }
    }

    pub(super) fn members(&self) -> Value {
        let entry = |(seq, digest): &(i64, Digest)| json!({ "tq:seq": seq, "tq:digest": digest.to_multibase() });
        self.entries.iter().map(entry).collect()
    }

    pub(super) fn read(document: Reader<'_>, object: &Value) -> Result<Self, Malformed> {
        let listed = document.list("tq:entries");
        if listed.is_empty() || listed.len() > ENTRIES_MAX {
            return Err(Malformed::new("tq:entries", "must have 1 to 100 elements"));
        }
        let entries = listed
            .iter()
            .map(read_place)
            .collect::<Result<_, Malformed>>()?;
        let post = Content::read(object)?;
        // Whatever text was put there is no part of it.
        Ok(Self::of(&post, entries))
    }

    /// Whether it takes the body of this entry away.
    #[must_use]
    pub fn names(&self, seq: i64, digest: Digest) -> bool {
        self.entries.contains(&(seq, digest))
    }
}

fn read_place(value: &Value) -> Result<(i64, Digest), Malformed> {
    let entry = Reader::new(value, "tq:entries")?;
    Ok((entry.number("tq:seq")?, read_digest(entry)?))
}

fn read_digest(reader: Reader<'_>) -> Result<Digest, Malformed> {
    Digest::from_multibase(reader.text("tq:digest")?)
        .ok_or(Malformed::new("tq:digest", "must be a SHA-256 multihash"))
}

/// An entry without its body.
#[derive(Debug, Clone)]
pub struct Blank<'a> {
    /// The group whose log it stands in.
    pub group: &'a str,
    /// Place in the log.
    pub seq: i64,
    /// Digest of the entry before, as whoever sent this says; `None` exactly for the first.
    pub prev: Option<Digest>,
    /// Digest of the whole entry.
    pub digest: Digest,
    /// Changes of the group's key after this entry, in order, and last the entry that erases it.
    pub erased_by: &'a [Value],
}

impl<'a> Blank<'a> {
    /// Whether a document is an entry without body.
    #[must_use]
    pub fn is_one(value: &Value) -> bool {
        value.get("object").is_none() && value.get("tq:digest").is_some()
    }

    /// Reads one.
    ///
    /// # Errors
    /// [`Malformed`], naming the member.
    pub fn read(value: &'a Value) -> Result<Self, Malformed> {
        let document = Reader::new(value, "entry")?;
        let seq = document.number("tq:seq")?;
        let prev = match document.optional_text("tq:prev")? {
            None => None,
            Some(prev) => Some(
                Digest::from_multibase(prev)
                    .ok_or(Malformed::new("tq:prev", "must be a SHA-256 multihash"))?,
            ),
        };
        let erased_by = document.list("tq:erasedBy");
        if erased_by.is_empty() || erased_by.len() > WITNESSES_MAX {
            return Err(Malformed::new("tq:erasedBy", "must have 1 to 100 elements"));
        }
        if seq < 1 || prev.is_some() != (seq > 1) {
            return Err(Malformed::new(
                "tq:prev",
                "must be there for every entry but the first",
            ));
        }
        Ok(Self {
            group: document.address("actor")?,
            seq,
            prev,
            digest: read_digest(document)?,
            erased_by,
        })
    }

    /// An entry without its body, with those that vouch for that: its place, its proof, and nothing else of
    /// it. The same, whether made of the whole entry or of one without body.
    #[must_use]
    pub fn of(entry: &Value, digest: Digest, erased_by: &[&Value]) -> Value {
        let mut members = Map::new();
        // A proof that repeats it holds only beside it.
        let context = entry.pointer("/proof/@context");
        members.extend(context.map(|context| ("@context".to_owned(), context.clone())));
        for name in ["type", "actor", "tq:seq", "tq:prev", "proof"] {
            let held = entry.get(name);
            members.extend(held.map(|value| (name.to_owned(), value.clone())));
        }
        members.insert("tq:digest".into(), json!(digest.to_multibase()));
        members.insert("tq:erasedBy".into(), json!(erased_by));
        Value::Object(members)
    }

    /// The id by which one is kept: its own is lost with the body.
    #[must_use]
    pub fn uri(group: &str, seq: i64) -> String {
        format!("{group}#{seq}")
    }
}
