//! Whatever arrives: reading never fails otherwise than by its error, keeps its bounds, and is a function
//! of the document.

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tequio_domain::text;
use tequio_protocol::outside::{
    ADDRESSED_MAX, Announced, MENTIONS_MAX, OutsideAct, OutsideActivity, OutsideActor, OutsidePost,
    Undone,
};
use tequio_protocol::{jcs, json};

use crate::{documents, programs};

#[rustfmt::skip]
const MEMBERS: [&str; 40] = [
    "id", "type", "actor", "object", "target", "to", "cc", "audience", "published", "updated",
    "attributedTo", "inReplyTo", "name", "content", "contentMap", "mediaType", "source", "summary",
    "sensitive", "url", "href", "attachment", "image", "tag", "oneOf", "anyOf", "endTime",
    "startTime", "location", "address", "language", "inLanguage", "identifier", "preferredUsername",
    "inbox", "outbox", "endpoints", "sharedInbox", "quote", "inReplyToBook",
];
#[rustfmt::skip]
const WORDS: [&str; 40] = [
    "Create", "Update", "Delete", "Undo", "Like", "EmojiReact", "Announce", "Lock", "Add", "Remove",
    "Flag", "Follow", "Accept", "Note", "Page", "Article", "Video", "Event", "Question", "Quotation",
    "Person", "Group", "Application", "Mention", "Link", "Image", "as:Public", "text/markdown", "text/html",
    "https://a.example/u/x", "https://a.example/p/1", "http://b.example:8080/x#y", "https://a.example/inbox",
    "2026-03-01T12:00:00.5-06:00", "es", "👍", "<p>x<img src=\"https://a.example/i.png\" alt='y'>", "<a href='", "**x**", "",
];

fn word() -> impl Strategy<Value = Value> {
    prop_oneof![
        8 => prop::sample::select(&WORDS[..]).prop_map(|word| json!(word)),
        2 => any::<String>().prop_map(Value::from),
        1 => prop_oneof![Just(Value::Null), any::<bool>().prop_map(Value::from), (0..9i64).prop_map(Value::from)],
    ]
}

/// Documents made of the words of the fediverse, in any arrangement.
fn anything() -> impl Strategy<Value = Value> {
    word().prop_recursive(5, 60, 10, |inner| {
        let member = prop::sample::select(&MEMBERS[..]).prop_map(str::to_owned);
        prop_oneof![
            4 => prop::collection::btree_map(member, inner.clone(), 0..12)
                .prop_map(|members| Value::Object(Map::from_iter(members))),
            1 => prop::collection::vec(inner, 0..4).prop_map(Value::from),
        ]
    })
}

/// A real document with one of its values, anywhere, put in a list, exchanged or left out.
fn nearly_real() -> impl Strategy<Value = Value> {
    let all: Vec<Value> = programs()
        .iter()
        .flat_map(|program| documents(program))
        .map(|document| document.value)
        .collect();
    let change = prop_oneof![
        Just(None),
        anything().prop_map(Some),
        Just(Some(json!("in a list")))
    ];
    (
        prop::sample::select(all),
        any::<prop::sample::Index>(),
        change,
    )
        .prop_map(|(mut value, place, change)| {
            let mut left = place.index(count(&value));
            alter(&mut value, &mut left, &change);
            value
        })
}

/// How many values there are inside.
fn count(value: &Value) -> usize {
    match value {
        Value::Object(members) => 1 + members.values().map(count).sum::<usize>(),
        Value::Array(items) => 1 + items.iter().map(count).sum::<usize>(),
        _ => 1,
    }
}

fn alter(value: &mut Value, left: &mut usize, change: &Option<Value>) {
    if *left == 0 {
        *value = match change {
            None => Value::Null,
            Some(list) if list == "in a list" => json!([value.take()]),
            Some(other) => other.clone(),
        };
    }
    *left = left.wrapping_sub(1);
    match value {
        Value::Object(members) => members.values_mut().for_each(|v| alter(v, left, change)),
        Value::Array(items) => items.iter_mut().for_each(|v| alter(v, left, change)),
        _ => {}
    }
}

