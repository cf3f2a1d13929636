//! A forum on NodeBB 4.15.1, scripted: its documents and requests member by member as it made them beside two
//! cities on one machine in November 2026; names, texts and times are made up.

use std::sync::atomic::{AtomicI64, Ordering};

use serde_json::{Value, json};
use tequio_protocol::activity::PUBLIC;
use tequio_protocol::http_signature::{Format, sign_as};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use url::Url;

use super::super::city::{City, clock};
use super::super::hostile::stranger::{Bytes, inbox, outgoing};
use super::super::peer::Peer;
use super::super::world::World;

const AS: &str = "https://www.w3.org/ns/activitystreams";
/// As it asks for documents, and calls what it posts.
const LD: &str = "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"";

/// The forum and two cities. User 2 is marisol, 3 is tomas; category 5 is "Agua y saneamiento".
pub struct Forum {
    pub world: World,
    pub category: String,
}

impl Forum {
    pub async fn open() -> Self {
        let world = World::new("nodebb").await;
        let category = world.peer.at("/category/5");
        let forum = Self { world, category };
        for (uid, name) in [(2, "marisol"), (3, "tomas")] {
            let id = forum.user(uid);
            let mut actor = forum.actor(&id, name, "Person");
            actor["url"] = json!(forum.peer().at(&format!("/user/{name}")));
            actor["followers"] = json!(format!("{id}/followers"));
            actor["following"] = json!(format!("{id}/following"));
            actor["published"] = json!("2026-03-02T01:21:42.897Z");
            actor["attachment"] = json!([]);
            let cover = forum.peer().at("/assets/images/cover-default.png");
            actor["image"] = json!({ "type": "Image", "mediaType": null, "url": cover });
            forum.peer().serve(&actor);
        }
        forum.peer().serve(&forum.category_document());
        forum.introduce();
        forum
    }

    /// NodeInfo, of version 2.0 only, and WebFinger.
    fn introduce(&self) {
        let (peer, json) = (self.peer(), "application/json; charset=utf-8");
        let rel = "http://nodeinfo.diaspora.software/ns/schema/2.0";
        let links = json!({ "links": [{ "rel": rel, "href": peer.at("/nodeinfo/2.0") }] });
        let address = peer.at("/.well-known/nodeinfo");
        peer.say(&address, 200, json, links.to_string());
        let nodeinfo = json!({
            "version": "2.0",
            "software": { "name": "NodeBB", "version": "4.15.1" },
            "protocols": ["activitypub"],
            "services": { "outbound": [], "inbound": [] },
            "usage": { "users": { "total": "3", "activeMonth": 3, "activeHalfyear": 3 },
                       "localPosts": "4", "localComments": 0 },
            "openRegistrations": true,
            "metadata": { "nodeName": "NodeBB", "nodeDescription": "", "federation": { "enabled": true } },
        });
        peer.say(&peer.at("/nodeinfo/2.0"), 200, json, nodeinfo.to_string());
        let host = peer.base.trim_start_matches("http://");
        let account = format!("acct:agua-y-saneamiento@{host}");
        let said = json!({
            "subject": account,
            "aliases": [format!("{}/agua-y-saneamiento", self.category)],
            "links": [{ "rel": "self", "type": "application/activity+json", "href": self.category }],
        });
        let mut finger = Url::parse(&peer.at("/.well-known/webfinger")).unwrap();
        finger.query_pairs_mut().append_pair("resource", &account);
        peer.say(finger.as_str(), 200, json, said.to_string());
    }

    pub fn peer(&self) -> &Peer {
        &self.world.peer
    }

    pub fn user(&self, uid: u32) -> String {
        self.peer().at(&format!("/uid/{uid}"))
    }

    pub fn post_id(&self, pid: u32) -> String {
        self.peer().at(&format!("/post/{pid}"))
    }

    fn actor(&self, id: &str, name: &str, kind: &str) -> Value {
        json!({
            "@context": [AS, "https://w3id.org/security/v1"],
            "id": id,
            "inbox": format!("{id}/inbox"),
            "outbox": format!("{id}/outbox"),
            "type": kind,
            "name": name,
            "preferredUsername": name,
            "summary": "",
            "publicKey": {
                "id": format!("{id}#key"),
                "owner": id,
                "publicKeyPem": self.peer().key().public().to_pem().unwrap(),
            },
            "endpoints": { "sharedInbox": self.peer().at("/inbox") },
        })
    }

