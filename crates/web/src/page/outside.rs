//! `/fuera`: whom a member follows outside the network, and what came from there.
//!
//! Start at [`show`]; looking for somebody and following is in [`search`]. What must stay true: these
//! pages are a member's own and never remembered; nothing is loaded from anywhere else.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use i18n_embed_fl::fl;
use tequio_engine::Member;
use tequio_engine::outside::like;
use tequio_engine::vote::Vote;
use tequio_protocol::html::{self, SafeHtml};
use tequio_store::outside::follow::{ACCEPTED, REJECTED};
use tequio_store::outside::item::Item;
use tequio_store::page::outside::{self as rows, ActorName, Before, Followed, ForTopic};
use tequio_store::{Conn, Error as StoreError, account};

use super::part;
use crate::failure::Failure;
use crate::form::Fields;
use crate::texts::Texts;
use crate::view::form::{Field, Problem};
use crate::view::list::When;
use crate::view::outside::{ActorCard, ItemCard, ItemPage, Origin, Outside, State};
use crate::view::topic::Tab;
use crate::view::{Trusted, initials};
use crate::visit::{Section, Visit};

pub mod for_topic;
mod local;
pub mod search;

/// Posts on one page.
const ITEMS: i64 = 20;
/// First characters of a post in a list.
const EXCERPT: usize = 300;
/// First characters of a post without a title, as its title.
const TITLE: usize = 90;

/// The two parts of what is a member's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Followed,
    Messages,
}

struct Rows {
    followed: Vec<Followed>,
    for_topics: Vec<ForTopic>,
    items: Vec<Item>,
    actors: Vec<ActorName>,
}

/// `GET /fuera?antes=`.
///
/// # Errors
/// [`Failure::SignIn`]; the database's.
pub async fn show(visit: Visit, req: HttpRequest) -> Result<HttpResponse, Failure> {
    let member = visit.member()?.member.clone();
    let before = before(&Fields::of_query(&req));
    let store = visit.state.store();
    let rows = store.read(move |conn| read(conn, &member, before)).await?;
    let page = view(&visit, &rows, before.is_some());
    Ok(visit.fresh(StatusCode::OK, page.render()?))
}

fn read(conn: &mut Conn, member: &Member, before: Option<Before>) -> Result<Rows, StoreError> {
    let account_id = member.account_id();
    let of_whom = Some(account_id).filter(|_| !member.is_admin());
    let for_topics = rows::followed_for_topics(conn, of_whom)?;
    let followed = rows::followed(conn, account_id)?;
    // One more than is shown tells whether there are older ones.
    let items = rows::items(conn, account_id, before, ITEMS + 1)?;
    let actors = rows::actors(conn, &people_of(&items))?;
    Ok(Rows {
        followed,
        for_topics,
        items,
        actors,
    })
}

/// Whom a list of posts names.
fn people_of(items: &[Item]) -> Vec<String> {
    let mut uris: Vec<String> = items
        .iter()
        .flat_map(|item| [item.author_uri.clone(), item.actor_uri.clone()])
        .collect();
    uris.sort_unstable();
    uris.dedup();
    uris
}

fn view(visit: &Visit, rows: &Rows, is_later: bool) -> Outside {
    let t = &visit.t;
    let shown = usize::try_from(ITEMS).unwrap_or(1);
    let last = rows.items.get(shown.saturating_sub(1));
    let older = last.filter(|_| rows.items.len() > shown);
    let items = rows.items.iter().take(shown);
    Outside {
        f: frame(visit, fl!(t, "outside-heading")),
        tabs: tabs(t, Part::Followed),
        search: Field::new("q", ""),
        problems: Vec::new(),
        actors: rows.followed.iter().map(|row| followed(t, row)).collect(),
        for_topics: for_topic::list(t, &rows.for_topics),
        may_decide: visit.admin().is_ok(),
        items: items.map(|row| item_card(t, row, &rows.actors)).collect(),
        empty: part::empty(
            fl!(t, "outside-items-empty-what"),
            if rows.followed.is_empty() {
                fl!(t, "outside-followed-none")
            } else {
                fl!(t, "outside-items-empty-why")
            },
            None,
        ),
        older: older.map(|row| format!("/fuera?antes={}-{}", row.published_at, row.id)),
        is_later,
    }
}

