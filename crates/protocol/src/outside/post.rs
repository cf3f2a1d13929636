//! Reading posts of other software: opening posts, comments, private messages.

use serde_json::Value;
use tequio_domain::text::{BODY_MAX, TITLE_MAX};
use tequio_domain::{Timestamp, text};

use super::compose::{self, Content};
use super::member::{
    Document, addressed, any, cut_bytes, document, id_in, id_of, kind, line, list, page, plain,
    string, time,
};
use super::{CONTENT_MAX, MENTIONS_MAX, OutsidePost};
use crate::activity::{Malformed, PUBLIC};
use crate::html;

/// The types of posts. `Comment`, `GeneratedNote`, `Quotation` and `Review` are BookWyrm's.
const KINDS: [&str; 13] = [
    "Article",
    "Audio",
    "ChatMessage",
    "Comment",
    "Event",
    "GeneratedNote",
    "Image",
    "Note",
    "Page",
    "Question",
    "Quotation",
    "Review",
    "Video",
];
/// Longest content warning, in characters.
const WARNING_MAX: usize = 500;
/// Longest language tag, in bytes (RFC 5646, section 4.4.1).
const LANGUAGE_MAX: usize = 35;

impl OutsidePost {
    /// Reads a post.
    ///
    /// # Errors
    /// [`Malformed`] when it is no post, `id` or the author is missing, an id is no absolute http(s)
    /// address, or it is a vote in a poll (Mastodon writes votes as notes of a name alone).
    pub fn read(value: &Value) -> Result<Self, Malformed> {
        let post = document(value, "object")?;
        let kind = kind(post);
        if !KINDS.contains(&kind) {
            return Err(Malformed::new("type", "must be a kind of post"));
        }
        if !any(post, "id").is_some_and(Value::is_string) {
            return Err(Malformed::new("id", "must be one string"));
        }
        let id = id_of(post, "id")?;
        let in_reply_to = in_reply_to(post)?;
        let content = content(post);
        if in_reply_to.is_some() && is_vote(post, kind, &content) {
            return Err(Malformed::new("content", "is missing, as in a vote"));
        }
        let page = page(post);
        Ok(Self {
            attributed_to: author(post, kind)?,
            in_reply_to,
            title: line(title(post), TITLE_MAX),
            html: compose::html(post, kind, &id, &content),
            source: content.source,
            language: language(post),
            published: time(post, "published"),
            updated: updated(post),
            url: page
                .filter(|page| !compose::is_link_of(kind, &id, page))
                .unwrap_or_else(|| id.clone()),
            warning: warning(post, kind),
            addressed: addressed(post),
            audience: audience(post),
            mentions: mentions(post),
            kind: kind.to_owned(),
            id,
        })
    }
}

/// What it answers. Unreadable is not absent: an answer would become an opening post.
fn in_reply_to(post: &Document) -> Result<Option<String>, Malformed> {
    match any(post, "inReplyTo") {
        None => Ok(None),
        Some(Value::String(none)) if none.is_empty() => Ok(None),
        Some(parent) => id_in(parent, "inReplyTo").map(|id| Some(id.to_owned())),
    }
}

/// The author. PeerTube lists person and channel; of what Mobilizon makes the group is the owner, and
/// `actor` the person who made it.
fn author(post: &Document, kind: &str) -> Result<String, Malformed> {
    const MEMBER: &str = "attributedTo";
    if matches!(kind, "Article" | "Event") && any(post, "actor").is_some() {
        return id_of(post, "actor");
    }
    let authors = list(post, MEMBER);
    let is_person = |author: &&Value| author.get("type").and_then(Value::as_str) == Some("Person");
    let author = authors.iter().find(is_person).or(authors.first());
    id_in(author.ok_or(Malformed::new(MEMBER, "is missing"))?, MEMBER).map(str::to_owned)
}

fn title(post: &Document) -> &str {
    match string(post, "name") {
        "" => any(post, "nameMap")
            .and_then(Value::as_object)
            .and_then(|names| names.values().find_map(Value::as_str))
            .unwrap_or_default(),
        name => name,
    }
}

