//! From rows to the pieces that lists and posts are made of.

use tequio_domain::{KnowledgeKind, Locale, ObjectKind, Oid, ThreadKind, Timestamp, slugify};
use tequio_protocol::html;
use tequio_store::city::City;
use tequio_store::object::Object;
use tequio_store::page::list::{KnowledgeCard, Slice, ThreadCard};
use tequio_store::page::place::{PersonName, Places, TopicName};

use crate::state::accent;
use crate::texts::Texts;
use crate::view::list::{
    CityCard, CityChip, Empty, ObjectRow, Paging, PersonCard, ThreadRow, When,
};
use crate::view::{Link, initials};

/// Rows of a list on one page.
pub const ROWS: i64 = 25;
/// Characters of a comment in [`excerpt`].
const EXCERPT: usize = 200;

/// The reader's language, and the names of topics and cities.
pub struct Words<'a> {
    /// Texts.
    pub t: &'a Texts,
    /// Names.
    pub places: &'a Places,
    /// Slug of this city.
    pub own: &'a str,
}

/// Whether a list says to which topic each row belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mixed {
    /// All rows are of one topic that the page names.
    OneTopic,
    /// Rows of several topics.
    Topics,
}

impl Words<'_> {
    /// An instant as a date.
    #[must_use]
    pub fn when(&self, micros: i64) -> When {
        let at = Timestamp::from_micros(micros);
        When {
            iso: at.to_rfc3339(),
            text: self.t.date(at),
        }
    }

    /// An instant with its hour; `None` is "never".
    #[must_use]
    pub fn moment(&self, micros: Option<i64>) -> When {
        match micros.filter(|micros| *micros > 0) {
            Some(micros) => {
                let at = Timestamp::from_micros(micros);
                When {
                    iso: at.to_rfc3339(),
                    text: self.t.date_time(at),
                }
            }
            None => When {
                iso: String::new(),
                text: i18n_embed_fl::fl!(self.t, "never"),
            },
        }
    }

    /// Where a writer is at home: their city, or the server of whoever is from outside the network,
    /// whose name is `name@host`.
    #[must_use]
    pub fn home(&self, city: &str, name: &str) -> CityChip {
        let host = name.rsplit_once('@').map_or("", |(_, host)| host);
        match (city, host) {
            ("", "") => CityChip::outside(i18n_embed_fl::fl!(self.t, "outside")),
            ("", host) => {
                CityChip::outside(i18n_embed_fl::fl!(self.t, "outside-host", host = host))
            }
            (city, _) => self.chip(city),
        }
    }

    /// A city by slug; an unknown one is called by its slug.
    #[must_use]
    pub fn chip(&self, slug: &str) -> CityChip {
        if slug.is_empty() {
            return self.home("", "");
        }
        let city = self.places.cities.iter().find(|city| city.slug == slug);
        CityChip {
            name: city.map_or_else(|| slug.to_owned(), |city| city.name.clone()),
            href: format!("/ciudades/{slug}"),
            accent: city.map_or(0, |city| accent(city.position)),
        }
    }

    /// A city as a card.
    #[must_use]
    pub fn city_card(&self, city: &City, note: String) -> CityCard {
        CityCard {
            mark: initials(&city.name),
            city: self.chip(&city.slug),
            note,
        }
    }

    /// The country of a city.
    #[must_use]
    pub fn country(&self, city: &City) -> String {
        match self.t.locale() {
            Locale::Es => city.country_es.clone(),
            Locale::En => city.country_en.clone(),
        }
    }

    /// The name of a topic.
    #[must_use]
    pub fn topic_name(&self, topic: &TopicName) -> String {
        match self.t.locale() {
            Locale::Es => topic.name_es.clone(),
            Locale::En => topic.name_en.clone(),
        }
    }

    /// A topic by row key, as a link to its page.
    #[must_use]
    pub fn topic_link(&self, id: i64) -> Link {
        let topic = self.places.topics.iter().find(|topic| topic.id == id);
        topic
            .map(|topic| Link::new(topic_href(&topic.slug), self.topic_name(topic)))
            .unwrap_or_default()
    }

    /// A thread in a list.
    #[must_use]
    pub fn thread_row(&self, row: &ThreadCard, mixed: Mixed) -> ThreadRow {
        let is_question = row.kind == ThreadKind::Question.as_str();
        ThreadRow {
            href: thread_href(&row.oid, &row.title),
            title: row.title.clone(),
            is_question,
            is_answered: row.answer_uri.is_some(),
            is_unanswered: is_question && row.comment_count == 0,
            topic: (mixed == Mixed::Topics).then(|| self.topic_link(row.topic_id)),
            author: row.author.clone(),
            city: self.home(&row.city, &row.author_name),
            replies: self.t.replies(row.comment_count),
            last: self.when(row.last_activity_at),
        }
    }

    /// Threads in a list.
    #[must_use]
    pub fn thread_rows(&self, rows: &[ThreadCard], mixed: Mixed) -> Vec<ThreadRow> {
        rows.iter().map(|row| self.thread_row(row, mixed)).collect()
    }

    /// Knowledge objects in a list; `files` counts those of each row key.
    #[must_use]
    pub fn object_rows(
        &self,
        rows: &[KnowledgeCard],
        files: &[(i64, i64)],
        mixed: Mixed,
    ) -> Vec<ObjectRow> {
        let count = |id| {
            files
                .iter()
                .find(|(held, _)| *held == id)
                .map_or(0, |(_, count)| *count)
        };
        rows.iter()
            .map(|row| ObjectRow {
                href: knowledge_href(&row.oid, &row.title),
                title: row.title.clone(),
                summary: row.summary.clone(),
                kind: KnowledgeKind::parse(&row.kind)
                    .map(|kind| self.t.knowledge_kind(kind))
                    .unwrap_or_default(),
                topic: (mixed == Mixed::Topics).then(|| self.topic_link(row.topic_id)),
                author: row.author.clone(),
                city: self.home(&row.city, &row.author_name),
                made: self.when(row.created_at),
                files: self.t.files(count(row.id)),
                useful: self.t.found_useful(row.useful_count),
            })
            .collect()
    }

    /// A person in a list; with `note` empty, their post and city.
    #[must_use]
    pub fn person_card(&self, row: &PersonName, note: &str) -> PersonCard {
        let city = self.home(&row.city, &row.name);
        let parts = [row.post.as_str(), city.name.as_str(), note];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        PersonCard {
            name: row.display_name.clone(),
            initials: initials(&row.display_name),
            href: person_href(&row.name, &row.city, self.own),
            note: parts.join(" · "),
            city,
        }
    }

    /// Numbered pages of `total` rows.
    #[must_use]
    pub fn paging(
        &self,
        page: i64,
        total: i64,
        rows: i64,
        address: impl Fn(i64) -> String,
    ) -> Paging {
        let last = last_page(total, rows);
        let position = i18n_embed_fl::fl!(
            self.t,
            "pages-position",
            current = page.to_string(),
            last = last.to_string()
        );
        Paging::new(page, last, position, address)
    }
}

