//! What somebody pastes into other software to follow a topic or a person from there.

use i18n_embed_fl::fl;
use tequio_protocol::activity::actor::{group_uri, person_uri};
use tequio_store::page::place::Places;

use super::part;
use crate::view::outside::{Copy, FollowBox, Sibling};
use crate::visit::Visit;

/// How a topic is followed: this city's group, and those of its siblings.
#[must_use]
pub fn topic(visit: &Visit, places: &Places, slug: &str) -> FollowBox {
    let t = &visit.t;
    let base = visit.state.base_url();
    // Names of groups have no hyphens: other software takes letters, digits and underscores only.
    let name = slug.replace('-', "_");
    let host = part::host(base);
    let siblings = places.cities.iter();
    let siblings = siblings.filter(|city| !city.is_self && !city.base_url.is_empty());
    FollowBox {
        heading: fl!(t, "follow-topic-heading"),
        intro: fl!(t, "follow-topic-intro"),
        copies: vec![
            copy(
                "seguir-cuenta",
                fl!(t, "follow-copy-handle"),
                format!("@{name}@{host}"),
            ),
            copy(
                "seguir-comunidad",
                fl!(t, "follow-copy-community"),
                format!("!{name}@{host}"),
            ),
            copy(
                "seguir-direccion",
                fl!(t, "follow-copy-url"),
                group_uri(base, slug),
            ),
        ],
        notes: vec![
            note("Mastodon", fl!(t, "follow-mastodon")),
            note("Lemmy", fl!(t, "follow-lemmy")),
            note("Mbin", fl!(t, "follow-mbin")),
            note("PieFed", fl!(t, "follow-piefed")),
            note("NodeBB", fl!(t, "follow-nodebb")),
        ],
        siblings: siblings
            .map(|city| Sibling {
                label: city.name.clone(),
                handle: format!("!{name}@{}", part::host(&city.base_url)),
            })
            .collect(),
    }
}

/// How a member of this network is followed; `base` is the address of their city.
#[must_use]
pub fn person(visit: &Visit, base: &str, name: &str) -> FollowBox {
    let t = &visit.t;
    let handle = format!("@{name}@{}", part::host(base));
    FollowBox {
        heading: fl!(t, "follow-person-heading"),
        intro: fl!(t, "follow-person-intro"),
        copies: vec![
            copy("seguir-cuenta", fl!(t, "follow-copy-handle"), handle),
            copy(
                "seguir-direccion",
                fl!(t, "follow-copy-url"),
                person_uri(base, name),
            ),
        ],
        notes: vec![
            note("Mastodon", fl!(t, "follow-person-mastodon")),
            note("Lemmy", fl!(t, "follow-person-lemmy")),
        ],
        siblings: Vec::new(),
    }
}

fn copy(id: &'static str, label: String, value: String) -> Copy {
    Copy { id, label, value }
}

fn note(software: &str, what: String) -> (String, String) {
    (software.to_owned(), what)
}
