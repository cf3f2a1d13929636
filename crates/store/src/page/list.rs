//! Threads and knowledge objects as lists show them.

use diesel::{BoolExpressionMethods, ExpressionMethods, HasQuery, QueryDsl, RunQueryDsl};

use crate::object::alive;
use crate::schema::{knowledge, object, person, thread};
use crate::{Conn, Error};

/// A thread in a list.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery)]
#[diesel(table_name = object, base_query = object::table.inner_join(thread::table).inner_join(person::table))]
pub struct ThreadCard {
    /// Identity.
    #[diesel(select_expression = object::oid)]
    pub oid: String,
    /// Topic.
    #[diesel(select_expression = object::topic_id)]
    pub topic_id: i64,
    /// Title.
    #[diesel(select_expression = object::title)]
    pub title: String,
    /// Newest of itself and its comments, microseconds.
    #[diesel(select_expression = object::last_activity_at)]
    pub last_activity_at: i64,
    /// Live comments.
    #[diesel(select_expression = object::comment_count)]
    pub comment_count: i64,
    /// Text of `domain::ThreadKind`.
    #[diesel(select_expression = thread::kind)]
    pub kind: String,
    /// The accepted comment.
    #[diesel(select_expression = thread::answer_uri)]
    pub answer_uri: Option<String>,
    /// Name shown of the author.
    #[diesel(select_expression = person::display_name)]
    pub author: String,
    /// City of the author; empty = from outside the network.
    #[diesel(select_expression = person::city)]
    pub city: String,
    /// Name of the author in addresses; from outside: `name@host`.
    #[diesel(select_expression = person::name)]
    pub author_name: String,
}

/// A knowledge object in a list.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery)]
#[diesel(table_name = object, base_query = object::table.inner_join(knowledge::table).inner_join(person::table))]
pub struct KnowledgeCard {
    /// Row key.
    #[diesel(select_expression = object::id)]
    pub id: i64,
    /// ActivityPub id.
    #[diesel(select_expression = object::uri)]
    pub uri: String,
    /// Identity.
    #[diesel(select_expression = object::oid)]
    pub oid: String,
    /// Topic.
    #[diesel(select_expression = object::topic_id)]
    pub topic_id: i64,
    /// Title.
    #[diesel(select_expression = object::title)]
    pub title: String,
    /// Microseconds.
    #[diesel(select_expression = object::created_at)]
    pub created_at: i64,
    /// How many people found it useful.
    #[diesel(select_expression = object::useful_count)]
    pub useful_count: i64,
    /// Text of `domain::KnowledgeKind`.
    #[diesel(select_expression = knowledge::kind)]
    pub kind: String,
    /// Text of `domain::Audience`.
    #[diesel(select_expression = knowledge::audience)]
    pub audience: String,
    /// Abstract.
    #[diesel(select_expression = knowledge::summary)]
    pub summary: String,
    /// Name shown of the author.
    #[diesel(select_expression = person::display_name)]
    pub author: String,
    /// City of the author; empty = from outside the network.
    #[diesel(select_expression = person::city)]
    pub city: String,
    /// Name of the author in addresses; from outside: `name@host`.
    #[diesel(select_expression = person::name)]
    pub author_name: String,
}

/// Which threads; a field that is `None` does not filter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ThreadFilter {
    /// Row key of the topic.
    pub topic_id: Option<i64>,
    /// Text of `domain::ThreadKind`.
    pub kind: Option<&'static str>,
    /// Nobody has commented.
    pub unanswered: bool,
    /// Slug of the author's city.
    pub city: Option<String>,
    /// Row key of the author.
    pub author_id: Option<i64>,
    /// URIs of the threads.
    pub uris: Option<Vec<String>>,
}

/// Which knowledge objects; a field that is `None` does not filter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnowledgeFilter {
    /// Row key of the topic.
    pub topic_id: Option<i64>,
    /// Text of `domain::KnowledgeKind`.
    pub kind: Option<&'static str>,
    /// Text of `domain::Audience`; objects for both are always included.
    pub audience: Option<&'static str>,
    /// Slug of the author's city.
    pub city: Option<String>,
    /// Row key of the author.
    pub author_id: Option<i64>,
    /// URI of the object that they adapt.
    pub adaptation_of: Option<String>,
    /// URIs of the objects.
    pub uris: Option<Vec<String>>,
}

/// Which rows of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    /// Most rows.
    pub limit: i64,
    /// Rows left out before.
    pub offset: i64,
}

impl Slice {
    /// The first `limit` rows.
    #[must_use]
    pub const fn first(limit: i64) -> Self {
        Self { limit, offset: 0 }
    }
}

