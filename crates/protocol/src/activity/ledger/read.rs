//! Reading acts of the ledger, strictly: what is not exactly as written is no act.

use serde_json::Value;
use tequio_domain::{
    CitySlug, Digest,
    ledger::{
        Acknowledge, Candidacy, Certificate, Endorse, Genesis, Head, MemberRecord, Offer, Period,
        ProofKey, Quorum, Reply, Seal, Slot, TermNo, What,
    },
    text,
};

use super::{LIST_MAX, LedgerAct, NOTE_MAX, Named, Plan, Say, Signed, item, ruling};
use crate::activity::{Malformed, Reader};

impl LedgerAct {
    /// Reads the act of an activity that has `tq:act`.
    ///
    /// # Errors
    /// [`Malformed`], naming the member.
    pub(in crate::activity) fn read(document: Reader<'_>) -> Result<Self, Malformed> {
        let note = text::many_lines(document.optional_text("summary")?.unwrap_or_default());
        let topic = document.text("tq:topic")?;
        if topic.is_empty() || topic.len() > 200 {
            return Err(Malformed::new("tq:topic", "must be the id of a topic"));
        }
        Ok(Self {
            topic: topic.to_owned(),
            audience: document.address("audience")?.to_owned(),
            note: note.chars().take(NOTE_MAX).collect(),
            say: Say::read(document)?,
        })
    }
}

impl Say {
    fn read(document: Reader<'_>) -> Result<Self, Malformed> {
        match (document.text("tq:act")?, document.text("type")?) {
            ("genesis", "Create") => genesis(object(document)?).map(Self::Genesis),
            ("offer", "Offer") => offer(document),
            ("withdraw", "Undo") => named(document, "object").map(Self::Withdraw),
            ("accept", "Accept") => answer(document, Reply::Accept),
            ("reject", "Reject") => answer(document, Reply::Reject),
            ("seal", "Add") => seal(document),
            ("stand", "Offer") => stand(document),
            ("endorse", "Accept") => endorse(document),
            ("certify", "Add") => certificate(document).map(Self::Certify),
            ("acknowledge", "Update") => acknowledge(document),
            ("propose", "Offer") => proposal(document),
            ("approve", "Accept") => Ok(Self::Approve {
                proposal: named(document, "object")?,
                city: city(document)?,
                change: digest(document, "tq:change")?,
            }),
            ("change", "Add" | "Remove" | "Update") => changed(document),
            ("record-leave", "Remove") => record_leave(document),
            ("leave", "Leave") => Ok(Self::Leave),
            (word, kind) => ruling::read(document, word, kind).unwrap_or(Err(Malformed::new(
                "tq:act",
                "must be an act of the ledger that fits the type",
            ))),
        }
    }
}

fn offer(document: Reader<'_>) -> Result<Say, Malformed> {
    Ok(Say::Offer {
        offer: Offer {
            term: term(document)?,
            to: city(document)?,
            period: period(document)?,
        },
        group: object(document)?.address("subject")?.to_owned(),
        items: item::read(document)?,
    })
}

fn answer(document: Reader<'_>, reply: Reply) -> Result<Say, Malformed> {
    let offer = named(document, "object")?;
    Ok(Say::Answer { offer, reply })
}

fn seal(document: Reader<'_>) -> Result<Say, Malformed> {
    Ok(Say::Seal {
        seal: Seal {
            term: term(document)?,
            successor: city(document)?,
            offer: digest(document, "tq:offer")?,
            accept: digest(document, "tq:accept")?,
        },
        group: document.address("object")?.to_owned(),
    })
}

fn stand(document: Reader<'_>) -> Result<Say, Malformed> {
    Ok(Say::Stand(Candidacy {
        term: term(document)?,
        base: digest(document, "tq:base")?,
        period: period(document)?,
        changes: digests(document, "tq:changes")?,
    }))
}

