//! `/mensajes`: private messages that a member got from outside. Read only; what must stay true: nobody
//! sees or deletes another's.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use i18n_embed_fl::fl;
use tequio_engine::message;
use tequio_protocol::html::SafeHtml;
use tequio_store::outside::message::Message;
use tequio_store::page::outside as rows;

use super::outside::{Part, before, frame, link, tabs, when};
use super::part;
use crate::failure::Failure;
use crate::form::Fields;
use crate::texts::Texts;
use crate::view::Trusted;
use crate::view::outside::{MessageCard, Messages, Origin};
use crate::visit::Visit;

/// Messages on one page.
const MESSAGES: i64 = 20;

/// `GET /mensajes?antes=`.
///
/// # Errors
/// [`Failure::SignIn`]; the database's.
pub async fn show(visit: Visit, req: HttpRequest) -> Result<HttpResponse, Failure> {
    let account_id = visit.member()?.member.account_id();
    let before = before(&Fields::of_query(&req));
    let store = visit.state.store();
    // One more than is shown tells whether there are older ones.
    let held = store
        .read(move |conn| rows::messages(conn, account_id, before, MESSAGES + 1))
        .await?;
    let t = &visit.t;
    let shown = usize::try_from(MESSAGES).unwrap_or(1);
    let last = held.get(shown.saturating_sub(1));
    let older = last.filter(|_| held.len() > shown);
    let page = Messages {
        f: frame(&visit, fl!(t, "messages-heading")),
        tabs: tabs(t, Part::Messages),
        older: older.map(|row| format!("/mensajes?antes={}-{}", row.received_at, row.id)),
        messages: held.iter().take(shown).map(|row| card(t, row)).collect(),
        empty: part::empty(
            fl!(t, "messages-empty-what"),
            fl!(t, "messages-empty-why"),
            None,
        ),
    };
    Ok(visit.fresh(StatusCode::OK, page.render()?))
}

fn card(t: &Texts, row: &Message) -> MessageCard {
    MessageCard {
        id: row.id,
        author: Origin {
            handle: format!("@{}", row.author_name),
            href: link(&row.author_uri),
            note: fl!(t, "outside"),
        },
        made: when(t, row.published_at),
        body: Trusted::from(SafeHtml::from_stored(row.html.clone())),
    }
}

/// `POST /mensajes/{id}/borrar`.
///
/// # Errors
/// [`Failure::NotFound`] when the member has no such message; those of a form.
pub async fn delete(
    visit: Visit,
    id: web::Path<i64>,
    fields: Fields,
) -> Result<HttpResponse, Failure> {
    let signed = visit.sender(&fields)?;
    message::delete(visit.state.engine(), &signed.member, id.into_inner()).await?;
    Ok(visit.done("/mensajes", "deleted"))
}
