//! Valid requests, with one thing spoiled at a time.

use serde_json::json;
use tequio_protocol::http_signature::Format;

use super::stranger::{Bytes, Stranger};
use super::{behind_a_proxy, state};
use crate::tests::city::Network;

/// Whether nothing may be changed in this header: `Date` says nothing beside the `created` of RFC 9421.
fn is_security(good: &Bytes, name: &str) -> bool {
    let is_message = good.headers.iter().any(|(n, _)| n == "signature-input");
    match name {
        "content-type" | "content-length" => false,
        "date" => !is_message,
        _ => true,
    }
}

#[actix_web::test]
async fn no_spoiled_header_target_or_body_is_taken() {
    let network = Network::new();
    let city = behind_a_proxy(&network, true).await;
    let stranger = Stranger::new("mala").await;
    let running = city.start();
    let body = json!({ "id": format!("{}/1", stranger.base), "type": "Like", "actor": stranger.actor("x"), "object": "x" });
    let before = state(&city).await;
    let mut n = 0;
    for good in [
        stranger.post(&city, "x", Format::Cavage, &body),
        stranger.post(&city, "x", Format::Rfc9421, &body),
        stranger.post_ed25519(&city, "x", &body),
    ] {
        for post in spoiled(&good) {
            n += 1;
            let text = String::from_utf8_lossy(&post.head()).into_owned();
            let status = post.from(n).send(&city).await;
            assert!(
                (400..500).contains(&status) || status == 503,
                "{status} {text}"
            );
            assert_ne!(
                status, 429,
                "the test is refused for another reason than it means"
            );
        }
    }
    assert!(n > 300, "{n}");
    assert_eq!(state(&city).await, before);
    let good = stranger.post_ed25519(&city, "x", &body);
    assert_eq!(good.send(&city).await, 202);
    running.stop().await;
}

fn spoiled(good: &Bytes) -> Vec<Bytes> {
    let mut all = Vec::new();
    for (header, (name, value)) in good.headers.iter().enumerate() {
        if !is_security(good, name) {
            continue;
        }
        // Every seventh byte: all of them are tried without a network in `tequio-protocol`.
        for index in (0..value.len()).step_by(7) {
            let mut post = good.clone();
            let byte = &mut post.headers[header].1[index];
            *byte = if *byte == b'7' { b'9' } else { b'7' };
            all.push(post);
            let mut post = good.clone();
            post.headers[header].1.remove(index);
            all.push(post);
        }
        let mut post = good.clone();
        post.headers.remove(header);
        all.push(post);
        let mut post = good.clone();
        post.headers.push((name.to_uppercase(), value.clone()));
        all.push(post);
    }
    for path in ["/inbox?", "/inbox?x=1", "/u/ana/inbox", "/t/agua/inbox"] {
        all.push(Bytes {
            path,
            ..good.clone()
        });
    }
    for (from, to) in [("Like", "Love"), ("\"x\"", "\"z\""), ("{", " ")] {
        all.push(Bytes {
            body: good.body.replacen(from, to, 1),
            ..good.clone()
        });
    }
    all
}
