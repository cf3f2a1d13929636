//! The cities that this one knows, as its administrators see them.

use askama::Template;
use i18n_embed_fl::fl;

use super::form::{Field, Problem};
use super::list::When;
use super::topic::Tab;
use super::{Frame, Link};

/// A city that was met and waits for an administrator.
#[derive(Debug, Clone)]
pub struct MetRow {
    /// Slug.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Its address.
    pub url: String,
    /// How it was met.
    pub how: String,
    /// What to do.
    pub todo: String,
    /// The six words of its keys.
    pub words: String,
    /// `Managua presenta también a: …`; empty when it presents nobody.
    pub brings: String,
}

/// An invitation that may still be used.
#[derive(Debug, Clone)]
pub struct InvitationRow {
    /// Slug of the city.
    pub city: String,
    /// `Hasta el 8 de diciembre`.
    pub until: String,
    /// Who made it; may be empty.
    pub by: String,
}

/// A sibling.
#[derive(Debug, Clone)]
pub struct SiblingRow {
    /// Its name and page.
    pub city: Link,
    /// Its address.
    pub url: String,
    /// How it is known.
    pub how: String,
    /// Since when; `None` for what stands in the configuration.
    pub since: Option<When>,
    /// Whether it still has to accept us.
    pub is_one_sided: bool,
    /// Where an administrator ends it; `None` for what stands in the configuration.
    pub end_href: Option<String>,
}

/// An invitation that was just made.
#[derive(Debug, Clone)]
pub struct Made {
    /// Slug of the city.
    pub city: String,
    /// What to do with it.
    pub what: String,
    /// The address, with its secret.
    pub address: String,
}

/// `/admin/ciudades`.
#[derive(Debug, Template)]
#[template(path = "siblings.html")]
pub struct Siblings {
    /// Around it.
    pub f: Frame,
    /// Parts of the administration.
    pub tabs: Vec<Tab>,
    /// An invitation that was just made.
    pub made: Option<Made>,
    /// To be compared.
    pub met: Vec<MetRow>,
    /// The six words of this city's keys.
    pub own_words: String,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// Slug of the city to invite.
    pub city: Field,
    /// Slugs that the kit has and nobody knows yet.
    pub slugs: Vec<String>,
    /// Invitations that may still be used.
    pub invitations: Vec<InvitationRow>,
    /// Address of an invitation of another city.
    pub link: Field,
    /// The siblings.
    pub siblings: Vec<SiblingRow>,
}

/// `/invitacion`: what somebody sees who opens the address of an invitation.
#[derive(Debug, Template)]
#[template(path = "invitation.html")]
pub struct Invitation {
    /// Around it.
    pub f: Frame,
    /// `San Salvador invita…`.
    pub heading: String,
}
