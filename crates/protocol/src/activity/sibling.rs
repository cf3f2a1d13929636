//! What a sibling city says of itself: who it is, where it takes what is sent, and with which keys it speaks.
//!
//! Nothing here is asked for or kept: that is done by whoever found the sibling.

use serde_json::Value;

use super::actor::{read_multikey, read_public_key};
use super::{Malformed, Reader, main_key_id, same_origin};
use crate::keys::RsaPublicKey;

/// Longest name of a software that is kept, in characters.
const SOFTWARE_MAX: usize = 80;

/// A sibling's `Application`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiblingCity {
    /// ActivityPub id.
    pub id: String,
    /// Its shared inbox, on the same server.
    pub inbox: String,
    /// The key that signs all its requests, PEM as it was written.
    pub transport_pem: String,
    /// The same key.
    pub transport_key: RsaPublicKey,
    /// What it runs; empty where it does not say.
    pub software: String,
}

impl SiblingCity {
    /// Reads the document of the sibling that is configured as `city` (its slug).
    ///
    /// # Errors
    /// [`Malformed`], naming the member.
    pub fn read(value: &Value, city: &str) -> Result<Self, Malformed> {
        let reader = Reader::new(value, "application")?;
        let id = reader.address("id")?;
        if reader.text("type")? != "Application" {
            return Err(Malformed::new("type", "must be Application"));
        }
        if reader.text("tq:city")? != city {
            return Err(Malformed::new("tq:city", "must be the configured city"));
        }
        let inbox = match reader.any("endpoints") {
            Some(endpoints) => Reader::new(endpoints, "endpoints")?.address("sharedInbox")?,
            None => reader.address("inbox")?,
        };
        let (key_id, pem) = read_public_key(reader, id)?;
        if !same_origin(inbox, id) || key_id != main_key_id(id) {
            const NEED: &str = "must be #main-key, and the inbox on its host";
            return Err(Malformed::new("publicKey", NEED));
        }
        let key = RsaPublicKey::from_pem(pem).map_err(|_bad_key| {
            Malformed::new("publicKeyPem", "must be an RSA key of 2048 bits or more")
        })?;
        let software = reader.optional_text("tq:software")?.unwrap_or_default();
        Ok(Self {
            id: id.to_owned(),
            inbox: inbox.to_owned(),
            transport_pem: pem.to_owned(),
            transport_key: key,
            software: software.chars().take(SOFTWARE_MAX).collect(),
        })
    }
}

/// A sibling's `Group`: its part in a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiblingGroup {
    /// The topic's identity, `urn:uuid:…`.
    pub topic: String,
    /// Ed25519, multibase.
    pub public_key: String,
}

impl SiblingGroup {
    /// Reads the document at `uri`; `None` when the group is about another topic than `topic`.
    ///
    /// # Errors
    /// [`Malformed`], naming the member.
    pub fn read(value: &Value, uri: &str, topic: &str) -> Result<Option<Self>, Malformed> {
        let reader = Reader::new(value, "group")?;
        if reader.text("type")? != "Group" {
            return Err(Malformed::new("type", "must be Group"));
        }
        if reader.text("tq:topic")? != topic {
            return Ok(None);
        }
        Ok(Some(Self {
            topic: topic.to_owned(),
            public_key: read_multikey(reader, uri)?,
        }))
    }
}
