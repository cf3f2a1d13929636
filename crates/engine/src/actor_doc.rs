//! The documents of this instance's own actors.

use serde_json::Value;
use tequio_domain::{OFFICE, Timestamp};
use tequio_protocol::activity::actor::{Application, Group, Office, PublicKeys, person_uri};
use tequio_store::{Conn, account, city, log, setting, topic};

use crate::{Engine, Error, ledger::curation};

/// The city's instance, served at `/`.
///
/// # Errors
/// The database's.
pub fn application(conn: &mut Conn, engine: &Engine) -> Result<Value, Error> {
    let me = engine.identity();
    let city = city::by_slug(conn, me.city.as_str())?;
    let key = setting::actor_key(conn, &format!("{}/", me.base_url))?.ok_or(Error::NotFound)?;
    let groups = log::all(conn)?
        .into_iter()
        .filter(|row| row.city == me.city.as_str())
        .map(|row| row.group_uri)
        .collect();
    let application = Application {
        base_url: &me.base_url,
        name: &city.name,
        summary: &city.summary_es,
        city: me.city.as_str(),
        groups,
        published: Timestamp::from_micros(key.created_at),
        keys: PublicKeys {
            transport_pem: &me.transport_pem,
            proof: &key.public_key,
        },
    };
    Ok(application.to_value())
}

/// The city's part in a topic, served at `/t/{slug}`.
///
/// # Errors
/// [`Error::NotFound`] when there is no such topic.
pub fn group(conn: &mut Conn, engine: &Engine, slug: &str) -> Result<Value, Error> {
    let me = engine.identity();
    let topic = topic::by_slug(conn, slug)?;
    let log = log::by_home(conn, topic.id, me.city.as_str())?.ok_or(Error::NotFound)?;
    let key = setting::actor_key(conn, &log.group_uri)?.ok_or(Error::NotFound)?;
    let page = curation::page_of(conn, &topic)?;
    let group = Group {
        base_url: &me.base_url,
        slug: &topic.slug,
        topic: &topic.uri,
        name: &format!("{} · {}", topic.name_es, me.city_name),
        summary: &page.es.summary,
        city: me.city.as_str(),
        published: Timestamp::from_micros(key.created_at),
        keys: PublicKeys {
            transport_pem: &me.transport_pem,
            proof: &log.public_key,
        },
    };
    Ok(group.to_value())
}

/// A member, or the city's office, served at `/u/{name}`.
///
/// # Errors
/// [`Error::NotFound`] when there is no such active account.
pub fn person(conn: &mut Conn, engine: &Engine, name: &str) -> Result<Value, Error> {
    let me = engine.identity();
    if name == OFFICE {
        return office(conn, engine);
    }
    let row = account::by_name(conn, name)?
        .filter(|row| row.state == tequio_domain::AccountState::Active.as_str())
        .ok_or(Error::NotFound)?;
    let (card, _) = crate::account::card_of(&row)?;
    let published = Timestamp::from_micros(row.created_at);
    Ok(card.to_actor(&me.base_url, &me.transport_pem, published))
}

/// What the office is for, for those who see it from elsewhere.
const OFFICE_SUMMARY: &str =
    "Sigue comunidades de otras redes para los temas de la ciudad. No escribe.";

fn office(conn: &mut Conn, engine: &Engine) -> Result<Value, Error> {
    let me = engine.identity();
    let key = setting::actor_key(conn, &person_uri(&me.base_url, OFFICE))?;
    let key = key.ok_or(Error::NotFound)?;
    let office = Office {
        base_url: &me.base_url,
        name: &format!("Oficina · {}", me.city_name),
        summary: OFFICE_SUMMARY,
        city: me.city.as_str(),
        published: Timestamp::from_micros(key.created_at),
        keys: PublicKeys {
            transport_pem: &me.transport_pem,
            proof: &key.public_key,
        },
    };
    Ok(office.to_value())
}
