//! Any bytes as the body of a request to the inbox: what is looked at first, before anybody is believed, is what the
//! strict reader sees later. Else somebody could be judged by one actor and obeyed as another.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use tequio_protocol::activity::{Envelope, Reader};
use tequio_protocol::json;

fuzz_target!(|bytes: &[u8]| {
    let Ok(envelope) = Envelope::read(bytes) else {
        return;
    };
    assert!(!envelope.actor.0.is_empty());
    let Ok(document) = json::parse(bytes) else {
        return;
    };
    let document = Reader::new(&document, "document").expect("an activity is an object");
    let actor = id_of(document.any("actor"));
    assert_eq!(envelope.actor.0, actor);
    let kind = match document.any("type") {
        Some(Value::Array(kinds)) => kinds.first().and_then(Value::as_str),
        kind => kind.and_then(Value::as_str),
    };
    assert_eq!(envelope.kind.0, kind.unwrap_or_default());
    let id = document.any("id").and_then(Value::as_str);
    assert_eq!(envelope.id.as_deref(), id);
    assert_eq!(envelope.seq, document.any("tq:seq").and_then(Value::as_i64));
    let is_farewell = kind == Some("Delete") && id_of(document.any("object")) == actor;
    assert_eq!(envelope.is_farewell(), is_farewell);
});

/// A text, or the `id` of an object; empty for all else.
fn id_of(value: Option<&Value>) -> &str {
    let id = match value {
        Some(Value::Object(members)) => members.get("id"),
        other => other,
    };
    id.and_then(Value::as_str).unwrap_or_default()
}
