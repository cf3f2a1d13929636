//! From a name to an actor and back (RFC 7033): the name's host and the actor's host must agree.
//!
//! Start at [`find`]. The subject that counts is the one of the host that it names: a host that calls its
//! actor `bank@big.example` is believed when `big.example` points to the same actor.

use serde_json::Value;
use tequio_protocol::outside::OutsideActor;
use url::Url;

use super::LookupError;
use crate::fetcher::is_activity_type;
use crate::outside::origin::Errand;

/// Most links with `rel: self` that are tried: Lemmy gives a person and a community of one name.
const MAX_SELVES: usize = 3;
/// ActivityStreams type of what a link leads to, as Lemmy and PieFed say it.
const KIND: &str = "https://www.w3.org/ns/activitystreams#type";

/// A name at a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Handle {
    name: String,
    /// With port where it is not the usual one, in lower case.
    host: String,
    /// `https://host/`.
    pub(super) host_url: String,
    /// It was written with `!`: a group is meant.
    is_group: bool,
}

impl Handle {
    /// Reads `@name@host`, `name@host`, `!name@host` and `acct:name@host`; `None` for all else.
    pub(super) fn read(text: &str, scheme: &str) -> Option<Self> {
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
        (is_name && is_host_only).then(|| Self {
            name: name.to_owned(),
            host: authority(&url),
            host_url: url.to_string(),
            is_group,
        })
    }

    fn is(&self, other: &Self) -> bool {
        self.host == other.host && self.name.eq_ignore_ascii_case(&other.name)
    }

    fn account(&self) -> String {
        format!("acct:{}@{}", self.name, self.host)
    }
}

fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        None => host.to_owned(),
        Some(port) => format!("{host}:{port}"),
    }
}

/// What a host says of a name.
struct Said {
    subject: Handle,
    /// Addresses of the actor, the likeliest first.
    actors: Vec<String>,
}

/// The actor of a name.
///
/// # Errors
/// [`LookupError`].
pub(super) async fn find(
    errand: &mut Errand<'_>,
    handle: &Handle,
) -> Result<OutsideActor, LookupError> {
    let said = ask(errand, handle).await?;
    for address in said.actors.iter().take(MAX_SELVES) {
        let actor = errand.actor(address).await?;
        if handle.is_group && actor.kind != "Group" && said.actors.len() > 1 {
            continue;
        }
        agree(errand, handle, &said.subject, &actor).await?;
        return Ok(actor);
    }
    Err(LookupError::NotFound)
}

/// Checks that the host of the subject and the host of the actor mean this actor by this name.
async fn agree(
    errand: &mut Errand<'_>,
    asked: &Handle,
    subject: &Handle,
    actor: &OutsideActor,
) -> Result<(), LookupError> {
    let url = Url::parse(&actor.id).map_err(|_bad_url| LookupError::NotActivityPub)?;
    let scheme = url.scheme().to_owned();
    let own = Handle::read(&format!("{}@{}", actor.name, authority(&url)), &scheme)
        .ok_or(LookupError::NotActivityPub)?;
    let mut sure = vec![asked.clone()];
    for handle in [subject, &own] {
        if sure.iter().any(|known| known.is(handle)) {
            continue;
        }
        let said = ask(errand, handle).await?;
        if !said.subject.is(subject) || !said.actors.contains(&actor.id) {
            return Err(LookupError::NotActivityPub);
        }
        sure.push(handle.clone());
    }
    Ok(())
}

async fn ask(errand: &mut Errand<'_>, handle: &Handle) -> Result<Said, LookupError> {
    let mut url = Url::parse(&handle.host_url).map_err(|_bad_url| LookupError::NotAName)?;
    url.set_path("/.well-known/webfinger");
    url.query_pairs_mut()
        .append_pair("resource", &handle.account());
    let document = errand.resource(&url).await?;
    let subject = document.get("subject").and_then(Value::as_str);
    let subject = subject
        .filter(|subject| subject.starts_with("acct:"))
        .and_then(|subject| Handle::read(subject, url.scheme()))
        .ok_or(LookupError::NotActivityPub)?;
    let links = document.get("links").and_then(Value::as_array);
    let actors = selves(
        links.map(Vec::as_slice).unwrap_or_default(),
        handle.is_group,
    );
    if actors.is_empty() {
        return Err(LookupError::NotActivityPub);
    }
    Ok(Said { subject, actors })
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
