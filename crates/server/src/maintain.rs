//! Commands of one city: rebuild, digest, rotate-keys, erase while it does not run; account, invite also while it does.

use tequio_engine::{
    Error,
    account::office::{self, Rescue},
    erase, handshake, rebuild, rotate, state_digest,
};
use tequio_store::topic;

use crate::{
    cli::Whose,
    clock,
    config::Config,
    epoch,
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

/// `tequio rotate-keys`.
pub(crate) fn rotate_keys(config: Config, whose: Whose) -> Result<(), String> {
    let engine = open_engine(&config)?;
    epoch::must_be_sure(&config, &engine)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .map_err(text)?;
    runtime.block_on(async {
        for slug in whose.topic {
            let moment = clock::moment().map_err(text)?;
            let done = rotate::group(&engine, moment, &slug).await;
            done.map_err(|error| format!("topic {slug}: {error}"))?;
            say(&format!("topic {slug}: the group has a new key"));
        }
        for name in whose.member {
            let moment = clock::moment().map_err(text)?;
            let done = rotate::member(&engine, moment, &name).await;
            done.map_err(|error| format!("member {name}: {error}"))?;
            say(&format!("member {name}: has a new key"));
        }
        if whose.transport {
            rotate::transport(&engine).await.map_err(text)?;
            say("requests are signed with a new key from the next start on");
        }
        Ok(())
    })
}

/// `tequio erase`.
pub(crate) fn erase(config: Config, post: &str, reason: String) -> Result<(), String> {
    let oid = erase::named_by(post).ok_or("--post must be the address of a post")?;
    let engine = open_engine(&config)?;
    epoch::must_be_sure(&config, &engine)?;
    let order = erase::Order {
        oid,
        reason,
        by_name: "tequio erase".to_owned(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .map_err(text)?;
    let moment = clock::moment().map_err(text)?;
    runtime
        .block_on(erase::post(&engine, moment, order))
        .map_err(text)?;
    say(
        "erased; the other cities do the same when they get it, /admin/supresiones shows which have",
    );
    Ok(())
}

/// `tequio account`.
pub(crate) fn rescue(config: &Config, name: &str, rescue: Rescue) -> Result<(), String> {
    let engine = open_engine(config)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .map_err(text)?;
    let moment = clock::moment().map_err(text)?;
    runtime
        .block_on(office::rescue(&engine, moment, name, rescue))
        .map_err(|error| format!("member {name}: {error}"))?;
    say(&format!("member {name}: done"));
    Ok(())
}

/// `tequio invite`.
pub(crate) fn invite(config: &Config, city: &str) -> Result<(), String> {
    let engine = open_engine(config)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .map_err(text)?;
    let moment = clock::moment().map_err(text)?;
    let invited = runtime.block_on(handshake::invite_as_operator(&engine, moment, city));
    let address = invited.map_err(|error| match error {
        Error::Invalid(invalid) if invalid.need == "known-already" => {
            format!("{city}: is known already, or is this city")
        }
        Error::Invalid(_) => format!("{city}: must be a slug, such as san-salvador"),
        other => other.to_string(),
    })?;
    say(&address);
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
