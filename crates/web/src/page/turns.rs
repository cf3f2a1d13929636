//! `/traspasos`: who coordinates each topic, until when, and who is next; the same as a calendar.

use actix_web::http::header::HeaderValue;
use actix_web::{HttpResponse, web};
use askama::Template;
use i18n_embed_fl::fl;
use tequio_domain::ledger::{OpenOffer, Period, Reply, Term};
use tequio_domain::{CitySlug, Timestamp};
use tequio_engine::Error as EngineError;
use tequio_engine::ledger::{self, Acta};
use tequio_store::Conn;
use tequio_store::ledger::open_terms;
use tequio_store::page::place::{self, Places, TopicName};

use super::part::{self, Words};
use crate::calendar::{self, Event};
use crate::failure::Failure;
use crate::texts::Texts;
use crate::view::Link;
use crate::view::turns::{Bar, TurnRow, Turns};
use crate::visit::{Section, Visit};

const CALENDAR: HeaderValue = HeaderValue::from_static("text/calendar; charset=utf-8");
const DAY_S: i64 = 24 * 3600;
/// Days before the end of a term on which whoever is concerned is reminded.
const REMIND_DAYS: [u32; 3] = [60, 30, 7];
/// What is drawn: so many days before today, and as many after.
const DRAWN_DAYS: i64 = 365;

/// What the cities have said of all topics.
pub(super) struct Book {
    places: Places,
    actas: Vec<(TopicName, Acta)>,
}

impl Book {
    /// Reads the actas of the topics that are wanted: each costs as much as has been said in it.
    fn read(conn: &mut Conn, wanted: impl Fn(&TopicName) -> bool) -> Result<Self, EngineError> {
        let places = place::places(conn)?;
        let mut actas = Vec::new();
        for topic in places.topics.iter().filter(|topic| wanted(topic)) {
            actas.push((topic.clone(), ledger::read(conn, &topic.slug)?));
        }
        Ok(Self { places, actas })
    }

    /// Only where a term ends so soon that somebody is reminded.
    pub(super) fn ending(conn: &mut Conn, now: Timestamp) -> Result<Self, EngineError> {
        let mut terms = open_terms(conn)?;
        terms.retain(|term| is_near(days_until(Timestamp::from_micros(term.ends_at), now)));
        Self::read(conn, |topic| {
            terms.iter().any(|term| term.topic_id == topic.id)
        })
    }

    async fn open(visit: &Visit, only: Option<String>) -> Result<Self, Failure> {
        let wanted = move |topic: &TopicName| only.as_ref().is_none_or(|only| *only == topic.slug);
        let read = move |conn: &mut Conn| Self::read(conn, wanted);
        Ok(visit.state.store().read(read).await?)
    }

    fn words<'a>(&'a self, visit: &'a Visit) -> Words<'a> {
        Words {
            t: &visit.t,
            places: &self.places,
            own: visit.state.city(),
        }
    }

    /// What an administrator's city has to see to: a term of its own that ends soon, one that comes to it.
    pub(super) fn reminders(&self, visit: &Visit) -> Vec<Link> {
        let is_admin = (visit.signed.as_ref()).is_some_and(|signed| signed.member.is_admin());
        let Some(own) = CitySlug::parse(visit.state.city())
            .ok()
            .filter(|_| is_admin)
        else {
            return Vec::new();
        };
        let (t, words, now) = (&visit.t, self.words(visit), now(visit));
        let mut links = Vec::new();
        for (topic, acta) in &self.actas {
            let Some(term) = acta.state.coordinator() else {
                continue;
            };
            let days = days_until(term.period.end, now);
            if !is_near(days) {
                continue;
            }
            let (name, left) = (words.topic_name(topic), left(t, days));
            let next = after(acta).map(|(city, _)| city);
            if term.city == own {
                let label = fl!(t, "turns-remind-own", topic = name, left = left);
                links.push(Link::new(acta_href(topic), label));
            } else if next.is_some_and(|next| *next == own) {
                let city = words.chip(term.city.as_str()).name;
                let label = fl!(
                    t,
                    "turns-remind-next",
                    topic = name,
                    city = city,
                    left = left
                );
                links.push(Link::new(acta_href(topic), label));
            }
        }
        links
    }
}

