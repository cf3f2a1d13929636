//! The home page and the pages of a topic.

use askama::Template;
use i18n_embed_fl::fl;

use super::list::{CityCard, CityChip, Empty, ObjectRow, Paging, PersonCard, ThreadRow, When};
use super::outside::FollowBox;
use super::{Frame, Link, Trusted};

/// One thing that moved in a topic.
#[derive(Debug, Clone)]
pub struct Moved {
    /// Icon of its kind.
    pub icon: &'static str,
    /// Page.
    pub href: String,
    /// Title.
    pub title: String,
    /// City it comes from.
    pub city: CityChip,
    /// When it last moved.
    pub when: When,
}

/// A topic on the home page.
#[derive(Debug, Clone)]
pub struct TopicCard {
    /// Page.
    pub href: String,
    /// Name.
    pub name: String,
    /// One sentence.
    pub summary: String,
    /// Whether the viewer follows it.
    pub is_followed: bool,
    /// What moved last.
    pub moved: Vec<Moved>,
    /// `10 conversaciones`.
    pub threads: String,
    /// `10 fichas`.
    pub objects: String,
    /// The city that coordinates; `None`: nobody.
    pub coordinator: Option<CityChip>,
}

/// `/`.
#[derive(Debug, Template)]
#[template(path = "home.html")]
pub struct Home {
    /// Around it.
    pub f: Frame,
    /// What this administrator's city has to see to.
    pub reminders: Vec<Link>,
    /// Heading.
    pub headline: String,
    /// One paragraph.
    pub intro: String,
    /// Topics; followed ones first.
    pub topics: Vec<TopicCard>,
    /// Questions without an answer.
    pub unanswered: Vec<ThreadRow>,
    /// What is said when there are none.
    pub no_unanswered: Empty,
    /// New in the library.
    pub for_deciders: Vec<ObjectRow>,
    /// New in the library.
    pub for_practitioners: Vec<ObjectRow>,
    /// What is said when there are none.
    pub no_objects: Empty,
    /// The cities.
    pub cities: Vec<CityCard>,
}

/// A tab.
#[derive(Debug, Clone)]
pub struct Tab {
    /// Page.
    pub href: String,
    /// Name.
    pub label: String,
    /// How many are there, may be empty.
    pub count: String,
    /// Whether it is this one.
    pub current: bool,
}

/// Who coordinates a topic.
#[derive(Debug, Clone)]
pub struct Coordination {
    /// The city.
    pub city: CityChip,
    /// Until when.
    pub says: String,
    /// The acta.
    pub href: String,
}

/// The head of every page of a topic.
#[derive(Debug, Clone)]
pub struct TopicHead {
    /// Name.
    pub name: String,
    /// One sentence.
    pub summary: String,
    /// For those who decide.
    pub deciders: Trusted,
    /// For those who do it.
    pub practitioners: Trusted,
    /// Where one asks.
    pub ask_href: String,
    /// Where a knowledge object is added.
    pub add_href: String,
    /// Whether the viewer may follow.
    pub can_follow: bool,
    /// Whether they do.
    pub is_followed: bool,
    /// Where following goes.
    pub follow_action: String,
    /// How it is followed from outside the network.
    pub follow: FollowBox,
    /// Who coordinates; `None`: nobody.
    pub coordination: Option<Coordination>,
    /// What the viewer may do here for the coordination.
    pub tools: Vec<Link>,
    /// Tabs.
    pub tabs: Vec<Tab>,
}

/// A pressing issue.
#[derive(Debug, Clone)]
pub struct PriorityRow {
    /// What.
    pub name: String,
    /// Where it is dealt with.
    pub href: Option<String>,
}

/// `/temas/{tema}`.
#[derive(Debug, Template)]
#[template(path = "topic_threads.html")]
pub struct TopicThreads {
    /// Around it.
    pub f: Frame,
    /// Head.
    pub topic: TopicHead,
    /// All, questions, conversations, unanswered.
    pub filters: Vec<Link>,
    /// The most pressing issues, the first one first.
    pub priorities: Vec<PriorityRow>,
    /// Featured threads.
    pub featured: Vec<ThreadRow>,
    /// Featured knowledge objects.
    pub featured_objects: Vec<ObjectRow>,
    /// This page.
    pub threads: Vec<ThreadRow>,
    /// What is said when there are none.
    pub empty: Empty,
    /// Pages.
    pub paging: Paging,
}

