//! What an activity from outside means here. Nothing is changed yet.

mod circle;
mod thread;

use tequio_protocol::{
    activity::same_origin,
    outside::{OutsideAct, OutsideActor, OutsidePost, Undone},
};
use tequio_store::{
    Conn, object,
    outside::{actor, follow, follower, item, message, vote},
    person, received_activity,
};

use super::{Taken, Visit, door};
use crate::{
    Error,
    materialize::outside::{is_farewell, is_of_network},
};
use circle::{announce, answer, flag, follow_us};
use thread::{
    create, hand_over, is_ours, log_to_write, must_be_writable, own_posts, restore, update, write,
};

/// What is to be done.
pub(super) enum Deed {
    /// The activity goes into this group's log.
    Write { group: String },
    /// Somebody describes themselves anew.
    Rename(Box<OutsideActor>),
    /// Somebody deleted their account.
    Farewell,
    /// Somebody likes an object, or not any more.
    Vote { object: String, likes: bool },
    /// Somebody follows an own actor.
    Follow { followed: String },
    /// Somebody does not follow any more; `None`: what the Follow that is undone by its id made.
    Unfollow {
        followed: Option<String>,
        follow: String,
    },
    /// The other side answered Follows of ours.
    Answer {
        askers: Vec<Asker>,
        state: &'static str,
    },
    /// Somebody reports what stands here.
    Report {
        objects: Vec<String>,
        reason: String,
    },
    /// A private message to these accounts.
    Message {
        post: Box<OutsidePost>,
        accounts: Vec<i64>,
    },
    /// A private message is taken back.
    Retract { uri: String },
    /// Something new, or newer, of an actor that members follow; through whom it came.
    Item { post: Box<OutsidePost> },
    /// It is gone.
    ItemGone { uri: String },
}

/// Whose Follow is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asker {
    /// A member's, by account.
    Member(i64),
    /// The city's office.
    Office,
}

impl Deed {
    /// Whether an own log is written.
    pub(super) const fn needs_log(&self) -> bool {
        matches!(self, Self::Write { .. } | Self::Rename(_) | Self::Farewell)
    }
}

/// Why there is nothing to be done.
pub(super) enum Stop {
    /// It is decided.
    Taken(Taken),
    /// Our own fault.
    Fault(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Fault(error)
    }
}

impl From<tequio_store::Error> for Stop {
    fn from(error: tequio_store::Error) -> Self {
        Self::Fault(error.into())
    }
}

impl Stop {
    /// Our own faults on one side, everything that is decided on the other.
    pub(super) fn sort(planned: Result<Deed, Self>) -> Result<Result<Deed, Taken>, Error> {
        match planned {
            Ok(deed) => Ok(Ok(deed)),
            Err(Self::Taken(taken)) => Ok(Err(taken)),
            Err(Self::Fault(error)) => Err(error),
        }
    }
}

/// It has no effect.
pub(super) const fn nothing(why: &'static str) -> Stop {
    Stop::Taken(Taken::Nothing(why))
}

/// What the activity means.
pub(super) fn of(conn: &mut Conn, visit: &Visit) -> Result<Deed, Stop> {
    let activity = &visit.heard.activity;
    let (id, who) = (&activity.id, &activity.actor);
    if visit.heard.author.id != *who {
        return Err(nothing("its actor is described as another"));
    }
    if !id.is_empty() && !same_origin(id, who) {
        return Err(nothing("its id is on another server than its actor"));
    }
    if is_of_network(conn, who)? {
        return Err(nothing("its actor is of the network, whose logs speak"));
    }
    // NodeBB says each vote of one person for one post under one id, also after it was taken back or turned round:
    // whether a vote is a repeat is seen by whether it stands.
    let is_vote = matches!(
        activity.act,
        OutsideAct::Like { .. } | OutsideAct::Dislike { .. }
    );
    if !id.is_empty() && !is_vote && received_activity::is_known(conn, id)? {
        return Err(Stop::Taken(Taken::Repeated));
    }
    door::must_not_be_ahead(visit, &[activity.published])?;
    match &activity.act {
        OutsideAct::Create(post) => create(conn, visit, post),
        OutsideAct::Update(post) => update(conn, visit, post),
        OutsideAct::UpdateActor(actor) => rename(conn, visit, actor),
        OutsideAct::Delete { object, .. } => delete(conn, visit, object),
        OutsideAct::Like { object } => like(conn, visit, object),
        // Who turns a vote round says so by the new one alone.
        OutsideAct::Dislike { object } => unlike(conn, visit, object),
        OutsideAct::Undo(undone) => undo(conn, visit, undone),
        OutsideAct::Follow { object } => follow_us(conn, visit, object),
        OutsideAct::Accept {
            follow: id,
            follower,
        } => answer(conn, visit, id, follower.as_deref(), follow::ACCEPTED),
        OutsideAct::Reject {
            follow: id,
            follower,
        } => answer(conn, visit, id, follower.as_deref(), follow::REJECTED),
        OutsideAct::Flag { objects, reason } => flag(conn, visit, objects, reason),
        OutsideAct::Announce(announced) => announce(conn, visit, announced),
        // Who moderates our groups is not decided outside.
        OutsideAct::Lock { .. }
        | OutsideAct::Add { .. }
        | OutsideAct::Remove { .. }
        | OutsideAct::Block { .. } => Err(nothing("nobody outside moderates here")),
        OutsideAct::Other => Err(nothing("it is of a kind that has no meaning here")),
    }
}

