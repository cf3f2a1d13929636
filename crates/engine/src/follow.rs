//! Following topics: local, nobody else learns it.

use tequio_store::{account, topic};

use crate::{Engine, Error, Member, Moment};

/// A member follows a topic; again changes nothing.
///
/// # Errors
/// [`Error::NotFound`] when there is no such topic.
pub async fn follow(
    engine: &Engine,
    member: &Member,
    moment: Moment,
    topic: &str,
) -> Result<(), Error> {
    let (id, slug) = (member.account_id, topic.to_owned());
    engine
        .store()
        .write(move |tx| {
            let topic = topic::by_slug(tx.conn(), &slug)?;
            Ok(account::follow(tx, id, topic.id, moment.now().micros())?)
        })
        .await
}

/// A member stops following a topic.
///
/// # Errors
/// [`Error::NotFound`] when there is no such topic.
pub async fn unfollow(engine: &Engine, member: &Member, topic: &str) -> Result<(), Error> {
    let (id, slug) = (member.account_id, topic.to_owned());
    engine
        .store()
        .write(move |tx| {
            let topic = topic::by_slug(tx.conn(), &slug)?;
            Ok(account::unfollow(tx, id, topic.id)?)
        })
        .await
}
