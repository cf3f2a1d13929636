//! People, cities and the network.

use askama::Template;
use i18n_embed_fl::fl;

use super::list::{CityCard, CityChip, ObjectRow, PersonCard, ThreadRow, When};
use super::mesh::Notice;
use super::outside::{FollowBox, OutsideNetwork};
use super::{Frame, Link};

/// `/personas/{name}`.
#[derive(Debug, Template)]
#[template(path = "person.html")]
pub struct Person {
    /// Around it.
    pub f: Frame,
    /// Name shown.
    pub name: String,
    /// Two letters.
    pub initials: String,
    /// Post held, may be empty.
    pub post: String,
    /// City.
    pub city: CityChip,
    /// `@rmejia@san-salvador.example`.
    pub handle: String,
    /// What they say of themselves, may be empty.
    pub about: String,
    /// What they published.
    pub objects: Vec<ObjectRow>,
    /// What they opened.
    pub threads: Vec<ThreadRow>,
    /// The same in their city.
    pub origin_href: Option<String>,
    /// How they are followed from outside the network; `None` for whoever is at home there.
    pub follow: Option<FollowBox>,
    /// Of somebody from outside the network.
    pub outside: Option<Outsider>,
}

/// What a page says of somebody from outside the network.
#[derive(Debug, Clone)]
pub struct Outsider {
    /// ActivityPub id, for following.
    pub uri: String,
    /// Where they write from.
    pub what: String,
    /// Their own page; an empty address when there is none to link to.
    pub page: Link,
    /// What following tells their server; for members.
    pub follow_note: Option<String>,
}

/// `/ciudades/{slug}`.
#[derive(Debug, Template)]
#[template(path = "city.html")]
pub struct City {
    /// Around it.
    pub f: Frame,
    /// The city.
    pub card: CityCard,
    /// Country.
    pub country: String,
    /// One sentence.
    pub summary: String,
    /// How it stands.
    pub state: String,
    /// Colour of the state.
    pub state_class: &'static str,
    /// Its own site.
    pub site_href: Option<String>,
    /// Who takes part.
    pub people: Vec<PersonCard>,
    /// Newest.
    pub objects: Vec<ObjectRow>,
    /// Newest.
    pub threads: Vec<ThreadRow>,
}

/// `/ciudades`.
#[derive(Debug, Template)]
#[template(path = "cities.html")]
pub struct Cities {
    /// Around it.
    pub f: Frame,
    /// All.
    pub cities: Vec<CityCard>,
}

/// A city as the network sees it from here.
#[derive(Debug, Clone)]
pub struct PeerRow {
    /// City.
    pub city: CityChip,
    /// Up to date, behind, out of reach.
    pub state: String,
    /// Colour of the state.
    pub state_class: &'static str,
    /// Icon of the state.
    pub icon: &'static str,
    /// Last sign of life.
    pub contact: When,
    /// Last sent.
    pub sent: When,
    /// Entries to be sent.
    pub to_send: String,
    /// Since when the oldest of them waits; `None` = nothing waits.
    pub waiting: Option<When>,
    /// Entries to be received.
    pub to_get: String,
}

/// A topic's log.
#[derive(Debug, Clone)]
pub struct LogRow {
    /// Topic.
    pub topic: Link,
    /// Entries held.
    pub held: String,
    /// Entries known to exist and not held.
    pub missing: String,
}

/// Something that is or was wrong.
#[derive(Debug, Clone)]
pub struct AlarmRow {
    /// City.
    pub city: CityChip,
    /// What is wrong.
    pub what: String,
    /// What the last delivery met; may be empty.
    pub error: String,
    /// Since when.
    pub since: When,
    /// When it was over.
    pub until: When,
}

/// What is wrong, and what was.
#[derive(Debug, Clone)]
pub struct Alarms {
    /// It goes on; the oldest first.
    pub open: Vec<AlarmRow>,
    /// It is over; the newest first.
    pub closed: Vec<AlarmRow>,
}

/// One own log that is or was being taken back.
#[derive(Debug, Clone)]
pub struct RecoveryRow {
    /// Topic.
    pub topic: Link,
    /// How it stands.
    pub state: String,
    /// Colour.
    pub state_class: &'static str,
    /// Icon.
    pub icon: &'static str,
    /// Since when.
    pub began: When,
    /// When siblings were asked last.
    pub asked: When,
    /// Entries held.
    pub held: String,
    /// Entries that came back.
    pub recovered: String,
    /// Entries that nobody had.
    pub lost: String,
}

/// Own logs that are or were being taken back from siblings.
#[derive(Debug, Clone)]
pub struct Recovery {
    /// One sentence: is it over?
    pub verdict: String,
    /// Topics.
    pub rows: Vec<RecoveryRow>,
}

/// `/red`.
#[derive(Debug, Template)]
#[template(path = "network.html")]
pub struct Network {
    /// Around it.
    pub f: Frame,
    /// One sentence: is all well?
    pub verdict: String,
    /// Cities.
    pub rows: Vec<PeerRow>,
    /// Topics.
    pub logs: Vec<LogRow>,
    /// What is wrong, for administrators.
    pub alarms: Option<Alarms>,
    /// What is not as usual with the logs, the worst first.
    pub mesh: Vec<Notice>,
    /// After the database was set back.
    pub recovery: Option<Recovery>,
    /// Servers outside, for administrators.
    pub outside: Option<OutsideNetwork>,
}
