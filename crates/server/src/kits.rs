//! The network kits under `config/kits`, compiled in.

use rust_embed::RustEmbed;
use serde::de::DeserializeOwned;
use tequio_domain::kit;
use tequio_engine::FoundingTopic;
use thiserror::Error;
use toml::Value;

#[derive(RustEmbed)]
#[folder = "../../config/kits"]
struct Kits;

/// A kit that cannot be read.
#[derive(Debug, Error)]
pub(crate) enum KitError {
    /// There is no such file in the program.
    #[error("the kit has no file {0}")]
    Missing(String),
    /// A file does not say what it must.
    #[error("{path}: {cause}")]
    Malformed {
        /// Which file.
        path: String,
        /// Why.
        cause: String,
    },
}

/// What a network is founded from.
#[derive(Debug, Clone)]
pub(crate) struct Kit {
    /// Its cities and the order of its topics.
    pub(crate) network: kit::Network,
    /// The topics, in order.
    pub(crate) topics: Vec<FoundingTopic>,
}

/// Content for a demonstration.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    pub(crate) people: Vec<kit::SamplePerson>,
    /// Slug of the topic, and what it holds.
    pub(crate) topics: Vec<(String, kit::SampleLibrary, kit::SampleThreads)>,
}

/// The names of the kits that are compiled in.
pub(crate) fn names() -> Vec<String> {
    let networks = Kits::iter().filter_map(|path| {
        path.strip_suffix("/network.toml")
            .filter(|name| !name.contains('/'))
            .map(str::to_owned)
    });
    let mut names: Vec<String> = networks.collect();
    names.sort();
    names
}

/// Reads a kit.
pub(crate) fn load(name: &str) -> Result<Kit, KitError> {
    let network: kit::Network = read(&format!("{name}/network.toml"))?;
    let mut topics = Vec::new();
    for slug in &network.topics {
        topics.push(FoundingTopic {
            topic: read(&format!("{name}/topics/{slug}/topic.toml"))?,
            glossary: read(&format!("{name}/topics/{slug}/glossary.toml"))?,
        });
    }
    Ok(Kit { network, topics })
}

/// Reads a kit's content for a demonstration.
pub(crate) fn load_sample(name: &str) -> Result<Sample, KitError> {
    let network: kit::Network = read(&format!("{name}/network.toml"))?;
    let people: kit::People = read(&format!("{name}/people.toml"))?;
    let mut topics = Vec::new();
    for slug in network.topics {
        let library = read(&format!("{name}/topics/{slug}/library.toml"))?;
        let threads = read(&format!("{name}/topics/{slug}/threads.toml"))?;
        topics.push((slug, library, threads));
    }
    Ok(Sample {
        people: people.people,
        topics,
    })
}

/// The bytes of a file of a kit.
pub(crate) fn file(kit: &str, name: &str) -> Result<Vec<u8>, KitError> {
    bytes(&format!("{kit}/files/{name}"))
}

fn bytes(path: &str) -> Result<Vec<u8>, KitError> {
    let file = Kits::get(path).ok_or_else(|| KitError::Missing(path.to_owned()))?;
    Ok(file.data.into_owned())
}

fn read<T: DeserializeOwned>(path: &str) -> Result<T, KitError> {
    let malformed = |cause: String| KitError::Malformed {
        path: path.to_owned(),
        cause,
    };
    let text = String::from_utf8(bytes(path)?).map_err(|error| malformed(error.to_string()))?;
    let table: toml::Table = text
        .parse()
        .map_err(|error| malformed(format!("{error}")))?;
    let value = dates_as_text(Value::Table(table));
    value
        .try_into()
        .map_err(|error| malformed(format!("{error}")))
}

/// TOML has dates of its own; the kit's types take them as RFC 3339 text.
fn dates_as_text(value: Value) -> Value {
    match value {
        Value::Datetime(date) => Value::String(date.to_string()),
        Value::Array(values) => Value::Array(values.into_iter().map(dates_as_text).collect()),
        Value::Table(table) => Value::Table(
            table
                .into_iter()
                .map(|(key, value)| (key, dates_as_text(value)))
                .collect(),
        ),
        Value::String(_) | Value::Integer(_) | Value::Float(_) | Value::Boolean(_) => value,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use tequio_domain::{Timestamp, text};

    use super::{file, load, load_sample, names};

    #[test]
    fn every_kit_can_be_founded() {
        assert!(!names().is_empty());
        for name in names() {
            let kit = load(&name).unwrap();
            assert_eq!(kit.topics.len(), kit.network.topics.len());
            for topic in kit.topics {
                assert!(topic.glossary.terms.len() >= 9, "{}", topic.topic.slug);
            }
        }
    }

    #[test]
    fn the_demonstration_is_whole() {
        let sample = load_sample("ayuda-urbana").unwrap();
        let people: HashSet<_> = sample
            .people
            .iter()
            .map(|person| person.name.as_str())
            .collect();
        let (mut objects, mut threads, mut replies, mut files) = (0, 0, 0, HashSet::new());
        let mut keys = HashSet::new();
        for (_, library, talk) in &sample.topics {
            for object in &library.objects {
                assert!(people.contains(object.author.as_str()), "{}", object.key);
                assert!(
                    Timestamp::parse_rfc3339(&object.at).is_some(),
                    "{}",
                    object.key
                );
                text::title(&object.title).unwrap();
                text::summary_of_object(&object.summary).unwrap();
                files.extend(object.files.iter().cloned());
                assert!(keys.insert(object.key.clone()), "{} twice", object.key);
                objects += 1;
            }
            for thread in &talk.threads {
                text::title(&thread.title).unwrap();
                assert!(keys.insert(thread.key.clone()), "{} twice", thread.key);
                let mut known = HashSet::from([String::new()]);
                for reply in &thread.replies {
                    assert!(people.contains(reply.author.as_str()), "{}", thread.key);
                    assert!(known.contains(&reply.to), "{} {}", thread.key, reply.key);
                    known.insert(reply.key.clone());
                    replies += 1;
                }
                threads += 1;
            }
        }
        assert!(
            objects >= 70 && threads >= 70 && replies >= 300,
            "{objects} {threads} {replies}"
        );
        assert!(files.len() >= 10, "{files:?}");
        for name in files {
            assert!(!file("ayuda-urbana", &name).unwrap().is_empty());
        }
    }
}
