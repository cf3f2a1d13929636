//! Opening threads.

use tequio_domain::{Oid, ThreadKind, text};
use tequio_protocol::{
    activity::{Act, Content, Detail, actor::object_uri},
    html,
};
use tequio_store::topic;

use crate::{Engine, Error, Member, Moment};

/// What a new thread needs.
#[derive(Debug, Clone)]
pub struct NewThread {
    /// Slug of the topic.
    pub topic: String,
    /// Question or conversation.
    pub kind: ThreadKind,
    /// 3–200 characters.
    pub title: String,
    /// Markdown.
    pub body: String,
}

/// A member opens a thread in a topic.
///
/// # Errors
/// [`Error::Invalid`] naming the field; [`Error::NotFound`] when there is no such topic.
pub async fn open(
    engine: &Engine,
    member: &Member,
    moment: Moment,
    new: NewThread,
) -> Result<Oid, Error> {
    let title = text::title(&new.title)?;
    let source = text::body(&new.body)?;
    let topic = engine
        .store()
        .read(move |conn| topic::by_slug(conn, &new.topic))
        .await?;
    let pen = engine.pen(topic.id, moment).await?;
    let signer = engine.signer(&member.person_uri).await?;
    let oid = moment.object_oid(&pen.base_url);
    let content = Content {
        id: object_uri(&pen.base_url, oid),
        attributed_to: member.person_uri.clone(),
        audience: pen.group.uri.clone(),
        published: moment.now(),
        updated: None,
        title,
        content: html::markdown(&source).into_string(),
        source,
        language: member.locale.as_str().to_owned(),
        attachments: Vec::new(),
        detail: Detail::Thread {
            kind: new.kind,
            answer: None,
        },
    };
    let account_id = member.account_id;
    engine
        .store()
        .write(move |tx| {
            pen.write_as_member(tx, account_id, &signer, Act::Create(Box::new(content)))
        })
        .await?;
    Ok(oid)
}
