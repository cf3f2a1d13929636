//! A city speaks in the ledger: by one of its people, after asking the rules.

use tequio_domain::{
    CitySlug, Digest, Invalid,
    ledger::{self as rules, Entry, Ledger, Position, Term},
    text,
};
use tequio_protocol::activity::{
    Act, LedgerAct,
    ledger::{NOTE_MAX, Say},
};
use tequio_store::{Conn, Tx, log, topic, topic_coordinator};

use super::Acta;
use crate::{Engine, Error, Member, Moment, append::Pen};

/// What a command has at hand when it decides what to say.
pub(super) struct Floor<'a, 't> {
    pub(super) tx: &'a mut Tx<'t>,
    pub(super) acta: &'a Acta,
    /// The city that speaks.
    pub(super) city: &'a CitySlug,
    /// Its group.
    pub(super) group: &'a str,
}

/// Who may say something for the city.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Voice {
    /// Its administrators.
    City,
    /// They, and the members whom it chose to coordinate the topic.
    Topic,
}

impl Voice {
    pub(super) fn require(
        self,
        conn: &mut Conn,
        member: &Member,
        topic_id: i64,
    ) -> Result<(), Error> {
        match self {
            Self::Topic if topic_coordinator::is(conn, member.account_id, topic_id)? => Ok(()),
            Self::City | Self::Topic => member.require_admin(),
        }
    }
}

/// What a person says in the ledger of a topic.
#[derive(Debug, Clone)]
pub struct Speech {
    /// Slug of the topic.
    pub topic: String,
    /// What they say about it, for all to read; may be empty.
    pub note: String,
}

impl Speech {
    /// Without a note.
    #[must_use]
    pub fn on(topic: &str) -> Self {
        Self {
            topic: topic.to_owned(),
            note: String::new(),
        }
    }

    fn checked_note(&self) -> Result<String, Error> {
        let note = text::many_lines(&self.note);
        if note.chars().count() > NOTE_MAX {
            return Err(Invalid::new("note", "too-long").into());
        }
        Ok(note)
    }
}

impl Engine {
    /// An administrator speaks for the city. `plan` decides what is said, in the transaction in which
    /// it is written; the rules are asked before.
    pub(super) async fn speak<F>(
        &self,
        admin: &Member,
        moment: Moment,
        speech: Speech,
        plan: F,
    ) -> Result<(), Error>
    where
        F: FnOnce(Floor<'_, '_>) -> Result<Say, Error> + Send + 'static,
    {
        self.speak_as(Voice::City, admin, moment, speech, plan)
            .await
    }

    /// As [`Self::speak`], by whoever has this voice.
    pub(super) async fn speak_as<F>(
        &self,
        voice: Voice,
        member: &Member,
        moment: Moment,
        speech: Speech,
        plan: F,
    ) -> Result<(), Error>
    where
        F: FnOnce(Floor<'_, '_>) -> Result<Say, Error> + Send + 'static,
    {
        let note = speech.checked_note()?;
        let (slug, asked) = (speech.topic, member.clone());
        let read = move |conn: &mut Conn| topic::by_slug(conn, &slug);
        let row = self.store().read(read).await?;
        let pen = self.pen(row.id, moment).await?;
        let signer = self.signer(&member.person_uri).await?;
        let (account_id, city) = (member.account_id, self.identity().city.clone());
        self.store()
            .write(move |tx| {
                voice.require(tx.conn(), &asked, row.id)?;
                // First, so that the place of the act is known.
                pen.put_card(tx, account_id, &signer.uri)?;
                let acta = Acta::of(tx.conn(), row)?;
                let say = plan(Floor {
                    tx,
                    acta: &acta,
                    city: &city,
                    group: &pen.group.uri,
                })?;
                let act = act(&acta, &pen, note, say);
                ask_the_rules(tx.conn(), &acta, &pen, &city, &act)?;
                pen.write_as_member(tx, account_id, &signer, Act::Ledger(Box::new(act)))
            })
            .await
    }
}

pub(super) fn act(acta: &Acta, pen: &Pen, note: String, say: Say) -> LedgerAct {
    LedgerAct {
        topic: acta.topic.uri.clone(),
        audience: pen.group.uri.clone(),
        note,
        say,
    }
}

/// Judges an act as the next one of the city's log. So a person hears at once why it would be refused,
/// in the words that the ledger would say.
pub(super) fn ask_the_rules(
    conn: &mut Conn,
    acta: &Acta,
    pen: &Pen,
    city: &CitySlug,
    act: &LedgerAct,
) -> Result<(), Error> {
    let Some(said) = act.act() else {
        return Ok(());
    };
    let head_seq = log::by_id(conn, pen.log_id)?.head_seq;
    let id = format!("{}#next", pen.group.uri);
    judge_next(acta, city, head_seq, (act.identity(&id), said))
}

/// Judges an act as the next one after this head.
pub(super) fn judge_next(
    acta: &Acta,
    city: &CitySlug,
    head_seq: i64,
    (id, act): (tequio_domain::Oid, rules::Act),
) -> Result<(), Error> {
    let at = Position {
        city: city.clone(),
        seq: head_seq.saturating_add(1),
        digest: Digest::new([0xff; 32]),
    };
    // The founder's first one founds the topic.
    let mut ledger = if matches!(act, rules::Act::Genesis(_)) {
        Ledger::new(at.digest)
    } else {
        acta.ledger.clone()
    };
    ledger.insert(Entry {
        at: at.clone(),
        id,
        act,
    });
    let state = ledger.state();
    if let Some(reason) = state.refusals.get(&at) {
        return Err(Error::Ledger(reason.clone()));
    }
    if state.waiting.contains_key(&at) {
        return Err(Error::Forbidden("act before what it needs is here"));
    }
    Ok(())
}

/// The latest term.
///
/// # Errors
/// [`Error::Forbidden`] when the topic is not founded.
pub(super) fn latest(acta: &Acta) -> Result<&Term, Error> {
    acta.state
        .terms
        .last()
        .ok_or(Error::Forbidden("coordinate a topic that is not founded"))
}

/// The number of the term after the latest.
pub(super) fn next_number(acta: &Acta) -> Result<rules::TermNo, Error> {
    Ok(latest(acta)?.number.saturating_add(1))
}

/// A planned time.
///
/// # Errors
/// [`Error::Invalid`] of field `end` when it does not come after the start.
pub(super) fn checked(period: rules::Period) -> Result<rules::Period, Error> {
    if period.end <= period.start {
        return Err(Invalid::new("end", "end-after-start").into());
    }
    Ok(period)
}
