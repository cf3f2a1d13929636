//! How entries, heads and files get from city to city, by the rules of `crates/federation`: the courier
//! pushes own entries in order and moves its cursor when it is answered; heads say how far logs reach;
//! the puller fetches pages from the home or anybody; the mirror fetches files. Here without HTTP, and
//! with everything that a network may do to a letter.

mod pull;

use futures::TryStreamExt;
use serde_json::Value;
use tequio_domain::Digest;
use tequio_engine::{outside::Heard, receive::Received};
use tequio_federation::{
    claims::Holds,
    heads::{self, Vector},
};
use tequio_protocol::{
    activity::{Heads, actor::group_uri},
    json,
};
use tequio_store::{entry, file_wanted, peer, topic};

use crate::{
    city::place_of,
    dice::Dice,
    outside,
    template::{CITIES, TOPICS, base_url},
    world::{Violation, World},
};

/// With more than this waiting, the sibling is told to pull.
const MAX_PUSHED: i64 = 6;
/// Refused deliveries after which the sibling is told to pull instead.
const MAX_REFUSALS: i32 = 3;

/// Something on its way.
#[derive(Debug, Clone)]
pub struct Flight {
    /// Who sent it.
    pub from: usize,
    /// Where it goes.
    pub to: usize,
    /// What it is.
    pub letter: Letter,
}

/// What travels.
#[derive(Debug, Clone)]
pub enum Letter {
    /// An entry, as bytes.
    Entry(String),
    /// How far the logs of a topic reach.
    Heads(String),
    /// An outsider's act that belongs into the receiver's log.
    HandOver(Box<Heard>),
}

/// What the receiver answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Stored, or noted.
    Taken,
    /// Not taken, and why.
    Refused(String),
}

impl World {
    /// A letter arrives.
    pub fn deliver(&mut self, flight: &Flight, dice: &mut Dice) -> Result<Answer, Violation> {
        match &flight.letter {
            Letter::Entry(body) => {
                let (received, _) = self.receive(flight.to, vec![body.clone()])?;
                Ok(match received {
                    Received::Appended { .. } | Received::Gap { .. } => Answer::Taken,
                    Received::Frozen | Received::Refused(_) => {
                        Answer::Refused(format!("{received:?}"))
                    }
                })
            }
            Letter::Heads(text) => Ok(self.note_heads(flight.from, flight.to, text)),
            Letter::HandOver(heard) => {
                // One hop: what arrives so is not handed on.
                outside::take(self, flight.to, heard, dice)?;
                Ok(Answer::Taken)
            }
        }
    }

    /// Hands entries to a city's engine. Answers also how many were new.
    pub fn receive(
        &self,
        city: usize,
        bodies: Vec<String>,
    ) -> Result<(Received, usize), Violation> {
        let now = self.time_in(city);
        let answer = self.wait(self.cities[city].engine().receive(bodies, now));
        let received =
            answer.map_err(|error| Violation(format!("an entry made the engine fail: {error}")))?;
        let count = match received {
            Received::Appended { count, .. } => count,
            Received::Gap { .. } | Received::Frozen | Received::Refused(_) => 0,
        };
        Ok((received, count))
    }

    /// What another city says of its logs: claims, until they are met or refuted.
    fn note_heads(&self, from: usize, to: usize, text: &str) -> Answer {
        let read = json::parse(text.as_bytes()).map_err(|error| error.to_string());
        let read = read.and_then(|value| Heads::read(&value).map_err(|error| error.to_string()));
        let told = match read {
            Ok(told) => told,
            Err(why) => return Answer::Refused(why),
        };
        let (city, teller) = (&self.cities[to], CITIES[from]);
        let vector = city.read(Vector::read);
        for told in &told.logs {
            let held = vector
                .heads
                .iter()
                .find(|head| head.group_uri == told.group);
            let Some(head) = held else { continue };
            let is_new_fork = told.fork.is_some_and(|seq| {
                head.head_seq >= seq - 1 && vector.fork(head).is_none_or(|held| held > seq)
            });
            if is_new_fork {
                city.claims.note_fork(head.log_id, teller, Holds::Proof);
            } else if heads::is_other(told, head) {
                let holds = Holds::Other(told.seq);
                city.claims.note_fork(head.log_id, teller, holds);
            }
            if told.seq > head.head_seq && !head.is_self && !head.is_frozen {
                city.claims.note(&told.group, teller, told.seq);
            }
        }
        Answer::Taken
    }

    /// How far a city says that the logs of a topic reach.
    pub fn heads_of(&self, city: usize, topic: usize) -> Value {
        let slug = TOPICS[topic];
        let (uri, vector) = self.cities[city].read(move |conn| {
            let uri = topic::by_slug(conn, slug)?.uri;
            Ok((uri, Vector::read(conn)?))
        });
        vector.document(&group_uri(&base_url(CITIES[city]), slug), &uri, slug)
    }

