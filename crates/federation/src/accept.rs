//! What a reader wants: a document for programs or a page for people.

use actix_web::guard::{Guard, GuardContext};
use actix_web::http::header::{ACCEPT, HeaderMap};
use tequio_protocol::activity::is_activity_type;

/// What `Accept` asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// ActivityPub, at least as much as HTML.
    Activity,
    /// HTML.
    Page,
    /// Neither is named.
    Anything,
}

/// Reads `Accept`: the more wanted of ActivityPub and HTML, ActivityPub when equal.
#[must_use]
pub fn wanted(headers: &HeaderMap) -> Wanted {
    let mut best = (0, Wanted::Anything);
    let values = headers
        .get_all(ACCEPT)
        .filter_map(|value| value.to_str().ok());
    for range in values.flat_map(|value| value.split(',')).take(64) {
        let kind = range.split(';').next().unwrap_or_default().trim();
        let wanted = if is_activity_type(range) || kind.eq_ignore_ascii_case("application/ld+json")
        {
            Wanted::Activity
        } else if ["text/html", "application/xhtml+xml"]
            .iter()
            .any(|t| kind.eq_ignore_ascii_case(t))
        {
            Wanted::Page
        } else {
            continue;
        };
        let quality = quality(range);
        if quality > best.0 || (quality == best.0 && quality > 0 && wanted == Wanted::Activity) {
            best = (quality, wanted);
        }
    }
    best.1
}

/// Quality in thousandths; 1000 when it is not given or not readable.
fn quality(range: &str) -> u16 {
    let given = range.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("q").then(|| value.trim())
    });
    let Some(text) = given else { return 1000 };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if whole != "0" {
        return 1000;
    }
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    digits.parse().unwrap_or(1000)
}

/// Lets a route through only when ActivityPub is asked for by name. For `/`, which is a page too.
pub struct AsksActivity;

impl Guard for AsksActivity {
    fn check(&self, context: &GuardContext<'_>) -> bool {
        wanted(context.head().headers()) == Wanted::Activity
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn of(accept: &str) -> Wanted {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_str(accept).unwrap());
        wanted(&headers)
    }

    #[test]
    fn programs_get_documents_and_browsers_pages() {
        assert_eq!(of("application/activity+json"), Wanted::Activity);
        assert_eq!(
            of("application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\""),
            Wanted::Activity
        );
        assert_eq!(
            of("application/activity+json, application/ld+json, */*;q=0.1"),
            Wanted::Activity
        );
        assert_eq!(
            of("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
            Wanted::Page
        );
        assert_eq!(of("text/html, application/activity+json"), Wanted::Activity);
        assert_eq!(
            of("text/html, application/activity+json;q=0.9"),
            Wanted::Page
        );
        assert_eq!(
            of("text/html;q=0.5, Application/Activity+JSON ; q=0.7"),
            Wanted::Activity
        );
        assert_eq!(of("application/activity+json;q=0, text/html"), Wanted::Page);
        assert_eq!(of("application/activity+json;q=0"), Wanted::Anything);
        assert_eq!(of("*/*"), Wanted::Anything);
        assert_eq!(of(""), Wanted::Anything);
        assert_eq!(wanted(&HeaderMap::new()), Wanted::Anything);
    }
}
