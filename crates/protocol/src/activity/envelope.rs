//! What is looked at before anything else in a body: who says it, and what kind of thing it is.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// Why a body is not looked at further.
#[derive(Debug, thiserror::Error)]
pub enum NoEnvelope {
    /// Not JSON, or no activity.
    #[error("not an activity: {0}")]
    Json(#[from] serde_json::Error),
    /// JSON, and no object.
    #[error("not an activity: it must be an object")]
    NoObject,
    /// The actor is not said, or not by one id.
    #[error("`actor` must be one id")]
    Actor,
}

/// The outermost of an activity. The rest of it is read strictly later, where a member given twice is
/// refused, so both readings see the same.
#[derive(Debug, Deserialize)]
pub struct Envelope<'a> {
    #[serde(default, borrow)]
    /// Its id, where it says one.
    pub id: Option<Cow<'a, str>>,
    /// `type`; of several the first.
    #[serde(rename = "type", borrow)]
    pub kind: Kind<'a>,
    #[serde(borrow)]
    /// Who says it.
    pub actor: Id<'a>,
    #[serde(default, borrow)]
    object: Option<Id<'a>>,
    #[serde(rename = "tq:seq")]
    /// Of an entry: its place in the log.
    pub seq: Option<i64>,
}

impl<'a> Envelope<'a> {
    /// Reads it, without the strictness that costs time.
    ///
    /// # Errors
    /// [`NoEnvelope`].
    pub fn read(body: &'a [u8]) -> Result<Self, NoEnvelope> {
        // The library would take a list for the members in their order.
        if !body.trim_ascii_start().starts_with(b"{") {
            return Err(NoEnvelope::NoObject);
        }
        let read: Self = serde_json::from_slice(body)?;
        if read.actor.0.is_empty() {
            return Err(NoEnvelope::Actor);
        }
        Ok(read)
    }

    /// Whether the actor says that it is gone.
    #[must_use]
    pub fn is_farewell(&self) -> bool {
        self.kind.0 == "Delete"
            && self
                .object
                .as_ref()
                .is_some_and(|object| object.0 == self.actor.0)
    }
}

/// The id of something that is an id or an object with one; empty for anything else.
#[derive(Debug)]
pub struct Id<'a>(pub Cow<'a, str>);

/// A text, or the first of a list of texts.
#[derive(Debug)]
pub struct Kind<'a>(pub Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Id<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer
            .deserialize_any(Texts { member: "id" })
            .map(Self)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Kind<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Texts { member: "" }).map(Self)
    }
}

/// Finds one text: itself, the member of an object, or (without a member) the first of a list.
struct Texts {
    member: &'static str,
}

impl<'de> Visitor<'de> for Texts {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or an object with an id")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(""))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut first = Cow::Borrowed("");
        let mut is_first = true;
        while let Some(kind) = list.next_element::<Item<'de>>()? {
            if is_first && self.member.is_empty() {
                first = kind.0;
            }
            is_first = false;
        }
        Ok(first)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = Cow::Borrowed("");
        while let Some(name) = map.next_key::<Cow<'de, str>>()? {
            if name == self.member && !self.member.is_empty() {
                found = map.next_value::<Item<'de>>()?.0;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}

/// A text, or nothing in place of anything else.
struct Item<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Item<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Not as a `Value`: that one reads an object with a certain name as what stands inside it.
        let read: &RawValue = Deserialize::deserialize(deserializer)?;
        let text: String = serde_json::from_str(read.get()).unwrap_or_default();
        Ok(Self(Cow::Owned(text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(text: &str) -> Option<String> {
        let body = format!("{{\"type\":\"Like\",\"actor\":{text}}}");
        Some(Envelope::read(body.as_bytes()).ok()?.actor.0.into_owned())
    }

    #[test]
    fn an_actor_is_one_id_embedded_or_not() {
        let id = Some("https://a.example/u/ana".to_owned());
        assert_eq!(actor("\"https://a.example/u/ana\""), id);
        assert_eq!(actor("\"https:\\/\\/a.example\\/u\\/ana\""), id);
        let embedded =
            "{\"type\":\"Person\",\"tag\":[{\"id\":1}],\"id\":\"https://a.example/u/ana\"}";
        assert_eq!(actor(embedded), id);
        for wrong in [
            "7",
            "null",
            "{}",
            "[]",
            "[\"https://a.example/u/ana\"]",
            "{\"id\":[]}",
            "{\"id\":{\"$serde_json::private::RawValue\":\"\\\"https://a.example/u/ana\\\"\"}}",
        ] {
            assert_eq!(actor(wrong), None, "{wrong}");
        }
    }

    /// Found by fuzzing: a list was taken for the members in their order.
    #[test]
    fn a_list_is_no_activity() {
        let listed = br#"["https://a.example/a/1","Delete","https://a.example/u/ana","",4]"#;
        assert!(matches!(Envelope::read(listed), Err(NoEnvelope::NoObject)));
        assert!(Envelope::read(b" \n{\"type\":\"Like\",\"actor\":\"a\"}").is_ok());
    }

    #[test]
    fn a_type_may_be_a_list() {
        for (text, kind) in [
            ("\"Like\"", "Like"),
            ("[\"Like\",\"x\"]", "Like"),
            ("[]", ""),
        ] {
            let body = format!("{{\"actor\":\"a\",\"type\":{text}}}");
            assert_eq!(Envelope::read(body.as_bytes()).unwrap().kind.0, kind);
        }
        assert!(Envelope::read(b"{\"actor\":\"a\"}").is_err());
    }

    #[test]
    fn a_farewell_is_an_actors_delete_of_itself() {
        for (body, is_farewell) in [
            (r#"{"type":"Delete","actor":"a","object":"a"}"#, true),
            (
                r#"{"type":"Delete","actor":"a","object":{"id":"a","type":"Tombstone"}}"#,
                true,
            ),
            (r#"{"type":"Delete","actor":"a","object":"b"}"#, false),
            (r#"{"type":"Delete","actor":"a"}"#, false),
            (r#"{"type":"Delete","actor":"a","object":["a"]}"#, false),
            (r#"{"type":"Undo","actor":"a","object":"a"}"#, false),
        ] {
            assert_eq!(
                Envelope::read(body.as_bytes()).unwrap().is_farewell(),
                is_farewell
            );
        }
    }
}
