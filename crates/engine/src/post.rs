//! Changing what one wrote: edit, delete, accept an answer.

use tequio_domain::{Digest, KnowledgeKind, License, ObjectKind, Oid, ThreadKind, text};
use tequio_protocol::{
    activity::{Act, Attachment, Content, Detail, Links, content::context_uri},
    html,
};
use tequio_store::{
    Conn,
    object::{self, Object, detail},
    person,
};

use crate::{
    Engine, Error, Member, Moment, comment, knowledge::file_url, ledger::ruling::must_not_be_banned,
};

/// New texts of a post; a field that the kind does not have is ignored.
#[derive(Debug, Clone)]
pub struct Edit {
    /// Title of a thread or knowledge object.
    pub title: String,
    /// Abstract of a knowledge object.
    pub summary: String,
    /// Markdown.
    pub body: String,
}

/// A post that the member may change: their own, alive, of this city's log. Made by [`owned`] only.
struct Owned(Object);

/// The author gives a post new texts.
///
/// # Errors
/// [`Error::Invalid`] naming the field; [`Error::Forbidden`] for another's post.
pub async fn edit(
    engine: &Engine,
    member: &Member,
    moment: Moment,
    oid: Oid,
    edit: Edit,
) -> Result<(), Error> {
    let author = member.person_uri.clone();
    change(engine, member, moment, oid, move |conn, mut content| {
        let held = object::by_uri(conn, &content.id)?.ok_or(Error::NotFound)?;
        must_not_be_banned(conn, held.topic_id, &author, moment.now())?;
        let body = if content.attachments.is_empty() || !edit.body.trim().is_empty() {
            text::body(&edit.body)?
        } else {
            String::new()
        };
        if content.kind() != ObjectKind::Comment {
            content.title = text::title(&edit.title)?;
        }
        if let Detail::Knowledge { summary, .. } = &mut content.detail {
            *summary = text::summary_of_object(&edit.summary)?;
        }
        content.content = html::markdown(&body).into_string();
        content.source = body;
        content.updated = Some(moment.now());
        Ok(Act::Update(Box::new(content)))
    })
    .await
}

/// The asker accepts a comment as the answer; `None` takes the acceptance back.
///
/// # Errors
/// [`Error::Forbidden`] for another's question; [`Error::Invalid`] when the comment is not in the
/// thread or the thread does not ask.
pub async fn accept(
    engine: &Engine,
    member: &Member,
    moment: Moment,
    thread: Oid,
    comment: Option<Oid>,
) -> Result<(), Error> {
    change(engine, member, moment, thread, move |conn, mut content| {
        let uri = match comment {
            None => None,
            Some(comment) => Some(comment_of(conn, thread, comment)?),
        };
        match &mut content.detail {
            Detail::Thread {
                kind: ThreadKind::Question,
                answer,
            } => *answer = uri,
            Detail::Thread { .. } | Detail::Comment { .. } | Detail::Knowledge { .. } => {
                return Err(tequio_domain::Invalid::new("answer", "not-a-question").into());
            }
        }
        Ok(Act::Update(Box::new(content)))
    })
    .await
}

/// The author deletes a post: a tombstone stays in its place.
///
/// # Errors
/// [`Error::Forbidden`] for another's post.
pub async fn delete(
    engine: &Engine,
    member: &Member,
    moment: Moment,
    oid: Oid,
) -> Result<(), Error> {
    change(engine, member, moment, oid, |_, content| {
        Ok(Act::Delete { object: content.id })
    })
    .await
}

/// Turns a post of the member's, as it stands when nobody else writes, into an act.
async fn change(
    engine: &Engine,
    member: &Member,
    moment: Moment,
    oid: Oid,
    act: impl FnOnce(&mut Conn, Content) -> Result<Act, Error> + Send + 'static,
) -> Result<(), Error> {
    let uri = member.person_uri.clone();
    let Owned(held) = engine
        .store()
        .read(move |conn| owned(conn, oid, &uri))
        .await?;
    let pen = engine.pen(held.topic_id, moment).await?;
    let signer = engine.signer(&member.person_uri).await?;
    let account_id = member.account_id;
    engine
        .store()
        .write(move |tx| {
            let Owned(held) = owned(tx.conn(), oid, &signer.uri)?;
            let content = content_of(tx.conn(), held, signer.uri.clone(), &pen.base_url)?;
            let act = act(tx.conn(), content)?;
            pen.write_as_member(tx, account_id, &signer, act)
        })
        .await
}

