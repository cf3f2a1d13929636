//! `/admin/cuentas`: an administrator lets people in.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use i18n_embed_fl::fl;
use tequio_domain::{AccountState, Role, Timestamp};
use tequio_engine::account::{self, office, reset};
use tequio_engine::{Error as EngineError, Member};
use tequio_store::account::{self as rows, Account};
use tequio_store::{Conn, Error as StoreError, topic_coordinator};

pub mod siblings;
pub mod topics;

use super::account::{account_fields, new_account};
use crate::failure::Failure;
use crate::form::{self, Fields};
use crate::texts::Texts;
use crate::view::account::{AccountRow, Accounts};
use crate::view::acta::Button;
use crate::view::form::Problem;
use crate::view::list::When;
use crate::view::topic::Tab;
use crate::visit::{Section, Visit};

/// The parts of the administration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Accounts,
    Reports,
    Hidden,
    Erasures,
    Siblings,
}

/// Accounts, reports, what is hidden, erasures, cities.
pub(super) fn tabs(t: &Texts, current: Part) -> Vec<Tab> {
    let tab = |part: Part, href: &str, label: String| Tab {
        href: href.to_owned(),
        label,
        count: String::new(),
        current: part == current,
    };
    vec![
        tab(
            Part::Accounts,
            "/admin/cuentas",
            fl!(t, "admin-tab-accounts"),
        ),
        tab(
            Part::Reports,
            "/admin/reportes",
            fl!(t, "admin-tab-reports"),
        ),
        tab(Part::Hidden, "/admin/ocultos", fl!(t, "admin-tab-hidden")),
        tab(
            Part::Erasures,
            "/admin/supresiones",
            fl!(t, "admin-tab-erasures"),
        ),
        tab(
            Part::Siblings,
            "/admin/ciudades",
            fl!(t, "admin-tab-siblings"),
        ),
    ]
}

/// `GET /admin/cuentas`.
///
/// # Errors
/// [`Failure::SignIn`]; [`Failure::NotFound`] for members.
pub async fn show(visit: Visit) -> Result<HttpResponse, Failure> {
    let fields = Fields::default();
    page(&visit, &fields, (Vec::new(), None), StatusCode::OK).await
}

