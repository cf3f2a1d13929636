//! The documents in `crates/federation/samples`, which FEDERATION.md shows to people who write other
//! software, kept true: [`sent`] makes what we send and compares (the acts of three cities in [`acts`]),
//! [`accepted`] feeds what we take.
//!
//! `TEQUIO_WRITE_SAMPLES=1 cargo test -p tequio-federation samples` writes what is sent anew; look at the
//! difference before you commit it.

mod accepted;
pub mod acts;
pub mod council;
mod print;
mod redact;
mod sent;
pub mod stage;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Where the samples are.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples")
}

/// A sample as it stands there.
fn read(kind: &str, name: &str) -> String {
    let path = folder().join(kind).join(format!("{name}.json"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The names of all samples of a kind.
fn names(kind: &str) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder().join(kind)).unwrap();
    let files = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    files
        .map(|file| file.strip_suffix(".json").expect(&file).to_owned())
        .collect()
}

/// Compares what was made with what is written down; both ways, so that no sample is left over.
fn compare(made: &BTreeMap<&str, String>) {
    let is_written = std::env::var_os("TEQUIO_WRITE_SAMPLES").is_some();
    for (name, text) in made {
        let path = folder().join("sent").join(format!("{name}.json"));
        if is_written {
            std::fs::write(&path, text).unwrap();
        }
        let held = read("sent", name);
        assert!(
            held == *text,
            "{} is not what is sent now (see the head of samples.rs):\n{}",
            path.display(),
            first_difference(&held, text)
        );
    }
    let made: BTreeSet<String> = made.keys().map(|name| (*name).to_owned()).collect();
    assert_eq!(made, names("sent"), "made, and written down");
}

fn first_difference(held: &str, made: &str) -> String {
    let mut lines = held.lines().zip(made.lines()).enumerate();
    match lines.find(|(_, (held, made))| held != made) {
        Some((n, (held, made))) => format!("line {}\n- {held}\n+ {made}", n + 1),
        None => format!(
            "one ends after {} lines",
            held.lines().count().min(made.lines().count())
        ),
    }
}

#[test]
fn the_document_for_others_links_every_sample_and_no_other() {
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../FEDERATION.md");
    let text = std::fs::read_to_string(document).unwrap();
    for kind in ["sent", "accepted"] {
        let prefix = format!("](crates/federation/samples/{kind}/");
        let linked: BTreeSet<String> = text
            .split(&prefix)
            .skip(1)
            .filter_map(|rest| rest.split_once(".json)"))
            .map(|(name, _)| name.to_owned())
            .collect();
        assert_eq!(linked, names(kind), "linked, and there ({kind})");
    }
}

#[test]
fn every_accepted_sample_is_fed() {
    let tests = include_str!("samples/accepted.rs");
    for name in names("accepted") {
        assert!(tests.contains(&format!("\"{name}\"")), "{name} is not fed");
    }
}
