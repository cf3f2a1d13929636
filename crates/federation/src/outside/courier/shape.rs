//! In which shape a host is told of something in a group's topic.
//!
//! Start at [`of`], the table of federation.md section 4; FEDERATION.md shows it. The documents that
//! stand in no log have addresses from which they can be read again ([`embedded`], [`by_id`]).

use serde_json::{Value, json};
use tequio_domain::{Oid, Timestamp};
use tequio_protocol::outside::write;

use crate::outside::capability::Family;

/// What an act does to its object, as far as others must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    /// It is new.
    Create,
    /// It has a new text.
    Update,
    /// It is gone.
    Delete,
    /// It is back.
    Restore,
}

/// How a group says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// `Announce` of the activity, embedded as it stands in the log.
    Embedded,
    /// `Announce` of the object's id.
    ById,
    /// `Undo` of the one by id.
    Undo,
    /// Not at all.
    Nothing,
}

/// In whose thread something happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In one of our group.
    OwnThread,
    /// In one of a sibling's group.
    SiblingThread,
}

/// Who acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// A member of this city, whose key it holds.
    OwnMember,
    /// A member of a sibling city.
    Member,
    /// Someone outside the network.
    Outsider,
}

/// The table.
#[must_use]
pub(super) fn of(family: Family, deed: Deed, place: Place, by: By) -> Shape {
    match (family, place, by) {
        (Family::Lemmy, Place::SiblingThread, _) => Shape::Nothing,
        (Family::Lemmy | Family::PieFed, _, _) => Shape::Embedded,
        // It fetches the activities of other servers by their id, and only ours can all be fetched.
        // Of edits and deletions it takes what the thread's own category announces, and what the author says.
        (Family::NodeBb, place, By::OwnMember) if is_authors_word(family, deed, place) => {
            Shape::Nothing
        }
        (Family::NodeBb, Place::SiblingThread, By::Member) if deed != Deed::Create => {
            Shape::Nothing
        }
        (Family::NodeBb, _, By::OwnMember | By::Member) => Shape::Embedded,
        (Family::NodeBb, _, By::Outsider) => match deed {
            Deed::Create | Deed::Update | Deed::Restore => Shape::ById,
            Deed::Delete => Shape::Undo,
        },
        // An edit reaches them from its author only.
        (Family::Discourse | Family::Microblog, _, _) => match deed {
            Deed::Create | Deed::Restore => Shape::ById,
            Deed::Update => Shape::Nothing,
            Deed::Delete => Shape::Undo,
        },
    }
}

/// Whether a member of this city tells a change to the group's followers there, who would not take it from
/// the group.
#[must_use]
pub(super) fn is_authors_word(family: Family, deed: Deed, place: Place) -> bool {
    match (family, deed) {
        (Family::Discourse | Family::Microblog, Deed::Update | Deed::Delete)
        // An edit that is announced it looks up, and may find what it remembers (see `reminder`).
        | (Family::NodeBb, Deed::Update) => true,
        (Family::NodeBb, Deed::Delete) => place == Place::SiblingThread,
        (_, _) => false,
    }
}

/// Whether the group announces the object itself before an edit of it. NodeBB looks an announced edit up at
/// the object's id and remembers for five minutes what it found there; at an announced object it always looks.
#[must_use]
pub(super) fn needs_reminder(family: Family, deed: Deed, shape: Shape) -> bool {
    family == Family::NodeBb && deed == Deed::Update && shape == Shape::Embedded
}

/// Id of a group's `Announce` of an activity in a sibling's log.
#[must_use]
fn embedded_id(group: &str, city: &str, seq: i64) -> String {
    format!("{group}/announce/{city}/{seq}")
}

/// Id of a group's `Announce` of an object: one for each object, whatever happens to it.
#[must_use]
fn by_id_id(group: &str, oid: Oid) -> String {
    format!("{group}/announce/{oid}")
}

/// A group's `Announce` of an activity in a sibling's log, embedded.
#[must_use]
pub(crate) fn embedded(group: &str, place: (&str, i64), activity: Value, at: Timestamp) -> Value {
    let (city, seq) = place;
    write::announce(&embedded_id(group, city, seq), group, activity, at)
}

/// A group's `Announce` of an object that is about to be told a new text of ([`needs_reminder`]); its
/// address is that of the edit's.
#[must_use]
pub(super) fn reminder(group: &str, place: (&str, i64), uri: &str, at: Timestamp) -> Value {
    let id = format!("{}#object", embedded_id(group, place.0, place.1));
    write::announce(&id, group, json!(uri), at)
}

/// A group's `Announce` of an object by its id. Its author is told, as is usual.
#[must_use]
pub(crate) fn by_id(group: &str, oid: Oid, object: (&str, &str), at: Timestamp) -> Value {
    let (uri, author) = object;
    let mut value = write::announce(&by_id_id(group, oid), group, json!(uri), at);
    if let Some(Value::Array(cc)) = value.get_mut("cc") {
        cc.push(json!(author));
    }
    value
}

/// Takes the `Announce` of [`by_id`] back.
#[must_use]
pub(super) fn undo(group: &str, oid: Oid, announce: &Value) -> Value {
    write::undo(&format!("{}/undo", by_id_id(group, oid)), group, announce)
}

#[cfg(test)]
mod tests {
    use super::{By, Deed, Family, Place, Shape, needs_reminder, of};

    #[test]
    fn an_object_reaches_lemmy_from_one_community_only() {
        for deed in [Deed::Create, Deed::Update, Deed::Delete, Deed::Restore] {
            for by in [By::OwnMember, By::Member, By::Outsider] {
                let shape = |family, place| of(family, deed, place, by);
                assert_eq!(shape(Family::Lemmy, Place::OwnThread), Shape::Embedded);
                assert_eq!(shape(Family::Lemmy, Place::SiblingThread), Shape::Nothing);
                assert_eq!(shape(Family::PieFed, Place::SiblingThread), Shape::Embedded);
            }
        }
    }

    #[test]
    fn microblogs_get_each_object_once_by_id() {
        for family in [Family::Microblog, Family::Discourse] {
            for place in [Place::OwnThread, Place::SiblingThread] {
                let shape = |deed| of(family, deed, place, By::Member);
                assert_eq!(shape(Deed::Create), Shape::ById);
                assert_eq!(shape(Deed::Update), Shape::Nothing);
                assert_eq!(shape(Deed::Delete), Shape::Undo);
            }
        }
    }

    #[test]
    fn nodebb_is_not_sent_what_it_cannot_fetch() {
        let shape = |deed, by| of(Family::NodeBb, deed, Place::SiblingThread, by);
        assert_eq!(shape(Deed::Create, By::Member), Shape::Embedded);
        assert_eq!(shape(Deed::Create, By::Outsider), Shape::ById);
        assert_eq!(shape(Deed::Delete, By::Outsider), Shape::Undo);
        let own = |deed, place| of(Family::NodeBb, deed, place, By::OwnMember);
        assert_eq!(own(Deed::Create, Place::OwnThread), Shape::Embedded);
        assert_eq!(own(Deed::Update, Place::OwnThread), Shape::Nothing);
        assert_eq!(own(Deed::Delete, Place::OwnThread), Shape::Embedded);
        assert_eq!(own(Deed::Delete, Place::SiblingThread), Shape::Nothing);
        assert_eq!(shape(Deed::Update, By::Member), Shape::Nothing);
        let here = of(Family::NodeBb, Deed::Update, Place::OwnThread, By::Member);
        assert_eq!(here, Shape::Embedded);
        assert!(needs_reminder(Family::NodeBb, Deed::Update, here));
    }
}
