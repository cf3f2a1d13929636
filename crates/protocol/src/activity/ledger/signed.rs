//! An entry of another city's log, embedded as it was signed.

use serde_json::Value;
use tequio_domain::{
    CitySlug, Digest,
    ledger::{ProofKey, Seq},
};

use super::{LedgerAct, Say};
use crate::activity::{Act, Activity, Entry};
use crate::keys::Ed25519PublicKey;
use crate::proof;

/// An entry of a city's log, with the key by which its group signed it. Whether the key is that city's
/// is for the ledger to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The key.
    pub key: ProofKey,
    /// The `Announce`, verbatim.
    pub entry: Value,
}

impl Signed {
    /// Whether the entry's proof holds by that key.
    #[must_use]
    pub fn is_proven(&self) -> bool {
        let key = Ed25519PublicKey::from_multibase(self.key.as_str());
        key.is_ok_and(|key| proof::verify(&self.entry, &key).is_ok())
    }

    /// The city that approves of a change here; `None` when it is no approval, or of another change.
    #[must_use]
    pub fn approves(&self, change: Digest) -> Option<CitySlug> {
        let (act, _) = self.ledger_act()?;
        if let Say::Approve {
            city, change: of, ..
        } = act.say
            && of == change
        {
            return Some(city);
        }
        None
    }

    /// The place of the entry in its log, if it says that its city leaves.
    #[must_use]
    pub fn leaves(&self) -> Option<Seq> {
        let (act, seq) = self.ledger_act()?;
        (act.say == Say::Leave).then_some(seq)
    }

    fn ledger_act(&self) -> Option<(LedgerAct, Seq)> {
        let entry = Entry::read(&self.entry).ok()?;
        let activity = Activity::read(entry.object).ok()?;
        if let Act::Ledger(act) = activity.act
            && act.audience == entry.group
        {
            return Some((*act, entry.seq));
        }
        None
    }
}
