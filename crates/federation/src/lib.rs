//! Everything that talks to other servers: what they may read here, what they send, what is brought
//! to them and fetched from them.
//!
//! Start at [`Federation`]. In: `endpoint` (what can be read) and `gateway` (the inbox, the order of
//! its checks). Out: [`fetcher`] (the only HTTP client), `discovery` (who the siblings are), `courier`
//! (own entries, pushed to siblings), [`outside`] (everybody else), `puller` (what is lacking, pulled), `mirror` (files). `watchdog` sees that
//! nobody falls silent unnoticed.
//!
//! # Invariants
//! - Nothing is believed before a signature and nothing is dispatched before its key is the actor's.
//! - Only [`fetcher`] dials out, and only to addresses that [`address`] allows.
//! - Nothing that must survive a restart is kept in memory alone.
//! - One dead sibling slows nobody: a task for each.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        reason = "a failing test may panic"
    )
)]

pub mod accept;
pub mod address;
pub mod back_off;
mod bookkeeping;
pub mod cache;
pub mod claims;
mod courier;
mod couriers;
mod discovery;
mod endpoint;
mod faults;
pub mod fetcher;
mod gateway;
mod handshake;
pub mod heads;
mod intake;
pub mod knock;
pub mod limiter;
mod mirror;
mod newest;
pub mod outside;
mod outsider;
pub mod problem;
mod progress;
mod puller;
mod receipts;
mod recovery;
mod replay;
pub mod resolver;
pub mod sibling;
mod status;
#[cfg(test)]
mod tests;
mod visitor;
mod watchdog;
mod words;

use std::net::IpAddr;
use std::sync::Arc;

use actix_web::web::ServiceConfig;
use serde_json::Value;
use tequio_domain::Timestamp;
use tequio_engine::{Engine, Member, Moment};
use tequio_protocol::activity::actor::host_of;
use tequio_protocol::activity::{Heads, Reach, main_key_id};
use tequio_protocol::random;
use tequio_store::page::standing::PeerStanding;
use tequio_store::peer::{self, Head};
use tequio_store::{Store, fork, handshake as handshakes};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use address::Policy;
use cache::Cache;
use claims::{Claims, Holds};
use faults::Faults;
use fetcher::{ExtraRoots, FetchError, Fetcher, Signer};
use gateway::Room;
pub use handshake::JoinError;
use heads::Vector;
use intake::Intake;
use limiter::{Limiter, Rate};
use outside::Outside;
use outside::capability::Asked;
pub use outside::counts::OutsideCount;
pub use outside::lookup::{Found, LookupError};
pub use outside::status::OutsideStatus;
use outsider::Outsiders;
use problem::Problem;
use progress::Progress;
pub use progress::Pulling;
use replay::Replays;
pub use sibling::PeerSettings;
use sibling::{Sibling, Siblings};

/// Most documents that are kept ready.
const CACHED_DOCUMENTS: usize = 4096;
/// Most bytes of documents that are kept ready.
const CACHED_BYTES: usize = 32 * 1024 * 1024;
/// A sibling may send 20,000 at once and 5,000 more each second.
const SIBLING_RATE: Rate = Rate {
    burst: 20_000,
    interval_us: 200,
};
/// Requests with a stranger's signature, by IP address: 300 in five minutes.
const STRANGER_RATE: Rate = Rate {
    burst: 300,
    interval_us: 1_000_000,
};
/// A sibling whose signature does not hold is asked for its key anew: three times, then each minute.
const REFIND_RATE: Rate = Rate {
    burst: 3,
    interval_us: 60_000_000,
};
/// Most signed requests of strangers that are remembered, so that a repeat is known.
const MAX_REPLAYS: usize = 50_000;
/// Most siblings that are counted at once: more cities than a network has.
const MAX_SIBLINGS: usize = 1000;
/// Most addresses that are counted at once.
const MAX_STRANGERS: usize = 10_000;

/// What the configuration says.
#[derive(Debug, Clone)]
pub struct FederationSettings {
    /// `http` and loopback addresses are fine.
    pub development: bool,
    /// Authorities that are trusted besides the system's; in development only.
    pub extra_roots: ExtraRoots,
    /// The other cities, without this one.
    pub peers: Vec<PeerSettings>,
    /// Seconds between two heartbeats to each sibling.
    pub heartbeat_s: u64,
    /// Seconds of silence after which an alarm is raised.
    pub alarm_after_s: u64,
    /// Addresses of reverse proxies that say truly, in `X-Forwarded-For`, who is behind them.
    pub trusted_proxies: Vec<IpAddr>,
}

