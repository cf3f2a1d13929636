//! Addresses that are not outside at all: of this city and its siblings. Their pages are here.

use tequio_domain::{OFFICE, Oid};
use tequio_store::page::{outside as rows, place};
use tequio_store::{Conn, Error as StoreError, topic};
use url::Url;

use crate::failure::Failure;
use crate::page::{comments, part};
use crate::visit::Visit;

/// The page here of what somebody looks for, when it is in the network.
///
/// # Errors
/// The database's.
pub(super) async fn find(visit: &Visit, asked: &str) -> Result<Option<String>, Failure> {
    let (asked, own) = (asked.to_owned(), visit.state.city().to_owned());
    let own_base = visit.state.base_url().to_owned();
    let store = visit.state.store();
    Ok(store
        .read(move |conn| read(conn, &asked, &own, &own_base))
        .await?)
}

fn read(
    conn: &mut Conn,
    asked: &str,
    own: &str,
    own_base: &str,
) -> Result<Option<String>, StoreError> {
    let cities = place::places(conn)?.cities;
    let bases = cities.iter().map(|city| {
        let base = if city.slug == own {
            own_base
        } else {
            city.base_url.as_str()
        };
        (city.slug.as_str(), base)
    });
    for (city, base) in bases.filter(|(_, base)| !base.is_empty()) {
        if let Some(name) = name_at(asked, part::host(base)) {
            return of_name(conn, &name, city, own).map(Some);
        }
        if let Some(path) = path_at(asked, base) {
            return of_path(conn, &path, city, own).map(Some);
        }
    }
    Ok(None)
}

/// `name` of `@name@host`, `!name@host` or `name@host`.
fn name_at(asked: &str, host: &str) -> Option<String> {
    let (name, at) = asked.trim_start_matches(['@', '!']).split_once('@')?;
    let is_here = at.eq_ignore_ascii_case(host) && !name.contains('/');
    is_here.then(|| name.to_lowercase())
}

/// The path of an address on this server. It starts with one slash: two would name another server.
fn path_at(asked: &str, base: &str) -> Option<String> {
    let (asked, base) = (Url::parse(asked).ok()?, Url::parse(base).ok()?);
    let path = asked.path().trim_start_matches('/');
    (asked.origin() == base.origin()).then(|| format!("/{path}"))
}

fn of_name(conn: &mut Conn, name: &str, city: &str, own: &str) -> Result<String, StoreError> {
    // A group's name has underscores for the hyphens of its slug.
    let slug = name.replace('_', "-");
    match topic::by_slug(conn, &slug) {
        Ok(_) => Ok(part::topic_href(&slug)),
        Err(StoreError::NotFound) => Ok(member_href(name, city, own)),
        Err(other) => Err(other),
    }
}

/// The office has no page but its city's.
fn member_href(name: &str, city: &str, own: &str) -> String {
    if name == OFFICE {
        return format!("/ciudades/{city}");
    }
    part::person_href(name, city, own)
}

/// ActivityPub ids have a page of another address; all other paths are the same in every city.
fn of_path(conn: &mut Conn, path: &str, city: &str, own: &str) -> Result<String, StoreError> {
    if let Some(slug) = path.strip_prefix("/t/") {
        return Ok(part::topic_href(slug));
    }
    if let Some(name) = path.strip_prefix("/u/") {
        return Ok(member_href(name, city, own));
    }
    let Some(oid) = path.strip_prefix("/o/").and_then(Oid::parse) else {
        return Ok(path.to_owned());
    };
    let held = rows::by_oid(conn, &oid.to_string())?.ok_or(StoreError::NotFound)?;
    Ok(format!(
        "/{}/{}",
        comments::shelf_of(&held.kind),
        part::segment(&held.id, &held.title)
    ))
}

#[cfg(test)]
mod tests {
    use super::{name_at, path_at};

    #[test]
    fn names_and_addresses_of_a_server_are_told_from_others() {
        for asked in ["@ana@a.example", "!ana@a.example", "ana@A.example"] {
            assert_eq!(
                name_at(asked, "a.example").as_deref(),
                Some("ana"),
                "{asked}"
            );
        }
        for asked in [
            "@ana@b.example",
            "@ana",
            "ana",
            "@ana@a.example.evil.example",
        ] {
            assert_eq!(name_at(asked, "a.example"), None, "{asked}");
        }
        let path = |asked| path_at(asked, "https://a.example");
        assert_eq!(path("https://a.example/o/1").as_deref(), Some("/o/1"));
        for asked in [
            "http://a.example/o/1",
            "https://a.example.evil.example/",
            "x",
        ] {
            assert_eq!(path(asked), None, "{asked}");
        }
        for asked in [
            "https://a.example//evil.example/",
            "https://a.example/\\\\evil.example/",
        ] {
            assert_eq!(path(asked).as_deref(), Some("/evil.example/"), "{asked}");
        }
    }
}
