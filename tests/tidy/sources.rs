//! The shape of source files: size, names, heads, and what must not be left lying in them.

use crate::report;
use crate::tree::{File, files_with, rust_files};

const MAX_LINES: usize = 500;

/// Names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 9] = [
    "util", "utils", "common", "helper", "helpers", "manager", "misc", "mod", "types",
];

/// Marks of unfinished work. Written in two parts so that this file does not hold them.
const UNFINISHED: [&str; 4] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
    concat!("HA", "CK"),
];

/// Where a program speaks to its operator on the terminal.
const SPEAKS: [&str; 3] = ["crates/server/src/", "xtask/src/", "build.rs"];

#[test]
fn no_file_is_longer_than_500_lines() {
    let kinds = ["rs", "html", "css", "js", "mjs", "sql", "sh"];
    let mut problems = Vec::new();
    for file in files_with(&kinds) {
        let lines = file.text.lines().count();
        if lines > MAX_LINES {
            problems.push(format!("{}: {lines} lines", file.path));
        }
    }
    report(
        "split these by operation (thread.rs, thread/list.rs, thread/write.rs)",
        &problems,
    );
}

#[test]
fn every_name_says_what_is_inside() {
    let problems: Vec<String> = rust_files()
        .into_iter()
        .filter(|file| EMPTY_NAMES.contains(&file.stem()))
        .map(|file| file.path)
        .collect();
    report(
        "name a file after its subject; `foo.rs` + `foo/`, not `mod.rs`",
        &problems,
    );
}

#[test]
fn every_module_has_a_head() {
    let problems: Vec<String> = rust_files()
        .into_iter()
        .filter(|file| !has_head(file))
        .map(|file| file.path)
        .collect();
    report(
        "a module begins with `//!`: what for, where to start, what must stay true",
        &problems,
    );
}

#[test]
fn nothing_is_left_unfinished() {
    let mut problems = Vec::new();
    for file in files_with(&["rs", "html", "css", "js", "mjs", "sql", "sh"]) {
        for (number, line) in (1..).zip(file.text.lines()) {
            if UNFINISHED.iter().any(|mark| has_word(line, mark)) {
                problems.push(format!("{}:{number} {}", file.path, line.trim()));
            }
        }
    }
    report("finish it, or write an issue and leave no mark", &problems);
}

#[test]
fn only_the_programs_print() {
    let mut problems = Vec::new();
    for file in rust_files() {
        let speaks = SPEAKS.iter().any(|place| file.path.contains(place));
        if speaks || file.path.contains("/benches/") || file.path.starts_with("tests/") {
            continue;
        }
        for (number, line) in file.code_lines() {
            if ["println!(", "print!(", "dbg!("]
                .iter()
                .any(|call| line.contains(call))
            {
                problems.push(format!("{}:{number} {}", file.path, line.trim()));
            }
        }
    }
    report(
        "use `tracing`: only `server` and `xtask` speak on the terminal",
        &problems,
    );
}

#[test]
fn browsers_get_no_inline_script_or_style() {
    let mut problems = Vec::new();
    for file in files_with(&["html"]) {
        for (number, line) in (1..).zip(file.text.lines()) {
            let line = line.to_ascii_lowercase();
            let inline = [
                " style=\"",
                " onclick=",
                " onsubmit=",
                " onchange=",
                "<style",
                "javascript:",
            ];
            let script = line.contains("<script") && !line.contains(" src=");
            if script || inline.iter().any(|mark| line.contains(mark)) {
                problems.push(format!("{}:{number} {}", file.path, line.trim()));
            }
        }
    }
    report(
        "the content security policy allows nothing inline",
        &problems,
    );
}

/// Whether the file begins with a head; the tests of a module stand under the module's own.
fn has_head(file: &File) -> bool {
    file.stem() == "tests"
        || file
            .text
            .lines()
            .find(|line| !line.trim().is_empty() && !line.starts_with("#!["))
            .is_some_and(|line| line.starts_with("//!"))
}

fn has_word(line: &str, word: &str) -> bool {
    line.split(|c: char| !c.is_alphanumeric() && c != '_')
        .any(|part| part == word)
}

#[test]
fn a_mark_of_unfinished_work_is_seen_only_as_a_word() {
    assert!(has_word(
        &format!("// {}: later", UNFINISHED.concat()),
        &UNFINISHED.concat()
    ));
    assert!(has_word(concat!("// TO", "DO later"), concat!("TO", "DO")));
    assert!(!has_word("METODOS", concat!("TO", "DO")));
}
