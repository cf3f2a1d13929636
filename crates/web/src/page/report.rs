//! `/admin/reportes`: what others point out about things that stand here; an administrator closes them.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use i18n_embed_fl::fl;
use tequio_domain::Timestamp;
use tequio_engine::report;
use tequio_store::outside::report::{self as reports, Report};
use tequio_store::page::outside::{self as rows, ActorName, Standing};
use tequio_store::{Conn, Error as StoreError};

use super::admin::{self, Part};
use super::comments::shelf_of;
use super::outside::{origin_of, when};
use super::part;
use crate::failure::Failure;
use crate::form::Fields;
use crate::view::Link;
use crate::view::outside::{ReportCard, Reports};
use crate::visit::{Section, Visit};

/// Most open reports shown.
const OPEN_MAX: i64 = 100;
/// Closed reports shown.
const CLOSED: i64 = 20;

struct Rows {
    open: Vec<Report>,
    closed: Vec<Report>,
    standing: Vec<Standing>,
    reporters: Vec<ActorName>,
}

/// `GET /admin/reportes`.
///
/// # Errors
/// [`Failure::SignIn`]; [`Failure::NotFound`] for members.
pub async fn show(visit: Visit) -> Result<HttpResponse, Failure> {
    visit.admin()?;
    let rows = visit.state.store().read(read).await?;
    let t = &visit.t;
    let mut f = visit.frame(fl!(t, "reports-heading"), Section::Elsewhere);
    f.unlisted = true;
    let page = Reports {
        f,
        tabs: admin::tabs(t, Part::Reports),
        open: rows
            .open
            .iter()
            .map(|row| card(&visit, row, &rows))
            .collect(),
        closed: rows
            .closed
            .iter()
            .map(|row| card(&visit, row, &rows))
            .collect(),
        empty: part::empty(
            fl!(t, "reports-empty-what"),
            fl!(t, "reports-empty-why"),
            None,
        ),
    };
    Ok(visit.fresh(StatusCode::OK, page.render()?))
}

fn read(conn: &mut Conn) -> Result<Rows, StoreError> {
    let open = reports::list_open(conn, OPEN_MAX)?;
    let closed = rows::closed_reports(conn, CLOSED)?;
    let uris = |of: fn(&Report) -> String| {
        let mut uris: Vec<String> = open.iter().chain(&closed).map(of).collect();
        uris.sort_unstable();
        uris.dedup();
        uris
    };
    let (objects, reporters) = (
        uris(|row| row.object_uri.clone()),
        uris(|row| row.reporter_uri.clone()),
    );
    Ok(Rows {
        standing: rows::standing(conn, &objects)?,
        reporters: rows::actors(conn, &reporters)?,
        open,
        closed,
    })
}

fn card(visit: &Visit, row: &Report, rows: &Rows) -> ReportCard {
    let t = &visit.t;
    let held = rows.standing.iter().find(|held| held.uri == row.object_uri);
    ReportCard {
        id: row.id,
        object: match held {
            Some(held) => object(visit, held),
            None => Link::new("", &row.object_uri),
        },
        reason: row.reason.clone(),
        reporter: origin_of(&row.reporter_uri, &rows.reporters),
        made: when(t, row.created_at),
        closed: row.closed_at.map(|at| {
            let date = t.date_time(Timestamp::from_micros(at));
            fl!(t, "report-closed-at", date = date)
        }),
    }
}

fn object(visit: &Visit, held: &Standing) -> Link {
    if held.kind == "person" {
        let href = part::person_href(&held.id, &held.city, visit.state.city());
        return Link::new(href, &held.title);
    }
    let href = format!(
        "/{}/{}",
        shelf_of(&held.kind),
        part::segment(&held.id, &held.title)
    );
    let label = if held.title.is_empty() {
        fl!(visit.t, "report-comment")
    } else {
        held.title.clone()
    };
    Link::new(href, label)
}

/// `POST /admin/reportes/{id}/cerrar`.
///
/// # Errors
/// [`Failure::NotFound`] for members, and when there is no such report; those of a form.
pub async fn close(
    visit: Visit,
    id: web::Path<i64>,
    fields: Fields,
) -> Result<HttpResponse, Failure> {
    visit.sender(&fields)?;
    let admin = visit.admin()?;
    let moment = visit.state.moment()?;
    report::close(visit.state.engine(), &admin.member, moment, id.into_inner()).await?;
    Ok(visit.done("/admin/reportes", "report-closed"))
}
