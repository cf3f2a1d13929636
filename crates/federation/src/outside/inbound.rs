//! An activity from outside, from its bytes to its effect.
//!
//! Start at [`receive`]; [`admit`] is where it ends, and what [`super::relay`], [`super::backfill`] and
//! [`super::hand_over`] bring.
//!
//! # Invariants
//! - Nobody speaks of another's object: what an actor may not claim is 401 and changes nothing.
//! - What is read is what was checked and what is handed on.
//! - Only our own database makes a 503.

use serde_json::Value;
use tequio_engine::outside::{Heard, Taken};
use tequio_protocol::activity::same_origin;
use tequio_protocol::json;
use tequio_protocol::outside::{OutsideAct, OutsideActivity, OutsideActor, Undone};
use tequio_store::outside::later::Added;

use super::origin::{Errand, Missing};
use super::{hand_over, later, parents, relay};
use crate::Inner;
use crate::outsider::OutsideKey;
use crate::problem::Problem;

/// Takes an activity that the owner of a key has signed. What hangs on a server that does not answer now is
/// kept ([`later`]) and taken when it does.
///
/// # Errors
/// [`Problem::Document`] for what cannot be read, [`Problem::Unauthenticated`] for what the signer may not
/// say, [`Problem::Fault`] for our own troubles.
pub(crate) async fn receive(
    inner: &Inner,
    sender: &OutsideKey,
    bytes: &[u8],
) -> Result<(), Problem> {
    let (activity, body) = read(bytes)?;
    let (id, kind) = (activity.id.clone(), activity.kind.clone());
    let mut errand = Errand::of(inner, &sender.owner);
    let judged = if speaks_for_itself(&sender.owner, &activity) {
        if !has_own_id(&activity) {
            return Err(Problem::Document(
                "`id` must be on the actor's server".to_owned(),
            ));
        }
        inner.outside.counts.received(&kind);
        if is_repeated(inner, &activity).await? {
            return Ok(());
        }
        let author = sender.actor.as_ref().clone();
        act_of(&mut errand, activity, body, author).await
    } else {
        passed_on(&mut errand, &sender.owner, &activity).await
    };
    if errand.is_cut_short() && is_unsettled(&judged) {
        let waits = later::keep(inner, &sender.owner, &id, bytes).await?;
        if waits == Added::Waits {
            return Ok(());
        }
    }
    note(inner, &kind, &judged?);
    Ok(())
}

/// Takes an activity that was kept, once more. Answers whether that settled it.
///
/// # Errors
/// Only our own faults.
pub(crate) async fn again(
    errand: &mut Errand<'_>,
    signer: &str,
    bytes: &[u8],
) -> Result<Settled, Problem> {
    let (activity, body) = read(bytes)?;
    let kind = activity.kind.clone();
    let judged = if !speaks_for_itself(signer, &activity) {
        passed_on(errand, signer, &activity).await
    } else {
        match errand.actor(signer).await {
            Ok(author) => act_of(errand, activity, body, author).await,
            Err(missing) => {
                tracing::debug!(signer, %missing, "the author of what was kept");
                Ok(Taken::Nothing("its author cannot be had"))
            }
        }
    };
    if errand.is_cut_short() && is_unsettled(&judged) {
        return Ok(Settled::NotYet);
    }
    match judged {
        Ok(taken) => note(errand.inner, &kind, &taken),
        Err(Problem::Unauthenticated(why)) => tracing::debug!(kind, why, "what was kept is not so"),
        Err(fault) => return Err(fault),
    }
    Ok(Settled::Settled)
}

/// Whether an activity that was kept needs no more attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Settled {
    /// It was taken, or never will be.
    Settled,
    /// A server still does not answer.
    NotYet,
}

fn speaks_for_itself(signer: &str, activity: &OutsideActivity) -> bool {
    activity.actor == signer && claims_only_its_own(activity)
}

/// Whether what was found means that nothing was done, which may change.
fn is_unsettled(judged: &Result<Taken, Problem>) -> bool {
    matches!(
        judged,
        Ok(Taken::Nothing(_)) | Err(Problem::Unauthenticated(_))
    )
}

