//! What a member's search box finds outside: `@name@host`, `name@host`, `!community@host`, or an address.
//!
//! Start at [`crate::Federation::look_up`].
//!
//! # Invariants
//! - A name leads to an actor only when the actor's own host says so too ([`webfinger`]).
//! - Answers are kept for a while, in a bounded number; each member may ask so often.

mod webfinger;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;
use tequio_domain::Timestamp;
use tequio_protocol::outside::webfinger::Handle;
use tequio_protocol::outside::{OutsideActor, OutsidePost};
use url::Url;

use super::origin::{Errand, Missing, read_post};
use crate::fetcher::FetchError;
use crate::limiter::{Limiter, Rate};
use crate::{Inner, bookkeeping};

/// A member may ask ten times at once, and once more each six seconds.
const MEMBER_RATE: Rate = Rate {
    burst: 10,
    interval_us: 6_000_000,
};
/// Most members that are counted at once.
const MAX_MEMBERS: usize = 5000;
/// Most answers that are kept.
const MAX_ANSWERS: usize = 500;
/// What was found is good for this long, in seconds.
const FOUND_S: i64 = 600;
/// What was not found is asked for again after this long, in seconds.
const MISSED_S: i64 = 60;
/// Longest text, in bytes.
const LONGEST: usize = 2000;
/// Documents that one question may cost.
const FETCHES: u32 = 8;

/// What a name or an address leads to.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// An actor outside; its row in `outside_actor` is up to date.
    Actor(Box<OutsideActor>),
    /// A post outside.
    Post {
        /// The post.
        post: Box<OutsidePost>,
        /// Its author.
        author: Box<OutsideActor>,
    },
    /// Something of this network: look for it here. The text as it was given.
    Network(String),
}

/// Why nothing was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LookupError {
    /// Neither a name with a host nor an address.
    #[error("neither a name with a host nor an address")]
    NotAName,
    /// The address is of a kind that is not fetched: private, or not https.
    #[error("this address is not fetched")]
    NotAllowed,
    /// The host has nothing of that name or address.
    #[error("there is nothing of that name or address")]
    NotFound,
    /// The host does not answer.
    #[error("the server does not answer")]
    Unreachable,
    /// The host answers, but not with an actor or a public post that it may speak for.
    #[error("there is no ActivityPub actor or public post")]
    NotActivityPub,
    /// The member asks too often.
    #[error("too many questions; again in {retry_after_s} seconds")]
    TooOften {
        /// Seconds to wait.
        retry_after_s: i64,
    },
    /// Our own fault; it is in the log.
    #[error("this server has a problem")]
    Fault,
}

impl From<Missing> for LookupError {
    fn from(missing: Missing) -> Self {
        match missing {
            Missing::Gone => Self::NotFound,
            Missing::Refused(_) => Self::NotActivityPub,
            Missing::NotAllowed(_) => Self::NotAllowed,
            Missing::Unreachable(_) | Missing::TooMuch => Self::Unreachable,
        }
    }
}

impl From<FetchError> for LookupError {
    fn from(error: FetchError) -> Self {
        Missing::from(error).into()
    }
}

type Answer = Result<Found, LookupError>;

/// Questions and answers of late.
pub(crate) struct Asked {
    answers: Mutex<HashMap<String, (Answer, Timestamp)>>,
    members: Limiter,
}

impl Default for Asked {
    fn default() -> Self {
        Self {
            answers: Mutex::default(),
            members: Limiter::new(MEMBER_RATE, MAX_MEMBERS),
        }
    }
}

impl Asked {
    fn kept(&self, text: &str, now: Timestamp) -> Option<Answer> {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let (answer, until) = answers.get(text)?;
        (now < *until).then(|| answer.clone())
    }

    fn keep(&self, text: String, answer: Answer, now: Timestamp) {
        let life_s = if answer.is_ok() { FOUND_S } else { MISSED_S };
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if answers.len() >= MAX_ANSWERS {
            answers.retain(|_, (_, until)| now < *until);
            if answers.len() >= MAX_ANSWERS {
                answers.clear();
            }
        }
        answers.insert(text, (answer, now.plus_seconds(life_s)));
    }
}

