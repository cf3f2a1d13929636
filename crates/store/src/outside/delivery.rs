//! What still has to be brought to servers outside the network, and to which inboxes.
//!
//! Start at [`due`]: which servers have something before them. For one of them [`entries_after`] and
//! [`super::outgoing`] say what, [`inboxes_at`] where. Times are microseconds since 1970 UTC.

use diesel::dsl::{count_star, exists, max, min};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, HasQuery, NullableExpressionMethods,
    OptionalExtension, QueryDsl, RunQueryDsl,
};

use super::server::{self, Server};
use crate::failpoint::{self, Point};
use crate::object::Object;
use crate::schema::{
    entry, log, object, outgoing, outside_follower, outside_server, person, revision,
};
use crate::{Conn, Error, Tx};

/// Where a receiver stands after some deliveries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Last entry that was looked at for it.
    pub sent_id: i64,
    /// When something was delivered, if anything was.
    pub sent_at: Option<i64>,
    /// Failures in a row.
    pub failures: i32,
    /// No delivery before this time.
    pub retry_at: i64,
    /// Why the last delivery failed; empty after a success.
    pub last_error: String,
}

/// An entry of any log, with the log that it stands in.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery)]
#[diesel(table_name = entry, base_query = entry::table.inner_join(log::table))]
pub struct LoggedEntry {
    /// Row key, growing in the order in which entries came.
    pub id: i64,
    /// Log.
    pub log_id: i64,
    /// Place in the log.
    pub seq: i64,
    /// The bytes.
    pub body: String,
    /// When it came.
    pub received_at: i64,
    /// Stands in the chain and means nothing.
    pub is_void: bool,
    /// Topic of the log.
    #[diesel(select_expression = log::topic_id)]
    pub topic_id: i64,
    /// City of the log.
    #[diesel(select_expression = log::city)]
    pub city: String,
}

/// Where what an own actor says is delivered at a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inbox {
    /// Own actor.
    pub followed_uri: String,
    /// Of the follower; empty for all who share an inbox.
    pub inbox: String,
    /// Of their server; may be empty.
    pub shared_inbox: String,
}

/// The author of an object.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery)]
#[diesel(table_name = person)]
pub struct Author {
    /// Id.
    pub uri: String,
    /// Slug of the city; empty for someone outside the network.
    pub city: String,
}

/// Servers that have entries up to `newest` or letters before them and may be tried at `now` (or
/// were heard since they failed), by host, after `after`.
///
/// # Errors
/// [`Error`] of the database.
pub fn due(
    conn: &mut Conn,
    now: i64,
    newest: i64,
    after: &str,
    limit: i64,
) -> Result<Vec<Server>, Error> {
    let letters = outgoing::table.filter(outgoing::host.eq(outside_server::host));
    Ok(Server::query()
        .filter(outside_server::host.gt(after))
        .filter(outside_server::retry_at.le(now))
        .filter(outside_server::sent_id.lt(newest).or(exists(letters)))
        .order_by(outside_server::host)
        .limit(limit)
        .load(conn)?)
}

/// Hosts with letters before them.
///
/// # Errors
/// [`Error`] of the database.
pub fn hosts_with_letters(conn: &mut Conn) -> Result<Vec<String>, Error> {
    Ok(outgoing::table
        .select(outgoing::host)
        .distinct()
        .load(conn)?)
}

/// When the first receiver that failed may be tried again.
///
/// # Errors
/// [`Error`] of the database.
pub fn next_retry(conn: &mut Conn, now: i64) -> Result<Option<i64>, Error> {
    Ok(outside_server::table
        .filter(outside_server::retry_at.gt(now))
        .select(min(outside_server::retry_at))
        .get_result(conn)?)
}

/// Row key of the newest entry of any log, 0 when there is none.
///
/// # Errors
/// [`Error`] of the database.
pub fn newest_entry(conn: &mut Conn) -> Result<i64, Error> {
    let newest: Option<i64> = entry::table.select(max(entry::id)).get_result(conn)?;
    Ok(newest.unwrap_or(0))
}

/// All receivers, by host, with how many follow something here and how many letters wait.
///
/// # Errors
/// [`Error`] of the database.
pub fn list(conn: &mut Conn, limit: i64) -> Result<Vec<(Server, i64, i64)>, Error> {
    let rows: Vec<Server> = Server::query()
        .order_by(outside_server::host)
        .limit(limit)
        .load(conn)?;
    let followers: Vec<(String, i64)> = outside_follower::table
        .group_by(outside_follower::host)
        .select((outside_follower::host, count_star()))
        .load(conn)?;
    let letters: Vec<(String, i64)> = outgoing::table
        .group_by(outgoing::host)
        .select((outgoing::host, count_star()))
        .load(conn)?;
    let count = |of: &[(String, i64)], host: &str| {
        let found = of.iter().find(|(held, _)| held == host);
        found.map_or(0, |(_, count)| *count)
    };
    let with_counts = |row: Server| {
        let (followers, letters) = (count(&followers, &row.host), count(&letters, &row.host));
        (row, followers, letters)
    };
    Ok(rows.into_iter().map(with_counts).collect())
}

