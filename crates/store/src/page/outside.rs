//! What pages show of the fediverse outside the network: what members follow there and what came
//! from it, messages, reports, servers, and where outside authors are at home.

mod for_topic;

pub use for_topic::{ForTopic, followed_for_topics};

use diesel::dsl::{count_star, exists};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, HasQuery, JoinOnDsl, OptionalExtension, QueryDsl,
    RunQueryDsl,
};

use crate::outside::follow::REJECTED;
use crate::outside::item::Item;
use crate::outside::message::Message;
use crate::outside::report::Report;
use crate::outside::server::Server;
use crate::person::Person;
use crate::schema::{
    entry, follow, message, object, office_follow_topic, outgoing, outside_actor, outside_follow,
    outside_follower, outside_item, outside_server, person, report,
};
use crate::{Conn, Error};

/// Something that a member follows outside.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery)]
#[diesel(table_name = outside_follow, base_query = outside_follow::table.inner_join(outside_actor::table))]
pub struct Followed {
    /// ActivityPub id.
    #[diesel(select_expression = outside_actor::uri)]
    pub uri: String,
    /// `Person`, `Group` and so on.
    #[diesel(select_expression = outside_actor::kind)]
    pub kind: String,
    /// Its server.
    #[diesel(select_expression = outside_actor::host)]
    pub host: String,
    /// `preferredUsername`.
    #[diesel(select_expression = outside_actor::name)]
    pub name: String,
    /// Name shown.
    #[diesel(select_expression = outside_actor::display_name)]
    pub display_name: String,
    /// Its page for people.
    #[diesel(select_expression = outside_actor::url)]
    pub url: String,
    /// `asked`, `accepted`, `rejected`.
    #[diesel(select_expression = outside_follow::state)]
    pub state: String,
    /// Microseconds.
    #[diesel(select_expression = outside_follow::created_at)]
    pub created_at: i64,
}

/// Where an outside actor is at home.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery)]
#[diesel(table_name = outside_actor)]
pub struct ActorName {
    /// ActivityPub id.
    pub uri: String,
    /// Its server.
    pub host: String,
    /// `preferredUsername`.
    pub name: String,
    /// Name shown.
    pub display_name: String,
    /// Its page for people.
    pub url: String,
}

/// A post or a person that stands here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// ActivityPub id.
    pub uri: String,
    /// Text of `domain::ObjectKind`; `person` for a person.
    pub kind: String,
    /// Identity of a post; `name` of a person.
    pub id: String,
    /// Title of a thread or knowledge object, name shown of a person; empty for comments.
    pub title: String,
    /// City of a person; empty for posts, and for people from outside.
    pub city: String,
}

/// A server outside, as administrators see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerCard {
    /// The server.
    pub server: Server,
    /// Followers that it has here.
    pub followers: i64,
    /// Activities that wait for it, beside entries.
    pub outgoing: i64,
    /// Entries that were not looked at for it yet; at most [`LAG_MAX`].
    pub behind: i64,
}

/// Entries that are counted as lag: as many or more.
pub const LAG_MAX: i64 = 1000;

/// Where a list goes on: time and row key of the last row shown, both descending.
pub type Before = (i64, i64);

/// What a member follows outside, the newest first.
///
/// # Errors
/// The database's.
pub fn followed(conn: &mut Conn, account_id: i64) -> Result<Vec<Followed>, Error> {
    Ok(Followed::query()
        .filter(outside_follow::account_id.eq(account_id))
        .order_by((
            outside_follow::created_at.desc(),
            outside_follow::actor_uri.asc(),
        ))
        .load(conn)?)
}

/// The member follows the actor of an item, or its author, and was not refused.
macro_rules! of_member {
    ($account_id:expr) => {
        outside_follow::account_id
            .eq($account_id)
            .and(outside_follow::state.ne(REJECTED))
            .and(
                outside_follow::actor_uri
                    .eq(outside_item::actor_uri)
                    .or(outside_follow::actor_uri.eq(outside_item::author_uri)),
            )
    };
}

/// It came through an actor that the city follows for a topic, and the member follows the topic.
macro_rules! of_topic {
    ($account_id:expr) => {
        office_follow_topic::table
            .inner_join(follow::table.on(follow::topic_id.eq(office_follow_topic::topic_id)))
            .filter(
                follow::account_id
                    .eq($account_id)
                    .and(office_follow_topic::actor_uri.eq(outside_item::actor_uri)),
            )
    };
}

/// What came from those whom a member follows, or the city for a topic of theirs, the newest first.
///
/// # Errors
/// The database's.
pub fn items(
    conn: &mut Conn,
    account_id: i64,
    before: Option<Before>,
    limit: i64,
) -> Result<Vec<Item>, Error> {
    let mut query = Item::query().into_boxed().filter(
        exists(outside_follow::table.filter(of_member!(account_id)))
            .or(exists(of_topic!(account_id))),
    );
    if let Some((at, id)) = before {
        query = query.filter(
            outside_item::published_at
                .lt(at)
                .or(outside_item::published_at
                    .eq(at)
                    .and(outside_item::id.lt(id))),
        );
    }
    Ok(query
        .order_by((outside_item::published_at.desc(), outside_item::id.desc()))
        .limit(limit)
        .load(conn)?)
}

