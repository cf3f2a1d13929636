//! Two cities that know each other, and a server of other software with one user.

use serde_json::{Value, json};
use tequio_domain::Oid;
use tequio_store::object::{self, Object};
use tequio_store::page::standing::PeerState;
use tequio_store::testing::dump::{self, Dump};

use super::city::{City, Network, Running, TOPIC, clock, until};
use super::peer::{Peer, activity, note};
use crate::outside;

pub struct World {
    pub home: City,
    pub other: City,
    pub peer: Peer,
    /// A person of the peer's.
    pub user: String,
    running: Vec<Running>,
}

impl World {
    pub async fn new(software: &str) -> Self {
        let network = Network::new();
        let home = City::found(&network, "managua").await;
        let other = City::found(&network, "panama").await;
        let running = vec![home.start(), other.start()];
        for (city, sibling) in [(&home, "panama"), (&other, "managua")] {
            until("the cities know each other", async || {
                let peers = city.federation.status().await.unwrap();
                let peer = peers.iter().find(|peer| peer.city == sibling).unwrap();
                peer.state() == PeerState::UpToDate
            })
            .await;
        }
        let peer = Peer::start(software);
        let user = peer.actor("Person", "/u/marisol");
        Self {
            home,
            other,
            peer,
            user,
            running,
        }
    }

    /// The home's group.
    pub fn group(&self) -> String {
        group_of(&self.home)
    }

    /// A thread of a member of the home, held by both cities; its id.
    pub async fn thread(&mut self, title: &str) -> String {
        let oid = self.home.open_thread(title).await;
        self.agree().await;
        uri_of(&self.home, oid)
    }

    /// Waits until both cities hold the same.
    pub async fn agree(&self) {
        until("both cities hold the same", async || {
            self.home.digest().await == self.other.digest().await
        })
        .await;
    }

    /// A comment of the user, served at its id, and the Create around it.
    pub fn comment(&self, path: &str, parent: &str, content: &str) -> (String, Value) {
        let id = self.peer.at(path);
        let object = note(&id, &self.user, &self.group(), parent, content);
        self.peer.serve(&object);
        (
            id,
            self.act("Create", &format!("/activities/create{path}"), object),
        )
    }

    /// An act of the user, named by its path.
    pub fn act(&self, kind: &str, path: &str, object: Value) -> Value {
        activity(kind, &self.peer.at(path), &self.user, object, &self.group())
    }

    pub async fn stop_home(&mut self) {
        self.running.remove(0).stop().await;
    }

    pub async fn restart_other(&mut self) {
        self.running.pop().unwrap().stop().await;
        self.running.push(self.other.start());
    }

    pub fn start_home(&mut self) {
        self.running.insert(0, self.home.start());
    }

    pub async fn stop(self) {
        for city in self.running {
            city.stop().await;
        }
    }
}

pub fn group_of(city: &City) -> String {
    format!("{}/t/{TOPIC}", city.inner().base_url())
}

pub fn uri_of(city: &City, oid: Oid) -> String {
    format!("{}/o/{oid}", city.inner().base_url())
}

/// What a city holds under an id.
pub async fn held(city: &City, uri: &str) -> Option<Object> {
    let uri = uri.to_owned();
    let read = move |conn: &mut _| object::by_uri(conn, &uri);
    city.store().read(read).await.unwrap()
}

/// Every row of a city but those that time alone changes.
pub async fn rows(city: &City) -> Dump {
    let mut rows = city.store().read(dump::all).await.unwrap();
    // Where the couriers stand is nobody's state.
    for bookkeeping in ["peer", "outside_server", "outgoing"] {
        rows.remove(bookkeeping);
    }
    rows
}

/// How many of the activities of a kind changed something.
pub fn taken(city: &City, kind: &str) -> u64 {
    let counts = city.federation.outside_counts();
    counts
        .iter()
        .find(|count| count.kind == kind)
        .map_or(0, |count| count.taken)
}

/// Makes the member of a city a follower of an actor outside who has accepted.
pub async fn follow(city: &mut City, peer: &Peer, actor: &str) {
    let member = city.member().await;
    let document = peer.actor_document("Group", actor);
    let read = tequio_protocol::outside::OutsideActor::read(&document).unwrap();
    let now = clock();
    crate::bookkeeping::outside_actor(city.store(), &read, now)
        .await
        .unwrap();
    let row = tequio_store::outside::follow::Follow {
        account_id: member.account_id(),
        actor_uri: actor.to_owned(),
        state: "accepted".to_owned(),
        created_at: now.micros(),
    };
    city.store()
        .write(move |tx| tequio_store::outside::follow::put(tx, &row))
        .await
        .unwrap();
}

/// An Announce as groups make it.
pub fn announce(id: &str, actor: &str, object: Value) -> Value {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": id,
        "type": "Announce",
        "actor": actor,
        "to": [tequio_protocol::activity::PUBLIC],
        "cc": [format!("{actor}/followers")],
        "object": object,
    })
}

/// Looks at an actor's outbox now.
pub async fn backfill(city: &City, document: &Value) -> usize {
    let actor = tequio_protocol::outside::OutsideActor::read(document).unwrap();
    outside::backfill::take(city.inner(), &actor).await.unwrap()
}
