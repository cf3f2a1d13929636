//! What this city says of itself to those who do not know it.

use serde_json::Value;
use tequio_domain::{CitySlug, Timestamp, kit::Bilingual};
use tequio_protocol::activity::introduction::{GroupKey, Introduction, Place};
use tequio_store::{
    Conn,
    city::{self, City},
    handshake, log, past_key, setting, topic,
};

use crate::{Engine, Error};

/// What this city says of itself: its place, its keys, and the cities that it knows.
///
/// # Errors
/// The database's.
pub async fn introduction(engine: &Engine) -> Result<Introduction, Error> {
    let own = engine.clone();
    engine.store().read(move |conn| of_own(conn, &own)).await
}

/// The same as a document that carries the proof of the city.
///
/// # Errors
/// The database's; a key that does not sign.
pub async fn introduced(engine: &Engine, now: Timestamp) -> Result<Value, Error> {
    let introduction = introduction(engine).await?;
    let signer = engine.signer(&own_actor(engine)).await?;
    introduction
        .signed(&signer.key, now)
        .map_err(Error::internal)
}

fn own_actor(engine: &Engine) -> String {
    format!("{}/", engine.identity().base_url)
}

fn of_own(conn: &mut Conn, engine: &Engine) -> Result<Introduction, Error> {
    let me = engine.identity();
    let mut groups = Vec::new();
    for topic in topic::all(conn)? {
        if let Some(row) = log::by_home(conn, topic.id, me.city.as_str())? {
            groups.push(GroupKey {
                topic: topic.uri,
                key: past_key::first_of(conn, &row)?,
                group: row.group_uri,
            });
        }
    }
    let key = setting::actor_key(conn, &own_actor(engine))?.ok_or(Error::NotFound)?;
    let cities = city::all(conn)?;
    let named = |slug: &str, base_url: String| {
        let row = cities.iter().find(|row| row.slug == slug);
        place(row.ok_or(Error::NotFound)?, base_url)
    };
    let siblings = known(conn, engine)?;
    let siblings = siblings.into_iter().map(|(slug, at)| named(&slug, at));
    Ok(Introduction {
        place: named(me.city.as_str(), me.base_url.clone())?,
        transport_pem: me.transport_pem.clone(),
        key: key.public_key,
        groups,
        siblings: siblings.collect::<Result<_, _>>()?,
    })
}

/// The siblings, configured and met: slug and address.
pub(super) fn known(conn: &mut Conn, engine: &Engine) -> Result<Vec<(String, String)>, Error> {
    let configured = engine.identity().siblings.iter();
    let mut known: Vec<_> = configured
        .map(|(slug, base_url)| (slug.to_string(), base_url.clone()))
        .collect();
    for (slug, base_url) in handshake::places(conn)? {
        if !known.iter().any(|(held, _)| *held == slug) {
            known.push((slug, base_url));
        }
    }
    Ok(known)
}

fn place(row: &City, base_url: String) -> Result<Place, Error> {
    let both = |es: &str, en: &str| Bilingual {
        es: es.to_owned(),
        en: en.to_owned(),
    };
    Ok(Place {
        city: CitySlug::parse(&row.slug)?,
        base_url,
        name: row.name.clone(),
        country: both(&row.country_es, &row.country_en),
        summary: both(&row.summary_es, &row.summary_en),
    })
}
