//! The vector of heads: how far each log of a topic reaches, in the eyes of one city.
//!
//! [`Vector::document`] is what `/t/{slug}/heads` serves and what is POSTed as a heartbeat, signed by our
//! group; [`read`] takes one in. It is one document so that there is one meaning.
//!
//! What must stay true: a number in a vector is a claim ([`crate::claims`]), and so is a key
//! ([`crate::words`]): nothing is taken for more than who says it.

use std::collections::HashMap;

use serde_json::{Value, json};
use tequio_domain::Digest;
use tequio_protocol::activity::{Malformed, Reader, VERSION, context};
use tequio_store::peer::{self, Head};
use tequio_store::{Conn, Error, fork, key_word, past_key};

/// Type of the activity.
pub const KIND: &str = "tq:Heads";
/// Most logs in one vector: more cities than a network has.
const MAX_LOGS: usize = 1000;

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

impl Reach {
    /// Whether its last entry has the number of ours and is another one.
    #[must_use]
    pub fn is_other_than(&self, held: &Head) -> bool {
        let digest = self.digest.map(|digest| digest.to_hex());
        !held.is_frozen
            && self.seq == held.head_seq
            && digest.is_some_and(|digest| digest != held.head_digest)
    }
}

/// A vector as received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heads {
    /// The group that says so.
    pub group: String,
    /// The topic's identity, `urn:uuid:…`.
    pub topic: String,
    /// Its logs.
    pub logs: Vec<Reach>,
}

/// What this city says of the logs that it holds.
#[derive(Debug, Clone, Default)]
pub struct Vector {
    /// Heads, by topic and city.
    pub heads: Vec<Head>,
    /// First keys, by row key of the log, where they are not the newest.
    first_keys: HashMap<i64, String>,
    /// Where logs part, by row key of the log.
    forks: HashMap<i64, i64>,
    /// Row keys of the logs whose group was not met: their keys are the word of siblings.
    vouched: Vec<i64>,
}

impl Vector {
    /// Of all topics.
    ///
    /// # Errors
    /// The database's.
    pub fn read(conn: &mut Conn) -> Result<Self, Error> {
        let mut first_keys = HashMap::new();
        for key in past_key::all(conn)? {
            first_keys.entry(key.log_id).or_insert(key.public_key);
        }
        let forks = fork::all(conn)?.into_iter().filter(|fork| fork.is_exact);
        Ok(Self {
            heads: peer::heads(conn)?,
            first_keys,
            forks: forks.map(|fork| (fork.log_id, fork.seq)).collect(),
            vouched: key_word::vouched(conn)?,
        })
    }

    /// Whether we know nothing of a group by itself.
    #[must_use]
    pub fn is_unmet(&self, group: &str) -> bool {
        let head = self.heads.iter().find(|head| head.group_uri == group);
        head.is_none_or(|head| self.vouched.contains(&head.log_id))
    }

    /// The key that proves the first entry of a log.
    #[must_use]
    pub fn first_key<'a>(&'a self, head: &'a Head) -> &'a str {
        let given_up = self.first_keys.get(&head.log_id);
        given_up.unwrap_or(&head.public_key)
    }

    /// Where a log parts into two; `None` = it does not.
    #[must_use]
    pub fn fork(&self, head: &Head) -> Option<i64> {
        self.forks.get(&head.log_id).copied()
    }

    /// The document of one of our groups, without proof. `group` is the group's id, `topic` the topic's identity
    /// and `slug` its name in addresses.
    #[must_use]
    pub fn document(&self, group: &str, topic: &str, slug: &str) -> Value {
        let of_topic = self.heads.iter().filter(|head| head.topic == slug);
        let logs: Vec<Value> = of_topic.map(|head| self.log(head)).collect();
        json!({
            "@context": context(),
            "id": format!("{group}/heads"),
            "type": KIND,
            "actor": group,
            "tq:version": VERSION,
            "tq:topic": topic,
            "tq:heads": logs,
        })
    }

    fn log(&self, head: &Head) -> Value {
        let mut log = json!({
            "tq:city": head.city,
            "tq:group": head.group_uri,
            "tq:key": self.first_key(head),
            "tq:seq": head.head_seq,
        });
        if let Some(members) = log.as_object_mut() {
            if let Some(digest) = Digest::from_hex(&head.head_digest) {
                members.insert("tq:digest".into(), json!(digest.to_multibase()));
            }
            if let Some(seq) = self.fork(head) {
                members.insert("tq:fork".into(), json!(seq));
            }
        }
        log
    }
}

