//! Founding: what a network's kit and the configuration say becomes rows.

use tequio_domain::{CitySlug, OFFICE, Timestamp, kit};
use tequio_protocol::{
    activity::actor::{group_uri, person_uri},
    keys::{Ed25519PrivateKey, RsaPrivateKey},
};
use tequio_store::{
    Store, Tx, city, entry, handshake, ledger, log, setting,
    topic::{self, GlossaryTerm, Topic},
};
use uuid::Uuid;

use crate::{Engine, Error, Identity, adopt::base_url_of, rebuild::refill};

/// What an instance is founded from. Founding again with the same values changes nothing; new texts
/// of the kit replace the old.
#[derive(Debug, Clone)]
pub struct Founding {
    /// The network.
    pub network: kit::Network,
    /// Its topics.
    pub topics: Vec<FoundingTopic>,
    /// The city of this instance.
    pub city: CitySlug,
    /// `https://host[:port]`, without a slash at the end.
    pub base_url: String,
    /// Addresses of the other cities' instances, by slug.
    pub siblings: Vec<(CitySlug, String)>,
}

/// One topic with its glossary.
#[derive(Debug, Clone)]
pub struct FoundingTopic {
    /// The topic.
    pub topic: kit::Topic,
    /// Its glossary.
    pub glossary: kit::Glossary,
}

const BASE_URL: &str = "base_url";
pub(crate) const TRANSPORT_KEY: &str = "transport_key";
const UNDERSTANDS: &str = "understands";
/// Which kinds of activities this program reads. Raise it with every new kind: entries that an older
/// program kept without knowing what they say are then judged anew at the next start.
const KINDS: &str = "3";

impl Engine {
    /// Opens the instance that lives in `store`, founding it when it is new.
    ///
    /// # Errors
    /// [`Error::OtherInstance`] when the data belong to another city or address.
    pub fn open(store: Store, founding: Founding, now: Timestamp) -> Result<Self, Error> {
        let held = store.read_blocking(|conn| setting::get(conn, TRANSPORT_KEY))?;
        // A key takes 0.1 s to make: outside the transaction.
        let fresh = if held.is_none() {
            Some(new_transport_key()?)
        } else {
            None
        };
        let city_name = founding
            .network
            .cities
            .iter()
            .find(|city| city.slug == founding.city.as_str())
            .map(|city| city.name.clone())
            .ok_or_else(|| Error::internal("the kit does not have this city"))?;
        let (city, base_url) = (founding.city.clone(), founding.base_url.clone());
        let siblings = founding.siblings.clone();
        let pem = match store.write_blocking(move |tx| found(tx, &founding, fresh, now)) {
            Err(Error::Store(tequio_store::Error::DiskFull)) => {
                as_founded(&store, &format!("{city} {base_url}"))?
            }
            founded => founded?,
        };
        let transport = RsaPrivateKey::from_pem(&pem).map_err(Error::internal)?;
        let transport_pem = transport.public().to_pem().map_err(Error::internal)?;
        Ok(Self::new(
            store,
            Identity {
                city,
                city_name,
                base_url,
                transport,
                transport_pem,
                siblings,
            },
        ))
    }
}

/// The transport key of an instance that was founded before as what it is asked to be now: without room
/// for the kit's newest texts it opens all the same, because reading needs none.
fn as_founded(store: &Store, asked: &str) -> Result<String, Error> {
    let (held, pem) = store.read_blocking(|conn| {
        let held = setting::get(conn, BASE_URL)?;
        Ok::<_, Error>((held, setting::get(conn, TRANSPORT_KEY)?))
    })?;
    match (held, pem) {
        (Some(held), Some(pem)) if held == asked => {
            tracing::error!("the disk is full: this city can be read, and takes nothing");
            Ok(pem)
        }
        _ => Err(tequio_store::Error::DiskFull.into()),
    }
}

pub(crate) fn new_transport_key() -> Result<String, Error> {
    let key = RsaPrivateKey::generate().map_err(Error::internal)?;
    key.to_pem().map_err(Error::internal)
}

fn found(
    tx: &mut Tx<'_>,
    founding: &Founding,
    fresh_key: Option<String>,
    now: Timestamp,
) -> Result<String, Error> {
    let asked = format!("{} {}", founding.city, founding.base_url);
    match setting::get(tx.conn(), BASE_URL)? {
        Some(held) if held != asked => return Err(Error::OtherInstance { held, asked }),
        Some(_) => {}
        None => setting::put(tx, BASE_URL, &asked)?,
    }
    if let (None, Some(pem)) = (setting::get(tx.conn(), TRANSPORT_KEY)?, fresh_key) {
        setting::put(tx, TRANSPORT_KEY, &pem)?;
    }
    let before = city::base_urls(tx.conn())?;
    put_cities(tx, founding)?;
    add_actor_key(tx, &format!("{}/", founding.base_url), now)?;
    add_actor_key(tx, &person_uri(&founding.base_url, OFFICE), now)?;
    for (position, topic) in (0..).zip(&founding.topics) {
        let id = put_topic(tx, &founding.network.slug, topic, position)?;
        add_own_group(tx, founding, id, &topic.topic.slug, now)?;
        if let Some(coordination) = &founding.network.coordination {
            ledger::put_founder(tx, id, &coordination.founder)?;
        }
    }
    judge_neighbors_anew(tx, &before, founding.city.as_str())?;
    judge_new_kinds(tx, founding.city.as_str())?;
    setting::get(tx.conn(), TRANSPORT_KEY)?.ok_or_else(|| Error::internal("no transport key"))
}

