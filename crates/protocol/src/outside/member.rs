//! Looking at members of foreign documents: many shapes in, one value out.

use serde_json::{Map, Value};
use tequio_domain::{Timestamp, text};
use url::Url;

use super::ADDRESSED_MAX;
use crate::activity::{Malformed, PUBLIC, address};
use crate::html;

/// The spellings of the public collection (ActivityPub, section 5.6).
const PUBLIC_SPELLED: [&str; 3] = [PUBLIC, "as:Public", "Public"];

/// A foreign document.
pub(super) type Document = Map<String, Value>;

/// `value` as an object.
pub(super) fn document<'a>(
    value: &'a Value,
    member: &'static str,
) -> Result<&'a Document, Malformed> {
    value
        .as_object()
        .ok_or(Malformed::new(member, "must be an object"))
}

/// A member; `null` counts as absent.
pub(super) fn any<'a>(document: &'a Document, member: &str) -> Option<&'a Value> {
    document.get(member).filter(|value| !value.is_null())
}

/// The elements of a member that may be one value or a list.
pub(super) fn list<'a>(document: &'a Document, member: &str) -> &'a [Value] {
    match any(document, member) {
        None => &[],
        Some(Value::Array(values)) => values,
        Some(value) => std::slice::from_ref(value),
    }
}

/// A text; empty where there is none.
pub(super) fn string<'a>(document: &'a Document, member: &str) -> &'a str {
    any(document, member)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// A time; `None` where there is none that can be read.
pub(super) fn time(document: &Document, member: &str) -> Option<Timestamp> {
    Timestamp::parse_rfc3339(string(document, member))
}

/// `type`: a string, or the first string of a list. Empty where there is none.
pub(super) fn kind(document: &Document) -> &str {
    list(document, "type")
        .iter()
        .find_map(Value::as_str)
        .unwrap_or_default()
}

/// The id that a value is or carries: a string, or an object with `id`. A list has none.
pub(super) fn id_in<'a>(value: &'a Value, member: &'static str) -> Result<&'a str, Malformed> {
    let id = match value {
        Value::String(id) => Some(id.as_str()),
        Value::Object(inner) => inner.get("id").and_then(Value::as_str),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
    };
    self::id(
        id.ok_or(Malformed::new(member, "must name one id"))?,
        member,
    )
}

/// An id: an address whose scheme and host are spelled the one canonical way, without user and default
/// port, so that what is blocked or compared by its text has no second spelling of its server.
pub(super) fn id<'a>(text: &'a str, member: &'static str) -> Result<&'a str, Malformed> {
    const NEED: &str = "must spell its server in lower case, without user and default port";
    let text = address(text, member)?;
    let is_canonical = Url::parse(text).is_ok_and(|url| {
        let server = url.origin().ascii_serialization();
        let rest = text.strip_prefix(&server);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
            && url.host_str().is_some_and(is_plain_host)
    });
    if is_canonical {
        Ok(text)
    } else {
        Err(Malformed::new(member, NEED))
    }
}

/// Whether a host is letters, digits, dots and hyphens, or an address in digits. The URL standard would
/// take quotes, too.
fn is_plain_host(host: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
    !host.ends_with('.') && host.chars().all(is_plain)
}

/// The id that a member is or carries.
pub(super) fn id_of(document: &Document, member: &'static str) -> Result<String, Malformed> {
    let value = any(document, member).ok_or(Malformed::new(member, "is missing"))?;
    id_in(value, member).map(str::to_owned)
}

/// The id of the document itself, which not every activity has: empty where there is none.
pub(super) fn own_id(document: &Document) -> Result<String, Malformed> {
    match any(document, "id") {
        None => Ok(String::new()),
        Some(Value::String(id)) if id.is_empty() => Ok(String::new()),
        Some(Value::String(text)) => id(text, "id").map(str::to_owned),
        Some(_) => Err(Malformed::new("id", "must be one string")),
    }
}

/// An address that may be absent; empty where none can be read.
pub(super) fn optional_address(document: &Document, member: &'static str) -> String {
    id_of(document, member).unwrap_or_default()
}

/// `to`, `cc` and `audience`, each id once. What is no id is left out.
pub(super) fn addressed(document: &Document) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let members = ["to", "cc", "audience"];
    for value in members.iter().flat_map(|member| list(document, member)) {
        let id = match value {
            Value::String(id) if PUBLIC_SPELLED.contains(&id.as_str()) => PUBLIC,
            _ if found.len() == ADDRESSED_MAX => continue,
            other => match id_in(other, "to") {
                Ok(id) => id,
                Err(_) => continue,
            },
        };
        if found.iter().any(|known| known == id) {
            continue;
        }
        found.truncate(ADDRESSED_MAX - 1);
        found.push(id.to_owned());
    }
    found
}

/// The page for people: `url` as a string, a `Link`, or a list of them, of which one of HTML is
/// preferred. `None` where there is none.
pub(super) fn page(document: &Document) -> Option<String> {
    let links = list(document, "url");
    let of_html = links.iter().find(|link| {
        link.get("mediaType")
            .and_then(Value::as_str)
            .is_some_and(|kind| kind.starts_with("text/html"))
    });
    of_html
        .into_iter()
        .chain(links)
        .find_map(href)
        .map(str::to_owned)
}

/// The address that a link is: a string, or an object with `href` or `url`.
pub(super) fn href(link: &Value) -> Option<&str> {
    let text = match link {
        Value::String(text) => Some(text.as_str()),
        Value::Object(inner) => ["href", "url"]
            .iter()
            .find_map(|member| inner.get(*member).and_then(Value::as_str)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
    };
    text.and_then(|text| address(text, "url").ok())
}

/// Foreign HTML or text as plain text of many lines and at most `most` characters.
pub(super) fn plain(html: &str, most: usize) -> String {
    cut(
        &text::many_lines(&html::plain_text(cut_bytes(html, most * 8))),
        most,
    )
}

/// One line of at most `most` characters.
pub(super) fn line(text: &str, most: usize) -> String {
    // White space and invisible characters go: look at more than what remains.
    cut(&text::one_line(cut_bytes(text, most * 32)), most)
}

/// The first `most` characters; the last one says that there were more.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most.saturating_sub(1)).collect();
    short.truncate(short.trim_end().len());
    short.push('…');
    short
}

/// At most the first `most` bytes, ending between two characters.
pub(super) fn cut_bytes(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}
