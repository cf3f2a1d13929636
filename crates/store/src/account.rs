//! Accounts of this instance, their sessions, votes and followed topics. Never in a log.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, HasQuery, Insertable, OptionalExtension, QueryDsl,
    RunQueryDsl,
};

use crate::{
    Conn, Error, Tx,
    schema::{account, actor_key, follow, session, tally_due, vote},
};

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = account)]
pub struct Account {
    /// Row key.
    pub id: i64,
    /// Name in addresses.
    pub name: String,
    /// ActivityPub id of the person.
    pub person_uri: String,
    /// PHC string (argon2id).
    pub password_hash: String,
    /// Text of `domain::Role`.
    pub role: String,
    /// Text of `domain::AccountState`.
    pub state: String,
    /// Text of `domain::Locale`.
    pub locale: String,
    /// The signed `Update` of the person.
    pub card: String,
    /// Microseconds.
    pub created_at: i64,
}

/// A session, without its token.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = session)]
pub struct Session {
    /// SHA-256 of the token, hex.
    pub token_digest: String,
    /// Whose.
    pub account_id: i64,
    /// Microseconds.
    pub created_at: i64,
    /// Microseconds.
    pub seen_at: i64,
    /// Microseconds.
    pub expires_at: i64,
}

/// By name.
///
/// # Errors
/// The database's.
pub fn by_name(conn: &mut Conn, name: &str) -> Result<Option<Account>, Error> {
    // Visitors type it, and PostgreSQL fails on NUL instead of finding nothing.
    if name.contains('\0') {
        return Ok(None);
    }
    Ok(Account::query()
        .filter(account::name.eq(name))
        .get_result(conn)
        .optional()?)
}

/// By row key.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub fn by_id(conn: &mut Conn, id: i64) -> Result<Account, Error> {
    Ok(Account::query()
        .filter(account::id.eq(id))
        .get_result(conn)?)
}

/// By person.
///
/// # Errors
/// The database's.
pub fn by_person(conn: &mut Conn, person_uri: &str) -> Result<Option<Account>, Error> {
    Ok(Account::query()
        .filter(account::person_uri.eq(person_uri))
        .get_result(conn)
        .optional()?)
}

/// All accounts, newest first.
///
/// # Errors
/// The database's.
pub fn all(conn: &mut Conn) -> Result<Vec<Account>, Error> {
    Ok(Account::query().order_by(account::id.desc()).load(conn)?)
}

/// Whether there is any account with this role.
///
/// # Errors
/// The database's.
pub fn any_with_role(conn: &mut Conn, role: &str) -> Result<bool, Error> {
    let count: i64 = account::table
        .filter(account::role.eq(role))
        .count()
        .get_result(conn)?;
    Ok(count > 0)
}

/// Keeps a new account.
///
/// # Errors
/// The database's; also when the name is taken.
pub fn add(tx: &mut Tx<'_>, row: &Account) -> Result<(), Error> {
    diesel::insert_into(account::table)
        .values(row)
        .execute(tx.conn())?;
    Ok(())
}

/// Removes an account that was never let in, with the key of its person.
///
/// # Errors
/// The database's.
pub fn remove(tx: &mut Tx<'_>, row: &Account) -> Result<(), Error> {
    diesel::delete(account::table.find(row.id)).execute(tx.conn())?;
    diesel::delete(actor_key::table.find(&row.person_uri)).execute(tx.conn())?;
    Ok(())
}

/// Gives an account another role.
///
/// # Errors
/// The database's.
pub fn set_role(tx: &mut Tx<'_>, id: i64, role: &str) -> Result<(), Error> {
    diesel::update(account::table.find(id))
        .set(account::role.eq(role))
        .execute(tx.conn())?;
    Ok(())
}

/// How many accounts have this role and this state.
///
/// # Errors
/// The database's.
pub fn count_with_role(conn: &mut Conn, role: &str, state: &str) -> Result<i64, Error> {
    Ok(account::table
        .filter(account::role.eq(role).and(account::state.eq(state)))
        .count()
        .get_result(conn)?)
}

/// Moves an account to another state.
///
/// # Errors
/// The database's.
pub fn set_state(tx: &mut Tx<'_>, id: i64, state: &str) -> Result<(), Error> {
    diesel::update(account::table.find(id))
        .set(account::state.eq(state))
        .execute(tx.conn())?;
    Ok(())
}

/// Keeps the newest card of an account.
///
/// # Errors
/// The database's.
pub fn set_card(tx: &mut Tx<'_>, id: i64, card: &str) -> Result<(), Error> {
    diesel::update(account::table.find(id))
        .set(account::card.eq(card))
        .execute(tx.conn())?;
    Ok(())
}