    /// A city tells another one its heads.
    pub fn send_heads(&self, from: usize, to: usize) {
        for topic in 0..TOPICS.len() {
            let text = self.heads_of(from, topic).to_string();
            self.note_heads(from, to, &text);
        }
    }

    /// One round of the courier of `from` to `to`. Answers how many entries were handed over and
    /// answered.
    pub fn push(&mut self, from: usize, to: usize, dice: &mut Dice) -> Result<usize, Violation> {
        let sent_id = self.cities[from].sent.get(&to).copied().unwrap_or(0);
        let slug = CITIES[from];
        let waiting =
            self.cities[from].read(move |conn| peer::backlog(conn, slug, sent_id, MAX_PUSHED + 1));
        let refusals = self.cities[from].refusals.get(&to).copied().unwrap_or(0);
        let is_much = i64::try_from(waiting.len()).unwrap() > MAX_PUSHED;
        if is_much || (refusals >= MAX_REFUSALS && !waiting.is_empty()) {
            let (_, last) =
                self.cities[from].read(move |conn| peer::backlog_size(conn, slug, sent_id));
            self.send_heads(from, to);
            self.passed(from, to, last);
            return Ok(0);
        }
        let mut count = 0;
        for entry in waiting {
            let letter = Letter::Entry(entry.body);
            if !self.hand(Flight { from, to, letter }, dice)? {
                break;
            }
            self.passed(from, to, entry.id);
            count += 1;
        }
        Ok(count)
    }

    /// One delivery with its answer; whether the sender learned that it was taken.
    fn hand(&mut self, flight: Flight, dice: &mut Dice) -> Result<bool, Violation> {
        match dice.below(10) {
            // It got lost.
            0 => Ok(false),
            // The sender gives up waiting; it arrives some day.
            1 => {
                self.flights.push(flight);
                Ok(false)
            }
            // The answer got lost.
            2 => self.deliver(&flight, dice).map(|_| false),
            _ => match self.deliver(&flight, dice)? {
                Answer::Taken => Ok(true),
                Answer::Refused(_) => {
                    *self.cities[flight.from]
                        .refusals
                        .entry(flight.to)
                        .or_default() += 1;
                    Ok(false)
                }
            },
        }
    }

    fn passed(&mut self, from: usize, to: usize, id: i64) {
        self.cities[from].sent.insert(to, id);
        self.cities[from].refusals.remove(&to);
    }

    /// The courier writes down where it stands.
    pub fn keep_cursor(&self, from: usize, to: usize) {
        let Some(id) = self.cities[from].sent.get(&to).copied() else {
            return;
        };
        let (slug, at) = (CITIES[to], self.now);
        self.cities[from].write(move |tx| peer::set_sent(tx, slug, id, at));
    }

    /// A city fetches the files that it wants. Answers how many came.
    pub fn mirror(&mut self, city: usize, dice: &mut Dice) -> Result<usize, Violation> {
        let now = self.time_in(city).micros();
        let wanted = self.cities[city].read(move |conn| file_wanted::due(conn, now, 100));
        let mut count = 0;
        for file in wanted {
            let digest = Digest::from_hex(&file.digest).unwrap();
            let start = dice.below(self.cities.len());
            let near = (0..self.cities.len()).map(|step| (start + step) % self.cities.len());
            let origin = place_of(&file.origin).filter(|origin| *origin < self.cities.len());
            let sources = origin.into_iter().chain(near);
            for source in sources.filter(|source| !self.is_cut(city, *source)) {
                if self.fetch(source, city, digest)? {
                    let (now, size) = (self.now, file.size_bytes);
                    self.cities[city].write(move |tx| file_wanted::fulfilled(tx, &file, size, now));
                    count += 1;
                    break;
                }
            }
        }
        Ok(count)
    }

    fn fetch(&self, from: usize, to: usize, digest: Digest) -> Result<bool, Violation> {
        let (source, target) = (
            self.cities[from].engine().store().files().clone(),
            self.cities[to].engine().store().files().clone(),
        );
        let copied = self.wait(async {
            let open = match source.get(&digest).await {
                Ok(open) => open,
                Err(tequio_store::Error::NotFound) => return Ok(false),
                Err(error) => return Err(error),
            };
            let bytes = open.bytes.map_err(|error| error.to_string());
            let stored = target.put_expected(bytes, open.size_bytes, &digest).await;
            stored.map(|_| true)
        });
        copied.map_err(|error| Violation(format!("a file could not be copied: {error}")))
    }

    /// All entries that a city holds, in the order in which they came.
    pub fn entries_of(&self, city: usize) -> Vec<entry::Entry> {
        self.cities[city].read(|conn| entry::list_after(conn, 0, 100_000))
    }
}