fn is_id(text: &str) -> bool {
    text.len() <= 2000
        && (text.starts_with("https://") || text.starts_with("http://"))
        && !text.contains(|c: char| c.is_control() || c.is_whitespace())
}

fn is_id_or_none(text: &str) -> bool {
    text.is_empty() || is_id(text)
}

fn check_post(post: &OutsidePost) {
    assert!(is_id(&post.id) && is_id(&post.attributed_to) && is_id(&post.url));
    assert!(
        post.in_reply_to
            .iter()
            .chain(&post.audience)
            .all(|id| is_id(id))
    );
    assert!(
        post.addressed
            .iter()
            .chain(&post.mentions)
            .all(|id| is_id(id))
    );
    assert!(post.addressed.len() <= ADDRESSED_MAX && post.mentions.len() <= MENTIONS_MAX);
    assert_eq!(post.title, text::one_line(&post.title));
    assert!(post.title.chars().count() <= text::TITLE_MAX);
    assert!(post.source.len() <= text::BODY_MAX);
    assert!(post.html.len() < 2_000_000);
}

fn check_actor(actor: &OutsideActor) {
    assert!(is_id(&actor.id) && is_id(&actor.inbox) && is_id(&actor.url));
    assert!(is_id_or_none(&actor.shared_inbox) && is_id_or_none(&actor.outbox));
    assert!(!actor.name.is_empty() && !actor.name.contains(['@', '/', ' ', '<']));
    assert!(!actor.display_name.is_empty());
}

fn check_activity(activity: &OutsideActivity) {
    assert!(is_id_or_none(&activity.id) && is_id(&activity.actor));
    assert!(activity.addressed.len() <= ADDRESSED_MAX);
    assert!(activity.addressed.iter().all(|id| is_id(id)));
    match &activity.act {
        OutsideAct::Create(post) | OutsideAct::Update(post) => check_post(post),
        OutsideAct::UpdateActor(actor) => check_actor(actor),
        OutsideAct::Undo(undone) => match &**undone {
            Undone::Id(id) => assert!(is_id(id)),
            Undone::Activity(inner) => {
                assert_eq!(inner.actor, activity.actor);
                check_activity(inner);
            }
        },
        OutsideAct::Announce(Announced::Id(id)) => assert!(is_id(id)),
        OutsideAct::Announce(Announced::Post(post)) => check_post(post),
        OutsideAct::Announce(Announced::Activity(inner, _)) => check_activity(inner),
        OutsideAct::Add { object, target } | OutsideAct::Remove { object, target } => {
            assert!(is_id(object) && is_id(target));
        }
        OutsideAct::Delete { object, .. }
        | OutsideAct::Like { object }
        | OutsideAct::Dislike { object }
        | OutsideAct::Lock { object }
        | OutsideAct::Block { object }
        | OutsideAct::Follow { object } => assert!(is_id(object)),
        OutsideAct::Flag { objects, .. } => assert!(objects.iter().all(|id| is_id(id))),
        OutsideAct::Accept { follow, follower } | OutsideAct::Reject { follow, follower } => {
            assert!(is_id_or_none(follow) && follower.iter().all(|id| is_id(id)));
        }
        OutsideAct::Other => {}
    }
}

fn check(value: &Value) {
    let activity = OutsideActivity::read(value);
    let post = OutsidePost::read(value);
    let actor = OutsideActor::read(value);
    activity.iter().for_each(check_activity);
    post.iter().for_each(check_post);
    actor.iter().for_each(check_actor);
    // What another city reads out of its copy is the same.
    let copy = json::parse(jcs::canonicalize(value).as_bytes()).unwrap();
    assert_eq!(OutsideActivity::read(&copy), activity);
    assert_eq!(OutsidePost::read(&copy), post);
    assert_eq!(OutsideActor::read(&copy), actor);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_document_is_read_within_bounds_and_alike_everywhere(value in anything()) {
        check(&value);
    }

    #[test]
    fn a_real_document_with_one_wrong_value_is_read_within_bounds(value in nearly_real()) {
        check(&value);
    }
}
