//! What this process asks of the operating system about one folder, in order.
//!
//! The functions of the C library that change files are defined here once more. The linker prefers them
//! to those of the library, in Rust's code and in SQLite's alike: so nothing that SQLite or the file store
//! does on its way to the disk is missed, directories included, which a VFS of SQLite would not see. Each
//! does what it is named for, by the system call, and notes what it did.
//!
//! [`record`] begins. One folder at a time: tests take turns.
#![allow(
    unsafe_code,
    reason = "stands in for functions of the C library; in this test program only"
)]

use std::collections::BTreeMap;
use std::ffi::CStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use libc::{c_char, c_int, c_long, c_uint, c_void, off64_t, size_t, ssize_t};

use crate::disk::{FileId, Op};

static TAP: Mutex<Option<Tap>> = Mutex::new(None);
static TURN: Mutex<()> = Mutex::new(());

/// What is open, and what was done so far.
struct Tap {
    root: PathBuf,
    ops: Vec<Op>,
    names: BTreeMap<PathBuf, FileId>,
    open: BTreeMap<c_int, Open>,
    files: usize,
}

/// What a descriptor stands for.
#[derive(Clone)]
enum Open {
    File(FileId),
    Folder(PathBuf),
}

/// A recording under way.
pub struct Recording {
    _turn: MutexGuard<'static, ()>,
}

/// Begins to note what happens below a folder.
pub fn record(root: &Path) -> Recording {
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    *tap() = Some(Tap {
        root: root.to_owned(),
        ops: Vec::new(),
        names: BTreeMap::new(),
        open: BTreeMap::new(),
        files: 0,
    });
    Recording { _turn: turn }
}

impl Recording {
    /// Notes that something was answered with success: from here on it must be there.
    pub fn answered(&self, what: usize) {
        note(Op::Answered(what));
    }

    /// What happened.
    pub fn end(self) -> Vec<Op> {
        tap().take().map(|tap| tap.ops).unwrap_or_default()
    }
}

fn tap() -> MutexGuard<'static, Option<Tap>> {
    TAP.lock().unwrap_or_else(PoisonError::into_inner)
}

fn note(op: Op) {
    if let Some(tap) = tap().as_mut() {
        tap.ops.push(op);
    }
}

impl Tap {
    /// A path below the root, from it; `None` for all others.
    fn path(&self, path: *const c_char) -> Option<PathBuf> {
        // SAFETY: a path that the caller gave to a function of the C library ends in zero.
        let bytes = unsafe { CStr::from_ptr(path) }.to_bytes();
        let path = Path::new(std::ffi::OsStr::from_bytes(bytes));
        path.strip_prefix(&self.root).ok().map(Path::to_owned)
    }

    fn opened(&mut self, path: PathBuf, fd: c_int, flags: c_int) {
        let known = self.names.get(&path).copied();
        let file = match known {
            Some(file) => file,
            None if flags & libc::O_CREAT != 0 => {
                self.files += 1;
                self.names.insert(path.clone(), self.files);
                self.ops.push(Op::Made(path, self.files));
                self.files
            }
            None => {
                self.open.insert(fd, Open::Folder(path));
                return;
            }
        };
        if flags & libc::O_TRUNC != 0 {
            self.ops.push(Op::Cut(file, 0));
        }
        self.open.insert(fd, Open::File(file));
    }

    fn file(&self, fd: c_int) -> Option<FileId> {
        match self.open.get(&fd) {
            Some(Open::File(file)) => Some(*file),
            Some(Open::Folder(_)) | None => None,
        }
    }

    fn wrote(&mut self, fd: c_int, bytes: *const c_void, length: c_long, at: off64_t) {
        let (Some(file), Ok(length)) = (self.file(fd), usize::try_from(length)) else {
            return;
        };
        // SAFETY: the system has just read as many bytes from there.
        let bytes = unsafe { std::slice::from_raw_parts(bytes.cast::<u8>(), length) };
        let at = usize::try_from(at).unwrap_or(0);
        self.ops.push(Op::Wrote(file, at, bytes.to_vec()));
    }

    fn synced(&mut self, fd: c_int) {
        match self.open.get(&fd).cloned() {
            Some(Open::File(file)) => self.ops.push(Op::Synced(file)),
            Some(Open::Folder(path)) => self.ops.push(Op::SyncedFolder(path)),
            None => {}
        }
    }
}

/// Does a system call and, when it succeeded, notes it: both in one go, so that the order is right.
fn noted(call: impl FnOnce() -> c_long, note: impl FnOnce(&mut Tap, c_long)) -> c_long {
    let mut tap = tap();
    let result = call();
    if let (Some(tap), 0..) = (tap.as_mut(), result) {
        note(tap, result);
    }
    result
}

fn narrow(result: c_long) -> c_int {
    c_int::try_from(result).unwrap_or(-1)
}

macro_rules! stands_in {
    ($(fn $name:ident($($argument:ident: $kind:ty),*) -> $result:ty = $body:expr;)*) => {
        $(
            /// Stands in for the function of the C library.
            // SAFETY: same name, same arguments, same result, same effect.
            #[unsafe(no_mangle)]
            unsafe extern "C" fn $name($($argument: $kind),*) -> $result {
                $body
            }
        )*
    };
}

