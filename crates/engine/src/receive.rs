//! Entries from other cities: verified first, then kept and materialized in one transaction.
//!
//! Start at [`Engine::receive`]. `Chained` is a verified entry, `Meaning` what it says;
//! `keep` is the one place where an entry, own or received, becomes rows.
//!
//! # Invariants
//! - A log is judged by what stands in it and nothing else: its group's key, and the authors' keys
//!   that its own cards brought. So every city judges alike.
//! - An entry whose group's proof holds is kept even when its author's does not: it stands in the
//!   chain and means nothing (`is_void`), instead of stopping the log for ever.

use std::collections::HashMap;

use serde_json::Value;
use tequio_domain::{Digest, Timestamp};
use tequio_protocol::{
    activity::{
        Act, Activity, Card, Content, Detail, Entry, Malformed, Reader, actor::person_uri,
        same_origin,
    },
    json,
    keys::Ed25519PublicKey,
    proof,
};
use tequio_store::{Conn, Tx, entry, log};
use thiserror::Error;

use crate::{Engine, Error, materialize, meaning::Meaning};

/// A verified entry.
#[derive(Debug, Clone)]
pub(crate) struct Chained {
    pub(crate) uri: String,
    pub(crate) seq: i64,
    pub(crate) prev: Option<Digest>,
    pub(crate) digest: Digest,
    pub(crate) body: String,
    pub(crate) meaning: Meaning,
}

/// Why an entry was not taken; the sender's fault.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refused {
    /// Not one strict JSON document.
    #[error("not strict JSON: {0}")]
    Json(String),
    /// Not an entry.
    #[error("not an entry: {0}")]
    Malformed(#[from] Malformed),
    /// No group that this instance knows.
    #[error("no such log here")]
    UnknownLog,
    /// Entries of several logs in one batch, or an id from another server than the group's.
    #[error("an entry and its group are not from one server")]
    OtherOrigin,
    /// The group's proof does not hold.
    #[error("the group's proof does not hold: {0}")]
    Proof(String),
}

/// What became of a batch of entries of one log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// So many were new; the head is now here.
    Appended {
        /// How many were new.
        count: usize,
        /// Last entry held.
        head_seq: i64,
    },
    /// Entries are missing before these; that they exist is remembered.
    Gap {
        /// Last entry held.
        head_seq: i64,
    },
    /// Two signed histories were seen; the log takes nothing more.
    Frozen,
    /// Not taken; nothing changed.
    Refused(Refused),
}

impl Engine {
    /// Takes entries of one log, in order, as received from anyone.
    ///
    /// Verifying is done on a reader thread, keeping in one write transaction.
    ///
    /// # Errors
    /// Only our own faults; the sender's are [`Received::Refused`].
    pub async fn receive(&self, bodies: Vec<String>, now: Timestamp) -> Result<Received, Error> {
        let verified = self
            .store()
            .read(move |conn| Batch::verify(conn, bodies))
            .await?;
        let batch = match verified {
            Ok(batch) => batch,
            Err(refused) => return Ok(Received::Refused(refused)),
        };
        self.store().write(move |tx| batch.keep(tx, now)).await
    }

    /// Remembers how far logs reach elsewhere: `(group, seq)` as a sibling said. Answers whether
    /// anything is now to be pulled.
    ///
    /// # Errors
    /// The database's.
    pub async fn note_heads(&self, heads: Vec<(String, i64)>) -> Result<bool, Error> {
        self.store()
            .write(move |tx| {
                let mut behind = false;
                for (group_uri, seq) in heads {
                    let Some(row) = log::by_group(tx.conn(), &group_uri)? else {
                        continue;
                    };
                    if seq > row.known_seq {
                        log::raise_known(tx, row.id, seq)?;
                    }
                    behind |= seq > row.head_seq && !row.is_frozen;
                }
                Ok(behind)
            })
            .await
    }
}

/// Verified entries of one log, in the order given.
struct Batch {
    log_id: i64,
    entries: Vec<Seen>,
}

/// An entry whose group's proof holds.
struct Seen {
    chained: Chained,
    /// Whether its author was judged, by all that stands before it. Otherwise it is either held
    /// already or there is a gap before it, and it is never kept.
    is_judged: bool,
}

