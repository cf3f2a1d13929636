//! `/admin/supresiones`: an administrator erases a post of this city for good, and sees which cities have done so.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use i18n_embed_fl::fl;
use tequio_domain::{Invalid, Timestamp};
use tequio_engine::{Error as EngineError, erase};
use tequio_store::erasure::{self, Erasure, Receipt};
use tequio_store::page::place::{self, Places};
use tequio_store::peer;
use tequio_store::{Conn, Error as StoreError, object};

use super::admin::{self, Part};
use super::part;
use crate::failure::Failure;
use crate::form::{self, Fields};
use crate::view::Link;
use crate::view::erasure::{ErasureCard, Erasures};
use crate::view::form::{Field, Problem};
use crate::view::list::When;
use crate::visit::{Section, Visit};

/// Most erasures shown.
const SHOWN_MAX: i64 = 200;

struct Rows {
    erasures: Vec<(Erasure, Option<String>)>,
    receipts: Vec<Receipt>,
    peers: Vec<String>,
    places: Places,
}

/// `GET /admin/supresiones`.
///
/// # Errors
/// [`Failure::SignIn`]; [`Failure::NotFound`] for members.
pub async fn show(visit: Visit) -> Result<HttpResponse, Failure> {
    page(&visit, &Fields::default(), Vec::new(), StatusCode::OK).await
}

/// `POST /admin/supresiones`.
///
/// # Errors
/// [`Failure::NotFound`] for members; faults of ours.
pub async fn create(visit: Visit, fields: Fields) -> Result<HttpResponse, Failure> {
    visit.sender(&fields)?;
    let admin = visit.admin()?;
    let done = match order(&fields, admin.member.name()) {
        Ok(order) => {
            let moment = visit.state.moment()?;
            erase::post(visit.state.engine(), moment, order).await
        }
        Err(invalid) => Err(invalid.into()),
    };
    let invalid = match done {
        Ok(()) => return Ok(visit.done("/admin/supresiones", "erased")),
        Err(EngineError::Invalid(invalid)) => invalid,
        Err(EngineError::NotFound) => Invalid::new("address", "unknown-post"),
        Err(EngineError::Forbidden(_)) => Invalid::new("address", "other-city"),
        Err(other) => return Err(other.into()),
    };
    let problems = vec![form::problem(&visit.t, &invalid)];
    page(&visit, &fields, problems, StatusCode::UNPROCESSABLE_ENTITY).await
}

fn order(fields: &Fields, by_name: &str) -> Result<erase::Order, Invalid> {
    let oid = erase::named_by(fields.get("address"));
    let oid = oid.ok_or(Invalid::new("address", "unknown-post"))?;
    if fields.get("sure") != "yes" {
        return Err(Invalid::new("sure", "not-sure"));
    }
    Ok(erase::Order {
        oid,
        reason: fields.get("reason").to_owned(),
        by_name: by_name.to_owned(),
    })
}

async fn page(
    visit: &Visit,
    fields: &Fields,
    problems: Vec<Problem>,
    status: StatusCode,
) -> Result<HttpResponse, Failure> {
    visit.admin()?;
    let rows = visit.state.store().read(read).await?;
    let t = &visit.t;
    let mut f = visit.frame(fl!(t, "erasures-heading"), Section::Elsewhere);
    f.unlisted = true;
    let field = |name, label, hint| {
        let field = Field::new(name, fields.get(name)).labelled(label, hint);
        field.required().with(&problems)
    };
    let (address, reason) = (
        (fl!(t, "erasure-address"), fl!(t, "erasure-address-hint")),
        (fl!(t, "erasure-reason"), fl!(t, "erasure-reason-hint")),
    );
    let view = Erasures {
        f,
        tabs: admin::tabs(t, Part::Erasures),
        fields: vec![
            field("address", address.0, address.1),
            field("reason", reason.0, reason.1),
        ],
        sure: Field::new("sure", fields.get("sure"))
            .labelled(fl!(t, "erasure-sure"), String::new())
            .with(&problems),
        problems: problems.clone(),
        erasures: rows
            .erasures
            .iter()
            .map(|(row, oid)| card(visit, row, oid.as_deref(), &rows))
            .collect(),
        empty: part::empty(
            fl!(t, "erasures-empty-what"),
            fl!(t, "erasures-empty-why"),
            None,
        ),
    };
    Ok(visit.fresh(status, view.render()?))
}

fn read(conn: &mut Conn) -> Result<Rows, StoreError> {
    let mut erasures = Vec::new();
    for row in erasure::newest(conn, SHOWN_MAX)? {
        let held = object::by_uri(conn, &row.object_uri)?;
        erasures.push((row, held.map(|held| held.oid)));
    }
    let peers = peer::list(conn)?;
    Ok(Rows {
        erasures,
        receipts: erasure::receipts(conn)?,
        peers: peers.into_iter().map(|peer| peer.city).collect(),
        places: place::places(conn)?,
    })
}

fn card(visit: &Visit, row: &Erasure, oid: Option<&str>, rows: &Rows) -> ErasureCard {
    let t = &visit.t;
    let at = Timestamp::from_micros(row.at);
    let has_confirmed = |city: &&String| {
        rows.receipts.iter().any(|receipt| {
            receipt.city == **city && receipt.log_id == row.log_id && receipt.seq >= row.seq
        })
    };
    let (done, open): (Vec<&String>, Vec<&String>) = rows.peers.iter().partition(has_confirmed);
    let names = |cities: &[&String]| {
        let mut names: Vec<&str> = Vec::new();
        for slug in cities {
            let city = rows.places.cities.iter().find(|city| city.slug == **slug);
            names.push(city.map_or(slug.as_str(), |city| city.name.as_str()));
        }
        names.join(", ")
    };
    ErasureCard {
        post: Link::new(
            oid.map(|oid| format!("/o/{oid}")).unwrap_or_default(),
            &row.object_uri,
        ),
        reason: row.reason.clone(),
        by: fl!(t, "erasure-by", name = row.by_name.clone()),
        made: When {
            iso: at.to_rfc3339(),
            text: t.date_time(at),
        },
        is_everywhere: open.is_empty(),
        confirmed: fl!(
            t,
            "erasure-confirmed",
            done = done.len(),
            all = rows.peers.len()
        ),
        done: names(&done),
        open: names(&open),
    }
}
