//! What a comment answers, when we have not got it: brought from its origin, if it ends in a thread of
//! this network.
//!
//! A parent comes as a post, without the activity that made it. Its entry holds a `Create` that this
//! city writes around it: the id is the post's with the fragment `#create`, and `tq:fetched` says when
//! it was fetched. So nobody can take it for the author's own bytes, and anybody can fetch the post.

use tequio_engine::outside::Heard;
use tequio_protocol::outside::{OutsideAct, OutsideActivity, OutsidePost};

use super::origin::{Errand, Missing, around};
use crate::Inner;
use crate::problem::Problem;

/// Most parents that are fetched for one comment.
const MAX_PARENTS: usize = 10;

/// On what a comment stands.
pub(crate) enum Base {
    /// On what is here, or on what nobody can bring: the engine judges it as it is.
    Known,
    /// On a thread of ours, with these between, the oldest first.
    Ours(Vec<Heard>),
    /// On a thread of this sibling's group.
    Sibling(String),
}

/// Looks for what a new comment stands on.
///
/// # Errors
/// Only our own faults.
pub(crate) async fn look(
    errand: &mut Errand<'_>,
    activity: &OutsideActivity,
    post: &OutsidePost,
) -> Result<Base, Problem> {
    let inner = errand.inner;
    let Some(parent) = &post.in_reply_to else {
        return Ok(Base::Known);
    };
    // Only for who speaks to us: people that a member follows answer many others.
    let mut named = activity.addressed.iter().chain(&post.mentions);
    if !post.is_public() || !named.any(|id| inner.is_in_network(id)) {
        return Ok(Base::Known);
    }
    if inner.is_in_network(parent) || group_of(inner, parent).await?.is_some() {
        return Ok(Base::Known);
    }
    match climb(errand, parent).await {
        Ok(Some((group, chain))) if inner.is_ours(&group) => Ok(authored(errand, chain)
            .await
            .map_or(Base::Known, Base::Ours)),
        Ok(Some((group, _))) => Ok(Base::Sibling(group)),
        Ok(None) => Ok(Base::Known),
        Err(Stop::Fault(problem)) => Err(problem),
        Err(Stop::Missing(missing)) => {
            tracing::debug!(comment = post.id, %missing, "what a comment answers cannot be had");
            Ok(Base::Known)
        }
    }
}

enum Stop {
    Missing(Missing),
    Fault(Problem),
}

impl From<Missing> for Stop {
    fn from(missing: Missing) -> Self {
        Self::Missing(missing)
    }
}

type Found = (OutsidePost, serde_json::Value);

/// From parent to parent, up to one that is here; answers its group and those between, the newest
/// first. `None`: it stands on nothing of ours.
async fn climb(
    errand: &mut Errand<'_>,
    parent: &str,
) -> Result<Option<(String, Vec<Found>)>, Stop> {
    let mut chain: Vec<Found> = Vec::new();
    let mut next = parent.to_owned();
    for _parent in 0..MAX_PARENTS {
        let (post, value) = errand.post(&next).await?;
        if post.id != next || chain.iter().any(|(known, _)| known.id == post.id) {
            return Ok(None);
        }
        let Some(above) = post.in_reply_to.clone() else {
            return Ok(None);
        };
        chain.push((post, value));
        let held = group_of(errand.inner, &above).await.map_err(Stop::Fault)?;
        if let Some(group) = held {
            return Ok(Some((group, chain)));
        }
        if errand.inner.is_in_network(&above) {
            return Ok(None);
        }
        next = above;
    }
    Ok(None)
}

/// The chain as acts of its authors, the oldest first; `None` when one of them cannot be had.
async fn authored(errand: &mut Errand<'_>, chain: Vec<Found>) -> Option<Vec<Heard>> {
    let now = errand.inner.now();
    let mut acts = Vec::new();
    for (post, value) in chain.into_iter().rev() {
        let author = errand.actor(&post.attributed_to).await.ok()?;
        let id = format!("{}#create", post.id);
        let body = around("Create", &id, &author.id, value, now);
        let activity = OutsideActivity::read(&body).ok()?;
        matches!(activity.act, OutsideAct::Create(_)).then_some(())?;
        acts.push(Heard {
            activity,
            body,
            author,
        });
    }
    Some(acts)
}

/// A new version of a post that never came is the post: Lemmy loses a `Create` when the server of whom it
/// answers is down. As with parents, the activity around it is written here. What is here in any form,
/// as a tombstone too, stays an `Update`.
///
/// # Errors
/// Only our own faults.
pub(crate) async fn as_new(inner: &Inner, heard: Heard) -> Result<Heard, Problem> {
    let OutsideAct::Update(post) = &heard.activity.act else {
        return Ok(heard);
    };
    if !post.is_public() || is_here(inner, &post.id).await? {
        return Ok(heard);
    }
    let (id, object) = (format!("{}#create", post.id), heard.body.get("object"));
    let object = object.cloned().unwrap_or_default();
    let body = around("Create", &id, &heard.author.id, object, inner.now());
    Ok(match OutsideActivity::read(&body) {
        Ok(activity) if matches!(activity.act, OutsideAct::Create(_)) => Heard {
            activity,
            body,
            author: heard.author,
        },
        Ok(_) | Err(_) => heard,
    })
}

/// Whether a post is held here: in a thread or in somebody's reading. (Letters are not public.)
async fn is_here(inner: &Inner, id: &str) -> Result<bool, Problem> {
    let id = id.to_owned();
    let held = inner.engine.store().read(move |conn| {
        Ok::<_, tequio_store::Error>(
            tequio_store::object::by_uri(conn, &id)?.is_some()
                || tequio_store::outside::item::by_uri(conn, &id)?.is_some(),
        )
    });
    Ok(held.await?)
}

/// The group of the thread in which a post stands; `None` when we do not hold it.
async fn group_of(inner: &Inner, id: &str) -> Result<Option<String>, Problem> {
    let id = id.to_owned();
    let held = inner
        .engine
        .store()
        .read(move |conn| tequio_store::object::by_uri(conn, &id))
        .await?;
    Ok(held.map(|object| object.group_uri))
}
