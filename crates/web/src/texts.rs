//! The words of the interface, in each of its languages, and how dates and numbers are said.
//!
//! Texts live in `i18n/{language}/tequio.ftl`; `fl!` checks keys when building. Start at [`Catalogue`].
//! What must stay true: every language has every key (a test), and nothing shown to a reader is
//! written anywhere else.

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::Arc;

use i18n_embed::fluent::FluentLanguageLoader;
use i18n_embed::{I18nAssets, I18nEmbedError, LanguageLoader};
use i18n_embed_fl::fl;
use unic_langid::{LanguageIdentifier, LanguageIdentifierError};

use tequio_domain::{AccountState, Audience, KnowledgeKind, License, Locale, Role, Timestamp};

mod form;

const SPANISH: &str = include_str!("../i18n/es/tequio.ftl");
const ENGLISH: &str = include_str!("../i18n/en/tequio.ftl");

/// The embedded texts; `include_str!` makes a change of a text rebuild the crate, so `fl!` checks again.
struct Embedded;

impl I18nAssets for Embedded {
    fn get_files(&self, file_path: &str) -> Vec<Cow<'_, [u8]>> {
        let text = match file_path {
            "es/tequio.ftl" => SPANISH,
            "en/tequio.ftl" => ENGLISH,
            _ => return Vec::new(),
        };
        vec![Cow::Borrowed(text.as_bytes())]
    }

    fn filenames_iter(&self) -> Box<dyn Iterator<Item = String> + '_> {
        Box::new(
            ["es/tequio.ftl", "en/tequio.ftl"]
                .into_iter()
                .map(str::to_owned),
        )
    }
}

/// Texts that cannot be loaded: an embedded file that does not parse, which a test excludes.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A language tag.
    #[error("language: {0}")]
    Language(#[from] LanguageIdentifierError),
    /// A text file.
    #[error("texts: {0}")]
    Texts(#[from] I18nEmbedError),
}

/// The texts of one language. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Texts {
    locale: Locale,
    loader: Arc<FluentLanguageLoader>,
}

impl Deref for Texts {
    type Target = FluentLanguageLoader;

    fn deref(&self) -> &FluentLanguageLoader {
        &self.loader
    }
}

/// The texts of every language.
#[derive(Clone, Debug)]
pub struct Catalogue {
    es: Texts,
    en: Texts,
}

impl Catalogue {
    /// Parses the embedded texts.
    ///
    /// # Errors
    /// [`LoadError`].
    pub fn load() -> Result<Self, LoadError> {
        Ok(Self {
            es: load(Locale::Es)?,
            en: load(Locale::En)?,
        })
    }

    /// The texts of a language.
    #[must_use]
    pub fn of(&self, locale: Locale) -> &Texts {
        match locale {
            Locale::Es => &self.es,
            Locale::En => &self.en,
        }
    }
}

fn load(locale: Locale) -> Result<Texts, LoadError> {
    let fallback: LanguageIdentifier = Locale::Es.as_str().parse()?;
    let language: LanguageIdentifier = locale.as_str().parse()?;
    let loader = FluentLanguageLoader::new("tequio", fallback);
    loader.load_languages(&Embedded, &[language])?;
    loader.set_use_isolating(false);
    Ok(Texts {
        locale,
        loader: Arc::new(loader),
    })
}

impl Texts {
    /// The language of these texts.
    #[must_use]
    pub fn locale(&self) -> Locale {
        self.locale
    }

    /// `2 de marzo de 2026`.
    #[must_use]
    pub fn date(&self, at: Timestamp) -> String {
        let c = at.calendar();
        fl!(
            self,
            "date-long",
            day = c.day,
            month = self.month(c.month),
            year = c.year.to_string()
        )
    }

    /// `2 de marzo de 2026, 14:05 UTC`.
    #[must_use]
    pub fn date_time(&self, at: Timestamp) -> String {
        let c = at.calendar();
        let time = format!("{:02}:{:02}", c.hour, c.minute);
        fl!(
            self,
            "date-time",
            day = c.day,
            month = self.month(c.month),
            year = c.year.to_string(),
            time = time
        )
    }

