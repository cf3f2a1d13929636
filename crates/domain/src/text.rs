//! What people may write: limits and cleaning, the same for a form, a kit and a peer.

use thiserror::Error;

/// A value that cannot be taken.
///
/// `field` is the form field or configuration key; `need` the message key of what is needed, which
/// the interface turns into the reader's language.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{field}: {need}")]
pub struct Invalid {
    /// Name of the field.
    pub field: &'static str,
    /// Message key of what is needed.
    pub need: &'static str,
}

impl Invalid {
    /// Names a field and what is needed.
    #[must_use]
    pub const fn new(field: &'static str, need: &'static str) -> Self {
        Self { field, need }
    }
}

/// Longest title, in characters (what Lemmy takes).
pub const TITLE_MAX: usize = 200;
/// Longest Markdown body of a thread, comment or knowledge object, in bytes.
pub const BODY_MAX: usize = 50_000;
/// Longest abstract, in characters.
pub const ABSTRACT_MAX: usize = 500;
/// Longest display name, in characters.
pub const DISPLAY_NAME_MAX: usize = 80;
/// Longest self-description of a member, in characters.
pub const SUMMARY_MAX: usize = 500;
/// Shortest password, in characters.
pub const PASSWORD_MIN: usize = 12;
/// Longest password, in bytes, so that hashing costs the same for all.
pub const PASSWORD_MAX: usize = 256;
/// Most attachments of one object.
pub const ATTACHMENTS_MAX: usize = 10;
/// Largest uploaded file, in bytes.
pub const FILE_MAX: u64 = 25 * 1024 * 1024;

/// One line of text: trimmed, inner white space folded, control and bidi characters removed.
#[must_use]
pub fn one_line(text: &str) -> String {
    let visible: String = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| is_visible(*c))
        .collect();
    visible
        .split(' ')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Many lines of text: line ends unified, control and bidi characters removed, ends trimmed.
#[must_use]
pub fn many_lines(text: &str) -> String {
    let unified = text.replace("\r\n", "\n").replace('\r', "\n");
    let visible: String = unified
        .chars()
        .filter(|c| matches!(c, '\n' | '\t') || is_visible(*c))
        .collect();
    visible.trim().to_owned()
}

/// Whether a character may stand in text: no controls, no characters that turn the reading order.
#[must_use]
pub fn is_visible(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{FEFF}')
}

/// A title: one line, 3 to [`TITLE_MAX`] characters.
///
/// # Errors
/// [`Invalid`] for `title`.
pub fn title(text: &str) -> Result<String, Invalid> {
    bounded(one_line(text), "title", 3, TITLE_MAX)
}

/// A Markdown body: at least one character, at most [`BODY_MAX`] bytes.
///
/// # Errors
/// [`Invalid`] for `body`.
pub fn body(text: &str) -> Result<String, Invalid> {
    let text = many_lines(text);
    if text.is_empty() {
        Err(Invalid::new("body", "missing"))
    } else if text.len() > BODY_MAX {
        Err(Invalid::new("body", "too-long"))
    } else {
        Ok(text)
    }
}

/// An abstract: one line, at most [`ABSTRACT_MAX`] characters, may be empty.
///
/// # Errors
/// [`Invalid`] for `abstract`.
pub fn summary_of_object(text: &str) -> Result<String, Invalid> {
    bounded(one_line(text), "abstract", 0, ABSTRACT_MAX)
}

/// A display name: one line, 2 to [`DISPLAY_NAME_MAX`] characters.
///
/// # Errors
/// [`Invalid`] for `display_name`.
pub fn display_name(text: &str) -> Result<String, Invalid> {
    bounded(one_line(text), "display_name", 2, DISPLAY_NAME_MAX)
}

/// What a member says of themselves, or their post: at most [`SUMMARY_MAX`] characters.
///
/// # Errors
/// [`Invalid`] for `field`.
pub fn profile_line(text: &str, field: &'static str) -> Result<String, Invalid> {
    bounded(one_line(text), field, 0, SUMMARY_MAX)
}

/// A new password: [`PASSWORD_MIN`] characters to [`PASSWORD_MAX`] bytes, taken as typed.
///
/// # Errors
/// [`Invalid`] for `password`.
pub fn password(text: &str) -> Result<&str, Invalid> {
    if text.chars().count() < PASSWORD_MIN {
        Err(Invalid::new("password", "too-short"))
    } else if text.len() > PASSWORD_MAX {
        Err(Invalid::new("password", "too-long"))
    } else {
        Ok(text)
    }
}

/// A file name for display and download: one line, no path, at most 120 characters.
///
/// # Errors
/// [`Invalid`] for `file`.
pub fn file_name(text: &str) -> Result<String, Invalid> {
    let last = text.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = one_line(last).trim_start_matches('.').to_owned();
    bounded(name, "file", 1, 120)
}

fn bounded(text: String, field: &'static str, min: usize, max: usize) -> Result<String, Invalid> {
    let length = text.chars().count();
    if length == 0 && min > 0 {
        Err(Invalid::new(field, "missing"))
    } else if length < min {
        Err(Invalid::new(field, "too-short"))
    } else if length > max {
        Err(Invalid::new(field, "too-long"))
    } else {
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::{body, file_name, many_lines, one_line, password, title};

    #[test]
    fn titles_are_folded_to_one_clean_line() {
        assert_eq!(
            title("  ¿Cómo\n cobrar \u{202E}la basura?  ").unwrap(),
            "¿Cómo cobrar la basura?"
        );
        assert_eq!(title("  ").unwrap_err().need, "missing");
        assert_eq!(title("ab").unwrap_err().need, "too-short");
        assert_eq!(title(&"ñ".repeat(201)).unwrap_err().need, "too-long");
        assert!(title(&"ñ".repeat(200)).is_ok());
    }

    #[test]
    fn bodies_keep_their_lines() {
        assert_eq!(many_lines("a\r\nb\rc\u{0}"), "a\nb\nc");
        assert_eq!(body(" \n ").unwrap_err().need, "missing");
        assert_eq!(body(&"a".repeat(50_001)).unwrap_err().need, "too-long");
    }

    #[test]
    fn file_names_lose_their_path() {
        assert_eq!(file_name("C:\\cosas\\hoja.xlsx").unwrap(), "hoja.xlsx");
        assert_eq!(file_name("../../.htaccess").unwrap(), "htaccess");
        assert!(file_name("a/").is_err());
    }

    #[test]
    fn passwords_are_taken_as_typed() {
        assert_eq!(password(" doce letras ").unwrap(), " doce letras ");
        assert_eq!(password("corta").unwrap_err().need, "too-short");
        assert_eq!(one_line(" a  b "), "a b");
    }
}