/// `GET /fuera/{id}`: one post that came.
///
/// # Errors
/// [`Failure::SignIn`]; [`Failure::NotFound`] unless the member follows its author, or through whom it
/// came.
pub async fn item(visit: Visit, path: web::Path<i64>) -> Result<HttpResponse, Failure> {
    let account_id = visit.member()?.member.account_id();
    let id = path.into_inner();
    let store = visit.state.store();
    let (row, actors, voted_at) = store
        .read(move |conn| {
            let row = rows::item(conn, account_id, id)?.ok_or(StoreError::NotFound)?;
            let actors = rows::actors(conn, &people_of(std::slice::from_ref(&row)))?;
            let voted_at = account::voted_at(conn, account_id, &row.uri)?;
            Ok::<_, StoreError>((row, actors, voted_at))
        })
        .await?;
    let card = item_card(&visit.t, &row, &actors);
    let host = host_of(&row.actor_uri);
    let page = ItemPage {
        f: frame(&visit, card.title.clone()),
        item: card,
        vote_action: format!("/fuera/{id}/util"),
        vote_note: fl!(visit.t, "outside-vote-note", host = host.as_str()),
        is_voted: voted_at.is_some(),
        body: Trusted::from(SafeHtml::from_stored(row.html)),
    };
    Ok(visit.fresh(StatusCode::OK, page.render()?))
}

/// `POST /fuera/{id}/util`.
///
/// # Errors
/// [`Failure::NotFound`] unless it came to this member; those of a form.
pub async fn vote(
    visit: Visit,
    path: web::Path<i64>,
    fields: Fields,
) -> Result<HttpResponse, Failure> {
    let signed = visit.sender(&fields)?;
    let id = path.into_inner();
    let vote = if fields.get("util") == "no" {
        Vote::None
    } else {
        Vote::Useful
    };
    let moment = visit.state.moment()?;
    like::set_useful(visit.state.engine(), &signed.member, moment, id, vote).await?;
    Ok(visit.done(&format!("/fuera/{id}"), ""))
}

/// The frame of a page that is a member's own.
pub(super) fn frame(visit: &Visit, title: String) -> crate::view::Frame {
    let mut f = visit.frame(title, Section::Outside);
    f.unlisted = true;
    f
}

/// Followed, messages.
pub(super) fn tabs(t: &Texts, current: Part) -> Vec<Tab> {
    let tab = |part: Part, href: &str, label: String| Tab {
        href: href.to_owned(),
        label,
        count: String::new(),
        current: part == current,
    };
    vec![
        tab(Part::Followed, "/fuera", fl!(t, "outside-tab-followed")),
        tab(Part::Messages, "/mensajes", fl!(t, "outside-tab-messages")),
    ]
}

/// Where a list goes on: `?antes={microseconds}-{row key}`; anything else is its beginning.
pub(super) fn before(fields: &Fields) -> Option<Before> {
    let (at, id) = fields.get("antes").rsplit_once('-')?;
    Some((at.parse().ok()?, id.parse().ok()?))
}

/// An address that a page may link to: of the web, and nothing else.
pub(super) fn link(url: &str) -> String {
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    if is_web {
        url.to_owned()
    } else {
        String::new()
    }
}

/// `host[:port]` of an address outside.
pub(super) fn host_of(uri: &str) -> String {
    let host = part::host(uri);
    host.split('/').next().unwrap_or_default().to_owned()
}

/// Who is behind an address; without a name only the server is said.
pub(super) fn origin_of(uri: &str, actors: &[ActorName]) -> Origin {
    match actors.iter().find(|actor| actor.uri == uri) {
        Some(actor) => Origin {
            handle: format!("@{}@{}", actor.name, actor.host),
            href: link(&actor.url),
            note: String::new(),
        },
        None => Origin {
            handle: host_of(uri),
            href: link(uri),
            note: String::new(),
        },
    }
}

fn followed(t: &Texts, row: &Followed) -> ActorCard {
    ActorCard {
        uri: row.uri.clone(),
        initials: initials(&row.display_name),
        name: row.display_name.clone(),
        handle: format!("@{}@{}", row.name, row.host),
        kind: kind_name(t, &row.kind),
        href: link(&row.url),
        summary: Trusted::default(),
        state: Some(state(t, &row.state)),
        is_followed: true,
    }
}

