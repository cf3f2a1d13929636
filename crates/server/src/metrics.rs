//! Figures for a monitoring system, in Prometheus' text format (version 0.0.4), on an address of their
//! own: they name the siblings and their troubles.
//!
//! Start at [`listen`]; `Page` writes the format.

use std::fmt::Display;
use std::net::{SocketAddr, TcpListener};

use actix_web::dev::Server;
use actix_web::{App, HttpResponse, HttpServer, web};
use tequio_domain::Timestamp;
use tequio_federation::{Federation, OutsideCount};
use tequio_store::alarm::{self, Alarm, Kind};
use tequio_store::page::standing::PeerStanding;
use tequio_store::peer::{self, Head};

use crate::clock;

/// Serves the figures at `/metrics`, when an address is configured.
pub(crate) fn listen(
    address: Option<SocketAddr>,
    federation: &Federation,
) -> Result<Option<Server>, String> {
    let Some(address) = address else {
        return Ok(None);
    };
    let refused = |error: std::io::Error| {
        format!("{address} cannot be used ({error}); choose another with metrics = …")
    };
    let listener = TcpListener::bind(address).map_err(refused)?;
    let data = web::Data::new(federation.clone());
    let server = HttpServer::new(move || {
        App::new()
            .app_data(data.clone())
            .route("/metrics", web::get().to(show))
    })
    .workers(1)
    .shutdown_timeout(1)
    .disable_signals()
    .listen(listener)
    .map_err(refused)?;
    tracing::info!(%address, "serving metrics");
    Ok(Some(server.run()))
}

async fn show(federation: web::Data<Federation>) -> HttpResponse {
    match read(&federation).await {
        Ok(figures) => HttpResponse::Ok()
            .content_type("text/plain; version=0.0.4")
            .body(figures.text(clock::now())),
        Err(error) => {
            tracing::error!(%error, "figures cannot be read");
            HttpResponse::ServiceUnavailable().finish()
        }
    }
}

struct Figures {
    peers: Vec<PeerStanding>,
    alarms: Vec<Alarm>,
    heads: Vec<Head>,
    outside: Vec<OutsideCount>,
    commits: u64,
}

async fn read(federation: &Federation) -> Result<Figures, tequio_store::Error> {
    let peers = federation.status().await?;
    let store = federation.store();
    let (alarms, heads) = store
        .read(|conn| Ok::<_, tequio_store::Error>((alarm::list_open(conn)?, peer::heads(conn)?)))
        .await?;
    Ok(Figures {
        peers,
        alarms,
        heads,
        outside: federation.outside_counts(),
        commits: store.version(),
    })
}

impl Figures {
    fn text(&self, now: Timestamp) -> String {
        let mut page = Page::default();
        page.gauge("tequio_build_info", "The version that runs.");
        page.value(&[("version", env!("CARGO_PKG_VERSION"))], 1);
        page.counter("tequio_commits_total", "Commits of this process.");
        page.value(&[], self.commits);
        self.write_peers(&mut page, now);
        page.gauge("tequio_alarms", "Open alarms.");
        for kind in Kind::ALL.map(Kind::as_str) {
            let open = self.alarms.iter().filter(|alarm| alarm.kind == kind);
            page.value(&[("kind", kind)], open.count());
        }
        self.write_logs(&mut page);
        page.counter(
            "tequio_outside_activities_total",
            "Activities received from outside the network.",
        );
        for count in &self.outside {
            page.value(&[("type", &count.kind)], count.received);
        }
        page.text
    }

    fn write_peers(&self, page: &mut Page, now: Timestamp) {
        let age = |at: i64| {
            let at = Timestamp::from_micros(at);
            now.seconds().saturating_sub(at.seconds()).max(0)
        };
        let mut each = |name: &str, help: &str, of: &dyn Fn(&PeerStanding) -> Option<i64>| {
            page.gauge(name, help);
            for peer in &self.peers {
                if let Some(value) = of(peer) {
                    page.value(&[("city", &peer.city)], value);
                }
            }
        };
        each(
            "tequio_peer_contact_age_seconds",
            "Since the last sign of life; missing when there never was one.",
            &|peer| peer.contact_at().map(age),
        );
        each(
            "tequio_peer_queue_entries",
            "Entries of this city that the sibling has not got.",
            &|peer| Some(peer.pending),
        );
        each(
            "tequio_peer_queue_age_seconds",
            "Age of the oldest of them; 0 when there is none.",
            &|peer| Some(peer.pending_since.map_or(0, age)),
        );
        each(
            "tequio_peer_missing_entries",
            "Entries of the sibling that are known to exist and not here.",
            &|peer| Some(peer.missing),
        );
        each(
            "tequio_peer_failures",
            "Failed deliveries in a row.",
            &|peer| Some(i64::from(peer.failures)),
        );
    }

    fn write_logs(&self, page: &mut Page) {
        let mut each = |name: &str, help: &str, of: fn(&Head) -> i64| {
            page.gauge(name, help);
            for log in &self.heads {
                page.value(&[("topic", &log.topic), ("city", &log.city)], of(log));
            }
        };
        each("tequio_log_entries", "Entries held, by log.", |log| {
            log.head_seq
        });
        each(
            "tequio_log_frozen",
            "1 when two signed histories of the log were seen.",
            |log| i64::from(log.is_frozen),
        );
    }
}

/// The text format: a name with help and type, then its values.
#[derive(Default)]
struct Page {
    text: String,
    /// Of the figure whose values come next.
    name: String,
}

impl Page {
    fn gauge(&mut self, name: &str, help: &str) {
        self.head(name, help, "gauge");
    }

    fn counter(&mut self, name: &str, help: &str) {
        self.head(name, help, "counter");
    }

    fn head(&mut self, name: &str, help: &str, kind: &str) {
        name.clone_into(&mut self.name);
        let head = format!("# HELP {name} {help}\n# TYPE {name} {kind}\n");
        self.text.push_str(&head);
    }

    fn value(&mut self, labels: &[(&str, &str)], value: impl Display) {
        let quoted = |(label, text): &(&str, &str)| {
            let text = text.replace('\\', "\\\\").replace('"', "\\\"");
            format!("{label}=\"{}\"", text.replace('\n', "\\n"))
        };
        let labels: Vec<String> = labels.iter().map(quoted).collect();
        let labels = if labels.is_empty() {
            String::new()
        } else {
            format!("{{{}}}", labels.join(","))
        };
        let line = format!("{}{labels} {value}\n", self.name);
        self.text.push_str(&line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_as_the_format_has_it() {
        let mut page = Page::default();
        page.gauge("tequio_x", "What it is.");
        page.value(&[], 1);
        page.value(&[("city", "managua"), ("type", "a\"b\\c\nd")], 2);
        page.counter("tequio_y_total", "Another.");
        page.value(&[("type", "Like")], 3);
        assert_eq!(
            page.text,
            "# HELP tequio_x What it is.\n# TYPE tequio_x gauge\ntequio_x 1\n\
             tequio_x{city=\"managua\",type=\"a\\\"b\\\\c\\nd\"} 2\n\
             # HELP tequio_y_total Another.\n# TYPE tequio_y_total counter\n\
             tequio_y_total{type=\"Like\"} 3\n"
        );
    }
}
