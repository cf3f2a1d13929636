//! `tequio verify`: is what this city holds what was signed, and does it show what it holds?

use std::fmt;

use futures::executor::block_on;
use serde::Serialize;
use tequio_domain::Digest;
use tequio_engine::verify;
use tequio_protocol::digest::Sha256Hasher;
use tequio_store::{Conn, Database, Files, StoreSettings, file, transfer};

use crate::{
    clock,
    config::Config,
    serve::{founding, store_settings, text},
    terminal::{progress, say},
};

/// Rows that are read at once.
const PAGE: i64 = 500;

/// What was found wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Problem {
    /// `chain`, `proof`, `void`, `table`, `file-missing`, `file-corrupt`, `file-unknown`.
    pub(crate) kind: String,
    /// Log and number, topic, or digest.
    pub(crate) place: String,
    /// In words.
    pub(crate) what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.kind, self.place, self.what)
    }
}

/// What was looked at, and what was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Report {
    pub(crate) logs: usize,
    pub(crate) entries: u64,
    pub(crate) topics: usize,
    pub(crate) files: u64,
    pub(crate) problems: Vec<Problem>,
    /// Nothing wrong, but worth knowing.
    pub(crate) notes: Vec<String>,
}

/// How the report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Lines for people.
    Text,
    /// One JSON object.
    Json,
}

/// `tequio verify`.
pub(crate) fn report_on(config: &Config, form: Form) -> Result<(), String> {
    let report = report(config)?;
    match form {
        Form::Json => say(&serde_json::to_string_pretty(&report).map_err(text)?),
        Form::Text => {
            say(&format!(
                "{} entries in {} logs of {} topics, {} files",
                report.entries, report.logs, report.topics, report.files
            ));
            for note in &report.notes {
                say(&format!("note: {note}"));
            }
            for problem in &report.problems {
                say(&problem.to_string());
            }
        }
    }
    match report.problems.len() {
        0 => Ok(()),
        count => Err(format!(
            "{count} problems: see deploy/RUNBOOK.md, \"When something is wrong\""
        )),
    }
}

/// Looks at everything.
pub(crate) fn report(config: &Config) -> Result<Report, String> {
    let settings = store_settings(config);
    let mut report = entries(config, &settings.database)?;
    let held = transfer::inspect(&settings.database, held_files).map_err(text)?;
    let files = Files::open(&settings.files).map_err(text)?;
    check_files(&files, &held, &mut report)?;
    Ok(report)
}

/// All entries once more, into an empty city beside; then both are compared.
fn entries(config: &Config, database: &Database) -> Result<Report, String> {
    let folder = tempfile::TempDir::with_prefix("tequio-verify-").map_err(text)?;
    let scratch = StoreSettings {
        database: Database::Sqlite(folder.path().join("tequio.sqlite")),
        readers: 1,
        files: folder.path().join("files"),
    };
    let founding = founding(config)?;
    let checked = transfer::inspect(database, |conn| {
        let store = verify::scratch(conn, &scratch)?;
        verify::verify(conn, store, founding, clock::now(), |count| {
            progress(&format!("{count} entries"));
        })
    })
    .map_err(text)?;
    let problems = checked.problems.into_iter().map(|problem| Problem {
        kind: problem.kind.as_str().to_owned(),
        place: problem.place,
        what: problem.what,
    });
    Ok(Report {
        logs: checked.logs,
        entries: checked.entries,
        topics: checked.topics,
        problems: problems.collect(),
        notes: checked.notes,
        files: 0,
    })
}

struct Held {
    files: Vec<file::File>,
    /// Named by a living post, neither here nor asked for.
    forgotten: Vec<String>,
    wanted: i64,
}

fn held_files(conn: &mut Conn) -> Result<Held, tequio_store::Error> {
    let mut files = Vec::new();
    let mut after = String::new();
    loop {
        let page = file::list_after(conn, &after, PAGE)?;
        let Some(last) = page.last() else { break };
        after.clone_from(&last.digest);
        files.extend(page);
    }
    Ok(Held {
        files,
        forgotten: file::forgotten(conn)?,
        wanted: tequio_store::file_wanted::count(conn)?,
    })
}

fn check_files(files: &Files, held: &Held, report: &mut Report) -> Result<(), String> {
    for (number, row) in held.files.iter().enumerate() {
        progress(&format!("file {number} of {}", held.files.len()));
        let digest = Digest::from_hex(&row.digest);
        let read = digest.map(|digest| block_on(files.read(&digest)));
        let problem = match read {
            Some(Ok(bytes)) if Some(sha256(&bytes)) == digest => None,
            Some(Ok(_)) => Some(("file-corrupt", "its bytes are others")),
            Some(Err(tequio_store::Error::NotFound)) => Some(("file-missing", "it is not here")),
            Some(Err(error)) => return Err(format!("file {}: {error}", row.digest)),
            None => Some(("file-corrupt", "its name is no digest")),
        };
        report.files += 1;
        if let Some((kind, what)) = problem {
            report.problems.push(file_problem(kind, &row.digest, what));
        }
    }
    for digest in &held.forgotten {
        let what = "a post names it, and it is neither here nor asked for";
        report
            .problems
            .push(file_problem("file-missing", digest, what));
    }
    if held.wanted > 0 {
        report.notes.push(format!(
            "{} files are still to come from other cities",
            held.wanted
        ));
    }
    let known = |digest: &Digest| {
        let hex = digest.to_hex();
        held.files
            .binary_search_by(|row| row.digest.cmp(&hex))
            .is_ok()
    };
    let here = block_on(files.list()).map_err(text)?;
    let unknown = here.iter().filter(|digest| !known(digest)).count();
    if unknown > 0 {
        // What came in a moment ago, or an upload whose post was never made.
        report
            .notes
            .push(format!("{unknown} files lie here that no row names"));
    }
    Ok(())
}

fn file_problem(kind: &str, digest: &str, what: &str) -> Problem {
    Problem {
        kind: kind.to_owned(),
        place: digest.to_owned(),
        what: what.to_owned(),
    }
}

fn sha256(bytes: &[u8]) -> Digest {
    let mut hasher = Sha256Hasher::new();
    hasher.update(bytes);
    hasher.finish()
}
