//! Facts about this instance, and the private keys of its actors.

use diesel::{ExpressionMethods, HasQuery, Insertable, OptionalExtension, QueryDsl, RunQueryDsl};

use crate::{
    Conn, Error, Tx,
    schema::{actor_key, setting},
};

/// The private and public Ed25519 key of one of our actors.
#[derive(Clone, HasQuery, Insertable)]
#[diesel(table_name = actor_key)]
pub struct ActorKey {
    /// The actor.
    pub actor_uri: String,
    /// Multibase.
    pub private_key: String,
    /// Multibase.
    pub public_key: String,
    /// Microseconds.
    pub created_at: i64,
}

/// Reads a fact.
///
/// # Errors
/// The database's.
pub fn get(conn: &mut Conn, name: &str) -> Result<Option<String>, Error> {
    Ok(setting::table
        .filter(setting::name.eq(name))
        .select(setting::value)
        .get_result(conn)
        .optional()?)
}

/// Writes a fact.
///
/// # Errors
/// The database's.
pub fn put(tx: &mut Tx<'_>, name: &str, value: &str) -> Result<(), Error> {
    let changed = diesel::update(setting::table.find(name))
        .set(setting::value.eq(value))
        .execute(tx.conn())?;
    if changed == 0 {
        diesel::insert_into(setting::table)
            .values((setting::name.eq(name), setting::value.eq(value)))
            .execute(tx.conn())?;
    }
    Ok(())
}

/// Removes a fact.
///
/// # Errors
/// The database's.
pub fn remove(tx: &mut Tx<'_>, name: &str) -> Result<(), Error> {
    diesel::delete(setting::table.find(name)).execute(tx.conn())?;
    Ok(())
}

/// The key of one of our actors.
///
/// # Errors
/// The database's.
pub fn actor_key(conn: &mut Conn, actor_uri: &str) -> Result<Option<ActorKey>, Error> {
    Ok(ActorKey::query()
        .filter(actor_key::actor_uri.eq(actor_uri))
        .get_result(conn)
        .optional()?)
}

/// Gives an actor another key.
///
/// # Errors
/// The database's.
pub fn set_actor_key(tx: &mut Tx<'_>, key: &ActorKey) -> Result<(), Error> {
    diesel::update(actor_key::table.find(&key.actor_uri))
        .set((
            actor_key::private_key.eq(&key.private_key),
            actor_key::public_key.eq(&key.public_key),
            actor_key::created_at.eq(key.created_at),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Keeps a new actor's key.
///
/// # Errors
/// The database's; also when the actor has one already.
pub fn add_actor_key(tx: &mut Tx<'_>, key: &ActorKey) -> Result<(), Error> {
    diesel::insert_into(actor_key::table)
        .values(key)
        .execute(tx.conn())?;
    Ok(())
}
