//! Writing acts of the ledger.

use serde_json::{Map, Value, json};
use tequio_domain::{
    CitySlug, Digest,
    ledger::{
        Acknowledge, Candidacy, Certificate, Endorse, Genesis, Head, MemberRecord, Offer, Period,
        Reply, Seal, Slot, TermNo, What,
    },
};

use super::{Item, LedgerAct, Named, Plan, Say, Signed, item, times};

/// Takes a member of the document.
type Put<'a> = &'a mut dyn FnMut(&str, Value);

impl LedgerAct {
    /// The type, and all members beside id, actor, time and addressing.
    pub(in crate::activity) fn members(&self) -> (&'static str, Map<String, Value>) {
        let mut members = Map::new();
        let mut put = |name: &str, value: Value| {
            members.insert(name.to_owned(), value);
        };
        put("tq:act", json!(self.say.word()));
        put("tq:topic", json!(self.topic));
        put("audience", json!(self.audience));
        if !self.note.is_empty() {
            put("summary", json!(self.note));
        }
        let kind = self.say_into(&mut put);
        (kind, members)
    }

    fn say_into(&self, put: Put<'_>) -> &'static str {
        match &self.say {
            Say::Genesis(genesis) => {
                put("object", genesis_value(&self.topic, genesis));
                "Create"
            }
            Say::Offer {
                offer,
                group,
                items,
            } => self.offer(put, offer, (group, items)),
            Say::Withdraw(named) => {
                put("object", named_value(named));
                "Undo"
            }
            Say::Answer { offer, reply } => {
                put("object", named_value(offer));
                match reply {
                    Reply::Accept => "Accept",
                    Reply::Reject => "Reject",
                }
            }
            Say::Seal { seal, group } => self.seal(put, seal, group),
            Say::Stand(candidacy) => self.stand(put, candidacy),
            Say::Endorse { candidacy, endorse } => endorse_into(put, candidacy, endorse),
            Say::Certify(certificate) => self.certify(put, certificate),
            Say::Acknowledge { deed, acknowledge } => self.acknowledge(put, deed, acknowledge),
            Say::Propose(plan) => {
                let (kind, object) = change(&plan.what);
                put("object", json!({ "type": kind, "object": object }));
                put("tq:term", json!(plan.term));
                "Offer"
            }
            Say::Approve {
                proposal,
                city,
                change,
            } => approve_into(put, proposal, city, *change),
            Say::Change {
                plan,
                proposal,
                approvals,
            } => change_into(put, plan, proposal, approvals),
            Say::RecordLeave { term, city, leave } => record_leave_into(put, *term, city, leave),
            Say::Leave => {
                put("object", json!(self.topic));
                "Leave"
            }
            Say::Rule {
                term,
                object,
                ruling,
            } => {
                put("tq:term", json!(term));
                ruling.write(object, &self.audience, put)
            }
        }
    }

    fn offer(&self, put: Put<'_>, offer: &Offer, (group, items): (&str, &[Item])) -> &'static str {
        put("object", self.relationship(group));
        put("tq:city", json!(offer.to.as_str()));
        put("tq:term", json!(offer.term));
        put_period(put, offer.period);
        if !items.is_empty() {
            put("tq:handOver", item::values(items));
        }
        "Offer"
    }

    fn seal(&self, put: Put<'_>, seal: &Seal, group: &str) -> &'static str {
        put("object", json!(group));
        put("target", self.coordinators());
        put("tq:city", json!(seal.successor.as_str()));
        put("tq:term", json!(seal.term));
        put("tq:offer", digest_value(seal.offer));
        put("tq:accept", digest_value(seal.accept));
        "Add"
    }

    fn stand(&self, put: Put<'_>, candidacy: &Candidacy) -> &'static str {
        put("object", self.relationship(&self.audience));
        put("tq:term", json!(candidacy.term));
        put("tq:base", digest_value(candidacy.base));
        put("tq:changes", digests(&candidacy.changes));
        put_period(put, candidacy.period);
        "Offer"
    }

    fn certify(&self, put: Put<'_>, certificate: &Certificate) -> &'static str {
        put("object", json!(self.audience));
        put("target", self.coordinators());
        put("tq:term", json!(certificate.term));
        put("tq:base", digest_value(certificate.base));
        put("tq:candidacy", digest_value(certificate.candidacy));
        put("tq:endorsements", digests(&certificate.endorsements));
        put("tq:leaves", digests(&certificate.leaves));
        put("tq:head", head_value(certificate.head));
        "Add"
    }

    fn acknowledge(&self, put: Put<'_>, deed: &str, seen: &Acknowledge) -> &'static str {
        let (id, digest) = (deed.to_owned(), seen.deed);
        put("object", json!({ "type": "Group", "id": self.audience }));
        put("tq:deed", named_value(&Named { id, digest }));
        put("tq:base", digest_value(seen.base));
        "Update"
    }

    fn coordinators(&self) -> Value {
        json!(format!("{}#coordinators", self.topic))
    }

    fn relationship(&self, subject: &str) -> Value {
        json!({
            "type": "Relationship",
            "subject": subject,
            "relationship": "tq:coordinates",
            "object": self.topic,
        })
    }
}

fn endorse_into(put: Put<'_>, candidacy: &str, endorse: &Endorse) -> &'static str {
    let (id, digest) = (candidacy.to_owned(), endorse.candidacy);
    put("object", named_value(&Named { id, digest }));
    put("tq:base", digest_value(endorse.base));
    put("tq:head", head_value(endorse.head));
    "Accept"
}

fn record_leave_into(put: Put<'_>, term: TermNo, city: &CitySlug, leave: &Signed) -> &'static str {
    put(
        "object",
        json!({ "type": "Group", "tq:city": city.as_str() }),
    );
    put("tq:term", json!(term));
    put("tq:leave", signed_value(leave));
    "Remove"
}

fn approve_into(put: Put<'_>, proposal: &Named, city: &CitySlug, change: Digest) -> &'static str {
    put("object", named_value(proposal));
    put("tq:city", json!(city.as_str()));
    put("tq:change", digest_value(change));
    "Accept"
}

fn change_into(put: Put<'_>, plan: &Plan, proposal: &str, approvals: &[Signed]) -> &'static str {
    let (kind, object) = change(&plan.what);
    put("object", object);
    put("tq:term", json!(plan.term));
    put("tq:proposal", json!(proposal));
    put("tq:approvals", approvals.iter().map(signed_value).collect());
    kind
}

fn genesis_value(topic: &str, genesis: &Genesis) -> Value {
    let mut value = json!({
        "type": "tq:Ledger",
        "context": topic,
        "tq:members": genesis.members.iter().map(record_value).collect::<Value>(),
        "tq:coordinator": genesis.coordinator.as_str(),
        "tq:termDays": genesis.term_days,
        "tq:quorum": genesis.quorum.as_str(),
    });
    if let Some(members) = value.as_object_mut() {
        for (name, time) in times(genesis.period) {
            members.insert(name.to_owned(), json!(time.to_rfc3339()));
        }
    }
    value
}

/// The type and the object of a change.
pub(super) fn change(what: &What) -> (&'static str, Value) {
    let with_place = |record: &MemberRecord, from: i64| {
        let mut value = record_value(record);
        if let Some(members) = value.as_object_mut() {
            members.insert("tq:from".to_owned(), json!(from));
        }
        value
    };
    match what {
        What::Add { record, from } => ("Add", with_place(record, *from)),
        What::Update { record, from } => ("Update", with_place(record, *from)),
        What::Remove { city } | What::RecordLeave { city, .. } => (
            "Remove",
            json!({ "type": "Group", "tq:city": city.as_str() }),
        ),
        What::Schedule(slots) => (
            "Update",
            json!({ "type": "tq:Schedule", "items": slots.iter().map(slot_value).collect::<Value>() }),
        ),
    }
}

fn slot_value(slot: &Slot) -> Value {
    json!({
        "tq:city": slot.city.as_str(),
        "startTime": slot.period.start.to_rfc3339(),
        "endTime": slot.period.end.to_rfc3339(),
    })
}

fn record_value(record: &MemberRecord) -> Value {
    json!({
        "type": "Group",
        "id": record.group,
        "tq:city": record.city.as_str(),
        "tq:key": record.key.as_str(),
    })
}

fn signed_value(signed: &Signed) -> Value {
    json!({ "tq:key": signed.key.as_str(), "tq:entry": signed.entry })
}

fn named_value(named: &Named) -> Value {
    json!({ "id": named.id, "tq:digest": named.digest.to_multibase() })
}

fn head_value(head: Head) -> Value {
    json!({ "tq:seq": head.seq, "tq:digest": head.digest.to_multibase() })
}

fn digest_value(digest: Digest) -> Value {
    json!(digest.to_multibase())
}

fn digests<'a>(digests: impl IntoIterator<Item = &'a Digest>) -> Value {
    let texts = digests.into_iter().map(|digest| digest_value(*digest));
    texts.collect()
}

fn put_period(put: Put<'_>, period: Period) {
    for (name, time) in times(period) {
        put(name, json!(time.to_rfc3339()));
    }
}