    /// A category has no collection of followers.
    pub fn category_document(&self) -> Value {
        let mut actor = self.actor(&self.category, "agua-y-saneamiento", "Group");
        actor["@context"] = json!([
            AS,
            "https://w3id.org/security/v1",
            "https://join-lemmy.org/context.json"
        ]);
        actor["name"] = json!("Agua y saneamiento");
        actor["url"] = json!(format!("{}/agua-y-saneamiento", self.category));
        actor["attributedTo"] = json!(format!("{}/moderators", self.category));
        actor["summary"] = json!("<p dir=\"auto\">Filtros y tarifas</p>\n");
        let icon = self
            .peer()
            .at("/assets/uploads/category/category-5-icon.png");
        actor["icon"] = json!({ "type": "Image", "mediaType": "image/png", "url": icon });
        actor["postingRestrictedToMods"] = json!(false);
        actor
    }

    /// A reply of user 2 in a topic whose category is `audience`, and which others take part in; served. Its
    /// `name` is the title of the topic.
    pub fn reply(&self, pid: u32, audience: &str, parent: &str, others: &[&str]) -> Value {
        let (id, author) = (self.post_id(pid), self.user(2));
        let mut cc = vec![format!("{author}/followers")];
        cc.extend(others.iter().map(|other| format!("{other}/followers")));
        cc.extend(others.iter().map(|other| (*other).to_owned()));
        let mut to = vec![PUBLIC];
        to.extend(others.first());
        to.push(audience);
        let note = json!({
            "@context": AS,
            "id": id,
            "type": "Note",
            "to": to,
            "cc": cc,
            "inReplyTo": parent,
            "name": "Una pregunta",
            "published": "2026-03-02T01:55:39.202Z",
            "url": id,
            "attributedTo": author,
            "context": self.peer().at("/topic/103a0992-bcbf-40c1-abf9-54734adcc42b"),
            "audience": audience,
            "content": "<p>Se cobra por <em>vivienda</em>.</p>\n",
            "source": { "content": "Se cobra por *vivienda*.", "mediaType": "text/markdown" },
            "tag": [{ "type": "Mention", "href": audience, "name": "@agua@managua.example" }],
            "attachment": [],
            "replies": format!("{id}/replies"),
        });
        self.peer().serve(&note);
        note
    }

    /// The opening post of a topic of user 2; served.
    pub fn topic(&self, pid: u32, audience: &str, name: &str) -> Value {
        let (id, author) = (self.post_id(pid), self.user(2));
        let article = json!({
            "@context": AS,
            "id": id,
            "type": "Article",
            "to": [PUBLIC, audience],
            "cc": [format!("{author}/followers")],
            "name": name,
            "published": format!("2026-03-02T01:57:{pid:02}.216Z"),
            "url": id,
            "attributedTo": author,
            "context": self.peer().at(&format!("/topic/{pid}")),
            "audience": audience,
            "summary": "<p>Buscamos una <strong>pequeña</strong>.</p>",
            "preview": {
                "type": "Note",
                "attributedTo": author,
                "content": "<p>Buscamos una <strong>pequeña</strong>.</p>\n",
                "published": "2026-03-02T01:57:28.216Z",
                "attachment": [],
            },
            "content": "<p>Buscamos una <strong>pequeña</strong>.</p>\n",
            "source": { "content": "Buscamos una **pequeña**.", "mediaType": "text/markdown" },
            "tag": [{ "type": "Hashtag", "href": self.peer().at("/tags/bombas"), "name": "#bombas" }],
            "attachment": [],
            "replies": format!("{id}/replies"),
        });
        self.peer().serve(&article);
        article
    }

    /// `Create`, `Update` of a post by its author.
    pub fn act(&self, kind: &str, object: &Value) -> Value {
        let verb = kind.to_ascii_lowercase();
        let id = object["id"].as_str().unwrap();
        json!({
            "@context": AS,
            "actor": object["attributedTo"],
            "id": format!("{id}#activity/{verb}/1795658139312"),
            "type": kind,
            "to": object["to"],
            "cc": object["cc"],
            "object": object,
        })
    }

