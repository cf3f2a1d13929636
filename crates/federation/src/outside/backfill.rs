//! What an actor said before a member followed it: the newest page of its outbox, once it has accepted.
//!
//! In memory only, and left out when there is much of it: a reader then sees what comes from now on.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tequio_domain::Timestamp;
use tequio_engine::outside::Heard;
use tequio_protocol::activity::same_origin;
use tequio_protocol::outside::{OutsideAct, OutsideActivity, OutsideActor};
use tokio::sync::{mpsc, watch};

use super::inbound;
use super::origin::{Errand, MAX_FETCHES, Missing, around};
use crate::Inner;
use crate::problem::Problem;

/// Most items that are taken.
const MAX_ITEMS: usize = 20;
/// Fetches for one actor: outbox, at most three pages of it, and what the items do not say themselves.
const FETCHES: u32 = MAX_FETCHES + 4;
/// Time for one actor.
const PATIENCE: Duration = Duration::from_secs(60);
/// Most actors that wait.
const MAX_WAITING: usize = 64;

/// Actors whose outbox shall be looked at.
pub(crate) struct Backfill {
    sender: mpsc::Sender<OutsideActor>,
    receiver: Mutex<Option<mpsc::Receiver<OutsideActor>>>,
}

impl Default for Backfill {
    fn default() -> Self {
        let (sender, receiver) = mpsc::channel(MAX_WAITING);
        Self {
            sender,
            receiver: Mutex::new(Some(receiver)),
        }
    }
}

impl Backfill {
    /// Asks for an actor's outbox to be looked at; when too many wait, it is left out.
    pub(crate) fn ask(&self, actor: OutsideActor) {
        if let Err(error) = self.sender.try_send(actor) {
            tracing::debug!(%error, "an outbox is not looked at");
        }
    }
}

/// Works until `stop` says true. Only the first call of a process does.
pub(crate) async fn run(inner: Arc<Inner>, mut stop: watch::Receiver<bool>) {
    let held = inner.outside.backfill.receiver.lock();
    let Some(mut waiting) = held.unwrap_or_else(PoisonError::into_inner).take() else {
        return;
    };
    while !*stop.borrow() {
        let actor = tokio::select! {
            actor = waiting.recv() => actor,
            _ = stop.changed() => break,
        };
        let Some(actor) = actor else { break };
        tokio::select! {
            taken = take(&inner, &actor) => match taken {
                Ok(count) => tracing::debug!(actor = actor.id, count, "looked at an outbox"),
                Err(problem) => tracing::warn!(actor = actor.id, %problem, "looking at an outbox"),
            },
            _ = stop.changed() => break,
        }
    }
}

/// Takes the newest of an actor's outbox; answers how many items there were.
///
/// # Errors
/// Only our own faults.
pub(crate) async fn take(inner: &Inner, actor: &OutsideActor) -> Result<usize, Problem> {
    let mut errand = Errand::patient(inner, FETCHES, PATIENCE);
    let items = match newest(&mut errand, actor).await {
        Ok(items) => items,
        Err(missing) => {
            tracing::debug!(actor = actor.id, %missing, "no outbox");
            return Ok(0);
        }
    };
    let mut count = 0;
    for item in items.into_iter().take(MAX_ITEMS).rev() {
        let Some(heard) = heard(&mut errand, actor, item).await else {
            continue;
        };
        inbound::act(&mut errand, heard).await?;
        count += 1;
    }
    Ok(count)
}

/// The newest items of an actor's outbox, the newest first: those of its first page, or of its last where
/// it begins with the oldest (NodeBB's categories).
async fn newest(errand: &mut Errand<'_>, actor: &OutsideActor) -> Result<Vec<Value>, Missing> {
    if !same_origin(&actor.outbox, &actor.id) {
        return Err(Missing::refused("it has no outbox on its server"));
    }
    let outbox = errand.collection(&actor.outbox).await?;
    let page = match (items(&outbox), page_at(&outbox, "first", actor)) {
        (Some(_), _) => outbox,
        (None, Some(first)) => errand.collection(&first).await?,
        (None, None) => outbox.get("first").cloned().unwrap_or_default(),
    };
    let first = items(&page).ok_or_else(|| Missing::refused("its outbox shows no first page"))?;
    if !is_oldest_first(&first) {
        return Ok(first);
    }
    let mut found = first;
    if let Some(last) = page_at(&page, "last", actor)
        && page.get("next").is_some_and(Value::is_string)
    {
        let last = errand.collection(&last).await?;
        found = items(&last).unwrap_or_default();
        if found.len() < MAX_ITEMS
            && let Some(before) = page_at(&last, "prev", actor)
        {
            let mut before = items(&errand.collection(&before).await?).unwrap_or_default();
            before.append(&mut found);
            found = before;
        }
    }
    found.reverse();
    Ok(found)
}

/// The address of another page of a collection, on the actor's server.
fn page_at(collection: &Value, member: &str, actor: &OutsideActor) -> Option<String> {
    let address = collection.get(member)?.as_str()?;
    same_origin(address, &actor.id).then(|| address.to_owned())
}

/// Whether the first of some items is older than the last, as far as they say when they were made.
fn is_oldest_first(items: &[Value]) -> bool {
    let times: Vec<Timestamp> = items.iter().filter_map(published).collect();
    matches!(times.as_slice(), [first, .., last] if first < last)
}

/// When an item, or what is inside of it, was published.
fn published(item: &Value) -> Option<Timestamp> {
    let own = item.get("published").and_then(Value::as_str);
    match own {
        Some(text) => Timestamp::parse_rfc3339(text),
        None => published(item.get("object")?),
    }
}

fn items(collection: &Value) -> Option<Vec<Value>> {
    let items = ["orderedItems", "items"]
        .into_iter()
        .find_map(|member| collection.get(member)?.as_array())?;
    Some(items.clone())
}

/// An item as an act of the actor, which its own server has shown: a Create or an Announce.
async fn heard(errand: &mut Errand<'_>, actor: &OutsideActor, item: Value) -> Option<Heard> {
    let item = match item {
        Value::String(id) if same_origin(&id, &actor.id) => errand.fetch(&id).await.ok()?,
        other => other,
    };
    let is_post = item.get("object").is_none_or(Value::is_null);
    let body = if is_post {
        let id = format!("{}#create", item.get("id")?.as_str()?);
        around("Create", &id, &actor.id, item, errand.inner.now())
    } else {
        item
    };
    let activity = OutsideActivity::read(&body).ok()?;
    let is_new = matches!(
        activity.act,
        OutsideAct::Create(_) | OutsideAct::Announce(_)
    );
    let is_its_own = activity.actor == actor.id
        && (activity.id.is_empty() || same_origin(&activity.id, &actor.id))
        && inbound::claims_only_its_own(&activity);
    (is_new && is_its_own).then(|| Heard {
        activity,
        body,
        author: actor.clone(),
    })
}
