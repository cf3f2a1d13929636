//! Arrows between our crates, and the one home of each library that shapes code.

use std::process::Command;

use serde_json::Value;

use crate::report;
use crate::tree::rust_files;

/// Package, and what it may use of ours. A new row needs a reason in ARCHITECTURE.md.
const ARROWS: [(&str, &[&str]); 9] = [
    ("tequio-domain", &[]),
    ("tequio-protocol", &["tequio-domain"]),
    ("tequio-store", &["tequio-domain"]),
    (
        "tequio-engine",
        &["tequio-store", "tequio-protocol", "tequio-domain"],
    ),
    (
        "tequio-federation",
        &[
            "tequio-engine",
            "tequio-store",
            "tequio-protocol",
            "tequio-domain",
        ],
    ),
    (
        "tequio-web",
        &[
            "tequio-engine",
            "tequio-store",
            "tequio-protocol",
            "tequio-domain",
        ],
    ),
    ("tequio-server", EVERYTHING),
    ("tequio-tests", EVERYTHING),
    ("xtask", &[]),
];

const EVERYTHING: &[&str] = &[
    "tequio-web",
    "tequio-federation",
    "tequio-engine",
    "tequio-store",
    "tequio-protocol",
    "tequio-domain",
    "tequio-server",
];

/// A library and the only packages that may depend on it.
struct Home {
    library: &'static str,
    /// How its paths begin in Rust.
    path: &'static str,
    packages: &'static [&'static str],
}

const HOMES: [Home; 10] = [
    Home {
        library: "diesel",
        path: "diesel::",
        packages: &["tequio-store"],
    },
    Home {
        library: "diesel_migrations",
        path: "diesel_migrations::",
        packages: &["tequio-store"],
    },
    Home {
        library: "libsqlite3-sys",
        path: "libsqlite3_sys::",
        packages: &["tequio-store"],
    },
    Home {
        library: "pq-sys",
        path: "pq_sys::",
        packages: &["tequio-store"],
    },
    Home {
        library: "object_store",
        path: "object_store::",
        packages: &["tequio-store"],
    },
    Home {
        library: "openssl",
        path: "openssl::",
        packages: &["tequio-protocol"],
    },
    Home {
        library: "reqwest",
        path: "reqwest::",
        packages: &["tequio-federation"],
    },
    Home {
        library: "activitypub_federation",
        path: "activitypub_federation::",
        packages: &["tequio-federation"],
    },
    Home {
        library: "actix-web",
        path: "actix_web::",
        packages: &["tequio-web", "tequio-federation", "tequio-server"],
    },
    Home {
        library: "askama",
        path: "askama::",
        packages: &["tequio-web"],
    },
];

struct Dependency {
    package: String,
    name: String,
    requirement: String,
    features: Vec<String>,
    for_tests: bool,
}

#[test]
fn arrows_between_crates_point_one_way() {
    let mut problems = Vec::new();
    for dependency in dependencies() {
        let Dependency { package, name, .. } = &dependency;
        // A crate may name itself to switch on a feature for its own tests.
        let ours = name != package && (name.starts_with("tequio-") || name == "xtask");
        let allowed = ARROWS
            .iter()
            .find(|(from, _)| from == package)
            .map(|(_, to)| *to);
        match allowed {
            None => problems.push(format!("{package} is not in the table of arrows")),
            Some(to) if ours && !to.contains(&name.as_str()) => {
                problems.push(format!("{package} must not use {name}"));
            }
            Some(_) => {}
        }
    }
    problems.dedup();
    report(
        "crates may use only what stands below them (ARCHITECTURE.md)",
        &problems,
    );
}

#[test]
fn each_shaping_library_has_one_home() {
    let mut problems = Vec::new();
    for Dependency {
        package,
        name,
        for_tests,
        ..
    } in dependencies()
    {
        let Some(home) = HOMES.iter().find(|home| home.library == name) else {
            continue;
        };
        let in_tests = for_tests || package == "tequio-tests";
        let tests_may = !matches!(home.library, "diesel" | "diesel_migrations");
        let at_home = home.packages.contains(&package.as_str());
        if !at_home && (!in_tests || !tests_may) {
            problems.push(format!(
                "{package} must not use {name}: its home is {:?}",
                home.packages
            ));
        }
    }
    report(
        "diesel, actix, openssl, reqwest and their like stay where they belong",
        &problems,
    );
}

