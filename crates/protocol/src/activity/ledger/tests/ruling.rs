//! What is ruled about posts, people and the topic itself.

use serde_json::{Value, json};

use super::{GROUP, TOPIC, activity, period};
use crate::activity::Inside;
use crate::activity::ledger::{
    COLLECTED_MAX, COLLECTION_NAME_MAX, COLLECTION_SUMMARY_MAX, Collection, PAGE_TEXT_MAX,
    PARTS_MAX, PRIORITIES_MAX, PRIORITY_MAX, PageTexts, Part, Priority, Ruling, SUMMARY_MAX, Say,
    TopicPage,
};

/// One of each.
pub(super) fn says() -> Vec<Say> {
    let about = |object: &str, ruling| Say::Rule {
        term: 2,
        object: object.to_owned(),
        ruling,
    };
    let person = "https://rosario.example/u/raul";
    let mut says: Vec<Say> = Ruling::ABOUT_POSTS
        .map(|ruling| about("https://rosario.example/o/7", ruling))
        .to_vec();
    says.extend([
        about(person, Ruling::Ban(None)),
        about(person, Ruling::Ban(Some(period().end))),
        about(person, Ruling::Unban),
        about(TOPIC, Ruling::Page(Box::new(page()))),
        about(TOPIC, Ruling::Priorities(Vec::new())),
        about(TOPIC, Ruling::Priorities(priorities())),
        about(COLLECTION, Ruling::Collection(Box::new(dissolved()))),
        about(COLLECTION, Ruling::Collection(Box::new(collection()))),
    ]);
    says
}

const COLLECTION: &str = "urn:uuid:3a0a9a3e-6f3c-5b6e-9d5e-6a3f0c6f2a11#para-empezar";

fn dissolved() -> Collection {
    Collection {
        name: "Para empezar".to_owned(),
        ..Collection::default()
    }
}

fn collection() -> Collection {
    let part = |name: &str, items: &[&str]| Part {
        name: name.to_owned(),
        items: items.iter().map(|item| (*item).to_owned()).collect(),
    };
    Collection {
        name: "Para empezar".to_owned(),
        summary: "Lo que conviene leer primero.".to_owned(),
        parts: vec![
            part("", &["https://rosario.example/o/7"]),
            part(
                "Las cuentas",
                &["https://leon.example/o/8", "https://leon.example/o/9"],
            ),
        ],
    }
}

fn page() -> TopicPage {
    TopicPage {
        es: PageTexts {
            summary: "Agua y drenaje".to_owned(),
            for_deciders: "Lo que **cuesta**.".to_owned(),
            for_practitioners: "Cómo se hace.\n\n- paso a paso".to_owned(),
        },
        en: PageTexts {
            summary: "Water and sewers".to_owned(),
            ..PageTexts::default()
        },
    }
}

fn priorities() -> Vec<Priority> {
    let about = Some("https://rosario.example/o/7".to_owned());
    [("Cobrar el agua", about), ("Reparar fugas", None)]
        .map(|(name, about)| Priority {
            name: name.to_owned(),
            about,
        })
        .to_vec()
}

/// Whether a ruling is read when its document is changed so.
fn is_read(object: &str, ruling: Ruling, change: impl FnOnce(&mut Value)) -> bool {
    let say = Say::Rule {
        term: 2,
        object: object.to_owned(),
        ruling,
    };
    let mut value = activity(say).to_value();
    change(&mut value);
    Inside::read(&value, GROUP).is_ok()
}

#[test]
fn a_ban_has_an_end_or_none_but_no_other_thing() {
    let ban = |end: Value| {
        let until = Some(period().end);
        is_read(
            "https://rosario.example/u/raul",
            Ruling::Ban(until),
            |value| {
                value["endTime"] = end;
            },
        )
    };
    assert!(ban(Value::Null));
    assert!(ban(json!("2027-01-01T00:00:00Z")));
    for bad in [json!("tomorrow"), json!(7), json!([])] {
        assert!(!ban(bad.clone()), "{bad}");
    }
}