/// Why it cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// TLS.
    #[error(transparent)]
    Tls(#[from] FetchError),
    /// The database.
    #[error(transparent)]
    Store(#[from] tequio_store::Error),
}

/// All talk with other servers; cheap to clone.
#[derive(Clone)]
pub struct Federation(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) settings: FederationSettings,
    pub(crate) engine: Engine,
    pub(crate) fetcher: Fetcher,
    pub(crate) siblings: Siblings,
    pub(crate) outsiders: Outsiders,
    pub(crate) intake: Intake,
    pub(crate) cache: Cache,
    pub(crate) sibling_bucket: Limiter,
    pub(crate) stranger_bucket: Limiter,
    pub(crate) refind_bucket: Limiter,
    pub(crate) replays: Replays,
    /// Bodies that are being read.
    pub(crate) room: Room,
    pub(crate) asked: Asked,
    /// Wakes the puller: more of some log is known to exist.
    pub(crate) pull: Notify,
    pub(crate) claims: Claims,
    pub(crate) faults: Faults,
    pub(crate) progress: Progress,
    /// A sibling claims more of our own logs than we hold.
    pub(crate) claimed: Notify,
    clock: fn() -> Timestamp,
    pub(crate) outside: Outside,
}

impl Federation {
    /// Of an instance; `clock` tells the time. Nothing is sent before [`Federation::spawn`].
    ///
    /// # Errors
    /// [`StartError`] when TLS cannot be set up or the database cannot be read.
    pub fn new(
        settings: FederationSettings,
        engine: Engine,
        clock: fn() -> Timestamp,
    ) -> Result<Self, StartError> {
        let me = engine.identity();
        let signer = Signer {
            key_id: main_key_id(&format!("{}/", me.base_url)),
            key: me.transport.clone(),
        };
        let user_agent = format!("Tequio/{} (+{}/)", env!("CARGO_PKG_VERSION"), me.base_url);
        let policy = Policy::of_mode(settings.development);
        let roots = settings.extra_roots.clone();
        let fetcher = Fetcher::new(policy, &user_agent, signer, roots, clock)?;
        let met = engine.store().read_blocking(handshakes::places)?;
        let siblings = Siblings::new(&couriers::places(&settings.peers, met));
        Ok(Self(Arc::new(Inner {
            intake: Intake::new(engine.clone(), clock),
            engine,
            fetcher,
            siblings,
            outsiders: Outsiders::default(),
            cache: Cache::new(CACHED_DOCUMENTS, CACHED_BYTES),
            sibling_bucket: Limiter::new(SIBLING_RATE, MAX_SIBLINGS),
            stranger_bucket: Limiter::new(STRANGER_RATE, MAX_STRANGERS),
            refind_bucket: Limiter::new(REFIND_RATE, MAX_SIBLINGS),
            replays: Replays::new(MAX_REPLAYS),
            room: Room::default(),
            asked: Asked::default(),
            pull: Notify::new(),
            claims: Claims::default(),
            faults: Faults::default(),
            progress: Progress::default(),
            claimed: Notify::new(),
            clock,
            outside: Outside::default(),
            settings,
        })))
    }

    /// Adds the addresses of this crate to an application. Put it before the pages: `/` is shared,
    /// and goes to the pages unless ActivityPub is asked for.
    pub fn configure(&self) -> impl Fn(&mut ServiceConfig) + Clone + Send + 'static {
        let inner = Arc::clone(&self.0);
        move |config: &mut ServiceConfig| endpoint::configure(config, &inner)
    }

    /// Starts the couriers, the puller and the mirror on the current runtime. They end soon after
    /// `stop` says true; join the set to wait for them.
    pub fn spawn(&self, stop: &watch::Receiver<bool>) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        let inner = &self.0;
        let (newest, newest_id) = watch::channel(0);
        tasks.spawn(newest::run(Arc::clone(inner), newest, stop.clone()));
        tasks.spawn(puller::run(Arc::clone(inner), stop.clone()));
        tasks.spawn(mirror::run(Arc::clone(inner), stop.clone()));
        tasks.spawn(watchdog::run(Arc::clone(inner), stop.clone()));
        tasks.spawn(recovery::run(Arc::clone(inner), stop.clone()));
        tasks.spawn(outside::courier::run(Arc::clone(inner), stop.clone()));
        tasks.spawn(outside::backfill::run(Arc::clone(inner), stop.clone()));
        tasks.spawn(outside::later::run(Arc::clone(inner), stop.clone()));
        tasks.spawn(couriers::run(Arc::clone(inner), newest_id, stop.clone()));
        tasks
    }

    /// How every sibling is.
    ///
    /// # Errors
    /// The store's.
    pub async fn status(&self) -> Result<Vec<PeerStanding>, tequio_store::Error> {
        self.0.status().await
    }

    /// The logs that are being pulled now, by city and topic.
    #[must_use]
    pub fn pulling(&self) -> Vec<Pulling> {
        self.0.progress.list(self.0.now())
    }

    /// How often each kind of activity came from outside since the start.
    #[must_use]
    pub fn outside_counts(&self) -> Vec<OutsideCount> {
        self.0.outside.counts.list()
    }

    /// What a member's search finds outside: an actor by `@name@host`, `name@host` or `!group@host`, an
    /// actor or a public post by its address.
    ///
    /// # Errors
    /// [`LookupError`], for the page.
    pub async fn look_up(&self, account_id: i64, text: &str) -> Result<Found, LookupError> {
        outside::lookup::look_up(&self.0, account_id, text).await
    }

    /// Brings this city to the one whose invitation an administrator was given: its address. Answers the slug of
    /// that city, which is then to be accepted.
    ///
    /// # Errors
    /// [`JoinError`], for the page.
    pub async fn join(&self, admin: &Member, link: &str) -> Result<String, JoinError> {
        handshake::join(&self.0, admin, link).await
    }

    /// What this city holds.
    #[must_use]
    pub fn store(&self) -> &Store {
        self.0.engine.store()
    }

    /// The one HTTP client, for other parts of the program that must fetch.
    #[must_use]
    pub fn fetcher(&self) -> &Fetcher {
        &self.0.fetcher
    }
}

