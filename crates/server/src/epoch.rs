//! At start: may the database be trusted about this city's own logs? (`tequio_engine::recovery` knows.)

use tequio_engine::{Engine, recovery};
use tequio_store::{epoch::Epoch, handshake, log, recovery as rows};

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
    let held = compare(config, engine)?;
    let logs = engine.store().read_blocking(log::all).map_err(text)?;
    let has_written = logs.iter().any(|row| row.head_seq > 0);
    match doubts {
        Doubts::GoOnAlone => release_all(engine, &held),
        Doubts::AskSiblings => {
            let met = engine.store().read_blocking(handshake::places);
            let has_siblings = !config.siblings.is_empty() || !met.map_err(text)?.is_empty();
            if has_siblings && (has_written || !held.is_empty()) {
                engine.close_gate();
            }
            Ok(())
        }
    }
}

/// For a command that writes into own logs while the city is off: it does not where the database may be
/// older than what the city has said.
pub(crate) fn must_be_sure(config: &Config, engine: &Engine) -> Result<(), String> {
    if compare(config, engine)?.is_empty() {
        return Ok(());
    }
    Err(
        "the database may be older than what this city has said (it was restored, copied or set back): start \
         the city, wait until /red says that every topic goes on, stop it, and try again"
            .to_owned(),
    )
}

/// Puts the epoch file in charge. Answers which own logs are held.
fn compare(config: &Config, engine: &Engine) -> Result<Vec<rows::Recovery>, String> {
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
    engine.store().read_blocking(rows::held).map_err(text)
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
