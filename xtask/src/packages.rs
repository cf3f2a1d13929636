//! What the tests need besides Rust: found, or installed from the Debian distribution, or named.
//!
//! Start at [`require`]. As root the missing packages are installed with `apt-get`; anybody else is
//! told the one command that does it, and the run fails. What must stay true: nothing is asked (no
//! terminal is needed), and whatever fails says the cure.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::command::{self, Error};

/// Something that the run needs and Debian has.
#[derive(Debug)]
pub struct Need {
    what: &'static str,
    package: &'static str,
    found: fn() -> bool,
}

/// PostgreSQL's server programs.
pub const POSTGRES: Need = Need {
    what: "a PostgreSQL server",
    package: "postgresql",
    found: || postgres_programs().is_some(),
};
/// npm, which brings the distribution's Node.js with it.
pub const NPM: Need = Need {
    what: "npm",
    package: "npm",
    found: || command::find("npm").is_some(),
};
/// The browser.
pub const CHROMIUM: Need = Need {
    what: "the Chromium browser",
    package: "chromium",
    found: || chromium().is_some(),
};

/// Makes sure that all of these are there. An error names what is missing and the cure.
pub fn require(needs: &[&Need]) -> Result<(), Error> {
    let missing = missing(needs);
    if missing.is_empty() {
        return Ok(());
    }
    let cure = cure(&missing);
    if command::find("apt-get").is_none() || !is_root()? {
        return Err(Error::Unable(cure));
    }
    install(&missing)
        .map_err(|problem| Error::Unable(format!("{problem}, its own words are above; {cure}")))?;
    match self::missing(&missing).as_slice() {
        [] => Ok(()),
        left => Err(Error::Unable(format!(
            "{}, and this was done: install it in another way",
            self::cure(left)
        ))),
    }
}

/// Makes sure that PostgreSQL's server programs are there and returns their folder.
pub fn require_postgres() -> Result<PathBuf, Error> {
    require(&[&POSTGRES])?;
    postgres_programs().ok_or_else(|| Error::Unable(cure(&[&POSTGRES])))
}

/// Makes sure that Chromium is there and returns its path.
pub fn require_chromium() -> Result<PathBuf, Error> {
    require(&[&CHROMIUM])?;
    chromium().ok_or_else(|| Error::Unable(cure(&[&CHROMIUM])))
}

/// Whether this process is root.
pub fn is_root() -> Result<bool, Error> {
    Ok(command::output(Command::new("id").arg("-u"))? == "0")
}

fn missing<'a>(needs: &[&'a Need]) -> Vec<&'a Need> {
    needs
        .iter()
        .copied()
        .filter(|need| !(need.found)())
        .collect()
}

fn cure(missing: &[&Need]) -> String {
    let what: Vec<&str> = missing.iter().map(|need| need.what).collect();
    format!(
        "the tests need {}; on Debian, as root: apt-get update && \
         apt-get install --no-install-recommends {}",
        what.join(", "),
        names(missing).join(" ")
    )
}

fn names(needs: &[&Need]) -> Vec<&'static str> {
    needs.iter().map(|need| need.package).collect()
}

/// The lists first: a fresh machine has none, and old ones name packages that are gone.
fn install(needs: &[&Need]) -> Result<(), Error> {
    let packages = names(needs);
    command::announce(&format!("installing from Debian: {}", packages.join(" ")));
    command::run(apt_get().arg("update"))?;
    command::run(
        apt_get()
            .args(["install", "--yes", "--no-install-recommends"])
            .args(packages),
    )
}

/// Waits up to two minutes for whoever else is installing, and asks nothing.
fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command
        .args(["--quiet", "--option=DPkg::Lock::Timeout=120"])
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null());
    command
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

fn chromium() -> Option<PathBuf> {
    std::env::var_os("TEQUIO_CHROMIUM")
        .map(PathBuf::from)
        .or_else(|| command::find("chromium"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Need = Need {
        what: "a shell",
        package: "dash",
        found: || command::find("sh").is_some(),
    };
    const NOWHERE: Need = Need {
        what: "an oracle",
        package: "oracle",
        found: || false,
    };

    #[test]
    fn what_is_there_is_not_installed_again() {
        assert!(require(&[&HERE]).is_ok());
        assert_eq!(names(&missing(&[&HERE, &NOWHERE])), ["oracle"]);
    }

    #[test]
    fn the_cure_names_what_is_missing_and_one_command_for_all_of_it() {
        let text = cure(&[&POSTGRES, &NPM, &CHROMIUM]);
        assert!(text.contains("a PostgreSQL server, npm, the Chromium browser"));
        assert!(text.ends_with("install --no-install-recommends postgresql npm chromium"));
    }

    #[test]
    fn apt_asks_nothing_and_waits_for_its_lock() {
        let command = apt_get();
        let frontend = command
            .get_envs()
            .find(|(name, _)| *name == "DEBIAN_FRONTEND");
        assert_eq!(
            frontend.and_then(|(_, value)| value),
            Some("noninteractive".as_ref())
        );
        assert!(
            command
                .get_args()
                .any(|word| word == "--option=DPkg::Lock::Timeout=120")
        );
    }
}