/// How many entries come after a row key.
///
/// # Errors
/// [`Error`] of the database.
pub fn count_after(conn: &mut Conn, id: i64) -> Result<i64, Error> {
    Ok(entry::table
        .filter(entry::id.gt(id))
        .count()
        .get_result(conn)?)
}

/// Entries of all logs after a row key, in the order in which they came.
///
/// # Errors
/// [`Error`] of the database.
pub fn entries_after(conn: &mut Conn, id: i64, limit: i64) -> Result<Vec<LoggedEntry>, Error> {
    Ok(LoggedEntry::query()
        .filter(entry::id.gt(id))
        .order_by(entry::id)
        .limit(limit)
        .load(conn)?)
}

/// One entry with its log.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub fn entry_by_id(conn: &mut Conn, id: i64) -> Result<LoggedEntry, Error> {
    Ok(LoggedEntry::query().filter(entry::id.eq(id)).first(conn)?)
}

/// The entry at a place of a city's log of a topic.
///
/// # Errors
/// [`Error::NotFound`] when it is not held.
pub fn entry_at(
    conn: &mut Conn,
    topic_id: i64,
    city: &str,
    seq: i64,
) -> Result<LoggedEntry, Error> {
    Ok(LoggedEntry::query()
        .filter(log::topic_id.eq(topic_id).and(log::city.eq(city)))
        .filter(entry::seq.eq(seq))
        .first(conn)?)
}

/// Where followers at a host are: for each own actor one row for each shared inbox, and one for each
/// follower without.
///
/// # Errors
/// [`Error`] of the database.
pub fn inboxes_at(conn: &mut Conn, host: &str) -> Result<Vec<Inbox>, Error> {
    let here = outside_follower::table.filter(outside_follower::host.eq(host));
    let shared: Vec<(String, String)> = here
        .filter(outside_follower::shared_inbox.ne(""))
        .select((
            outside_follower::followed_uri,
            outside_follower::shared_inbox,
        ))
        .distinct()
        .order_by((
            outside_follower::followed_uri,
            outside_follower::shared_inbox,
        ))
        .load(conn)?;
    let own: Vec<(String, String)> = here
        .filter(outside_follower::shared_inbox.eq(""))
        .select((outside_follower::followed_uri, outside_follower::inbox))
        .distinct()
        .order_by((outside_follower::followed_uri, outside_follower::inbox))
        .load(conn)?;
    let shared = shared
        .into_iter()
        .map(|(followed_uri, shared_inbox)| Inbox {
            followed_uri,
            inbox: String::new(),
            shared_inbox,
        });
    let own = own.into_iter().map(|(followed_uri, inbox)| Inbox {
        followed_uri,
        inbox,
        shared_inbox: String::new(),
    });
    Ok(shared.chain(own).collect())
}

/// The inboxes of the followers themselves, for software that does not share.
///
/// # Errors
/// [`Error`] of the database.
pub fn own_inboxes_at(conn: &mut Conn, host: &str) -> Result<Vec<Inbox>, Error> {
    let rows: Vec<(String, String)> = outside_follower::table
        .filter(outside_follower::host.eq(host))
        .select((outside_follower::followed_uri, outside_follower::inbox))
        .distinct()
        .order_by((outside_follower::followed_uri, outside_follower::inbox))
        .load(conn)?;
    let inbox = |(followed_uri, inbox)| Inbox {
        followed_uri,
        inbox,
        shared_inbox: String::new(),
    };
    Ok(rows.into_iter().map(inbox).collect())
}

/// The author of an object.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub fn author(conn: &mut Conn, held: &Object) -> Result<Author, Error> {
    Ok(Author::query()
        .filter(person::id.eq(held.author_id))
        .get_result(conn)?)
}

/// The answers to an object that came before a row key, oldest first.
///
/// # Errors
/// [`Error`] of the database.
pub fn early_answers(
    conn: &mut Conn,
    parent_id: i64,
    before: i64,
    limit: i64,
) -> Result<Vec<Object>, Error> {
    Ok(Object::query()
        .filter(object::parent_id.eq(parent_id).and(object::id.lt(before)))
        .order_by(object::id)
        .limit(limit)
        .load(conn)?)
}

/// When an object may be passed on: the greatest row key of itself and all that it answers, so that a
/// parent goes before its children whatever came first.
///
/// # Errors
/// [`Error`] of the database.
pub fn turn_of(conn: &mut Conn, held: &Object) -> Result<i64, Error> {
    let (mut turn, mut above) = (held.id, held.parent_id);
    while let Some(id) = above {
        turn = turn.max(id);
        above = object::table
            .find(id)
            .select(object::parent_id)
            .get_result(conn)?;
    }
    Ok(turn)
}

