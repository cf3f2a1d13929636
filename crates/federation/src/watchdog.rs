//! Sees to it that no city falls silent unnoticed: federation that stops silently is what operators
//! fear most.
//!
//! Start at [`run`]. A sibling that gave no sign of life for a third of the time after which an alarm
//! is raised is asked for one (its NodeInfo, which costs it next to nothing); `assess` says what is
//! wrong. Alarms are in the database, so that they outlive the process and are seen by the page, the
//! command line and metrics alike. An answer also ends the pause of a courier: whoever comes back
//! gets what is waiting at once.

mod assess;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use tequio_domain::Timestamp;
use tequio_store::alarm::{self, Alarm, Kind};
use tequio_store::page::standing;
use tokio::sync::watch;
use url::Url;

use crate::Inner;
use crate::bookkeeping::{self, Watched};
use crate::sibling::Sibling;
use assess::{Finding, Pace, Progress};

/// Siblings asked at once.
const ASKED_AT_ONCE: usize = 16;
/// Answers are written down so often, in seconds: a commit makes all remembered pages old.
const WRITE_EVERY_S: i64 = 60;

/// Works until `stop` says true.
pub(crate) async fn run(inner: Arc<Inner>, mut stop: watch::Receiver<bool>) {
    let mut watchdog = Watchdog::new(inner);
    let every = Duration::from_secs(u64::try_from(watchdog.pace.look_every_s()).unwrap_or(1));
    while !*stop.borrow() {
        tokio::select! {
            () = watchdog.look() => {}
            _ = stop.changed() => break,
        }
        tokio::select! {
            () = tokio::time::sleep(every) => {}
            _ = stop.changed() => break,
        }
    }
}

struct Watchdog {
    inner: Arc<Inner>,
    pace: Pace,
    /// What is lacking of each city's logs, and since when not less.
    progress: HashMap<String, Progress>,
    written_at: Timestamp,
}

impl Watchdog {
    fn new(inner: Arc<Inner>) -> Self {
        let now = inner.now();
        let alarm_after_s = i64::try_from(inner.settings.alarm_after_s).unwrap_or(i64::MAX);
        Self {
            inner,
            pace: Pace {
                alarm_after_s,
                started_at: now,
            },
            progress: HashMap::new(),
            written_at: now,
        }
    }

    async fn look(&mut self) {
        self.ask_the_quiet().await;
        if let Err(error) = self.compare().await {
            tracing::error!(%error, "the watchdog cannot see");
        }
    }

    /// Asks those who gave no sign of life lately for one.
    async fn ask_the_quiet(&self) {
        let now = self.inner.now();
        let lately = now.plus_seconds(-self.pace.ask_after_s());
        let quiet = self.inner.siblings.iter().filter(|sibling| {
            let sign = sibling.heard_at().max(sibling.answered_at());
            sign.is_none_or(|at| at <= lately)
        });
        futures::stream::iter(quiet)
            .for_each_concurrent(ASKED_AT_ONCE, |sibling| self.ask(sibling))
            .await;
    }

    async fn ask(&self, sibling: Arc<Sibling>) {
        let Ok(url) = Url::parse(&format!("{}/nodeinfo/2.1", sibling.base_url)) else {
            return;
        };
        match self.inner.fetcher.json(&url).await {
            Ok(_) => sibling.answered(self.inner.now()),
            Err(error) => tracing::debug!(city = sibling.city, %error, "no sign of life"),
        }
    }

    /// Compares what is wrong with the alarms that are open, and writes down what changed.
    async fn compare(&mut self) -> Result<(), tequio_store::Error> {
        let now = self.inner.now();
        let siblings = self.inner.status().await?;
        let store = self.inner.engine.store();
        let (all, open) = store
            .read(|conn| {
                let all = standing::standings(conn)?;
                Ok::<_, tequio_store::Error>((all, alarm::list_open(conn)?))
            })
            .await?;
        let own = all.into_iter().filter(|city| city.is_self);
        let mut findings = Vec::new();
        for city in siblings.into_iter().chain(own) {
            let progress = self.progress.entry(city.city.clone());
            let progress = progress.or_insert_with(|| Progress::new(now));
            progress.note(city.missing, now);
            findings.extend(self.pace.assess(&city, progress, now));
        }
        let mut seen = changes(&findings, &open);
        if now >= self.written_at.plus_seconds(WRITE_EVERY_S) {
            seen.answered = self.answers();
            self.written_at = now;
        }
        if seen != Watched::default() {
            bookkeeping::watched(store, seen, now).await?;
        }
        Ok(())
    }

    fn answers(&self) -> Vec<(String, Timestamp)> {
        let answers = self.inner.siblings.iter().filter_map(|sibling| {
            let at = sibling.answered_at()?;
            Some((sibling.city.clone(), at))
        });
        answers.collect()
    }
}

/// Which alarms are new, and which are over; both are told to the log.
fn changes(findings: &[Finding], open: &[Alarm]) -> Watched {
    let is_open = |finding: &&Finding| {
        open.iter()
            .any(|alarm| alarm.subject == finding.city && alarm.kind == finding.kind.as_str())
    };
    let mut seen = Watched::default();
    for new in findings.iter().filter(|finding| !is_open(finding)) {
        tracing::error!(
            city = new.city,
            since = new.since.to_rfc3339(),
            "alarm raised: {}",
            meaning(new.kind)
        );
        seen.raised.push((new.kind, new.city.clone(), new.since));
    }
    for alarm in open {
        let Some(kind) = Kind::parse(&alarm.kind) else {
            continue;
        };
        let goes_on =
            (findings.iter()).any(|finding| finding.city == alarm.subject && finding.kind == kind);
        if !goes_on {
            tracing::info!(city = alarm.subject, "alarm over: {}", meaning(kind));
            seen.cleared.push((kind, alarm.subject.clone()));
        }
    }
    seen
}

/// For the log.
const fn meaning(kind: Kind) -> &'static str {
    match kind {
        Kind::Silent => "no sign of life",
        Kind::Queue => "takes nothing of what is waiting for it",
        Kind::Stuck => "its entries exist and do not come",
        Kind::Frozen => "two signed histories of one of its logs",
    }
}