    fn month(&self, month: u32) -> String {
        match month {
            1 => fl!(self, "month-1"),
            2 => fl!(self, "month-2"),
            3 => fl!(self, "month-3"),
            4 => fl!(self, "month-4"),
            5 => fl!(self, "month-5"),
            6 => fl!(self, "month-6"),
            7 => fl!(self, "month-7"),
            8 => fl!(self, "month-8"),
            9 => fl!(self, "month-9"),
            10 => fl!(self, "month-10"),
            11 => fl!(self, "month-11"),
            _ => fl!(self, "month-12"),
        }
    }

    /// A whole number with its thousands apart: `1234`, `12 345` (es), `12,345` (en).
    #[must_use]
    pub fn number(&self, value: i64) -> String {
        let digits = value.unsigned_abs().to_string();
        if digits.len() <= 4 {
            return value.to_string();
        }
        let separator = match self.locale {
            Locale::Es => '\u{202F}',
            Locale::En => ',',
        };
        let mut out = String::with_capacity(digits.len() + 4);
        if value < 0 {
            out.push('-');
        }
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                out.push(separator);
            }
            out.push(digit);
        }
        out
    }

    /// A size: `412 bytes`, `38 kB`, `1,2 MB` (es), `1.2 MB` (en).
    #[must_use]
    pub fn size(&self, size_bytes: i64) -> String {
        let point = match self.locale {
            Locale::Es => ',',
            Locale::En => '.',
        };
        match size_bytes {
            ..1_000 => format!("{size_bytes} bytes"),
            1_000..1_000_000 => format!("{} kB", size_bytes / 1_000),
            _ => format!(
                "{}{point}{} MB",
                size_bytes / 1_000_000,
                size_bytes / 100_000 % 10
            ),
        }
    }

    /// `3 respuestas`.
    #[must_use]
    pub fn replies(&self, count: i64) -> String {
        fl!(
            self,
            "count-replies",
            count = count,
            number = self.number(count)
        )
    }

    /// `3 comentarios`.
    #[must_use]
    pub fn comments(&self, count: i64) -> String {
        fl!(
            self,
            "count-comments",
            count = count,
            number = self.number(count)
        )
    }

    /// `3 conversaciones`.
    #[must_use]
    pub fn threads(&self, count: i64) -> String {
        fl!(
            self,
            "count-threads",
            count = count,
            number = self.number(count)
        )
    }

    /// `3 fichas`.
    #[must_use]
    pub fn objects(&self, count: i64) -> String {
        fl!(
            self,
            "count-objects",
            count = count,
            number = self.number(count)
        )
    }

    /// `3 miembros`.
    #[must_use]
    pub fn people(&self, count: i64) -> String {
        fl!(
            self,
            "count-people",
            count = count,
            number = self.number(count)
        )
    }

    /// `3 aportes`.
    #[must_use]
    pub fn contributions(&self, count: i64) -> String {
        fl!(
            self,
            "count-entries",
            count = count,
            number = self.number(count)
        )
    }

    /// `3 archivos`, empty for none.
    #[must_use]
    pub fn files(&self, count: i64) -> String {
        if count == 0 {
            return String::new();
        }
        fl!(
            self,
            "count-files",
            count = count,
            number = self.number(count)
        )
    }

    /// The label of the vote: `Útil · 3`.
    #[must_use]
    pub fn useful(&self, count: i64) -> String {
        fl!(
            self,
            "count-useful",
            count = count,
            number = self.number(count)
        )
    }

    /// What a list says of votes: `útil para 3 personas`, empty for none.
    #[must_use]
    pub fn found_useful(&self, count: i64) -> String {
        if count == 0 {
            return String::new();
        }
        fl!(
            self,
            "count-found-useful",
            count = count,
            number = self.number(count)
        )
    }
}

