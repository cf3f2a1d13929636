//! The key of a group that nobody can ask any more, by the word of the siblings that hold its log.
//!
//! A city that is founded after another one is gone learns that one's key from the vectors of heads of
//! the others, each signed by the group that says it. What must stay true: whoever can be asked is asked
//! itself; all siblings that can be reached have spoken before a word is taken; more than half of the configured
//! siblings say it, and none says otherwise; and what was taken is pinned, like a key that the group itself has
//! shown.

use serde_json::Value;
use tequio_protocol::activity::actor::group_uri;
use tequio_protocol::activity::{Heads, Reach};
use tequio_protocol::keys::Ed25519PublicKey;
use tequio_protocol::proof;
use tequio_store::key_word::{self, KeyWord};
use tequio_store::{city, topic};

use crate::heads::Vector;
use crate::sibling::Sibling;
use crate::{Inner, bookkeeping};

/// Keeps what a sibling says of groups that we have not met. `document` is the vector as it came.
pub(crate) async fn note(
    inner: &Inner,
    sibling: &Sibling,
    document: &Value,
    heads: &Heads,
    vector: &Vector,
) -> Result<(), tequio_store::Error> {
    let unmet = |told: &&Reach| vector.is_unmet(&told.group) && told.key.is_some();
    if !heads.logs.iter().any(|told| unmet(&told)) {
        return Ok(());
    }
    if !is_signed_by(document, &heads.group, vector) {
        tracing::debug!(
            city = sibling.city,
            "its word on keys is not signed by its group"
        );
        return Ok(());
    }
    let store = inner.engine.store();
    let (topics, cities, held) = store
        .read(|conn| {
            Ok::<_, tequio_store::Error>((
                topic::all(conn)?,
                city::all(conn)?,
                key_word::all(conn)?,
            ))
        })
        .await?;
    let Some(topic) = topics.into_iter().find(|topic| topic.uri == heads.topic) else {
        return Ok(());
    };
    let now = inner.now().micros();
    let mut words = Vec::new();
    for told in heads.logs.iter().filter(unmet) {
        let Some(home) = cities.iter().find(|city| city.slug == told.city) else {
            continue;
        };
        let configured = inner.siblings.by_city(&told.city);
        let base_url = configured
            .as_ref()
            .map_or(&home.base_url, |sibling| &sibling.base_url);
        let is_placed = if base_url.is_empty() {
            told.group.ends_with(&format!("/t/{}", topic.slug)) && !inner.is_in_network(&told.group)
        } else {
            told.group == group_uri(base_url, &topic.slug)
        };
        let key = told.key.clone().unwrap_or_default();
        if home.is_self || !is_placed || Ed25519PublicKey::from_multibase(&key).is_err() {
            continue;
        }
        words.push(KeyWord {
            group_uri: told.group.clone(),
            teller: sibling.city.clone(),
            topic_id: topic.id,
            city: told.city.clone(),
            public_key: key,
            told_at: now,
        });
    }
    // Each hour the same is said again.
    words.retain(|word| !held.iter().any(|row| says_the_same(row, word)));
    if words.is_empty() {
        return Ok(());
    }
    bookkeeping::note_words(store, words).await
}

fn says_the_same(a: &KeyWord, b: &KeyWord) -> bool {
    (&a.group_uri, &a.teller, &a.city, &a.public_key)
        == (&b.group_uri, &b.teller, &b.city, &b.public_key)
}

/// Whether a vector carries the proof of the group that says it, by the key that we know of it.
pub(crate) fn is_signed_by(document: &Value, group: &str, vector: &Vector) -> bool {
    let Some(head) = vector.heads.iter().find(|head| head.group_uri == group) else {
        return false;
    };
    let method = proof::method(document).and_then(|method| method.strip_prefix(group));
    let is_theirs = method.is_some_and(|rest| rest.starts_with('#'));
    is_theirs
        && Ed25519PublicKey::from_multibase(&head.public_key)
            .is_ok_and(|key| proof::verify(document, &key).is_ok())
}

/// Makes the logs of groups that cannot be asked, where enough siblings say the same.
pub(crate) async fn settle(inner: &Inner) -> Result<(), tequio_engine::Error> {
    let store = inner.engine.store();
    let open = store.read(key_word::open).await?;
    let all_have_spoken = inner
        .siblings
        .iter()
        .all(|sibling| sibling.is_failing() || !sibling.must_find());
    if open.is_empty() || !all_have_spoken {
        return Ok(());
    }
    for words in open.chunk_by(|a, b| (a.topic_id, &a.city) == (b.topic_id, &b.city)) {
        let Some(first) = words.first() else { continue };
        let home = inner.siblings.by_city(&first.city);
        if home.is_some_and(|home| !home.is_failing()) {
            continue;
        }
        let agree = |word: &KeyWord| {
            (&word.group_uri, &word.public_key) == (&first.group_uri, &first.public_key)
        };
        if !words.iter().all(agree) {
            tracing::error!(
                group = first.group_uri,
                "siblings name different keys of a group that cannot be asked: none is taken"
            );
            continue;
        }
        let others = |city: &str| city != first.city;
        let could = inner.siblings.iter().filter(|row| others(&row.city));
        let did = words.iter().filter(|word| others(&word.teller));
        if did.count() * 2 <= could.count() {
            continue;
        }
        tracing::warn!(
            group = first.group_uri,
            tellers = words.len(),
            "its key is taken by the word of siblings"
        );
        inner.engine.adopt(first.clone()).await?;
        inner.pull.notify_one();
    }
    Ok(())
}
