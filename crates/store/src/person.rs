//! People of all cities, as their cards say, and from outside, as cities attest them.

use diesel::{
    AsChangeset, BoolExpressionMethods, ExpressionMethods, HasQuery, Insertable, OptionalExtension,
    QueryDsl, RunQueryDsl,
};

use crate::{Conn, Error, Tx, schema::person};

/// A member of some city.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable, AsChangeset)]
#[diesel(table_name = person)]
pub struct Person {
    /// Row key.
    pub id: i64,
    /// ActivityPub id.
    pub uri: String,
    /// Slug of the city; empty = from outside the network.
    pub city: String,
    /// Name in addresses; from outside: `name@host`.
    pub name: String,
    /// Name shown.
    pub display_name: String,
    /// Post held.
    pub post: String,
    /// Plain text.
    pub summary: String,
    /// Ed25519, multibase; empty = from outside: attested by the log's home.
    pub public_key: String,
    /// Of the card, microseconds.
    pub updated_at: i64,
    /// Of the activity that brought the card: breaks ties.
    pub card_uri: String,
}

/// By ActivityPub id.
///
/// # Errors
/// The database's.
pub fn by_uri(conn: &mut Conn, uri: &str) -> Result<Option<Person>, Error> {
    Ok(Person::query()
        .filter(person::uri.eq(uri))
        .get_result(conn)
        .optional()?)
}

/// By ActivityPub ids.
///
/// # Errors
/// The database's.
pub fn list_by_uris(conn: &mut Conn, uris: &[String]) -> Result<Vec<Person>, Error> {
    let mut found = Vec::new();
    for chunk in uris.chunks(500) {
        let rows: Vec<Person> = Person::query()
            .filter(person::uri.eq_any(chunk))
            .order_by(person::uri)
            .load(conn)?;
        found.extend(rows);
    }
    Ok(found)
}

/// By row key.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub fn by_id(conn: &mut Conn, id: i64) -> Result<Person, Error> {
    Ok(Person::query().filter(person::id.eq(id)).get_result(conn)?)
}

/// By city and name; nobody from outside, whose names need not be different.
///
/// # Errors
/// The database's.
pub fn by_name(conn: &mut Conn, city: &str, name: &str) -> Result<Option<Person>, Error> {
    Ok(Person::query()
        .filter(person::city.eq(city).and(person::name.eq(name)))
        .filter(person::city.ne(""))
        .get_result(conn)
        .optional()?)
}

/// Takes a card: the greatest (time, uri) wins, whatever the order of arrival; but a member's card
/// always wins over what somebody attests of an actor from outside.
///
/// # Errors
/// The database's.
pub fn put(tx: &mut Tx<'_>, row: &Person) -> Result<(), Error> {
    let Some(held) = by_uri(tx.conn(), &row.uri)? else {
        diesel::insert_into(person::table)
            .values(row)
            .execute(tx.conn())?;
        return Ok(());
    };
    let rank = |row: &Person| (!row.city.is_empty(), row.updated_at, row.card_uri.clone());
    if rank(row) > rank(&held) {
        let row = Person {
            id: held.id,
            ..row.clone()
        };
        diesel::update(person::table.find(held.id))
            .set(&row)
            .execute(tx.conn())?;
    }
    Ok(())
}
