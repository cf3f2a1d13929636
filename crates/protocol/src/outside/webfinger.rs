//! Names at hosts, and what a host says of them (RFC 7033).

use serde_json::Value;
use url::Url;

use crate::activity::{is_activity_type, server_of};

/// ActivityStreams type of what a link leads to, as Lemmy and PieFed say it.
const KIND: &str = "https://www.w3.org/ns/activitystreams#type";

/// A name at a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handle {
    /// As it was written.
    pub name: String,
    /// With port where it is not the usual one, in lower case.
    pub host: String,
    /// `https://host/`.
    pub host_url: String,
    /// It was written with `!`: a group is meant.
    pub is_group: bool,
}

impl Handle {
    /// Reads `@name@host`, `name@host`, `!name@host` and `acct:name@host`; `None` for all else. `scheme` is that of
    /// its host's addresses.
    #[must_use]
    pub fn read(text: &str, scheme: &str) -> Option<Self> {
        let text = text.strip_prefix("acct:").unwrap_or(text);
        let is_group = text.starts_with('!');
        let (name, host) = text.trim_start_matches(['@', '!']).split_once('@')?;
        let stands_in_a_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        let is_name = !name.is_empty() && name.len() <= 128 && name.chars().all(stands_in_a_name);
        let url = Url::parse(&format!("{scheme}://{host}/")).ok()?;
        let is_host_only = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
            && !host.contains(['/', '\\', '?', '#', '@']);
        if !is_name || !is_host_only {
            return None;
        }
        Some(Self {
            name: name.to_owned(),
            host: server_of(url.as_str())?,
            host_url: url.to_string(),
            is_group,
        })
    }

    /// Whether both name the same.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.host == other.host && self.name.eq_ignore_ascii_case(&other.name)
    }

    /// `acct:name@host`, as hosts are asked for it.
    #[must_use]
    pub fn account(&self) -> String {
        format!("acct:{}@{}", self.name, self.host)
    }
}

/// What a host says of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The name that it calls right.
    pub subject: Handle,
    /// Addresses of the actor, the likeliest first; one at least.
    pub actors: Vec<String>,
}

impl Said {
    /// Reads an answer; `None` when it names no account or no actor. `scheme` is that of the address that was asked,
    /// `is_group` whether a group is looked for.
    #[must_use]
    pub fn read(document: &Value, scheme: &str, is_group: bool) -> Option<Self> {
        let subject = document.get("subject").and_then(Value::as_str)?;
        let account = subject.starts_with("acct:").then_some(subject)?;
        let subject = Handle::read(account, scheme)?;
        let links = document.get("links").and_then(Value::as_array);
        let actors = selves(links.map(Vec::as_slice).unwrap_or_default(), is_group);
        (!actors.is_empty()).then_some(Self { subject, actors })
    }
}

/// Addresses of links to the actor itself, of an ActivityPub type; those of the wanted kind first.
fn selves(links: &[Value], is_group: bool) -> Vec<String> {
    let text = |link: &Value, member: &str| {
        let value = link.get(member).and_then(Value::as_str);
        value.unwrap_or_default().to_owned()
    };
    let mut found: Vec<(bool, String)> = links
        .iter()
        .filter(|link| text(link, "rel") == "self" && is_activity_type(&text(link, "type")))
        .map(|link| {
            let kind = link.get("properties").and_then(|all| all.get(KIND));
            let is_other = kind
                .and_then(Value::as_str)
                .is_some_and(|kind| (kind == "Group") != is_group);
            (is_other, text(link, "href"))
        })
        .filter(|(_, href)| !href.is_empty())
        .collect();
    found.sort_by_key(|(is_other, _)| *is_other);
    found.into_iter().map(|(_, href)| href).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_are_read_in_all_their_spellings() {
        for text in ["@ana@x.example", "ana@X.example", "acct:ana@x.example"] {
            let handle = Handle::read(text, "https").unwrap();
            assert_eq!(handle.account(), "acct:ana@x.example", "{text}");
            assert!(!handle.is_group);
        }
        let group = Handle::read("!agua@lemmy.localhost:8536", "http").unwrap();
        assert!(group.is_group);
        assert_eq!(group.account(), "acct:agua@lemmy.localhost:8536");
        assert_eq!(group.host_url, "http://lemmy.localhost:8536/");
    }

    #[test]
    fn what_is_no_name_at_a_host_is_refused() {
        for text in [
            "ana",
            "@ana",
            "@@",
            "ana@",
            "@ana@x.example/path",
            "@ana@x.example?x",
            "@ana@x.example#x",
            "@ana@u:p@x.example",
            "@ana@x example",
            "@a b@x.example",
            "@a&b@x.example",
        ] {
            assert_eq!(Handle::read(text, "https"), None, "{text}");
        }
    }

    #[test]
    fn the_wanted_kind_comes_first_and_pages_not_at_all() {
        let link = |href: &str, kind: &str| {
            json!({ "rel": "self", "type": "application/activity+json", "href": href,
                    "properties": { KIND: kind } })
        };
        let links = [
            json!({ "rel": "self", "type": "text/html", "href": "https://x.example/page" }),
            json!({ "rel": "http://webfinger.net/rel/profile-page", "type": "application/activity+json",
                    "href": "https://x.example/other" }),
            link("https://x.example/u/agua", "Person"),
            link("https://x.example/c/agua", "Group"),
        ];
        assert_eq!(
            selves(&links, true),
            ["https://x.example/c/agua", "https://x.example/u/agua"]
        );
        assert_eq!(
            selves(&links, false),
            ["https://x.example/u/agua", "https://x.example/c/agua"]
        );
    }
}
