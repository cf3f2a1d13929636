//! What an entry says, once read.

use serde_json::Value;
use tequio_protocol::{
    activity::{Act, Activity, Malformed},
    html::{self, SafeHtml},
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
    /// Nothing: it is not what a log carries, or its author did not prove it.
    Void {
        /// The id of what stands there, if it has one.
        activity_uri: String,
    },
}

impl Meaning {
    /// Reads the activity of an entry, without looking at proofs.
    pub(crate) fn read(object: &Value) -> Result<Self, Malformed> {
        let activity = Box::new(Activity::read(object)?);
        let html = match &activity.act {
            Act::Create(content) | Act::Update(content) => html::sanitize(&content.content),
            Act::Delete { .. } | Act::Card(_) | Act::Tally { .. } => html::sanitize(""),
        };
        Ok(Self::Act { activity, html })
    }

    /// What a kept entry says: proofs were checked when it came.
    pub(crate) fn of_kept(row: &entry::Entry) -> Result<Self, Error> {
        let void = || Self::Void {
            activity_uri: row.activity_uri.clone(),
        };
        if row.is_void {
            return Ok(void());
        }
        let value: Value = serde_json::from_str(&row.body).map_err(Error::internal)?;
        let object = value.get("object").unwrap_or(&Value::Null);
        Ok(Self::read(object).unwrap_or_else(|_malformed| void()))
    }

    /// The id of the activity, if it has one.
    pub(crate) fn activity_uri(&self) -> &str {
        match self {
            Self::Act { activity, .. } => &activity.id,
            Self::Void { activity_uri } => activity_uri,
        }
    }
}
