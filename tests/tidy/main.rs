//! The invariants of ARCHITECTURE.md that a test can keep.
//!
//! Start with the rule that failed: [`crates`] for arrows and homes of libraries, [`sources`] for the
//! shape of files, [`lints`] for exceptions to lints, [`documents`] for paths named in the root
//! documents, [`fuzz`] for fuzz targets, [`migrations`] for the SQL. Each test reports all breaches at once. To change a rule,
//! change ARCHITECTURE.md in the same commit.

#![expect(clippy::panic, reason = "a failing check is a panic of the test")]

mod crates;
mod documents;
mod fuzz;
mod lints;
mod migrations;
mod sources;
mod tree;

/// Fails the test when there are problems, and names them all.
#[track_caller]
fn report(rule: &str, problems: &[String]) {
    if !problems.is_empty() {
        panic!("{rule}\n  {}\n", problems.join("\n  "));
    }
}
