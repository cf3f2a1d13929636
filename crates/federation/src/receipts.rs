//! Who has carried out what this city erases.
//!
//! A vector of heads of version 1 says that everything up to its numbers is carried out, erasures too. Signed by
//! the sibling's group, it is a receipt, and kept as it came.

use serde_json::Value;
use tequio_protocol::activity::Heads;
use tequio_store::erasure::{self, Receipt};
use tequio_store::{log, topic};

use crate::heads::Vector;
use crate::sibling::Sibling;
use crate::words::is_signed_by;
use crate::{Inner, bookkeeping, discovery};

/// The version from which on siblings erase.
const ERASES_SINCE: i64 = 1;

/// Keeps what a sibling confirms. `document` is the vector as it came.
pub(crate) async fn note(
    inner: &Inner,
    sibling: &Sibling,
    document: &Value,
    heads: &Heads,
    vector: &Vector,
) -> Result<(), tequio_store::Error> {
    let version = document.get("tq:version").and_then(Value::as_i64);
    if version.unwrap_or(0) < ERASES_SINCE {
        return Ok(());
    }
    let store = inner.engine.store();
    let city = sibling.city.clone();
    let open = store
        .read(move |conn| erasure::unconfirmed(conn, &city))
        .await?;
    let own = vector
        .heads
        .iter()
        .filter(|head| open.contains(&head.log_id));
    let mut receipts = Vec::new();
    for head in own {
        let told = heads.logs.iter().find(|told| told.group == head.group_uri);
        if let Some(told) = told.filter(|told| told.seq > 0 && told.seq <= head.head_seq) {
            receipts.push(Receipt {
                log_id: head.log_id,
                city: sibling.city.clone(),
                seq: told.seq,
                at: inner.now().micros(),
                word: document.to_string(),
            });
        }
    }
    if receipts.is_empty() || !is_signed_by(document, &heads.group, vector) {
        return Ok(());
    }
    bookkeeping::note_receipts(store, receipts).await
}

/// Asks a sibling for what it has not confirmed yet.
pub(crate) async fn ask(inner: &Inner, sibling: &Sibling) -> Result<(), discovery::NotFound> {
    let city = sibling.city.clone();
    let read = move |conn: &mut tequio_store::Conn| {
        let open = erasure::unconfirmed(conn, &city)?;
        let mut slugs = Vec::new();
        for log_id in open {
            let row = log::by_id(conn, log_id)?;
            slugs.push(topic::by_id(conn, row.topic_id)?.slug);
        }
        Ok::<_, tequio_store::Error>(slugs)
    };
    for slug in inner.engine.store().read(read).await? {
        let group = tequio_protocol::activity::actor::group_uri(&sibling.base_url, &slug);
        discovery::ask_heads(inner, sibling, &group).await?;
    }
    Ok(())
}
