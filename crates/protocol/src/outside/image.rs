//! Images inside foreign text become links: the sanitiser lets nothing through that loads, and what
//! a photo shows would be lost.
//!
//! A scan, not a parser: where markup is broken it may take a tag for another, which harms only that text,
//! because the sanitiser comes after.

use super::compose::file_name;

/// Most images turned into links; the sanitiser drops the others.
const IMAGES_MAX: usize = 50;

/// `html` with each `img` as a link to it, named by its `alt`. Inside a link, and for an emoji, only the
/// name stays.
pub(super) fn images_as_links(html: &str) -> String {
    let mut made = String::with_capacity(html.len());
    let mut rest = html;
    let mut inside_link = false;
    let mut images = 0;
    while let Some((before, tag, after)) = next_tag(rest) {
        made.push_str(before);
        rest = after;
        match name(tag).as_str() {
            "img" if images < IMAGES_MAX => {
                images += 1;
                push_image(&mut made, tag, inside_link);
                continue;
            }
            "a" => inside_link = true,
            "/a" => inside_link = false,
            _ => {}
        }
        made.push_str(tag);
    }
    made.push_str(rest);
    made
}

/// What stands before the next tag, the tag from `<` to `>`, and what follows.
fn next_tag(html: &str) -> Option<(&str, &str, &str)> {
    let (before, from) = html.split_at_checked(html.find('<')?)?;
    let mut quote = None;
    let end = from.char_indices().find_map(|(at, character)| {
        match (quote, character) {
            (None, '>') => return Some(at + 1),
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
        None
    })?;
    let (tag, after) = from.split_at_checked(end)?;
    Some((before, tag, after))
}

fn name(tag: &str) -> String {
    tag.trim_start_matches('<')
        .split(|c: char| c.is_whitespace() || c == '>')
        .next()
        .unwrap_or_default()
        .trim_end_matches('/')
        .to_ascii_lowercase()
}

fn push_image(made: &mut String, tag: &str, inside_link: bool) {
    let source = attribute(tag, "src").unwrap_or_default();
    let label = ["alt", "title"]
        .iter()
        .filter_map(|name| attribute(tag, name))
        .find(|label| !label.trim().is_empty());
    let is_emoji = attribute(tag, "class").is_some_and(|class| class.contains("emoji"));
    let is_remote = source.starts_with("https://") || source.starts_with("http://");
    if inside_link || is_emoji || !is_remote {
        made.push_str(&quoted(label.unwrap_or_default()));
        return;
    }
    let address = quoted(source);
    let label = label.map_or_else(|| quoted(&file_name(source)), quoted);
    let label = if label.is_empty() { &address } else { &label };
    made.push_str(&format!("<a href=\"{address}\">{label}</a>"));
}

/// The value of an attribute as written, references and all.
fn attribute<'a>(tag: &'a str, wanted: &str) -> Option<&'a str> {
    let mut rest = tag.split_once(char::is_whitespace)?.1;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '=' | '>'))?;
        let (name, after) = rest.split_at_checked(end)?;
        let after = after.trim_start();
        let Some(value) = after.strip_prefix('=') else {
            if after.starts_with('>') || after.is_empty() {
                return None;
            }
            rest = after;
            continue;
        };
        let value = value.trim_start();
        let (value, after) = match value.chars().next()? {
            quote @ ('"' | '\'') => value.get(1..)?.split_once(quote)?,
            _ => value.split_at_checked(value.find(|c: char| c.is_whitespace() || c == '>')?)?,
        };
        if name.eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        rest = after;
    }
}

/// An attribute's text, which has its references already, in a place that double quotes end.
fn quoted(raw: &str) -> String {
    raw.replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