/// The offer that stands and was not refused.
fn offer(acta: &Acta) -> Option<&OpenOffer> {
    let refused = |offer: &&OpenOffer| matches!(offer.answer, Some((Reply::Reject, _)));
    acta.state.offers.iter().find(|offer| !refused(offer))
}

/// Who coordinates after the current term: to whom it is offered, else whom the schedule has next.
fn after(acta: &Acta) -> Option<(&CitySlug, Period)> {
    let offered = offer(acta).map(|offer| (&offer.to, offer.period));
    offered.or_else(|| acta.state.next().map(|slot| (&slot.city, slot.period)))
}

fn now(visit: &Visit) -> Timestamp {
    (visit.state.settings.clock)()
}

fn acta_href(topic: &TopicName) -> String {
    format!("{}/acta", part::topic_href(&topic.slug))
}

/// Whole days; negative when it is past.
fn days_until(at: Timestamp, now: Timestamp) -> i64 {
    at.micros()
        .saturating_sub(now.micros())
        .div_euclid(DAY_S * 1_000_000)
}

/// Whether so many days are so few that somebody is reminded.
fn is_near(days: i64) -> bool {
    days <= i64::from(REMIND_DAYS[0])
}

fn left(t: &Texts, days: i64) -> String {
    if days < 0 {
        fl!(t, "turns-overdue", days = days.saturating_neg())
    } else {
        fl!(t, "turns-left", days = days)
    }
}

/// `GET /traspasos`.
///
/// # Errors
/// The database's.
pub async fn show(visit: Visit) -> Result<HttpResponse, Failure> {
    visit
        .show(async {
            let book = Book::open(&visit, None).await?;
            Ok(view(&visit, &book).render()?)
        })
        .await
}

fn view(visit: &Visit, book: &Book) -> Turns {
    let (t, words, now) = (&visit.t, book.words(visit), now(visit));
    let axis = Period {
        start: now.plus_seconds(-DRAWN_DAYS * DAY_S),
        end: now.plus_seconds(DRAWN_DAYS * DAY_S),
    };
    let founded = book
        .actas
        .iter()
        .filter(|(_, acta)| acta.state.founding.is_some());
    Turns {
        reminders: book.reminders(visit),
        rows: founded
            .map(|(topic, acta)| row(&words, (topic, acta), axis, now))
            .collect(),
        today: place_of(now, axis),
        axis: (
            words.when(axis.start.micros()),
            words.when(axis.end.micros()),
        ),
        empty: part::empty(fl!(t, "turns-empty-what"), fl!(t, "turns-empty-why"), None),
        f: visit.frame(fl!(t, "turns-heading"), Section::Network),
    }
}

fn row(
    words: &Words<'_>,
    (topic, acta): (&TopicName, &Acta),
    axis: Period,
    now: Timestamp,
) -> TurnRow {
    let t = words.t;
    let term = acta.state.coordinator();
    let days = term.map(|term| days_until(term.period.end, now));
    let next = after(acta).map(|(city, period)| {
        let city = words.chip(city.as_str()).name;
        fl!(
            t,
            "acta-seat-next",
            city = city,
            start = t.date(period.start)
        )
    });
    let stretches = stretches(acta);
    let told = stretches
        .iter()
        .map(|(city, period, _)| spoken(words, city, *period));
    TurnRow {
        topic: Link::new(acta_href(topic), words.topic_name(topic)),
        city: term.map(|term| words.chip(term.city.as_str())),
        until: term.map(|term| words.when(term.period.end.micros())),
        left: days.map(|days| left(t, days)).unwrap_or_default(),
        class: match days {
            Some(..=7) => "badge-error",
            Some(..=30) => "badge-notice",
            Some(..=60) => "badge-accent",
            _ => "",
        },
        next,
        told: told.collect::<Vec<_>>().join("; "),
        bars: (stretches.iter())
            .filter_map(|(city, period, class)| bar(words, city, *period, class, axis))
            .collect(),
    }
}

