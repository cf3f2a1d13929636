//! What an entry says, once read.

use serde_json::Value;
use tequio_domain::Timestamp;
use tequio_protocol::{
    activity::{Act, Activity, Entry, Inside, Malformed},
    html::{self, SafeHtml},
    json,
    outside::{OutsideAct, OutsideActivity, OutsidePost},
};
use tequio_store::entry;

use crate::Error;

/// What an entry says.
#[derive(Debug, Clone)]
pub(crate) enum Meaning {
    /// An act, with the HTML of its post made safe.
    Act {
        /// The activity.
        activity: Box<Activity>,
        /// Of a post; else empty.
        html: SafeHtml,
    },
    /// An act of somebody from outside the network, with the HTML of their post made safe.
    Outside {
        /// The activity.
        activity: Box<OutsideActivity>,
        /// Of a post; else empty.
        html: SafeHtml,
        /// When the group took it in.
        at: Timestamp,
    },
    /// Nothing: it is not what a log carries, or its author did not prove it.
    Void {
        /// The id of what stands there, if it has one.
        activity_uri: String,
    },
}

impl Meaning {
    /// Reads the activity of an entry, without looking at proofs.
    pub(crate) fn read(entry: &Entry<'_>) -> Result<Self, Malformed> {
        Ok(match Inside::read(entry.object, entry.group)? {
            Inside::Own(activity) => {
                let html = match &activity.act {
                    Act::Create(content) | Act::Update(content) => html::sanitize(&content.content),
                    Act::Delete { .. }
                    | Act::Card(_)
                    | Act::Attest(_)
                    | Act::Tally { .. }
                    | Act::Rekey { .. }
                    | Act::Ledger(_)
                    | Act::Erase(_) => SafeHtml::default(),
                };
                let activity = Box::new(activity);
                Self::Act { activity, html }
            }
            Inside::Outside(activity) => Self::Outside {
                html: if let OutsideAct::Create(post) | OutsideAct::Update(post) = &activity.act {
                    html_of(post)
                } else {
                    SafeHtml::default()
                },
                activity: Box::new(activity),
                at: entry.published,
            },
        })
    }

    /// What a kept entry says: proofs were checked when it came.
    pub(crate) fn of_kept(row: &entry::Entry) -> Result<Self, Error> {
        let void = || Self::Void {
            activity_uri: row.activity_uri.clone(),
        };
        if row.is_void {
            return Ok(void());
        }
        let value = kept_document(&row.body)?;
        let read = Entry::read(&value).and_then(|entry| Self::read(&entry));
        Ok(read.unwrap_or_else(|_malformed| void()))
    }

    /// The id of the activity, if it has one.
    pub(crate) fn activity_uri(&self) -> &str {
        match self {
            Self::Act { activity, .. } => &activity.id,
            Self::Outside { activity, .. } => &activity.id,
            Self::Void { activity_uri } => activity_uri,
        }
    }
}

/// The document that a kept entry is, read by the reader that took it: any other one may see another number or
/// another member in the same bytes.
pub(crate) fn kept_document(body: &str) -> Result<Value, Error> {
    json::parse(body.as_bytes()).map_err(Error::internal)
}

/// What readers see of an outside post: its warning, if it has one, and its text.
pub(crate) fn html_of(post: &OutsidePost) -> SafeHtml {
    if post.warning.is_empty() {
        return html::sanitize(&post.html);
    }
    let warning = html::from_text(&format!("⚠ {}", post.warning));
    html::sanitize(&format!("{}{}", warning.as_str(), post.html))
}
