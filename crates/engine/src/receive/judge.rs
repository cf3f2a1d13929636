//! By what a log is judged, and how.

use std::collections::HashMap;

use serde_json::Value;
use tequio_domain::Digest;
use tequio_protocol::{
    activity::{
        Act, Activity, Blank, Card, Content, Detail, Entry, LedgerAct, Malformed, Reader,
        actor::person_uri, same_origin,
    },
    keys::Ed25519PublicKey,
    outside::{OutsideAct, OutsideActivity, OutsidePost, Undone},
    proof,
};
use tequio_store::{Conn, log, past_key};

use super::Refused;
use crate::{
    Error,
    materialize::outside::{Standing, is_farewell},
    meaning::Meaning,
};

/// The keys by which one log is judged.
pub(crate) struct Judge {
    pub(super) log: log::Log,
    keys: GroupKeys,
    authors: HashMap<String, Ed25519PublicKey>,
    /// Those from outside whom the log has named.
    outsiders: HashMap<String, Standing>,
    /// The entry that may be judged next.
    pub(super) next_seq: i64,
}

/// The keys of a group, one after the other.
#[derive(Clone)]
struct GroupKeys {
    /// The last entry that each proves, and the key; oldest first.
    past: Vec<(i64, Ed25519PublicKey)>,
    current: Ed25519PublicKey,
}

impl GroupKeys {
    fn of(conn: &mut Conn, log: &log::Log) -> Result<Self, Error> {
        let read = |key: &str| Ed25519PublicKey::from_multibase(key).map_err(Error::internal);
        let mut past = Vec::new();
        for row in past_key::of_log(conn, log.id)? {
            past.push((row.until_seq, read(&row.public_key)?));
        }
        let current = read(&log.public_key)?;
        Ok(Self { past, current })
    }

    /// The key that proves entry `seq`.
    fn at(&self, seq: i64) -> &Ed25519PublicKey {
        let past = self.past.iter().find(|(until_seq, _)| *until_seq >= seq);
        past.map_or(&self.current, |(_, key)| key)
    }

    /// The same, as a document says that is not in the log yet. What is in it is known already.
    fn follow(&mut self, seq: i64, key: &str) -> Result<(), Refused> {
        let key = Ed25519PublicKey::from_multibase(key)
            .map_err(|error| Refused::Proof(error.to_string()))?;
        if self.past.iter().all(|(until_seq, _)| *until_seq < seq) {
            self.change(seq, key);
        }
        Ok(())
    }

    /// Entries after `seq` are proven by another key.
    fn change(&mut self, seq: i64, key: Ed25519PublicKey) {
        let given_up = std::mem::replace(&mut self.current, key);
        self.past.push((seq, given_up));
    }
}

impl Judge {
    pub(crate) fn new(conn: &mut Conn, log: log::Log) -> Result<Self, Error> {
        let keys = GroupKeys::of(conn, &log)?;
        let next_seq = log.head_seq.saturating_add(1);
        Ok(Self {
            log,
            keys,
            authors: HashMap::new(),
            outsiders: HashMap::new(),
            next_seq,
        })
    }

    /// Whether it is the judge of this group's log.
    pub(crate) fn is_of(&self, group: &str) -> bool {
        self.log.group_uri == group
    }

    /// Whether the group proved this document as entry `seq` of its log.
    pub(crate) fn check_group(&self, value: &Value, seq: i64) -> Result<Digest, Refused> {
        if !is_key_of(value, &self.log.group_uri) {
            return Err(Refused::Proof("it names another key".to_owned()));
        }
        proof::verify(value, self.keys.at(seq)).map_err(|error| Refused::Proof(error.to_string()))
    }

    /// Whether the group proved an entry of which only the digest is left, and itself erased it: by an entry
    /// that comes with it, proven by the key of its own time. Answers the document as it is kept.
    pub(crate) fn check_blank(&self, value: &Value, blank: &Blank<'_>) -> Result<Value, Refused> {
        if !is_key_of(value, &self.log.group_uri) {
            return Err(Refused::Proof("it names another key".to_owned()));
        }
        proof::verify_digest(value, blank.digest, self.keys.at(blank.seq))
            .map_err(|error| Refused::Proof(error.to_string()))?;
        let mut keys = self.keys.clone();
        let mut last_seq = blank.seq;
        let mut vouching = Vec::new();
        for witness in blank.erased_by {
            let entry = Entry::read(witness)?;
            if entry.group != self.log.group_uri || entry.seq <= last_seq {
                return Err(
                    Malformed::new("tq:erasedBy", "must be entries of one log, in order").into(),
                );
            }
            proof::verify(witness, keys.at(entry.seq))
                .map_err(|error| Refused::Proof(error.to_string()))?;
            last_seq = entry.seq;
            if let Ok(activity) = Activity::read(entry.object)
                && activity.actor == self.log.group_uri
            {
                match activity.act {
                    Act::Rekey { object, key } if object == self.log.group_uri => {
                        keys.follow(entry.seq, &key)?;
                        vouching.push(witness);
                    }
                    Act::Erase(erase) if erase.names(blank.seq, blank.digest) => {
                        vouching.push(witness);
                        return Ok(Blank::of(value, blank.digest, &vouching));
                    }
                    Act::Rekey { .. }
                    | Act::Create(_)
                    | Act::Update(_)
                    | Act::Delete { .. }
                    | Act::Card(_)
                    | Act::Attest(_)
                    | Act::Tally { .. }
                    | Act::Ledger(_)
                    | Act::Erase(_) => {}
                }
            }
        }
        Err(Refused::Proof("nothing says that it was erased".to_owned()))
    }

