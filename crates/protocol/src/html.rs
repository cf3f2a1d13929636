//! HTML that may be shown: made from Markdown or from what peers send, by one allow-list.
//!
//! Start at [`markdown`] (our members' texts) and [`sanitize`] (everybody else's).
//!
//! What must stay true: a [`SafeHtml`] never runs code, loads anything, sets style, or lets text
//! pose as something else (bidi and other controls are removed; a link that does not show its host carries it
//! as `data-host`, for the style sheet to show). Sanitising twice changes nothing.

mod bound;
mod link;
mod markdown;
mod piece;

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

pub use markdown::{escape_markdown, markdown};
use piece::{Piece, pieces};

/// Sanitised HTML: the only text that templates may print unescaped. Made by [`markdown`],
/// [`sanitize`] and [`SafeHtml::from_stored`] only.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SafeHtml(String);

impl SafeHtml {
    /// Takes back what the store kept.
    ///
    /// Only for a column into which nothing but [`SafeHtml::as_str`] was ever written; anything else
    /// goes through [`sanitize`].
    #[must_use]
    pub fn from_stored(html: String) -> Self {
        Self(html)
    }

    /// The HTML.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The HTML, owned.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }

    /// What a reader reads, without markup: one line per block, runs of white space as one space.
    /// For search, excerpts, feeds and mails. It is text: escape it wherever it is printed.
    #[must_use]
    pub fn to_plain_text(&self) -> String {
        let mut text = String::with_capacity(self.0.len());
        for piece in pieces(&self.0) {
            match piece {
                Piece::Text(escaped) => push_words(&mut text, &piece::unescape(escaped)),
                Piece::Tag(tag) if piece::breaks_line(piece::tag_name(tag)) => {
                    trim_end(&mut text);
                    if !text.is_empty() {
                        text.push('\n');
                    }
                }
                Piece::Tag(tag) if matches!(piece::tag_name(tag), "td" | "th") => {
                    push_words(&mut text, " ");
                }
                Piece::Tag(_) => {}
            }
        }
        trim_end(&mut text);
        text
    }
}

/// Makes foreign HTML safe. Nothing is refused: what is not allowed is left out, and what follows where
/// more than 500 elements are open. The result is at most a few times as long as `html`.
#[must_use]
pub fn sanitize(html: &str) -> SafeHtml {
    let mut depth = bound::DEPTH_MAX;
    let clean = loop {
        let prepared = bound::prepare(html, depth);
        let clean = bound::restore(&SANITIZER.clean(&prepared).to_string());
        // Deeper than it looked: tags were closed where the parser does not close them.
        if depth == 0 || bound::is_within(&clean) {
            break clean;
        }
        depth /= 2;
    };
    let clean = if clean.contains(is_unfit) {
        clean.replace(is_unfit, "")
    } else {
        clean
    };
    SafeHtml(link::show_hosts(&clean))
}

/// The text of foreign HTML, without markup; see [`SafeHtml::to_plain_text`].
#[must_use]
pub fn plain_text(html: &str) -> String {
    sanitize(html).to_plain_text()
}

/// Plain text as HTML: one paragraph per line that is not empty. Much cheaper than [`markdown`].
#[must_use]
pub fn from_text(text: &str) -> SafeHtml {
    let mut html = String::with_capacity(text.len() + 16);
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        html.push_str("<p>");
        for character in line.chars().filter(|c| !is_unfit(*c) && !c.is_control()) {
            match character {
                '&' => html.push_str("&amp;"),
                '<' => html.push_str("&lt;"),
                '>' => html.push_str("&gt;"),
                '\u{a0}' => html.push_str("&nbsp;"),
                other => html.push(other),
            }
        }
        html.push_str("</p>");
    }
    SafeHtml(html)
}

/// Whether a character changes the direction of its neighbors invisibly (marks, embeddings,
/// overrides, isolates). Names and titles must not hold one either.
#[must_use]
pub fn is_bidi_control(character: char) -> bool {
    matches!(
        character,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}

/// Whether a character has no place in HTML that is shown, nor in the XML of a feed.
fn is_unfit(character: char) -> bool {
    let is_kept = matches!(character, '\n' | '\t');
    is_bidi_control(character)
        || (character.is_control() && !is_kept)
        || matches!(character, '\u{fffe}' | '\u{ffff}')
}

/// No `img` and no other tag that loads something: remote images are trackers.
const TAGS: [&str; 39] = [
    "a",
    "abbr",
    "b",
    "blockquote",
    "br",
    "cite",
    "code",
    "dd",
    "del",
    "dl",
    "dt",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "ins",
    "kbd",
    "li",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
];

/// The allowed tags by the names that they have while they are parsed.
static PARSED_TAGS: LazyLock<Vec<String>> =
    LazyLock::new(|| TAGS.into_iter().map(bound::parsed_name).collect());

static SANITIZER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let alignments = || HashMap::from([("align", HashSet::from(["left", "center", "right"]))]);
    let directions = HashMap::from([("dir", HashSet::from(["ltr", "rtl", "auto"]))]);
    let mut builder = Builder::empty();
    builder
        .tags(PARSED_TAGS.iter().map(String::as_str).collect())
        .clean_content_tags(HashSet::from([
            "math", "script", "style", "svg", "template", "title",
        ]))
        .tag_attributes(HashMap::from([
            (bound::LINK, HashSet::from(["href"])),
            ("ol", HashSet::from(["start"])),
        ]))
        .tag_attribute_values(HashMap::from([
            ("td", alignments()),
            ("th", alignments()),
            ("p", directions.clone()),
            ("blockquote", directions),
        ]))
        .generic_attributes(HashSet::from(["lang"]))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(UrlRelative::Deny)
        .link_rel(None)
        .set_tag_attribute_values(HashMap::from([(
            bound::LINK,
            HashMap::from([("rel", "nofollow noopener ugc")]),
        )]));
    builder
});

/// Appends words with single spaces between them, keeping apart or together what was.
fn push_words(text: &mut String, words: &str) {
    for character in words.chars() {
        if !character.is_whitespace() {
            text.push(character);
        } else if !(text.is_empty() || text.ends_with([' ', '\n'])) {
            text.push(' ');
        }
    }
}

fn trim_end(text: &mut String) {
    text.truncate(text.trim_end().len());
}

#[cfg(test)]
mod tests;
