//! What a coordinator hands over beside the seat: notes, open tasks and contacts, written into the
//! offer. The rules of the ledger do not see them; answer and seal name the offer's digest, so that
//! what was accepted is what was written.

use serde_json::{Value, json};
use tequio_domain::text;

use crate::activity::{Malformed, Reader};

/// Most items of one offer.
pub const ITEMS_MAX: usize = 60;
/// Longest item, in characters.
pub const ITEM_MAX: usize = 500;

/// What kind of thing is handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ItemKind {
    /// What one should know.
    Note,
    /// What is not done yet.
    Task,
    /// Whom to ask.
    Contact,
}

impl ItemKind {
    /// All of them, in the order in which they are written and shown.
    pub const ALL: [Self; 3] = [Self::Note, Self::Task, Self::Contact];

    /// The word in `tq:item`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Task => "task",
            Self::Contact => "contact",
        }
    }

    /// Reads [`Self::word`], `None` for anything else.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// One thing that is handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its kind.
    pub kind: ItemKind,
    /// What, one line of plain text for all to read; 1 to [`ITEM_MAX`] characters.
    pub text: String,
}

/// `tq:handOver`.
pub(super) fn values(items: &[Item]) -> Value {
    let value = |item: &Item| json!({ "tq:item": item.kind.word(), "content": item.text });
    items.iter().map(value).collect()
}

/// Reads `tq:handOver`: none when it is missing.
pub(super) fn read(document: Reader<'_>) -> Result<Vec<Item>, Malformed> {
    let values = document.list("tq:handOver");
    if values.len() > ITEMS_MAX {
        return Err(Malformed::new("tq:handOver", "has too many items"));
    }
    values.iter().map(item).collect()
}

fn item(value: &Value) -> Result<Item, Malformed> {
    let value = Reader::new(value, "tq:handOver")?;
    let kind = ItemKind::parse(value.text("tq:item")?)
        .ok_or(Malformed::new("tq:item", "must be note, task or contact"))?;
    let text = text::one_line(value.text("content")?);
    if text.is_empty() || text.chars().count() > ITEM_MAX {
        return Err(Malformed::new("content", "must be one line of text"));
    }
    Ok(Item { kind, text })
}