/// What was typed.
enum Question {
    Handle(Handle),
    Address(Url),
}

/// Answers a member's question.
///
/// # Errors
/// [`LookupError`].
pub(crate) async fn look_up(inner: &Inner, account_id: i64, text: &str) -> Answer {
    let text = text.trim();
    let question = read(inner, text)?;
    let is_in_network = match &question {
        Question::Handle(handle) => inner.is_in_network(&handle.host_url),
        Question::Address(url) => inner.is_in_network(url.as_str()),
    };
    if is_in_network {
        return Ok(Found::Network(text.to_owned()));
    }
    let now = inner.now();
    let asked = &inner.outside.asked;
    if let Some(answer) = asked.kept(text, now) {
        return answer;
    }
    let admitted = asked.members.admit(&account_id.to_string(), now);
    admitted.map_err(|often| LookupError::TooOften {
        retry_after_s: often.retry_after_s,
    })?;
    let answer = ask(inner, question).await;
    if answer != Err(LookupError::Fault) {
        asked.keep(text.to_owned(), answer.clone(), inner.now());
    }
    answer
}

fn read(inner: &Inner, text: &str) -> Result<Question, LookupError> {
    if text.is_empty() || text.len() > LONGEST || text.chars().any(char::is_control) {
        return Err(LookupError::NotAName);
    }
    if text.contains("://") {
        let url = Url::parse(text).map_err(|_bad_url| LookupError::NotAName)?;
        return Ok(Question::Address(url));
    }
    Handle::read(text, inner.scheme())
        .map(Question::Handle)
        .ok_or(LookupError::NotAName)
}

async fn ask(inner: &Inner, question: Question) -> Answer {
    let mut errand = Errand::with(inner, FETCHES);
    let url = match question {
        Question::Handle(handle) => {
            let actor = webfinger::find(&mut errand, &handle).await?;
            return keep(inner, actor).await;
        }
        Question::Address(url) => url,
    };
    let document = errand.fetch(url.as_str()).await?;
    if let Ok(actor) = OutsideActor::read(&document) {
        inner.outside.actors.put(actor.clone(), inner.now());
        return keep(inner, actor).await;
    }
    let document = match opening_of(&mut errand, &document).await? {
        None => document,
        Some(id) if inner.is_in_network(&id) => return Ok(Found::Network(id)),
        Some(id) => errand.fetch(&id).await?,
    };
    let post = read_post(&document)?;
    let author = errand.actor(&post.attributed_to).await?;
    Ok(Found::Post {
        post: Box::new(post),
        author: Box::new(author),
    })
}

/// The opening post of a thread, when its collection of posts was found (FEP-7888): what people copy from
/// NodeBB is its address. Where NodeBB has pages, only the first of them begins with the opening post.
async fn opening_of(errand: &mut Errand<'_>, document: &Value) -> Result<Option<String>, Missing> {
    let text = |value: &Value, member: &str| value.get(member)?.as_str().map(str::to_owned);
    if !text(document, "type").is_some_and(|kind| kind.starts_with("OrderedCollection")) {
        return Ok(None);
    }
    let first = match text(document, "first") {
        Some(first) => Some(errand.collection(&first).await?),
        None => None,
    };
    let items = first.as_ref().unwrap_or(document).get("orderedItems");
    let opening = items
        .and_then(Value::as_array)
        .and_then(|items| items.first());
    let id = opening.and_then(|post| post.as_str().or_else(|| post.get("id")?.as_str()));
    Ok(id.map(str::to_owned))
}

async fn keep(inner: &Inner, actor: OutsideActor) -> Answer {
    let kept = bookkeeping::outside_actor(inner.engine.store(), &actor, inner.now()).await;
    kept.map_err(|error| {
        tracing::error!(%error, "cannot keep an actor");
        LookupError::Fault
    })?;
    Ok(Found::Actor(Box::new(actor)))
}
