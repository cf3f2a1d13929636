//! At start: may the database be trusted about this city's own logs? (`tequio_engine::recovery` knows.)

use tequio_engine::{Engine, recovery};
use tequio_store::{epoch::Epoch, log, recovery as rows};

use crate::{clock, config::Config, serve::text};

/// What is done about own logs that are held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doubts {
    /// Siblings are asked.
    AskSiblings,
    /// The administrator says that there is nobody to ask.
    GoOnAlone,
}

/// Compares epoch file and database, and has own acts wait until siblings were asked.
pub(crate) fn guard(config: &Config, engine: &Engine, doubts: Doubts) -> Result<(), String> {
    let path = config.epoch();
    let (epoch, found) = Epoch::open(&path).map_err(|error| {
        format!(
            "{} cannot be used ({error}); choose another place with epoch_file = …",
            path.display()
        )
    })?;
    let moment = clock::moment().map_err(text)?;
    let reason = recovery::guard(engine, epoch, &found, moment).map_err(text)?;
    if let Some(reason) = reason {
        tracing::warn!(
            reason = reason.as_str(),
            file = %path.display(),
            "the database may be older than what this city has said: own logs wait until siblings have \
             told how far they reach"
        );
    }
    let (held, has_written) = engine
        .store()
        .read_blocking(|conn| {
            let written = log::all(conn)?.iter().any(|row| row.head_seq > 0);
            Ok::<_, tequio_store::Error>((rows::held(conn)?, written))
        })
        .map_err(text)?;
    match doubts {
        Doubts::GoOnAlone => release_all(engine, &held),
        Doubts::AskSiblings => {
            if !config.siblings.is_empty() && (has_written || !held.is_empty()) {
                engine.close_gate();
            }
            Ok(())
        }
    }
}

fn release_all(engine: &Engine, held: &[rows::Recovery]) -> Result<(), String> {
    let now = clock::now();
    for row in held {
        let released = futures::executor::block_on(recovery::release(engine, row.log_id, now));
        let released = released.map_err(text)?;
        tracing::warn!(
            group = released.group_uri,
            lost = released.lost,
            "goes on alone: no sibling was asked"
        );
    }
    Ok(())
}
