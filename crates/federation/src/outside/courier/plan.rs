//! What one host is told of the next entries, and where.
//!
//! Start at [`batch`]. One snapshot of the tables decides: an entry that had no effect is not passed on,
//! what was deleted meanwhile is not either, and an answer whose parent came later goes after it.

use std::collections::HashMap;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;
use tequio_domain::{Oid, Timestamp};
use tequio_engine::{Engine, Error};
use tequio_protocol::json;
use tequio_store::object::{self, Object};
use tequio_store::outside::actor;
use tequio_store::outside::delivery::{self, Author, Inbox, LoggedEntry};
use tequio_store::{Conn, hidden, log};
use url::Url;

use super::shape::{self, By, Deed, Place, Shape};
use crate::knock;
use crate::outside::capability::Family;

/// Entries that are looked at in one turn.
const MAX_ENTRIES: i64 = 20;
/// Most answers that are brought after their parent at once.
const MAX_EARLY: usize = 200;

/// Where a parcel goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum To {
    /// To an inbox.
    Inbox(String),
    /// To an actor whose inbox is not known here.
    Actor(String),
}

/// One delivery.
#[derive(Debug, Clone)]
pub(super) struct Parcel {
    /// Where it goes.
    pub(super) to: To,
    /// Own actor in whose name it is signed.
    pub(super) signer: String,
    /// The activity.
    pub(super) body: Bytes,
}

/// The deliveries of one entry, in order.
#[derive(Debug)]
pub(super) struct Step {
    /// Row key of the entry.
    pub(super) entry_id: i64,
    /// May be none.
    pub(super) parcels: Vec<Parcel>,
}

/// For whom a plan is made.
#[derive(Clone)]
pub(super) struct Receiver {
    /// Slug of our city.
    pub(super) own_city: String,
    /// The host.
    pub(super) host: String,
    /// What it runs.
    pub(super) family: Family,
    /// Our instance, for the documents of its actors.
    pub(super) engine: Engine,
}

/// The steps after an entry; none when there are no more entries.
///
/// # Errors
/// The store's.
pub(super) fn batch(conn: &mut Conn, to: Receiver, after: i64) -> Result<Vec<Step>, Error> {
    let entries = delivery::entries_after(conn, after, MAX_ENTRIES)?;
    if entries.is_empty() {
        return Ok(Vec::new());
    }
    let inboxes = match to.family {
        Family::Discourse => delivery::own_inboxes_at(conn, &to.host)?,
        Family::Lemmy | Family::PieFed | Family::NodeBb | Family::Microblog => {
            delivery::inboxes_at(conn, &to.host)?
        }
    };
    let mut planner = Planner {
        conn,
        to,
        inboxes,
        groups: HashMap::new(),
    };
    let mut steps = Vec::with_capacity(entries.len());
    for entry in &entries {
        steps.push(Step {
            entry_id: entry.id,
            parcels: planner.parcels(entry)?,
        });
    }
    Ok(steps)
}

/// What stands in an entry, as far as it matters here.
struct Said<'a> {
    deed: Deed,
    actor: String,
    object: String,
    raw: &'a RawValue,
}

#[derive(Deserialize)]
struct Outer<'a> {
    #[serde(borrow)]
    object: &'a RawValue,
}

#[derive(Deserialize)]
struct Activity<'a> {
    #[serde(rename = "type")]
    kind: String,
    actor: Id,
    #[serde(borrow)]
    object: &'a RawValue,
}

/// An id, or an object with one.
#[derive(Deserialize)]
#[serde(untagged)]
enum Id {
    Bare(String),
    Inside { id: String },
}

impl Id {
    fn into_string(self) -> String {
        match self {
            Self::Bare(id) | Self::Inside { id } => id,
        }
    }
}

/// `None` for what is never passed on: tallies, cards, attests, and what cannot be read.
fn read(body: &str) -> Option<Said<'_>> {
    let raw = serde_json::from_str::<Outer<'_>>(body).ok()?.object;
    let activity: Activity<'_> = serde_json::from_str(raw.get()).ok()?;
    let (deed, object) = match activity.kind.as_str() {
        "Create" => (Deed::Create, activity.object),
        "Update" => (Deed::Update, activity.object),
        "Delete" => (Deed::Delete, activity.object),
        "Undo" => {
            let inner: Activity<'_> = serde_json::from_str(activity.object.get()).ok()?;
            if inner.kind != "Delete" {
                return None;
            }
            (Deed::Restore, inner.object)
        }
        _ => return None,
    };
    let object: Id = serde_json::from_str(object.get()).ok()?;
    Some(Said {
        deed,
        actor: activity.actor.into_string(),
        object: object.into_string(),
        raw,
    })
}

pub(super) struct Planner<'a> {
    pub(super) conn: &'a mut Conn,
    pub(super) to: Receiver,
    inboxes: Vec<Inbox>,
    /// Our group of each topic.
    groups: HashMap<i64, Option<String>>,
}

/// An act that is passed on, and all that decides how.
struct Matter<'a> {
    entry: &'a LoggedEntry,
    said: &'a Said<'a>,
    held: &'a Object,
    group: String,
    author: Author,
    /// The author of what is answered, when that is someone at the host.
    asked_by: Option<String>,
}

