//! Acts of the coordination ledger as they travel: who takes part in a topic, and who coordinates it.
//!
//! Start at [`LedgerAct`]; [`Say`] has one case for each act, and [`LedgerAct::act`] gives what the
//! ledger of the domain makes of it. The member `tq:act` says which act it is; the type is the
//! ActivityStreams word for it, for readers elsewhere.
//!
//! # Invariants
//! - What decides is a city's slug (`tq:city`) or the digest of an entry. Addresses of groups and ids
//!   of activities are there for other software.
//! - What is embedded from another city's log is that city's entry as it was signed, so that it can be
//!   verified without that log ([`Signed`]).

mod collection;
mod item;
mod read;
mod ruling;
mod signed;
mod write;

use std::collections::BTreeMap;

use serde_json::json;
use tequio_domain::{
    CitySlug, Digest, Oid,
    ledger::{
        Acknowledge, Act, Answer, Candidacy, Certificate, Change, Endorse, Genesis, Offer, Period,
        Reply, Seal, TermNo, What,
    },
};

pub use collection::{
    COLLECTED_MAX, COLLECTION_NAME_MAX, COLLECTION_SUMMARY_MAX, Collection, PARTS_MAX, Part,
};
pub use item::{ITEM_MAX, ITEMS_MAX, Item, ItemKind};
pub use ruling::{
    PAGE_TEXT_MAX, PRIORITIES_MAX, PRIORITY_MAX, PageTexts, Priority, Ruling, SUMMARY_MAX,
    TopicPage,
};
pub use signed::Signed;

use crate::jcs;

/// Longest note, in characters.
pub const NOTE_MAX: usize = 2000;
/// Most elements of a list in one act: cities, endorsements, approvals.
pub const LIST_MAX: usize = 1000;

/// An act of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerAct {
    /// The topic (`urn:uuid:…`).
    pub topic: String,
    /// The group in whose log it stands: an act counts in no other.
    pub audience: String,
    /// What the person who acts says about it, plain text; may be empty.
    pub note: String,
    /// What it says.
    pub say: Say,
}

/// Another entry of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Id of its activity.
    pub id: String,
    /// Digest of the entry.
    pub digest: Digest,
}

/// What an act of the ledger says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Say {
    /// The beginning.
    Genesis(Genesis),
    /// The coordinator offers the next term.
    Offer {
        /// What.
        offer: Offer,
        /// The successor's group.
        group: String,
        /// What goes with the seat.
        items: Vec<Item>,
    },
    /// The coordinator takes an offer back.
    Withdraw(Named),
    /// The successor answers an offer.
    Answer {
        /// Which.
        offer: Named,
        /// Yes or no.
        reply: Reply,
    },
    /// The coordinator hands over.
    Seal {
        /// What.
        seal: Seal,
        /// The successor's group.
        group: String,
    },
    /// A city stands for the seat.
    Stand(Candidacy),
    /// A member votes for a candidacy.
    Endorse {
        /// Id of the candidacy's activity.
        candidacy: String,
        /// What.
        endorse: Endorse,
    },
    /// The candidate shows its majority.
    Certify(Certificate),
    /// A city has seen how a term ended.
    Acknowledge {
        /// Id of the seal's or certificate's activity.
        deed: String,
        /// What.
        acknowledge: Acknowledge,
    },
    /// The coordinator asks for approval of a change. Decides nothing.
    Propose(Plan),
    /// A city approves a change. Counts where it is embedded in the change.
    Approve {
        /// What was proposed.
        proposal: Named,
        /// Who approves.
        city: CitySlug,
        /// [`Plan::digest`] of the change.
        change: Digest,
    },
    /// The coordinator makes a change.
    Change {
        /// What.
        plan: Plan,
        /// Id of the proposal's activity; empty when none was made.
        proposal: String,
        /// The approvals.
        approvals: Vec<Signed>,
    },
    /// The coordinator takes down that a city left.
    RecordLeave {
        /// The coordinator's term.
        term: TermNo,
        /// Who left.
        city: CitySlug,
        /// The entry of its `Leave`.
        leave: Signed,
    },
    /// The city leaves the topic.
    Leave,
    /// The coordinator rules in its topic; the reason is the act's note.
    Rule {
        /// The coordinator's term.
        term: TermNo,
        /// About what: id of a post or of a person, or the topic's own.
        object: String,
        /// What.
        ruling: Ruling,
    },
}

/// A change of members or schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The coordinator's term.
    pub term: TermNo,
    /// What; never [`What::RecordLeave`], which needs no approval.
    pub what: What,
}

impl Plan {
    /// What an approval names: this very change, proposed by that activity in the log of that group.
    #[must_use]
    pub fn digest(&self, group: &str, proposal: &str) -> Digest {
        let (kind, object) = write::change(&self.what);
        jcs::digest(&json!({
            "type": kind,
            "audience": group,
            "object": object,
            "tq:proposal": proposal,
            "tq:term": self.term,
        }))
    }
}

