//! What a coordinator rules in its topic while its term lasts: about posts, about people, about the
//! topic's own page and its list of priorities. The reason is the act's note.

use serde_json::{Map, Value, json};
use tequio_domain::{Locale, Timestamp, text};

use super::collection::{self, Collection};
use super::{Say, read};
use crate::activity::{Malformed, Reader};

/// Longest summary of a topic, in characters.
pub const SUMMARY_MAX: usize = 500;
/// Longest text of a topic's page, in characters.
pub const PAGE_TEXT_MAX: usize = 10_000;
/// Most priorities of a topic.
pub const PRIORITIES_MAX: usize = 20;
/// Longest priority, in characters.
pub const PRIORITY_MAX: usize = 200;

/// What a coordinator rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ruling {
    /// The post is hidden from readers.
    Remove,
    /// It is shown again.
    Restore,
    /// The thread takes no more answers.
    Lock,
    /// It does again.
    Unlock,
    /// The thread or knowledge object stands first.
    Feature,
    /// It does not any more.
    Unfeature,
    /// The person may not write in the topic, until a time or until the ban is lifted.
    Ban(Option<Timestamp>),
    /// They may again.
    Unban,
    /// The topic's page says this.
    Page(Box<TopicPage>),
    /// The topic's most pressing issues, the first one first.
    Priorities(Vec<Priority>),
    /// A collection of the topic's library. Without any item it is dissolved.
    Collection(Box<Collection>),
}

/// What a topic's page says, in both languages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TopicPage {
    /// In Spanish; must be there.
    pub es: PageTexts,
    /// In English; what is empty is read in Spanish.
    pub en: PageTexts,
}

/// The texts of a topic's page in one language.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageTexts {
    /// What the topic is about, one line, at most [`SUMMARY_MAX`] characters.
    pub summary: String,
    /// Markdown for decision makers, at most [`PAGE_TEXT_MAX`] characters.
    pub for_deciders: String,
    /// Markdown for practitioners, as long.
    pub for_practitioners: String,
}

impl TopicPage {
    /// One of the texts in a language, or in Spanish where that says nothing.
    #[must_use]
    pub fn text(&self, locale: Locale, of: fn(&PageTexts) -> &String) -> &str {
        match locale {
            Locale::En if !of(&self.en).is_empty() => of(&self.en),
            Locale::Es | Locale::En => of(&self.es),
        }
    }
}

/// A pressing issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Priority {
    /// One line of plain text, 1 to [`PRIORITY_MAX`] characters.
    pub name: String,
    /// Id of the post in which it is dealt with.
    pub about: Option<String>,
}

impl Ruling {
    /// Those about a post.
    pub const ABOUT_POSTS: [Self; 6] = [
        Self::Remove,
        Self::Restore,
        Self::Lock,
        Self::Unlock,
        Self::Feature,
        Self::Unfeature,
    ];

    /// The word in `tq:act`.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Remove => "remove",
            Self::Restore => "restore",
            Self::Lock => "lock",
            Self::Unlock => "unlock",
            Self::Feature => "feature",
            Self::Unfeature => "unfeature",
            Self::Ban(_) => "ban",
            Self::Unban => "unban",
            Self::Page(_) => "page",
            Self::Priorities(_) => "priorities",
            Self::Collection(_) => "collection",
        }
    }

    /// Reads [`Self::word`] of a ruling about a post, `None` for anything else.
    #[must_use]
    pub fn about_post(word: &str) -> Option<Self> {
        Self::ABOUT_POSTS
            .into_iter()
            .find(|ruling| ruling.word() == word)
    }

    /// The `ActivityStreams` type.
    const fn kind(&self) -> &'static str {
        match self {
            Self::Remove | Self::Unfeature => "Remove",
            Self::Restore | Self::Feature => "Add",
            Self::Lock => "Lock",
            Self::Unlock | Self::Unban => "Undo",
            Self::Ban(_) => "Block",
            Self::Page(_) | Self::Priorities(_) | Self::Collection(_) => "Update",
        }
    }

    /// Writes what a group's coordination rules about `object`; gives the type.
    pub(super) fn write(
        &self,
        object: &str,
        group: &str,
        put: &mut dyn FnMut(&str, Value),
    ) -> &'static str {
        let mut said = json!(object);
        match self {
            Self::Feature | Self::Unfeature => put("target", json!(format!("{group}/featured"))),
            Self::Ban(until) => {
                put("target", json!(group));
                if let Some(until) = until {
                    put("endTime", json!(until.to_rfc3339()));
                }
            }
            Self::Page(page) => said = page_value(object, page),
            Self::Priorities(items) => said = priorities_value(object, items),
            Self::Collection(collection) => said = collection.value(object),
            Self::Remove | Self::Restore | Self::Lock | Self::Unlock | Self::Unban => {}
        }
        put("object", said);
        self.kind()
    }
}

