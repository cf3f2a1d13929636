//! The engine as other crates hold it: a store, and who this instance is.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use tequio_domain::CitySlug;
use tequio_protocol::keys::{Ed25519PrivateKey, RsaPrivateKey};
use tequio_store::{Store, setting};
use tokio::sync::watch;

use crate::Error;

/// Who this instance is.
#[derive(Clone)]
pub struct Identity {
    /// Its city.
    pub city: CitySlug,
    /// The city's name.
    pub city_name: String,
    /// `https://host[:port]`, without a slash at the end.
    pub base_url: String,
    /// Signs HTTP requests for every actor of the instance.
    pub transport: RsaPrivateKey,
    /// Its public half, SPKI PEM.
    pub transport_pem: String,
    /// The cities that the configuration names, with their addresses.
    pub siblings: Vec<(CitySlug, String)>,
}

/// All actions of one instance; cheap to clone.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    identity: Identity,
    /// Parsed private keys by actor; parsing costs more than signing.
    keys: RwLock<HashMap<String, Ed25519PrivateKey>>,
    /// Whether own entries may be made yet.
    is_open: watch::Sender<bool>,
}

/// Whose proof an activity carries.
#[derive(Clone)]
pub(crate) struct Signer {
    /// The actor.
    pub(crate) uri: String,
    /// Its key.
    pub(crate) key: Ed25519PrivateKey,
}

impl Engine {
    pub(crate) fn new(store: Store, identity: Identity) -> Self {
        let keys = RwLock::new(HashMap::new());
        Self {
            inner: Arc::new(Inner {
                store,
                identity,
                keys,
                is_open: watch::Sender::new(true),
            }),
        }
    }

    /// Own acts wait from here on, until [`Engine::open_gate`]: whoever calls it asks the siblings how far
    /// our logs reach, and is not long about it.
    pub fn close_gate(&self) {
        self.inner.is_open.send_replace(false);
    }

    /// Own acts go on.
    pub fn open_gate(&self) {
        self.inner.is_open.send_replace(true);
    }

    /// Waits until own acts may go on.
    pub(crate) async fn gate(&self) {
        let mut is_open = self.inner.is_open.subscribe();
        if is_open.wait_for(|is_open| *is_open).await.is_err() {
            tracing::debug!("nobody holds the gate any more");
        }
    }

    /// The store, for reading.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// Who this instance is.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.inner.identity
    }

    /// An actor of ours has another key now.
    pub(crate) fn forget_key(&self, uri: &str) {
        let keys = &self.inner.keys;
        keys.write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(uri);
    }

    /// The key of one of our actors.
    pub(crate) async fn signer(&self, uri: &str) -> Result<Signer, Error> {
        let held = {
            let keys = self
                .inner
                .keys
                .read()
                .unwrap_or_else(PoisonError::into_inner);
            keys.get(uri).cloned()
        };
        if let Some(key) = held {
            return Ok(Signer {
                uri: uri.to_owned(),
                key,
            });
        }
        let asked = uri.to_owned();
        let row = self
            .store()
            .read(move |conn| setting::actor_key(conn, &asked))
            .await?;
        let row = row.ok_or_else(|| Error::internal(format!("no key for {uri}")))?;
        let key = Ed25519PrivateKey::from_multibase(&row.private_key).map_err(Error::internal)?;
        let mut keys = self
            .inner
            .keys
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        keys.insert(uri.to_owned(), key.clone());
        Ok(Signer {
            uri: uri.to_owned(),
            key,
        })
    }
}
