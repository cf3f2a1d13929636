//! A server of other software, for tests: real keys, real HTTP, and documents as a test writes them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use bytes::Bytes;
use serde_json::{Value, json};
use tequio_protocol::activity::PUBLIC;
use tequio_protocol::keys::RsaPrivateKey;
use url::Url;

use super::city::{City, clock};
use crate::address::Policy;
use crate::fetcher::{ExtraRoots, Fetcher, Signer};

const ACTIVITY: &str = "application/activity+json";

/// A server that serves what it was given and remembers what it was asked.
pub struct Peer {
    /// `http://name.localhost:port`.
    pub base: String,
    key: RsaPrivateKey,
    fetcher: Fetcher,
    state: Arc<State>,
    server: actix_web::dev::ServerHandle,
}

#[derive(Default)]
struct State {
    documents: Mutex<HashMap<String, (u16, &'static str, String)>>,
    asked: Mutex<Vec<String>>,
    came: Mutex<Vec<Value>>,
}

impl Peer {
    pub fn start(name: &str) -> Self {
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        let server = HttpServer::new(move || {
            App::new()
                .app_data(web::Data::from(Arc::clone(&shared)))
                .default_service(web::to(answer))
        })
        .workers(1)
        .disable_signals()
        .shutdown_timeout(0)
        .bind("127.0.0.1:0")
        .unwrap();
        let port = server.addrs()[0].port();
        let server = server.run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        let base = format!("http://{name}.localhost:{port}");
        let key = RsaPrivateKey::generate().unwrap();
        let signer = Signer {
            key_id: format!("{base}/u/nobody#main-key"),
            key: key.clone(),
        };
        let fetcher = Fetcher::new(
            Policy::Loopback,
            "Peer/1",
            signer,
            ExtraRoots::default(),
            clock,
        )
        .unwrap();
        Self {
            base,
            key,
            fetcher,
            state,
            server: handle,
        }
    }

    pub async fn stop(&self) {
        self.server.stop(false).await;
    }

    /// The address of a path here.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Serves a document at the path of its id.
    pub fn serve(&self, document: &Value) {
        let id = document["id"].as_str().unwrap();
        self.say(id, 200, ACTIVITY, document.to_string());
    }

    /// Serves something else at an address.
    pub fn say(&self, id: &str, status: u16, kind: &'static str, body: String) {
        let path = id.strip_prefix(&self.base).unwrap().to_owned();
        let mut documents = self.state.documents.lock().unwrap();
        documents.insert(path, (status, kind, body));
    }

    /// From now on this is gone.
    pub fn bury(&self, id: &str) {
        let tombstone = json!({ "id": id, "type": "Tombstone" });
        self.say(id, 410, ACTIVITY, tombstone.to_string());
    }

    /// What `acct:name@host` leads to, in the words of this server.
    pub fn finger(&self, account: &str, subject: &str, actor: &str) {
        let links = json!([
            { "rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": self.at("/") },
            { "rel": "self", "type": ACTIVITY, "href": actor },
        ]);
        let said = json!({ "subject": subject, "links": links }).to_string();
        let mut url = Url::parse(&self.at("/.well-known/webfinger")).unwrap();
        url.query_pairs_mut().append_pair("resource", account);
        self.say(url.as_str(), 200, "application/jrd+json", said);
    }

    /// An actor with this server's key, served.
    pub fn actor(&self, kind: &str, path: &str) -> String {
        let id = self.at(path);
        self.serve(&self.actor_document(kind, &id));
        id
    }

    pub fn key(&self) -> &RsaPrivateKey {
        &self.key
    }

    pub fn actor_document(&self, kind: &str, id: &str) -> Value {
        let name = id.rsplit('/').next().unwrap();
        json!({
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": id,
            "type": kind,
            "preferredUsername": name,
            "name": format!("Sra. {name}"),
            "inbox": format!("{id}/inbox"),
            "outbox": format!("{id}/outbox"),
            "endpoints": { "sharedInbox": self.at("/inbox") },
            "publicKey": {
                "id": format!("{id}#main-key"),
                "owner": id,
                "publicKeyPem": self.key.public().to_pem().unwrap(),
            },
        })
    }

