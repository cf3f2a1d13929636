//! What the coordination of a topic rules: about posts (hidden, closed, featured), about people (who may
//! not write), and about the topic itself (its page, its priorities: [`super::curation`]).
//!
//! A ruling counts by the rule for all coordinating acts (`State::counts`): in its term, by the city that
//! holds it, before its end. Of the rulings about one thing that count, the last one of the latest term
//! is in force, whatever their order of arrival. A lock and a ban are kept at the doors: no city admits an
//! answer of its own people to a locked thread, or a post of a banned person; what was on its way counts.
//!
//! # Who may
//! Administrators of the coordinating city, and the members whom it chose for the topic
//! (`topic_coordinator`).

use std::collections::BTreeMap;

use tequio_domain::{
    Invalid, Oid, Timestamp,
    ledger::{CoordinatingAct, Counts, State, TermNo},
};
use tequio_protocol::activity::ledger::{Ruling, Say};
use tequio_store::{
    Conn, log, object, person,
    ruling::{self, BANNED, COLLECTION, FEATURED, LOCKED, PAGE, PRIORITIES, REMOVED},
    topic,
};

use super::{
    Acta, Recorded,
    hand_over::Speech,
    speak::{Floor, Voice, latest},
};
use crate::{Engine, Error, Member, Moment};

/// Most featured posts of a topic.
pub const FEATURED_MAX: usize = 10;
/// Most rulings that are read to find them: some may be about what is not here or not shown.
pub const FEATURED_READ: usize = 40;

/// The coordination rules about a post of its topic; `reason` is for all to read.
///
/// # Errors
/// [`Error::Forbidden`] for who may not; [`Error::Ledger`] with the reason for which it would not count;
/// [`Error::Invalid`] of field `note` without a reason, of `ruling` when too many are featured;
/// [`Error::NotFound`], also for what is ruled of whole threads only.
pub async fn rule(
    engine: &Engine,
    member: &Member,
    moment: Moment,
    reason: &str,
    (oid, ruling): (Oid, Ruling),
) -> Result<(), Error> {
    if Ruling::about_post(ruling.word()).is_none() {
        return Err(Error::NotFound);
    }
    let is_of_threads = !matches!(ruling, Ruling::Remove | Ruling::Restore);
    let (topic, uri) = engine
        .store()
        .read(move |conn| {
            let held = object::by_oid(conn, &oid.to_string())?.ok_or(Error::NotFound)?;
            if is_of_threads && held.parent_id.is_some() {
                return Err(Error::NotFound);
            }
            let topic = topic::by_id(conn, held.topic_id)?;
            Ok((topic.slug, held.uri))
        })
        .await?;
    say(engine, member, moment, (&topic, reason), move |floor| {
        if ruling == Ruling::Feature {
            must_have_room(floor, &uri)?;
        }
        Ok((uri, ruling))
    })
    .await
}

/// Who may not write in a topic, and until when.
#[derive(Debug, Clone)]
pub struct Ban {
    /// Slug of the topic.
    pub topic: String,
    /// Id of the person, of any city or from outside.
    pub person_uri: String,
    /// `None`: until it is lifted.
    pub until: Option<Timestamp>,
}

/// The coordination keeps a person from writing in a topic. A later ban replaces an earlier one.
///
/// # Errors
/// As [`rule`]; [`Error::Invalid`] of `until` when that is not ahead; [`Error::Forbidden`] for oneself.
pub async fn ban(
    engine: &Engine,
    member: &Member,
    moment: Moment,
    reason: &str,
    ban: Ban,
) -> Result<(), Error> {
    if ban.until.is_some_and(|until| until <= moment.now()) {
        return Err(Invalid::new("until", "ahead").into());
    }
    if ban.person_uri == member.person_uri {
        return Err(Error::Forbidden("ban oneself"));
    }
    let Ban {
        topic,
        person_uri,
        until,
    } = ban;
    say(engine, member, moment, (&topic, reason), move |floor| {
        person::by_uri(floor.tx.conn(), &person_uri)?.ok_or(Error::NotFound)?;
        Ok((person_uri, Ruling::Ban(until)))
    })
    .await
}

/// The coordination lifts a ban.
///
/// # Errors
/// As [`rule`]; [`Error::NotFound`] when there is none.
pub async fn unban(
    engine: &Engine,
    member: &Member,
    moment: Moment,
    reason: &str,
    (topic, person_uri): (&str, String),
) -> Result<(), Error> {
    say(engine, member, moment, (topic, reason), move |floor| {
        let topic_id = floor.acta.topic.id;
        let held = ruling::about(floor.tx.conn(), topic_id, &person_uri, BANNED)?;
        held.ok_or(Error::NotFound)?;
        Ok((person_uri, Ruling::Unban))
    })
    .await
}

