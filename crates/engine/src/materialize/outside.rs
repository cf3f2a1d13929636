//! What people from outside the network do in our threads, as a group of ours attests it.
//!
//! # Invariants
//! - One log for an outside post: that of the group in whose thread it stands; an opening post stands in
//!   the log of the group that it names first. In any other log it means nothing.
//! - An outside post is looked up within its log. Should two cities attest one post, it is two objects,
//!   and neither city changes the other's.
//! - Nobody poses as a member of a city: an actor on a city's server has no effect from outside.
//! - A deletion holds until its author takes it back, further down in the log; each act counts once.
//! - An account that was deleted stays so in that log: what waited for its place is buried when it comes.

use tequio_domain::{ObjectKind, Oid, ThreadKind, Timestamp, text};
use tequio_protocol::{
    activity::{Activity, same_origin, server_of},
    html::SafeHtml,
    outside::{OutsideAct, OutsideActivity, OutsideActor, OutsidePost},
};
use tequio_store::{
    Conn, Tx, city, entry, log,
    object::{self, Object, Version, detail},
    person::{self, Person},
};

use super::{Late, Outcome, Settled, Step, content};
use crate::{Error, meaning::Meaning, receive::restored};

/// Longest title that is taken from the text of a post without one, in characters.
const EXCERPT_MAX: usize = 80;
/// Before the time at which an account went, where the key of an author stands.
const GONE: &str = "gone ";

/// What a log says of somebody from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Nothing.
    Unknown,
    /// Its group attests them.
    Attested,
    /// They deleted their account; for good.
    Gone(Timestamp),
}

impl Standing {
    /// As it is after all entries that are held.
    pub(crate) fn of(conn: &mut Conn, log_id: i64, actor: &str) -> Result<Self, Error> {
        let held = log::author_key(conn, log_id, actor)?;
        Ok(match held {
            None => Self::Unknown,
            Some((key, _)) => match key.strip_prefix(GONE).map(str::parse) {
                Some(Ok(micros)) => Self::Gone(Timestamp::from_micros(micros)),
                Some(Err(_)) => Self::Unknown,
                None if key.is_empty() => Self::Attested,
                None => Self::Unknown,
            },
        })
    }
}

/// Whether somebody deletes their own account.
pub(crate) fn is_farewell(activity: &OutsideActivity) -> bool {
    matches!(&activity.act, OutsideAct::Delete { object, .. } if *object == activity.actor)
}

/// Whether an address is on the server of a city of the network.
pub(crate) fn is_of_network(conn: &mut Conn, uri: &str) -> Result<bool, Error> {
    let cities = city::base_urls(conn)?;
    Ok(cities.iter().any(|base_url| same_origin(base_url, uri)))
}

/// Whether a post is a member's: on the server of the city whose log made it.
pub(super) fn is_members(tx: &mut Tx<'_>, held: &Object) -> Result<bool, Error> {
    let log = log::by_id(tx.conn(), held.log_id)?;
    Ok(same_origin(&log.group_uri, &held.uri))
}

/// `name@host`.
pub(crate) fn handle_of(actor: &OutsideActor) -> String {
    let host = server_of(&actor.id).unwrap_or_default();
    format!("{}@{host}", actor.name)
}

/// Whether readers see somebody as they describe themselves now.
pub(crate) fn is_shown_as(tx: &mut Tx<'_>, actor: &OutsideActor) -> Result<bool, Error> {
    let held = person::by_uri(tx.conn(), &actor.id)?;
    Ok(held.is_some_and(|held| {
        held.name == handle_of(actor) && held.display_name == actor.display_name
    }))
}

