//! `tequio backup`: a city, running or not, as one file.
//!
//! The file is a tar, compressed with gzip and, with a passphrase, sealed in the format of `age`: it can be
//! looked into without this program. Its members: `tables/{table}/{part}.json`, `files/{sha-256}`,
//! `tequio.toml`, `kit/…` where the kit is a folder, and at the end [`manifest`] with the SHA-256 of each. [`crate::restore`] reads it.
//!
//! # Invariants
//! - All rows are of one snapshot; files never change, and are looked for after it.
//! - The file has its name only when it is complete and on disk. An existing one is never replaced.

pub(crate) mod archive;
pub(crate) mod manifest;

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use futures::executor::block_on;
use tequio_domain::Digest;
use tequio_engine::{readiness::BACKUP_MADE_AT, state_digest};
use tequio_protocol::sealed::Sealer;
use tequio_store::{Conn, Files, Store, file, setting, topic, transfer};

use crate::{
    clock,
    config::Config,
    kits,
    serve::{store_settings, text},
    terminal::{progress, say},
};
use archive::{Writer, sync_directory};
use manifest::{FORMAT, Manifest, Place, Table, Topic};

/// A part of a table is closed when it is larger.
const PART_BYTES: usize = 4 << 20;
/// A part of a table has at most so many rows.
const PART_ROWS: usize = 5_000;
/// Files that are read from the table at once.
const FILES_PAGE: i64 = 500;

/// What the command line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// The file to be made, or a directory for it.
    pub(crate) target: PathBuf,
    /// The city's configuration file, to be taken along.
    pub(crate) config_file: Option<PathBuf>,
    /// Seals the file.
    pub(crate) passphrase: Option<String>,
}

/// `tequio backup`.
pub(crate) fn run(config: &Config, wanted: &Wanted) -> Result<(), String> {
    let target = target(config, wanted)?;
    let partial = partial_of(&target)?;
    let made = write(config, wanted, &partial).and_then(|manifest| {
        name(&partial, &target, |from, to| fs::hard_link(from, to))
            .and_then(|()| sync_directory(&target))
            .map_err(|error| format!("{}: {error}", target.display()))?;
        Ok(manifest)
    });
    if let Err(error) = fs::remove_file(&partial)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(%error, "cannot remove {}", partial.display());
    }
    let manifest = made?;
    remember(config);
    let rows: u64 = manifest.tables.iter().map(|table| table.rows).sum();
    let size_bytes = fs::metadata(&target).map_err(text)?.len();
    say(&format!(
        "{}: {rows} rows, {} files and parts, {size_bytes} bytes",
        target.display(),
        manifest.members.len()
    ));
    for digest in &manifest.missing {
        say(&format!("not here, so not in it: file {digest}"));
    }
    Ok(())
}

fn target(config: &Config, wanted: &Wanted) -> Result<PathBuf, String> {
    let mut target = wanted.target.clone();
    if target.is_dir() {
        let at = clock::now().to_rfc3339().replace(':', "");
        let at = at
            .split('.')
            .next()
            .unwrap_or_default()
            .trim_end_matches('Z');
        let ending = if wanted.passphrase.is_some() {
            ".age"
        } else {
            ""
        };
        target.push(format!("tequio-{}-{at}.tar.gz{ending}", config.city));
    }
    if target.exists() {
        return Err(format!(
            "{} is there already; give another name",
            target.display()
        ));
    }
    Ok(target)
}

fn partial_of(target: &Path) -> Result<PathBuf, String> {
    let name = target.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| format!("{} is no name for a file", target.display()))?;
    Ok(target.with_file_name(format!(".{name}.{}.partial", std::process::id())))
}

/// Gives a finished backup its name. Linking fails where the name is taken, renaming would replace; a disk that
/// has no links (a share, a stick) is asked before.
fn name(
    partial: &Path,
    target: &Path,
    link: impl FnOnce(&Path, &Path) -> io::Result<()>,
) -> io::Result<()> {
    match link(partial, target) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        Err(_no_links) if target.try_exists()? => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_no_links) => fs::rename(partial, target),
        Ok(()) => Ok(()),
    }
}

fn write(config: &Config, wanted: &Wanted, partial: &Path) -> Result<Manifest, String> {
    // One with our number is of a process that was killed: in a container it is the same at each start.
    if let Err(error) = fs::remove_file(partial)
        && error.kind() != io::ErrorKind::NotFound
    {
        return Err(format!("{}: {error}", partial.display()));
    }
    let file = archive::create(partial)?;
    match &wanted.passphrase {
        None => {
            let (manifest, file) = fill(config, wanted, file)?;
            file.sync_all().map_err(text)?;
            Ok(manifest)
        }
        Some(passphrase) => {
            let sealer = Sealer::new(file, passphrase).map_err(text)?;
            let (manifest, sealer) = fill(config, wanted, sealer)?;
            let file: File = sealer.finish().map_err(text)?;
            file.sync_all().map_err(text)?;
            Ok(manifest)
        }
    }
}

