//! The founding city writes down who coordinates which topic first, as the kit says; those who coordinate
//! rank the priorities.

use tequio_domain::{CitySlug, kit, ledger::Period};
use tequio_engine::{
    Error, Member,
    ledger::{
        self,
        curation::{self, Issue},
        founding::{self, Plan},
        hand_over::Speech,
        ruling,
    },
};
use tequio_protocol::activity::ledger::Ruling;
use tequio_store::{Conn, log};

use super::{Feeder, moment, time};

/// Seconds of a day.
const DAY_S: i64 = 24 * 3600;

impl Feeder {
    /// Founds the coordination of every topic, once the groups of all cities of this network are known.
    pub(super) async fn found_coordination(
        &self,
        coordination: &kit::Coordination,
    ) -> Result<(), Error> {
        if coordination.founder != self.engine.identity().city.as_str() {
            return Ok(());
        }
        for (topic, coordinator) in &coordination.coordinators {
            self.wait_for_groups(topic).await?;
            self.found_topic(coordination, topic, coordinator).await?;
        }
        Ok(())
    }

    async fn found_topic(
        &self,
        coordination: &kit::Coordination,
        topic: &str,
        coordinator: &str,
    ) -> Result<(), Error> {
        let slug = topic.to_owned();
        let store = self.engine.store();
        let acta = store.read(move |conn| ledger::read(conn, &slug)).await?;
        if acta.state.founding.is_some() {
            return Ok(());
        }
        let coordinator = self.stand_in(coordination, coordinator);
        let start = time(&coordination.first_term)?;
        let plan = Plan {
            coordinator: CitySlug::parse(coordinator)?,
            term_days: coordination.term_days,
            quorum: coordination.quorum,
            period: Period {
                start,
                end: start.plus_seconds(i64::from(coordination.term_days) * DAY_S),
            },
        };
        let moment = moment(start, &format!("founding of {topic}"));
        founding::found(&self.engine, self.admin()?, moment, Speech::on(topic), plan).await
    }

    fn admin(&self) -> Result<&Member, Error> {
        let admin = self.members.values().find(|member| member.is_admin());
        admin.ok_or(Error::NotFound)
    }

    /// Where only some of the kit's cities take part, the founder stands in for the others.
    fn stand_in<'a>(&self, coordination: &'a kit::Coordination, city: &'a str) -> &'a str {
        if self.cities.contains_key(city) {
            city
        } else {
            &coordination.founder
        }
    }

    /// Ranks the priorities of the topics that this city coordinates, and features a thread of each.
    pub(super) async fn rank_priorities(
        &self,
        coordination: &kit::Coordination,
    ) -> Result<(), Error> {
        let own = self.engine.identity().city.as_str();
        let start = time(&coordination.first_term)?.plus_seconds(DAY_S);
        for (topic, sample) in &self.priorities {
            let Some(coordinator) = coordination.coordinators.get(topic) else {
                continue;
            };
            if self.stand_in(coordination, coordinator) != own {
                continue;
            }
            self.wait_for_seat(topic).await?;
            let issue = |issue: &kit::SampleIssue| Issue {
                name: issue.name.clone(),
                about: issue
                    .thread
                    .as_ref()
                    .and_then(|key| self.threads.get(key))
                    .copied(),
            };
            let issues: Vec<Issue> = sample.issues.iter().map(issue).collect();
            let featured = *self.threads.get(&sample.featured).ok_or(Error::NotFound)?;
            for oid in issues
                .iter()
                .filter_map(|issue| issue.about)
                .chain([featured])
            {
                self.wait_for(oid).await?;
            }
            let speech = Speech {
                topic: topic.clone(),
                note: sample.reason.clone(),
            };
            let (engine, admin) = (&self.engine, self.admin()?);
            let at = moment(start, &format!("priorities of {topic}"));
            curation::set_priorities(engine, admin, at, speech, issues).await?;
            let at = moment(start, &format!("featured in {topic}"));
            let feature = (featured, Ruling::Feature);
            ruling::rule(engine, admin, at, &sample.reason, feature).await?;
        }
        Ok(())
    }

    /// Returns when this city knows that it coordinates a topic.
    async fn wait_for_seat(&self, topic: &str) -> Result<(), Error> {
        let mut changed = self.engine.store().changed();
        loop {
            let slug = topic.to_owned();
            let read = move |conn: &mut Conn| ledger::read(conn, &slug);
            let acta = self.engine.store().read(read).await?;
            let seat = acta.state.coordinator().map(|term| &term.city);
            if seat == Some(&self.engine.identity().city) {
                return Ok(());
            }
            changed
                .changed()
                .await
                .map_err(|error| Error::Internal(error.to_string()))?;
        }
    }

    /// Returns when the groups of all cities are known.
    async fn wait_for_groups(&self, topic: &str) -> Result<(), Error> {
        let mut changed = self.engine.store().changed();
        loop {
            let slug = topic.to_owned();
            let known = self.engine.store().read(move |conn| {
                let topic = tequio_store::topic::by_slug(conn, &slug)?;
                Ok::<_, tequio_store::Error>(log::of_topic(conn, topic.id)?.len())
            });
            if known.await? >= self.cities.len() {
                return Ok(());
            }
            changed
                .changed()
                .await
                .map_err(|error| Error::Internal(error.to_string()))?;
        }
    }
}