/// The body: HTML, or made of Markdown or plain text where `mediaType` says so (PeerTube).
fn content(post: &Document) -> Content {
    let written = match string(post, "content") {
        "" => any(post, "contentMap")
            .and_then(Value::as_object)
            .and_then(|contents| contents.values().find_map(Value::as_str))
            .unwrap_or_default(),
        content => content,
    };
    let written = cut_bytes(written, CONTENT_MAX);
    let source = markdown_source(post);
    match string(post, "mediaType") {
        _ if written.trim().is_empty() => Content {
            html: html::markdown(&source).into_string(),
            source,
        },
        "text/markdown" => {
            let source = text::many_lines(cut_bytes(written, BODY_MAX));
            Content {
                html: html::markdown(&source).into_string(),
                source,
            }
        }
        "text/plain" => Content {
            html: html::from_text(written).into_string(),
            source,
        },
        _ => Content {
            html: compose::images_as_links(written),
            source,
        },
    }
}

/// `source` where it is Markdown that is not longer than our own posts; Mbin's is sometimes an
/// address, Friendica's BBCode.
fn markdown_source(post: &Document) -> String {
    any(post, "source")
        .and_then(Value::as_object)
        .filter(|source| string(source, "mediaType") == "text/markdown")
        .map(|source| string(source, "content"))
        .filter(|source| source.len() <= BODY_MAX)
        .map(text::many_lines)
        .unwrap_or_default()
}

fn is_vote(post: &Document, kind: &str, content: &Content) -> bool {
    kind == "Note"
        && !string(post, "name").is_empty()
        && content.html.is_empty()
        && list(post, "attachment").is_empty()
}

/// A BCP 47 tag from `language` (a tag, or an object with one), `inLanguage` (Mobilizon), or the key
/// of the content in `contentMap`.
fn language(post: &Document) -> String {
    let said = match any(post, "language").or_else(|| any(post, "inLanguage")) {
        Some(Value::String(tag)) => Some(tag.as_str()),
        Some(Value::Object(language)) => language.get("identifier").and_then(Value::as_str),
        _ => None,
    };
    let content = any(post, "content");
    let of_map = || {
        let contents = any(post, "contentMap")?.as_object()?;
        let is_it = |entry: &(&String, &Value)| contents.len() == 1 || Some(entry.1) == content;
        contents.iter().find(is_it).map(|(tag, _)| tag.as_str())
    };
    said.into_iter()
        .chain(of_map())
        .find(|tag| is_language(tag))
        .unwrap_or_default()
        .to_owned()
}

fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let primary = parts.next().unwrap_or_default();
    tag.len() <= LANGUAGE_MAX
        && matches!(primary.len(), 2 | 3)
        && primary.chars().all(|c| c.is_ascii_alphabetic())
        && !matches!(primary, "und" | "mul" | "zxx")
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric())
        })
}

/// `updated`; Mbin puts it one level too deep.
fn updated(post: &Document) -> Option<Timestamp> {
    time(post, "updated").or_else(|| {
        let inner = any(post, "object")?.as_object()?;
        time(inner, "updated")
    })
}

/// A content warning. On a note every `summary` is one (as Mastodon reads it); elsewhere it is an
/// abstract unless the post says that it is sensitive.
fn warning(post: &Document, kind: &str) -> String {
    let sensitive = any(post, "sensitive").and_then(Value::as_bool) == Some(true);
    let is_note = matches!(kind, "Note" | "Question") && string(post, "name").is_empty();
    if !(sensitive || is_note) {
        return String::new();
    }
    let warning = line(&plain(string(post, "summary"), WARNING_MAX), WARNING_MAX);
    // Misskey sends a zero-width space for an empty one.
    let is_blank = |c: char| c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}');
    if warning.chars().all(is_blank) {
        return String::new();
    }
    warning
}

fn audience(post: &Document) -> Option<String> {
    list(post, "audience")
        .iter()
        .filter_map(|group| id_in(group, "audience").ok())
        .find(|group| *group != PUBLIC)
        .map(str::to_owned)
}

fn mentions(post: &Document) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for tag in list(post, "tag").iter().filter_map(Value::as_object) {
        if kind(tag) != "Mention" || found.len() == MENTIONS_MAX {
            continue;
        }
        let Some(actor) = any(tag, "href").and_then(|href| id_in(href, "tag").ok()) else {
            continue;
        };
        if !found.iter().any(|known| known == actor) {
            found.push(actor.to_owned());
        }
    }
    found
}
