//! What somebody passes on: an `Announce`, or an activity under a signature that is not its actor's.
//!
//! Start at [`take`] (an `Announce` of an actor that a member follows) and [`from_origin`] (an activity
//! on the word of its object's server). Source: FEP-fe34, origin-based security.
//!
//! # Invariants
//! - What is embedded is believed when the server that vouches for the whole is its own, or when it has a
//!   proof by a key of its actor; otherwise its object is fetched from where its id says.
//! - Linked-data signatures are never looked at.
//! - At most [`MAX_NESTING`] announcements inside one another, and the fetches of one errand.

use serde_json::{Value, json};
use tequio_engine::outside::{Heard, Taken};
use tequio_protocol::activity::{PUBLIC, Reader, same_origin};
use tequio_protocol::keys::Ed25519PublicKey;
use tequio_protocol::outside::{
    Announced, OutsideAct, OutsideActivity, OutsideActor, OutsidePost, Undone,
};
use tequio_protocol::proof;
use tequio_store::object;
use tequio_store::outside::item;

use super::inbound;
use super::origin::{Errand, Missing, around};
use crate::Inner;
use crate::problem::Problem;

/// An `Announce` of an `Announce` is as deep as it goes.
const MAX_NESTING: usize = 2;
/// Ids that are followed for one announcement: an id may lead to an activity, and that to a post.
const MAX_STEPS: usize = 6;

