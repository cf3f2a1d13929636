//! What a city says it holds of a topic: `/t/{topic}/digest` and `/t/{topic}/heads`.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use crate::browser::Browser;
use crate::city::City;
use crate::wait;

/// The topics of the kit.
pub const TOPICS: [&str; 7] = [
    "gobierno-electronico",
    "mejoramiento-barrios",
    "saneamiento",
    "finanzas",
    "transporte",
    "centros-historicos",
    "desastres",
];

/// How long cities that can reach each other may take to hold the same.
const CONVERGE: Duration = Duration::from_secs(45);

/// The shared state of a topic in one city. Two that are equal show the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// SHA-256 of everything that is shared.
    pub digest: String,
    /// Objects, tombstones included.
    pub objects: u64,
    /// By city: number and digest of the last entry held; logs without entries are left out.
    pub heads: BTreeMap<String, (i64, String)>,
}

impl State {
    /// Entries of all logs.
    #[must_use]
    pub fn entries(&self) -> i64 {
        self.heads.values().map(|(seq, _)| seq).sum()
    }
}

/// Reads the state of a topic.
///
/// # Errors
/// Why it cannot be read: the city is down, or its two answers are of different moments.
pub async fn of_topic(city: &City, topic: &str) -> Result<State, String> {
    let digest = document(city, &format!("/t/{topic}/digest")).await?;
    let heads = document(city, &format!("/t/{topic}/heads")).await?;
    let mut told = BTreeMap::new();
    for head in list(&digest, "heads") {
        told.insert(
            text(head, "city"),
            (number(head, "seq"), text(head, "digest")),
        );
    }
    for head in list(&heads, "tq:heads") {
        let (city, seq) = (text(head, "tq:city"), number(head, "tq:seq"));
        if told.get(&city).map_or(0, |(seq, _)| *seq) != seq {
            return Err(format!(
                "digest and heads of {topic} differ: {told:?} {city} {seq}"
            ));
        }
    }
    Ok(State {
        digest: text(&digest, "digest"),
        objects: digest.get("objects").and_then(Value::as_u64).unwrap_or(0),
        heads: told,
    })
}

/// Waits until all cities hold the same of every topic, and answers what that is.
///
/// # Panics
/// When they do not in time: with what each holds.
pub async fn converged(cities: &[City]) -> BTreeMap<String, State> {
    converged_within(CONVERGE, cities).await
}

/// [`converged`] for cities that have much to tell each other.
///
/// # Panics
/// As [`converged`].
pub async fn converged_within(deadline: Duration, cities: &[City]) -> BTreeMap<String, State> {
    let mut all = BTreeMap::new();
    for topic in TOPICS {
        all.insert(topic.to_owned(), agreed_on(topic, deadline, cities).await);
    }
    all
}

/// Waits until all cities hold the same of one topic, and answers what that is.
///
/// # Panics
/// As [`converged`].
pub async fn agreed_on(topic: &str, deadline: Duration, cities: &[City]) -> State {
    let what = format!("all cities hold the same of {topic}");
    wait::until(deadline, &what, async || {
        let mut states = Vec::new();
        for city in cities {
            states.push((city.slug.clone(), of_topic(city, topic).await));
        }
        match states.first() {
            Some((_, Ok(first))) if states.iter().all(|(_, s)| s.as_ref() == Ok(first)) => {
                Ok(first.clone())
            }
            _ => Err(states),
        }
    })
    .await
}

async fn document(city: &City, path: &str) -> Result<Value, String> {
    let page = Browser::new(city).try_get(path).await?;
    if page.status != 200 {
        return Err(format!("{path} of {}: {}", city.slug, page.status));
    }
    serde_json::from_slice(&page.bytes).map_err(|error| format!("{path}: {error}"))
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value
        .get(name)
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default()
}

fn text(value: &Value, name: &str) -> String {
    value
        .get(name)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

fn number(value: &Value, name: &str) -> i64 {
    value.get(name).and_then(Value::as_i64).unwrap_or(0)
}