fn endorse(document: Reader<'_>) -> Result<Say, Malformed> {
    let candidacy = named(document, "object")?;
    Ok(Say::Endorse {
        candidacy: candidacy.id,
        endorse: Endorse {
            candidacy: candidacy.digest,
            base: digest(document, "tq:base")?,
            head: head(document)?,
        },
    })
}

fn certificate(document: Reader<'_>) -> Result<Certificate, Malformed> {
    Ok(Certificate {
        term: term(document)?,
        base: digest(document, "tq:base")?,
        candidacy: digest(document, "tq:candidacy")?,
        endorsements: digests(document, "tq:endorsements")?,
        leaves: digests(document, "tq:leaves")?,
        head: head(document)?,
    })
}

fn acknowledge(document: Reader<'_>) -> Result<Say, Malformed> {
    let deed = named(document, "tq:deed")?;
    Ok(Say::Acknowledge {
        deed: deed.id,
        acknowledge: Acknowledge {
            deed: deed.digest,
            base: digest(document, "tq:base")?,
        },
    })
}

fn proposal(document: Reader<'_>) -> Result<Say, Malformed> {
    let proposed = object(document)?;
    let term = term(document)?;
    let what = what(proposed.text("type")?, object(proposed)?)?;
    Ok(Say::Propose(Plan { term, what }))
}

fn changed(document: Reader<'_>) -> Result<Say, Malformed> {
    let approvals = list(document, "tq:approvals")?;
    let term = term(document)?;
    let what = what(document.text("type")?, object(document)?)?;
    Ok(Say::Change {
        plan: Plan { term, what },
        proposal: document.text("tq:proposal")?.to_owned(),
        approvals: approvals.iter().map(signed).collect::<Result<_, _>>()?,
    })
}

fn record_leave(document: Reader<'_>) -> Result<Say, Malformed> {
    let leave = document
        .any("tq:leave")
        .ok_or(Malformed::new("tq:leave", "is missing"))?;
    Ok(Say::RecordLeave {
        term: term(document)?,
        city: city(object(document)?)?,
        leave: signed(leave)?,
    })
}

fn what(kind: &str, object: Reader<'_>) -> Result<What, Malformed> {
    let record_and_place = || Ok::<_, Malformed>((record(object)?, place(object)?));
    match (kind, object.text("type")?) {
        ("Add", "Group") => record_and_place().map(|(record, from)| What::Add { record, from }),
        ("Update", "Group") => {
            record_and_place().map(|(record, from)| What::Update { record, from })
        }
        ("Remove", "Group") => Ok(What::Remove {
            city: city(object)?,
        }),
        ("Update", "tq:Schedule") => {
            let slots = list(object, "items")?.iter().map(slot);
            Ok(What::Schedule(slots.collect::<Result<_, _>>()?))
        }
        _ => Err(Malformed::new(
            "object",
            "must be a city to add, remove or update, or a schedule",
        )),
    }
}

fn genesis(object: Reader<'_>) -> Result<Genesis, Malformed> {
    if object.text("type")? != "tq:Ledger" {
        return Err(Malformed::new("object", "must be a tq:Ledger"));
    }
    let members = list(object, "tq:members")?.iter();
    let members = members.map(|value| record(Reader::new(value, "tq:members")?));
    Ok(Genesis {
        members: members.collect::<Result<_, _>>()?,
        coordinator: slug(object, "tq:coordinator")?,
        term_days: u32::try_from(object.number("tq:termDays")?)
            .map_err(|_too_large| Malformed::new("tq:termDays", "is too large"))?,
        quorum: quorum(object.text("tq:quorum")?)?,
        period: period(object)?,
    })
}

fn quorum(word: &str) -> Result<Quorum, Malformed> {
    Quorum::parse(word).ok_or(Malformed::new(
        "tq:quorum",
        "must be coordinator, majority or two-thirds",
    ))
}

fn record(object: Reader<'_>) -> Result<MemberRecord, Malformed> {
    Ok(MemberRecord {
        city: city(object)?,
        group: object.address("id")?.to_owned(),
        key: key(object, "tq:key")?,
    })
}

