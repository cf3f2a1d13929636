//! The peaceful way: the coordinator offers the next term, the successor answers, the coordinator
//! seals. And leaving.

use std::collections::BTreeSet;

use tequio_domain::{
    CitySlug, Digest, Invalid,
    ledger::{Offer, Period, Reason, Reply, Seal},
    text,
};
use tequio_protocol::activity::ledger::{ITEM_MAX, ITEMS_MAX, Item, ItemKind, Named, Say};

pub use super::speak::Speech;
use super::{
    Acta, Recorded,
    speak::{checked, next_number},
};
use crate::{Engine, Error, Member, Moment};

/// The term that is offered.
#[derive(Debug, Clone)]
pub struct NextTerm {
    /// To whom.
    pub to: CitySlug,
    /// Planned time.
    pub period: Period,
    /// What goes with the seat.
    pub items: Vec<Item>,
}

impl NextTerm {
    /// The seat alone.
    #[must_use]
    pub const fn new(to: CitySlug, period: Period) -> Self {
        Self {
            to,
            period,
            items: Vec::new(),
        }
    }
}

/// What a successor answers.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Digest of the offer's entry.
    pub offer: Digest,
    /// Yes or no.
    pub reply: Reply,
    /// Places, from 0, of the items that whoever accepts has gone through: with a yes, all.
    pub seen: BTreeSet<usize>,
}

/// The name of the form's field for items of a kind, where a problem belongs.
#[must_use]
pub const fn field_of(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Note => "notes",
        ItemKind::Task => "tasks",
        ItemKind::Contact => "contacts",
    }
}

/// The coordinating city offers the next term to another.
///
/// # Errors
/// [`Error::Forbidden`] for who is no administrator; [`Error::Ledger`] with the reason for which the
/// ledger would refuse it; [`Error::Invalid`] of field `end` or `note`, or
/// that of a kind of items ([`field_of`]).
pub async fn offer(
    engine: &Engine,
    admin: &Member,
    moment: Moment,
    speech: Speech,
    next: NextTerm,
) -> Result<(), Error> {
    let NextTerm { to, period, items } = next;
    let period = checked(period)?;
    let items = checked_items(items)?;
    engine
        .speak(admin, moment, speech, move |floor| {
            let term = next_number(floor.acta)?;
            let group = group_of(floor.acta, &to)?;
            let offer = Offer { term, to, period };
            Ok(Say::Offer {
                offer,
                group,
                items,
            })
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
/// As [`offer`]; [`Error::NotFound`] when there is no such act here; [`Error::Invalid`] of field `item`
/// when something that is handed over was not gone through.
pub async fn answer(
    engine: &Engine,
    admin: &Member,
    moment: Moment,
    speech: Speech,
    answer: Answer,
) -> Result<(), Error> {
    engine
        .speak(admin, moment, speech, move |floor| {
            let Answer { offer, reply, seen } = answer;
            let count = items_of(found(floor.acta, offer)?).len();
            if reply == Reply::Accept && !(0..count).all(|place| seen.contains(&place)) {
                return Err(Invalid::new("item", "each").into());
            }
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

/// What an offer hands over; nothing for any other act.
#[must_use]
pub fn items_of(act: &Recorded) -> &[Item] {
    if let Say::Offer { items, .. } = &act.act.say {
        return items;
    }
    &[]
}

/// Items as they are written down: each one line.
fn checked_items(items: Vec<Item>) -> Result<Vec<Item>, Error> {
    let mut kept = Vec::with_capacity(items.len());
    for Item { kind, text } in items {
        let text = text::one_line(&text);
        if text.chars().count() > ITEM_MAX {
            return Err(Invalid::new(field_of(kind), "line-too-long").into());
        }
        if kept.len() == ITEMS_MAX {
            return Err(Invalid::new(field_of(kind), "too-many-lines").into());
        }
        if !text.is_empty() {
            kept.push(Item { kind, text });
        }
    }
    Ok(kept)
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
