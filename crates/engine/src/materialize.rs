//! What an entry does to the shared tables.
//!
//! [`apply`] is called once for each kept entry, own or received, and again by `tequio rebuild`.
//!
//! # Invariants
//! - The tables are a function of the set of entries: an act whose object is not here yet waits for
//!   it, and is done when it comes.
//! - Only the log in which an object was made changes it, and only in its author's name; tallies
//!   are each city's own.
//! - A topic's tables depend on that topic's logs only: objects are looked up within the topic.
//! - An outside post counts only in the log of the group in whose thread it stands ([`outside`]).
//! - A tombstone stays: a Create or Update after it does nothing.
//! - What is erased leaves the same tombstone whether its texts were here before or never ([`erase`]).
//! - Of two Creates of one object the one further up in the log counts, even while it waits.
//! - An Update counts once: the home cannot undo an edit by announcing an older one again.

mod content;
pub(crate) mod erase;
pub(crate) mod outside;

use tequio_protocol::activity::{Act, Card};
use tequio_store::{Tx, entry, log, object, past_key, person};

use crate::{Error, ledger, meaning::Meaning};

/// An act on its way into the tables.
struct Step<'a> {
    log: &'a log::Log,
    entry: &'a entry::Entry,
    meaning: &'a Meaning,
}

/// What became of a step.
enum Outcome {
    /// Done, or of no effect for good.
    Done,
    /// Whether this object exists is decided, mostly because it was created: what waits for it goes on.
    Settled(Settled),
    /// This object is not here yet.
    Waits {
        /// What is not here.
        awaits: String,
        /// The object that the step will create; empty when none.
        makes: String,
    },
}

/// An object of which it is decided whether it exists.
struct Settled {
    uri: String,
    /// It comes after its author's farewell: once what waited for it is done, it is buried.
    late: Option<Late>,
}

/// What is still to be buried.
struct Late {
    object_id: i64,
    /// When its author left, microseconds.
    gone_at: i64,
}

impl Outcome {
    /// An object is there now, or never will be by this entry.
    fn settled(uri: &str) -> Self {
        Self::Settled(Settled {
            uri: uri.to_owned(),
            late: None,
        })
    }

    /// An act on an object that is not here yet.
    fn waits_for(uri: &str) -> Self {
        Self::Waits {
            awaits: uri.to_owned(),
            makes: String::new(),
        }
    }
}

/// Does what an entry says, and then what was waiting for it.
pub(crate) fn apply(
    tx: &mut Tx<'_>,
    log: &log::Log,
    entry: &entry::Entry,
    meaning: &Meaning,
) -> Result<(), Error> {
    let mut settled = step(
        tx,
        &Step {
            log,
            entry,
            meaning,
        },
    )?;
    let mut awaited = Vec::new();
    // A loop, not a recursion: peers decide how long the chain is.
    loop {
        awaited.extend(settled.take());
        let Some(Settled { uri, late }) = awaited.pop() else {
            return Ok(());
        };
        for waiting in entry::take_waiting(tx, &uri)? {
            let log = log::by_id(tx.conn(), waiting.log_id)?;
            let meaning = Meaning::of_kept(&waiting)?;
            let done = step(
                tx,
                &Step {
                    log: &log,
                    entry: &waiting,
                    meaning: &meaning,
                },
            )?;
            awaited.extend(done);
        }
        if let Some(late) = late {
            outside::bury_late(tx, &late)?;
        }
    }
}

/// One step; answers the object that it settled.
fn step(tx: &mut Tx<'_>, step: &Step<'_>) -> Result<Option<Settled>, Error> {
    let outcome = match step.meaning {
        Meaning::Act { activity, html } => match &activity.act {
            Act::Create(post) => content::create(tx, step, post, html)?,
            Act::Update(post) => content::update(tx, step, activity, post, html)?,
            Act::Delete { object } => content::delete(tx, step, activity, object)?,
            Act::Card(card) => put_card(tx, step, card)?,
            Act::Attest(actor) => outside::attest(tx, step, activity, actor)?,
            Act::Tally { object, amount } => set_tally(tx, step, object, *amount)?,
            Act::Rekey { object, key } => rekey(tx, step, object, key)?,
            Act::Ledger(act) => {
                ledger::take(tx, step.log, step.entry, activity, act)?;
                Outcome::Done
            }
            Act::Erase(left) => erase::erase(tx, step, activity, left)?,
        },
        Meaning::Outside { activity, html, at } => outside::act(tx, step, activity, html, *at)?,
        Meaning::Void { .. } => Outcome::Done,
    };
    match outcome {
        Outcome::Done => Ok(None),
        Outcome::Settled(settled) => Ok(Some(settled)),
        Outcome::Waits { awaits, makes } => {
            entry::wait_for(tx, step.entry.id, &awaits, &makes)?;
            Ok(None)
        }
    }
}

fn put_card(tx: &mut Tx<'_>, step: &Step<'_>, card: &Card) -> Result<Outcome, Error> {
    let card_uri = &step.entry.activity_uri;
    log::put_author_key(tx, step.log.id, &card.id, &card.public_key, card_uri)?;
    person::put(
        tx,
        &person_row(step.entry.id, &step.log.city, card, card_uri),
    )?;
    Ok(Outcome::Done)
}

/// The group's next key proves what comes after this entry; a member's is the one that the next card
/// must show.
fn rekey(tx: &mut Tx<'_>, step: &Step<'_>, actor: &str, key: &str) -> Result<Outcome, Error> {
    if *actor == step.log.group_uri {
        past_key::give_up(tx, step.log.id, step.entry.seq, key)?;
    } else if let Some((_, card_uri)) = log::author_key(tx.conn(), step.log.id, actor)? {
        log::put_author_key(tx, step.log.id, actor, key, &card_uri)?;
    }
    Ok(Outcome::Done)
}

/// The row that a card becomes. Among cards of one time, the greatest id wins everywhere.
pub(crate) fn person_row(id: i64, city: &str, card: &Card, card_uri: &str) -> person::Person {
    person::Person {
        id,
        uri: card.id.clone(),
        city: city.to_owned(),
        name: card.name.clone(),
        display_name: card.display_name.clone(),
        post: card.post.clone(),
        summary: card.summary.clone(),
        public_key: card.public_key.clone(),
        updated_at: card.updated.micros(),
        card_uri: card_uri.to_owned(),
    }
}

fn set_tally(tx: &mut Tx<'_>, step: &Step<'_>, uri: &str, amount: i64) -> Result<Outcome, Error> {
    let held = object::in_topic(tx.conn(), uri, step.log.topic_id)?;
    if held.is_empty() {
        return Ok(Outcome::waits_for(uri));
    }
    for row in held {
        object::set_tally(tx, row.id, step.log.id, amount)?;
    }
    Ok(Outcome::Done)
}
