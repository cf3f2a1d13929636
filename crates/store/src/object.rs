//! The one object table: threads, comments, knowledge objects.
//!
//! [`by_uri`] finds, [`add`] and [`set_version`] write; what is particular to a kind is in
//! [`detail`]. Only the materializer of `engine` writes here.

pub mod detail;
pub mod snapshot;

use diesel::{
    BoolExpressionMethods, ExpressionMethods, HasQuery, Insertable, IntoSql, OptionalExtension,
    QueryDsl, RunQueryDsl,
    dsl::{auto_type, case_when},
    sql_types::BigInt,
};

use crate::{
    Conn, Error, Tx,
    prepared::Fixed,
    schema::{attachment, author_key, knowledge, object, person, revision, tally, thread, waiting},
};

/// One object.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = object)]
pub struct Object {
    /// Row key: of the entry that created it.
    pub id: i64,
    /// The same in every city.
    pub oid: String,
    /// ActivityPub id.
    pub uri: String,
    /// Text of `domain::ObjectKind`.
    pub kind: String,
    /// Topic.
    pub topic_id: i64,
    /// The log in which all its versions stand.
    pub log_id: i64,
    /// The group in which its thread was opened.
    pub group_uri: String,
    /// Author.
    pub author_id: i64,
    /// What it answers.
    pub parent_id: Option<i64>,
    /// The root of its thread: itself for threads and knowledge objects.
    pub root_id: i64,
    /// Empty for comments and tombstones.
    pub title: String,
    /// Markdown.
    pub source: String,
    /// Sanitised.
    pub html: String,
    /// BCP 47.
    pub language: String,
    /// Microseconds.
    pub created_at: i64,
    /// Microseconds; `None` = never changed.
    pub updated_at: Option<i64>,
    /// Microseconds; `None` = alive.
    pub deleted_at: Option<i64>,
    /// 1 on creation.
    pub version: i32,
    /// Of a root: live comments below it.
    pub comment_count: i64,
    /// Of a root: newest of itself and its comments, microseconds.
    pub last_activity_at: i64,
    /// Sum of the tallies.
    pub useful_count: i64,
}

/// Neither deleted by its author, nor removed by the coordination of its topic, nor hidden on this instance:
/// what lists show.
#[auto_type(no_type_alias)]
pub(crate) fn alive() -> _ {
    object::deleted_at
        .is_null()
        .and(object::removed_at.is_null())
        .and(object::hidden_at.is_null())
}

/// A new version of an object's text.
#[derive(Debug, Clone, Copy)]
pub struct Version<'a> {
    /// Title.
    pub title: &'a str,
    /// Markdown.
    pub source: &'a str,
    /// Sanitised.
    pub html: &'a str,
    /// BCP 47.
    pub language: &'a str,
    /// Digest of the entry that carries it, hex.
    pub digest: &'a str,
    /// Microseconds.
    pub made_at: i64,
}

/// One kept version.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = revision)]
pub struct Revision {
    /// Object.
    pub object_id: i64,
    /// From 1.
    pub version: i32,
    /// Title.
    pub title: String,
    /// Markdown.
    pub source: String,
    /// Sanitised.
    pub html: String,
    /// Digest of the entry that carried it, hex.
    pub digest: String,
    /// Microseconds.
    pub made_at: i64,
}

/// By ActivityPub id; the first that was taken in, should one id stand in two topics or logs.
///
/// # Errors
/// The database's.
pub fn by_uri(conn: &mut Conn, uri: &str) -> Result<Option<Object>, Error> {
    Ok(Object::query()
        .filter(object::uri.eq(uri))
        .order_by(object::id)
        .get_result(conn)
        .optional()?)
}

/// By ActivityPub id, if readers see it; of several, the oldest here.
///
/// # Errors
/// The database's.
pub fn shown_by_uri(conn: &mut Conn, uri: &str) -> Result<Option<Object>, Error> {
    Ok(Object::query()
        .filter(object::uri.eq(uri).and(alive()))
        .order_by(object::id)
        .first(conn)
        .optional()?)
}

/// Whether readers are kept from an object that its author has not deleted: removed by the coordination
/// of its topic, or hidden on this instance. Either may end.
///
/// # Errors
/// The database's.
pub fn is_withheld(conn: &mut Conn, id: i64) -> Result<bool, Error> {
    let withheld = object::removed_at
        .is_not_null()
        .or(object::hidden_at.is_not_null());
    let held = object::table.filter(object::id.eq(id).and(withheld));
    Ok(diesel::select(diesel::dsl::exists(held)).get_result(conn)?)
}

/// By ActivityPub id within a log: what an entry of this log made.
///
/// # Errors
/// The database's.
pub fn in_log(conn: &mut Conn, uri: &str, log_id: i64) -> Result<Option<Object>, Error> {
    Ok(Object::query()
        .filter(object::uri.eq(uri).and(object::log_id.eq(log_id)))
        .get_result(conn)
        .optional()?)
}