    /// Posts an activity to a city's shared inbox, signed by `signer`; answers the status.
    pub async fn post_as(&self, signer: &str, city: &City, activity: &Value) -> u16 {
        let inbox = Url::parse(&format!("{}/inbox", city.inner().base_url())).unwrap();
        let body = Bytes::from(activity.to_string());
        let key_id = format!("{signer}#main-key");
        let answer = self.fetcher.deliver(&inbox, body, &key_id).await;
        answer.unwrap().status
    }

    /// Posts an activity, signed by its actor.
    pub async fn post(&self, city: &City, activity: &Value) -> u16 {
        let actor = activity["actor"].as_str().unwrap();
        self.post_as(actor, city, activity).await
    }

    /// How often a document was asked for.
    pub fn times_asked(&self, id: &str) -> usize {
        let path = id.strip_prefix(&self.base).unwrap();
        let asked = self.state.asked.lock().unwrap();
        asked.iter().filter(|held| *held == path).count()
    }

    /// How often anything was asked for.
    pub fn times_asked_at_all(&self) -> usize {
        self.times_asked_below("/")
    }

    /// How often any document was asked for whose path begins so: what is looked up beside it at
    /// its own time, as a nodeinfo, does not count.
    pub fn times_asked_below(&self, path: &str) -> usize {
        let asked = self.state.asked.lock().unwrap();
        asked.iter().filter(|held| held.starts_with(path)).count()
    }

    /// What was posted to any inbox here.
    pub fn came(&self) -> Vec<Value> {
        self.state.came.lock().unwrap().clone()
    }
}

async fn answer(request: HttpRequest, body: Bytes, state: web::Data<State>) -> HttpResponse {
    if request.method() == actix_web::http::Method::POST {
        let body = serde_json::from_slice(&body).unwrap();
        state.came.lock().unwrap().push(body);
        return HttpResponse::Accepted().finish();
    }
    let path = request.uri().path_and_query().unwrap().as_str().to_owned();
    let found = state.documents.lock().unwrap().get(&path).cloned();
    state.asked.lock().unwrap().push(path);
    match found {
        Some((status, kind, body)) => {
            let status = actix_web::http::StatusCode::from_u16(status).unwrap();
            let mut response = HttpResponse::build(status);
            if status.is_redirection() {
                return response.insert_header(("location", body)).finish();
            }
            response.content_type(kind).body(body)
        }
        None => HttpResponse::NotFound().finish(),
    }
}

/// An activity, to the public and the named ones, as Lemmy writes it.
pub fn activity(kind: &str, id: &str, actor: &str, object: Value, group: &str) -> Value {
    json!({
        "@context": ["https://join-lemmy.org/context.json", "https://www.w3.org/ns/activitystreams"],
        "id": id,
        "type": kind,
        "actor": actor,
        "to": [PUBLIC],
        "cc": [group],
        "audience": group,
        "object": object,
    })
}

/// A Lemmy post.
pub fn page(id: &str, author: &str, group: &str, name: &str) -> Value {
    json!({
        "type": "Page",
        "id": id,
        "attributedTo": author,
        "to": [group, PUBLIC],
        "cc": [],
        "audience": group,
        "name": name,
        "content": "<p>Busco un filtro <strong>barato</strong>.</p>\n",
        "mediaType": "text/html",
        "source": { "content": "Busco un filtro **barato**.", "mediaType": "text/markdown" },
        "attachment": [],
        "sensitive": false,
        "published": "2026-03-01T12:00:00.123456Z",
        "language": { "identifier": "es", "name": "Español" },
    })
}

/// A Lemmy comment.
pub fn note(id: &str, author: &str, group: &str, parent: &str, content: &str) -> Value {
    json!({
        "type": "Note",
        "id": id,
        "attributedTo": author,
        "to": [PUBLIC],
        "cc": [group],
        "audience": group,
        "content": content,
        "inReplyTo": parent,
        "mediaType": "text/html",
        "published": "2026-03-01T12:30:00.654321Z",
        "tag": [],
        "attachment": [],
    })
}
