//! Waiting for a fact, with a deadline, and with the last thing seen when it does not come.

use std::fmt::Debug;
use std::time::{Duration, Instant};

/// Pause between two looks.
const PAUSE: Duration = Duration::from_millis(40);

/// Looks until `look` answers `Ok`, and answers what that holds.
///
/// # Panics
/// After `deadline`, with the last `Err`.
pub async fn until<T, S, F>(deadline: Duration, what: &str, mut look: F) -> T
where
    S: Debug,
    F: AsyncFnMut() -> Result<T, S>,
{
    let began = Instant::now();
    loop {
        match look().await {
            Ok(seen) => return seen,
            Err(state) if began.elapsed() >= deadline => {
                panic!("{what}: not within {deadline:?}; last seen: {state:#?}")
            }
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}
