//! Entries from other cities: verified first, then kept and materialized in one transaction.
//!
//! Start at [`Engine::receive`]. `Chained` is a verified entry, `Meaning` what it says;
//! `keep` is the one place where an entry, own or received, becomes rows.
//!
//! # Invariants
//! - A log is judged by what stands in it and nothing else: its group's key, and the authors' keys
//!   that its own cards brought. So every city judges alike.
//! - What somebody from outside the network did has no proof of its own: it counts where the log's group
//!   attests its author, and only for what is on the author's own server.
//! - An entry whose group's proof holds is kept even when its author's does not: it stands in the
//!   chain and means nothing (`is_void`), instead of stopping the log for ever.
//! - A log that its group told in two ways ends before they part, in every city alike (`fork`).

mod fork;
mod judge;

use serde_json::Value;
use tequio_domain::{Digest, Timestamp};
use tequio_protocol::{
    activity::{Act, Blank, Entry, Malformed, same_origin},
    json,
};
use tequio_store::{Conn, Tx, entry, log};
use thiserror::Error;

use crate::{
    Engine, Error, ledger,
    materialize::{self, erase},
    meaning::Meaning,
};
pub(crate) use judge::{Judge, may_stand, restored};

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
        let city = self.identity().city.to_string();
        self.store()
            .write(move |tx| batch.keep(tx, now, &city))
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
    /// Whether its body is gone; then nobody signed which entry it says to follow.
    is_blank: bool,
}

impl Seen {
    fn erases(&self) -> bool {
        let Meaning::Act { activity, .. } = &self.chained.meaning else {
            return false;
        };
        matches!(activity.act, Act::Erase(_))
    }
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
        if Blank::is_one(&value) {
            return Self::verify_blank(conn, judge, &value);
        }
        let read = match Entry::read(&value) {
            Ok(read) => read,
            Err(malformed) => return Ok(Err(malformed.into())),
        };
        let Some(judge) = judge_of(conn, judge, read.group)? else {
            return Ok(Err(Refused::UnknownLog));
        };
        if read.group != judge.log.group_uri || !same_origin(read.id, read.group) {
            return Ok(Err(Refused::OtherOrigin));
        }
        let digest = match judge.check_group(&value, read.seq) {
            Ok(digest) => digest,
            Err(refused) => return Ok(Err(refused)),
        };
        let (uri, seq, prev) = (read.id.to_owned(), read.seq, read.prev);
        // Strictly one after the other: a card that is repeated, or stands further on, must not
        // decide about an entry that it does not come right before.
        let is_judged = seq == judge.next_seq;
        let meaning = if is_judged {
            judge.next_seq = seq.saturating_add(1);
            judge.meaning(conn, &read)?
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
            is_blank: false,
        }))
    }

    fn verify_blank(
        conn: &mut Conn,
        judge: &mut Option<Judge>,
        value: &Value,
    ) -> Result<Result<Seen, Refused>, Error> {
        let read = match Blank::read(value) {
            Ok(read) => read,
            Err(malformed) => return Ok(Err(malformed.into())),
        };
        let Some(judge) = judge_of(conn, judge, read.group)? else {
            return Ok(Err(Refused::UnknownLog));
        };
        if read.group != judge.log.group_uri {
            return Ok(Err(Refused::OtherOrigin));
        }
        let kept = match judge.check_blank(value, &read) {
            Ok(kept) => kept,
            Err(refused) => return Ok(Err(refused)),
        };
        let is_judged = read.seq == judge.next_seq;
        if is_judged {
            judge.next_seq = read.seq.saturating_add(1);
        }
        Ok(Ok(Seen {
            chained: Chained {
                uri: Blank::uri(read.group, read.seq),
                seq: read.seq,
                prev: read.prev,
                digest: read.digest,
                body: kept.to_string(),
                meaning: Meaning::Void {
                    activity_uri: String::new(),
                },
            },
            is_judged,
            is_blank: true,
        }))
    }

    fn keep(self, tx: &mut Tx<'_>, now: Timestamp, city: &str) -> Result<Received, Error> {
        let received = self.keep_all(tx, now, city)?;
        if self.entries.iter().any(Seen::erases) {
            erase::amend(tx, city)?;
        }
        ledger::judge(tx)?;
        Ok(received)
    }

    fn keep_all(&self, tx: &mut Tx<'_>, now: Timestamp, city: &str) -> Result<Received, Error> {
        let mut row = log::by_id(tx.conn(), self.log_id)?;
        let mut count = 0;
        for seen in &self.entries {
            let chained = &seen.chained;
            if chained.seq <= row.head_seq {
                let held = entry::digest_at(tx.conn(), row.id, chained.seq)?;
                if held.as_deref() != Some(chained.digest.to_hex().as_str()) {
                    let before = chained.seq.saturating_sub(1);
                    let before = entry::digest_at(tx.conn(), row.id, before)?;
                    if seen.is_blank && before != chained.prev.as_ref().map(Digest::to_hex) {
                        return Ok(Received::Refused(does_not_follow()));
                    }
                    return fork::part(tx, &row, chained, now, city);
                }
                continue;
            }
            if row.is_frozen {
                return Ok(Received::Frozen);
            }
            if chained.seq > row.head_seq.saturating_add(1) || !seen.is_judged {
                log::raise_known(tx, row.id, chained.seq)?;
                return Ok(Received::Gap {
                    head_seq: row.head_seq,
                });
            }
            if chained.prev != Digest::from_hex(&row.head_digest) {
                if !seen.is_blank {
                    return fork::part(tx, &row, chained, now, city);
                }
                if count == 0 {
                    return Ok(Received::Refused(does_not_follow()));
                }
                // Those before it hold; the next batch begins with it.
                break;
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

/// An entry without body where the log goes another way: that its group told two histories is proven by nothing.
fn does_not_follow() -> Refused {
    Refused::Proof("it does not follow the entry before it".to_owned())
}

/// The judge of a batch: of the log of its first entry.
fn judge_of<'a>(
    conn: &mut Conn,
    judge: &'a mut Option<Judge>,
    group: &str,
) -> Result<Option<&'a mut Judge>, Error> {
    if judge.is_none()
        && let Some(log) = log::by_group(conn, group)?
    {
        *judge = Some(Judge::new(conn, log)?);
    }
    Ok(judge.as_mut())
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
