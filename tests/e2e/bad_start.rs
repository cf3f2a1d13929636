//! What cannot start says why in one line, ends with the right code, and touches nothing.

use std::fs;
use std::path::Path;
use std::process::Output;
use std::time::Duration;

use tequio_tests::folder;
use tequio_tests::network::Network;
use tequio_tests::wait;

/// Tries to serve; ends by itself, or the test fails.
async fn serve(network: &Network, index: usize) -> Output {
    let mut child = tokio::process::Command::new(tequio_tests::program::path());
    child
        .arg("serve")
        .arg("--config")
        .arg(network[index].config())
        .kill_on_drop(true);
    tokio::time::timeout(Duration::from_secs(20), child.output())
        .await
        .expect("a city that cannot start ends")
        .expect("tequio can be started")
}

/// The lines for the operator; what is logged before them is left out.
fn lines(output: &Output) -> Vec<String> {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    text.lines()
        .filter(|line| line.starts_with("tequio: "))
        .map(str::to_owned)
        .collect()
}

/// Serves in vain: code 1, one line that says all of `words`, and `path` is as it was.
async fn refused(network: &Network, index: usize, path: &Path, words: &[&str]) {
    let before = folder::contents(path);
    let output = serve(network, index).await;
    let lines = lines(&output);
    assert_eq!(output.status.code(), Some(1), "{lines:?}");
    assert_eq!(lines.len(), 1, "{lines:?}");
    for word in words {
        assert!(lines[0].contains(word), "{word} is not in {lines:?}");
    }
    assert_eq!(folder::contents(path), before, "{lines:?}");
}

/// One city that ran and stopped.
async fn used_city() -> Network {
    let mut network = Network::new(&["managua"]);
    network.start().await;
    network[0].stop().await;
    network
}

#[tokio::test]
async fn a_broken_configuration_is_told_whole_and_nothing_is_made() {
    let network = Network::new(&["managua"]);
    let city = &network[0];
    let text = format!(
        "mode = \"prod\"\ncity = \"Atlantis!\"\nurl = \"ftp://managua.example/path\"\nport = 99999\n\
         heartbeat_s = \"x\"\nfrobnicate = 1\ndata = {:?}\n[[siblings]]\ncity = \"panama\"\n",
        city.data().display().to_string()
    );
    fs::write(city.config(), text).unwrap();
    let before = folder::contents(network.folder());
    for command in ["serve", "rebuild", "digest", "check-config"] {
        let output = city.command(command);
        let lines = lines(&output);
        assert_eq!(output.status.code(), Some(2), "{command}: {lines:?}");
        for key in [
            "mode",
            "city",
            "url",
            "port",
            "heartbeat_s",
            "frobnicate",
            "siblings[0]",
        ] {
            let named = lines
                .iter()
                .filter(|line| line.starts_with(&format!("tequio: {key}: ")));
            assert_eq!(named.count(), 1, "{command}, {key}: {lines:?}");
        }
        assert_eq!(lines.len(), 7, "{command}: {lines:?}");
        assert!(output.stdout.is_empty());
    }
    assert_eq!(folder::contents(network.folder()), before);
}

#[tokio::test]
async fn a_configuration_that_is_not_there_or_not_toml_is_named() {
    let network = Network::new(&["managua"]);
    let city = &network[0];
    for (text, word) in [(Some("mode = "), "is not TOML"), (None, "cannot be read")] {
        match text {
            Some(text) => fs::write(city.config(), text).unwrap(),
            None => fs::remove_file(city.config()).unwrap(),
        }
        let output = serve(&network, 0).await;
        assert_eq!(output.status.code(), Some(2));
        let text = lines(&output).join("\n");
        assert!(
            text.contains("tequio.toml") && text.contains(word),
            "{text}"
        );
        assert!(!city.data().exists());
    }
}

#[tokio::test]
async fn a_port_in_use_is_named_and_nothing_is_made() {
    let network = Network::new(&["managua"]);
    // The reservation of the port is still held: somebody else listens.
    let city = &network[0];
    refused(
        &network,
        0,
        network.folder(),
        &[&city.port.to_string(), "--port"],
    )
    .await;
    assert!(!city.data().exists());
}

