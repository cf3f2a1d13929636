//! Cities that come to know each other: one invites, the other comes with the invitation, and on both sides a
//! person compares six words before anything of the other is believed.
//!
//! Start at [`invite`] and [`meet`]; [`accept`] makes a sibling of a city that was met.
//!
//! # Invariants
//! - A city that was met is nothing until an administrator accepts it; then its keys are those it was met with.
//! - A secret serves one city, once, for [`INVITATION_S`]; only its digest is kept.
//! - What the configuration says of a city goes before what was met.

mod invitation;
mod own;

use serde_json::Value;
use tequio_domain::{CitySlug, Invalid};
use tequio_protocol::activity::actor::group_uri;
use tequio_protocol::activity::introduction::{Introduction, Place};
use tequio_protocol::json;
use tequio_store::handshake::{self as rows, Handshake, Met};
use tequio_store::{
    Conn, Tx,
    city::{self, City},
    log::{self, Log},
    past_key, peer, topic,
};

pub use invitation::{INVITATION_S, invite, invite_as_operator, withdraw};
pub use own::{introduced, introduction};

use crate::account::office::still_administers;
use crate::found::judge_neighbors_anew;
use crate::{Engine, Error, Member, Moment};
use invitation::use_up;
use own::known;

/// By what right a city is met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// It brings the secret of our invitation.
    Guest {
        /// The secret.
        secret: String,
    },
    /// We bring the secret of its invitation.
    Host,
    /// A city that we know presents it.
    Presented {
        /// That city.
        by: CitySlug,
    },
}

/// Why a city is not met.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The secret is unknown, used by another, or too old.
    #[error("this invitation is not known here, was used, or has ended")]
    Invitation,
    /// It calls itself as this city, or is at its address.
    #[error("this is the city itself")]
    Itself,
    /// It has no topic of this network.
    #[error("it takes part in none of the topics of this network")]
    OtherNetwork,
    /// This city is known at another address or by other keys, or another one at this address.
    #[error("this city is known by another address or other keys")]
    OtherKeys,
    /// [`OPEN_MAX`] cities wait for an administrator.
    #[error("too many cities wait here for an administrator")]
    TooMany,
    /// Our own fault.
    #[error(transparent)]
    Engine(#[from] Error),
}

/// Most cities that wait for an administrator when another one is presented.
pub const OPEN_MAX: i64 = 20;

impl From<tequio_store::Error> for Refused {
    fn from(error: tequio_store::Error) -> Self {
        Self::Engine(error.into())
    }
}

/// Whether a city could be met, before anything is said to it.
///
/// # Errors
/// [`Refused`].
pub async fn check(engine: &Engine, met: Introduction) -> Result<(), Refused> {
    let own = engine.clone();
    engine
        .store()
        .read(move |conn| may_be_met(conn, &own, &met).map(|_known| ()))
        .await
}

/// Takes down that a city was met. Of one that is known already nothing changes.
///
/// # Errors
/// [`Refused`].
pub async fn meet(
    engine: &Engine,
    moment: Moment,
    met: Introduction,
    document: &Value,
    way: Way,
) -> Result<(), Refused> {
    let (own, document, now) = (engine.clone(), document.to_string(), moment.now());
    engine
        .store()
        .write(move |tx| {
            if may_be_met(tx.conn(), &own, &met)? {
                return Ok(());
            }
            let (how, presented_by) = match way {
                Way::Guest { secret } => {
                    use_up(tx, &met, &secret, now)?;
                    (Met::Guest, String::new())
                }
                Way::Host => (Met::Host, String::new()),
                Way::Presented { by } => {
                    // Whoever came first, or came in person, is not put aside.
                    if rows::by_city(tx.conn(), met.place.city.as_str())?.is_some() {
                        return Ok(());
                    }
                    if rows::count_open(tx.conn())? >= OPEN_MAX {
                        return Err(Refused::TooMany);
                    }
                    (Met::Presented, by.to_string())
                }
            };
            let row = Handshake {
                city: met.place.city.to_string(),
                base_url: met.place.base_url.clone(),
                introduction: document,
                met: how.as_str().to_owned(),
                presented_by,
                is_mutual: false,
                met_at: now.micros(),
                accepted_at: None,
                by_name: String::new(),
            };
            Ok(rows::put(tx, &row)?)
        })
        .await
}

/// Answers whether it is a sibling already.
fn may_be_met(conn: &mut Conn, engine: &Engine, met: &Introduction) -> Result<bool, Refused> {
    let me = engine.identity();
    let (slug, base_url) = (met.place.city.as_str(), &met.place.base_url);
    if slug == me.city.as_str() || *base_url == me.base_url {
        return Err(Refused::Itself);
    }
    let mut has_topic = false;
    for topic in topic::all(conn)? {
        let Some(group) = met.groups.iter().find(|group| group.topic == topic.uri) else {
            continue;
        };
        has_topic = true;
        let is_other = match log::by_home(conn, topic.id, slug)? {
            Some(held) => {
                held.group_uri != group.group || past_key::first_of(conn, &held)? != group.key
            }
            None => group.group != group_uri(base_url, &topic.slug),
        };
        if is_other {
            return Err(Refused::OtherKeys);
        }
    }
    if !has_topic {
        return Err(Refused::OtherNetwork);
    }
    let known = known(conn, engine)?;
    let is_elsewhere = |(held, at): &(String, String)| (held == slug) != (at == base_url);
    if known.iter().any(is_elsewhere) {
        return Err(Refused::OtherKeys);
    }
    Ok(known.iter().any(|(held, _)| held == slug))
}

