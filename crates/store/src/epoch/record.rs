//! The text of the epoch file: one record, closed by its own SHA-256.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};
use tequio_domain::Digest;

const HEAD: &str = "tequio-epoch 1";

/// A place in a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Number of the entry; 0 = the log is empty.
    pub seq: i64,
    /// Its digest, hex; empty when the log is.
    pub digest: String,
}

/// How far one own log has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    /// The last entry that was certainly committed.
    pub held: Mark,
    /// The last entry of a commit that was begun after it; it may have happened or not.
    pub next: Option<Mark>,
}

/// What the file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// Grows with every writing: the greatest is the newest.
    pub(super) counter: u64,
    /// The same in the database, unless that is another one.
    pub incarnation: String,
    /// The file that this was written into; a copy of it is another file.
    pub(super) file: String,
    /// By id of the group.
    pub logs: BTreeMap<String, Reached>,
}

impl Record {
    pub(super) fn to_text(&self) -> String {
        let mut text = format!(
            "{HEAD}\ncounter {}\nincarnation {}\nfile {}\n",
            self.counter, self.incarnation, self.file
        );
        for (group, reached) in &self.logs {
            let Mark { seq, digest } = &reached.held;
            let (next_seq, next_digest) = match &reached.next {
                Some(next) => (next.seq, next.digest.as_str()),
                None => (0, ""),
            };
            text.push_str(&format!(
                "log {group} {seq} {} {next_seq} {}\n",
                or_dash(digest),
                or_dash(next_digest)
            ));
        }
        let end = format!("end {}\n", sha256(&text));
        text + &end
    }

    /// The record at the beginning of these bytes; what follows it is older and longer.
    pub(super) fn of_bytes(bytes: &[u8]) -> Option<Self> {
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => std::str::from_utf8(bytes.get(..error.valid_up_to())?).ok()?,
        };
        let end = text.find("\nend ")?;
        let rest = text.get(end + 1..)?;
        let line = rest.find('\n')?;
        Self::of_text(text.get(..end + 1 + line)?)
    }

    /// `None`: not a whole record.
    fn of_text(text: &str) -> Option<Self> {
        let (body, end) = text.rsplit_once("end ")?;
        if end.trim_end() != sha256(body) {
            return None;
        }
        let mut lines = body.split_terminator('\n');
        if lines.next()? != HEAD {
            return None;
        }
        let mut record = Self {
            counter: lines.next()?.strip_prefix("counter ")?.parse().ok()?,
            incarnation: lines.next()?.strip_prefix("incarnation ")?.to_owned(),
            file: lines.next()?.strip_prefix("file ")?.to_owned(),
            logs: BTreeMap::new(),
        };
        for line in lines {
            let (group, reached) = log_of(line)?;
            record.logs.insert(group, reached);
        }
        Some(record)
    }
}

fn log_of(line: &str) -> Option<(String, Reached)> {
    let words: Vec<&str> = line.split(' ').collect();
    let ["log", group, seq, digest, next_seq, next_digest] = words.as_slice() else {
        return None;
    };
    let held = mark(seq, digest)?;
    let next = Some(mark(next_seq, next_digest)?).filter(|next| next.seq > 0);
    Some(((*group).to_owned(), Reached { held, next }))
}

fn mark(seq: &str, digest: &str) -> Option<Mark> {
    let digest = if digest == "-" { "" } else { digest };
    Some(Mark {
        seq: seq.parse().ok()?,
        digest: digest.to_owned(),
    })
}

fn or_dash(digest: &str) -> &str {
    if digest.is_empty() { "-" } else { digest }
}

fn sha256(text: &str) -> String {
    Digest::new(Sha256::digest(text.as_bytes()).into()).to_hex()
}