impl Say {
    /// The word in `tq:act`.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Genesis(_) => "genesis",
            Self::Offer { .. } => "offer",
            Self::Withdraw(_) => "withdraw",
            Self::Answer {
                reply: Reply::Accept,
                ..
            } => "accept",
            Self::Answer {
                reply: Reply::Reject,
                ..
            } => "reject",
            Self::Seal { .. } => "seal",
            Self::Stand(_) => "stand",
            Self::Endorse { .. } => "endorse",
            Self::Certify(_) => "certify",
            Self::Acknowledge { .. } => "acknowledge",
            Self::Propose(_) => "propose",
            Self::Approve { .. } => "approve",
            Self::Change { .. } => "change",
            Self::RecordLeave { .. } => "record-leave",
            Self::Leave => "leave",
            Self::Rule { ruling, .. } => ruling.word(),
        }
    }

    /// Whether the group may say it without a person: what its software does by itself.
    #[must_use]
    pub const fn is_of_the_group(&self) -> bool {
        match self {
            Self::Acknowledge { .. } => true,
            Self::Genesis(_)
            | Self::Offer { .. }
            | Self::Withdraw(_)
            | Self::Answer { .. }
            | Self::Seal { .. }
            | Self::Stand(_)
            | Self::Endorse { .. }
            | Self::Certify(_)
            | Self::Propose(_)
            | Self::Approve { .. }
            | Self::Change { .. }
            | Self::RecordLeave { .. }
            | Self::Leave
            | Self::Rule { .. } => false,
        }
    }
}

impl LedgerAct {
    /// Whether all that is embedded is proven: else the act means nothing.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        match &self.say {
            Say::Change {
                plan,
                proposal,
                approvals,
            } => {
                let change = plan.digest(&self.audience, proposal);
                approvals
                    .iter()
                    .all(|signed| signed.is_proven() && signed.approves(change).is_some())
            }
            Say::RecordLeave { leave, .. } => leave.is_proven() && leave.leaves().is_some(),
            Say::Genesis(_)
            | Say::Offer { .. }
            | Say::Withdraw(_)
            | Say::Answer { .. }
            | Say::Seal { .. }
            | Say::Stand(_)
            | Say::Endorse { .. }
            | Say::Certify(_)
            | Say::Acknowledge { .. }
            | Say::Propose(_)
            | Say::Approve { .. }
            | Say::Leave
            | Say::Rule { .. } => true,
        }
    }

    /// What the ledger makes of it; `None` for what decides nothing by itself. `id` is that of the
    /// activity. Proofs are not looked at: [`LedgerAct::is_whole`] has.
    #[must_use]
    pub fn act(&self) -> Option<Act> {
        Some(match &self.say {
            Say::Genesis(genesis) => Act::Genesis(genesis.clone()),
            Say::Offer { offer, .. } => Act::Offer(offer.clone()),
            Say::Withdraw(named) => Act::Undo {
                entry: named.digest,
            },
            Say::Answer { offer, reply } => Act::Answer(Answer {
                offer_id: Oid::of_uri(&offer.id),
                offer: offer.digest,
                reply: *reply,
            }),
            Say::Seal { seal, .. } => Act::Seal(seal.clone()),
            Say::Stand(candidacy) => Act::Candidacy(candidacy.clone()),
            Say::Endorse { endorse, .. } => Act::Endorse(endorse.clone()),
            Say::Certify(certificate) => Act::Certificate(certificate.clone()),
            Say::Acknowledge { acknowledge, .. } => Act::Acknowledge(acknowledge.clone()),
            Say::Propose(_) | Say::Approve { .. } | Say::Rule { .. } => return None,
            Say::Change {
                plan,
                proposal,
                approvals,
            } => self.change(plan, proposal, approvals),
            Say::RecordLeave { term, city, leave } => Act::Change(Change {
                term: *term,
                what: What::RecordLeave {
                    city: city.clone(),
                    seq: leave.leaves()?,
                    key: leave.key.clone(),
                },
                approved_by: BTreeMap::new(),
            }),
            Say::Leave => Act::Leave,
        })
    }

    fn change(&self, plan: &Plan, proposal: &str, approvals: &[Signed]) -> Act {
        let digest = plan.digest(&self.audience, proposal);
        let approved = |signed: &Signed| Some((signed.approves(digest)?, signed.key.clone()));
        Act::Change(Change {
            term: plan.term,
            what: plan.what.clone(),
            approved_by: approvals.iter().filter_map(approved).collect(),
        })
    }

    /// The identity of the act in the ledger. A change has that of what was proposed, so that
    /// approvals are used up: the same change cannot be made from them again.
    #[must_use]
    pub fn identity(&self, activity_id: &str) -> Oid {
        match &self.say {
            Say::Change { proposal, .. } if !proposal.is_empty() => {
                Oid::of_uri(&format!("{proposal}#change"))
            }
            Say::Change { .. }
            | Say::Genesis(_)
            | Say::Offer { .. }
            | Say::Withdraw(_)
            | Say::Answer { .. }
            | Say::Seal { .. }
            | Say::Stand(_)
            | Say::Endorse { .. }
            | Say::Certify(_)
            | Say::Acknowledge { .. }
            | Say::Propose(_)
            | Say::Approve { .. }
            | Say::RecordLeave { .. }
            | Say::Leave
            | Say::Rule { .. } => Oid::of_uri(activity_id),
        }
    }
}

/// The planned time of a term.
const fn times(period: Period) -> [(&'static str, tequio_domain::Timestamp); 2] {
    [("startTime", period.start), ("endTime", period.end)]
}

#[cfg(test)]
mod tests;
