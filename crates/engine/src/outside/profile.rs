//! What followers outside are told when a member describes themselves anew.

use std::collections::BTreeSet;

use tequio_domain::Timestamp;
use tequio_protocol::{
    activity::{Card, proof_key_id},
    outside::write,
    proof,
};
use tequio_store::{Tx, outside::follower};

use super::member::{Letter, activity_uri};
use crate::{Engine, Error, Moment, identity::Signer};

/// Most followers that are looked at; beyond that, servers see the change when they fetch the actor.
const FOLLOWERS_MAX: i64 = 20_000;

/// A member's new profile, on its way to those who follow the member.
pub(crate) struct Announcement {
    pub(crate) card: Card,
    pub(crate) member: Signer,
    /// When the account was made.
    pub(crate) published: Timestamp,
    pub(crate) moment: Moment,
}

impl Announcement {
    /// Queues an `Update` of the whole actor, once for each inbox.
    ///
    /// # Errors
    /// The database's.
    pub(crate) fn queue(self, tx: &mut Tx<'_>, engine: &Engine) -> Result<(), Error> {
        let who = &self.card.id;
        let followers = follower::list(tx.conn(), who, FOLLOWERS_MAX)?;
        let inboxes: BTreeSet<(String, String)> = followers
            .into_iter()
            .map(|row| {
                let inbox = Some(row.shared_inbox).filter(|inbox| !inbox.is_empty());
                (row.host, inbox.unwrap_or(row.inbox))
            })
            .collect();
        if inboxes.is_empty() {
            return Ok(());
        }
        let me = engine.identity();
        let actor = self
            .card
            .to_actor(&me.base_url, &me.transport_pem, self.published);
        let id = activity_uri(&me.base_url, &self.moment, "profile");
        let mut body = write::update_actor(&id, &actor, self.card.updated);
        proof::sign(
            &mut body,
            &self.member.key,
            &proof_key_id(who),
            self.card.updated,
        )
        .map_err(Error::internal)?;
        for (host, inbox) in inboxes {
            let letter = Letter {
                host,
                inbox,
                sender: who.clone(),
                body: body.clone(),
            };
            letter.queue_if_room(tx, self.moment)?;
        }
        Ok(())
    }
}
