//! Another region begins: its own cities and topics, from a kit in a folder, with the commands of the README.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use tequio_tests::browser::Browser;
use tequio_tests::network::Network;
use tequio_tests::state;

use crate::council::{self, page_with};
use crate::people;

const TOPIC: &str = "agua";
/// How long the three may take to hold the same.
const AGREEMENT: Duration = Duration::from_secs(45);

fn tequio(arguments: &[&str]) -> Output {
    let mut command = Command::new(tequio_tests::program::path());
    command.args(arguments).output().expect("it can be started")
}

fn told(arguments: &[&str]) -> String {
    let output = tequio(arguments);
    let problem = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {problem}");
    String::from_utf8(output.stdout).unwrap()
}

/// Must fail with this code, and say all of `words`.
fn refused(arguments: &[&str], code: i32, words: &[&str]) {
    let output = tequio(arguments);
    let problem = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {problem}");
    for word in words {
        assert!(problem.contains(word), "{word} is not in {problem}");
    }
}

/// A copy of the default kit, made into one of these cities and one topic.
fn adapted(folder: &Path, cities: &[&str]) -> PathBuf {
    let kit = folder.join("red-andina");
    let path = kit.to_str().unwrap();
    told(&["kit", "copy", "ayuda-urbana", path, "--slug", "red-andina"]);
    assert!(kit.join("LEAME.md").is_file() && !kit.join("people.toml").exists());
    refused(
        &["kit", "copy", "ayuda-urbana", path, "--slug", "red-andina"],
        1,
        &["red-andina"],
    );
    write_network(&kit, cities);
    refused(
        &["kit", "check", path],
        1,
        &["topics/agua/topic.toml", "topics/agua/glossary.toml"],
    );
    fs::rename(kit.join("topics/saneamiento"), kit.join("topics/agua")).unwrap();
    refused(&["kit", "check", path], 1, &["slug must be \"agua\""]);
    let topic = kit.join("topics/agua/topic.toml");
    let text = fs::read_to_string(&topic).unwrap();
    fs::write(
        &topic,
        text.replace("slug = \"saneamiento\"", "slug = \"agua\""),
    )
    .unwrap();
    let said = told(&["kit", "check", path]);
    let count = format!("Red Andina, {} cities, 1 topics", cities.len());
    assert!(said.contains(&count), "{said}");
    kit
}

fn write_network(kit: &Path, cities: &[&str]) {
    let path = kit.join("network.toml");
    let copied = fs::read_to_string(&path).unwrap();
    assert!(copied.contains("slug = \"red-andina\""), "{copied}");
    let mut text = "slug = \"red-andina\"\ntopics = [\"agua\"]\n\
         name = { es = \"Red Andina\", en = \"Andean Network\" }\n\
         summary = { es = \"Ciudades de altura.\", en = \"Cities up high.\" }\n\
         [coordination]\nfounder = \"quito\"\nterm_days = 90\nquorum = \"majority\"\n\
         first_term = 2027-01-01T06:00:00Z\ncoordinators = {}\n"
        .to_owned();
    for slug in cities {
        text += &format!(
            "[[city]]\nslug = \"{slug}\"\nname = \"Ciudad {slug}\"\n\
             country = {{ es = \"Andes\", en = \"Andes\" }}\n\
             summary = {{ es = \"Agua de páramo.\", en = \"Water of the heights.\" }}\n"
        );
    }
    fs::write(path, text).unwrap();
}