fn state(t: &Texts, state: &str) -> State {
    let (name, class, icon) = match state {
        ACCEPTED => (fl!(t, "outside-state-accepted"), "badge-ok", "check"),
        REJECTED => (fl!(t, "outside-state-rejected"), "badge-error", "cut"),
        _ => (fl!(t, "outside-state-asked"), "badge-notice", "clock"),
    };
    State { name, class, icon }
}

fn kind_name(t: &Texts, kind: &str) -> String {
    match kind {
        "Person" => fl!(t, "outside-kind-person"),
        "Group" => fl!(t, "outside-kind-group"),
        "Service" => fl!(t, "outside-kind-service"),
        "Application" => fl!(t, "outside-kind-application"),
        "Organization" => fl!(t, "outside-kind-organization"),
        _ => String::new(),
    }
}

fn item_card(t: &Texts, row: &Item, actors: &[ActorName]) -> ItemCard {
    let through = if row.actor_uri == row.author_uri {
        String::new()
    } else {
        let actor = origin_of(&row.actor_uri, actors);
        fl!(t, "outside-through", name = actor.handle.as_str())
    };
    let text = SafeHtml::from_stored(row.html.clone()).to_plain_text();
    ItemCard {
        href: format!("/fuera/{}", row.id),
        author: origin_of(&row.author_uri, actors),
        through,
        is_reply: !row.in_reply_to.is_empty(),
        made: when(t, row.published_at),
        ..text_card(t, &row.title, &text, &row.url)
    }
}

/// What a post says of itself: title or first words, and where it is.
fn text_card(t: &Texts, title: &str, text: &str, url: &str) -> ItemCard {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (title, excerpt) = match (title.trim(), words.as_str()) {
        ("", "") => (fl!(t, "outside-no-text"), String::new()),
        ("", words) if words.chars().count() <= TITLE => (words.to_owned(), String::new()),
        ("", words) => (first(words, TITLE), first(words, EXCERPT)),
        (title, words) => (title.to_owned(), first(words, EXCERPT)),
    };
    let host = host_of(url);
    ItemCard {
        href: String::new(),
        title,
        excerpt,
        author: Origin::default(),
        through: String::new(),
        is_reply: false,
        made: When::default(),
        source_href: link(url),
        source: fl!(t, "outside-read-there", host = host.as_str()),
        note: fl!(t, "outside-item-note", host = host.as_str()),
    }
}

/// The first characters of a text, at the end of a word.
fn first(text: &str, characters: usize) -> String {
    if text.chars().count() <= characters {
        return text.to_owned();
    }
    let cut: String = text.chars().take(characters).collect();
    let whole = cut
        .rsplit_once(' ')
        .map_or(cut.as_str(), |(whole, _)| whole);
    format!("{whole}…")
}

/// An instant with its hour.
pub(super) fn when(t: &Texts, micros: i64) -> When {
    let at = tequio_domain::Timestamp::from_micros(micros);
    When {
        iso: at.to_rfc3339(),
        text: t.date_time(at),
    }
}

/// Something to correct in the search box.
fn problem(text: String) -> Vec<Problem> {
    vec![Problem { field: "q", text }]
}

/// What an actor says of itself.
fn summary(text: &str) -> Trusted {
    Trusted::from(html::sanitize(text))
}

#[cfg(test)]
mod tests {
    use super::{before, first, host_of, link};
    use crate::form::Fields;

    #[test]
    fn a_text_is_cut_at_the_end_of_a_word() {
        assert_eq!(first("uno dos tres", 12), "uno dos tres");
        assert_eq!(first("uno dos tres", 9), "uno dos…");
        assert_eq!(first("unodostres", 4), "unod…");
    }

    #[test]
    fn only_addresses_of_the_web_are_links() {
        assert_eq!(link("https://a.example/1"), "https://a.example/1");
        for bad in ["javascript:alert(1)", "//a.example", "data:text/html,x", ""] {
            assert_eq!(link(bad), "", "{bad}");
        }
        assert_eq!(host_of("https://a.example:8443/u/x"), "a.example:8443");
    }

    #[test]
    fn a_place_in_a_list_is_two_numbers() {
        let of = |query: &str| before(&Fields::parse(query.as_bytes()));
        assert_eq!(of("antes=17-3"), Some((17, 3)));
        assert_eq!(of("antes=-17-3"), Some((-17, 3)));
        for bad in ["", "antes=17", "antes=x-3", "antes=1-"] {
            assert_eq!(of(bad), None, "{bad}");
        }
    }
}
