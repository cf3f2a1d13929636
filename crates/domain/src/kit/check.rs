//! What a kit says that nothing can be founded from.

use std::collections::HashSet;
use std::fmt;

use super::{Bilingual, Coordination, Glossary, Network, Topic};
use crate::{CitySlug, OFFICE, Timestamp, TopicSlug, text};

/// Longest planned term, in days.
pub const TERM_DAYS_MAX: u32 = 3650;

/// Something in a kit that has to be mended: in which file, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// Path below the kit's folder.
    pub file: String,
    /// What is wrong, and the cure.
    pub what: String,
}

impl Flaw {
    /// Names the file and what is wrong.
    #[must_use]
    pub fn new(file: impl Into<String>, what: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            what: what.into(),
        }
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.what)
    }
}

/// All flaws of `network.toml`; its topics' files are looked at by [`of_topic`].
#[must_use]
pub fn of_network(network: &Network) -> Vec<Flaw> {
    let mut checker = Checker::new("network.toml");
    if TopicSlug::parse(&network.slug).is_err() {
        checker.flaw(format!("slug = {:?} {SLUG_FORM}", network.slug));
    }
    checker.texts("name", &network.name, text::DISPLAY_NAME_MAX);
    checker.texts("summary", &network.summary, text::SUMMARY_MAX);
    checker.slugs("topics", network.topics.iter(), |slug| {
        TopicSlug::parse(slug).is_ok()
    });
    if network.topics.iter().any(|slug| slug == OFFICE) {
        checker.flaw(format!(
            "topics: {OFFICE:?} is the name of each city's office"
        ));
    }
    let slugs = network.cities.iter().map(|city| &city.slug);
    checker.slugs("city", slugs, |slug| CitySlug::parse(slug).is_ok());
    for city in &network.cities {
        let key = |name: &str| format!("{name} of the city {:?}", city.slug);
        checker.text(&key("name"), &city.name, text::DISPLAY_NAME_MAX);
        checker.texts(&key("country"), &city.country, text::DISPLAY_NAME_MAX);
        checker.texts(&key("summary"), &city.summary, text::SUMMARY_MAX);
    }
    if let Some(coordination) = &network.coordination {
        checker.coordination(network, coordination);
    }
    checker.flaws
}

/// All flaws of one topic's `topic.toml` and `glossary.toml`.
#[must_use]
pub fn of_topic(slug: &str, topic: &Topic, glossary: &Glossary) -> Vec<Flaw> {
    let mut checker = Checker::new(format!("topics/{slug}/topic.toml"));
    if topic.slug != slug {
        checker.flaw(format!("slug must be {slug:?}, as its folder is called"));
    }
    checker.texts("name", &topic.name, text::DISPLAY_NAME_MAX);
    checker.texts("summary", &topic.summary, text::SUMMARY_MAX);
    checker.texts("for_deciders", &topic.for_deciders, text::BODY_MAX);
    checker.texts(
        "for_practitioners",
        &topic.for_practitioners,
        text::BODY_MAX,
    );
    checker.file = format!("topics/{slug}/glossary.toml");
    if !glossary.terms.is_empty() {
        let slugs = glossary.terms.iter().map(|term| &term.slug);
        checker.slugs("term", slugs, |slug| TopicSlug::parse(slug).is_ok());
    }
    for term in &glossary.terms {
        let key = |name: &str| format!("{name} of the term {:?}", term.slug);
        checker.text(&key("name"), &term.name, text::DISPLAY_NAME_MAX);
        checker.text(&key("en"), &term.en, text::DISPLAY_NAME_MAX);
        checker.text(&key("definition"), &term.definition, text::BODY_MAX);
        for label in &term.also {
            checker.text(&key("label"), &label.label, text::DISPLAY_NAME_MAX);
        }
    }
    checker.flaws
}

const SLUG_FORM: &str =
    "must be 2 to 60 of a-z and 0-9, with single hyphens inside, such as \"san-salvador\"";

struct Checker {
    file: String,
    flaws: Vec<Flaw>,
}

