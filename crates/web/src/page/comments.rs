//! Comments below a thread or knowledge object: their order, their pages, how each is shown, and how a
//! new one is sent.
//!
//! Start at [`read`] and [`Conversation`]. What must stay true: a comment has one place, whatever page
//! is asked for; replies of any depth stand one step in, below the comment that they belong to.

use actix_web::{HttpResponse, web};
use i18n_embed_fl::fl;
use tequio_domain::{ObjectKind, Oid, ThreadKind, Timestamp};
use tequio_protocol::html::SafeHtml;
use tequio_store::object::detail;
use tequio_store::page::outside::{self, ActorName};
use tequio_store::page::place::{self, Places};
use tequio_store::page::post::{self, Post};
use tequio_store::ruling::{self, LOCKED};
use tequio_store::{Conn, Error as StoreError, account, ledger, topic_coordinator};

use super::hide;
use super::outside::{host_of, link, origin_of};
use super::part::{self, Words};
use crate::failure::Failure;
use crate::form;
use crate::texts::Texts;
use crate::view::form::{Field, Reply};
use crate::view::list::{Byline, CityChip, Post as PostView};
use crate::view::outside::Origin;
use crate::view::{Link, Trusted, initials};
use crate::visit::Visit;

mod order;
mod reply;

use order::{Placed, Sorting, arrange};
pub use reply::{Draft, send};

/// Comments on one page.
pub const POSTS: usize = 20;

/// A root with one page of its comments.
pub struct Conversation {
    /// Names.
    pub places: Places,
    /// The thread or knowledge object.
    pub root: Post,
    /// Of a thread.
    pub thread: Option<detail::Thread>,
    /// Cities whose members wrote, in order of their first word.
    pub cities: Vec<String>,
    outsiders: Vec<ActorName>,
    order: Vec<Placed>,
    rows: Vec<Post>,
    answer: Option<i64>,
    voted: Vec<String>,
    page: usize,
    /// The city that coordinates the topic; empty: nobody.
    coordinator: String,
    is_locked: bool,
    /// Whether the viewer coordinates the topic for this city.
    is_chosen: bool,
}

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// The root.
    pub oid: Oid,
    /// Page of comments, from 1.
    pub page: i64,
    /// Who votes.
    pub account_id: Option<i64>,
    /// A comment that is being answered.
    pub answering: Option<Oid>,
}

/// Reads a root of a kind and one page of its comments.
///
/// # Errors
/// [`StoreError::NotFound`] for another kind or a page beyond the last.
pub fn read(conn: &mut Conn, asked: Asked, kind: ObjectKind) -> Result<Conversation, StoreError> {
    let root = post::by_oid(conn, &asked.oid.to_string())?
        .filter(|root| root.kind == kind.as_str())
        .ok_or(StoreError::NotFound)?;
    let thread = match kind {
        ObjectKind::Thread => detail::thread(conn, root.id)?,
        ObjectKind::Comment | ObjectKind::Knowledge => None,
    };
    let outline = post::outline(conn, root.id)?;
    let order = arrange(&outline, root.id, sorting(thread.as_ref()));
    let page = usize::try_from(asked.page).unwrap_or(1).max(1);
    if page > 1 && (page - 1) * POSTS >= order.len() {
        return Err(StoreError::NotFound);
    }
    let shown = order.iter().skip((page - 1) * POSTS).take(POSTS);
    let mut ids: Vec<i64> = shown.map(|placed| placed.id).collect();
    let parents = outline.iter().filter(|row| ids.contains(&row.id));
    let parents: Vec<i64> = parents.filter_map(|row| row.parent_id).collect();
    ids.extend(parents);
    if let Some(oid) = asked.answering {
        ids.extend(post::by_oid(conn, &oid.to_string())?.map(|row| row.id));
    }
    ids.sort_unstable();
    ids.dedup();
    let rows = post::by_ids(conn, &ids)?;
    let answer = match thread
        .as_ref()
        .and_then(|thread| thread.answer_uri.as_deref())
    {
        Some(uri) => post::id_of(conn, uri, root.id)?,
        None => None,
    };
    let mut uris: Vec<String> = rows.iter().map(|row| row.uri.clone()).collect();
    uris.push(root.uri.clone());
    let voted = match asked.account_id {
        Some(id) => account::votes_among(conn, id, &uris)?,
        None => Vec::new(),
    };
    let cities = cities_in(&root, &outline);
    let places = place::places(conn)?;
    let outsiders = outsiders(conn, &root, &rows)?;
    let term = ledger::open_terms(conn)?;
    let term = term.into_iter().find(|term| term.topic_id == root.topic_id);
    let is_locked = ruling::about(conn, root.topic_id, &root.uri, LOCKED)?.is_some();
    Ok(Conversation {
        coordinator: term.map(|term| term.city).unwrap_or_default(),
        is_locked,
        is_chosen: is_chosen(conn, asked.account_id, root.topic_id)?,
        places,
        root,
        thread,
        cities,
        outsiders,
        order,
        rows,
        answer,
        voted,
        page,
    })
}

