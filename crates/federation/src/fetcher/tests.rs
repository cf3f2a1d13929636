use std::io::{Read as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use futures::StreamExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;
use crate::tests::city::clock;

/// A server that answers everything with the same bytes and counts who came.
struct Canned {
    url: Url,
    visits: Arc<AtomicU32>,
}

impl Canned {
    async fn new(answer: impl Into<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!(
            "http://otra.localhost:{}/t/agua",
            listener.local_addr().unwrap().port()
        );
        let (answer, visits) = (answer.into(), Arc::new(AtomicU32::new(0)));
        let counted = Arc::clone(&visits);
        tokio::spawn(async move {
            while let Ok((mut connection, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::Relaxed);
                let answer = answer.clone();
                tokio::spawn(async move {
                    let mut request = [0; 8192];
                    let _read = connection.read(&mut request).await;
                    let _written = connection.write_all(&answer).await;
                    // A server that promises more than it sends keeps the line open.
                    tokio::time::sleep(Duration::from_secs(60)).await;
                });
            }
        });
        Self {
            url: Url::parse(&url).unwrap(),
            visits,
        }
    }

    async fn saying(status: &str, headers: &str, body: &[u8]) -> Self {
        let length = body.len();
        let mut answer =
            format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n{headers}\r\n").into_bytes();
        answer.extend_from_slice(body);
        Self::new(answer).await
    }

    fn visits(&self) -> u32 {
        self.visits.load(Ordering::Relaxed)
    }
}

const TYPE: &str = "Content-Type: application/activity+json\r\n";

fn fetcher(policy: Policy) -> Fetcher {
    trusting(policy, ExtraRoots::default())
}

fn trusting(policy: Policy, roots: ExtraRoots) -> Fetcher {
    let key = RsaPrivateKey::generate().unwrap();
    let signer = Signer {
        key_id: "http://esta.localhost/#main-key".into(),
        key,
    };
    Fetcher::new(policy, "Tequio/test", signer, roots, clock).unwrap()
}

#[tokio::test]
async fn a_document_comes_whole() {
    let server = Canned::saying("200 OK", TYPE, b"{\"id\":1}").await;
    let document = fetcher(Policy::Loopback)
        .document(&server.url)
        .await
        .unwrap();
    assert_eq!(
        (&document.bytes[..], &document.url),
        (&b"{\"id\":1}"[..], &server.url)
    );
    let error = fetcher(Policy::Loopback)
        .object(&server.url)
        .await
        .unwrap_err();
    assert!(matches!(error, FetchError::Unexpected(_)));
}

#[tokio::test]
async fn this_machine_is_not_dialled_outside_development() {
    let server = Canned::saying("200 OK", TYPE, b"{}").await;
    let port = server.url.port().unwrap();
    let fetcher = fetcher(Policy::Public);
    for host in [
        "127.0.0.1",
        "localhost",
        "otra.localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0x7f000001",
    ] {
        for scheme in ["http", "https"] {
            let url = Url::parse(&format!("{scheme}://{host}:{port}/")).unwrap();
            assert!(fetcher.document(&url).await.is_err(), "{url}");
            assert!(
                fetcher.deliver(&url, Bytes::from("{}"), "k").await.is_err(),
                "{url}"
            );
            assert!(fetcher.open(&url, 10).await.is_err(), "{url}");
        }
    }
    assert_eq!(server.visits(), 0);
}

#[tokio::test]
async fn redirects_are_looked_at_and_counted() {
    let inside = Canned::saying("302 Found", "Location: http://10.0.0.1/x\r\n", b"").await;
    let fetcher = fetcher(Policy::Loopback);
    let error = fetcher.document(&inside.url).await.unwrap_err();
    assert!(
        matches!(error, FetchError::Refused(UrlRefused::NotPublic)),
        "{error}"
    );
    let file = Canned::saying("302 Found", "Location: file:///etc/passwd\r\n", b"").await;
    assert!(matches!(
        fetcher.document(&file.url).await,
        Err(FetchError::Refused(_))
    ));
    let endless = Canned::saying(
        "302 Found",
        "Location: /again\r\nConnection: close\r\n",
        b"",
    )
    .await;
    let error = fetcher.document(&endless.url).await.unwrap_err();
    assert!(matches!(error, FetchError::TooManyRedirects), "{error}");
    assert_eq!(endless.visits(), 4);
    let nowhere = Canned::saying("302 Found", "", b"").await;
    assert!(matches!(
        fetcher.document(&nowhere.url).await,
        Err(FetchError::Redirect)
    ));
}

#[tokio::test]
async fn a_delivery_follows_no_redirect() {
    let server = Canned::saying("307 Temporary Redirect", "Location: /other\r\n", b"").await;
    let answer = fetcher(Policy::Loopback)
        .deliver(&server.url, Bytes::from("{}"), "k")
        .await;
    assert_eq!(
        answer.unwrap(),
        Answer {
            status: 307,
            retry_after_s: None
        }
    );
    assert_eq!(server.visits(), 1);
}

#[tokio::test]
async fn a_busy_server_says_when_to_come_back() {
    let server = Canned::saying("503 No", "Retry-After: 30\r\n", b"").await;
    let answer = fetcher(Policy::Loopback)
        .deliver(&server.url, Bytes::from("{}"), "k")
        .await;
    assert_eq!(
        answer.unwrap(),
        Answer {
            status: 503,
            retry_after_s: Some(30)
        }
    );
}

#[tokio::test]
async fn other_answers_are_not_documents() {
    let fetcher = fetcher(Policy::Loopback);
    let html = Canned::saying("200 OK", "Content-Type: text/html\r\n", b"<html>").await;
    assert!(matches!(
        fetcher.document(&html.url).await,
        Err(FetchError::ContentType)
    ));
    let plain = "Content-Type: application/ld+json\r\n";
    let plain = Canned::saying("200 OK", plain, b"{}").await;
    assert!(matches!(
        fetcher.document(&plain.url).await,
        Err(FetchError::ContentType)
    ));
    let gone = Canned::saying("410 Gone", TYPE, b"{}").await;
    assert!(matches!(
        fetcher.document(&gone.url).await,
        Err(FetchError::Status(410))
    ));
}

#[tokio::test]
async fn too_much_is_not_read() {
    let fetcher = fetcher(Policy::Loopback);
    let long = Canned::saying("200 OK", TYPE, &vec![b' '; DOCUMENT_MAX + 1]).await;
    assert!(matches!(
        fetcher.document(&long.url).await,
        Err(FetchError::TooLarge(DOCUMENT_MAX))
    ));
    // The same without an announced length.
    let mut endless = format!("HTTP/1.1 200 OK\r\n{TYPE}\r\n").into_bytes();
    endless.resize(endless.len() + DOCUMENT_MAX + 1, b' ');
    let endless = Canned::new(endless).await;
    assert!(matches!(
        fetcher.document(&endless.url).await,
        Err(FetchError::TooLarge(DOCUMENT_MAX))
    ));
}

#[tokio::test]
async fn a_small_answer_that_unpacks_to_much_is_not_read() {
    // `gzip` of 4 MiB of spaces, as an encoder of stored and repeated blocks would make it.
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut encoder, &vec![b' '; 4 * DOCUMENT_MAX]).unwrap();
    let bomb = encoder.finish().unwrap();
    assert!(bomb.len() < 10_000);
    let server = Canned::saying(
        "200 OK",
        &format!("{TYPE}Content-Encoding: gzip\r\n"),
        &bomb,
    )
    .await;
    let answer = fetcher(Policy::Loopback).document(&server.url).await;
    assert!(matches!(answer, Err(FetchError::TooLarge(DOCUMENT_MAX))));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_ends_is_not_waited_for() {
    let server = Canned::new(format!(
        "HTTP/1.1 200 OK\r\n{TYPE}Content-Length: 100\r\n\r\n{{"
    ))
    .await;
    let answer = fetcher(Policy::Loopback).document(&server.url).await;
    assert!(matches!(answer, Err(FetchError::TooSlow)));
    let silent = Canned::new("").await;
    let answer = fetcher(Policy::Loopback)
        .deliver(&silent.url, Bytes::from("{}"), "k")
        .await;
    assert!(matches!(answer, Err(FetchError::TooSlow)));
}

#[tokio::test]
async fn a_file_ends_where_it_was_declared_to_end() {
    let server = Canned::saying("200 OK", "Connection: close\r\n", b"0123456789").await;
    let fetcher = fetcher(Policy::Loopback);
    let whole: Vec<_> = fetcher
        .open(&server.url, 10)
        .await
        .unwrap()
        .into_stream()
        .collect()
        .await;
    let bytes: Vec<u8> = whole
        .into_iter()
        .flat_map(|piece| piece.unwrap().to_vec())
        .collect();
    assert_eq!(bytes, b"0123456789");
    let more: Vec<_> = fetcher
        .open(&server.url, 9)
        .await
        .unwrap()
        .into_stream()
        .collect()
        .await;
    assert!(
        more.iter()
            .any(|piece| matches!(piece, Err(FetchError::TooLarge(9))))
    );
}

/// A server behind TLS, with a certificate of the test authority.
fn behind_tls(answer: Vec<u8>) -> Url {
    let chain = include_bytes!("../../tests/tls/server.pem");
    let key = include_bytes!("../../tests/tls/server-key.pem");
    let identity = native_tls::Identity::from_pkcs8(chain, key).unwrap();
    let acceptor = native_tls::TlsAcceptor::new(identity).unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            // Who does not trust the certificate hangs up.
            let Ok(mut line) = acceptor.accept(connection.unwrap()) else {
                continue;
            };
            let _read = line.read(&mut [0; 8192]);
            let _written = line.write_all(&answer);
        }
    });
    Url::parse(&format!("https://foro.localhost:{port}/t/agua")).unwrap()
}

#[tokio::test]
async fn a_certificate_of_an_own_authority_holds_where_the_authority_is_named() {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n{TYPE}\r\n");
    let url = behind_tls([head.as_bytes(), b"{\"id\":1}"].concat());
    let stranger = fetcher(Policy::Loopback).document(&url).await;
    assert!(
        matches!(stranger, Err(FetchError::Connection(_))),
        "{stranger:?}"
    );
    let authority = include_str!("../../tests/tls/authority.pem");
    let roots = ExtraRoots::from_pem(authority).unwrap();
    let document = trusting(Policy::Loopback, roots).document(&url).await;
    assert_eq!(document.unwrap().bytes, "{\"id\":1}");
}
