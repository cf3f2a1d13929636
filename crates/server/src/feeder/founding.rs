//! The founding city writes down who coordinates which topic first, as the kit says.

use tequio_domain::{CitySlug, kit, ledger::Period};
use tequio_engine::{
    Error,
    ledger::{
        self,
        founding::{self, Plan},
        hand_over::Speech,
    },
};
use tequio_store::log;

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
        let admin = self.members.values().find(|member| member.is_admin());
        // Where only some of the kit's cities take part, the founder stands in for the others.
        let coordinator = if self.cities.contains_key(coordinator) {
            coordinator
        } else {
            &coordination.founder
        };
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
        let admin = admin.ok_or(Error::NotFound)?;
        let moment = moment(start, &format!("founding of {topic}"));
        founding::found(&self.engine, admin, moment, Speech::on(topic), plan).await
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
