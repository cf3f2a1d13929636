//! Strangers who lie, flood and dawdle, over real sockets.

mod claims;
mod crowd;
mod farewell;
mod mutate;
pub mod stranger;

use std::net::{IpAddr, Ipv4Addr};

use tequio_store::log;

use super::city::{City, Network, TOPIC, clock};
use crate::Federation;

/// A city that takes 127.0.0.1 for its proxy, so that a test may come from anywhere.
async fn behind_a_proxy(network: &Network, development: bool) -> City {
    let mut city = City::found(network, "panama").await;
    city.open_thread("Una pregunta").await;
    let mut settings = city.inner().settings.clone();
    settings.development = development;
    settings.trusted_proxies = vec![IpAddr::V4(Ipv4Addr::LOCALHOST)];
    city.federation = Federation::new(settings, city.engine().clone(), clock).unwrap();
    city
}

/// All that others could have changed: the shared state, the logs, and what is remembered.
async fn state(city: &City) -> (String, Vec<log::Log>, u64, usize) {
    let read = |conn: &mut _| {
        let digest = tequio_engine::state_digest::of_topic(conn, TOPIC)?.digest;
        Ok::<_, tequio_engine::Error>((digest.to_hex(), log::all(conn)?))
    };
    let (digest, logs) = city.store().read(read).await.unwrap();
    (digest, logs, effects(city), city.inner().replays.len())
}

/// How many activities from outside have changed something.
fn effects(city: &City) -> u64 {
    let counts = city.federation.outside_counts();
    counts.iter().map(|count| count.taken).sum()
}
