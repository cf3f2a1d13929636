//! The sibling cities while the program runs: how to reach them, whose key is whose.
//!
//! Start at [`Siblings::of_key`]. Rows of `peer` outlive the program; this is what is needed many
//! times a second, parsed once.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use tequio_domain::Timestamp;
use tequio_protocol::keys::RsaPublicKey;
use tokio::sync::Notify;
use url::Url;

/// Where a sibling is, from configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerSettings {
    /// Slug of the city.
    pub city: String,
    /// `https://host`, without a slash at the end.
    pub base_url: String,
}

/// How to reach a sibling that was found.
#[derive(Debug, Clone)]
pub struct Contact {
    /// Its shared inbox.
    pub inbox: Url,
    /// The key that signs all its requests.
    pub key: RsaPublicKey,
}

/// A sibling city.
pub struct Sibling {
    /// Slug of the city.
    pub city: String,
    /// `https://host`, without a slash at the end.
    pub base_url: String,
    /// Wakes its courier: it was heard, found or configured anew.
    pub wake: Notify,
    contact: RwLock<Option<Contact>>,
    heard_at_us: AtomicI64,
    answered_at_us: AtomicI64,
    is_failing: AtomicBool,
    must_find: AtomicBool,
    is_behind: AtomicBool,
    must_tell: AtomicBool,
    is_ended: AtomicBool,
}

impl Sibling {
    /// A sibling about which only the configuration is known.
    #[must_use]
    pub fn new(settings: &PeerSettings) -> Self {
        Self {
            city: settings.city.clone(),
            base_url: settings.base_url.trim_end_matches('/').to_owned(),
            wake: Notify::new(),
            contact: RwLock::default(),
            heard_at_us: AtomicI64::new(0),
            answered_at_us: AtomicI64::new(0),
            is_failing: AtomicBool::new(false),
            must_find: AtomicBool::new(true),
            is_behind: AtomicBool::new(false),
            must_tell: AtomicBool::new(false),
            is_ended: AtomicBool::new(false),
        }
    }

    /// How to reach it; `None` until it was found.
    #[must_use]
    pub fn contact(&self) -> Option<Contact> {
        self.contact
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Keeps how to reach it, as the database remembers it or as it was just found.
    pub fn set_contact(&self, contact: Contact) {
        *self.contact.write().unwrap_or_else(PoisonError::into_inner) = Some(contact);
    }

    /// An authenticated word of theirs came: a pause is over at once.
    pub fn heard(&self, now: Timestamp) {
        self.heard_at_us.store(now.micros(), Ordering::Relaxed);
        if self.is_failing.load(Ordering::Relaxed) {
            self.wake.notify_one();
        }
    }

    /// When it was last heard by this process; `None` = not yet.
    #[must_use]
    pub fn heard_at(&self) -> Option<Timestamp> {
        let us = self.heard_at_us.load(Ordering::Relaxed);
        (us > 0).then(|| Timestamp::from_micros(us))
    }

    /// It answered something that we asked: a pause is over at once.
    pub fn answered(&self, now: Timestamp) {
        self.answered_at_us.store(now.micros(), Ordering::Relaxed);
        if self.is_failing.load(Ordering::Relaxed) {
            self.wake.notify_one();
        }
    }

    /// When it last answered this process; `None` = not yet.
    #[must_use]
    pub fn answered_at(&self) -> Option<Timestamp> {
        let us = self.answered_at_us.load(Ordering::Relaxed);
        (us > 0).then(|| Timestamp::from_micros(us))
    }

    /// Its courier is in (or out of) a pause after failures.
    pub fn set_failing(&self, is_failing: bool) {
        self.is_failing.store(is_failing, Ordering::Relaxed);
    }

    /// Whether deliveries to it fail.
    #[must_use]
    pub fn is_failing(&self) -> bool {
        self.is_failing.load(Ordering::Relaxed)
    }

    /// Whether what is known about it should be asked anew: at start, and when a signature failed.
    #[must_use]
    pub fn must_find(&self) -> bool {
        self.must_find.load(Ordering::Relaxed)
    }

    /// Asks for, or ends, looking for it anew.
    pub fn set_must_find(&self, must: bool) {
        self.must_find.store(must, Ordering::Relaxed);
        if must {
            self.wake.notify_one();
        }
    }

    /// It told heads that lack what we hold: perhaps it was away, or restored.
    pub fn set_behind(&self) {
        self.is_behind.store(true, Ordering::Relaxed);
        self.wake.notify_one();
    }

    /// Whether [`Sibling::set_behind`] was called since this was asked last.
    #[must_use]
    pub fn take_behind(&self) -> bool {
        self.is_behind.swap(false, Ordering::Relaxed)
    }

    /// There is something in our heads that it should know at once.
    pub fn must_tell(&self) {
        self.must_tell.store(true, Ordering::Relaxed);
        self.wake.notify_one();
    }

    /// Whether [`Sibling::must_tell`] was called since this was asked last.
    #[must_use]
    pub fn take_must_tell(&self) -> bool {
        self.must_tell.swap(false, Ordering::Relaxed)
    }

    /// It is no sibling any more: its courier ends.
    fn end(&self) {
        self.is_ended.store(true, Ordering::Relaxed);
        self.wake.notify_one();
    }

    /// Whether it is no sibling any more.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        self.is_ended.load(Ordering::Relaxed)
    }