/// An administrator has compared the words: from now on the city is a sibling, by the keys that it was met with. Of
/// a host also those that it knows, which hear of us from it.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`] for a city that waits for nothing; [`Error::Invalid`] of `words` when
/// the city is known by other keys by now.
pub async fn accept(
    engine: &Engine,
    admin: &Member,
    moment: Moment,
    city: &str,
) -> Result<(), Error> {
    let (own, city, by_name) = (engine.clone(), city.to_owned(), admin.name.clone());
    as_admin(engine, admin, move |tx| {
        let row = rows::by_city(tx.conn(), &city)?;
        let row = row.filter(|row| row.accepted_at.is_none());
        let row = row.ok_or(Error::NotFound)?;
        let met = read(&row)?;
        match may_be_met(tx.conn(), &own, &met) {
            Ok(_) => {}
            Err(Refused::Engine(error)) => return Err(error),
            Err(_) => return Err(Invalid::new("words", "other-keys").into()),
        }
        let now = moment.now().micros();
        let before = city::base_urls(tx.conn())?;
        let is_host = row.met == Met::Host.as_str();
        let row = Handshake {
            accepted_at: Some(now),
            by_name,
            ..row
        };
        settle(tx, &met.place, &row)?;
        add_logs(tx, &met)?;
        rows::remove_invitation(tx, &row.city)?;
        if is_host {
            take_presented(tx, &own, &met, &row)?;
        }
        judge_neighbors_anew(tx, &before, own.identity().city.as_str())
    })
    .await
}

/// What a city that was met said of itself.
///
/// # Errors
/// [`Error::Internal`] when nothing readable is kept.
pub fn read(row: &Handshake) -> Result<Introduction, Error> {
    let value = json::parse(row.introduction.as_bytes()).map_err(Error::internal)?;
    Introduction::read(&value).map_err(Error::internal)
}

/// Keeps a sibling, and where its city is.
fn settle(tx: &mut Tx<'_>, place: &Place, row: &Handshake) -> Result<(), Error> {
    rows::put(tx, row)?;
    let base_url = place.base_url.clone();
    let held = match city::by_slug(tx.conn(), place.city.as_str()) {
        Ok(held) => City { base_url, ..held },
        Err(tequio_store::Error::NotFound) => {
            let last = city::all(tx.conn())?.iter().map(|row| row.position).max();
            City {
                slug: place.city.to_string(),
                position: last.unwrap_or(0).saturating_add(1),
                name: place.name.clone(),
                country_es: place.country.es.clone(),
                country_en: place.country.en.clone(),
                summary_es: place.summary.es.clone(),
                summary_en: place.summary.en.clone(),
                base_url,
                is_self: false,
            }
        }
        Err(other) => return Err(other.into()),
    };
    city::put(tx, &held)?;
    Ok(peer::ensure(tx, place.city.as_str())?)
}

/// The logs of its groups, by the keys that were compared.
fn add_logs(tx: &mut Tx<'_>, met: &Introduction) -> Result<(), Error> {
    for topic in topic::all(tx.conn())? {
        let group = met.groups.iter().find(|group| group.topic == topic.uri);
        let slug = met.place.city.as_str();
        let held = log::by_home(tx.conn(), topic.id, slug)?;
        let (Some(group), None) = (group, held) else {
            continue;
        };
        let row = Log::unread(tx.next_id()?, topic.id, slug, &group.group, &group.key);
        log::add(tx, &row)?;
    }
    Ok(())
}

/// The cities that a host knows and we do not.
fn take_presented(
    tx: &mut Tx<'_>,
    engine: &Engine,
    host: &Introduction,
    accepted: &Handshake,
) -> Result<(), Error> {
    let me = engine.identity();
    let mut taken = known(tx.conn(), engine)?;
    taken.push((me.city.to_string(), me.base_url.clone()));
    for place in &host.siblings {
        let (city, base_url) = (place.city.as_str(), &place.base_url);
        if taken
            .iter()
            .any(|(slug, at)| slug == city || at == base_url)
        {
            continue;
        }
        taken.push((city.to_owned(), base_url.clone()));
        let row = Handshake {
            city: place.city.to_string(),
            base_url: place.base_url.clone(),
            introduction: String::new(),
            met: Met::Presented.as_str().to_owned(),
            presented_by: host.place.city.to_string(),
            is_mutual: false,
            ..accepted.clone()
        };
        settle(tx, place, &row)?;
    }
    Ok(())
}

/// An administrator does not want a city that was met, or no longer: nothing is sent to it or taken from it. What it
/// wrote stays, and what other siblings hold of it still comes from them. It may be invited anew.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`] for a city that was not met.
pub async fn forget(engine: &Engine, admin: &Member, city: &str) -> Result<(), Error> {
    let city = city.to_owned();
    as_admin(engine, admin, move |tx| {
        rows::by_city(tx.conn(), &city)?.ok_or(Error::NotFound)?;
        rows::remove_invitation(tx, &city)?;
        Ok(rows::remove(tx, &city)?)
    })
    .await
}

async fn as_admin<T, F>(engine: &Engine, admin: &Member, work: F) -> Result<T, Error>
where
    T: Send + 'static,
    F: FnOnce(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
{
    admin.require_admin()?;
    let id = admin.account_id;
    engine
        .store()
        .write(move |tx| {
            still_administers(tx.conn(), id)?;
            work(tx)
        })
        .await
}
