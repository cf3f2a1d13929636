//! All topics' turns at a glance.

use askama::Template;
use i18n_embed_fl::fl;

use super::list::{CityChip, Empty, When};
use super::{Frame, Link};

/// A stretch of the drawing.
#[derive(Debug, Clone)]
pub struct Bar {
    /// Left edge, in thousandths of the width.
    pub x: i64,
    /// Width, in the same.
    pub width: i64,
    /// Index of the city's accent.
    pub accent: u8,
    /// `bar-past`, `bar-now`, `bar-planned`.
    pub class: &'static str,
    /// Who, from when to when.
    pub title: String,
}

/// One topic.
#[derive(Debug, Clone)]
pub struct TurnRow {
    /// The topic and its acta.
    pub topic: Link,
    /// Who coordinates; `None`: nobody.
    pub city: Option<CityChip>,
    /// The planned end of the term.
    pub until: Option<When>,
    /// How long that is.
    pub left: String,
    /// Style of the badge that says it.
    pub class: &'static str,
    /// Who is next, or what is open.
    pub next: Option<String>,
    /// What is drawn; empty without terms.
    pub bars: Vec<Bar>,
    /// The drawing in words.
    pub told: String,
}

/// `/traspasos`.
#[derive(Debug, Template)]
#[template(path = "turns.html")]
pub struct Turns {
    /// Around it.
    pub f: Frame,
    /// What this administrator's city has to see to.
    pub reminders: Vec<Link>,
    /// The topics.
    pub rows: Vec<TurnRow>,
    /// Where today is in the drawings, in thousandths.
    pub today: i64,
    /// First and last day of the drawings.
    pub axis: (When, When),
    /// What is said when no topic has been founded.
    pub empty: Empty,
}
