//! Attachments as links with their names: nothing is loaded from elsewhere.

use serde_json::Value;

use super::compose::{file_name, push_link};
use super::member::{Document, any, href, kind, line, list, page, string};

/// Most attachments shown.
const SHOWN_MAX: usize = 20;
/// Longest name shown, in characters.
const NAME_MAX: usize = 500;

/// Adds a link for each attachment, and for the picture of an article or event (Ghost, Mobilizon).
/// Of a `Page` the picture is a thumbnail of what it links to.
pub(super) fn push(html: &mut String, post: &Document, kind: &str) {
    let picture = if matches!(kind, "Article" | "Event") {
        list(post, "image")
    } else {
        &[]
    };
    let attached = list(post, "attachment").iter().chain(picture);
    for attachment in attached.take(SHOWN_MAX) {
        let Some((address, label)) = link(attachment) else {
            continue;
        };
        push_link(html, &address, &label);
    }
}

/// Address and label of an attachment; `None` where it links to nothing (a `PropertyValue`).
fn link(attachment: &Value) -> Option<(String, String)> {
    let Some(document) = attachment.as_object() else {
        let address = href(attachment)?.to_owned();
        let label = line(&file_name(&address), NAME_MAX);
        return Some((address, label));
    };
    let address = any(document, "href")
        .and_then(href)
        .map(str::to_owned)
        .or_else(|| page(document))?;
    let name = line(string(document, "name"), NAME_MAX);
    let label = if name.is_empty() && kind(document) != "Link" {
        line(&file_name(&address), NAME_MAX)
    } else {
        name
    };
    Some((address, label))
}
