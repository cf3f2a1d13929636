//! What a network is founded from: its cities, topics and glossary, and content to begin with.
//!
//! The types mirror the files under `config/kits/{kit}`; the server reads them (TOML). Start at
//! [`Network`]; [`check`] says what cannot be founded.

pub mod check;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Audience, KnowledgeKind, License, ThreadKind, ledger::Quorum};

/// A text in the two complete languages of the interface.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bilingual {
    /// Spanish.
    pub es: String,
    /// English.
    pub en: String,
}

/// `network.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// Slug of the kit and the network.
    pub slug: String,
    /// Its name.
    pub name: Bilingual,
    /// One sentence.
    pub summary: Bilingual,
    /// Slugs of the topics, in order.
    pub topics: Vec<String>,
    /// The cities, in order.
    #[serde(rename = "city")]
    pub cities: Vec<City>,
    /// How the topics are coordinated; `None`: they go on without, until somebody founds it.
    #[serde(default)]
    pub coordination: Option<Coordination>,
}

/// How the coordination of the topics begins.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coordination {
    /// Slug of the city that founds it: the first genesis in its log of a topic counts.
    pub founder: String,
    /// Planned length of a term, in days.
    pub term_days: u32,
    /// How many must approve who takes part.
    pub quorum: Quorum,
    /// RFC 3339, UTC: when the first terms begin. For sample content; a real founder says it in a form.
    pub first_term: String,
    /// Slug of the city that coordinates each topic first, by slug of the topic.
    pub coordinators: BTreeMap<String, String>,
}

/// One city of the network.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct City {
    /// `san-salvador`.
    pub slug: String,
    /// `San Salvador`.
    pub name: String,
    /// Country or territory, Spanish and English.
    pub country: Bilingual,
    /// One sentence about the city in the network.
    pub summary: Bilingual,
}

/// `topics/{slug}/topic.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Topic {
    /// `saneamiento`.
    pub slug: String,
    /// Its name.
    pub name: Bilingual,
    /// One sentence, plain text.
    pub summary: Bilingual,
    /// For policy makers and administrators, Markdown.
    pub for_deciders: Bilingual,
    /// For practitioners, Markdown.
    pub for_practitioners: Bilingual,
}

/// One term of `topics/{slug}/glossary.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GlossaryTerm {
    /// ASCII, unique in the kit.
    pub slug: String,
    /// Preferred label, Spanish.
    pub name: String,
    /// Plain text, Spanish.
    pub definition: String,
    /// What it is called elsewhere.
    #[serde(default)]
    pub also: Vec<GlossaryLabel>,
    /// Preferred label, English.
    pub en: String,
}

/// Another label of a term.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct GlossaryLabel {
    /// The word.
    pub label: String,
    /// Slugs of the cities that say so.
    #[serde(default)]
    pub cities: Vec<String>,
}

/// `topics/{slug}/glossary.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Glossary {
    /// The terms.
    #[serde(rename = "term", default)]
    pub terms: Vec<GlossaryTerm>,
}

impl Glossary {
    /// Forgets who says a word where it is no city of the network: a glossary that comes from another
    /// region keeps its words.
    pub fn keep_cities(&mut self, cities: &[City]) {
        let labels = self.terms.iter_mut().flat_map(|term| &mut term.also);
        for label in labels {
            let is_known = |slug: &String| cities.iter().any(|city| city.slug == *slug);
            label.cities.retain(is_known);
        }
    }
}

/// `people.toml`: members of the demonstration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct People {
    /// The people.
    #[serde(rename = "person", default)]
    pub people: Vec<SamplePerson>,
}

/// An invented member.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SamplePerson {
    /// Name in addresses.
    pub name: String,
    /// Name shown.
    pub display_name: String,
    /// Slug of the city.
    pub city: String,
    /// Post held there.
    pub post: String,
}

/// `topics/{slug}/library.toml`: knowledge objects of the demonstration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleLibrary {
    /// The objects.
    #[serde(rename = "object", default)]
    pub objects: Vec<SampleObject>,
}

/// A knowledge object of the demonstration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleObject {
    /// `{topic}/{slug}`, unique in the kit.
    pub key: String,
    /// Its kind.
    pub kind: KnowledgeKind,
    /// For whom.
    pub audience: Audience,
    /// Title.
    pub title: String,
    /// Plain text.
    #[serde(rename = "abstract")]
    pub summary: String,
    /// Name of the author, in `people.toml`.
    pub author: String,
    /// RFC 3339, UTC.
    pub at: String,
    /// Licence.
    pub license: License,
    /// Markdown.
    pub body: String,
    /// Names of files under `files/`.
    #[serde(default)]
    pub files: Vec<String>,
    /// Key of the object that this one adapts.
    #[serde(default)]
    pub adaptation_of: Option<String>,
}

/// `topics/{slug}/threads.toml`: threads of the demonstration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleThreads {
    /// The threads.
    #[serde(rename = "thread", default)]
    pub threads: Vec<SampleThread>,
}

/// `topics/{slug}/priorities.toml`: what the coordinating city of the demonstration ranks.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SamplePriorities {
    /// Why in this order.
    pub reason: String,
    /// Key of the thread that stands first.
    pub featured: String,
    /// The first one first.
    #[serde(rename = "issue")]
    pub issues: Vec<SampleIssue>,
}

/// A pressing issue of the demonstration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleIssue {
    /// One line.
    pub name: String,
    /// Key of the thread in which it is dealt with.
    #[serde(default)]
    pub thread: Option<String>,
}

/// A thread of the demonstration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleThread {
    /// `{topic}/{slug}`, unique in the kit.
    pub key: String,
    /// Question or conversation.
    pub kind: ThreadKind,
    /// Title.
    pub title: String,
    /// Name of the author.
    pub author: String,
    /// RFC 3339, UTC.
    pub at: String,
    /// Markdown.
    pub body: String,
    /// Its replies, each after the one it answers.
    #[serde(rename = "reply", default)]
    pub replies: Vec<SampleReply>,
}

/// A reply of the demonstration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleReply {
    /// Unique in its thread.
    pub key: String,
    /// Name of the author.
    pub author: String,
    /// RFC 3339, UTC.
    pub at: String,
    /// Key of the reply it answers; empty: the opening post.
    #[serde(default)]
    pub to: String,
    /// Whether the asker accepted it as the answer.
    #[serde(default)]
    pub accepted: bool,
    /// Markdown.
    pub body: String,
}
