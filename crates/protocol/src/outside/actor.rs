//! Reading actors of other software.

use serde_json::Value;
use tequio_domain::text::DISPLAY_NAME_MAX;
use url::Url;

use super::member::{
    Document, any, cut_bytes, document, id_of, kind, line, list, optional_address, page, string,
    time,
};
use super::{CONTENT_MAX, OutsideActor};
use crate::activity::{Malformed, same_origin};

/// The types of actors; `Feed` is PieFed's collection of groups.
const KINDS: [&str; 6] = [
    "Person",
    "Group",
    "Service",
    "Application",
    "Organization",
    "Feed",
];
/// Longest `preferredUsername`, in bytes.
const NAME_MAX: usize = 128;

/// Whether `kind` is the type of an actor.
pub(super) fn is_actor(kind: &str) -> bool {
    KINDS.contains(&kind)
}

impl OutsideActor {
    /// Reads an actor's document.
    ///
    /// # Errors
    /// [`Malformed`] when `id`, `inbox` or the name is missing or no such thing, or it is no actor.
    pub fn read(value: &Value) -> Result<Self, Malformed> {
        let actor = document(value, "object")?;
        let kind = kind(actor);
        if !is_actor(kind) {
            return Err(Malformed::new("type", "must be a kind of actor"));
        }
        if !any(actor, "id").is_some_and(Value::is_string) {
            return Err(Malformed::new("id", "must be one string"));
        }
        let id = id_of(actor, "id")?;
        let name = name(actor, kind, &id)?;
        let display_name = line(string(actor, "name"), DISPLAY_NAME_MAX);
        Ok(Self {
            kind: kind.to_owned(),
            display_name: if display_name.is_empty() {
                line(&name, DISPLAY_NAME_MAX)
            } else {
                display_name
            },
            name,
            summary: cut_bytes(string(actor, "summary"), CONTENT_MAX).to_owned(),
            url: page(actor).unwrap_or_else(|| id.clone()),
            inbox: id_of(actor, "inbox")?,
            shared_inbox: shared_inbox(actor, &id),
            outbox: optional_address(actor, "outbox"),
            updated: time(actor, "updated"),
            id,
        })
    }
}

/// `preferredUsername`; the host for an `Application` without one.
fn name(actor: &Document, kind: &str, id: &str) -> Result<String, Malformed> {
    let name = string(actor, "preferredUsername");
    if name.is_empty() && kind == "Application" {
        let host = Url::parse(id)
            .ok()
            .and_then(|id| id.host_str().map(str::to_owned));
        return host.ok_or(Malformed::new("id", "must name a host"));
    }
    let stands_in_a_handle = |c: char| {
        tequio_domain::text::is_visible(c)
            && !c.is_whitespace()
            && !matches!(c, '@' | '/' | '<' | '>' | '"' | '\'' | '&' | '?' | '#')
    };
    if name.is_empty() || name.len() > NAME_MAX || !name.chars().all(stands_in_a_handle) {
        return Err(Malformed::new(
            "preferredUsername",
            "must be 1 to 128 bytes that can stand in a handle",
        ));
    }
    Ok(name.to_owned())
}

/// `endpoints.sharedInbox`, or `sharedInbox` beside it (Discourse), on the origin of the actor.
fn shared_inbox(actor: &Document, id: &str) -> String {
    let endpoints = list(actor, "endpoints").iter().find_map(Value::as_object);
    endpoints
        .into_iter()
        .chain([actor])
        .map(|holder| optional_address(holder, "sharedInbox"))
        .find(|inbox| same_origin(inbox, id))
        .unwrap_or_default()
}
