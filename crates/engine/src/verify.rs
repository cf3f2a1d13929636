//! Whether the entries that are held are what was signed, and the tables what the entries make.
//!
//! Start at [`verify`]: every entry is received once more, in the order in which it came, by an empty city
//! beside ([`scratch`]). So chains, groups' proofs and authors' proofs are judged by the code that judges
//! what comes from outside, and the tables are made anew by the code that made them. What differs is told.

use std::collections::BTreeSet;

use futures::executor::block_on;
use serde_json::Value;
use tequio_domain::Timestamp;
use tequio_store::{
    Conn, Store, StoreSettings,
    entry::{self, Entry},
    log::{self, Log},
    past_key, topic,
    transfer::{self, load::Loader},
};

use crate::{
    Engine, Error, Founding,
    receive::{Received, Refused},
    state_digest,
};

/// Entries that are read and received at once.
const PAGE: i64 = 200;
/// Tables that the scratch city starts with.
const ALIKE: [&str; 4] = ["city", "topic", "glossary_term", "ledger_topic"];
/// More than so many problems of one kind say no more.
const MAX_PROBLEMS: usize = 1000;

/// What is wrong with a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Number or digest of the entry before do not fit.
    Chain,
    /// The group's proof does not hold, or it is no entry.
    Proof,
    /// Its author's proof is judged otherwise than when it came.
    Void,
    /// Columns or tables are not what the entries make.
    Table,
}

impl Kind {
    /// For programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Chain => "chain",
            Self::Proof => "proof",
            Self::Void => "void",
            Self::Table => "table",
        }
    }
}

/// Something wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What.
    pub kind: Kind,
    /// Group and number, or topic.
    pub place: String,
    /// In words.
    pub what: String,
}

/// What was looked at, and what was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// Logs with entries.
    pub logs: usize,
    /// Entries.
    pub entries: u64,
    /// Topics.
    pub topics: usize,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// What is worth knowing.
    pub notes: Vec<String>,
}

/// An empty city that knows the same cities, topics and groups.
///
/// # Errors
/// The database's.
pub fn scratch(conn: &mut Conn, settings: &StoreSettings) -> Result<Store, Error> {
    let mut loader = Loader::create(&settings.database, &transfer::versions(conn)?)?;
    loader.add(
        "sequence",
        "[{\"name\":\"id\",\"last\":4611686018427387904}]",
    )?;
    for table in ALIKE {
        let rows = rows(conn, table)?;
        loader.add(table, &Value::from(rows).to_string())?;
    }
    let mut logs = rows(conn, "log")?;
    let past = past_key::all(conn)?;
    for row in &mut logs {
        let id = row.get("id").and_then(Value::as_i64);
        let first = past.iter().find(|key| Some(key.log_id) == id);
        begin_again(row, first.map(|key| key.public_key.as_str()));
    }
    loader.add("log", &Value::from(logs).to_string())?;
    loader.finish()?;
    Ok(Store::open(settings)?)
}

/// A log without entries, under the key that proves its first one.
fn begin_again(row: &mut Value, first_key: Option<&str>) {
    let Some(row) = row.as_object_mut() else {
        return;
    };
    row.insert("head_seq".to_owned(), 0.into());
    row.insert("head_digest".to_owned(), "".into());
    row.insert("known_seq".to_owned(), 0.into());
    row.insert("is_frozen".to_owned(), false.into());
    if let Some(key) = first_key {
        row.insert("public_key".to_owned(), key.into());
    }
}

fn rows(conn: &mut Conn, table: &str) -> Result<Vec<Value>, Error> {
    let mut rows = Vec::new();
    transfer::rows(conn, table, |row| {
        rows.push(serde_json::from_str(row).map_err(Error::internal)?);
        Ok::<_, Error>(())
    })?;
    Ok(rows)
}

/// Receives all entries of `conn` into the city on `store` and compares. `progress` hears how many there
/// were so far.
///
/// # Errors
/// The databases' only; what is wrong with the data is in the answer.
pub fn verify(
    conn: &mut Conn,
    store: Store,
    founding: Founding,
    now: Timestamp,
    progress: impl Fn(u64),
) -> Result<Checked, Error> {
    let engine = Engine::open(store, founding, now)?;
    let mut work = Work {
        logs: log::all(conn)?,
        engine,
        now,
        given_up: BTreeSet::new(),
        checked: Checked::default(),
    };
    work.checked.logs = work.logs.iter().filter(|row| row.head_seq > 0).count();
    let mut after = 0;
    loop {
        let page = entry::list_after(conn, after, PAGE)?;
        let Some(last) = page.last() else { break };
        after = last.id;
        work.checked.entries += u64::try_from(page.len()).unwrap_or(0);
        for run in page.chunk_by(|one, other| one.log_id == other.log_id) {
            work.receive(run)?;
        }
        progress(work.checked.entries);
    }
    work.compare(conn)?;
    work.engine.store().clone().close();
    Ok(work.checked)
}

struct Work {
    logs: Vec<Log>,
    engine: Engine,
    now: Timestamp,
    /// Logs in which something is broken: what comes after cannot be judged.
    given_up: BTreeSet<i64>,
    checked: Checked,
}

