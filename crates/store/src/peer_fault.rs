//! Siblings that served something that does not hold, or much too slowly: remembered, shown, and asked last.

use diesel::{ExpressionMethods, HasQuery, Insertable, QueryDsl, RunQueryDsl};

use crate::{Conn, Error, Tx, schema::peer_fault};

/// What a sibling did wrong when it was asked for entries.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = peer_fault)]
pub struct PeerFault {
    /// Slug of the city.
    pub city: String,
    /// How often.
    pub faults: i32,
    /// What it was the last time.
    pub reason: String,
    /// When, microseconds.
    pub at: i64,
}

/// All of them, by city.
///
/// # Errors
/// The database's.
pub fn all(conn: &mut Conn) -> Result<Vec<PeerFault>, Error> {
    Ok(PeerFault::query().order_by(peer_fault::city).load(conn)?)
}

/// One more.
///
/// # Errors
/// The database's.
pub fn note(tx: &mut Tx<'_>, city: &str, reason: &str, at: i64) -> Result<(), Error> {
    let changed = diesel::update(peer_fault::table.find(city))
        .set((
            peer_fault::faults.eq(peer_fault::faults + 1),
            peer_fault::reason.eq(reason),
            peer_fault::at.eq(at),
        ))
        .execute(tx.conn())?;
    if changed == 0 {
        let row = PeerFault {
            city: city.to_owned(),
            faults: 1,
            reason: reason.to_owned(),
            at,
        };
        diesel::insert_into(peer_fault::table)
            .values(&row)
            .execute(tx.conn())?;
    }
    Ok(())
}
