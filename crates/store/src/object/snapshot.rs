//! Objects as every city knows them: without row keys, for comparing replicas.

use std::collections::HashMap;

use diesel::{BoolExpressionMethods, ExpressionMethods, HasQuery, QueryDsl, RunQueryDsl};

use crate::{
    Conn, Error,
    object::Object,
    schema::{attachment, author_key, knowledge, log, object, person, revision, tally, thread},
};

/// One object, by shared names only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Row key, for paging only.
    pub id: i64,
    /// Identity.
    pub oid: String,
    /// ActivityPub id.
    pub uri: String,
    /// Text of `domain::ObjectKind`.
    pub kind: String,
    /// Author.
    pub author_uri: String,
    /// Group of the thread.
    pub group_uri: String,
    /// What it answers.
    pub parent_uri: Option<String>,
    /// Root of its thread.
    pub root_uri: String,
    /// Title.
    pub title: String,
    /// Markdown.
    pub source: String,
    /// BCP 47.
    pub language: String,
    /// Microseconds.
    pub created_at: i64,
    /// Microseconds.
    pub updated_at: Option<i64>,
    /// Microseconds.
    pub deleted_at: Option<i64>,
    /// From 1.
    pub version: i32,
    /// Live comments below a root.
    pub comment_count: i64,
    /// Microseconds.
    pub last_activity_at: i64,
    /// City and amount, by city; zeros left out.
    pub tallies: Vec<(String, i64)>,
    /// What is particular to its kind.
    pub detail: Vec<String>,
    /// Digest, name, media type, size, in order.
    pub attachments: Vec<(String, String, String, i64)>,
    /// Version and digest of its entry, in order.
    pub revisions: Vec<(i32, String)>,
}

/// Objects of a topic after a row key, at most 500.
///
/// # Errors
/// The database's.
pub fn page(
    conn: &mut Conn,
    topic_id: i64,
    after: i64,
    limit: i64,
) -> Result<Vec<Snapshot>, Error> {
    let rows: Vec<Object> = Object::query()
        .filter(object::topic_id.eq(topic_id).and(object::id.gt(after)))
        .order_by(object::id)
        .limit(limit.min(500))
        .load(conn)?;
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let mut beside = Beside::load(conn, &ids, &rows)?;
    Ok(rows.into_iter().map(|row| beside.join(row)).collect())
}

/// The authors that a topic's logs know: person, key, card, in a fixed order.
///
/// # Errors
/// The database's.
pub fn authors(conn: &mut Conn, topic_id: i64) -> Result<Vec<(String, String, String)>, Error> {
    Ok(author_key::table
        .inner_join(log::table)
        .filter(log::topic_id.eq(topic_id))
        .order_by((author_key::person_uri, log::city))
        .select((
            author_key::person_uri,
            author_key::public_key,
            author_key::card_uri,
        ))
        .load(conn)?)
}

/// What other tables say of one page of objects.
struct Beside {
    uris: HashMap<i64, String>,
    authors: HashMap<i64, String>,
    tallies: HashMap<i64, Vec<(String, i64)>>,
    details: HashMap<i64, Vec<String>>,
    attachments: HashMap<i64, Vec<(String, String, String, i64)>>,
    revisions: HashMap<i64, Vec<(i32, String)>>,
}

impl Beside {
    fn load(conn: &mut Conn, ids: &[i64], rows: &[Object]) -> Result<Self, Error> {
        Ok(Self {
            uris: uris(conn, rows)?,
            authors: authors_of(conn, rows)?,
            tallies: tallies(conn, ids)?,
            details: details(conn, ids)?,
            attachments: attachments(conn, ids)?,
            revisions: revisions(conn, ids)?,
        })
    }

    fn join(&mut self, row: Object) -> Snapshot {
        let uri_of = |id: i64| self.uris.get(&id).cloned().unwrap_or_default();
        Snapshot {
            id: row.id,
            author_uri: self
                .authors
                .get(&row.author_id)
                .cloned()
                .unwrap_or_default(),
            parent_uri: row.parent_id.map(uri_of),
            root_uri: uri_of(row.root_id),
            oid: row.oid,
            uri: row.uri,
            kind: row.kind,
            group_uri: row.group_uri,
            title: row.title,
            source: row.source,
            language: row.language,
            created_at: row.created_at,
            updated_at: row.updated_at,
            deleted_at: row.deleted_at,
            version: row.version,
            comment_count: row.comment_count,
            last_activity_at: row.last_activity_at,
            tallies: self.tallies.remove(&row.id).unwrap_or_default(),
            detail: self.details.remove(&row.id).unwrap_or_default(),
            attachments: self.attachments.remove(&row.id).unwrap_or_default(),
            revisions: self.revisions.remove(&row.id).unwrap_or_default(),
        }
    }
}

