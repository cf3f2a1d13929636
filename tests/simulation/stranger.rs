//! People on servers outside the network, and what they send.

use serde_json::{Value, json};
use tequio_engine::outside::Heard;
use tequio_protocol::{
    activity::PUBLIC,
    outside::{OutsideActivity, OutsideActor},
};

/// Somebody outside.
#[derive(Debug, Clone)]
pub struct Stranger {
    /// Actor.
    pub uri: String,
    /// Whether the account was deleted.
    pub is_gone: bool,
    base_url: String,
    name: String,
    display_name: String,
}

impl Stranger {
    /// All that there are.
    pub fn all() -> Vec<Self> {
        [("lemmy.example", "marisol"), ("mbin.example", "pedro")]
            .map(|(host, name)| Self {
                uri: format!("https://{host}/u/{name}"),
                is_gone: false,
                base_url: format!("https://{host}"),
                name: name.to_owned(),
                display_name: format!("{name} de fuera"),
            })
            .to_vec()
    }

    /// Takes another name.
    pub fn rename(&mut self, display_name: String) {
        self.display_name = display_name;
    }

    /// As their server describes them.
    pub fn document(&self) -> Value {
        json!({
            "id": self.uri,
            "type": "Person",
            "preferredUsername": self.name,
            "name": self.display_name,
            "inbox": format!("{}/inbox", self.uri),
            "endpoints": { "sharedInbox": format!("{}/inbox", self.base_url) },
        })
    }

    /// Read from their document.
    pub fn actor(&self) -> OutsideActor {
        OutsideActor::read(&self.document()).unwrap()
    }

    /// An id on their server.
    pub fn id(&self, word: &str) -> String {
        format!("{}/p/{word}", self.base_url)
    }

    /// An activity; its id from `word`.
    pub fn act(&self, word: &str, kind: &str, object: Value) -> Value {
        json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": format!("{}/activities/{word}", self.base_url),
            "type": kind,
            "actor": self.uri,
            "to": [PUBLIC],
            "object": object,
        })
    }

    /// A public comment.
    pub fn note(&self, id: &str, parent: &str, word: &str, published: &str) -> Value {
        json!({
            "id": id,
            "type": "Note",
            "attributedTo": self.uri,
            "to": [PUBLIC],
            "inReplyTo": parent,
            "content": format!("<p>{word}</p>"),
            "published": published,
        })
    }

    /// A public opening post in a group.
    pub fn page(&self, id: &str, group: &str, title: &str, word: &str, published: &str) -> Value {
        json!({
            "id": id,
            "type": "Page",
            "attributedTo": self.uri,
            "to": [group, PUBLIC],
            "audience": group,
            "name": title,
            "content": format!("<p>{word}</p>"),
            "published": published,
        })
    }

    /// What a gateway hands on, once they have proved it.
    pub fn says(&self, body: &Value) -> Heard {
        Heard {
            activity: OutsideActivity::read(body).unwrap(),
            body: body.clone(),
            author: self.actor(),
        }
    }
}
