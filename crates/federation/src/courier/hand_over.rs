//! What is handed over to the sibling ([`crate::outside::hand_over`]), after the entries.
//!
//! An act that is refused waits by itself; only a sibling that does not answer at all makes the courier
//! pause.

use tequio_domain::Timestamp;
use tequio_store::hand_over::{self, HandOver};

use super::Courier;
use super::send::Trouble;
use crate::{back_off, bookkeeping};

/// Most acts at once.
const MAX_AT_ONCE: i64 = 32;
/// An act that is not taken by then is given up, in seconds: 30 days.
const GIVEN_UP_S: i64 = 30 * 86_400;

impl Courier {
    /// Hands over what is due.
    pub(super) async fn hand_over(&mut self) -> Result<(), Trouble> {
        let (city, now) = (self.sibling.city.clone(), self.inner.now());
        let store = self.inner.engine.store();
        let due = store
            .read(move |conn| hand_over::due(conn, &city, now.micros(), MAX_AT_ONCE))
            .await?;
        for act in due {
            self.hand_over_one(act, now).await?;
        }
        Ok(())
    }

    async fn hand_over_one(&mut self, act: HandOver, now: Timestamp) -> Result<(), Trouble> {
        let answer = self.deliver(act.body.into(), &act.group_uri).await;
        let store = self.inner.engine.store();
        let too_old = now.micros() > act.created_at.saturating_add(GIVEN_UP_S * 1_000_000);
        match answer {
            Ok(()) => bookkeeping::handed_over(store, act.id).await?,
            Err(Trouble::Answered(401 | 404 | 408 | 410 | 429 | 500.., retry_after_s))
                if !too_old =>
            {
                let attempts = act.attempts.saturating_add(1);
                let failures = u32::try_from(attempts).unwrap_or(1);
                let pause_s = back_off::pause_s(failures, back_off::jitter());
                let pause_s = pause_s.max(retry_after_s.unwrap_or(0).min(back_off::LONGEST_S));
                let due_at = now.plus_seconds(pause_s);
                bookkeeping::hand_over_later(store, act.id, attempts, due_at).await?;
            }
            Err(Trouble::Answered(status, _)) => {
                let city = &self.sibling.city;
                tracing::warn!(
                    city,
                    status,
                    "an act of an outside author is not taken there"
                );
                bookkeeping::handed_over(store, act.id).await?;
            }
            Err(other) => return Err(other),
        }
        Ok(())
    }
}
