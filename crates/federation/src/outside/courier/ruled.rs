//! What the coordination ruled, told to other software.
//!
//! Lemmy and its kin hear it as a moderator's act, announced by the group; `NodeBB` what it can take; all
//! others see posts go and come back. Where the topic says something new of itself, or somebody else
//! coordinates it, the group describes itself anew.

use serde_json::Value;
use tequio_domain::{OFFICE, Oid, Timestamp};
use tequio_engine::{Engine, Error, actor_doc};
use tequio_protocol::activity::actor::person_uri;
use tequio_protocol::activity::ledger::{Ruling, Say};
use tequio_protocol::activity::{Act, Activity, Entry, actor_context};
use tequio_protocol::json;
use tequio_protocol::outside::moderate::Moderation;
use tequio_protocol::outside::write;
use tequio_store::object::{self, Object};
use tequio_store::outside::delivery::{self, LoggedEntry};
use tequio_store::{Conn, city, hidden, ledger, topic};

use super::plan::{Parcel, Planner, To};
use super::shape;
use crate::outside::capability::Family;

/// What an entry says about the topic, as far as others must know.
enum Said {
    /// A ruling about a post or a person.
    Ruled(String, Ruling),
    /// The group is described anew.
    Described,
}

/// An act of the coordination that counts.
pub(crate) struct Deed<'a> {
    entry: &'a LoggedEntry,
    said: Said,
    /// Slug of the topic.
    topic: String,
    /// Why, and by which city.
    reason: String,
}

impl<'a> Deed<'a> {
    /// Reads an entry; `None` for what is no such act, and for what does not count.
    ///
    /// # Errors
    /// The store's.
    pub(crate) fn read(conn: &mut Conn, entry: &'a LoggedEntry) -> Result<Option<Self>, Error> {
        let Some((say, note)) = said_in(&entry.body) else {
            return Ok(None);
        };
        let said = match say {
            Say::Rule {
                ruling: Ruling::Page(_),
                ..
            }
            | Say::Seal { .. }
            | Say::Certify(_) => Said::Described,
            Say::Rule { object, ruling, .. } => Said::Ruled(object, ruling),
            _ => return Ok(None),
        };
        let verdict = ledger::by_entry(conn, entry.id)?.map(|row| row.verdict);
        if verdict.as_deref() != Some("good") {
            return Ok(None);
        }
        let city = city::by_slug(conn, &entry.city)?.name;
        Ok(Some(Self {
            entry,
            said,
            topic: topic::by_id(conn, entry.topic_id)?.slug,
            reason: format!("{note} — {city}"),
        }))
    }

    /// Id of the activity of a group of ours that says it.
    fn id(&self, group: &str) -> String {
        format!("{group}/ruling/{}/{}", self.entry.city, self.entry.seq)
    }

    /// What the office says, as a moderator of the group. `None` for what Lemmy has no word for, and for
    /// posts of other groups.
    ///
    /// # Errors
    /// The store's.
    pub(crate) fn as_moderator(
        &self,
        conn: &mut Conn,
        engine: &Engine,
        group: &str,
    ) -> Result<Option<Value>, Error> {
        let (id, base_url) = (self.id(group), &engine.identity().base_url);
        let office = person_uri(base_url, OFFICE);
        let moderation = Moderation {
            id: &id,
            office: &office,
            group,
            reason: &self.reason,
        };
        match &self.said {
            Said::Described => {
                let document = actor_doc::group(conn, engine, &self.topic)?;
                Ok(Some(moderation.update(&document)))
            }
            Said::Ruled(person, ruling @ (Ruling::Ban(_) | Ruling::Unban)) => {
                Ok(moderation.says(person, ruling))
            }
            Said::Ruled(uri, ruling) => Ok(match self.post(conn, uri)? {
                Some(post) if post.group_uri == group => moderation.says(uri, ruling),
                Some(_) | None => None,
            }),
        }
    }

    fn post(&self, conn: &mut Conn, uri: &str) -> Result<Option<Object>, Error> {
        let held = object::list_by_uri(conn, uri)?;
        Ok(held
            .into_iter()
            .find(|held| held.topic_id == self.entry.topic_id))
    }

    fn at(&self) -> Timestamp {
        Timestamp::from_micros(self.entry.received_at)
    }
}

