//! Cookies: what they are called, and how they are read and written.
//!
//! Over https the secret ones carry the `__Host-` prefix, so that no other host of the domain can set
//! them. In development, over http, browsers refuse that prefix.

use actix_web::http::header::{self, HeaderMap};

/// Language chosen in the footer.
pub const LANG: &str = "lang";
/// Colours chosen in the footer.
pub const THEME: &str = "theme";
/// What the last action did; shown once.
pub const NOTICE: &str = "aviso";

/// Longest cookie value that is looked at, in bytes.
const VALUE_MAX: usize = 200;
/// Most cookies of a request that are looked at.
const COUNT_MAX: usize = 50;

/// The session.
#[must_use]
pub const fn session(secure: bool) -> &'static str {
    if secure { "__Host-tequio" } else { "tequio" }
}

/// What stands in for a session in forms before anybody has signed in.
#[must_use]
pub const fn before(secure: bool) -> &'static str {
    if secure { "__Host-antes" } else { "antes" }
}

/// The cookies of a request. The first of a name counts.
#[derive(Debug, Clone, Default)]
pub struct Cookies(Vec<(String, String)>);

impl Cookies {
    /// Reads the `Cookie` headers.
    #[must_use]
    pub fn read(headers: &HeaderMap) -> Self {
        let mut cookies = Vec::new();
        for value in headers.get_all(header::COOKIE) {
            let pairs = value.to_str().unwrap_or_default().split(';');
            let pairs = pairs.filter_map(|pair| pair.trim().split_once('='));
            cookies.extend(
                pairs
                    .filter(|(_, value)| !value.is_empty() && value.len() <= VALUE_MAX)
                    .take(COUNT_MAX)
                    .map(|(name, value)| (name.to_owned(), value.to_owned())),
            );
        }
        Self(cookies)
    }

    /// The value of a cookie.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(held, _)| held == name)
            .map(|(_, value)| value.as_str())
    }

    /// As if the request had brought it.
    pub fn set(&mut self, name: &str, value: &str) {
        self.0.retain(|(held, _)| held != name);
        self.0.push((name.to_owned(), value.to_owned()));
    }
}

/// A secret cookie until the browser closes.
#[must_use]
pub fn for_browser(name: &str, value: &str, secure: bool) -> String {
    format!(
        "{name}={value}; Path=/; HttpOnly; SameSite=Lax{}",
        flag(secure)
    )
}

/// A secret cookie for `age_s` seconds.
#[must_use]
pub fn secret(name: &str, value: &str, age_s: i64, secure: bool) -> String {
    format!(
        "{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age_s}{}",
        flag(secure)
    )
}

/// A preference, for a year.
#[must_use]
pub fn preference(name: &str, value: &str, secure: bool) -> String {
    secret(name, value, 365 * 24 * 3600, secure)
}

/// For the next page only.
#[must_use]
pub fn brief(name: &str, value: &str, secure: bool) -> String {
    secret(name, value, 60, secure)
}

/// Removes a cookie.
#[must_use]
pub fn gone(name: &str, secure: bool) -> String {
    secret(name, "", 0, secure)
}

const fn flag(secure: bool) -> &'static str {
    if secure { "; Secure" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::{Cookies, for_browser, session};
    use actix_web::http::header::{COOKIE, HeaderMap, HeaderValue};

    #[test]
    fn the_first_cookie_of_a_name_counts() {
        let mut headers = HeaderMap::new();
        headers.append(
            COOKIE,
            HeaderValue::from_static("a=1; lang=es; lang=en; b; c="),
        );
        let cookies = Cookies::read(&headers);
        assert_eq!(cookies.get("lang"), Some("es"));
        assert_eq!(cookies.get("b"), None);
        assert_eq!(cookies.get("c"), None);
    }

    #[test]
    fn the_session_cookie_is_bound_to_its_host_and_unseen_by_scripts() {
        let cookie = for_browser(session(true), "x", true);
        assert_eq!(
            cookie,
            "__Host-tequio=x; Path=/; HttpOnly; SameSite=Lax; Secure"
        );
    }
}