fn slot(value: &Value) -> Result<Slot, Malformed> {
    let slot = Reader::new(value, "items")?;
    Ok(Slot {
        period: period(slot)?,
        city: city(slot)?,
    })
}

fn signed(value: &Value) -> Result<Signed, Malformed> {
    let signed = Reader::new(value, "tq:approvals")?;
    let entry = signed
        .any("tq:entry")
        .ok_or(Malformed::new("tq:entry", "is missing"))?;
    Ok(Signed {
        key: key(signed, "tq:key")?,
        entry: entry.clone(),
    })
}

pub(super) fn object(document: Reader<'_>) -> Result<Reader<'_>, Malformed> {
    let object = document
        .any("object")
        .ok_or(Malformed::new("object", "is missing"))?;
    Reader::new(object, "object")
}

fn named(document: Reader<'_>, member: &'static str) -> Result<Named, Malformed> {
    let value = document
        .any(member)
        .ok_or(Malformed::new(member, "is missing"))?;
    let named = Reader::new(value, member)?;
    Ok(Named {
        id: named.address("id")?.to_owned(),
        digest: digest(named, "tq:digest")?,
    })
}

pub(super) fn term(document: Reader<'_>) -> Result<TermNo, Malformed> {
    TermNo::try_from(document.number("tq:term")?)
        .map_err(|_too_large| Malformed::new("tq:term", "is too large"))
}

fn place(object: Reader<'_>) -> Result<i64, Malformed> {
    let from = object.number("tq:from")?;
    (from > 0)
        .then_some(from)
        .ok_or(Malformed::new("tq:from", "must be 1 or more"))
}

fn city(document: Reader<'_>) -> Result<CitySlug, Malformed> {
    slug(document, "tq:city")
}

fn slug(document: Reader<'_>, member: &'static str) -> Result<CitySlug, Malformed> {
    CitySlug::parse(document.text(member)?)
        .map_err(|_invalid| Malformed::new(member, "must be the slug of a city"))
}

fn key(document: Reader<'_>, member: &'static str) -> Result<ProofKey, Malformed> {
    ProofKey::parse(document.text(member)?)
        .map_err(|_invalid| Malformed::new(member, "must be an Ed25519 Multikey"))
}

fn digest(document: Reader<'_>, member: &'static str) -> Result<Digest, Malformed> {
    as_digest(document.text(member)?, member)
}

fn as_digest(text: &str, member: &'static str) -> Result<Digest, Malformed> {
    Digest::from_multibase(text).ok_or(Malformed::new(member, "must be a SHA-256 multihash"))
}

fn digests<T: FromIterator<Digest>>(
    document: Reader<'_>,
    member: &'static str,
) -> Result<T, Malformed> {
    let texts = list(document, member)?.iter();
    let read = texts.map(|value| as_digest(value.as_str().unwrap_or_default(), member));
    read.collect()
}

fn head(document: Reader<'_>) -> Result<Head, Malformed> {
    let value = document
        .any("tq:head")
        .ok_or(Malformed::new("tq:head", "is missing"))?;
    let head = Reader::new(value, "tq:head")?;
    Ok(Head {
        seq: head.number("tq:seq")?,
        digest: digest(head, "tq:digest")?,
    })
}

fn period(document: Reader<'_>) -> Result<Period, Malformed> {
    Ok(Period {
        start: document.time("startTime")?,
        end: document.time("endTime")?,
    })
}

/// A list that must be there, of at most [`LIST_MAX`] elements.
pub(super) fn list<'a>(
    document: Reader<'a>,
    member: &'static str,
) -> Result<&'a [Value], Malformed> {
    let values = document
        .any(member)
        .and_then(Value::as_array)
        .ok_or(Malformed::new(member, "must be a list"))?;
    if values.len() > LIST_MAX {
        return Err(Malformed::new(member, "has too many elements"));
    }
    Ok(values)
}
