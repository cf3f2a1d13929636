//! Cities are destroyed for good; the others, and one that is founded afterwards, hold everything.

use tequio_tests::network::Network;
use tequio_tests::state;

use crate::people;
use crate::story::{self, People, Story, TOPIC, all_there};
use crate::stream::Stream;

/// The ten cities of the kit: the first three are lost, the last is founded when they are gone.
const CITIES: [&str; 10] = [
    "managua",
    "panama",
    "san-jose",
    "guatemala",
    "la-habana",
    "ciudad-de-mexico",
    "san-juan",
    "san-salvador",
    "santo-domingo",
    "tegucigalpa",
];
const LOST: usize = 3;
const NEW: usize = 9;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_three_lost_cities_wrote_lives_on_in_the_others_and_in_one_founded_later() {
    let mut network = Network::new(&CITIES);
    for index in 0..NEW {
        network[index].launch();
    }
    for index in 0..NEW {
        network[index].answers().await;
    }
    let mut people = People::arrive(&network).await;
    let story = Story::tell(&network, &mut people).await;
    let mut confirmed = Vec::new();
    for (browser, name) in [
        (people.ana, "Ana"),
        (people.berta, "Berta"),
        (people.carla, "Carla"),
    ] {
        let stream = Stream::begin(browser, TOPIC, name).await;
        stream.goes_on(40).await;
        confirmed.extend(stream.end().await);
    }
    // What was confirmed is with the others before its city is lost.
    let before = state::converged(&network.cities()[..NEW]).await;
    for city in &network.cities()[LOST..NEW] {
        story.is_shown(city).await;
    }
    for index in 0..LOST {
        network[index].destroy();
    }

    network[NEW].start().await;
    let living = &network.cities()[LOST..];
    assert_eq!(state::converged(living).await, before);
    story.is_shown(&network[NEW]).await;
    all_there(living, &confirmed).await;

    goes_on(&network).await;
    is_sound_after_a_rebuild(&mut network).await;
}

/// In every city, below what a lost one wrote too.
async fn goes_on(network: &Network) {
    let living = &network.cities()[LOST..];
    let mut dora = people::administrator(&network[NEW], "dora").await;
    let title = "Una ciudad más";
    let path = people::open_thread(&mut dora, TOPIC, title, "Seguimos.").await;
    for city in living {
        story::shows(city, &path, title).await;
    }
    let mut elsa = people::administrator(&network[LOST], "elsa").await;
    people::reply(&mut elsa, &path, "Bienvenida.").await;
    for city in living {
        story::shows(city, &path, "Bienvenida.").await;
    }
    state::converged(living).await;
}

/// The tables of the new city are what its logs say.
async fn is_sound_after_a_rebuild(network: &mut Network) {
    network[NEW].stop().await;
    assert!(network[NEW].is_sound().contains(TOPIC));
}
