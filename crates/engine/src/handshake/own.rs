//! What this city says of itself to those who do not know it.

use serde_json::Value;
use tequio_domain::{CitySlug, Timestamp, kit::Bilingual};
use tequio_protocol::activity::introduction::{GroupKey, Introduction, Place};
use tequio_store::{
    Conn,
    city::{self, City},
    handshake, log, setting, topic,
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
    let topics = topic::all(conn)?;
    let logs = log::all(conn)?;
    let own = logs.into_iter().filter(|row| row.city == me.city.as_str());
    let groups = own.filter_map(|row| {
        let topic = topics.iter().find(|topic| topic.id == row.topic_id)?;
        Some(GroupKey {
            topic: topic.uri.clone(),
            group: row.group_uri,
            key: row.public_key,
        })
    });
    let groups = groups.collect();
    let key = setting::actor_key(conn, &own_actor(engine))?.ok_or(Error::NotFound)?;
    let mut siblings = Vec::new();
    for (slug, base_url) in known(conn, engine)? {
        siblings.push(place(&city::by_slug(conn, &slug)?, base_url)?);
    }
    Ok(Introduction {
        place: place(&city::by_slug(conn, me.city.as_str())?, me.base_url.clone())?,
        transport_pem: me.transport_pem.clone(),
        key: key.public_key,
        groups,
        siblings,
    })
}

/// The siblings, configured and met: slug and address.
pub(super) fn known(conn: &mut Conn, engine: &Engine) -> Result<Vec<(String, String)>, Error> {
    let configured = engine.identity().siblings.iter();
    let mut known: Vec<_> = configured
        .map(|(slug, base_url)| (slug.to_string(), base_url.clone()))
        .collect();
    for row in handshake::accepted(conn)? {
        if !known.iter().any(|(slug, _)| *slug == row.city) {
            known.push((row.city, row.base_url));
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