/// By ActivityPub id within a topic: what an entry of its logs refers to. One, or an outside post that
/// several cities attest.
///
/// # Errors
/// The database's.
pub fn in_topic(conn: &mut Conn, uri: &str, topic_id: i64) -> Result<Vec<Object>, Error> {
    Ok(Object::query()
        .filter(object::uri.eq(uri).and(object::topic_id.eq(topic_id)))
        .order_by(object::id)
        .load(conn)?)
}

/// By ActivityPub id, wherever it stands.
///
/// # Errors
/// The database's.
pub fn list_by_uri(conn: &mut Conn, uri: &str) -> Result<Vec<Object>, Error> {
    Ok(Object::query()
        .filter(object::uri.eq(uri))
        .order_by(object::id)
        .load(conn)?)
}

/// The living objects that an author has in a log, in row order.
///
/// # Errors
/// The database's.
pub fn list_alive_of(conn: &mut Conn, author_id: i64, log_id: i64) -> Result<Vec<Object>, Error> {
    Ok(Object::query()
        .filter(
            object::author_id
                .eq(author_id)
                .and(object::log_id.eq(log_id))
                .and(object::deleted_at.is_null()),
        )
        .order_by(object::id)
        .load(conn)?)
}

/// By identity.
///
/// # Errors
/// The database's.
pub fn by_oid(conn: &mut Conn, oid: &str) -> Result<Option<Object>, Error> {
    Ok(Object::query()
        .filter(object::oid.eq(oid))
        .order_by(object::id)
        .get_result(conn)
        .optional()?)
}

/// By row key.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub fn by_id(conn: &mut Conn, id: i64) -> Result<Object, Error> {
    Ok(Object::query().filter(object::id.eq(id)).get_result(conn)?)
}

/// Keeps a new object with its first version.
///
/// # Errors
/// The database's; also when uri or oid are taken.
pub fn add(tx: &mut Tx<'_>, row: &Object, digest: &str) -> Result<(), Error> {
    diesel::insert_into(object::table)
        .values(row)
        .execute(tx.conn())?;
    add_revision(
        tx,
        &Revision {
            object_id: row.id,
            version: row.version,
            title: row.title.clone(),
            source: row.source.clone(),
            html: row.html.clone(),
            digest: digest.to_owned(),
            made_at: row.created_at,
        },
    )?;
    crate::ruling::apply(tx, row.topic_id, &row.uri)?;
    crate::hidden::apply(tx, &row.uri)
}

/// Replaces the text of an object by its next version.
///
/// # Errors
/// The database's.
pub fn set_version(tx: &mut Tx<'_>, held: &Object, new: Version<'_>) -> Result<(), Error> {
    let version = held.version.saturating_add(1);
    diesel::update(object::table.find(held.id))
        .set((
            object::title.eq(new.title),
            object::source.eq(new.source),
            object::html.eq(new.html),
            object::language.eq(new.language),
            object::updated_at.eq(Some(new.made_at)),
            object::version.eq(version),
        ))
        .execute(tx.conn())?;
    add_revision(
        tx,
        &Revision {
            object_id: held.id,
            version,
            title: new.title.to_owned(),
            source: new.source.to_owned(),
            html: new.html.to_owned(),
            digest: new.digest.to_owned(),
            made_at: new.made_at,
        },
    )
}

/// Makes an object a tombstone: its texts and attachments go. Of its versions remains which entries
/// carried them, so that [`raise`] can find them again in the log.
///
/// # Errors
/// The database's.
pub fn bury(tx: &mut Tx<'_>, id: i64, deleted_at: i64) -> Result<(), Error> {
    diesel::update(object::table.find(id))
        .set((
            object::deleted_at.eq(Some(deleted_at)),
            object::title.eq(""),
            object::source.eq(""),
            object::html.eq(""),
        ))
        .execute(tx.conn())?;
    diesel::update(revision::table.filter(revision::object_id.eq(id)))
        .set((
            revision::title.eq(""),
            revision::source.eq(""),
            revision::html.eq(""),
        ))
        .execute(tx.conn())?;
    diesel::delete(attachment::table.filter(attachment::object_id.eq(id))).execute(tx.conn())?;
    diesel::update(knowledge::table.find(id))
        .set(knowledge::summary.eq(""))
        .execute(tx.conn())?;
    Ok(())
}

/// Gives a tombstone its texts back: `versions` are all that it had, the newest first; at least one.
///
/// # Errors
/// The database's; [`Error::NotFound`] without versions.
pub fn raise(tx: &mut Tx<'_>, id: i64, versions: &[Revision]) -> Result<(), Error> {
    let newest = versions.first().ok_or(Error::NotFound)?;
    diesel::update(object::table.find(id))
        .set((
            object::deleted_at.eq(None::<i64>),
            object::title.eq(&newest.title),
            object::source.eq(&newest.source),
            object::html.eq(&newest.html),
        ))
        .execute(tx.conn())?;
    for row in versions {
        diesel::update(revision::table.find((id, row.version)))
            .set((
                revision::title.eq(&row.title),
                revision::source.eq(&row.source),
                revision::html.eq(&row.html),
            ))
            .execute(tx.conn())?;
    }
    Ok(())
}

