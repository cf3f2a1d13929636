//! A thread or knowledge object with its comments.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, HasQuery, OptionalExtension, QueryDsl, RunQueryDsl,
};

use crate::schema::{file, log, object, person, revision};
use crate::{Conn, Error};

/// A post with its author.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery)]
#[diesel(table_name = object, base_query = object::table.inner_join(person::table).inner_join(log::table))]
pub struct Post {
    /// Row key.
    #[diesel(select_expression = object::id)]
    pub id: i64,
    /// Identity.
    #[diesel(select_expression = object::oid)]
    pub oid: String,
    /// ActivityPub id.
    #[diesel(select_expression = object::uri)]
    pub uri: String,
    /// Text of `domain::ObjectKind`.
    #[diesel(select_expression = object::kind)]
    pub kind: String,
    /// Topic.
    #[diesel(select_expression = object::topic_id)]
    pub topic_id: i64,
    /// The post answered; `None` for roots.
    #[diesel(select_expression = object::parent_id)]
    pub parent_id: Option<i64>,
    /// The thread or knowledge object; itself for those.
    #[diesel(select_expression = object::root_id)]
    pub root_id: i64,
    /// Title; empty for comments and tombstones.
    #[diesel(select_expression = object::title)]
    pub title: String,
    /// Sanitised HTML.
    #[diesel(select_expression = object::html)]
    pub html: String,
    /// Microseconds.
    #[diesel(select_expression = object::created_at)]
    pub created_at: i64,
    /// Microseconds; `None`: never.
    #[diesel(select_expression = object::updated_at)]
    pub updated_at: Option<i64>,
    /// Microseconds; `None`: alive.
    #[diesel(select_expression = object::deleted_at)]
    pub deleted_at: Option<i64>,
    /// When the coordination removed it, microseconds; `None`: it has not.
    #[diesel(select_expression = object::removed_at)]
    pub removed_at: Option<i64>,
    /// When an administrator of this city hid it, microseconds; `None`: none has.
    #[diesel(select_expression = object::hidden_at)]
    pub hidden_at: Option<i64>,
    /// 1 on creation.
    #[diesel(select_expression = object::version)]
    pub version: i32,
    /// Of a root: live comments.
    #[diesel(select_expression = object::comment_count)]
    pub comment_count: i64,
    /// Of a root, microseconds.
    #[diesel(select_expression = object::last_activity_at)]
    pub last_activity_at: i64,
    /// How many people found it useful.
    #[diesel(select_expression = object::useful_count)]
    pub useful_count: i64,
    /// ActivityPub id of the author.
    #[diesel(select_expression = person::uri)]
    pub author_uri: String,
    /// Name of the author in addresses; from outside: `name@host`.
    #[diesel(select_expression = person::name)]
    pub author_name: String,
    /// Name shown of the author.
    #[diesel(select_expression = person::display_name)]
    pub author: String,
    /// Post held by the author.
    #[diesel(select_expression = person::post)]
    pub author_post: String,
    /// City of the author; empty = from outside the network.
    #[diesel(select_expression = person::city)]
    pub city: String,
    /// City in whose log it stands: of somebody from outside, the one that received it.
    #[diesel(select_expression = log::city)]
    pub log_city: String,
}

impl Post {
    /// Whether readers see its text: neither deleted by its author, nor removed by the coordination, nor hidden here.
    #[must_use]
    pub const fn is_shown(&self) -> bool {
        self.deleted_at.is_none() && self.removed_at.is_none() && self.hidden_at.is_none()
    }
}

/// A comment as far as its place is concerned.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery)]
#[diesel(table_name = object, base_query = object::table.inner_join(person::table))]
pub struct Outline {
    /// Row key.
    #[diesel(select_expression = object::id)]
    pub id: i64,
    /// The post answered.
    #[diesel(select_expression = object::parent_id)]
    pub parent_id: Option<i64>,
    /// Microseconds.
    #[diesel(select_expression = object::created_at)]
    pub created_at: i64,
    /// How many people found it useful.
    #[diesel(select_expression = object::useful_count)]
    pub useful_count: i64,
    /// Whether only a tombstone is left.
    #[diesel(select_expression = object::deleted_at.is_not_null().or(object::removed_at.is_not_null()).or(object::hidden_at.is_not_null()))]
    pub is_deleted: bool,
    /// City of the author; empty = from outside the network.
    #[diesel(select_expression = person::city)]
    pub city: String,
}

/// A version, without its text.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery)]
#[diesel(table_name = revision)]
pub struct Version {
    /// 1 on creation.
    pub version: i32,
    /// Microseconds.
    pub made_at: i64,
}

/// By identity.
///
/// # Errors
/// The database's.
pub fn by_oid(conn: &mut Conn, oid: &str) -> Result<Option<Post>, Error> {
    Ok(Post::query()
        .filter(object::oid.eq(oid))
        .order_by(object::id)
        .first(conn)
        .optional()?)
}

/// By row key.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub fn by_id(conn: &mut Conn, id: i64) -> Result<Post, Error> {
    Ok(Post::query().filter(object::id.eq(id)).first(conn)?)
}

/// The row key of an object by URI.
///
/// # Errors
/// The database's.
pub fn id_of(conn: &mut Conn, uri: &str, root_id: i64) -> Result<Option<i64>, Error> {
    Ok(object::table
        .filter(object::uri.eq(uri).and(object::root_id.eq(root_id)))
        .select(object::id)
        .first(conn)
        .optional()?)
}

/// All comments below a root, oldest first, tombstones included.
///
/// # Errors
/// The database's.
pub fn outline(conn: &mut Conn, root_id: i64) -> Result<Vec<Outline>, Error> {
    Ok(Outline::query()
        .filter(object::root_id.eq(root_id).and(object::id.ne(root_id)))
        .order_by((object::created_at, object::id))
        .load(conn)?)
}

/// These posts, in no particular order.
///
/// # Errors
/// The database's.
pub fn by_ids(conn: &mut Conn, ids: &[i64]) -> Result<Vec<Post>, Error> {
    let mut posts = Vec::new();
    for chunk in ids.chunks(500) {
        posts.extend(
            Post::query()
                .filter(object::id.eq_any(chunk))
                .load::<Post>(conn)?,
        );
    }
    Ok(posts)
}

/// The versions of an object, newest first.
///
/// # Errors
/// The database's.
pub fn versions(conn: &mut Conn, object_id: i64) -> Result<Vec<Version>, Error> {
    Ok(Version::query()
        .filter(revision::object_id.eq(object_id))
        .order_by(revision::version.desc())
        .load(conn)?)
}

/// Title and HTML of one version.
///
/// # Errors
/// The database's.
pub fn version_text(
    conn: &mut Conn,
    object_id: i64,
    version: i32,
) -> Result<Option<(String, String)>, Error> {
    Ok(revision::table
        .find((object_id, version))
        .select((revision::title, revision::html))
        .first(conn)
        .optional()?)
}

/// Which of these files are held here.
///
/// # Errors
/// The database's.
pub fn held_files(conn: &mut Conn, digests: &[String]) -> Result<Vec<String>, Error> {
    Ok(file::table
        .filter(file::digest.eq_any(digests))
        .select(file::digest)
        .load(conn)?)
}
