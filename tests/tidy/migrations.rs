//! One set of migrations for two databases: its folders and the SQL that both understand.

use std::collections::BTreeSet;

use crate::report;
use crate::tree::{files_with, root};

/// Words that one of the two databases does not know, or knows otherwise.
const NOT_SHARED: [&str; 14] = [
    "AUTOINCREMENT",
    "BLOB",
    "BYTEA",
    "IDENTITY",
    "JSONB",
    "NOCASE",
    "PRAGMA",
    "REAL",
    "SERIAL",
    "BIGSERIAL",
    "STRICT",
    "TIMESTAMPTZ",
    "TIMESTAMP",
    "UUID",
];

#[test]
fn each_migration_is_a_dated_folder_that_goes_up_and_down() {
    let mut problems = Vec::new();
    let mut versions = BTreeSet::new();
    for entry in root()
        .join("migrations")
        .read_dir()
        .into_iter()
        .flatten()
        .flatten()
    {
        let name = entry.file_name().to_string_lossy().into_owned();
        let files: BTreeSet<String> = entry
            .path()
            .read_dir()
            .into_iter()
            .flatten()
            .flatten()
            .map(|file| file.file_name().to_string_lossy().into_owned())
            .collect();
        if files != BTreeSet::from(["up.sql".to_owned(), "down.sql".to_owned()]) {
            problems.push(format!(
                "migrations/{name} holds {files:?}, not up.sql and down.sql"
            ));
        }
        match version(&name) {
            Some(version) if versions.insert(version.clone()) => {}
            Some(version) => problems.push(format!("version {version} is used twice")),
            None => problems.push(format!("migrations/{name} is not YYYY-MM-DD-NNNNNN_name")),
        }
    }
    assert!(!versions.is_empty(), "there are no migrations");
    report("migrations/YYYY-MM-DD-NNNNNN_name/{up,down}.sql", &problems);
}

#[test]
fn migrations_use_only_sql_that_both_databases_share() {
    let mut problems = Vec::new();
    for file in files_with(&["sql"])
        .iter()
        .filter(|file| file.path.starts_with("migrations/"))
    {
        for (number, line) in (1..).zip(file.text.lines()) {
            let code = line
                .split("--")
                .next()
                .unwrap_or_default()
                .to_ascii_uppercase();
            for word in code.split(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
                if NOT_SHARED.contains(&word) {
                    problems.push(format!("{}:{number} {word}", file.path));
                }
            }
        }
    }
    report(
        "BIGINT, TEXT, BOOLEAN and DOUBLE PRECISION only: times and bytes are numbers and text",
        &problems,
    );
}

/// The part of a folder's name that orders migrations: `2026-11-23-000001`.
fn version(folder: &str) -> Option<String> {
    let (version, name) = folder.split_once('_')?;
    let lengths: Vec<usize> = version.split('-').map(str::len).collect();
    let digits = version.chars().all(|c| c.is_ascii_digit() || c == '-');
    let words = name
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    (lengths == [4, 2, 2, 6] && digits && words && !name.is_empty()).then(|| version.to_owned())
}

#[test]
fn a_version_is_read_from_a_folder_name() {
    assert_eq!(
        version("2026-11-23-000001_first"),
        Some("2026-11-23-000001".to_owned())
    );
    assert_eq!(version("first"), None);
    assert_eq!(version("2026-11-23-1_first"), None);
}
