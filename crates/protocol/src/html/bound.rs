//! What keeps the parser's work in proportion to the text.
//!
//! The algorithm of HTML opens links and formatting that were left open again in every block: 200 of them
//! and 300 paragraphs, 4 kB, made 1 MB (measured 2026-11-24, ammonia 4.2). So they are given names that
//! mean nothing to the parser, and get their own back afterwards. And much of it is a walk over all open
//! elements: 12,000 lists inside one another took 8 s. So what stands too deep is cut off.
//!
//! A scan, not a parser: it sees tags in comments and in attributes too. That costs such a text a few
//! characters and opens nothing, because the sanitiser comes after.

/// Most elements open at once, closed or not; browsers stop at 512.
pub(super) const DEPTH_MAX: usize = 500;
/// The name of links while they are parsed.
pub(super) const LINK: &str = "tq-a";
/// Before the names of formatting elements while they are parsed.
const PREFIX: &str = "tq-";
/// The elements that the parser opens again.
const FORMATTING: [&str; 14] = [
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
];
/// Elements that are never open.
const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];
/// Elements beyond which no end tag closes anything.
const SCOPES: [&str; 10] = [
    "applet", "button", "caption", "marquee", "object", "select", "table", "td", "template", "th",
];
/// Inline elements without a rule of their own. What is not listed counts as a block.
const ORDINARY: [&str; 14] = [
    "abbr", "cite", "del", "dfn", "ins", "kbd", "label", "mark", "q", "samp", "span", "sub", "sup",
    "var",
];
/// No name that means something is longer, in bytes.
const NAME_MAX: usize = 16;

/// The name that a tag has while it is parsed.
pub(super) fn parsed_name(name: &str) -> String {
    if FORMATTING.contains(&name) {
        format!("{PREFIX}{name}")
    } else {
        name.to_owned()
    }
}

/// `html` with the names to be parsed, up to where more than `depth` elements are open.
pub(super) fn prepare(html: &str, depth: usize) -> String {
    let mut made = String::with_capacity(html.len() + html.len() / 8);
    let mut open = Open::default();
    let mut rest = html;
    while let Some((before, from)) = rest.split_once('<') {
        made.push_str(before);
        let (mark, after) = match from.strip_prefix('/') {
            Some(after) => ("</", after),
            None => ("<", from),
        };
        let name = name(after);
        if mark == "</" {
            open.close(&name);
        } else {
            if name == "a" && open.has_link() {
                made.push_str(&format!("</{LINK}>"));
            }
            if !open.open(&name, depth) {
                return made;
            }
        }
        made.push_str(mark);
        if FORMATTING.contains(&name.as_str()) {
            made.push_str(PREFIX);
        }
        rest = after;
    }
    made.push_str(rest);
    made
}

/// Gives the elements of sanitised HTML their names back: in it every `<` begins a tag.
pub(super) fn restore(clean: &str) -> String {
    clean
        .replace(&format!("<{PREFIX}"), "<")
        .replace(&format!("</{PREFIX}"), "</")
}

/// Whether no more than [`DEPTH_MAX`] elements of sanitised HTML are inside one another.
pub(super) fn is_within(clean: &str) -> bool {
    let mut open = Open::default();
    clean
        .split('<')
        .skip(1)
        .all(|tag| match tag.strip_prefix('/') {
            Some(end) => {
                open.close(&name(end));
                true
            }
            None => open.open(&name(tag), DEPTH_MAX),
        })
}

/// The names of what is open, the outermost first. Where it errs, it takes for open what is closed.
#[derive(Default)]
struct Open(Vec<String>);

impl Open {
    /// Opens one; `false` when `depth` are open already.
    fn open(&mut self, name: &str, depth: usize) -> bool {
        if name.is_empty() || VOID.contains(&name) {
            return true;
        }
        // The parser closes the one before.
        match name {
            "a" => self.close(name),
            "p" => self.close_up_to(name, |other| SCOPES.contains(&other)),
            "li" => self.close_up_to(name, |other| !is_ordinary(other) && other != "p"),
            _ => {}
        }
        self.0.push(name.to_owned());
        self.0.len() <= depth
    }

    /// Whether a link is open: they do not nest.
    fn has_link(&self) -> bool {
        self.0.iter().any(|name| name == "a")
    }

    /// Closes one of this name, if the parser would find it.
    fn close(&mut self, name: &str) {
        if is_ordinary(name) {
            self.close_up_to(name, |other| !is_ordinary(other));
        } else {
            self.close_up_to(name, |other| SCOPES.contains(&other));
        }
    }

    /// Closes the innermost of this name, unless an element at which the search stops is further in.
    fn close_up_to(&mut self, name: &str, stops: impl Fn(&str) -> bool) {
        let place = self.0.iter().rposition(|open| open == name || stops(open));
        if let Some(place) = place.filter(|place| self.0.get(*place).is_some_and(|it| it == name)) {
            self.0.remove(place);
        }
    }
}

/// Whether an element is like any other to the parser: its end tag is not looked for beyond a block.
fn is_ordinary(name: &str) -> bool {
    FORMATTING.contains(&name) || ORDINARY.contains(&name)
}

/// The name at the beginning of a tag, in lower case; empty where there is none.
fn name(tag: &str) -> String {
    let bytes = tag.bytes().take(NAME_MAX + 1);
    let name = bytes.take_while(|b| !b.is_ascii_whitespace() && !matches!(b, b'/' | b'>' | b'<'));
    let name: String = name
        .map(|byte| char::from(byte.to_ascii_lowercase()))
        .collect();
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        name
    } else {
        String::new()
    }
}
