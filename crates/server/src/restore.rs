//! `tequio restore`: a backup becomes a city again; with `--check` only for a trial.
//!
//! [`run`] reads the archive twice: first all of it against its manifest, then into the target. What was
//! restored is *held* when it is started: `tequio_engine::recovery` asks the siblings for what came after.
//!
//! # Invariants
//! - Nothing is touched before the whole archive was checked, and nothing that is there is replaced.
//! - A restore that was interrupted is not served: its mark stays in the directory.

use std::{
    fs,
    path::{Path, PathBuf},
};

use bytes::Bytes;
use futures::stream;
use tempfile::TempDir;
use tequio_domain::Digest;
use tequio_engine::{Engine, readiness::RESTORE_REHEARSED_AT, rebuild, recovery, state_digest};
use tequio_store::{Files, Store, setting, transfer, transfer::load::Loader};

use crate::{
    backup::{
        archive::{self, sync_directory},
        manifest::{CONFIG, KIT, Manifest, Place},
    },
    clock,
    config::{Config, Problem},
    kits,
    serve::{open_engine, store_settings, text},
    terminal::{progress, say},
    verify,
};

/// In a data directory: a restore began here and did not end.
pub(crate) const UNFINISHED: &str = "restore-unfinished";

/// What the command line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// The backup.
    pub(crate) archive: PathBuf,
    /// The configuration of the city; without it what the backup says.
    pub(crate) config: Option<Config>,
    /// Where to restore to, if the configuration does not say.
    pub(crate) data: Option<PathBuf>,
    /// Opens a sealed backup.
    pub(crate) passphrase: Option<String>,
}

/// `tequio restore`.
pub(crate) fn run(wanted: &Wanted) -> Result<(), String> {
    let manifest = checked(wanted)?;
    let (config, _kit) = config_for(wanted, &manifest)?;
    refuse_used(&config)?;
    let mark = config.data.join(UNFINISHED);
    fs::create_dir_all(&config.data)
        .and_then(|()| fs::write(&mark, "see tequio restore\n"))
        .and_then(|()| sync_directory(&mark))
        .map_err(|error| format!("{}: {error}", config.data.display()))?;
    let engine = fill(wanted, &config, &manifest)?;
    let differences = differences(&engine, &manifest)?;
    engine.store().clone().close();
    fs::remove_file(&mark)
        .and_then(|()| sync_directory(&mark))
        .map_err(|error| format!("{}: {error}", mark.display()))?;
    say(&format!(
        "restored the backup of {} to {}",
        manifest.made_at,
        config.data.display()
    ));
    say(
        "start it with its configuration: it asks the sibling cities for what it wrote after the backup, \
         and takes nothing new until they have answered (page /red)",
    );
    if differences.is_empty() {
        Ok(())
    } else {
        Err(format!(
            "everything is there, but not as it was when the backup was made: {}",
            differences.join("; ")
        ))
    }
}

/// `tequio restore --check`: into a directory that is thrown away, with all that `tequio verify` looks at.
pub(crate) fn rehearse(wanted: &Wanted) -> Result<(), String> {
    let manifest = checked(wanted)?;
    let scratch = TempDir::with_prefix("tequio-restore-").map_err(text)?;
    let (config, _kit) = config_for(wanted, &manifest)?;
    let config = Config {
        data: scratch.path().join("data"),
        database_url: None,
        ..config
    };
    fs::create_dir(&config.data).map_err(text)?;
    let engine = fill(wanted, &config, &manifest)?;
    let mut problems = differences(&engine, &manifest)?;
    engine.store().clone().close();
    drop(engine);
    let report = verify::report(&config)?;
    problems.extend(report.problems.iter().map(ToString::to_string));
    let missing = manifest.missing.len();
    say(&format!(
        "backup of {}: {} entries in {} logs, {} files, {missing} missing when it was made",
        manifest.made_at, report.entries, report.logs, report.files
    ));
    if !problems.is_empty() {
        return Err(format!("the trial restore failed: {}", problems.join("; ")));
    }
    say("the trial restore went well");
    match &wanted.config {
        Some(city) => remember(city),
        None => {
            say("to have this remembered, name the city: --config FILE");
            Ok(())
        }
    }
}

fn checked(wanted: &Wanted) -> Result<Manifest, String> {
    let path = wanted.archive.display();
    progress("checking the backup");
    let manifest = archive::check(&wanted.archive, wanted.passphrase.as_deref())
        .map_err(|refused| format!("{path}: {refused}"))?;
    transfer::check_versions(&manifest.versions).map_err(|error| format!("{path}: {error}"))?;
    Ok(manifest)
}

/// The configuration, and the folder with the backup's own kit where that is used: it goes when dropped.
fn config_for(wanted: &Wanted, manifest: &Manifest) -> Result<(Config, Option<TempDir>), String> {
    let place = &manifest.place;
    let kit = match &wanted.config {
        None if kits::is_folder(&place.kit) => Some(kit_of(wanted)?),
        _ => None,
    };
    let mut config = match (&wanted.config, &kit) {
        (Some(config), _) => config.clone(),
        (None, None) => Config::of_place(place).map_err(one_line)?,
        (None, Some(folder)) => {
            let kit = folder.path().display().to_string();
            Config::of_place(&Place {
                kit,
                ..place.clone()
            })
            .map_err(one_line)?
        }
    };
    if config.city.as_str() != place.city || config.url != place.url {
        return Err(format!(
            "the backup is of {} ({}), the configuration is for {} ({})",
            place.city, place.url, config.city, config.url
        ));
    }
    match (&wanted.data, &wanted.config) {
        (Some(data), _) => config.data.clone_from(data),
        (None, Some(_)) => {}
        (None, None) => config.data = PathBuf::from("data"),
    }
    Ok((config, kit))
}

