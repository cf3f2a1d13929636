//! Commenting on anything: a thread, a knowledge object, another comment.

use tequio_domain::{Oid, text};
use tequio_protocol::{
    activity::{Act, Content, Detail, actor::object_uri},
    html,
};
use tequio_store::object;

use crate::{Engine, Error, Member, Moment};

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
    let pen = engine.pen(parent.topic_id, moment).await?;
    let signer = engine.signer(&member.person_uri).await?;
    let oid = moment.object_oid(&pen.base_url);
    let content = Content {
        id: object_uri(&pen.base_url, oid),
        attributed_to: member.person_uri.clone(),
        audience: parent.group_uri,
        published: moment.now(),
        updated: None,
        title: String::new(),
        content: html::markdown(&source).into_string(),
        source,
        language: member.locale.as_str().to_owned(),
        attachments: Vec::new(),
        detail: Detail::Comment {
            in_reply_to: parent.uri,
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
