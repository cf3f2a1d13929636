//! Words for the person at the terminal.

use std::io::{self, IsTerminal, Write};

/// A line for the person at the terminal. A closed pipe is no reason to fail.
pub(crate) fn say(line: &str) {
    if writeln!(io::stdout(), "{line}")
        .and_then(|()| io::stdout().flush())
        .is_err()
    {
        tracing::debug!("standard output is closed");
    }
}

/// A line that the next one overwrites, for a person who waits. Nothing when nobody watches.
pub(crate) fn progress(line: &str) {
    let mut out = io::stderr();
    if !out.is_terminal() {
        return;
    }
    let line: String = line.chars().take(70).collect();
    if write!(out, "\r\u{1b}[2K{line}\r")
        .and_then(|()| out.flush())
        .is_err()
    {
        tracing::debug!("standard error is closed");
    }
}

/// A line about what went wrong.
pub(crate) fn complain(line: &str) {
    if writeln!(io::stderr(), "tequio: {line}").is_err() {
        tracing::debug!("standard error is closed");
    }
}
