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

fn try_writing(directory: &Path) -> io::Result<()> {
    if !directory.exists() {
        fs::create_dir_all(directory)?;
        // The name of a new directory is kept by its parent.
        File::open(parent(directory))?.sync_all()?;
    }
    let probe = directory.join(format!(".tequio-{}", Uuid::new_v4().simple()));
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&probe)?;
    fs::remove_file(probe)
}

/// The directory that holds a file; `.` for a bare name.
pub(crate) fn parent(file: &Path) -> &Path {
    file.parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}
