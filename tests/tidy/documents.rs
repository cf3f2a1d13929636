//! Paths that the documents name exist.
//!
//! Read are the documents at the root and in `deploy`: links, and words in backticks that look like
//! paths. A path is written from the root.

use std::path::Path;

use crate::report;
use crate::tree::{File, files_with, root};

/// A word in backticks with one of these endings must be a file.
const ENDINGS: [&str; 11] = [
    ".rs", ".toml", ".md", ".sql", ".sh", ".mjs", ".css", ".html", ".service", ".conf", ".lock",
];

/// Made by a build or by a running city, so never in a fresh clone.
const MADE_LATER: [&str; 4] = ["target/", "data/", "node_modules/", "tequio.toml"];

/// Every repository that stays has these.
const REQUIRED: [&str; 7] = [
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "FEDERATION.md",
    "SECURITY.md",
    "CHANGELOG.md",
    "LICENSE",
];

#[test]
fn the_root_documents_are_there() {
    let missing: Vec<String> = REQUIRED
        .iter()
        .filter(|name| !root().join(name).is_file())
        .map(|name| (*name).to_owned())
        .collect();
    report("missing at the root", &missing);
}

#[test]
fn paths_named_in_documents_exist() {
    let mut problems = Vec::new();
    for document in documents() {
        let folder = Path::new(&document.path).parent().unwrap_or(Path::new(""));
        for link in links(&document.text).filter(|link| is_local(link)) {
            let target = link.split('#').next().unwrap_or_default();
            if !root().join(folder).join(target).exists() {
                problems.push(format!("{} links to {target}", document.path));
            }
        }
        for word in quoted_words(&document.text).filter(|word| is_path(word)) {
            if !root().join(word).exists() {
                problems.push(format!("{} names {word}", document.path));
            }
        }
    }
    report("these are not there", &problems);
}

fn documents() -> Vec<File> {
    let mut files = files_with(&["md"]);
    files.retain(|file| !file.path.contains('/') || file.path.starts_with("deploy/"));
    files
}

/// Targets of Markdown links and images outside code blocks.
fn links(text: &str) -> impl Iterator<Item = &str> {
    outside_code(text)
        .flat_map(|line| line.split("](").skip(1))
        .filter_map(|rest| rest.split([')', ' ']).next())
}

/// Texts between single backticks outside code blocks.
fn quoted_words(text: &str) -> impl Iterator<Item = &str> {
    outside_code(text).flat_map(|line| line.split('`').skip(1).step_by(2))
}

fn outside_code(text: &str) -> impl Iterator<Item = &str> {
    let mut in_code = false;
    text.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        if fence {
            in_code = !in_code;
        }
        !in_code && !fence
    })
}

fn is_local(link: &str) -> bool {
    !link.is_empty()
        && !link.contains("://")
        && !link.starts_with(['#', '/'])
        && !link.contains("mailto:")
}

/// A path from the root: plain characters, and its first folder is ours or its ending is a file's.
fn is_path(word: &str) -> bool {
    let plain = word
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '/' | '-'));
    if !plain || word.starts_with('/') || MADE_LATER.iter().any(|made| word.starts_with(made)) {
        return false;
    }
    let ending = ENDINGS
        .iter()
        .any(|ending| word.ends_with(ending) && word.len() > ending.len());
    let first = word.split('/').next().unwrap_or_default();
    let in_our_folder = word.contains('/') && !first.is_empty() && root().join(first).is_dir();
    ending || in_our_folder
}

#[test]
fn a_path_is_told_from_other_words() {
    assert!(is_path("crates/store/src"));
    assert!(is_path("tests/gone.rs"));
    assert!(is_path("Cargo.toml"));
    for word in [
        "/temas/{slug}",
        "application/activity+json",
        "cargo test",
        "mod",
        "/red",
        ".rs",
    ] {
        assert!(!is_path(word), "{word}");
    }
}

#[test]
fn links_and_quoted_words_are_found_outside_code_blocks() {
    let text = "see [a](b.md#c) and `d e`, `f`\n```\n[g](h.md) `i`\n```\n![j](k.png)";
    assert_eq!(links(text).collect::<Vec<_>>(), ["b.md#c", "k.png"]);
    assert_eq!(quoted_words(text).collect::<Vec<_>>(), ["d e", "f"]);
}