fn is_chosen(conn: &mut Conn, account_id: Option<i64>, topic_id: i64) -> Result<bool, StoreError> {
    account_id.map_or(Ok(false), |id| topic_coordinator::is(conn, id, topic_id))
}

/// Where those who wrote are at home: the first writer's city first, each once.
fn cities_in(root: &Post, outline: &[post::Outline]) -> Vec<String> {
    let mut cities = vec![root.city.clone()];
    for row in outline.iter().filter(|row| !row.is_deleted) {
        if !cities.contains(&row.city) {
            cities.push(row.city.clone());
        }
    }
    cities
}

/// Those authors of a page who are from outside the network.
fn outsiders(conn: &mut Conn, root: &Post, rows: &[Post]) -> Result<Vec<ActorName>, StoreError> {
    let all = rows.iter().chain([root]);
    let mut uris: Vec<String> = all
        .filter(|row| row.city.is_empty())
        .map(|row| row.author_uri.clone())
        .collect();
    uris.sort_unstable();
    uris.dedup();
    outside::actors(conn, &uris)
}

fn sorting(thread: Option<&detail::Thread>) -> Sorting {
    match thread {
        Some(thread) if thread.kind == ThreadKind::Question.as_str() => Sorting::Useful,
        Some(_) | None => Sorting::Time,
    }
}

impl Conversation {
    /// Address of the root.
    #[must_use]
    pub fn href(&self) -> String {
        if self.root.kind == ObjectKind::Knowledge.as_str() {
            part::knowledge_href(&self.root.oid, &self.root.title)
        } else {
            part::thread_href(&self.root.oid, &self.root.title)
        }
    }

    /// How many comments there are, tombstones included.
    #[must_use]
    pub fn total(&self) -> i64 {
        i64::try_from(self.order.len()).unwrap_or(i64::MAX)
    }

    /// Whether the thread asks.
    #[must_use]
    pub fn is_question(&self) -> bool {
        sorting(self.thread.as_ref()) == Sorting::Useful
    }

    /// Address of a comment, with its page.
    fn comment_href(&self, id: i64, oid: &str) -> String {
        let index = self
            .order
            .iter()
            .position(|placed| placed.id == id)
            .unwrap_or(0);
        let page = index / POSTS + 1;
        let short = part::short(oid);
        if page == self.page {
            format!("#c-{short}")
        } else {
            format!("{}#c-{short}", page_href(&self.href(), page))
        }
    }

    /// Where the accepted answer is.
    #[must_use]
    pub fn answer_href(&self) -> Option<String> {
        let id = self.answer?;
        let index = self.order.iter().position(|placed| placed.id == id)?;
        // The row may be on another page: its page is enough then.
        match self.rows.iter().find(|row| row.id == id) {
            Some(row) => Some(self.comment_href(id, &row.oid)),
            None => Some(page_href(&self.href(), index / POSTS + 1)),
        }
    }

    /// The root as a post.
    #[must_use]
    pub fn opening(&self, visit: &Visit, words: &Words<'_>) -> PostView {
        let permalink = self.href();
        let reply = format!("{permalink}#responder");
        PostView {
            is_opening: true,
            reply_href: (self.page == 1).then_some(reply),
            ..self.post(visit, words, &self.root, permalink)
        }
    }

    /// The comments of this page.
    #[must_use]
    pub fn posts(&self, visit: &Visit, words: &Words<'_>) -> Vec<PostView> {
        self.order
            .iter()
            .skip((self.page - 1) * POSTS)
            .take(POSTS)
            .filter_map(|placed| {
                let row = self.rows.iter().find(|row| row.id == placed.id)?;
                Some(self.comment(visit, words, row, *placed))
            })
            .collect()
    }

