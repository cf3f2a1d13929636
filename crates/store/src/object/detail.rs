//! What is particular to a kind of object: threads, knowledge objects, attachments.

use diesel::{
    AsChangeset, ExpressionMethods, HasQuery, Insertable, OptionalExtension, QueryDsl, RunQueryDsl,
};

use crate::{
    Conn, Error, Tx,
    schema::{attachment, knowledge, thread},
};

/// What is particular to a thread.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable, AsChangeset)]
#[diesel(table_name = thread, treat_none_as_null = true)]
pub struct Thread {
    /// Object.
    pub object_id: i64,
    /// Text of `domain::ThreadKind`.
    pub kind: String,
    /// The comment accepted as the answer.
    pub answer_uri: Option<String>,
}

/// What is particular to a knowledge object.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable, AsChangeset)]
#[diesel(table_name = knowledge, treat_none_as_null = true)]
pub struct Knowledge {
    /// Object.
    pub object_id: i64,
    /// Text of `domain::KnowledgeKind`.
    pub kind: String,
    /// Text of `domain::Audience`.
    pub audience: String,
    /// Text of `domain::License`.
    pub license: String,
    /// Plain text (column `abstract`).
    pub summary: String,
    /// The object that this one adapts.
    pub adaptation_of: Option<String>,
}

/// A file of an object.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = attachment)]
pub struct Attachment {
    /// Object.
    pub object_id: i64,
    /// From 0.
    pub position: i32,
    /// SHA-256, hex.
    pub digest: String,
    /// File name.
    pub name: String,
    /// Media type.
    pub media_type: String,
    /// Bytes.
    pub size_bytes: i64,
}

/// Of a thread.
///
/// # Errors
/// The database's.
pub fn thread(conn: &mut Conn, object_id: i64) -> Result<Option<Thread>, Error> {
    Ok(Thread::query()
        .filter(thread::object_id.eq(object_id))
        .get_result(conn)
        .optional()?)
}

/// Of a knowledge object.
///
/// # Errors
/// The database's.
pub fn knowledge(conn: &mut Conn, object_id: i64) -> Result<Option<Knowledge>, Error> {
    Ok(Knowledge::query()
        .filter(knowledge::object_id.eq(object_id))
        .get_result(conn)
        .optional()?)
}

/// Of any object, in order.
///
/// # Errors
/// The database's.
pub fn attachments(conn: &mut Conn, object_id: i64) -> Result<Vec<Attachment>, Error> {
    Ok(Attachment::query()
        .filter(attachment::object_id.eq(object_id))
        .order_by(attachment::position)
        .load(conn)?)
}

/// Inserts or replaces.
///
/// # Errors
/// The database's.
pub fn put_thread(tx: &mut Tx<'_>, row: &Thread) -> Result<(), Error> {
    let changed = diesel::update(thread::table.find(row.object_id))
        .set(row)
        .execute(tx.conn())?;
    if changed == 0 {
        diesel::insert_into(thread::table)
            .values(row)
            .execute(tx.conn())?;
    }
    Ok(())
}

/// Inserts or replaces.
///
/// # Errors
/// The database's.
pub fn put_knowledge(tx: &mut Tx<'_>, row: &Knowledge) -> Result<(), Error> {
    let changed = diesel::update(knowledge::table.find(row.object_id))
        .set(row)
        .execute(tx.conn())?;
    if changed == 0 {
        diesel::insert_into(knowledge::table)
            .values(row)
            .execute(tx.conn())?;
    }
    Ok(())
}

/// Replaces the attachments of an object.
///
/// # Errors
/// The database's.
pub fn put_attachments(tx: &mut Tx<'_>, object_id: i64, rows: &[Attachment]) -> Result<(), Error> {
    diesel::delete(attachment::table.filter(attachment::object_id.eq(object_id)))
        .execute(tx.conn())?;
    for row in rows {
        diesel::insert_into(attachment::table)
            .values(row)
            .execute(tx.conn())?;
    }
    Ok(())
}
