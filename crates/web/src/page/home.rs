//! `/`: the topics with what moved, what waits for an answer, what is new in the library.

use std::collections::HashMap;

use actix_web::HttpResponse;
use askama::Template;
use i18n_embed_fl::fl;
use tequio_domain::{Audience, Locale, ThreadKind, Timestamp};
use tequio_engine::Error as EngineError;
use tequio_engine::account::needs_setup;
use tequio_engine::ledger::curation;
use tequio_protocol::activity::ledger::TopicPage;
use tequio_store::ledger::{self, LedgerTerm};
use tequio_store::page::list::{
    self, KnowledgeCard, KnowledgeFilter, Slice, ThreadCard, ThreadFilter,
};
use tequio_store::page::place::{self, KindCount, Places, TopicName};
use tequio_store::{Conn, account};

use super::part::{self, Mixed, Words};
use super::turns;
use crate::failure::Failure;
use crate::view::Link;
use crate::view::list::CityCard;
use crate::view::topic::{Home, Moved, TopicCard};
use crate::visit::{Section, Visit};

/// New objects of the library read for each audience, so that the two lists can differ.
const NEWEST: i64 = 4;
/// New objects of the library shown for each audience.
const NEWEST_SHOWN: usize = 4;
/// Threads and objects shown for each topic.
const MOVED: usize = 3;

struct Rows {
    places: Places,
    counts: Vec<KindCount>,
    moved: Vec<(Vec<ThreadCard>, Vec<KnowledgeCard>)>,
    followed: Vec<i64>,
    unanswered: Vec<ThreadCard>,
    deciders: Vec<KnowledgeCard>,
    practitioners: Vec<KnowledgeCard>,
    files: Vec<(i64, i64)>,
    people: Vec<(String, i64)>,
    terms: Vec<LedgerTerm>,
    /// What topics say of themselves where their coordination has written it.
    pages: HashMap<i64, TopicPage>,
    /// For administrators: what ends soon.
    turns: Option<turns::Book>,
}

/// `GET /`. A city that nobody administers yet shows a visitor the way to its first account.
///
/// # Errors
/// [`Failure::See`] before the city is set up; the database's.
pub async fn show(visit: Visit) -> Result<HttpResponse, Failure> {
    let account_id = visit
        .signed
        .as_ref()
        .map(|signed| signed.member.account_id());
    visit
        .show(async {
            if account_id.is_none() && needs_setup(visit.state.engine()).await? {
                return Err(Failure::See("/instalar".to_owned()));
            }
            let is_admin = (visit.signed.as_ref()).is_some_and(|signed| signed.member.is_admin());
            let now = is_admin.then(|| (visit.state.settings.clock)());
            let rows = visit
                .state
                .store()
                .read(move |conn| read(conn, account_id, now))
                .await?;
            Ok(view(&visit, rows).render()?)
        })
        .await
}

fn read(
    conn: &mut Conn,
    account_id: Option<i64>,
    now: Option<Timestamp>,
) -> Result<Rows, EngineError> {
    let places = place::places(conn)?;
    let mut moved = Vec::new();
    for topic in &places.topics {
        let topic_id = Some(topic.id);
        let threads = ThreadFilter {
            topic_id,
            ..ThreadFilter::default()
        };
        let objects = KnowledgeFilter {
            topic_id,
            ..KnowledgeFilter::default()
        };
        moved.push((
            list::threads(conn, &threads, Slice::first(2))?,
            list::knowledge(conn, &objects, Slice::first(2))?,
        ));
    }
    let unanswered = ThreadFilter {
        kind: Some(ThreadKind::Question.as_str()),
        unanswered: true,
        ..ThreadFilter::default()
    };
    let mut newest = |audience: Audience| {
        let filter = KnowledgeFilter {
            audience: Some(audience.as_str()),
            ..KnowledgeFilter::default()
        };
        list::knowledge(conn, &filter, Slice::first(2 * NEWEST))
    };
    let mut deciders = newest(Audience::Deciders)?;
    let mut practitioners = newest(Audience::Practitioners)?;
    deciders.truncate(NEWEST_SHOWN);
    practitioners.retain(|row| deciders.iter().all(|other| other.id != row.id));
    practitioners.truncate(NEWEST_SHOWN);
    let ids: Vec<i64> = deciders
        .iter()
        .chain(&practitioners)
        .map(|row| row.id)
        .collect();
    Ok(Rows {
        counts: place::kind_counts(conn)?,
        moved,
        followed: match account_id {
            Some(id) => account::followed_topics(conn, id)?,
            None => Vec::new(),
        },
        unanswered: list::threads(conn, &unanswered, Slice::first(6))?,
        files: list::file_counts(conn, &ids)?,
        people: place::people_counts(conn)?,
        terms: ledger::open_terms(conn)?,
        pages: curation::pages(conn)?,
        turns: now.map(|now| turns::Book::ending(conn, now)).transpose()?,
        deciders,
        practitioners,
        places,
    })
}

