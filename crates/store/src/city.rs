//! Cities of the network.

use diesel::{ExpressionMethods, HasQuery, Insertable, QueryDsl, RunQueryDsl};

use crate::{Conn, Error, Tx, schema::city};

/// A city.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = city)]
pub struct City {
    /// `san-salvador`.
    pub slug: String,
    /// Order in the network.
    pub position: i32,
    /// `San Salvador`.
    pub name: String,
    /// Country, Spanish.
    pub country_es: String,
    /// Country, English.
    pub country_en: String,
    /// One sentence, Spanish.
    pub summary_es: String,
    /// One sentence, English.
    pub summary_en: String,
    /// Address of its instance without a slash at the end; empty = not known yet.
    pub base_url: String,
    /// Whether this instance is the city's.
    pub is_self: bool,
}

/// All cities, in order.
///
/// # Errors
/// The database's.
pub fn all(conn: &mut Conn) -> Result<Vec<City>, Error> {
    Ok(City::query()
        .order_by((city::position, city::slug))
        .load(conn)?)
}

/// One city.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub fn by_slug(conn: &mut Conn, slug: &str) -> Result<City, Error> {
    Ok(City::query().filter(city::slug.eq(slug)).get_result(conn)?)
}

/// The addresses of all cities that are known.
///
/// # Errors
/// The database's.
pub fn base_urls(conn: &mut Conn) -> Result<Vec<String>, Error> {
    Ok(city::table
        .filter(city::base_url.ne(""))
        .order_by(city::slug)
        .select(city::base_url)
        .load(conn)?)
}

/// Inserts or replaces a city.
///
/// # Errors
/// The database's.
pub fn put(tx: &mut Tx<'_>, row: &City) -> Result<(), Error> {
    let changed = diesel::update(city::table.find(&row.slug))
        .set((
            city::position.eq(row.position),
            city::name.eq(&row.name),
            city::country_es.eq(&row.country_es),
            city::country_en.eq(&row.country_en),
            city::summary_es.eq(&row.summary_es),
            city::summary_en.eq(&row.summary_en),
            city::base_url.eq(&row.base_url),
            city::is_self.eq(row.is_self),
        ))
        .execute(tx.conn())?;
    if changed == 0 {
        diesel::insert_into(city::table)
            .values(row)
            .execute(tx.conn())?;
    }
    Ok(())
}
