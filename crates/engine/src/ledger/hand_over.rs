//! The peaceful way: the coordinator offers the next term, the successor answers, the coordinator
//! seals. And leaving.

use tequio_domain::{
    CitySlug, Digest,
    ledger::{Offer, Period, Reason, Reply, Seal},
};
use tequio_protocol::activity::ledger::{Named, Say};

pub use super::speak::Speech;
use super::{
    Acta, Recorded,
    speak::{checked, next_number},
};
use crate::{Engine, Error, Member, Moment};

/// The coordinating city offers the next term to another.
///
/// # Errors
/// [`Error::Forbidden`] for who is no administrator; [`Error::Ledger`] with the reason for which the
/// ledger would refuse it; [`Error::Invalid`] of field `end` or `note`.
pub async fn offer(
    engine: &Engine,
    admin: &Member,
    moment: Moment,
    speech: Speech,
    (to, period): (CitySlug, Period),
) -> Result<(), Error> {
    let period = checked(period)?;
    engine
        .speak(admin, moment, speech, move |floor| {
            let term = next_number(floor.acta)?;
            let group = group_of(floor.acta, &to)?;
            let offer = Offer { term, to, period };
            Ok(Say::Offer { offer, group })
        })
        .await
}

/// The coordinating city takes its open offer back.
///
/// # Errors
/// As [`offer`]; [`Error::NotFound`] when no offer is open.
pub async fn withdraw(
    engine: &Engine,
    admin: &Member,
    moment: Moment,
    speech: Speech,
) -> Result<(), Error> {
    engine
        .speak(admin, moment, speech, |floor| {
            let open = floor.acta.state.offers.first().ok_or(Error::NotFound)?;
            Ok(Say::Withdraw(named(floor.acta, open.at.digest)?))
        })
        .await
}

/// The successor answers an offer: yes or no, once.
///
/// # Errors
/// As [`offer`]; [`Error::NotFound`] when there is no such act here.
pub async fn answer(
    engine: &Engine,
    admin: &Member,
    moment: Moment,
    speech: Speech,
    (offer, reply): (Digest, Reply),
) -> Result<(), Error> {
    engine
        .speak(admin, moment, speech, move |floor| {
            let offer = named(floor.acta, offer)?;
            Ok(Say::Answer { offer, reply })
        })
        .await
}

/// The coordinating city hands over to whoever accepted its open offer.
///
/// # Errors
/// As [`offer`]; [`Reason::NotAccepted`] when nobody has.
pub async fn seal(
    engine: &Engine,
    admin: &Member,
    moment: Moment,
    speech: Speech,
) -> Result<(), Error> {
    engine
        .speak(admin, moment, speech, |floor| {
            let acta = floor.acta;
            let term = next_number(acta)?;
            for open in &acta.state.offers {
                if let Some((Reply::Accept, accept)) = &open.answer {
                    let group = group_of(acta, &open.to)?;
                    let seal = Seal {
                        term,
                        successor: open.to.clone(),
                        offer: open.at.digest,
                        accept: accept.digest,
                    };
                    return Ok(Say::Seal { seal, group });
                }
            }
            Err(Error::Ledger(Reason::NotAccepted))
        })
        .await
}

/// The city leaves the topic. What its people wrote stays.
///
/// # Errors
/// As [`offer`].
pub async fn leave(
    engine: &Engine,
    admin: &Member,
    moment: Moment,
    speech: Speech,
) -> Result<(), Error> {
    engine
        .speak(admin, moment, speech, |_floor| Ok(Say::Leave))
        .await
}

/// The group of a city that takes part.
pub(super) fn group_of(acta: &Acta, city: &CitySlug) -> Result<String, Error> {
    let member = acta.state.members.get(city);
    let present = member.filter(|member| member.until.is_none());
    present
        .map(|member| member.record.group.clone())
        .ok_or(Error::Ledger(Reason::OfferToNonMember))
}

/// An act by digest.
pub(super) fn found(acta: &Acta, digest: Digest) -> Result<&Recorded, Error> {
    acta.find(digest).ok_or(Error::NotFound)
}

/// How other acts name an act.
pub(super) fn named(acta: &Acta, digest: Digest) -> Result<Named, Error> {
    let id = found(acta, digest)?.id.clone();
    Ok(Named { id, digest })
}
