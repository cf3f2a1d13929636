//! What the pages need to know of their server, handed over once at the start.

use std::net::IpAddr;
use std::ops::Deref;
use std::sync::Arc;

use tequio_domain::{Timestamp, kit::Bilingual};
use tequio_engine::{Engine, Moment};
use tequio_store::{Store, page::place};

use crate::asset::Assets;
use crate::cache::Cache;
use crate::failure::Failure;
use crate::limit::{Limiter, Limits};
use crate::outside::Outside;
use crate::texts::Catalogue;

/// What the server decides.
#[derive(Clone)]
pub struct Settings {
    /// The actions and the store.
    pub engine: Engine,
    /// The time.
    pub clock: fn() -> Timestamp,
    /// Time and randomness for one action.
    pub moment: fn() -> Result<Moment, tequio_engine::Error>,
    /// Reverse proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Name of the network.
    pub network_name: Bilingual,
    /// One sentence about the network.
    pub network_summary: Bilingual,
    /// How often one address or account may try.
    pub limits: Limits,
    /// Asks servers outside the network.
    pub outside: Arc<dyn Outside>,
}

/// Most bytes of remembered pages.
const CACHE_BYTES: usize = 32 * 1024 * 1024;

/// Why the pages cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The texts.
    #[error(transparent)]
    Texts(#[from] crate::texts::LoadError),
    /// The database.
    #[error(transparent)]
    Store(#[from] tequio_store::Error),
    /// No randomness.
    #[error(transparent)]
    Engine(#[from] tequio_engine::Error),
}

/// Everything a handler may need; cheap to clone.
#[derive(Clone)]
pub struct State(Arc<Shared>);

/// The inside of [`State`].
pub struct Shared {
    /// What the server decided.
    pub settings: Settings,
    /// Texts.
    pub texts: Catalogue,
    /// Style sheet and icons.
    pub assets: Assets,
    /// Remembered pages.
    pub cache: Cache,
    /// Who tries too often.
    pub limiter: Limiter,
    /// Index of this city's accent.
    pub accent: u8,
    /// Whether cookies may only travel over https: always, but in development.
    pub secure_cookies: bool,
    /// Differs with every start; part of every ETag.
    pub boot_id: String,
}

impl Deref for State {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl State {
    /// Loads texts and finds this city's place in the network. Blocks for one query.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn new(settings: Settings) -> Result<Self, StartError> {
        let places = settings.engine.store().read_blocking(place::places)?;
        let own = places.cities.iter().find(|city| city.is_self);
        let shared = Shared {
            texts: Catalogue::load()?,
            assets: Assets::build(),
            cache: Cache::new(CACHE_BYTES),
            secure_cookies: settings.engine.identity().base_url.starts_with("https://"),
            boot_id: (settings.moment)()?.oid("boot").short(),
            limiter: Limiter::new(settings.limits),
            accent: own.map_or(0, |city| accent(city.position)),
            settings,
        };
        Ok(Self(Arc::new(shared)))
    }
}

impl Shared {
    /// The actions.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.settings.engine
    }

    /// The rows.
    #[must_use]
    pub fn store(&self) -> &Store {
        self.settings.engine.store()
    }

    /// `https://host[:port]`, without a slash at the end.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.settings.engine.identity().base_url
    }

    /// Slug of this city.
    #[must_use]
    pub fn city(&self) -> &str {
        self.settings.engine.identity().city.as_str()
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.settings.clock)()
    }

    /// Time and randomness for one action.
    ///
    /// # Errors
    /// [`Failure::Internal`] when the system has no randomness.
    pub fn moment(&self) -> Result<Moment, Failure> {
        Ok((self.settings.moment)()?)
    }
}

/// The accent of the city at a place in the network.
#[must_use]
pub fn accent(position: i32) -> u8 {
    u8::try_from(position.rem_euclid(12)).unwrap_or(0)
}
