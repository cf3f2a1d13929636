//! Every fuzz target is built, and whoever wants to run it finds it.

use crate::report;
use crate::tree::{root, rust_files};

#[test]
fn every_fuzz_target_is_in_its_manifest_and_in_the_guide() {
    let text = |path: &str| std::fs::read_to_string(root().join(path)).unwrap_or_default();
    let (manifest, guide) = (text("fuzz/Cargo.toml"), text("CONTRIBUTING.md"));
    let mut problems = Vec::new();
    for file in rust_files() {
        let name = file.path.strip_prefix("fuzz/fuzz_targets/");
        let Some(name) = name.and_then(|name| name.strip_suffix(".rs")) else {
            continue;
        };
        if !manifest.contains(&format!("\"fuzz_targets/{name}.rs\"")) {
            problems.push(format!("{name} is not in fuzz/Cargo.toml"));
        }
        if !guide.contains(&format!("| `{name}` |")) {
            problems.push(format!("{name} is not in CONTRIBUTING.md"));
        }
    }
    report(
        "fuzz targets are named where they are looked for",
        &problems,
    );
}
