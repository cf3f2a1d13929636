//! What a folder holds, to see that nothing was touched.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

/// SHA-256 as lower-case hex.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Every file below a folder with its SHA-256, every folder with a dash, by path. A folder that is
/// not there holds nothing; a file in its place is itself.
///
/// # Panics
/// When something cannot be read.
#[must_use]
pub fn contents(path: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    collect(path, &mut found);
    found
}

fn collect(path: &Path, found: &mut BTreeMap<PathBuf, String>) {
    if path.is_file() {
        let bytes = std::fs::read(path).expect("a file can be read");
        found.insert(path.to_owned(), sha256(&bytes));
    } else if path.is_dir() {
        found.insert(path.to_owned(), "-".to_owned());
        for entry in path.read_dir().expect("a folder can be read") {
            collect(&entry.expect("a folder can be read").path(), found);
        }
    }
}
