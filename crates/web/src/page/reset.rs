//! `/cuenta/clave/{name}?token=`: a new password, by a link that an administrator made.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use i18n_embed_fl::fl;
use tequio_domain::{MemberName, text};
use tequio_engine::Error as EngineError;
use tequio_engine::account::reset;

use super::account::{take, with_token};
use crate::failure::Failure;
use crate::form::{self, Fields};
use crate::view::account::Register;
use crate::view::form::{Field, Problem};
use crate::visit::{Section, Visit};

/// Where the link leads, below the city's address.
pub(super) fn path(name: &str, token: &str) -> String {
    format!("/cuenta/clave/{name}?token={token}")
}

/// `GET /cuenta/clave/{name}?token=`. Looks the same whether the link is good or not, and the account there or not.
///
/// # Errors
/// [`Failure::NotFound`] for what cannot be a name.
pub async fn show(
    visit: Visit,
    name: web::Path<String>,
    req: HttpRequest,
) -> Result<HttpResponse, Failure> {
    std::future::ready(()).await;
    let token = Fields::of_query(&req).get("token").to_owned();
    with_token(visit, |visit| {
        page(visit, (&name, &token), Vec::new(), StatusCode::OK)
    })
}

/// `POST /cuenta/clave/{name}?token=`.
///
/// # Errors
/// As [`show`]; [`Failure::TooMany`].
pub async fn send(
    visit: Visit,
    name: web::Path<String>,
    req: HttpRequest,
    fields: Fields,
) -> Result<HttpResponse, Failure> {
    visit.check(&fields)?;
    take(&visit)?;
    let token = Fields::of_query(&req).get("token").to_owned();
    let (engine, moment) = (visit.state.engine(), visit.state.moment()?);
    match reset::redeem(engine, moment, &name, &token, fields.get("password")).await {
        Ok(()) => Ok(visit.done("/entrar", "reset")),
        Err(EngineError::Invalid(invalid)) => {
            let problems = vec![form::problem(&visit.t, &invalid)];
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            page(&visit, (&name, &token), problems, status)
        }
        Err(other) => Err(other.into()),
    }
}

fn page(
    visit: &Visit,
    (name, token): (&str, &str),
    mut problems: Vec<Problem>,
    status: StatusCode,
) -> Result<HttpResponse, Failure> {
    let name = MemberName::parse(name).map_err(|_no_name| Failure::NotFound)?;
    // The token is in no field that could be corrected.
    for problem in problems
        .iter_mut()
        .filter(|problem| problem.field == "token")
    {
        problem.field = "";
    }
    let is_token = token.bytes().all(|byte| byte.is_ascii_hexdigit());
    let t = &visit.t;
    let min = text::PASSWORD_MIN.to_string();
    let mut f = visit.frame(fl!(t, "reset-heading"), Section::Elsewhere);
    f.unlisted = true;
    let view = Register {
        heading: f.title.clone(),
        intro: fl!(t, "reset-intro", name = name.as_str()),
        is_done: false,
        action: path(name.as_str(), if is_token { token } else { "" }),
        token: None,
        fields: vec![
            Field::new("password", "")
                .labelled(t.field("password"), fl!(t, "hint-password", min = min))
                .secret("new-password")
                .required()
                .with(&problems),
        ],
        submit: fl!(t, "reset-submit"),
        problems,
        f,
    };
    Ok(visit.fresh(status, view.render()?))
}
