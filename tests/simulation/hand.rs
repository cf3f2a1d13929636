//! A hand that holds a city's keys and writes what its software never would.

use serde_json::Value;
use tequio_domain::{Digest, ThreadKind, Timestamp};
use tequio_protocol::{
    activity::{
        Act, Activity, Card, Content, Detail, Entry, Links,
        actor::{group_uri, person_uri},
        proof_key_id,
    },
    keys::Ed25519PrivateKey,
    proof,
};

use crate::{
    city::City,
    template::{CITIES, TOPICS, base_url, key_of},
};

/// Continues one log of a city.
pub struct Hand {
    /// `https://host`.
    pub base_url: String,
    /// The group.
    pub group: String,
    /// When everything is written.
    pub at: Timestamp,
    key: Ed25519PrivateKey,
    seq: i64,
    prev: Option<Digest>,
}

/// Somebody who signs, with whatever key.
#[derive(Clone)]
pub struct Author {
    /// Actor.
    pub uri: String,
    /// What they sign with.
    pub key: Ed25519PrivateKey,
}

impl Hand {
    /// Where the city itself has stopped.
    pub fn of(city: &City, topic: usize, at: Timestamp) -> Self {
        let base_url = base_url(city.slug);
        let group = group_uri(&base_url, TOPICS[topic]);
        let row = city.log_of(city.index, topic);
        Self {
            key: key_of(&group),
            base_url,
            group,
            at,
            seq: row.head_seq,
            prev: Digest::from_hex(&row.head_digest),
        }
    }

    /// The next entry; the hand stays where it is, so that it can write another one in its place.
    pub fn write(&self, word: &str, object: &Value) -> String {
        let entry = Entry {
            id: &format!("{}/a/entry-{word}", self.base_url),
            group: &self.group,
            published: self.at,
            seq: self.seq + 1,
            prev: self.prev,
            object,
        };
        let mut value = entry.to_value();
        proof::sign(&mut value, &self.key, &proof_key_id(&self.group), self.at).unwrap();
        value.to_string()
    }

    /// A thread in this group.
    pub fn thread(&self, id: &str, author: &Author, word: &str) -> Content {
        Content {
            id: id.to_owned(),
            attributed_to: author.uri.clone(),
            audience: self.group.clone(),
            published: self.at,
            updated: None,
            title: word.to_owned(),
            source: word.to_owned(),
            content: format!("<p>{word}</p>"),
            language: "es".to_owned(),
            attachments: Vec::new(),
            detail: Detail::Thread {
                kind: ThreadKind::Question,
                answer: None,
            },
            links: Links::default(),
        }
    }

    /// A comment.
    pub fn comment(&self, id: &str, author: &Author, parent: &str, word: &str) -> Content {
        Content {
            title: String::new(),
            detail: Detail::Comment {
                in_reply_to: parent.to_owned(),
            },
            ..self.thread(id, author, word)
        }
    }

    /// The group as an author.
    pub fn as_author(&self) -> Author {
        Author {
            uri: self.group.clone(),
            key: self.key.clone(),
        }
    }
}

impl Author {
    /// A member of a city, with their own key.
    pub fn of(city: usize, name: &str) -> Self {
        let uri = person_uri(&base_url(CITIES[city]), name);
        Self {
            key: key_of(&uri),
            uri,
        }
    }

    /// The same with another's key.
    pub fn signing_as(self, other: &Self) -> Self {
        Self {
            uri: self.uri,
            key: other.key.clone(),
        }
    }

    /// An activity, signed; `word` becomes part of its id, on the author's server.
    pub fn act(&self, word: &str, at: Timestamp, act: Act) -> Value {
        let mut value = self.unsigned(word, at, act);
        proof::sign(&mut value, &self.key, &proof_key_id(&self.uri), at).unwrap();
        value
    }

    /// An activity without proof.
    pub fn unsigned(&self, word: &str, at: Timestamp, act: Act) -> Value {
        let (scheme, rest) = self.uri.split_once("://").unwrap();
        let (host, _) = rest.split_once('/').unwrap();
        Activity {
            id: format!("{scheme}://{host}/a/{word}"),
            actor: self.uri.clone(),
            published: at,
            act,
        }
        .to_value()
    }

    /// A card that says what this author's key is.
    pub fn card(&self, word: &str, at: Timestamp) -> Value {
        let (_, name) = self.uri.rsplit_once('/').unwrap();
        let card = Card {
            id: self.uri.clone(),
            name: name.to_owned(),
            display_name: word.to_owned(),
            post: String::new(),
            summary: String::new(),
            public_key: self.key.public().to_multibase(),
            updated: at,
        };
        self.act(word, at, Act::Card(Box::new(card)))
    }
}
