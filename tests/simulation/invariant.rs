//! What must be true in the end, whatever happened.
//!
//! - Every log is whole in every city: numbers, chain, proofs, and the same bytes everywhere.
//! - Cities that hold the same logs have the same state and show the same; and without a city that showed
//!   two histories, all hold the same logs.
//! - What was confirmed is there, as confirmed, or was deleted by whoever may ([`promise`]).
//! - What nobody confirmed is not there.
//! - The tables of a city are those that a rebuild makes; which city, the seed decides.

mod promise;

use std::collections::BTreeMap;

use tequio_domain::Digest;
use tequio_engine::{rebuild, state_digest};
use tequio_protocol::{activity::actor::group_uri, keys::Ed25519PublicKey, proof};
use tequio_store::{entry::Entry, object, person, testing::dump, topic};

use crate::{
    city::City,
    council,
    dice::Dice,
    template::{CITIES, TOPICS, base_url, key_of},
    world::{Violation, World},
};

/// Looks at everything; answers the state of each city.
pub fn check(world: &World, dice: &mut Dice) -> Result<Vec<String>, Violation> {
    let logs = whole_logs(world)?;
    let mut states: Vec<String> = Vec::new();
    for city in &world.cities {
        let state = state_of(city);
        let before = world.cities.iter().zip(&states).zip(&logs);
        for ((other, known), _) in before.filter(|(_, held)| **held == logs[city.index]) {
            if *known != state {
                return Err(differ(other, city, known, &state));
            }
        }
        states.push(state);
    }
    same_logs(world, &logs)?;
    council::check(world)?;
    promise::check(world)?;
    same_after_rebuild(&world.cities[world.any_city(dice)])?;
    Ok(states)
}

/// A log as held: its digests, in order.
type Held = BTreeMap<(usize, usize), Vec<String>>;

/// Every log of every city, once its chain was walked.
fn whole_logs(world: &World) -> Result<Vec<Held>, Violation> {
    let mut bodies: BTreeMap<String, String> = BTreeMap::new();
    let mut all = Vec::new();
    for city in &world.cities {
        let mut held = Held::new();
        let entries = world.entries_of(city.index);
        for home in 0..world.cities.len() {
            for topic in 0..TOPICS.len() {
                let log = city.log_of(home, topic);
                let mut own: Vec<&Entry> =
                    entries.iter().filter(|row| row.log_id == log.id).collect();
                own.sort_by_key(|row| row.seq);
                let wrong = |what: &str| {
                    let (here, home) = (city.slug, CITIES[home]);
                    Violation(format!("{here}'s copy of {home}'s log {topic}: {what}"))
                };
                let last = own.last().map(|row| (row.seq, row.digest.clone()));
                if last.unwrap_or_default() != (log.head_seq, log.head_digest) {
                    return Err(wrong("its head is not its last entry"));
                }
                walk(
                    &own,
                    &group_uri(&base_url(CITIES[home]), TOPICS[topic]),
                    &mut bodies,
                )
                .map_err(|what| wrong(&what))?;
                let digests = own.iter().map(|row| row.digest.clone()).collect();
                held.insert((home, topic), digests);
            }
        }
        all.push(held);
    }
    Ok(all)
}

/// Walks a chain. `bodies` are the bytes of each digest whose proof was looked at already.
fn walk(
    entries: &[&Entry],
    group: &str,
    bodies: &mut BTreeMap<String, String>,
) -> Result<(), String> {
    let mut prev: Option<Digest> = None;
    for (seq, row) in (1..).zip(entries) {
        if row.seq != seq {
            return Err(format!("{} stands where {seq} should", row.seq));
        }
        match bodies.get(&row.digest) {
            Some(body) if *body == row.body => {}
            Some(_) => return Err(format!("other bytes of entry {seq}")),
            None => {
                prove(row, group, prev)?;
                bodies.insert(row.digest.clone(), row.body.clone());
            }
        }
        prev = Digest::from_hex(&row.digest);
    }
    Ok(())
}

