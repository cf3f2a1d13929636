//! What other software sends is read as what it means. `documents/` holds, per program, our own content
//! in the exact shapes of that program.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod meaning;
mod properties;
mod shapes;
mod snapshots;
mod summary;
mod written;

use std::path::{Path, PathBuf};

use serde_json::Value;
use tequio_protocol::json;

/// A document of another program.
struct Document {
    /// `program/name`, without extension.
    name: String,
    value: Value,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/outside/documents")
}

/// The programs, by name.
fn programs() -> Vec<String> {
    let mut programs: Vec<String> = names_in(&folder());
    programs.sort();
    programs
}

/// All documents of a program, by name, through the strict reader as on arrival.
fn documents(program: &str) -> Vec<Document> {
    let mut names = names_in(&folder().join(program));
    names.sort();
    names
        .iter()
        .map(|name| document(&format!("{program}/{}", name.trim_end_matches(".json"))))
        .collect()
}

fn document(name: &str) -> Document {
    let path = folder().join(format!("{name}.json"));
    let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
    let value = json::parse(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
    let name = name.to_owned();
    Document { name, value }
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}