impl Batch {
    fn verify(conn: &mut Conn, bodies: Vec<String>) -> Result<Result<Self, Refused>, Error> {
        let mut judge: Option<Judge> = None;
        let mut entries = Vec::with_capacity(bodies.len());
        for body in bodies {
            match Self::verify_one(conn, &mut judge, body)? {
                Ok(seen) => entries.push(seen),
                Err(refused) => return Ok(Err(refused)),
            }
        }
        Ok(judge.ok_or(Refused::UnknownLog).map(|judge| Self {
            log_id: judge.log.id,
            entries,
        }))
    }

    fn verify_one(
        conn: &mut Conn,
        judge: &mut Option<Judge>,
        body: String,
    ) -> Result<Result<Seen, Refused>, Error> {
        let value = match json::parse(body.as_bytes()) {
            Ok(value) => value,
            Err(error) => return Ok(Err(Refused::Json(error.to_string()))),
        };
        let read = match Entry::read(&value) {
            Ok(read) => read,
            Err(malformed) => return Ok(Err(malformed.into())),
        };
        let judge = match judge {
            Some(judge) => judge,
            None => match log::by_group(conn, read.group)? {
                Some(log) => judge.insert(Judge::new(log)?),
                None => return Ok(Err(Refused::UnknownLog)),
            },
        };
        if read.group != judge.log.group_uri || !same_origin(read.id, read.group) {
            return Ok(Err(Refused::OtherOrigin));
        }
        let digest = match judge.check_group(&value) {
            Ok(digest) => digest,
            Err(refused) => return Ok(Err(refused)),
        };
        let (uri, seq, prev) = (read.id.to_owned(), read.seq, read.prev);
        // Strictly one after the other: a card that is repeated, or stands further on, must not
        // decide about an entry that it does not come right before.
        let is_judged = seq == judge.next_seq;
        let meaning = if is_judged {
            judge.next_seq = seq.saturating_add(1);
            judge.meaning(conn, read.object)?
        } else {
            Meaning::Void {
                activity_uri: String::new(),
            }
        };
        Ok(Ok(Seen {
            chained: Chained {
                uri,
                seq,
                prev,
                digest,
                body,
                meaning,
            },
            is_judged,
        }))
    }

    fn keep(self, tx: &mut Tx<'_>, now: Timestamp) -> Result<Received, Error> {
        let mut row = log::by_id(tx.conn(), self.log_id)?;
        let mut count = 0;
        for Seen { chained, is_judged } in &self.entries {
            if row.is_frozen {
                return Ok(Received::Frozen);
            }
            if chained.seq <= row.head_seq {
                let held = entry::digest_at(tx.conn(), row.id, chained.seq)?;
                if held.as_deref() != Some(chained.digest.to_hex().as_str()) {
                    return freeze(tx, &row);
                }
                continue;
            }
            if chained.seq > row.head_seq.saturating_add(1) || !is_judged {
                log::raise_known(tx, row.id, chained.seq)?;
                return Ok(Received::Gap {
                    head_seq: row.head_seq,
                });
            }
            if chained.prev != Digest::from_hex(&row.head_digest) {
                return freeze(tx, &row);
            }
            keep(tx, &row, chained, now)?;
            row.head_seq = chained.seq;
            row.head_digest = chained.digest.to_hex();
            count += 1;
        }
        Ok(Received::Appended {
            count,
            head_seq: row.head_seq,
        })
    }
}

fn freeze(tx: &mut Tx<'_>, row: &log::Log) -> Result<Received, Error> {
    tracing::error!(
        group = row.group_uri,
        "two signed histories of one log: frozen"
    );
    log::freeze(tx, row.id)?;
    Ok(Received::Frozen)
}

/// The keys by which one log is judged.
struct Judge {
    log: log::Log,
    group_key: Ed25519PublicKey,
    authors: HashMap<String, Ed25519PublicKey>,
    /// The entry that may be judged next.
    next_seq: i64,
}

impl Judge {
    fn new(log: log::Log) -> Result<Self, Error> {
        let group_key =
            Ed25519PublicKey::from_multibase(&log.public_key).map_err(Error::internal)?;
        let next_seq = log.head_seq.saturating_add(1);
        Ok(Self {
            log,
            group_key,
            authors: HashMap::new(),
            next_seq,
        })
    }

    fn check_group(&self, value: &Value) -> Result<Digest, Refused> {
        if !is_key_of(value, &self.log.group_uri) {
            return Err(Refused::Proof("it names another key".to_owned()));
        }
        proof::verify(value, &self.group_key).map_err(|error| Refused::Proof(error.to_string()))
    }