/// Terms that were, the one that lasts, and those that are planned.
fn stretches(acta: &Acta) -> Vec<(CitySlug, Period, &'static str)> {
    let terms = acta.state.terms.iter().map(|term: &Term| {
        let class = if term.ended.is_some() {
            "bar-past"
        } else {
            "bar-now"
        };
        (term.city.clone(), term.period, class)
    });
    let latest = acta.state.terms.last().map(|term| term.period.start);
    let planned = (acta.state.schedule.iter())
        .filter(|slot| latest.is_none_or(|latest| slot.period.start > latest))
        .map(|slot| (slot.city.clone(), slot.period, "bar-planned"));
    let mut all: Vec<_> = terms.chain(planned).collect();
    if let Some(offer) = offer(acta)
        && !all
            .iter()
            .any(|(city, period, _)| *city == offer.to && *period == offer.period)
    {
        all.push((offer.to.clone(), offer.period, "bar-planned"));
    }
    all
}

fn spoken(words: &Words<'_>, city: &CitySlug, period: Period) -> String {
    let (t, city) = (words.t, words.chip(city.as_str()).name);
    fl!(
        t,
        "turns-stretch",
        city = city,
        start = t.date(period.start),
        end = t.date(period.end)
    )
}

fn bar(
    words: &Words<'_>,
    city: &CitySlug,
    period: Period,
    class: &'static str,
    axis: Period,
) -> Option<Bar> {
    let (from, to) = (place_of(period.start, axis), place_of(period.end, axis));
    (to > from).then(|| Bar {
        x: from,
        // A gap, so that two terms of one city can be told apart.
        width: to.saturating_sub(from).saturating_sub(4).max(2),
        accent: words.chip(city.as_str()).accent,
        class,
        title: spoken(words, city, period),
    })
}

/// Where an instant is on the axis, in thousandths.
fn place_of(at: Timestamp, axis: Period) -> i64 {
    let whole = axis
        .end
        .micros()
        .saturating_sub(axis.start.micros())
        .max(1000);
    let part = at.micros().saturating_sub(axis.start.micros());
    part.div_euclid(whole / 1000).clamp(0, 1000)
}

/// `GET /traspasos.ics`.
///
/// # Errors
/// The database's.
pub async fn calendar(visit: Visit) -> Result<HttpResponse, Failure> {
    let network = visit.frame(String::new(), Section::Network).network_name;
    let name = format!("{} · {network}", fl!(visit.t, "turns-heading"));
    let made = async {
        let book = Book::open(&visit, None).await?;
        Ok(calendar::text(&name, now(&visit), &events(&visit, &book)))
    };
    visit.show_as(CALENDAR, made).await
}

/// `GET /temas/{topic}/traspasos.ics`.
///
/// # Errors
/// [`Failure::NotFound`]; the database's.
pub async fn topic_calendar(
    visit: Visit,
    slug: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let made = async {
        let book = Book::open(&visit, Some(slug.into_inner())).await?;
        let (topic, _) = book.actas.first().ok_or(Failure::NotFound)?;
        let topic = book.words(&visit).topic_name(topic);
        let name = format!("{} · {topic}", fl!(visit.t, "turns-heading"));
        Ok(calendar::text(&name, now(&visit), &events(&visit, &book)))
    };
    visit.show_as(CALENDAR, made).await
}

fn events(visit: &Visit, book: &Book) -> Vec<Event> {
    let (t, words) = (&visit.t, book.words(visit));
    let mut events = Vec::new();
    for (topic, acta) in &book.actas {
        for (city, period, class) in stretches(acta) {
            let (city, topic_name) = (words.chip(city.as_str()).name, words.topic_name(topic));
            let is_planned = class == "bar-planned";
            let summary = if is_planned {
                fl!(t, "turns-event-planned", city = city, topic = topic_name)
            } else {
                fl!(t, "turns-event", city = city, topic = topic_name)
            };
            let day = period.start.to_rfc3339();
            let day: String = day.chars().take(10).collect();
            events.push(Event {
                uid: format!("{}-{day}@{}", topic.slug, acta.topic.uri),
                start: period.start,
                end: period.end,
                summary,
                url: format!("{}{}", visit.state.base_url(), acta_href(topic)),
                reminders: if class == "bar-now" {
                    &REMIND_DAYS
                } else {
                    &[]
                },
            });
        }
    }
    events
}