macro_rules! filter_threads {
    ($query:expr, $filter:expr) => {{
        let mut query = $query.filter(object::kind.eq("thread").and(alive()));
        if let Some(id) = $filter.topic_id {
            query = query.filter(object::topic_id.eq(id));
        }
        if let Some(kind) = $filter.kind {
            query = query.filter(thread::kind.eq(kind));
        }
        if $filter.unanswered {
            query = query.filter(object::comment_count.eq(0));
        }
        if let Some(city) = &$filter.city {
            query = query.filter(person::city.eq(city));
        }
        if let Some(id) = $filter.author_id {
            query = query.filter(object::author_id.eq(id));
        }
        if let Some(uris) = &$filter.uris {
            query = query.filter(object::uri.eq_any(uris));
        }
        query
    }};
}

macro_rules! filter_knowledge {
    ($query:expr, $filter:expr) => {{
        let mut query = $query.filter(object::kind.eq("knowledge").and(alive()));
        if let Some(id) = $filter.topic_id {
            query = query.filter(object::topic_id.eq(id));
        }
        if let Some(kind) = $filter.kind {
            query = query.filter(knowledge::kind.eq(kind));
        }
        if let Some(audience) = $filter.audience {
            query = query.filter(
                knowledge::audience
                    .eq(audience)
                    .or(knowledge::audience.eq("both")),
            );
        }
        if let Some(city) = &$filter.city {
            query = query.filter(person::city.eq(city));
        }
        if let Some(id) = $filter.author_id {
            query = query.filter(object::author_id.eq(id));
        }
        if let Some(uri) = &$filter.adaptation_of {
            query = query.filter(knowledge::adaptation_of.eq(uri));
        }
        if let Some(uris) = &$filter.uris {
            query = query.filter(object::uri.eq_any(uris));
        }
        query
    }};
}

/// Threads, the one that moved last first.
///
/// # Errors
/// The database's.
pub fn threads(
    conn: &mut Conn,
    filter: &ThreadFilter,
    slice: Slice,
) -> Result<Vec<ThreadCard>, Error> {
    Ok(filter_threads!(ThreadCard::query().into_boxed(), filter)
        .order_by((object::last_activity_at.desc(), object::id.desc()))
        .limit(slice.limit)
        .offset(slice.offset)
        .load(conn)?)
}

/// How many threads.
///
/// # Errors
/// The database's.
pub fn count_threads(conn: &mut Conn, filter: &ThreadFilter) -> Result<i64, Error> {
    let query = object::table
        .inner_join(thread::table)
        .inner_join(person::table)
        .select(diesel::dsl::count_star())
        .into_boxed();
    Ok(filter_threads!(query, filter).get_result(conn)?)
}

/// Knowledge objects, newest first.
///
/// # Errors
/// The database's.
pub fn knowledge(
    conn: &mut Conn,
    filter: &KnowledgeFilter,
    slice: Slice,
) -> Result<Vec<KnowledgeCard>, Error> {
    Ok(
        filter_knowledge!(KnowledgeCard::query().into_boxed(), filter)
            .order_by((object::created_at.desc(), object::id.desc()))
            .limit(slice.limit)
            .offset(slice.offset)
            .load(conn)?,
    )
}

/// How many knowledge objects.
///
/// # Errors
/// The database's.
pub fn count_knowledge(conn: &mut Conn, filter: &KnowledgeFilter) -> Result<i64, Error> {
    let query = object::table
        .inner_join(knowledge::table)
        .inner_join(person::table)
        .select(diesel::dsl::count_star())
        .into_boxed();
    Ok(filter_knowledge!(query, filter).get_result(conn)?)
}

/// One knowledge object by URI, as a list shows it.
///
/// # Errors
/// The database's.
pub fn knowledge_by_uri(conn: &mut Conn, uri: &str) -> Result<Option<KnowledgeCard>, Error> {
    use diesel::OptionalExtension;
    Ok(KnowledgeCard::query()
        .filter(object::uri.eq(uri).and(alive()))
        .order_by(object::id)
        .first(conn)
        .optional()?)
}

/// How many files each of these objects has; those without are left out.
///
/// # Errors
/// The database's.
pub fn file_counts(conn: &mut Conn, object_ids: &[i64]) -> Result<Vec<(i64, i64)>, Error> {
    use crate::schema::attachment;
    let mut counts = Vec::new();
    for chunk in object_ids.chunks(500) {
        counts.extend(
            attachment::table
                .filter(attachment::object_id.eq_any(chunk))
                .group_by(attachment::object_id)
                .select((attachment::object_id, diesel::dsl::count_star()))
                .load::<(i64, i64)>(conn)?,
        );
    }
    Ok(counts)
}
