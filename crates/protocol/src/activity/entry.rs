//! Log entries and the activities inside them.

use serde_json::{Value, json};
use tequio_domain::{Digest, Timestamp};

use super::{Card, Content, Malformed, PUBLIC, Reader, context};

/// One element of a log: a group's `Announce` of one activity, chained to the one before.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// Its id.
    pub id: &'a str,
    /// The group whose log it stands in.
    pub group: &'a str,
    /// When the group took it in.
    pub published: Timestamp,
    /// Place in the log, from 1.
    pub seq: i64,
    /// Digest of the entry before; `None` exactly for the first.
    pub prev: Option<Digest>,
    /// The activity, verbatim.
    pub object: &'a Value,
}

impl<'a> Entry<'a> {
    /// The document, without proof.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let mut value = json!({
            "@context": context(),
            "id": self.id,
            "type": "Announce",
            "actor": self.group,
            "to": [PUBLIC],
            "cc": [format!("{}/followers", self.group)],
            "published": self.published.to_rfc3339(),
            "object": self.object,
            "tq:seq": self.seq,
        });
        if let (Some(members), Some(prev)) = (value.as_object_mut(), self.prev) {
            members.insert("tq:prev".into(), json!(prev.to_multibase()));
        }
        value
    }

    /// Reads an entry.
    ///
    /// # Errors
    /// [`Malformed`], naming the member.
    pub fn read(value: &'a Value) -> Result<Self, Malformed> {
        let document = Reader::new(value, "entry")?;
        if document.text("type")? != "Announce" {
            return Err(Malformed::new("type", "must be Announce"));
        }
        let seq = document.number("tq:seq")?;
        let prev = match document.optional_text("tq:prev")? {
            None => None,
            Some(prev) => Some(
                Digest::from_multibase(prev)
                    .ok_or(Malformed::new("tq:prev", "must be a SHA-256 multihash"))?,
            ),
        };
        if seq < 1 || prev.is_some() != (seq > 1) {
            return Err(Malformed::new(
                "tq:prev",
                "must be there for every entry but the first",
            ));
        }
        let object = document
            .any("object")
            .ok_or(Malformed::new("object", "is missing"))?;
        Ok(Self {
            id: document.address("id")?,
            group: document.address("actor")?,
            published: document.time("published")?,
            seq,
            prev,
            object,
        })
    }
}

/// An activity inside an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// Its id.
    pub id: String,
    /// Who acts.
    pub actor: String,
    /// When.
    pub published: Timestamp,
    /// What.
    pub act: Act,
}

/// What an activity does to the shared state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// A new post.
    Create(Box<Content>),
    /// A new version of a post.
    Update(Box<Content>),
    /// A post becomes a tombstone.
    Delete {
        /// Its id.
        object: String,
    },
    /// Who a member is: comes before the first act in each log, and when it changes.
    Card(Box<Card>),
    /// How many people of this city found a post useful.
    Tally {
        /// The post.
        object: String,
        /// The whole number, not a difference.
        amount: i64,
    },
}

impl Activity {
    /// The document, without proof.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let (kind, object) = match &self.act {
            Act::Create(content) => ("Create", content.to_value()),
            Act::Update(content) => ("Update", content.to_value()),
            Act::Delete { object } => ("Delete", json!(object)),
            Act::Card(card) => ("Update", card.to_value()),
            Act::Tally { object, .. } => ("tq:Tally", json!(object)),
        };
        let mut value = json!({
            "@context": context(),
            "id": self.id,
            "type": kind,
            "actor": self.actor,
            "to": [PUBLIC],
            "cc": [],
            "published": self.published.to_rfc3339(),
            "object": object,
        });
        if let Some(members) = value.as_object_mut() {
            if let Act::Create(content) | Act::Update(content) = &self.act {
                members.insert("audience".into(), json!(content.audience));
                members.insert("to".into(), json!([content.audience, PUBLIC]));
            }
            if let Act::Tally { amount, .. } = self.act {
                members.insert("tq:amount".into(), json!(amount));
            }
        }
        value
    }

    /// Reads an activity.
    ///
    /// # Errors
    /// [`Malformed`], naming the member; also for a type we do not know.
    pub fn read(value: &Value) -> Result<Self, Malformed> {
        let document = Reader::new(value, "activity")?;
        let object = document
            .any("object")
            .ok_or(Malformed::new("object", "is missing"))?;
        let act = match document.text("type")? {
            "Create" => Act::Create(Box::new(Content::read(object)?)),
            "Update" if object.get("type").and_then(Value::as_str) == Some("Person") => {
                Act::Card(Box::new(Card::read(object)?))
            }
            "Update" => Act::Update(Box::new(Content::read(object)?)),
            "Delete" => Act::Delete {
                object: document.id_of("object")?.to_owned(),
            },
            "tq:Tally" => Act::Tally {
                object: document.id_of("object")?.to_owned(),
                amount: document.number("tq:amount")?,
            },
            _ => return Err(Malformed::new("type", "is not one that a log carries")),
        };
        Ok(Self {
            id: document.address("id")?.to_owned(),
            actor: document.address("actor")?.to_owned(),
            published: document.time("published")?,
            act,
        })
    }
}
