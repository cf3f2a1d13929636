//! The one clock and the one random source.

use std::time::{SystemTime, UNIX_EPOCH};

use tequio_domain::Timestamp;
use tequio_engine::{Error, Moment};
use tequio_protocol::random;

/// The time now, to the microsecond.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the clock that all others are given"
)]
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

/// A moment of now with fresh randomness.
pub(crate) fn moment() -> Result<Moment, Error> {
    let entropy = random::bytes32().map_err(|error| Error::Internal(error.to_string()))?;
    Ok(Moment::new(now(), entropy))
}
