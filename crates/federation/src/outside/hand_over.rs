//! Acts of outside authors in a thread of another city: from the one that received them to the one whose
//! log they belong in.
//!
//! [`keep`] puts one on its way: a row of `hand_over`, sent by the courier of that sibling
//! (`courier/hand_over.rs`). [`receive`] is the other end. Why a table: siblings have couriers already,
//! with inbox, pauses and wake-ups, while `outgoing` belongs to hosts outside; and each row has a
//! pause of its own, because an author's server that is down must not hold up entries.
//!
//! # Invariants
//! - The relay is never believed: the home fetches the post from its own server, or hears there that it
//!   is gone.
//! - One hop: what arrives so is not handed on.

use serde_json::{Value, json};
use tequio_engine::outside::{Heard, Taken};
use tequio_protocol::activity::context;
use tequio_protocol::json as strict;
use tequio_protocol::outside::{Announced, OutsideAct, OutsideActivity};
use tequio_store::log;

use super::origin::{Errand, MAX_FETCHES, Missing};
use super::{inbound, relay};
use crate::problem::Problem;
use crate::sibling::Sibling;
use crate::{Inner, bookkeeping};

/// Puts an act on its way to the home of `group`; once for each activity.
///
/// # Errors
/// Only our own faults.
pub(crate) async fn keep(
    inner: &Inner,
    group: &str,
    activity_id: &str,
    body: Value,
) -> Result<(), Problem> {
    if activity_id.is_empty() {
        tracing::debug!(group, "an act without an id is not handed over");
        return Ok(());
    }
    let Some(sibling) = inner.siblings.of_key(group) else {
        tracing::warn!(group, "an act for a group whose city is not configured");
        return Ok(());
    };
    let (asked, city) = (group.to_owned(), inner.city().to_owned());
    let own = inner.engine.store().read(move |conn| {
        let Some(theirs) = log::by_group(conn, &asked)? else {
            return Ok(None);
        };
        log::by_home(conn, theirs.topic_id, &city)
    });
    let Some(own) = own.await? else {
        tracing::warn!(group, "an act for a topic in which this city takes no part");
        return Ok(());
    };
    let now = inner.now();
    let id = format!(
        "{}/a/{}",
        inner.base_url(),
        inner.moment()?.oid("hand-over")
    );
    let document = json!({
        "@context": context(),
        "id": id,
        "type": "Announce",
        "actor": own.group_uri,
        "to": [group],
        "object": body,
    });
    let row = bookkeeping::HandOver {
        activity_id: activity_id.to_owned(),
        city: sibling.city.clone(),
        group_uri: own.group_uri,
        body: document.to_string(),
    };
    bookkeeping::hand_over(inner.engine.store(), row, now).await?;
    sibling.wake.notify_one();
    Ok(())
}

/// Takes what a sibling hands over: an `Announce` by its group, without a place in a log.
///
/// # Errors
/// [`Problem::Document`] and [`Problem::Forbidden`] for what can never be taken;
/// [`Problem::Fault`] when the author's server does not answer now: the sibling tries again.
pub(crate) async fn receive(inner: &Inner, sibling: &Sibling, body: &[u8]) -> Result<(), Problem> {
    let value = strict::parse(body).map_err(|error| Problem::Document(error.to_string()))?;
    let announce =
        OutsideActivity::read(&value).map_err(|error| Problem::Document(error.to_string()))?;
    let OutsideAct::Announce(Announced::Activity(activity, _)) = announce.act else {
        return Err(Problem::Document(
            "a hand-over embeds one activity".to_owned(),
        ));
    };
    if inner.is_in_network(&activity.actor) {
        return Err(Problem::Forbidden(
            "acts of members come by their city's log".to_owned(),
        ));
    }
    let mut errand = Errand::with(inner, MAX_FETCHES);
    let confirmed = async {
        let (activity, body) = relay::from_origin(&mut errand, &activity).await?;
        let author = match errand.actor(&activity.actor).await {
            Err(_gone) if matches!(activity.act, OutsideAct::Delete { .. }) => {
                inbound::bare(&activity.actor)
            }
            author => author?,
        };
        Ok::<_, Missing>(Heard {
            activity,
            body,
            author,
        })
    };
    let heard = match confirmed.await {
        Ok(heard) => heard,
        Err(Missing::Unreachable(error)) => {
            tracing::debug!(city = sibling.city, %error, "what is handed over cannot be had now");
            return Err(Problem::Fault);
        }
        Err(missing) => {
            tracing::info!(city = sibling.city, id = activity.id, %missing, "what is handed over is not confirmed");
            return Ok(());
        }
    };
    match inbound::admit_here(&mut errand, heard).await? {
        Taken::Done | Taken::Repeated => {}
        Taken::Nothing(why) => tracing::debug!(city = sibling.city, why, "handed over in vain"),
        Taken::HandOver { group } => {
            tracing::debug!(city = sibling.city, group, "handed over to the wrong city");
        }
    }
    Ok(())
}
