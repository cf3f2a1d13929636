//! Accounts: signing in, asking for one, settings, administration.

use askama::Template;
use i18n_embed_fl::fl;

use super::acta::Button;
use super::form::{Choice, Field, Problem};
use super::list::{Empty, Paging, When};
use super::topic::Tab;
use super::{Frame, Link};

/// `/entrar`.
#[derive(Debug, Template)]
#[template(path = "sign_in.html")]
pub struct SignIn {
    /// Around it.
    pub f: Frame,
    /// `Con su cuenta de …`.
    pub intro: String,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// What was typed as the name.
    pub name: String,
    /// Where to go afterwards.
    pub back: String,
}

/// `/cuenta/nueva`, `/cuenta/clave/{name}` and `/instalar`.
#[derive(Debug, Template)]
#[template(path = "register.html")]
pub struct Register {
    /// Around it.
    pub f: Frame,
    /// Heading.
    pub heading: String,
    /// One paragraph.
    pub intro: String,
    /// Whether it is done and only the way on is shown.
    pub is_done: bool,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// Where the form goes.
    pub action: String,
    /// Installation key, on the first start.
    pub token: Option<Field>,
    /// Name, display name, password.
    pub fields: Vec<Field>,
    /// Label of the button.
    pub submit: String,
}

/// An open session.
#[derive(Debug, Clone)]
pub struct SessionRow {
    /// Its id: digest of the token, never the token.
    pub id: String,
    /// Since when.
    pub label: String,
    /// Whether it is the one in use.
    pub is_this: bool,
}

/// `/ajustes`.
#[derive(Debug, Template)]
#[template(path = "settings.html")]
pub struct Settings {
    /// Around it.
    pub f: Frame,
    /// `@rmejia@san-salvador.example`.
    pub handle: String,
    /// Own page.
    pub profile_href: String,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// Display name, post, summary.
    pub profile: Vec<Field>,
    /// Languages.
    pub languages: Vec<Choice>,
    /// Current and new password.
    pub password: Vec<Field>,
    /// Sessions.
    pub sessions: Vec<SessionRow>,
}

/// An account.
#[derive(Debug, Clone)]
pub struct AccountRow {
    /// Name.
    pub name: String,
    /// Name shown.
    pub display_name: String,
    /// Role.
    pub role: String,
    /// State.
    pub state: String,
    /// Since when.
    pub made: When,
    /// `Coordina 2 temas`.
    pub topics: String,
    /// Where the topics that it coordinates are chosen.
    pub topics_href: Option<String>,
    /// What can be done with it; a request has its own.
    pub buttons: Vec<Button>,
}

/// `/admin/cuentas/{name}/temas`.
#[derive(Debug, Template)]
#[template(path = "account_topics.html")]
pub struct AccountTopics {
    /// Around it.
    pub f: Frame,
    /// Back.
    pub crumbs: Vec<Link>,
    /// Whose.
    pub heading: String,
    /// Where the form goes.
    pub action: String,
    /// All topics, those that they coordinate marked.
    pub topics: Vec<Choice>,
}

/// Something that this city's administrators hide.
#[derive(Debug, Clone)]
pub struct HiddenRow {
    /// What.
    pub post: Link,
    /// Why.
    pub reason: String,
    /// Name of the administrator's account.
    pub by: String,
    /// When.
    pub when: When,
    /// Where it is shown again.
    pub change: Option<String>,
}

/// `/admin/ocultos`.
#[derive(Debug, Template)]
#[template(path = "hidden.html")]
pub struct HiddenList {
    /// Around it.
    pub f: Frame,
    /// Parts of the administration.
    pub tabs: Vec<Tab>,
    /// This page, the newest first.
    pub rows: Vec<HiddenRow>,
    /// What is said when there are none.
    pub empty: Empty,
    /// Pages.
    pub paging: Paging,
}

/// `/admin/cuentas`.
#[derive(Debug, Template)]
#[template(path = "accounts.html")]
pub struct Accounts {
    /// Around it.
    pub f: Frame,
    /// Parts of the administration.
    pub tabs: Vec<Tab>,
    /// To be decided.
    pub pending: Vec<AccountRow>,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// Name, display name, password.
    pub fields: Vec<Field>,
    /// All others.
    pub accounts: Vec<AccountRow>,
    /// A link for a new password that was just made: whose, and its address.
    pub link: Option<(String, String)>,
}