/// Reads a ruling; `None` when word and type are those of none.
pub(super) fn read(document: Reader<'_>, word: &str, kind: &str) -> Option<Result<Say, Malformed>> {
    let ruling = match word {
        "ban" => document.optional_time("endTime").map(Ruling::Ban),
        "unban" => Ok(Ruling::Unban),
        "page" => page(document).map(|page| Ruling::Page(Box::new(page))),
        "priorities" => priorities(document).map(Ruling::Priorities),
        "collection" => collection::read(document).map(|read| Ruling::Collection(Box::new(read))),
        _ => Ok(Ruling::about_post(word)?),
    };
    match ruling {
        Ok(ruling) if ruling.kind() != kind => None,
        Ok(ruling) => Some(said(document, ruling)),
        Err(malformed) => Some(Err(malformed)),
    }
}

fn said(document: Reader<'_>, ruling: Ruling) -> Result<Say, Malformed> {
    let reason = document.optional_text("summary")?.unwrap_or_default();
    if reason.trim().is_empty() {
        return Err(Malformed::new("summary", "must say why"));
    }
    let object = match ruling {
        Ruling::Page(_) | Ruling::Priorities(_) => document.text("tq:topic")?,
        Ruling::Collection(_) => collection::id(document)?,
        Ruling::Remove
        | Ruling::Restore
        | Ruling::Lock
        | Ruling::Unlock
        | Ruling::Feature
        | Ruling::Unfeature
        | Ruling::Ban(_)
        | Ruling::Unban => document.address("object")?,
    };
    Ok(Say::Rule {
        term: read::term(document)?,
        object: object.to_owned(),
        ruling,
    })
}

/// What is said of the topic itself.
fn of_topic<'a>(document: Reader<'a>, kind: &str) -> Result<Reader<'a>, Malformed> {
    let object = read::object(document)?;
    if object.text("id")? != document.text("tq:topic")? || object.text("type")? != kind {
        return Err(Malformed::new(
            "object",
            "must be of the topic, and of the act's kind",
        ));
    }
    Ok(object)
}

fn page_value(topic: &str, page: &TopicPage) -> Value {
    let both = |of: fn(&PageTexts) -> &String| {
        let mut texts = Map::new();
        for (language, text) in [("es", of(&page.es)), ("en", of(&page.en))] {
            if !text.is_empty() {
                texts.insert(language.to_owned(), json!(text));
            }
        }
        Value::Object(texts)
    };
    json!({
        "id": topic,
        "type": "tq:TopicPage",
        "summaryMap": both(|texts| &texts.summary),
        "tq:forDeciders": both(|texts| &texts.for_deciders),
        "tq:forPractitioners": both(|texts| &texts.for_practitioners),
    })
}

fn page(document: Reader<'_>) -> Result<TopicPage, Malformed> {
    let object = of_topic(document, "tq:TopicPage")?;
    let mut page = TopicPage::default();
    for (texts, language) in [(&mut page.es, "es"), (&mut page.en, "en")] {
        let said = |member, max| text_in(object, (member, language), max);
        texts.summary = text::one_line(said("summaryMap", SUMMARY_MAX)?);
        texts.for_deciders = text::many_lines(said("tq:forDeciders", PAGE_TEXT_MAX)?);
        texts.for_practitioners = text::many_lines(said("tq:forPractitioners", PAGE_TEXT_MAX)?);
    }
    if page.es.summary.is_empty() {
        return Err(Malformed::new("summaryMap", "must say it in Spanish"));
    }
    Ok(page)
}

/// A text in one language; empty when it is not said in it.
fn text_in<'a>(
    object: Reader<'a>,
    (member, language): (&'static str, &'static str),
    max: usize,
) -> Result<&'a str, Malformed> {
    let value = object
        .any(member)
        .ok_or(Malformed::new(member, "is missing"))?;
    let text = Reader::new(value, member)?.optional_text(language)?;
    let text = text.unwrap_or_default();
    if text.chars().count() > max {
        return Err(Malformed::new(member, "is too long"));
    }
    Ok(text)
}

fn priorities_value(topic: &str, items: &[Priority]) -> Value {
    let items: Value = items.iter().map(priority_value).collect();
    json!({ "id": topic, "type": "tq:Priorities", "items": items })
}

fn priority_value(priority: &Priority) -> Value {
    match &priority.about {
        Some(about) => json!({ "name": priority.name, "tq:about": about }),
        None => json!({ "name": priority.name }),
    }
}

fn priorities(document: Reader<'_>) -> Result<Vec<Priority>, Malformed> {
    let items = read::list(of_topic(document, "tq:Priorities")?, "items")?;
    if items.len() > PRIORITIES_MAX {
        return Err(Malformed::new("items", "has too many elements"));
    }
    items.iter().map(priority).collect()
}

fn priority(value: &Value) -> Result<Priority, Malformed> {
    let item = Reader::new(value, "items")?;
    let name = text::one_line(item.text("name")?);
    if name.is_empty() || name.chars().count() > PRIORITY_MAX {
        return Err(Malformed::new("name", "must be one line of text"));
    }
    let about = match item.any("tq:about") {
        None => None,
        Some(_) => Some(item.address("tq:about")?.to_owned()),
    };
    Ok(Priority { name, about })
}
