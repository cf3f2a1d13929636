//! Topics and their glossaries: what the kit founds.

use diesel::{AsChangeset, ExpressionMethods, HasQuery, Insertable, QueryDsl, RunQueryDsl};

use crate::{
    Conn, Error, Tx,
    schema::{glossary_term, topic},
};

/// A topic.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable, AsChangeset)]
#[diesel(table_name = topic)]
pub struct Topic {
    /// Row key.
    pub id: i64,
    /// `saneamiento`.
    pub slug: String,
    /// `urn:uuid:…`, the same in every city.
    pub uri: String,
    /// Order in the network.
    pub position: i32,
    /// Name, Spanish.
    pub name_es: String,
    /// Name, English.
    pub name_en: String,
    /// One sentence, Spanish.
    pub summary_es: String,
    /// One sentence, English.
    pub summary_en: String,
    /// Markdown for decision makers, Spanish.
    pub for_deciders_es: String,
    /// Markdown for decision makers, English.
    pub for_deciders_en: String,
    /// Markdown for practitioners, Spanish.
    pub for_practitioners_es: String,
    /// Markdown for practitioners, English.
    pub for_practitioners_en: String,
}

/// A term of a topic's glossary.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = glossary_term)]
pub struct GlossaryTerm {
    /// Topic.
    pub topic_id: i64,
    /// ASCII, unique in the topic.
    pub slug: String,
    /// Order: by name.
    pub position: i32,
    /// Preferred label, Spanish.
    pub name: String,
    /// Preferred label, English.
    pub name_en: String,
    /// Plain text, Spanish.
    pub definition: String,
    /// JSON array of `{label, cities}`.
    pub also: String,
}

/// All topics, in order.
///
/// # Errors
/// The database's.
pub fn all(conn: &mut Conn) -> Result<Vec<Topic>, Error> {
    Ok(Topic::query()
        .order_by((topic::position, topic::id))
        .load(conn)?)
}

/// One topic.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub fn by_slug(conn: &mut Conn, slug: &str) -> Result<Topic, Error> {
    // It comes from addresses, and PostgreSQL fails on NUL instead of finding nothing.
    if slug.contains('\0') {
        return Err(Error::NotFound);
    }
    Ok(Topic::query()
        .filter(topic::slug.eq(slug))
        .get_result(conn)?)
}

/// One topic.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub fn by_id(conn: &mut Conn, id: i64) -> Result<Topic, Error> {
    Ok(Topic::query().filter(topic::id.eq(id)).get_result(conn)?)
}

/// Inserts a topic, or replaces its texts; `row.id` counts only for a new one. Answers the row key.
///
/// # Errors
/// The database's.
pub fn put(tx: &mut Tx<'_>, row: &Topic) -> Result<i64, Error> {
    let held: Vec<i64> = topic::table
        .filter(topic::slug.eq(&row.slug))
        .select(topic::id)
        .load(tx.conn())?;
    let Some(id) = held.first().copied() else {
        diesel::insert_into(topic::table)
            .values(row)
            .execute(tx.conn())?;
        return Ok(row.id);
    };
    let row = Topic { id, ..row.clone() };
    diesel::update(topic::table.find(id))
        .set(&row)
        .execute(tx.conn())?;
    Ok(id)
}

/// Replaces a topic's glossary.
///
/// # Errors
/// The database's.
pub fn put_glossary(tx: &mut Tx<'_>, topic_id: i64, terms: &[GlossaryTerm]) -> Result<(), Error> {
    diesel::delete(glossary_term::table.filter(glossary_term::topic_id.eq(topic_id)))
        .execute(tx.conn())?;
    for term in terms {
        diesel::insert_into(glossary_term::table)
            .values(term)
            .execute(tx.conn())?;
    }
    Ok(())
}

/// A topic's glossary, in order.
///
/// # Errors
/// The database's.
pub fn glossary(conn: &mut Conn, topic_id: i64) -> Result<Vec<GlossaryTerm>, Error> {
    Ok(GlossaryTerm::query()
        .filter(glossary_term::topic_id.eq(topic_id))
        .order_by((glossary_term::position, glossary_term::slug))
        .load(conn)?)
}
