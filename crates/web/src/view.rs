//! What a page says: one struct of finished text for each page, and the template that lays it out.
//!
//! Start at [`Frame`], which every page has. Templates loop and branch, nothing else; they are in
//! `templates/`, one for each struct here. What must stay true: no template sees a database row, and
//! [`Trusted`] is made only from sanitised HTML or from markup written here.

use std::fmt;

use tequio_protocol::html::SafeHtml;

use crate::texts::Texts;

pub mod account;
pub mod acta;
pub mod erasure;
pub mod form;
pub mod library;
pub mod list;
pub mod mesh;
pub mod outside;
pub mod place;
pub mod siblings;
pub mod thread;
pub mod topic;
pub mod turns;

/// Markup that goes into a page as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trusted(String);

impl From<SafeHtml> for Trusted {
    fn from(html: SafeHtml) -> Self {
        Self(html.into_string())
    }
}

impl fmt::Display for Trusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for Trusted {}

/// A link, or a choice among links.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Link {
    /// Where to; empty for a gap between page numbers.
    pub href: String,
    /// What it says.
    pub label: String,
    /// Whether it is where the reader is.
    pub current: bool,
}

impl Link {
    /// A plain link.
    #[must_use]
    pub fn new(href: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            href: href.into(),
            label: label.into(),
            current: false,
        }
    }
}

/// The signed-in member, as the header shows them.
#[derive(Debug, Clone)]
pub struct Who {
    /// Name shown.
    pub display_name: String,
    /// Whether the administration is offered.
    pub is_admin: bool,
    /// Alarms between the cities that are open, for administrators; 0 for others.
    pub open_alarms: i64,
    /// Cities that wait to be accepted, for administrators; 0 for others.
    pub open_cities: i64,
    /// Whether they are in what is theirs from outside the network.
    pub is_outside: bool,
}

/// What every page has around its content.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Texts in the reader's language.
    pub t: Texts,
    /// Language of the page: `es`.
    pub lang: &'static str,
    /// `auto`, `light` or `dark`.
    pub theme: &'static str,
    /// Index of the city's accent in the style sheet.
    pub accent: u8,
    /// Title of the page, without the city.
    pub title: String,
    /// Plain text for search engines; may be empty.
    pub description: String,
    /// Name of this city.
    pub city_name: String,
    /// Two letters for the city's mark.
    pub city_mark: String,
    /// Name of the network.
    pub network_name: String,
    /// One sentence about the network.
    pub network_summary: String,
    /// Address of the style sheet.
    pub css: String,
    /// Address of the icon sprite.
    pub icons: String,
    /// Path and query of this page.
    pub path: String,
    /// Main navigation.
    pub nav: Vec<Link>,
    /// Who is signed in.
    pub who: Option<Who>,
    /// Where signing in is, with the way back.
    pub sign_in: String,
    /// CSRF token of this viewer; empty for anonymous pages, which have no guarded form.
    pub csrf: String,
    /// What the last action did.
    pub notice: Option<String>,
    /// The same thing as an ActivityPub object.
    pub alternate: Option<String>,
    /// Whether search engines are asked to stay away.
    pub unlisted: bool,
}

impl Frame {
    /// An icon of the sprite, hidden from screen readers.
    #[must_use]
    pub fn icon(&self, name: &'static str) -> Trusted {
        Trusted(format!(
            r#"<svg class="icon" aria-hidden="true"><use href="{}#{name}"></use></svg>"#,
            self.icons
        ))
    }

    /// The hidden field that proves that a form came from our page. The token is hexadecimal.
    #[must_use]
    pub fn csrf_field(&self) -> Trusted {
        Trusted(format!(
            r#"<input type="hidden" name="csrf" value="{}">"#,
            self.csrf
        ))
    }

    /// `aria-pressed` of a language button.
    #[must_use]
    pub fn lang_is(&self, lang: &str) -> bool {
        self.lang == lang
    }

    /// `aria-pressed` of a theme button.
    #[must_use]
    pub fn theme_is(&self, theme: &str) -> bool {
        self.theme == theme
    }
}

/// First letters of the first and the last word: `SS`, `AZ`.
#[must_use]
pub fn initials(name: &str) -> String {
    let words: Vec<&str> = name
        .split_whitespace()
        .filter(|word| word.chars().any(char::is_uppercase))
        .collect();
    let mut letters: Vec<char> = Vec::new();
    letters.extend(words.first().and_then(|word| word.chars().next()));
    if words.len() > 1 {
        letters.extend(words.last().and_then(|word| word.chars().next()));
    } else {
        letters.extend(words.first().and_then(|word| word.chars().nth(1)));
    }
    letters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_are_those_of_the_first_and_last_name() {
        assert_eq!(initials("San Salvador"), "SS");
        assert_eq!(initials("Ciudad de México"), "CM");
        assert_eq!(initials("Managua"), "Ma");
        assert_eq!(initials("Óscar Alvarenga"), "ÓA");
        assert_eq!(initials(""), "");
    }
}
