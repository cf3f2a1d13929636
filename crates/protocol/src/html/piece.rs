//! Sanitised HTML in pieces. The serialiser behind [`super::sanitize`] escapes `<` and `>` in text
//! and in attribute values, so that every `<` begins a tag and the next `>` ends it.

/// A stretch of sanitised HTML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Escaped text.
    Text(&'a str),
    /// A tag from `<` to `>`, both included.
    Tag(&'a str),
}

/// The pieces of `html`, in order; joined they are `html` again.
pub(super) fn pieces(html: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = html;
    std::iter::from_fn(move || {
        let is_tag = rest.starts_with('<');
        let end = if is_tag {
            rest.find('>').map(|at| at + 1)
        } else {
            rest.find('<')
        };
        let (piece, after) = rest.split_at_checked(end.unwrap_or(rest.len()))?;
        rest = after;
        match (piece.is_empty(), is_tag) {
            (true, _) => None,
            (false, true) => Some(Piece::Tag(piece)),
            (false, false) => Some(Piece::Text(piece)),
        }
    })
}

/// The name of a tag, opening or closing: `a` for `<a href="…">` and `</a>`.
pub(super) fn tag_name(tag: &str) -> &str {
    let inner = tag.trim_start_matches(['<', '/']);
    inner.split([' ', '>', '/']).next().unwrap_or_default()
}

/// Whether the reader sees a new line at this tag, opening or closing.
pub(super) fn breaks_line(name: &str) -> bool {
    matches!(
        name,
        "blockquote"
            | "br"
            | "dd"
            | "dl"
            | "dt"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "hr"
            | "li"
            | "ol"
            | "p"
            | "pre"
            | "table"
            | "tr"
            | "ul"
    )
}

/// Undoes the escapes that the serialiser makes.
pub(super) fn unescape(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    // `&amp;` last, or `&amp;lt;` would become `<`.
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&nbsp;", "\u{a0}")
        .replace("&amp;", "&")
}
