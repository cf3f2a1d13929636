//! Whether the sibling knows us: before it says so, nothing is sent to it.

use tequio_domain::Timestamp;

use crate::fetcher::FetchError;
use crate::handshake::{self, Known};
use crate::sibling::Sibling;
use crate::{Inner, back_off};

/// Longest pause between two questions, in seconds: so long somebody waits at most who has pressed the button.
const ASK_EVERY_S: i64 = 60;
/// Pause before it is told of us again, in seconds.
const TELL_EVERY_S: i64 = 3600;

/// What a courier knows about being known.
pub(super) struct Acquaintance {
    is_known: bool,
    /// How often it was asked.
    asked: u32,
    ask_at: Timestamp,
    tell_at: Timestamp,
}

impl Acquaintance {
    pub(super) fn new(now: Timestamp) -> Self {
        Self {
            is_known: false,
            asked: 0,
            ask_at: now,
            tell_at: now,
        }
    }

    /// When it is asked next; `None` when it knows us.
    pub(super) fn asks_at(&self) -> Option<Timestamp> {
        (!self.is_known).then_some(self.ask_at)
    }

    /// Whether the sibling knows us; asks it when that is due.
    pub(super) async fn is_known(
        &mut self,
        inner: &Inner,
        sibling: &Sibling,
    ) -> Result<bool, FetchError> {
        let now = inner.now();
        if self.is_known || now < self.ask_at {
            return Ok(self.is_known);
        }
        self.asked = self.asked.saturating_add(1);
        let pause_s = back_off::pause_s(self.asked, back_off::jitter());
        self.ask_at = now.plus_seconds(pause_s.min(ASK_EVERY_S));
        let tells = now >= self.tell_at;
        match handshake::is_known_to(inner, sibling, tells).await? {
            Known::Yes => self.is_known = true,
            Known::NotYet if tells => self.tell_at = now.plus_seconds(TELL_EVERY_S),
            Known::NotYet | Known::NotTold => {}
        }
        Ok(self.is_known)
    }
}
