//! Some cities, the network between them, one clock.
//!
//! Nothing here runs by itself: whatever happens is a [`crate::command`], called in turn on one thread.
//! Each call to a city's engine is waited for, so that its writer, a thread of its own, never has two
//! calls at once.

use std::{
    collections::BTreeSet,
    fmt::{self, Display},
};

use tempfile::TempDir;
use tequio_domain::Timestamp;
use tequio_engine::{Error, Member, Moment};
use tequio_store::{Conn, fork, log, object};
use tokio::runtime::Runtime;

use crate::{
    book::{Book, Effect},
    city::City,
    dice::Dice,
    network::Flight,
    stranger::Stranger,
    template::{self, TOPICS, Template},
};

/// Something that must never be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation(pub String);

impl Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a command did, in one line of the history.
pub type Did = Result<String, Violation>;

/// All there is.
pub struct World {
    /// The cities; [`City::index`] is the place here.
    pub cities: Vec<City>,
    /// Microseconds, by no city's clock.
    pub now: i64,
    /// Pairs between which nothing passes, the smaller index first.
    pub cuts: BTreeSet<(usize, usize)>,
    /// What is on its way, or will come once more.
    pub flights: Vec<Flight>,
    /// What was confirmed.
    pub book: Book,
    /// People outside the network.
    pub strangers: Vec<Stranger>,
    /// The city that lies, if one does.
    pub liar: Option<usize>,
    /// Whether it has shown two histories of one log.
    pub has_equivocated: bool,
    /// Whether the storm is over ([`crate::quiet`]).
    pub is_quiet: bool,
    runtime: Runtime,
    // Goes last, when no engine is open any more.
    _folder: TempDir,
}

impl World {
    /// Cities of the first day.
    pub fn new(template: &Template, count: usize, liar: Option<usize>) -> Self {
        let folder = template::scratch();
        let runtime = template::runtime();
        let cities = (0..count)
            .map(|index| City::start(&runtime, template, folder.path(), index))
            .collect();
        Self {
            cities,
            now: template::FIRST_MICROS,
            cuts: BTreeSet::new(),
            flights: Vec::new(),
            book: Book::default(),
            strangers: Stranger::all(),
            liar,
            has_equivocated: false,
            is_quiet: false,
            runtime,
            _folder: folder,
        }
    }

    /// Waits for one call of an engine.
    pub fn wait<F: Future>(&self, call: F) -> F::Output {
        self.runtime.block_on(call)
    }

    /// Some city.
    pub fn any_city(&self, dice: &mut Dice) -> usize {
        dice.below(self.cities.len())
    }

    /// Two cities that are not the same.
    pub fn two_cities(&self, dice: &mut Dice) -> (usize, usize) {
        let first = self.any_city(dice);
        let step = 1 + dice.below(self.cities.len() - 1);
        (first, (first + step) % self.cities.len())
    }

    /// Some member of some city.
    pub fn anybody(&self, dice: &mut Dice) -> (usize, Member) {
        let city = self.any_city(dice);
        (city, dice.pick(&self.cities[city].members).unwrap().clone())
    }

    /// The time by a city's own clock.
    pub fn time_in(&self, city: usize) -> Timestamp {
        Timestamp::from_micros(self.now).plus_seconds(self.cities[city].skew_s)
    }

    /// A moment in a city.
    pub fn moment(&self, city: usize, dice: &mut Dice) -> Moment {
        Moment::new(self.time_in(city), dice.bytes32())
    }

    /// Whether anything passes between two cities.
    pub fn is_cut(&self, one: usize, other: usize) -> bool {
        self.cuts.contains(&(one.min(other), one.max(other)))
    }

    /// Writes down what a city has confirmed: its log ends with it.
    pub fn confirm(&mut self, city: usize, topic: usize, effect: Effect) {
        let seq = self.cities[city].log_of(city, topic).head_seq;
        self.book.confirm(city, topic, seq, effect);
    }

    /// The topic in which a city's own log has an object.
    pub fn topic_in(&self, city: usize, uri: &str) -> Option<usize> {
        let uri = uri.to_owned();
        (0..TOPICS.len()).find(|topic| {
            let (log, uri) = (self.cities[city].log_of(city, *topic), uri.clone());
            let held = self.cities[city].read(move |conn| object::in_log(conn, &uri, log.id));
            held.is_some()
        })
    }

    /// How far each city holds each log, and what it knows of two histories.
    pub fn heads(&self) -> Vec<(Vec<log::Log>, Vec<fork::Fork>)> {
        let read = |conn: &mut Conn| Ok((log::all(conn)?, fork::all(conn)?));
        self.cities.iter().map(|city| city.read(read)).collect()
    }
}

/// What a city answered: done, or refused with a reason for people. Anything else is a fault.
pub fn unless_refused<T>(answer: Result<T, Error>) -> Result<Result<T, String>, Violation> {
    match answer {
        Ok(done) => Ok(Ok(done)),
        Err(Error::Store(error)) => Err(Violation(format!("the store failed: {error}"))),
        Err(Error::Internal(error)) => Err(Violation(format!("the engine failed: {error}"))),
        Err(refused) => Ok(Err(refused.to_string())),
    }
}
