//! `cargo xtask test`: build, cargo's tests on both databases, the browser's tests.
//!
//! Start at [`run`]. Both runners go to their end even when tests fail, so that one run tells
//! everything; the last line printed is always `N passed, N failed`.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cluster::Cluster;
use crate::command::{self, Error, about, announce};
use crate::node;
use crate::options::{Options, Runner};
use crate::packages;
use crate::tests_summary::Tally;

/// Where the browser's tests are, from the root of the workspace.
const BROWSER_TESTS: &str = "tests/browser";

/// The two programs that run the browser's tests.
#[derive(Debug)]
struct Browser {
    chromium: PathBuf,
    node: PathBuf,
}

/// Runs the tests that `options` choose. An error when one failed or something could not be done.
pub fn run(options: &Options) -> Result<(), Error> {
    let root = workspace_root()?;
    let browser = prepare(&root, options)?;
    announce("building programs and tests");
    // Together, so that each crate is built once, with the features that tests switch on.
    command::run(cargo(&root).args(["build", "--workspace", "--bins", "--tests"]))?;
    let program = built_program()?;

    let mut tally = Tally::default();
    let mut complete = true;
    if options.includes(Runner::Rust) {
        complete &= run_cargo_tests(&root, &program, options, &mut tally)?;
    }
    if let Some(browser) = browser {
        complete &= run_browser_tests(&root, &program, &browser, options, &mut tally)?;
    }
    println!("\n{} passed, {} failed", tally.passed, tally.failed);
    if complete && tally.failed == 0 {
        Ok(())
    } else {
        Err(Error::Unable("not every test passed".to_owned()))
    }
}

fn run_cargo_tests(
    root: &Path,
    program: &Path,
    options: &Options,
    tally: &mut Tally,
) -> Result<bool, Error> {
    let given = std::env::var_os("TEQUIO_TEST_POSTGRES");
    let cluster = given.is_none().then(Cluster::start).transpose()?;
    let url = given.unwrap_or_else(|| {
        cluster
            .as_ref()
            .map(Cluster::url)
            .unwrap_or_default()
            .into()
    });
    announce("cargo test");
    let mut tests = cargo(root);
    tests
        .args(["test", "--workspace", "--no-fail-fast"])
        .env("TEQUIO_TEST_POSTGRES", url)
        .env("TEQUIO_BIN", program);
    if let Some(name) = &options.only {
        tests.arg("--").arg(name);
    }
    command::watch(&mut tests, |line| tally.read_cargo_line(line))
}

fn run_browser_tests(
    root: &Path,
    program: &Path,
    browser: &Browser,
    options: &Options,
    tally: &mut Tally,
) -> Result<bool, Error> {
    announce("node --test");
    let folder = root.join(BROWSER_TESTS);
    let mut tests = Command::new(&browser.node);
    tests
        .args(["--test", "--test-reporter=spec", "--test-concurrency=1"])
        .current_dir(&folder)
        .env("TEQUIO_BIN", program)
        .env("TEQUIO_CHROMIUM", &browser.chromium);
    if let Some(name) = &options.only {
        tests.arg("--test-name-pattern").arg(name);
    }
    tests.args(browser_test_files(&folder)?);
    command::watch(&mut tests, |line| tally.read_node_line(line))
}

/// What is missing comes first: whoever lacks it should not wait for a build to be told.
fn prepare(root: &Path, options: &Options) -> Result<Option<Browser>, Error> {
    let mut needs = Vec::new();
    if options.includes(Runner::Rust) && std::env::var_os("TEQUIO_TEST_POSTGRES").is_none() {
        needs.push(&packages::POSTGRES);
    }
    if options.includes(Runner::Browser) {
        needs.extend([&packages::NPM, &packages::CHROMIUM]);
    }
    packages::require(&needs)?;
    options
        .includes(Runner::Browser)
        .then(|| {
            Ok(Browser {
                chromium: packages::require_chromium()?,
                node: node::prepare(&root.join(BROWSER_TESTS))?,
            })
        })
        .transpose()
}

fn browser_test_files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    for entry in folder.read_dir().map_err(about(folder))? {
        let path = entry.map_err(about(folder))?.path();
        if path.to_string_lossy().ends_with(".test.mjs") {
            files.push(path);
        }
    }
    files.sort();
    if files.is_empty() {
        return Err(Error::Unable(format!(
            "no *.test.mjs in {}",
            folder.display()
        )));
    }
    Ok(files)
}

/// The root of the workspace.
pub fn workspace_root() -> Result<PathBuf, Error> {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map(Path::to_owned)
        .ok_or_else(|| Error::Unable("xtask is not inside a workspace".to_owned()))
}

/// `tequio` lies beside this program: cargo built both into one folder.
fn built_program() -> Result<PathBuf, Error> {
    let own = std::env::current_exe().map_err(about(Path::new("xtask")))?;
    let program = own.with_file_name("tequio");
    if program.is_file() {
        Ok(program)
    } else {
        Err(Error::Unable(format!(
            "{} was not built",
            program.display()
        )))
    }
}

/// Cargo, in the workspace.
pub fn cargo(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    command
}
