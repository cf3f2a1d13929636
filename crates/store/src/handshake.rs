//! Cities that were met rather than configured, and the invitations by which they came.
//!
//! Start at [`Handshake`]. Times are microseconds since 1970 UTC.

use diesel::{ExpressionMethods, HasQuery, Insertable, OptionalExtension, QueryDsl, RunQueryDsl};

use crate::{
    Conn, Error, Tx,
    schema::{handshake, invitation},
};

/// An invitation that was made here.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = invitation)]
pub struct Invitation {
    /// Slug of the city that is invited.
    pub city: String,
    /// SHA-256 of the secret, hex.
    pub digest: String,
    /// Address of the city that came with it; empty = nobody yet.
    pub used_by: String,
    /// Name of the administrator's account.
    pub by_name: String,
    /// When it was made.
    pub made_at: i64,
    /// Until when it may be used.
    pub until_at: i64,
}

/// How a city was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Met {
    /// It came with our invitation.
    Guest,
    /// We came with its invitation.
    Host,
    /// A city that we know presented it.
    Presented,
}

impl Met {
    /// As it stands in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Guest => "guest",
            Self::Host => "host",
            Self::Presented => "presented",
        }
    }
}

/// A city that was met.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = handshake)]
pub struct Handshake {
    /// Slug.
    pub city: String,
    /// `https://host`, without a slash at the end.
    pub base_url: String,
    /// What it said of itself, as it came; empty = only its place is known.
    pub introduction: String,
    /// [`Met`].
    pub met: String,
    /// Slug of the city that presents it; empty unless presented.
    pub presented_by: String,
    /// Whether it says itself that it knows us.
    pub is_mutual: bool,
    /// When.
    pub met_at: i64,
    /// Since when it is a sibling; `None` = somebody here has to say so.
    pub accepted_at: Option<i64>,
    /// Name of the administrator's account that accepted it; empty until then.
    pub by_name: String,
}

/// Keeps an invitation in place of an earlier one for the same city.
///
/// # Errors
/// The database's.
pub fn put_invitation(tx: &mut Tx<'_>, row: &Invitation) -> Result<(), Error> {
    remove_invitation(tx, &row.city)?;
    diesel::insert_into(invitation::table)
        .values(row)
        .execute(tx.conn())?;
    Ok(())
}

/// Ends an invitation.
///
/// # Errors
/// The database's.
pub fn remove_invitation(tx: &mut Tx<'_>, city: &str) -> Result<(), Error> {
    diesel::delete(invitation::table.find(city)).execute(tx.conn())?;
    Ok(())
}

/// The invitation for a city.
///
/// # Errors
/// The database's.
pub fn invitation(conn: &mut Conn, city: &str) -> Result<Option<Invitation>, Error> {
    Ok(Invitation::query()
        .filter(invitation::city.eq(city))
        .get_result(conn)
        .optional()?)
}

/// The invitations that may still be used at a time, the newest first.
///
/// # Errors
/// The database's.
pub fn invitations(conn: &mut Conn, now: i64) -> Result<Vec<Invitation>, Error> {
    Ok(Invitation::query()
        .filter(invitation::until_at.ge(now))
        .order_by((invitation::made_at.desc(), invitation::city))
        .load(conn)?)
}

/// Keeps that a city was met, in place of what was known of it.
///
/// # Errors
/// The database's.
pub fn put(tx: &mut Tx<'_>, row: &Handshake) -> Result<(), Error> {
    remove(tx, &row.city)?;
    diesel::insert_into(handshake::table)
        .values(row)
        .execute(tx.conn())?;
    Ok(())
}

/// Forgets a city that was met.
///
/// # Errors
/// The database's.
pub fn remove(tx: &mut Tx<'_>, city: &str) -> Result<(), Error> {
    diesel::delete(handshake::table.find(city)).execute(tx.conn())?;
    Ok(())
}

/// A city that was met.
///
/// # Errors
/// The database's.
pub fn by_city(conn: &mut Conn, city: &str) -> Result<Option<Handshake>, Error> {
    Ok(Handshake::query()
        .filter(handshake::city.eq(city))
        .get_result(conn)
        .optional()?)
}

/// All cities that were met, by slug.
///
/// # Errors
/// The database's.
pub fn all(conn: &mut Conn) -> Result<Vec<Handshake>, Error> {
    Ok(Handshake::query().order_by(handshake::city).load(conn)?)
}

/// The cities that were met and are siblings, by slug: slug and address.
///
/// # Errors
/// The database's.
pub fn places(conn: &mut Conn) -> Result<Vec<(String, String)>, Error> {
    Ok(handshake::table
        .filter(handshake::accepted_at.is_not_null())
        .order_by(handshake::city)
        .select((handshake::city, handshake::base_url))
        .load(conn)?)
}

/// How many cities wait for somebody here to accept them.
///
/// # Errors
/// The database's.
pub fn count_open(conn: &mut Conn) -> Result<i64, Error> {
    Ok(handshake::table
        .filter(handshake::accepted_at.is_null())
        .count()
        .get_result(conn)?)
}

/// It says itself that it knows us.
///
/// # Errors
/// The database's.
pub fn set_mutual(tx: &mut Tx<'_>, city: &str) -> Result<(), Error> {
    diesel::update(handshake::table.find(city))
        .set(handshake::is_mutual.eq(true))
        .execute(tx.conn())?;
    Ok(())
}
