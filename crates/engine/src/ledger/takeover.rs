//! The way without the coordinator: a city stands, others endorse it, it shows its majority. And what
//! every city does by itself: to acknowledge how a term ended.

use std::collections::BTreeSet;

use tequio_domain::{
    CitySlug, Digest, Oid,
    ledger::{
        Acknowledge, Act as Judged, Candidacy, Certificate, Endorse, Head, Period, Reason, Term,
    },
};
use tequio_protocol::activity::{Act, ledger::Say};
use tequio_store::{Conn, ledger, log};

use super::{
    Acta,
    hand_over::{Speech, found},
    read,
    speak::{act, checked, judge_next, latest, next_number},
};
use crate::{Engine, Error, Member, Moment};

/// A city stands for the seat because the coordinator is gone.
///
/// # Errors
/// [`Error::Forbidden`] for who is no administrator; [`Error::Ledger`] with the reason for which the
/// ledger would refuse it; [`Error::Invalid`] of field `end` or `note`.
pub async fn stand(
    engine: &Engine,
    admin: &Member,
    moment: Moment,
    speech: Speech,
    period: Period,
) -> Result<(), Error> {
    let period = checked(period)?;
    engine
        .speak(admin, moment, speech, move |floor| {
            let term = latest(floor.acta)?;
            Ok(Say::Stand(Candidacy {
                term: next_number(floor.acta)?,
                base: term.deed.digest,
                period,
                changes: changes_of(floor.acta, term),
            }))
        })
        .await
}

/// A city endorses a candidacy: its one vote about the end of this term.
///
/// # Errors
/// As [`stand`]; [`Error::NotFound`] when there is no such act here.
pub async fn endorse(
    engine: &Engine,
    admin: &Member,
    moment: Moment,
    speech: Speech,
    candidacy: Digest,
) -> Result<(), Error> {
    engine
        .speak(admin, moment, speech, move |floor| {
            let stood = found(floor.acta, candidacy)?;
            let Say::Stand(stand) = &stood.act.say else {
                return Err(Error::Ledger(Reason::NotACandidacy));
            };
            let ended = floor.acta.state.terms.iter();
            let ended = ended
                .filter(|term| term.deed.digest == stand.base)
                .find(|term| term.number.saturating_add(1) == stand.term);
            let ended = ended.ok_or(Error::Ledger(Reason::NoSuchTerm))?;
            let head = head_of(floor.tx.conn(), floor.acta.topic.id, &ended.city)?;
            Ok(Say::Endorse {
                candidacy: stood.id.clone(),
                endorse: Endorse {
                    candidacy,
                    base: stand.base,
                    head,
                },
            })
        })
        .await
}

/// A candidate shows its majority, and coordinates from then on.
///
/// # Errors
/// As [`stand`]; [`Reason::NotACandidacy`] when the city does not stand; [`Reason::ShortOfQuorum`].
pub async fn certify(
    engine: &Engine,
    admin: &Member,
    moment: Moment,
    speech: Speech,
) -> Result<(), Error> {
    engine
        .speak(admin, moment, speech, |floor| {
            let acta = floor.acta;
            let mut open = acta.state.candidacies.iter();
            let own = open.rfind(|open| open.at.city == *floor.city);
            let own = own.ok_or(Error::Ledger(Reason::NotACandidacy))?;
            let votes = own.endorsed_by.values();
            let highest = votes.clone().map(|(_, head)| *head).max();
            let short = Reason::ShortOfQuorum {
                have: 0,
                need: own.needed,
            };
            Ok(Say::Certify(Certificate {
                term: own.term,
                base: latest(acta)?.deed.digest,
                candidacy: own.at.digest,
                endorsements: votes.map(|(at, _)| at.digest).collect(),
                leaves: own.leaves.values().map(|at| at.digest).collect(),
                head: highest.ok_or(Error::Ledger(short))?,
            }))
        })
        .await
}