/// A collection of a topic's library, in a list.
#[derive(Debug, Clone)]
pub struct CollectionRow {
    /// Page.
    pub href: String,
    /// Name.
    pub name: String,
    /// For whom and what for.
    pub summary: String,
    /// `8 fichas`.
    pub objects: String,
}

/// A part of a collection.
#[derive(Debug, Clone)]
pub struct CollectionPart {
    /// May be empty.
    pub name: String,
    /// Its knowledge objects, in order.
    pub objects: Vec<ObjectRow>,
}

/// `/temas/{tema}/colecciones/{colección}`.
#[derive(Debug, Template)]
#[template(path = "topic_collection.html")]
pub struct TopicCollection {
    /// Around it.
    pub f: Frame,
    /// The topic and its library.
    pub crumbs: Vec<Link>,
    /// Name.
    pub heading: String,
    /// For whom and what for.
    pub summary: String,
    /// Its parts, in order.
    pub parts: Vec<CollectionPart>,
    /// Where it is changed, for whoever may.
    pub edit: Option<Link>,
}

/// A part of a shelf.
#[derive(Debug, Clone)]
pub struct ShelfGroup {
    /// Name of the kind.
    pub name: String,
    /// Its objects; none shows "falta".
    pub objects: Vec<ObjectRow>,
}

/// One of the two shelves of a topic.
#[derive(Debug, Clone)]
pub struct Shelf {
    /// Anchor.
    pub id: &'static str,
    /// Name.
    pub name: String,
    /// Its parts, in order.
    pub groups: Vec<ShelfGroup>,
}

/// `/temas/{tema}/biblioteca`.
#[derive(Debug, Template)]
#[template(path = "topic_library.html")]
pub struct TopicLibrary {
    /// Around it.
    pub f: Frame,
    /// Head.
    pub topic: TopicHead,
    /// Collections.
    pub collections: Vec<CollectionRow>,
    /// Where one is put together, for whoever may.
    pub new_collection: Option<Link>,
    /// Shelves.
    pub shelves: Vec<Shelf>,
}

/// Another word for a term.
#[derive(Debug, Clone)]
pub struct OtherLabel {
    /// The word.
    pub label: String,
    /// Cities that say so, joined.
    pub cities: String,
}

/// A word of the topic.
#[derive(Debug, Clone)]
pub struct Term {
    /// Anchor.
    pub slug: String,
    /// The word.
    pub name: String,
    /// In English.
    pub english: String,
    /// What it means.
    pub definition: String,
    /// What it is called elsewhere.
    pub also: Vec<OtherLabel>,
}

/// The words of a letter.
#[derive(Debug, Clone)]
pub struct Letter {
    /// The letter.
    pub name: String,
    /// Its words.
    pub terms: Vec<Term>,
}

/// `/temas/{tema}/glosario`.
#[derive(Debug, Template)]
#[template(path = "topic_glossary.html")]
pub struct TopicGlossary {
    /// Around it.
    pub f: Frame,
    /// Head.
    pub topic: TopicHead,
    /// A–Ñ–Z.
    pub letters: Vec<Letter>,
    /// What is said when there are none.
    pub empty: Empty,
}

/// `/temas/{tema}/personas`.
#[derive(Debug, Template)]
#[template(path = "topic_people.html")]
pub struct TopicPeople {
    /// Around it.
    pub f: Frame,
    /// Head.
    pub topic: TopicHead,
    /// This page.
    pub people: Vec<PersonCard>,
    /// What is said when there are none.
    pub empty: Empty,
    /// Pages.
    pub paging: Paging,
}

/// `/temas/{tema}/ciudades`.
#[derive(Debug, Template)]
#[template(path = "topic_cities.html")]
pub struct TopicCities {
    /// Around it.
    pub f: Frame,
    /// Head.
    pub topic: TopicHead,
    /// The cities, with how much each brought in.
    pub cities: Vec<CityCard>,
}
