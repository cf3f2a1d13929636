//! Own acts become entries of this city's own log.

use serde_json::Value;
use tequio_domain::{Digest, Invalid};
use tequio_protocol::{
    activity::{Act, Activity, Entry, proof_key_id},
    outside::OutsideActor,
    proof,
};
use tequio_store::{
    Tx, account,
    epoch::{Mark, Move},
    log, recovery,
};

use crate::{
    Engine, Error, Moment,
    identity::Signer,
    ledger,
    materialize::outside::{Standing, is_shown_as},
    meaning::Meaning,
    receive::{Chained, keep},
};

/// Bytes of an entry that this city writes: a hundred of them fit on a page that a sibling reads (32 MiB).
pub const ENTRY_MAX: usize = 320 * 1024;

/// This city's pen for one topic: its log and the key that signs entries.
pub(crate) struct Pen {
    /// Own log of the topic.
    pub(crate) log_id: i64,
    /// The group's key.
    pub(crate) group: Signer,
    /// `https://host[:port]`.
    pub(crate) base_url: String,
    /// Time and ids.
    pub(crate) moment: Moment,
}

impl Pen {
    /// A member acts: signs the activity, puts the member's card before it where the log does not
    /// have it yet, and appends.
    pub(crate) fn write_as_member(
        &self,
        tx: &mut Tx<'_>,
        account_id: i64,
        member: &Signer,
        act: Act,
    ) -> Result<(), Error> {
        self.put_card(tx, account_id, &member.uri)?;
        let mut value = self.activity(&member.uri, act).to_value();
        proof::sign(
            &mut value,
            &member.key,
            &proof_key_id(&member.uri),
            self.moment.now(),
        )
        .map_err(Error::internal)?;
        self.append(tx, &value, "act")
    }

    /// The group itself acts: the entry's proof covers it.
    pub(crate) fn write_as_group(&self, tx: &mut Tx<'_>, act: Act) -> Result<(), Error> {
        let value = self.activity(&self.group.uri, act).to_value();
        self.append(tx, &value, "act")
    }

    /// Somebody from outside acted: the activity as received, for which the caller has checked
    /// [`crate::receive::may_stand`]; before it who they are, unless the log says so already.
    pub(crate) fn write_outside(
        &self,
        tx: &mut Tx<'_>,
        author: &OutsideActor,
        activity: &Value,
    ) -> Result<(), Error> {
        let standing = Standing::of(tx.conn(), self.log_id, &author.id)?;
        if standing == Standing::Unknown || !is_shown_as(tx, author)? {
            self.attest(tx, author)?;
        }
        self.append(tx, activity, "outside")
    }

    /// Says who somebody from outside is.
    pub(crate) fn attest(&self, tx: &mut Tx<'_>, actor: &OutsideActor) -> Result<(), Error> {
        let actor = OutsideActor {
            // Neither shown nor needed by other cities.
            summary: String::new(),
            outbox: String::new(),
            updated: None,
            ..actor.clone()
        };
        self.write_as_group(tx, Act::Attest(Box::new(actor)))
    }

    fn activity(&self, actor: &str, act: Act) -> Activity {
        // One moment writes many tallies, in several topics.
        let label = match &act {
            Act::Tally { object, .. } => format!("tally {} {object}", self.group.uri),
            Act::Attest(actor) => format!("attest {} {}", self.group.uri, actor.id),
            // One member changes the key in several topics.
            Act::Rekey { object, .. } => format!("rekey {} {object}", self.group.uri),
            // One moment may acknowledge several ends, in several topics.
            Act::Ledger(act) => format!("ledger {} {:?}", self.group.uri, act.act()),
            // One moment erases many posts.
            Act::Erase(erase) => {
                let first = erase.entries.first().map_or(0, |(seq, _)| *seq);
                format!("erase {} {} {first}", self.group.uri, erase.left.id)
            }
            Act::Create(_) | Act::Update(_) | Act::Delete { .. } | Act::Card(_) => {
                "activity".to_owned()
            }
        };
        Activity {
            id: format!("{}/a/{}", self.base_url, self.moment.oid(&label)),
            actor: actor.to_owned(),
            published: self.moment.now(),
            act,
        }
    }