/// A group says who somebody from outside is.
pub(super) fn attest(
    tx: &mut Tx<'_>,
    step: &Step<'_>,
    activity: &Activity,
    actor: &OutsideActor,
) -> Result<Outcome, Error> {
    if let Standing::Gone(_) = Standing::of(tx.conn(), step.log.id, &actor.id)? {
        return Ok(Outcome::Done);
    }
    // Told by the log alone, so that every city judges alike; whether it has an effect is another matter.
    log::put_author_key(tx, step.log.id, &actor.id, "", &activity.id)?;
    if is_of_network(tx.conn(), &actor.id)? {
        return Ok(Outcome::Done);
    }
    let row = Person {
        id: step.entry.id,
        uri: actor.id.clone(),
        city: String::new(),
        name: handle_of(actor),
        display_name: actor.display_name.clone(),
        post: String::new(),
        summary: String::new(),
        public_key: String::new(),
        updated_at: activity.published.micros(),
        card_uri: activity.id.clone(),
    };
    person::put(tx, &row)?;
    Ok(Outcome::Done)
}

/// Somebody from outside acted.
pub(super) fn act(
    tx: &mut Tx<'_>,
    step: &Step<'_>,
    activity: &OutsideActivity,
    html: &SafeHtml,
    at: Timestamp,
) -> Result<Outcome, Error> {
    if is_farewell(activity) {
        // Like the attestation: what the log says, whether or not it has an effect.
        let gone = format!("{GONE}{}", at.micros());
        let (log_id, activity_uri) = (step.log.id, &step.entry.activity_uri);
        log::put_author_key(tx, log_id, &activity.actor, &gone, activity_uri)?;
    }
    if is_of_network(tx.conn(), &activity.actor)? {
        return Ok(Outcome::Done);
    }
    let author = person::by_uri(tx.conn(), &activity.actor)?;
    let Some(author) = author.filter(|author| author.city.is_empty()) else {
        return Ok(Outcome::Done);
    };
    let doing = Doing {
        step,
        author: &author,
        html,
        at: activity.published.unwrap_or(at),
    };
    match &activity.act {
        OutsideAct::Create(post) => create(tx, &doing, post),
        OutsideAct::Update(post) => update(tx, &doing, post),
        OutsideAct::Delete { .. } if is_farewell(activity) => farewell(tx, &doing, at),
        OutsideAct::Delete { object, .. } => delete(tx, &doing, object, at),
        OutsideAct::Undo(undone) => match restored(undone, &activity.actor) {
            Some(object) => restore(tx, &doing, object),
            None => Ok(Outcome::Done),
        },
        // Nothing else may stand in a log: it was judged void.
        _ => Ok(Outcome::Done),
    }
}

/// What is the same for all acts.
struct Doing<'a> {
    step: &'a Step<'a>,
    author: &'a Person,
    /// Of a post.
    html: &'a SafeHtml,
    /// When it was done, as far as the activity says.
    at: Timestamp,
}

fn create(tx: &mut Tx<'_>, doing: &Doing<'_>, post: &OutsidePost) -> Result<Outcome, Error> {
    let Doing { step, author, .. } = doing;
    if object::in_log(tx.conn(), &post.id, step.log.id)?.is_some() {
        return Ok(Outcome::Done);
    }
    if entry::is_made_earlier(tx.conn(), step.entry, &post.id)? {
        // The earlier one may yet turn out to be in a thread of another group, and mean nothing.
        return Ok(Outcome::waits_for(&post.id));
    }
    let parent = match &post.in_reply_to {
        None => None,
        Some(uri) => match parent_of(tx, step, uri, &post.id)? {
            Ok(parent) => Some(parent),
            Err(outcome) => return Ok(outcome),
        },
    };
    let before = object::in_topic(tx.conn(), &post.id, step.log.topic_id)?;
    let row = row_of(doing, post, parent.as_ref());
    object::add(tx, &row, &step.entry.digest)?;
    match &parent {
        Some(parent) => object::comment_came(tx, parent.root_id, row.created_at)?,
        None => detail::put_thread(
            tx,
            &detail::Thread {
                object_id: row.id,
                kind: ThreadKind::Conversation.as_str().to_owned(),
                answer_uri: None,
            },
        )?,
    }
    if let Some(twin) = before.first() {
        object::copy_tallies(tx, twin.id, row.id)?;
    }
    let late = match Standing::of(tx.conn(), step.log.id, &author.uri)? {
        Standing::Gone(at) => Some(Late {
            object_id: row.id,
            gone_at: at.micros(),
        }),
        Standing::Unknown | Standing::Attested => None,
    };
    let uri = row.uri;
    Ok(Outcome::Settled(Settled { uri, late }))
}

