//! What the collections of this city's actors and posts show to other servers: only what is alive.
//!
//! Lists of what grows without bound are read from a row key on; those of one thread by number.

use diesel::dsl::not;
use diesel::{
    BoolExpressionMethods, ExpressionMethods, HasQuery, QueryDsl, RunQueryDsl, SelectableHelper,
};

use crate::object::Object;
use crate::object::alive;
use crate::schema::{account, object, person};
use crate::{Conn, Error};

/// The opening posts of a group that are alive, newest first, before a row key.
///
/// # Errors
/// [`Error`] of the database.
pub fn opening_posts(
    conn: &mut Conn,
    log_id: i64,
    before: i64,
    limit: i64,
) -> Result<Vec<Object>, Error> {
    Ok(Object::query()
        .filter(object::log_id.eq(log_id).and(object::parent_id.is_null()))
        .filter(alive())
        .filter(object::id.lt(before))
        .order_by(object::id.desc())
        .limit(limit)
        .load(conn)?)
}

/// How many opening posts of a group are alive.
///
/// # Errors
/// [`Error`] of the database.
pub fn count_opening_posts(conn: &mut Conn, log_id: i64) -> Result<i64, Error> {
    Ok(object::table
        .filter(object::log_id.eq(log_id).and(object::parent_id.is_null()))
        .filter(alive())
        .count()
        .get_result(conn)?)
}

/// What a person has posted and is alive, newest first, before a row key.
///
/// # Errors
/// [`Error`] of the database.
pub fn posts_of(
    conn: &mut Conn,
    person_uri: &str,
    before: i64,
    limit: i64,
) -> Result<Vec<Object>, Error> {
    Ok(object::table
        .inner_join(person::table)
        .filter(person::uri.eq(person_uri))
        .filter(alive().and(object::id.lt(before)))
        .order_by(object::id.desc())
        .limit(limit)
        .select(Object::as_select())
        .load(conn)?)
}

/// How much a person has posted that is alive.
///
/// # Errors
/// [`Error`] of the database.
pub fn count_posts_of(conn: &mut Conn, person_uri: &str) -> Result<i64, Error> {
    Ok(object::table
        .inner_join(person::table)
        .filter(person::uri.eq(person_uri))
        .filter(alive())
        .count()
        .get_result(conn)?)
}

/// Ids of the living posts of a thread: the opening post first, then by time.
///
/// # Errors
/// [`Error`] of the database.
pub fn thread_ids(conn: &mut Conn, root: &Object, slice: (i64, i64)) -> Result<Vec<String>, Error> {
    let (limit, offset) = slice;
    Ok(object::table
        .filter(object::root_id.eq(root.id).and(alive()))
        .order_by((
            object::parent_id.is_not_null(),
            object::created_at,
            object::id,
        ))
        .limit(limit)
        .offset(offset)
        .select(object::uri)
        .load(conn)?)
}

/// How many living posts a thread has.
///
/// # Errors
/// [`Error`] of the database.
pub fn count_thread(conn: &mut Conn, root: &Object) -> Result<i64, Error> {
    Ok(object::table
        .filter(object::root_id.eq(root.id).and(alive()))
        .count()
        .get_result(conn)?)
}

/// The living answers to a post: those of this city's log first (software that asks takes only what
/// stands on one server), then by time.
///
/// # Errors
/// [`Error`] of the database.
pub fn answers(
    conn: &mut Conn,
    held: &Object,
    own_log: i64,
    slice: (i64, i64),
) -> Result<Vec<Object>, Error> {
    let (limit, offset) = slice;
    Ok(Object::query()
        .filter(object::parent_id.eq(held.id))
        .filter(alive())
        .order_by((
            not(object::log_id.eq(own_log)),
            object::created_at,
            object::id,
        ))
        .limit(limit)
        .offset(offset)
        .load(conn)?)
}

/// How many living answers a post has.
///
/// # Errors
/// [`Error`] of the database.
pub fn count_answers(conn: &mut Conn, held: &Object) -> Result<i64, Error> {
    Ok(object::table
        .filter(object::parent_id.eq(held.id))
        .filter(alive())
        .count()
        .get_result(conn)?)
}

/// Ids of the members with this role whose account is in this state, by name.
///
/// # Errors
/// [`Error`] of the database.
pub fn with_role(conn: &mut Conn, role: &str, state: &str) -> Result<Vec<String>, Error> {
    Ok(account::table
        .filter(account::role.eq(role).and(account::state.eq(state)))
        .order_by(account::name)
        .select(account::person_uri)
        .load(conn)?)
}
