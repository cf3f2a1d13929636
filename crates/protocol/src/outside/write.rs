//! What we say to other software, in the shapes that all of it reads; Lemmy 0.19 is the strictest.
//!
//! Each document has its context and goes out as it is. Source: Lemmy 0.19.20, `crates/apub`.

use serde_json::{Value, json};
use tequio_domain::Timestamp;

use crate::activity::{PUBLIC, actor_context, context};

/// Says yes to a Follow, which is embedded whole: Lemmy and PieFed match what is inside.
#[must_use]
pub fn accept(id: &str, actor: &str, follow: &Value) -> Value {
    answer("Accept", id, actor, follow)
}

/// Says no to a Follow.
#[must_use]
pub fn reject(id: &str, actor: &str, follow: &Value) -> Value {
    answer("Reject", id, actor, follow)
}

/// Asks to follow `object`.
#[must_use]
pub fn follow(id: &str, actor: &str, object: &str) -> Value {
    json!({
        "@context": context(),
        "id": id,
        "type": "Follow",
        "actor": actor,
        "to": [object],
        "object": object,
    })
}

/// Takes back `inner`, one of our own activities, and tells those who had been told.
#[must_use]
pub fn undo(id: &str, actor: &str, inner: &Value) -> Value {
    let mut value = json!({
        "@context": context(),
        "id": id,
        "type": "Undo",
        "actor": actor,
        "object": bare(inner),
    });
    for member in ["to", "cc", "audience"] {
        if let Some(addressed) = inner.get(member).filter(|value| !value.is_null()) {
            insert(&mut value, member, addressed.clone());
        }
    }
    value
}

/// Likes `object`, which stands in the group `audience`. Not public: it goes to the object's server only.
#[must_use]
pub fn like(id: &str, actor: &str, object: &str, audience: Option<&str>) -> Value {
    let mut value = json!({
        "@context": context(),
        "id": id,
        "type": "Like",
        "actor": actor,
        "object": object,
    });
    if let Some(audience) = audience {
        insert(&mut value, "audience", json!(audience));
    }
    value
}

/// A group passes on `object`: an activity as received, or the id of an object.
#[must_use]
pub fn announce(id: &str, group: &str, object: Value, published: Timestamp) -> Value {
    json!({
        "@context": context(),
        "id": id,
        "type": "Announce",
        "actor": group,
        "to": [PUBLIC],
        "cc": [format!("{group}/followers")],
        "published": published.to_rfc3339(),
        "object": object,
    })
}

/// An actor describes itself anew; `document` is what is served at its id.
#[must_use]
pub fn update_actor(id: &str, document: &Value, published: Timestamp) -> Value {
    let actor = document.get("id").cloned().unwrap_or_default();
    let followers = document.get("followers").cloned().unwrap_or_default();
    json!({
        "@context": actor_context(),
        "id": id,
        "type": "Update",
        "actor": actor,
        "to": [PUBLIC],
        "cc": [followers],
        "published": published.to_rfc3339(),
        "object": bare(document),
    })
}

fn answer(kind: &str, id: &str, actor: &str, follow: &Value) -> Value {
    let mut value = json!({
        "@context": context(),
        "id": id,
        "type": kind,
        "actor": actor,
        "object": bare(follow),
    });
    let asked = follow.get("actor");
    let follower = asked
        .and_then(Value::as_str)
        .or_else(|| asked?.get("id")?.as_str());
    // Exactly one, or none: Lemmy refuses another number.
    if let Some(follower) = follower {
        insert(&mut value, "to", json!([follower]));
    }
    value
}

/// An activity to be embedded: the context of the outer document holds for it.
pub(super) fn bare(activity: &Value) -> Value {
    let mut bare = activity.clone();
    if let Some(members) = bare.as_object_mut() {
        members.remove("@context");
    }
    bare
}

pub(super) fn insert(value: &mut Value, member: &str, content: Value) {
    if let Some(members) = value.as_object_mut() {
        members.insert(member.to_owned(), content);
    }
}
