//! The entry that carries an object as it is now.

use diesel::{BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};

use crate::object::Object;
use crate::schema::{entry, revision};
use crate::{Conn, Error};

/// The bytes of the entry that carries an object's present version; `None` for a tombstone.
///
/// # Errors
/// [`Error`] of the database.
pub fn body_of(conn: &mut Conn, held: &Object) -> Result<Option<String>, Error> {
    if held.deleted_at.is_some() {
        return Ok(None);
    }
    let digest: Option<String> = revision::table
        .find((held.id, held.version))
        .select(revision::digest)
        .get_result(conn)
        .optional()?;
    let Some(digest) = digest else {
        return Ok(None);
    };
    // The first version stands in the entry that made the object; a later one after it.
    let first: (String, String) = entry::table
        .find(held.id)
        .select((entry::digest, entry::body))
        .get_result(conn)?;
    if first.0 == digest {
        return Ok(Some(first.1));
    }
    let later = entry::log_id.eq(held.log_id).and(entry::digest.eq(digest));
    Ok(entry::table
        .filter(later)
        .select(entry::body)
        .first(conn)
        .optional()?)
}
