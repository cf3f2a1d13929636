//! Who takes part, and the schedule: the coordinator proposes, members approve, the coordinator makes
//! the change with their approvals embedded.

use std::collections::BTreeMap;

use tequio_domain::{
    CitySlug, Digest, Invalid, Oid,
    ledger::{Act as Judged, Change, MemberRecord, ProofKey, Reason, Slot, Until, What},
};
use tequio_protocol::activity::ledger::{Named, Plan, Say, Signed};
use tequio_store::log;

use super::{
    Acta, Recorded,
    hand_over::{Speech, found},
    speak::{Floor, judge_next, latest},
};
use crate::{Engine, Error, Member, Moment};

/// What a coordinator may propose.
#[derive(Debug, Clone)]
pub enum Proposal {
    /// A city joins, or joins again; its group must be known here.
    Add(CitySlug),
    /// A city is put out.
    Remove(CitySlug),
    /// A city's group and key are taken down as they are known here now.
    Update(CitySlug),
    /// Who is to coordinate when.
    Schedule(Vec<Slot>),
}

/// The coordinating city proposes a change; where it may decide alone, it makes it.
///
/// # Errors
/// [`Error::Forbidden`] for who is no administrator; [`Error::Ledger`] with the reason for which the
/// ledger would refuse it even if all approved; [`Error::Invalid`] naming the field.
pub async fn propose(
    engine: &Engine,
    admin: &Member,
    moment: Moment,
    speech: Speech,
    proposal: Proposal,
) -> Result<(), Error> {
    engine
        .speak(admin, moment, speech, move |mut floor| {
            let term = latest(floor.acta)?;
            let what = what(&mut floor, proposal)?;
            let plan = Plan {
                term: term.number,
                what,
            };
            let alone = BTreeMap::new();
            match ask(&mut floor, &plan, alone) {
                Ok(()) => Ok(Say::Change {
                    plan,
                    proposal: String::new(),
                    approvals: Vec::new(),
                }),
                Err(Error::Ledger(Reason::ShortOfQuorum { .. })) => {
                    let all = records(floor.acta);
                    ask(&mut floor, &plan, all)?;
                    Ok(Say::Propose(plan))
                }
                Err(other) => Err(other),
            }
        })
        .await
}

/// A member approves what the coordinator proposed.
///
/// # Errors
/// As [`propose`]; [`Error::NotFound`] when there is no such proposal here; [`Reason::NotMember`] when
/// the city has no vote in this term; [`Reason::WrongTerm`] when the term is over.
pub async fn approve(
    engine: &Engine,
    admin: &Member,
    moment: Moment,
    speech: Speech,
    proposal: Digest,
) -> Result<(), Error> {
    engine
        .speak(admin, moment, speech, move |floor| {
            let proposed = found(floor.acta, proposal)?;
            let (Say::Propose(plan), Some(change)) = (&proposed.act.say, proposed.proposes())
            else {
                return Err(Error::NotFound);
            };
            let term = latest(floor.acta)?;
            if term.number != plan.term || term.city != proposed.at.city {
                return Err(Error::Ledger(Reason::WrongTerm { named: plan.term }));
            }
            if !term.electors.contains_key(floor.city) {
                return Err(Error::Ledger(Reason::NotMember));
            }
            Ok(Say::Approve {
                proposal: Named {
                    id: proposed.id.clone(),
                    digest: proposal,
                },
                city: floor.city.clone(),
                change,
            })
        })
        .await
}

/// The coordinating city makes a change that enough members approved.
///
/// # Errors
/// As [`propose`]; [`Reason::ShortOfQuorum`]; [`Error::NotFound`] when there is no such proposal here.
pub async fn enact(
    engine: &Engine,
    admin: &Member,
    moment: Moment,
    speech: Speech,
    proposal: Digest,
) -> Result<(), Error> {
    engine
        .speak(admin, moment, speech, move |floor| {
            let proposed = found(floor.acta, proposal)?;
            let Say::Propose(plan) = &proposed.act.say else {
                return Err(Error::NotFound);
            };
            let approvals = floor.acta.approvals(proposed);
            let signed = approvals
                .into_iter()
                .filter_map(|approval| signed(floor.acta, approval))
                .collect();
            Ok(Say::Change {
                plan: plan.clone(),
                proposal: proposed.id.clone(),
                approvals: signed,
            })
        })
        .await
}

