//! A conversation.

use askama::Template;
use i18n_embed_fl::fl;

use super::form::Reply;
use super::library::Fact;
use super::list::{CityChip, Empty, Paging, Post};
use super::{Frame, Link};

/// `/conversaciones/{oid}-{slug}`.
#[derive(Debug, Template)]
#[template(path = "thread.html")]
pub struct Thread {
    /// Around it.
    pub f: Frame,
    /// Where it belongs.
    pub topic: Link,
    /// Question or conversation.
    pub kind: String,
    /// Title.
    pub title: String,
    /// Has an accepted answer.
    pub is_answered: bool,
    /// Is a question that nobody answered.
    pub is_unanswered: bool,
    /// `3 respuestas`.
    pub replies: String,
    /// Where the accepted answer is.
    pub answer_href: Option<String>,
    /// The opening post; `None` beyond the first page.
    pub opening: Option<Post>,
    /// `Respuestas`.
    pub comments_heading: String,
    /// Comments of this page.
    pub posts: Vec<Post>,
    /// What is said when there are none.
    pub empty: Empty,
    /// Pages.
    pub paging: Paging,
    /// Where a comment is written.
    pub reply: Reply,
    /// Opened, last activity.
    pub facts: Vec<Fact>,
    /// Cities whose members wrote here.
    pub cities: Vec<CityChip>,
    /// Where one asks something else.
    pub ask_href: String,
}
