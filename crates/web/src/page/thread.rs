//! `/conversaciones/{oid}-{slug}`: a question or conversation with its comments.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use i18n_embed_fl::fl;
use tequio_domain::{ObjectKind, Oid};
use tequio_store::page::post::Post;

use super::comments::{self, Asked, Conversation, Draft, POSTS};
use super::part::{self, Words};
use crate::failure::Failure;
use crate::form::{self, Fields};
use crate::texts::Texts;
use crate::view::Link;
use crate::view::library::Fact;
use crate::view::thread::Thread;
use crate::visit::{Section, Visit};

/// `GET /conversaciones/{oid}-{slug}?pagina=&responder=`.
///
/// # Errors
/// [`Failure::NotFound`]; [`Failure::Moved`] for another slug.
pub async fn show(
    visit: Visit,
    req: HttpRequest,
    segment: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let fields = Fields::of_query(&req);
    let (oid, _) = form::oid(&segment)?;
    let draft = Draft::of_query(&fields);
    visit
        .show(render(&visit, oid, Some(&segment), fields.page(), draft))
        .await
}

/// The page; `segment` is what the address said, to be put right.
pub(super) async fn render(
    visit: &Visit,
    oid: Oid,
    segment: Option<&str>,
    page: i64,
    draft: Draft,
) -> Result<String, Failure> {
    let asked = Asked {
        oid,
        page,
        account_id: visit
            .signed
            .as_ref()
            .map(|signed| signed.member.account_id()),
        answering: draft.answering(),
    };
    let held = visit
        .state
        .store()
        .read(move |conn| comments::read(conn, asked, ObjectKind::Thread))
        .await?;
    let right = part::segment(&held.root.oid, &held.root.title);
    if segment.is_some_and(|segment| segment != right) {
        return Err(Failure::Moved(moved(
            visit,
            &format!("/conversaciones/{right}"),
        )));
    }
    Ok(view(visit, &held, page, &draft).render()?)
}

/// The right path with the query that was asked.
pub(super) fn moved(visit: &Visit, path: &str) -> String {
    match visit.path.split_once('?') {
        Some((_, query)) => format!("{path}?{query}"),
        None => path.to_owned(),
    }
}

fn view(visit: &Visit, held: &Conversation, page: i64, draft: &Draft) -> Thread {
    let t = &visit.t;
    let words = Words {
        t,
        places: &held.places,
        own: visit.state.city(),
    };
    let root = &held.root;
    let is_gone = !root.is_shown();
    let title = title_of(t, root);
    let mut f = visit.frame(title.clone(), Section::Topics);
    f.alternate = Some(root.uri.clone());
    f.unlisted = is_gone;
    let is_question = held.is_question();
    let href = held.href();
    let topic = words.topic_link(root.topic_id);
    let rows = i64::try_from(POSTS).unwrap_or(1);
    Thread {
        kind: if is_question {
            fl!(t, "kind-question")
        } else {
            fl!(t, "kind-conversation")
        },
        title,
        is_answered: held.answer_href().is_some(),
        is_unanswered: is_question && root.comment_count == 0,
        replies: t.replies(root.comment_count),
        answer_href: held.answer_href(),
        opening: (page == 1).then(|| held.opening(visit, &words)),
        comments_heading: comments::heading(t, is_question),
        posts: held.posts(visit, &words),
        empty: part::empty(
            fl!(t, "thread-empty-what"),
            if is_question {
                fl!(t, "thread-empty-why-question")
            } else {
                fl!(t, "thread-empty-why")
            },
            (held.root.is_shown()).then(|| Link::new("#responder", fl!(t, "thread-empty-next"))),
        ),
        paging: words.paging(page, held.total(), rows, |page| {
            comments::page_href(&href, usize::try_from(page).unwrap_or(1))
        }),
        reply: held.reply(visit, draft),
        facts: vec![
            fact(fl!(t, "thread-opened"), words.when(root.created_at).text),
            fact(
                fl!(t, "thread-last"),
                words.when(root.last_activity_at).text,
            ),
        ],
        cities: held.chips(&words),
        ask_href: format!("{}/nueva", topic.href),
        topic,
        f,
    }
}

/// The title, or what became of it.
fn title_of(t: &Texts, root: &Post) -> String {
    if root.is_shown() {
        root.title.clone()
    } else if root.deleted_at.is_some() {
        fl!(t, "post-deleted-heading")
    } else if root.removed_at.is_some() {
        fl!(t, "post-removed-heading")
    } else {
        fl!(t, "post-hidden-heading")
    }
}

fn fact(name: String, value: String) -> Fact {
    Fact {
        name,
        value,
        href: String::new(),
    }
}