/// Whose people are the network's and whose from outside follows from where the cities are. When that
/// becomes known or changes, and somebody has attested people there, the tables are made anew.
pub(crate) fn judge_neighbors_anew(
    tx: &mut Tx<'_>,
    before: &[String],
    city: &str,
) -> Result<(), Error> {
    let after = city::base_urls(tx.conn())?;
    let came = after.iter().filter(|base_url| !before.contains(base_url));
    let went = before.iter().filter(|base_url| !after.contains(base_url));
    for base_url in came.chain(went) {
        if log::any_author_on(tx.conn(), base_url)? {
            refill(tx, city)?;
            return Ok(());
        }
    }
    Ok(())
}

/// What was void to an older program may say something to this one.
fn judge_new_kinds(tx: &mut Tx<'_>, city: &str) -> Result<(), Error> {
    if setting::get(tx.conn(), UNDERSTANDS)?.as_deref() == Some(KINDS) {
        return Ok(());
    }
    setting::put(tx, UNDERSTANDS, KINDS)?;
    if entry::any_void(tx.conn())? {
        refill(tx, city)?;
    }
    Ok(())
}

fn put_cities(tx: &mut Tx<'_>, founding: &Founding) -> Result<(), Error> {
    let logs = log::all(tx.conn())?;
    let met = handshake::places(tx.conn())?;
    for (position, row) in (0..).zip(&founding.network.cities) {
        let is_self = row.slug == founding.city.as_str();
        let sibling = founding
            .siblings
            .iter()
            .find(|(slug, _)| slug.as_str() == row.slug);
        let base_url = match sibling {
            _ if is_self => founding.base_url.clone(),
            Some((_, base_url)) => base_url.clone(),
            // A city that was met, or that siblings told us of, keeps its address.
            None => (met.iter().find(|(slug, _)| *slug == row.slug))
                .map(|(_, base_url)| base_url.as_str())
                .or_else(|| {
                    let log = logs.iter().find(|log| log.city == row.slug)?;
                    base_url_of(&log.group_uri)
                })
                .unwrap_or_default()
                .to_owned(),
        };
        city::put(
            tx,
            &city::City {
                slug: row.slug.clone(),
                position,
                name: row.name.clone(),
                country_es: row.country.es.clone(),
                country_en: row.country.en.clone(),
                summary_es: row.summary.es.clone(),
                summary_en: row.summary.en.clone(),
                base_url,
                is_self,
            },
        )?;
    }
    Ok(())
}

/// The identity of a topic, the same wherever the same kit founds it.
fn topic_uri(network: &str, slug: &str) -> String {
    let name = format!("https://tequio.org/networks/{network}/{slug}");
    Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes())
        .urn()
        .to_string()
}

fn put_topic(
    tx: &mut Tx<'_>,
    network: &str,
    founding: &FoundingTopic,
    position: i32,
) -> Result<i64, Error> {
    let kit = &founding.topic;
    let row = Topic {
        id: tx.next_id()?,
        slug: kit.slug.clone(),
        uri: topic_uri(network, &kit.slug),
        position,
        name_es: kit.name.es.clone(),
        name_en: kit.name.en.clone(),
        summary_es: kit.summary.es.clone(),
        summary_en: kit.summary.en.clone(),
        for_deciders_es: kit.for_deciders.es.clone(),
        for_deciders_en: kit.for_deciders.en.clone(),
        for_practitioners_es: kit.for_practitioners.es.clone(),
        for_practitioners_en: kit.for_practitioners.en.clone(),
    };
    let id = topic::put(tx, &row)?;
    let mut terms: Vec<&kit::GlossaryTerm> = founding.glossary.terms.iter().collect();
    terms.sort_by_key(|term| tequio_domain::slugify(&term.name));
    let mut rows = Vec::with_capacity(terms.len());
    for (position, term) in (0..).zip(terms) {
        rows.push(glossary_row(id, position, term)?);
    }
    topic::put_glossary(tx, id, &rows)?;
    Ok(id)
}

fn glossary_row(
    topic_id: i64,
    position: i32,
    term: &kit::GlossaryTerm,
) -> Result<GlossaryTerm, Error> {
    Ok(GlossaryTerm {
        topic_id,
        slug: term.slug.clone(),
        position,
        name: term.name.clone(),
        name_en: term.en.clone(),
        definition: term.definition.clone(),
        also: serde_json::to_string(&term.also).map_err(Error::internal)?,
    })
}

fn add_own_group(
    tx: &mut Tx<'_>,
    founding: &Founding,
    topic_id: i64,
    slug: &str,
    now: Timestamp,
) -> Result<(), Error> {
    if log::by_home(tx.conn(), topic_id, founding.city.as_str())?.is_some() {
        return Ok(());
    }
    let group_uri = group_uri(&founding.base_url, slug);
    let public_key = add_actor_key(tx, &group_uri, now)?;
    let (id, city) = (tx.next_id()?, founding.city.as_str());
    let row = log::Log::unread(id, topic_id, city, &group_uri, &public_key);
    Ok(log::add(tx, &row)?)
}

/// Makes the Ed25519 key of one of our actors, unless it has one. Answers the public half.
pub(crate) fn add_actor_key(
    tx: &mut Tx<'_>,
    actor_uri: &str,
    now: Timestamp,
) -> Result<String, Error> {
    if let Some(held) = setting::actor_key(tx.conn(), actor_uri)? {
        return Ok(held.public_key);
    }
    let key = Ed25519PrivateKey::generate().map_err(Error::internal)?;
    let public_key = key.public().to_multibase();
    setting::add_actor_key(
        tx,
        &setting::ActorKey {
            actor_uri: actor_uri.to_owned(),
            private_key: key.to_multibase(),
            public_key: public_key.clone(),
            created_at: now.micros(),
        },
    )?;
    Ok(public_key)
}
