//! Commenting on anything: a thread, a knowledge object, another comment.

use tequio_domain::{Oid, text};
use tequio_protocol::activity::Detail;
use tequio_store::object;

use crate::{Engine, Error, Member, Moment, publish::Draft};

/// A member answers an object of any city. The comment stands in this city's log.
///
/// # Errors
/// [`Error::Invalid`] for `body`; [`Error::NotFound`] when the object is not here or deleted.
pub async fn add(
    engine: &Engine,
    member: &Member,
    moment: Moment,
    parent: Oid,
    body: &str,
) -> Result<Oid, Error> {
    let source = text::body(body)?;
    let parent = engine
        .store()
        .read(move |conn| object::by_oid(conn, &parent.to_string()))
        .await?
        .filter(|parent| parent.deleted_at.is_none())
        .ok_or(Error::NotFound)?;
    let draft = Draft {
        title: String::new(),
        source,
        audience: Some(parent.group_uri),
        attachments: Vec::new(),
        detail: Detail::Comment {
            in_reply_to: parent.uri,
        },
    };
    engine.publish(member, moment, parent.topic_id, draft).await
}
