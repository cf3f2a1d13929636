//! "Útil" for what authors outside wrote: told to the author's server, as it expects.

use tequio_protocol::{
    activity::{Act, Activity, Entry, same_origin},
    outside::write,
};
use tequio_store::{
    Conn, Tx, account, entry, log,
    object::Object,
    outside::{actor, item::Item},
    page::outside as shown,
};

use super::member::{Letter, activity_uri, host_of, named_uri};
use crate::{Engine, Error, Member, Moment, meaning::kept_document, vote::Vote};

/// A vote of a member on its way out.
pub(crate) struct Liking<'a> {
    /// Who votes.
    pub(crate) person_uri: &'a str,
    /// Id of the post.
    pub(crate) object_uri: &'a str,
    /// The group in whose thread it stands.
    pub(crate) audience: Option<&'a str>,
    /// When the vote was given, microseconds: names the Like, so that it can be taken back.
    pub(crate) voted_at: i64,
    /// Given or taken back.
    pub(crate) vote: Vote,
    pub(crate) base_url: &'a str,
    pub(crate) moment: Moment,
}

impl Liking<'_> {
    /// Queues it for an inbox of the server of `whose`; nothing when the inbox is on another server, or
    /// too much waits for it.
    pub(crate) fn queue(&self, tx: &mut Tx<'_>, whose: &str, inbox: &str) -> Result<(), Error> {
        let Some(host) = host_of(inbox).filter(|_| same_origin(inbox, whose)) else {
            return Ok(());
        };
        let (person, object) = (self.person_uri, self.object_uri);
        let id = named_uri(self.base_url, "like", person, object, self.voted_at);
        let like = write::like(&id, person, object, self.audience);
        let body = match self.vote {
            Vote::Useful => like,
            Vote::None => {
                let id = activity_uri(self.base_url, &self.moment, &format!("unlike {object}"));
                write::undo(&id, person, &like)
            }
        };
        let letter = Letter {
            host,
            inbox: inbox.to_owned(),
            sender: person.to_owned(),
            body,
        };
        letter.queue_if_room(tx, self.moment)
    }
}

/// Where to write to an outside author: as we fetched it, or as the log's home attests it.
pub(crate) fn inbox_of(
    conn: &mut Conn,
    held: &Object,
    author_uri: &str,
) -> Result<Option<String>, Error> {
    if let Some(known) = actor::by_uri(conn, author_uri)? {
        return Ok(Some(known.inbox));
    }
    let Some((_, attest)) = log::author_key(conn, held.log_id, author_uri)? else {
        return Ok(None);
    };
    let Some(row) = entry::by_uri(conn, &attest)? else {
        return Ok(None);
    };
    let value = kept_document(&row.body)?;
    let activity = Entry::read(&value).and_then(|entry| Activity::read(entry.object));
    Ok(match activity.map(|activity| activity.act) {
        Ok(Act::Attest(actor)) if actor.id == author_uri => Some(actor.inbox),
        Ok(_) | Err(_) => None,
    })
}

/// A member finds a post useful that came from outside to their reading, or not any more. The community
/// through which it came hears of it, and the author where they are known here.
///
/// # Errors
/// [`Error::NotFound`] when it did not come to this member.
pub async fn set_useful(
    engine: &Engine,
    member: &Member,
    moment: Moment,
    item_id: i64,
    vote: Vote,
) -> Result<(), Error> {
    let (account_id, person_uri) = (member.account_id, member.person_uri.clone());
    let base_url = engine.identity().base_url.clone();
    engine
        .store()
        .write(move |tx| {
            let item = shown::item(tx.conn(), account_id, item_id)?.ok_or(Error::NotFound)?;
            let before = account::voted_at(tx.conn(), account_id, &item.uri)?;
            let voted_at = match vote {
                Vote::Useful => Some(moment.now().micros()),
                Vote::None => None,
            };
            if !account::set_vote(tx, account_id, &item.uri, voted_at)? {
                return Ok(());
            }
            let Some(named_at) = voted_at.or(before) else {
                return Ok(());
            };
            let liking = Liking {
                person_uri: &person_uri,
                object_uri: &item.uri,
                audience: Some(item.actor_uri.as_str())
                    .filter(|_| item.actor_uri != item.author_uri),
                voted_at: named_at,
                vote,
                base_url: &base_url,
                moment,
            };
            tell(tx, &liking, &item)
        })
        .await
}

/// Through whom it came first; one letter for each server.
fn tell(tx: &mut Tx<'_>, liking: &Liking<'_>, item: &Item) -> Result<(), Error> {
    let mut told: Option<String> = None;
    for uri in [&item.actor_uri, &item.author_uri] {
        let Some(known) = actor::by_uri(tx.conn(), uri)? else {
            continue;
        };
        let host = host_of(&known.inbox);
        if told.is_some() && told == host {
            continue;
        }
        liking.queue(tx, uri, &known.inbox)?;
        told = host;
    }
    Ok(())
}