    /// What the entry means, by its author's proof.
    pub(crate) fn meaning(&mut self, conn: &mut Conn, read: &Entry<'_>) -> Result<Meaning, Error> {
        let uri = Reader::new(read.object, "object").and_then(|object| object.address("id"));
        let uri = uri.unwrap_or_default().to_owned();
        let Ok(meaning) = Meaning::read(read) else {
            return Ok(Meaning::Void { activity_uri: uri });
        };
        let holds = match &meaning {
            Meaning::Act { activity, .. } => {
                self.may_say(activity) && self.has_proved(conn, activity, read.object)?
            }
            Meaning::Outside { activity, .. } => {
                may_stand(activity, &self.log.group_uri)
                    && self.standing(conn, &activity.actor)? == Standing::Attested
            }
            Meaning::Void { .. } => true,
        };
        if holds {
            self.learn(conn, &meaning, read.seq)?;
            return Ok(meaning);
        }
        tracing::warn!(
            activity = uri,
            group = self.log.group_uri,
            "void: its author did not prove it"
        );
        Ok(Meaning::Void { activity_uri: uri })
    }

    /// Who may speak after this entry.
    fn learn(&mut self, conn: &mut Conn, meaning: &Meaning, seq: i64) -> Result<(), Error> {
        match meaning {
            Meaning::Act { activity, .. } => match &activity.act {
                Act::Card(card) => self.learn_key(&card.id, &card.public_key),
                Act::Rekey { object, key } if *object == self.log.group_uri => {
                    let key = Ed25519PublicKey::from_multibase(key).map_err(Error::internal)?;
                    self.keys.change(seq, key);
                }
                Act::Rekey { object, key } => self.learn_key(object, key),
                Act::Attest(actor) => {
                    if self.standing(conn, &actor.id)? == Standing::Unknown {
                        self.outsiders.insert(actor.id.clone(), Standing::Attested);
                    }
                }
                Act::Create(_)
                | Act::Update(_)
                | Act::Delete { .. }
                | Act::Tally { .. }
                | Act::Ledger(_)
                | Act::Erase(_) => {}
            },
            Meaning::Outside { activity, at, .. } => {
                if is_farewell(activity) {
                    self.outsiders
                        .insert(activity.actor.clone(), Standing::Gone(*at));
                }
            }
            Meaning::Void { .. } => {}
        }
        Ok(())
    }

    fn learn_key(&mut self, author: &str, key: &str) {
        if let Ok(key) = Ed25519PublicKey::from_multibase(key) {
            self.authors.insert(author.to_owned(), key);
        }
    }

