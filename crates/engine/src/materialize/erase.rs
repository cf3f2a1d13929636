//! A post loses all that its author wrote, and leaves a tombstone.
//!
//! # Invariants
//! - What is left is the same whether the texts were here before or never: the tombstone is made of what the
//!   erasing entry says, and the entries that carried the texts mean nothing from then on.
//! - A group that erases something else than it says (another kind of entry, another author) is taken at
//!   its word, too: then its log is judged anew as it stands now ([`amend`]). Only acts of the ledger are never
//!   erased (no city takes back what it signed there), and no change of the group's key: what comes after
//!   could not be verified any more.

use serde_json::Value;
use tequio_domain::Digest;
use tequio_protocol::{
    activity::{Act, Activity, Blank, Content, Detail, Entry, Erase},
    html::SafeHtml,
};
use tequio_store::{
    Tx, entry, file_unwanted, fork,
    object::{self, Object},
    past_key, person, setting,
};

use super::{Outcome, Step, content};
use crate::{Error, meaning::kept_document, rebuild::refill_judging};

/// Names the log that is to be judged anew; only within one transaction.
const AMEND: &str = "amend_log";

pub(super) fn erase(
    tx: &mut Tx<'_>,
    step: &Step<'_>,
    activity: &Activity,
    erase: &Erase,
) -> Result<Outcome, Error> {
    let mut is_as_said = true;
    let mut files = Vec::new();
    for (seq, digest) in &erase.entries {
        match blank(tx, step, *seq, *digest)? {
            Lost::Nothing => {}
            Lost::Version(was) if was.id == erase.left.id => {
                files.extend(was.attachments.iter().map(|file| file.digest.to_hex()));
            }
            Lost::Version(_) | Lost::Other => is_as_said = false,
        }
    }
    let post = &erase.left;
    if let Some(held) = object::in_log(tx.conn(), &post.id, step.log.id)? {
        is_as_said &= is_of(tx, &held, post)?;
    }
    let origin = origin(tx, step, erase)?;
    let as_made = Step {
        entry: &origin,
        ..*step
    };
    let outcome = content::create(tx, &as_made, post, &SafeHtml::default())?;
    let held = object::in_log(tx.conn(), &post.id, step.log.id)?;
    if let Some(held) = &held {
        leave(tx, step, held, activity, post)?;
    }
    for digest in files {
        file_unwanted::unless_named(tx, &digest)?;
    }
    if !is_as_said {
        setting::put(tx, AMEND, &step.log.id.to_string())?;
    }
    if held.is_none() && matches!(outcome, Outcome::Done) {
        // Another entry will make it, when what it awaits is here: this one comes after.
        return Ok(Outcome::waits_for(&post.id));
    }
    Ok(outcome)
}

/// The entry that made the post: so that its row has the same key before and after `tequio rebuild`.
fn origin(tx: &mut Tx<'_>, step: &Step<'_>, erase: &Erase) -> Result<entry::Entry, Error> {
    let first = erase.entries.iter().map(|(seq, _)| *seq).min();
    let held = entry::at(tx.conn(), step.log.id, first.unwrap_or(step.entry.seq))?;
    match held.filter(|row| row.seq < step.entry.seq) {
        Some(row) if !object::exists(tx.conn(), row.id)? => Ok(row),
        Some(_) | None => Ok(step.entry.clone()),
    }
}

/// After a batch: makes the tables anew when something was erased that nobody erases.
pub(crate) fn amend(tx: &mut Tx<'_>, city: &str) -> Result<(), Error> {
    let Some(log_id) = setting::get(tx.conn(), AMEND)? else {
        return Ok(());
    };
    tracing::warn!(
        log_id,
        "what was erased is not what was said: the log is judged anew"
    );
    refill_judging(tx, city, log_id.parse().ok())?;
    setting::remove(tx, AMEND)?;
    Ok(())
}

/// What an entry said that loses its body.
enum Lost {
    /// It has none, or keeps it.
    Nothing,
    /// A post, new or changed.
    Version(Box<Content>),
    /// Something that is no text of a post.
    Other,
}

/// Takes the body of one entry away.
fn blank(tx: &mut Tx<'_>, step: &Step<'_>, seq: i64, digest: Digest) -> Result<Lost, Error> {
    let by = step.entry;
    let Some(row) = entry::at(tx.conn(), step.log.id, seq)? else {
        return Ok(Lost::Nothing);
    };
    let is_named = row.digest == digest.to_hex() && seq < by.seq;
    let value = kept_document(&row.body)?;
    if !is_named || Blank::is_one(&value) {
        return Ok(Lost::Nothing);
    }
    if is_kept(&value, &step.log.group_uri) {
        return Ok(Lost::Nothing);
    }
    let mut witnesses: Vec<Value> = Vec::new();
    for key in past_key::of_log(tx.conn(), step.log.id)? {
        if (seq..by.seq).contains(&key.until_seq)
            && let Some(change) = entry::at(tx.conn(), step.log.id, key.until_seq)?
        {
            witnesses.push(kept_document(&change.body)?);
        }
    }
    witnesses.push(kept_document(&by.body)?);
    let witnesses: Vec<&Value> = witnesses.iter().collect();
    let body = Blank::of(&value, digest, &witnesses).to_string();
    entry::blank(tx, row.id, &Blank::uri(&step.log.group_uri, seq), &body)?;
    fork::blank(tx, step.log.id, &row.digest, &body)?;
    Ok(content_of(&value).map_or(Lost::Other, Lost::Version))
}

/// Whether an entry keeps its body whatever its group says.
fn is_kept(value: &Value, group: &str) -> bool {
    let Some(object) = value.get("object") else {
        return false;
    };
    let is_rekey = Activity::read(object)
        .is_ok_and(|read| read.actor == group && matches!(read.act, Act::Rekey { .. }));
    is_rekey || object.get("tq:act").is_some()
}

/// The post that an entry makes or changes.
pub(crate) fn content_of(value: &Value) -> Option<Box<Content>> {
    let entry = Entry::read(value).ok()?;
    match Activity::read(entry.object).ok()?.act {
        Act::Create(post) | Act::Update(post) => Some(post),
        Act::Delete { .. }
        | Act::Card(_)
        | Act::Attest(_)
        | Act::Tally { .. }
        | Act::Rekey { .. }
        | Act::Ledger(_)
        | Act::Erase(_) => None,
    }
}

/// Whether a post is what the erasing entry says of it.
fn is_of(tx: &mut Tx<'_>, held: &Object, post: &Content) -> Result<bool, Error> {
    let author = person::by_id(tx.conn(), held.author_id)?;
    let parent = match held.parent_id {
        Some(id) => Some(object::by_id(tx.conn(), id)?.uri),
        None => None,
    };
    let answers = match &post.detail {
        Detail::Comment { in_reply_to } => Some(in_reply_to.clone()),
        Detail::Thread { .. } | Detail::Knowledge { .. } => None,
    };
    Ok(held.kind == post.kind().as_str()
        && author.uri == post.attributed_to
        && parent == answers
        && held.created_at == post.published.micros())
}

/// Makes the tombstone.
fn leave(
    tx: &mut Tx<'_>,
    step: &Step<'_>,
    held: &Object,
    activity: &Activity,
    post: &Content,
) -> Result<(), Error> {
    if held.deleted_at.is_none() {
        content::bury(tx, held, activity.published.micros())?;
    }
    object::erase(tx, held.id, activity.published.micros(), &post.language)?;
    content::put_details(tx, step, held.id, post)
}
