//! The vector of heads: how far each log of a topic reaches, in the eyes of one city.
//!
//! [`Vector::document`] is what `/t/{slug}/heads` serves and what is POSTed as a heartbeat, signed by our
//! group; [`Heads::read`] takes one in.
//!
//! What must stay true: a number in a vector is a claim ([`crate::claims`]), and so is a key
//! ([`crate::words`]): nothing is taken for more than who says it.

use std::collections::HashMap;

use serde_json::Value;
use tequio_domain::Digest;
use tequio_protocol::activity::{Heads, Reach};
use tequio_store::peer::{self, Head};
use tequio_store::{Conn, Error, fork, key_word, past_key};

/// Whether a log's last entry, as told, has the number of ours and is another one.
#[must_use]
pub fn is_other(told: &Reach, held: &Head) -> bool {
    let digest = told.digest.map(|digest| digest.to_hex());
    !held.is_frozen
        && told.seq == held.head_seq
        && digest.is_some_and(|digest| digest != held.head_digest)
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
        let told = Heads {
            group: group.to_owned(),
            topic: topic.to_owned(),
            logs: of_topic.map(|head| self.log(head)).collect(),
        };
        told.to_value()
    }

    fn log(&self, head: &Head) -> Reach {
        Reach {
            city: head.city.clone(),
            group: head.group_uri.clone(),
            seq: head.head_seq,
            digest: Digest::from_hex(&head.head_digest),
            key: Some(self.first_key(head).to_owned()),
            fork: self.fork(head),
        }
    }
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
        let read =
            Heads::read(&vector.document("https://managua.example/t/agua", "urn:uuid:1", "agua"));
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
}