/// The holder's changes of a term that hold as far as they are known here: a candidacy names them, so
/// that they hold on.
fn changes_of(acta: &Acta, term: &Term) -> BTreeSet<Digest> {
    let of_term = acta.ledger.entries().filter(|entry| {
        entry.at.city == term.city
            && entry.at.seq > term.start
            && matches!(&entry.act, Judged::Change(change) if change.term == term.number)
            && acta.refusal(&entry.at).is_none()
    });
    of_term.map(|entry| entry.at.digest).collect()
}

/// How far a city's log is held here.
fn head_of(conn: &mut Conn, topic_id: i64, city: &CitySlug) -> Result<Head, Error> {
    let row = log::by_home(conn, topic_id, city.as_str())?;
    let held = row.and_then(|row| Some((row.head_seq, Digest::from_hex(&row.head_digest)?)));
    let (seq, digest) = held.unwrap_or((0, Digest::new([0; 32])));
    Ok(Head { seq, digest })
}

/// Says for the city how terms ended, where it has not said so yet. Answers in how many topics.
///
/// Without it nothing would be beyond recall (see the rules on what is *settled*), and a city that has
/// seen a hand-over could still vote for somebody else.
///
/// # Errors
/// The database's.
pub async fn acknowledge_due(engine: &Engine, moment: Moment) -> Result<usize, Error> {
    let city = engine.identity().city.clone();
    let asked = city.clone();
    let due: Vec<(i64, Vec<Say>)> = engine
        .store()
        .read(move |conn| {
            let mut due = Vec::new();
            for slug in ledger::unacknowledged(conn, asked.as_str())? {
                let acta = read(conn, &slug)?;
                let says = sayable(conn, &acta, &asked)?;
                if !says.is_empty() {
                    due.push((acta.topic.id, says));
                }
            }
            Ok::<_, Error>(due)
        })
        .await?;
    let count = due.len();
    for (topic_id, says) in due {
        let pen = engine.pen(topic_id, moment).await?;
        let city = city.clone();
        engine
            .store()
            .write(move |tx| {
                for say in says {
                    let topic = tequio_store::topic::by_id(tx.conn(), topic_id)?;
                    let acta = Acta::of(tx.conn(), topic)?;
                    if sayable(tx.conn(), &acta, &city)?.contains(&say) {
                        let act = act(&acta, &pen, String::new(), say);
                        pen.write_as_group(tx, Act::Ledger(Box::new(act)))?;
                    }
                }
                Ok::<_, Error>(())
            })
            .await?;
    }
    Ok(count)
}

/// What of it the ledger would not refuse.
fn sayable(conn: &mut Conn, acta: &Acta, city: &CitySlug) -> Result<Vec<Say>, Error> {
    let Some(row) = log::by_home(conn, acta.topic.id, city.as_str())? else {
        return Ok(Vec::new());
    };
    let mut says = unsaid(acta, city);
    says.retain(|say| {
        let Say::Acknowledge { acknowledge, .. } = say else {
            return false;
        };
        let act = Judged::Acknowledge(acknowledge.clone());
        let id = Oid::of_uri(&format!("{}#next", row.group_uri));
        judge_next(acta, city, row.head_seq, (id, act)).is_ok()
    });
    Ok(says)
}

/// The ends of terms of which the city was an elector and that it has not acknowledged.
fn unsaid(acta: &Acta, city: &CitySlug) -> Vec<Say> {
    let pairs = acta.state.terms.iter().zip(acta.state.terms.iter().skip(1));
    let mut says = Vec::new();
    for (before, term) in pairs {
        let deed = term.deed.digest;
        let said = acta.acts.iter().any(|act| {
            act.at.city == *city
                && matches!(&act.act.say, Say::Acknowledge { acknowledge, .. }
                    if acknowledge.deed == deed)
        });
        let from = before.electors.get(city);
        let here = acta.find(deed);
        let present = acta.state.takes_part(city);
        if let (false, true, Some(_), Some(recorded)) = (said, present, from, here) {
            says.push(Say::Acknowledge {
                deed: recorded.id.clone(),
                acknowledge: Acknowledge {
                    deed,
                    base: before.deed.digest,
                },
            });
        }
    }
    says
}