// The mode of `open` is there only with `O_CREAT`; the system looks at it only then.
stands_in! {
    fn open(path: *const c_char, flags: c_int, mode: c_uint) -> c_int = opening(path, flags, mode);
    fn open64(path: *const c_char, flags: c_int, mode: c_uint) -> c_int = opening(path, flags, mode);
    fn close(fd: c_int) -> c_int = narrow(noted(
        || unsafe { libc::syscall(libc::SYS_close, fd) },
        |tap, _| drop(tap.open.remove(&fd)),
    ));
    fn write(fd: c_int, bytes: *const c_void, length: size_t) -> ssize_t = {
        // SAFETY: asks where the descriptor stands.
        let at = unsafe { libc::syscall(libc::SYS_lseek, fd, 0, libc::SEEK_CUR) };
        let write = || unsafe { libc::syscall(libc::SYS_write, fd, bytes, length) };
        noted(write, |tap, length| tap.wrote(fd, bytes, length, at)) as ssize_t
    };
    fn pwrite(fd: c_int, bytes: *const c_void, length: size_t, at: off64_t) -> ssize_t =
        writing(fd, bytes, length, at);
    fn pwrite64(fd: c_int, bytes: *const c_void, length: size_t, at: off64_t) -> ssize_t =
        writing(fd, bytes, length, at);
    fn ftruncate(fd: c_int, size: off64_t) -> c_int = cutting(fd, size);
    fn ftruncate64(fd: c_int, size: off64_t) -> c_int = cutting(fd, size);
    fn fsync(fd: c_int) -> c_int = narrow(noted(
        || unsafe { libc::syscall(libc::SYS_fsync, fd) },
        |tap, _| tap.synced(fd),
    ));
    fn fdatasync(fd: c_int) -> c_int = narrow(noted(
        || unsafe { libc::syscall(libc::SYS_fdatasync, fd) },
        |tap, _| tap.synced(fd),
    ));
    fn rename(from: *const c_char, to: *const c_char) -> c_int = narrow(noted(
        || unsafe {
            libc::syscall(libc::SYS_renameat2, libc::AT_FDCWD, from, libc::AT_FDCWD, to, 0)
        },
        |tap, _| {
            if let (Some(from), Some(to)) = (tap.path(from), tap.path(to))
                && let Some(file) = tap.names.remove(&from)
            {
                tap.names.insert(to.clone(), file);
                tap.ops.push(Op::Moved(from, to, file));
            }
        },
    ));
    fn link(from: *const c_char, to: *const c_char) -> c_int = linking(from, to, 0);
    fn linkat(
        _from_folder: c_int,
        from: *const c_char,
        _to_folder: c_int,
        to: *const c_char,
        flags: c_int
    ) -> c_int = linking(from, to, flags);
    fn unlink(path: *const c_char) -> c_int = narrow(noted(
        || unsafe { libc::syscall(libc::SYS_unlinkat, libc::AT_FDCWD, path, 0) },
        |tap, _| {
            if let Some(path) = tap.path(path) {
                tap.names.remove(&path);
                tap.ops.push(Op::Removed(path));
            }
        },
    ));
    fn mkdir(path: *const c_char, mode: c_uint) -> c_int = narrow(noted(
        || unsafe { libc::syscall(libc::SYS_mkdirat, libc::AT_FDCWD, path, mode) },
        |tap, _| {
            if let Some(path) = tap.path(path) {
                tap.ops.push(Op::Folder(path));
            }
        },
    ));
}

fn opening(path: *const c_char, flags: c_int, mode: c_uint) -> c_int {
    narrow(noted(
        || unsafe { libc::syscall(libc::SYS_openat, libc::AT_FDCWD, path, flags, mode) },
        |tap, fd| {
            if let Some(path) = tap.path(path) {
                tap.opened(path, narrow(fd), flags);
            }
        },
    ))
}

fn writing(fd: c_int, bytes: *const c_void, length: size_t, at: off64_t) -> ssize_t {
    noted(
        || unsafe { libc::syscall(libc::SYS_pwrite64, fd, bytes, length, at) },
        |tap, length| tap.wrote(fd, bytes, length, at),
    ) as ssize_t
}

fn cutting(fd: c_int, size: off64_t) -> c_int {
    narrow(noted(
        || unsafe { libc::syscall(libc::SYS_ftruncate, fd, size) },
        |tap, _| {
            if let Some(file) = tap.file(fd) {
                tap.ops
                    .push(Op::Cut(file, usize::try_from(size).unwrap_or(0)));
            }
        },
    ))
}

fn linking(from: *const c_char, to: *const c_char, flags: c_int) -> c_int {
    narrow(noted(
        || unsafe {
            libc::syscall(
                libc::SYS_linkat,
                libc::AT_FDCWD,
                from,
                libc::AT_FDCWD,
                to,
                flags,
            )
        },
        |tap, _| {
            if let (Some(from), Some(to)) = (tap.path(from), tap.path(to))
                && let Some(file) = tap.names.get(&from).copied()
            {
                tap.names.insert(to.clone(), file);
                tap.ops.push(Op::Named(to, file));
            }
        },
    ))
}