/// `POST /admin/cuentas`: makes an account that may be used at once.
///
/// # Errors
/// [`Failure::NotFound`] for members; faults of ours.
pub async fn create(visit: Visit, fields: Fields) -> Result<HttpResponse, Failure> {
    visit.sender(&fields)?;
    let admin = visit.admin()?;
    let new = new_account(&fields, &visit);
    let moment = visit.state.moment()?;
    match account::create_for(visit.state.engine(), &admin.member, moment, new).await {
        Ok(_) => Ok(visit.done("/admin/cuentas", "account-created")),
        Err(EngineError::Invalid(invalid)) => {
            let problems = vec![form::problem(&visit.t, &invalid)];
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            page(&visit, &fields, (problems, None), status).await
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST /admin/cuentas/{name}`: approves or refuses a request; appoints, dismisses, closes or opens an account.
///
/// # Errors
/// [`Failure::NotFound`] for members, for an account that there is not, and for a request that is none any more.
pub async fn decide(
    visit: Visit,
    name: web::Path<String>,
    fields: Fields,
) -> Result<HttpResponse, Failure> {
    visit.sender(&fields)?;
    let admin = &visit.admin()?.member;
    let (decision, notice) = match fields.get("do") {
        "approve" => (Decision::Request(AccountState::Active), "approved"),
        "refuse" => (Decision::Request(AccountState::Closed), "refused"),
        "close" => (Decision::State(AccountState::Closed), "account-closed"),
        "open" => (Decision::State(AccountState::Active), "account-opened"),
        "link" => (Decision::Link, ""),
        "appoint" => (Decision::Role(Role::Admin), "appointed"),
        "dismiss" => (Decision::Role(Role::Member), "dismissed"),
        _ => return Err(Failure::BadRequest),
    };
    let held = visit
        .state
        .store()
        .read(move |conn| rows::by_name(conn, &name))
        .await?;
    let is_request = matches!(decision, Decision::Request(_));
    let held = held
        .filter(|held| (held.state == AccountState::Pending.as_str()) == is_request)
        .ok_or(Failure::NotFound)?;
    let engine = visit.state.engine();
    match decision {
        Decision::Request(state) | Decision::State(state) => {
            account::set_state(engine, admin, held.id, state).await?;
        }
        Decision::Role(role) => office::set_role(engine, admin, held.id, role).await?,
        Decision::Link => return link(&visit, admin, &held).await,
    }
    tracing::info!(
        account = held.name,
        by = admin.name(),
        notice,
        "an account was changed"
    );
    Ok(visit.done("/admin/cuentas", notice))
}

/// Makes a link for a new password, and shows it this once.
async fn link(visit: &Visit, admin: &Member, held: &Account) -> Result<HttpResponse, Failure> {
    let engine = visit.state.engine();
    let token = reset::offer(engine, admin, visit.state.moment()?, held.id).await?;
    tracing::info!(
        account = held.name,
        by = admin.name(),
        "a link for a new password was made"
    );
    let path = super::reset::path(&held.name, &token);
    let address = format!("{}{path}", engine.identity().base_url);
    let link = Some((display_name(held), address));
    let fields = Fields::default();
    page(visit, &fields, (Vec::new(), link), StatusCode::OK).await
}

/// What an administrator does with an account.
#[derive(Debug, Clone, Copy)]
enum Decision {
    /// It was asked for.
    Request(AccountState),
    State(AccountState),
    Role(Role),
    /// For a new password.
    Link,
}

async fn page(
    visit: &Visit,
    fields: &Fields,
    (problems, link): (Vec<Problem>, Option<(String, String)>),
    status: StatusCode,
) -> Result<HttpResponse, Failure> {
    let own = visit.admin()?.member.account_id();
    let read =
        |conn: &mut Conn| Ok::<_, StoreError>((rows::all(conn)?, topic_coordinator::all(conn)?));
    let (accounts, chosen) = visit.state.store().read(read).await?;
    let t = &visit.t;
    let mut f = visit.frame(fl!(t, "accounts-heading"), Section::Elsewhere);
    f.unlisted = true;
    let (pending, others): (Vec<&Account>, Vec<&Account>) = accounts
        .iter()
        .partition(|row| row.state == AccountState::Pending.as_str());
    let view = Accounts {
        f,
        tabs: tabs(t, Part::Accounts),
        pending: pending
            .into_iter()
            .map(|held| row(t, held, own, &chosen))
            .collect(),
        accounts: others
            .into_iter()
            .map(|held| row(t, held, own, &chosen))
            .collect(),
        fields: account_fields(t, fields, &problems),
        problems,
        link,
    };
    Ok(visit.fresh(status, view.render()?))
}

fn row(t: &Texts, account: &Account, own: i64, chosen: &[(i64, String)]) -> AccountRow {
    let made = Timestamp::from_micros(account.created_at);
    AccountRow {
        name: account.name.clone(),
        display_name: display_name(account),
        role: Role::parse(&account.role)
            .map(|role| t.role(role))
            .unwrap_or_default(),
        state: AccountState::parse(&account.state)
            .map(|state| t.account_state(state))
            .unwrap_or_default(),
        made: When {
            iso: made.to_rfc3339(),
            text: t.date(made),
        },
        topics_href: (account.state == AccountState::Active.as_str())
            .then(|| format!("/admin/cuentas/{}/temas", account.name)),
        topics: fl!(t, "accounts-topics", count = count_of(chosen, account.id)),
        buttons: if account.id == own {
            Vec::new()
        } else {
            buttons(t, account)
        },
    }
}

/// How many topics an account coordinates.
fn count_of(chosen: &[(i64, String)], account_id: i64) -> usize {
    chosen.iter().filter(|(id, _)| *id == account_id).count()
}

/// What can be done with an account of somebody else.
fn buttons(t: &Texts, account: &Account) -> Vec<Button> {
    let button = |word, label| Button {
        word,
        label,
        class: "button-2",
    };
    if account.state != AccountState::Active.as_str() {
        return vec![button("open", fl!(t, "accounts-open"))];
    }
    let office = if account.role == Role::Admin.as_str() {
        button("dismiss", fl!(t, "accounts-dismiss"))
    } else {
        button("appoint", fl!(t, "accounts-appoint"))
    };
    vec![
        office,
        button("link", fl!(t, "accounts-link")),
        button("close", fl!(t, "accounts-close")),
    ]
}

/// From the account's card: whoever waits for approval is no person of the city yet.
fn display_name(account: &Account) -> String {
    let card: Option<serde_json::Value> = serde_json::from_str(&account.card).ok();
    let name = card.as_ref().and_then(|card| card.pointer("/object/name"));
    name.and_then(serde_json::Value::as_str)
        .unwrap_or(&account.name)
        .to_owned()
}