/// The coordination says a ruling, if it would count. `decide` says about what, and which.
pub(super) async fn say<F>(
    engine: &Engine,
    member: &Member,
    moment: Moment,
    (topic, reason): (&str, &str),
    decide: F,
) -> Result<(), Error>
where
    F: FnOnce(&mut Floor<'_, '_>) -> Result<(String, Ruling), Error> + Send + 'static,
{
    if reason.trim().is_empty() {
        return Err(Invalid::new("note", "missing").into());
    }
    let speech = Speech {
        topic: topic.to_owned(),
        note: reason.to_owned(),
    };
    engine
        .speak_as(Voice::Topic, member, moment, speech, move |mut floor| {
            let term = latest(floor.acta)?.number;
            let row = log::by_group(floor.tx.conn(), floor.group)?.ok_or(Error::NotFound)?;
            let act = CoordinatingAct {
                term,
                city: floor.city.clone(),
                seq: row.head_seq.saturating_add(1),
            };
            match floor.acta.state.counts(&act) {
                Counts::Yes => {}
                Counts::No(reason) => return Err(Error::Ledger(reason)),
                Counts::Waits(_) => {
                    return Err(Error::Forbidden("rule before the term is here"));
                }
            }
            let (object, ruling) = decide(&mut floor)?;
            Ok(Say::Rule {
                term,
                object,
                ruling,
            })
        })
        .await
}

/// Whether a member may rule in a topic when their city coordinates it.
///
/// # Errors
/// The database's.
pub fn may_rule(conn: &mut Conn, member: &Member, topic_id: i64) -> Result<bool, Error> {
    match Voice::Topic.require(conn, member, topic_id) {
        Ok(()) => Ok(true),
        Err(Error::Forbidden(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Whether one more may be featured.
fn must_have_room(floor: &mut Floor<'_, '_>, uri: &str) -> Result<(), Error> {
    let held = ruling::of_kind(
        floor.tx.conn(),
        floor.acta.topic.id,
        FEATURED,
        FEATURED_READ,
    )?;
    let others = held.iter().filter(|row| row.object_uri != uri).count();
    if others >= FEATURED_MAX {
        return Err(Invalid::new("ruling", "too-many-featured").into());
    }
    Ok(())
}

/// Whether a person may write in a topic: where a city takes something of its people into its log.
pub(crate) fn must_not_be_banned(
    conn: &mut Conn,
    topic_id: i64,
    person_uri: &str,
    now: Timestamp,
) -> Result<(), Error> {
    match ruling::ban_at(conn, topic_id, person_uri, now.micros())? {
        None => Ok(()),
        Some(_) => Err(Invalid::new("body", "banned").into()),
    }
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

/// What a ruling puts in force: of which kind, and whether it holds or ends what held.
fn effect(ruling: &Ruling) -> (&'static str, bool) {
    match ruling {
        Ruling::Remove => (REMOVED, true),
        Ruling::Restore => (REMOVED, false),
        Ruling::Lock => (LOCKED, true),
        Ruling::Unlock => (LOCKED, false),
        Ruling::Feature => (FEATURED, true),
        Ruling::Unfeature => (FEATURED, false),
        Ruling::Ban(_) => (BANNED, true),
        Ruling::Unban => (BANNED, false),
        Ruling::Page(_) => (PAGE, true),
        Ruling::Priorities(_) => (PRIORITIES, true),
        Ruling::Collection(collection) => (COLLECTION, !collection.is_empty()),
    }
}

/// What is in force.
pub(super) fn in_force(acta: &Acta) -> Vec<ruling::Ruling> {
    let mut last: BTreeMap<(&str, &str), (TermNo, &Recorded, &Ruling)> = BTreeMap::new();
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
        let (kind, _) = effect(ruling);
        let new = (*term, act, ruling);
        let held = last.entry((object.as_str(), kind)).or_insert(new);
        if (held.0, held.1.at.seq) < (*term, act.at.seq) {
            *held = new;
        }
    }
    let rows = last
        .into_iter()
        .filter(|(_, (_, _, ruling))| effect(ruling).1);
    rows.map(|((object, kind), (_, act, ruling))| ruling::Ruling {
        topic_id: acta.topic.id,
        object_uri: object.to_owned(),
        kind: kind.to_owned(),
        entry_id: act.entry_id,
        made_at: act.made_at.micros(),
        ends_at: match ruling {
            Ruling::Ban(until) => until.map(Timestamp::micros),
            _ => None,
        },
    })
    .collect()
}