fn grouped<T>(rows: impl IntoIterator<Item = (i64, T)>) -> HashMap<i64, Vec<T>> {
    let mut groups: HashMap<i64, Vec<T>> = HashMap::new();
    for (id, row) in rows {
        groups.entry(id).or_default().push(row);
    }
    groups
}

fn uris(conn: &mut Conn, rows: &[Object]) -> Result<HashMap<i64, String>, Error> {
    let mut ids: Vec<i64> = rows
        .iter()
        .flat_map(|row| [Some(row.root_id), row.parent_id])
        .flatten()
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let mut uris = HashMap::new();
    for chunk in ids.chunks(500) {
        let found: Vec<(i64, String)> = object::table
            .filter(object::id.eq_any(chunk))
            .select((object::id, object::uri))
            .load(conn)?;
        uris.extend(found);
    }
    Ok(uris)
}

fn authors_of(conn: &mut Conn, rows: &[Object]) -> Result<HashMap<i64, String>, Error> {
    let mut ids: Vec<i64> = rows.iter().map(|row| row.author_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let found: Vec<(i64, String)> = person::table
        .filter(person::id.eq_any(&ids))
        .select((person::id, person::uri))
        .load(conn)?;
    Ok(found.into_iter().collect())
}

fn tallies(conn: &mut Conn, ids: &[i64]) -> Result<HashMap<i64, Vec<(String, i64)>>, Error> {
    let rows: Vec<(i64, String, i64)> = tally::table
        .inner_join(log::table)
        .filter(tally::object_id.eq_any(ids).and(tally::amount.gt(0)))
        .order_by((tally::object_id, log::city))
        .select((tally::object_id, log::city, tally::amount))
        .load(conn)?;
    Ok(grouped(
        rows.into_iter()
            .map(|(id, city, amount)| (id, (city, amount))),
    ))
}

fn details(conn: &mut Conn, ids: &[i64]) -> Result<HashMap<i64, Vec<String>>, Error> {
    let threads: Vec<(i64, String, Option<String>)> = thread::table
        .filter(thread::object_id.eq_any(ids))
        .select((thread::object_id, thread::kind, thread::answer_uri))
        .load(conn)?;
    let mut details: HashMap<i64, Vec<String>> = threads
        .into_iter()
        .map(|(id, kind, answer)| (id, vec![kind, answer.unwrap_or_default()]))
        .collect();
    let objects: Vec<(i64, String, String, String, String, Option<String>)> = knowledge::table
        .filter(knowledge::object_id.eq_any(ids))
        .select((
            knowledge::object_id,
            knowledge::kind,
            knowledge::audience,
            knowledge::license,
            knowledge::summary,
            knowledge::adaptation_of,
        ))
        .load(conn)?;
    for (id, kind, audience, license, summary, of) in objects {
        details.insert(
            id,
            vec![kind, audience, license, summary, of.unwrap_or_default()],
        );
    }
    Ok(details)
}

type FileRow = (String, String, String, i64);

fn attachments(conn: &mut Conn, ids: &[i64]) -> Result<HashMap<i64, Vec<FileRow>>, Error> {
    let rows: Vec<(i64, FileRow)> = attachment::table
        .filter(attachment::object_id.eq_any(ids))
        .order_by((attachment::object_id, attachment::position))
        .select((
            attachment::object_id,
            (
                attachment::digest,
                attachment::name,
                attachment::media_type,
                attachment::size_bytes,
            ),
        ))
        .load(conn)?;
    Ok(grouped(rows))
}

fn revisions(conn: &mut Conn, ids: &[i64]) -> Result<HashMap<i64, Vec<(i32, String)>>, Error> {
    let rows: Vec<(i64, (i32, String))> = revision::table
        .filter(revision::object_id.eq_any(ids))
        .order_by((revision::object_id, revision::version))
        .select((revision::object_id, (revision::version, revision::digest)))
        .load(conn)?;
    Ok(grouped(rows))
}
