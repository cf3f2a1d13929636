//! A server of another software, scripted: says what it runs, takes deliveries whose signature holds,
//! and answers as it is told.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use serde_json::{Value, json};
use tequio_domain::Timestamp;
use tequio_protocol::http_signature::{self, Request};
use tequio_protocol::keys::RsaPublicKey;
use tequio_store::outside::{follower, outgoing, server};
use tokio::net::TcpSocket;

use super::city::{City, clock};

/// One delivery that was signed well.
#[derive(Debug, Clone)]
pub struct Received {
    pub path: String,
    pub key_id: String,
    pub body: Value,
}

impl Received {
    pub fn kind(&self) -> &str {
        self.body["type"].as_str().unwrap()
    }

    /// `Announce Create`, `Announce`, `Undo Announce`, …
    pub fn kinds(&self) -> String {
        let inner = self.body["object"]["type"].as_str().unwrap_or_default();
        format!("{} {inner}", self.kind()).trim().to_owned()
    }
}

#[derive(Default)]
struct Book {
    received: Vec<Received>,
    refused: u32,
    answers: VecDeque<(u16, String)>,
}

/// The server.
pub struct Receiver {
    pub host: String,
    software: &'static str,
    city: (String, RsaPublicKey),
    book: Arc<Mutex<Book>>,
    socket: Option<TcpSocket>,
}

impl Receiver {
    /// Of a software; it refuses connections until it is started. It believes one city.
    pub fn new(software: &'static str, city: &City) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let port = socket.local_addr().unwrap().port();
        let me = city.engine().identity();
        Self {
            host: format!("{software}.localhost:{port}"),
            software,
            city: (me.base_url.clone(), me.transport.public().clone()),
            book: Arc::default(),
            socket: Some(socket),
        }
    }

    pub fn started(software: &'static str, city: &City) -> Self {
        let mut receiver = Self::new(software, city);
        receiver.start();
        receiver
    }

    pub fn start(&mut self) {
        let listener = self.socket.take().unwrap().listen(64).unwrap();
        let (host, software) = (self.host.clone(), self.software);
        let (book, city) = (Arc::clone(&self.book), self.city.clone());
        let server = HttpServer::new(move || {
            App::new()
                .app_data(web::Data::new((host.clone(), software)))
                .app_data(web::Data::new(city.clone()))
                .app_data(web::Data::from(Arc::clone(&book)))
                .route("/.well-known/nodeinfo", web::get().to(links))
                .route("/nodeinfo/2.0", web::get().to(nodeinfo))
                .route("/u/marisol", web::get().to(actor))
                .default_service(web::post().to(inbox))
        })
        .workers(1)
        .disable_signals()
        .shutdown_timeout(1)
        .listen(listener.into_std().unwrap())
        .unwrap()
        .run();
        actix_web::rt::spawn(server);
    }

    /// What comes next is answered so, once each.
    pub fn answer(&self, status: u16, body: &str) {
        let mut book = self.book.lock().unwrap();
        book.answers.push_back((status, body.to_owned()));
    }

    pub fn received(&self) -> Vec<Received> {
        self.book.lock().unwrap().received.clone()
    }

    pub fn kinds(&self) -> Vec<String> {
        self.received().iter().map(Received::kinds).collect()
    }

    pub fn refused(&self) -> u32 {
        self.book.lock().unwrap().refused
    }

    pub fn inbox(&self) -> String {
        format!("http://{}/inbox", self.host)
    }

    /// Somebody there follows an actor of a city from now on, and the answer waits to be delivered.
    pub async fn follows(&self, city: &City, followed: &str) {
        self.follows_since(city, followed, clock()).await;
    }

    pub async fn follows_since(&self, city: &City, followed: &str, at: Timestamp) {
        let actor_uri = format!("http://{}/u/marisol", self.host);
        let follow = json!({ "type": "Follow", "id": format!("{actor_uri}/follow"),
            "actor": actor_uri, "object": followed });
        let id = format!("{followed}#accept");
        let accept = tequio_protocol::outside::write::accept(&id, followed, &follow);
        let row = follower::Follower {
            followed_uri: followed.to_owned(),
            follow_uri: format!("{actor_uri}/follow"),
            host: self.host.clone(),
            inbox: format!("{actor_uri}/inbox"),
            shared_inbox: self.inbox(),
            created_at: at.micros(),
            actor_uri,
        };
        city.store()
            .write(move |tx| {
                server::ensure(tx, &row.host)?;
                follower::put(tx, &row)?;
                let letter = outgoing::Outgoing {
                    id: tx.next_id()?,
                    host: row.host.clone(),
                    inbox: row.inbox.clone(),
                    actor_uri: row.followed_uri.clone(),
                    body: accept.to_string(),
                    created_at: row.created_at,
                };
                outgoing::add(tx, &letter)
            })
            .await
            .unwrap();
    }
}

async fn links(about: web::Data<(String, &'static str)>) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "links": [{
        "rel": "http://nodeinfo.diaspora.software/ns/schema/2.0",
        "href": format!("http://{}/nodeinfo/2.0", about.0),
    }]}))
}

async fn nodeinfo(about: web::Data<(String, &'static str)>) -> HttpResponse {
    let software = json!({ "name": about.1, "version": "1" });
    HttpResponse::Ok().json(json!({ "version": "2.0", "software": software }))
}

async fn actor(about: web::Data<(String, &'static str)>) -> HttpResponse {
    let id = format!("http://{}/u/marisol", about.0);
    let document = json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": id,
        "type": "Person",
        "preferredUsername": "marisol",
        "inbox": format!("{id}/inbox"),
        "endpoints": { "sharedInbox": format!("http://{}/inbox", about.0) },
    });
    HttpResponse::Ok()
        .content_type("application/activity+json")
        .body(document.to_string())
}

async fn inbox(
    request: HttpRequest,
    bytes: web::Bytes,
    about: web::Data<(String, &'static str)>,
    city: web::Data<(String, RsaPublicKey)>,
    book: web::Data<Mutex<Book>>,
) -> HttpResponse {
    let headers: Vec<(&str, &[u8])> = request
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_bytes()))
        .collect();
    let plain = Request {
        method: "POST",
        target: request.path(),
        scheme: "http",
        hosts: &[&about.0],
        headers: &headers,
        body: &bytes,
    };
    let body: Value = serde_json::from_slice(&bytes).unwrap();
    let key_id = http_signature::parse(&plain, clock())
        .ok()
        .filter(|parsed| parsed.verify(&city.1).is_ok())
        .map(|parsed| parsed.key_id().to_owned());
    let mut book = book.lock().unwrap();
    // As they all do: the key must be the actor's, and the actor of that city.
    let owner = key_id
        .as_deref()
        .and_then(|id| id.strip_suffix("#main-key"));
    let is_good = owner.is_some() && owner == body["actor"].as_str();
    if !is_good || !owner.is_some_and(|owner| owner.starts_with(&city.0)) {
        book.refused += 1;
        return HttpResponse::Unauthorized().finish();
    }
    let (status, text) = book.answers.pop_front().unwrap_or((202, String::new()));
    if status < 300 {
        book.received.push(Received {
            path: request.path().to_owned(),
            key_id: key_id.unwrap_or_default(),
            body,
        });
    }
    HttpResponse::build(status.try_into().unwrap()).body(text)
}
