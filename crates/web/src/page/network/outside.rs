//! The servers outside the network, as administrators see them.

use i18n_embed_fl::fl;
use tequio_store::page::outside::{LAG_MAX, ServerCard};
use tequio_store::page::standing::{FAILURES_UNREACHABLE, PeerState};

use super::look;
use crate::outside::KindCount;
use crate::page::part::Words;
use crate::texts::Texts;
use crate::view::outside::{CountRow, OutsideNetwork, ServerRow, State};

/// Most servers shown; those with trouble come first.
pub(super) const SERVERS_MAX: i64 = 200;

/// What administrators see of the outside.
pub(super) fn view(
    words: &Words<'_>,
    servers: &[ServerCard],
    counts: &[KindCount],
) -> OutsideNetwork {
    let number = |count: u64| words.t.number(i64::try_from(count).unwrap_or(i64::MAX));
    OutsideNetwork {
        servers: servers.iter().map(|row| server(words, row)).collect(),
        counts: counts
            .iter()
            .map(|row| CountRow {
                kind: row.kind.clone(),
                received: number(row.received),
                taken: number(row.taken),
            })
            .collect(),
    }
}

fn server(words: &Words<'_>, row: &ServerCard) -> ServerRow {
    let t = words.t;
    let server = &row.server;
    let state = if server.failures >= FAILURES_UNREACHABLE {
        PeerState::Unreachable
    } else if row.behind > 0 || row.outgoing > 0 {
        PeerState::Behind
    } else {
        PeerState::UpToDate
    };
    let look = look(t, state);
    ServerRow {
        host: server.host.clone(),
        software: server.software.clone(),
        followers: t.number(row.followers),
        to_send: to_send(t, row),
        heard: words.moment(server.heard_at),
        sent: words.moment(server.sent_at),
        state: State {
            name: look.name,
            class: look.class,
            icon: look.icon,
        },
        error: server.last_error.clone(),
    }
}

fn to_send(t: &Texts, row: &ServerCard) -> String {
    let number = t.number(row.behind.saturating_add(row.outgoing));
    if row.behind >= LAG_MAX {
        fl!(t, "network-lag-more", number = number)
    } else {
        number
    }
}