/// Keeps the language of an account.
///
/// # Errors
/// The database's.
pub fn set_locale(tx: &mut Tx<'_>, id: i64, locale: &str) -> Result<(), Error> {
    diesel::update(account::table.find(id))
        .set(account::locale.eq(locale))
        .execute(tx.conn())?;
    Ok(())
}

/// Keeps a new password hash.
///
/// # Errors
/// The database's.
pub fn set_password_hash(tx: &mut Tx<'_>, id: i64, hash: &str) -> Result<(), Error> {
    diesel::update(account::table.find(id))
        .set(account::password_hash.eq(hash))
        .execute(tx.conn())?;
    Ok(())
}

/// Keeps a new session.
///
/// # Errors
/// The database's.
pub fn add_session(tx: &mut Tx<'_>, row: &Session) -> Result<(), Error> {
    diesel::insert_into(session::table)
        .values(row)
        .execute(tx.conn())?;
    Ok(())
}

/// A session that has not expired, with its account.
///
/// # Errors
/// The database's.
pub fn session(
    conn: &mut Conn,
    token_digest: &str,
    now: i64,
) -> Result<Option<(Session, Account)>, Error> {
    let held = Session::query()
        .filter(
            session::token_digest
                .eq(token_digest)
                .and(session::expires_at.gt(now)),
        )
        .get_result(conn)
        .optional()?;
    held.map(|session: Session| {
        let account = by_id(conn, session.account_id)?;
        Ok((session, account))
    })
    .transpose()
}

/// The sessions of an account, newest first.
///
/// # Errors
/// The database's.
pub fn sessions(conn: &mut Conn, account_id: i64, now: i64) -> Result<Vec<Session>, Error> {
    Ok(Session::query()
        .filter(
            session::account_id
                .eq(account_id)
                .and(session::expires_at.gt(now)),
        )
        .order_by((session::created_at.desc(), session::token_digest))
        .load(conn)?)
}

/// Marks a session as used now.
///
/// # Errors
/// The database's.
pub fn touch_session(tx: &mut Tx<'_>, token_digest: &str, now: i64) -> Result<(), Error> {
    diesel::update(session::table.find(token_digest))
        .set(session::seen_at.eq(now))
        .execute(tx.conn())?;
    Ok(())
}

/// Ends one session of an account.
///
/// # Errors
/// The database's.
pub fn end_session(tx: &mut Tx<'_>, account_id: i64, token_digest: &str) -> Result<(), Error> {
    let of_account = session::account_id.eq(account_id);
    diesel::delete(session::table.filter(session::token_digest.eq(token_digest).and(of_account)))
        .execute(tx.conn())?;
    Ok(())
}

/// Ends all sessions of an account but one; `keep` empty: all.
///
/// # Errors
/// The database's.
pub fn end_sessions(tx: &mut Tx<'_>, account_id: i64, keep: &str) -> Result<(), Error> {
    let of_account = session::account_id.eq(account_id);
    diesel::delete(session::table.filter(of_account.and(session::token_digest.ne(keep))))
        .execute(tx.conn())?;
    Ok(())
}

/// Forgets expired sessions.
///
/// # Errors
/// The database's.
pub fn forget_expired_sessions(tx: &mut Tx<'_>, now: i64) -> Result<usize, Error> {
    Ok(diesel::delete(session::table.filter(session::expires_at.le(now))).execute(tx.conn())?)
}

/// Whether an account follows a topic.
///
/// # Errors
/// The database's.
pub fn follows(conn: &mut Conn, account_id: i64, topic_id: i64) -> Result<bool, Error> {
    let count: i64 = follow::table
        .find((account_id, topic_id))
        .count()
        .get_result(conn)?;
    Ok(count > 0)
}

/// The topics that an account follows.
///
/// # Errors
/// The database's.
pub fn followed_topics(conn: &mut Conn, account_id: i64) -> Result<Vec<i64>, Error> {
    Ok(follow::table
        .filter(follow::account_id.eq(account_id))
        .order_by(follow::topic_id)
        .select(follow::topic_id)
        .load(conn)?)
}

/// Follows a topic; doing it again changes nothing.
///
/// # Errors
/// The database's.
pub fn follow(tx: &mut Tx<'_>, account_id: i64, topic_id: i64, now: i64) -> Result<(), Error> {
    if !follows(tx.conn(), account_id, topic_id)? {
        diesel::insert_into(follow::table)
            .values((
                follow::account_id.eq(account_id),
                follow::topic_id.eq(topic_id),
                follow::created_at.eq(now),
            ))
            .execute(tx.conn())?;
    }
    Ok(())
}

