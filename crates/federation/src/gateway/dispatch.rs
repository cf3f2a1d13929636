//! What an authenticated activity does.

use std::sync::Arc;

use actix_web::web::Bytes;
use tequio_engine::{
    Moment,
    outside::{Heard, Taken},
    receive::{Received, Refused},
};
use tequio_protocol::{json, outside::OutsideActivity, random};

use super::Envelope;
use crate::intake::{Incoming, IntakeError};
use crate::outsider::OutsideKey;
use crate::problem::Problem;
use crate::sibling::Sibling;
use crate::{Inner, bookkeeping, heads};

/// An entry of a sibling's log, or how far its logs reach. Anything else is remembered only.
pub(super) async fn from_sibling(
    inner: &Inner,
    sibling: &Arc<Sibling>,
    envelope: &Envelope<'_>,
    body: &Bytes,
) -> Result<(), Problem> {
    match (envelope.kind.0.as_ref(), envelope.seq) {
        ("Announce", Some(seq)) => entry(inner, sibling, envelope, seq, body).await,
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
        Ok(Received::Frozen) => Err(Problem::Forbidden(
            "this log showed two histories and takes nothing more".to_owned(),
        )),
        Ok(Received::Refused(refused)) => Err(refusal(sibling, refused)),
        Err(IntakeError::Full) => Err(Problem::TooOften { retry_after_s: 5 }),
        Err(IntakeError::Engine(error)) => Err(Problem::fault(error)),
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
    let heads = heads::read(&value).map_err(|error| Problem::Document(error.to_string()))?;
    let behind = inner.note_heads(&heads).await.map_err(Problem::fault)?;
    if behind {
        inner.pull.notify_one();
    }
    if inner.is_ahead_of(&heads).await? {
        sibling.set_behind();
    }
    Ok(())
}

/// Something else from a sibling.
async fn remember(inner: &Inner, envelope: &Envelope<'_>, body: &Bytes) -> Result<(), Problem> {
    json::parse(body).map_err(|error| Problem::Document(error.to_string()))?;
    let actor = &envelope.actor.0;
    let id = envelope
        .id
        .as_deref()
        .filter(|id| is_on_server_of(id, actor));
    let id =
        id.ok_or_else(|| Problem::Document("`id` must be on the actor's server".to_owned()))?;
    let is_new = bookkeeping::remember(inner.engine.store(), id.to_owned(), inner.now()).await?;
    if is_new {
        inner.count_outside();
        tracing::debug!(kind = %envelope.kind.0, %actor, "an activity from outside");
    }
    Ok(())
}

/// An activity whose actor has signed it, with the actor as its server describes it.
pub(super) async fn from_outsider(
    inner: &Inner,
    sender: &OutsideKey,
    envelope: &Envelope<'_>,
    body: &Bytes,
) -> Result<(), Problem> {
    let value = json::parse(body).map_err(|error| Problem::Document(error.to_string()))?;
    let activity = OutsideActivity::read(&value)
        .map_err(|malformed| Problem::Document(malformed.to_string()))?;
    let heard = Heard {
        activity,
        body: value,
        author: sender.actor.as_ref().clone(),
    };
    let entropy = random::bytes32().map_err(Problem::fault)?;
    let moment = Moment::new(inner.now(), entropy);
    let taken = inner.engine.take_outside(heard, moment).await;
    match taken.map_err(Problem::fault)? {
        Taken::Done => inner.count_outside(),
        Taken::Repeated => {}
        Taken::Nothing(why) => {
            tracing::debug!(kind = %envelope.kind.0, actor = %envelope.actor.0, why, "no effect");
            remember(inner, envelope, body).await?;
        }
        // The city of the thread hears it only when it is addressed itself: FEDERATION.md.
        Taken::HandOver { group } => {
            tracing::debug!(kind = %envelope.kind.0, group, "for the thread of a sibling city");
            remember(inner, envelope, body).await?;
        }
    }
    Ok(())
}

/// An activity that another than its actor has signed: nobody vouches for it.
#[expect(
    clippy::unused_async,
    reason = "what is forwarded will be asked of its origin"
)]
pub(super) async fn forwarded(
    _inner: &Inner,
    _sender: &OutsideKey,
    _body: &Bytes,
) -> Result<(), Problem> {
    Err(super::not_the_actors())
}

/// An actor's farewell that nobody can sign any more: its own server says that it is gone.
#[expect(clippy::unused_async, reason = "the rows of the actor will be deleted")]
pub(super) async fn gone(_inner: &Inner, actor: &str, _body: &Bytes) -> Result<(), Problem> {
    tracing::debug!(actor, "gone, says its own server");
    Ok(())
}

fn is_on_server_of(id: &str, actor: &str) -> bool {
    id.len() <= 2048 && tequio_protocol::activity::same_origin(id, actor)
}
