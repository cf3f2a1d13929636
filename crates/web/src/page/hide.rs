//! `/ocultar/{oid}` and `/admin/ocultos`: what this city's administrators hide from the readers of their
//! instance.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use i18n_embed_fl::fl;
use tequio_domain::Oid;
use tequio_engine::{Error as EngineError, hide};
use tequio_store::hidden::{self, Hidden};
use tequio_store::object::{self, Object};
use tequio_store::{Conn, Error as StoreError};

use super::admin::{self, Part};
use super::outside::when;
use super::part::{self, ROWS};
use crate::failure::Failure;
use crate::form::{self, Fields};
use crate::view::Link;
use crate::view::account::{HiddenList, HiddenRow};
use crate::view::acta::ActaForm;
use crate::view::form::{Field, Problem};
use crate::view::list::Paging;
use crate::visit::{Section, Visit};

/// Where a post is hidden or shown again.
pub(super) fn href(oid: &str) -> String {
    format!("/ocultar/{}", part::short(oid))
}

fn read(conn: &mut Conn, oid: Oid) -> Result<(Object, Option<Hidden>), StoreError> {
    let object = object::by_oid(conn, &oid.to_string())?.ok_or(StoreError::NotFound)?;
    let held = hidden::by_uri(conn, &object.uri)?;
    Ok((object, held))
}

/// `GET /ocultar/{oid}`.
///
/// # Errors
/// [`Failure::NotFound`] for members and for what is not here.
pub async fn form(visit: Visit, path: web::Path<String>) -> Result<HttpResponse, Failure> {
    visit.admin()?;
    let (oid, _) = form::oid(&path)?;
    let found = visit
        .state
        .store()
        .read(move |conn| read(conn, oid))
        .await?;
    let html = render(&visit, &found, &Fields::default(), Vec::new())?;
    Ok(visit.fresh(StatusCode::OK, html))
}

/// `POST /ocultar/{oid}`: hides, or shows again what is hidden.
///
/// # Errors
/// [`Failure::NotFound`] for members and for what is not here; faults of ours.
pub async fn send(
    visit: Visit,
    path: web::Path<String>,
    fields: Fields,
) -> Result<HttpResponse, Failure> {
    visit.sender(&fields)?;
    let admin = visit.admin()?.member.clone();
    let (oid, _) = form::oid(&path)?;
    let found = visit
        .state
        .store()
        .read(move |conn| read(conn, oid))
        .await?;
    let (engine, moment) = (visit.state.engine(), visit.state.moment()?);
    let done = match found.1 {
        Some(_) => hide::show(engine, &admin, oid).await,
        None => hide::hide(engine, &admin, moment, oid, fields.get("note")).await,
    };
    match done {
        Ok(()) => Ok(visit.done("/admin/ocultos", "saved")),
        Err(EngineError::Invalid(invalid)) => {
            let problems = vec![form::problem(&visit.t, &invalid)];
            let html = render(&visit, &found, &fields, problems)?;
            Ok(visit.fresh(StatusCode::UNPROCESSABLE_ENTITY, html))
        }
        Err(other) => Err(other.into()),
    }
}

fn render(
    visit: &Visit,
    (object, held): &(Object, Option<Hidden>),
    fields: &Fields,
    problems: Vec<Problem>,
) -> Result<String, Failure> {
    let t = &visit.t;
    let (heading, submit) = match held {
        Some(_) => (fl!(t, "hide-show"), fl!(t, "hide-show")),
        None => (fl!(t, "hide-heading"), fl!(t, "hide-do")),
    };
    let mut what = vec![format!("«{}»", part::excerpt(object)), fl!(t, "hide-what")];
    if let Some(held) = held {
        what.push(fl!(t, "hide-because", reason = held.reason.as_str()));
    }
    let note = match held {
        Some(held) => held.reason.as_str(),
        None => fields.get("note"),
    };
    let mut f = visit.frame(heading.clone(), Section::Elsewhere);
    f.unlisted = true;
    let view = ActaForm {
        f,
        crumbs: vec![Link::new("/admin/ocultos", fl!(t, "admin-tab-hidden"))],
        heading,
        what,
        action: href(&object.oid),
        selects: Vec::new(),
        fields: Vec::new(),
        areas: Vec::new(),
        note: Field::new("note", note)
            .labelled(fl!(t, "field-reason"), fl!(t, "hint-hide"))
            .required()
            .with(&problems),
        submit,
        submit_class: "",
        cancel_href: part::object_href(object),
        also: Vec::new(),
        problems,
    };
    Ok(view.render()?)
}

/// `GET /admin/ocultos?pagina=`.
///
/// # Errors
/// [`Failure::SignIn`]; [`Failure::NotFound`] for members.
pub async fn list(visit: Visit, req: HttpRequest) -> Result<HttpResponse, Failure> {
    visit.admin()?;
    let page = Fields::of_query(&req).page();
    let read = move |conn: &mut Conn| {
        let mut rows = Vec::new();
        for row in hidden::list(conn, part::slice(page, ROWS))? {
            let held = object::by_uri(conn, &row.object_uri)?;
            rows.push((row, held));
        }
        Ok::<_, StoreError>((rows, hidden::count(conn)?))
    };
    let (rows, total) = visit.state.store().read(read).await?;
    let last = part::last_page(total, ROWS);
    if page > last {
        return Err(Failure::NotFound);
    }
    let t = &visit.t;
    let mut f = visit.frame(fl!(t, "admin-tab-hidden"), Section::Elsewhere);
    f.unlisted = true;
    let row = |(row, held): &(Hidden, Option<Object>)| HiddenRow {
        post: match held {
            Some(held) => Link::new(part::object_href(held), part::excerpt(held)),
            None => Link::new("", &row.object_uri),
        },
        reason: row.reason.clone(),
        by: row.by_name.clone(),
        when: when(t, row.hidden_at),
        change: held.as_ref().map(|held| href(&held.oid)),
    };
    let position = fl!(
        t,
        "pages-position",
        current = page.to_string(),
        last = last.to_string()
    );
    let view = HiddenList {
        f,
        tabs: admin::tabs(t, Part::Hidden),
        rows: rows.iter().map(row).collect(),
        empty: part::empty(
            fl!(t, "hidden-empty-what"),
            fl!(t, "hidden-empty-why"),
            None,
        ),
        paging: Paging::new(page, last, position, |page| {
            format!("/admin/ocultos?pagina={page}")
        }),
    };
    Ok(visit.fresh(StatusCode::OK, view.render()?))
}
