//! One exchange with the sibling, and what its answer means.

use bytes::Bytes;
use tequio_protocol::activity::actor::group_uri;
use tequio_protocol::activity::main_key_id;
use tequio_store::topic::{self, Topic};

use super::{ANSWER_EVERY_S, Courier};
use crate::discovery::NotFound;
use crate::fetcher::{Answer, FetchError};
use crate::heads::Vector;

/// Why an entry was not handed over.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    /// No answer.
    #[error("{0}")]
    Silent(#[from] FetchError),
    /// An answer other than 2xx.
    #[error("it answered {0}")]
    Answered(u16, Option<i64>),
    /// It is not known where or who it is.
    #[error("not found: {0}")]
    NotFound(#[from] NotFound),
    /// Our own database.
    #[error("our database: {0}")]
    Store(#[from] tequio_store::Error),
    /// Our own engine.
    #[error("our engine: {0}")]
    Engine(#[from] tequio_engine::Error),
}

impl Trouble {
    /// The pause that the sibling asks for.
    pub(super) fn retry_after_s(&self) -> Option<i64> {
        match self {
            Self::Answered(_, retry_after_s) => *retry_after_s,
            Self::Silent(_) | Self::NotFound(_) | Self::Store(_) | Self::Engine(_) => None,
        }
    }

    /// Whether the sibling did not believe our signature, or moved: who is who is asked anew.
    pub(super) fn is_key(&self) -> bool {
        matches!(self, Self::Answered(401 | 404 | 410, _))
    }
}

impl Courier {
    /// Delivers one document in the name of a group of ours.
    pub(super) async fn deliver(&self, body: Bytes, group: &str) -> Result<(), Trouble> {
        let contact = self.sibling.contact();
        let contact = contact.ok_or(FetchError::Unexpected("the sibling has no inbox"))?;
        let key_id = main_key_id(group);
        let answer = self
            .inner
            .fetcher
            .deliver(&contact.inbox, body, &key_id)
            .await?;
        match answer {
            Answer {
                status: 200..=299, ..
            } => Ok(()),
            Answer {
                status,
                retry_after_s,
            } => Err(Trouble::Answered(status, retry_after_s)),
        }
    }

    /// Says how far the logs of one topic reach.
    async fn send_vector(&self, vector: &Vector, topic: &Topic) -> Result<(), Trouble> {
        let group = group_uri(self.inner.base_url(), &topic.slug);
        let mut document = vector.document(&group, &topic.uri, &topic.slug);
        let engine = &self.inner.engine;
        engine
            .sign_as_group(&group, &mut document, self.inner.now())
            .await?;
        self.deliver(document.to_string().into(), &group).await
    }

    /// Says how far all logs reach, in the eyes of this city: one vector for each topic.
    pub(super) async fn send_heads(&mut self) -> Result<(), Trouble> {
        let store = self.inner.engine.store();
        let (topics, vector) = store
            .read(|conn| Ok::<_, tequio_store::Error>((topic::all(conn)?, Vector::read(conn)?)))
            .await?;
        for topic in topics {
            let takes_part = (vector.heads.iter())
                .any(|head| head.topic == topic.slug && head.city == self.sibling.city);
            if takes_part {
                self.send_vector(&vector, &topic).await?;
            }
        }
        let interval_s = i64::try_from(self.inner.settings.heartbeat_s).unwrap_or(i64::MAX);
        let now = self.inner.now();
        self.heartbeat_at = now.plus_seconds(interval_s);
        self.answer_at = now.plus_seconds(ANSWER_EVERY_S);
        Ok(())
    }
}
