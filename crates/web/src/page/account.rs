//! `/entrar`, `/salir`, `/cuenta/nueva`, `/instalar`.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use i18n_embed_fl::fl;
use tequio_domain::text;
use tequio_engine::account::{self, NewAccount};
use tequio_engine::{Error as EngineError, session};

use crate::cookie;
use crate::failure::Failure;
use crate::form::{self, Fields};
use crate::limit::Count;
use crate::texts::Texts;
use crate::view::account::{Register, SignIn};
use crate::view::form::{Field, Problem};
use crate::visit::{Section, Visit};

/// A page with a form before anybody has signed in: sets the cookie that its token belongs to.
pub(super) fn with_token(
    mut visit: Visit,
    make: impl FnOnce(&Visit) -> Result<HttpResponse, Failure>,
) -> Result<HttpResponse, Failure> {
    let cookie = visit.ensure_token()?;
    let mut response = make(&visit)?;
    if let Some(cookie) = cookie {
        let value = header::HeaderValue::try_from(cookie).map_err(Failure::internal)?;
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(response)
}

/// `GET /entrar?volver=`.
///
/// # Errors
/// Only faults of ours.
pub async fn sign_in_form(visit: Visit, req: HttpRequest) -> Result<HttpResponse, Failure> {
    std::future::ready(()).await;
    let query = Fields::of_query(&req);
    if visit.signed.is_some() {
        return Err(Failure::See(query.back("/")));
    }
    with_token(visit, |visit| {
        sign_in_page(visit, &query, Vec::new(), StatusCode::OK)
    })
}

/// `POST /entrar`. Takes as long, and says the same, whether the account exists or not.
///
/// # Errors
/// [`Failure::TooMany`]; [`Failure::FormExpired`]; faults of ours.
pub async fn sign_in(visit: Visit, fields: Fields) -> Result<HttpResponse, Failure> {
    visit.check(&fields)?;
    let (state, now) = (&visit.state, visit.state.now());
    let name = fields.get("name").trim().to_lowercase();
    // `ana@tegucigalpa.example` is what people copy from a profile.
    let name = name
        .trim_start_matches('@')
        .split('@')
        .next()
        .unwrap_or_default()
        .to_owned();
    for (what, whom) in [
        (Count::SignInByAddress, visit.address.to_string()),
        (Count::SignInByAccount, name.clone()),
    ] {
        state
            .limiter
            .take(what, &whom, now)
            .map_err(Failure::TooMany)?;
    }
    let given = fields.get("password");
    let checked = if given.len() > text::PASSWORD_MAX {
        Err(EngineError::WrongCredentials)
    } else {
        session::sign_in(state.engine(), state.moment()?, &name, given).await
    };
    match checked {
        Ok(signed) => Ok(signed_in(&visit, &fields, &signed)),
        Err(EngineError::WrongCredentials) => {
            let problem = Problem {
                field: "",
                text: fl!(visit.t, "sign-in-wrong"),
            };
            sign_in_page(
                &visit,
                &fields,
                vec![problem],
                StatusCode::UNPROCESSABLE_ENTITY,
            )
        }
        Err(other) => Err(other.into()),
    }
}

/// On to where the member came from, with a new session.
fn signed_in(visit: &Visit, fields: &Fields, signed: &session::SignedIn) -> HttpResponse {
    let secure = visit.state.secure_cookies;
    let session = cookie::secret(
        cookie::session(secure),
        &signed.token,
        session::SESSION_S,
        secure,
    );
    let language = cookie::preference(cookie::LANG, signed.member.locale().as_str(), secure);
    let before = cookie::gone(cookie::before(secure), secure);
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, fields.back("/")))
        .append_header((header::SET_COOKIE, session))
        .append_header((header::SET_COOKIE, language))
        .append_header((header::SET_COOKIE, before))
        .finish()
}

fn sign_in_page(
    visit: &Visit,
    fields: &Fields,
    problems: Vec<Problem>,
    status: StatusCode,
) -> Result<HttpResponse, Failure> {
    let t = &visit.t;
    let mut f = visit.frame(fl!(t, "sign-in-heading"), Section::Elsewhere);
    f.unlisted = true;
    let view = SignIn {
        intro: fl!(t, "sign-in-intro", city = f.city_name.as_str()),
        f,
        problems,
        name: fields.get("name").to_owned(),
        back: fields.back("/"),
    };
    Ok(visit.fresh(status, view.render()?))
}

/// `POST /salir`.
///
/// # Errors
/// Only faults of ours.
pub async fn sign_out(visit: Visit, fields: Fields) -> Result<HttpResponse, Failure> {
    if let Some(signed) = &visit.signed {
        visit.check(&fields)?;
        session::sign_out(visit.state.engine(), &signed.member, &signed.token).await?;
    }
    let secure = visit.state.secure_cookies;
    let mut response = visit.done("/", "signed-out");
    let gone = header::HeaderValue::try_from(cookie::gone(cookie::session(secure), secure));
    response
        .headers_mut()
        .append(header::SET_COOKIE, gone.map_err(Failure::internal)?);
    Ok(response)
}

/// What a form for a new account says.
pub(super) fn new_account(fields: &Fields, visit: &Visit) -> NewAccount {
    NewAccount {
        name: fields.get("name").trim().to_owned(),
        display_name: fields.get("display_name").to_owned(),
        post: fields.get("post").to_owned(),
        password: fields.get("password").to_owned(),
        locale: visit.t.locale(),
    }
}

