//! Log entries and the activities inside them.

use serde_json::{Map, Value, json};
use tequio_domain::{Digest, Timestamp};

use super::{Card, Content, Erase, LedgerAct, Malformed, PUBLIC, Reader, context, same_origin};
use crate::keys::Ed25519PublicKey;
use crate::outside::{OutsideActivity, OutsideActor};

/// One element of a log: a group's `Announce` of one activity, chained to the one before.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// Its id.
    pub id: &'a str,
    /// The group whose log it stands in.
    pub group: &'a str,
    /// When the group took it in.
    pub published: Timestamp,
    /// Place in the log, from 1.
    pub seq: i64,
    /// Digest of the entry before; `None` exactly for the first.
    pub prev: Option<Digest>,
    /// The activity, verbatim.
    pub object: &'a Value,
}

impl<'a> Entry<'a> {
    /// The document, without proof.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let mut value = json!({
            "@context": context(),
            "id": self.id,
            "type": "Announce",
            "actor": self.group,
            "to": [PUBLIC],
            "cc": [format!("{}/followers", self.group)],
            "published": self.published.to_rfc3339(),
            "object": self.object,
            "tq:seq": self.seq,
        });
        if let (Some(members), Some(prev)) = (value.as_object_mut(), self.prev) {
            members.insert("tq:prev".into(), json!(prev.to_multibase()));
        }
        value
    }

    /// Reads an entry.
    ///
    /// # Errors
    /// [`Malformed`], naming the member.
    pub fn read(value: &'a Value) -> Result<Self, Malformed> {
        let document = Reader::new(value, "entry")?;
        if document.text("type")? != "Announce" {
            return Err(Malformed::new("type", "must be Announce"));
        }
        let seq = document.number("tq:seq")?;
        let prev = match document.optional_text("tq:prev")? {
            None => None,
            Some(prev) => Some(
                Digest::from_multibase(prev)
                    .ok_or(Malformed::new("tq:prev", "must be a SHA-256 multihash"))?,
            ),
        };
        if seq < 1 || prev.is_some() != (seq > 1) {
            return Err(Malformed::new(
                "tq:prev",
                "must be there for every entry but the first",
            ));
        }
        let object = document
            .any("object")
            .ok_or(Malformed::new("object", "is missing"))?;
        Ok(Self {
            id: document.address("id")?,
            group: document.address("actor")?,
            published: document.time("published")?,
            seq,
            prev,
            object,
        })
    }
}

/// What stands inside an entry.
#[derive(Debug, Clone, PartialEq)]
pub enum Inside {
    /// An activity in our own form: of a member of the group's city, or of the group itself.
    Own(Activity),
    /// An activity of somebody from elsewhere, as received: the group attests it.
    Outside(OutsideActivity),
}

impl Inside {
    /// Reads what stands in an entry of `group`. The form is decided by where the actor is, never by
    /// what the document looks like: on the group's own server only our own form counts.
    ///
    /// # Errors
    /// [`Malformed`], naming the member.
    pub fn read(value: &Value, group: &str) -> Result<Self, Malformed> {
        let actor = Reader::new(value, "activity")?.id_of("actor")?;
        if is_beside(actor, group) {
            Activity::read(value).map(Self::Own)
        } else {
            OutsideActivity::read(value).map(Self::Outside)
        }
    }
}

/// Whether an actor is on the server of a group. The plain case, the same spelling, is decided without
/// parsing.
fn is_beside(actor: &str, group: &str) -> bool {
    let base_url = group.rsplit_once("/t/").map(|(base_url, _)| base_url);
    let rest = base_url.and_then(|base_url| actor.strip_prefix(base_url));
    rest.is_some_and(|rest| rest.starts_with('/')) || same_origin(actor, group)
}

/// An activity inside an entry, in our own form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// Its id.
    pub id: String,
    /// Who acts.
    pub actor: String,
    /// When.
    pub published: Timestamp,
    /// What.
    pub act: Act,
}

