//! The vector of heads: how far each log of a topic reaches, in the eyes of one city.
//!
//! [`document`] is what `/t/{slug}/heads` serves and what is POSTed as a heartbeat; [`read`] takes
//! one in. It is one document so that there is one meaning.

use serde_json::{Value, json};
use tequio_domain::Digest;
use tequio_protocol::activity::{Malformed, Reader, context};
use tequio_store::peer::Head;

/// Type of the activity.
pub const KIND: &str = "tq:Heads";
/// Most logs in one vector: more cities than a network has.
const MAX_LOGS: usize = 1000;

/// How far one log reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// The group whose log it is.
    pub group: String,
    /// Its last entry; 0 = none.
    pub seq: i64,
    /// Digest of that entry; `None` exactly when there is none.
    pub digest: Option<Digest>,
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

/// The document of one of our groups. `group` is the group's id, `topic` the topic's identity.
#[must_use]
pub fn document(group: &str, topic: &str, heads: &[Head]) -> Value {
    let logs: Vec<Value> = heads
        .iter()
        .map(|head| {
            let mut log = json!({
                "tq:city": head.city,
                "tq:group": head.group_uri,
                "tq:seq": head.head_seq,
            });
            let digest = Digest::from_hex(&head.head_digest);
            if let (Some(members), Some(digest)) = (log.as_object_mut(), digest) {
                members.insert("tq:digest".into(), json!(digest.to_multibase()));
            }
            log
        })
        .collect();
    json!({
        "@context": context(),
        "id": format!("{group}/heads"),
        "type": KIND,
        "actor": group,
        "tq:topic": topic,
        "tq:heads": logs,
    })
}

/// Reads a vector.
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
    Ok(Reach {
        group: log.address("tq:group")?.to_owned(),
        seq,
        digest,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(city: &str, seq: i64) -> Head {
        Head {
            log_id: 1,
            topic: "agua".into(),
            city: city.into(),
            base_url: format!("https://{city}.example"),
            is_self: false,
            group_uri: format!("https://{city}.example/t/agua"),
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

    #[test]
    fn what_is_said_is_what_is_read() {
        let heads = [head("managua", 7), head("panama", 0)];
        let read = read(&document(
            "https://managua.example/t/agua",
            "urn:uuid:1",
            &heads,
        ))
        .unwrap();
        assert_eq!(read.group, "https://managua.example/t/agua");
        assert_eq!(read.topic, "urn:uuid:1");
        assert_eq!(read.logs.len(), 2);
        assert_eq!(
            read.logs[0],
            Reach {
                group: "https://managua.example/t/agua".into(),
                seq: 7,
                digest: Some(Digest::new([3; 32]))
            }
        );
        assert_eq!(
            read.logs[1],
            Reach {
                group: "https://panama.example/t/agua".into(),
                seq: 0,
                digest: None
            }
        );
    }

    #[test]
    fn a_vector_that_contradicts_itself_is_refused() {
        let good = document(
            "https://a.example/t/agua",
            "urn:uuid:1",
            &[head("managua", 7)],
        );
        for (pointer, wrong) in [
            ("/type", json!("Announce")),
            ("/actor", json!(["https://a.example/t/agua"])),
            ("/tq:heads/0/tq:seq", json!(0)),
            ("/tq:heads/0/tq:seq", json!(-1)),
            ("/tq:heads/0/tq:seq", json!("7")),
            ("/tq:heads/0/tq:digest", json!(null)),
            ("/tq:heads/0/tq:digest", json!("zQm")),
            ("/tq:heads/0/tq:group", json!(null)),
            ("/tq:heads/0", json!([])),
        ] {
            let mut bad = good.clone();
            *bad.pointer_mut(pointer).unwrap() = wrong;
            assert!(read(&bad).is_err(), "{pointer}");
        }
    }
}