    fn comment(&self, visit: &Visit, words: &Words<'_>, row: &Post, placed: Placed) -> PostView {
        let is_reply = placed.id != placed.top;
        let is_obvious = !is_reply || row.parent_id == Some(placed.top);
        let parent = row.parent_id.filter(|_| !is_obvious);
        let parent = parent.and_then(|id| self.rows.iter().find(|row| row.id == id));
        let short = part::short(&row.oid);
        let base = page_href(&self.href(), self.page);
        let separator = if base.contains('?') { '&' } else { '?' };
        let view = self.post(visit, words, row, format!("{base}#c-{short}"));
        let asks = visit.signed.as_ref().is_some_and(|signed| {
            self.is_question() && signed.member.person_uri() == self.root.author_uri
        });
        PostView {
            is_reply,
            is_accepted: self.answer == Some(row.id) && row.is_shown(),
            replies_to: parent.map(|parent| {
                let label = fl!(words.t, "post-replies-to", name = parent.author.as_str());
                Link::new(self.comment_href(parent.id, &parent.oid), label)
            }),
            reply_href: (visit.signed.is_some() && self.root.is_shown() && !self.is_locked)
                .then(|| format!("{base}{separator}responder={short}#responder")),
            accept_action: asks.then(|| {
                format!(
                    "/conversaciones/{}/aceptar/{short}",
                    part::short(&self.root.oid)
                )
            }),
            ..view
        }
    }

    fn post(&self, visit: &Visit, words: &Words<'_>, row: &Post, permalink: String) -> PostView {
        let t = words.t;
        let me = visit
            .signed
            .as_ref()
            .map(|signed| signed.member.person_uri());
        let is_mine = me == Some(row.author_uri.as_str());
        let is_alive = row.is_shown();
        let short = part::short(&row.oid);
        let shelf = shelf_of(&row.kind);
        PostView {
            anchor: short.clone(),
            author: self.byline(words, row),
            made: words.moment(Some(row.created_at)),
            edited: row.updated_at.filter(|_| is_alive).map(|at| {
                fl!(
                    t,
                    "post-edited",
                    date = t.date_time(Timestamp::from_micros(at))
                )
            }),
            body: Trusted::from(SafeHtml::from_stored(row.html.clone())),
            is_opening: false,
            is_accepted: false,
            is_reply: false,
            is_deleted: !is_alive,
            removed_href: row
                .removed_at
                .filter(|_| row.deleted_at.is_none())
                .map(|_| {
                    let topic = words.topic_link(row.topic_id);
                    format!("{}/acta#actos", topic.href)
                }),
            moderate_href: self.is_ruled_by(visit).then(|| format!("/moderar/{short}")),
            is_hidden: row.hidden_at.is_some(),
            hide_href: visit.admin().is_ok().then(|| hide::href(&row.oid)),
            replies_to: None,
            useful: t.useful(row.useful_count),
            can_vote: me.is_some() && !is_mine && is_alive,
            is_voted: self.voted.contains(&row.uri),
            vote_action: format!("/util/{short}"),
            vote_note: row.city.is_empty().then(|| {
                let host = host_of(&row.author_uri);
                fl!(t, "outside-vote-note", host = host.as_str())
            }),
            reply_href: None,
            accept_action: None,
            edit_href: (is_mine && is_alive).then(|| format!("/{shelf}/{short}/editar")),
            delete_href: (is_mine && is_alive).then(|| format!("/{shelf}/{short}/borrar")),
            origin_href: if row.city.is_empty() {
                Some(link(&row.uri)).filter(|href| !href.is_empty() && is_alive)
            } else {
                origin_href(&self.places, &row.city, &permalink)
            },
            permalink,
        }
    }

    /// Whether the viewer may rule about what stands here.
    fn is_ruled_by(&self, visit: &Visit) -> bool {
        let is_admin = (visit.signed.as_ref()).is_some_and(|signed| signed.member.is_admin());
        (is_admin || self.is_chosen) && self.coordinator == visit.state.city()
    }

