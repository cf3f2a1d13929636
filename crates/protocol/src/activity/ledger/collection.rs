//! A collection of a topic's library: an ordered, structured set of knowledge objects.

use serde_json::{Value, json};
use tequio_domain::{CollectionSlug, Invalid, text};

use super::read;
use crate::activity::read::address;
use crate::activity::{Malformed, Reader};

/// Longest name of a collection or of a part of it, in characters.
pub const COLLECTION_NAME_MAX: usize = 120;
/// Longest summary of a collection, in characters.
pub const COLLECTION_SUMMARY_MAX: usize = 1000;
/// Most parts of a collection.
pub const PARTS_MAX: usize = 20;
/// Most knowledge objects of a collection.
pub const COLLECTED_MAX: usize = 100;

/// A collection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Collection {
    /// One line, 1 to [`COLLECTION_NAME_MAX`] characters.
    pub name: String,
    /// For whom and what for, plain text, at most [`COLLECTION_SUMMARY_MAX`] characters; may be empty.
    pub summary: String,
    /// Its parts, in order. Without any item the collection is dissolved.
    pub parts: Vec<Part>,
}

/// A part of a collection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Part {
    /// One line; empty where a collection has no parts with names.
    pub name: String,
    /// Ids of knowledge objects, in order.
    pub items: Vec<String>,
}

impl Collection {
    /// The id of a collection: the topic's, `#`, and a slug.
    #[must_use]
    pub fn id(topic: &str, slug: &CollectionSlug) -> String {
        format!("{topic}#{slug}")
    }

    /// The slug in the id of a collection of a topic.
    #[must_use]
    pub fn slug_in(topic: &str, id: &str) -> Option<CollectionSlug> {
        CollectionSlug::parse(id.strip_prefix(topic)?.strip_prefix('#')?).ok()
    }

    /// How many knowledge objects.
    #[must_use]
    pub fn len(&self) -> usize {
        self.parts.iter().map(|part| part.items.len()).sum()
    }

    /// Whether it has no knowledge object: it is dissolved.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn value(&self, id: &str) -> Value {
        let part = |part: &Part| json!({ "name": part.name, "items": part.items });
        json!({
            "id": id,
            "type": "tq:Collection",
            "name": self.name,
            "summary": self.summary,
            "tq:parts": self.parts.iter().map(part).collect::<Value>(),
        })
    }

    /// Whether it keeps within its limits.
    ///
    /// # Errors
    /// [`Invalid`] of `title`, `abstract` or `items`.
    pub fn check(&self) -> Result<(), Invalid> {
        if self.name.is_empty() {
            return Err(Invalid::new("title", "missing"));
        }
        if self.name.chars().count() > COLLECTION_NAME_MAX {
            return Err(Invalid::new("title", "too-long"));
        }
        if self.summary.chars().count() > COLLECTION_SUMMARY_MAX {
            return Err(Invalid::new("abstract", "too-long"));
        }
        let is_long = |part: &Part| part.name.chars().count() > COLLECTION_NAME_MAX;
        if self.parts.iter().any(is_long) {
            return Err(Invalid::new("items", "part-too-long"));
        }
        if self.parts.len() > PARTS_MAX || self.len() > COLLECTED_MAX {
            return Err(Invalid::new("items", "too-many-lines"));
        }
        Ok(())
    }
}

/// The id that a ruling says, if it is one of the topic's.
pub(super) fn id<'a>(document: Reader<'a>) -> Result<&'a str, Malformed> {
    let id = read::object(document)?.text("id")?;
    Collection::slug_in(document.text("tq:topic")?, id).ok_or(Malformed::new(
        "object",
        "must be the id of the topic, # and a slug",
    ))?;
    Ok(id)
}

pub(super) fn read(document: Reader<'_>) -> Result<Collection, Malformed> {
    let object = read::object(document)?;
    if object.text("type")? != "tq:Collection" {
        return Err(Malformed::new("object", "must be a tq:Collection"));
    }
    let parts = read::list(object, "tq:parts")?.iter();
    let collection = Collection {
        name: text::one_line(object.text("name")?),
        summary: text::many_lines(object.optional_text("summary")?.unwrap_or_default()),
        parts: parts.map(part).collect::<Result<_, _>>()?,
    };
    collection
        .check()
        .map_err(|invalid| Malformed::new(invalid.field, "has too much or nothing"))?;
    Ok(collection)
}

fn part(value: &Value) -> Result<Part, Malformed> {
    let part = Reader::new(value, "tq:parts")?;
    let item = |value: &Value| {
        let id = value.as_str().unwrap_or_default();
        address(id, "items").map(str::to_owned)
    };
    let items = read::list(part, "items")?.iter();
    Ok(Part {
        name: text::one_line(part.text("name")?),
        items: items.map(item).collect::<Result<_, _>>()?,
    })
}
