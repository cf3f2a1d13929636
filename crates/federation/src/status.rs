//! How the siblings are, as the database has it and as this process saw since.

use tequio_domain::Timestamp;
use tequio_store::page::standing::{self, PeerStanding};

use crate::Inner;

impl Inner {
    /// The state of every configured sibling, in the order of the network.
    pub(crate) async fn status(&self) -> Result<Vec<PeerStanding>, tequio_store::Error> {
        let store = self.engine.store();
        let mut all = store.read(standing::standings).await?;
        all.retain_mut(|peer| {
            let Some(sibling) = self.siblings.by_city(&peer.city) else {
                return false;
            };
            // Signs of life are written down rarely, since each commit makes remembered pages old.
            let micros = |at: Option<Timestamp>| at.map(Timestamp::micros);
            peer.heard_at = peer.heard_at.max(micros(sibling.heard_at()));
            peer.answered_at = peer.answered_at.max(micros(sibling.answered_at()));
            true
        });
        Ok(all)
    }
}
