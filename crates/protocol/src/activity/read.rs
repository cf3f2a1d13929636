//! Reading members of a JSON object, naming what is wrong.

use serde_json::{Map, Value};
use tequio_domain::Timestamp;
use thiserror::Error;
use url::Url;

/// A document that does not say what it must.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{member}` {need}")]
pub struct Malformed {
    /// The member of the document.
    pub member: &'static str,
    /// What is needed.
    pub need: &'static str,
}

impl Malformed {
    /// Names a member and what is needed.
    #[must_use]
    pub const fn new(member: &'static str, need: &'static str) -> Self {
        Self { member, need }
    }
}

/// A JSON object being read.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a>(&'a Map<String, Value>);

impl<'a> Reader<'a> {
    /// Starts reading an object.
    ///
    /// # Errors
    /// [`Malformed`] when `value` is not an object.
    pub fn new(value: &'a Value, member: &'static str) -> Result<Self, Malformed> {
        value
            .as_object()
            .map(Self)
            .ok_or(Malformed::new(member, "must be an object"))
    }

    /// Any member; `null` counts as absent.
    #[must_use]
    pub fn any(self, member: &str) -> Option<&'a Value> {
        self.0.get(member).filter(|value| !value.is_null())
    }

    /// A text that must be there.
    ///
    /// # Errors
    /// [`Malformed`] when absent or not one string.
    pub fn text(self, member: &'static str) -> Result<&'a str, Malformed> {
        self.optional_text(member)?
            .ok_or(Malformed::new(member, "is missing"))
    }

    /// A text that may be absent.
    ///
    /// # Errors
    /// [`Malformed`] when it is not one string.
    pub fn optional_text(self, member: &'static str) -> Result<Option<&'a str>, Malformed> {
        match self.any(member) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Malformed::new(member, "must be one string")),
        }
    }

    /// The id of something: a string, or an object with an `id`.
    ///
    /// # Errors
    /// [`Malformed`] when absent, a list, or not an absolute http(s) address.
    pub fn id_of(self, member: &'static str) -> Result<&'a str, Malformed> {
        let id = match self.any(member) {
            None => return Err(Malformed::new(member, "is missing")),
            Some(Value::String(id)) => id,
            Some(value) => Reader::new(value, member)?.text("id")?,
        };
        address(id, member)
    }

    /// An address that must be there.
    ///
    /// # Errors
    /// [`Malformed`] when absent or not an absolute http(s) address.
    pub fn address(self, member: &'static str) -> Result<&'a str, Malformed> {
        address(self.text(member)?, member)
    }

    /// A whole number.
    ///
    /// # Errors
    /// [`Malformed`] when absent, negative or not whole.
    pub fn number(self, member: &'static str) -> Result<i64, Malformed> {
        self.any(member)
            .and_then(Value::as_i64)
            .filter(|number| *number >= 0)
            .ok_or(Malformed::new(member, "must be a whole number, 0 or more"))
    }

    /// A time that must be there.
    ///
    /// # Errors
    /// [`Malformed`] when absent or not RFC 3339.
    pub fn time(self, member: &'static str) -> Result<Timestamp, Malformed> {
        Timestamp::parse_rfc3339(self.text(member)?)
            .ok_or(Malformed::new(member, "must be an RFC 3339 time"))
    }

    /// A time that may be absent.
    ///
    /// # Errors
    /// [`Malformed`] when it is there and not RFC 3339.
    pub fn optional_time(self, member: &'static str) -> Result<Option<Timestamp>, Malformed> {
        self.any(member).map(|_| self.time(member)).transpose()
    }

    /// The elements of a member that may be one value or a list.
    #[must_use]
    pub fn list(self, member: &str) -> &'a [Value] {
        match self.any(member) {
            None => &[],
            Some(Value::Array(values)) => values,
            Some(value) => std::slice::from_ref(value),
        }
    }
}

/// Longest address in bytes: what an index row of every database takes.
const ADDRESS_MAX: usize = 2000;

/// An absolute http(s) address of at most [`ADDRESS_MAX`] bytes, as written.
pub(crate) fn address<'a>(text: &'a str, member: &'static str) -> Result<&'a str, Malformed> {
    // The address parser forgives white space and controls; a column would not (no NUL in
    // PostgreSQL), and one thing would have two spellings.
    if text.len() > ADDRESS_MAX || text.contains(|c: char| c.is_control() || c.is_whitespace()) {
        return Err(Malformed::new(
            member,
            "must have at most 2000 bytes and no blanks",
        ));
    }
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "https" | "http") && url.has_host() => Ok(text),
        Ok(_) | Err(_) => Err(Malformed::new(
            member,
            "must be an absolute http(s) address",
        )),
    }
}

/// Whether two addresses belong to one server: same scheme, host and port.
///
/// The plain case (both spelled canonically) is decided without parsing.
#[must_use]
pub fn same_origin(one: &str, other: &str) -> bool {
    match (Url::parse(one), Url::parse(other)) {
        (Ok(one), Ok(other)) => one.origin() == other.origin() && one.has_host(),
        (Ok(_) | Err(_), Ok(_) | Err(_)) => false,
    }
}

/// The server of an address, as one key: host in lower case, with the port where it is not the usual one.
#[must_use]
pub fn server_of(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let host = url.host_str()?;
    Some(match url.port() {
        None => host.to_owned(),
        Some(port) => format!("{host}:{port}"),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Reader, same_origin, server_of};

    #[test]
    fn a_list_is_refused_where_one_value_is_meant() {
        let document =
            json!({ "actor": ["https://a.example/u/x"], "n": 1.5, "t": "now", "x": null });
        let reader = Reader::new(&document, "document").unwrap();
        assert!(reader.text("actor").is_err());
        assert!(reader.id_of("actor").is_err());
        assert!(reader.number("n").is_err());
        assert!(reader.time("t").is_err());
        assert_eq!(reader.optional_text("x"), Ok(None));
    }

    #[test]
    fn a_server_has_one_spelling() {
        let host = |address| server_of(address).unwrap_or_default();
        assert_eq!(host("https://Lemmy.Example:443/u/x"), "lemmy.example");
        assert_eq!(host("http://a.localhost:8103/inbox"), "a.localhost:8103");
        assert_eq!(server_of("acct:x@lemmy.example"), None);
    }

    #[test]
    fn origins_include_scheme_and_port() {
        assert!(same_origin(
            "https://a.example/x",
            "https://a.example:443/y"
        ));
        assert!(!same_origin("https://a.example/x", "http://a.example/x"));
        assert!(!same_origin(
            "http://a.localhost:81/",
            "http://a.localhost:82/"
        ));
        assert!(!same_origin("https://a.example", "https://a.example.evil/"));
        assert!(!same_origin("x", "x"));
    }
}
