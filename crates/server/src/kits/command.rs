//! `tequio kit`: another network begins with a kit of its own.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::Subcommand;
use tequio_domain::TopicSlug;

use super::{Flaws, NETWORK, digest, load, names, structure};
use crate::terminal::say;

/// How a kit is adapted, for the people who do it.
const GUIDE: (&str, &str) = ("LEAME.md", include_str!("../../../../config/kits/LEAME.md"));

/// What can be done with kits.
#[derive(Debug, Subcommand)]
pub(crate) enum KitCommand {
    /// Copy a kit into a new folder: cities, topics and glossary, without people and posts. With --slug it is
    /// the beginning of another network; without, the same network's, to add cities or change texts.
    Copy {
        /// Name or folder of the kit to begin with.
        kit: String,
        /// The folder to be made.
        target: PathBuf,
        /// Another network's own name in ids, such as "red-andina": no other network may have it, and it
        /// never changes.
        #[arg(long)]
        slug: Option<String>,
    },
    /// Read a kit and name all that has to be mended. The number that it prints is the same in all cities
    /// that have the same kit.
    Check {
        /// Name of the kit; a folder is written with a slash, as in ./red-andina.
        kit: String,
    },
}

impl KitCommand {
    pub(crate) fn run(self) -> Result<(), String> {
        match self {
            Self::Copy { kit, target, slug } => copy(&kit, &target, slug.as_deref()),
            Self::Check { kit } => check(&kit),
        }
    }
}

fn check(kit: &str) -> Result<(), String> {
    let held = load(kit).map_err(|flaws| listed(kit, &flaws))?;
    let files = structure(kit).map_err(|flaws| listed(kit, &flaws))?;
    let terms: usize = held
        .topics
        .iter()
        .map(|held| held.glossary.terms.len())
        .sum();
    say(&format!(
        "{kit}: usable: {}, {} cities, {} topics, {terms} words in the glossary",
        held.network.name.es,
        held.network.cities.len(),
        held.topics.len()
    ));
    say(&digest(&files));
    Ok(())
}

fn listed(kit: &str, flaws: &Flaws) -> String {
    let lines = flaws.0.iter().map(|flaw| format!("\n  {flaw}"));
    let known = names().join(", ");
    let begin =
        format!("the kit {kit:?} cannot be used (compiled in: {known}; a folder has a slash):");
    begin + &lines.collect::<String>()
}

fn copy(kit: &str, target: &Path, slug: Option<&str>) -> Result<(), String> {
    if slug.is_some_and(|slug| TopicSlug::parse(slug).is_err()) {
        return Err("--slug must be 2 to 60 of a-z and 0-9, with single hyphens inside".to_owned());
    }
    let mut files = structure(kit).map_err(|flaws| listed(kit, &flaws))?;
    let network = load(kit).map_err(|flaws| listed(kit, &flaws))?.network;
    for (path, bytes) in &mut files {
        if let Some(slug) = slug
            && path == NETWORK
        {
            *bytes = renamed(bytes, &network.slug, slug)?;
        }
    }
    files.push((GUIDE.0.to_owned(), GUIDE.1.into()));
    write(target, &files).map_err(|error| format!("{}: {error}", target.display()))?;
    say(&format!(
        "{}: {} files. Next: write your cities and topics into it (see {}), then `tequio kit check`",
        target.display(),
        files.len(),
        GUIDE.0
    ));
    Ok(())
}

/// `network.toml` with another slug; everything else, comments too, stays.
fn renamed(bytes: &[u8], old: &str, new: &str) -> Result<Vec<u8>, String> {
    let text = String::from_utf8_lossy(bytes);
    let (old, new) = (format!("slug = {old:?}"), format!("slug = {new:?}"));
    let (before, after) = text
        .split_once(&old)
        .ok_or_else(|| format!("{NETWORK}: write the first key as {old}"))?;
    Ok(format!("{before}{new}{after}").into_bytes())
}

fn write(target: &Path, files: &[(String, Vec<u8>)]) -> io::Result<()> {
    fs::create_dir(target)?;
    for (path, bytes) in files {
        let path = target.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, bytes)?;
    }
    Ok(())
}
