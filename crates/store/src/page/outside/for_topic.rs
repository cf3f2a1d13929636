//! What the city's office account follows, topic by topic.

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};

use super::Followed;
use crate::schema::{follow, office_follow, office_follow_topic, outside_actor, topic};
use crate::{Conn, Error};

/// Most rows of [`followed_for_topics`].
const FOR_TOPICS_MAX: i64 = 1000;

/// Something that the city follows for a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForTopic {
    /// What is followed.
    pub followed: Followed,
    /// Slug of the topic.
    pub topic: String,
    /// Its name.
    pub name_es: String,
    /// Its name.
    pub name_en: String,
}

/// What the city follows for topics, by topic; for a member (`Some`): for those that the member follows.
///
/// # Errors
/// The database's.
pub fn followed_for_topics(
    conn: &mut Conn,
    account_id: Option<i64>,
) -> Result<Vec<ForTopic>, Error> {
    let mut query = office_follow_topic::table
        .inner_join(topic::table)
        .inner_join(office_follow::table.inner_join(outside_actor::table))
        .order_by((topic::position, topic::id, outside_actor::uri))
        .limit(FOR_TOPICS_MAX)
        .select((
            (
                outside_actor::uri,
                outside_actor::kind,
                outside_actor::host,
                outside_actor::name,
                outside_actor::display_name,
                outside_actor::url,
                office_follow::state,
                office_follow::created_at,
            ),
            (topic::slug, topic::name_es, topic::name_en),
        ))
        .into_boxed();
    if let Some(account_id) = account_id {
        let own = follow::table
            .filter(follow::account_id.eq(account_id))
            .select(follow::topic_id);
        query = query.filter(topic::id.eq_any(own));
    }
    let rows: Vec<(Columns, (String, String, String))> = query.load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(actor, (topic, name_es, name_en))| ForTopic {
            followed: Followed::from(actor),
            topic,
            name_es,
            name_en,
        })
        .collect())
}

type Columns = (String, String, String, String, String, String, String, i64);

impl From<Columns> for Followed {
    fn from(columns: Columns) -> Self {
        let (uri, kind, host, name, display_name, url, state, created_at) = columns;
        Self {
            uri,
            kind,
            host,
            name,
            display_name,
            url,
            state,
            created_at,
        }
    }
}
