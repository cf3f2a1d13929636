//! People of other software, and what they send.

use serde_json::{Value, json};
use tequio_engine::outside::{Heard, Taken};
use tequio_protocol::{
    activity::PUBLIC,
    outside::{OutsideActivity, OutsideActor},
};

use crate::world::City;

/// Somebody on a server outside the network.
#[derive(Debug, Clone)]
pub struct Stranger {
    pub uri: String,
    pub name: String,
    pub display_name: String,
}

/// When strangers publish, unless said otherwise: before anything of a world happens.
pub const PUBLISHED: &str = "2026-03-01T12:30:00Z";

impl Stranger {
    /// `https://{host}/u/{name}`.
    pub fn new(host: &str, name: &str) -> Self {
        Self {
            uri: format!("https://{host}/u/{name}"),
            name: name.to_owned(),
            display_name: format!("{name} de fuera"),
        }
    }

    fn base_url(&self) -> &str {
        self.uri.rsplit_once("/u/").unwrap().0
    }

    /// An id on this stranger's server.
    pub fn id(&self, name: &str) -> String {
        format!("{}/p/{name}", self.base_url())
    }

    /// As the stranger's server describes them.
    pub fn actor(&self) -> OutsideActor {
        OutsideActor::read(&self.document()).unwrap()
    }

    fn document(&self) -> Value {
        json!({
            "id": self.uri,
            "type": "Person",
            "preferredUsername": self.name,
            "name": self.display_name,
            "summary": "<p>Hola<script>x()</script></p>",
            "inbox": format!("{}/inbox", self.uri),
            "endpoints": { "sharedInbox": format!("{}/inbox", self.base_url()) },
        })
    }

    /// Any activity; its id from `name`.
    pub fn act(&self, name: &str, kind: &str, object: Value) -> Value {
        json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": format!("{}/activities/{name}", self.base_url()),
            "type": kind,
            "actor": self.uri,
            "to": [PUBLIC],
            "object": object,
        })
    }

    /// A public comment.
    pub fn note(&self, name: &str, parent: &str, text: &str) -> Value {
        json!({
            "id": self.id(name),
            "type": "Note",
            "attributedTo": self.uri,
            "to": [PUBLIC],
            "inReplyTo": parent,
            "content": format!("<p>{text}</p>"),
            "published": PUBLISHED,
        })
    }

    /// A public opening post in a group.
    pub fn page(&self, name: &str, group: &str, title: &str) -> Value {
        json!({
            "id": self.id(name),
            "type": "Page",
            "attributedTo": self.uri,
            "to": [group, PUBLIC],
            "audience": group,
            "name": title,
            "content": format!("<p>Sobre {title}<script>x()</script></p>"),
            "published": PUBLISHED,
        })
    }

    /// A `Create`.
    pub fn create(&self, object: Value) -> Value {
        let id = object["id"].as_str().unwrap().rsplit_once('/').unwrap().1;
        let name = format!("create-{id}");
        self.act(&name, "Create", object)
    }

    /// An `Update`.
    pub fn update(&self, name: &str, object: Value) -> Value {
        self.act(name, "Update", object)
    }

    /// A `Delete` of a post, as Lemmy writes it.
    pub fn delete(&self, name: &str, post: &str) -> Value {
        self.act(name, "Delete", json!(self.id(post)))
    }

    /// An `Undo` of a `Delete` of a post: Lemmy makes the inner one anew, with an id of its own.
    pub fn restore(&self, name: &str, post: &str) -> Value {
        let inner = self.delete(&format!("{name}-inner"), post);
        self.act(name, "Undo", inner)
    }

    /// What a gateway hands on, once the stranger has proved it.
    pub fn says(&self, body: &Value) -> Heard {
        Heard {
            activity: OutsideActivity::read(body).unwrap(),
            body: body.clone(),
            author: self.actor(),
        }
    }

    /// Sends it to a city.
    pub async fn tell(&self, city: &City, body: &Value) -> Taken {
        city.engine
            .take_outside(self.says(body), city.moment())
            .await
            .unwrap()
    }

    /// Sends what has an effect.
    pub async fn does(&self, city: &City, body: &Value) {
        assert_eq!(self.tell(city, body).await, Taken::Done, "{body:#}");
    }

    /// Sends what has none: no table changes.
    pub async fn in_vain(&self, city: &City, body: &Value) -> &'static str {
        let before = city.everything();
        let taken = self.tell(city, body).await;
        let is_same = city.everything() == before;
        assert!(is_same, "{taken:?} {body:#}");
        match taken {
            Taken::Nothing(why) => why,
            other => panic!("{other:?} {body:#}"),
        }
    }
}
