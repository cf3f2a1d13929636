//! Names that stand in addresses.

use std::fmt;

use crate::text::Invalid;

macro_rules! slug_type {
    ($(#[$doc:meta])* $name:ident, $field:literal, $check:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Checks and wraps.
            ///
            /// # Errors
            /// [`Invalid`] naming the field and what is needed.
            pub fn parse(text: &str) -> Result<Self, Invalid> {
                if $check(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(Invalid::new($field, "name-form"))
                }
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

slug_type!(
    /// A topic's slug: `gobierno-electronico`. 2–60 of a–z, 0–9 and inner single hyphens.
    TopicSlug, "topic", is_slug
);
slug_type!(
    /// A city's slug: `san-salvador`. 2–60 of a–z, 0–9 and inner single hyphens.
    CitySlug, "city", is_slug
);
slug_type!(
    /// The slug of a collection in its topic. 2–60 of a–z, 0–9 and inner single hyphens.
    CollectionSlug, "collection", is_slug
);
slug_type!(
    /// A member's name in addresses: `rmejia`. 2–30 of a–z, 0–9, `_`, starting with a letter.
    MemberName, "name", is_member_name
);

/// Name of the city's office account, in the name space of members and groups: nobody else may have it.
pub const OFFICE: &str = "oficina";

fn is_slug(text: &str) -> bool {
    (2..=60).contains(&text.len())
        && text.split('-').all(|part| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        })
}

fn is_member_name(text: &str) -> bool {
    (2..=30).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// The readable part of a page address: ASCII, lower case, words joined by hyphens, at most 60 bytes.
/// Empty when nothing is left.
#[must_use]
pub fn slugify(title: &str) -> String {
    let mut slug = String::new();
    for c in title.chars().flat_map(char::to_lowercase) {
        let folded = match c {
            'á' | 'à' | 'ä' | 'â' | 'ã' => 'a',
            'é' | 'è' | 'ë' | 'ê' => 'e',
            'í' | 'ì' | 'ï' | 'î' => 'i',
            'ó' | 'ò' | 'ö' | 'ô' | 'õ' => 'o',
            'ú' | 'ù' | 'ü' | 'û' => 'u',
            'ñ' => 'n',
            'ç' => 'c',
            other => other,
        };
        if folded.is_ascii_alphanumeric() {
            if slug.len() >= 60 {
                break;
            }
            slug.push(folded);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(60);
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::{CitySlug, MemberName, slugify};

    #[test]
    fn slugs_are_ascii_words() {
        assert_eq!(
            slugify("¿Cómo fijar la tarifa de recolección?"),
            "como-fijar-la-tarifa-de-recoleccion"
        );
        assert_eq!(slugify("Año 2026: señales…"), "ano-2026-senales");
        assert_eq!(slugify("日本"), "");
        assert!(slugify(&"palabra ".repeat(20)).len() <= 60);
    }

    #[test]
    fn names_that_would_break_an_address_are_refused() {
        for bad in ["", "a", "-a", "a--b", "San", "a b", "a/b", "á", "a."] {
            assert!(CitySlug::parse(bad).is_err(), "{bad}");
            assert!(MemberName::parse(bad).is_err(), "{bad}");
        }
        assert!(CitySlug::parse("san-salvador").is_ok());
        assert!(MemberName::parse("rmejia_2").is_ok());
    }
}
