//! Time and place of an event, in signs that need no language.

use std::fmt;

use serde_json::Value;
use tequio_domain::Timestamp;

use super::compose::{escape, push_link};
use super::member::{Document, any, href, line, list, string};

/// Most places shown.
const PLACES_MAX: usize = 3;
/// Longest part of an address, in characters.
const PART_MAX: usize = 200;

/// Adds when and where.
pub(super) fn push(html: &mut String, event: &Document) {
    let start = moment(string(event, "startTime"));
    let end = moment(string(event, "endTime"));
    match (start, end) {
        (Some(start), Some(end)) if start.day == end.day && start.zone == end.zone => {
            let (day, from, to, zone) = (start.day, start.clock, end.clock, start.zone);
            push_line(html, "📅", &format!("{day} {from}–{to} {zone}"));
        }
        (Some(start), Some(end)) => push_line(html, "📅", &format!("{start} – {end}")),
        (Some(start), None) => push_line(html, "📅", &start.to_string()),
        (None, _) => {}
    }
    for place in list(event, "location").iter().take(PLACES_MAX) {
        let text = place_text(place);
        if !text.is_empty() {
            push_line(html, "📍", &text);
        }
        if let Some(link) = place.get("url").and_then(href) {
            push_link(html, link, "");
        }
    }
}

fn push_line(html: &mut String, sign: &str, text: &str) {
    html.push_str(&format!("<p>{sign} {}</p>", escape(text)));
}

/// Name and address of a place, each part once.
fn place_text(place: &Value) -> String {
    let Some(place) = place.as_object() else {
        return line(place.as_str().unwrap_or_default(), PART_MAX);
    };
    let mut parts = vec![line(string(place, "name"), PART_MAX)];
    match any(place, "address") {
        Some(Value::String(address)) => parts.push(line(address, PART_MAX)),
        Some(Value::Object(address)) => {
            for member in [
                "streetAddress",
                "postalCode",
                "addressLocality",
                "addressRegion",
                "addressCountry",
            ] {
                parts.push(line(string(address, member), PART_MAX));
            }
        }
        _ => {}
    }
    let mut kept: Vec<String> = Vec::new();
    for part in parts {
        if !part.is_empty() && !kept.contains(&part) {
            kept.push(part);
        }
    }
    kept.join(", ")
}

/// A time as its author wrote it, in the zone of the place.
pub(super) struct Moment<'a> {
    day: &'a str,
    clock: &'a str,
    zone: String,
}

impl fmt::Display for Moment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.day, self.clock, self.zone)
    }
}

/// Reads an RFC 3339 time for people: day, hours and minutes, distance from UTC.
pub(super) fn moment(written: &str) -> Option<Moment<'_>> {
    Timestamp::parse_rfc3339(written)?;
    let after = written.get(19..)?;
    let offset = after.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    let zone = match offset {
        "Z" | "z" | "+00:00" | "-00:00" => "UTC".to_owned(),
        offset => format!("UTC{offset}"),
    };
    Some(Moment {
        day: written.get(..10)?,
        clock: written.get(11..16)?,
        zone,
    })
}
