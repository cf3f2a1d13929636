//! Private messages from outside: a member deletes what they received. Nobody else learns it.

use tequio_store::outside::message;

use crate::{Engine, Error, Member};

/// A member deletes a message that they received; its author is not told.
///
/// # Errors
/// [`Error::NotFound`] when the member has no such message.
pub async fn delete(engine: &Engine, member: &Member, id: i64) -> Result<(), Error> {
    let account_id = member.account_id;
    engine
        .store()
        .write(move |tx| {
            if message::remove(tx, account_id, id)? {
                Ok(())
            } else {
                Err(Error::NotFound)
            }
        })
        .await
}
