//! `…/{oid}/editar` and `…/{oid}/borrar`: authors change what they wrote.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use i18n_embed_fl::fl;
use tequio_domain::{ObjectKind, Oid};
use tequio_engine::{Error as EngineError, post};
use tequio_protocol::html::{self, SafeHtml};
use tequio_store::object::{self, Object, detail};
use tequio_store::topic::{self, Topic};
use tequio_store::{Error as StoreError, person};

use super::comments::shelf_of;
use super::{compose, part};
use crate::failure::Failure;
use crate::form::{self, Fields};
use crate::view::Trusted;
use crate::view::form::{Compose, Confirm, Field, ObjectForm, Problem};
use crate::visit::{Section, Visit};

/// An object of the viewer's own, alive. Made by [`own`] only.
struct Own {
    object: Object,
    kind: ObjectKind,
    summary: String,
    topic: Topic,
}

impl Own {
    fn short(&self) -> String {
        part::short(&self.object.oid)
    }

    /// Where it is read.
    fn href(&self) -> String {
        match self.kind {
            ObjectKind::Thread => part::thread_href(&self.object.oid, &self.object.title),
            ObjectKind::Knowledge => part::knowledge_href(&self.object.oid, &self.object.title),
            ObjectKind::Comment => format!("/comentarios/{}", self.short()),
        }
    }
}

/// Another's object is not-found here: there is no form for it.
async fn own(visit: &Visit, oid: Oid) -> Result<Own, Failure> {
    let uri = visit.member()?.member.person_uri().to_owned();
    let rows = visit.state.store().read(move |conn| {
        let object = object::by_oid(conn, &oid.to_string())?
            .filter(|object| object.deleted_at.is_none())
            .ok_or(StoreError::NotFound)?;
        let author = person::by_uri(conn, &uri)?;
        if author.is_none_or(|author| author.id != object.author_id) {
            return Err(StoreError::NotFound);
        }
        let kind = ObjectKind::parse(&object.kind).ok_or(StoreError::NotFound)?;
        let knowledge = detail::knowledge(conn, object.id)?;
        let topic = topic::by_id(conn, object.topic_id)?;
        Ok(Own {
            kind,
            summary: knowledge.map(|row| row.summary).unwrap_or_default(),
            topic,
            object,
        })
    });
    Ok(rows.await?)
}

/// `GET …/{oid}/editar`.
///
/// # Errors
/// [`Failure::SignIn`]; [`Failure::NotFound`].
pub async fn form(visit: Visit, path: web::Path<String>) -> Result<HttpResponse, Failure> {
    let (oid, _) = form::oid(&path)?;
    let own = own(&visit, oid).await?;
    let mut fields = Fields::default();
    fields.push("title", own.object.title.clone());
    fields.push("body", own.object.source.clone());
    fields.push("abstract", own.summary.clone());
    page(&visit, &own, &fields, Vec::new(), StatusCode::OK)
}

/// `POST …/{oid}/editar`.
///
/// # Errors
/// [`Failure::NotFound`]; faults of ours.
pub async fn send(
    visit: Visit,
    path: web::Path<String>,
    fields: Fields,
) -> Result<HttpResponse, Failure> {
    let signed = visit.sender(&fields)?;
    let (oid, _) = form::oid(&path)?;
    let own = own(&visit, oid).await?;
    if fields.is_preview() {
        return page(&visit, &own, &fields, Vec::new(), StatusCode::OK);
    }
    let edit = post::Edit {
        title: fields.get("title").to_owned(),
        summary: fields.get("abstract").to_owned(),
        body: fields.get("body").to_owned(),
    };
    let moment = visit.state.moment()?;
    match post::edit(visit.state.engine(), &signed.member, moment, oid, edit).await {
        Ok(()) => Ok(visit.done(&own.href(), "saved")),
        Err(EngineError::Invalid(invalid)) => {
            let problems = vec![form::problem(&visit.t, &invalid)];
            page(
                &visit,
                &own,
                &fields,
                problems,
                StatusCode::UNPROCESSABLE_ENTITY,
            )
        }
        Err(other) => Err(other.into()),
    }
}

fn page(
    visit: &Visit,
    own: &Own,
    fields: &Fields,
    problems: Vec<Problem>,
    status: StatusCode,
) -> Result<HttpResponse, Failure> {
    let html = match own.kind {
        ObjectKind::Knowledge => object_page(visit, own, fields, problems)?,
        ObjectKind::Thread | ObjectKind::Comment => post_page(visit, own, fields, problems)?,
    };
    Ok(visit.fresh(status, html))
}

