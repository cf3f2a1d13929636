//! What an authenticated activity does.

use std::sync::Arc;

use actix_web::web::Bytes;
use tequio_engine::receive::{Received, Refused};
use tequio_protocol::activity::Envelope;
use tequio_protocol::activity::heads::{self, Heads};
use tequio_protocol::activity::introduction::HANDSHAKE;
use tequio_protocol::json;

use crate::intake::{Incoming, IntakeError};
use crate::outside::{hand_over, inbound};
use crate::problem::Problem;
use crate::sibling::Sibling;
use crate::{Inner, bookkeeping};

/// An entry of a sibling's log, how far its logs reach, or an act of an outside author that belongs in
/// ours. Anything else is remembered only.
pub(super) async fn from_sibling(
    inner: &Inner,
    sibling: &Arc<Sibling>,
    envelope: &Envelope<'_>,
    body: &Bytes,
) -> Result<(), Problem> {
    match (envelope.kind.0.as_ref(), envelope.seq) {
        ("Announce", Some(seq)) => entry(inner, sibling, envelope, seq, body).await,
        ("Announce", None) => hand_over::receive(inner, sibling, body).await,
        // It does not know yet that it is a sibling.
        (HANDSHAKE, _) => Ok(()),
        (heads::KIND, _) => take_heads(inner, sibling, body).await,
        (_, _) => remember(inner, envelope, body).await,
    }
}

async fn entry(
    inner: &Inner,
    sibling: &Sibling,
    envelope: &Envelope<'_>,
    seq: i64,
    body: &Bytes,
) -> Result<(), Problem> {
    let text = std::str::from_utf8(body)
        .map_err(|_not_utf8| Problem::Document("the body is not UTF-8".to_owned()))?;
    let incoming = Incoming {
        seq,
        body: text.to_owned(),
    };
    match inner.intake.take(&envelope.actor.0, incoming).await {
        Ok(Received::Appended { .. }) => Ok(()),
        Ok(Received::Gap { .. }) => {
            inner.pull.notify_one();
            Ok(())
        }
        Ok(Received::Frozen) => {
            inner.tell_of_fork().await?;
            Err(Problem::Forbidden(
                "this log showed two histories and takes nothing more".to_owned(),
            ))
        }
        Ok(Received::Refused(refused)) => Err(refusal(sibling, refused)),
        Err(IntakeError::Full) => Err(Problem::TooOften { retry_after_s: 5 }),
        Err(IntakeError::Engine(error)) => Err(Problem::from(error.as_ref())),
        Err(IntakeError::Stopping) => Err(Problem::Fault),
    }
}

fn refusal(sibling: &Sibling, refused: Refused) -> Problem {
    match refused {
        Refused::Json(_) | Refused::Malformed(_) => Problem::Document(refused.to_string()),
        Refused::OtherOrigin | Refused::Proof(_) => Problem::Unauthenticated(refused.to_string()),
        // Perhaps the sibling took up the topic after it was found: it is asked again, and so is this.
        Refused::UnknownLog => {
            sibling.set_must_find(true);
            Problem::Fault
        }
    }
}

async fn take_heads(inner: &Inner, sibling: &Sibling, body: &Bytes) -> Result<(), Problem> {
    let value = json::parse(body).map_err(|error| Problem::Document(error.to_string()))?;
    let heads = Heads::read(&value).map_err(|error| Problem::Document(error.to_string()))?;
    inner.note_heads(sibling, &value, &heads).await?;
    if inner.is_ahead_of(&heads).await? {
        sibling.set_behind();
    }
    Ok(())
}

/// Siblings speak by their logs; whatever else their actors say is remembered, so that a repeat is known.
async fn remember(inner: &Inner, envelope: &Envelope<'_>, body: &Bytes) -> Result<(), Problem> {
    json::parse(body).map_err(|error| Problem::Document(error.to_string()))?;
    let actor = &envelope.actor.0;
    let id = envelope
        .id
        .as_deref()
        .filter(|id| is_on_server_of(id, actor));
    let id =
        id.ok_or_else(|| Problem::Document("`id` must be on the actor's server".to_owned()))?;
    bookkeeping::remember(inner.engine.store(), id.to_owned(), inner.now()).await?;
    Ok(())
}

/// An actor's farewell that nobody can sign any more: its own server says that it is gone.
pub(super) async fn gone(inner: &Inner, actor: &str, body: &Bytes) -> Result<(), Problem> {
    inbound::farewell(inner, actor, body).await
}

fn is_on_server_of(id: &str, actor: &str) -> bool {
    id.len() <= 2048 && tequio_protocol::activity::same_origin(id, actor)
}
