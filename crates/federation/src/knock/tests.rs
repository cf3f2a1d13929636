use std::sync::Arc;

use tequio_protocol::http_signature::{self, Request};
use tequio_protocol::keys::RsaPrivateKey;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::address::Policy;
use crate::fetcher::{ExtraRoots, Signer};
use crate::tests::city::clock;

/// A server that takes one format of signatures (verified, not guessed), or none.
struct Picky {
    inbox: Url,
    asked: Arc<Mutex<Vec<Format>>>,
}

impl Picky {
    async fn new(takes: Option<Format>, refusal: &'static str, key: &RsaPrivateKey) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (seen, key) = (Arc::clone(&asked), key.clone());
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let format = answer(connection, takes, refusal, &key).await;
                seen.lock().unwrap().push(format);
            }
        });
        Self {
            inbox: Url::parse(&format!("http://otra.localhost:{port}/inbox?x=1")).unwrap(),
            asked,
        }
    }

    fn asked(&self) -> Vec<Format> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

async fn answer(
    mut connection: TcpStream,
    takes: Option<Format>,
    refusal: &str,
    key: &RsaPrivateKey,
) -> Format {
    let mut bytes = Vec::new();
    let (head, body) = loop {
        let mut piece = [0; 4096];
        let read = connection.read(&mut piece).await.unwrap();
        assert!(read > 0, "the request breaks off");
        bytes.extend_from_slice(&piece[..read]);
        let text = String::from_utf8(bytes.clone()).unwrap();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let is_whole = head.starts_with("GET") || body == "{}";
        if is_whole {
            break (head.to_owned(), body.to_owned());
        }
    };
    let (line, rest) = head.split_once("\r\n").unwrap();
    let mut line = line.split(' ');
    let headers: Vec<(&str, &[u8])> = rest
        .split("\r\n")
        .map(|line| line.split_once(": ").unwrap())
        .map(|(name, value)| (name, value.as_bytes()))
        .collect();
    let host = headers.iter().find(|(name, _)| *name == "host").unwrap().1;
    let request = Request {
        method: line.next().unwrap(),
        target: line.next().unwrap(),
        scheme: "http",
        hosts: &[std::str::from_utf8(host).unwrap()],
        headers: &headers,
        body: body.as_bytes(),
    };
    let parsed = http_signature::parse(&request, clock()).unwrap();
    parsed.verify(key.public()).unwrap();
    let is_new = headers.iter().any(|(name, _)| *name == "signature-input");
    let format = if is_new {
        Format::Rfc9421
    } else {
        Format::Cavage
    };
    let answer = if takes == Some(format) {
        "HTTP/1.1 200 OK\r\nContent-Type: application/activity+json\r\nContent-Length: 2\r\n\r\n{}"
    } else {
        refusal
    };
    connection.write_all(answer.as_bytes()).await.unwrap();
    format
}

const UNAUTHORIZED: &str = "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n";
const BAD_SIGNATURE: &str = "HTTP/1.1 400 No\r\nContent-Length: 17\r\n\r\nInvalid SIGNATURE";
const DUPLICATE: &str = "HTTP/1.1 400 No\r\nContent-Length: 9\r\n\r\nduplicate";

fn fetcher(key: &RsaPrivateKey) -> Fetcher {
    let signer = Signer {
        key_id: "http://esta.localhost/#main-key".into(),
        key: key.clone(),
    };
    Fetcher::new(
        Policy::Loopback,
        "Tequio/test",
        signer,
        ExtraRoots::default(),
        clock,
    )
    .unwrap()
}

async fn post(fetcher: &Fetcher, server: &Picky) -> Reply {
    let key_id = "http://esta.localhost/t/agua#main-key";
    send(fetcher, &server.inbox, Bytes::from("{}"), key_id)
        .await
        .unwrap()
}

