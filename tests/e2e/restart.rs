//! Cities that start again go on where they were.

use std::collections::BTreeMap;
use std::time::Duration;

use tequio_tests::network::Network;
use tequio_tests::state::{self, State};
use tequio_tests::wait;

use crate::people;
use crate::story::{self, TOPIC};

fn entries(states: &BTreeMap<String, State>) -> BTreeMap<String, i64> {
    states
        .iter()
        .map(|(topic, state)| (topic.clone(), state.entries()))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_written_or_sent_twice_after_a_restart() {
    let mut network = Network::new(&["managua", "panama", "san-jose"]);
    network.start().await;
    let mut ana = people::administrator(&network[0], "ana").await;
    let path = people::open_thread(&mut ana, TOPIC, "Una sola vez", "Se cuenta.").await;
    let mut berta = people::administrator(&network[1], "berta").await;
    story::shows(&network[1], &path, "Una sola vez").await;
    people::reply(&mut berta, &path, "Y una respuesta.").await;
    people::find_useful(&mut berta, &path).await;
    story::shows(&network[0], &path, "Útil · 1").await;
    let before = state::converged(network.cities()).await;

    for round in 1..=2 {
        for index in 0..3 {
            if round == 1 {
                network[index].stop().await;
            } else {
                network[index].kill();
            }
        }
        network.start().await;
        everybody_is_found(&network, round + 1).await;
        assert_eq!(state::converged(network.cities()).await, before);
    }

    // Couriers work in order: when this is everywhere, nothing older is on its way any more.
    let title = "Después de todo";
    let last = people::open_thread(&mut ana, TOPIC, title, "Ana sigue dentro.").await;
    for city in network.cities() {
        story::shows(city, &last, title).await;
    }
    let after = entries(&state::converged(network.cities()).await);
    let mut expected = entries(&before);
    *expected.get_mut(TOPIC).unwrap() += 1;
    assert_eq!(after, expected);
}

/// Waits until each city has found both others as often as it was started.
async fn everybody_is_found(network: &Network, starts: usize) {
    for city in network.cities() {
        wait::until(
            Duration::from_secs(20),
            &format!("{} finds all", city.slug),
            async || {
                let found = city.log().matches("found a sibling").count();
                if found >= 2 * starts {
                    Ok(())
                } else {
                    Err(city.log())
                }
            },
        )
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_city_without_its_administrator_gets_another_while_it_runs() {
    let mut network = Network::new(&["managua"]);
    network.start().await;
    let city = &network[0];
    let mut ana = people::administrator(city, "ana").await;
    let mut luis = people::member(city, &mut ana, "luis").await;
    assert_eq!(luis.get("/admin/cuentas").await.status, 404);
    let file = network.folder().join("clave");
    std::fs::write(&file, "corta\n").unwrap();
    let path = file.to_str().unwrap();
    let nothing = city.run(&["account", "luis"]);
    assert_eq!(nothing.status.code(), Some(2));
    let short = city.run(&["account", "luis", "--password-file", path]);
    let problem = String::from_utf8_lossy(&short.stderr).into_owned();
    assert!(
        !short.status.success() && problem.contains("12 characters"),
        "{problem}"
    );
    let nobody = city.run(&["account", "nadie", "--appoint"]);
    assert_eq!(nobody.status.code(), Some(1));

    std::fs::write(&file, format!("{}\n", people::PASSWORD)).unwrap();
    let told = city.run_text(&["account", "luis", "--appoint", "--password-file", path]);
    assert!(told.contains("member luis: done"), "{told}");
    assert_ne!(luis.get("/admin/cuentas").await.status, 200, "signed out");
    people::sign_in(&mut luis, "luis").await;
    assert_eq!(luis.open("/admin/cuentas").await.status, 200);
}
