//! A comment is written: the draft in the box at the end of a page, and sending it.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use tequio_domain::{Invalid, ObjectKind, Oid};
use tequio_engine::{Error as EngineError, comment};
use tequio_protocol::html::{self, SafeHtml};
use tequio_store::page::post;

use super::super::{knowledge, thread};
use crate::failure::Failure;
use crate::form::{self, Fields};
use crate::view::form::Problem;
use crate::visit::Visit;

/// A comment that is being written.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// Short identity of the post answered; `None`: the root.
    pub parent: Option<String>,
    /// The text.
    pub body: String,
    /// Rendered, when a preview was asked for.
    pub preview: Option<SafeHtml>,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

impl Draft {
    /// Of a page's query: `responder` names the comment answered.
    #[must_use]
    pub fn of_query(fields: &Fields) -> Self {
        let parent = Some(fields.get("responder")).filter(|short| !short.is_empty());
        Self {
            parent: parent.map(str::to_owned),
            ..Self::default()
        }
    }

    /// The comment that is answered.
    #[must_use]
    pub fn answering(&self) -> Option<Oid> {
        Oid::from_short(self.parent.as_deref()?)
    }
}

/// `POST /{conversaciones,biblioteca}/{oid}/responder`.
///
/// # Errors
/// [`Failure::NotFound`] when the thread or the post answered is gone.
pub async fn send(
    visit: Visit,
    path: web::Path<String>,
    fields: Fields,
) -> Result<HttpResponse, Failure> {
    let signed = visit.sender(&fields)?;
    let (root, _) = form::oid(&path)?;
    let parent = Oid::from_short(fields.get("parent")).unwrap_or(root);
    let mut draft = Draft {
        parent: Some(parent.short()).filter(|_| parent != root),
        body: fields.get("body").to_owned(),
        ..Draft::default()
    };
    if fields.is_preview() {
        draft.preview = Some(html::markdown(&draft.body));
        return again(&visit, root, draft, StatusCode::OK).await;
    }
    let moment = visit.state.moment()?;
    match comment::add(
        visit.state.engine(),
        &signed.member,
        moment,
        parent,
        &draft.body,
    )
    .await
    {
        Ok(oid) => Ok(visit.done(&format!("/comentarios/{}", oid.short()), "published")),
        Err(EngineError::Invalid(invalid)) => {
            draft
                .problems
                .push(form::problem(&visit.t, &Invalid::new("body", invalid.need)));
            again(&visit, root, draft, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(other) => Err(other.into()),
    }
}

/// The page again, with the text in its box.
async fn again(
    visit: &Visit,
    root: Oid,
    draft: Draft,
    status: StatusCode,
) -> Result<HttpResponse, Failure> {
    let held = visit
        .state
        .store()
        .read(move |conn| post::by_oid(conn, &root.to_string()))
        .await?;
    let kind = held
        .and_then(|held| ObjectKind::parse(&held.kind))
        .ok_or(Failure::NotFound)?;
    let html = match kind {
        ObjectKind::Thread => thread::render(visit, root, None, 1, draft).await?,
        ObjectKind::Knowledge => knowledge::render(visit, root, None, 1, draft).await?,
        ObjectKind::Comment => return Err(Failure::NotFound),
    };
    Ok(visit.fresh(status, html))
}
