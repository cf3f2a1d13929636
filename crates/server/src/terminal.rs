//! Words for the person at the terminal.

use std::io::{self, Write};

/// A line for the person at the terminal. A closed pipe is no reason to fail.
pub(crate) fn say(line: &str) {
    if writeln!(io::stdout(), "{line}")
        .and_then(|()| io::stdout().flush())
        .is_err()
    {
        tracing::debug!("standard output is closed");
    }
}

/// A line about what went wrong.
pub(crate) fn complain(line: &str) {
    if writeln!(io::stderr(), "tequio: {line}").is_err() {
        tracing::debug!("standard error is closed");
    }
}
