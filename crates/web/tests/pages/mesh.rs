//! `/red` says what is not as usual with the logs.

use tequio_store::fork::{self, Fork};
use tequio_store::key_word::{self, KeyWord};
use tequio_store::{log, peer_fault};

use crate::browser::{House, now};

#[actix_web::test]
async fn the_network_page_tells_of_logs_that_are_not_as_usual() {
    let house = House::found().await;
    let mut visitor = house.browser();
    let page = visitor.get("/red").await;
    // What the part that fetches says.
    assert!(page.text.contains("Poniéndose al día con"), "{}", page.text);
    assert!(!page.text.contains("dos versiones"));

    let at = now().micros();
    let store = house.engine().store();
    let kept = store.write(move |tx| {
        let own = log::all(tx.conn())?.remove(0);
        let word = |teller: &str, key: &str| KeyWord {
            group_uri: "https://lejos.example/t/agua".into(),
            teller: teller.into(),
            topic_id: own.topic_id,
            city: own.city.clone(),
            public_key: key.into(),
            told_at: at,
        };
        key_word::note(tx, &word(&own.city, "z1"))?;
        key_word::vouch(tx, own.id)?;
        peer_fault::note(tx, &own.city, "<b>páginas falsas</b>", at)?;
        let row = Fork {
            log_id: own.id,
            seq: 7,
            is_exact: true,
            seen_at: at,
        };
        fork::put(tx, &row)
    });
    kept.await.unwrap();
    let page = visitor.get("/red").await;
    for said in [
        "tiene dos versiones firmadas a partir de la entrada 7",
        "se conoce por palabra de",
        "algo que no se sostiene",
        "&#60;b&#62;páginas falsas",
    ] {
        assert!(page.text.contains(said), "{said}: {}", page.text);
    }
}