impl Planner<'_> {
    fn parcels(&mut self, entry: &LoggedEntry) -> Result<Vec<Parcel>, Error> {
        if !entry.is_void
            && let Some(parcels) = self.ruled(entry)?
        {
            return Ok(parcels);
        }
        let Some(said) = read(&entry.body).filter(|_| !entry.is_void) else {
            return Ok(Vec::new());
        };
        let Some(held) = object::in_log(self.conn, &said.object, entry.log_id)? else {
            return Ok(Vec::new());
        };
        if !self.is_due(entry, &said, &held)? {
            return Ok(Vec::new());
        }
        let mut parcels = self.of(entry, &said, &held)?;
        if said.deed == Deed::Create {
            self.add_early(&mut parcels, entry.id, held)?;
        }
        Ok(parcels)
    }

    /// Whether the entry had its effect, which still holds, and what it answers has gone before.
    fn is_due(
        &mut self,
        entry: &LoggedEntry,
        said: &Said<'_>,
        held: &Object,
    ) -> Result<bool, Error> {
        let is_author = delivery::author(self.conn, held)?.uri == said.actor;
        if held.log_id != entry.log_id || !is_author {
            return Ok(false);
        }
        // What is hidden here, this city does not pass on. (What the coordination removed goes on its way, and
        // the removal after it.)
        let is_alive = held.deleted_at.is_none() && hidden::by_uri(self.conn, &held.uri)?.is_none();
        Ok(match said.deed {
            Deed::Create => {
                held.id == entry.id && is_alive && delivery::turn_of(self.conn, held)? == held.id
            }
            Deed::Update | Deed::Restore => {
                is_alive && delivery::turn_of(self.conn, held)? <= entry.id
            }
            Deed::Delete => delivery::turn_of(self.conn, held)? <= entry.id,
        })
    }

    /// The answers that had come before their parent, and those to them.
    fn add_early(
        &mut self,
        parcels: &mut Vec<Parcel>,
        before: i64,
        held: Object,
    ) -> Result<(), Error> {
        let limit = i64::try_from(MAX_EARLY).unwrap_or(i64::MAX);
        let mut parents = vec![held.id];
        let mut count = 0_usize;
        while let Some(parent) = parents.pop() {
            for child in delivery::early_answers(self.conn, parent, before, limit)? {
                count = count.saturating_add(1);
                if count > MAX_EARLY {
                    tracing::warn!(
                        object = held.uri,
                        "too many answers came before their parent"
                    );
                    return Ok(());
                }
                parents.push(child.id);
                if child.deleted_at.is_some() || hidden::by_uri(self.conn, &child.uri)?.is_some() {
                    continue;
                }
                let made = delivery::entry_by_id(self.conn, child.id)?;
                let later = delivery::later_version(self.conn, &child)?;
                for entry in [Some(made), later].into_iter().flatten() {
                    if entry.id <= before
                        && let Some(said) = read(&entry.body)
                    {
                        parcels.extend(self.of(&entry, &said, &child)?);
                    }
                }
            }
        }
        Ok(())
    }

    fn of(
        &mut self,
        entry: &LoggedEntry,
        said: &Said<'_>,
        held: &Object,
    ) -> Result<Vec<Parcel>, Error> {
        let Some(group) = self.group(entry.topic_id)? else {
            return Ok(Vec::new());
        };
        let asked_by = match held.parent_id {
            None => None,
            Some(parent) => {
                let parent = object::by_id(self.conn, parent)?;
                let author = delivery::author(self.conn, &parent)?;
                Some(author.uri).filter(|uri| author.city.is_empty() && self.is_here(uri))
            }
        };
        let matter = Matter {
            entry,
            said,
            held,
            group,
            author: delivery::author(self.conn, held)?,
            asked_by,
        };
        let by = match matter.author.city.as_str() {
            "" => By::Outsider,
            city if city == self.to.own_city => By::OwnMember,
            _ => By::Member,
        };
        let place = if held.group_uri == matter.group {
            Place::OwnThread
        } else {
            Place::SiblingThread
        };
        let shape = shape::of(self.to.family, said.deed, place, by);
        let by_group = self.group_targets(&matter, shape, place, by)?;
        let by_author = self.author_targets(&matter, shape, place, &by_group)?;
        let mut parcels = Vec::with_capacity(by_author.len() + by_group.len());
        let raw = Bytes::from(said.raw.get().to_owned());
        parcels.extend(by_author.into_iter().map(|to| Parcel {
            to,
            signer: matter.author.uri.clone(),
            body: raw.clone(),
        }));
        for to in by_group {
            parcels.extend(self.documents(&matter, shape).map(|body| Parcel {
                to: to.clone(),
                signer: matter.group.clone(),
                body,
            }));
        }
        Ok(parcels)
    }

    /// What the group says to one of its followers, in this order.
    fn documents(&self, matter: &Matter<'_>, shape: Shape) -> impl Iterator<Item = Bytes> {
        let reminder = shape::needs_reminder(self.to.family, matter.said.deed, shape).then(|| {
            let place = (matter.entry.city.as_str(), matter.entry.seq);
            let at = Timestamp::from_micros(matter.entry.received_at);
            let object = shape::reminder(&matter.group, place, &matter.said.object, at);
            Bytes::from(object.to_string())
        });
        reminder.into_iter().chain(self.document(matter, shape))
    }

    /// Who hears it from the group: its followers; the host of an outside author whose act stands in our
    /// log, so that its software knows it was taken; the host of whom it answers in our thread.
    fn group_targets(
        &mut self,
        matter: &Matter<'_>,
        shape: Shape,
        place: Place,
        by: By,
    ) -> Result<Vec<To>, Error> {
        if shape == Shape::Nothing {
            return Ok(Vec::new());
        }
        let followers = self.followers_of(&matter.group);
        if !followers.is_empty() {
            return Ok(followers);
        }
        let is_ours = matter.entry.city == self.to.own_city;
        let author = Some(&matter.author.uri)
            .filter(|uri| by == By::Outsider && is_ours && self.is_here(uri));
        let asked_by = matter
            .asked_by
            .as_ref()
            .filter(|_| place == Place::OwnThread && shape == Shape::Embedded);
        match author.or(asked_by) {
            Some(uri) => Ok(vec![self.inbox_of(uri)?]),
            None => Ok(Vec::new()),
        }
    }

    /// Who hears it from our member: their followers, whom they answer, and, of changes, those who hold
    /// a copy that only its author can change. Nobody who gets it embedded.
    fn author_targets(
        &mut self,
        matter: &Matter<'_>,
        shape: Shape,
        place: Place,
        by_group: &[To],
    ) -> Result<Vec<To>, Error> {
        let is_ours =
            matter.entry.city == self.to.own_city && matter.author.city == self.to.own_city;
        if !is_ours || (shape == Shape::Embedded && !by_group.is_empty()) {
            return Ok(Vec::new());
        }
        let mut targets = self.followers_of(&matter.author.uri);
        if let Some(uri) = &matter.asked_by {
            targets.push(self.inbox_of(uri)?);
        }
        if shape::is_authors_word(self.to.family, matter.said.deed, place) {
            targets.extend(self.followers_of(&matter.group));
        }
        let mut once: Vec<To> = Vec::with_capacity(targets.len());
        for target in targets {
            if !once.contains(&target) {
                once.push(target);
            }
        }
        Ok(once)
    }

    fn document(&self, matter: &Matter<'_>, shape: Shape) -> Option<Bytes> {
        let (group, at) = (
            &matter.group,
            Timestamp::from_micros(matter.entry.received_at),
        );
        let by_id = || {
            let oid = Oid::parse(&matter.held.oid)?;
            let made = Timestamp::from_micros(matter.held.created_at);
            let object = (matter.held.uri.as_str(), matter.author.uri.as_str());
            Some((oid, shape::by_id(group, oid, object, made)))
        };
        match shape {
            Shape::Nothing => None,
            Shape::Embedded if matter.entry.city == self.to.own_city => {
                Some(matter.entry.body.clone().into())
            }
            Shape::Embedded => {
                let activity = json::parse(matter.said.raw.get().as_bytes()).ok()?;
                let place = (matter.entry.city.as_str(), matter.entry.seq);
                Some(
                    shape::embedded(group, place, activity, at)
                        .to_string()
                        .into(),
                )
            }
            Shape::ById => Some(by_id()?.1.to_string().into()),
            Shape::Undo => {
                let (oid, announce) = by_id()?;
                Some(shape::undo(group, oid, &announce).to_string().into())
            }
        }
    }

    pub(super) fn followers_of(&self, own_actor: &str) -> Vec<To> {
        let of_it = self
            .inboxes
            .iter()
            .filter(|row| row.followed_uri == own_actor);
        of_it
            .map(|row| {
                let shared = Some(&row.shared_inbox).filter(|shared| !shared.is_empty());
                To::Inbox(shared.unwrap_or(&row.inbox).clone())
            })
            .collect()
    }

    pub(super) fn inbox_of(&mut self, uri: &str) -> Result<To, Error> {
        let held = actor::by_uri(self.conn, uri)?.filter(|row| !row.inbox.is_empty());
        Ok(match held {
            Some(row) if self.to.family != Family::Discourse && !row.shared_inbox.is_empty() => {
                To::Inbox(row.shared_inbox)
            }
            Some(row) => To::Inbox(row.inbox),
            None => To::Actor(uri.to_owned()),
        })
    }

    pub(super) fn group(&mut self, topic_id: i64) -> Result<Option<String>, Error> {
        if let Some(held) = self.groups.get(&topic_id) {
            return Ok(held.clone());
        }
        let own = log::by_home(self.conn, topic_id, &self.to.own_city)?.map(|row| row.group_uri);
        self.groups.insert(topic_id, own.clone());
        Ok(own)
    }

    pub(super) fn is_here(&self, uri: &str) -> bool {
        Url::parse(uri).is_ok_and(|url| knock::host_of(&url) == self.to.host)
    }
}
