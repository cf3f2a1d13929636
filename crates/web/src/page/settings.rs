//! `/ajustes`: profile, password, sessions of the member who is signed in.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use askama::Template;
use i18n_embed_fl::fl;
use tequio_domain::{Locale, Timestamp, text};
use tequio_engine::account::{self, Profile};
use tequio_engine::{Error as EngineError, session};
use tequio_protocol::digest::sha256;
use tequio_store::account as accounts;
use tequio_store::person::{self, Person};
use tequio_store::{Conn, Error as StoreError};

use super::part;
use crate::cookie;
use crate::failure::Failure;
use crate::form::{self, Fields};
use crate::texts::Texts;
use crate::view::account::{SessionRow, Settings};
use crate::view::form::{Choice, Field, Problem};
use crate::visit::{Section, Signed, Visit};

/// `GET /ajustes`.
///
/// # Errors
/// [`Failure::SignIn`]; the database's.
pub async fn show(visit: Visit) -> Result<HttpResponse, Failure> {
    page(&visit, None, Vec::new(), StatusCode::OK).await
}

/// `POST /ajustes/perfil`.
///
/// # Errors
/// [`Failure::SessionEnded`], [`Failure::FormExpired`]; faults of ours.
pub async fn profile(visit: Visit, fields: Fields) -> Result<HttpResponse, Failure> {
    let signed = visit.sender(&fields)?;
    let locale = Locale::parse(fields.get("locale")).unwrap_or(signed.member.locale());
    let profile = Profile {
        display_name: fields.get("display_name").to_owned(),
        post: fields.get("post").to_owned(),
        summary: fields.get("summary").to_owned(),
        locale,
    };
    let moment = visit.state.moment()?;
    match account::change_profile(visit.state.engine(), &signed.member, moment, profile).await {
        Ok(()) => {
            let mut response = visit.done("/ajustes", "saved");
            let secure = visit.state.secure_cookies;
            let language = cookie::preference(cookie::LANG, locale.as_str(), secure);
            let language = header::HeaderValue::try_from(language).map_err(Failure::internal)?;
            response.headers_mut().append(header::SET_COOKIE, language);
            Ok(response)
        }
        Err(EngineError::Invalid(invalid)) => {
            let problems = vec![form::problem(&visit.t, &invalid)];
            page(
                &visit,
                Some(&fields),
                problems,
                StatusCode::UNPROCESSABLE_ENTITY,
            )
            .await
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST /ajustes/clave`.
///
/// # Errors
/// [`Failure::SessionEnded`], [`Failure::FormExpired`]; faults of ours.
pub async fn password(visit: Visit, fields: Fields) -> Result<HttpResponse, Failure> {
    let signed = visit.sender(&fields)?;
    let (current, new) = (fields.get("current_password"), fields.get("password"));
    let moment = visit.state.moment()?;
    let engine = visit.state.engine();
    let changed =
        account::change_password(engine, &signed.member, moment, current, new, &signed.token);
    match changed.await {
        Ok(()) => Ok(visit.done("/ajustes", "password")),
        Err(EngineError::Invalid(invalid)) => {
            let problems = vec![form::problem(&visit.t, &invalid)];
            page(&visit, None, problems, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST /ajustes/sesiones`: ends one session.
///
/// # Errors
/// [`Failure::SessionEnded`], [`Failure::FormExpired`]; faults of ours.
pub async fn end_session(visit: Visit, fields: Fields) -> Result<HttpResponse, Failure> {
    let signed = visit.sender(&fields)?;
    let digest = fields.get("session").to_owned();
    session::end(visit.state.engine(), &signed.member, digest).await?;
    Ok(visit.done("/ajustes", "session-ended"))
}

type Rows = (Option<Person>, Vec<accounts::Session>);

fn read(conn: &mut Conn, uri: &str, account_id: i64, now: i64) -> Result<Rows, StoreError> {
    Ok((
        person::by_uri(conn, uri)?,
        accounts::sessions(conn, account_id, now)?,
    ))
}

/// The page; `typed` holds a profile that could not be taken.
async fn page(
    visit: &Visit,
    typed: Option<&Fields>,
    problems: Vec<Problem>,
    status: StatusCode,
) -> Result<HttpResponse, Failure> {
    let signed = visit.member()?;
    let uri = signed.member.person_uri().to_owned();
    let (id, now) = (signed.member.account_id(), visit.state.now().micros());
    let (person, sessions) = visit
        .state
        .store()
        .read(move |conn| read(conn, &uri, id, now))
        .await?;
    let t = &visit.t;
    let mut f = visit.frame(fl!(t, "nav-settings"), Section::Elsewhere);
    f.unlisted = true;
    let name = signed.member.name();
    let locale = signed.member.locale();
    let languages = [(Locale::Es, "Español"), (Locale::En, "English")];
    let languages = languages.into_iter().map(|(language, label)| Choice {
        value: language.as_str().to_owned(),
        label: label.to_owned(),
        selected: language == locale,
    });
    let view = Settings {
        f,
        handle: format!("@{name}@{}", part::host(visit.state.base_url())),
        profile_href: format!("/personas/{name}"),
        profile: profile_fields(t, person.as_ref(), typed, &problems),
        languages: languages.collect(),
        password: password_fields(t, &problems),
        sessions: session_rows(t, signed, &sessions),
        problems,
    };
    Ok(visit.fresh(status, view.render()?))
}

fn profile_fields(
    t: &Texts,
    person: Option<&Person>,
    typed: Option<&Fields>,
    problems: &[Problem],
) -> Vec<Field> {
    let field = |name: &'static str, held: Option<&String>, hint: String| {
        let held = held.map_or("", String::as_str);
        let value = typed.map_or(held, |fields| fields.get(name));
        Field::new(name, value)
            .labelled(t.field(name), hint)
            .with(problems)
    };
    let display_name = person.map(|row| &row.display_name);
    vec![
        field("display_name", display_name, fl!(t, "hint-display-name")).required(),
        field("post", person.map(|row| &row.post), fl!(t, "hint-post")),
        field(
            "summary",
            person.map(|row| &row.summary),
            fl!(t, "hint-summary"),
        ),
    ]
}

fn password_fields(t: &Texts, problems: &[Problem]) -> Vec<Field> {
    let min = text::PASSWORD_MIN.to_string();
    vec![
        Field::new("current_password", "")
            .labelled(fl!(t, "field-password-now"), String::new())
            .secret("current-password")
            .with(problems),
        Field::new("password", "")
            .labelled(
                fl!(t, "field-password-new"),
                fl!(t, "hint-password", min = min),
            )
            .secret("new-password")
            .with(problems),
    ]
}

fn session_rows(t: &Texts, signed: &Signed, sessions: &[accounts::Session]) -> Vec<SessionRow> {
    let this = sha256(signed.token.as_bytes()).to_hex();
    let row = |session: &accounts::Session| SessionRow {
        label: fl!(
            t,
            "session-since",
            since = t.date(Timestamp::from_micros(session.created_at)),
            seen = t.date_time(Timestamp::from_micros(session.seen_at))
        ),
        is_this: session.token_digest == this,
        id: session.token_digest.clone(),
    };
    sessions.iter().map(row).collect()
}
