//! Commenting on anything: a thread, a knowledge object, another comment.

use tequio_domain::{Invalid, Oid, text};
use tequio_protocol::activity::{Detail, Links, Mention, content::context_uri};
use tequio_store::{
    Conn,
    object::{self, Object},
    person,
    ruling::{self, LOCKED},
};

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
    let (parent, links) = engine
        .store()
        .read(move |conn| {
            let parent = object::by_oid(conn, &parent.to_string())?
                .filter(|parent| parent.deleted_at.is_none())
                .ok_or(Error::NotFound)?;
            let root = object::by_id(conn, parent.root_id)?;
            if ruling::about(conn, root.topic_id, &root.uri, LOCKED)?.is_some() {
                return Err(Invalid::new("body", "thread-closed").into());
            }
            let links = links_below(conn, &parent)?;
            Ok::<_, Error>((parent, links))
        })
        .await?;
    let draft = Draft {
        title: String::new(),
        source,
        audience: Some(parent.group_uri),
        attachments: Vec::new(),
        detail: Detail::Comment {
            in_reply_to: parent.uri,
        },
        links,
    };
    engine.publish(member, moment, parent.topic_id, draft).await
}

/// What an answer to a post says about its surroundings: the thread, and the author of the post where
/// that is someone outside the network, who is told of answers by a mention only.
pub(crate) fn links_below(conn: &mut Conn, parent: &Object) -> Result<Links, Error> {
    let root = object::by_id(conn, parent.root_id)?;
    let author = person::by_id(conn, parent.author_id)?;
    let mention = author.city.is_empty().then(|| Mention {
        href: author.uri,
        name: format!("@{}", author.name),
    });
    Ok(Links {
        context: Oid::parse(&root.oid).map(|oid| context_uri(&root.group_uri, oid)),
        mentions: mention.into_iter().collect(),
    })
}