/// The coordinating city takes down that a city left, so that it is no longer counted.
///
/// # Errors
/// As [`propose`]; [`Reason::UnknownMember`] when it has not left.
pub async fn record_leave(
    engine: &Engine,
    admin: &Member,
    moment: Moment,
    speech: Speech,
    city: CitySlug,
) -> Result<(), Error> {
    engine
        .speak(admin, moment, speech, move |floor| {
            let acta = floor.acta;
            let left = acta.acts.iter().find(|act| {
                act.at.city == city && act.act.say == Say::Leave && acta.refusal(&act.at).is_none()
            });
            let leave = left.and_then(|act| signed(acta, act));
            Ok(Say::RecordLeave {
                term: latest(acta)?.number,
                city,
                leave: leave.ok_or(Error::Ledger(Reason::UnknownMember))?,
            })
        })
        .await
}

/// An entry with the key on its city's record, if it is proven by that.
fn signed(acta: &Acta, act: &Recorded) -> Option<Signed> {
    let member = acta.state.members.get(&act.at.city)?;
    let signed = Signed {
        key: member.record.key.clone(),
        entry: act.entry.clone(),
    };
    signed.is_proven().then_some(signed)
}

/// Every city with the key on its record.
fn records(acta: &Acta) -> BTreeMap<CitySlug, ProofKey> {
    let members = acta.state.members.iter();
    members
        .map(|(city, member)| (city.clone(), member.record.key.clone()))
        .collect()
}

/// Asks the rules about a change with these approvals.
fn ask(
    floor: &mut Floor<'_, '_>,
    plan: &Plan,
    approved_by: BTreeMap<CitySlug, ProofKey>,
) -> Result<(), Error> {
    let row = log::by_group(floor.tx.conn(), floor.group)?.ok_or(Error::NotFound)?;
    let act = Judged::Change(Change {
        term: plan.term,
        what: plan.what.clone(),
        approved_by,
    });
    let id = Oid::of_uri(&format!("{}#next", floor.group));
    judge_next(floor.acta, floor.city, row.head_seq, (id, act))
}

fn what(floor: &mut Floor<'_, '_>, proposal: Proposal) -> Result<What, Error> {
    Ok(match proposal {
        Proposal::Add(city) => {
            let (record, head_seq) = known(floor, &city)?;
            let from = match floor
                .acta
                .state
                .members
                .get(&city)
                .map(|m| m.until.as_ref())
            {
                None => 1,
                Some(Some(Until::Left(seq))) => seq.saturating_add(1),
                Some(Some(Until::Removed(_)) | None) => head_seq.saturating_add(1),
            };
            What::Add { record, from }
        }
        Proposal::Remove(city) => What::Remove { city },
        Proposal::Update(city) => {
            let (record, head_seq) = known(floor, &city)?;
            let from = head_seq.saturating_add(1);
            What::Update { record, from }
        }
        Proposal::Schedule(slots) => {
            for slot in &slots {
                super::speak::checked(slot.period)?;
                if !floor.acta.state.takes_part(&slot.city) {
                    return Err(Invalid::new("city", "known-city").into());
                }
            }
            What::Schedule(slots)
        }
    })
}

/// A city's group and key as they are known here, and how far its log is held.
fn known(floor: &mut Floor<'_, '_>, city: &CitySlug) -> Result<(MemberRecord, i64), Error> {
    let row = log::by_home(floor.tx.conn(), floor.acta.topic.id, city.as_str())?;
    let row = row.ok_or(Invalid::new("city", "known-city"))?;
    let record = MemberRecord {
        city: city.clone(),
        group: row.group_uri,
        key: ProofKey::parse(&row.public_key)?,
    };
    Ok((record, row.head_seq))
}
