//! What the coordination says of the topic itself: its page, its list of priorities, and the collections
//! of its library.
//!
//! Each replaces what was said before, as a whole. A topic whose coordination has said nothing shows what
//! the kit says.

use std::collections::HashMap;

use tequio_domain::{CollectionSlug, Invalid, ObjectKind, Oid, text};
use tequio_protocol::activity::{
    Act, Activity, Entry,
    ledger::{
        Collection, PAGE_TEXT_MAX, PRIORITIES_MAX, PRIORITY_MAX, Part, Priority, Ruling,
        SUMMARY_MAX, Say, TopicPage,
    },
};
use tequio_store::{
    Conn,
    entry::Entry as Row,
    object,
    ruling::{self, COLLECTION, PAGE, PRIORITIES},
    topic::Topic,
};

use super::{hand_over::Speech, ruling::say, speak::Floor};
use crate::{Engine, Error, Member, Moment, meaning::kept_document};

/// Most collections of a topic.
pub const COLLECTIONS_MAX: usize = 50;

/// The coordination gives the topic's page new texts.
///
/// # Errors
/// [`Error::Invalid`] naming the field (`summary-es`, `deciders-en` …); else as
/// [`super::ruling::rule`].
pub async fn set_page(
    engine: &Engine,
    member: &Member,
    moment: Moment,
    speech: Speech,
    page: TopicPage,
) -> Result<(), Error> {
    let page = Box::new(checked(page)?);
    let Speech { topic, note } = speech;
    say(engine, member, moment, (&topic, &note), move |floor| {
        Ok((floor.acta.topic.uri.clone(), Ruling::Page(page)))
    })
    .await
}

fn checked(mut page: TopicPage) -> Result<TopicPage, Error> {
    let fields = [
        (
            &mut page.es,
            "summary-es",
            "deciders-es",
            "practitioners-es",
        ),
        (
            &mut page.en,
            "summary-en",
            "deciders-en",
            "practitioners-en",
        ),
    ];
    for (texts, summary, deciders, practitioners) in fields {
        texts.summary = text::one_line(&texts.summary);
        texts.for_deciders = text::many_lines(&texts.for_deciders);
        texts.for_practitioners = text::many_lines(&texts.for_practitioners);
        for (text, field, max) in [
            (&texts.summary, summary, SUMMARY_MAX),
            (&texts.for_deciders, deciders, PAGE_TEXT_MAX),
            (&texts.for_practitioners, practitioners, PAGE_TEXT_MAX),
        ] {
            if text.chars().count() > max {
                return Err(Invalid::new(field, "too-long").into());
            }
        }
    }
    if page.es.summary.is_empty() {
        return Err(Invalid::new("summary-es", "missing").into());
    }
    Ok(page)
}

/// A pressing issue as it is put on the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// One line.
    pub name: String,
    /// The post in which it is dealt with.
    pub about: Option<Oid>,
}

/// The coordination ranks the topic's most pressing issues, the first one first.
///
/// # Errors
/// [`Error::Invalid`] of `issues`: `too-many-lines`, `line-too-long`, `not-here` (a post that is not of this
/// topic); else as [`super::ruling::rule`].
pub async fn set_priorities(
    engine: &Engine,
    member: &Member,
    moment: Moment,
    speech: Speech,
    issues: Vec<Issue>,
) -> Result<(), Error> {
    let Speech { topic, note } = speech;
    if issues.len() > PRIORITIES_MAX {
        return Err(Invalid::new("issues", "too-many-lines").into());
    }
    say(engine, member, moment, (&topic, &note), move |floor| {
        let items = issues.iter().map(|issue| priority(floor, issue));
        let items = items.collect::<Result<Vec<_>, _>>()?;
        Ok((floor.acta.topic.uri.clone(), Ruling::Priorities(items)))
    })
    .await
}

fn priority(floor: &mut Floor<'_, '_>, issue: &Issue) -> Result<Priority, Error> {
    let wrong = |need| Error::from(Invalid::new("issues", need));
    let name = text::one_line(&issue.name);
    if name.is_empty() {
        return Err(wrong("missing"));
    }
    if name.chars().count() > PRIORITY_MAX {
        return Err(wrong("line-too-long"));
    }
    let about = match issue.about {
        None => None,
        Some(oid) => {
            let held = object::by_oid(floor.tx.conn(), &oid.to_string())?;
            let held = held.filter(|held| held.topic_id == floor.acta.topic.id);
            Some(held.ok_or_else(|| wrong("not-here"))?.uri)
        }
    };
    Ok(Priority { name, about })
}

/// A collection as it is put together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewCollection {
    /// One line.
    pub name: String,
    /// For whom and what for.
    pub summary: String,
    /// Names of its parts, each with the knowledge objects in it, in order. Without any the collection is dissolved.
    pub parts: Vec<(String, Vec<Oid>)>,
}

/// The coordination puts a collection together, or replaces the one of this slug.
///
/// # Errors
/// [`Error::Invalid`] of `title`, `abstract` and `items` (`not-here`: no knowledge object of this topic); else
/// as [`super::ruling::rule`].
pub async fn set_collection(
    engine: &Engine,
    member: &Member,
    moment: Moment,
    speech: Speech,
    (slug, new): (CollectionSlug, NewCollection),
) -> Result<(), Error> {
    let Speech { topic, note } = speech;
    let mut collection = Collection {
        name: text::one_line(&new.name),
        summary: text::many_lines(&new.summary),
        parts: Vec::new(),
    };
    say(engine, member, moment, (&topic, &note), move |floor| {
        for (name, oids) in &new.parts {
            let items = oids.iter().map(|oid| knowledge(floor, *oid));
            collection.parts.push(Part {
                name: text::one_line(name),
                items: items.collect::<Result<_, _>>()?,
            });
        }
        collection.check()?;
        let id = Collection::id(&floor.acta.topic.uri, &slug);
        must_have_room(floor, &id)?;
        Ok((id, Ruling::Collection(Box::new(collection))))
    })
    .await
}

