//! Two cities that know each other, and requests in parts, so that a test can spoil one.

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::header::HeaderName;
use actix_web::test::{TestRequest, call_service};
use tequio_domain::Timestamp;
use tequio_protocol::activity::main_key_id;
use tequio_protocol::http_signature::{SignedHeaders, sign};
use tequio_store::{entry, log};
use url::Url;

use super::city::{City, Network, TOPIC, clock};
use crate::sibling::Contact;

/// Two cities that know each other, without any network between them.
pub struct Pair {
    pub receiver: City,
    pub sender: City,
}

impl Pair {
    pub async fn new() -> Self {
        let network = Network::new();
        let mut sender = City::found(&network, "managua").await;
        let receiver = City::found(&network, "panama").await;
        sender.open_thread("Una pregunta").await;
        let sibling = receiver.inner().siblings.by_city("managua").unwrap();
        let key = sender.engine().identity().transport.public().clone();
        sibling.set_contact(Contact {
            inbox: Url::parse("http://managua.localhost/").unwrap(),
            key,
        });
        let pair = Self { receiver, sender };
        let group = pair.log_at(&pair.sender).await;
        pair.receiver
            .store()
            .write(move |tx| {
                tequio_store::peer::ensure(tx, "managua")?;
                let topic = tequio_store::topic::by_slug(tx.conn(), TOPIC)?;
                let id = tx.next_id()?;
                let fresh = log::Log {
                    id,
                    topic_id: topic.id,
                    head_seq: 0,
                    head_digest: String::new(),
                    known_seq: 0,
                    ..group
                };
                log::add(tx, &fresh)
            })
            .await
            .unwrap();
        pair
    }

    pub fn group(&self) -> String {
        format!("{}/t/{TOPIC}", self.sender.inner().base_url())
    }

    pub async fn log_at(&self, city: &City) -> log::Log {
        let group = self.group();
        city.store()
            .read(move |conn| log::by_group(conn, &group))
            .await
            .unwrap()
            .unwrap()
    }

    pub async fn entry(&self, seq: i64) -> String {
        let row = self.log_at(&self.sender).await;
        let read = move |conn: &mut _| entry::bodies_after(conn, row.id, seq - 1, 1);
        self.sender.store().read(read).await.unwrap().remove(0)
    }

    pub fn inbox(&self) -> Url {
        Url::parse(&format!("{}/inbox", self.receiver.inner().base_url())).unwrap()
    }

    pub fn signed(&self, body: &str, key_id: &str, at: Timestamp) -> SignedHeaders {
        let key = &self.sender.engine().identity().transport;
        sign(
            "POST",
            &self.inbox(),
            Some(body.as_bytes()),
            key_id,
            key,
            at,
        )
        .unwrap()
    }

    /// A request as the sender's courier makes it.
    pub fn request(&self, body: &str) -> Post {
        let key_id = main_key_id(&self.group());
        Post::new(body, &self.signed(body, &key_id, clock()))
    }
}

/// A request in parts, so that a test can spoil one.
#[derive(Clone)]
pub struct Post {
    pub path: &'static str,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
}

impl Post {
    pub fn new(body: &str, signed: &SignedHeaders) -> Self {
        let headers = vec![
            ("host", signed.host.clone()),
            ("date", signed.date.clone()),
            ("digest", signed.digest.clone().unwrap_or_default()),
            ("signature", signed.signature.clone()),
            ("content-type", "application/activity+json".to_owned()),
        ];
        Self {
            path: "/inbox",
            headers,
            body: body.to_owned(),
        }
    }

    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.retain(|(held, _)| *held != name);
        self.and(name, value)
    }

    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(held, _)| *held != name);
        self
    }

    pub fn and(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub fn body(mut self, body: impl Into<String>) -> Self {
        self.body = body.into();
        self
    }

    pub async fn send<S, B>(self, app: &S) -> ServiceResponse<B>
    where
        S: Service<actix_http::Request, Response = ServiceResponse<B>, Error = Error>,
        B: MessageBody,
    {
        let mut request = TestRequest::post().uri(self.path);
        for (name, value) in self.headers {
            request = request.append_header((HeaderName::from_static(name), value));
        }
        call_service(app, request.set_payload(self.body).to_request()).await
    }
}