/// Buries what came after its author's farewell. Not at once: what the author had done to it before
/// was waiting for it, and stands before the farewell in the log.
pub(super) fn bury_late(tx: &mut Tx<'_>, late: &Late) -> Result<(), Error> {
    let held = object::by_id(tx.conn(), late.object_id)?;
    if held.deleted_at.is_none() {
        content::bury(tx, &held, late.gone_at)?;
    }
    Ok(())
}

/// What an outside comment answers, when that is in a thread of the log's own group.
fn parent_of(
    tx: &mut Tx<'_>,
    step: &Step<'_>,
    uri: &str,
    makes: &str,
) -> Result<Result<Object, Outcome>, Error> {
    let mut held = object::in_topic(tx.conn(), uri, step.log.topic_id)?;
    let here = |row: &Object| row.group_uri == step.log.group_uri;
    if let Some(place) = held.iter().position(here) {
        return Ok(Ok(held.swap_remove(place)));
    }
    for row in &held {
        // A member's post is in one thread for ever, so this is decided; an outside one may still
        // come in another log.
        if is_members(tx, row)? {
            return Ok(Err(Outcome::settled(makes)));
        }
    }
    let (awaits, makes) = (uri.to_owned(), makes.to_owned());
    Ok(Err(Outcome::Waits { awaits, makes }))
}

fn row_of(doing: &Doing<'_>, post: &OutsidePost, parent: Option<&Object>) -> Object {
    let (step, id) = (doing.step, doing.step.entry.id);
    let created_at = post.published.unwrap_or(doing.at).micros();
    let kind = match parent {
        None => ObjectKind::Thread,
        Some(_) => ObjectKind::Comment,
    };
    Object {
        id,
        // Never the identity that the id seems to name: only members of cities have such.
        oid: Oid::of_uri(&post.id).to_string(),
        uri: post.id.clone(),
        kind: kind.as_str().to_owned(),
        topic_id: step.log.topic_id,
        log_id: step.log.id,
        group_uri: step.log.group_uri.clone(),
        author_id: doing.author.id,
        parent_id: parent.map(|parent| parent.id),
        root_id: parent.map_or(id, |parent| parent.root_id),
        title: title_of(post, doing.html, kind),
        source: String::new(),
        html: doing.html.as_str().to_owned(),
        language: post.language.clone(),
        created_at,
        updated_at: None,
        deleted_at: None,
        version: 1,
        comment_count: 0,
        last_activity_at: created_at,
        useful_count: 0,
    }
}

/// The title of an opening post: its own, or else the beginning of its text.
pub(crate) fn title_of(post: &OutsidePost, html: &SafeHtml, kind: ObjectKind) -> String {
    if kind != ObjectKind::Thread {
        return String::new();
    }
    let title = text::one_line(&post.title);
    if !title.is_empty() {
        return title.chars().take(text::TITLE_MAX).collect();
    }
    let words = text::one_line(&html.to_plain_text());
    if words.is_empty() {
        return "…".to_owned();
    }
    if words.chars().count() <= EXCERPT_MAX {
        return words;
    }
    let cut: String = words.chars().take(EXCERPT_MAX).collect();
    let whole = cut
        .rsplit_once(' ')
        .map_or(cut.as_str(), |(whole, _)| whole);
    format!("{whole}…")
}

