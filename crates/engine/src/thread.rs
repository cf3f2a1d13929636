//! Opening threads.

use tequio_domain::{Oid, ThreadKind, text};
use tequio_protocol::activity::{Detail, Links};
use tequio_store::topic;

use crate::{Engine, Error, Member, Moment, publish::Draft};

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
    let draft = Draft {
        title,
        source,
        audience: None,
        attachments: Vec::new(),
        detail: Detail::Thread {
            kind: new.kind,
            answer: None,
        },
        links: Links::default(),
    };
    engine.publish(member, moment, topic.id, draft).await
}