impl Work {
    /// Some entries of one log.
    fn receive(&mut self, run: &[Entry]) -> Result<(), Error> {
        let Some(first) = run.first() else {
            return Ok(());
        };
        if self.given_up.contains(&first.log_id) {
            return Ok(());
        }
        let bodies = run.iter().map(|row| row.body.clone()).collect();
        let received = block_on(self.engine.receive(bodies, self.now))?;
        let is_whole = matches!(received, Received::Appended { count, .. } if count == run.len());
        if is_whole {
            return self.compare_rows(run);
        }
        if run.len() > 1 {
            // Which one? Those before it were taken, and are known now.
            return run.chunks(1).try_for_each(|one| self.receive(one));
        }
        let (kind, what) = match received {
            Received::Refused(Refused::Proof(cause)) => (Kind::Proof, cause),
            Received::Refused(refused) => (Kind::Proof, refused.to_string()),
            Received::Gap { head_seq } => (
                Kind::Chain,
                format!("nothing stands between {head_seq} and this"),
            ),
            Received::Frozen => (
                Kind::Chain,
                "the entry before it is not the one that it names".to_owned(),
            ),
            Received::Appended { .. } => return self.compare_rows(run),
        };
        let place = self.place(first);
        self.say(kind, place, what);
        self.given_up.insert(first.log_id);
        Ok(())
    }

    /// What the columns say beside the bytes.
    fn compare_rows(&mut self, run: &[Entry]) -> Result<(), Error> {
        let places: Vec<(i64, i64)> = run.iter().map(|row| (row.log_id, row.seq)).collect();
        let made = self.engine.store().read_blocking(move |conn| {
            let found = places.into_iter();
            found
                .map(|(log_id, seq)| entry::at(conn, log_id, seq))
                .collect::<Result<Vec<_>, _>>()
        })?;
        for (row, made) in run.iter().zip(made) {
            let Some(made) = made else {
                let place = self.place(row);
                self.say(
                    Kind::Chain,
                    place,
                    "its bytes have another number".to_owned(),
                );
                continue;
            };
            if made.digest != row.digest {
                let place = self.place(row);
                self.say(
                    Kind::Chain,
                    place,
                    "its bytes have another digest".to_owned(),
                );
            } else if made.is_void != row.is_void {
                let place = self.place(row);
                let what = format!("void is {}, but it is judged {}", row.is_void, made.is_void);
                self.say(Kind::Void, place, what);
            } else if (&made.uri, &made.activity_uri) != (&row.uri, &row.activity_uri) {
                let place = self.place(row);
                self.say(
                    Kind::Table,
                    place,
                    "its ids are others in the bytes".to_owned(),
                );
            }
        }
        Ok(())
    }

    /// Heads and tables.
    fn compare(&mut self, conn: &mut Conn) -> Result<(), Error> {
        let made = self.engine.store().read_blocking(log::all)?;
        for (row, made) in self.logs.clone().iter().zip(made) {
            if row.is_frozen {
                self.checked
                    .notes
                    .push(format!("{} is frozen", row.group_uri));
            }
            let same = (row.head_seq, &row.head_digest) == (made.head_seq, &made.head_digest);
            if !same && !self.given_up.contains(&row.id) {
                let what = format!(
                    "the head is {}, but the entries reach to {}",
                    row.head_seq, made.head_seq
                );
                self.say(Kind::Table, row.group_uri.clone(), what);
            }
        }
        let broken: BTreeSet<i64> = self
            .logs
            .iter()
            .filter(|row| self.given_up.contains(&row.id))
            .map(|row| row.topic_id)
            .collect();
        for topic in topic::all(conn)? {
            self.checked.topics += 1;
            if broken.contains(&topic.id) {
                self.checked
                    .notes
                    .push(format!("{}: tables not compared", topic.slug));
                continue;
            }
            let held = state_digest::of_topic(conn, &topic.slug)?;
            let slug = topic.slug.clone();
            let read = move |conn: &mut Conn| state_digest::of_topic(conn, &slug);
            if self.engine.store().read_blocking(read)? != held {
                let what = "its tables are not what its entries make: run tequio rebuild";
                self.say(Kind::Table, topic.slug, what.to_owned());
            }
        }
        let waiting = self.engine.store().read_blocking(entry::count_waiting)?;
        if broken.is_empty() && waiting != entry::count_waiting(conn)? {
            let what = "other entries wait for something: run tequio rebuild";
            self.say(Kind::Table, "waiting".to_owned(), what.to_owned());
        }
        Ok(())
    }

    fn place(&self, row: &Entry) -> String {
        let log = self.logs.iter().find(|log| log.id == row.log_id);
        let group = log.map_or("?", |log| log.group_uri.as_str());
        format!("{group} {}", row.seq)
    }

    fn say(&mut self, kind: Kind, place: String, what: String) {
        if self.checked.problems.len() < MAX_PROBLEMS {
            self.checked.problems.push(Problem { kind, place, what });
        }
    }
}
