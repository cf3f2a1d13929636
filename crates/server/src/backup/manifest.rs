//! What a backup says about itself: the last member of the archive.

use serde::{Deserialize, Serialize};

use crate::config::{Config, Mode};

/// The newest form of archive that this program reads, and the one that it writes.
pub(crate) const FORMAT: u32 = 1;
/// Name of the member.
pub(crate) const NAME: &str = "manifest.json";
/// Name of the member with the configuration file, as it was.
pub(crate) const CONFIG: &str = "tequio.toml";
/// Folder with the city's kit, when that lies outside the program.
pub(crate) const KIT: &str = "kit";
/// Most bytes of a manifest: a million members.
pub(crate) const MAX_BYTES: u64 = 256 << 20;

/// A backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    /// [`FORMAT`] of the program that wrote it.
    pub(crate) format: u32,
    /// That program's version.
    pub(crate) program: String,
    /// RFC 3339.
    pub(crate) made_at: String,
    /// Whose it is.
    pub(crate) place: Place,
    /// Migrations of the database.
    pub(crate) versions: Vec<String>,
    /// Tables, parents first, with how many rows each has.
    pub(crate) tables: Vec<Table>,
    /// The state of each topic, to compare with.
    pub(crate) topics: Vec<Topic>,
    /// Everything else in the archive, in order.
    pub(crate) members: Vec<Member>,
    /// Files that the database names and that were not here; by SHA-256.
    pub(crate) missing: Vec<String>,
}

/// What founds the city again, without its configuration file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Place {
    pub(crate) city: String,
    pub(crate) url: String,
    pub(crate) kit: String,
    pub(crate) is_production: bool,
    /// The city that founds the coordination, where the configuration names one.
    pub(crate) founder: Option<String>,
    /// Slug and address of each.
    pub(crate) siblings: Vec<(String, String)>,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) rows: u64,
}

/// A topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Topic {
    pub(crate) slug: String,
    /// SHA-256 of its state, hex.
    pub(crate) digest: String,
    pub(crate) objects: usize,
    /// City, last entry and its digest.
    pub(crate) heads: Vec<(String, i64, String)>,
}

/// A member of the archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Member {
    pub(crate) path: String,
    pub(crate) size_bytes: u64,
    pub(crate) sha256: String,
}

impl Place {
    pub(crate) fn of(config: &Config) -> Self {
        Self {
            city: config.city.to_string(),
            url: config.url.clone(),
            kit: config.kit.clone(),
            is_production: config.mode == Mode::Production,
            founder: config.founder.as_ref().map(ToString::to_string),
            siblings: config
                .siblings
                .iter()
                .map(|(city, url)| (city.to_string(), url.clone()))
                .collect(),
        }
    }
}
