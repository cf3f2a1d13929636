//! Posts: made, changed, deleted.

use tequio_domain::ObjectKind;
use tequio_protocol::{
    activity::{Activity, Attachment, Content, Detail},
    html::SafeHtml,
};
use tequio_store::{
    Tx, entry, file_wanted,
    object::{self, Object, Version, detail},
    person,
};

use super::{Outcome, Step, outside};
use crate::Error;

pub(super) fn create(
    tx: &mut Tx<'_>,
    step: &Step<'_>,
    post: &Content,
    html: &SafeHtml,
) -> Result<Outcome, Error> {
    let oid = post.oid().to_string();
    if object::in_log(tx.conn(), &post.id, step.log.id)?.is_some()
        || entry::is_made_earlier(tx.conn(), step.entry, &post.id)?
    {
        return Ok(Outcome::Done);
    }
    let Some(author) = person::by_uri(tx.conn(), &post.attributed_to)? else {
        return Ok(Outcome::Done);
    };
    let place = match Place::find(tx, step, post)? {
        Ok(place) => place,
        Err(outcome) => return Ok(outcome),
    };
    let id = step.entry.id;
    let row = Object {
        id,
        oid,
        uri: post.id.clone(),
        kind: post.kind().as_str().to_owned(),
        topic_id: step.log.topic_id,
        log_id: step.log.id,
        group_uri: place.group_uri,
        author_id: author.id,
        parent_id: place.parent_id,
        root_id: place.root_id.unwrap_or(id),
        title: post.title.clone(),
        source: post.source.clone(),
        html: html.as_str().to_owned(),
        language: post.language.clone(),
        created_at: post.published.micros(),
        updated_at: None,
        deleted_at: None,
        version: 1,
        comment_count: 0,
        last_activity_at: post.published.micros(),
        useful_count: 0,
    };
    object::add(tx, &row, &step.entry.digest)?;
    put_details(tx, step, id, post)?;
    if let Some(root_id) = place.root_id {
        object::comment_came(tx, root_id, row.created_at)?;
    }
    Ok(Outcome::settled(&row.uri))
}

pub(super) fn update(
    tx: &mut Tx<'_>,
    step: &Step<'_>,
    activity: &Activity,
    post: &Content,
    html: &SafeHtml,
) -> Result<Outcome, Error> {
    let Some(held) = object::in_log(tx.conn(), &post.id, step.log.id)? else {
        return Ok(Outcome::waits_for(&post.id));
    };
    let same_kind = held.kind == post.kind().as_str();
    let is_void = !same_kind
        || held.deleted_at.is_some()
        || !is_by(tx, &activity.actor, &held)?
        || entry::is_repeated(tx.conn(), step.entry)?;
    if is_void {
        return Ok(Outcome::Done);
    }
    let new = Version {
        title: &post.title,
        source: &post.source,
        html: html.as_str(),
        language: &post.language,
        digest: &step.entry.digest,
        made_at: post.updated.unwrap_or(activity.published).micros(),
    };
    // Accepting an answer changes no text, and so makes no version. Sanitised HTML decides only where
    // there is no source: it may differ between versions of the program.
    let same_text = held.title == post.title
        && held.source == post.source
        && (!post.source.is_empty() || held.html == html.as_str());
    if !same_text || held.kind == ObjectKind::Knowledge.as_str() {
        object::set_version(tx, &held, new)?;
    }
    put_details(tx, step, held.id, post)?;
    Ok(Outcome::Done)
}

pub(super) fn delete(
    tx: &mut Tx<'_>,
    step: &Step<'_>,
    activity: &Activity,
    uri: &str,
) -> Result<Outcome, Error> {
    let Some(held) = object::in_log(tx.conn(), uri, step.log.id)? else {
        return Ok(Outcome::waits_for(uri));
    };
    if held.deleted_at.is_none() && is_by(tx, &activity.actor, &held)? {
        bury(tx, &held, activity.published.micros())?;
    }
    Ok(Outcome::Done)
}