/// Whether there may be a collection of this id: it is there, or there is room for one more.
fn must_have_room(floor: &mut Floor<'_, '_>, id: &str) -> Result<(), Error> {
    let (conn, topic_id) = (floor.tx.conn(), floor.acta.topic.id);
    if ruling::about(conn, topic_id, id, COLLECTION)?.is_none()
        && ruling::of_kind(conn, topic_id, COLLECTION, COLLECTIONS_MAX)?.len() >= COLLECTIONS_MAX
    {
        return Err(Invalid::new("title", "too-many-collections").into());
    }
    Ok(())
}

/// The id of a knowledge object of the topic.
fn knowledge(floor: &mut Floor<'_, '_>, oid: Oid) -> Result<String, Error> {
    let held = object::by_oid(floor.tx.conn(), &oid.to_string())?;
    let topic_id = floor.acta.topic.id;
    let held = held
        .filter(|held| held.topic_id == topic_id && held.kind == ObjectKind::Knowledge.as_str());
    let held = held.ok_or(Invalid::new("items", "not-here"))?;
    Ok(held.uri)
}

/// The collections of a topic's library, by their slugs.
///
/// # Errors
/// The database's.
pub fn collections_of(
    conn: &mut Conn,
    topic: &Topic,
) -> Result<Vec<(CollectionSlug, Collection)>, Error> {
    let mut found = Vec::new();
    for row in ruling::entries_in(conn, topic.id, COLLECTION, COLLECTIONS_MAX)? {
        if let (id, Ruling::Collection(collection)) = said_in(&row)?
            && let Some(slug) = Collection::slug_in(&topic.uri, &id)
        {
            found.push((slug, *collection));
        }
    }
    Ok(found)
}

/// One of them.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub fn collection(
    conn: &mut Conn,
    topic: &Topic,
    slug: &CollectionSlug,
) -> Result<Collection, Error> {
    let id = Collection::id(&topic.uri, slug);
    let row = ruling::entry_about(conn, topic.id, &id, COLLECTION)?.ok_or(Error::NotFound)?;
    match said_in(&row)? {
        (_, Ruling::Collection(collection)) => Ok(*collection),
        _ => Err(Error::internal("a collection is none")),
    }
}

/// What the topic's page says: what its coordination said last, else what the kit says.
///
/// # Errors
/// The database's.
pub fn page_of(conn: &mut Conn, topic: &Topic) -> Result<TopicPage, Error> {
    if let Some(Ruling::Page(page)) = in_force(conn, topic.id, PAGE)? {
        return Ok(*page);
    }
    let mut page = TopicPage::default();
    page.es.summary.clone_from(&topic.summary_es);
    page.es.for_deciders.clone_from(&topic.for_deciders_es);
    page.es
        .for_practitioners
        .clone_from(&topic.for_practitioners_es);
    page.en.summary.clone_from(&topic.summary_en);
    page.en.for_deciders.clone_from(&topic.for_deciders_en);
    page.en
        .for_practitioners
        .clone_from(&topic.for_practitioners_en);
    Ok(page)
}

/// The pages that topics' coordinations have written, by row key of the topic.
///
/// # Errors
/// The database's.
pub fn pages(conn: &mut Conn) -> Result<HashMap<i64, TopicPage>, Error> {
    let mut pages = HashMap::new();
    for (topic_id, row) in ruling::entries_of(conn, PAGE)? {
        if let (_, Ruling::Page(page)) = said_in(&row)? {
            pages.insert(topic_id, *page);
        }
    }
    Ok(pages)
}

/// The topic's most pressing issues, the first one first; none when its coordination has said nothing.
///
/// # Errors
/// The database's.
pub fn priorities_of(conn: &mut Conn, topic_id: i64) -> Result<Vec<Priority>, Error> {
    match in_force(conn, topic_id, PRIORITIES)? {
        Some(Ruling::Priorities(items)) => Ok(items),
        Some(_) | None => Ok(Vec::new()),
    }
}

/// The ruling about the topic itself, as it stands in its entry.
fn in_force(conn: &mut Conn, topic_id: i64, kind: &str) -> Result<Option<Ruling>, Error> {
    let row = ruling::entry_of(conn, topic_id, kind)?;
    let said = row.as_ref().map(said_in).transpose()?;
    Ok(said.map(|(_, ruling)| ruling))
}

/// What a ruling is about, and what it says.
fn said_in(row: &Row) -> Result<(String, Ruling), Error> {
    let body = kept_document(&row.body)?;
    let entry = Entry::read(&body).map_err(Error::internal)?;
    let activity = Activity::read(entry.object).map_err(Error::internal)?;
    match activity.act {
        Act::Ledger(act) => match act.say {
            Say::Rule { object, ruling, .. } => Ok((object, ruling)),
            _ => Err(Error::internal("what is in force is no ruling")),
        },
        _ => Err(Error::internal("what is in force is no act of the ledger")),
    }
}
