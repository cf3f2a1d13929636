//! What differs from run to run, made the same: hosts, identities, times, keys, digests and signatures.

use serde_json::{Map, Value};
use tequio_domain::{Oid, Timestamp};

/// The time in every sample.
pub const TIME: &str = "2026-03-02T18:40:00Z";

/// Hides what differs.
#[derive(Default)]
pub struct Redactor {
    /// As it is, and as it is shown.
    hosts: Vec<(String, String)>,
    /// Those that have the same number in all documents.
    known: Vec<String>,
    /// The others of a document, in order of appearance: so that one that changes changes no other.
    others: Vec<String>,
}

impl Redactor {
    /// Shows a server (`http://name.localhost:port`) as `https://name.example`.
    pub fn host(&mut self, base_url: &str) {
        let host = base_url.strip_prefix("http://").unwrap();
        let name = host.split('.').next().unwrap();
        let shown = format!("https://{name}.example");
        self.hosts.push((base_url.to_owned(), shown));
        self.hosts
            .push((host.to_owned(), format!("{name}.example")));
    }

    /// Gives an identity a number of its own.
    pub fn know(&mut self, oid: &str) {
        self.known.push(oid.to_owned());
    }

    /// A document as it is shown.
    pub fn document(&mut self, value: &Value) -> Value {
        self.others.clear();
        self.value("", value)
    }

    fn value(&mut self, name: &str, value: &Value) -> Value {
        match value {
            Value::Object(members) => Value::Object(self.members(members)),
            Value::Array(items) => items.iter().map(|item| self.value(name, item)).collect(),
            Value::String(text) => Value::String(self.text(name, text)),
            Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        }
    }

    fn members(&mut self, members: &Map<String, Value>) -> Map<String, Value> {
        let shown = members
            .iter()
            .map(|(name, value)| (name.clone(), self.value(name, value)));
        shown.collect()
    }

    fn text(&mut self, name: &str, text: &str) -> String {
        match name {
            "publicKeyPem" => {
                return "-----BEGIN PUBLIC KEY-----\n…\n-----END PUBLIC KEY-----\n".into();
            }
            "publicKeyMultibase" | "tq:key" => return "z6Mk…".into(),
            "proofValue" => return "z…".into(),
            "tq:secret" => return "0f…".into(),
            "tq:prev" | "tq:digest" | "tq:base" | "tq:offer" | "tq:accept" | "tq:candidacy"
            | "tq:endorsements" | "tq:changes" | "tq:leaves" | "tq:change" => {
                return "zQm…".into();
            }
            "digest" => return "…".into(),
            // When a term is planned for is said by the test, not by the clock.
            "startTime" | "endTime" => return text.to_owned(),
            _ => {}
        }
        if Timestamp::parse_rfc3339(text).is_some() {
            return TIME.to_owned();
        }
        let mut text = text.to_owned();
        for (host, shown) in &self.hosts {
            text = text.replace(host, shown);
        }
        self.oids(&text)
    }

    /// Numbers the UUIDs.
    fn oids(&mut self, text: &str) -> String {
        const LENGTH: usize = 36;
        let (mut shown, mut rest) = (String::new(), text);
        while !rest.is_empty() {
            let oid = rest.split_at_checked(LENGTH);
            if let Some((oid, after)) = oid.filter(|(oid, _)| Oid::parse(oid).is_some()) {
                shown.push_str(&self.number(oid));
                rest = after;
            } else {
                let mut characters = rest.chars();
                shown.extend(characters.next());
                rest = characters.as_str();
            }
        }
        shown
    }

    fn number(&mut self, oid: &str) -> String {
        let place = |all: &[String]| all.iter().position(|held| held == oid);
        let number = match place(&self.known) {
            Some(place) => place + 1,
            None => {
                let place = place(&self.others).unwrap_or_else(|| {
                    self.others.push(oid.to_owned());
                    self.others.len() - 1
                });
                101 + place
            }
        };
        format!("019cb000-0000-7000-8000-{number:012}")
    }
}
