//! The fediverse outside the network: whom a member follows there, what came, messages, reports.

use askama::Template;
use i18n_embed_fl::fl;

use super::form::{Field, Problem, Select};
use super::list::{Empty, When};
use super::topic::Tab;
use super::{Frame, Link, Trusted};

/// Where somebody from outside is at home.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// `@pablo@lemmy.example`.
    pub handle: String,
    /// Their own page; empty when there is none to link to.
    pub href: String,
    /// `desde fuera de la red, recibido por San Salvador`.
    pub note: String,
}

/// One thing to copy.
#[derive(Debug, Clone)]
pub struct Copy {
    /// Id of the field.
    pub id: &'static str,
    /// For which software.
    pub label: String,
    /// The text.
    pub value: String,
}

/// How something here is followed from elsewhere.
#[derive(Debug, Clone, Default)]
pub struct FollowBox {
    /// Heading.
    pub heading: String,
    /// What to do.
    pub intro: String,
    /// What to paste.
    pub copies: Vec<Copy>,
    /// What each software can: name and sentence.
    pub notes: Vec<(String, String)>,
    /// The same topic in the other cities.
    pub siblings: Vec<Sibling>,
}

/// A sibling group.
#[derive(Debug, Clone)]
pub struct Sibling {
    /// City.
    pub label: String,
    /// `!saneamiento@tegucigalpa.example`.
    pub handle: String,
}

/// An actor outside.
#[derive(Debug, Clone)]
pub struct ActorCard {
    /// ActivityPub id, sent back when it is followed.
    pub uri: String,
    /// Name shown.
    pub name: String,
    /// Two letters.
    pub initials: String,
    /// `@pablo@lemmy.example`.
    pub handle: String,
    /// Person, community.
    pub kind: String,
    /// Its own page; empty when there is none to link to.
    pub href: String,
    /// What it says of itself.
    pub summary: Trusted,
    /// What the member's following came to.
    pub state: Option<State>,
    /// Whether there is something to stop.
    pub is_followed: bool,
}

/// Something that the city follows for a topic.
#[derive(Debug, Clone)]
pub struct TopicFollow {
    /// What.
    pub actor: ActorCard,
    /// Slug of the topic, sent back when it ends.
    pub slug: String,
    /// The topic.
    pub topic: Link,
}

/// A state, never by colour alone.
#[derive(Debug, Clone)]
pub struct State {
    /// Word.
    pub name: String,
    /// Colour.
    pub class: &'static str,
    /// Icon.
    pub icon: &'static str,
}

/// A post outside.
#[derive(Debug, Clone)]
pub struct ItemCard {
    /// Its page here; empty when it is not kept.
    pub href: String,
    /// Title, or the first words.
    pub title: String,
    /// First words; empty when the title says it all.
    pub excerpt: String,
    /// Who wrote it.
    pub author: Origin,
    /// Through whom it came, when that is somebody else.
    pub through: String,
    /// Whether it answers something.
    pub is_reply: bool,
    /// Written.
    pub made: When,
    /// Its own page; empty when there is none to link to.
    pub source_href: String,
    /// Label of the link to it.
    pub source: String,
    /// That it is a copy.
    pub note: String,
}

/// `/fuera`.
#[derive(Debug, Template)]
#[template(path = "outside.html")]
pub struct Outside {
    /// Around it.
    pub f: Frame,
    /// Followed, messages.
    pub tabs: Vec<Tab>,
    /// Where one looks for somebody.
    pub search: Field,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// Whom the member follows.
    pub actors: Vec<ActorCard>,
    /// What the city follows for topics: of the member's, for administrators all.
    pub for_topics: Vec<TopicFollow>,
    /// Whether the reader decides about those.
    pub may_decide: bool,
    /// What came.
    pub items: Vec<ItemCard>,
    /// What is said when nothing came.
    pub empty: Empty,
    /// Older ones.
    pub older: Option<String>,
    /// Whether this is not the first page.
    pub is_later: bool,
}

/// `/fuera/buscar`: what was found.
#[derive(Debug, Template)]
#[template(path = "outside_found.html")]
pub struct FoundOutside {
    /// Around it.
    pub f: Frame,
    /// Where one looks on.
    pub search: Field,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// An actor.
    pub actor: Option<ActorCard>,
    /// What following it tells its server.
    pub follow_note: String,
    /// For which topic the city may follow it; only for administrators, and for communities.
    pub for_topic: Option<Select>,
    /// A post with its text.
    pub post: Option<(ItemCard, Trusted)>,
}

/// `/fuera/{id}`.
#[derive(Debug, Template)]
#[template(path = "outside_item.html")]
pub struct ItemPage {
    /// Around it.
    pub f: Frame,
    /// The post.
    pub item: ItemCard,
    /// Its text.
    pub body: Trusted,
    /// Where "útil" goes.
    pub vote_action: String,
    /// Whom it tells.
    pub vote_note: String,
    /// Whether the reader has said it.
    pub is_voted: bool,
}

/// A private message.
#[derive(Debug, Clone)]
pub struct MessageCard {
    /// Row key.
    pub id: i64,
    /// Who wrote it.
    pub author: Origin,
    /// When.
    pub made: When,
    /// Text.
    pub body: Trusted,
}

/// `/mensajes`.
#[derive(Debug, Template)]
#[template(path = "messages.html")]
pub struct Messages {
    /// Around it.
    pub f: Frame,
    /// Followed, messages.
    pub tabs: Vec<Tab>,
    /// Newest first.
    pub messages: Vec<MessageCard>,
    /// What is said when there are none.
    pub empty: Empty,
    /// Older ones.
    pub older: Option<String>,
}

/// A report.
#[derive(Debug, Clone)]
pub struct ReportCard {
    /// Row key.
    pub id: i64,
    /// What is reported; without an address when it does not stand here.
    pub object: Link,
    /// Reason, plain text; may be empty.
    pub reason: String,
    /// Who reports.
    pub reporter: Origin,
    /// When.
    pub made: When,
    /// `Cerrado el …`.
    pub closed: Option<String>,
}

/// `/admin/reportes`.
#[derive(Debug, Template)]
#[template(path = "reports.html")]
pub struct Reports {
    /// Around it.
    pub f: Frame,
    /// Parts of the administration.
    pub tabs: Vec<Tab>,
    /// Oldest first.
    pub open: Vec<ReportCard>,
    /// What is said when there are none.
    pub empty: Empty,
    /// Closed last.
    pub closed: Vec<ReportCard>,
}

/// A server outside, for administrators.
#[derive(Debug, Clone)]
pub struct ServerRow {
    /// Name.
    pub host: String,
    /// Software; may be empty.
    pub software: String,
    /// Followers that it has here.
    pub followers: String,
    /// Entries and activities to be sent.
    pub to_send: String,
    /// Last received.
    pub heard: When,
    /// Last sent.
    pub sent: When,
    /// How it stands.
    pub state: State,
    /// What went wrong last; may be empty.
    pub error: String,
}

/// Activities of one kind.
#[derive(Debug, Clone)]
pub struct CountRow {
    /// `type` as written.
    pub kind: String,
    /// How many came.
    pub received: String,
    /// How many changed something here.
    pub taken: String,
}

/// The outside on `/red`, for administrators only.
#[derive(Debug, Clone)]
pub struct OutsideNetwork {
    /// Servers.
    pub servers: Vec<ServerRow>,
    /// Activities received.
    pub counts: Vec<CountRow>,
}