fn update(tx: &mut Tx<'_>, doing: &Doing<'_>, post: &OutsidePost) -> Result<Outcome, Error> {
    let step = doing.step;
    let Some(held) = object::in_log(tx.conn(), &post.id, step.log.id)? else {
        return Ok(Outcome::waits_for(&post.id));
    };
    if held.deleted_at.is_some()
        || held.author_id != doing.author.id
        || entry::is_repeated(tx.conn(), step.entry)?
    {
        return Ok(Outcome::Done);
    }
    let kind = ObjectKind::parse(&held.kind).unwrap_or(ObjectKind::Comment);
    let new = Version {
        title: &title_of(post, doing.html, kind),
        source: "",
        html: doing.html.as_str(),
        language: &post.language,
        digest: &step.entry.digest,
        made_at: post.updated.unwrap_or(doing.at).micros(),
    };
    object::set_version(tx, &held, new)?;
    Ok(Outcome::Done)
}

fn delete(tx: &mut Tx<'_>, doing: &Doing<'_>, uri: &str, at: Timestamp) -> Result<Outcome, Error> {
    let Some(held) = object::in_log(tx.conn(), uri, doing.step.log.id)? else {
        return Ok(Outcome::waits_for(uri));
    };
    // Once each, like an Update: the home cannot delete again what was restored.
    let is_void = held.deleted_at.is_some()
        || held.author_id != doing.author.id
        || entry::is_repeated(tx.conn(), doing.step.entry)?;
    if !is_void {
        content::bury(tx, &held, at.micros())?;
    }
    Ok(Outcome::Done)
}

/// Its author takes the deletion back: the post is what it was before, read from the log again.
fn restore(tx: &mut Tx<'_>, doing: &Doing<'_>, uri: &str) -> Result<Outcome, Error> {
    let step = doing.step;
    let Some(held) = object::in_log(tx.conn(), uri, step.log.id)? else {
        return Ok(Outcome::waits_for(uri));
    };
    let is_void = held.deleted_at.is_none()
        || held.author_id != doing.author.id
        || entry::is_repeated(tx.conn(), step.entry)?;
    if is_void {
        return Ok(Outcome::Done);
    }
    let mut versions = object::revisions(tx.conn(), held.id)?;
    if versions.is_empty() {
        // Erased: there is nothing to read again.
        return Ok(Outcome::Done);
    }
    for version in &mut versions {
        if !read_again(tx, &held, version)? {
            return Ok(Outcome::Done);
        }
    }
    object::raise(tx, held.id, &versions)?;
    if held.parent_id.is_some() {
        object::comment_came(tx, held.root_id, held.created_at)?;
    }
    Ok(Outcome::Done)
}

/// Fills a version from the entry that carried it; answers whether that still says something.
fn read_again(
    tx: &mut Tx<'_>,
    held: &Object,
    version: &mut object::Revision,
) -> Result<bool, Error> {
    let Some(entry) = entry::by_digest(tx.conn(), held.log_id, &version.digest)? else {
        return Ok(false);
    };
    let Meaning::Outside { activity, html, .. } = Meaning::of_kept(&entry)? else {
        return Ok(false);
    };
    let (OutsideAct::Create(post) | OutsideAct::Update(post)) = &activity.act else {
        return Ok(false);
    };
    let kind = ObjectKind::parse(&held.kind).unwrap_or(ObjectKind::Comment);
    version.title = title_of(post, &html, kind);
    version.html = html.into_string();
    Ok(true)
}

/// Somebody deleted their account: all that they wrote in this log goes, also what is still to come.
fn farewell(tx: &mut Tx<'_>, doing: &Doing<'_>, at: Timestamp) -> Result<Outcome, Error> {
    let Doing { step, author, .. } = doing;
    let gone = format!("{GONE}{}", at.micros());
    log::put_author_key(
        tx,
        step.log.id,
        &author.uri,
        &gone,
        &step.entry.activity_uri,
    )?;
    for held in object::list_alive_of(tx.conn(), author.id, step.log.id)? {
        content::bury(tx, &held, at.micros())?;
    }
    Ok(Outcome::Done)
}