fn fill<W: Write>(config: &Config, wanted: &Wanted, out: W) -> Result<(Manifest, W), String> {
    let settings = store_settings(config);
    let files = Files::open(&settings.files).map_err(text)?;
    let mut writer = Writer::new(out);
    let mut manifest = transfer::inspect(&settings.database, |conn| {
        write_rows(conn, &mut writer, config).map_err(Trouble::into_store)
    })
    .map_err(text)?;
    let held = transfer::inspect(&settings.database, file_list).map_err(text)?;
    for (number, digest) in held.iter().enumerate() {
        progress(&format!("files: {number} of {}", held.len()));
        match block_on(files.read(digest)) {
            Ok(bytes) => writer
                .add(&format!("files/{}", digest.to_hex()), &bytes)
                .map_err(text)?,
            Err(tequio_store::Error::NotFound) => manifest.missing.push(digest.to_hex()),
            Err(error) => return Err(format!("file {}: {error}", digest.to_hex())),
        }
    }
    if kits::is_folder(&config.kit) {
        for (path, bytes) in kits::structure(&config.kit).map_err(text)? {
            writer
                .add(&format!("{}/{path}", manifest::KIT), &bytes)
                .map_err(text)?;
        }
    }
    if let Some(path) = &wanted.config_file {
        let bytes = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        writer.add(manifest::CONFIG, &bytes).map_err(text)?;
    }
    manifest.members = writer.members().to_vec();
    let json = serde_json::to_vec_pretty(&manifest).map_err(text)?;
    writer.add(manifest::NAME, &json).map_err(text)?;
    Ok((manifest, writer.finish().map_err(text)?))
}

/// The disk's trouble in the middle of the database's.
enum Trouble {
    Store(tequio_store::Error),
    Engine(tequio_engine::Error),
    Io(io::Error),
}

impl Trouble {
    fn into_store(self) -> tequio_store::Error {
        match self {
            Self::Store(error) => error,
            Self::Engine(tequio_engine::Error::Store(error)) => error,
            Self::Engine(error) => tequio_store::Error::Interrupted(error.to_string().into()),
            Self::Io(error) => tequio_store::Error::Interrupted(Box::new(error)),
        }
    }
}

impl From<tequio_store::Error> for Trouble {
    fn from(error: tequio_store::Error) -> Self {
        Self::Store(error)
    }
}

fn write_rows<W: Write>(
    conn: &mut Conn,
    writer: &mut Writer<W>,
    config: &Config,
) -> Result<Manifest, Trouble> {
    let mut tables = Vec::new();
    for name in transfer::tables(conn)? {
        let mut parts = Parts {
            table: &name,
            writer: &mut *writer,
            part: String::new(),
            in_part: 0,
            number: 0,
        };
        let rows = transfer::rows(conn, &name, |row| parts.add(row).map_err(Trouble::Io))?;
        parts.close().map_err(Trouble::Io)?;
        progress(&format!("{name}: {rows} rows"));
        tables.push(Table { name, rows });
    }
    let mut topics = Vec::new();
    for topic in topic::all(conn)? {
        let state = state_digest::of_topic(conn, &topic.slug).map_err(Trouble::Engine)?;
        topics.push(Topic {
            slug: state.topic,
            digest: state.digest.to_hex(),
            objects: state.objects,
            heads: state.heads,
        });
    }
    Ok(Manifest {
        format: FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        made_at: clock::now().to_rfc3339(),
        place: Place::of(config),
        versions: transfer::versions(conn)?,
        tables,
        topics,
        members: Vec::new(),
        missing: Vec::new(),
    })
}

/// A table on its way into the archive: JSON arrays of a few megabytes.
struct Parts<'a, W: Write> {
    table: &'a str,
    writer: &'a mut Writer<W>,
    part: String,
    in_part: usize,
    number: usize,
}

impl<W: Write> Parts<'_, W> {
    fn add(&mut self, row: &str) -> io::Result<()> {
        self.part.push(if self.in_part == 0 { '[' } else { ',' });
        self.part.push_str(row);
        self.in_part += 1;
        if self.part.len() >= PART_BYTES || self.in_part >= PART_ROWS {
            self.close()?;
        }
        Ok(())
    }

    fn close(&mut self) -> io::Result<()> {
        if self.in_part == 0 {
            return Ok(());
        }
        self.part.push(']');
        let path = format!("tables/{}/{:08}.json", self.table, self.number);
        self.writer.add(&path, self.part.as_bytes())?;
        self.part.clear();
        self.in_part = 0;
        self.number += 1;
        Ok(())
    }
}

fn file_list(conn: &mut Conn) -> Result<Vec<Digest>, tequio_store::Error> {
    let mut all = Vec::new();
    let mut after = String::new();
    loop {
        let page = file::list_after(conn, &after, FILES_PAGE)?;
        let Some(last) = page.last() else {
            return Ok(all);
        };
        after.clone_from(&last.digest);
        all.extend(page.iter().filter_map(|row| Digest::from_hex(&row.digest)));
    }
}

/// Notes in the database that there is a backup. Its lack is no reason to call the backup failed.
fn remember(config: &Config) {
    let now = clock::now().micros().to_string();
    let noted = Store::open(&store_settings(config))
        .and_then(|store| store.write_blocking(move |tx| setting::put(tx, BACKUP_MADE_AT, &now)));
    if let Err(error) = noted {
        tracing::warn!(%error, "the date of the backup was not noted in the database");
    }
}

#[cfg(test)]
mod tests;