    /// The soft deletion of a post, whose `to` is empty.
    pub fn deletion(&self, object: &Value) -> Value {
        let id = object["id"].as_str().unwrap();
        json!({
            "@context": AS,
            "actor": object["attributedTo"],
            "id": format!("{id}#activity/delete/1795658223108"),
            "type": "Delete",
            "to": [],
            "cc": object["cc"],
            "object": id,
            "origin": object["context"],
        })
    }

    /// `Like` and `Dislike`: the same id each time.
    pub fn vote(&self, kind: &str, object: &str, author: &str) -> Value {
        let user = self.user(2);
        let verb = kind.to_ascii_lowercase();
        json!({
            "@context": AS,
            "actor": user,
            "id": format!("{user}#activity/{verb}/{}", encoded(object)),
            "type": kind,
            "to": [PUBLIC],
            "cc": [author],
            "object": object,
        })
    }

    /// A vote taken back: addressed to nobody.
    pub fn unvote(&self, vote: &Value) -> Value {
        let user = self.user(2);
        let object = vote["object"].as_str().unwrap();
        json!({
            "@context": AS,
            "actor": user,
            "id": format!("{user}#activity/undo:like/{}/1795658222409", encoded(object)),
            "type": "Undo",
            "object": {
                "actor": user,
                "id": vote["id"],
                "type": vote["type"],
                "object": object,
            },
        })
    }

    pub fn follow(&self, actor: &str, path: &str, followed: &str) -> Value {
        let id = self.peer().at(path);
        json!({
            "@context": AS,
            "actor": actor,
            "id": format!("{id}#activity/follow/{}/1795658102505", encoded(followed)),
            "type": "Follow",
            "to": [followed],
            "object": followed,
        })
    }

    pub fn unfollow(&self, follow: &Value) -> Value {
        let id = follow["id"].as_str().unwrap();
        json!({
            "@context": AS,
            "actor": follow["actor"],
            "id": id.replace("#activity/follow", "#activity/undo:follow"),
            "type": "Undo",
            "to": follow["to"],
            "object": {
                "id": id,
                "type": "Follow",
                "object": follow["object"],
                "actor": follow["actor"],
            },
        })
    }

    /// What the category tells its followers: a post as it is, or an activity.
    pub fn announce(&self, of: u32, tail: &str, author: &str, object: &Value) -> Value {
        json!({
            "@context": AS,
            "actor": self.category,
            "id": format!("{}#activity/announce/{tail}", self.post_id(of)),
            "type": "Announce",
            "to": [format!("{}/followers", self.category)],
            "cc": [author, PUBLIC],
            "object": object,
        })
    }

    /// Posts an activity to the shared inbox of a city as NodeBB does, under the key of its actor.
    pub async fn post(&self, city: &City, activity: &Value) -> u16 {
        let (url, body) = (inbox(city), activity.to_string());
        let key_id = format!("{}#key", activity["actor"].as_str().unwrap());
        // A second apart: the same words in the same second would be one request sent twice.
        static SENT: AtomicI64 = AtomicI64::new(0);
        let mut request = outgoing(&url, &body, &key_id);
        request.at = clock().plus_seconds(-SENT.fetch_add(1, Ordering::Relaxed));
        let signed = sign_as(&request, self.peer().key(), Format::Cavage).unwrap();
        let mut request = Bytes::new(&signed, body.clone());
        for (name, value) in &mut request.headers {
            if name == "content-type" {
                *value = LD.as_bytes().to_vec();
            }
        }
        request.send(city).await
    }
}

/// Asks a city for a document in NodeBB's words.
pub async fn ask(address: &str) -> Value {
    let url = Url::parse(address).unwrap();
    let mut line = TcpStream::connect(("127.0.0.1", url.port().unwrap()))
        .await
        .unwrap();
    let target = &url[url::Position::BeforePath..];
    let host = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let request = format!(
        "GET {target} HTTP/1.1\r\nhost: {host}\r\naccept: {LD}\r\ncontent-type: application/json\r\n\
         user-agent: NodeBB/4.x (https://foro.example)\r\nconnection: close\r\n\r\n"
    );
    line.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    line.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(
        head.starts_with("HTTP/1.1 200") && head.contains("json"),
        "{address}: {head}"
    );
    serde_json::from_str(body).unwrap()
}

/// As JavaScript's `encodeURIComponent` has it.
fn encoded(text: &str) -> String {
    text.replace(':', "%3A").replace('/', "%2F")
}
