//! Commands for a city that is not running: rebuild, digest.

use tequio_engine::{rebuild, state_digest};
use tequio_store::topic;

use crate::{
    config::Config,
    serve::{open_engine, text},
    terminal::say,
};

/// `tequio rebuild`.
pub(crate) fn rebuild(config: Config) -> Result<(), String> {
    let engine = open_engine(&config)?;
    let count = rebuild::rebuild(&engine).map_err(text)?;
    say(&format!("{count} entries read, tables filled anew"));
    Ok(())
}

/// `tequio digest`.
pub(crate) fn digest(config: Config) -> Result<(), String> {
    let engine = open_engine(&config)?;
    for topic in engine.store().read_blocking(topic::all).map_err(text)? {
        let slug = topic.slug.clone();
        let state = engine
            .store()
            .read_blocking(move |conn| state_digest::of_topic(conn, &slug))
            .map_err(text)?;
        say(&format!(
            "{} {} {} objects",
            state.digest, state.topic, state.objects
        ));
        for (city, seq, digest) in state.heads {
            say(&format!("  {city} {seq} {digest}"));
        }
    }
    Ok(())
}
