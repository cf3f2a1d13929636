//! `/admin/cuentas/{name}/temas`: an administrator chooses the topics that a member coordinates for the city.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use i18n_embed_fl::fl;
use tequio_domain::{AccountState, Locale};
use tequio_engine::account::office;
use tequio_store::account::{self as rows, Account};
use tequio_store::topic::{self, Topic};
use tequio_store::{Conn, Error as StoreError, topic_coordinator};

use super::display_name;
use crate::failure::Failure;
use crate::form::Fields;
use crate::view::Link;
use crate::view::account::AccountTopics;
use crate::view::form::Choice;
use crate::visit::{Section, Visit};

/// The account, all topics, and the slugs of those that it coordinates.
type Rows = (Account, Vec<Topic>, Vec<String>);

async fn read(visit: &Visit, name: String) -> Result<Rows, Failure> {
    let read = move |conn: &mut Conn| {
        let held = rows::by_name(conn, &name)?.ok_or(StoreError::NotFound)?;
        let chosen = topic_coordinator::all(conn)?.into_iter();
        let chosen = chosen.filter(|(id, _)| *id == held.id);
        let chosen = chosen.map(|(_, slug)| slug).collect();
        Ok::<_, StoreError>((held, topic::all(conn)?, chosen))
    };
    let (held, topics, chosen) = visit.state.store().read(read).await?;
    if held.state == AccountState::Active.as_str() {
        Ok((held, topics, chosen))
    } else {
        Err(Failure::NotFound)
    }
}

/// `GET /admin/cuentas/{name}/temas`.
///
/// # Errors
/// [`Failure::NotFound`] for members, and for an account that is not active.
pub async fn show(visit: Visit, name: web::Path<String>) -> Result<HttpResponse, Failure> {
    visit.admin()?;
    let (held, topics, chosen) = read(&visit, name.into_inner()).await?;
    let t = &visit.t;
    let heading = fl!(t, "account-topics-heading", name = display_name(&held));
    let mut f = visit.frame(heading.clone(), Section::Elsewhere);
    f.unlisted = true;
    let choice = |topic: &Topic| Choice {
        value: topic.slug.clone(),
        label: match t.locale() {
            Locale::Es => topic.name_es.clone(),
            Locale::En => topic.name_en.clone(),
        },
        selected: chosen.contains(&topic.slug),
    };
    let view = AccountTopics {
        f,
        crumbs: vec![Link::new("/admin/cuentas", fl!(t, "accounts-heading"))],
        heading,
        action: format!("/admin/cuentas/{}/temas", held.name),
        topics: topics.iter().map(choice).collect(),
    };
    Ok(visit.fresh(StatusCode::OK, view.render()?))
}

/// `POST /admin/cuentas/{name}/temas`.
///
/// # Errors
/// [`Failure::NotFound`] for members, for an account that is not active, and for a topic that there is not.
pub async fn send(
    visit: Visit,
    name: web::Path<String>,
    fields: Fields,
) -> Result<HttpResponse, Failure> {
    visit.sender(&fields)?;
    let admin = &visit.admin()?.member;
    let (held, _, _) = read(&visit, name.into_inner()).await?;
    let topics: Vec<String> = fields.all("topic").map(str::to_owned).collect();
    tracing::info!(
        account = held.name,
        by = admin.name(),
        ?topics,
        "the topics that a member coordinates were chosen"
    );
    office::set_topics(visit.state.engine(), admin, held.id, topics).await?;
    Ok(visit.done("/admin/cuentas", "saved"))
}