impl Checker {
    fn new(file: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            flaws: Vec::new(),
        }
    }

    fn flaw(&mut self, what: String) {
        self.flaws.push(Flaw::new(self.file.clone(), what));
    }

    fn text(&mut self, key: &str, text: &str, max: usize) {
        if text.trim().is_empty() {
            self.flaw(format!("{key} is empty"));
        } else if text.chars().count() > max {
            self.flaw(format!("{key} is longer than {max} characters"));
        }
    }

    fn texts(&mut self, key: &str, texts: &Bilingual, max: usize) {
        self.text(&format!("{key}, es,"), &texts.es, max);
        self.text(&format!("{key}, en,"), &texts.en, max);
    }

    fn slugs<'a>(
        &mut self,
        key: &str,
        slugs: impl Iterator<Item = &'a String>,
        fits: impl Fn(&str) -> bool,
    ) {
        let mut seen = HashSet::new();
        for slug in slugs {
            if !fits(slug) {
                self.flaw(format!("{key}: {slug:?} {SLUG_FORM}"));
            }
            if !seen.insert(slug) {
                self.flaw(format!("{key}: {slug:?} stands twice"));
            }
        }
        if seen.is_empty() {
            self.flaw(format!("{key}: there must be at least one"));
        }
    }

    fn coordination(&mut self, network: &Network, coordination: &Coordination) {
        let has_city = |slug: &str| network.cities.iter().any(|city| city.slug == slug);
        if !has_city(&coordination.founder) {
            self.flaw(format!(
                "founder = {:?} is not the slug of a city of the kit",
                coordination.founder
            ));
        }
        if !(1..=TERM_DAYS_MAX).contains(&coordination.term_days) {
            self.flaw(format!("term_days must be 1 to {TERM_DAYS_MAX}"));
        }
        if Timestamp::parse_rfc3339(&coordination.first_term).is_none() {
            self.flaw("first_term must be a time, such as 2027-01-01T06:00:00Z".to_owned());
        }
        for (topic, city) in &coordination.coordinators {
            if !network.topics.contains(topic) {
                self.flaw(format!("coordinators: {topic:?} is not a topic of the kit"));
            }
            if !has_city(city) {
                self.flaw(format!("coordinators: {city:?} is not a city of the kit"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::*, Flaw, of_network, of_topic};

    fn both(text: &str) -> Bilingual {
        let text = text.to_owned();
        Bilingual {
            es: text.clone(),
            en: text,
        }
    }

    fn network() -> Network {
        let city = |slug: &str| City {
            slug: slug.to_owned(),
            name: "Quito".to_owned(),
            country: both("Ecuador"),
            summary: both("Agua y transporte."),
        };
        Network {
            slug: "red-andina".to_owned(),
            name: both("Red Andina"),
            summary: both("Ciudades de altura."),
            topics: vec!["agua".to_owned()],
            cities: vec![city("quito"), city("la-paz")],
            coordination: Some(Coordination {
                founder: "quito".to_owned(),
                term_days: 180,
                quorum: Quorum::Majority,
                first_term: "2027-01-01T06:00:00Z".to_owned(),
                coordinators: BTreeMap::new(),
            }),
        }
    }

    fn assert_named(flaws: &[Flaw], expected: &[&str]) {
        let said: Vec<String> = flaws.iter().map(ToString::to_string).collect();
        for part in expected {
            assert!(
                said.iter().any(|line| line.contains(part)),
                "{part} in {said:#?}"
            );
        }
        assert_eq!(said.len(), expected.len(), "{said:#?}");
    }

    #[test]
    fn every_flaw_of_a_network_is_named() {
        assert_named(&of_network(&network()), &[]);
        let mut bad = network();
        bad.slug = "Red Andina".to_owned();
        bad.summary.en = " ".to_owned();
        bad.topics = vec!["../agua".to_owned(), "oficina".to_owned()];
        bad.cities[1].slug = "quito".to_owned();
        bad.cities[1].name = "x".repeat(81);
        let coordination = bad.coordination.as_mut().unwrap();
        coordination.founder = "lima".to_owned();
        coordination.term_days = 0;
        coordination.first_term = "enero".to_owned();
        let pair = ("fuego".to_owned(), "lima".to_owned());
        coordination.coordinators.extend([pair]);
        assert_named(
            &of_network(&bad),
            &[
                "slug = \"Red Andina\"",
                "summary, en, is empty",
                "topics: \"../agua\"",
                "\"oficina\" is the name of each city's office",
                "city: \"quito\" stands twice",
                "name of the city \"quito\" is longer than 80",
                "founder = \"lima\"",
                "term_days must be 1 to 3650",
                "first_term must be a time",
                "\"fuego\" is not a topic",
                "\"lima\" is not a city",
            ],
        );
        let (topics, cities) = (Vec::new(), Vec::new());
        let empty = Network {
            topics,
            cities,
            coordination: None,
            ..network()
        };
        let said = [
            "topics: there must be at least one",
            "city: there must be at least one",
        ];
        assert_named(&of_network(&empty), &said);
    }

    #[test]
    fn every_flaw_of_a_topic_is_named() {
        let topic = |slug: &str| Topic {
            slug: slug.to_owned(),
            name: both("Agua"),
            summary: both("El agua."),
            for_deciders: both("Qué decidir."),
            for_practitioners: both("Cómo se hace."),
        };
        let term = |slug: &str, also: &str| GlossaryTerm {
            slug: slug.to_owned(),
            name: "cauce".to_owned(),
            definition: "Por donde va el agua.".to_owned(),
            also: vec![GlossaryLabel {
                label: also.to_owned(),
                cities: Vec::new(),
            }],
            en: "channel".to_owned(),
        };
        let terms = |terms| Glossary { terms };
        assert_named(&of_topic("agua", &topic("agua"), &terms(Vec::new())), &[]);
        let glossary = terms(vec![term("cauce", "quebrada"), term("cauce", "")]);
        let mut wrong = topic("aguas");
        wrong.for_deciders.es = String::new();
        let said = [
            "topics/agua/topic.toml: slug must be \"agua\"",
            "for_deciders, es, is empty",
            "topics/agua/glossary.toml: term: \"cauce\" stands twice",
            "label of the term \"cauce\" is empty",
        ];
        assert_named(&of_topic("agua", &wrong, &glossary), &said);
    }
}
