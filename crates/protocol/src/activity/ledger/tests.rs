use std::collections::BTreeSet;

use serde_json::{Value, json};
use tequio_domain::{
    CitySlug, Digest, Timestamp,
    ledger::{
        Acknowledge, Act as Judged, Candidacy, Certificate, Endorse, Genesis, Head, MemberRecord,
        Offer, Period, ProofKey, Quorum, Reply, Seal, Slot, What,
    },
};

use super::{ITEM_MAX, ITEMS_MAX, Item, ItemKind, LIST_MAX, LedgerAct, Named, Plan, Say, Signed};
use crate::activity::{Act, Activity, Entry, Inside, proof_key_id};
use crate::keys::Ed25519PrivateKey;
use crate::proof;

mod ruling;

const GROUP: &str = "https://quito.example/t/agua";
const PERSON: &str = "https://quito.example/u/eva";
const TOPIC: &str = "urn:uuid:3a0a9a3e-6f3c-5b6e-9d5e-6a3f0c6f2a11";

fn city(slug: &str) -> CitySlug {
    CitySlug::parse(slug).unwrap()
}

fn digest(byte: u8) -> Digest {
    Digest::new([byte; 32])
}

fn period() -> Period {
    Period {
        start: Timestamp::from_micros(1_772_460_300_000_000),
        end: Timestamp::from_micros(1_788_460_300_000_000),
    }
}

fn key() -> (Ed25519PrivateKey, ProofKey) {
    let key = Ed25519PrivateKey::generate().unwrap();
    let text = ProofKey::parse(&key.public().to_multibase()).unwrap();
    (key, text)
}

fn record(slug: &str) -> MemberRecord {
    MemberRecord {
        city: city(slug),
        group: format!("https://{slug}.example/t/agua"),
        key: key().1,
    }
}

fn named(byte: u8) -> Named {
    Named {
        id: format!("https://rosario.example/a/{byte}"),
        digest: digest(byte),
    }
}

fn activity(say: Say) -> Activity {
    let act = LedgerAct {
        topic: TOPIC.to_owned(),
        audience: GROUP.to_owned(),
        note: "Por acuerdo del taller de marzo.".to_owned(),
        say,
    };
    Activity {
        id: "https://quito.example/a/1".to_owned(),
        actor: PERSON.to_owned(),
        published: period().start,
        act: Act::Ledger(Box::new(act)),
    }
}

fn whats() -> Vec<What> {
    let slots = ["quito", "leon"].map(|slug| Slot {
        period: period(),
        city: city(slug),
    });
    vec![
        What::Add {
            record: record("leon"),
            from: 1,
        },
        What::Update {
            record: record("leon"),
            from: 8,
        },
        What::Remove { city: city("leon") },
        What::Schedule(slots.to_vec()),
        What::Schedule(Vec::new()),
    ]
}

fn hand_over_says() -> Vec<Say> {
    let group = "https://rosario.example/t/agua".to_owned();
    let quorums = Quorum::ALL.into_iter().map(|quorum| {
        Say::Genesis(Genesis {
            members: vec![record("quito"), record("rosario")],
            coordinator: city("rosario"),
            term_days: 180,
            quorum,
            period: period(),
        })
    });
    let mut says: Vec<Say> = quorums.collect();
    says.extend([
        Say::Offer {
            offer: Offer {
                term: 2,
                to: city("rosario"),
                period: period(),
            },
            group: group.clone(),
            items: Vec::new(),
        },
        Say::Offer {
            offer: Offer {
                term: 2,
                to: city("rosario"),
                period: period(),
            },
            group: group.clone(),
            items: ItemKind::ALL.map(item).to_vec(),
        },
        Say::Withdraw(named(1)),
        Say::Answer {
            offer: named(2),
            reply: Reply::Accept,
        },
        Say::Answer {
            offer: named(2),
            reply: Reply::Reject,
        },
        Say::Seal {
            seal: Seal {
                term: 2,
                successor: city("rosario"),
                offer: digest(2),
                accept: digest(3),
            },
            group,
        },
        Say::Leave,
    ]);
    says
}

fn item(kind: ItemKind) -> Item {
    let text = "Llamar a la oficina de aguas".to_owned();
    Item { kind, text }
}

