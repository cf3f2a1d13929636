//! Network kits: those under `config/kits`, compiled in, and those in a folder of the operator's.
//!
//! A kit is called by its name, or by its folder: whoever means a folder writes a slash, as in `./red-andina`.

pub(crate) mod command;

use std::{fmt, fs, io, path::Path};

use rust_embed::RustEmbed;
use serde::de::DeserializeOwned;
use tequio_domain::{
    TopicSlug,
    kit::{
        self,
        check::{self, Flaw},
    },
};
use tequio_engine::FoundingTopic;
use tequio_protocol::digest::Sha256Hasher;
use toml::Value;

/// The file that names a kit's cities and topics.
const NETWORK: &str = "network.toml";

#[derive(RustEmbed)]
#[folder = "../../config/kits"]
struct Kits;

/// All that has to be mended in a kit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Flaws(pub(crate) Vec<Flaw>);

impl fmt::Display for Flaws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&lines.join("; "))
    }
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
    pub(crate) topics: Vec<SampleTopic>,
}

/// The slug of a topic, and what the demonstration says in it.
pub(crate) type SampleTopic = (
    String,
    kit::SampleLibrary,
    kit::SampleThreads,
    kit::SamplePriorities,
);

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

/// Whether a kit lies in a folder outside the program.
pub(crate) fn is_folder(kit: &str) -> bool {
    kit.contains('/')
}

/// Reads a kit, and looks at all of it.
pub(crate) fn load(kit: &str) -> Result<Kit, Flaws> {
    let network: kit::Network = read(kit, NETWORK).map_err(|flaw| Flaws(vec![flaw]))?;
    let mut flaws = check::of_network(&network);
    let mut topics = Vec::new();
    // A slug that is none could lead out of the folder.
    let slugs = network
        .topics
        .iter()
        .filter(|slug| TopicSlug::parse(slug).is_ok());
    for slug in slugs {
        let [topic, glossary] = files_of(slug);
        match (read(kit, &topic), read::<kit::Glossary>(kit, &glossary)) {
            (Ok(topic), Ok(mut glossary)) => {
                flaws.extend(check::of_topic(slug, &topic, &glossary));
                glossary.keep_cities(&network.cities);
                topics.push(FoundingTopic { topic, glossary });
            }
            (topic, glossary) => flaws.extend(topic.err().into_iter().chain(glossary.err())),
        }
    }
    if flaws.is_empty() {
        Ok(Kit { network, topics })
    } else {
        Err(Flaws(flaws))
    }
}

fn files_of(topic: &str) -> [String; 2] {
    ["topic", "glossary"].map(|name| format!("topics/{topic}/{name}.toml"))
}

/// The files that [`load`] reads: path below the kit's folder, and bytes.
pub(crate) fn structure(kit: &str) -> Result<Vec<(String, Vec<u8>)>, Flaws> {
    let network = load(kit)?.network;
    let topics = network.topics.iter().flat_map(|slug| files_of(slug));
    std::iter::once(NETWORK.to_owned())
        .chain(topics)
        .map(|path| match bytes(kit, &path) {
            Ok(bytes) => Ok((path, bytes)),
            Err(flaw) => Err(Flaws(vec![flaw])),
        })
        .collect()
}

/// Whether a kit has a file of this path, below its folder.
pub(crate) fn is_path(path: &[&str]) -> bool {
    match path {
        [NETWORK] => true,
        ["topics", slug, file] => {
            TopicSlug::parse(slug).is_ok() && ["topic.toml", "glossary.toml"].contains(file)
        }
        _ => false,
    }
}

/// By which two cities see that they have the same kit: SHA-256 in hex.
pub(crate) fn digest(structure: &[(String, Vec<u8>)]) -> String {
    let mut hasher = Sha256Hasher::new();
    for (path, bytes) in structure {
        // The length: no two lists of files give the same bytes.
        hasher.update(format!("{path} {}\n", bytes.len()).as_bytes());
        hasher.update(bytes);
    }
    hasher.finish().to_hex()
}

/// Reads a kit's content for a demonstration.
pub(crate) fn load_sample(kit: &str) -> Result<Sample, Flaw> {
    let network: kit::Network = read(kit, NETWORK)?;
    let people: kit::People = read(kit, "people.toml")?;
    let mut topics = Vec::new();
    for slug in network.topics {
        let library = read(kit, &format!("topics/{slug}/library.toml"))?;
        let threads = read(kit, &format!("topics/{slug}/threads.toml"))?;
        let priorities = read(kit, &format!("topics/{slug}/priorities.toml"))?;
        topics.push((slug, library, threads, priorities));
    }
    Ok(Sample {
        people: people.people,
        topics,
    })
}

/// The bytes of a file of a kit.
pub(crate) fn file(kit: &str, name: &str) -> Result<Vec<u8>, Flaw> {
    bytes(kit, &format!("files/{name}"))
}

fn bytes(kit: &str, path: &str) -> Result<Vec<u8>, Flaw> {
    let missing = || Flaw::new(path, format!("the kit {kit:?} has no such file"));
    if !is_folder(kit) {
        let file = Kits::get(&format!("{kit}/{path}")).ok_or_else(missing)?;
        return Ok(file.data.into_owned());
    }
    fs::read(Path::new(kit).join(path)).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => missing(),
        _ => Flaw::new(path, format!("cannot be read: {error}")),
    })
}

fn read<T: DeserializeOwned>(kit: &str, path: &str) -> Result<T, Flaw> {
    let flaw = |cause: String| Flaw::new(path, cause.trim_end().to_owned());
    let text = String::from_utf8(bytes(kit, path)?).map_err(|error| flaw(error.to_string()))?;
    let table: toml::Table = text.parse().map_err(|error| flaw(format!("{error}")))?;
    let value = dates_as_text(Value::Table(table));
    value.try_into().map_err(|error| flaw(format!("{error}")))
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
        for (_, library, talk, priorities) in &sample.topics {
            let threads_of_topic: HashSet<_> = talk
                .threads
                .iter()
                .map(|thread| thread.key.as_str())
                .collect();
            let dealt_with = priorities
                .issues
                .iter()
                .filter_map(|issue| issue.thread.as_deref());
            for key in dealt_with.chain([priorities.featured.as_str()]) {
                assert!(threads_of_topic.contains(key), "{key}");
            }
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
