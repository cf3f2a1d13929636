//! "Útil": a row of this instance; the log carries the city's tally.

use tequio_domain::Oid;
use tequio_protocol::activity::Act;
use tequio_store::{
    Tx,
    account::{self, NotDue},
    object, outside, person, recovery,
};

use crate::{
    Engine, Error, Member, Moment,
    append::Pen,
    outside::like::{Liking, inbox_of},
};

/// How long tallies of one object are gathered, in seconds.
pub(crate) const GATHER_S: i64 = 3;
/// Most tallies that one call of [`flush_tallies`] writes.
const FLUSH_MAX: i64 = 200;
/// A tally whose log takes nothing now is tried again after so many seconds.
const HELD_S: i64 = 30;

/// A member finds an object useful, or not any more. Nobody learns who; but the server of an author
/// from outside the network is told in the member's name, as it expects.
///
/// # Errors
/// [`Error::NotFound`] when the object is not here or deleted; [`Error::Forbidden`] for one's own.
pub async fn set_useful(
    engine: &Engine,
    member: &Member,
    moment: Moment,
    oid: Oid,
    vote: Vote,
) -> Result<(), Error> {
    let member = member.clone();
    let base_url = engine.identity().base_url.clone();
    engine
        .store()
        .write(move |tx| {
            let held = object::by_oid(tx.conn(), &oid.to_string())?
                .filter(|held| held.deleted_at.is_none())
                .ok_or(Error::NotFound)?;
            let author = person::by_id(tx.conn(), held.author_id)?;
            if author.uri == member.person_uri {
                return Err(Error::Forbidden("vote for your own post"));
            }
            let before = account::voted_at(tx.conn(), member.account_id, &held.uri)?;
            let voted_at = match vote {
                Vote::Useful => Some(moment.now().micros()),
                Vote::None => None,
            };
            if !account::set_vote(tx, member.account_id, &held.uri, voted_at)? {
                return Ok(());
            }
            if vote == Vote::None {
                recovery::lower_floor(tx, &held.uri)?;
            }
            let due_at = moment.now().plus_seconds(GATHER_S).micros();
            account::tally_due(tx, &held.uri, due_at)?;
            let Some(named_at) = voted_at.or(before).filter(|_| author.city.is_empty()) else {
                return Ok(());
            };
            let Some(inbox) = inbox_of(tx.conn(), &held, &author.uri)? else {
                return Ok(());
            };
            let liking = Liking {
                person_uri: &member.person_uri,
                object_uri: &held.uri,
                audience: Some(&held.group_uri),
                voted_at: named_at,
                vote,
                base_url: &base_url,
                moment,
            };
            liking.queue(tx, &author.uri, &inbox)
        })
        .await
}

/// What a member says of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vote {
    /// It is useful.
    Useful,
    /// Nothing, or not any more.
    None,
}

/// Writes the tallies that are due into the log. Answers how many objects were looked at: call
/// again at once when it is not 0.
///
/// # Errors
/// The database's.
pub async fn flush_tallies(engine: &Engine, moment: Moment) -> Result<usize, Error> {
    let not_due = NotDue {
        from: moment.now().micros().saturating_add(1),
        to: moment.now().plus_seconds(GATHER_S).micros(),
    };
    // Asked every second: a commit without a change would make all remembered pages old.
    let is_due = engine
        .store()
        .read(move |conn| account::any_due_tally(conn, not_due))
        .await?;
    if !is_due {
        return Ok(0);
    }
    let pens = engine.pens(moment).await?;
    engine
        .store()
        .write(move |tx| {
            let due = account::take_due_tallies(tx, not_due, FLUSH_MAX)?;
            for uri in &due {
                match write_tally(tx, &pens, uri) {
                    // Nothing of it was written; the others' logs may be open.
                    Err(Error::Held) => {
                        let again = moment.now().plus_seconds(HELD_S).micros();
                        account::tally_due(tx, uri, again)?;
                    }
                    other => other?,
                }
            }
            Ok(due.len())
        })
        .await
}

fn write_tally(tx: &mut Tx<'_>, pens: &[Pen], uri: &str) -> Result<(), Error> {
    let Some(held) = object::by_uri(tx.conn(), uri)? else {
        return Ok(());
    };
    for pen in pens {
        let log = tequio_store::log::by_id(tx.conn(), pen.log_id)?;
        if log.topic_id != held.topic_id {
            continue;
        }
        let here = account::count_votes(tx.conn(), uri)? + outside::vote::count(tx.conn(), uri)?;
        let amount = here.max(recovery::floor(tx.conn(), uri)?);
        if amount != object::tally_of(tx.conn(), held.id, pen.log_id)? {
            pen.write_as_group(
                tx,
                Act::Tally {
                    object: uri.to_owned(),
                    amount,
                },
            )?;
        }
    }
    Ok(())
}
