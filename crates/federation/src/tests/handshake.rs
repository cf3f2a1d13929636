//! Who brings a city's introduction, and what the inbox answers.

use actix_web::App;
use actix_web::test::init_service;
use serde_json::{Value, json};
use tequio_domain::{CitySlug, kit::Bilingual};
use tequio_engine::handshake as engine;
use tequio_protocol::activity::introduction::{Place, Right};
use tequio_protocol::activity::{Introduction, main_key_id};
use tequio_protocol::http_signature::sign;
use tequio_protocol::keys::Ed25519PrivateKey;
use tequio_store::handshake as rows;
use url::Url;

use super::city::{City, Network, TOPIC, clock, moment};
use super::pair::Post;
use super::peer::Peer;
use crate::PeerSettings;
use crate::handshake::document;

/// A request as another server's main key signs it.
fn post(from: &City, to: &City, body: &Value) -> Post {
    let body = body.to_string();
    let inbox = Url::parse(&format!("{}/inbox", to.inner().base_url())).unwrap();
    let key_id = main_key_id(&format!("{}/", from.inner().base_url()));
    let key = &from.engine().identity().transport;
    let signed = sign("POST", &inbox, Some(body.as_bytes()), &key_id, key, clock()).unwrap();
    Post::new(&body, &signed)
}

/// The cities that wait for an administrator.
async fn waiting(city: &City) -> Vec<(String, String)> {
    let rows = city.store().read(rows::all).await.unwrap();
    let rows = rows.into_iter().map(|row| (row.city, row.presented_by));
    rows.collect()
}

/// The secret of an invitation.
async fn invited(host: &City, guest: &str) -> Right {
    let link = engine::invite_as_operator(host.engine(), moment(), guest).await;
    let link = link.unwrap();
    Right::Secret(link.rsplit_once('.').unwrap().1.to_owned())
}

fn presented_by(city: &str) -> Right {
    Right::Presented(CitySlug::parse(city).unwrap())
}

/// What Panamá's server says of itself when it knows these cities.
fn introduced(panama: &Peer, siblings: Vec<Place>) -> Value {
    let key = Ed25519PrivateKey::generate().unwrap();
    let both = || Bilingual {
        es: "x".into(),
        en: "x".into(),
    };
    let place = Place {
        city: CitySlug::parse("panama").unwrap(),
        base_url: panama.base.clone(),
        name: "Panamá".into(),
        country: both(),
        summary: both(),
    };
    let introduction = Introduction {
        place,
        transport_pem: panama.key().public().to_pem().unwrap(),
        key: key.public().to_multibase(),
        groups: Vec::new(),
        siblings,
    };
    introduction.signed(&key, clock()).unwrap()
}

#[actix_web::test]
async fn an_introduction_is_taken_from_its_own_city_with_a_right_and_from_nobody_else() {
    let network = Network::of(&["managua", "panama", "tegucigalpa", "leon"]);
    let host = City::knowing(&network, "managua", Vec::new()).await;
    let absent = City::knowing(&network, "leon", Vec::new()).await;
    let guest = City::knowing(&network, "panama", Vec::new()).await;
    let other = City::knowing(&network, "tegucigalpa", Vec::new()).await;
    let app = init_service(App::new().configure(host.federation.configure())).await;
    let right = invited(&host, "panama").await;
    let good = document(guest.inner(), &right).await.unwrap();

    // Its server is not there: its key cannot be had, and whoever sent it shall try again.
    let its = document(absent.inner(), &right).await.unwrap();
    let refused = post(&absent, &host, &its).send(&app).await;
    assert_eq!(refused.status(), 503);
    let running = [guest.start(), other.start()];
    let mut without = good.clone();
    without.as_object_mut().unwrap().remove("tq:secret");
    let mut changed = good.clone();
    changed["object"]["tq:siblings"] = json!([good["object"]]);
    let unknown = Right::Secret("0".repeat(64));
    let presented = presented_by("tegucigalpa");
    for (from, body, status) in [
        (&guest, &without, 400),
        (&guest, &changed, 400),
        // Another city brings it as its own.
        (&other, &good, 401),
        (
            &guest,
            &document(guest.inner(), &unknown).await.unwrap(),
            403,
        ),
        (&other, &document(other.inner(), &right).await.unwrap(), 403),
        (
            &guest,
            &document(guest.inner(), &presented).await.unwrap(),
            403,
        ),
    ] {
        let answer = post(from, &host, body).send(&app).await;
        assert_eq!(answer.status(), status, "{body}");
    }
    assert_eq!(waiting(&host).await, []);
    for _ in 0..2 {
        let taken = post(&guest, &host, &good).send(&app).await;
        assert_eq!(taken.status(), 202);
        assert_eq!(waiting(&host).await, [("panama".to_owned(), String::new())]);
    }
    for running in running {
        running.stop().await;
    }
}

#[actix_web::test]
async fn who_presents_a_city_is_asked_itself() {
    let network = Network::new();
    let presenter = Peer::start("panama");
    // Managua knows Panamá, whose server says what this test wants.
    let known = PeerSettings {
        city: "panama".into(),
        base_url: presenter.base.clone(),
    };
    let host = City::knowing(&network, "managua", vec![known]).await;
    let guest = City::knowing(&network, "tegucigalpa", Vec::new()).await;
    let running = guest.start();
    let app = init_service(App::new().configure(host.federation.configure())).await;
    let right = presented_by("panama");
    let send = async || {
        let body = document(guest.inner(), &right).await.unwrap();
        post(&guest, &host, &body)
            .send(&app)
            .await
            .status()
            .as_u16()
    };
    // It has no introduction; then one of another city; then one that names nobody, or another address.
    assert_eq!(send().await, 503);
    let of_guest = engine::introduced(guest.engine(), clock()).await.unwrap();
    let here = presenter.at("/introduction");
    presenter.say(
        &here,
        200,
        "application/activity+json",
        of_guest.to_string(),
    );
    assert_eq!(send().await, 503);
    let place = Introduction::read(&of_guest).unwrap().place;
    presenter.serve(&introduced(&presenter, Vec::new()));
    assert_eq!(send().await, 403);
    let mut elsewhere = place.clone();
    elsewhere.base_url = "http://tegucigalpa.localhost:1".into();
    presenter.serve(&introduced(&presenter, vec![elsewhere]));
    assert_eq!(send().await, 403);
    assert_eq!(waiting(&host).await, []);
    presenter.serve(&introduced(&presenter, vec![place]));
    assert_eq!(send().await, 202);
    let expected = ("tegucigalpa".to_owned(), "panama".to_owned());
    assert_eq!(waiting(&host).await, [expected]);
    running.stop().await;
    presenter.stop().await;
}

#[actix_web::test]
async fn a_city_that_is_found_after_a_change_of_key_takes_the_whole_log() {
    let network = Network::of(&["managua", "panama"]);
    let mut managua = City::found(&network, "managua").await;
    managua.open_thread("Antes").await;
    for _ in 0..2 {
        let rotated = tequio_engine::rotate::group(managua.engine(), moment(), TOPIC).await;
        rotated.unwrap();
        managua.open_thread("Después").await;
    }
    let panama = City::found(&network, "panama").await;
    let running = [managua.start(), panama.start()];
    super::city::until("both hold the same", async || {
        managua.digest().await == panama.digest().await
    })
    .await;
    for running in running {
        running.stop().await;
    }
}
