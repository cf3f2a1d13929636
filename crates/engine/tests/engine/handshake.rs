//! Cities that meet: what an invitation is worth, what is believed before and after somebody compared words.

use serde_json::Value;
use tequio_domain::{CitySlug, Timestamp};
use tequio_engine::handshake::{self, OPEN_MAX, Refused, Way, accept, forget, invite, meet};
use tequio_engine::{Engine, Error, Founding};
use tequio_protocol::activity::Introduction;
use tequio_protocol::keys::Ed25519PrivateKey;
use tequio_store::handshake::{self as rows, Met};
use tequio_store::{Conn, city, log, on_both_databases, testing, topic};

use crate::world::{City, WASTE, WATER, base_url, founding};

/// What a city says of itself, as it is read elsewhere.
async fn introduced(city: &City) -> (Introduction, Value) {
    let document = handshake::introduced(&city.engine, city.moment().now())
        .await
        .unwrap();
    (Introduction::read(&document).unwrap(), document)
}

/// The secret of an address.
fn secret(link: &str) -> String {
    link.rsplit_once('.').unwrap().1.to_owned()
}

fn guest(link: &str) -> Way {
    Way::Guest {
        secret: secret(link),
    }
}

async fn met(host: &City, guest: &City, way: Way) -> Result<(), Refused> {
    let (introduction, document) = introduced(guest).await;
    meet(&host.engine, host.moment(), introduction, &document, way).await
}

fn key_of(conn: &mut Conn, slug: &str) -> Result<Option<String>, tequio_store::Error> {
    let topic = topic::by_slug(conn, WATER)?;
    Ok(log::by_home(conn, topic.id, slug)?.map(|row| row.public_key))
}