    /// What the entry means, by its author's proof.
    fn meaning(&mut self, conn: &mut Conn, object: &Value) -> Result<Meaning, Error> {
        let uri = Reader::new(object, "object").and_then(|object| object.address("id"));
        let uri = uri.unwrap_or_default().to_owned();
        let Ok(meaning) = Meaning::read(object) else {
            return Ok(Meaning::Void { activity_uri: uri });
        };
        let Meaning::Act { activity, .. } = &meaning else {
            return Ok(meaning);
        };
        if self.may_say(activity) && self.has_proved(conn, activity, object)? {
            if let Act::Card(card) = &activity.act
                && let Ok(key) = Ed25519PublicKey::from_multibase(&card.public_key)
            {
                self.authors.insert(card.id.clone(), key);
            }
            return Ok(meaning);
        }
        tracing::warn!(
            activity = uri,
            group = self.log.group_uri,
            "void: its author did not prove it"
        );
        Ok(Meaning::Void { activity_uri: uri })
    }

    /// Whether the actor may say this at all: on the group's server, about their own things.
    fn may_say(&self, activity: &Activity) -> bool {
        let group = &self.log.group_uri;
        let here = same_origin(&activity.id, group) && same_origin(&activity.actor, group);
        here && match &activity.act {
            Act::Create(content) | Act::Update(content) => {
                content.attributed_to == activity.actor
                    && same_origin(&content.id, group)
                    && is_placed(content, group)
            }
            Act::Delete { object } => same_origin(object, group),
            Act::Card(card) => card.id == activity.actor && is_named(card, group),
            Act::Tally { .. } => activity.actor == *group,
        }
    }

    fn has_proved(
        &mut self,
        conn: &mut Conn,
        activity: &Activity,
        object: &Value,
    ) -> Result<bool, Error> {
        if let Act::Tally { .. } = activity.act {
            return Ok(true); // The entry's own proof is the group's.
        }
        if !is_key_of(object, &activity.actor) {
            return Ok(false);
        }
        if let Act::Card(card) = &activity.act {
            let key = Ed25519PublicKey::from_multibase(&card.public_key);
            return Ok(key.is_ok_and(|key| proof::verify(object, &key).is_ok()));
        }
        if !self.authors.contains_key(&activity.actor) {
            let Some((key, _)) = log::author_key(conn, self.log.id, &activity.actor)? else {
                return Ok(false);
            };
            let key = Ed25519PublicKey::from_multibase(&key).map_err(Error::internal)?;
            self.authors.insert(activity.actor.clone(), key);
        }
        let key = self.authors.get(&activity.actor);
        Ok(key.is_some_and(|key| proof::verify(object, key).is_ok()))
    }
}

/// Whether a post that opens a thread was meant for this group: else its proof would let a city put
/// what a member wrote for one topic into another.
fn is_placed(content: &Content, group: &str) -> bool {
    matches!(content.detail, Detail::Comment { .. }) || content.audience == group
}

/// Whether a card's id and name say the same, so that no two people of a city share a name.
fn is_named(card: &Card, group: &str) -> bool {
    let base_url = group.rsplit_once("/t/").map(|(base_url, _)| base_url);
    base_url.is_some_and(|base_url| card.id == person_uri(base_url, &card.name))
}

/// Whether a document's proof names a key of this actor.
fn is_key_of(value: &Value, actor: &str) -> bool {
    let method = proof::method(value).and_then(|method| method.strip_prefix(actor));
    method.is_some_and(|rest| rest.starts_with('#'))
}

/// An entry becomes rows: kept, the head moved, and what it means done.
pub(crate) fn keep(
    tx: &mut Tx<'_>,
    row: &log::Log,
    chained: &Chained,
    now: Timestamp,
) -> Result<(), Error> {
    let kept = entry::Entry {
        id: tx.next_id()?,
        log_id: row.id,
        seq: chained.seq,
        digest: chained.digest.to_hex(),
        uri: chained.uri.clone(),
        activity_uri: chained.meaning.activity_uri().to_owned(),
        body: chained.body.clone(),
        received_at: now.micros(),
        is_void: matches!(chained.meaning, Meaning::Void { .. }),
    };
    entry::add(tx, &kept)?;
    log::set_head(tx, row.id, chained.seq, &kept.digest)?;
    materialize::apply(tx, row, &kept, &chained.meaning)
}
