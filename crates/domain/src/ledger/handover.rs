//! The peaceful way: the successor's answer and the coordinator's seal.

use super::book::Book;
use super::entry::{Act, Answer, Entry, Reply, Seal, Seq};
use super::reason::{Reason, Verdict, Wait};
use super::sitting::{OfferFact, Sitting};
use super::walk::Verdicts;
use crate::Digest;

/// What the seals of one term come to.
#[derive(Default)]
pub(super) struct Sealed<'a> {
    /// The seal that hands over.
    pub(super) good: Option<&'a Entry>,
    /// The first seal that is not refused: the holder gave the seat up there.
    pub(super) first: Option<&'a Entry>,
}

/// Judges all answers to the offers of a term.
pub(super) fn answers(book: &Book<'_>, sitting: &Sitting<'_>, verdicts: &mut Verdicts) {
    for entry in book.entries() {
        if let Act::Answer(answer) = &entry.act
            && let Some(fact) = sitting.fact(answer.offer)
        {
            verdicts.set(
                entry.at.digest,
                answered(book, entry, answer, Some(fact)).into(),
            );
        }
    }
}

/// Judges an answer to an offer that is in no term, or not here.
pub(super) fn stray_answer(
    book: &Book<'_>,
    entry: &Entry,
    answer: &Answer,
    verdicts: &Verdicts,
) -> Verdict {
    let Some(offer) = book.get(answer.offer) else {
        let same_id = |e: &Entry| e.id == answer.offer_id && matches!(e.act, Act::Offer(_));
        let changed = book.entries().any(same_id);
        return if changed {
            Reason::OfferChanged.into()
        } else {
            Wait::Entry(answer.offer).into()
        };
    };
    if !matches!(offer.act, Act::Offer(_)) {
        return Reason::NotAnOffer.into();
    }
    if let Some(refused) = answered(book, entry, answer, None).err() {
        return refused;
    }
    match verdicts.get(offer.at.digest) {
        Some(Verdict::Refused(_)) => Reason::OfferRefused.into(),
        Some(Verdict::Good | Verdict::Waits(_)) | None => Wait::Entry(answer.offer).into(),
    }
}

fn answered(
    book: &Book<'_>,
    entry: &Entry,
    answer: &Answer,
    fact: Option<&OfferFact<'_>>,
) -> Result<(), Verdict> {
    book.unforked(&entry.at)?;
    if let Some(fact) = fact {
        if fact.offer.to != entry.at.city {
            return Err(Reason::NotOfferedToYou.into());
        }
        if fact.id != answer.offer_id {
            return Err(Reason::OfferChanged.into());
        }
        book.as_member(&entry.at, Some(fact.guest_from))?;
    }
    let same = |e: &&Entry| matches!(&e.act, Act::Answer(a) if a.offer == answer.offer);
    match book.before(&entry.at).find(same) {
        Some(first) => Err(Reason::AnsweredAlready {
            first: first.at.seq,
        }
        .into()),
        None => Ok(()),
    }
}

/// Judges the seals in the holder's log, in its order.
pub(super) fn seals<'a>(
    book: &Book<'a>,
    sitting: &Sitting<'a>,
    verdicts: &mut Verdicts,
) -> Sealed<'a> {
    let mut sealed = Sealed::default();
    for entry in &sitting.seals {
        let Act::Seal(seal) = &entry.act else {
            continue;
        };
        let verdict: Verdict = match sealed.first {
            Some(first) => Reason::SealedAlready {
                first: first.at.seq,
            }
            .into(),
            None => judge(book, sitting, (entry.at.seq, seal), verdicts).into(),
        };
        if !matches!(verdict, Verdict::Refused(_)) {
            sealed.first = Some(entry);
        }
        if verdict == Verdict::Good {
            sealed.good = Some(entry);
        }
        verdicts.set(entry.at.digest, verdict);
    }
    sealed
}

fn judge(
    book: &Book<'_>,
    sitting: &Sitting<'_>,
    (seq, seal): (Seq, &Seal),
    verdicts: &Verdicts,
) -> Result<(), Verdict> {
    let Some(offer) = book.get(seal.offer) else {
        return Err(Wait::Entry(seal.offer).into());
    };
    let fact = sitting.fact(seal.offer).filter(|fact| fact.at.seq < seq);
    let Some(fact) = fact else {
        return Err(match verdicts.get(offer.at.digest) {
            Some(Verdict::Refused(_)) => Reason::OfferRefused.into(),
            Some(Verdict::Good | Verdict::Waits(_)) | None => Reason::NotAnOffer.into(),
        });
    };
    if fact.undone.is_some_and(|undone| undone < seq) {
        return Err(Reason::OfferWithdrawn.into());
    }
    if fact.offer.to != seal.successor {
        return Err(Reason::SuccessorDiffers.into());
    }
    let Some(accept) = book.get(seal.accept) else {
        return Err(Wait::Entry(seal.accept).into());
    };
    accepted(accept, seal.offer, verdicts)
}

fn accepted(accept: &Entry, offer: Digest, verdicts: &Verdicts) -> Result<(), Verdict> {
    let Act::Answer(answer) = &accept.act else {
        return Err(Reason::NotAccepted.into());
    };
    let good = verdicts.get(accept.at.digest) == Some(&Verdict::Good);
    if good && answer.offer == offer && answer.reply == Reply::Accept {
        Ok(())
    } else {
        Err(Reason::NotAccepted.into())
    }
}

/// Whether a seal and what it names fit together, whatever stands around them. Enough when the
/// majority has acknowledged it.
pub(super) fn is_whole(book: &Book<'_>, entry: &Entry, seal: &Seal) -> bool {
    let (Some(offer), Some(accept)) = (book.get(seal.offer), book.get(seal.accept)) else {
        return false;
    };
    let offered =
        matches!(&offer.act, Act::Offer(o) if o.term == seal.term && o.to == seal.successor);
    let accepted = matches!(&accept.act, Act::Answer(a)
        if a.offer == seal.offer && a.offer_id == offer.id && a.reply == Reply::Accept);
    offered
        && accepted
        && offer.at.city == entry.at.city
        && offer.at.seq < entry.at.seq
        && accept.at.city == seal.successor
}