/// Reads a vector, of our version, of the one before, or of a later one: members that we do not know are
/// passed over.
///
/// # Errors
/// [`Malformed`], naming the member.
pub fn read(value: &Value) -> Result<Heads, Malformed> {
    let document = Reader::new(value, "heads")?;
    if document.text("type")? != KIND {
        return Err(Malformed::new("type", "must be tq:Heads"));
    }
    let logs = document.list("tq:heads");
    if logs.len() > MAX_LOGS {
        return Err(Malformed::new("tq:heads", "has more than 1000 elements"));
    }
    Ok(Heads {
        group: document.address("actor")?.to_owned(),
        topic: document.text("tq:topic")?.to_owned(),
        logs: logs.iter().map(read_reach).collect::<Result<_, _>>()?,
    })
}

fn read_reach(value: &Value) -> Result<Reach, Malformed> {
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
    Ok(Reach {
        city: log.text("tq:city")?.to_owned(),
        group: log.address("tq:group")?.to_owned(),
        seq,
        digest,
        key: log.optional_text("tq:key")?.map(str::to_owned),
        fork: fork.filter(|seq| *seq > 0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";

    fn head(city: &str, seq: i64) -> Head {
        Head {
            log_id: seq,
            topic: "agua".into(),
            city: city.into(),
            base_url: format!("https://{city}.example"),
            is_self: false,
            group_uri: format!("https://{city}.example/t/agua"),
            public_key: KEY.into(),
            head_seq: seq,
            head_digest: if seq == 0 {
                String::new()
            } else {
                Digest::new([3; 32]).to_hex()
            },
            known_seq: seq,
            is_frozen: false,
        }
    }

    fn vector(heads: &[Head]) -> Vector {
        Vector {
            heads: heads.to_vec(),
            ..Vector::default()
        }
    }

    #[test]
    fn what_is_said_is_what_is_read() {
        let mut vector = vector(&[head("managua", 7), head("panama", 0)]);
        vector.forks.insert(7, 5);
        let read = read(&vector.document("https://managua.example/t/agua", "urn:uuid:1", "agua"));
        let read = read.unwrap();
        assert_eq!(read.group, "https://managua.example/t/agua");
        assert_eq!(read.topic, "urn:uuid:1");
        assert_eq!(read.logs.len(), 2);
        assert_eq!(
            read.logs[0],
            Reach {
                city: "managua".into(),
                group: "https://managua.example/t/agua".into(),
                seq: 7,
                digest: Some(Digest::new([3; 32])),
                key: Some(KEY.into()),
                fork: Some(5),
            }
        );
        assert_eq!(
            read.logs[1],
            Reach {
                city: "panama".into(),
                group: "https://panama.example/t/agua".into(),
                seq: 0,
                digest: None,
                key: Some(KEY.into()),
                fork: None,
            }
        );
    }

    #[test]
    fn a_vector_that_contradicts_itself_is_refused() {
        let mut good = vector(&[head("managua", 7)]);
        good.forks.insert(7, 5);
        let good = good.document("https://a.example/t/agua", "urn:uuid:1", "agua");
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
            assert!(read(&bad).is_err(), "{pointer}");
        }
    }

    /// Cities before this version say no keys, and later ones may say more than we know.
    #[test]
    fn vectors_of_the_version_before_and_of_a_later_one_are_read() {
        let vector = vector(&[head("managua", 7)]);
        let now = vector.document("https://a.example/t/agua", "urn:uuid:1", "agua");
        let mut before = now.clone();
        before.as_object_mut().unwrap().remove("tq:version");
        let log = before.pointer_mut("/tq:heads/0").unwrap();
        log.as_object_mut().unwrap().remove("tq:key");
        let read_before = read(&before).unwrap();
        assert_eq!(read_before.logs[0].seq, 7);
        assert_eq!(read_before.logs[0].key, None);
        let mut later = now.clone();
        later["tq:version"] = json!(99);
        later["tq:something"] = json!({ "new": true });
        later["tq:heads"][0]["tq:other"] = json!([1, 2]);
        assert_eq!(read(&later).unwrap(), read(&now).unwrap());
    }
}
