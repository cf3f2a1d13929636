//! Configuration: what is taken, and that every problem is named at once.

use super::{Config, Mode};

fn read(text: &str) -> Result<Config, Vec<String>> {
    Config::of_table(text.parse().unwrap())
        .map_err(|problems| problems.iter().map(ToString::to_string).collect())
}

#[test]
fn the_annotated_file_is_valid_and_names_every_key() {
    let text = include_str!("../../../../config/tequio.toml");
    let config = read(text).unwrap();
    assert_eq!(config.mode, Mode::Production);
    let problems =
        read("nonsense = 1\nurl = \"https://a.example\"\ncity = \"managua\"").unwrap_err();
    let known = problems[0].split("known are: ").nth(1).unwrap();
    for key in known.split(", ") {
        assert!(
            text.contains(&format!("{key} =")) || text.contains(&format!("[[{key}]]")),
            "{key}"
        );
    }
}

#[test]
fn all_problems_are_reported_at_once() {
    let problems = read(
        "mode = \"test\"\nport = 70000\nprot = 1\nurl = \"ftp://x\"\ncity = \"atlantis\"\nbind = 3\n\
         [[siblings]]\ncity = \"managua\"\n[[siblings]]\ncity = \"managua\"\nurl = \"https://a.example/x\"",
    )
    .unwrap_err();
    for key in [
        "mode:",
        "port:",
        "prot:",
        "url:",
        "city:",
        "bind:",
        "siblings[0]:",
        "siblings[1].url:",
    ] {
        assert!(
            problems.iter().any(|problem| problem.starts_with(key)),
            "{key} in {problems:#?}"
        );
    }
}

#[test]
fn production_wants_https_and_no_sample_content() {
    let base = "city = \"managua\"\n";
    assert!(read(&format!("{base}url = \"http://a.example\"")).is_err());
    assert!(
        read(&format!(
            "{base}url = \"https://a.example\"\nsample_content = true"
        ))
        .is_err()
    );
    let config = read(&format!("{base}url = \"https://a.example/\"")).unwrap();
    assert_eq!(
        (config.url.as_str(), config.port),
        ("https://a.example", 8100)
    );
}

#[test]
fn development_takes_loopback_addresses() {
    let config = read("mode = \"development\"\nurl = \"http://managua.localhost:8103\"").unwrap();
    assert_eq!(config.mode, Mode::Development);
}

#[test]
fn a_city_cannot_be_named_twice() {
    let problems = read(
        "city = \"managua\"\nurl = \"https://a.example\"\n[[siblings]]\ncity = \"panama\"\nurl = \"https://b.example\"\n\
         [[siblings]]\ncity = \"panama\"\nurl = \"https://c.example\"",
    )
    .unwrap_err();
    assert_eq!(
        problems,
        ["siblings[1].city: stands twice; name each city once"]
    );
}

#[test]
fn more_authorities_are_trusted_in_development_only_and_must_be_readable() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../federation/tests/tls");
    let with = |mode: &str, file: &str| {
        read(&format!(
            "mode = \"{mode}\"\ncity = \"managua\"\nurl = \"https://a.example\"\nextra_ca = \"{folder}/{file}\""
        ))
    };
    let config = with("development", "authority.pem").unwrap();
    assert!(config.extra_ca.unwrap().contains("BEGIN CERTIFICATE"));
    for (mode, file, says) in [
        (
            "production",
            "authority.pem",
            "extra_ca: is for mode = \"development\" only; leave it out",
        ),
        (
            "development",
            "server-key.pem",
            "must hold certificates in PEM",
        ),
        ("development", "nowhere.pem", "nowhere.pem cannot be read"),
    ] {
        let problems = with(mode, file).unwrap_err();
        assert!(
            problems.len() == 1 && problems[0].contains(says),
            "{problems:?}"
        );
    }
}