/// What an activity does to the shared state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// A new post.
    Create(Box<Content>),
    /// A new version of a post.
    Update(Box<Content>),
    /// A post becomes a tombstone.
    Delete {
        /// Its id.
        object: String,
    },
    /// Who a member is: comes before the first act in each log, and when it changes.
    Card(Box<Card>),
    /// Who somebody from outside the network is, as the group has it from that person's own server:
    /// comes before their first act in each log, and when it changes.
    Attest(Box<OutsideActor>),
    /// How many people of this city found a post useful.
    Tally {
        /// The post.
        object: String,
        /// The whole number, not a difference.
        amount: i64,
    },
    /// The actor's next proof key, proven by the one held until now: the only way in which a log takes
    /// another key of a member or of its group.
    Rekey {
        /// Whose: always the actor itself.
        object: String,
        /// Ed25519, multibase.
        key: String,
    },
    /// Who takes part in the topic, and who coordinates it.
    Ledger(Box<LedgerAct>),
    /// A post loses all that its author wrote, here and in every copy.
    Erase(Box<Erase>),
}

impl Activity {
    /// The document, without proof.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let mut more = Map::new();
        let (kind, object) = match &self.act {
            Act::Create(content) => ("Create", content.to_value()),
            Act::Update(content) => ("Update", content.to_value()),
            Act::Delete { object } => ("Delete", json!(object)),
            Act::Card(card) => ("Update", card.to_value()),
            Act::Attest(actor) => ("tq:Attest", attested(actor)),
            Act::Tally { object, .. } => ("tq:Tally", json!(object)),
            Act::Rekey { object, .. } => ("tq:Rekey", json!(object)),
            Act::Ledger(act) => {
                let (kind, members) = act.members();
                more = members;
                (kind, Value::Null)
            }
            Act::Erase(erase) => ("tq:Erase", erase.left.to_value()),
        };
        let mut value = json!({
            "@context": context(),
            "id": self.id,
            "type": kind,
            "actor": self.actor,
            "to": [PUBLIC],
            "cc": [],
            "published": self.published.to_rfc3339(),
            "object": object,
        });
        if let Some(members) = value.as_object_mut() {
            if let Act::Create(content) | Act::Update(content) = &self.act {
                members.insert("audience".into(), json!(content.audience));
                members.insert("to".into(), json!([content.audience, PUBLIC]));
            }
            if let Act::Tally { amount, .. } = self.act {
                members.insert("tq:amount".into(), json!(amount));
            }
            if let Act::Rekey { key, .. } = &self.act {
                members.insert("tq:key".into(), json!(key));
            }
            if let Act::Erase(erase) = &self.act {
                members.insert("tq:entries".into(), erase.members());
            }
            members.extend(more);
        }
        value
    }

    /// Reads an activity.
    ///
    /// # Errors
    /// [`Malformed`], naming the member; also for a type we do not know.
    pub fn read(value: &Value) -> Result<Self, Malformed> {
        let document = Reader::new(value, "activity")?;
        let object = document
            .any("object")
            .ok_or(Malformed::new("object", "is missing"))?;
        let of_ledger = document.any("tq:act").is_some();
        let act = match document.text("type")? {
            _ if of_ledger => Act::Ledger(Box::new(LedgerAct::read(document)?)),
            "Create" => Act::Create(Box::new(Content::read(object)?)),
            "Update" if object.get("type").and_then(Value::as_str) == Some("Person") => {
                Act::Card(Box::new(Card::read(object)?))
            }
            "Update" => Act::Update(Box::new(Content::read(object)?)),
            "Delete" => Act::Delete {
                object: document.id_of("object")?.to_owned(),
            },
            "tq:Attest" => Act::Attest(Box::new(OutsideActor::read(object)?)),
            "tq:Tally" => Act::Tally {
                object: document.id_of("object")?.to_owned(),
                amount: document.number("tq:amount")?,
            },
            "tq:Erase" => Act::Erase(Box::new(Erase::read(document, object)?)),
            "tq:Rekey" => Act::Rekey {
                object: document.id_of("object")?.to_owned(),
                key: read_key(document)?,
            },
            _ => return Err(Malformed::new("type", "is not one that a log carries")),
        };
        Ok(Self {
            id: document.address("id")?.to_owned(),
            actor: document.address("actor")?.to_owned(),
            published: document.time("published")?,
            act,
        })
    }
}