fn takeover_says() -> Vec<Say> {
    let head = Head {
        seq: 12,
        digest: digest(7),
    };
    vec![
        Say::Stand(Candidacy {
            term: 3,
            base: digest(4),
            period: period(),
            changes: BTreeSet::from([digest(5), digest(6)]),
        }),
        Say::Endorse {
            candidacy: "https://rosario.example/a/9".to_owned(),
            endorse: Endorse {
                candidacy: digest(9),
                base: digest(4),
                head,
            },
        },
        Say::Certify(Certificate {
            term: 3,
            base: digest(4),
            candidacy: digest(9),
            endorsements: BTreeSet::from([digest(10), digest(11)]),
            leaves: BTreeSet::from([digest(12)]),
            head,
        }),
        Say::Acknowledge {
            deed: "https://rosario.example/a/13".to_owned(),
            acknowledge: Acknowledge {
                deed: digest(13),
                base: digest(4),
            },
        },
        Say::Approve {
            proposal: named(14),
            city: city("quito"),
            change: digest(15),
        },
    ]
}

fn says() -> Vec<Say> {
    let mut says = hand_over_says();
    says.extend(takeover_says());
    for what in whats() {
        let plan = Plan { term: 1, what };
        says.push(Say::Propose(plan.clone()));
        let proposal = "https://quito.example/a/14".to_owned();
        let approvals = vec![approval(&plan, &proposal)];
        says.push(Say::Change {
            plan,
            proposal,
            approvals,
        });
    }
    says.extend(ruling::says());
    says.push(Say::RecordLeave {
        term: 1,
        city: city("leon"),
        leave: signed_entry(Say::Leave),
    });
    says
}

/// The entry in which Leon says something, as Leon's group signed it.
fn signed_entry(say: Say) -> Signed {
    let group = "https://leon.example/t/agua";
    let (private, key) = key();
    let act = LedgerAct {
        topic: TOPIC.to_owned(),
        audience: group.to_owned(),
        note: String::new(),
        say,
    };
    let object = Activity {
        id: "https://leon.example/a/1".to_owned(),
        actor: "https://leon.example/u/luis".to_owned(),
        published: period().start,
        act: Act::Ledger(Box::new(act)),
    };
    let entry = Entry {
        id: "https://leon.example/a/2",
        group,
        published: period().start,
        seq: 4,
        prev: Some(digest(1)),
        object: &object.to_value(),
    };
    let mut entry = entry.to_value();
    proof::sign(&mut entry, &private, &proof_key_id(group), period().start).unwrap();
    Signed { key, entry }
}

fn approval(plan: &Plan, proposal: &str) -> Signed {
    signed_entry(Say::Approve {
        proposal: Named {
            id: proposal.to_owned(),
            digest: digest(14),
        },
        city: city("leon"),
        change: plan.digest(GROUP, proposal),
    })
}

fn ledger_act(activity: Activity) -> LedgerAct {
    let Act::Ledger(act) = activity.act else {
        panic!("not an act of the ledger");
    };
    *act
}

#[test]
fn every_act_is_read_as_it_was_written() {
    for say in says() {
        let word = say.word();
        let activity = activity(say);
        let read = Inside::read(&activity.to_value(), GROUP);
        assert_eq!(read, Ok(Inside::Own(activity.clone())), "{word}");
        assert!(ledger_act(activity).is_whole(), "{word}");
    }
}

#[test]
fn a_member_that_is_missing_or_of_another_kind_makes_it_no_act() {
    let required = [
        "tq:topic",
        "audience",
        "object",
        "tq:term",
        "tq:city",
        "tq:base",
        "tq:head",
        "tq:changes",
        "tq:endorsements",
        "tq:leaves",
        "tq:candidacy",
        "tq:offer",
        "tq:accept",
        "tq:deed",
        "tq:change",
        "tq:proposal",
        "tq:approvals",
        "tq:leave",
        "startTime",
        "endTime",
    ];
    let mut tried = 0;
    for say in says() {
        let good = activity(say).to_value();
        for member in required {
            // Of these the object is there for readers elsewhere only.
            let act = good["tq:act"].as_str().unwrap();
            let is_for_show = match member {
                "object" => ["leave", "stand", "certify", "acknowledge"].contains(&act),
                "endTime" => act == "ban",
                _ => false,
            };
            if good.get(member).is_none() || is_for_show {
                continue;
            }
            for wrong in [Value::Null, json!(true), json!([{ "tq:act": [] }])] {
                let mut bad = good.clone();
                bad[member] = wrong;
                assert!(Activity::read(&bad).is_err(), "{member} of {good}");
                tried += 1;
            }
        }
        let mut bad = good.clone();
        bad["type"] = json!("Like");
        assert!(Activity::read(&bad).is_err());
    }
    assert!(tried > 200, "{tried}");
}

