//! The archive: members in, members out.

use std::{
    fs::{File, OpenOptions},
    io::{self, BufReader, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use tequio_protocol::{
    digest::Sha256Hasher,
    sealed::{Opener, is_sealed},
};

use super::manifest::{FORMAT, KIT, MAX_BYTES, Manifest, Member, NAME};
use crate::kits;

/// Most bytes of a member that is held in memory: the largest file, or part of a table.
const MEMBER_MAX: u64 = 512 << 20;

/// Makes a new file for this user only.
pub(crate) fn create(path: &Path) -> Result<File, String> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    options
        .open(path)
        .map_err(|error| format!("{}: {error}", path.display()))
}

/// The name of a file is kept by its directory.
pub(crate) fn sync_directory(file: &Path) -> io::Result<()> {
    let parent = file
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
}

/// Writes members and remembers them.
pub(crate) struct Writer<W: Write> {
    tar: tar::Builder<GzEncoder<W>>,
    members: Vec<Member>,
}

impl<W: Write> Writer<W> {
    pub(crate) fn new(out: W) -> Self {
        Self {
            tar: tar::Builder::new(GzEncoder::new(out, Compression::new(4))),
            members: Vec::new(),
        }
    }

    /// Those written so far.
    pub(crate) fn members(&self) -> &[Member] {
        &self.members
    }

    pub(crate) fn add(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let size_bytes = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let mut header = tar::Header::new_ustar();
        header.set_size(size_bytes);
        header.set_mode(0o600);
        self.tar.append_data(&mut header, path, bytes)?;
        self.members.push(Member {
            path: path.to_owned(),
            size_bytes,
            sha256: sha256(bytes),
        });
        Ok(())
    }

    pub(crate) fn finish(self) -> io::Result<W> {
        self.tar.into_inner()?.finish()
    }
}

fn sha256(bytes: &[u8]) -> String {
    let mut hasher = Sha256Hasher::new();
    hasher.update(bytes);
    hasher.finish().to_hex()
}

/// Why an archive is not taken; for the person at the terminal.
pub(crate) type Refused = String;

/// Hands every member but the manifest to `take`, in order, and answers the manifest.
pub(crate) fn read(
    path: &Path,
    passphrase: Option<&str>,
    mut take: impl FnMut(Member, Vec<u8>) -> Result<(), Refused>,
) -> Result<Manifest, Refused> {
    let mut archive = tar::Archive::new(open(path, passphrase)?);
    let mut manifest = None;
    for entry in archive.entries().map_err(|error| broken(&error))? {
        let mut entry = entry.map_err(|error| broken(&error))?;
        let name = name_of(&entry)?;
        if manifest.is_some() {
            return Err(format!(
                "it is no backup: {name} stands behind the manifest"
            ));
        }
        let limit = if name == NAME { MAX_BYTES } else { MEMBER_MAX };
        let mut bytes = Vec::new();
        let size_bytes = entry.size();
        if size_bytes > limit {
            return Err(format!("it is no backup: {name} has {size_bytes} bytes"));
        }
        entry
            .read_to_end(&mut bytes)
            .map_err(|error| broken(&error))?;
        if name == NAME {
            manifest = Some(read_manifest(&bytes)?);
            continue;
        }
        let sha256 = sha256(&bytes);
        let member = Member {
            path: name,
            size_bytes,
            sha256,
        };
        take(member, bytes)?;
    }
    // What is behind the last member belongs to the stream too: its end proves that nothing was cut off.
    let mut rest = archive.into_inner();
    io::copy(&mut rest, &mut io::sink()).map_err(|error| broken(&error))?;
    manifest.ok_or_else(|| "it was cut off: it has no manifest".to_owned())
}

/// Reads the whole archive and compares each member with the manifest.
pub(crate) fn check(path: &Path, passphrase: Option<&str>) -> Result<Manifest, Refused> {
    let mut members = Vec::new();
    let manifest = read(path, passphrase, |member, _| {
        members.push(member);
        Ok(())
    })?;
    for (found, said) in members.iter().zip(&manifest.members) {
        if found != said {
            return Err(format!(
                "{} is not what the manifest says: the backup was changed or damaged",
                found.path
            ));
        }
    }
    if members.len() != manifest.members.len() {
        return Err(format!(
            "it has {} members, its manifest names {}",
            members.len(),
            manifest.members.len()
        ));
    }
    Ok(manifest)
}

fn read_manifest(bytes: &[u8]) -> Result<Manifest, Refused> {
    let value: serde_json::Value = serde_json::from_slice(bytes)
        .map_err(|error| format!("its manifest is no JSON: {error}"))?;
    // The form first: a newer manifest may have members that this program does not know.
    let format = value.get("format").and_then(serde_json::Value::as_u64);
    match format {
        Some(format) if format == u64::from(FORMAT) => {}
        Some(format) => {
            return Err(format!(
                "it has form {format}, this program reads form {FORMAT}: use the program that made it, or a \
                 newer one"
            ));
        }
        None => return Err("its manifest names no form".to_owned()),
    }
    serde_json::from_value(value).map_err(|error| format!("its manifest cannot be read: {error}"))
}

/// The member's path, when it is one of those that a backup has: never above or beside the target.
fn name_of<R: Read>(entry: &tar::Entry<'_, R>) -> Result<String, Refused> {
    let path = entry.path_bytes();
    let name = std::str::from_utf8(&path).unwrap_or("?").to_owned();
    let is_plain = entry.header().entry_type() == tar::EntryType::Regular;
    let parts: Vec<&str> = name.split('/').collect();
    let is_word = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    let is_known = match parts.as_slice() {
        ["tables", table, part] => {
            is_word(table) && part.strip_suffix(".json").is_some_and(is_word)
        }
        [KIT, path @ ..] => kits::is_path(path),
        ["files", digest] => tequio_domain::Digest::from_hex(digest).is_some(),
        [single] => [NAME, super::manifest::CONFIG].contains(single),
        _ => false,
    };
    if is_plain && is_known {
        Ok(name)
    } else {
        Err(format!("it is no backup: no backup has a member {name:?}"))
    }
}

fn open(path: &Path, passphrase: Option<&str>) -> Result<GzDecoder<Box<dyn Read>>, Refused> {
    let file = |error: io::Error| format!("{}: {error}", path.display());
    let mut beginning = Vec::new();
    File::open(path)
        .map_err(file)?
        .take(64)
        .read_to_end(&mut beginning)
        .map_err(file)?;
    let bytes = BufReader::new(File::open(path).map_err(file)?);
    let inner: Box<dyn Read> = match (is_sealed(&beginning), passphrase) {
        (false, _) => Box::new(bytes),
        (true, Some(passphrase)) => {
            Box::new(Opener::new(bytes, passphrase).map_err(|error| error.to_string())?)
        }
        (true, None) => {
            return Err(
                "it is sealed: name a file with the passphrase (--passphrase-file)".to_owned(),
            );
        }
    };
    Ok(GzDecoder::new(inner))
}

fn broken(error: &io::Error) -> Refused {
    format!("it is no backup, or it was changed or cut off: {error}")
}
