//! Reading activities of other software.

use serde_json::Value;

use super::actor::is_actor;
use super::member::{
    Document, addressed, any, document, id, id_in, id_of, kind, list, own_id, plain, string, time,
};
use super::{
    Announced, FLAGGED_MAX, NESTING_MAX, OutsideAct, OutsideActivity, OutsideActor, OutsidePost,
    Undone,
};
use crate::activity::Malformed;

/// Longest reason of a report or removal, in characters.
const REASON_MAX: usize = 2000;

impl OutsideActivity {
    /// Reads an activity.
    ///
    /// # Errors
    /// [`Malformed`] when `type` or `actor` is missing, or an id is no absolute http(s) address.
    /// An activity that cannot be understood otherwise is [`OutsideAct::Other`].
    pub fn read(value: &Value) -> Result<Self, Malformed> {
        read(value, None, 1)
    }
}

/// Reads an activity that stands `depth` deep, the outermost at 1. `implied`: who acts where it
/// does not say so itself (the inside of an Undo).
fn read(value: &Value, implied: Option<&str>, depth: usize) -> Result<OutsideActivity, Malformed> {
    if depth > NESTING_MAX {
        return Err(Malformed::new("object", "is nested too deep"));
    }
    let activity = document(value, "activity")?;
    let kind = kind(activity);
    if kind.is_empty() {
        return Err(Malformed::new("type", "is missing"));
    }
    let actor = match (any(activity, "actor"), implied) {
        (None, Some(implied)) => implied.to_owned(),
        (Some(_) | None, _) => id_of(activity, "actor")?,
    };
    // What is inside may be anything: it costs the activity its meaning, not its delivery.
    let act = act(activity, kind, &actor, depth).unwrap_or(OutsideAct::Other);
    Ok(OutsideActivity {
        id: own_id(activity)?,
        kind: kind.to_owned(),
        published: time(activity, "published"),
        addressed: addressed(activity),
        actor,
        act,
    })
}

fn act(
    activity: &Document,
    kind: &str,
    actor: &str,
    depth: usize,
) -> Result<OutsideAct, Malformed> {
    let object = || id_of(activity, "object");
    let target = || id_of(activity, "target");
    Ok(match kind {
        "Create" => OutsideAct::Create(Box::new(OutsidePost::read(inside(activity)?)?)),
        "Update" => update(inside(activity)?)?,
        "Delete" => OutsideAct::Delete {
            object: object()?,
            summary: plain(string(activity, "summary"), REASON_MAX),
        },
        "Undo" => OutsideAct::Undo(Box::new(undo(inside(activity)?, actor, depth)?)),
        "Like" | "EmojiReact" | "Dislike" => vote(kind, string(activity, "content"), object()?),
        "Announce" => OutsideAct::Announce(announce(inside(activity)?, depth)?),
        "Lock" => OutsideAct::Lock { object: object()? },
        "Add" => OutsideAct::Add {
            object: object()?,
            target: target()?,
        },
        "Remove" => OutsideAct::Remove {
            object: object()?,
            target: target()?,
        },
        "Block" => OutsideAct::Block { object: object()? },
        "Flag" => flag(activity)?,
        "Follow" => OutsideAct::Follow { object: object()? },
        "Accept" => {
            let (follow, follower) = answered(inside(activity)?)?;
            OutsideAct::Accept { follow, follower }
        }
        "Reject" => {
            let (follow, follower) = answered(inside(activity)?)?;
            OutsideAct::Reject { follow, follower }
        }
        _ => OutsideAct::Other,
    })
}

fn inside(activity: &Document) -> Result<&Value, Malformed> {
    any(activity, "object").ok_or(Malformed::new("object", "is missing"))
}

fn update(object: &Value) -> Result<OutsideAct, Malformed> {
    if is_actor(kind(document(object, "object")?)) {
        return Ok(OutsideAct::UpdateActor(Box::new(OutsideActor::read(
            object,
        )?)));
    }
    Ok(OutsideAct::Update(Box::new(OutsidePost::read(object)?)))
}

fn undo(object: &Value, actor: &str, depth: usize) -> Result<Undone, Malformed> {
    if let Value::String(id) = object {
        return Ok(Undone::Id(self::id(id, "object")?.to_owned()));
    }
    let inner = read(object, Some(actor), depth + 1)?;
    if inner.actor != actor {
        return Err(Malformed::new("object", "must be an act of the same actor"));
    }
    Ok(Undone::Activity(inner))
}

/// Reactions with an emoji: a Like is one whatever the emoji (Misskey, PieFed), an `EmojiReact` when it
/// is a thumb up; a thumb down is a Dislike.
fn vote(kind: &str, emoji: &str, object: String) -> OutsideAct {
    match kind {
        "Dislike" => OutsideAct::Dislike { object },
        _ if emoji.starts_with('👎') => OutsideAct::Dislike { object },
        "Like" => OutsideAct::Like { object },
        _ if emoji.is_empty() || emoji.starts_with('👍') => OutsideAct::Like { object },
        _ => OutsideAct::Other,
    }
}

fn announce(object: &Value, depth: usize) -> Result<Announced, Malformed> {
    if let Value::String(id) = object {
        return Ok(Announced::Id(self::id(id, "object")?.to_owned()));
    }
    let inner = document(object, "object")?;
    // A post may carry `actor` too, but never an `object`. An id alone is a reference.
    if any(inner, "object").is_some() {
        let activity = read(object, None, depth + 1)?;
        return Ok(Announced::Activity(
            Box::new(activity),
            Box::new(object.clone()),
        ));
    }
    if kind(inner).is_empty() {
        return Ok(Announced::Id(id_in(object, "object")?.to_owned()));
    }
    Ok(Announced::Post(Box::new(OutsidePost::read(object)?)))
}

fn flag(activity: &Document) -> Result<OutsideAct, Malformed> {
    let objects: Vec<String> = list(activity, "object")
        .iter()
        .filter_map(|object| id_in(object, "object").ok())
        .take(FLAGGED_MAX)
        .map(str::to_owned)
        .collect();
    if objects.is_empty() {
        return Err(Malformed::new("object", "must name what is reported"));
    }
    let reason = [string(activity, "content"), string(activity, "summary")]
        .into_iter()
        .map(|reason| plain(reason, REASON_MAX))
        .find(|reason| !reason.is_empty());
    Ok(OutsideAct::Flag {
        objects,
        reason: reason.unwrap_or_default(),
    })
}

/// The Follow that is answered: its id, and who had followed.
fn answered(object: &Value) -> Result<(String, Option<String>), Malformed> {
    if let Value::String(id) = object {
        return Ok((self::id(id, "object")?.to_owned(), None));
    }
    let follow = document(object, "object")?;
    if !matches!(kind(follow), "Follow" | "") {
        return Err(Malformed::new("object", "must be a Follow"));
    }
    let follower = match any(follow, "actor") {
        None => None,
        Some(actor) => Some(id_in(actor, "actor")?.to_owned()),
    };
    Ok((own_id(follow)?, follower))
}
