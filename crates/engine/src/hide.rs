//! Hiding on this instance: an administrator keeps a post from the readers of their own city. It stands in
//! no log, no other city is told, and what the cities share stays as it is.

use tequio_domain::{Invalid, Oid, text};
use tequio_store::{
    Conn,
    hidden::{self, Hidden},
    object,
};

use crate::{Engine, Error, Member, Moment};

/// Longest reason, in characters.
pub const REASON_MAX: usize = 500;

/// An administrator hides a post here.
///
/// # Errors
/// [`Error::Forbidden`] for members; [`Error::Invalid`] of `note`, which must say why in at most
/// [`REASON_MAX`] characters; [`Error::NotFound`].
pub async fn hide(
    engine: &Engine,
    admin: &Member,
    moment: Moment,
    oid: Oid,
    reason: &str,
) -> Result<(), Error> {
    admin.require_admin()?;
    let reason = text::one_line(reason);
    if reason.is_empty() {
        return Err(Invalid::new("note", "missing").into());
    }
    if reason.chars().count() > REASON_MAX {
        return Err(Invalid::new("note", "too-long").into());
    }
    let by_name = admin.name.clone();
    engine
        .store()
        .write(move |tx| {
            let row = Hidden {
                object_uri: uri_of(tx.conn(), oid)?,
                reason,
                by_name,
                hidden_at: moment.now().micros(),
            };
            Ok(hidden::put(tx, &row)?)
        })
        .await
}

/// An administrator shows a post again.
///
/// # Errors
/// [`Error::Forbidden`] for members; [`Error::NotFound`].
pub async fn show(engine: &Engine, admin: &Member, oid: Oid) -> Result<(), Error> {
    admin.require_admin()?;
    engine
        .store()
        .write(move |tx| {
            let uri = uri_of(tx.conn(), oid)?;
            Ok(hidden::remove(tx, &uri)?)
        })
        .await
}

fn uri_of(conn: &mut Conn, oid: Oid) -> Result<String, Error> {
    let held = object::by_oid(conn, &oid.to_string())?;
    Ok(held.ok_or(Error::NotFound)?.uri)
}
