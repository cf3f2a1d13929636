//! The only door through which a peer's JSON becomes a document.
//!
//! Start at [`parse`]. It accepts a part of JSON on which all readers agree, so that what was
//! checked, what is stored, what is hashed and what another city reads cannot differ: I-JSON
//! (RFC 7493) plus limits. Anything ambiguous is refused, never repaired.
//!
//! What must stay true: every accepted document has exactly one canonical form ([`crate::jcs`]),
//! and reading that form again gives an equal document.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Largest document in bytes (1 MiB), as received.
pub const MAX_BYTES: usize = 1024 * 1024;
/// Most arrays and objects inside one another, the outermost included.
pub const MAX_DEPTH: u32 = 64;
/// Largest magnitude of a number, 2^53 − 1: beyond it a double no longer names one integer.
pub const MAX_NUMBER: u64 = 9_007_199_254_740_991;

const MAX_NUMBER_AS_DOUBLE: f64 = 9_007_199_254_740_991.0;

/// Why bytes were not accepted as a document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// More than [`MAX_BYTES`]; carries the size in bytes.
    #[error("the document has {0} bytes, more than the {MAX_BYTES} allowed")]
    TooLarge(usize),
    /// Not UTF-8.
    #[error("the document is not UTF-8")]
    NotUtf8,
    /// Deeper than [`MAX_DEPTH`].
    #[error("arrays and objects are nested deeper than {MAX_DEPTH}")]
    TooDeep,
    /// An object names one member twice, perhaps spelled with different escapes.
    #[error("the member {0:?} is given twice in one object")]
    DuplicateKey(String),
    /// A number of greater magnitude than [`MAX_NUMBER`], in whatever notation.
    #[error("a number is beyond ±(2^53 − 1)")]
    NumberTooLarge,
    /// Not JSON; where and what, for the sender.
    #[error("not JSON: {what} at line {line}, column {column}")]
    Syntax {
        /// What was wrong.
        what: String,
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 1 (0 before the first).
        column: usize,
    },
}

/// Reads one document strictly; white space around it is allowed, a byte order mark is not.
///
/// # Errors
/// A [`JsonError`]: the first violation in reading order, size and UTF-8 before all others.
pub fn parse(bytes: &[u8]) -> Result<Value, JsonError> {
    if bytes.len() > MAX_BYTES {
        return Err(JsonError::TooLarge(bytes.len()));
    }
    let text = std::str::from_utf8(bytes).map_err(|_not_utf8| JsonError::NotUtf8)?;
    let refusal = Cell::new(None);
    let mut reader = serde_json::Deserializer::from_str(text);
    let strict = Strict {
        depth: 0,
        refusal: &refusal,
    };
    strict
        .deserialize(&mut reader)
        .and_then(|value| reader.end().map(|()| value))
        .map_err(|error| refusal.take().unwrap_or_else(|| syntax(&error)))
}

fn syntax(error: &serde_json::Error) -> JsonError {
    let text = error.to_string();
    let what = text
        .rsplit_once(" at line ")
        .map_or(text.as_str(), |(what, _place)| what);
    if what == "number out of range" {
        return JsonError::NumberTooLarge;
    }
    JsonError::Syntax {
        what: what.to_owned(),
        line: error.line(),
        column: error.column(),
    }
}

/// Reads one value. `depth` counts the arrays and objects around it; `refusal` keeps our reason,
/// which serde's error type cannot carry.
#[derive(Clone, Copy)]
struct Strict<'r> {
    depth: u32,
    refusal: &'r Cell<Option<JsonError>>,
}

impl Strict<'_> {
    fn inside<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth == MAX_DEPTH {
            return Err(self.refuse(JsonError::TooDeep));
        }
        Ok(Self {
            depth: self.depth + 1,
            ..self
        })
    }

    fn refuse<E: serde::de::Error>(self, reason: JsonError) -> E {
        self.refusal.set(Some(reason));
        E::custom("refused")
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Value, E> {
        if value.unsigned_abs() > MAX_NUMBER {
            return Err(self.refuse(JsonError::NumberTooLarge));
        }
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value, E> {
        if value > MAX_NUMBER {
            return Err(self.refuse(JsonError::NumberTooLarge));
        }
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        if value.abs() > MAX_NUMBER_AS_DOUBLE {
            return Err(self.refuse(JsonError::NumberTooLarge));
        }
        // `1.0` and `1` are one number with one canonical form, so they are read as one value.
        let whole = (value.fract() == 0.0).then(|| format!("{value:.0}").parse::<i64>());
        let number = match whole {
            Some(Ok(whole)) => Some(Number::from(whole)),
            Some(Err(_)) | None => Number::from_f64(value),
        };
        number
            .map(Value::Number)
            .ok_or_else(|| self.refuse(JsonError::NumberTooLarge))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inner = self.inside()?;
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let inner = self.inside()?;
        let mut object = Map::new();
        while let Some(key) = members.next_key::<String>()? {
            if object.contains_key(&key) {
                return Err(self.refuse(JsonError::DuplicateKey(key)));
            }
            let value = members.next_value_seed(inner)?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests;
