//! One number for the shared state of a topic: two cities that show the same have the same.

use serde_json::{Value, json};
use tequio_domain::Digest;
use tequio_protocol::digest::{Sha256Hasher, sha256};
use tequio_store::{Conn, ledger, log, object::snapshot, ruling, topic};

use crate::Error;

/// How many objects are read at a time.
const PAGE: i64 = 500;

/// The state of a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicState {
    /// Slug.
    pub topic: String,
    /// SHA-256 over everything that is shared: objects, tallies, authors, heads, coordination.
    pub digest: Digest,
    /// City, last entry held and its digest (hex), by city; logs that hold nothing are left out.
    pub heads: Vec<(String, i64, String)>,
    /// Objects, tombstones included.
    pub objects: usize,
}

/// Computes the state of a topic.
///
/// Each object is hashed by what every city knows of it (never by local row keys, nor by sanitised
/// HTML, which may differ between versions of the program); the hashes are sorted and hashed.
///
/// # Errors
/// [`Error::NotFound`] when there is no such topic.
pub fn of_topic(conn: &mut Conn, slug: &str) -> Result<TopicState, Error> {
    let topic = topic::by_slug(conn, slug)?;
    let mut hashes = Vec::new();
    let mut after = 0;
    loop {
        let page = snapshot::page(conn, topic.id, after, PAGE)?;
        let Some(last) = page.last() else { break };
        after = last.id;
        for row in &page {
            hashes.push(hash(&object_value(row)));
        }
    }
    let objects = hashes.len();
    for author in snapshot::authors(conn, topic.id)? {
        hashes.push(hash(&json!(["author", author.0, author.1, author.2])));
    }
    hash_ledger(conn, topic.id, &mut hashes)?;
    let heads = heads(conn, topic.id)?;
    for (city, seq, digest) in &heads {
        hashes.push(hash(&json!(["head", city, seq, digest])));
    }
    hashes.sort_unstable();
    let mut hasher = Sha256Hasher::new();
    for hash in &hashes {
        hasher.update(hash.as_bytes());
    }
    Ok(TopicState {
        topic: topic.slug,
        digest: hasher.finish(),
        heads,
        objects,
    })
}

/// Who takes part, who coordinates, and what every act of the ledger comes to.
fn hash_ledger(conn: &mut Conn, topic_id: i64, hashes: &mut Vec<Digest>) -> Result<(), Error> {
    for act in ledger::verdicts(conn, topic_id)? {
        let (city, seq, digest, word, verdict, reason) = act;
        let value = json!(["ledger", city, seq, digest, word, verdict, reason]);
        hashes.push(hash(&value));
    }
    for term in ledger::terms(conn, topic_id)? {
        hashes.push(hash(&json!([
            "term",
            term.number,
            term.city,
            term.deed,
            term.start_seq,
            term.last_seq,
            term.ended_by,
            term.is_settled,
        ])));
    }
    for row in ruling::of_topic(conn, topic_id)? {
        let (about, kind) = (row.object_uri, row.kind);
        let value = json!(["ruling", about, kind, row.made_at, row.ends_at]);
        hashes.push(hash(&value));
    }
    for member in ledger::members(conn, topic_id)? {
        let (city, key) = (member.city, member.public_key);
        let value = json!(["member", city, key, member.from_seq, member.until_kind]);
        hashes.push(hash(&value));
    }
    Ok(())
}

/// How far each log of a topic is held.
///
/// # Errors
/// The database's.
pub fn heads(conn: &mut Conn, topic_id: i64) -> Result<Vec<(String, i64, String)>, Error> {
    let logs = log::of_topic(conn, topic_id)?;
    let held = logs.into_iter().filter(|row| row.head_seq > 0);
    Ok(held
        .map(|row| (row.city, row.head_seq, row.head_digest))
        .collect())
}

fn hash(value: &Value) -> Digest {
    sha256(value.to_string().as_bytes())
}

fn object_value(row: &snapshot::Snapshot) -> Value {
    json!([
        "object",
        row.oid,
        row.uri,
        row.kind,
        row.author_uri,
        row.group_uri,
        row.parent_uri,
        row.root_uri,
        row.title,
        row.source,
        row.language,
        row.created_at,
        row.updated_at,
        row.deleted_at,
        row.version,
        row.comment_count,
        row.last_activity_at,
        row.tallies,
        row.detail,
        row.attachments,
        row.revisions,
    ])
}
