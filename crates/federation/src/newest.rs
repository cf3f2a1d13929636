//! Sees when this city has made new entries, once for all couriers, and tidies up once a day.

use std::sync::Arc;
use std::time::Duration;

use tequio_store::peer;
use tokio::sync::watch;

use crate::{Inner, bookkeeping};

/// Look so often even without a commit of this process: there may be others.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Activities from outside are remembered for 30 days.
const REMEMBERED_S: i64 = 30 * 86_400;
const TIDY_EVERY_S: i64 = 86_400;

/// Works until `stop` says true: tells `newest` the id of the newest own entry.
pub(crate) async fn run(
    inner: Arc<Inner>,
    newest: watch::Sender<i64>,
    mut stop: watch::Receiver<bool>,
) {
    let cities = inner
        .siblings
        .iter()
        .map(|sibling| sibling.city.clone())
        .collect();
    if let Err(error) = bookkeeping::know(inner.engine.store(), cities).await {
        tracing::error!(%error, "a configured city is not one of the network");
    }
    let mut changed = inner.engine.store().changed();
    let mut tidy_at = inner.now();
    while !*stop.borrow() {
        changed.mark_unchanged();
        match inner.engine.store().read(peer::newest_own).await {
            Ok(id) => {
                newest.send_if_modified(|held| std::mem::replace(held, id) != id);
            }
            Err(error) => tracing::error!(%error, "cannot see what is new"),
        }
        if inner.now() >= tidy_at {
            tidy_at = inner.now().plus_seconds(TIDY_EVERY_S);
            tidy(&inner).await;
        }
        tokio::select! {
            _ = changed.changed() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
            _ = stop.changed() => break,
        }
    }
}

async fn tidy(inner: &Inner) {
    let before = inner.now().plus_seconds(-REMEMBERED_S);
    if let Err(error) = bookkeeping::forget_before(inner.engine.store(), before).await {
        tracing::warn!(%error, "cannot forget old activities from outside");
    }
}