/// The entry that carries the present version of an object, when it is not the one that made it.
///
/// # Errors
/// [`Error`] of the database.
pub fn later_version(conn: &mut Conn, held: &Object) -> Result<Option<LoggedEntry>, Error> {
    if held.version < 2 || held.deleted_at.is_some() {
        return Ok(None);
    }
    let digest: Option<String> = revision::table
        .find((held.id, held.version))
        .select(revision::digest)
        .get_result(conn)
        .optional()?;
    let Some(digest) = digest else {
        return Ok(None);
    };
    Ok(LoggedEntry::query()
        .filter(entry::log_id.eq(held.log_id).and(entry::digest.eq(digest)))
        .first(conn)
        .optional()?)
}

/// Writes down where receivers stand; one that is gone is left out.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_standing(tx: &mut Tx<'_>, all: &[(String, Standing)]) -> Result<(), Error> {
    for (host, standing) in all {
        let row = outside_server::table.find(host);
        diesel::update(row)
            .set((
                outside_server::sent_id.eq(standing.sent_id),
                outside_server::failures.eq(standing.failures),
                outside_server::retry_at.eq(standing.retry_at),
                outside_server::last_error.eq(&standing.last_error),
            ))
            .execute(tx.conn())?;
        if let Some(at) = standing.sent_at {
            diesel::update(row)
                .set(outside_server::sent_at.eq(Some(at)))
                .execute(tx.conn())?;
        }
    }
    failpoint::reach(Point::Cursor)
}

/// Keeps what a receiver runs.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_software(tx: &mut Tx<'_>, host: &str, software: &str) -> Result<(), Error> {
    diesel::update(outside_server::table.find(host))
        .set(outside_server::software.eq(software))
        .execute(tx.conn())?;
    Ok(())
}

/// Keeps the format of signatures that a receiver takes.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_signature(tx: &mut Tx<'_>, host: &str, format: &str) -> Result<(), Error> {
    diesel::update(outside_server::table.find(host))
        .set(outside_server::signature.eq(format))
        .execute(tx.conn())?;
    Ok(())
}

/// A host says that nobody there follows an own actor. Answers how many we thought did.
///
/// # Errors
/// [`Error`] of the database.
pub fn retire_followers(tx: &mut Tx<'_>, host: &str, followed_uri: &str) -> Result<usize, Error> {
    let at_host = outside_follower::host.eq(host);
    let of_it = outside_follower::table
        .filter(at_host.and(outside_follower::followed_uri.eq(followed_uri)));
    Ok(diesel::delete(of_it).execute(tx.conn())?)
}

/// An inbox is gone: nobody follows by it any more. Answers how many did.
///
/// # Errors
/// [`Error`] of the database.
pub fn retire_inbox(tx: &mut Tx<'_>, host: &str, inbox: &str) -> Result<usize, Error> {
    let by_it = outside_follower::shared_inbox
        .eq(inbox)
        .or(outside_follower::inbox.eq(inbox));
    let count =
        diesel::delete(outside_follower::table.filter(outside_follower::host.eq(host).and(by_it)))
            .execute(tx.conn())?;
    diesel::delete(outgoing::table.filter(outgoing::host.eq(host).and(outgoing::inbox.eq(inbox))))
        .execute(tx.conn())?;
    Ok(count)
}

/// A server has been silent for too long: it is forgotten with its followers and letters.
///
/// # Errors
/// [`Error`] of the database.
pub fn retire_host(tx: &mut Tx<'_>, host: &str) -> Result<(), Error> {
    let conn = tx.conn();
    diesel::delete(outgoing::table.filter(outgoing::host.eq(host))).execute(conn)?;
    diesel::delete(outside_follower::table.filter(outside_follower::host.eq(host)))
        .execute(conn)?;
    diesel::delete(outside_server::table.find(host)).execute(conn)?;
    Ok(())
}

/// The last sign of life of a host: what it said, what it took, who began to follow.
///
/// # Errors
/// [`Error`] of the database.
pub fn last_sign(conn: &mut Conn, host: &str) -> Result<Option<i64>, Error> {
    let followed: Option<i64> = outside_follower::table
        .filter(outside_follower::host.eq(host))
        .select(max(outside_follower::created_at).nullable())
        .get_result(conn)?;
    let wrote: Option<i64> = outgoing::table
        .filter(outgoing::host.eq(host))
        .select(max(outgoing::created_at).nullable())
        .get_result(conn)?;
    let row = server::by_host(conn, host)?;
    let heard = row.as_ref().and_then(|row| row.heard_at);
    let sent = row.as_ref().and_then(|row| row.sent_at);
    Ok(followed.max(wrote).max(heard).max(sent))
}
