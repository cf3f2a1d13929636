//! `/moderar/{oid}`: the coordinating city rules about a post: hides it, closes its thread, puts it first.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use i18n_embed_fl::fl;
use tequio_domain::Oid;
use tequio_engine::{Member, ledger};
use tequio_protocol::activity::ledger::Ruling;
use tequio_store::object::{self, Object};
use tequio_store::person::{self, Person};
use tequio_store::ruling::{self, FEATURED, LOCKED, REMOVED};
use tequio_store::topic::{self, Topic};
use tequio_store::{Conn, Error as StoreError};

use super::topic::acta::problems_of;
use super::{ban, part};
use crate::failure::Failure;
use crate::form::{self, Fields};
use crate::view::Link;
use crate::view::acta::ActaForm;
use crate::view::form::{Choice, Field, Problem, Select};
use crate::visit::{Section, Visit};

/// What is ruled about.
struct Matter {
    object: Object,
    topic: Topic,
    /// Who wrote it.
    author: Person,
    is_removed: bool,
    is_locked: bool,
    is_featured: bool,
}

/// The member, if they may rule in a topic for this city. Others learn nothing about the page.
///
/// # Errors
/// [`Failure::SignIn`], [`Failure::NotFound`]; the database's.
pub(super) async fn ruler(visit: &Visit, topic_id: i64) -> Result<Member, Failure> {
    let member = visit.member()?.member.clone();
    let asked = member.clone();
    let read = move |conn: &mut Conn| ledger::ruling::may_rule(conn, &asked, topic_id);
    if visit.state.store().read(read).await? {
        Ok(member)
    } else {
        Err(Failure::NotFound)
    }
}

fn read(conn: &mut Conn, oid: Oid) -> Result<Matter, StoreError> {
    let object = object::by_oid(conn, &oid.to_string())?.ok_or(StoreError::NotFound)?;
    let in_force = |conn: &mut Conn, kind| {
        Ok::<_, StoreError>(ruling::about(conn, object.topic_id, &object.uri, kind)?.is_some())
    };
    Ok(Matter {
        is_removed: in_force(conn, REMOVED)?,
        is_locked: in_force(conn, LOCKED)?,
        is_featured: in_force(conn, FEATURED)?,
        author: person::by_id(conn, object.author_id)?,
        topic: topic::by_id(conn, object.topic_id)?,
        object,
    })
}

/// `GET /moderar/{oid}`.
///
/// # Errors
/// [`Failure::NotFound`] for members and for what is not here.
pub async fn form(visit: Visit, path: web::Path<String>) -> Result<HttpResponse, Failure> {
    visit.member()?;
    let (oid, _) = form::oid(&path)?;
    let matter = visit
        .state
        .store()
        .read(move |conn| read(conn, oid))
        .await?;
    ruler(&visit, matter.topic.id).await?;
    let html = render(&visit, &matter, &Fields::default(), Vec::new())?;
    Ok(visit.fresh(StatusCode::OK, html))
}

/// `POST /moderar/{oid}`.
///
/// # Errors
/// [`Failure::NotFound`] for members and for what is not here; faults of ours.
pub async fn send(
    visit: Visit,
    path: web::Path<String>,
    fields: Fields,
) -> Result<HttpResponse, Failure> {
    visit.sender(&fields)?;
    let (oid, _) = form::oid(&path)?;
    let matter = visit
        .state
        .store()
        .read(move |conn| read(conn, oid))
        .await?;
    let member = ruler(&visit, matter.topic.id).await?;
    let ruling = Ruling::about_post(fields.get("ruling")).ok_or(Failure::BadRequest)?;
    let (engine, moment) = (visit.state.engine(), visit.state.moment()?);
    match ledger::ruling::rule(engine, &member, moment, fields.get("note"), (oid, ruling)).await {
        Ok(()) => {
            let acta = format!("{}/acta", part::topic_href(&matter.topic.slug));
            Ok(visit.done(&acta, "acta"))
        }
        Err(error) => {
            let problems = problems_of(&visit, &matter.topic.slug, error).await?;
            let html = render(&visit, &matter, &fields, problems)?;
            Ok(visit.fresh(StatusCode::UNPROCESSABLE_ENTITY, html))
        }
    }
}

fn render(
    visit: &Visit,
    matter: &Matter,
    fields: &Fields,
    problems: Vec<Problem>,
) -> Result<String, Failure> {
    let t = &visit.t;
    let object = &matter.object;
    let (heading, href) = (fl!(t, "moderate-heading"), part::object_href(object));
    let view = ActaForm {
        f: visit.frame(heading.clone(), Section::Topics),
        crumbs: vec![Link::new(&href, fl!(t, "moderate-back"))],
        heading,
        what: vec![
            format!("«{}»", part::excerpt(object)),
            fl!(t, "moderate-what"),
        ],
        action: format!("/moderar/{}", part::short(&object.oid)),
        selects: vec![Select {
            name: "ruling",
            label: fl!(t, "field-ruling"),
            options: options(visit, matter, fields.get("ruling")),
        }],
        fields: Vec::new(),
        areas: Vec::new(),
        note: Field::reason(t, fields).with(&problems),
        submit: fl!(t, "moderate-do"),
        submit_class: "",
        cancel_href: href,
        also: vec![Link::new(
            ban::href(&matter.topic.slug, &matter.author.uri),
            fl!(
                t,
                "moderate-ban",
                name = matter.author.display_name.as_str()
            ),
        )],
        problems,
    };
    Ok(view.render()?)
}

/// What can be ruled about the post as it is.
fn options(visit: &Visit, matter: &Matter, chosen: &str) -> Vec<Choice> {
    let t = &visit.t;
    let choice = |ruling: &Ruling, label: String| Choice {
        value: ruling.word().to_owned(),
        label,
        selected: ruling.word() == chosen,
    };
    let mut options = vec![if matter.is_removed {
        choice(&Ruling::Restore, fl!(t, "moderate-restore"))
    } else {
        choice(&Ruling::Remove, fl!(t, "moderate-remove"))
    }];
    if matter.object.parent_id.is_none() {
        options.push(if matter.is_locked {
            choice(&Ruling::Unlock, fl!(t, "moderate-unlock"))
        } else {
            choice(&Ruling::Lock, fl!(t, "moderate-lock"))
        });
        options.push(if matter.is_featured {
            choice(&Ruling::Unfeature, fl!(t, "moderate-unfeature"))
        } else {
            choice(&Ruling::Feature, fl!(t, "moderate-feature"))
        });
    }
    options
}
