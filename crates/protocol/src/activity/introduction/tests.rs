use super::*;
use crate::keys::RsaPrivateKey;

fn place(city: &str) -> Place {
    let both = |text: &str| Bilingual {
        es: text.into(),
        en: text.into(),
    };
    Place {
        city: CitySlug::parse(city).unwrap(),
        base_url: format!("https://{city}.example"),
        name: city.to_uppercase(),
        country: both("Nicaragua"),
        summary: both("Orillas del Xolotlán."),
    }
}

fn managua() -> (Introduction, Ed25519PrivateKey) {
    let key = Ed25519PrivateKey::generate().unwrap();
    let transport = RsaPrivateKey::generate().unwrap();
    let group = |name: &str| GroupKey {
        topic: format!("urn:uuid:{name}"),
        group: format!("https://managua.example/t/{name}"),
        key: Ed25519PrivateKey::generate()
            .unwrap()
            .public()
            .to_multibase(),
    };
    let introduction = Introduction {
        place: place("managua"),
        transport_pem: transport.public().to_pem().unwrap(),
        key: key.public().to_multibase(),
        groups: vec![group("agua"), group("suelo")],
        siblings: vec![place("panama")],
    };
    (introduction, key)
}

#[test]
fn what_is_written_is_what_is_read() {
    let (introduction, key) = managua();
    let document = introduction
        .signed(&key, Timestamp::from_micros(0))
        .unwrap();
    assert_eq!(Introduction::read(&document), Ok(introduction.clone()));
    for right in [
        Right::Secret("0f".repeat(32)),
        Right::Presented(CitySlug::parse("panama").unwrap()),
    ] {
        let value = Handshake::to_value(
            "https://managua.example/handshake/1",
            "https://managua.example",
            &document,
            &right,
        );
        let read = Handshake::read(&value).unwrap();
        assert_eq!(
            (read.introduction, read.right),
            (introduction.clone(), right)
        );
    }
}

#[test]
fn whatever_is_changed_breaks_the_proof_or_the_form() {
    let (introduction, key) = managua();
    let good = introduction
        .signed(&key, Timestamp::from_micros(0))
        .unwrap();
    for (pointer, wrong) in [
        ("/type", json!("Application")),
        ("/actor", json!("https://panama.example/")),
        ("/id", json!("https://managua.example/")),
        ("/tq:url", json!("https://managua.example/")),
        ("/tq:url", json!("https://managua.example:443")),
        ("/tq:city", json!("../managua")),
        ("/name", json!("")),
        ("/name", json!("Otra")),
        ("/tq:key", json!(introduction.groups[0].key)),
        ("/publicKeyPem", json!("no")),
        (
            "/tq:groups/0/tq:group",
            json!("https://panama.example/t/agua"),
        ),
        ("/tq:groups/0/tq:key", json!("z6Mk")),
        ("/tq:groups", json!([])),
        ("/tq:siblings/0/tq:url", json!("https://evil.example")),
        ("/proof", json!(null)),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).unwrap() = wrong;
        assert!(Introduction::read(&bad).is_err(), "{pointer}");
    }
    // Nobody brings another city, and nobody comes without a right.
    let secret = Right::Secret("0f".repeat(32));
    let (id, own) = (
        "https://managua.example/handshake/1",
        "https://managua.example",
    );
    let good = Handshake::to_value(id, own, &good, &secret);
    assert!(Handshake::read(&good).is_ok());
    for (pointer, wrong) in [
        ("/actor", json!("https://panama.example/")),
        ("/tq:secret", json!("short")),
        ("/tq:secret", json!(null)),
        ("/object", json!("https://managua.example/introduction")),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).unwrap() = wrong;
        assert!(Handshake::read(&bad).is_err(), "{pointer}");
    }
}

#[test]
fn six_words_stand_for_all_keys_and_for_nothing_else() {
    let (introduction, _) = managua();
    let words = introduction.words().unwrap();
    assert_eq!(words.split(' ').count(), 6, "{words}");
    let mut same = introduction.clone();
    same.groups.reverse();
    same.siblings.clear();
    same.place.name = "Otro nombre".into();
    assert_eq!(same.words().unwrap(), words);
    let other = managua().0;
    let changes: [fn(&mut Introduction, Introduction); 5] = [
        |own, other| own.key = other.key,
        |own, other| own.transport_pem = other.transport_pem,
        |own, other| own.groups[1].key.clone_from(&other.groups[0].key),
        |own, _| own.place.base_url.push_str(".evil.example"),
        |own, _| drop(own.groups.pop()),
    ];
    for change in changes {
        let mut changed = introduction.clone();
        change(&mut changed, other.clone());
        assert_ne!(changed.words().unwrap(), words);
    }
}

/// Both sides must make the same words, also of different versions.
#[test]
fn the_way_from_keys_to_words_does_not_change() {
    let introduction = Introduction {
        place: place("managua"),
        transport_pem: "pem".into(),
        key: "key".into(),
        groups: Vec::new(),
        siblings: Vec::new(),
    };
    let words = introduction.words().unwrap();
    assert_eq!(words, "mar flor pulir ascenso rumbo tu\u{301}nel");
}