fn prove(row: &Entry, group: &str, prev: Option<Digest>) -> Result<(), String> {
    let value = serde_json::from_str(&row.body).map_err(|error| error.to_string())?;
    let read = tequio_protocol::activity::Entry::read(&value).map_err(|error| error.to_string())?;
    if (read.group, read.seq, read.prev) != (group, row.seq, prev) {
        return Err(format!("entry {} says another place", row.seq));
    }
    let key: Ed25519PublicKey = key_of(group).public().clone();
    let digest = proof::verify(&value, &key).map_err(|error| error.to_string())?;
    if digest.to_hex() != row.digest {
        return Err(format!("entry {} has another digest", row.seq));
    }
    Ok(())
}

/// All cities hold the same logs, and those of honest cities go on. Who has shown two histories may go on
/// by itself.
fn same_logs(world: &World, logs: &[Held]) -> Result<(), Violation> {
    let is_false = |city: usize| world.has_equivocated && world.liar == Some(city);
    let honest: Vec<&City> = world
        .cities
        .iter()
        .filter(|city| !is_false(city.index))
        .collect();
    for city in &honest {
        for (&(home, topic), digests) in &logs[city.index] {
            let is_frozen = city.log_of(home, topic).is_frozen;
            let other = if is_false(home) {
                honest[0].index
            } else {
                home
            };
            let is_same = logs[other][&(home, topic)] == *digests;
            if !is_same || (is_frozen && !is_false(home)) {
                return Err(Violation(format!(
                    "{} holds {} of {} entries of {}'s log {topic}, frozen: {is_frozen}",
                    city.slug,
                    digests.len(),
                    logs[other][&(home, topic)].len(),
                    CITIES[home]
                )));
            }
        }
    }
    Ok(())
}

/// The state of all topics, and what readers see beyond it.
fn state_of(city: &City) -> String {
    city.read(|conn| {
        let mut lines = Vec::new();
        for slug in TOPICS {
            let topic = topic::by_slug(conn, slug)?;
            let state = state_digest::of_topic(conn, slug).map_err(|error| {
                tequio_store::Error::Panicked(format!("no digest of {slug}: {error}"))
            })?;
            lines.push(format!("{slug} {}", state.digest));
            for row in object::snapshot::page(conn, topic.id, 0, 500)? {
                let shown = object::by_id(conn, row.id)?;
                let author = person::by_id(conn, shown.author_id)?;
                lines.push(format!(
                    "{slug} {row:?} {} {} {author:?}",
                    shown.html, shown.useful_count
                ));
            }
        }
        // Row keys are each city's own.
        let mut lines: Vec<String> = lines.iter().map(|line| without_ids(line)).collect();
        lines.sort_unstable();
        Ok(lines.join("\n"))
    })
}

fn without_ids(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(place) = rest.find(" id: ") {
        let (before, after) = rest.split_at(place + 5);
        text.push_str(before);
        rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
    }
    text.push_str(rest);
    text
}

fn differ(one: &City, other: &City, first: &str, second: &str) -> Violation {
    let (one, other) = (one.slug, other.slug);
    let only = |in_this: &str, not_in: &str| -> Vec<String> {
        let missing = in_this
            .lines()
            .filter(|line| !not_in.lines().any(|held| held == *line));
        missing.map(str::to_owned).collect()
    };
    Violation(format!(
        "{one} and {other} hold the same logs and show something else\n{one}: {:#?}\n{other}: {:#?}",
        only(first, second),
        only(second, first)
    ))
}

fn same_after_rebuild(city: &City) -> Result<(), Violation> {
    let before = city.read(dump::all);
    rebuild::rebuild(city.engine())
        .map_err(|error| Violation(format!("{} cannot rebuild: {error}", city.slug)))?;
    let after = city.read(dump::all);
    for (table, rows) in &before {
        if after.get(table) != Some(rows) {
            return Err(Violation(format!(
                "{}: a rebuild changes {table} from {rows:#?} to {:#?}",
                city.slug, after[table]
            )));
        }
    }
    Ok(())
}
