//! The beginning of a topic's coordination.

use tequio_domain::{
    CitySlug, Invalid,
    kit::check::TERM_DAYS_MAX,
    ledger::{Genesis, MemberRecord, Period, ProofKey, Quorum},
};
use tequio_protocol::activity::ledger::Say;
use tequio_store::log;

use super::{
    hand_over::Speech,
    speak::{Floor, checked},
};
use crate::{Engine, Error, Member, Moment};

/// What a founder lays down.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Who coordinates first.
    pub coordinator: CitySlug,
    /// Planned length of a term, in days: 1 to 3650.
    pub term_days: u32,
    /// How many must approve who takes part.
    pub quorum: Quorum,
    /// Planned time of the first term.
    pub period: Period,
}

/// The founding city writes the genesis. The cities whose groups are known here take part, by the keys
/// that they have now.
///
/// # Errors
/// [`Error::Forbidden`] for who is no administrator, in any other city, and when the topic is founded;
/// [`Error::Invalid`] naming the field.
pub async fn found(
    engine: &Engine,
    admin: &Member,
    moment: Moment,
    speech: Speech,
    plan: Plan,
) -> Result<(), Error> {
    let period = checked(plan.period)?;
    if !(1..=TERM_DAYS_MAX).contains(&plan.term_days) {
        return Err(Invalid::new("term_days", "term-days").into());
    }
    engine
        .speak(admin, moment, speech, move |floor| {
            if floor.acta.founder != floor.city.as_str() {
                return Err(Error::Forbidden("found the coordination of this topic"));
            }
            if floor.acta.state.founding.is_some() {
                return Err(Error::Forbidden("found a topic twice"));
            }
            let members = members(floor)?;
            if !members.iter().any(|record| record.city == plan.coordinator) {
                return Err(Invalid::new("coordinator", "known-city").into());
            }
            Ok(Say::Genesis(Genesis {
                members,
                coordinator: plan.coordinator,
                term_days: plan.term_days,
                quorum: plan.quorum,
                period,
            }))
        })
        .await
}

/// Everyone whose group is known here.
fn members(floor: Floor<'_, '_>) -> Result<Vec<MemberRecord>, Error> {
    let logs = log::of_topic(floor.tx.conn(), floor.acta.topic.id)?;
    let records = logs.into_iter().map(|row| {
        Ok(MemberRecord {
            city: CitySlug::parse(&row.city)?,
            group: row.group_uri,
            key: ProofKey::parse(&row.public_key)?,
        })
    });
    records.collect()
}
