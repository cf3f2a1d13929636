//! What is wrong between this city and another, and what was.
//!
//! Start at [`raise`] and [`clear`], which do nothing where nothing changes: several processes may watch
//! the same database. Times are microseconds since 1970 UTC.

use diesel::{ExpressionMethods, HasQuery, Insertable, QueryDsl, RunQueryDsl};

use crate::conn::on_backend;
use crate::{Conn, Error, Tx, schema::alarm};

/// What can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A city gives no answer.
    Silent,
    /// What this city wrote does not reach another, though that one answers.
    Queue,
    /// What another city wrote is known to exist and does not come.
    Stuck,
    /// A city signed two histories of one log.
    Frozen,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Silent, Self::Queue, Self::Stuck, Self::Frozen];

    /// As in the database, in metrics and in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Silent => "silent",
            Self::Queue => "queue",
            Self::Stuck => "stuck",
            Self::Frozen => "frozen",
        }
    }

    /// Reads [`Kind::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// Something that is or was wrong.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Insertable)]
#[diesel(table_name = alarm)]
pub struct Alarm {
    /// Row key.
    pub id: i64,
    /// Text of [`Kind`].
    pub kind: String,
    /// Slug of the city that it is about.
    pub subject: String,
    /// When it began, as far as can be known.
    pub since: i64,
    /// When it was seen.
    pub raised_at: i64,
    /// When it was over; `None` = it goes on.
    pub cleared_at: Option<i64>,
}

/// Opens an alarm; `false` when it is open already.
///
/// # Errors
/// [`Error`] of the database.
pub fn raise(
    tx: &mut Tx<'_>,
    (kind, subject): (Kind, &str),
    since: i64,
    now: i64,
) -> Result<bool, Error> {
    let row = Alarm {
        id: tx.next_id()?,
        kind: kind.as_str().to_owned(),
        subject: subject.to_owned(),
        since,
        raised_at: now,
        cleared_at: None,
    };
    let made = on_backend!(tx.conn(), |c| diesel::insert_into(alarm::table)
        .values(&row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(made > 0)
}

/// Closes an alarm; `false` when none is open.
///
/// # Errors
/// [`Error`] of the database.
pub fn clear(tx: &mut Tx<'_>, (kind, subject): (Kind, &str), now: i64) -> Result<bool, Error> {
    let open = alarm::table
        .filter(alarm::kind.eq(kind.as_str()))
        .filter(alarm::subject.eq(subject))
        .filter(alarm::cleared_at.is_null());
    let closed = diesel::update(open)
        .set(alarm::cleared_at.eq(Some(now)))
        .execute(tx.conn())?;
    Ok(closed > 0)
}

/// Open alarms, the oldest first.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_open(conn: &mut Conn) -> Result<Vec<Alarm>, Error> {
    Ok(Alarm::query()
        .filter(alarm::cleared_at.is_null())
        .order_by((alarm::raised_at, alarm::id))
        .load(conn)?)
}

/// How many alarms are open.
///
/// # Errors
/// [`Error`] of the database.
pub fn count_open(conn: &mut Conn) -> Result<i64, Error> {
    Ok(alarm::table
        .filter(alarm::cleared_at.is_null())
        .count()
        .get_result(conn)?)
}

/// Alarms that are over, the newest first.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_closed(conn: &mut Conn, limit: i64) -> Result<Vec<Alarm>, Error> {
    Ok(Alarm::query()
        .filter(alarm::cleared_at.is_not_null())
        .order_by((alarm::raised_at.desc(), alarm::id.desc()))
        .limit(limit)
        .load(conn)?)
}

/// Forgets alarms that were over before this time.
///
/// # Errors
/// [`Error`] of the database.
pub fn forget_before(tx: &mut Tx<'_>, at: i64) -> Result<(), Error> {
    diesel::delete(alarm::table.filter(alarm::cleared_at.lt(at))).execute(tx.conn())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::on_both_databases;
    use crate::testing::block_on;

    on_both_databases! {
        fn an_alarm_is_open_once_and_can_come_back(store) {
            let about = (Kind::Silent, "managua");
            let heard: Vec<bool> = block_on(store.write(move |tx| {
                Ok::<_, Error>(vec![
                    raise(tx, about, 1, 10)?,
                    raise(tx, about, 2, 11)?,
                    raise(tx, (Kind::Queue, "managua"), 3, 12)?,
                    clear(tx, about, 20)?,
                    clear(tx, about, 21)?,
                    raise(tx, about, 4, 30)?,
                ])
            })).unwrap();
            assert_eq!(heard, [true, false, true, true, false, true]);
            let (open, closed, count) = block_on(store.read(|conn| {
                Ok::<_, Error>((list_open(conn)?, list_closed(conn, 9)?, count_open(conn)?))
            })).unwrap();
            let brief = |all: &[Alarm]| -> Vec<(String, i64)> {
                all.iter().map(|alarm| (alarm.kind.clone(), alarm.since)).collect()
            };
            assert_eq!(brief(&open), [("queue".to_owned(), 3), ("silent".to_owned(), 4)]);
            assert_eq!(brief(&closed), [("silent".to_owned(), 1)]);
            assert_eq!(count, 2);
            block_on(store.write(|tx| forget_before(tx, 21))).unwrap();
            let closed = block_on(store.read(|conn| list_closed(conn, 9))).unwrap();
            assert_eq!(closed, []);
        }
    }

    #[test]
    fn kinds_are_read_as_they_are_written() {
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(Kind::parse("Silent"), None);
    }
}
