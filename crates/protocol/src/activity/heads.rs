//! The vector of heads on the wire: how far each log of a topic reaches, in the eyes of one city.
//!
//! It is one document, served and sent, so that there is one meaning. Everything in it is a claim of whoever
//! says it.

use serde_json::{Value, json};
use tequio_domain::Digest;

use super::{Malformed, Reader, VERSION, context};

/// Type of the document.
pub const KIND: &str = "tq:Heads";
/// Most logs in one vector: more cities than a network has.
pub const LOGS_MAX: usize = 1000;

/// How far one log reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// Slug of its city.
    pub city: String,
    /// The group whose log it is.
    pub group: String,
    /// Its last entry; 0 = none.
    pub seq: i64,
    /// Digest of that entry; `None` exactly when there is none.
    pub digest: Option<Digest>,
    /// The key that proves its first entry, multibase; `None` = not said (version 0).
    pub key: Option<String>,
    /// The log was told in two ways, which part at this entry; `None` = not that they know of.
    pub fork: Option<i64>,
}

/// A vector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heads {
    /// The group that says so.
    pub group: String,
    /// The topic's identity, `urn:uuid:…`.
    pub topic: String,
    /// Its logs.
    pub logs: Vec<Reach>,
}

impl Heads {
    /// The document, without proof.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let logs: Vec<Value> = self.logs.iter().map(Reach::to_value).collect();
        json!({
            "@context": context(),
            "id": format!("{}/heads", self.group),
            "type": KIND,
            "actor": self.group,
            "tq:version": VERSION,
            "tq:topic": self.topic,
            "tq:heads": logs,
        })
    }

    /// Reads a vector, of our version, of the one before, or of a later one: members that we do not know are
    /// passed over.
    ///
    /// # Errors
    /// [`Malformed`], naming the member.
    pub fn read(value: &Value) -> Result<Self, Malformed> {
        let document = Reader::new(value, "heads")?;
        if document.text("type")? != KIND {
            return Err(Malformed::new("type", "must be tq:Heads"));
        }
        let logs = document.list("tq:heads");
        if logs.len() > LOGS_MAX {
            return Err(Malformed::new("tq:heads", "has more than 1000 elements"));
        }
        Ok(Self {
            group: document.address("actor")?.to_owned(),
            topic: document.text("tq:topic")?.to_owned(),
            logs: logs.iter().map(Reach::read).collect::<Result<_, _>>()?,
        })
    }
}

impl Reach {
    fn to_value(&self) -> Value {
        let mut log = json!({
            "tq:city": self.city,
            "tq:group": self.group,
            "tq:seq": self.seq,
        });
        if let Some(members) = log.as_object_mut() {
            if let Some(key) = &self.key {
                members.insert("tq:key".into(), json!(key));
            }
            if let Some(digest) = self.digest {
                members.insert("tq:digest".into(), json!(digest.to_multibase()));
            }
            if let Some(seq) = self.fork {
                members.insert("tq:fork".into(), json!(seq));
            }
        }
        log
    }

    fn read(value: &Value) -> Result<Self, Malformed> {
        const DIGEST: Malformed = Malformed::new("tq:digest", "must be there when tq:seq is not 0");
        let log = Reader::new(value, "tq:heads")?;
        let seq = log.number("tq:seq")?;
        let digest = match log.optional_text("tq:digest")? {
            None => None,
            Some(text) => Some(Digest::from_multibase(text).ok_or(DIGEST)?),
        };
        if digest.is_some() != (seq > 0) {
            return Err(DIGEST);
        }
        let fork = match log.any("tq:fork") {
            None => None,
            Some(_) => Some(log.number("tq:fork")?),
        };
        Ok(Self {
            city: log.text("tq:city")?.to_owned(),
            group: log.address("tq:group")?.to_owned(),
            seq,
            digest,
            key: log.optional_text("tq:key")?.map(str::to_owned),
            fork: fork.filter(|seq| *seq > 0),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";

    fn vector() -> Heads {
        let managua = Reach {
            city: "managua".into(),
            group: "https://managua.example/t/agua".into(),
            seq: 7,
            digest: Some(Digest::new([3; 32])),
            key: Some(KEY.into()),
            fork: Some(5),
        };
        let panama = Reach {
            city: "panama".into(),
            group: "https://panama.example/t/agua".into(),
            seq: 0,
            digest: None,
            key: None,
            fork: None,
        };
        Heads {
            group: "https://managua.example/t/agua".into(),
            topic: "urn:uuid:1".into(),
            logs: vec![managua, panama],
        }
    }

    #[test]
    fn what_is_written_is_what_is_read() {
        assert_eq!(Heads::read(&vector().to_value()), Ok(vector()));
    }

    #[test]
    fn a_vector_that_contradicts_itself_is_refused() {
        let good = vector().to_value();
        for (pointer, wrong) in [
            ("/type", json!("Announce")),
            ("/actor", json!(["https://a.example/t/agua"])),
            ("/tq:heads/0/tq:seq", json!(0)),
            ("/tq:heads/0/tq:seq", json!(-1)),
            ("/tq:heads/0/tq:seq", json!("7")),
            ("/tq:heads/0/tq:digest", json!(null)),
            ("/tq:heads/0/tq:digest", json!("zQm")),
            ("/tq:heads/0/tq:group", json!(null)),
            ("/tq:heads/0/tq:fork", json!("5")),
            ("/tq:heads/0/tq:key", json!([])),
            ("/tq:heads/0", json!([])),
        ] {
            let mut bad = good.clone();
            *bad.pointer_mut(pointer).unwrap() = wrong;
            assert!(Heads::read(&bad).is_err(), "{pointer}");
        }
    }

    /// Cities before this version say no keys, and later ones may say more than we know.
    #[test]
    fn vectors_of_the_version_before_and_of_a_later_one_are_read() {
        let now = vector().to_value();
        let mut before = now.clone();
        before.as_object_mut().unwrap().remove("tq:version");
        let log = before.pointer_mut("/tq:heads/0").unwrap();
        log.as_object_mut().unwrap().remove("tq:key");
        let read_before = Heads::read(&before).unwrap();
        assert_eq!(read_before.logs[0].seq, 7);
        assert_eq!(read_before.logs[0].key, None);
        let mut later = now.clone();
        later["tq:version"] = json!(99);
        later["tq:something"] = json!({ "new": true });
        later["tq:heads"][0]["tq:other"] = json!([1, 2]);
        assert_eq!(Heads::read(&later), Heads::read(&now));
    }
}
