//! Erasing a post for good: for when somebody has a right to it. Deleting only makes a tombstone; this
//! takes the texts out of the log, here and in every copy.

use tequio_domain::{Digest, Oid, text};
use tequio_protocol::activity::{Act, Content, ENTRIES_MAX, Erase};
use tequio_store::{
    Tx, entry,
    erasure::{self, Erasure},
    log, object,
};

use crate::{Engine, Error, Moment, materialize::erase::content_of, meaning::kept_document};

/// A post of this city that an administrator erases.
#[derive(Debug, Clone)]
pub struct Order {
    /// The post.
    pub oid: Oid,
    /// Why; kept for the administrators, in no log.
    pub reason: String,
    /// Name of the administrator.
    pub by_name: String,
}

/// Erases a post by a member of this city. Sibling cities do the same when they get the entry.
///
/// # Errors
/// [`Error::NotFound`] when there is no such post; [`Error::Forbidden`] when it stands in another city's log;
/// [`Error::Invalid`] for `reason`, or for `post` when nothing is left to be erased.
pub async fn post(engine: &Engine, moment: Moment, order: Order) -> Result<(), Error> {
    let reason = text::profile_line(&order.reason, "reason")?;
    if reason.is_empty() {
        return Err(tequio_domain::Invalid::new("reason", "missing").into());
    }
    let asked = order.oid.to_string();
    let held = engine
        .store()
        .read(move |conn| object::by_oid(conn, &asked))
        .await?;
    let held = held.ok_or(Error::NotFound)?;
    let pen = engine.pen(held.topic_id, moment).await?;
    if pen.log_id != held.log_id {
        return Err(Error::Forbidden(
            "only the city of its author erases a post",
        ));
    }
    engine
        .store()
        .write(move |tx| {
            for erase in what_is_left(tx, pen.log_id, &held.uri)? {
                pen.write_as_group(tx, Act::Erase(Box::new(erase)))?;
            }
            let row = Erasure {
                log_id: pen.log_id,
                seq: log::by_id(tx.conn(), pen.log_id)?.head_seq,
                object_uri: held.uri,
                reason,
                by_name: order.by_name,
                at: moment.now().micros(),
            };
            Ok(erasure::add(tx, &row)?)
        })
        .await
}

/// The entries that make or change a post, and what is left of it: as many acts as it takes.
fn what_is_left(tx: &mut Tx<'_>, log_id: i64, uri: &str) -> Result<Vec<Erase>, Error> {
    let mut first: Option<Content> = None;
    let mut entries = Vec::new();
    for row in entry::list_naming(tx.conn(), log_id, uri)? {
        let value = kept_document(&row.body)?;
        let Some(post) = content_of(&value).filter(|post| post.id == *uri) else {
            continue;
        };
        let digest = Digest::from_hex(&row.digest);
        let digest = digest.ok_or_else(|| Error::internal("an entry has no digest"))?;
        entries.push((row.seq, digest));
        first.get_or_insert(*post);
    }
    match first {
        Some(post) => {
            let acts = entries.chunks(ENTRIES_MAX);
            Ok(acts.map(|some| Erase::of(&post, some.into())).collect())
        }
        None => Err(tequio_domain::Invalid::new("post", "nothing-to-erase").into()),
    }
}

/// The post that an address is of, on any city's host: of a page, or `/o/{uuid}`.
#[must_use]
pub fn named_by(address: &str) -> Option<Oid> {
    let path = address.trim().split(['#', '?']).next().unwrap_or_default();
    let (shelf, last) = path.trim_end_matches('/').rsplit_once('/')?;
    if shelf.ends_with("/o") {
        return Oid::parse(last);
    }
    let is_shelf = ["conversaciones", "biblioteca", "comentarios"]
        .iter()
        .any(|name| shelf.ends_with(name));
    let short = last.split('-').next().filter(|_| is_shelf)?;
    Oid::from_short(short)
}

#[cfg(test)]
mod tests {
    use tequio_domain::Timestamp;

    use super::*;

    #[test]
    fn a_post_is_found_by_any_of_its_addresses() {
        let oid = Oid::at(Timestamp::from_micros(1_772_460_300_000_000), &[9; 10]);
        let short = oid.short();
        for address in [
            format!("https://quito.example/conversaciones/{short}-como-cobrar"),
            format!("/biblioteca/{short}?pagina=2"),
            format!(" https://leon.example/comentarios/{short}#c-{short} "),
            format!("https://quito.example/o/{oid}"),
        ] {
            assert_eq!(named_by(&address), Some(oid), "{address}");
        }
        for address in ["", "x", "https://quito.example/", "/temas/agua", "/o/1"] {
            assert_eq!(named_by(address), None, "{address}");
        }
    }
}