fn owned(conn: &mut Conn, oid: Oid, person_uri: &str) -> Result<Owned, Error> {
    let held = object::by_oid(conn, &oid.to_string())?
        .filter(|held| held.deleted_at.is_none())
        .ok_or(Error::NotFound)?;
    let author = person::by_uri(conn, person_uri)?;
    if author.is_some_and(|author| author.id == held.author_id) {
        Ok(Owned(held))
    } else {
        Err(Error::Forbidden("change another's post"))
    }
}

fn comment_of(conn: &mut Conn, thread: Oid, comment: Oid) -> Result<String, Error> {
    let wrong = || tequio_domain::Invalid::new("answer", "not-in-thread");
    let thread = object::by_oid(conn, &thread.to_string())?.ok_or(Error::NotFound)?;
    let comment = object::by_oid(conn, &comment.to_string())?.ok_or_else(wrong)?;
    let alive = comment.deleted_at.is_none() && comment.id != thread.id;
    if comment.root_id == thread.id && alive {
        Ok(comment.uri)
    } else {
        Err(wrong().into())
    }
}

/// A post as it would travel now.
pub(crate) fn content_of(
    conn: &mut Conn,
    held: Object,
    author_uri: String,
    base_url: &str,
) -> Result<Content, Error> {
    let detail = detail_of(conn, &held)?;
    let links = links_of(conn, &held)?;
    let attachments = detail::attachments(conn, held.id)?
        .into_iter()
        .map(|row| {
            let digest = Digest::from_hex(&row.digest)
                .ok_or_else(|| Error::internal(format!("digest {}", row.digest)))?;
            Ok(Attachment {
                digest,
                url: file_url(base_url, digest, &row.name),
                name: row.name,
                media_type: row.media_type,
                size_bytes: row.size_bytes,
            })
        })
        .collect::<Result<_, Error>>()?;
    Ok(Content {
        id: held.uri,
        attributed_to: author_uri,
        audience: held.group_uri,
        published: tequio_domain::Timestamp::from_micros(held.created_at),
        updated: held.updated_at.map(tequio_domain::Timestamp::from_micros),
        title: held.title,
        source: held.source,
        content: held.html,
        language: held.language,
        attachments,
        detail,
        links,
    })
}

fn links_of(conn: &mut Conn, held: &Object) -> Result<Links, Error> {
    if let Some(parent) = held.parent_id {
        let parent = object::by_id(conn, parent)?;
        return comment::links_below(conn, &parent);
    }
    Ok(Links {
        context: Oid::parse(&held.oid).map(|oid| context_uri(&held.group_uri, oid)),
        mentions: Vec::new(),
    })
}

fn detail_of(conn: &mut Conn, held: &Object) -> Result<Detail, Error> {
    let unreadable = || Error::internal(format!("object {} cannot be read back", held.id));
    match ObjectKind::parse(&held.kind).ok_or_else(unreadable)? {
        ObjectKind::Comment => {
            let parent = object::by_id(conn, held.parent_id.ok_or_else(unreadable)?)?;
            Ok(Detail::Comment {
                in_reply_to: parent.uri,
            })
        }
        ObjectKind::Thread => {
            let row = detail::thread(conn, held.id)?.ok_or_else(unreadable)?;
            let kind = ThreadKind::parse(&row.kind).ok_or_else(unreadable)?;
            Ok(Detail::Thread {
                kind,
                answer: row.answer_uri,
            })
        }
        ObjectKind::Knowledge => {
            let row = detail::knowledge(conn, held.id)?.ok_or_else(unreadable)?;
            Ok(Detail::Knowledge {
                kind: KnowledgeKind::parse(&row.kind).ok_or_else(unreadable)?,
                audience: tequio_domain::Audience::parse(&row.audience).ok_or_else(unreadable)?,
                license: License::parse(&row.license).ok_or_else(unreadable)?,
                summary: row.summary,
                adaptation_of: row.adaptation_of,
            })
        }
    }
}
