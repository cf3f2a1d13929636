//! Every exception to a lint says why.

use crate::report;
use crate::tree::rust_files;

/// How an exception begins, with what may stand before the parenthesis.
const BEGINNINGS: [&str; 6] = [
    "#[allow(",
    "#![allow(",
    "#[expect(",
    "#![expect(",
    " allow(clippy",
    " expect(clippy",
];

#[test]
fn every_exception_to_a_lint_has_a_reason() {
    let mut problems = Vec::new();
    for file in rust_files() {
        let code: String = file
            .code_lines()
            .map(|(_, line)| format!("{line}\n"))
            .collect();
        for exception in exceptions(&code) {
            if !exception.contains("reason") {
                problems.push(format!("{}: {}", file.path, exception.trim()));
            }
        }
    }
    problems.dedup();
    report("write `#[expect(lint, reason = \"…\")]`", &problems);
}

/// The texts of all lint exceptions, each from its name to its closing parenthesis.
fn exceptions(code: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for beginning in BEGINNINGS {
        for (at, _) in code.match_indices(beginning) {
            let rest = code.get(at..).unwrap_or_default();
            let inside_text = code
                .get(..at)
                .and_then(|head| head.chars().next_back())
                .is_some_and(|c| matches!(c, '"' | '`'));
            if !inside_text {
                found.push(balanced(rest));
            }
        }
    }
    found
}

/// The beginning of `text` up to the parenthesis that closes its first one.
fn balanced(text: &str) -> &str {
    let mut depth = 0_u32;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 1 => return text.get(..=at).unwrap_or(text),
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    text
}

#[test]
fn an_exception_over_several_lines_is_read_to_its_end() {
    let code = "#[expect(\n    clippy::x,\n    reason = \"because (really)\"\n)]\nfn f() {}\n";
    assert_eq!(exceptions(code).len(), 1);
    assert!(
        exceptions(code)
            .iter()
            .all(|e| e.contains("reason") && !e.contains("fn f"))
    );
}

#[test]
fn a_quoted_exception_is_only_text() {
    assert!(exceptions("let rule = \"#[expect(lint)]\";").is_empty());
}