/// What an act of the ledger says, and its note.
fn said_in(body: &str) -> Option<(Say, String)> {
    // Most entries are none: not parsed.
    if !body.contains("\"tq:act\"") {
        return None;
    }
    let value = json::parse(body.as_bytes()).ok()?;
    let entry = Entry::read(&value).ok()?;
    match Activity::read(entry.object).ok()?.act {
        Act::Ledger(act) => Some((act.say, act.note)),
        _ => None,
    }
}

impl Planner<'_> {
    /// What the host is told of an act of the coordination; `None` when the entry is no such act.
    pub(super) fn ruled(&mut self, entry: &LoggedEntry) -> Result<Option<Vec<Parcel>>, Error> {
        let Some(deed) = Deed::read(self.conn, entry)? else {
            return Ok(None);
        };
        let Some(group) = self.group(entry.topic_id)? else {
            return Ok(None);
        };
        let document = match self.to.family {
            Family::Lemmy | Family::PieFed => self.for_lemmy(&deed, &group)?,
            Family::NodeBb | Family::Discourse | Family::Microblog => {
                self.for_others(&deed, &group)?
            }
        };
        let Some(document) = document else {
            return Ok(Some(Vec::new()));
        };
        let mut targets = self.followers_of(&group);
        if let Said::Ruled(uri, _) = &deed.said
            && targets.is_empty()
        {
            targets.extend(self.concerned(&deed, uri)?);
        }
        let parcel = |to| Parcel {
            to,
            signer: group.clone(),
            body: document.to_string().into(),
        };
        Ok(Some(targets.into_iter().map(parcel).collect()))
    }

    fn for_lemmy(&mut self, deed: &Deed<'_>, group: &str) -> Result<Option<Value>, Error> {
        let said = deed.as_moderator(self.conn, &self.to.engine, group)?;
        let id = format!("{}#announce", deed.id(group));
        Ok(said.map(|said| write::announce(&id, group, said, deed.at())))
    }

    fn for_others(&mut self, deed: &Deed<'_>, group: &str) -> Result<Option<Value>, Error> {
        let (uri, ruling) = match &deed.said {
            Said::Described => {
                let document = actor_doc::group(self.conn, &self.to.engine, &deed.topic)?;
                let id = deed.id(group);
                return Ok(Some(write::update_actor(&id, &document, deed.at())));
            }
            Said::Ruled(uri, ruling @ (Ruling::Remove | Ruling::Restore)) => (uri, ruling),
            Said::Ruled(..) => return Ok(None),
        };
        let Some(post) = deed
            .post(self.conn, uri)?
            .filter(|post| post.deleted_at.is_none())
        else {
            return Ok(None);
        };
        if *ruling == Ruling::Restore && hidden::by_uri(self.conn, uri)?.is_some() {
            return Ok(None);
        }
        // NodeBB believes a deletion of who is on the post's own host.
        let is_hosts = post.uri.starts_with(&self.to.engine.identity().base_url);
        if self.to.family == Family::NodeBb && *ruling == Ruling::Remove && is_hosts {
            return self.for_lemmy(deed, group);
        }
        let Some(oid) = Oid::parse(&post.oid) else {
            return Ok(None);
        };
        let author = delivery::author(self.conn, &post)?.uri;
        let made = Timestamp::from_micros(post.created_at);
        let by_id = shape::by_id(group, oid, (&post.uri, &author), made);
        Ok(Some(match ruling {
            Ruling::Remove => shape::undo(group, oid, &by_id),
            _ => by_id,
        }))
    }

    /// Whom at the host a ruling is about, when nobody there follows the group.
    fn concerned(&mut self, deed: &Deed<'_>, uri: &str) -> Result<Option<To>, Error> {
        let person = match deed.post(self.conn, uri)? {
            Some(post) => delivery::author(self.conn, &post)?.uri,
            None => uri.to_owned(),
        };
        if self.is_here(&person) {
            Ok(Some(self.inbox_of(&person)?))
        } else {
            Ok(None)
        }
    }
}

/// What is served at the id of such an activity.
pub(crate) fn document(mut said: Value) -> Value {
    if let Some(members) = said.as_object_mut() {
        members.insert("@context".to_owned(), actor_context());
    }
    said
}
