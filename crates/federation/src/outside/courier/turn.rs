//! One turn of one host: its letters, then the next entries, a bounded number of deliveries.
//!
//! Start at [`run`]. What must stay true: in order, at least once; a turn ends at the first delivery
//! that must be tried again.

use std::sync::Arc;

use bytes::Bytes;
use tequio_protocol::activity::{Reader, main_key_id};
use tequio_protocol::http_signature::Format;
use tequio_store::outside::server::Server;
use tequio_store::outside::{delivery, outgoing};
use tokio::sync::watch;
use url::Url;

use super::answer::{Verdict, judge};
use super::plan::{self, Receiver, To};
use crate::fetcher::FetchError;
use crate::knock::Reply;
use crate::outside::capability::{self, Family};
use crate::{Inner, knock};

/// Deliveries in one turn.
const MAX_DELIVERIES: u32 = 20;
/// A delivery that is disbelieved so often in a row is passed over.
const MAX_DISBELIEVED: i32 = 3;

/// Why a host is to be tried again.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    /// No answer.
    #[error("{0}")]
    Silent(#[from] FetchError),
    /// An answer that asks for patience.
    #[error("it answered {0}")]
    Later(u16, Option<i64>),
    /// It does not believe our signature.
    #[error("it does not believe our signature: {0}")]
    Disbelieved(u16),
    /// Our own database.
    #[error("our database: {0}")]
    Store(#[from] tequio_store::Error),
    /// Our own entries or keys.
    #[error("our instance: {0}")]
    Engine(#[from] tequio_engine::Error),
}

impl Trouble {
    /// The pause that the host asks for.
    pub(super) fn retry_after_s(&self) -> Option<i64> {
        match self {
            Self::Later(_, retry_after_s) => *retry_after_s,
            Self::Silent(_) | Self::Disbelieved(_) | Self::Store(_) | Self::Engine(_) => None,
        }
    }
}

/// What a turn came to.
#[derive(Debug)]
pub(super) struct Outcome {
    /// The host.
    pub(super) host: String,
    /// Last entry that was looked at.
    pub(super) sent_id: i64,
    /// Deliveries that were answered.
    pub(super) delivered: u32,
    /// Why it ended early.
    pub(super) trouble: Option<Trouble>,
}

struct Turn {
    inner: Arc<Inner>,
    row: Server,
    family: Family,
    delivered: u32,
    stop: watch::Receiver<bool>,
}

/// Works for one host until nothing is before it, enough was delivered, or something must wait.
pub(super) async fn run(inner: Arc<Inner>, row: Server, stop: watch::Receiver<bool>) -> Outcome {
    let mut turn = Turn {
        inner,
        row,
        family: Family::Microblog,
        delivered: 0,
        stop,
    };
    let trouble = turn.work().await.err();
    Outcome {
        host: turn.row.host,
        sent_id: turn.row.sent_id,
        delivered: turn.delivered,
        trouble,
    }
}

/// Tells the operator of what was not taken. That something was there before is as it should be: whoever
/// posted from elsewhere gets it announced back, and Lemmy 0.19 refuses that each time.
fn note(inbox: &Url, reply: &Reply, verdict: Verdict) {
    let (status, said) = (reply.status, || {
        reply.body.chars().take(200).collect::<String>()
    });
    match verdict {
        Verdict::Taken => {}
        Verdict::Known => tracing::debug!(%inbox, status, said = said(), "known outside"),
        Verdict::Refused
        | Verdict::NoFollowers
        | Verdict::Gone
        | Verdict::Disbelieved
        | Verdict::Later => {
            tracing::warn!(%inbox, status, said = said(), ?verdict, "not taken outside");
        }
    }
}

impl Turn {
    async fn work(&mut self) -> Result<(), Trouble> {
        if let Some(format) = Format::from_word(&self.row.signature) {
            self.inner.fetcher.formats().learned(&self.row.host, format);
        }
        let (host, software) = (&self.row.host, &self.row.software);
        self.family = capability::family_of(&self.inner, host, software).await?;
        self.letters().await?;
        while !self.is_over() {
            let to = Receiver {
                own_city: self.inner.city().to_owned(),
                host: self.row.host.clone(),
                family: self.family,
                engine: self.inner.engine.clone(),
            };
            let after = self.row.sent_id;
            let store = self.inner.engine.store();
            let steps = store.read(move |conn| plan::batch(conn, to, after)).await?;
            if steps.is_empty() {
                break;
            }
            for step in steps {
                for parcel in step.parcels {
                    self.deliver(&parcel.to, parcel.body, &parcel.signer)
                        .await?;
                }
                self.row.sent_id = step.entry_id;
                if self.is_over() {
                    break;
                }
            }
        }
        Ok(())
    }

    fn is_over(&self) -> bool {
        self.delivered >= MAX_DELIVERIES || *self.stop.borrow()
    }

    async fn letters(&mut self) -> Result<(), Trouble> {
        let host = self.row.host.clone();
        let store = self.inner.engine.store();
        let letters = store
            .read(move |conn| outgoing::list(conn, &host, i64::from(MAX_DELIVERIES)))
            .await?;
        for letter in letters {
            if self.is_over() {
                break;
            }
            let to = To::Inbox(letter.inbox);
            self.deliver(&to, letter.body.into(), &letter.actor_uri)
                .await?;
            let store = self.inner.engine.store();
            store
                .write(move |tx| outgoing::remove(tx, letter.id))
                .await?;
        }
        Ok(())
    }

    /// Delivers one document; `Ok` when nothing more is to be done about it.
    async fn deliver(&mut self, to: &To, body: Bytes, signer: &str) -> Result<(), Trouble> {
        let Some(inbox) = self.find(to).await? else {
            return Ok(());
        };
        let key_id = main_key_id(signer);
        let reply = match knock::send(&self.inner.fetcher, &inbox, body, &key_id).await {
            Ok(reply) => reply,
            Err(FetchError::Refused(why)) => {
                tracing::warn!(%inbox, %why, "an inbox outside may not be dialled");
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        let verdict = judge(self.family, reply.status, &reply.body);
        note(&inbox, &reply, verdict);
        self.delivered = self.delivered.saturating_add(1);
        match verdict {
            Verdict::Taken => self.keep_format(reply.format).await,
            Verdict::Known | Verdict::Refused => Ok(()),
            Verdict::NoFollowers => self.no_followers(signer.to_owned()).await,
            Verdict::Gone => self.gone(&inbox).await,
            Verdict::Later => Err(Trouble::Later(reply.status, reply.retry_after_s())),
            Verdict::Disbelieved if self.row.failures >= MAX_DISBELIEVED => Ok(()),
            Verdict::Disbelieved => Err(Trouble::Disbelieved(reply.status)),
        }
    }

    /// The inbox, asked for when it is not known; `None` when there is none to be had.
    async fn find(&self, to: &To) -> Result<Option<Url>, Trouble> {
        let uri = match to {
            To::Inbox(inbox) => return Ok(Url::parse(inbox).ok()),
            To::Actor(uri) => uri,
        };
        let Ok(url) = Url::parse(uri) else {
            return Ok(None);
        };
        let document = match self.inner.fetcher.object(&url).await {
            Ok(document) => document,
            Err(
                error @ (FetchError::TooSlow
                | FetchError::Connection(_)
                | FetchError::Status(500..=599)),
            ) => return Err(error.into()),
            Err(error) => {
                tracing::debug!(uri, %error, "no inbox of someone outside");
                return Ok(None);
            }
        };
        let Ok(reader) = Reader::new(&document, "actor") else {
            return Ok(None);
        };
        let shared = reader
            .any("endpoints")
            .and_then(|endpoints| Reader::new(endpoints, "endpoints").ok())
            .and_then(|endpoints| endpoints.address("sharedInbox").ok());
        let shared = shared.filter(|_| self.family != Family::Discourse);
        let inbox = shared.or_else(|| reader.address("inbox").ok());
        Ok(inbox.and_then(|inbox| Url::parse(inbox).ok()))
    }

    async fn keep_format(&mut self, format: Format) -> Result<(), Trouble> {
        if self.row.signature == format.as_str() {
            return Ok(());
        }
        format.as_str().clone_into(&mut self.row.signature);
        let (host, store) = (self.row.host.clone(), self.inner.engine.store());
        let written = store.write(move |tx| delivery::set_signature(tx, &host, format.as_str()));
        Ok(written.await?)
    }

    async fn no_followers(&self, followed: String) -> Result<(), Trouble> {
        let (host, store) = (self.row.host.clone(), self.inner.engine.store());
        let written = store.write(move |tx| delivery::retire_followers(tx, &host, &followed));
        let count = written.await?;
        tracing::info!(host = self.row.host, count, "nobody there follows any more");
        Ok(())
    }

    async fn gone(&self, inbox: &Url) -> Result<(), Trouble> {
        let (host, gone) = (self.row.host.clone(), inbox.to_string());
        let store = self.inner.engine.store();
        let count = store
            .write(move |tx| delivery::retire_inbox(tx, &host, &gone))
            .await?;
        tracing::info!(%inbox, count, "an inbox outside is gone");
        Ok(())
    }
}