fn rename(conn: &mut Conn, visit: &Visit, new: &OutsideActor) -> Result<Deed, Stop> {
    let who = &visit.heard.activity.actor;
    if new.id != *who {
        return Err(nothing("it is about another actor"));
    }
    if actor::by_uri(conn, who)?.is_none() && person::by_uri(conn, who)?.is_none() {
        return Err(nothing("nobody here knows its actor"));
    }
    Ok(Deed::Rename(Box::new(new.clone())))
}

fn delete(conn: &mut Conn, visit: &Visit, uri: &str) -> Result<Deed, Stop> {
    let who = &visit.heard.activity.actor;
    if is_farewell(&visit.heard.activity) {
        let is_known = actor::by_uri(conn, who)?.is_some()
            || person::by_uri(conn, who)?.is_some()
            || follower::any_of(conn, who, None)?;
        if !is_known {
            return Err(nothing("nobody here knows its actor"));
        }
        must_be_writable(visit, &format!("{}/t/", visit.base_url))?;
        return Ok(Deed::Farewell);
    }
    if !same_origin(uri, who) {
        return Err(nothing("it is about what is on another server"));
    }
    if let Some(held) = own_posts(conn, visit, uri)?.first() {
        if !is_ours(visit, &held.group_uri) {
            return Err(hand_over(&held.group_uri));
        }
        log_to_write(conn, visit, &held.group_uri)?;
        return Ok(write(&held.group_uri));
    }
    let uri = uri.to_owned();
    if message::is_there(conn, &uri, who)? {
        return Ok(Deed::Retract { uri });
    }
    if item::by_uri(conn, &uri)?.is_some_and(|held| held.author_uri == *who) {
        return Ok(Deed::ItemGone { uri });
    }
    Err(nothing("nothing of its actor's is here under this id"))
}

fn like(conn: &mut Conn, visit: &Visit, uri: &str) -> Result<Deed, Stop> {
    let who = &visit.heard.activity.actor;
    let held = object::by_uri(conn, uri)?.filter(|held| held.deleted_at.is_none());
    let held = held.ok_or_else(|| nothing("what it likes is not here"))?;
    if person::by_id(conn, held.author_id)?.uri == *who {
        return Err(nothing("it is about its actor's own post"));
    }
    if vote::is_there(conn, uri, who)? {
        return Err(nothing("it is known"));
    }
    Ok(Deed::Vote {
        object: uri.to_owned(),
        likes: true,
    })
}

fn unlike(conn: &mut Conn, visit: &Visit, uri: &str) -> Result<Deed, Stop> {
    if !vote::is_there(conn, uri, &visit.heard.activity.actor)? {
        return Err(nothing("there is no vote to take back"));
    }
    Ok(Deed::Vote {
        object: uri.to_owned(),
        likes: false,
    })
}

fn undo(conn: &mut Conn, visit: &Visit, undone: &Undone) -> Result<Deed, Stop> {
    let who = &visit.heard.activity.actor;
    match undone {
        Undone::Id(id) if follower::any_of(conn, who, Some(id))? => Ok(Deed::Unfollow {
            followed: None,
            follow: id.clone(),
        }),
        Undone::Id(_) => Err(nothing("what it takes back is not known by its id")),
        Undone::Activity(inner) => match &inner.act {
            OutsideAct::Like { object } | OutsideAct::Dislike { object } => {
                unlike(conn, visit, object)
            }
            OutsideAct::Follow { object } if follower::is_there(conn, object, who)? => {
                Ok(Deed::Unfollow {
                    followed: Some(object.clone()),
                    follow: inner.id.clone(),
                })
            }
            OutsideAct::Follow { .. } => Err(nothing("it did not follow")),
            OutsideAct::Delete { .. } => restore(conn, visit, undone),
            _ => Err(nothing("it takes nothing back that had an effect")),
        },
    }
}