/// How the members of closed lists are called.
impl Texts {
    /// The name of a kind of knowledge object.
    #[must_use]
    pub fn knowledge_kind(&self, kind: KnowledgeKind) -> String {
        match kind {
            KnowledgeKind::TopicDescription => fl!(self, "object-kind-topic-description"),
            KnowledgeKind::Importance => fl!(self, "object-kind-importance"),
            KnowledgeKind::Issue => fl!(self, "object-kind-issue"),
            KnowledgeKind::Process => fl!(self, "object-kind-process"),
            KnowledgeKind::Lesson => fl!(self, "object-kind-lesson"),
            KnowledgeKind::CaseStudy => fl!(self, "object-kind-case-study"),
            KnowledgeKind::Tool => fl!(self, "object-kind-tool"),
            KnowledgeKind::Manual => fl!(self, "object-kind-manual"),
            KnowledgeKind::Faq => fl!(self, "object-kind-faq"),
            KnowledgeKind::Proceedings => fl!(self, "object-kind-proceedings"),
            KnowledgeKind::Presentation => fl!(self, "object-kind-presentation"),
            KnowledgeKind::Reference => fl!(self, "object-kind-reference"),
            KnowledgeKind::WebLink => fl!(self, "object-kind-web-link"),
            KnowledgeKind::Organisation => fl!(self, "object-kind-organisation"),
            KnowledgeKind::Story => fl!(self, "object-kind-story"),
            KnowledgeKind::Template => fl!(self, "object-kind-template"),
        }
    }

    /// The name of an audience.
    #[must_use]
    pub fn audience(&self, audience: Audience) -> String {
        match audience {
            Audience::Deciders => fl!(self, "audience-deciders"),
            Audience::Practitioners => fl!(self, "audience-practitioners"),
            Audience::Both => fl!(self, "audience-both"),
        }
    }

    /// The name of a licence.
    #[must_use]
    pub fn license(&self, license: License) -> String {
        match license {
            License::CcBy => fl!(self, "license-by"),
            License::CcBySa => fl!(self, "license-by-sa"),
            License::Cc0 => fl!(self, "license-zero"),
        }
    }

    /// The name of a role.
    #[must_use]
    pub fn role(&self, role: Role) -> String {
        match role {
            Role::Member => fl!(self, "role-member"),
            Role::Admin => fl!(self, "role-admin"),
        }
    }

    /// The name of an account's state.
    #[must_use]
    pub fn account_state(&self, state: AccountState) -> String {
        match state {
            AccountState::Pending => fl!(self, "account-pending"),
            AccountState::Active => fl!(self, "account-active"),
            AccountState::Closed => fl!(self, "account-closed"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Catalogue, ENGLISH, SPANISH};
    use tequio_domain::{Locale, Timestamp};

    fn keys(source: &str) -> Vec<&str> {
        source
            .lines()
            .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
            .filter_map(|line| line.split_once(" ="))
            .map(|(key, _)| key)
            .collect()
    }

    #[test]
    fn every_language_has_every_key_once_and_in_the_same_order() {
        assert_eq!(keys(SPANISH), keys(ENGLISH));
        let mut sorted = keys(SPANISH);
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), keys(SPANISH).len());
    }

    #[test]
    fn members_read_city_and_never_instance() {
        for source in [SPANISH, ENGLISH] {
            let shown: String = source
                .lines()
                .filter(|line| !line.starts_with('#'))
                .collect::<String>();
            assert!(!shown.to_lowercase().contains("instanc"));
        }
    }

    #[test]
    fn dates_and_numbers_are_said_in_each_language() {
        let catalogue = Catalogue::load().unwrap();
        let at = Timestamp::parse_rfc3339("2026-03-02T14:05:00Z").unwrap();
        let es = catalogue.of(Locale::Es);
        let en = catalogue.of(Locale::En);
        assert_eq!(es.date(at), "2 de marzo de 2026");
        assert_eq!(es.date_time(at), "2 de marzo de 2026, 14:05 UTC");
        assert_eq!(en.date(at), "2 March 2026");
        assert_eq!(es.number(1234), "1234");
        assert_eq!(es.number(-12_345), "-12\u{202F}345");
        assert_eq!(en.number(1_234_567), "1,234,567");
        assert_eq!(es.size(1_234_567), "1,2 MB");
        assert_eq!(es.replies(0), "Sin respuestas");
        assert_eq!(es.replies(1), "1 respuesta");
        assert_eq!(en.replies(12_000), "12,000 replies");
    }
}