#[tokio::test]
async fn a_second_start_on_the_same_data_leaves_the_first_alone() {
    let mut network = Network::new(&["managua"]);
    network.start().await;
    let output = serve(&network, 0).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(
        lines(&output)[0].contains("cannot be used"),
        "{:?}",
        lines(&output)
    );
    network[0].answers().await;
    network[0].stop().await;
}

#[tokio::test]
async fn a_data_directory_that_cannot_be_written_is_named() {
    let mut network = Network::new(&["managua"]);
    network[0].release_port();
    let data = network[0].data();
    fs::write(&data, "a file where a directory is wanted").unwrap();
    refused(&network, 0, network.folder(), &["cannot write", "data"]).await;
    fs::remove_file(&data).unwrap();
    // Nobody, not even root, makes directories there.
    let config = fs::read_to_string(network[0].config()).unwrap();
    let config = config.replace(&data.display().to_string(), "/proc/tequio");
    fs::write(network[0].config(), config).unwrap();
    refused(
        &network,
        0,
        network.folder(),
        &["cannot write", "/proc/tequio"],
    )
    .await;
}

#[tokio::test]
async fn data_of_another_city_or_address_are_refused() {
    let network = used_city().await;
    let data = network[0].data();
    let config = fs::read_to_string(network[0].config()).unwrap();
    for (from, to) in [
        ("city = \"managua\"", "city = \"panama\""),
        (".localhost", "2.localhost"),
    ] {
        fs::write(network[0].config(), config.replace(from, to)).unwrap();
        refused(&network, 0, &data, &["belongs to managua", &network[0].url]).await;
    }
    fs::write(network[0].config(), config).unwrap();
    let mut network = network;
    network.start().await;
}

#[tokio::test]
async fn a_database_newer_than_the_program_is_refused() {
    let network = used_city().await;
    let data = network[0].data();
    let file = data.join("tequio.sqlite");
    // As a later program would have left it: a migration that this one does not know.
    let old = b"20261123000001";
    let mut bytes = fs::read(&file).unwrap();
    let places: Vec<usize> = bytes
        .windows(old.len())
        .enumerate()
        .filter_map(|(at, window)| (window == old).then_some(at))
        .collect();
    assert!(!places.is_empty(), "the database names its migrations");
    for at in places {
        bytes[at..at + 4].copy_from_slice(b"9999");
    }
    fs::write(&file, bytes).unwrap();
    let newest = newest_migration();
    let words = ["newer than this program", "99991123000001", &newest];
    refused(&network, 0, &data, &words).await;
}

/// As the database names it: the digits of its folder.
fn newest_migration() -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../migrations");
    let names = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let newest = names.max().unwrap();
    let (version, _) = newest.split_once('_').unwrap();
    version.replace('-', "")
}

#[tokio::test]
async fn what_is_not_a_database_is_named_and_left_alone() {
    let mut network = Network::new(&["managua"]);
    network[0].release_port();
    let data = network[0].data();
    fs::create_dir_all(&data).unwrap();
    fs::write(
        data.join("tequio.sqlite"),
        "no database at all, only text\n".repeat(50),
    )
    .unwrap();
    refused(&network, 0, &data, &["database"]).await;
}

#[tokio::test]
async fn a_city_stops_cleanly_and_leaves_one_database_file() {
    let network = used_city().await;
    let files = folder::contents(&network[0].data());
    assert!(
        files.keys().any(|path| path.ends_with("tequio.sqlite")),
        "{files:?}"
    );
    let leftovers = files.keys().filter(|path| {
        path.to_string_lossy().ends_with("-wal") || path.to_string_lossy().ends_with("-shm")
    });
    assert_eq!(leftovers.count(), 0, "{files:?}");
    assert!(network[0].log().contains("stopped"), "{}", network[0].log());
    wait::until(
        Duration::from_secs(5),
        "the port is free again",
        async || std::net::TcpListener::bind(("127.0.0.1", network[0].port)).map(drop),
    )
    .await;
}
