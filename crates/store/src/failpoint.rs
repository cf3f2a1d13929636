//! Places at which a test lets the program fail: every commit, every file that gets its name, every
//! cursor that moves.
//!
//! Only with the feature `failpoints`, which nothing but tests switches on (`tests/tidy` sees to it);
//! in a shipped program [`reach`] is an empty function. What shall fail stands in a file that
//! `TEQUIO_FAILPOINTS` names, one line for each place, read anew each time one is reached:
//!
//! ```text
//! before-commit 3 abort      the process dies when it is about to commit for the third time
//! after-rename 1 fail        the first file is named, and an error is answered all the same
//! before-commit 0 full       each commit finds the disk full, until the line is gone
//! before-commit 1 stall      the first commit waits until the line is gone
//! ```

use crate::Error;

/// A place where something becomes true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Point {
    /// A group of writes is about to be committed.
    BeforeCommit,
    /// It is committed, and nobody was told.
    AfterCommit,
    /// A file that was received is about to get its name.
    BeforeRename,
    /// It has its name, and nobody was told.
    AfterRename,
    /// A cursor has moved inside a transaction: a log's head, or what a peer was sent.
    Cursor,
}

/// Comes by a place; an error when a test wants one.
#[cfg(not(feature = "failpoints"))]
#[expect(
    clippy::unnecessary_wraps,
    reason = "with the feature `failpoints` it fails"
)]
#[inline]
pub(crate) const fn reach(_point: Point) -> Result<(), Error> {
    Ok(())
}

#[cfg(feature = "failpoints")]
pub(crate) use planned::reach;

#[cfg(feature = "failpoints")]
mod planned {
    use std::{
        path::PathBuf,
        process,
        sync::{LazyLock, Mutex, PoisonError},
        thread,
        time::Duration,
    };

    use super::{Error, Point};

    /// The plan as it was read last, and the places that were reached under it.
    struct Course {
        plan: String,
        reached: Vec<Point>,
    }

    static COURSE: Mutex<Course> = Mutex::new(Course {
        plan: String::new(),
        reached: Vec::new(),
    });

    static PLAN: LazyLock<Option<PathBuf>> = LazyLock::new(|| {
        let path = std::env::var_os("TEQUIO_FAILPOINTS").map(PathBuf::from);
        if path.is_some() {
            tracing::warn!("failpoints are on: this program is for tests");
        }
        path
    });

    /// Does what the plan says of a place; nothing when it says nothing. Counts begin anew with each
    /// change of the plan.
    pub(crate) fn reach(point: Point) -> Result<(), Error> {
        let Some(action) = due(point) else {
            return Ok(());
        };
        tracing::error!(?point, action, "a failpoint");
        match action.as_str() {
            "abort" => process::abort(),
            "full" => Err(Error::DiskFull),
            "stall" => {
                while read().contains("stall") {
                    #[expect(clippy::disallowed_methods, reason = "a test takes the line away")]
                    thread::sleep(Duration::from_millis(5));
                }
                Ok(())
            }
            other => Err(Error::NotWritable {
                path: PathBuf::from(name(point)),
                source: std::io::Error::other(format!("the test says {other}")),
            }),
        }
    }

    const fn name(point: Point) -> &'static str {
        match point {
            Point::BeforeCommit => "before-commit",
            Point::AfterCommit => "after-commit",
            Point::BeforeRename => "before-rename",
            Point::AfterRename => "after-rename",
            Point::Cursor => "cursor",
        }
    }

    fn read() -> String {
        let plan = PLAN.as_ref().map(std::fs::read_to_string);
        plan.and_then(Result::ok).unwrap_or_default()
    }

    /// What shall happen here and now.
    fn due(point: Point) -> Option<String> {
        PLAN.as_ref()?;
        let plan = read();
        let mut course = COURSE.lock().unwrap_or_else(PoisonError::into_inner);
        if course.plan != plan {
            *course = Course {
                plan,
                reached: Vec::new(),
            };
        }
        if course.plan.is_empty() {
            return None;
        }
        course.reached.push(point);
        let count = course.reached.iter().filter(|held| **held == point).count();
        course.plan.lines().find_map(|line| {
            let mut words = line.split_whitespace();
            (words.next() == Some(name(point))).then_some(())?;
            let at: usize = words.next()?.parse().ok()?;
            (at == 0 || at == count).then(|| words.next().map(str::to_owned))?
        })
    }
}
