//! A signed request from outside the network: whose it is, and whether it was here before.

use std::net::IpAddr;

use actix_web::web::Bytes;
use tequio_protocol::activity::introduction::HANDSHAKE;
use tequio_protocol::activity::{Envelope, same_origin};
use tequio_protocol::http_signature::{Parsed, Verified};
use tequio_store::outside::{actor, follower, vote};
use tequio_store::person;
use url::Url;

use super::{dispatch, not_the_actors, unauthenticated};
use crate::knock::host_of;
use crate::outside::inbound;
use crate::outsider::{NoKey, OutsideKey};
use crate::problem::Problem;
use crate::{Inner, handshake, visitor};

/// Judges a request and hands on what its sender has proved.
pub(super) async fn receive(
    inner: &Inner,
    address: IpAddr,
    parsed: &Parsed,
    body: &Bytes,
) -> Result<(), Problem> {
    let bucket = visitor::bucket(address).to_string();
    inner.stranger_bucket.admit(&bucket, inner.now())?;
    if same_origin(parsed.key_id(), inner.base_url()) {
        // Nobody here talks to this server by HTTP, and it does not ask itself.
        return Err(not_the_actors());
    }
    let (key, verified) = match authenticate(inner, parsed).await {
        Ok(found) => found,
        Err(Refused::NoKey(why)) => return without_key(inner, parsed, body, why).await,
        Err(Refused::Problem(problem)) => return Err(problem),
    };
    if inner.replays.was_taken(&verified) {
        return Ok(());
    }
    if let Ok(server) = Url::parse(&key.owner) {
        let formats = inner.fetcher.formats();
        formats.hint(&host_of(&server), verified.format());
    }
    if Envelope::read(body)?.kind.0 == HANDSHAKE {
        handshake::receive(inner, &key, body).await?;
    } else {
        inbound::receive(inner, &key, body).await?;
    }
    inner.replays.remember(&verified, inner.now());
    Ok(())
}

enum Refused {
    NoKey(NoKey),
    Problem(Problem),
}

/// Verifies with the key that is kept or fetched; when it does not hold and is old, with a newer one.
async fn authenticate(inner: &Inner, parsed: &Parsed) -> Result<(OutsideKey, Verified), Refused> {
    let (now, key_id) = (inner.now(), parsed.key_id());
    let refuse = |error| Refused::Problem(unauthenticated(error));
    let held = inner.outsiders.key(&inner.fetcher, key_id, now).await;
    let held = held.map_err(Refused::NoKey)?;
    let error = match parsed.verify(&held.key) {
        Ok(verified) => return Ok((held, verified)),
        Err(error) => error,
    };
    if !held.may_have_changed(now) {
        return Err(refuse(error));
    }
    let newer = inner.outsiders.newer_key(&inner.fetcher, key_id, now).await;
    let newer = newer.map_err(Refused::NoKey)?;
    let verified = parsed.verify(&newer.key).map_err(refuse)?;
    Ok((newer, verified))
}

/// Servers tell everybody that an actor is gone, and then nobody can have its key. An actor of whom
/// nothing is here has nothing to lose; of another its own server is asked.
async fn without_key(
    inner: &Inner,
    parsed: &Parsed,
    body: &Bytes,
    why: NoKey,
) -> Result<(), Problem> {
    let problem = Problem::from(why);
    let envelope = Envelope::read(body)?;
    let actor = envelope.actor.0.as_ref();
    if !envelope.is_farewell() {
        return Err(problem);
    }
    if !same_origin(actor, parsed.key_id()) {
        return Err(not_the_actors());
    }
    if !is_known(inner, actor).await? {
        return Ok(());
    }
    let is_gone = inner.outsiders.is_gone(&inner.fetcher, actor, inner.now());
    if is_gone.await? {
        return dispatch::gone(inner, actor, body).await;
    }
    Err(problem)
}

/// Whether anything here is this actor's.
async fn is_known(inner: &Inner, actor: &str) -> Result<bool, tequio_store::Error> {
    let uri = actor.to_owned();
    let is_known = move |conn: &mut _| {
        Ok(person::by_uri(conn, &uri)?.is_some()
            || actor::by_uri(conn, &uri)?.is_some()
            || follower::any_of(conn, &uri, None)?
            || !vote::list_of(conn, &uri, 1)?.is_empty())
    };
    inner.engine.store().read(is_known).await
}
