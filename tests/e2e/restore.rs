//! A city that went back in time takes its own newer entries back from its siblings and goes on.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use tequio_tests::browser::{Browser, Page};
use tequio_tests::network::Network;
use tequio_tests::{state, wait};

use crate::people;
use crate::story::{People, Story, TOPIC, all_there};
use crate::stream::{Confirmed, Stream};

/// How long a city may take to recover its entries when siblings answer.
const RECOVERY: Duration = Duration::from_secs(60);
/// What the page says while it does.
const HELD: &str = "La ciudad está recuperando lo suyo";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_backup_gets_its_newer_entries_back() {
    let mut network = Network::new(&["managua", "panama", "san-jose"]);
    network.start().await;
    let mut people = People::arrive(&network).await;
    let story = Story::tell(&network, &mut people).await;
    let backup = network.folder().join("managua.tar.gz");
    let mut confirmed = back_up_while_writing(&network, &people, &backup).await;
    // What comes back of this one has no text.
    let secret = people::open_thread(&mut people.ana, TOPIC, "Secreto", "Mi cédula es 123.").await;
    confirmed.push(goes_on(&mut people.ana, "Después del secreto").await);
    network[0].stop().await;
    let told = network[0].run_text(&["erase", "--post", &secret, "--reason", "Lo pide"]);
    assert!(told.contains("erased"), "{told}");
    network[0].start().await;
    let before = state::converged(network.cities()).await;

    network[0].kill();
    fs::remove_dir_all(network[0].data()).unwrap();
    let told = network[0].run_text(&["restore", backup.to_str().unwrap()]);
    assert!(told.contains("restored the backup"), "{told}");
    let again = network[0].run(&["restore", backup.to_str().unwrap()]);
    let problem = String::from_utf8_lossy(&again.stderr).into_owned();
    assert!(problem.contains("is not empty"), "{problem}");
    // Before siblings were asked, no command writes either.
    for args in [
        &["rotate-keys", "--topic", TOPIC][..],
        &["erase", "--post", &secret, "--reason", "Otra vez"],
    ] {
        let refused = network[0].run(args);
        let problem = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(
            !refused.status.success() && problem.contains("start the city"),
            "{problem}"
        );
    }

    // Nobody to ask: what is there can be read, and nothing is written.
    network[1].kill();
    network[2].kill();
    network[0].start().await;
    let mut ana = Browser::new(&network[0]);
    people::sign_in(&mut ana, "ana").await;
    is_held(&mut ana).await;
    let page = Browser::new(&network[0]).get("/red").await.text();
    assert!(page.contains("Recuperación de lo propio"), "{page}");

    network[1].start().await;
    network[2].start().await;
    confirmed.push(goes_on(&mut ana, "Después de volver").await);
    ends_well(&network, &story, &confirmed).await;
    let after = state::converged(network.cities()).await;
    assert_eq!(after[TOPIC].objects, before[TOPIC].objects + 1);
    let told = network[0].run_text(&["verify"]);
    assert!(told.contains("entries in"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_directory_that_was_set_back_as_a_whole_is_noticed() {
    let mut network = Network::new(&["managua", "panama", "san-jose"]);
    network.start().await;
    let mut people = People::arrive(&network).await;
    let story = Story::tell(&network, &mut people).await;
    state::converged(network.cities()).await;
    network[0].stop().await;
    let snapshot = network[0].folder.join("snapshot");
    copy(&network[0].data(), &snapshot);
    network[0].start().await;
    let ana = Stream::begin(people.ana.clone(), TOPIC, "Ana").await;
    ana.goes_on(12).await;
    let mut confirmed = ana.end().await;
    state::converged(network.cities()).await;

    network[0].kill();
    fs::remove_dir_all(network[0].data()).unwrap();
    copy(&snapshot, &network[0].data());
    // The file says what the database says, but it is a copy: with siblings off, nothing is written.
    network[1].kill();
    network[2].kill();
    network[0].start().await;
    is_held(&mut people.ana).await;
    network[1].start().await;
    network[2].start().await;
    confirmed.push(goes_on(&mut people.ana, "Después de volver").await);
    ends_well(&network, &story, &confirmed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_city_whose_siblings_are_all_off_restarts_and_writes() {
    let mut network = Network::new(&["managua", "panama", "san-jose"]);
    network.start().await;
    let mut people = People::arrive(&network).await;
    let first = people::open_thread(&mut people.ana, TOPIC, "Antes", "Todo bien.").await;
    for index in 0..3 {
        network[index].kill();
    }
    network[0].start().await;
    let second = people::open_thread(&mut people.ana, TOPIC, "A solas", "Nadie está.").await;
    network[1].start().await;
    network[2].start().await;
    state::converged(network.cities()).await;
    let confirmed = [(first, "Antes"), (second, "A solas")];
    let confirmed = confirmed.map(|(path, title)| Confirmed {
        path,
        title: title.to_owned(),
    });
    all_there(network.cities(), &confirmed).await;
}

/// Backs up managua while Ana writes, and lets her go on.
async fn back_up_while_writing(network: &Network, people: &People, to: &Path) -> Vec<Confirmed> {
    let ana = Stream::begin(people.ana.clone(), TOPIC, "Ana").await;
    let berta = Stream::begin(people.berta.clone(), TOPIC, "Berta").await;
    ana.goes_on(8).await;
    let told = network[0].run_text(&["backup", to.to_str().unwrap()]);
    assert!(told.contains("rows"), "{told}");
    let at_backup = ana.written();
    ana.goes_on(12).await;
    berta.goes_on(3).await;
    let mut confirmed = ana.end().await;
    assert!(confirmed.len() >= at_backup + 12);
    confirmed.extend(berta.end().await);
    confirmed
}

async fn send(browser: &mut Browser, title: &str) -> Page {
    let page = format!("/temas/{TOPIC}/nueva");
    let values = [("title", title), ("body", "Con cuidado.")];
    let form = browser.fill(&page, &values).await;
    browser.send(&form).await
}

/// Nothing is taken, and the page says why and gives back what was typed.
async fn is_held(browser: &mut Browser) {
    let page = send(browser, "Demasiado pronto").await;
    let text = page.text();
    assert_eq!(page.status, 503, "{text}");
    assert!(text.contains(HELD), "{text}");
    assert!(text.contains("Con cuidado."), "{text}");
}

/// Waits until the city takes something again.
async fn goes_on(browser: &mut Browser, title: &str) -> Confirmed {
    let path = wait::until(RECOVERY, "the city writes again", async || {
        let page = send(browser, title).await;
        match page.status {
            303 => Ok(page.location.unwrap_or_default()),
            503 => Err(page.status),
            other => panic!("{other}: {}", page.text()),
        }
    })
    .await;
    Confirmed {
        path,
        title: title.to_owned(),
    }
}

async fn ends_well(network: &Network, story: &Story, confirmed: &[Confirmed]) {
    state::converged(network.cities()).await;
    all_there(network.cities(), confirmed).await;
    for city in network.cities() {
        story.is_shown(city).await;
        let log = city.log();
        assert!(
            !log.contains("two signed histories"),
            "{}: {log}",
            city.slug
        );
    }
    let log = network[0].log();
    assert!(log.contains("took back entries of ours"), "{log}");
    assert!(log.contains("our own log goes on"), "{log}");
}

/// As an operator copies a directory.
fn copy(from: &Path, to: &Path) {
    let done = Command::new("cp")
        .arg("-a")
        .arg(from)
        .arg(to)
        .status()
        .unwrap();
    assert!(done.success());
}
