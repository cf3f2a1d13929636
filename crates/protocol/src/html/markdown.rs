//! Markdown as members write it.

use std::sync::LazyLock;

use comrak::nodes::{Node, NodeValue};
use comrak::{Arena, Options, format_html, parse_document};

use super::{SafeHtml, sanitize};

/// CommonMark with tables, strikethrough and bare links. HTML in it is shown as text; an image
/// becomes a link to it; headings start at `h2`, since the page has its own `h1`.
static OPTIONS: LazyLock<Options<'static>> = LazyLock::new(|| {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.autolink = true;
    options.render.escape = true;
    options
});

/// Renders a member's Markdown. Any text is valid; the caller limits its size (the work grows a
/// little faster than the text).
#[must_use]
pub fn markdown(text: &str) -> SafeHtml {
    let arena = Arena::new();
    let root = parse_document(&arena, text, &OPTIONS);
    let nodes: Vec<Node<'_>> = root.descendants().collect();
    for node in nodes {
        adapt(node);
    }
    let mut html = String::with_capacity(text.len() * 2);
    match format_html(root, &OPTIONS, &mut html) {
        Ok(()) => sanitize(&html),
        // Writing to a `String` cannot fail.
        Err(std::fmt::Error) => SafeHtml::default(),
    }
}

/// Plain text as Markdown that [`markdown`] renders as that text again.
#[must_use]
pub fn escape_markdown(text: &str) -> String {
    comrak::escape_commonmark_inline(text)
}

fn adapt(node: Node<'_>) {
    if matches!(node.data().value, NodeValue::Image(_)) {
        adapt_image(node);
    } else if let NodeValue::Heading(heading) = &mut node.data_mut().value {
        heading.level = (heading.level + 1).min(6);
    }
}

/// An image inside a link keeps its description only: links do not nest.
fn adapt_image(image: Node<'_>) {
    let in_link = image
        .ancestors()
        .skip(1)
        .any(|a| matches!(a.data().value, NodeValue::Link(_)));
    let children: Vec<Node<'_>> = image.children().collect();
    if in_link || children.is_empty() {
        for child in children {
            image.insert_before(child);
        }
        image.detach();
        return;
    }
    let mut data = image.data_mut();
    if let NodeValue::Image(link) = &data.value {
        data.value = NodeValue::Link(link.clone());
    }
}
