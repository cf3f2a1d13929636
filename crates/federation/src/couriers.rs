//! A courier for each sibling, also for those that become one while the program runs.
//!
//! Start at [`run`]. Who is a sibling is said by the configuration and by the cities that were met and accepted
//! ([`tequio_store::handshake`]), which any process of this city may change.

use std::sync::Arc;
use std::time::Duration;

use tequio_store::handshake;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::sibling::{PeerSettings, Sibling};
use crate::{Inner, courier};

/// The database is looked at so often at most.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The siblings: those of the configuration first, which goes before what was met.
pub(crate) fn places(configured: &[PeerSettings], met: Vec<(String, String)>) -> Vec<PeerSettings> {
    let mut places = configured.to_vec();
    for (city, base_url) in met {
        if !places.iter().any(|place| place.city == city) {
            places.push(PeerSettings { city, base_url });
        }
    }
    places
}

/// Works until `stop` says true. `newest` is the id of the newest own entry.
pub(crate) async fn run(
    inner: Arc<Inner>,
    newest: watch::Receiver<i64>,
    stop: watch::Receiver<bool>,
) {
    let mut changed = inner.engine.store().changed();
    let mut couriers = JoinSet::new();
    let start = |couriers: &mut JoinSet<()>, sibling: Arc<Sibling>| {
        let (inner, newest, stop) = (Arc::clone(&inner), newest.clone(), stop.clone());
        couriers.spawn(courier::run(inner, sibling, newest, stop));
    };
    for sibling in inner.siblings.iter() {
        start(&mut couriers, sibling);
    }
    let mut ending = stop.clone();
    while !*ending.borrow() {
        changed.mark_unchanged();
        for sibling in follow(&inner).await {
            tracing::info!(city = sibling.city, url = sibling.base_url, "a new sibling");
            start(&mut couriers, sibling);
        }
        tokio::select! {
            came = changed.changed() => if came.is_err() { break },
            _ = ending.changed() => break,
            Some(Err(error)) = couriers.join_next() => tracing::error!(%error, "a courier failed"),
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            _ = ending.changed() => break,
        }
    }
    while let Some(ended) = couriers.join_next().await {
        if let Err(error) = ended {
            tracing::error!(%error, "a courier failed");
        }
    }
}

/// Looks who is a sibling now; answers who was none before.
async fn follow(inner: &Inner) -> Vec<Arc<Sibling>> {
    match inner.engine.store().read(handshake::places).await {
        Ok(met) => inner.siblings.follow(&places(&inner.settings.peers, met)),
        Err(error) => {
            tracing::error!(%error, "cannot see which cities were accepted");
            Vec::new()
        }
    }
}