async fn act_of(
    errand: &mut Errand<'_>,
    activity: OutsideActivity,
    body: Value,
    author: OutsideActor,
) -> Result<Taken, Problem> {
    let heard = Heard {
        activity,
        body,
        author,
    };
    act(errand, heard).await
}

async fn passed_on(
    errand: &mut Errand<'_>,
    signer: &str,
    activity: &OutsideActivity,
) -> Result<Taken, Problem> {
    let heard = confirmed(errand, signer, activity).await?;
    errand.inner.outside.counts.received(&activity.kind);
    act(errand, heard).await
}

/// An activity that another than its actor has signed. Mastodon passes on answers so, with a linked-data
/// signature of the author, on which nobody acts here: it counts as far as the server of its object says
/// the same.
async fn confirmed(
    errand: &mut Errand<'_>,
    signer: &str,
    activity: &OutsideActivity,
) -> Result<Heard, Problem> {
    let is_hopeless = activity.actor == signer || !has_own_id(activity);
    if is_hopeless || errand.inner.is_in_network(&activity.actor) {
        return Err(not_its_own());
    }
    let asked = async {
        let (activity, body) = relay::from_origin(errand, activity).await?;
        let author = errand.actor(&activity.actor).await?;
        Ok::<_, Missing>(Heard {
            activity,
            body,
            author,
        })
    };
    asked.await.map_err(|missing| {
        tracing::debug!(signer, %missing, "what another has signed is not confirmed");
        not_its_own()
    })
}

fn read(body: &[u8]) -> Result<(OutsideActivity, Value), Problem> {
    let value = json::parse(body).map_err(|error| Problem::Document(error.to_string()))?;
    let activity =
        OutsideActivity::read(&value).map_err(|error| Problem::Document(error.to_string()))?;
    Ok((activity, value))
}

/// Whether the id, where there is one, is on the actor's server.
fn has_own_id(activity: &OutsideActivity) -> bool {
    activity.id.is_empty() || same_origin(&activity.id, &activity.actor)
}

fn not_its_own() -> Problem {
    Problem::Unauthenticated("the signer does not speak for the actor or the object".to_owned())
}

/// Whether what an activity says of objects and actors is the actor's own business.
pub(crate) fn claims_only_its_own(activity: &OutsideActivity) -> bool {
    let actor = activity.actor.as_str();
    match &activity.act {
        OutsideAct::Create(post) | OutsideAct::Update(post) => {
            post.attributed_to == actor && same_origin(&post.id, actor)
        }
        OutsideAct::UpdateActor(changed) => changed.id == actor,
        OutsideAct::Delete { object, .. } => same_origin(object, actor),
        OutsideAct::Undo(undone) => match undone.as_ref() {
            Undone::Id(id) => same_origin(id, actor),
            Undone::Activity(inner) => inner.actor == actor,
        },
        OutsideAct::Like { .. }
        | OutsideAct::Dislike { .. }
        | OutsideAct::Announce(_)
        | OutsideAct::Lock { .. }
        | OutsideAct::Add { .. }
        | OutsideAct::Remove { .. }
        | OutsideAct::Block { .. }
        | OutsideAct::Flag { .. }
        | OutsideAct::Follow { .. }
        | OutsideAct::Accept { .. }
        | OutsideAct::Reject { .. }
        | OutsideAct::Other => true,
    }
}

/// Whether an activity that may cost fetches was taken before; all others cost nothing, and whether they
/// repeat is for the engine (NodeBB gives a Like after an Undo the same id again).
async fn is_repeated(inner: &Inner, activity: &OutsideActivity) -> Result<bool, Problem> {
    let costs = matches!(
        activity.act,
        OutsideAct::Create(_) | OutsideAct::Update(_) | OutsideAct::Announce(_)
    );
    if !costs || activity.id.is_empty() {
        return Ok(false);
    }
    let id = activity.id.clone();
    let known = move |conn: &mut _| tequio_store::received_activity::is_known(conn, &id);
    Ok(inner.engine.store().read(known).await?)
}