/// One post that came from somebody whom a member follows, or the city for a topic of theirs.
///
/// # Errors
/// The database's.
pub fn item(conn: &mut Conn, account_id: i64, id: i64) -> Result<Option<Item>, Error> {
    Ok(Item::query()
        .filter(
            outside_item::id.eq(id).and(
                exists(outside_follow::table.filter(of_member!(account_id)))
                    .or(exists(of_topic!(account_id))),
            ),
        )
        .get_result(conn)
        .optional()?)
}

/// Those of these actors that are known here.
///
/// # Errors
/// The database's.
pub fn actors(conn: &mut Conn, uris: &[String]) -> Result<Vec<ActorName>, Error> {
    let mut actors = Vec::new();
    for chunk in uris.chunks(500) {
        actors.extend(
            ActorName::query()
                .filter(outside_actor::uri.eq_any(chunk))
                .load::<ActorName>(conn)?,
        );
    }
    Ok(actors)
}

/// Somebody from outside by `name@host`, which need not be theirs alone: who was heard of last.
///
/// # Errors
/// The database's.
pub fn person_named(conn: &mut Conn, name: &str) -> Result<Option<Person>, Error> {
    Ok(Person::query()
        .filter(person::city.eq("").and(person::name.eq(name)))
        .order_by((person::updated_at.desc(), person::id.desc()))
        .first(conn)
        .optional()?)
}

/// The messages of an account, the newest first.
///
/// # Errors
/// The database's.
pub fn messages(
    conn: &mut Conn,
    account_id: i64,
    before: Option<Before>,
    limit: i64,
) -> Result<Vec<Message>, Error> {
    let mut query = Message::query()
        .into_boxed()
        .filter(message::account_id.eq(account_id));
    if let Some((at, id)) = before {
        query = query.filter(
            message::received_at
                .lt(at)
                .or(message::received_at.eq(at).and(message::id.lt(id))),
        );
    }
    Ok(query
        .order_by((message::received_at.desc(), message::id.desc()))
        .limit(limit)
        .load(conn)?)
}

/// Reports that were closed last.
///
/// # Errors
/// The database's.
pub fn closed_reports(conn: &mut Conn, limit: i64) -> Result<Vec<Report>, Error> {
    Ok(Report::query()
        .filter(report::closed_at.is_not_null())
        .order_by((report::closed_at.desc(), report::id.desc()))
        .limit(limit)
        .load(conn)?)
}

/// Those of these posts and people that stand here.
///
/// # Errors
/// The database's.
pub fn standing(conn: &mut Conn, uris: &[String]) -> Result<Vec<Standing>, Error> {
    let mut found = Vec::new();
    for chunk in uris.chunks(500) {
        let posts: Vec<(String, String, String, String)> = object::table
            .filter(object::uri.eq_any(chunk))
            .order_by(object::id)
            .select((object::uri, object::kind, object::oid, object::title))
            .load(conn)?;
        found.extend(posts.into_iter().map(|(uri, kind, id, title)| Standing {
            uri,
            kind,
            id,
            title,
            city: String::new(),
        }));
        let people: Vec<(String, String, String, String)> = person::table
            .filter(person::uri.eq_any(chunk))
            .select((
                person::uri,
                person::name,
                person::display_name,
                person::city,
            ))
            .load(conn)?;
        found.extend(people.into_iter().map(|(uri, id, title, city)| Standing {
            uri,
            kind: "person".to_owned(),
            id,
            title,
            city,
        }));
    }
    Ok(found)
}

/// A post by identity.
///
/// # Errors
/// The database's.
pub fn by_oid(conn: &mut Conn, oid: &str) -> Result<Option<Standing>, Error> {
    let held: Option<(String, String, String, String)> = object::table
        .filter(object::oid.eq(oid))
        .order_by(object::id)
        .select((object::uri, object::kind, object::oid, object::title))
        .first(conn)
        .optional()?;
    Ok(held.map(|(uri, kind, id, title)| Standing {
        uri,
        kind,
        id,
        title,
        city: String::new(),
    }))
}

/// The servers outside, those with trouble first, then by host; at most `limit`.
///
/// # Errors
/// The database's.
pub fn servers(conn: &mut Conn, limit: i64) -> Result<Vec<ServerCard>, Error> {
    let servers: Vec<Server> = Server::query()
        .order_by((outside_server::failures.desc(), outside_server::host.asc()))
        .limit(limit)
        .load(conn)?;
    let followers: Vec<(String, i64)> = outside_follower::table
        .group_by(outside_follower::host)
        .select((outside_follower::host, count_star()))
        .load(conn)?;
    let waiting: Vec<(String, i64)> = outgoing::table
        .group_by(outgoing::host)
        .select((outgoing::host, count_star()))
        .load(conn)?;
    let newest = newest_entries(conn)?;
    let of = |counts: &[(String, i64)], host: &str| {
        let row = counts.iter().find(|(held, _)| held == host);
        row.map_or(0, |(_, count)| *count)
    };
    Ok(servers
        .into_iter()
        .map(|server| ServerCard {
            followers: of(&followers, &server.host),
            outgoing: of(&waiting, &server.host),
            behind: later(&newest, server.sent_id),
            server,
        })
        .collect())
}

/// Row keys of the newest entries, descending.
fn newest_entries(conn: &mut Conn) -> Result<Vec<i64>, Error> {
    Ok(entry::table
        .select(entry::id)
        .order_by(entry::id.desc())
        .limit(LAG_MAX)
        .load(conn)?)
}

fn later(newest: &[i64], sent_id: i64) -> i64 {
    let count = newest.iter().take_while(|id| **id > sent_id).count();
    i64::try_from(count).unwrap_or(LAG_MAX)
}

#[cfg(test)]
mod tests;