fn read_key(document: Reader<'_>) -> Result<String, Malformed> {
    let key = document.text("tq:key")?;
    Ed25519PublicKey::from_multibase(key)
        .map_err(|_bad_key| Malformed::new("tq:key", "must be an Ed25519 key in multibase"))?;
    Ok(key.to_owned())
}

/// What a group tells of somebody from outside: who it is, and where to write to them.
fn attested(actor: &OutsideActor) -> Value {
    let mut value = json!({
        "id": actor.id,
        "type": actor.kind,
        "preferredUsername": actor.name,
        "name": actor.display_name,
        "url": actor.url,
        "inbox": actor.inbox,
    });
    if let Some(members) = value.as_object_mut()
        && !actor.shared_inbox.is_empty()
    {
        let endpoints = json!({ "sharedInbox": actor.shared_inbox });
        members.insert("endpoints".into(), endpoints);
    }
    value
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tequio_domain::Timestamp;

    use super::{Act, Activity, Inside};
    use crate::outside::{OutsideActivity, OutsideActor};

    const GROUP: &str = "https://quito.example/t/agua";

    fn actor() -> OutsideActor {
        OutsideActor {
            id: "https://lemmy.example/u/marisol".to_owned(),
            kind: "Person".to_owned(),
            name: "marisol".to_owned(),
            display_name: "Marisol".to_owned(),
            summary: String::new(),
            url: "https://lemmy.example/u/marisol".to_owned(),
            inbox: "https://lemmy.example/u/marisol/inbox".to_owned(),
            shared_inbox: "https://lemmy.example/inbox".to_owned(),
            outbox: String::new(),
            updated: None,
        }
    }

    #[test]
    fn what_a_group_attests_is_read_as_it_was_written() {
        for shared_inbox in ["https://lemmy.example/inbox", ""] {
            let actor = OutsideActor {
                shared_inbox: shared_inbox.to_owned(),
                ..actor()
            };
            let activity = Activity {
                id: "https://quito.example/a/1".to_owned(),
                actor: GROUP.to_owned(),
                published: Timestamp::from_micros(1_772_460_300_000_000),
                act: Act::Attest(Box::new(actor)),
            };
            let read = Inside::read(&activity.to_value(), GROUP);
            assert_eq!(read, Ok(Inside::Own(activity)));
        }
    }

    #[test]
    fn where_the_actor_is_decides_the_form() {
        let note = |actor: &str| {
            json!({
                "id": format!("{actor}/1"),
                "type": "Create",
                "actor": actor,
                "published": "2026-03-01T12:30:00Z",
                "object": {
                    "id": format!("{actor}/2"),
                    "type": "Note",
                    "attributedTo": actor,
                    "audience": GROUP,
                    "inReplyTo": "https://quito.example/o/3",
                    "published": "2026-03-01T12:30:00Z",
                    "content": "<p>Hola</p>",
                },
            })
        };
        for here in [
            "https://quito.example/u/eva",
            "https://quito.example:443/u/eva",
            "HTTPS://QUITO.example/u/eva",
        ] {
            let read = Inside::read(&note(here), GROUP).unwrap();
            assert!(matches!(read, Inside::Own(_)), "{here}");
        }
        for elsewhere in [
            "https://quito.example.evil/u/eva",
            "http://quito.example/u/eva",
            "https://quito.example:8443/u/eva",
        ] {
            let read = Inside::read(&note(elsewhere), GROUP).unwrap();
            let expected = OutsideActivity::read(&note(elsewhere)).unwrap();
            assert_eq!(read, Inside::Outside(expected), "{elsewhere}");
        }
    }

    #[test]
    fn an_outside_form_on_the_groups_server_is_refused() {
        let like = json!({
            "id": "https://quito.example/a/1",
            "type": "Like",
            "actor": "https://quito.example/u/eva",
            "object": "https://quito.example/o/3",
        });
        assert!(Inside::read(&like, GROUP).is_err());
        let mut several = like;
        several["actor"] = json!(["https://lemmy.example/u/x"]);
        assert!(Inside::read(&several, GROUP).is_err());
    }
}
