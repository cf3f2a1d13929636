//! What was confirmed survives a crash, and all cities come to hold the same.

use tequio_tests::network::Network;
use tequio_tests::state;

use crate::people;
use crate::story::{People, Story, TOPIC, all_there};
use crate::stream::{Confirmed, Stream};

/// How often the second city is killed while everybody writes.
const CRASHES: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_cities_converge_through_a_crash() {
    let mut network = Network::new(&["managua", "panama", "san-jose"]);
    network.start().await;
    let mut people = People::arrive(&network).await;
    let story = Story::tell(&network, &mut people).await;
    let mut confirmed = write_through_crashes(&mut network, &people).await;
    confirmed.extend(write_while_the_others_are_down(&mut network, &mut people).await);

    for city in network.cities() {
        story.is_shown(city).await;
    }
    let states = state::converged(network.cities()).await;
    assert!(states[TOPIC].objects > 60, "{states:?}");
    for city in ["managua", "panama", "san-jose"] {
        assert!(states[TOPIC].heads.contains_key(city), "{states:?}");
    }
    all_there(network.cities(), &confirmed).await;
    a_rebuild_changes_nothing(&mut network).await;
    assert_eq!(state::converged(network.cities()).await, states);
}

/// All three write while the second is killed again and again in the middle of it.
async fn write_through_crashes(network: &mut Network, people: &People) -> Vec<Confirmed> {
    let ana = Stream::begin(people.ana.clone(), TOPIC, "Ana").await;
    let berta = Stream::begin(people.berta.clone(), TOPIC, "Berta").await;
    let carla = Stream::begin(people.carla.clone(), TOPIC, "Carla").await;
    for _ in 0..CRASHES {
        berta.goes_on(15).await;
        network[1].kill();
        // A city that is down stops nobody else.
        ana.goes_on(8).await;
        carla.goes_on(8).await;
        network[1].start().await;
    }
    berta.goes_on(15).await;
    let mut confirmed = Vec::new();
    for stream in [ana, berta, carla] {
        confirmed.extend(stream.end().await);
    }
    assert!(confirmed.len() >= CRASHES * 31, "{}", confirmed.len());
    confirmed
}

async fn write_while_the_others_are_down(
    network: &mut Network,
    people: &mut People,
) -> Vec<Confirmed> {
    network[1].kill();
    network[2].kill();
    let mut confirmed = Vec::new();
    for number in 0..3 {
        let title = format!("A solas {number}.");
        let path = people::open_thread(&mut people.ana, TOPIC, &title, "Nadie escucha.").await;
        confirmed.push(Confirmed { path, title });
    }
    network[1].start().await;
    network[2].start().await;
    confirmed
}

/// Stops all; `rebuild` leaves what `digest` prints, which is the same in all, and they go on.
pub async fn a_rebuild_changes_nothing(network: &mut Network) {
    for index in 0..3 {
        network[index].stop().await;
    }
    let digests: Vec<String> = network
        .cities()
        .iter()
        .map(|city| city.command_text("digest"))
        .collect();
    assert!(
        digests.iter().all(|digest| *digest == digests[0]),
        "{digests:#?}"
    );
    assert!(digests[0].contains(TOPIC), "{digests:?}");
    assert_eq!(network[1].is_sound(), digests[0]);
    network.start().await;
}