fn view(visit: &Visit, rows: Rows) -> Home {
    let t = &visit.t;
    let words = Words {
        t,
        places: &rows.places,
        own: visit.state.city(),
    };
    let total = |kind: &str| -> i64 {
        rows.counts
            .iter()
            .filter(|row| row.kind == kind)
            .map(|row| row.count)
            .sum()
    };
    let intro = fl!(
        t,
        "home-intro",
        objects = t.objects(total("knowledge")),
        threads = t.threads(total("thread"))
    );
    let mut f = visit.frame(fl!(t, "home-title"), Section::Topics);
    f.description.clone_from(&f.network_summary);
    let see_library = Link::new("/biblioteca", fl!(t, "home-see-library"));
    Home {
        headline: fl!(
            t,
            "home-headline",
            cities = rows.places.cities.len().to_string()
        ),
        intro,
        topics: topic_cards(&words, &rows),
        unanswered: words.thread_rows(&rows.unanswered, Mixed::Topics),
        no_unanswered: part::empty(
            fl!(t, "home-none-unanswered-what"),
            fl!(t, "home-none-unanswered-why"),
            Some(see_library),
        ),
        for_deciders: words.object_rows(&rows.deciders, &rows.files, Mixed::Topics),
        for_practitioners: words.object_rows(&rows.practitioners, &rows.files, Mixed::Topics),
        no_objects: part::empty(
            fl!(t, "home-no-objects-what"),
            fl!(t, "home-no-objects-why"),
            None,
        ),
        cities: city_cards(&words, &rows.people),
        reminders: (rows.turns.as_ref())
            .map(|turns| turns.reminders(visit))
            .unwrap_or_default(),
        f,
    }
}

/// All topics, those that are followed first.
fn topic_cards(words: &Words<'_>, rows: &Rows) -> Vec<TopicCard> {
    let mut topics: Vec<(bool, TopicCard)> = rows
        .places
        .topics
        .iter()
        .zip(&rows.moved)
        .map(|(topic, moved)| {
            let is_followed = rows.followed.contains(&topic.id);
            let mut card = topic_card(words, &rows.counts, topic, moved, is_followed);
            let term = rows.terms.iter().find(|term| term.topic_id == topic.id);
            card.coordinator = term.map(|term| words.chip(&term.city));
            if let Some(page) = rows.pages.get(&topic.id) {
                let summary = page.text(words.t.locale(), |texts| &texts.summary);
                summary.clone_into(&mut card.summary);
            }
            (!is_followed, card)
        })
        .collect();
    topics.sort_by_key(|(is_last, _)| *is_last);
    topics.into_iter().map(|(_, card)| card).collect()
}

fn topic_card(
    words: &Words<'_>,
    counts: &[KindCount],
    topic: &TopicName,
    moved: &(Vec<ThreadCard>, Vec<KnowledgeCard>),
    is_followed: bool,
) -> TopicCard {
    let count = |kind: &str| {
        let row = counts
            .iter()
            .find(|row| row.topic_id == topic.id && row.kind == kind);
        row.map_or(0, |row| row.count)
    };
    TopicCard {
        href: part::topic_href(&topic.slug),
        name: words.topic_name(topic),
        summary: match words.t.locale() {
            Locale::Es => topic.summary_es.clone(),
            Locale::En => topic.summary_en.clone(),
        },
        is_followed,
        moved: merge(words, moved),
        threads: words.t.threads(count("thread")),
        objects: words.t.objects(count("knowledge")),
        coordinator: None,
    }
}

/// Threads and objects together, the one that moved last first.
fn merge(words: &Words<'_>, moved: &(Vec<ThreadCard>, Vec<KnowledgeCard>)) -> Vec<Moved> {
    let threads = moved.0.iter().map(|row| {
        let is_question = row.kind == ThreadKind::Question.as_str();
        let item = Moved {
            icon: if is_question { "question" } else { "talk" },
            href: part::thread_href(&row.oid, &row.title),
            title: row.title.clone(),
            city: words.home(&row.city, &row.author_name),
            when: words.when(row.last_activity_at),
        };
        (row.last_activity_at, item)
    });
    let objects = moved.1.iter().map(|row| {
        let item = Moved {
            icon: "book",
            href: part::knowledge_href(&row.oid, &row.title),
            title: row.title.clone(),
            city: words.home(&row.city, &row.author_name),
            when: words.when(row.created_at),
        };
        (row.created_at, item)
    });
    let mut all: Vec<(i64, Moved)> = threads.chain(objects).collect();
    all.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    all.into_iter().take(MOVED).map(|(_, item)| item).collect()
}

/// All cities with how many members each has.
pub(super) fn city_cards(words: &Words<'_>, people: &[(String, i64)]) -> Vec<CityCard> {
    let count = |slug: &str| {
        people
            .iter()
            .find(|(city, _)| city == slug)
            .map_or(0, |(_, n)| *n)
    };
    words
        .places
        .cities
        .iter()
        .map(|city| {
            let note = format!(
                "{} · {}",
                words.country(city),
                words.t.people(count(&city.slug))
            );
            words.city_card(city, note)
        })
        .collect()
}
