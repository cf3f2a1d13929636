//! Whether the database knows how far this city's own logs have come, and what is done when it may not.
//!
//! Start at [`guard`]: at start it compares the epoch file with the database. Where they disagree, the
//! database was set back, restored or copied, and its own logs are *held*: they take what siblings give
//! back (by [`Engine::receive`], like any entry) and nothing new, until [`release`].
//!
//! # Invariants
//! - Never two entries with one number: an own log takes nothing new while its row in `recovery` is open.
//! - A doubt outlives the process: it is in the database before the file is made to agree with it.
//! - What the siblings do not have is lost only when all of them said so, or an administrator did.

use tequio_domain::Timestamp;
use tequio_protocol::activity::{Act, Activity, Blank, Entry};
use tequio_store::{
    Conn, Tx, account, entry,
    epoch::{Epoch, Found, Mark, Record},
    log::{self, Log},
    recovery::{self, Recovery},
    setting,
};

use crate::{Engine, Error, Moment, account::card_of, meaning::kept_document, receive::Judge};

/// Also in the epoch file, unless that is of another database.
pub const INCARNATION: &str = "incarnation";
/// When this database was restored from a backup (microseconds), until it is started.
pub const RESTORED_AT: &str = "restored_at";

/// Why own logs are held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The epoch file is gone or cannot be read.
    Lost,
    /// The database comes from a backup.
    Restored,
    /// The epoch file is a copy: the whole directory was put back, or moved.
    Copied,
    /// The database is behind the epoch file, or tells another history.
    SetBack,
    /// A sibling has entries of ours that are not here.
    Behind,
}

impl Reason {
    /// As kept.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Restored => "restored",
            Self::Copied => "copied",
            Self::SetBack => "set-back",
            Self::Behind => "behind",
        }
    }
}

/// Compares the epoch file with the database, holds the own logs when they disagree, and puts the file
/// in charge of what is written from now on. Answers why logs are held since now.
///
/// # Errors
/// [`Error::EmptyDatabase`] when the file is of a city that has written, and the database is new;
/// [`Error::Store`] when either cannot be written.
pub fn guard(
    engine: &Engine,
    epoch: Epoch,
    found: &Found,
    moment: Moment,
) -> Result<Option<Reason>, Error> {
    let city = engine.identity().city.to_string();
    let asked = found.clone();
    let (held, doubt) = engine.store().read_blocking(move |conn| {
        let held = setting::get(conn, INCARNATION)?;
        let logs = own_logs(conn, &city)?;
        let doubt = doubt(conn, held.as_deref(), &logs, &asked)?;
        Ok::<_, Error>((held, doubt))
    })?;
    let fresh = moment.oid("incarnation").to_string();
    match (held, doubt) {
        (Some(held), None) => epoch.adopt(&held).map_err(Error::epoch)?,
        (None, None) => {
            // The file first: a database with a name that no file has would be in doubt.
            epoch.adopt(&fresh).map_err(Error::epoch)?;
            let name = fresh.clone();
            engine
                .store()
                .write_blocking(move |tx| setting::put(tx, INCARNATION, &name))?;
        }
        (_, Some(reason)) => {
            hold_all(engine, reason, found, &fresh, moment.now())?;
            epoch.adopt(&fresh).map_err(Error::epoch)?;
        }
    }
    engine.store().guard_by(epoch);
    Ok(doubt)
}

fn hold_all(
    engine: &Engine,
    reason: Reason,
    found: &Found,
    incarnation: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let city = engine.identity().city.to_string();
    let (found, incarnation) = (found.clone(), incarnation.to_owned());
    engine.store().write_blocking(move |tx| {
        for row in own_logs(tx.conn(), &city)? {
            let target = match &found {
                Found::Record { record, .. } => reached(record, &row.group_uri).seq,
                Found::Nothing | Found::Unreadable => 0,
            };
            recovery::begin(tx, &beginning(&row, reason, target, now))?;
        }
        setting::remove(tx, RESTORED_AT)?;
        Ok(setting::put(tx, INCARNATION, &incarnation)?)
    })
}

fn beginning(row: &Log, reason: Reason, target_seq: i64, now: Timestamp) -> Recovery {
    Recovery {
        log_id: row.id,
        reason: reason.as_str().to_owned(),
        began_at: now.micros(),
        ended_at: None,
        first_seq: row.head_seq,
        target_seq,
        asked_at: None,
        answers: 0,
        lost: 0,
    }
}

fn own_logs(conn: &mut Conn, city: &str) -> Result<Vec<Log>, Error> {
    let mut logs = log::all(conn)?;
    logs.retain(|row| row.city == city);
    Ok(logs)
}

/// The last entry of a log that the file is sure of.
fn reached(record: &Record, group_uri: &str) -> Mark {
    let reached = record.logs.get(group_uri);
    reached.map_or_else(nothing, |reached| reached.held.clone())
}

const fn nothing() -> Mark {
    Mark {
        seq: 0,
        digest: String::new(),
    }
}

/// What file and database together say.
fn doubt(
    conn: &mut Conn,
    incarnation: Option<&str>,
    logs: &[Log],
    found: &Found,
) -> Result<Option<Reason>, Error> {
    if setting::get(conn, RESTORED_AT)?.is_some() {
        return Ok(Some(Reason::Restored));
    }
    let Found::Record { record, is_copy } = found else {
        let is_new = incarnation.is_none() && *found == Found::Nothing;
        return Ok((!is_new).then_some(Reason::Lost));
    };
    let has_written = record.logs.values().any(|reached| reached.held.seq > 0);
    let Some(incarnation) = incarnation else {
        if !has_written {
            return Ok(None);
        }
        if logs.iter().all(|row| row.head_seq == 0) {
            return Err(Error::EmptyDatabase);
        }
        return Ok(Some(Reason::Restored));
    };
    if record.incarnation != incarnation {
        return Ok(Some(Reason::Restored));
    }
    if *is_copy {
        return Ok(Some(Reason::Copied));
    }
    for row in logs {
        let mark = reached(record, &row.group_uri);
        let held = entry::digest_at(conn, row.id, mark.seq)?;
        if mark.seq > 0 && held.as_deref() != Some(mark.digest.as_str()) {
            return Ok(Some(Reason::SetBack));
        }
    }
    Ok(None)
}