#[tokio::test]
async fn the_format_that_was_taken_is_tried_first_the_next_time() {
    let key = RsaPrivateKey::generate().unwrap();
    for refusal in [UNAUTHORIZED, BAD_SIGNATURE] {
        let fetcher = fetcher(&key);
        let server = Picky::new(Some(Format::Rfc9421), refusal, &key).await;
        let reply = post(&fetcher, &server).await;
        assert!(reply.is_taken() && reply.format == Format::Rfc9421 && reply.body == "{}");
        assert_eq!(server.asked(), [Format::Cavage, Format::Rfc9421]);
        assert!(post(&fetcher, &server).await.is_taken());
        assert_eq!(server.asked(), [Format::Rfc9421]);
        // It was changed to software that takes the other only.
        let host = host_of(&server.inbox);
        let old = Picky::new(Some(Format::Cavage), refusal, &key).await;
        fetcher
            .formats()
            .learned(&host_of(&old.inbox), Format::Rfc9421);
        assert_eq!(post(&fetcher, &old).await.format, Format::Cavage);
        assert_eq!(old.asked(), [Format::Rfc9421, Format::Cavage]);
        assert_eq!(fetcher.formats().of(&host_of(&old.inbox)), Format::Cavage);
        assert_eq!(fetcher.formats().of(&host), Format::Rfc9421);
    }
}

#[tokio::test]
async fn who_takes_what_is_assumed_is_asked_once_and_not_remembered() {
    let key = RsaPrivateKey::generate().unwrap();
    let fetcher = fetcher(&key);
    let server = Picky::new(Some(Format::Cavage), UNAUTHORIZED, &key).await;
    assert_eq!(post(&fetcher, &server).await.status, 200);
    assert_eq!(server.asked(), [Format::Cavage]);
    assert!(fetcher.formats().is_empty());
}

#[tokio::test]
async fn another_refusal_is_not_a_reason_to_knock_again() {
    let key = RsaPrivateKey::generate().unwrap();
    let fetcher = fetcher(&key);
    let server = Picky::new(None, DUPLICATE, &key).await;
    let reply = post(&fetcher, &server).await;
    assert_eq!((reply.status, reply.body.as_str()), (400, "duplicate"));
    assert_eq!(server.asked(), [Format::Cavage]);
}

#[tokio::test]
async fn who_refuses_both_is_knocked_at_once_for_an_hour() {
    let key = RsaPrivateKey::generate().unwrap();
    let fetcher = fetcher(&key);
    let server = Picky::new(None, UNAUTHORIZED, &key).await;
    let reply = post(&fetcher, &server).await;
    assert_eq!((reply.status, reply.format), (401, Format::Cavage));
    assert_eq!(server.asked(), [Format::Cavage, Format::Rfc9421]);
    post(&fetcher, &server).await;
    assert_eq!(server.asked(), [Format::Cavage]);
    let host = host_of(&server.inbox);
    let formats = fetcher.formats();
    assert!(!formats.may_knock_again(&host, clock().plus_seconds(3500)));
    assert!(formats.may_knock_again(&host, clock().plus_seconds(3700)));
}

#[tokio::test]
async fn a_fetch_knocks_twice_too() {
    let key = RsaPrivateKey::generate().unwrap();
    let fetcher = fetcher(&key);
    let server = Picky::new(Some(Format::Rfc9421), UNAUTHORIZED, &key).await;
    for _ in 0..2 {
        let document = fetcher.document(&server.inbox).await.unwrap();
        assert_eq!(&document.bytes[..], b"{}");
    }
    let expected = [Format::Cavage, Format::Rfc9421, Format::Rfc9421];
    assert_eq!(server.asked(), expected);
}

#[test]
fn ten_thousand_hosts_take_bounded_room() {
    let formats = Formats::default();
    for n in 0..10_000 {
        let host = format!("h{n}.example");
        match n % 3 {
            0 => formats.learned(&host, Format::Rfc9421),
            1 => formats.hint(&host, Format::Rfc9421),
            _ => formats.refused_both(&host, clock()),
        }
        assert!(formats.len() <= MAX_HOSTS);
    }
}

#[test]
fn what_was_learned_outweighs_a_hint() {
    let formats = Formats::default();
    formats.learned("a.example", Format::Cavage);
    formats.hint("a.example", Format::Rfc9421);
    formats.hint("b.example", Format::Rfc9421);
    formats.hint("c.example", Format::Cavage);
    assert_eq!(formats.of("a.example"), Format::Cavage);
    assert_eq!(formats.of("b.example"), Format::Rfc9421);
    assert_eq!(formats.len(), 2);
}