    /// Appends the member's newest card, unless the log has it.
    pub(crate) fn put_card(
        &self,
        tx: &mut Tx<'_>,
        account_id: i64,
        person_uri: &str,
    ) -> Result<(), Error> {
        let card = account::by_id(tx.conn(), account_id)?.card;
        let card: Value = serde_json::from_str(&card).map_err(Error::internal)?;
        let held = log::author_key(tx.conn(), self.log_id, person_uri)?;
        let held = held.map(|(_, card_uri)| card_uri);
        if held.is_some() && held.as_deref() == card.get("id").and_then(Value::as_str) {
            return Ok(());
        }
        self.append(tx, &card, "card")
    }

    fn append(&self, tx: &mut Tx<'_>, object: &Value, label: &str) -> Result<(), Error> {
        let row = log::by_id(tx.conn(), self.log_id)?;
        if row.is_frozen || recovery::is_held(tx.conn(), row.id)? {
            return Err(Error::Held);
        }
        if self.group.key.public().to_multibase() != row.public_key {
            // Whoever took up this pen did so before the group changed its key.
            return Err(Error::internal("the group signs with another key now"));
        }
        let prev = Digest::from_hex(&row.head_digest);
        let label = format!("entry {label} {} {}", self.group.uri, row.head_seq);
        let id = format!("{}/a/{}", self.base_url, self.moment.oid(&label));
        let entry = Entry {
            id: &id,
            group: &self.group.uri,
            published: self.moment.now(),
            seq: row.head_seq.saturating_add(1),
            prev,
            object,
        };
        let mut value = entry.to_value();
        let digest = proof::sign(
            &mut value,
            &self.group.key,
            &proof_key_id(&self.group.uri),
            self.moment.now(),
        )
        .map_err(Error::internal)?;
        let body = serde_json::to_string(&value).map_err(Error::internal)?;
        if body.len() > ENTRY_MAX {
            return Err(Invalid::new("body", "too-long-shown").into());
        }
        let chained = Chained {
            uri: id.clone(),
            seq: entry.seq,
            prev,
            digest,
            body,
            // Read back, so that what is shown here is what the other cities will show.
            meaning: Meaning::read(&entry).map_err(Error::internal)?,
        };
        keep(tx, &row, &chained, self.moment.now())?;
        ledger::judge(tx)?;
        tx.leaves(Move {
            group_uri: row.group_uri,
            base: Mark {
                seq: row.head_seq,
                digest: row.head_digest,
            },
            last: Mark {
                seq: chained.seq,
                digest: digest.to_hex(),
            },
        });
        Ok(())
    }
}

impl Engine {
    /// This city's pens, one for each topic; not before siblings were asked at start.
    pub(crate) async fn pens(&self, moment: Moment) -> Result<Vec<Pen>, Error> {
        self.gate().await;
        let city = self.identity().city.to_string();
        let logs = self.store().read(log::all).await?;
        let mut pens = Vec::new();
        for row in logs.into_iter().filter(|row| row.city == city) {
            pens.push(self.pen_of(row, moment).await?);
        }
        Ok(pens)
    }

    async fn pen_of(&self, row: log::Log, moment: Moment) -> Result<Pen, Error> {
        Ok(Pen {
            log_id: row.id,
            group: self.signer(&row.group_uri).await?,
            base_url: self.identity().base_url.clone(),
            moment,
        })
    }

    /// This city's pen for a topic; not before siblings were asked at start.
    pub(crate) async fn pen(&self, topic_id: i64, moment: Moment) -> Result<Pen, Error> {
        self.gate().await;
        let city = self.identity().city.to_string();
        let row = self
            .store()
            .read(move |conn| log::by_home(conn, topic_id, &city))
            .await?;
        self.pen_of(row.ok_or(Error::NotFound)?, moment).await
    }
}
