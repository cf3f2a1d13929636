//! `/ciudades`, `/ciudades/{city}`, `/personas/{name}[@{city}]`.

use actix_web::{HttpResponse, web};
use askama::Template;
use i18n_embed_fl::fl;
use tequio_store::page::list::{
    self, KnowledgeCard, KnowledgeFilter, Slice, ThreadCard, ThreadFilter,
};
use tequio_store::page::outside::{self, ActorName};
use tequio_store::page::place::{self, Places};
use tequio_store::page::standing;
use tequio_store::person::{self as person_rows, Person};
use tequio_store::{Conn, Error as StoreError, city as city_rows};

use super::follow;
use super::home::city_cards;
use super::network;
use super::outside::{host_of, origin_of};
use super::part::{self, Mixed, Words};
use crate::failure::Failure;
use crate::view::place as view;
use crate::view::{Link, initials, list::CityCard};
use crate::visit::{Section, Visit};

/// Rows of each list on these pages.
const NEWEST: i64 = 10;
/// Most people on a city's page.
const PEOPLE_MAX: i64 = 200;

/// `GET /ciudades`.
///
/// # Errors
/// The database's.
pub async fn cities(visit: Visit) -> Result<HttpResponse, Failure> {
    visit
        .show(async {
            let (places, people) = visit
                .state
                .store()
                .read(|conn| {
                    Ok::<_, StoreError>((place::places(conn)?, place::people_counts(conn)?))
                })
                .await?;
            let words = Words {
                t: &visit.t,
                places: &places,
                own: visit.state.city(),
            };
            let title = fl!(visit.t, "nav-cities");
            let page = view::Cities {
                cities: city_cards(&words, &people),
                f: visit.frame(title, Section::Cities),
            };
            Ok(page.render()?)
        })
        .await
}

/// `GET /ciudades/{city}`.
///
/// # Errors
/// [`Failure::NotFound`]; the database's.
pub async fn city(visit: Visit, slug: web::Path<String>) -> Result<HttpResponse, Failure> {
    visit.show(render_city(&visit, slug.into_inner())).await
}

async fn render_city(visit: &Visit, slug: String) -> Result<String, Failure> {
    let (places, row, people, objects, files, threads, standing) = visit
        .state
        .store()
        .read(move |conn| {
            let row = city_rows::by_slug(conn, &slug)?;
            let people = place::people_of(conn, &slug, PEOPLE_MAX)?;
            let of_city = KnowledgeFilter {
                city: Some(slug.clone()),
                ..KnowledgeFilter::default()
            };
            let objects = list::knowledge(conn, &of_city, Slice::first(NEWEST))?;
            let ids: Vec<i64> = objects.iter().map(|row| row.id).collect();
            let files = list::file_counts(conn, &ids)?;
            let of_city = ThreadFilter {
                city: Some(slug.clone()),
                ..ThreadFilter::default()
            };
            let threads = list::threads(conn, &of_city, Slice::first(NEWEST))?;
            let standing = standing::of_city(conn, &row)?;
            let places = place::places(conn)?;
            Ok::<_, StoreError>((places, row, people, objects, files, threads, standing))
        })
        .await?;
    let t = &visit.t;
    let words = Words {
        t,
        places: &places,
        own: visit.state.city(),
    };
    let (summary, country) = match t.locale() {
        tequio_domain::Locale::Es => (row.summary_es.clone(), row.country_es.clone()),
        tequio_domain::Locale::En => (row.summary_en.clone(), row.country_en.clone()),
    };
    let look = network::look(t, standing.state());
    let card: CityCard = words.city_card(&row, String::new());
    let page = view::City {
        f: visit.frame(row.name.clone(), Section::Cities),
        card,
        country,
        summary,
        state: look.name,
        state_class: look.class,
        site_href: (!row.is_self && !row.base_url.is_empty()).then(|| row.base_url.clone()),
        people: people
            .iter()
            .map(|person| words.person_card(person, ""))
            .collect(),
        objects: words.object_rows(&objects, &files, Mixed::Topics),
        threads: words.thread_rows(&threads, Mixed::Topics),
    };
    Ok(page.render()?)
}