/// What is inside of an announcement, made sure of.
enum Inside {
    /// Something of the network itself: a boost.
    Network,
    /// Nothing of use here.
    Nothing(&'static str),
    /// A new, changed or deleted post.
    Act(Box<Sure>),
    /// A post without an activity.
    Post(Box<OutsidePost>),
}

/// An activity that its own server vouches for.
struct Sure {
    activity: OutsideActivity,
    body: Value,
    /// That server is the announcer's.
    is_own: bool,
}

/// Takes an `Announce` whose actor has signed it.
///
/// # Errors
/// Only our own faults.
pub(crate) async fn take(errand: &mut Errand<'_>, heard: Heard) -> Result<Taken, Problem> {
    let inner = errand.inner;
    let announcer = heard.activity.actor.clone();
    let OutsideAct::Announce(announced) = &heard.activity.act else {
        return Ok(Taken::Nothing("not an announcement"));
    };
    if is_boost(inner, announced) {
        return Ok(Taken::Nothing("a boost of something of this network"));
    }
    let is_followed = inner.engine.is_followed_outside(&announcer).await;
    if !is_followed? {
        return Ok(Taken::Nothing("nobody here follows the announcer"));
    }
    let raw = heard.body.get("object").cloned().unwrap_or_default();
    let inside = look_inside(errand, &announcer, announced.clone(), raw).await;
    match inside {
        Ok(Inside::Network) => Ok(Taken::Nothing("a boost of something of this network")),
        Ok(Inside::Nothing(why)) => Ok(Taken::Nothing(why)),
        Ok(Inside::Post(post)) => pass_on(inner, heard, *post).await,
        Ok(Inside::Act(sure)) => take_sure(errand, heard, *sure).await,
        Err(missing) => {
            tracing::debug!(announcer, %missing, "what is announced cannot be had");
            Ok(Taken::Nothing("what is announced cannot be had"))
        }
    }
}

/// Known without looking closer: what is announced is ours or a sibling's.
fn is_boost(inner: &Inner, announced: &Announced) -> bool {
    match announced {
        Announced::Id(id) => inner.is_in_network(id),
        Announced::Post(post) => inner.is_in_network(&post.id),
        Announced::Activity(activity, _) => inner.is_in_network(&activity.actor),
    }
}

async fn take_sure(errand: &mut Errand<'_>, heard: Heard, sure: Sure) -> Result<Taken, Problem> {
    let inner = errand.inner;
    let Sure {
        activity,
        body,
        is_own,
    } = sure;
    let concerns_us =
        inbound::claims_only_its_own(&activity) && concerns_us(inner, &activity.act).await?;
    let post = match &activity.act {
        OutsideAct::Create(post) | OutsideAct::Update(post) => Some(post.clone()),
        _ => None,
    };
    let mut taken = Taken::Nothing("it concerns nothing here");
    if concerns_us {
        match errand.actor(&activity.actor).await {
            Ok(author) => {
                let inside = Heard {
                    activity,
                    body,
                    author,
                };
                taken = inbound::admit(errand, inside).await?;
            }
            Err(missing) => tracing::debug!(%missing, "the author of what is announced"),
        }
    }
    let passed = match post {
        Some(post) => pass_on(inner, heard, *post).await?,
        // What a group takes from its own stream, whosever it was.
        None if is_own => {
            let moment = inner.moment()?;
            let taken = inner.engine.take_outside(heard, moment).await;
            taken?
        }
        None => Taken::Nothing("it concerns nothing here"),
    };
    Ok(if passed == Taken::Done { passed } else { taken })
}

async fn pass_on(inner: &Inner, heard: Heard, post: OutsidePost) -> Result<Taken, Problem> {
    let moment = inner.moment()?;
    let taken = inner.engine.take_passed_on(heard, post, moment).await;
    Ok(taken?)
}

/// Whether an act is about a post that we hold, or answers one in a thread.
async fn concerns_us(inner: &Inner, act: &OutsideAct) -> Result<bool, Problem> {
    let ids = match act {
        OutsideAct::Create(post) | OutsideAct::Update(post) => {
            let parent = post.in_reply_to.clone();
            [Some(post.id.clone()), parent]
        }
        OutsideAct::Delete { object, .. } => [Some(object.clone()), None],
        _ => return Ok(false),
    };
    let is_delete = matches!(act, OutsideAct::Delete { .. });
    let held = inner.engine.store().read(move |conn| {
        for id in ids.into_iter().flatten() {
            if is_delete && item::by_uri(conn, &id)?.is_some() {
                return Ok(true);
            }
            if object::by_uri(conn, &id)?.is_some() {
                return Ok(true);
            }
        }
        Ok::<_, tequio_store::Error>(false)
    });
    Ok(held.await?)
}

/// Follows ids and announcements inside one another to something that its own server vouches for.
async fn look_inside(
    errand: &mut Errand<'_>,
    announcer: &str,
    announced: Announced,
    raw: Value,
) -> Result<Inside, Missing> {
    // Whose server vouches for what is embedded; empty: nobody's.
    let mut voucher = announcer.to_owned();
    let (mut announced, mut raw, mut depth) = (announced, raw, 1);
    for _step in 0..MAX_STEPS {
        if is_boost(errand.inner, &announced) {
            return Ok(Inside::Network);
        }
        match announced {
            Announced::Id(id) => {
                let found = errand.fetch(&id).await?;
                voucher = own_id(&found).to_owned();
                announced = classify(announcer, &found)
                    .ok_or_else(|| Missing::refused("it is neither a post nor an activity"))?;
                raw = found;
            }
            // Lemmy announces each post once more as a copy under a made-up id, with an `actor`.
            Announced::Post(_)
                if raw.get("actor").is_some_and(|actor| !actor.is_null())
                    && voucher == announcer =>
            {
                return Ok(Inside::Nothing("a copy for other software"));
            }
            Announced::Post(post) if is_by(&post, &voucher) => return Ok(Inside::Post(post)),
            Announced::Post(post) => {
                let (post, _) = errand.post(&post.id).await?;
                return Ok(Inside::Post(Box::new(post)));
            }
            Announced::Activity(activity, body) => match activity.act {
                OutsideAct::Announce(inside) if depth < MAX_NESTING => {
                    depth += 1;
                    if !same_origin(&activity.actor, &voucher) {
                        voucher.clear();
                    }
                    raw = body.get("object").cloned().unwrap_or_default();
                    announced = inside;
                }
                OutsideAct::Announce(_) => {
                    return Ok(Inside::Nothing("announcements inside announcements"));
                }
                OutsideAct::Undo(undone) => return restored(errand, *undone).await,
                _ => return sure(errand, announcer, &voucher, *activity, *body).await,
            },
        }
    }
    Err(Missing::TooMuch)
}

/// A deletion that is taken back: the post is what its own server shows now.
async fn restored(errand: &mut Errand<'_>, undone: Undone) -> Result<Inside, Missing> {
    const NOTHING: Inside = Inside::Nothing("only posts count in what is passed on");
    let Undone::Activity(inner) = undone else {
        return Ok(NOTHING);
    };
    let OutsideAct::Delete { object, .. } = inner.act else {
        return Ok(NOTHING);
    };
    let (post, _) = errand.post(&object).await?;
    Ok(Inside::Post(Box::new(post)))
}

/// What an id led to, in the words of an `Announce`: a post or an activity.
fn classify(announcer: &str, found: &Value) -> Option<Announced> {
    let wrapped = json!({ "type": "Announce", "actor": announcer, "object": found });
    match OutsideActivity::read(&wrapped).ok()?.act {
        OutsideAct::Announce(Announced::Id(_)) => None,
        OutsideAct::Announce(announced) => Some(announced),
        _ => None,
    }
}

fn own_id(document: &Value) -> &str {
    document
        .get("id")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn is_by(post: &OutsidePost, voucher: &str) -> bool {
    same_origin(&post.id, voucher) && same_origin(&post.attributed_to, voucher)
}

/// Makes sure of an embedded activity: by its server, its proof, or its object's server.
async fn sure(
    errand: &mut Errand<'_>,
    announcer: &str,
    voucher: &str,
    activity: OutsideActivity,
    body: Value,
) -> Result<Inside, Missing> {
    let is_post = match &activity.act {
        OutsideAct::Create(_) | OutsideAct::Update(_) => true,
        OutsideAct::Delete { .. } => false,
        _ => return Ok(Inside::Nothing("only posts count in what is passed on")),
    };
    let is_own_act = inbound::claims_only_its_own(&activity);
    let is_vouched_for = if same_origin(&activity.actor, voucher) {
        // A moderator on the group's server may delete another's post: from the group's own stream.
        is_own_act || !is_post
    } else {
        is_own_act && is_proven(errand, &activity, &body).await
    };
    let (activity, body) = if is_vouched_for {
        (activity, body)
    } else {
        from_origin(errand, &activity).await?
    };
    let is_own = same_origin(&activity.actor, announcer);
    Ok(Inside::Act(Box::new(Sure {
        activity,
        body,
        is_own,
    })))
}

/// Whether an activity has a proof by a key that its actor publishes.
async fn is_proven(errand: &mut Errand<'_>, activity: &OutsideActivity, body: &Value) -> bool {
    let Some(method) = proof::method(body) else {
        return false;
    };
    let Ok(actor) = errand.fetch(&activity.actor).await else {
        return false;
    };
    if own_id(&actor) != activity.actor {
        return false;
    }
    if let Ok(read) = OutsideActor::read(&actor) {
        errand.inner.outside.actors.put(read, errand.inner.now());
    }
    let keys = Reader::new(&actor, "actor").map(|actor| actor.list("assertionMethod"));
    keys.unwrap_or_default().iter().any(|key| {
        let text = |member| key.get(member).and_then(Value::as_str).unwrap_or_default();
        text("id") == method
            && text("controller") == activity.actor
            && Ed25519PublicKey::from_multibase(text("publicKeyMultibase"))
                .is_ok_and(|key| proof::verify(body, &key).is_ok())
    })
}

/// A Create, Update or Delete on the word of its object's server: the post as it is there now, or that
/// it is gone from there. Of what was passed on only the activity's id and kind remain.
///
/// # Errors
/// [`Missing`]; [`Missing::Refused`] when the server says otherwise.
pub(crate) async fn from_origin(
    errand: &mut Errand<'_>,
    activity: &OutsideActivity,
) -> Result<(OutsideActivity, Value), Missing> {
    if !inbound::claims_only_its_own(activity) || activity.id.is_empty() {
        return Err(Missing::refused("the actor cannot have done that"));
    }
    let now = errand.inner.now();
    let body = match &activity.act {
        OutsideAct::Create(post) | OutsideAct::Update(post) => {
            let (found, object) = errand.post(&post.id).await?;
            if found.id != post.id || found.attributed_to != activity.actor {
                return Err(Missing::refused("its server shows another post there"));
            }
            around(&activity.kind, &activity.id, &activity.actor, object, now)
        }
        OutsideAct::Delete { object, .. } => {
            if !errand.is_gone(object).await? {
                return Err(Missing::refused("its server still has it"));
            }
            json!({
                "id": activity.id,
                "type": "Delete",
                "actor": activity.actor,
                "to": [PUBLIC],
                "cc": [],
                "tq:fetched": now.to_rfc3339(),
                "object": object,
            })
        }
        _ => return Err(Missing::refused("no server can confirm it")),
    };
    let activity =
        OutsideActivity::read(&body).map_err(|error| Missing::refused(error.to_string()))?;
    Ok((activity, body))
}
