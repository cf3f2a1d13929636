//! What the coordination of a topic rules about posts: hidden and shown again, closed and opened.
//!
//! A ruling counts by the rule for all coordinating acts (`State::counts`): in its term, by the city that
//! holds it, before its end. Of the rulings about one object that count, the last one of the latest term
//! is in force, whatever their order of arrival. A lock is kept at the doors: no city admits an answer of
//! its own people to a locked thread; answers that were on their way count.

use std::collections::BTreeMap;

use tequio_domain::{
    Invalid, Oid,
    ledger::{CoordinatingAct, Counts, State, TermNo},
};
use tequio_protocol::activity::ledger::{Ruling, Say};
use tequio_store::{
    log, object,
    ruling::{self, LOCKED, REMOVED},
    topic,
};

use super::{Acta, Recorded, hand_over::Speech, speak::latest};
use crate::{Engine, Error, Member, Moment};

/// The coordinating city rules about a post of its topic; `speech.note` is the reason, for all to read.
///
/// # Errors
/// [`Error::Forbidden`] for who is no administrator; [`Error::Ledger`] with the reason for which it would
/// not count; [`Error::Invalid`] of field `note` without a reason; [`Error::NotFound`].
pub async fn rule(
    engine: &Engine,
    admin: &Member,
    moment: Moment,
    reason: &str,
    (oid, ruling): (Oid, Ruling),
) -> Result<(), Error> {
    if reason.trim().is_empty() {
        return Err(Invalid::new("note", "missing").into());
    }
    let (topic, uri) = engine
        .store()
        .read(move |conn| {
            let held = object::by_oid(conn, &oid.to_string())?.ok_or(Error::NotFound)?;
            if matches!(ruling, Ruling::Lock | Ruling::Unlock) && held.parent_id.is_some() {
                return Err(Error::NotFound);
            }
            let topic = topic::by_id(conn, held.topic_id)?;
            Ok((topic.slug, held.uri))
        })
        .await?;
    let speech = Speech {
        topic,
        note: reason.to_owned(),
    };
    engine
        .speak(admin, moment, speech, move |floor| {
            let term = latest(floor.acta)?.number;
            let row = log::by_group(floor.tx.conn(), floor.group)?.ok_or(Error::NotFound)?;
            let act = CoordinatingAct {
                term,
                city: floor.city.clone(),
                seq: row.head_seq.saturating_add(1),
            };
            match floor.acta.state.counts(&act) {
                Counts::Yes => Ok(Say::Rule {
                    term,
                    object: uri,
                    ruling,
                }),
                Counts::No(reason) => Err(Error::Ledger(reason)),
                Counts::Waits(_) => Err(Error::Forbidden("rule before the term is here")),
            }
        })
        .await
}

/// Says in the state what each ruling comes to, beside what the rules say of the ledger's own acts.
pub(super) fn judge(state: &mut State, acts: &[Recorded]) {
    for act in acts {
        let Say::Rule { term, .. } = &act.act.say else {
            continue;
        };
        let asked = CoordinatingAct {
            term: *term,
            city: act.at.city.clone(),
            seq: act.at.seq,
        };
        match state.counts(&asked) {
            Counts::Yes => {}
            Counts::No(reason) => {
                state.refusals.insert(act.at.clone(), reason);
            }
            Counts::Waits(wait) => {
                state.waiting.insert(act.at.clone(), wait);
            }
        }
    }
}

/// What is in force.
pub(super) fn in_force(acta: &Acta) -> Vec<ruling::Ruling> {
    let mut last: BTreeMap<(&str, &str), (TermNo, i64, bool, &Recorded)> = BTreeMap::new();
    for act in &acta.acts {
        let Say::Rule {
            term,
            object,
            ruling,
        } = &act.act.say
        else {
            continue;
        };
        if acta.refusal(&act.at).is_some() || acta.wait(&act.at).is_some() {
            continue;
        }
        let (kind, holds) = match ruling {
            Ruling::Remove => (REMOVED, true),
            Ruling::Restore => (REMOVED, false),
            Ruling::Lock => (LOCKED, true),
            Ruling::Unlock => (LOCKED, false),
        };
        let new = (*term, act.at.seq, holds, act);
        let held = last.entry((object.as_str(), kind)).or_insert(new);
        if (held.0, held.1) < (new.0, new.1) {
            *held = new;
        }
    }
    let rows = last.into_iter().filter(|(_, (_, _, holds, _))| *holds);
    rows.map(|((object, kind), (_, _, _, act))| ruling::Ruling {
        topic_id: acta.topic.id,
        object_uri: object.to_owned(),
        kind: kind.to_owned(),
        entry_id: act.entry_id,
        made_at: act.made_at.micros(),
    })
    .collect()
}
