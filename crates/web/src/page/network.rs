//! `/red`: how every city stands, seen from here. Federation that stops silently is what operators
//! fear most, so anybody may look.

use actix_web::HttpResponse;
use askama::Template;
use i18n_embed_fl::fl;
use tequio_store::alarm::{self, Alarm};
use tequio_store::log::{self, Log};
use tequio_store::page::outside::servers;
use tequio_store::page::place::{self, Places};
use tequio_store::page::standing::{self, PeerStanding, PeerState};
use tequio_store::{Conn, Error as StoreError};

use super::part::Words;
use crate::failure::Failure;
use crate::outside::KindCount;
use crate::texts::Texts;
use crate::view::list::When;
use crate::view::mesh::Notice;
use crate::view::outside::OutsideNetwork;
use crate::view::place::{LogRow, Network, PeerRow};
use crate::visit::{Section, Visit};

mod alarms;
mod mesh;
mod outside;
mod recovery;

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

/// What the page is made of.
struct Read {
    places: Places,
    standings: Vec<PeerStanding>,
    logs: Vec<Log>,
    open: Vec<Alarm>,
    closed: Vec<Alarm>,
}

/// `GET /red`.
///
/// # Errors
/// The database's.
pub async fn show(visit: Visit) -> Result<HttpResponse, Failure> {
    visit
        .show(async {
            let read = visit.state.store().read(read).await?;
            let mut page = view(&visit, &read);
            page.mesh = read_mesh(&visit, &read.places).await?;
            let recovered = visit.state.store().read(recovery::read).await?;
            page.recovery = recovery::view(&words(&visit, &read.places), &recovered);
            // What others do with us is no secret of theirs, but it is of nobody's concern.
            if visit.admin().is_ok() {
                page.alarms = Some(alarms::view(&words(&visit, &read.places), &read));
                page.outside = Some(read_outside(&visit, &read.places).await?);
            }
            Ok(page.render()?)
        })
        .await
}

fn words<'a>(visit: &'a Visit, places: &'a Places) -> Words<'a> {
    Words {
        t: &visit.t,
        places,
        own: visit.state.city(),
    }
}

async fn read_mesh(visit: &Visit, places: &Places) -> Result<Vec<Notice>, Failure> {
    let mesh = visit.state.store().read(mesh::Mesh::read).await?;
    let pulling = visit.state.settings.outside.pulling();
    Ok(mesh.view(&words(visit, places), &pulling))
}

async fn read_outside(visit: &Visit, places: &Places) -> Result<OutsideNetwork, Failure> {
    let store = visit.state.store();
    let servers = store
        .read(|conn| servers(conn, outside::SERVERS_MAX))
        .await?;
    let counts: Vec<KindCount> = visit.state.settings.outside.counts();
    Ok(outside::view(&words(visit, places), &servers, &counts))
}

fn read(conn: &mut Conn) -> Result<Read, StoreError> {
    Ok(Read {
        places: place::places(conn)?,
        standings: standing::standings(conn)?,
        logs: log::all(conn)?,
        open: alarm::list_open(conn)?,
        closed: alarm::list_closed(conn, alarms::CLOSED_MAX)?,
    })
}

fn view(visit: &Visit, read: &Read) -> Network {
    let t = &visit.t;
    let words = words(visit, &read.places);
    let is_well = |row: &&PeerStanding| matches!(row.state(), PeerState::Own | PeerState::UpToDate);
    let troubled = read.standings.iter().filter(|row| !is_well(row)).count();
    let verdict = match troubled {
        0 => fl!(t, "network-verdict-ok", count = read.standings.len()),
        count => fl!(t, "network-verdict-behind", count = count),
    };
    Network {
        f: visit.frame(fl!(t, "nav-network"), Section::Network),
        verdict,
        rows: read.standings.iter().map(|row| peer(&words, row)).collect(),
        logs: of_topics(&words, &read.logs),
        alarms: None,
        mesh: Vec::new(),
        recovery: None,
        outside: None,
    }
}

fn peer(words: &Words<'_>, standing: &PeerStanding) -> PeerRow {
    let t = words.t;
    let look = look(t, standing.state());
    // Nothing is said of this city itself.
    let instant = |at: Option<i64>| {
        if standing.is_self {
            When::default()
        } else {
            words.moment(at)
        }
    };
    PeerRow {
        city: words.chip(&standing.city),
        state: look.name,
        state_class: look.class,
        icon: look.icon,
        contact: instant(standing.contact_at()),
        sent: instant(standing.sent_at),
        to_send: t.number(standing.pending),
        waiting: standing
            .pending_since
            .map(|since| words.moment(Some(since))),
        to_get: t.number(standing.missing),
    }
}

fn of_topics(words: &Words<'_>, logs: &[Log]) -> Vec<LogRow> {
    let of_topics = words.places.topics.iter().map(|topic| {
        let of_topic = || logs.iter().filter(|log| log.topic_id == topic.id);
        let held: i64 = of_topic().map(|log| log.head_seq).sum();
        let missing = of_topic().map(|log| (log.known_seq - log.head_seq).max(0));
        LogRow {
            topic: words.topic_link(topic.id),
            held: words.t.number(held),
            missing: words.t.number(missing.sum()),
        }
    });
    of_topics.collect()
}