fn post_page(
    visit: &Visit,
    own: &Own,
    fields: &Fields,
    problems: Vec<Problem>,
) -> Result<String, Failure> {
    let t = &visit.t;
    let is_thread = own.kind == ObjectKind::Thread;
    let heading = if is_thread {
        fl!(t, "compose-edit-heading")
    } else {
        fl!(t, "compose-edit-comment-heading")
    };
    let view = Compose {
        f: visit.frame(heading.clone(), Section::Topics),
        heading,
        topic: compose::topic_link(visit, &own.topic),
        preview: fields
            .is_preview()
            .then(|| Trusted::from(html::markdown(fields.get("body")))),
        action: format!("/{}/{}/editar", shelf_of(&own.object.kind), own.short()),
        asks_kind: false,
        is_question: false,
        asks_title: is_thread,
        title: Field::new("title", fields.get("title")).with(&problems),
        body: Field::new("body", fields.get("body")).with(&problems),
        publish: fl!(t, "form-save"),
        cancel_href: own.href(),
        note: fl!(t, "compose-note"),
        problems,
    };
    Ok(view.render()?)
}

fn object_page(
    visit: &Visit,
    own: &Own,
    fields: &Fields,
    problems: Vec<Problem>,
) -> Result<String, Failure> {
    let t = &visit.t;
    let heading = fl!(t, "object-edit-heading");
    let view = ObjectForm {
        f: visit.frame(heading.clone(), Section::Library),
        heading,
        topic: compose::topic_link(visit, &own.topic),
        origin: None,
        adapts: String::new(),
        preview: fields
            .is_preview()
            .then(|| Trusted::from(html::markdown(fields.get("body")))),
        action: format!("/biblioteca/{}/editar", own.short()),
        title: Field::new("title", fields.get("title")).with(&problems),
        body: Field::new("body", fields.get("body")).with(&problems),
        asks_file: false,
        file: Field::new("file", ""),
        files_hint: String::new(),
        kept_files: Vec::new(),
        summary: Field::new("abstract", fields.get("abstract")).with(&problems),
        selects: Vec::new(),
        publish: fl!(t, "object-publish-version"),
        cancel_href: own.href(),
        problems,
    };
    Ok(view.render()?)
}

/// `GET …/{oid}/borrar`.
///
/// # Errors
/// [`Failure::SignIn`]; [`Failure::NotFound`].
pub async fn ask_delete(visit: Visit, path: web::Path<String>) -> Result<HttpResponse, Failure> {
    let (oid, _) = form::oid(&path)?;
    let own = own(&visit, oid).await?;
    let t = &visit.t;
    let (heading, submit) = match own.kind {
        ObjectKind::Knowledge => (fl!(t, "delete-object-heading"), fl!(t, "delete-object-do")),
        ObjectKind::Thread | ObjectKind::Comment => (fl!(t, "delete-heading"), fl!(t, "delete-do")),
    };
    let view = Confirm {
        f: visit.frame(heading.clone(), Section::Elsewhere),
        heading,
        what: fl!(t, "delete-what"),
        body: Some(Trusted::from(SafeHtml::from_stored(
            own.object.html.clone(),
        ))),
        action: format!("/{}/{}/borrar", shelf_of(&own.object.kind), own.short()),
        submit,
        cancel_href: own.href(),
    };
    Ok(visit.fresh(StatusCode::OK, view.render()?))
}

/// `POST …/{oid}/borrar`.
///
/// # Errors
/// [`Failure::NotFound`]; faults of ours.
pub async fn delete(
    visit: Visit,
    path: web::Path<String>,
    fields: Fields,
) -> Result<HttpResponse, Failure> {
    let signed = visit.sender(&fields)?;
    let (oid, _) = form::oid(&path)?;
    let own = own(&visit, oid).await?;
    let moment = visit.state.moment()?;
    post::delete(visit.state.engine(), &signed.member, moment, oid).await?;
    let href = match own.kind {
        ObjectKind::Comment => own.href(),
        ObjectKind::Thread | ObjectKind::Knowledge => part::topic_href(&own.topic.slug),
    };
    Ok(visit.done(&href, "deleted"))
}