    /// Who wrote a post.
    fn byline(&self, words: &Words<'_>, row: &Post) -> Byline {
        let origin = row.city.is_empty().then(|| Origin {
            handle: format!("@{}", row.author_name),
            note: fl!(
                words.t,
                "outside-note",
                city = words.chip(&row.log_city).name
            ),
            ..origin_of(&row.author_uri, &self.outsiders)
        });
        Byline {
            name: row.author.clone(),
            initials: initials(&row.author),
            href: part::person_href(&row.author_name, &row.city, words.own),
            post: row.author_post.clone(),
            city: words.home(&row.city, &row.author_name),
            origin,
        }
    }

    /// Whether the viewer finds the root useful.
    #[must_use]
    pub fn is_root_voted(&self) -> bool {
        self.voted.contains(&self.root.uri)
    }

    /// The cities that take part.
    #[must_use]
    pub fn chips(&self, words: &Words<'_>) -> Vec<CityChip> {
        self.cities.iter().map(|slug| words.chip(slug)).collect()
    }

    /// The box where a comment is written.
    #[must_use]
    pub fn reply(&self, visit: &Visit, draft: &Draft) -> Reply {
        let t = &visit.t;
        let may = visit.signed.is_some() && self.root.is_shown();
        let parent = draft
            .parent
            .clone()
            .unwrap_or_else(|| part::short(&self.root.oid));
        let to = self.rows.iter().find(|row| part::short(&row.oid) == parent);
        let heading = if self.is_question() {
            fl!(t, "reply-heading")
        } else {
            fl!(t, "reply-heading-comment")
        };
        Reply {
            heading,
            is_closed: self.is_locked,
            is_gone: !self.root.is_shown(),
            action: may.then(|| {
                let shelf = shelf_of(&self.root.kind);
                format!("/{shelf}/{}/responder", part::short(&self.root.oid))
            }),
            to: to.map(|row| {
                let label = fl!(t, "reply-answering", name = row.author.as_str());
                Link::new(self.comment_href(row.id, &row.oid), label)
            }),
            parent,
            body: Field::new("body", draft.body.clone()).with(&draft.problems),
            preview: draft.preview.clone().map(Trusted::from),
            problems: draft.problems.clone(),
        }
    }
}

/// `GET /comentarios/{oid}`: to the page on which it stands.
///
/// # Errors
/// [`Failure::NotFound`]; otherwise always [`Failure::See`].
pub async fn find(visit: Visit, path: web::Path<String>) -> Result<HttpResponse, Failure> {
    let (oid, _) = form::oid(&path)?;
    let href = visit
        .state
        .store()
        .read(move |conn| {
            let row = post::by_oid(conn, &oid.to_string())?.ok_or(StoreError::NotFound)?;
            let root = post::by_id(conn, row.root_id)?;
            let thread = detail::thread(conn, root.id)?;
            let order = arrange(
                &post::outline(conn, root.id)?,
                root.id,
                sorting(thread.as_ref()),
            );
            let index = order
                .iter()
                .position(|placed| placed.id == row.id)
                .unwrap_or(0);
            let href = if root.kind == ObjectKind::Knowledge.as_str() {
                part::knowledge_href(&root.oid, &root.title)
            } else {
                part::thread_href(&root.oid, &root.title)
            };
            Ok::<_, StoreError>(page_href(&href, index / POSTS + 1))
        })
        .await?;
    Err(Failure::See(format!("{href}#c-{}", oid.short())))
}

/// A page of comments.
#[must_use]
pub fn page_href(href: &str, page: usize) -> String {
    if page == 1 {
        href.to_owned()
    } else {
        format!("{href}?pagina={page}")
    }
}

/// The part of the site where objects of a kind live.
#[must_use]
pub fn shelf_of(kind: &str) -> &'static str {
    match ObjectKind::parse(kind) {
        Some(ObjectKind::Knowledge) => "biblioteca",
        Some(ObjectKind::Comment) => "comentarios",
        Some(ObjectKind::Thread) | None => "conversaciones",
    }
}

/// The same path on the city of its author, when that is another one whose address is known.
#[must_use]
pub fn origin_href(places: &Places, city: &str, path: &str) -> Option<String> {
    let city = places.cities.iter().find(|row| row.slug == city)?;
    let is_elsewhere = !city.is_self && !city.base_url.is_empty();
    is_elsewhere.then(|| format!("{}{path}", city.base_url))
}

/// `Respuestas` or `Comentarios`.
#[must_use]
pub fn heading(t: &Texts, is_question: bool) -> String {
    if is_question {
        fl!(t, "thread-answers")
    } else {
        fl!(t, "thread-comments")
    }
}
