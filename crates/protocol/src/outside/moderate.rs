//! What the coordination of a topic ruled, in the words that Lemmy has for what a moderator does.
//!
//! Source: Lemmy 0.19.20, `crates/apub/assets/lemmy/activities/{block,community,deletion}`. A moderator is
//! believed who is on the community's own host; so the city's office says it, whatever city ruled.

use serde_json::{Value, json};

use super::write::{bare, insert};
use crate::activity::PUBLIC;
use crate::activity::ledger::Ruling;

/// Who says it, where, and why.
#[derive(Debug, Clone, Copy)]
pub struct Moderation<'a> {
    /// Id of the activity.
    pub id: &'a str,
    /// The office of the group's city.
    pub office: &'a str,
    /// The group.
    pub group: &'a str,
    /// The reason, plain text.
    pub reason: &'a str,
}

impl Moderation<'_> {
    /// A ruling about a post or a person; `None` for what is said of the topic itself.
    #[must_use]
    pub fn says(&self, object: &str, ruling: &Ruling) -> Option<Value> {
        let (kind, is_undone) = match ruling {
            Ruling::Remove => ("Delete", false),
            Ruling::Restore => ("Delete", true),
            Ruling::Lock => ("Lock", false),
            Ruling::Unlock => ("Lock", true),
            Ruling::Feature => ("Add", false),
            Ruling::Unfeature => ("Remove", false),
            Ruling::Ban(_) => ("Block", false),
            Ruling::Unban => ("Block", true),
            Ruling::Page(_) | Ruling::Priorities(_) | Ruling::Collection(_) => return None,
        };
        let mut said = self.activity(kind, json!(object));
        let target = match kind {
            "Add" | "Remove" => Some(format!("{}/featured", self.group)),
            "Block" => Some(self.group.to_owned()),
            _ => None,
        };
        if let Some(target) = target {
            insert(&mut said, "target", json!(target));
        }
        if kind == "Block" {
            insert(&mut said, "removeData", json!(false));
        }
        if let Ruling::Ban(Some(until)) = ruling {
            insert(&mut said, "endTime", json!(until.to_rfc3339()));
        }
        if is_undone {
            insert(&mut said, "id", json!(format!("{}#undone", self.id)));
            said = self.activity("Undo", said);
        }
        Some(said)
    }

    /// The group has a new description; `document` is what is served at its id.
    #[must_use]
    pub fn update(&self, document: &Value) -> Value {
        self.activity("Update", bare(document))
    }

    fn activity(&self, kind: &str, object: Value) -> Value {
        json!({
            "id": self.id,
            "type": kind,
            "actor": self.office,
            "to": [PUBLIC],
            "cc": [self.group],
            "audience": self.group,
            "summary": self.reason,
            "object": object,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tequio_domain::Timestamp;

    use super::Moderation;
    use crate::activity::ledger::Ruling;

    const POST: &str = "https://leon.example/o/1";
    const GROUP: &str = "https://quito.example/t/agua";

    fn moderation() -> Moderation<'static> {
        Moderation {
            id: "https://quito.example/t/agua/ruling/leon/7",
            office: "https://quito.example/u/oficina",
            group: GROUP,
            reason: "No es del tema.",
        }
    }

    #[test]
    fn a_removal_has_a_reason_and_is_undone_whole() {
        let remove = moderation().says(POST, &Ruling::Remove).unwrap();
        assert_eq!(
            (&remove["type"], &remove["object"]),
            (&json!("Delete"), &json!(POST))
        );
        assert_eq!(remove["summary"], "No es del tema.");
        let restore = moderation().says(POST, &Ruling::Restore).unwrap();
        assert_eq!(restore["type"], "Undo");
        assert_eq!(restore["object"]["type"], "Delete");
        assert_eq!(restore["object"]["actor"], restore["actor"]);
        assert_ne!(restore["object"]["id"], restore["id"]);
    }

    #[test]
    fn a_ban_names_the_group_and_its_end_and_touches_no_posts() {
        let until = Timestamp::parse_rfc3339("2027-01-31T23:59:59Z");
        let person = "https://leon.example/u/luis";
        let ban = moderation().says(person, &Ruling::Ban(until)).unwrap();
        assert_eq!(
            (&ban["type"], &ban["target"]),
            (&json!("Block"), &json!(GROUP))
        );
        assert_eq!(ban["endTime"], "2027-01-31T23:59:59Z");
        assert_eq!(ban["removeData"], false);
        let open = moderation().says(person, &Ruling::Ban(None)).unwrap();
        assert_eq!(open.get("endTime"), None);
        let lifted = moderation().says(person, &Ruling::Unban).unwrap();
        assert_eq!(lifted["object"]["target"], GROUP);
    }

    #[test]
    fn what_is_featured_is_put_into_the_groups_collection() {
        for (ruling, kind) in [(Ruling::Feature, "Add"), (Ruling::Unfeature, "Remove")] {
            let said = moderation().says(POST, &ruling).unwrap();
            assert_eq!(said["type"], kind);
            assert_eq!(said["target"], "https://quito.example/t/agua/featured");
        }
        assert_eq!(
            moderation().says(POST, &Ruling::Priorities(Vec::new())),
            None
        );
    }
}
