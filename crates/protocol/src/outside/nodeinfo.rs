//! What a server says of its software (NodeInfo 2.0 and 2.1).

use serde_json::Value;
use url::Url;

use crate::activity::server_of;

/// Longest name that is kept.
pub const NAME_MAX: usize = 40;
/// NodeInfo 2.0 and 2.1.
const SCHEMA: &str = "http://nodeinfo.diaspora.software/ns/schema/2.";
/// Most links that are looked at.
const LINKS_MAX: usize = 20;

/// The document that the links of `host` name, when it is on the same host.
#[must_use]
pub fn document_of(links: &Value, host: &str) -> Option<Url> {
    let links = links.get("links")?.as_array()?;
    let mut urls = links.iter().take(LINKS_MAX).filter_map(|link| {
        link.get("rel")?.as_str()?.strip_prefix(SCHEMA)?;
        Url::parse(link.get("href")?.as_str()?).ok()
    });
    urls.find(|url| server_of(url.as_str()).is_some_and(|server| server == host))
}

/// The name of the software, short and plain, in lower case.
#[must_use]
pub fn software(document: &Value) -> Option<String> {
    let name = document.get("software")?.get("name")?.as_str()?.trim();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let is_good = !name.is_empty() && name.len() <= NAME_MAX && name.chars().all(is_plain);
    is_good.then(|| name.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{document_of, software};

    #[test]
    fn a_document_elsewhere_is_not_asked_for() {
        let rel = "http://nodeinfo.diaspora.software/ns/schema/2.0";
        let links = json!({ "links": [
            { "rel": rel, "href": "https://evil.example/nodeinfo/2.0" },
            { "rel": "x", "href": "https://foro.example/x" },
            { "rel": rel, "href": "https://foro.example/nodeinfo/2.0.json" },
        ]});
        let found = document_of(&links, "foro.example").unwrap();
        assert_eq!(found.as_str(), "https://foro.example/nodeinfo/2.0.json");
        assert!(document_of(&links, "otro.example").is_none());
    }

    #[test]
    fn names_are_short_and_plain() {
        let of = |name: &str| software(&json!({ "software": { "name": name } }));
        assert_eq!(of("NodeBB").as_deref(), Some("nodebb"));
        assert_eq!(of("<b>"), None);
        assert_eq!(of(&"x".repeat(41)), None);
        assert_eq!(software(&json!({ "software": [] })), None);
    }
}