/// Stops following a topic.
///
/// # Errors
/// The database's.
pub fn unfollow(tx: &mut Tx<'_>, account_id: i64, topic_id: i64) -> Result<(), Error> {
    diesel::delete(follow::table.find((account_id, topic_id))).execute(tx.conn())?;
    Ok(())
}

/// Votes for an object or takes the vote back. Answers whether anything changed.
///
/// # Errors
/// The database's.
pub fn set_vote(
    tx: &mut Tx<'_>,
    account_id: i64,
    object_uri: &str,
    voted_at: Option<i64>,
) -> Result<bool, Error> {
    let Some(now) = voted_at else {
        let gone = diesel::delete(vote::table.find((object_uri, account_id))).execute(tx.conn())?;
        return Ok(gone > 0);
    };
    let held: i64 = vote::table
        .find((object_uri, account_id))
        .count()
        .get_result(tx.conn())?;
    if held > 0 {
        return Ok(false);
    }
    diesel::insert_into(vote::table)
        .values((
            vote::object_uri.eq(object_uri),
            vote::account_id.eq(account_id),
            vote::created_at.eq(now),
        ))
        .execute(tx.conn())?;
    Ok(true)
}

/// When an account voted for an object, microseconds; `None` = it did not.
///
/// # Errors
/// The database's.
pub fn voted_at(conn: &mut Conn, account_id: i64, object_uri: &str) -> Result<Option<i64>, Error> {
    Ok(vote::table
        .find((object_uri, account_id))
        .select(vote::created_at)
        .get_result(conn)
        .optional()?)
}

/// How many accounts of this instance voted for an object.
///
/// # Errors
/// The database's.
pub fn count_votes(conn: &mut Conn, object_uri: &str) -> Result<i64, Error> {
    Ok(vote::table
        .filter(vote::object_uri.eq(object_uri))
        .count()
        .get_result(conn)?)
}

/// For which of these objects an account voted.
///
/// # Errors
/// The database's.
pub fn votes_among(
    conn: &mut Conn,
    account_id: i64,
    object_uris: &[String],
) -> Result<Vec<String>, Error> {
    let mut voted = Vec::new();
    for chunk in object_uris.chunks(500) {
        voted.extend(
            vote::table
                .filter(
                    vote::account_id
                        .eq(account_id)
                        .and(vote::object_uri.eq_any(chunk)),
                )
                .select(vote::object_uri)
                .load::<String>(conn)?,
        );
    }
    Ok(voted)
}

/// The tally of an object goes into the log at this time, or earlier if it was due earlier.
///
/// # Errors
/// The database's.
pub fn tally_due(tx: &mut Tx<'_>, object_uri: &str, due_at: i64) -> Result<(), Error> {
    let held: i64 = tally_due::table
        .find(object_uri)
        .count()
        .get_result(tx.conn())?;
    if held == 0 {
        diesel::insert_into(tally_due::table)
            .values((
                tally_due::object_uri.eq(object_uri),
                tally_due::due_at.eq(due_at),
            ))
            .execute(tx.conn())?;
    }
    Ok(())
}

/// Which tallies are not due yet: those of `from..=to`, microseconds. What lies beyond was put off by a
/// clock that has been set back since, and is due.
#[derive(Debug, Clone, Copy)]
pub struct NotDue {
    /// The next moment.
    pub from: i64,
    /// The latest time to which a tally is put off now.
    pub to: i64,
}

/// Whether the tally of any object is due.
///
/// # Errors
/// The database's.
pub fn any_due_tally(conn: &mut Conn, not_due: NotDue) -> Result<bool, Error> {
    let due = tally_due::table.filter(tally_due::due_at.not_between(not_due.from, not_due.to));
    Ok(diesel::select(diesel::dsl::exists(due)).get_result(conn)?)
}

/// Takes the objects whose tally is due, oldest first, at most `limit`.
///
/// # Errors
/// The database's.
pub fn take_due_tallies(
    tx: &mut Tx<'_>,
    not_due: NotDue,
    limit: i64,
) -> Result<Vec<String>, Error> {
    let due: Vec<String> = tally_due::table
        .filter(tally_due::due_at.not_between(not_due.from, not_due.to))
        .order_by((tally_due::due_at, tally_due::object_uri))
        .limit(limit)
        .select(tally_due::object_uri)
        .load(tx.conn())?;
    for uri in &due {
        diesel::delete(tally_due::table.find(uri)).execute(tx.conn())?;
    }
    Ok(due)
}