/// The farewell of an actor who is gone, as its own server says: nobody can sign it any more.
///
/// # Errors
/// [`Problem::Document`] for what cannot be read; else only our own faults.
pub(crate) async fn farewell(inner: &Inner, actor: &str, body: &[u8]) -> Result<(), Problem> {
    let (activity, body) = read(body)?;
    let is_farewell = matches!(&activity.act, OutsideAct::Delete { object, .. } if object == actor);
    if activity.actor != actor || !is_farewell || !has_own_id(&activity) {
        return Ok(());
    }
    let kind = activity.kind.clone();
    inner.outside.counts.received(&kind);
    let heard = Heard {
        activity,
        body,
        author: bare(actor),
    };
    let taken = act(&mut Errand::of(inner, actor), heard).await?;
    note(inner, &kind, &taken);
    Ok(())
}

/// An actor of whom only the id is known.
pub(crate) fn bare(id: &str) -> OutsideActor {
    OutsideActor {
        id: id.to_owned(),
        kind: "Person".to_owned(),
        name: String::new(),
        display_name: String::new(),
        summary: String::new(),
        url: id.to_owned(),
        inbox: id.to_owned(),
        shared_inbox: String::new(),
        outbox: String::new(),
        updated: None,
    }
}

/// Gives an authenticated activity its effect.
///
/// # Errors
/// Only our own faults.
pub(crate) async fn act(errand: &mut Errand<'_>, heard: Heard) -> Result<Taken, Problem> {
    let inner = errand.inner;
    match &heard.activity.act {
        OutsideAct::Announce(_) => relay::take(errand, heard).await,
        OutsideAct::UpdateActor(_) => {
            inner.outside.actors.forget(&heard.activity.actor);
            inner.outsiders.forget(&heard.activity.actor);
            admit(errand, heard).await
        }
        OutsideAct::Accept { .. } => {
            let author = heard.author.clone();
            let taken = admit(errand, heard).await?;
            if taken == Taken::Done {
                inner.outside.backfill.ask(author);
            }
            Ok(taken)
        }
        _ => admit(errand, heard).await,
    }
}

/// Hands an act to the engine; before it what it answers, if we have not got that; and on to a sibling,
/// if it belongs there.
///
/// # Errors
/// Only our own faults.
pub(crate) async fn admit(errand: &mut Errand<'_>, heard: Heard) -> Result<Taken, Problem> {
    let inner = errand.inner;
    let (id, body) = (heard.activity.id.clone(), heard.body.clone());
    let taken = admit_here(errand, heard).await?;
    if let Taken::HandOver { group } = &taken {
        hand_over::keep(inner, group, &id, body).await?;
    }
    Ok(taken)
}

/// [`admit`], but what belongs to a sibling stays where it is.
///
/// # Errors
/// Only our own faults.
pub(crate) async fn admit_here(errand: &mut Errand<'_>, heard: Heard) -> Result<Taken, Problem> {
    let inner = errand.inner;
    let heard = parents::as_new(inner, heard).await?;
    if let OutsideAct::Create(post) = &heard.activity.act {
        match parents::look(errand, &heard.activity, post).await? {
            parents::Base::Known => {}
            parents::Base::Sibling(group) => return Ok(Taken::HandOver { group }),
            parents::Base::Ours(missing) => {
                for parent in missing {
                    let moment = inner.moment()?;
                    let taken = inner.engine.take_outside(parent, moment).await;
                    if matches!(taken?, Taken::Nothing(_)) {
                        break;
                    }
                }
            }
        }
    }
    let moment = inner.moment()?;
    let taken = inner.engine.take_outside(heard, moment).await;
    Ok(taken?)
}

fn note(inner: &Inner, kind: &str, taken: &Taken) {
    match taken {
        Taken::Done | Taken::HandOver { .. } => inner.outside.counts.taken(kind),
        Taken::Repeated => {}
        Taken::Nothing(why) => {
            tracing::debug!(kind, why, "an activity from outside without effect")
        }
    }
}