/// The kit that lies in the backup, in a folder of its own.
fn kit_of(wanted: &Wanted) -> Result<TempDir, String> {
    let folder = TempDir::with_prefix("tequio-kit-").map_err(text)?;
    archive::read(
        &wanted.archive,
        wanted.passphrase.as_deref(),
        |member, bytes| match member
            .path
            .strip_prefix(KIT)
            .and_then(|path| path.strip_prefix('/'))
        {
            Some(path) => write_below(folder.path(), path, &bytes),
            None => Ok(()),
        },
    )?;
    Ok(folder)
}

/// The archive lets no path pass that leads out.
fn write_below(folder: &Path, path: &str, bytes: &[u8]) -> Result<(), String> {
    let target = folder.join(path);
    let parent = target.parent().unwrap_or(folder);
    fs::create_dir_all(parent)
        .and_then(|()| fs::write(&target, bytes))
        .map_err(|error| format!("{}: {error}", target.display()))
}

fn one_line(problems: Vec<Problem>) -> String {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    format!(
        "the backup's city cannot be used here: {}",
        lines.join("; ")
    )
}

/// The target must have nothing in it.
fn refuse_used(config: &Config) -> Result<(), String> {
    let is_used = match fs::read_dir(&config.data) {
        Ok(mut inside) => inside.next().is_some(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
        Err(error) => return Err(format!("{}: {error}", config.data.display())),
    };
    if is_used {
        return Err(format!(
            "{} is not empty: move away what is there, or name another directory with --data",
            config.data.display()
        ));
    }
    Ok(())
}

/// Rows, files, and the tables that are a view of the entries.
fn fill(wanted: &Wanted, config: &Config, manifest: &Manifest) -> Result<Engine, String> {
    let settings = store_settings(config);
    let mut target = Target {
        loader: Loader::create(&settings.database, &manifest.versions).map_err(text)?,
        files: Files::open(&settings.files).map_err(text)?,
        data: &config.data,
        runtime: tokio::runtime::Runtime::new().map_err(text)?,
    };
    archive::read(
        &wanted.archive,
        wanted.passphrase.as_deref(),
        |member, bytes| {
            progress(&member.path);
            target
                .take(&member.path, bytes)
                .map_err(|error| format!("{}: {error}", member.path))
        },
    )?;
    target.loader.finish().map_err(text)?;
    progress("filling the tables from the entries");
    let engine = open_engine(config)?;
    rebuild::rebuild(&engine).map_err(text)?;
    let now = clock::now().micros().to_string();
    engine
        .store()
        .write_blocking(move |tx| setting::put(tx, recovery::RESTORED_AT, &now))
        .map_err(text)?;
    Ok(engine)
}

/// What is being filled.
struct Target<'a> {
    loader: Loader,
    files: Files,
    data: &'a Path,
    /// The file storage works in one.
    runtime: tokio::runtime::Runtime,
}

impl Target<'_> {
    fn take(&mut self, path: &str, bytes: Vec<u8>) -> Result<(), String> {
        let parts: Vec<&str> = path.split('/').collect();
        match parts.as_slice() {
            ["tables", table, _] => {
                let rows = std::str::from_utf8(&bytes).map_err(text)?;
                self.loader.add(table, rows).map_err(text)
            }
            ["files", digest] => self.put(digest, bytes),
            // Beside, not in force: it may name other paths and hold old secrets.
            [KIT, path @ ..] => {
                write_below(&self.data.join("kit.restored"), &path.join("/"), &bytes)
            }
            [CONFIG] => fs::write(self.data.join("tequio.toml.restored"), bytes).map_err(text),
            _ => Err("no backup has this".to_owned()),
        }
    }

    fn put(&self, digest: &str, bytes: Vec<u8>) -> Result<(), String> {
        let digest = Digest::from_hex(digest).ok_or("its name is no digest")?;
        let limit = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let stream = stream::iter([Ok::<_, std::io::Error>(Bytes::from(bytes))]);
        let stored = self.files.put_expected(stream, limit, &digest);
        self.runtime.block_on(stored).map(drop).map_err(text)
    }
}

/// What is not as the manifest says that it was.
fn differences(engine: &Engine, manifest: &Manifest) -> Result<Vec<String>, String> {
    let mut differences = Vec::new();
    for said in &manifest.topics {
        let slug = said.slug.clone();
        let found = engine
            .store()
            .read_blocking(move |conn| state_digest::of_topic(conn, &slug))
            .map_err(text)?;
        if found.heads != said.heads {
            differences.push(format!("{}: other heads", said.slug));
        } else if found.digest.to_hex() != said.digest {
            differences.push(format!("{}: another digest of its state", said.slug));
        }
    }
    Ok(differences)
}

fn remember(config: &Config) -> Result<(), String> {
    let store = Store::open(&store_settings(config)).map_err(text)?;
    let now = clock::now().micros().to_string();
    store
        .write_blocking(move |tx| setting::put(tx, RESTORE_REHEARSED_AT, &now))
        .map_err(text)?;
    say("the date of this rehearsal is noted");
    Ok(())
}
