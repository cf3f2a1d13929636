//! A server of somebody else: its documents, its keys, and its requests as bytes.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tequio_protocol::http_signature::{Format, Outgoing, sign_as, sign_message};
use tequio_protocol::keys::{Ed25519PrivateKey, RsaPrivateKey};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

use crate::tests::city::{City, clock};

/// Status and headers (each with its line end) and body of an answer.
type Answer = (u16, String, String);

pub struct Stranger {
    pub base: String,
    pub rsa: RsaPrivateKey,
    pub ed25519: Ed25519PrivateKey,
    answers: Arc<Mutex<HashMap<String, Answer>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Stranger {
    /// A server at `{name}.localhost` with the actors `/u/x` and `/u/y`.
    pub async fn new(name: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let stranger = Self {
            base: format!("http://{name}.localhost:{port}"),
            rsa: RsaPrivateKey::generate().unwrap(),
            ed25519: Ed25519PrivateKey::generate().unwrap(),
            answers: Arc::default(),
            asked: Arc::default(),
        };
        for actor in ["x", "y"] {
            stranger.publish(&format!("/u/{actor}"), &stranger.document(actor));
        }
        let (answers, asked) = (Arc::clone(&stranger.answers), Arc::clone(&stranger.asked));
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(answer(connection, Arc::clone(&answers), Arc::clone(&asked)));
            }
        });
        stranger
    }

    pub fn actor(&self, name: &str) -> String {
        format!("{}/u/{name}", self.base)
    }

    fn document(&self, name: &str) -> Value {
        let id = self.actor(name);
        json!({
            "id": id, "type": "Person", "preferredUsername": name, "inbox": format!("{id}/inbox"),
            "publicKey": {
                "id": format!("{id}#main-key"), "owner": id,
                "publicKeyPem": self.rsa.public().to_pem().unwrap(),
            },
            "assertionMethod": [{
                "id": format!("{id}#ed25519-key"), "type": "Multikey", "controller": id,
                "publicKeyMultibase": self.ed25519.public().to_multibase(),
            }],
        })
    }

    pub fn publish(&self, path: &str, document: &Value) {
        let kind = "Content-Type: application/activity+json\r\n".to_owned();
        self.say(path, (200, kind, document.to_string()));
    }

    pub fn say(&self, path: &str, answer: Answer) {
        self.answers.lock().unwrap().insert(path.to_owned(), answer);
    }

    /// Paths that were asked for since the last time.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }

    /// A request to the inbox of a city, signed with RSA as `actor`.
    pub fn post(&self, city: &City, actor: &str, format: Format, body: &Value) -> Bytes {
        let (url, body) = (inbox(city), body.to_string());
        let key_id = format!("{}#main-key", self.actor(actor));
        let request = outgoing(&url, &body, &key_id);
        Bytes::new(&sign_as(&request, &self.rsa, format).unwrap(), body)
    }

    /// The same with Ed25519.
    pub fn post_ed25519(&self, city: &City, actor: &str, body: &Value) -> Bytes {
        let (url, body) = (inbox(city), body.to_string());
        let key_id = format!("{}#ed25519-key", self.actor(actor));
        let request = outgoing(&url, &body, &key_id);
        Bytes::new(&sign_message(&request, &self.ed25519).unwrap(), body)
    }
}

pub fn inbox(city: &City) -> Url {
    Url::parse(&format!("{}/inbox", city.inner().base_url())).unwrap()
}

pub fn outgoing<'a>(url: &'a Url, body: &'a str, key_id: &'a str) -> Outgoing<'a> {
    Outgoing {
        method: "POST",
        url,
        body: Some(body.as_bytes()),
        key_id,
        at: clock(),
    }
}

async fn answer(
    mut connection: TcpStream,
    answers: Arc<Mutex<HashMap<String, Answer>>>,
    asked: Arc<Mutex<Vec<String>>>,
) {
    let mut request = [0; 8192];
    let read = connection.read(&mut request).await.unwrap_or(0);
    let text = String::from_utf8_lossy(&request[..read]).into_owned();
    let path = text.split(' ').nth(1).unwrap_or_default().to_owned();
    let held = answers.lock().unwrap().get(&path).cloned();
    asked.lock().unwrap().push(path);
    let (status, headers, body) = held.unwrap_or((404, String::new(), String::new()));
    let length = body.len();
    let head = format!("HTTP/1.1 {status} x\r\nConnection: close\r\nContent-Length: {length}");
    let whole = format!("{head}\r\n{headers}\r\n{body}");
    connection.write_all(whole.as_bytes()).await.ok();
}

/// A request in parts, to be sent as it is.
#[derive(Clone)]
pub struct Bytes {
    pub path: &'static str,
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: String,
}

impl Bytes {
    pub fn new(signed: &tequio_protocol::http_signature::SignedHeaders, body: String) -> Self {
        let mut headers: Vec<(String, Vec<u8>)> = signed
            .iter()
            .map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec()))
            .collect();
        headers.push(("content-type".into(), b"application/activity+json".to_vec()));
        headers.push(("content-length".into(), body.len().to_string().into_bytes()));
        Self {
            path: "/inbox",
            headers,
            body,
        }
    }

    /// As from this address, by the word of a proxy.
    pub fn from(mut self, n: usize) -> Self {
        let address = format!("203.0.{}.{}", n / 256 % 256, n % 256);
        self.headers
            .push(("x-forwarded-for".into(), address.into_bytes()));
        self
    }

    pub fn head(&self) -> Vec<u8> {
        let mut bytes = format!("POST {} HTTP/1.1\r\n", self.path).into_bytes();
        for (name, value) in &self.headers {
            bytes.extend_from_slice(name.as_bytes());
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(value);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(b"\r\n");
        bytes
    }

    pub fn whole(&self) -> Vec<u8> {
        let mut bytes = self.head();
        bytes.extend_from_slice(self.body.as_bytes());
        bytes
    }

    /// Sends it on a connection of its own; the status.
    pub async fn send(&self, city: &City) -> u16 {
        let mut line = Line::to(city).await;
        line.write(&self.whole()).await;
        line.status().await
    }
}

/// A connection to a city.
pub struct Line(TcpStream);

impl Line {
    pub async fn to(city: &City) -> Self {
        let port = inbox(city).port().unwrap();
        Self(TcpStream::connect(("127.0.0.1", port)).await.unwrap())
    }

    pub async fn write(&mut self, bytes: &[u8]) {
        // Whoever refuses early may hang up before everything is written.
        self.0.write_all(bytes).await.ok();
    }

    /// Reads one whole answer.
    pub async fn status(&mut self) -> u16 {
        let mut text = String::new();
        loop {
            let mut piece = [0; 4096];
            let read = self.0.read(&mut piece).await.unwrap_or(0);
            assert!(read > 0, "no answer: {text}");
            write!(text, "{}", String::from_utf8_lossy(&piece[..read])).unwrap();
            let Some((head, body)) = text.split_once("\r\n\r\n") else {
                continue;
            };
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(": ")?;
                let is_it = name.eq_ignore_ascii_case("content-length");
                is_it.then(|| value.parse::<usize>().unwrap())
            });
            if body.len() >= length.unwrap_or(0) {
                return head.split(' ').nth(1).unwrap().parse().unwrap();
            }
        }
    }
}
