//! What the tests need besides Rust: found, or installed from the Debian distribution, or named.
//!
//! Start at [`require`]. As root the missing packages are installed with `apt-get`; anybody else is
//! told the one command that does it, and the run fails.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{self, Error};

/// Something that the run needs and Debian has.
struct Need {
    what: &'static str,
    packages: &'static [&'static str],
    found: fn() -> bool,
}

const POSTGRES: Need = Need {
    what: "a PostgreSQL server",
    packages: &["postgresql"],
    found: || postgres_programs().is_some(),
};
const NODE: Need = Need {
    what: "Node.js 20 or newer",
    packages: &["nodejs"],
    found: || node_version().is_some_and(|major| major >= 20),
};
const NPM: Need = Need {
    what: "npm",
    packages: &["npm"],
    found: || command::find("npm").is_some(),
};
const CHROMIUM: Need = Need {
    what: "the Chromium browser",
    packages: &["chromium"],
    found: || chromium().is_some(),
};

/// Makes sure that PostgreSQL's server programs are there and returns their folder.
pub fn require_postgres() -> Result<PathBuf, Error> {
    require(&[POSTGRES])?;
    postgres_programs().ok_or_else(|| unusable(&POSTGRES))
}

/// Makes sure that Node.js, npm and Chromium are there and returns the browser's path.
pub fn require_browser() -> Result<PathBuf, Error> {
    require(&[NODE, NPM, CHROMIUM])?;
    chromium().ok_or_else(|| unusable(&CHROMIUM))
}

/// Whether this process is root.
pub fn is_root() -> Result<bool, Error> {
    Ok(command::output(Command::new("id").arg("-u"))? == "0")
}

fn require(needs: &[Need]) -> Result<(), Error> {
    let missing: Vec<&Need> = needs.iter().filter(|need| !(need.found)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let what = missing
        .iter()
        .map(|need| need.what)
        .collect::<Vec<_>>()
        .join(", ");
    let packages: Vec<&str> = missing
        .iter()
        .flat_map(|need| need.packages.iter().copied())
        .collect();
    let by_hand = format!(
        "the tests need {what}; on Debian: sudo apt-get install --no-install-recommends {}",
        packages.join(" ")
    );
    if command::find("apt-get").is_none() || !is_root()? {
        return Err(Error::Unable(by_hand));
    }
    command::announce(&format!("installing from Debian: {}", packages.join(" ")));
    command::run(apt_get().arg("update"))?;
    let mut install = apt_get();
    install
        .args(["install", "--yes", "--no-install-recommends"])
        .args(&packages);
    command::run(&mut install)?;
    match missing.iter().find(|need| !(need.found)()) {
        None => Ok(()),
        Some(need) => Err(unusable(need)),
    }
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command
        .arg("--quiet")
        .env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn unusable(need: &Need) -> Error {
    Error::Unable(format!(
        "the tests need {}, and what Debian installed is not that: install it yourself",
        need.what
    ))
}

/// Debian keeps the server's programs outside the `PATH`, one folder per version: the newest wins.
fn postgres_programs() -> Option<PathBuf> {
    let complete =
        |folder: &PathBuf| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file();
    let mut folders: Vec<(u32, PathBuf)> = Path::new("/usr/lib/postgresql")
        .read_dir()
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_string_lossy().parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(_, folder)| complete(folder))
        .collect();
    folders.sort();
    let on_path = || {
        command::find("initdb")?
            .parent()
            .map(Path::to_owned)
            .filter(complete)
    };
    folders.pop().map(|(_, folder)| folder).or_else(on_path)
}

/// The major version of Node.js; `None` when it is not installed.
fn node_version() -> Option<u32> {
    command::find("node")?;
    let version = command::output(Command::new("node").arg("--version")).ok()?;
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

fn chromium() -> Option<PathBuf> {
    std::env::var_os("TEQUIO_CHROMIUM")
        .map(PathBuf::from)
        .or_else(|| command::find("chromium"))
}