/// The configuration of a city, as its operator writes it.
fn init(network: &Network, index: usize, kit: &Path) {
    let city = &network[index];
    fs::remove_file(city.config()).unwrap();
    let (config, data, port) = (city.config(), city.data(), city.port.to_string());
    let siblings: Vec<String> = (network.cities().iter())
        .filter(|other| other.slug != city.slug)
        .map(|other| format!("{}={}", other.slug, other.url))
        .collect();
    let mut arguments = vec![
        "init",
        config.to_str().unwrap(),
        "--kit",
        kit.to_str().unwrap(),
        "--city",
        &city.slug,
        "--url",
        &city.url,
        "--port",
        &port,
        "--data",
        data.to_str().unwrap(),
        "--development",
    ];
    for sibling in &siblings {
        arguments.extend(["--sibling", sibling]);
    }
    let said = told(&arguments);
    assert!(said.contains("tequio serve --config"), "{said}");
    refused(&arguments, 2, &["tequio.toml", "exists"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_region_starts_from_a_kit_and_grows() {
    let mut network = Network::new(&["quito", "lima", "la-paz"]);
    let kit = adapted(network.folder(), &["quito", "lima"]);
    init_refuses_what_the_kit_has_not(&network, &kit);
    for index in [0, 1] {
        network.configure_without(index, "", |city| city.slug == "la-paz");
    }
    write_network(&kit, &["quito", "lima", "la-paz"]);
    for index in [0, 1, 2] {
        init(&network, index, &kit);
    }
    // At first two of them: their kit does not know the third.
    write_network(&kit, &["quito", "lima"]);
    for index in [0, 1] {
        let config = network[index].config();
        let text = fs::read_to_string(&config).unwrap();
        fs::write(&config, without(&text, "la-paz")).unwrap();
        network[index].start().await;
    }
    let mut quito = people::administrator(&network[0], "jefa").await;
    let mut lima = people::administrator(&network[1], "jefe").await;
    let home = lima.open("/").await.text();
    assert!(
        home.contains("Red Andina") && home.contains("Ciudades de altura."),
        "{home}"
    );
    assert!(
        !home.contains("Ayuda Urbana") && !home.contains("Managua"),
        "{home}"
    );
    let thread = people::open_thread(&mut quito, TOPIC, "¿Cuánta agua?", "De páramo.").await;
    page_with(&mut lima, &thread, "¿Cuánta agua?").await;
    council::found(&mut quito, TOPIC, "quito", &["Ciudad quito", "Ciudad lima"]).await;

    // The third is written into the kit, which all have; it gets what was said before it came.
    write_network(&kit, &["quito", "lima", "la-paz"]);
    let added = format!(
        "\n[[siblings]]\ncity = \"la-paz\"\nurl = \"{}\"\n",
        network[2].url
    );
    for index in [0, 1] {
        network[index].stop().await;
        let text = fs::read_to_string(network[index].config()).unwrap();
        fs::write(network[index].config(), text + &added).unwrap();
        network[index].start().await;
    }
    network[2].start().await;
    let mut visitor = Browser::new(&network[2]);
    page_with(&mut visitor, &thread, "De páramo.").await;
    page_with(&mut visitor, "/temas/agua/acta", "Turno 1").await;
    the_third_takes_part(&network, &mut [quito, lima]).await;
    let held = state::agreed_on(TOPIC, AGREEMENT, network.cities()).await;
    assert!(held.entries() >= 6, "{held:?}");
    a_backup_brings_its_kit(&mut network, &kit).await;
}

/// The coordinator proposes it, the other city approves.
async fn the_third_takes_part(network: &Network, admins: &mut [Browser]) {
    let acta = council::acta_of(TOPIC);
    let add = [
        ("change", "add"),
        ("city", "la-paz"),
        ("note", "Bienvenida."),
    ];
    let form = admins[0].fill(&format!("{acta}/integrantes"), &add).await;
    assert_eq!(admins[0].done(&form).await, acta);
    council::press(&mut admins[1], &acta, "approve").await;
    council::press(&mut admins[0], &acta, "enact").await;
    let mut la_paz = people::administrator(&network[2], "alcaldesa").await;
    page_with(&mut la_paz, &format!("{acta}/salir"), "Retirar").await;
}

fn without(text: &str, slug: &str) -> String {
    let blocks = text.split("[[siblings]]");
    let kept = blocks.filter(|block| !block.contains(&format!("city = \"{slug}\"")));
    kept.collect::<Vec<_>>().join("[[siblings]]")
}

fn init_refuses_what_the_kit_has_not(network: &Network, kit: &Path) {
    let target = network.folder().join("none.toml");
    let arguments = [
        "init",
        target.to_str().unwrap(),
        "--kit",
        kit.to_str().unwrap(),
        "--city",
        "managua",
        "--url",
        "http://a.example",
    ];
    refused(
        &arguments,
        2,
        &[
            "city: \"managua\"",
            "must be one of: quito, lima",
            "url: must be https",
        ],
    );
    assert!(!target.exists());
}

/// What a city is founded from goes with its backup; a broken kit stops a start before anything is touched.
async fn a_backup_brings_its_kit(network: &mut Network, kit: &Path) {
    let backup = network.folder().join("quito.tar.gz");
    let backup = backup.to_str().unwrap();
    let said = network[0].run_text(&["backup", backup]);
    assert!(said.contains("rows"), "{said}");
    let before = network[0].command_text("digest");
    network[0].stop().await;
    fs::write(kit.join("topics/agua/topic.toml"), "slug = 3\n").unwrap();
    let config = network[0].config();
    let serve = ["serve", "--config", config.to_str().unwrap()];
    refused(&serve, 2, &["kit: topics/agua/topic.toml"]);
    fs::rename(kit, network.folder().join("lost")).unwrap();
    let data = network.folder().join("restored");
    let restore = ["restore", backup, "--data", data.to_str().unwrap()];
    assert!(told(&restore).contains("restored the backup"));
    assert!(told(&["restore", backup, "--check"]).contains("went well"));
    let brought = data.join("kit.restored");
    told(&["kit", "check", brought.to_str().unwrap()]);
    fs::rename(&brought, kit).unwrap();
    fs::remove_dir_all(network[0].data()).unwrap();
    fs::rename(&data, network[0].data()).unwrap();
    assert_eq!(network[0].command_text("digest"), before);
    network[0].start().await;
    let page = Browser::new(&network[0]).get("/temas/agua").await.text();
    assert!(page.contains("¿Cuánta agua?"), "{page}");
}
