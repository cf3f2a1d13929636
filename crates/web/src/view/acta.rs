//! The pages of a topic's coordination.

use askama::Template;
use i18n_embed_fl::fl;

use super::form::{Field, Problem, Select};
use super::list::{CityChip, Empty, Paging, When};
use super::topic::TopicHead;
use super::{Frame, Link};

/// Who coordinates.
#[derive(Debug, Clone)]
pub struct Seat {
    /// The city; `None`: nobody.
    pub city: Option<CityChip>,
    /// One sentence.
    pub says: String,
    /// When it ends, who is next: one line each.
    pub more: Vec<String>,
}

/// A button of a task.
#[derive(Debug, Clone)]
pub struct Button {
    /// What is done.
    pub word: &'static str,
    /// What it says.
    pub label: String,
    /// Its style beside `button`.
    pub class: &'static str,
}

/// A thing that is handed over with the seat.
#[derive(Debug, Clone)]
pub struct ItemRow {
    /// `Nota`, `Tarea pendiente`, `Contacto`.
    pub kind: String,
    /// What.
    pub text: String,
    /// Whether its box is ticked.
    pub is_seen: bool,
}

/// Whether this city could coordinate.
#[derive(Debug, Clone)]
pub struct Ready {
    /// `Su ciudad cumple 3 de 4`.
    pub says: String,
    /// How many are met.
    pub met: usize,
    /// Of how many.
    pub of: usize,
    /// Each, with its cure if it is not met.
    pub rows: Vec<ReadyRow>,
}

/// One thing that a city needs to coordinate.
#[derive(Debug, Clone)]
pub struct ReadyRow {
    /// Whether it is so.
    pub is_met: bool,
    /// What is so, or how it is mended.
    pub text: String,
}

/// Something that this city may do now.
#[derive(Debug, Clone, Default)]
pub struct Task {
    /// What it is about.
    pub heading: String,
    /// What happens then.
    pub what: String,
    /// Digest (hex) of the act that it is about; may be empty.
    pub act: String,
    /// What is handed over, to be gone through before it is accepted.
    pub items: Vec<ItemRow>,
    /// What was typed about it.
    pub note: String,
    /// What can be done at once.
    pub buttons: Vec<Button>,
    /// A page where it is done.
    pub link: Option<Link>,
}

/// A term in the timeline.
#[derive(Debug, Clone)]
pub struct TermRow {
    /// `Turno 3`.
    pub name: String,
    /// Its page.
    pub href: String,
    /// Who.
    pub city: CityChip,
    /// Planned start.
    pub start: When,
    /// Planned end.
    pub end: When,
    /// How it began and how it ended, who has seen it.
    pub facts: Vec<String>,
    /// Whether it lasts.
    pub is_current: bool,
    /// `En curso`, `Terminado`.
    pub state: String,
}

/// A city that takes part or took part.
#[derive(Debug, Clone)]
pub struct MemberRow {
    /// The city.
    pub city: CityChip,
    /// What it is: member, coordinator, left.
    pub state: String,
    /// Style of the badge.
    pub class: &'static str,
}

/// A line of the schedule.
#[derive(Debug, Clone)]
pub struct SlotRow {
    /// Who.
    pub city: CityChip,
    /// From.
    pub start: When,
    /// To.
    pub end: When,
}

/// An act of the ledger.
#[derive(Debug, Clone)]
pub struct ActRow {
    /// Anchor.
    pub anchor: String,
    /// When.
    pub when: When,
    /// Whose.
    pub city: CityChip,
    /// Who acted for the city; `None`: its software.
    pub who: Option<Link>,
    /// What was said, as a sentence.
    pub said: String,
    /// What the person wrote about it.
    pub note: String,
    /// What is handed over with it.
    pub items: Vec<ItemRow>,
    /// Digest (hex) of its entry, where it is shown.
    pub digest: String,
    /// `Vale`, `No cuenta`, `Espera`.
    pub verdict: String,
    /// Style of the badge.
    pub class: &'static str,
    /// Icon of the badge.
    pub icon: &'static str,
    /// Why; empty for what counts.
    pub why: String,
}