on_both_databases! {
    async fn nothing_of_a_city_is_believed_before_somebody_accepts_it(store) {
        let own = testing::sqlite();
        let (oaxaca, quito) = (City::alone("oaxaca", store), City::alone("quito", &own));
        let admin = oaxaca.admin("jefa").await;
        let link = invite(&oaxaca.engine, &admin, oaxaca.moment(), " quito ").await.unwrap();
        assert!(link.starts_with("https://oaxaca.example/invitacion#quito."), "{link}");
        let all = |conn: &mut Conn| Ok::<_, tequio_store::Error>((city::all(conn)?, log::all(conn)?));
        let before = oaxaca.engine.store().read_blocking(all).unwrap();
        met(&oaxaca, &quito, guest(&link)).await.unwrap();
        assert_eq!(oaxaca.engine.store().read_blocking(all).unwrap(), before);
        assert_eq!(introduced(&oaxaca).await.0.siblings, []);

        accept(&oaxaca.engine, &admin, oaxaca.moment(), "quito").await.unwrap();
        let told = introduced(&oaxaca).await.0.siblings;
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].base_url, base_url("quito"));
        let held = oaxaca.engine.store().read_blocking(|conn| key_of(conn, "quito")).unwrap();
        let group = format!("{}/t/{WATER}", base_url("quito"));
        let (shown, _) = introduced(&quito).await;
        let shown = shown.groups.into_iter().find(|row| row.group == group).unwrap();
        assert_eq!(held, Some(shown.key));
        // Once is enough, and the secret is used up.
        let again = accept(&oaxaca.engine, &admin, oaxaca.moment(), "quito").await;
        assert!(matches!(again, Err(Error::NotFound)));
        // It is where it was after a new start with the same configuration.
        let plain = Founding { siblings: Vec::new(), ..founding("oaxaca") };
        let later = Timestamp::from_micros(2_000_000_000_000_000);
        Engine::open((*store).clone(), plain, later).unwrap();
        let held = oaxaca.engine.store().read_blocking(|conn| city::by_slug(conn, "quito")).unwrap();
        assert_eq!(held.base_url, base_url("quito"));
    }

    async fn a_secret_serves_one_city_for_some_days(store) {
        let (own, other) = (testing::sqlite(), testing::sqlite());
        let (oaxaca, quito) = (City::alone("oaxaca", store), City::alone("quito", &own));
        let admin = oaxaca.admin("jefa").await;
        let rosario = City::alone("rosario", &other);
        let first = invite(&oaxaca.engine, &admin, oaxaca.moment(), "quito").await.unwrap();
        let link = invite(&oaxaca.engine, &admin, oaxaca.moment(), "quito").await.unwrap();
        for (who, way) in [
            (&quito, guest(&first)),
            (&quito, Way::Guest { secret: "0".repeat(64) }),
            (&rosario, guest(&link)),
        ] {
            let refused = met(&oaxaca, who, way).await.unwrap_err();
            assert!(matches!(refused, Refused::Invitation), "{refused}");
        }
        // An answer that was lost is asked for again; another server under the same name comes too late.
        met(&oaxaca, &quito, guest(&link)).await.unwrap();
        met(&oaxaca, &quito, guest(&link)).await.unwrap();
        let (mut posing, document) = introduced(&quito).await;
        posing.place.base_url = "https://quito.evil.example".to_owned();
        for group in &mut posing.groups {
            group.group = group.group.replace("quito.example", "quito.evil.example");
        }
        let refused = meet(&oaxaca.engine, oaxaca.moment(), posing, &document, guest(&link)).await;
        assert!(matches!(refused, Err(Refused::Invitation)));
        // Too old.
        let link = invite(&oaxaca.engine, &admin, oaxaca.moment(), "leon").await.unwrap();
        let leon = testing::sqlite();
        let leon = City::alone("leon", &leon);
        let (introduction, document) = introduced(&leon).await;
        let late = oaxaca.moment().now().plus_seconds(handshake::INVITATION_S);
        let late = tequio_engine::Moment::new(late, [9; 32]);
        let refused = meet(&oaxaca.engine, late, introduction, &document, guest(&link)).await;
        assert!(matches!(refused, Err(Refused::Invitation)));
        handshake::withdraw(&oaxaca.engine, &admin, "leon").await.unwrap();
        assert!(matches!(met(&oaxaca, &leon, guest(&link)).await, Err(Refused::Invitation)));
    }

    async fn a_city_with_other_keys_or_of_another_network_is_not_met(store) {
        let own = testing::sqlite();
        let (oaxaca, quito) = (City::alone("oaxaca", store), City::alone("quito", &own));
        let admin = oaxaca.admin("jefa").await;
        let link = invite(&oaxaca.engine, &admin, oaxaca.moment(), "quito").await.unwrap();
        met(&oaxaca, &quito, guest(&link)).await.unwrap();
        accept(&oaxaca.engine, &admin, oaxaca.moment(), "quito").await.unwrap();
        let (good, document) = introduced(&quito).await;
        let at_host = async |met: Introduction| {
            meet(&oaxaca.engine, oaxaca.moment(), met, &document, Way::Host).await
        };
        assert!(at_host(good.clone()).await.is_ok(), "known already");
        let mut other = good.clone();
        other.groups[0].key = Ed25519PrivateKey::generate().unwrap().public().to_multibase();
        assert!(matches!(at_host(other).await, Err(Refused::OtherKeys)));
        let mut other = good.clone();
        other.place.city = CitySlug::parse("leon").unwrap();
        assert!(matches!(at_host(other).await, Err(Refused::OtherKeys)), "two at one address");
        let mut other = good.clone();
        other.groups[0].group = format!("{}/t/{WASTE}x", base_url("quito"));
        assert!(matches!(at_host(other).await, Err(Refused::OtherKeys)));
        let mut other = good.clone();
        other.groups.clear();
        assert!(matches!(at_host(other).await, Err(Refused::OtherNetwork)));
        let (own, _) = introduced(&oaxaca).await;
        assert!(matches!(at_host(own).await, Err(Refused::Itself)));

        // Known no more, it is met again by the keys that its log has, and by no others.
        forget(&oaxaca.engine, &admin, "quito").await.unwrap();
        assert!(at_host(good.clone()).await.is_ok());
        accept(&oaxaca.engine, &admin, oaxaca.moment(), "quito").await.unwrap();
        forget(&oaxaca.engine, &admin, "quito").await.unwrap();
        let mut other = good;
        other.groups[0].key = Ed25519PrivateKey::generate().unwrap().public().to_multibase();
        assert!(matches!(at_host(other).await, Err(Refused::OtherKeys)));
        assert!(matches!(forget(&oaxaca.engine, &admin, "quito").await, Err(Error::NotFound)));
    }

    async fn a_host_brings_those_that_it_knows_and_a_city_that_the_kit_has_not(store) {
        let (own, other) = (testing::sqlite(), testing::sqlite());
        let (oaxaca, quito) = (City::alone("oaxaca", store), City::alone("quito", &own));
        let jefe = quito.admin("jefe").await;
        // Rosario is in nobody's kit but its own.
        let rosario = City::alone("rosario", &other);
        let (mut rosario, document) = introduced(&rosario).await;
        rosario.place.city = CitySlug::parse("rosario-del-sur").unwrap();
        rosario.place.name = "Rosario del Sur".to_owned();
        let link = invite(&quito.engine, &jefe, quito.moment(), "rosario-del-sur").await.unwrap();
        meet(&quito.engine, quito.moment(), rosario.clone(), &document, guest(&link)).await.unwrap();
        // What is kept is the document as it came, which calls it otherwise.
        let read = |conn: &mut Conn| rows::all(conn);
        let row = quito.engine.store().read_blocking(read).unwrap().remove(0);
        assert_eq!((row.city.as_str(), row.met.as_str()), ("rosario-del-sur", Met::Guest.as_str()));
        forget(&quito.engine, &jefe, "rosario-del-sur").await.unwrap();

        let leon = testing::sqlite();
        let leon = City::alone("leon", &leon);
        let link = invite(&quito.engine, &jefe, quito.moment(), "leon").await.unwrap();
        met(&quito, &leon, guest(&link)).await.unwrap();
        accept(&quito.engine, &jefe, quito.moment(), "leon").await.unwrap();
        let admin = oaxaca.admin("jefa").await;
        met(&oaxaca, &quito, Way::Host).await.unwrap();
        accept(&oaxaca.engine, &admin, oaxaca.moment(), "quito").await.unwrap();
        let rows = oaxaca.engine.store().read_blocking(rows::all).unwrap();
        let known: Vec<_> = rows.iter().map(|row| (row.city.as_str(), row.presented_by.as_str())).collect();
        assert_eq!(known, [("leon", "quito"), ("quito", "")]);
        // The other way round: who is presented waits, and does not put anybody aside.
        let by = CitySlug::parse("oaxaca").unwrap();
        met(&leon, &oaxaca, Way::Presented { by: by.clone() }).await.unwrap();
        met(&leon, &oaxaca, Way::Presented { by }).await.unwrap();
        assert_eq!(leon.engine.store().read_blocking(rows::count_open).unwrap(), 1);
        assert_eq!(leon.engine.store().read_blocking(rows::places).unwrap(), []);
    }

    async fn only_so_many_wait_and_only_administrators_decide(store) {
        let own = testing::sqlite();
        let (oaxaca, quito) = (City::alone("oaxaca", store), City::alone("quito", &own));
        let (admin, ana) = (oaxaca.admin("jefa").await, oaxaca.member("ana").await);
        let engine = &oaxaca.engine;
        let by = || Way::Presented { by: CitySlug::parse("leon").unwrap() };
        for number in 0..OPEN_MAX {
            let (mut met, document) = introduced(&quito).await;
            met.place.city = CitySlug::parse(&format!("ciudad-{number}")).unwrap();
            meet(engine, oaxaca.moment(), met, &document, by()).await.unwrap();
        }
        assert!(matches!(met(&oaxaca, &quito, by()).await, Err(Refused::TooMany)));
        // In person there is always room.
        let link = invite(engine, &admin, oaxaca.moment(), "quito").await.unwrap();
        met(&oaxaca, &quito, guest(&link)).await.unwrap();

        let before = oaxaca.everything();
        let moment = || oaxaca.moment();
        for refused in [
            invite(engine, &ana, moment(), "leon").await.map(|_link| ()),
            handshake::withdraw(engine, &ana, "quito").await,
            accept(engine, &ana, moment(), "quito").await,
            forget(engine, &ana, "quito").await,
        ] {
            assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
        }
        for city in ["oaxaca", "León", "", "a"] {
            let refused = invite(engine, &admin, moment(), city).await;
            assert!(matches!(refused, Err(Error::Invalid(_))), "{city}");
        }
        assert!(oaxaca.everything() == before);
        let operator = handshake::invite_as_operator(engine, moment(), "leon").await.unwrap();
        assert!(operator.contains("#leon."));
    }
}
