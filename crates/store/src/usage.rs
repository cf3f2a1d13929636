//! How much an instance is used: the numbers that nodeinfo tells.

use diesel::{
    AggregateExpressionMethods, BoolExpressionMethods, ExpressionMethods, QueryDsl, RunQueryDsl,
    dsl::count,
};

use crate::object::alive;
use crate::schema::{account, city, log, object, person, session};
use crate::{Conn, Error};

/// Counts of this instance's own people and posts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// Active accounts.
    pub accounts: i64,
    /// Of them, seen in the last 30 days.
    pub active_month: i64,
    /// Of them, seen in the last 180 days.
    pub active_half_year: i64,
    /// Living threads and knowledge objects by members of this city.
    pub posts: i64,
    /// Living comments by members of this city.
    pub comments: i64,
}

const DAY_US: i64 = 86_400_000_000;

/// The numbers at `now` (microseconds). `active` is the text of the state of accounts that count,
/// `comment` that of the kind of object that is a comment.
///
/// # Errors
/// [`Error`] of the database.
pub fn of_instance(conn: &mut Conn, active: &str, comment: &str, now: i64) -> Result<Usage, Error> {
    let own = log::table
        .inner_join(city::table)
        .filter(city::is_self.eq(true))
        .select(log::id)
        .load::<i64>(conn)?;
    let members = person::table.filter(person::city.ne("")).select(person::id);
    let alive = object::table
        .filter(alive().and(object::log_id.eq_any(own)))
        .filter(object::author_id.eq_any(members));
    let all: i64 = alive.clone().count().get_result(conn)?;
    let comments: i64 = alive
        .filter(object::kind.eq(comment))
        .count()
        .get_result(conn)?;
    Ok(Usage {
        accounts: account::table
            .filter(account::state.eq(active))
            .count()
            .get_result(conn)?,
        active_month: seen_since(conn, now.saturating_sub(30 * DAY_US))?,
        active_half_year: seen_since(conn, now.saturating_sub(180 * DAY_US))?,
        posts: all.saturating_sub(comments),
        comments,
    })
}

fn seen_since(conn: &mut Conn, since: i64) -> Result<i64, Error> {
    Ok(session::table
        .filter(session::seen_at.ge(since))
        .select(count(session::account_id).aggregate_distinct())
        .get_result(conn)?)
}
