//! Making sure, at start, that a directory can be written.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::Path,
};

use uuid::Uuid;

use crate::Error;

/// Makes the directory when it is missing, and writes and removes a file in it.
///
/// # Errors
/// [`Error::NotWritable`], naming the directory.
pub(crate) fn make_writable(directory: &Path) -> Result<(), Error> {
    try_writing(directory).map_err(|source| Error::NotWritable {
        path: directory.to_owned(),
        source,
    })
}

/// Opens the file for writing, making an empty one when it is missing; changes nothing in it. A
/// new one is for this user only: the database holds private keys.
///
/// # Errors
/// [`Error::NotWritable`], naming the file.
pub(crate) fn make_writable_file(file: &Path) -> Result<(), Error> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(file) {
        Ok(_) => Ok(()),
        Err(source) => Err(Error::NotWritable {
            path: file.to_owned(),
            source,
        }),
    }
}

/// Makes the directory and those above it that are missing. The name of a new one is kept by its parent,
/// so each parent is synced.
fn make(directory: &Path) -> io::Result<()> {
    if directory.exists() {
        return Ok(());
    }
    let above = parent(directory);
    make(above)?;
    match fs::create_dir(directory) {
        // Another process was quicker.
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        Ok(()) | Err(_) => {}
    }
    File::open(above)?.sync_all()
}

fn try_writing(directory: &Path) -> io::Result<()> {
    make(directory)?;
    let probe = directory.join(format!(".tequio-{}", Uuid::new_v4().simple()));
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&probe)?;
    fs::remove_file(probe)
}

/// Bytes that a directory with room takes: more than most groups of writes need.
const ROOM_BYTES: usize = 256 * 1024;

/// Whether some more bytes can be written here; writes them and takes them away.
pub(crate) fn has_room(directory: &Path) -> bool {
    let probe = directory.join(format!(".tequio-{}", Uuid::new_v4().simple()));
    let written = fs::write(&probe, vec![0; ROOM_BYTES]);
    if let Err(error) = fs::remove_file(&probe) {
        tracing::debug!(%error, "no probe to remove");
    }
    !written.is_err_and(|error| is_full(error.kind()))
}

/// Whether the disk or the share of this user is used up.
pub(crate) fn is_full(kind: io::ErrorKind) -> bool {
    matches!(
        kind,
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
    )
}

/// The directory that holds a file; `.` for a bare name.
pub(crate) fn parent(file: &Path) -> &Path {
    file.parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}