/// The inputs of a form for a new account.
pub(super) fn account_fields(t: &Texts, fields: &Fields, problems: &[Problem]) -> Vec<Field> {
    let field = |name: &'static str, hint: String| {
        Field::new(name, fields.get(name))
            .labelled(t.field(name), hint)
            .with(problems)
    };
    let min = text::PASSWORD_MIN.to_string();
    vec![
        field("name", fl!(t, "hint-name")).required(),
        field("display_name", fl!(t, "hint-display-name")).required(),
        field("post", fl!(t, "hint-post")),
        field("password", fl!(t, "hint-password", min = min))
            .secret("new-password")
            .required(),
    ]
}

/// `GET /cuenta/nueva`.
///
/// # Errors
/// Only faults of ours.
pub async fn register_form(visit: Visit) -> Result<HttpResponse, Failure> {
    std::future::ready(()).await;
    if visit.signed.is_some() {
        return Err(Failure::See("/".to_owned()));
    }
    with_token(visit, |visit| {
        register_page(visit, &Fields::default(), Vec::new(), StatusCode::OK)
    })
}

/// `POST /cuenta/nueva`.
///
/// # Errors
/// [`Failure::TooMany`]; [`Failure::FormExpired`]; faults of ours.
pub async fn register(visit: Visit, fields: Fields) -> Result<HttpResponse, Failure> {
    visit.check(&fields)?;
    take(&visit)?;
    let new = new_account(&fields, &visit);
    match account::register(visit.state.engine(), visit.state.moment()?, new).await {
        Ok(()) => {
            let t = &visit.t;
            let f = visit.frame(fl!(t, "register-done-heading"), Section::Elsewhere);
            let view = Register {
                heading: f.title.clone(),
                intro: fl!(t, "register-done", city = f.city_name.as_str()),
                is_done: true,
                problems: Vec::new(),
                action: "/cuenta/nueva".to_owned(),
                token: None,
                fields: Vec::new(),
                submit: String::new(),
                f,
            };
            Ok(visit.fresh(StatusCode::OK, view.render()?))
        }
        Err(EngineError::Invalid(invalid)) => {
            let problems = vec![form::problem(&visit.t, &invalid)];
            register_page(&visit, &fields, problems, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(other) => Err(other.into()),
    }
}

pub(super) fn take(visit: &Visit) -> Result<(), Failure> {
    let address = visit.address.to_string();
    let state = &visit.state;
    let taken = state
        .limiter
        .take(Count::RegisterByAddress, &address, state.now());
    taken.map_err(Failure::TooMany)
}

fn register_page(
    visit: &Visit,
    fields: &Fields,
    problems: Vec<Problem>,
    status: StatusCode,
) -> Result<HttpResponse, Failure> {
    let t = &visit.t;
    let mut f = visit.frame(fl!(t, "register-heading"), Section::Elsewhere);
    f.unlisted = true;
    let view = Register {
        heading: f.title.clone(),
        intro: fl!(t, "register-intro", city = f.city_name.as_str()),
        is_done: false,
        action: "/cuenta/nueva".to_owned(),
        token: None,
        fields: account_fields(t, fields, &problems),
        submit: fl!(t, "register-submit"),
        problems,
        f,
    };
    Ok(visit.fresh(status, view.render()?))
}

/// `GET /instalar`, until there is an administrator.
///
/// # Errors
/// [`Failure::NotFound`] afterwards.
pub async fn install_form(visit: Visit, req: HttpRequest) -> Result<HttpResponse, Failure> {
    if !account::needs_setup(visit.state.engine()).await? {
        return Err(Failure::NotFound);
    }
    // The server's log names the address with the token in it.
    let query = Fields::of_query(&req);
    with_token(visit, |visit| {
        install_page(visit, &query, Vec::new(), StatusCode::OK)
    })
}

/// `POST /instalar`.
///
/// # Errors
/// [`Failure::NotFound`] when there is an administrator; [`Failure::TooMany`].
pub async fn install(visit: Visit, fields: Fields) -> Result<HttpResponse, Failure> {
    visit.check(&fields)?;
    take(&visit)?;
    let new = new_account(&fields, &visit);
    let moment = visit.state.moment()?;
    match account::set_up(visit.state.engine(), moment, fields.get("token"), new).await {
        Ok(_) => Ok(visit.done("/entrar", "installed")),
        Err(EngineError::Invalid(invalid)) => {
            let problems = vec![form::problem(&visit.t, &invalid)];
            install_page(&visit, &fields, problems, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(other) => Err(other.into()),
    }
}

fn install_page(
    visit: &Visit,
    fields: &Fields,
    problems: Vec<Problem>,
    status: StatusCode,
) -> Result<HttpResponse, Failure> {
    let t = &visit.t;
    let mut f = visit.frame(fl!(t, "install-heading"), Section::Elsewhere);
    f.unlisted = true;
    let view = Register {
        heading: f.title.clone(),
        intro: fl!(t, "install-intro", city = f.city_name.as_str()),
        is_done: false,
        action: "/instalar".to_owned(),
        token: Some(Field::new("token", fields.get("token")).with(&problems)),
        fields: account_fields(t, fields, &problems),
        submit: fl!(t, "install-submit"),
        problems,
        f,
    };
    Ok(visit.fresh(status, view.render()?))
}