/// How many pages; at least one.
#[must_use]
pub fn last_page(total: i64, rows: i64) -> i64 {
    (total.max(1) + rows - 1) / rows
}

/// The rows of a page.
#[must_use]
pub const fn slice(page: i64, rows: i64) -> Slice {
    Slice {
        limit: rows,
        offset: (page - 1) * rows,
    }
}

/// An empty list.
#[must_use]
pub fn empty(what: String, why: String, next: Option<Link>) -> Empty {
    Empty { what, why, next }
}

/// `/temas/{topic}`.
#[must_use]
pub fn topic_href(slug: &str) -> String {
    format!("/temas/{slug}")
}

/// `/conversaciones/{oid}-{slug}`.
#[must_use]
pub fn thread_href(oid: &str, title: &str) -> String {
    format!("/conversaciones/{}", segment(oid, title))
}

/// `/biblioteca/{oid}-{slug}`.
#[must_use]
pub fn knowledge_href(oid: &str, title: &str) -> String {
    format!("/biblioteca/{}", segment(oid, title))
}

/// The page of an object; that of a comment leads on to its place in the thread's.
#[must_use]
pub fn object_href(held: &Object) -> String {
    match ObjectKind::parse(&held.kind) {
        Some(ObjectKind::Knowledge) => knowledge_href(&held.oid, &held.title),
        Some(ObjectKind::Comment) => format!("/comentarios/{}", short(&held.oid)),
        Some(ObjectKind::Thread) | None => thread_href(&held.oid, &held.title),
    }
}

/// What an object is called where it is spoken of: its title, or the beginning of a comment.
#[must_use]
pub fn excerpt(held: &Object) -> String {
    if held.title.is_empty() {
        let text = html::plain_text(&held.html);
        text.chars().take(EXCERPT).collect()
    } else {
        held.title.clone()
    }
}

/// `/personas/{name}` for people of this city, `/personas/{name}@{city}` for others; from outside the
/// network, `/personas/{name@host}`.
#[must_use]
pub fn person_href(name: &str, city: &str, own: &str) -> String {
    let parts = url::form_urlencoded::byte_serialize(name.as_bytes());
    let name: String = parts
        .map(|part| match part {
            "+" => "%20",
            "%40" => "@",
            other => other,
        })
        .collect();
    if city == own || city.is_empty() {
        format!("/personas/{name}")
    } else {
        format!("/personas/{name}@{city}")
    }
}

/// `{oid}-{slug}`, or `{oid}` when nothing is left of the title.
#[must_use]
pub fn segment(oid: &str, title: &str) -> String {
    let slug = slugify(title);
    let short = short(oid);
    if slug.is_empty() {
        short
    } else {
        format!("{short}-{slug}")
    }
}

/// The short form of an identity in a text column.
#[must_use]
pub fn short(oid: &str) -> String {
    Oid::parse(oid).map(|oid| oid.short()).unwrap_or_default()
}

/// `host[:port]` of an address.
#[must_use]
pub fn host(base_url: &str) -> &str {
    base_url
        .split_once("://")
        .map_or(base_url, |(_, host)| host)
}