/// `GET /personas/{name}` for people of this city, `/personas/{name}@{city}` for others, and
/// `/personas/{name}@{host}` for those from outside the network.
///
/// # Errors
/// [`Failure::NotFound`]; the database's.
pub async fn person(visit: Visit, name: web::Path<String>) -> Result<HttpResponse, Failure> {
    let own = visit.state.city().to_owned();
    let (name, city) = match name.split_once('@') {
        Some((name, city)) if city == own => {
            return Err(Failure::Moved(format!("/personas/{name}")));
        }
        // Slugs of cities have neither dot nor colon, hosts have.
        Some((_, host)) if host.contains(['.', ':']) || host == "localhost" => {
            (name.into_inner(), String::new())
        }
        Some((name, city)) => (name.to_owned(), city.to_owned()),
        None => (name.into_inner(), own),
    };
    visit.show(render_person(&visit, name, city)).await
}

/// A person with what they wrote.
struct Writer {
    places: Places,
    row: Person,
    objects: Vec<KnowledgeCard>,
    files: Vec<(i64, i64)>,
    threads: Vec<ThreadCard>,
    /// Of somebody from outside.
    actors: Vec<ActorName>,
}

fn read_person(conn: &mut Conn, name: &str, city: &str) -> Result<Writer, StoreError> {
    let row = if city.is_empty() {
        outside::person_named(conn, name)?
    } else {
        person_rows::by_name(conn, city, name)?
    };
    let row = row.ok_or(StoreError::NotFound)?;
    let of_author = KnowledgeFilter {
        author_id: Some(row.id),
        ..KnowledgeFilter::default()
    };
    let objects = list::knowledge(conn, &of_author, Slice::first(NEWEST))?;
    let ids: Vec<i64> = objects.iter().map(|row| row.id).collect();
    let of_author = ThreadFilter {
        author_id: Some(row.id),
        ..ThreadFilter::default()
    };
    Ok(Writer {
        files: list::file_counts(conn, &ids)?,
        threads: list::threads(conn, &of_author, Slice::first(NEWEST))?,
        actors: outside::actors(conn, std::slice::from_ref(&row.uri))?,
        places: place::places(conn)?,
        objects,
        row,
    })
}

async fn render_person(visit: &Visit, name: String, city: String) -> Result<String, Failure> {
    let store = visit.state.store();
    let Writer {
        places,
        row,
        objects,
        files,
        threads,
        actors,
    } = store
        .read(move |conn| read_person(conn, &name, &city))
        .await?;
    let words = Words {
        t: &visit.t,
        places: &places,
        own: visit.state.city(),
    };
    let mut f = visit.frame(row.display_name.clone(), Section::Cities);
    f.alternate = Some(row.uri.clone());
    let home = places.cities.iter().find(|city| city.slug == row.city);
    let elsewhere = home.filter(|home| !home.is_self && !home.base_url.is_empty());
    let base = if row.city == visit.state.city() {
        visit.state.base_url()
    } else {
        home.map_or("", |home| home.base_url.as_str())
    };
    let is_outside = row.city.is_empty();
    let handle = if is_outside {
        format!("@{}", row.name)
    } else {
        format!("@{}@{}", row.name, part::host(base))
    };
    let page = view::Person {
        f,
        initials: initials(&row.display_name),
        post: row.post.clone(),
        city: words.home(&row.city, &row.name),
        handle,
        follow: (!base.is_empty()).then(|| follow::person(visit, base, &row.name)),
        outside: is_outside.then(|| outsider(visit, &row, &actors)),
        about: row.summary.clone(),
        objects: words.object_rows(&objects, &files, Mixed::Topics),
        threads: words.thread_rows(&threads, Mixed::Topics),
        origin_href: elsewhere.map(|home| format!("{}/personas/{}", home.base_url, row.name)),
        name: row.display_name,
    };
    Ok(page.render()?)
}

/// What is said of somebody from outside the network.
fn outsider(visit: &Visit, row: &Person, actors: &[ActorName]) -> view::Outsider {
    let t = &visit.t;
    let host = host_of(&row.uri);
    let page = origin_of(&row.uri, actors).href;
    let follow_note = fl!(t, "outside-follow-note", host = host.as_str());
    view::Outsider {
        uri: row.uri.clone(),
        what: fl!(t, "outside-person-what", host = host.as_str()),
        page: Link::new(page, fl!(t, "outside-person-page", host = host.as_str())),
        follow_note: visit.signed.is_some().then_some(follow_note),
    }
}