    fn is_at(&self, place: &PeerSettings) -> bool {
        self.city == place.city && self.base_url == place.base_url.trim_end_matches('/')
    }

    /// Whether an address is on its server.
    #[must_use]
    pub fn owns(&self, address: &str) -> bool {
        address
            .strip_prefix(&self.base_url)
            .is_some_and(|rest| rest.starts_with('/'))
    }
}

/// All siblings: those of the configuration, in its order, and those that were met.
#[derive(Clone)]
pub struct Siblings(Arc<RwLock<Vec<Arc<Sibling>>>>);

impl Siblings {
    /// From their places.
    #[must_use]
    pub fn new(settings: &[PeerSettings]) -> Self {
        let siblings = settings.iter().map(|peer| Arc::new(Sibling::new(peer)));
        Self(Arc::new(RwLock::new(siblings.collect())))
    }

    /// The sibling on whose server a key (or anything else with an address) is.
    #[must_use]
    pub fn of_key(&self, key_id: &str) -> Option<Arc<Sibling>> {
        self.find(|sibling| sibling.owns(key_id))
    }

    /// The sibling of this slug.
    #[must_use]
    pub fn by_city(&self, slug: &str) -> Option<Arc<Sibling>> {
        self.find(|sibling| sibling.city == slug)
    }

    fn find(&self, is_it: impl Fn(&Sibling) -> bool) -> Option<Arc<Sibling>> {
        let siblings = self.0.read().unwrap_or_else(PoisonError::into_inner);
        siblings.iter().find(|sibling| is_it(sibling)).cloned()
    }

    /// All of them, as they are now.
    pub fn iter(&self) -> impl Iterator<Item = Arc<Sibling>> + use<> {
        let siblings = self.0.read().unwrap_or_else(PoisonError::into_inner);
        siblings.clone().into_iter()
    }

    /// From now on these: whoever stays keeps its state, whoever is gone is told. Answers who came.
    pub fn follow(&self, settings: &[PeerSettings]) -> Vec<Arc<Sibling>> {
        let mut siblings = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let mut came = Vec::new();
        let next = settings.iter().map(|peer| {
            let is_it = |held: &&Arc<Sibling>| held.is_at(peer);
            siblings.iter().find(is_it).cloned().unwrap_or_else(|| {
                let fresh = Arc::new(Sibling::new(peer));
                came.push(Arc::clone(&fresh));
                fresh
            })
        });
        let next: Vec<_> = next.collect();
        let stays = |held: &Arc<Sibling>| settings.iter().any(|peer| held.is_at(peer));
        for gone in siblings.iter().filter(|held| !stays(held)) {
            gone.end();
        }
        *siblings = next;
        came
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_belongs_to_the_server_it_is_on_and_to_no_other() {
        let settings = ["http://a.localhost:81", "http://a.localhost:8103/"];
        let settings = settings.map(|base| PeerSettings {
            city: base.into(),
            base_url: base.into(),
        });
        let siblings = Siblings::new(&settings);
        let base = |key: &str| siblings.of_key(key).map(|s| s.base_url.clone());
        for (key, owner) in [
            (
                "http://a.localhost:81/t/agua#main-key",
                "http://a.localhost:81",
            ),
            (
                "http://a.localhost:8103/#main-key",
                "http://a.localhost:8103",
            ),
        ] {
            assert_eq!(base(key).as_deref(), Some(owner), "{key}");
        }
        for key in [
            "http://a.localhost:810/t/agua#main-key",
            "https://a.localhost:81/t/agua#main-key",
            "http://a.localhost:81@evil.example/#main-key",
            "http://a.localhost:81",
            "",
        ] {
            assert_eq!(base(key), None, "{key}");
        }
    }

    #[test]
    fn who_stays_keeps_its_state_and_who_goes_is_told() {
        let place = |city: &str, base_url: &str| PeerSettings {
            city: city.into(),
            base_url: base_url.into(),
        };
        let (a, b) = (
            place("a", "https://a.example/"),
            place("b", "https://b.example"),
        );
        let siblings = Siblings::new(std::slice::from_ref(&a));
        let held = siblings.by_city("a").unwrap();
        let came = siblings.follow(&[a.clone(), b.clone()]);
        assert_eq!(came.len(), 1);
        assert_eq!(came[0].city, "b");
        assert!(Arc::ptr_eq(&siblings.by_city("a").unwrap(), &held));
        assert!(siblings.follow(&[a.clone(), b.clone()]).is_empty());
        // Another address is another server.
        let moved = place("a", "https://c.example");
        assert_eq!(siblings.follow(&[moved, b]).len(), 1);
        assert!(held.is_ended() && !came[0].is_ended());
        assert!(siblings.of_key("https://a.example/#main-key").is_none());
    }
}