#[test]
fn lists_have_an_end() {
    let say = takeover_says().remove(2);
    let mut long = activity(say).to_value();
    let many = vec![json!(digest(1).to_multibase()); LIST_MAX + 1];
    long["tq:endorsements"] = json!(many);
    assert!(Activity::read(&long).is_err());
}

#[test]
fn an_approval_is_of_one_change_and_by_its_key() {
    let plan = |slug| Plan {
        term: 1,
        what: What::Remove { city: city(slug) },
    };
    let proposal = "https://quito.example/a/14";
    let good = approval(&plan("rosario"), proposal);
    let change = |plan: Plan, proposal: &str, approvals| {
        ledger_act(activity(Say::Change {
            plan,
            proposal: proposal.to_owned(),
            approvals,
        }))
    };
    let whole = change(plan("rosario"), proposal, vec![good.clone()]);
    assert!(whole.is_whole());
    let Some(Judged::Change(judged)) = whole.act() else {
        panic!("no change");
    };
    assert_eq!(
        judged.approved_by,
        [(city("leon"), good.key.clone())].into()
    );

    let other_change = change(plan("oaxaca"), proposal, vec![good.clone()]);
    let other_proposal = change(
        plan("rosario"),
        "https://quito.example/a/15",
        vec![good.clone()],
    );
    let other_key = Signed {
        key: key().1,
        entry: good.entry.clone(),
    };
    let mut touched = good.clone();
    touched.entry["published"] = json!("2026-05-01T00:00:00Z");
    let by_other_key = change(plan("rosario"), proposal, vec![other_key]);
    let touched = change(plan("rosario"), proposal, vec![touched]);
    for bad in [other_change, other_proposal, by_other_key, touched] {
        assert!(!bad.is_whole());
    }
}

#[test]
fn a_change_is_known_by_what_was_proposed() {
    let say = |proposal: &str| Say::Change {
        plan: Plan {
            term: 1,
            what: What::Remove { city: city("leon") },
        },
        proposal: proposal.to_owned(),
        approvals: Vec::new(),
    };
    let identity = |say, id: &str| ledger_act(activity(say)).identity(id);
    let (one, other) = ("https://quito.example/a/1", "https://quito.example/a/2");
    assert_eq!(identity(say(one), one), identity(say(one), other));
    assert_ne!(identity(say(""), one), identity(say(""), other));
}

#[test]
fn what_is_handed_over_is_kept_within_limits() {
    let with = |items: Value| {
        let say = hand_over_says()
            .into_iter()
            .find(|say| say.word() == "offer");
        let mut value = activity(say.unwrap()).to_value();
        value["tq:handOver"] = items;
        Inside::read(&value, GROUP).is_ok()
    };
    let one = |kind: &str, text: &str| json!([{ "tq:item": kind, "content": text }]);
    let many = |count| {
        let item = json!({ "tq:item": "task", "content": "x" });
        Value::Array(vec![item; count])
    };
    assert!(with(one("note", &"ñ".repeat(ITEM_MAX))));
    assert!(with(many(ITEMS_MAX)));
    assert!(!with(many(ITEMS_MAX + 1)));
    assert!(!with(one("note", &"ñ".repeat(ITEM_MAX + 1))));
    for bad in [
        one("gift", "x"),
        one("note", " \u{202e}\n "),
        json!([{ "tq:item": "note" }]),
        json!(["x"]),
    ] {
        assert!(!with(bad.clone()), "{bad}");
    }
}
