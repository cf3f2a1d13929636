//! `/red`: how every city stands, seen from here. Federation that stops silently is what operators
//! fear most, so anybody may look.

use actix_web::HttpResponse;
use askama::Template;
use i18n_embed_fl::fl;
use tequio_store::city::City;
use tequio_store::log::{self, Log};
use tequio_store::page::outside::servers;
use tequio_store::page::place::{self, Places};
use tequio_store::peer::{self, Peer};
use tequio_store::{Conn, Error as StoreError};

use super::part::Words;
use crate::failure::Failure;
use crate::outside::KindCount;
use crate::texts::Texts;
use crate::view::list::When;
use crate::view::outside::OutsideNetwork;
use crate::view::place::{LogRow, Network, PeerRow};
use crate::visit::{Section, Visit};

mod outside;

/// Failed deliveries in a row from which a city counts as out of reach.
const FAILURES_UNREACHABLE: i32 = 3;

/// How a city stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeerState {
    /// This one.
    Own,
    /// Has everything, and we have all of its.
    UpToDate,
    /// Something is on its way.
    Behind,
    /// Does not answer.
    Unreachable,
    /// Was never found.
    Unknown,
}

/// A city's state and the numbers behind it.
#[derive(Debug, Clone)]
pub struct Standing {
    /// State.
    pub state: PeerState,
    heard_at: Option<i64>,
    sent_at: Option<i64>,
    to_send: i64,
    to_get: i64,
}

/// How a state is shown.
#[derive(Debug, Clone)]
pub struct Look {
    /// Word.
    pub name: String,
    /// Colour.
    pub class: &'static str,
    /// Icon.
    pub icon: &'static str,
}

/// How a state is shown: never by colour alone.
#[must_use]
pub fn look(t: &Texts, state: PeerState) -> Look {
    let (name, class, icon) = match state {
        PeerState::Own => (fl!(t, "peer-self"), "badge-accent", "city"),
        PeerState::UpToDate => (fl!(t, "peer-ok"), "badge-ok", "check"),
        PeerState::Behind => (fl!(t, "peer-behind"), "badge-notice", "clock"),
        PeerState::Unreachable => (fl!(t, "peer-unreachable"), "badge-error", "cut"),
        PeerState::Unknown => (fl!(t, "peer-unknown"), "badge", "clock"),
    };
    Look { name, class, icon }
}

impl Standing {
    /// Of one city.
    ///
    /// # Errors
    /// The database's.
    pub fn read(conn: &mut Conn, city: &City) -> Result<Self, StoreError> {
        let peer = peer::by_city(conn, &city.slug)?;
        let logs = log::all(conn)?;
        Self::of(conn, city, peer.as_ref(), &logs)
    }

    fn of(
        conn: &mut Conn,
        city: &City,
        peer: Option<&Peer>,
        logs: &[Log],
    ) -> Result<Self, StoreError> {
        let missing = logs.iter().filter(|log| log.city == city.slug);
        let to_get = missing
            .map(|log| (log.known_seq - log.head_seq).max(0))
            .sum();
        let to_send = match peer {
            Some(peer) => place::own_entries_after(conn, peer.sent_id)?,
            None => 0,
        };
        let state = match peer {
            _ if city.is_self => PeerState::Own,
            None => PeerState::Unknown,
            Some(peer) if peer.failures >= FAILURES_UNREACHABLE => PeerState::Unreachable,
            Some(peer) if peer.actor_uri.is_empty() => PeerState::Unknown,
            Some(_) if to_get > 0 || to_send > 0 => PeerState::Behind,
            Some(_) => PeerState::UpToDate,
        };
        Ok(Self {
            state,
            heard_at: peer.and_then(|peer| peer.heard_at),
            sent_at: peer.and_then(|peer| peer.sent_at),
            to_send,
            to_get,
        })
    }
}

/// `GET /red`.
///
/// # Errors
/// The database's.
pub async fn show(visit: Visit) -> Result<HttpResponse, Failure> {
    visit
        .show(async {
            let (places, standings, logs) = visit.state.store().read(read).await?;
            let mut page = view(&visit, &places, &standings, &logs);
            // What others do with us is no secret of theirs, but it is of nobody's concern.
            if visit.admin().is_ok() {
                page.outside = Some(read_outside(&visit, &places).await?);
            }
            Ok(page.render()?)
        })
        .await
}

async fn read_outside(visit: &Visit, places: &Places) -> Result<OutsideNetwork, Failure> {
    let store = visit.state.store();
    let servers = store
        .read(|conn| servers(conn, outside::SERVERS_MAX))
        .await?;
    let counts: Vec<KindCount> = visit.state.settings.outside.counts();
    let words = Words {
        t: &visit.t,
        places,
        own: visit.state.city(),
    };
    Ok(outside::view(&words, &servers, &counts))
}

fn read(conn: &mut Conn) -> Result<(Places, Vec<Standing>, Vec<Log>), StoreError> {
    let places = place::places(conn)?;
    let (peers, logs) = (peer::list(conn)?, log::all(conn)?);
    let mut standings = Vec::new();
    for city in &places.cities {
        let peer = peers.iter().find(|peer| peer.city == city.slug);
        standings.push(Standing::of(conn, city, peer, &logs)?);
    }
    Ok((places, standings, logs))
}

fn view(visit: &Visit, places: &Places, standings: &[Standing], logs: &[Log]) -> Network {
    let t = &visit.t;
    let words = Words {
        t,
        places,
        own: visit.state.city(),
    };
    let troubled = standings
        .iter()
        .filter(|row| {
            matches!(
                row.state,
                PeerState::Behind | PeerState::Unreachable | PeerState::Unknown
            )
        })
        .count();
    let verdict = if troubled == 0 {
        fl!(t, "network-verdict-ok", count = standings.len())
    } else {
        fl!(t, "network-verdict-behind", count = troubled)
    };
    let rows = places.cities.iter().zip(standings).map(|(city, standing)| {
        let look = look(t, standing.state);
        PeerRow {
            city: words.chip(&city.slug),
            state: look.name,
            state_class: look.class,
            icon: look.icon,
            heard: instant(&words, standing, standing.heard_at),
            sent: instant(&words, standing, standing.sent_at),
            to_send: t.number(standing.to_send),
            to_get: t.number(standing.to_get),
        }
    });
    let of_topics = places.topics.iter().map(|topic| {
        let of_topic = || logs.iter().filter(|log| log.topic_id == topic.id);
        let held: i64 = of_topic().map(|log| log.head_seq).sum();
        let missing: i64 = of_topic()
            .map(|log| (log.known_seq - log.head_seq).max(0))
            .sum();
        LogRow {
            topic: words.topic_link(topic.id),
            held: t.number(held),
            missing: t.number(missing),
        }
    });
    Network {
        f: visit.frame(fl!(t, "nav-network"), Section::Network),
        verdict,
        rows: rows.collect(),
        logs: of_topics.collect(),
        outside: None,
    }
}

/// When something was heard or sent; nothing is said of this city itself.
fn instant(words: &Words<'_>, standing: &Standing, at: Option<i64>) -> When {
    if standing.state == PeerState::Own {
        When::default()
    } else {
        words.moment(at)
    }
}