/// A living post becomes a tombstone.
pub(super) fn bury(tx: &mut Tx<'_>, held: &Object, deleted_at: i64) -> Result<(), Error> {
    object::bury(tx, held.id, deleted_at)?;
    if held.parent_id.is_some() {
        object::comment_went(tx, held.root_id)?;
    }
    Ok(())
}

/// Whether this actor wrote the post.
pub(super) fn is_by(tx: &mut Tx<'_>, actor: &str, held: &Object) -> Result<bool, Error> {
    let author = person::by_uri(tx.conn(), actor)?;
    Ok(author.is_some_and(|author| author.id == held.author_id))
}

/// Where a post belongs.
struct Place {
    group_uri: String,
    parent_id: Option<i64>,
    /// `None`: it is a root itself.
    root_id: Option<i64>,
}

impl Place {
    fn find(
        tx: &mut Tx<'_>,
        step: &Step<'_>,
        post: &Content,
    ) -> Result<Result<Self, Outcome>, Error> {
        let Detail::Comment { in_reply_to } = &post.detail else {
            let group_uri = step.log.group_uri.clone();
            return Ok(Ok(Self {
                group_uri,
                parent_id: None,
                root_id: None,
            }));
        };
        let Some(parent) = parent_of(tx, step, post, in_reply_to)? else {
            let (awaits, makes) = (in_reply_to.clone(), post.id.clone());
            return Ok(Err(Outcome::Waits { awaits, makes }));
        };
        Ok(Ok(Self {
            group_uri: parent.group_uri,
            parent_id: Some(parent.id),
            root_id: Some(parent.root_id),
        }))
    }
}

/// What a member's comment answers: of several posts with this id, which only an outside author's can
/// be, the one in the group that the comment names.
fn parent_of(
    tx: &mut Tx<'_>,
    step: &Step<'_>,
    post: &Content,
    uri: &str,
) -> Result<Option<Object>, Error> {
    let mut held = object::in_topic(tx.conn(), uri, step.log.topic_id)?;
    if let Some(place) = held.iter().position(|row| row.group_uri == post.audience) {
        return Ok(Some(held.swap_remove(place)));
    }
    match held.into_iter().next() {
        Some(row) if outside::is_members(tx, &row)? => Ok(Some(row)),
        Some(_) | None => Ok(None),
    }
}

pub(super) fn put_details(
    tx: &mut Tx<'_>,
    step: &Step<'_>,
    id: i64,
    post: &Content,
) -> Result<(), Error> {
    match &post.detail {
        Detail::Comment { .. } => {}
        Detail::Thread { kind, answer } => detail::put_thread(
            tx,
            &detail::Thread {
                object_id: id,
                kind: kind.as_str().to_owned(),
                answer_uri: answer.clone(),
            },
        )?,
        Detail::Knowledge {
            kind,
            audience,
            license,
            summary,
            adaptation_of,
        } => {
            detail::put_knowledge(
                tx,
                &detail::Knowledge {
                    object_id: id,
                    kind: kind.as_str().to_owned(),
                    audience: audience.as_str().to_owned(),
                    license: license.as_str().to_owned(),
                    summary: summary.clone(),
                    adaptation_of: adaptation_of.clone(),
                },
            )?;
        }
    }
    let mut rows = Vec::with_capacity(post.attachments.len());
    for (position, attachment) in (0..).zip(&post.attachments) {
        want(tx, step, attachment)?;
        rows.push(detail::Attachment {
            object_id: id,
            position,
            digest: attachment.digest.to_hex(),
            name: attachment.name.clone(),
            media_type: attachment.media_type.clone(),
            size_bytes: attachment.size_bytes,
        });
    }
    Ok(detail::put_attachments(tx, id, &rows)?)
}

/// A file that is not here is to be fetched.
fn want(tx: &mut Tx<'_>, step: &Step<'_>, attachment: &Attachment) -> Result<(), Error> {
    Ok(file_wanted::want(
        tx,
        &file_wanted::FileWanted {
            digest: attachment.digest.to_hex(),
            size_bytes: attachment.size_bytes,
            name: attachment.name.clone(),
            media_type: attachment.media_type.clone(),
            origin: step.log.city.clone(),
            attempts: 0,
            due_at: 0,
        },
    )?)
}
