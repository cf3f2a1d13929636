//! One HTML of all that a post says outside its text: options of a poll, place and time of an event, link,
//! video, attachments. Words of ours stand nowhere in it, because it is read in every language.
//!
//! Everything put in is escaped here; the whole passes the sanitiser later, as all foreign HTML does.

use serde_json::Value;
use url::Url;

use super::CONTENT_MAX;
use super::attachment;
use super::event;
pub(super) use super::image::images_as_links;
use super::member::{Document, any, cut_bytes, href, line, list, page, string};
use crate::activity::same_origin;

/// Most options of a poll.
const OPTIONS_MAX: usize = 50;
/// Longest option, in characters.
const OPTION_MAX: usize = 200;

/// The text of a post.
pub(super) struct Content {
    /// HTML, not sanitised unless it was made here.
    pub(super) html: String,
    /// Markdown, or empty.
    pub(super) source: String,
}

/// The whole of the post `id`.
pub(super) fn html(post: &Document, kind: &str, id: &str, content: &Content) -> String {
    let page = page(post);
    let mut html = String::with_capacity(content.html.len() + 256);
    if kind == "Event" {
        event::push(&mut html, post);
    }
    if kind == "Quotation" {
        let quote = cut_bytes(string(post, "quote"), CONTENT_MAX);
        html.push_str(&format!("<blockquote>{quote}</blockquote>"));
    }
    html.push_str(&content.html);
    let options = ["oneOf", "anyOf"].map(|member| list(post, member)).concat();
    if kind == "Question" || !options.is_empty() {
        push_poll(&mut html, post, &options, page.as_deref().unwrap_or(id));
    }
    match (kind, page) {
        ("Video" | "Audio", page) => {
            let title = line(string(post, "name"), OPTION_MAX);
            push_link(&mut html, page.as_deref().unwrap_or(id), &title);
        }
        (_, Some(page)) if is_link_of(kind, id, &page) => push_link(&mut html, &page, ""),
        _ => {}
    }
    if let Some(book) = any(post, "inReplyToBook").and_then(href) {
        push_link(&mut html, book, "");
    }
    attachment::push(&mut html, post, kind);
    html
}

/// Whether the `url` of a post is what it links to, and not its page: a `Page` of another origin
/// (lotide, Lemmy before 0.16).
pub(super) fn is_link_of(kind: &str, id: &str, url: &str) -> bool {
    kind == "Page" && !same_origin(id, url)
}

/// Adds a link in a paragraph of its own, unless the text has it; without a label it shows its address.
pub(super) fn push_link(html: &mut String, href: &str, label: &str) {
    let escaped = escape(href);
    let links_there = [href, &escaped].iter().any(|address| {
        html.contains(&format!("\"{address}\"")) || html.contains(&format!("'{address}'"))
    });
    if links_there {
        return;
    }
    html.push_str("<p><a href=\"");
    html.push_str(&escaped);
    html.push_str("\">");
    html.push_str(&if label.is_empty() {
        escaped
    } else {
        escape(label)
    });
    html.push_str("</a></p>");
}

/// The options, until when, and where to vote.
fn push_poll(html: &mut String, post: &Document, options: &[Value], page: &str) {
    let names: Vec<String> = options
        .iter()
        .take(OPTIONS_MAX)
        .map(|option| match option {
            Value::String(name) => line(name, OPTION_MAX),
            other => other
                .as_object()
                .map(|option| line(string(option, "name"), OPTION_MAX))
                .unwrap_or_default(),
        })
        .filter(|name| !name.is_empty())
        .collect();
    if !names.is_empty() {
        html.push_str("<ul>");
        for name in names {
            html.push_str("<li>");
            html.push_str(&escape(&name));
            html.push_str("</li>");
        }
        html.push_str("</ul>");
    }
    let end = ["endTime", "closed"].iter().find_map(|member| {
        any(post, member)
            .and_then(Value::as_str)
            .and_then(event::moment)
    });
    if let Some(end) = end {
        html.push_str(&format!("<p>⏳ {}</p>", escape(&end.to_string())));
    }
    push_link(html, page, "");
}

/// The last segment of an address, for want of a name.
pub(super) fn file_name(href: &str) -> String {
    Url::parse(href)
        .ok()
        .and_then(|url| url.path_segments()?.next_back().map(str::to_owned))
        .unwrap_or_default()
}

/// Text in HTML, inside a tag or outside.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}
