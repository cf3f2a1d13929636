//! The ledger of a topic as it is held here, with everything that people said in it.

use serde_json::Value;
use tequio_domain::{
    CitySlug, Digest, Timestamp,
    ledger::{Entry, Ledger, Position, Reason, State, Wait},
};
use tequio_protocol::activity::{Act, Activity, Entry as WireEntry, LedgerAct};
use tequio_store::{
    Conn,
    ledger::{self, Founding, LedgerEntry},
    topic::{self, Topic},
};

use crate::{Error, meaning::kept_document};

/// What no genesis has: the topic is not founded, as far as this city knows.
const NOTHING: Digest = Digest::new([0; 32]);

/// One act of the ledger.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// Row key of the entry.
    pub entry_id: i64,
    /// Where it stands.
    pub at: Position,
    /// Id of the activity.
    pub id: String,
    /// Who acted: a person of the city, or its group by itself.
    pub actor_uri: String,
    /// When, as the author says.
    pub made_at: Timestamp,
    /// What they said.
    pub act: LedgerAct,
    /// The `Announce`, as it stands in the log.
    pub(crate) entry: Value,
    pub(super) verdict: (String, String),
}

/// The ledger of a topic.
#[derive(Debug, Clone)]
pub struct Acta {
    /// The topic.
    pub topic: Topic,
    /// Slug of the city that founds it; empty when this city knows of none.
    pub founder: String,
    /// What all acts come to.
    pub state: State,
    /// All acts, by city and place.
    pub acts: Vec<Recorded>,
    pub(crate) ledger: Ledger,
}

impl Acta {
    /// Reads the ledger of a topic.
    pub(crate) fn of(conn: &mut Conn, topic: Topic) -> Result<Self, Error> {
        let founding = ledger::founding(conn, topic.id)?;
        let rows = ledger::acts(conn, topic.id)?;
        let mut acts = Vec::with_capacity(rows.len());
        for (row, city, entry) in rows {
            let value = kept_document(&entry.body)?;
            acts.push(recorded(row, &city, value)?);
        }
        let mut held = Ledger::new(founded_by(founding.as_ref(), &acts));
        held.extend(acts.iter().filter_map(Recorded::judged));
        let mut state = held.state();
        super::ruling::judge(&mut state, &acts);
        Ok(Self {
            founder: founding
                .map(|founding| founding.founder)
                .unwrap_or_default(),
            state,
            ledger: held,
            acts,
            topic,
        })
    }

    /// An act by the digest of its entry.
    #[must_use]
    pub fn find(&self, digest: Digest) -> Option<&Recorded> {
        self.acts.iter().find(|act| act.at.digest == digest)
    }

    /// Why an act is refused; `None` when it is not.
    #[must_use]
    pub fn refusal(&self, at: &Position) -> Option<&Reason> {
        self.state.refusals.get(at)
    }

    /// What an act waits for; `None` when it does not.
    #[must_use]
    pub fn wait(&self, at: &Position) -> Option<Wait> {
        self.state.waiting.get(at).copied()
    }

    /// Who approves of what was proposed, one entry for each city, by city.
    #[must_use]
    pub fn approvals(&self, proposal: &Recorded) -> Vec<&Recorded> {
        let Some(change) = proposal.proposes() else {
            return Vec::new();
        };
        let mut found: Vec<&Recorded> = Vec::new();
        for act in self.acts.iter().filter(|act| act.approves(change)) {
            if found.iter().all(|other| other.at.city != act.at.city) {
                found.push(act);
            }
        }
        found
    }
}

/// The ledger of a topic, by slug.
///
/// # Errors
/// [`Error::NotFound`] when there is no such topic.
pub fn read(conn: &mut Conn, slug: &str) -> Result<Acta, Error> {
    let topic = topic::by_slug(conn, slug)?;
    Acta::of(conn, topic)
}

fn recorded(row: LedgerEntry, city: &str, entry: Value) -> Result<Recorded, Error> {
    let wire = WireEntry::read(&entry).map_err(Error::internal)?;
    let activity = Activity::read(wire.object).map_err(Error::internal)?;
    let Act::Ledger(act) = activity.act else {
        return Err(Error::internal("an act of the ledger is none"));
    };
    Ok(Recorded {
        entry_id: row.entry_id,
        at: Position {
            city: CitySlug::parse(city)?,
            seq: row.seq,
            digest: Digest::from_hex(&row.digest).ok_or_else(|| Error::internal("a digest"))?,
        },
        id: activity.id,
        actor_uri: row.actor_uri,
        made_at: Timestamp::from_micros(row.made_at),
        act: *act,
        verdict: (row.verdict, row.reason),
        entry,
    })
}

/// The genesis that counts: the one an invitation named, else the founder's first.
fn founded_by(founding: Option<&Founding>, acts: &[Recorded]) -> Digest {
    let Some(founding) = founding else {
        return NOTHING;
    };
    if let Some(named) = Digest::from_hex(&founding.founded_by) {
        return named;
    }
    let first = acts
        .iter()
        .find(|act| act.at.city.as_str() == founding.founder && act.act.say.word() == "genesis");
    first.map_or(NOTHING, |act| act.at.digest)
}

impl Recorded {
    /// As the rules see it; `None` for what decides nothing by itself.
    fn judged(&self) -> Option<Entry> {
        Some(Entry {
            at: self.at.clone(),
            id: self.act.identity(&self.id),
            act: self.act.act()?,
        })
    }

    /// What an approval of this proposal names; `None` when it is none.
    #[must_use]
    pub fn proposes(&self) -> Option<Digest> {
        if let tequio_protocol::activity::ledger::Say::Propose(plan) = &self.act.say {
            return Some(plan.digest(&self.act.audience, &self.id));
        }
        None
    }

    fn approves(&self, wanted: Digest) -> bool {
        matches!(&self.act.say,
            tequio_protocol::activity::ledger::Say::Approve { city, change, .. }
                if *change == wanted && *city == self.at.city)
    }
}
