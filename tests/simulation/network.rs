//! How entries, heads and files get from city to city, by the rules of `crates/federation`: the courier
//! pushes own entries in order and moves its cursor when it is answered; heads say how far logs reach;
//! the puller fetches pages from the home or anybody; the mirror fetches files. Here without HTTP, and
//! with everything that a network may do to a letter.

use futures::TryStreamExt;
use serde_json::Value;
use tequio_domain::Digest;
use tequio_engine::{outside::Heard, receive::Received};
use tequio_federation::heads;
use tequio_protocol::{activity::actor::group_uri, json};
use tequio_store::{
    entry, file_wanted,
    peer::{self, Head},
    topic,
};

use crate::{
    city::{place_of, topic_of},
    dice::Dice,
    liar, outside,
    template::{CITIES, TOPICS, base_url},
    world::{Violation, World, unless_refused},
};

/// Entries of a page: few, so that short histories have many pages.
const PAGE_ENTRIES: i64 = 4;
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
            Letter::Heads(text) => self.note_heads(flight.to, text),
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

    fn note_heads(&self, to: usize, text: &str) -> Result<Answer, Violation> {
        let read = json::parse(text.as_bytes()).map_err(|error| error.to_string());
        let read = read.and_then(|value| heads::read(&value).map_err(|error| error.to_string()));
        let told = match read {
            Ok(told) => told,
            Err(why) => return Ok(Answer::Refused(why)),
        };
        let own = format!("{}/", base_url(CITIES[to]));
        let others = told.logs.iter().filter(|log| !log.group.starts_with(&own));
        let reach = others.map(|log| (log.group.clone(), log.seq)).collect();
        let noted = self.wait(self.cities[to].engine().note_heads(reach));
        unless_refused(noted)?.map_err(Violation)?;
        Ok(Answer::Taken)
    }

    /// How far a city says that the logs of a topic reach.
    pub fn heads_of(&self, city: usize, topic: usize) -> Value {
        let slug = TOPICS[topic];
        let (uri, heads) = self.cities[city].read(move |conn| {
            let uri = topic::by_slug(conn, slug)?.uri;
            Ok((uri, peer::heads_of_topic(conn, slug)?))
        });
        heads::document(&group_uri(&base_url(CITIES[city]), slug), &uri, &heads)
    }

    /// A city tells another one its heads.
    pub fn send_heads(&mut self, from: usize, to: usize) -> Result<(), Violation> {
        for topic in 0..TOPICS.len() {
            let text = self.heads_of(from, topic).to_string();
            self.note_heads(to, &text)?;
        }
        Ok(())
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
            self.send_heads(from, to)?;
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

    /// A city pulls whatever it is known to lack. Answers how many entries came.
    pub fn pull(&mut self, city: usize, dice: &mut Dice) -> Result<usize, Violation> {
        let behind = self.cities[city].read(peer::behind);
        let mut count = 0;
        for head in behind {
            count += self.pull_log(city, head, dice)?;
        }
        Ok(count)
    }

    fn pull_log(
        &mut self,
        city: usize,
        mut head: Head,
        dice: &mut Dice,
    ) -> Result<usize, Violation> {
        let mut count = 0;
        for source in self.sources(city, &head, dice) {
            while head.head_seq < head.known_seq {
                let bodies = self.page(source, &head, dice);
                if bodies.is_empty() {
                    break;
                }
                let (received, new) = self.receive(city, bodies)?;
                count += new;
                match received {
                    Received::Appended { head_seq, .. } | Received::Gap { head_seq }
                        if head_seq > head.head_seq =>
                    {
                        head.head_seq = head_seq;
                    }
                    _ => break,
                }
            }
        }
        Ok(count)
    }

    /// Whom to ask: the home first, then the others, beginning anywhere; who is out of reach not.
    fn sources(&self, city: usize, head: &Head, dice: &mut Dice) -> Vec<usize> {
        let home = place_of(&head.city);
        let mut others: Vec<usize> = (0..self.cities.len())
            .filter(|other| Some(*other) != home)
            .collect();
        let start = dice.below(others.len());
        others.rotate_left(start);
        let all = home.into_iter().chain(others);
        all.filter(|source| {
            *source != city && *source < self.cities.len() && !self.is_cut(city, *source)
        })
        .collect()
    }

    /// What a city serves of the page after a head; a lying one serves what it likes.
    fn page(&self, source: usize, head: &Head, dice: &mut Dice) -> Vec<String> {
        let (Some(home), Some(topic)) = (place_of(&head.city), topic_of(&head.topic)) else {
            return Vec::new();
        };
        let before = head.head_seq / PAGE_ENTRIES * PAGE_ENTRIES;
        let mut items = self.cities[source].bodies(home, topic, before, PAGE_ENTRIES);
        // In the end a liar at least gives its own log: what it withholds for ever nobody can have.
        let may_lie = self.liar == Some(source) && (!self.is_quiet || home != source);
        if may_lie && dice.percent(30) {
            items = liar::serve(self, source, items, dice);
        }
        let held = usize::try_from(head.head_seq % PAGE_ENTRIES).unwrap();
        items.into_iter().skip(held).collect()
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
