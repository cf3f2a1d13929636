//! `tequio peers`: how every city stands with this one.

use serde_json::{Value, json};
use tequio_domain::Timestamp;
use tequio_store::alarm::{self, Alarm};
use tequio_store::page::standing::{self, PeerStanding, PeerState};

use crate::{
    clock,
    config::Config,
    serve::{open_store, text},
    terminal::say,
};

const COLUMNS: [&str; 8] = [
    "CITY",
    "STATE",
    "CONTACT",
    "PENDING",
    "WAITS",
    "MISSING",
    "FAILED",
    "LAST ERROR",
];

struct Report {
    cities: Vec<PeerStanding>,
    alarms: Vec<Alarm>,
}

/// `tequio peers`.
pub(crate) fn print_table(config: Config) -> Result<(), String> {
    let report = read(&config)?;
    let now = clock::now();
    let mut rows = vec![COLUMNS.map(str::to_owned)];
    rows.extend(report.cities.iter().map(|city| row(city, now)));
    for line in aligned(&rows) {
        say(&line);
    }
    for alarm in &report.alarms {
        let since = Timestamp::from_micros(alarm.since).to_rfc3339();
        say(&format!(
            "alarm: {} {} since {since}",
            alarm.subject, alarm.kind
        ));
    }
    verdict(&report)
}

/// `tequio peers --json`.
pub(crate) fn print_json(config: Config) -> Result<(), String> {
    let report = read(&config)?;
    let cities: Vec<Value> = report.cities.iter().map(city_json).collect();
    let alarms: Vec<Value> = report.alarms.iter().map(alarm_json).collect();
    say(&json!({ "cities": cities, "alarms": alarms }).to_string());
    verdict(&report)
}

fn read(config: &Config) -> Result<Report, String> {
    open_store(config)?
        .read_blocking(|conn| {
            Ok::<_, tequio_store::Error>(Report {
                cities: standing::standings(conn)?,
                alarms: alarm::list_open(conn)?,
            })
        })
        .map_err(text)
}

/// Fails while an alarm is open, so that a script can tell.
fn verdict(report: &Report) -> Result<(), String> {
    match report.alarms.len() {
        0 => Ok(()),
        1 => Err("1 alarm is open".to_owned()),
        count => Err(format!("{count} alarms are open")),
    }
}

fn row(city: &PeerStanding, now: Timestamp) -> [String; 8] {
    let ago = |at: Option<i64>| at.map_or_else(|| "-".to_owned(), |at| age(at, now));
    [
        city.city.clone(),
        word(city.state()).to_owned(),
        ago(city.contact_at()),
        city.pending.to_string(),
        ago(city.pending_since),
        city.missing.to_string(),
        city.failures.to_string(),
        city.last_error.clone(),
    ]
}

const fn word(state: PeerState) -> &'static str {
    match state {
        PeerState::Own => "this city",
        PeerState::Unknown => "never found",
        PeerState::UpToDate => "up to date",
        PeerState::Behind => "behind",
        PeerState::Unreachable => "out of reach",
    }
}

/// How long ago, in its largest whole unit.
fn age(at_us: i64, now: Timestamp) -> String {
    let seconds = now
        .seconds()
        .saturating_sub(Timestamp::from_micros(at_us).seconds())
        .max(0);
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        7200..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// Columns as wide as their widest cell, two spaces apart.
fn aligned(rows: &[[String; 8]]) -> Vec<String> {
    let mut widths = [0_usize; 8];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let line = |row: &[String; 8]| {
        let cells: Vec<String> = (row.iter().zip(widths))
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        cells.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

fn city_json(city: &PeerStanding) -> Value {
    let time = |at: Option<i64>| at.map(|at| Timestamp::from_micros(at).to_rfc3339());
    json!({
        "city": city.city,
        "url": city.base_url,
        "software": city.software,
        "state": word(city.state()),
        "contactAt": time(city.contact_at()),
        "heardAt": time(city.heard_at),
        "sentAt": time(city.sent_at),
        "pending": city.pending,
        "pendingSince": time(city.pending_since),
        "missing": city.missing,
        "frozenLogs": city.frozen,
        "failures": city.failures,
        "lastError": city.last_error,
    })
}

fn alarm_json(alarm: &Alarm) -> Value {
    json!({
        "city": alarm.subject,
        "kind": alarm.kind,
        "since": Timestamp::from_micros(alarm.since).to_rfc3339(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_told_in_their_largest_unit() {
        let now = Timestamp::from_micros(1_000_000_000_000);
        let ago = |seconds: i64| age(now.plus_seconds(-seconds).micros(), now);
        assert_eq!(
            [0, 119, 120, 7199, 7200, 172_799, 172_800].map(ago),
            ["0 s", "119 s", "2 min", "119 min", "2 h", "47 h", "2 d"]
        );
        assert_eq!(age(now.plus_seconds(9).micros(), now), "0 s");
    }

    #[test]
    fn columns_stand_below_each_other() {
        let mut first = COLUMNS.map(str::to_owned);
        let mut second = COLUMNS.map(|_| "ñ".to_owned());
        first[7] = String::new();
        second[0] = "san-salvador".to_owned();
        let lines = aligned(&[first, second]);
        let place = |line: &str, text: &str| line.split(text).next().map(|s| s.chars().count());
        assert_eq!(place(&lines[0], "STATE"), place(&lines[1], "ñ"));
        assert!(!lines[0].ends_with(' '));
    }
}
