//! What the acta says: acts and reasons as sentences.

use i18n_embed_fl::fl;
use tequio_domain::CitySlug;
use tequio_domain::ledger::{Reason, Reply, Slot, Wait, What};
use tequio_engine::ledger::Recorded;
use tequio_protocol::activity::ledger::{Ruling, Say};

use super::Book;
use crate::texts::Texts;
use crate::visit::Visit;

/// An act as a sentence.
pub(super) fn said(visit: &Visit, book: &Book, act: &Recorded) -> String {
    let t = &visit.t;
    let city = |slug: &CitySlug| book.city(visit, slug);
    let number = |term: u32| term.to_string();
    match &act.act.say {
        Say::Genesis(genesis) => fl!(
            t,
            "act-genesis",
            count = genesis.members.len(),
            city = city(&genesis.coordinator)
        ),
        Say::Offer { offer, .. } => fl!(
            t,
            "act-offer",
            number = number(offer.term),
            city = city(&offer.to)
        ),
        Say::Withdraw(_) => fl!(t, "act-withdraw"),
        Say::Answer { reply, .. } => match reply {
            Reply::Accept => fl!(t, "act-accept"),
            Reply::Reject => fl!(t, "act-reject"),
        },
        Say::Seal { seal, .. } => fl!(
            t,
            "act-seal",
            number = number(seal.term),
            city = city(&seal.successor)
        ),
        Say::Stand(stand) => fl!(t, "act-stand", number = number(stand.term)),
        Say::Endorse { endorse, .. } => {
            let of = book.acta.find(endorse.candidacy);
            let of = of.map_or_else(|| "…".to_owned(), |of| city(&of.at.city));
            fl!(t, "act-endorse", city = of)
        }
        Say::Certify(certificate) => fl!(
            t,
            "act-certify",
            number = number(certificate.term),
            count = certificate.endorsements.len()
        ),
        Say::Acknowledge { .. } => fl!(t, "act-acknowledge"),
        Say::Propose(plan) => fl!(t, "act-propose", what = what(visit, book, &plan.what)),
        Say::Approve { proposal, .. } => {
            let of = book.acta.find(proposal.digest).map(|of| &of.act.say);
            let what = match of {
                Some(Say::Propose(plan)) => what(visit, book, &plan.what),
                Some(_) | None => "…".to_owned(),
            };
            fl!(t, "act-approve", what = what)
        }
        Say::Change { plan, .. } => fl!(t, "act-change", what = what(visit, book, &plan.what)),
        Say::RecordLeave { city: left, .. } => fl!(t, "act-record-leave", city = city(left)),
        Say::Leave => fl!(t, "act-leave"),
        Say::Rule { ruling, object, .. } => ruled(t, book, (object, ruling)),
    }
}

/// A ruling as a sentence.
fn ruled(t: &Texts, book: &Book, (object, ruling): (&str, &Ruling)) -> String {
    let name = || book.name_of(object);
    match ruling {
        Ruling::Remove => fl!(t, "act-remove"),
        Ruling::Restore => fl!(t, "act-restore"),
        Ruling::Lock => fl!(t, "act-lock"),
        Ruling::Unlock => fl!(t, "act-unlock"),
        Ruling::Feature => fl!(t, "act-feature"),
        Ruling::Unfeature => fl!(t, "act-unfeature"),
        Ruling::Ban(Some(until)) => {
            fl!(t, "act-ban", name = name(), end = t.date(*until))
        }
        Ruling::Ban(None) => fl!(t, "act-ban-open", name = name()),
        Ruling::Unban => fl!(t, "act-unban", name = name()),
        Ruling::Page(_) => fl!(t, "act-page"),
        Ruling::Priorities(items) => fl!(t, "act-priorities", count = items.len()),
        Ruling::Collection(collection) if collection.is_empty() => {
            fl!(t, "act-dissolve", name = collection.name.as_str())
        }
        Ruling::Collection(collection) => {
            fl!(t, "act-collection", name = collection.name.as_str())
        }
    }
}