#[test]
fn what_a_topic_says_of_itself_is_kept_within_limits() {
    let read = |ruling, change: &dyn Fn(&mut Value)| is_read(TOPIC, ruling, change);
    let page = |change: &dyn Fn(&mut Value)| read(Ruling::Page(Box::new(page())), change);
    let list = |change: &dyn Fn(&mut Value)| read(Ruling::Priorities(priorities()), change);
    let long = |max: usize| "ñ".repeat(max);
    assert!(page(
        &|value| value["object"]["summaryMap"]["es"] = json!(long(SUMMARY_MAX))
    ));
    assert!(!page(
        &|value| value["object"]["summaryMap"]["es"] = json!(long(SUMMARY_MAX + 1))
    ));
    assert!(!page(
        &|value| value["object"]["summaryMap"]["es"] = json!(" ")
    ));
    assert!(!page(&|value| value["object"]["summaryMap"] = json!("Agua")));
    for member in ["tq:forDeciders", "tq:forPractitioners"] {
        assert!(page(
            &|value| value["object"][member]["en"] = json!(long(PAGE_TEXT_MAX))
        ));
        assert!(!page(
            &|value| value["object"][member]["en"] = json!(long(PAGE_TEXT_MAX + 1))
        ));
        assert!(!page(&|value| value["object"][member] = Value::Null));
    }
    assert!(!page(&|value| value["object"]["id"] = json!("urn:uuid:0")));
    assert!(!page(
        &|value| value["object"]["type"] = json!("tq:Priorities")
    ));
    assert!(!page(&|value| value["summary"] = json!(" ")));

    let item = |name: &str| json!({ "name": name });
    assert!(list(
        &|value| value["object"]["items"] = json!(vec![item("x"); PRIORITIES_MAX])
    ));
    assert!(!list(
        &|value| value["object"]["items"] = json!(vec![item("x"); PRIORITIES_MAX + 1])
    ));
    assert!(list(
        &|value| value["object"]["items"] = json!([item(&long(PRIORITY_MAX))])
    ));
    for bad in [
        item(&long(PRIORITY_MAX + 1)),
        item(" \u{202e}"),
        json!({ "name": "x", "tq:about": "urn:uuid:0" }),
        json!("x"),
    ] {
        assert!(
            !list(&|value| value["object"]["items"] = json!([bad])),
            "{bad}"
        );
    }
}

#[test]
fn a_collection_is_the_topics_and_kept_within_limits() {
    let read = |change: &dyn Fn(&mut Value)| {
        is_read(
            COLLECTION,
            Ruling::Collection(Box::new(collection())),
            change,
        )
    };
    let long = |max: usize| "ñ".repeat(max);
    let parts = |count: usize, items: usize| {
        let item = "https://leon.example/o/8";
        json!(vec![
            json!({ "name": "", "items": vec![item; items] });
            count
        ])
    };
    assert!(read(
        &|value| value["object"]["name"] = json!(long(COLLECTION_NAME_MAX))
    ));
    assert!(read(
        &|value| value["object"]["summary"] = json!(long(COLLECTION_SUMMARY_MAX))
    ));
    assert!(read(
        &|value| value["object"]["tq:parts"] = parts(PARTS_MAX, 5)
    ));
    assert!(read(
        &|value| value["object"]["tq:parts"] = parts(1, COLLECTED_MAX)
    ));
    let wrong: [(&str, Value); 10] = [
        ("name", json!(" ")),
        ("name", json!(long(COLLECTION_NAME_MAX + 1))),
        ("summary", json!(long(COLLECTION_SUMMARY_MAX + 1))),
        ("tq:parts", parts(PARTS_MAX + 1, 1)),
        ("tq:parts", parts(1, COLLECTED_MAX + 1)),
        (
            "tq:parts",
            json!([{ "name": "x", "items": ["urn:uuid:0"] }]),
        ),
        ("tq:parts", json!([{ "items": [] }])),
        ("tq:parts", Value::Null),
        ("type", json!("tq:Priorities")),
        ("id", json!("urn:uuid:0#para-empezar")),
    ];
    for (member, bad) in wrong {
        assert!(
            !read(&|value| value["object"][member] = bad.clone()),
            "{member} {bad}"
        );
    }
    for id in [TOPIC.to_owned(), format!("{TOPIC}#"), format!("{TOPIC}#Á")] {
        assert!(!read(&|value| value["object"]["id"] = json!(id)), "{id}");
    }
}
