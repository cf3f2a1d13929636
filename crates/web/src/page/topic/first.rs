//! What stands first in a topic: its priorities, and what the coordination features.

use tequio_engine::Error as EngineError;
use tequio_engine::ledger::curation as curated;
use tequio_engine::ledger::ruling::{FEATURED_MAX, FEATURED_READ};
use tequio_protocol::activity::ledger::Priority;
use tequio_store::Conn;
use tequio_store::object::Object;
use tequio_store::page::list::{
    self, KnowledgeCard, KnowledgeFilter, Slice, ThreadCard, ThreadFilter,
};
use tequio_store::ruling::{self, FEATURED};

use super::curation;
use crate::page::part;
use crate::view::topic::PriorityRow;

/// Read beside the first page of threads.
#[derive(Default)]
pub(super) struct First {
    priorities: Vec<(Priority, Option<Object>)>,
    /// Featured threads.
    pub(super) threads: Vec<ThreadCard>,
    /// Featured knowledge objects.
    pub(super) objects: Vec<KnowledgeCard>,
}

impl First {
    pub(super) fn read(conn: &mut Conn, topic_id: i64) -> Result<Self, EngineError> {
        let priorities = curated::priorities_of(conn, topic_id)?;
        let priorities = curation::linked(conn, priorities)?;
        let featured = ruling::of_kind(conn, topic_id, FEATURED, FEATURED_READ)?;
        let mut first = Self {
            priorities,
            ..Self::default()
        };
        if featured.is_empty() {
            return Ok(first);
        }
        let uris: Vec<String> = featured.into_iter().map(|row| row.object_uri).collect();
        let slice = Slice::first(i64::try_from(FEATURED_MAX).unwrap_or(i64::MAX));
        let threads = ThreadFilter {
            topic_id: Some(topic_id),
            uris: Some(uris.clone()),
            ..ThreadFilter::default()
        };
        let objects = KnowledgeFilter {
            topic_id: Some(topic_id),
            uris: Some(uris),
            ..KnowledgeFilter::default()
        };
        first.threads = list::threads(conn, &threads, slice)?;
        first.objects = list::knowledge(conn, &objects, slice)?;
        Ok(first)
    }

    pub(super) fn priorities(&self) -> Vec<PriorityRow> {
        let rows = self.priorities.iter().map(|(item, held)| PriorityRow {
            name: item.name.clone(),
            href: held.as_ref().map(part::object_href),
        });
        rows.collect()
    }
}