impl Inner {
    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// `https://host`, without a slash at the end.
    pub(crate) fn base_url(&self) -> &str {
        &self.engine.identity().base_url
    }

    /// Host, with port where it is not the default one.
    pub(crate) fn host(&self) -> &str {
        host_of(self.base_url())
    }

    /// `https`, or `http` in development.
    pub(crate) fn scheme(&self) -> &str {
        self.base_url()
            .split_once("://")
            .map_or("https", |(scheme, _)| scheme)
    }

    /// Slug of this city.
    pub(crate) fn city(&self) -> &str {
        self.engine.identity().city.as_str()
    }

    /// Now, with fresh randomness.
    pub(crate) fn moment(&self) -> Result<Moment, Problem> {
        let entropy = random::bytes32().map_err(Problem::fault)?;
        Ok(Moment::new(self.now(), entropy))
    }

    /// Whether an address is on our server or a sibling's.
    pub(crate) fn is_in_network(&self, address: &str) -> bool {
        self.is_ours(address) || self.siblings.of_key(address).is_some()
    }

    /// Compares what a sibling says of all logs of a topic with what is held, and wakes the puller when
    /// something is lacking. `document` is the vector as it came.
    pub(crate) async fn note_heads(
        &self,
        sibling: &Sibling,
        document: &Value,
        heads: &Heads,
    ) -> Result<(), tequio_store::Error> {
        let vector = self.engine.store().read(Vector::read).await?;
        let mut is_news = false;
        for told in &heads.logs {
            let held = vector.heads.iter();
            match held.into_iter().find(|head| head.group_uri == told.group) {
                Some(head) => is_news |= self.compare(sibling, &vector, head, told),
                None => is_news = true,
            }
        }
        words::note(self, sibling, document, heads, &vector).await?;
        receipts::note(self, sibling, document, heads, &vector).await?;
        if is_news {
            self.pull.notify_one();
        }
        Ok(())
    }

    /// What a sibling says of one log; answers whether there is something to be done about it.
    fn compare(&self, sibling: &Sibling, vector: &Vector, head: &Head, told: &Reach) -> bool {
        let key = vector.first_key(head);
        if told.key.as_ref().is_some_and(|told| told != key) {
            tracing::error!(
                group = head.group_uri,
                teller = sibling.city,
                "a sibling knows this group by another key than we do"
            );
        }
        let is_new_fork = told.fork.is_some_and(|seq| {
            head.head_seq >= seq - 1 && vector.fork(head).is_none_or(|held| held > seq)
        });
        // The home may be silent for ever: then nobody learns it from an entry that follows.
        let is_other = heads::is_other(told, head);
        if is_new_fork || is_other {
            let holds = if is_new_fork {
                Holds::Proof
            } else {
                Holds::Other(told.seq)
            };
            self.claims.note_fork(head.log_id, &sibling.city, holds);
        }
        let has_more = told.seq > head.head_seq
            && !head.is_self
            && !head.is_frozen
            && !self.faults.is_resting(&sibling.city, self.now());
        if head.is_self && told.seq > head.head_seq {
            // Perhaps this city went back in time.
            self.claimed.notify_one();
        }
        if has_more {
            self.claims.note(&told.group, &sibling.city, told.seq);
        }
        is_new_fork || is_other || has_more
    }

    /// Whether we hold more of any log than a vector says.
    pub(crate) async fn is_ahead_of(&self, heads: &Heads) -> Result<bool, tequio_store::Error> {
        let held = self.engine.store().read(peer::heads).await?;
        Ok(heads.logs.iter().any(|told| {
            held.iter()
                .any(|row| row.group_uri == told.group && row.head_seq > told.seq)
        }))
    }

    /// A log is frozen. When that is news, the siblings hear of it at once, and where its ways part is looked for.
    pub(crate) async fn tell_of_fork(&self) -> Result<(), tequio_store::Error> {
        let forks = self.engine.store().read(fork::all).await?;
        let places = forks
            .iter()
            .map(|fork| (fork.log_id, fork.seq, fork.is_exact));
        if self.claims.are_told(places.collect()) {
            return Ok(());
        }
        for sibling in self.siblings.iter() {
            sibling.must_tell();
        }
        self.pull.notify_one();
        Ok(())
    }

    /// Whether an address is on our server.
    pub(crate) fn is_ours(&self, address: &str) -> bool {
        address
            .strip_prefix(self.base_url())
            .is_some_and(|rest| rest.starts_with('/'))
    }
}