/// Whether there is a row with this key.
///
/// # Errors
/// The database's.
pub fn exists(conn: &mut Conn, id: i64) -> Result<bool, Error> {
    let held = object::table.find(id);
    Ok(diesel::select(diesel::dsl::exists(held)).get_result(conn)?)
}

/// A tombstone keeps nothing of what its versions were.
///
/// # Errors
/// The database's.
pub fn erase(tx: &mut Tx<'_>, id: i64, deleted_at: i64, language: &str) -> Result<(), Error> {
    diesel::delete(revision::table.filter(revision::object_id.eq(id))).execute(tx.conn())?;
    diesel::update(object::table.find(id))
        .set((
            object::title.eq(""),
            object::source.eq(""),
            object::html.eq(""),
            object::language.eq(language),
            object::updated_at.eq(None::<i64>),
            object::deleted_at.eq(Some(deleted_at)),
            object::version.eq(1),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// A root got a comment, made at this time.
///
/// # Errors
/// The database's.
pub fn comment_came(tx: &mut Tx<'_>, root_id: i64, made_at: i64) -> Result<(), Error> {
    let newest = case_when(
        object::last_activity_at.lt(made_at),
        made_at.into_sql::<BigInt>(),
    )
    .otherwise(object::last_activity_at);
    let update = diesel::update(object::table.find(root_id)).set((
        object::comment_count.eq(object::comment_count + 1),
        object::last_activity_at.eq(newest),
    ));
    Fixed(update).execute(tx.conn())?;
    Ok(())
}

/// A root lost a comment.
///
/// # Errors
/// The database's.
pub fn comment_went(tx: &mut Tx<'_>, root_id: i64) -> Result<(), Error> {
    diesel::update(object::table.find(root_id))
        .set(object::comment_count.eq(object::comment_count - 1))
        .execute(tx.conn())?;
    Ok(())
}

/// Sets the tally of one city's log for an object and the sum in the object.
///
/// # Errors
/// The database's.
pub fn set_tally(tx: &mut Tx<'_>, object_id: i64, log_id: i64, amount: i64) -> Result<(), Error> {
    let key = tally::table.find((object_id, log_id));
    let held: Option<i64> = key.select(tally::amount).get_result(tx.conn()).optional()?;
    match held {
        None => diesel::insert_into(tally::table)
            .values((
                tally::object_id.eq(object_id),
                tally::log_id.eq(log_id),
                tally::amount.eq(amount),
            ))
            .execute(tx.conn())?,
        Some(_) => diesel::update(key)
            .set(tally::amount.eq(amount))
            .execute(tx.conn())?,
    };
    let change = amount - held.unwrap_or(0);
    diesel::update(object::table.find(object_id))
        .set(object::useful_count.eq(object::useful_count + change))
        .execute(tx.conn())?;
    Ok(())
}

/// The tally that one log carries for an object; 0 when none.
///
/// # Errors
/// The database's.
pub fn tally_of(conn: &mut Conn, object_id: i64, log_id: i64) -> Result<i64, Error> {
    let held = tally::table
        .find((object_id, log_id))
        .select(tally::amount)
        .get_result(conn);
    Ok(held.optional()?.unwrap_or(0))
}

/// Gives an object the tallies that another one has; it must have none yet.
///
/// # Errors
/// The database's.
pub fn copy_tallies(tx: &mut Tx<'_>, from_id: i64, to_id: i64) -> Result<(), Error> {
    let held: Vec<(i64, i64)> = tally::table
        .filter(tally::object_id.eq(from_id))
        .order_by(tally::log_id)
        .select((tally::log_id, tally::amount))
        .load(tx.conn())?;
    for (log_id, amount) in held {
        set_tally(tx, to_id, log_id, amount)?;
    }
    Ok(())
}

/// The kept versions of an object, newest first.
///
/// # Errors
/// The database's.
pub fn revisions(conn: &mut Conn, object_id: i64) -> Result<Vec<Revision>, Error> {
    Ok(Revision::query()
        .filter(revision::object_id.eq(object_id))
        .order_by(revision::version.desc())
        .load(conn)?)
}

/// Empties every table that [`crate::entry`] refills.
///
/// # Errors
/// The database's.
pub fn clear_view(tx: &mut Tx<'_>) -> Result<(), Error> {
    crate::ledger::clear(tx)?;
    let conn = tx.conn();
    diesel::delete(waiting::table).execute(conn)?;
    diesel::delete(tally::table).execute(conn)?;
    diesel::delete(attachment::table).execute(conn)?;
    diesel::delete(revision::table).execute(conn)?;
    diesel::delete(knowledge::table).execute(conn)?;
    diesel::delete(thread::table).execute(conn)?;
    // Children first: `parent_id` refers to the same table.
    diesel::update(object::table)
        .set(object::parent_id.eq(None::<i64>))
        .execute(conn)?;
    diesel::delete(object::table).execute(conn)?;
    diesel::delete(person::table).execute(conn)?;
    diesel::delete(author_key::table).execute(conn)?;
    Ok(())
}

fn add_revision(tx: &mut Tx<'_>, row: &Revision) -> Result<(), Error> {
    diesel::insert_into(revision::table)
        .values(row)
        .execute(tx.conn())?;
    Ok(())
}
