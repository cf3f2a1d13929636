//! A disk that can be filled and emptied.
//!
//! [`SmallDisk::of`] mounts a small `tmpfs` on the data directory of a city. Where the machine does not
//! allow that (it takes root), the same test runs with failpoints that say "full" at each commit and each
//! file: less real, and never skipped.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::city::City;

/// One disk, as small as it is; unmounted with its value.
#[derive(Debug)]
pub enum SmallDisk {
    /// A real one, of the size that was asked for.
    Mounted {
        /// Where it is.
        folder: PathBuf,
    },
    /// Failpoints, named in this file.
    Pretended {
        /// The plan that the program reads.
        plan: PathBuf,
    },
}

impl SmallDisk {
    /// Gives a city that does not run yet a disk of so many bytes for its data.
    ///
    /// # Panics
    /// When its folder cannot be made.
    #[must_use]
    pub fn of(city: &mut City, size_bytes: u64) -> Self {
        let folder = city.data();
        fs::create_dir_all(&folder).expect("a folder can be made");
        if mount(&folder, size_bytes) {
            return Self::Mounted { folder };
        }
        eprintln!("no tmpfs can be mounted here: failpoints stand for a full disk");
        let plan = city.folder.join("failpoints");
        fs::write(&plan, "").expect("a plan can be written");
        city.set_variable("TEQUIO_FAILPOINTS", &plan.display().to_string());
        Self::Pretended { plan }
    }

    /// Leaves no byte.
    ///
    /// # Panics
    /// When it cannot be filled.
    pub fn fill(&self) {
        match self {
            Self::Mounted { folder } => {
                let mut file = fs::File::create(folder.join("ballast")).expect("a file");
                for size in [1 << 20, 4096, 1] {
                    let piece = vec![0_u8; size];
                    let error = loop {
                        if let Err(error) = file.write_all(&piece) {
                            break error;
                        }
                    };
                    assert_eq!(error.kind(), ErrorKind::StorageFull, "{error}");
                }
            }
            Self::Pretended { plan } => {
                fs::write(plan, "before-commit 0 full\nbefore-rename 0 full\n").expect("a plan");
            }
        }
    }

    /// Gives the room back.
    ///
    /// # Panics
    /// When it was not full.
    pub fn free(&self) {
        match self {
            Self::Mounted { folder } => {
                fs::remove_file(folder.join("ballast")).expect("it was filled");
            }
            Self::Pretended { plan } => fs::write(plan, "").expect("a plan"),
        }
    }
}

fn mount(folder: &Path, size_bytes: u64) -> bool {
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o"])
        .arg(format!("size={size_bytes},mode=0700"))
        .arg("tequio-test")
        .arg(folder)
        .output();
    mounted.is_ok_and(|output| output.status.success())
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        if let Self::Mounted { folder } = self {
            // Lazily: a process that is about to end may still hold it.
            let ended = Command::new("umount").arg("--lazy").arg(&*folder).status();
            if !ended.is_ok_and(|status| status.success()) {
                eprintln!("{} is still mounted", folder.display());
            }
        }
    }
}
