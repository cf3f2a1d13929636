//! The epoch file: how far this city's own logs have come, kept outside the database, so that a
//! database that went back in time is noticed before it writes another history.
//!
//! The writer calls [`Epoch::intend`] before it commits a group with own entries, and
//! [`Epoch::confirm`] after. Who reads the file at start and decides is the engine.
//!
//! # Invariants
//! - No own entry is committed, and so none is answered or delivered, before the file says on disk that
//!   it may exist. A group costs one `fdatasync` more, a group without own entries nothing.
//! - A commit that was begun and did not happen is no loss: the database may stand at `held` or `next`.
//! - The file is written in place: three slots, each record closed by its hash. Intentions alternate
//!   between two of them, so a torn one leaves the one before; confirmations, which are not synced,
//!   have the third.
//! - The file names itself (inode and time of birth): a copy of it, as from a snapshot, is known as one.
//! - Several processes of one city may use one file: each reads it again under a lock before it writes.

mod record;

use std::{
    fs::{File, Metadata, OpenOptions},
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::UNIX_EPOCH,
};

use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};

pub use record::{Mark, Reached, Record};

use crate::{directory, queue::lock};

/// Room for a record: about a thousand topics.
const SLOT_BYTES: u64 = 256 * 1024;
/// Where confirmations go.
const CONFIRMED: u64 = 2;
/// Records are read in pieces of this size.
const PIECE_BYTES: usize = 16 * 1024;

/// An own log that moves: from where to where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// The log's group.
    pub group_uri: String,
    /// Where the database stands before.
    pub base: Mark,
    /// Where it will stand.
    pub last: Mark,
}

/// The file; cheap to clone.
#[derive(Clone, Debug)]
pub struct Epoch {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    file: Mutex<File>,
    /// Of the file, as [`Record::file`] has it.
    identity: String,
}

/// What the file said when it was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// There was none.
    Nothing,
    /// A file, but nothing in it can be read.
    Unreadable,
    /// A record.
    Record {
        /// The newest one.
        record: Record,
        /// Whether it was written into another file, and this is a copy of that one.
        is_copy: bool,
    },
}

impl Epoch {
    /// Opens the file, making an empty one (for this user only) and its directory when missing.
    ///
    /// # Errors
    /// The file system's.
    pub fn open(path: &Path) -> io::Result<(Self, Found)> {
        let was_there = path.exists();
        let parent = directory::parent(path);
        std::fs::create_dir_all(parent)?;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).mode(0o600);
        let file = options.truncate(false).open(path)?;
        if !was_there {
            // The name of a new file is kept by its directory.
            File::open(parent)?.sync_all()?;
        }
        let identity = identity(&file.metadata()?);
        let found = match newest(&file)? {
            None if was_there && file.metadata()?.len() > 0 => Found::Unreadable,
            None => Found::Nothing,
            Some(record) => Found::Record {
                is_copy: record.file != identity,
                record,
            },
        };
        let file = Mutex::new(file);
        let path = path.to_owned();
        let inner = Arc::new(Inner {
            path,
            file,
            identity,
        });
        Ok((Self { inner }, found))
    }

    /// Where it lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// Says on disk that these logs may reach so far from now on.
    ///
    /// # Errors
    /// The file system's: then nothing may be committed.
    pub fn intend(&self, moves: &[Move]) -> io::Result<()> {
        self.change(Place::Synced, |record| {
            for Move {
                group_uri,
                base,
                last,
            } in moves
            {
                let reached = Reached {
                    held: base.clone(),
                    next: Some(last.clone()),
                };
                record.logs.insert(group_uri.clone(), reached);
            }
        })
    }

    /// Says that the commit happened. Not synced: until the next one the file may also say that it is
    /// not known.
    ///
    /// # Errors
    /// The file system's.
    pub fn confirm(&self, moves: &[Move]) -> io::Result<()> {
        self.change(Place::Confirmed, |record| {
            for Move {
                group_uri, last, ..
            } in moves
            {
                let Some(reached) = record.logs.get_mut(group_uri) else {
                    continue;
                };
                // Another process may have gone on meanwhile.
                if reached.next.as_ref() == Some(last) {
                    reached.held = last.clone();
                    reached.next = None;
                }
            }
        })
    }

    /// Makes the record one of this file and of this database; what it says of logs stays.
    ///
    /// # Errors
    /// The file system's.
    pub fn adopt(&self, incarnation: &str) -> io::Result<()> {
        self.change(Place::Synced, |record| {
            incarnation.clone_into(&mut record.incarnation);
        })
    }

    /// A log stands here, whatever was said before.
    ///
    /// # Errors
    /// The file system's.
    pub fn set(&self, group_uri: &str, held: Mark) -> io::Result<()> {
        self.change(Place::Synced, |record| {
            let reached = Reached { held, next: None };
            record.logs.insert(group_uri.to_owned(), reached);
        })
    }

    fn change(&self, place: Place, change: impl FnOnce(&mut Record)) -> io::Result<()> {
        let file = lock(&self.inner.file);
        file.lock()?;
        let written = self.write(&file, place, change);
        file.unlock()?;
        written
    }

    fn write(&self, file: &File, place: Place, change: impl FnOnce(&mut Record)) -> io::Result<()> {
        let mut record = newest(file)?.unwrap_or_default();
        change(&mut record);
        record.file.clone_from(&self.inner.identity);
        record.counter = record.counter.saturating_add(1);
        let text = record.to_text();
        if u64::try_from(text.len()).is_ok_and(|length| length > SLOT_BYTES) {
            return Err(io::Error::other("the record is larger than its place"));
        }
        match place {
            Place::Confirmed => file.write_all_at(text.as_bytes(), CONFIRMED * SLOT_BYTES),
            Place::Synced => {
                file.write_all_at(text.as_bytes(), older_slot(file)? * SLOT_BYTES)?;
                file.sync_data()
            }
        }
    }
}

/// Where a record goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Synced,
    Confirmed,
}

/// Of the two slots of synced records the one that may be overwritten.
fn older_slot(file: &File) -> io::Result<u64> {
    let counter = |slot| Ok::<_, io::Error>(read(file, slot)?.map_or(0, |record| record.counter));
    Ok(if counter(0)? <= counter(1)? { 0 } else { 1 })
}

fn newest(file: &File) -> io::Result<Option<Record>> {
    let mut newest: Option<Record> = None;
    for slot in 0..=CONFIRMED {
        let found = read(file, slot)?;
        let counter = |record: &Option<Record>| record.as_ref().map_or(0, |record| record.counter);
        if counter(&found) > counter(&newest) {
            newest = found;
        }
    }
    Ok(newest)
}

fn read(file: &File, slot: u64) -> io::Result<Option<Record>> {
    let mut bytes = Vec::new();
    let mut at = slot * SLOT_BYTES;
    let end = at + SLOT_BYTES;
    while at < end {
        let mut piece = vec![0; PIECE_BYTES];
        let length = file.read_at(&mut piece, at)?;
        piece.truncate(length);
        bytes.extend_from_slice(&piece);
        at = at.saturating_add(u64::try_from(length).unwrap_or(0));
        if let Some(record) = Record::of_bytes(&bytes) {
            return Ok(Some(record));
        }
        if length < PIECE_BYTES {
            break;
        }
    }
    Ok(None)
}

fn identity(about: &Metadata) -> String {
    let born = about
        .created()
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
        .map_or(0, |since| since.as_micros());
    format!("{}-{born}", about.ino())
}

#[cfg(test)]
mod tests;
