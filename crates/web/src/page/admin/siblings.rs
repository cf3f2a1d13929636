//! `/admin/ciudades`: the cities that this one knows; one is invited, one is met, words are compared.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use i18n_embed_fl::fl;
use tequio_domain::{Invalid, Timestamp};
use tequio_engine::{Error as EngineError, handshake};
use tequio_protocol::activity::Introduction;
use tequio_store::city::{self, City};
use tequio_store::handshake::{self as rows, Handshake, Invitation, Met};
use tequio_store::{Conn, Error as StoreError};

use super::{Part, tabs};
use crate::failure::Failure;
use crate::form::{self, Fields};
use crate::outside::NotJoined;
use crate::page::outside::when;
use crate::texts::Texts;
use crate::view::Link;
use crate::view::form::{Confirm, Field, Problem};
use crate::view::siblings as view;
use crate::visit::{Section, Visit};

const HERE: &str = "/admin/ciudades";

/// `GET /admin/ciudades`.
///
/// # Errors
/// [`Failure::SignIn`]; [`Failure::NotFound`] for members.
pub async fn show(visit: Visit) -> Result<HttpResponse, Failure> {
    page(&visit, &Fields::default(), Vec::new(), None).await
}

/// `POST /admin/ciudades`: makes or ends an invitation, brings this city to one that invited it, accepts or refuses
/// a city that was met.
///
/// # Errors
/// [`Failure::NotFound`] for members and for a city that was not met; faults of ours.
pub async fn send(visit: Visit, fields: Fields) -> Result<HttpResponse, Failure> {
    visit.sender(&fields)?;
    let admin = visit.admin()?.member.clone();
    let engine = visit.state.engine();
    let moment = visit.state.moment()?;
    let city = fields.get("city");
    let (done, notice) = match fields.get("do") {
        "invite" => match handshake::invite(engine, &admin, moment, city).await {
            Ok(address) => {
                tracing::info!(city, by = admin.name(), "an invitation was made");
                return page(
                    &visit,
                    &Fields::default(),
                    Vec::new(),
                    Some((city, address)),
                )
                .await;
            }
            Err(error) => (Err(error), ""),
        },
        "join" => return join(&visit, &fields).await,
        "accept" => (
            handshake::accept(engine, &admin, moment, city).await,
            "city-accepted",
        ),
        "refuse" => (
            handshake::forget(engine, &admin, city).await,
            "city-refused",
        ),
        "withdraw" => (
            handshake::withdraw(engine, &admin, city).await,
            "invitation-withdrawn",
        ),
        _ => return Err(Failure::BadRequest),
    };
    match done {
        Ok(()) => {
            tracing::info!(city, by = admin.name(), notice, "a city was decided upon");
            Ok(visit.done(HERE, notice))
        }
        Err(EngineError::Invalid(invalid)) => {
            let problems = vec![form::problem(&visit.t, &invalid)];
            page(&visit, &fields, problems, None).await
        }
        Err(other) => Err(other.into()),
    }
}

/// Brings this city to the one whose invitation was typed in.
async fn join(visit: &Visit, fields: &Fields) -> Result<HttpResponse, Failure> {
    let admin = visit.admin()?.member.clone();
    let link = fields.get("link").to_owned();
    let outside = &visit.state.settings.outside;
    match outside.join(admin, link).await {
        Ok(_city) => Ok(visit.done(HERE, "city-met")),
        Err(NotJoined::Ours) => Err(Failure::Internal(
            "this city could not join another one".to_owned(),
        )),
        Err(why) => {
            let problem = Problem {
                field: "link",
                text: why_not(visit, &why),
            };
            page(visit, fields, vec![problem], None).await
        }
    }
}

fn why_not(visit: &Visit, why: &NotJoined) -> String {
    let t = &visit.t;
    match why {
        NotJoined::NotALink => fl!(t, "need-invitation"),
        NotJoined::ForAnother(city) => fl!(t, "need-invitation-for-us", city = city.as_str()),
        NotJoined::NoCity(cause) => fl!(t, "need-city-there", cause = cause.as_str()),
        NotJoined::NotTaken(cause) => fl!(t, "need-new-invitation", cause = cause.as_str()),
        NotJoined::Unseen => fl!(t, "need-seen", url = visit.state.base_url()),
        NotJoined::OtherNetwork => fl!(t, "need-same-network"),
        NotJoined::OtherKeys | NotJoined::Ours => {
            visit.t.need(&Invalid::new("words", "other-keys"))
        }
    }
}