/// `/temas/{tema}/acta`.
#[derive(Debug, Template)]
#[template(path = "topic_acta.html")]
pub struct TopicActa {
    /// Around it.
    pub f: Frame,
    /// Head.
    pub topic: TopicHead,
    /// Why the last act was not made.
    pub problems: Vec<Problem>,
    /// Who coordinates.
    pub seat: Seat,
    /// What this city may do.
    pub tasks: Vec<Task>,
    /// Where tasks are sent.
    pub action: String,
    /// Whether this city could coordinate; for whoever speaks for it.
    pub ready: Option<Ready>,
    /// The terms, newest first.
    pub terms: Vec<TermRow>,
    /// The cities.
    pub members: Vec<MemberRow>,
    /// Who is to coordinate when.
    pub schedule: Vec<SlotRow>,
    /// Other pages of the acta.
    pub links: Vec<Link>,
    /// This page of the acts, newest first.
    pub acts: Vec<ActRow>,
    /// What is said when there are none.
    pub empty: Empty,
    /// Pages.
    pub paging: Paging,
}

/// `/temas/{tema}/acta/turno/{number}`.
#[derive(Debug, Template)]
#[template(path = "acta_term.html")]
pub struct ActaTerm {
    /// Around it.
    pub f: Frame,
    /// The topic and its acta.
    pub crumbs: Vec<Link>,
    /// Which term, and whose.
    pub heading: String,
    /// The term.
    pub term: TermRow,
    /// What opened it, first things first.
    pub acts: Vec<ActRow>,
}

/// Something that the coordination ruled and is in force.
#[derive(Debug, Clone)]
pub struct ForceRow {
    /// `Retirado`, `Suspendida hasta el 3 de marzo de 2027`.
    pub kind: String,
    /// Style of its badge.
    pub class: &'static str,
    /// The post or the person; `None`: the topic itself, or what is not here.
    pub about: Option<Link>,
    /// Why.
    pub reason: String,
    /// Who ruled so.
    pub by: Option<Link>,
    /// When.
    pub when: When,
    /// Where it is changed, for whoever may.
    pub change: Option<String>,
}

/// `/temas/{tema}/acta/vigente`.
#[derive(Debug, Template)]
#[template(path = "acta_force.html")]
pub struct ActaForce {
    /// Around it.
    pub f: Frame,
    /// The topic and its acta.
    pub crumbs: Vec<Link>,
    /// Heading.
    pub heading: String,
    /// This page, the newest first.
    pub rows: Vec<ForceRow>,
    /// What is said when there are none.
    pub empty: Empty,
    /// Pages.
    pub paging: Paging,
}

/// A city that stands for the seat.
#[derive(Debug, Clone)]
pub struct CandidacyBox {
    /// Who.
    pub city: CityChip,
    /// For which time.
    pub what: String,
    /// What the person wrote about it.
    pub note: String,
    /// Who endorses it.
    pub endorsed_by: Vec<CityChip>,
    /// `2 de 6 respaldos`.
    pub count: String,
    /// How many, and how many are needed.
    pub have: usize,
    /// Needed.
    pub needed: usize,
    /// What this city may do.
    pub task: Option<Task>,
}

/// `/temas/{tema}/acta/relevo`.
#[derive(Debug, Template)]
#[template(path = "acta_takeover.html")]
pub struct Takeover {
    /// Around it.
    pub f: Frame,
    /// The topic's acta.
    pub crumbs: Vec<Link>,
    /// Why the last act was not made.
    pub problems: Vec<Problem>,
    /// Who coordinates, and how many have a vote.
    pub facts: Vec<String>,
    /// Who stands.
    pub candidacies: Vec<CandidacyBox>,
    /// What is said when nobody does.
    pub empty: Empty,
    /// Where tasks are sent.
    pub action: String,
    /// Where this city stands, when it may.
    pub stand: Option<Link>,
}

/// A form of the acta: an offer, a candidacy, founding, leaving, a change.
#[derive(Debug, Template)]
#[template(path = "acta_form.html")]
pub struct ActaForm {
    /// Around it.
    pub f: Frame,
    /// The topic and its acta.
    pub crumbs: Vec<Link>,
    /// Heading.
    pub heading: String,
    /// What it is and what follows from it, one paragraph each.
    pub what: Vec<String>,
    /// What is to be corrected.
    pub problems: Vec<Problem>,
    /// Where it goes.
    pub action: String,
    /// Choices.
    pub selects: Vec<Select>,
    /// Dates and numbers.
    pub fields: Vec<Field>,
    /// Lists, one thing a line.
    pub areas: Vec<Field>,
    /// What the person says about it.
    pub note: Field,
    /// The button.
    pub submit: String,
    /// Its style beside `button`.
    pub submit_class: &'static str,
    /// Back.
    pub cancel_href: String,
    /// Other things that may be meant.
    pub also: Vec<Link>,
}
