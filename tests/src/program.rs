//! The program under test.

use std::path::PathBuf;

/// `tequio`: what `TEQUIO_BIN` names, or else what cargo built beside this test.
///
/// # Panics
/// When it is not there.
#[must_use]
pub fn path() -> PathBuf {
    let program = std::env::var_os("TEQUIO_BIN").map_or_else(beside_the_test, PathBuf::from);
    assert!(
        program.is_file(),
        "{} is not there: run `cargo xtask test`, or build it with `cargo build -p tequio-server`",
        program.display()
    );
    program
}

/// Tests lie in `target/debug/deps`, programs in `target/debug`.
fn beside_the_test() -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its own path");
    let folder = test
        .parent()
        .and_then(|deps| deps.parent())
        .expect("a test lies in target/*/deps");
    folder.join("tequio")
}