/// Holds one own log: a sibling has proven that more of it exists.
///
/// # Errors
/// The database's.
pub async fn hold(
    engine: &Engine,
    log_id: i64,
    target_seq: i64,
    now: Timestamp,
) -> Result<(), Error> {
    engine
        .store()
        .write(move |tx| {
            let row = log::by_id(tx.conn(), log_id)?;
            if target_seq > row.head_seq {
                recovery::begin(tx, &beginning(&row, Reason::Behind, target_seq, now))?;
            }
            Ok(())
        })
        .await
}

/// The number of an entry that this city's own group has signed, by the key that it had there, whether its
/// body was erased since or not; `None` when it has not.
///
/// # Errors
/// The database's.
pub async fn signed_by_us(engine: &Engine, row: &Log, body: &str) -> Result<Option<i64>, Error> {
    let row = row.clone();
    let read = move |conn: &mut Conn| Judge::new(conn, row);
    let judge = engine.store().read(read).await?;
    Ok(proven(&judge, body))
}

fn proven(judge: &Judge, body: &str) -> Option<i64> {
    let value = tequio_protocol::json::parse(body.as_bytes()).ok()?;
    if Blank::is_one(&value) {
        let read = Blank::read(&value).ok()?;
        let holds = judge.is_of(read.group) && judge.check_blank(&value, &read).is_ok();
        return holds.then_some(read.seq);
    }
    let read = Entry::read(&value).ok()?;
    let holds = judge.is_of(read.group) && judge.check_group(&value, read.seq).is_ok();
    holds.then_some(read.seq)
}

/// Siblings were asked about a held log; so many answered.
///
/// # Errors
/// The database's.
pub async fn asked(
    engine: &Engine,
    log_id: i64,
    answers: i64,
    now: Timestamp,
) -> Result<(), Error> {
    engine
        .store()
        .write(move |tx| recovery::asked(tx, log_id, answers, now.micros()))
        .await
        .map_err(Error::from)
}

/// What became of a held log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Released {
    /// The log's group.
    pub group_uri: String,
    /// Entries that came back.
    pub recovered: i64,
    /// Entries that are known to have existed and that nobody had.
    pub lost: i64,
}

/// Lets a held log go on from where it is now. With it: members' cards that are newer in the log than
/// here, and tallies whose votes were lost.
///
/// # Errors
/// The database's; [`Error::NotFound`] when it is not held; [`Error::Internal`] when its key is not here.
pub async fn release(engine: &Engine, log_id: i64, now: Timestamp) -> Result<Released, Error> {
    let epoch = engine.store().epoch().cloned();
    engine
        .store()
        .write(move |tx| {
            let held = recovery::held(tx.conn())?;
            let held = held.into_iter().find(|row| row.log_id == log_id);
            let held = held.ok_or(Error::NotFound)?;
            let row = log::by_id(tx.conn(), log_id)?;
            require_key(tx, &row)?;
            let lost = held.target_seq.saturating_sub(row.head_seq).max(0);
            take_cards(tx, &row)?;
            recovery::set_floors(tx, log_id)?;
            recovery::end(tx, log_id, lost, now.micros())?;
            // In here, so that no entry of ours comes between.
            if let Some(epoch) = epoch {
                let mark = Mark {
                    seq: row.head_seq,
                    digest: row.head_digest.clone(),
                };
                epoch.set(&row.group_uri, mark).map_err(Error::epoch)?;
            }
            Ok(Released {
                recovered: row.head_seq.saturating_sub(held.first_seq),
                group_uri: row.group_uri,
                lost,
            })
        })
        .await
}

/// The key that signs must be the one that the log names now: it may have been changed after the backup,
/// and then it is in a newer one.
fn require_key(tx: &mut Tx<'_>, row: &Log) -> Result<(), Error> {
    let held = setting::actor_key(tx.conn(), &row.group_uri)?;
    if held.is_some_and(|held| held.public_key == row.public_key) {
        return Ok(());
    }
    Err(Error::internal(format!(
        "the key of {} was changed after this backup was made, and only a newer backup has it",
        row.group_uri
    )))
}

/// Accounts get the cards that the log has of them, where those are newer and made with the same key.
/// Somebody whose account is not here, or has another key, is somebody else.
fn take_cards(tx: &mut Tx<'_>, row: &Log) -> Result<(), Error> {
    for held in account::all(tx.conn())? {
        let Some((key, card_uri)) = log::author_key(tx.conn(), row.id, &held.person_uri)? else {
            continue;
        };
        let own = setting::actor_key(tx.conn(), &held.person_uri)?;
        let (card, held_uri) = card_of(&held)?;
        if held_uri == card_uri || own.is_none_or(|own| own.public_key != key) {
            continue;
        }
        let Some(found) = entry::by_uri(tx.conn(), &card_uri)? else {
            continue;
        };
        let value = kept_document(&found.body)?;
        let Some(inner) = value.get("object") else {
            continue;
        };
        if let Ok(Act::Card(newer)) = Activity::read(inner).map(|activity| activity.act)
            && newer.updated > card.updated
        {
            account::set_card(tx, held.id, &inner.to_string())?;
        }
    }
    Ok(())
}
