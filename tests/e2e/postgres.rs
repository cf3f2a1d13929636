//! The same promises with one city on PostgreSQL.

use tequio_store::{Database, testing};
use tequio_tests::network::Network;
use tequio_tests::state;

use crate::convergence::a_rebuild_changes_nothing;
use crate::story::{People, Story, TOPIC, all_there};
use crate::stream::Stream;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_city_on_postgresql_converges_with_others_through_a_crash() {
    // A schema of its own on the server that TEQUIO_TEST_POSTGRES names; it goes after the cities.
    let store = tokio::task::spawn_blocking(testing::postgres)
        .await
        .unwrap();
    let Database::Postgres(url) = &store.settings().database else {
        panic!("this store is on PostgreSQL");
    };
    let mut network = Network::new(&["managua", "panama", "san-jose"]);
    network.configure(1, &format!("database_url = {url:?}"));
    network.start().await;
    let mut people = People::arrive(&network).await;
    let story = Story::tell(&network, &mut people).await;

    let ana = Stream::begin(people.ana.clone(), TOPIC, "Ana").await;
    let berta = Stream::begin(people.berta.clone(), TOPIC, "Berta").await;
    berta.goes_on(15).await;
    network[1].kill();
    ana.goes_on(5).await;
    network[1].start().await;
    berta.goes_on(10).await;
    let mut confirmed = ana.end().await;
    confirmed.extend(berta.end().await);

    for city in network.cities() {
        story.is_shown(city).await;
    }
    let states = state::converged(network.cities()).await;
    all_there(network.cities(), &confirmed).await;
    a_rebuild_changes_nothing(&mut network).await;
    assert_eq!(state::converged(network.cities()).await, states);
    assert!(!network[1].data().join("tequio.sqlite").exists());
    a_backup_of_postgresql_is_one_of_sqlite_too(&network);
    drop(network);
    tokio::task::spawn_blocking(move || drop(store))
        .await
        .unwrap();
}

/// While it runs: a backup, a trial restore of it (into SQLite), and a look at everything.
fn a_backup_of_postgresql_is_one_of_sqlite_too(network: &Network) {
    let backup = network.folder().join("panama.tar.gz");
    let path = backup.to_str().unwrap();
    let told = network[1].run_text(&["backup", path]);
    assert!(told.contains("rows"), "{told}");
    let told = network[1].run_text(&["restore", path, "--check"]);
    assert!(told.contains("the trial restore went well"), "{told}");
    assert!(told.contains("is noted"), "{told}");
    let told = network[1].run_text(&["verify", "--json"]);
    let report: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(report["problems"], serde_json::json!([]), "{told}");
    assert!(
        report["entries"]
            .as_u64()
            .is_some_and(|entries| entries > 60),
        "{told}"
    );
}
