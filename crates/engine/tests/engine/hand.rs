//! A hand that holds a city's keys and writes what its software never would.

use serde_json::Value;
use tequio_domain::{Digest, Timestamp};
use tequio_protocol::{
    activity::{
        Act, Activity, Card, Content, Detail, Entry, Links,
        actor::{group_uri, person_uri},
        proof_key_id,
    },
    keys::Ed25519PrivateKey,
    proof,
};
use tequio_store::setting;

use crate::world::{City, base_url};

/// Continues one log of a city.
pub struct Hand {
    pub base_url: String,
    pub group: String,
    pub key: Ed25519PrivateKey,
    /// Of the last entry written.
    pub seq: i64,
    pub prev: Option<Digest>,
}

/// Somebody who signs.
#[derive(Clone)]
pub struct Author {
    pub uri: String,
    pub key: Ed25519PrivateKey,
}

impl Hand {
    /// Where the city itself has stopped.
    pub fn of(city: &City, topic: &'static str) -> Self {
        let base_url = base_url(city.slug);
        let group = group_uri(&base_url, topic);
        let key = key_of(city, &group);
        let row = city.log_of(city.slug, topic);
        Self {
            base_url,
            group,
            key,
            seq: row.head_seq,
            prev: Digest::from_hex(&row.head_digest),
        }
    }

    /// The next entry, signed; the hand goes on from there.
    pub fn write(&mut self, object: &Value) -> String {
        let mut value = self.draft(object);
        self.seq += 1;
        let digest = proof::sign(&mut value, &self.key, &proof_key_id(&self.group), at()).unwrap();
        self.prev = Some(digest);
        value.to_string()
    }

    /// The next entry without a proof; the hand stays where it is.
    pub fn draft(&self, object: &Value) -> Value {
        let seq = self.seq + 1;
        let entry = Entry {
            id: &format!("{}/a/forged-entry-{seq}", self.base_url),
            group: &self.group,
            published: at(),
            seq,
            prev: self.prev,
            object,
        };
        entry.to_value()
    }

    /// A draft, signed by the group.
    pub fn sign(&self, mut draft: Value) -> String {
        proof::sign(&mut draft, &self.key, &proof_key_id(&self.group), at()).unwrap();
        draft.to_string()
    }

    /// The group itself as an author.
    pub fn group_author(&self) -> Author {
        Author {
            uri: self.group.clone(),
            key: self.key.clone(),
        }
    }

    /// An id on this city's server.
    pub fn id(&self, name: &str) -> String {
        format!("{}/o/{name}", self.base_url)
    }

    /// A thread of an author in this group.
    pub fn thread(&self, name: &str, author: &Author, title: &str) -> Content {
        Content {
            id: self.id(name),
            attributed_to: author.uri.clone(),
            audience: self.group.clone(),
            published: at(),
            updated: None,
            title: title.to_owned(),
            source: title.to_owned(),
            content: format!("<p>{title}</p>"),
            language: "es".to_owned(),
            attachments: Vec::new(),
            detail: Detail::Thread {
                kind: tequio_domain::ThreadKind::Question,
                answer: None,
            },
            links: Links::default(),
        }
    }

    /// A comment of an author.
    pub fn comment(&self, name: &str, author: &Author, parent: &str, text: &str) -> Content {
        Content {
            title: String::new(),
            detail: Detail::Comment {
                in_reply_to: parent.to_owned(),
            },
            ..self.thread(name, author, text)
        }
    }
}

impl Author {
    /// A member of a city.
    pub fn of(city: &City, name: &str) -> Self {
        let uri = person_uri(&base_url(city.slug), name);
        Self {
            key: key_of(city, &uri),
            uri,
        }
    }

    /// The same person with another key.
    pub fn with_new_key(&self) -> Self {
        Self {
            uri: self.uri.clone(),
            key: Ed25519PrivateKey::generate().unwrap(),
        }
    }

    /// A signed activity; `name` becomes part of its id.
    pub fn act(&self, name: &str, act: Act) -> Value {
        let mut value = self.unsigned(name, act);
        proof::sign(&mut value, &self.key, &proof_key_id(&self.uri), at()).unwrap();
        value
    }

    /// An activity without proof.
    pub fn unsigned(&self, name: &str, act: Act) -> Value {
        let (base_url, _) = self.uri.rsplit_once("/u/").unwrap_or_else(|| {
            self.uri
                .rsplit_once("/t/")
                .expect("an author is a person or a group")
        });
        let id = format!("{base_url}/a/{name}");
        Activity {
            id,
            actor: self.uri.clone(),
            published: at(),
            act,
        }
        .to_value()
    }

    /// A card that says what this author's id and key are.
    pub fn card(&self) -> Card {
        let (_, name) = self.uri.rsplit_once('/').unwrap();
        Card {
            id: self.uri.clone(),
            name: name.to_owned(),
            display_name: name.to_owned(),
            post: String::new(),
            summary: String::new(),
            public_key: self.key.public().to_multibase(),
            updated: at(),
        }
    }

    /// The signed card.
    pub fn introduce(&self, name: &str) -> Value {
        self.act(name, Act::Card(Box::new(self.card())))
    }

    /// A signed Create.
    pub fn create(&self, name: &str, content: Content) -> Value {
        self.act(name, Act::Create(Box::new(content)))
    }

    /// A signed Update.
    pub fn update(&self, name: &str, content: Content) -> Value {
        self.act(name, Act::Update(Box::new(content)))
    }
}

/// When everything by hand is written.
pub fn at() -> Timestamp {
    Timestamp::parse_rfc3339("2026-04-01T08:00:00Z").unwrap()
}

fn key_of(city: &City, actor: &str) -> Ed25519PrivateKey {
    let actor = actor.to_owned();
    let read = move |conn: &mut tequio_store::Conn| setting::actor_key(conn, &actor);
    let row = city.engine.store().read_blocking(read).unwrap().unwrap();
    Ed25519PrivateKey::from_multibase(&row.private_key).unwrap()
}
