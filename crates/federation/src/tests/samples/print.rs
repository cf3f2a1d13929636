//! JSON for people: what it is comes first, the proof last.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{redact::Redactor, stage::Made};

const FIRST: [&str; 4] = ["@context", "id", "type", "actor"];
const LAST: [&str; 2] = ["object", "proof"];

/// All documents as the samples show them.
pub fn all(redactor: &mut Redactor, made: &Made) -> BTreeMap<&'static str, String> {
    made.iter()
        .map(|(name, value)| (*name, pretty(&redactor.document(value))))
        .collect()
}

/// A document in a fixed form, with a line end.
pub fn pretty(value: &Value) -> String {
    let mut text = String::new();
    push(&mut text, value, 0);
    text.push('\n');
    text
}

fn push(text: &mut String, value: &Value, depth: usize) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            text.push('{');
            for (n, (name, member)) in in_order(members).into_iter().enumerate() {
                next(text, n, depth + 1);
                text.push_str(&format!("{}: ", Value::from(name)));
                push(text, member, depth + 1);
            }
            line(text, depth);
            text.push('}');
        }
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            text.push('[');
            for (n, item) in items.iter().enumerate() {
                next(text, n, depth + 1);
                push(text, item, depth + 1);
            }
            line(text, depth);
            text.push(']');
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(Value::to_string).collect();
            text.push_str(&format!("[{}]", items.join(", ")));
        }
        other => text.push_str(&other.to_string()),
    }
}

fn in_order(members: &Map<String, Value>) -> Vec<(&str, &Value)> {
    let mut all: Vec<(&str, &Value)> = members.iter().map(|(k, v)| (k.as_str(), v)).collect();
    let place = |name: &str| {
        let first = FIRST.iter().position(|first| *first == name);
        let last = LAST.iter().position(|last| *last == name);
        first
            .or(last.map(|place| FIRST.len() + 1 + place))
            .unwrap_or(FIRST.len())
    };
    all.sort_by_key(|(name, _)| (place(name), name.to_string()));
    all
}

fn next(text: &mut String, n: usize, depth: usize) {
    if n > 0 {
        text.push(',');
    }
    line(text, depth);
}

fn line(text: &mut String, depth: usize) {
    text.push('\n');
    text.push_str(&"  ".repeat(depth));
}
