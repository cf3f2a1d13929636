//! Any bytes as what a sibling city answers: a page of a log, the heads of its logs, who it is, or as how a city that
//! is not known yet introduces itself. What was read is
//! what is written again, bounds are kept, and a key is its owner's.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use tequio_protocol::activity::heads::LOGS_MAX;
use tequio_protocol::activity::introduction::LIST_MAX;
use tequio_protocol::activity::log_page::{self, PAGE_ENTRIES};
use tequio_protocol::activity::{
    Handshake, Heads, Introduction, SiblingCity, SiblingGroup, same_origin,
};
use tequio_protocol::json;
use tequio_protocol::keys::{Ed25519PublicKey, RsaPublicKey};

fuzz_target!(|bytes: &[u8]| {
    check_page(bytes);
    let Ok(document) = json::parse(bytes) else {
        return;
    };
    check_heads(&document);
    check_city(&document);
    check_group(&document);
    check_introduction(&document);
});

/// Entries are bytes of the page, in their order, and another page carries the same.
fn check_page(bytes: &[u8]) {
    let Ok(entries) = log_page::read(bytes) else {
        return;
    };
    assert!(i64::try_from(entries.len()).is_ok_and(|count| count <= PAGE_ENTRIES));
    let mut rest = bytes;
    for entry in &entries {
        let mut places = rest.windows(entry.len());
        let at = places.position(|place| place == entry.as_bytes());
        let at = at.expect("an entry stands in its page as it is");
        rest = rest.split_at(at + entry.len()).1;
    }
    if let Ok(document) = json::parse(bytes) {
        let items = document.get("orderedItems").and_then(Value::as_array);
        let items = items.expect("a page has a list of entries");
        for (item, entry) in items.iter().zip(&entries) {
            assert_eq!(json::parse(entry.as_bytes()).as_ref(), Ok(item));
        }
    }
    let head = json!({ "type": "OrderedCollectionPage" });
    let page = log_page::write(&head, &entries).expect("the head has a member");
    let again = log_page::read(page.as_bytes()).expect("a written page can be read");
    assert_eq!(again, entries);
}

fn check_heads(document: &Value) {
    let Ok(heads) = Heads::read(document) else {
        return;
    };
    assert!(heads.logs.len() <= LOGS_MAX);
    for log in &heads.logs {
        assert!(log.seq >= 0 && log.digest.is_some() == (log.seq > 0));
        assert!(log.fork.is_none_or(|seq| seq > 0));
    }
    let written = heads.to_value();
    assert_eq!(Heads::read(&written), Ok(heads));
    match json::parse(written.to_string().as_bytes()) {
        Ok(again) => assert_eq!(again, written),
        Err(json::JsonError::TooLarge(_)) => {}
        Err(error) => panic!("what is written is refused: {error}"),
    }
}

fn check_city(document: &Value) {
    let Ok(city) = SiblingCity::read(document, "managua") else {
        return;
    };
    assert!(same_origin(&city.inbox, &city.id));
    assert!(city.software.chars().count() <= 80);
    let kept = RsaPublicKey::from_pem(&city.transport_pem);
    assert_eq!(kept.ok().as_ref(), Some(&city.transport_key));
    let pem = city.transport_key.to_pem().expect("a key has a text");
    assert_eq!(RsaPublicKey::from_pem(&pem).ok(), Some(city.transport_key));
}

fn check_group(document: &Value) {
    let text = |member: &str| document.get(member).and_then(Value::as_str);
    let (Some(id), Some(topic)) = (text("id"), text("tq:topic")) else {
        return;
    };
    if let Ok(group) = SiblingGroup::read(document, id, topic) {
        let group = group.expect("it is about its own topic");
        let key = Ed25519PublicKey::from_multibase(&group.public_key).expect("it was checked");
        assert_eq!(key.to_multibase(), group.public_key);
        let other = SiblingGroup::read(document, id, "urn:uuid:other");
        assert!(topic == "urn:uuid:other" || other == Ok(None));
    }
}

/// A city speaks for its own address, alone or brought.
fn check_introduction(document: &Value) {
    let brought = Handshake::read(document).map(|told| told.introduction);
    let Ok(told) = Introduction::read(document).or(brought) else {
        return;
    };
    let base_url = &told.place.base_url;
    assert!(!base_url.ends_with('/') && same_origin(base_url, &Introduction::address(base_url)));
    assert!(told.groups.len() <= LIST_MAX && told.siblings.len() <= LIST_MAX);
    assert!(
        told.groups
            .iter()
            .all(|group| same_origin(&group.group, base_url))
    );
    assert!(!told.place.name.is_empty());
}
