//! The files of the repository, as the checks see them.

use std::path::{Path, PathBuf};

/// Folders that hold nothing of ours.
const FOREIGN: [&str; 5] = [
    ".git",
    "target",
    "node_modules",
    "data",
    "proptest-regressions",
];

/// One text file of the repository.
#[derive(Debug)]
pub struct File {
    /// Path from the root, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
}

impl File {
    /// The name without folder and extension.
    pub fn stem(&self) -> &str {
        Path::new(&self.path)
            .file_stem()
            .and_then(|s| s.to_str())
            .unwrap_or_default()
    }

    /// The crate's folder under `crates/`; `None` for files elsewhere.
    pub fn crate_folder(&self) -> Option<&str> {
        self.path.strip_prefix("crates/")?.split('/').next()
    }

    /// Lines with their numbers from 1, whole-line comments left out.
    pub fn code_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..)
            .zip(self.text.lines())
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
    }
}

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// All text files with one of these extensions, by path.
pub fn files_with(extensions: &[&str]) -> Vec<File> {
    let mut files = Vec::new();
    collect(&root(), "", &mut files, extensions);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// All Rust sources, by path.
pub fn rust_files() -> Vec<File> {
    files_with(&["rs"])
}

fn collect(folder: &Path, prefix: &str, files: &mut Vec<File>, extensions: &[&str]) {
    for entry in folder.read_dir().into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if prefix.is_empty() {
            name.clone()
        } else {
            format!("{prefix}/{name}")
        };
        if entry.path().is_dir() {
            if !FOREIGN.contains(&name.as_str()) {
                collect(&entry.path(), &path, files, extensions);
            }
        } else if extensions.iter().any(|e| name.ends_with(&format!(".{e}")))
            && let Ok(text) = std::fs::read_to_string(entry.path())
        {
            files.push(File { path, text });
        }
    }
}
