//! A disk that loses its power: of what was not synced, anything may be there, torn or not at all.
//!
//! Start at [`Disk::image`]. What is promised (POSIX): the bytes of a file up to its last `fsync`, the
//! names of a folder up to the last `fsync` of the folder. All else is decided by dice, sector by sector
//! and name by name.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use tequio_tests::dice::Dice;

/// A file, whatever its names.
pub type FileId = usize;

/// What disks write at once.
const SECTOR: usize = 512;

/// One thing that was asked of the system; paths are from the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    /// A new file has a name.
    Made(PathBuf, FileId),
    /// A file has one more name.
    Named(PathBuf, FileId),
    /// A file has another name.
    Moved(PathBuf, PathBuf, FileId),
    /// A name is gone.
    Removed(PathBuf),
    /// A new folder.
    Folder(PathBuf),
    /// Bytes at a place of a file.
    Wrote(FileId, usize, Vec<u8>),
    /// A file has this size now.
    Cut(FileId, usize),
    /// A file is on disk.
    Synced(FileId),
    /// The names of a folder are on disk.
    SyncedFolder(PathBuf),
    /// A caller was told that it is done.
    Answered(usize),
}

/// What a disk does not do although it says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lie {
    /// It is honest.
    None,
    /// The log of the database is not synced.
    Log,
    /// The names of folders are not synced.
    Folders,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Node {
    File(FileId),
    Folder,
}

#[derive(Debug, Default)]
struct File {
    synced: Vec<u8>,
    /// `Wrote` and `Cut` since.
    unsynced: Vec<Op>,
    is_log: bool,
}

/// A change of names that is on disk as a whole or, while a folder was not synced, in part.
type Change = Vec<(PathBuf, Option<Node>)>;

/// The disk at one moment.
#[derive(Debug)]
pub struct Disk {
    lie: Lie,
    files: BTreeMap<FileId, File>,
    names: BTreeMap<PathBuf, Node>,
    unsynced_names: Vec<Change>,
    /// What callers were told by then.
    pub answered: Vec<usize>,
}

impl Disk {
    /// The disk after the first things of a recording.
    pub fn after(ops: &[Op], lie: Lie) -> Self {
        let mut disk = Self {
            lie,
            files: BTreeMap::new(),
            names: BTreeMap::new(),
            unsynced_names: Vec::new(),
            answered: Vec::new(),
        };
        for op in ops {
            disk.apply(op);
        }
        disk
    }

    fn apply(&mut self, op: &Op) {
        match op {
            Op::Made(path, file) => {
                let is_log = path.to_string_lossy().ends_with("-wal");
                self.files.entry(*file).or_default().is_log = is_log;
                self.name(vec![(path.clone(), Some(Node::File(*file)))]);
            }
            Op::Named(path, file) => self.name(vec![(path.clone(), Some(Node::File(*file)))]),
            Op::Moved(from, to, file) => self.name(vec![
                (from.clone(), None),
                (to.clone(), Some(Node::File(*file))),
            ]),
            Op::Removed(path) => self.name(vec![(path.clone(), None)]),
            Op::Folder(path) => self.name(vec![(path.clone(), Some(Node::Folder))]),
            Op::Wrote(file, ..) | Op::Cut(file, _) => {
                self.files
                    .entry(*file)
                    .or_default()
                    .unsynced
                    .push(op.clone());
            }
            Op::Synced(file) => self.sync(*file),
            Op::SyncedFolder(folder) if self.lie != Lie::Folders => self.sync_folder(folder),
            Op::SyncedFolder(_) => {}
            Op::Answered(what) => self.answered.push(*what),
        }
    }

    fn name(&mut self, change: Change) {
        self.unsynced_names.push(change);
    }

    fn sync(&mut self, file: FileId) {
        let file = self.files.entry(file).or_default();
        if file.is_log && self.lie == Lie::Log {
            return;
        }
        for op in std::mem::take(&mut file.unsynced) {
            match op {
                Op::Wrote(_, at, bytes) => put(&mut file.synced, at, &bytes),
                Op::Cut(_, size) => file.synced.resize(size, 0),
                _ => {}
            }
        }
    }

    fn sync_folder(&mut self, folder: &Path) {
        for change in &mut self.unsynced_names {
            let (there, elsewhere) = std::mem::take(change)
                .into_iter()
                .partition(|(path, _)| path.parent() == Some(folder));
            *change = elsewhere;
            rename(&mut self.names, there);
        }
        self.unsynced_names.retain(|change| !change.is_empty());
    }

    /// Makes in `root` what may be found after the power is lost now.
    pub fn image(&self, dice: &mut Dice, root: &Path) {
        let mut names = self.names.clone();
        let luck = Luck::of(dice);
        for change in &self.unsynced_names {
            if luck.keeps(dice) {
                rename(&mut names, change.clone());
            }
        }
        for (path, node) in &names {
            let parent = path.parent().unwrap_or(Path::new(""));
            let has_parent = parent == Path::new("") || names.get(parent) == Some(&Node::Folder);
            if !has_parent || !root.join(parent).is_dir() {
                continue;
            }
            match node {
                Node::Folder => fs::create_dir(root.join(path)).expect("a folder"),
                Node::File(file) => {
                    let bytes = self.files.get(file).map(|file| file.found(dice));
                    fs::write(root.join(path), bytes.unwrap_or_default()).expect("a file");
                }
            }
        }
    }
}

impl File {
    /// What may be found of a file.
    fn found(&self, dice: &mut Dice) -> Vec<u8> {
        let mut bytes = self.synced.clone();
        let luck = Luck::of(dice);
        for op in &self.unsynced {
            match op {
                Op::Cut(_, size) if luck.keeps(dice) => bytes.resize(*size, 0),
                Op::Wrote(_, at, new) => write_some(&mut bytes, *at, new, luck, dice),
                _ => {}
            }
        }
        bytes
    }
}

/// How much of what was not synced has come to the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Luck {
    Nothing,
    Everything,
    Some,
}

impl Luck {
    fn of(dice: &mut Dice) -> Self {
        match dice.below(4) {
            0 => Self::Nothing,
            1 => Self::Everything,
            _ => Self::Some,
        }
    }

    fn keeps(self, dice: &mut Dice) -> bool {
        match self {
            Self::Nothing => false,
            Self::Everything => true,
            Self::Some => dice.one_in(2),
        }
    }
}

/// Writes some of the sectors, and tears some of these.
fn write_some(bytes: &mut Vec<u8>, at: usize, new: &[u8], luck: Luck, dice: &mut Dice) {
    let mut from = 0;
    while from < new.len() {
        let to = new.len().min(from + SECTOR - (at + from) % SECTOR);
        if luck.keeps(dice) {
            let is_torn = luck == Luck::Some && dice.one_in(8);
            let end = if is_torn {
                from + dice.index(to - from)
            } else {
                to
            };
            put(bytes, at + from, &new[from..end]);
        }
        from = to;
    }
}

fn put(bytes: &mut Vec<u8>, at: usize, new: &[u8]) {
    if new.is_empty() {
        return;
    }
    if bytes.len() < at + new.len() {
        bytes.resize(at + new.len(), 0);
    }
    bytes[at..at + new.len()].copy_from_slice(new);
}

fn rename(names: &mut BTreeMap<PathBuf, Node>, change: Change) {
    for (path, node) in change {
        match node {
            Some(node) => drop(names.insert(path, node)),
            None => drop(names.remove(&path)),
        }
    }
}
