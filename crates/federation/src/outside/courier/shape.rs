//! In which shape a host is told of something in a group's topic.
//!
//! Start at [`of`], the table of federation.md section 4; FEDERATION.md shows it. The documents that
//! stand in no log have addresses from which they can be read again ([`embedded_id`], [`by_id_id`]).

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
    /// A member of some city.
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
        (Family::NodeBb, _, By::Member) => Shape::Embedded,
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

/// Id of a group's `Announce` of an activity in a sibling's log.
#[must_use]
pub(crate) fn embedded_id(group: &str, city: &str, seq: i64) -> String {
    format!("{group}/announce/{city}/{seq}")
}

/// Id of a group's `Announce` of an object: one for each object, whatever happens to it.
#[must_use]
pub(crate) fn by_id_id(group: &str, oid: Oid) -> String {
    format!("{group}/announce/{oid}")
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
    use super::{By, Deed, Family, Place, Shape, of};

    #[test]
    fn an_object_reaches_lemmy_from_one_community_only() {
        for deed in [Deed::Create, Deed::Update, Deed::Delete, Deed::Restore] {
            for by in [By::Member, By::Outsider] {
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
    }
}