/// `GET /admin/ciudades/{city}/dejar`: asks before a sibling is none any more.
///
/// # Errors
/// [`Failure::NotFound`] for members and for a city that was not met.
pub async fn ask_end(visit: Visit, slug: web::Path<String>) -> Result<HttpResponse, Failure> {
    visit.admin()?;
    let slug = slug.into_inner();
    let asked = slug.clone();
    let read = move |conn: &mut Conn| {
        rows::by_city(conn, &asked)?.ok_or(StoreError::NotFound)?;
        city::by_slug(conn, &asked)
    };
    let held = visit.state.store().read(read).await?;
    let t = &visit.t;
    let heading = fl!(t, "siblings-end-heading", city = held.name.as_str());
    let mut f = visit.frame(heading.clone(), Section::Elsewhere);
    f.unlisted = true;
    let page = Confirm {
        f,
        heading,
        what: fl!(t, "siblings-end-what"),
        body: None,
        action: format!("{HERE}/{slug}/dejar"),
        submit: fl!(t, "siblings-end"),
        cancel_href: HERE.to_owned(),
    };
    Ok(visit.fresh(StatusCode::OK, page.render()?))
}

/// `POST /admin/ciudades/{city}/dejar`.
///
/// # Errors
/// [`Failure::NotFound`] for members and for a city that was not met.
pub async fn end(
    visit: Visit,
    slug: web::Path<String>,
    fields: Fields,
) -> Result<HttpResponse, Failure> {
    visit.sender(&fields)?;
    let admin = &visit.admin()?.member;
    handshake::forget(visit.state.engine(), admin, &slug).await?;
    tracing::info!(
        city = slug.as_str(),
        by = admin.name(),
        "a sibling is none any more"
    );
    Ok(visit.done(HERE, "city-ended"))
}

/// `GET /invitacion`: whoever opens an invitation learns what it is for. The secret stays in the browser.
///
/// # Errors
/// Faults of ours.
pub async fn invitation(visit: Visit) -> Result<HttpResponse, Failure> {
    let own = visit.state.engine().identity().city_name.as_str();
    let heading = fl!(visit.t, "invitation-heading", city = own);
    let mut f = visit.frame(heading.clone(), Section::Elsewhere);
    f.unlisted = true;
    let page = view::Invitation { f, heading };
    Ok(visit.fresh(StatusCode::OK, page.render()?))
}

/// What the page is made of.
struct Read {
    cities: Vec<City>,
    met: Vec<Handshake>,
    invitations: Vec<Invitation>,
}

fn read(conn: &mut Conn, now: Timestamp) -> Result<Read, StoreError> {
    Ok(Read {
        cities: city::all(conn)?,
        met: rows::all(conn)?,
        invitations: rows::invitations(conn, now.micros())?,
    })
}

async fn page(
    visit: &Visit,
    fields: &Fields,
    problems: Vec<Problem>,
    made: Option<(&str, String)>,
) -> Result<HttpResponse, Failure> {
    visit.admin()?;
    let now = visit.state.now();
    let read = visit
        .state
        .store()
        .read(move |conn| read(conn, now))
        .await?;
    let own = handshake::introduction(visit.state.engine()).await?;
    let t = &visit.t;
    let mut f = visit.frame(fl!(t, "siblings-heading"), Section::Elsewhere);
    f.unlisted = true;
    let until = t.date(now.plus_seconds(handshake::INVITATION_S));
    let status = if problems.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let (own_words, met) = met(t, &read, own).await?;
    let siblings = siblings(visit, &read);
    let view = view::Siblings {
        f,
        tabs: tabs(t, Part::Siblings),
        made: made.map(|(city, address)| view::Made {
            what: fl!(t, "invited-what", city = city, until = until.as_str()),
            city: city.to_owned(),
            address,
        }),
        own_words,
        met,
        city: Field::new("city", fields.get("city"))
            .labelled(fl!(t, "field-city-slug"), fl!(t, "hint-city-slug"))
            .required()
            .with(&problems),
        slugs: unknown(visit, &read, &siblings),
        invitations: read
            .invitations
            .iter()
            .map(|row| invitation_row(t, row))
            .collect(),
        link: Field::new("link", fields.get("link"))
            .labelled(fl!(t, "field-link"), fl!(t, "hint-link"))
            .required()
            .with(&problems),
        siblings,
        problems,
    };
    Ok(visit.fresh(status, view.render()?))
}