/// A change in a few words: `que entre Panamá`.
pub(super) fn what(visit: &Visit, book: &Book, what: &What) -> String {
    let t = &visit.t;
    match what {
        What::Add { record, .. } => {
            fl!(t, "change-add", city = book.city(visit, &record.city))
        }
        What::Remove { city } | What::RecordLeave { city, .. } => {
            fl!(t, "change-remove", city = book.city(visit, city))
        }
        What::Update { record, .. } => {
            fl!(t, "change-update", city = book.city(visit, &record.city))
        }
        What::Schedule(slots) if slots.is_empty() => fl!(t, "change-schedule-empty"),
        // Whoever approves sees who is to coordinate when.
        What::Schedule(slots) => {
            let line = |slot: &Slot| {
                fl!(
                    t,
                    "turns-stretch",
                    city = book.city(visit, &slot.city),
                    start = t.date(slot.period.start),
                    end = t.date(slot.period.end)
                )
            };
            let lines: Vec<String> = slots.iter().map(line).collect();
            fl!(t, "change-schedule", lines = lines.join("; "))
        }
    }
}

/// What an act waits for.
pub(super) fn wait(t: &Texts, wait: Wait) -> String {
    match wait {
        Wait::Entry(_) => fl!(t, "wait-entry"),
        Wait::Term(number) => fl!(t, "wait-term", number = number.to_string()),
    }
}

/// Why an act is refused, for people.
pub(super) fn reason(visit: &Visit, book: &Book, reason: &Reason) -> String {
    let t = &visit.t;
    let city = |slug: &CitySlug| book.city(visit, slug);
    match reason {
        Reason::SecondGenesis => fl!(t, "reason-second-genesis"),
        Reason::BadGenesis => fl!(t, "reason-bad-genesis"),
        Reason::Replayed { first } => fl!(t, "reason-replayed", place = first.to_string()),
        Reason::Forked { at } => fl!(t, "reason-forked", place = at.to_string()),
        Reason::NotMember => fl!(t, "reason-not-member"),
        Reason::HasLeft { at } => fl!(t, "reason-has-left", place = at.to_string()),
        Reason::NotCoordinator { term, holder } => {
            let (number, city) = (term.to_string(), city(holder));
            fl!(t, "reason-not-coordinator", number = number, city = city)
        }
        Reason::WrongTerm { named } => fl!(t, "reason-wrong-term", number = named.to_string()),
        Reason::BeforeStart { start } => fl!(t, "reason-before-start", place = start.to_string()),
        Reason::AfterEnd { last } => fl!(t, "reason-after-end", place = last.to_string()),
        Reason::OfferOpen { offer } => fl!(t, "reason-offer-open", place = offer.to_string()),
        Reason::OfferToNonMember => fl!(t, "reason-offer-to-non-member"),
        Reason::OfferToSelf => fl!(t, "reason-offer-to-self"),
        Reason::OfferChanged => fl!(t, "reason-offer-changed"),
        Reason::OfferRefused => fl!(t, "reason-offer-refused"),
        Reason::OfferWithdrawn => fl!(t, "reason-offer-withdrawn"),
        Reason::NotAnOffer => fl!(t, "reason-not-an-offer"),
        Reason::NotOfferedToYou => fl!(t, "reason-not-offered-to-you"),
        Reason::AnsweredAlready { first } => {
            fl!(t, "reason-answered-already", place = first.to_string())
        }
        Reason::NotAccepted => fl!(t, "reason-not-accepted"),
        Reason::SuccessorDiffers => fl!(t, "reason-successor-differs"),
        Reason::SealedAlready { first } => {
            fl!(t, "reason-sealed-already", place = first.to_string())
        }
        Reason::Outranked { by } => fl!(t, "reason-outranked", city = city(&by.city)),
        Reason::NoSuchTerm => fl!(t, "reason-no-such-term"),
        Reason::OwnSeat => fl!(t, "reason-own-seat"),
        Reason::NotACandidacy => fl!(t, "reason-not-a-candidacy"),
        Reason::EndorsedAlready { first } => {
            fl!(t, "reason-endorsed-already", place = first.to_string())
        }
        Reason::AcknowledgedAlready { .. } => fl!(t, "reason-acknowledged-already"),
        Reason::ShortOfQuorum { have, need } => {
            fl!(
                t,
                "reason-short-of-quorum",
                have = have.to_string(),
                need = need.to_string()
            )
        }
        Reason::HeadDiffers { highest } => {
            fl!(t, "reason-head-differs", place = highest.to_string())
        }
        Reason::CertifiedAlready { first } => {
            fl!(t, "reason-certified-already", place = first.to_string())
        }
        Reason::AlreadyMember => fl!(t, "reason-already-member"),
        Reason::UnknownMember => fl!(t, "reason-unknown-member"),
        Reason::CoordinatorStays => fl!(t, "reason-coordinator-stays"),
        Reason::KeyNotCurrent => fl!(t, "reason-key-not-current"),
        Reason::NotUndoable => fl!(t, "reason-not-undoable"),
    }
}
