//! Requests that nobody vouches for as they are.

use tequio_protocol::keys::RsaPrivateKey;
use tequio_tests::raw::Request;

use super::letter::{self, HOUR_S, Letter};
use super::{Scene, TOPIC};

/// Sends a good request changed in each of these ways; then the good one.
async fn all_refused(scene: &Scene, good: &Request, changes: &[Change<'_>]) {
    for (what, expected, change) in changes {
        let mut request = good.clone();
        change(&mut request);
        scene.refused(what, &request, &[*expected]).await;
    }
    scene.accepts_the_true_entry().await;
}

/// What is wrong, the status, and how it is made.
type Change<'a> = (&'a str, u16, &'a dyn Fn(&mut Request));

#[tokio::test]
async fn a_signature_that_is_missing_or_not_of_this_request_changes_nothing() {
    let scene = Scene::new().await;
    let good = scene.letter().request();
    let other = letter::digest_header(b"{}");
    let mut flipped = good.body.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    let signature = good.header("signature");
    let uncovered = signature.replace(" digest\"", "\"");
    let cut = signature.replace("signature=\"", "signature=\"AAAA");
    let elsewhere = scene.network[2].authority();
    let changes: &[Change<'_>] = &[
        ("no signature", 401, &|r| r.remove("signature")),
        ("no digest", 401, &|r| r.remove("digest")),
        ("no date", 401, &|r| r.remove("date")),
        ("another digest", 401, &|r| r.set("digest", &other)),
        ("another body", 401, &|r| r.body = b"{}".to_vec()),
        ("one bit of the body", 401, &|r| r.body.clone_from(&flipped)),
        ("digest not covered", 401, &|r| {
            r.set("signature", &uncovered)
        }),
        ("another signature", 401, &|r| r.set("signature", &cut)),
        ("another target", 401, &|r| {
            r.target = format!("/t/{TOPIC}/inbox")
        }),
        ("another host", 401, &|r| r.set("host", &elsewhere)),
    ];
    all_refused(&scene, &good, changes).await;
}

#[tokio::test]
async fn a_request_of_the_wrong_form_changes_nothing() {
    let scene = Scene::new().await;
    let good = scene.letter().request();
    let other = letter::digest_header(b"{}");
    let elsewhere = scene.network[2].authority();
    let again =
        |name: &'static str| move |r: &mut Request| r.add(name, good_header(r, name).as_str());
    let changes: &[Change<'_>] = &[
        ("two signatures", 400, &again("signature")),
        ("two dates", 400, &again("date")),
        ("two digests", 400, &|r| r.add("digest", &other)),
        ("two hosts", 400, &|r| r.add("host", &elsewhere)),
        ("two types", 400, &|r| r.add("content-type", "text/plain")),
        ("GET", 405, &|r| r.method = "GET".to_owned()),
        ("PUT", 405, &|r| r.method = "PUT".to_owned()),
        ("plain text", 415, &|r| r.set("content-type", "text/plain")),
        ("no type", 415, &|r| r.remove("content-type")),
    ];
    all_refused(&scene, &good, changes).await;
}

fn good_header(request: &Request, name: &str) -> String {
    request.header(name).to_owned()
}

#[tokio::test]
async fn a_signature_of_another_time_or_for_another_host_changes_nothing() {
    let scene = Scene::new().await;
    let elsewhere = format!("{}/inbox", scene.network[2].url);
    let letters = [
        (
            "two hours old",
            Letter {
                age_s: 2 * HOUR_S,
                ..scene.letter()
            },
        ),
        (
            "two hours ahead",
            Letter {
                age_s: -2 * HOUR_S,
                ..scene.letter()
            },
        ),
        (
            "signed for another host",
            Letter {
                inbox: elsewhere,
                ..scene.letter()
            },
        ),
    ];
    for (what, letter) in letters {
        scene.refused(what, &letter.request(), &[401]).await;
    }
    scene.accepts_the_true_entry().await;
}

#[tokio::test]
async fn a_key_that_is_not_the_actors_changes_nothing() {
    let scene = Scene::new().await;
    let stranger = RsaPrivateKey::generate().unwrap();
    let letter = Letter {
        key: &stranger,
        ..scene.letter()
    };
    scene
        .refused("a key that is not Panama's", &letter.request(), &[401])
        .await;
    let panama = &scene.network[1].url;
    for (whose, owner) in [
        ("Panama's server", format!("{panama}/")),
        ("Panama's member", format!("{panama}/u/ana")),
        ("another of Panama's groups", format!("{panama}/t/finanzas")),
        ("San José's group", scene.group(2)),
        ("Managua's own group", scene.group(0)),
    ] {
        let letter = Letter {
            key_id: format!("{owner}#main-key"),
            ..scene.letter()
        };
        scene.refused(whose, &letter.request(), &[401]).await;
    }
    scene.accepts_the_true_entry().await;
}