/// The words of this city, and the cities that wait for an administrator with theirs; none when nobody waits.
async fn met(
    t: &Texts,
    read: &Read,
    own: Introduction,
) -> Result<(String, Vec<view::MetRow>), Failure> {
    let rows: Vec<_> = read
        .met
        .iter()
        .filter(|row| row.accepted_at.is_none())
        .collect();
    if rows.is_empty() {
        return Ok((String::new(), Vec::new()));
    }
    let met = rows.iter().map(|row| handshake::read(row));
    let met = met.collect::<Result<Vec<_>, _>>()?;
    let mut all = vec![own];
    all.extend(met.iter().cloned());
    // Slow by design (`Introduction::words`): not where requests are answered.
    let words = web::block(move || {
        all.iter()
            .map(Introduction::words)
            .collect::<Result<Vec<_>, _>>()
    });
    let fault = |error: &dyn std::fmt::Display| EngineError::Internal(error.to_string());
    let words = words.await.map_err(|error| fault(&error))?;
    let mut words = words.map_err(|error| fault(&error))?.into_iter();
    let own_words = words.next().unwrap_or_default();
    let shown = rows.into_iter().zip(met).zip(words);
    let shown = shown.map(|((row, met), words)| met_row(t, read, (row, &met), words));
    Ok((own_words, shown.collect()))
}

fn met_row(
    t: &Texts,
    read: &Read,
    (row, met): (&Handshake, &Introduction),
    words: String,
) -> view::MetRow {
    let (how, todo) = how_met(t, read, row);
    let name = met.place.name.as_str();
    let others = met.siblings.iter().map(|place| place.name.as_str());
    let others = others.collect::<Vec<_>>().join(", ");
    let brings = if row.met == Met::Host.as_str() && !others.is_empty() {
        fl!(t, "met-brings", city = name, names = others)
    } else {
        String::new()
    };
    view::MetRow {
        slug: row.city.clone(),
        name: name.to_owned(),
        url: row.base_url.clone(),
        how,
        todo,
        words,
        brings,
    }
}

/// How a city was met, and what an administrator does about it.
fn how_met(t: &Texts, read: &Read, row: &Handshake) -> (String, String) {
    let presented_by = name_of(read, &row.presented_by);
    match row.met.as_str() {
        "guest" => (fl!(t, "met-guest"), fl!(t, "met-compare")),
        "host" => (fl!(t, "met-host"), fl!(t, "met-compare")),
        _ => (
            fl!(t, "met-presented", city = presented_by.as_str()),
            fl!(t, "met-may-compare"),
        ),
    }
}

fn name_of(read: &Read, slug: &str) -> String {
    let held = read.cities.iter().find(|city| city.slug == slug);
    held.map_or(slug, |city| city.name.as_str()).to_owned()
}

fn invitation_row(t: &Texts, row: &Invitation) -> view::InvitationRow {
    let until = t.date(Timestamp::from_micros(row.until_at));
    view::InvitationRow {
        city: row.city.clone(),
        until: if row.used_by.is_empty() {
            fl!(t, "invite-until", until = until.as_str())
        } else {
            fl!(t, "invite-used", url = row.used_by.as_str())
        },
        by: row.by_name.clone(),
    }
}

/// The siblings: those of the configuration, then those that were met.
fn siblings(visit: &Visit, read: &Read) -> Vec<view::SiblingRow> {
    let t = &visit.t;
    let configured = &visit.state.engine().identity().siblings;
    let is_configured = |slug: &str| configured.iter().any(|(held, _)| held.as_str() == slug);
    let link = |slug: &str| Link::new(format!("/ciudades/{slug}"), name_of(read, slug));
    let first = configured.iter().map(|(slug, url)| view::SiblingRow {
        city: link(slug.as_str()),
        url: url.clone(),
        how: fl!(t, "siblings-configured"),
        since: None,
        is_one_sided: false,
        end_href: None,
    });
    let met = read.met.iter().filter(|row| !is_configured(&row.city));
    let met = met.filter_map(|row| {
        Some(view::SiblingRow {
            city: link(&row.city),
            url: row.base_url.clone(),
            how: how_met(t, read, row).0,
            since: Some(when(t, row.accepted_at?)),
            is_one_sided: !row.is_mutual,
            end_href: Some(format!("{HERE}/{}/dejar", row.city)),
        })
    });
    first.chain(met).collect()
}

/// Slugs of the kit's cities that are no siblings.
fn unknown(visit: &Visit, read: &Read, siblings: &[view::SiblingRow]) -> Vec<String> {
    let own = visit.state.city();
    let is_known = |slug: &str| {
        slug == own
            || siblings
                .iter()
                .any(|row| row.city.href == format!("/ciudades/{slug}"))
    };
    let slugs = read.cities.iter().map(|city| city.slug.clone());
    slugs.filter(|slug| !is_known(slug)).collect()
}