#[test]
fn no_crate_names_a_library_that_has_its_home_elsewhere() {
    let mut problems = Vec::new();
    for file in rust_files() {
        let Some(folder) = file.crate_folder() else {
            continue;
        };
        if ["/tests/", "/benches/", "/tests.rs"]
            .iter()
            .any(|part| file.path.contains(part))
        {
            continue;
        }
        let package = format!("tequio-{folder}");
        for (number, line) in file.code_lines() {
            for home in HOMES
                .iter()
                .filter(|home| !home.packages.contains(&package.as_str()))
            {
                if names_path(line, home.path) {
                    problems.push(format!("{}:{number} names {}", file.path, home.path));
                }
            }
        }
    }
    report(
        "a re-exported library is used where it must not be",
        &problems,
    );
}

#[test]
fn rows_cannot_be_serialized() {
    let store_uses_serde = dependencies()
        .into_iter()
        .any(|d| d.package == "tequio-store" && d.name == "serde" && !d.for_tests);
    assert!(
        !store_uses_serde,
        "no row is `Serialize`: wire types live in protocol, page types in web"
    );
}

#[test]
fn what_is_shipped_has_no_failpoints() {
    let mut problems = Vec::new();
    for dependency in dependencies() {
        let ships = !dependency.for_tests && dependency.package != "tequio-tests";
        for feature in ["failpoints", "testing"] {
            if ships && dependency.features.iter().any(|held| held == feature) {
                let Dependency { package, name, .. } = &dependency;
                problems.push(format!("{package} switches on `{feature}` of {name}"));
            }
        }
    }
    for manifest in crate::tree::files_with(&["toml"]) {
        let default = manifest
            .text
            .lines()
            .find(|line| line.starts_with("default ="));
        if default.is_some_and(|line| line.contains("failpoints") || line.contains("testing")) {
            problems.push(format!("{}: a default feature is for tests", manifest.path));
        }
    }
    report("these features are for tests only", &problems);
}

#[test]
fn the_federation_library_is_pinned() {
    for dependency in dependencies()
        .iter()
        .filter(|d| d.name == "activitypub_federation")
    {
        assert!(
            dependency.requirement.starts_with('='),
            "{}",
            dependency.requirement
        );
    }
}

#[test]
fn every_package_takes_the_lints_of_the_workspace() {
    let mut problems = Vec::new();
    for manifest in crate::tree::files_with(&["toml"]) {
        let is_package = manifest.path.ends_with("/Cargo.toml");
        if is_package && !manifest.text.contains("[lints]\nworkspace = true") {
            problems.push(manifest.path);
        }
    }
    report("these lack `[lints] workspace = true`", &problems);
}

/// Whether `path` stands in the line as the beginning of a path, not as the end of a longer word.
fn names_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line.get(..at).and_then(|head| head.chars().next_back());
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

fn dependencies() -> Vec<Dependency> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args([
            "metadata",
            "--no-deps",
            "--offline",
            "--format-version",
            "1",
        ])
        .current_dir(crate::tree::root())
        .output();
    let bytes = output.map(|output| output.stdout).unwrap_or_default();
    let metadata: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let mut found = Vec::new();
    for package in metadata.get("packages").map(list).unwrap_or_default() {
        for dependency in package.get("dependencies").map(list).unwrap_or_default() {
            let field = |name: &str| dependency.get(name).map(text).unwrap_or_default();
            found.push(Dependency {
                package: package.get("name").map(text).unwrap_or_default(),
                name: field("name"),
                requirement: field("req"),
                features: dependency
                    .get("features")
                    .map(|features| list(features).iter().map(text).collect())
                    .unwrap_or_default(),
                for_tests: field("kind") == "dev",
            });
        }
    }
    assert!(!found.is_empty(), "cargo metadata told nothing");
    found
}

#[test]
fn a_longer_name_is_not_a_use_of_the_library() {
    assert!(names_path("use diesel::prelude::X;", "diesel::"));
    assert!(!names_path("my_diesel::x()", "diesel::"));
}
