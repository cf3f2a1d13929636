//! What is wrong with a city, by what is known of it. Pure.

use tequio_domain::Timestamp;
use tequio_store::alarm::Kind;
use tequio_store::page::standing::PeerStanding;

/// Entries may fail to come for so many times the usual patience: they are pulled from whoever has
/// them, in pages, and a big page over a slow line takes its time.
const STUCK_PATIENCE: i64 = 5;

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) kind: Kind,
    pub(super) city: String,
    /// When it began, as far as can be known.
    pub(super) since: Timestamp,
}

/// How patient the watchdog is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// Seconds of silence after which an alarm is raised.
    pub(super) alarm_after_s: i64,
    /// Before, nobody listened here: silence is counted from then.
    pub(super) started_at: Timestamp,
}

/// How what is lacking of a city's logs shrinks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Progress {
    missing: i64,
    since: Timestamp,
}

impl Progress {
    /// Nothing is lacking.
    pub(super) fn new(now: Timestamp) -> Self {
        Self {
            missing: 0,
            since: now,
        }
    }

    /// Takes down what is lacking now.
    pub(super) fn note(&mut self, missing: i64, now: Timestamp) {
        if missing < self.missing || self.missing == 0 {
            self.since = now;
        }
        self.missing = missing;
    }
}

impl Pace {
    /// A sibling that was quiet for so long is asked for a sign of life, in seconds.
    pub(super) fn ask_after_s(self) -> i64 {
        (self.alarm_after_s / 3).max(1)
    }

    /// Pause between two looks, in seconds: an alarm comes so much late at most.
    pub(super) fn look_every_s(self) -> i64 {
        (self.alarm_after_s / 9).max(1)
    }

    /// Everything that is wrong with a city.
    pub(super) fn assess(
        self,
        city: &PeerStanding,
        progress: &Progress,
        now: Timestamp,
    ) -> Vec<Finding> {
        let found = |kind: Kind, since: Timestamp| Finding {
            kind,
            city: city.city.clone(),
            since,
        };
        let mut all = Vec::new();
        let contact = city.contact_at().map(Timestamp::from_micros);
        let quiet_since = contact.map_or(self.started_at, |at| at.max(self.started_at));
        let is_silent = !city.is_self && self.is_long(quiet_since, 1, now);
        if is_silent {
            all.push(found(Kind::Silent, contact.unwrap_or(self.started_at)));
        }
        let pending = city.pending_since.map(Timestamp::from_micros);
        if let Some(since) = pending
            && !is_silent
            && self.is_long(since.max(self.started_at), 1, now)
        {
            all.push(found(Kind::Queue, since));
        }
        if progress.missing > 0 && self.is_long(progress.since, STUCK_PATIENCE, now) {
            all.push(found(Kind::Stuck, progress.since));
        }
        if city.frozen > 0 {
            all.push(found(Kind::Frozen, now));
        }
        all
    }

    fn is_long(self, since: Timestamp, times: i64, now: Timestamp) -> bool {
        now >= since.plus_seconds(self.alarm_after_s.saturating_mul(times))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACE: Pace = Pace {
        alarm_after_s: 60,
        started_at: at(1000),
    };

    const fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    fn city() -> PeerStanding {
        PeerStanding {
            city: "managua".into(),
            base_url: "https://managua.example".into(),
            software: String::new(),
            is_self: false,
            is_found: true,
            pending: 0,
            pending_since: None,
            missing: 0,
            silent_since: None,
            frozen: 0,
            sent_at: None,
            heard_at: None,
            answered_at: None,
            failures: 0,
            last_error: String::new(),
        }
    }

    fn found(city: &PeerStanding, now: Timestamp) -> Vec<(Kind, Timestamp)> {
        let findings = PACE.assess(city, &Progress::new(now), now);
        findings.into_iter().map(|f| (f.kind, f.since)).collect()
    }

    #[test]
    fn a_city_is_silent_after_a_minute_without_any_sign_of_life() {
        let heard = |seconds: i64| PeerStanding {
            heard_at: Some(at(seconds).micros()),
            ..city()
        };
        assert_eq!(found(&heard(2000), at(2059)), []);
        assert_eq!(found(&heard(2000), at(2060)), [(Kind::Silent, at(2000))]);
        let answered = PeerStanding {
            answered_at: Some(at(2050).micros()),
            ..heard(2000)
        };
        assert_eq!(found(&answered, at(2060)), []);
    }

    #[test]
    fn silence_before_the_start_is_not_held_against_a_city_for_a_minute() {
        let long_ago = PeerStanding {
            sent_at: Some(at(5).micros()),
            ..city()
        };
        assert_eq!(found(&long_ago, at(1059)), []);
        assert_eq!(found(&long_ago, at(1060)), [(Kind::Silent, at(5))]);
        assert_eq!(found(&city(), at(1060)), [(Kind::Silent, at(1000))]);
    }

    #[test]
    fn a_city_that_answers_and_takes_nothing_is_told_by_its_queue() {
        let waiting = PeerStanding {
            answered_at: Some(at(2055).micros()),
            pending: 3,
            pending_since: Some(at(2000).micros()),
            ..city()
        };
        assert_eq!(found(&waiting, at(2059)), []);
        assert_eq!(found(&waiting, at(2060)), [(Kind::Queue, at(2000))]);
        // When it does not even answer, one alarm is enough.
        assert_eq!(found(&waiting, at(2115)), [(Kind::Silent, at(2055))]);
    }

    #[test]
    fn entries_that_do_not_come_are_told_unless_they_grow_fewer() {
        let mut progress = Progress::new(at(0));
        let stuck = |progress: &Progress, now: Timestamp| {
            let city = PeerStanding {
                answered_at: Some(now.micros()),
                ..city()
            };
            let findings = PACE.assess(&city, progress, now);
            findings.into_iter().map(|f| f.since).collect::<Vec<_>>()
        };
        progress.note(500, at(2000));
        progress.note(500, at(2100));
        assert_eq!(stuck(&progress, at(2299)), []);
        assert_eq!(stuck(&progress, at(2300)), [at(2000)]);
        progress.note(400, at(2300));
        assert_eq!(stuck(&progress, at(2599)), []);
        progress.note(900, at(2590)); // More was written meanwhile: no progress.
        assert_eq!(stuck(&progress, at(2600)), [at(2300)]);
        progress.note(0, at(2700));
        assert_eq!(stuck(&progress, at(9999)), []);
    }

    #[test]
    fn of_this_city_only_a_frozen_log_is_told() {
        let own = PeerStanding {
            is_self: true,
            ..city()
        };
        assert_eq!(found(&own, at(9000)), []);
        let frozen = PeerStanding { frozen: 1, ..own };
        assert_eq!(found(&frozen, at(9000)), [(Kind::Frozen, at(9000))]);
    }
}
