//! A city that falls silent is noticed: on every page of an administrator, on `/red`, by the command
//! line, in the figures and in the log. When it is back, so is the peace.

use std::process::{Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;
use tequio_tests::browser::Browser;
use tequio_tests::city::City;
use tequio_tests::network::Network;
use tequio_tests::{port, program, state, wait};

use crate::people;
use crate::story::TOPIC;

const DEADLINE: Duration = Duration::from_secs(60);
const BANNER: &str = "Hay 1 aviso sobre la red.";
const SILENT: &str = "No da señales.";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_city_that_falls_silent_is_noticed_and_its_return_too() {
    let mut network = Network::new(&["managua", "panama"]);
    let (metrics, reserved) = port::free();
    let keys = format!("alarm_after_s = 3\nmetrics = \"127.0.0.1:{metrics}\"");
    network.configure(0, &keys);
    drop(reserved);
    network.start().await;
    let mut ana = people::administrator(&network[0], "ana").await;
    people::open_thread(&mut ana, TOPIC, "Antes", "Todo en orden.").await;
    state::converged(network.cities()).await;
    assert!(!ana.get("/").await.text().contains(BANNER));
    wait_until_well(&network[0]).await;

    network[1].kill();
    wait_for_page(&mut ana, "/", BANNER).await;
    let red = ana.get("/red").await.text();
    assert!(
        red.contains(SILENT) && red.contains("Fuera de alcance"),
        "{red}"
    );
    let mut visitor = Browser::new(&network[0]);
    let public = visitor.get("/red").await.text();
    assert!(public.contains("Fuera de alcance"), "{public}");
    assert!(
        !public.contains(SILENT) && !public.contains(BANNER),
        "{public}"
    );
    people::open_thread(&mut ana, TOPIC, "Mientras tanto", "Espera a Panamá.").await;
    let report = peers(&network[0], true);
    assert!(!report.status.success(), "scripts can tell");
    let report: Value = serde_json::from_slice(&report.stdout).unwrap();
    assert_eq!(report["alarms"][0]["kind"], "silent");
    assert_eq!(report["alarms"][0]["city"], "panama");
    let figures = figures(metrics).await;
    for line in [
        "tequio_alarms{kind=\"silent\"} 1",
        "tequio_peer_queue_entries{city=\"panama\"} 1",
    ] {
        assert!(
            figures.lines().any(|held| held == line),
            "{line}\n{figures}"
        );
    }
    assert!(network[0].log().contains("alarm raised: no sign of life"));

    network[1].start().await;
    wait::until(DEADLINE, "the alarm is over", async || {
        let page = ana.get("/").await.text();
        if page.contains(BANNER) {
            Err(network[0].log())
        } else {
            Ok(())
        }
    })
    .await;
    state::converged(network.cities()).await;
    assert!(network[0].log().contains("alarm over: no sign of life"));
    let red = ana.get("/red").await.text();
    assert!(
        red.contains("Avisos anteriores") && red.contains(SILENT),
        "{red}"
    );
    wait_until_well(&network[0]).await;
}

fn peers(city: &City, json: bool) -> Output {
    let mut command = Command::new(program::path());
    command.args(["peers", "--config"]).arg(city.config());
    if json {
        command.arg("--json");
    }
    command.stdin(Stdio::null()).output().unwrap()
}

/// Where a courier stands is written down at most once a second.
async fn wait_until_well(city: &City) {
    wait::until(DEADLINE, "the other city has everything", async || {
        let output = peers(city, false);
        let text = String::from_utf8_lossy(&output.stdout);
        if output.status.success() && text.contains("up to date") {
            Ok(())
        } else {
            Err(output)
        }
    })
    .await;
}

async fn wait_for_page(browser: &mut Browser, path: &str, text: &str) {
    wait::until(DEADLINE, text, async || {
        let page = browser.get(path).await.text();
        if page.contains(text) {
            Ok(())
        } else {
            Err(page)
        }
    })
    .await;
}

async fn figures(port: u16) -> String {
    let url = format!("http://127.0.0.1:{port}/metrics");
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    client.get(url).send().await.unwrap().text().await.unwrap()
}
