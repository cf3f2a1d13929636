//! Any bytes as what a server outside the network answers when it is asked who somebody is (webfinger), what it runs
//! (NodeInfo), and whose a key is. Names have one spelling, a document elsewhere is not followed, and a key is its
//! owner's.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use tequio_protocol::activity::{Reader, server_of};
use tequio_protocol::keys::{Ed25519PublicKey, PublicKey, RsaPublicKey};
use tequio_protocol::outside::webfinger::{Handle, Said};
use tequio_protocol::outside::{key, nodeinfo};
use tequio_protocol::{jcs, json};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        for scheme in ["https", "http"] {
            Handle::read(text, scheme).iter().for_each(check_handle);
        }
    }
    let Ok(document) = json::parse(bytes) else {
        return;
    };
    check_said(&document);
    check_nodeinfo(&document);
    let copy = json::parse(jcs::canonicalize(&document).as_bytes());
    check_keys(&document, &copy.unwrap_or_else(|_longer| document.clone()));
});

/// What a handle is asked for by leads to the same handle.
fn check_handle(handle: &Handle) {
    let (scheme, _) = handle.host_url.split_once("://").expect("an address");
    assert_eq!(handle.host_url, format!("{scheme}://{}/", handle.host));
    let again = Handle::read(&handle.account(), scheme).expect("an account is a name");
    assert!(again.is(handle) && handle.is(&again));
    assert_eq!(
        (&again.name, &again.host_url),
        (&handle.name, &handle.host_url)
    );
}

fn check_said(document: &Value) {
    let person = Said::read(document, "https", false);
    let group = Said::read(document, "https", true);
    assert_eq!(person.is_some(), group.is_some());
    let (Some(mut person), Some(mut group)) = (person, group) else {
        return;
    };
    check_handle(&person.subject);
    assert!(!person.actors.is_empty() && !person.actors.contains(&String::new()));
    // What is wanted changes the order only.
    person.actors.sort();
    group.actors.sort();
    assert_eq!(person, group);
}

fn check_nodeinfo(document: &Value) {
    if let Some(url) = nodeinfo::document_of(document, "foro.example") {
        assert_eq!(server_of(url.as_str()).as_deref(), Some("foro.example"));
    }
    if let Some(name) = nodeinfo::software(document) {
        assert!((1..=nodeinfo::NAME_MAX).contains(&name.len()));
        let again = nodeinfo::software(&json!({ "software": { "name": name } }));
        assert_eq!(again, Some(name));
    }
}

fn check_keys(document: &Value, copy: &Value) {
    let (Ok(actor), Ok(same)) = (Reader::new(document, "actor"), Reader::new(copy, "actor")) else {
        return;
    };
    let Ok(id) = actor.address("id") else {
        return;
    };
    let published = published(actor);
    let ids = published.iter().take(8);
    for key_id in ids.filter_map(|(key_id, _)| key_id.and_then(Value::as_str)) {
        assert_eq!(key::owner_of(document, key_id), key::owner_of(copy, key_id));
        let found = key::find(actor, id, key_id);
        assert_eq!(found, key::find(same, id, key_id));
        match found {
            None => continue,
            Some(PublicKey::Rsa(key)) => {
                let pem = key.to_pem().expect("a key has a text");
                assert_eq!(RsaPublicKey::from_pem(&pem).ok(), Some(key));
            }
            Some(PublicKey::Ed25519(key)) => {
                let text = key.to_multibase();
                assert_eq!(Ed25519PublicKey::from_multibase(&text).ok(), Some(key));
            }
        }
        let ours = (Some(&json!(key_id)), Some(&json!(id)));
        assert!(published.contains(&ours), "the key of somebody else");
    }
}

/// Ids and owners of all keys in a document.
fn published(actor: Reader<'_>) -> Vec<(Option<&Value>, Option<&Value>)> {
    let mut all = Vec::new();
    for (list, owner) in [("publicKey", "owner"), ("assertionMethod", "controller")] {
        let keys = actor.list(list).iter();
        all.extend(keys.map(|key| (key.get("id"), key.get(owner))));
    }
    all
}