    fn standing(&mut self, conn: &mut Conn, actor: &str) -> Result<Standing, Error> {
        if let Some(standing) = self.outsiders.get(actor) {
            return Ok(*standing);
        }
        let standing = Standing::of(conn, self.log.id, actor)?;
        self.outsiders.insert(actor.to_owned(), standing);
        Ok(standing)
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
            Act::Attest(actor) => activity.actor == *group && !same_origin(&actor.id, group),
            Act::Tally { .. } => activity.actor == *group,
            Act::Rekey { object, .. } => *object == activity.actor,
            Act::Ledger(act) => is_for(act, activity, group),
            Act::Erase(erase) => {
                activity.actor == *group
                    && same_origin(&erase.left.id, group)
                    && same_origin(&erase.left.attributed_to, group)
                    && is_placed(&erase.left, group)
            }
        }
    }

    fn has_proved(
        &mut self,
        conn: &mut Conn,
        activity: &Activity,
        object: &Value,
    ) -> Result<bool, Error> {
        let by_group = match &activity.act {
            Act::Tally { .. } | Act::Attest(_) | Act::Erase(_) => true,
            Act::Rekey { object, .. } => *object == self.log.group_uri,
            Act::Ledger(_) => activity.actor == self.log.group_uri,
            Act::Create(_) | Act::Update(_) | Act::Delete { .. } | Act::Card(_) => false,
        };
        if by_group {
            return Ok(true); // The entry's own proof is the group's.
        }
        if !is_key_of(object, &activity.actor) {
            return Ok(false);
        }
        let held = self.author_key(conn, &activity.actor)?;
        if let Act::Card(card) = &activity.act {
            let key = Ed25519PublicKey::from_multibase(&card.public_key);
            // Only the key held until now can name another one.
            return Ok(key.is_ok_and(|key| {
                held.is_none_or(|held| held.to_multibase() == key.to_multibase())
                    && proof::verify(object, &key).is_ok()
            }));
        }
        Ok(held.is_some_and(|key| proof::verify(object, key).is_ok()))
    }

    /// The key of an author, as what stands before tells; `None` = no card yet.
    fn author_key(
        &mut self,
        conn: &mut Conn,
        author: &str,
    ) -> Result<Option<&Ed25519PublicKey>, Error> {
        if !self.authors.contains_key(author) {
            let Some((key, _)) = log::author_key(conn, self.log.id, author)? else {
                return Ok(None);
            };
            let key = Ed25519PublicKey::from_multibase(&key).map_err(Error::internal)?;
            self.authors.insert(author.to_owned(), key);
        }
        Ok(self.authors.get(author))
    }
}

/// Whether a post that opens a thread was meant for this group: else its proof would let a city put
/// what a member wrote for one topic into another.
fn is_placed(content: &Content, group: &str) -> bool {
    matches!(content.detail, Detail::Comment { .. }) || content.audience == group
}

/// Whether an act of the ledger was meant for this group's log, is by whom it may be, and is proven in
/// all its parts.
fn is_for(act: &LedgerAct, activity: &Activity, group: &str) -> bool {
    let by_whom = activity.actor != group || act.say.is_of_the_group();
    act.audience == group && by_whom && act.is_whole()
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

/// Whether an act from outside may stand in this group's log at all, whoever its author is: about what
/// is on the author's own server, and for this group.
pub(crate) fn may_stand(activity: &OutsideActivity, group: &str) -> bool {
    let actor = &activity.actor;
    let named = same_origin(&activity.id, actor) && !same_origin(actor, group);
    named
        && match &activity.act {
            OutsideAct::Create(post) => {
                is_by(post, actor)
                    && (post.in_reply_to.is_some() || home_of(activity, post, group) == Some(group))
            }
            OutsideAct::Update(post) => is_by(post, actor),
            OutsideAct::Delete { object, .. } => same_origin(object, actor),
            OutsideAct::Undo(undone) => restored(undone, actor).is_some(),
            OutsideAct::UpdateActor(_)
            | OutsideAct::Like { .. }
            | OutsideAct::Dislike { .. }
            | OutsideAct::Announce(_)
            | OutsideAct::Lock { .. }
            | OutsideAct::Add { .. }
            | OutsideAct::Remove { .. }
            | OutsideAct::Block { .. }
            | OutsideAct::Flag { .. }
            | OutsideAct::Follow { .. }
            | OutsideAct::Accept { .. }
            | OutsideAct::Reject { .. }
            | OutsideAct::Other => false,
        }
}

/// The post that its author takes out of its tombstone: the object of a `Delete` that is undone. A deleted
/// account does not come back.
pub(crate) fn restored<'a>(undone: &'a Undone, actor: &str) -> Option<&'a str> {
    let Undone::Activity(inner) = undone else {
        return None;
    };
    match &inner.act {
        OutsideAct::Delete { object, .. }
            if inner.actor == actor && object != actor && same_origin(object, actor) =>
        {
            Some(object)
        }
        _ => None,
    }
}

fn is_by(post: &OutsidePost, actor: &str) -> bool {
    post.attributed_to == *actor && same_origin(&post.id, actor)
}

/// Of all groups of one topic the one that an opening post is for: the first that it names, so that it
/// has one home even if it names several. Groups of one topic are known by their path.
fn home_of<'a>(
    activity: &'a OutsideActivity,
    post: &'a OutsidePost,
    group: &str,
) -> Option<&'a str> {
    let topic = group.rsplit_once("/t/").map(|(_, topic)| topic);
    let mut named = (post.audience.iter())
        .chain(&post.addressed)
        .chain(&activity.addressed)
        .map(String::as_str);
    named.find(|id| topic.is_some() && id.rsplit_once("/t/").map(|(_, topic)| topic) == topic)
}
